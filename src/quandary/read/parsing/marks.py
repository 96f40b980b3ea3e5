"""Quotation marks: which stretches of a paragraph are quoted, however the page sets its marks.

Curly and straight marks mix; a mark that opens a paragraph and never closes continues in the next one; single marks
count as quotation marks only where they cannot be apostrophes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quandary.read.records import Block

DOUBLE = '“”„‟"«»'
_OPENING = "“„«"
_CLOSING = "”»"
_CLOSED_BY = {"„": "“”‟", "»": "«»"}
_MOST_QUOTES = 500
_BEFORE_OPENING = set(" \t\n([{—–-/‘'\u00a0")
_AFTER_CLOSING = re.compile(r"[\s.,;:!?)\]}—–\-…’'\u00a0]|$")
_SINGLE_OPEN = re.compile(r"(?:(?<=^)|(?<=[\s(\[—–\u00a0]))[‘'](?=[A-Za-z\[…])(?!(?:tis|twas|em|til|cause|n)\b)")
_SINGLE_CLOSE = re.compile(r"(?<=[\w.,!?…\])])[’'](?=[\s.,;:!?)\]—–\-…]|$)")


_DEEPEST = 2
"""Marks inside marks: no deeper."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted stretch: ``start``..``end`` without its marks, ``outer_start``..``outer_end`` with them.

    ``closed`` is false where the paragraph ends first; ``carries_on`` says that the paragraph before left it open.
    ``label`` is who speaks by a label of a transcript, whose words need no marks, or, where it is ``signed``, by the
    name set below a post.
    """

    start: int
    end: int
    outer_start: int
    outer_end: int
    closed: bool = True
    carries_on: bool = False
    label: str | None = None
    signed: bool = False


@dataclass(frozen=True, slots=True)
class MarkFault:
    """A quotation mark without its partner, at ``at``."""

    at: int
    closing: bool


def find_quotes(text: str, blocks: Sequence[Block]) -> tuple[tuple[tuple[Quote, ...], ...], tuple[MarkFault, ...]]:
    """Return the outermost quotes of each block, in order, and the marks that have no partner."""
    found: list[tuple[Quote, ...]] = []
    faults: list[MarkFault] = []
    left_open = False
    for number, block in enumerate(blocks):
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        quotes, block_faults, open_at = _scan_double(text, block)
        if left_open and quotes and quotes[0].outer_start == block.start:
            first = quotes[0]
            quotes[0] = Quote(first.start, first.end, first.outer_start, first.outer_end, first.closed, carries_on=True)
        left_open = False
        if open_at is not None:
            tail = Quote(*_trimmed(text, open_at + _length(text, open_at), block.end), open_at, block.end, closed=False)
            left_open = following is not None and text[following.start] in DOUBLE
            if not left_open:
                block_faults.append(MarkFault(open_at, closing=False))
            if left_open or _looks_like_speech(text[tail.start : tail.end]):
                carries = bool(found and found[-1] and not found[-1][-1].closed and open_at == block.start)
                quotes.append(
                    Quote(tail.start, tail.end, tail.outer_start, tail.outer_end, closed=False, carries_on=carries)
                )
        quotes.extend(_scan_single(text, block, quotes))
        faults.extend(block_faults)
        found.append(tuple(sorted(quotes, key=lambda q: q.outer_start)))
    return tuple(found), tuple(faults)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _looks_like_speech(content: str) -> bool:
    return len(content.split()) >= 4 and content[:1].isupper()


def _scan_double(text: str, block: Block) -> tuple[list[Quote], list[MarkFault], int | None]:
    quotes: list[Quote] = []
    faults: list[MarkFault] = []
    open_at: int | None = None
    inner = _inner_marks(text, block)
    for at, opens in _double_marks(text, block):
        if at in inner:
            continue
        if open_at is None:
            if opens:
                open_at = at
            else:
                faults.append(MarkFault(at, closing=True))
        elif not opens:
            start, end = _trimmed(text, open_at + _length(text, open_at), at)
            if end > start:
                quotes.append(Quote(start, end, open_at, at + _length(text, at)))
            open_at = None
        elif text[at] in _OPENING and text[open_at] in _OPENING and not _closes_later(text, at, block.end):
            faults.append(MarkFault(open_at, closing=False))  # the first mark was never closed
            open_at = at
    return quotes, faults, open_at


def _inner_marks(text: str, block: Block) -> set[int]:
    """Return the straight marks inside a quote in straight marks, where every mark of the paragraph shows its side.

    Only then is it sure which of them part a quote: "The "Northern Army" holds nobody."
    """
    at = [n for n in range(block.start, block.end) if text[n] == '"']
    if len(at) < 4 or any(text[n] in DOUBLE and text[n] != '"' for n in range(block.start, block.end)):
        return set()
    inner: set[int] = set()
    depth = 0
    for n in at:
        before = text[n - 1] if n > block.start else " "
        after = text[n + 1] if n + 1 < block.end else " "
        opens, closes = before in " \t\n(" and after.isalnum(), not before.isspace() and not after.isalnum()
        if opens == closes:
            return set()
        depth += 1 if opens else -1
        if not 0 <= depth <= _DEEPEST:
            return set()
        if depth + (0 if opens else 1) == _DEEPEST:
            inner.add(n)
    return inner if depth == 0 else set()


def _closes_later(text: str, at: int, end: int) -> bool:
    return text.find("”", at, end) >= 0 or text.find('"', at + 1, end) >= 0


def _length(text: str, at: int) -> int:
    """Return how many characters a mark has: TeX's two backquotes and two apostrophes are one mark."""
    return 2 if text[at] in "`'" else 1


def _double_marks(text: str, block: Block) -> Iterator[tuple[int, bool]]:
    """Yield each double mark and whether it opens, judged by the mark itself, else by its neighbours.

    What closes goes by what opened: „...“ is German, »...« is German or Danish, ``...'' is TeX's.
    """
    depth = 0
    opened = ""
    for at in range(block.start, block.end):
        sign = text[at]
        if sign in "`'":
            pair = text[at : at + 2]
            if pair == "``" and depth == 0:
                depth, opened = 1, sign
                yield at, True
            elif pair == "''" and opened == "`":
                depth, opened = 0, ""
                yield at, False
            continue
        if sign not in DOUBLE:
            continue
        before = text[at - 1] if at > block.start else " "
        after = text[at + 1] if at + 1 < block.end else " "
        if opened and sign in _CLOSED_BY.get(opened, ""):
            opens = False
        elif sign == "»" and depth == 0 and before in _BEFORE_OPENING and not after.isspace():
            opens = True
        elif sign in _CLOSING or sign in _OPENING:
            opens = sign in _OPENING
        elif before in _BEFORE_OPENING and not after.isspace():
            opens = depth == 0 or before.isspace()
        elif _AFTER_CLOSING.match(after):
            opens = False
        else:
            opens = depth == 0
        if (
            not opens
            and depth == 0
            and sign == "”"
            and not after.isspace()
            and (before in " \t\n" or (before.isalpha() and after.isalpha()))
        ):
            opens = True  # a closing mark set where one must open
        depth = max(0, depth + (1 if opens else -1))
        opened = (opened or sign) if depth else ""
        yield at, opens


def _scan_single(text: str, block: Block, taken: Sequence[Quote]) -> list[Quote]:
    """Return quotes in single marks that lie outside the double ones (British style)."""
    quotes: list[Quote] = []
    at = block.start
    if len(taken) > _MOST_QUOTES or text.count("'", block.start, block.end) > _MOST_QUOTES * 10:
        return quotes  # no paragraph of an article looks like this
    body = text[: block.end]
    unclosed = 0
    while len(quotes) <= _MOST_QUOTES and (opening := _SINGLE_OPEN.search(body, at)):
        position = opening.start()
        at = position + 1
        if any(q.outer_start <= position < q.outer_end for q in taken):
            continue
        closing = _closing_single(body, position, taken)
        if closing is None:
            unclosed += 1
            if unclosed > _MOST_QUOTES:
                break
            continue
        start, end = _trimmed(text, position + 1, closing)
        if end > start:
            quotes.append(Quote(start, end, position, closing + 1))
            at = closing + 1
    return quotes


def _closing_single(body: str, opening: int, taken: Sequence[Quote]) -> int | None:
    """Return the mark that closes: the first after punctuation, unless an earlier one cannot be a possessive."""
    limit = min([q.outer_start for q in taken if q.outer_start > opening] + [len(body)])
    for match in _SINGLE_CLOSE.finditer(body, opening + 2, limit):
        before = body[match.start() - 1]
        if before in ".,!?…":
            return match.start()
        if before != "s" or not _SINGLE_CLOSE.search(body, match.end(), limit):
            return match.start()
        if not re.match(r"\s+[a-z]", body[match.end() : match.end() + 3]):
            return match.start()
    return None
