"""An article cut into pieces that an endpoint can read at once."""

from __future__ import annotations

import re

from quandary.read.records import Article

LONGEST_PIECE = 12_000
"""Signs of a piece, some 2,000 words: the answer about it is longer than it."""


def pieces_of(article: Article, longest: int = LONGEST_PIECE) -> list[tuple[int, int]]:
    """Return (start, end) of each piece: cut between paragraphs, else sentences, else words, with nothing left out."""
    text = article.text
    found: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = len(text) if len(text) - start <= longest else _cut(text, start, start + longest)
        if text[start:end].strip():
            found.append((start, end))
        start = end
    return found


def _cut(text: str, start: int, most: int) -> int:
    """Return the last good place to cut before ``most``, in the second half where there is one."""
    for pattern in (r"\n\s*(?=\S)", r"[.!?][”\"’']?\s+", r"\s+"):
        ends = [match.end() for match in re.finditer(pattern, text[start:most])]
        if ends and ends[-1] >= (most - start) // 2:
            return start + ends[-1]
    return most
