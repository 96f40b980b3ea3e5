"""A candidate statement inside a parsed paragraph, before its speaker is resolved and its kind judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quandary.read.parsing.grammar import Frame
from quandary.read.parsing.marks import Quote
from quandary.read.records import StatementType

if TYPE_CHECKING:
    from spacy.tokens import Token

_EDGE = {",", ";", ":", ".", "-", "—", "--", "and", "but", "!", "?", "while", "...", " ", "–"}


@dataclass(frozen=True)
class ContentFound:
    """Content ``start``..``end`` (offsets in the article) given by ``cue`` to the phrase headed by ``source``.

    ``tokens`` is its range in the frame (for a held quote, its stand-in); ``source`` is ``None`` where the speaker
    carries on from before; ``quote`` is the held quote of direct speech.
    """

    frame: Frame
    start: int
    end: int
    tokens: tuple[int, int]
    type: StatementType
    cue: str
    rule: str
    source: Token | None = None
    source_words: tuple[int, int] | None = None
    quote: Quote | None = None
    verb: Token | None = None


def trimmed(frame: Frame, start: int, end: int) -> tuple[int, int]:
    """Return the token range without loose punctuation and conjunctions at its ends; quoted ends stay whole."""
    doc = frame.doc
    while start < end and (doc[start].text in _EDGE or doc[start].is_space):
        start += 1
    while end > start and (doc[end - 1].lower_ in _EDGE or doc[end - 1].is_space):
        end -= 1
    if end - start > 1 and doc[start].text == '"' and not _opens_inside(frame, start, end):
        start += 1
    return start, end


def _opens_inside(frame: Frame, start: int, end: int) -> bool:
    low, high = frame.start_of(frame.doc[start]), frame.end_of(frame.doc[end - 1])
    return any(low <= q.outer_start < high for q in frame.inline)


def quotes_in(frame: Frame, low: int, high: int) -> list[Quote]:
    """Return the inline quotes that overlap the article offsets ``low``..``high``."""
    return [q for q in frame.inline if q.outer_start < high and low < q.outer_end]


def inside_quote(frame: Frame, token: Token) -> bool:
    """Return whether a token stands inside an inline quote."""
    at = frame.start_of(token)
    return any(q.start <= at < q.end for q in frame.inline)


def content(frame: Frame, start: int, end: int) -> tuple[int, int, StatementType, tuple[int, int]] | None:
    """Return place and type of the content in tokens ``start``..``end``; ``None`` when nothing is left."""
    start, end = trimmed(frame, start, end)
    if end <= start:
        return None
    low, high = frame.start_of(frame.doc[start]), frame.end_of(frame.doc[end - 1])
    quotes = quotes_in(frame, low, high)
    for quote in quotes:
        if quote.outer_start < low <= quote.start:
            low = quote.outer_start
        if quote.outer_start < high < quote.outer_end:  # content never stops inside a quote
            high = quote.outer_end
    if len(quotes) == 1:
        outside = [t for t in frame.doc[start:end] if t.is_alpha and not inside_quote(frame, t)]
        if not outside:
            return quotes[0].start, quotes[0].end, "direct", (start, end)
    return low, high, "mixed" if quotes else "indirect", (start, end)


def children(token: Token, *deps: str) -> Iterator[Token]:
    """Yield the children of a token with one of the dependencies."""
    return (c for c in token.children if c.dep_ in deps)
