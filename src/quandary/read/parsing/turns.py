"""The turns of a transcript as quotes: words that a label gives to a speaker without any marks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from quandary.read.parsing.marks import DOUBLE, Quote
from quandary.read.records import Block
from quandary.read.words.labels import labels_of

_ASIDE = re.compile(r"(?:\([^()\n]{1,40}\)|\[[^\[\]\n]{1,40}\])\s+(?=\S)")
"""What a transcript tells of a turn before its words: "(Laughs.)"."""
_OWN_VOICE = re.compile(r"\b(?:I|we|our|us|my|you|your)\b")


def with_turns(
    text: str, blocks: Sequence[Block], quotes: Sequence[tuple[Quote, ...]]
) -> tuple[tuple[Quote, ...], ...]:
    """Return the quotes of each block; a turn of a transcript is one quote with its speaker's label.

    A paragraph without a label between two turns goes on with the one before; behind the last turn only while it
    speaks in the first or second person.
    """
    hits = labels_of([text[b.start : b.end] for b in blocks])
    last = max((number for number, hit in enumerate(hits) if hit), default=-1)
    found: list[tuple[Quote, ...]] = []
    label: str | None = None
    for number, (block, hit, own) in enumerate(zip(blocks, hits, quotes, strict=True)):
        start = block.start
        if hit is not None:
            label, start = hit[0], block.start + hit[1]
            aside = _ASIDE.match(text, start, block.end)
            start = aside.end() if aside else start
        elif number > last and not _OWN_VOICE.search(text[block.start : block.end]):
            label = None
        if label is None or start >= block.end or text[start] in "([" or (hit and text[start] in DOUBLE):
            found.append(own)
        else:
            found.append((Quote(start, block.end, start, block.end, label=label),))
    return tuple(found)
