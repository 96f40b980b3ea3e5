"""The text of a PDF; the one place where pypdf is used."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable
from io import BytesIO

from quandary.base.isolation import Plain
from quandary.base.problems import Problem, Refusal

MOST_PAGES = 2000
_PIECE = 1 << 20


def pdf_text(data: bytes, most: int = 2_000_000) -> Plain:
    """Return the text of each page, the title, and whether the library complained. Runs behind the wall.

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
    for page in reader.pages:
        if len(pages) == MOST_PAGES:
            message = f"has more than {MOST_PAGES:,} pages"
            raise Refusal(Problem("Q706", message, hint="give the pages of the article alone"))
        text = str(page.extract_text())
        pages.append(text)
        read += len(text)
        if read > most:
            break
    head = reader.metadata
    title = head.title if head is not None else None
    return {"pages": pages, "title": None if title is None else str(title), "flawed": complaints.heard}


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
