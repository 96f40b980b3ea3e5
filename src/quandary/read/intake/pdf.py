"""The text of a PDF; the one place where pypdf is used."""

from __future__ import annotations

import itertools
import logging
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from io import BytesIO

from quandary.base.isolation import Plain
from quandary.base.problems import Problem, Refusal

MOST_PAGES = 2000
_PIECE = 1 << 20
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_FEWEST_ROWS, _NARROWEST = 3, 60.0
"""Columns show in so many rows, and begin so many points apart."""

Fragment = tuple[float, float, str]
"""Where a stretch of a page's text begins, from the left and from the foot, and its words."""


def pdf_text(data: bytes, most: int = 2_000_000) -> Plain:
    """Return the text of each page, the title, whether the library complained, and whether columns were told apart.

    Runs behind the wall.

    Reading stops after ``most`` characters. Raises ``Refusal`` Q703 for a PDF that only a password opens and Q706 for
    one of too many pages.
    """
    from pypdf import PdfReader, filters
    from pypdf.errors import DependencyError

    complaints = _Complaints()
    logging.getLogger("pypdf").addHandler(complaints)
    setattr(filters, "decompress", complaints.heard_of(filters.decompress))  # noqa: B010 - a name of the module
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted:
        try:
            opened = bool(reader.decrypt(""))
        except DependencyError:  # a cipher that needs a further package
            opened = False
        if not opened:
            raise Refusal(Problem("Q703", "is locked with a password", hint="save it without one"))
    pages: list[Plain] = []
    read = 0
    mixed = False
    for page in reader.pages:
        if len(pages) == MOST_PAGES:
            message = f"has more than {MOST_PAGES:,} pages"
            raise Refusal(Problem("Q706", message, hint="give the pages of the article alone"))
        fragments: list[Fragment] = []

        def seen(words: str, matrix: list[float], place: list[float], *_: object) -> None:
            fragments.append((matrix[0] * place[4] + matrix[4], matrix[3] * place[5] + matrix[5], words))  # noqa: B023

        text = str(page.extract_text(visitor_text=seen))
        apart = in_columns(fragments)
        mixed |= apart is not None
        text = (text if apart is None else apart).translate(_LIGATURES)
        pages.append(text)
        read += len(text)
        if read > most:
            break
    head = reader.metadata
    title = head.title if head is not None else None
    return {
        "pages": pages,
        "title": None if title is None else str(title),
        "flawed": complaints.heard,
        "columns": mixed,
    }


def in_columns(fragments: Sequence[Fragment]) -> str | None:
    """Return the text of a page whose file gives two columns row by row, one column after the other; else ``None``.

    The columns are the two places from the left where most stretches begin; where a file gives one column after the
    other by itself, or has a single one, there is nothing to mend.
    """
    placed = [(x, y, words.strip()) for x, y, words in fragments if words.strip()]
    starts = Counter(round(x) for x, _, _ in placed)
    common = sorted(x for x, count in starts.most_common(2) if count >= _FEWEST_ROWS)
    if len(common) < 2 or common[1] - common[0] < _NARROWEST:
        return None
    gutter = common[1] - 2
    sides = [x >= gutter for x, _, _ in placed]
    switches = sum(a != b for a, b in itertools.pairwise(sides))
    rows = {round(y) for (_, y, _), right in zip(placed, sides, strict=True) if right}
    shared = {round(y) for (_, y, _), right in zip(placed, sides, strict=True) if not right} & rows
    if len(shared) < _FEWEST_ROWS or switches < 2 * _FEWEST_ROWS - 1:
        return None
    top = max(shared)
    parts: list[list[str]] = [[], [], []]  # above the columns, left, right
    for (_, y, words), right in zip(placed, sides, strict=True):
        parts[2 if right else 0 if round(y) > top else 1].append(words)
    return "\n\n".join("\n".join(part) for part in parts if part)


class _Complaints(logging.Handler):
    """Takes note of what the library only logs or mends in silence: what of the file it could not read as it is."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard = False

    def emit(self, record: logging.LogRecord) -> None:
        """Note a complaint of the library's."""
        self.heard = True

    def heard_of(self, decompress: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
        """Return the library's function for packed streams, which gives what it can of a torn one, noting that."""

        def heard(data: bytes) -> bytes:
            unpacking, rest = zlib.decompressobj(), data
            try:
                while rest and not unpacking.eof:
                    unpacking.decompress(rest, _PIECE)
                    rest = unpacking.unconsumed_tail
                unpacking.flush()
                self.heard |= not unpacking.eof
            except zlib.error:
                self.heard = True
            return decompress(data)

        return heard
