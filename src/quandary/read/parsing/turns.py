"""The turns of a transcript as quotes: words that a label gives to a speaker without any marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from quandary.read.parsing.marks import DOUBLE, Quote
from quandary.read.records import Block
from quandary.read.words.cues import SAYING
from quandary.read.words.labels import labels_of

_ASIDE = re.compile(r"(?:\([^()\n]{1,40}\)|\[[^\[\]\n]{1,40}\])\s+(?=\S)")
"""What a transcript tells of a turn before its words: "(Laughs.)"."""
_GAP = 200
"""The sender of a post stands no further below it."""
_SENDER = re.compile(r"\n[—–-]+\s*(?P<name>[^\n()@]{2,60}?)\s*\(@\w{1,30}\)")
_LINKS = re.compile(r"(?:\s+(?:#\w+|pic\.[\w.]+/\S+|https?://\S+))+\s*$")
_WORDS = re.compile(r"(?:^|\s)(?!#|pic\.|https?:)[^\W_]")
_TOLD = frozenset(("said", "told", "wrote", "spoke", "posted", "tweeted"))
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
    return tuple(_with_posts(text, blocks, hits, found))


def _with_posts(
    text: str, blocks: Sequence[Block], hits: Sequence[object], found: Sequence[tuple[Quote, ...]]
) -> Iterator[tuple[Quote, ...]]:
    """Yield the quotes of each block; a post with its sender below it, and a paragraph that a cue and a colon bring
    in, are quotes without marks.
    """
    for number, (block, own) in enumerate(zip(blocks, found, strict=True)):
        below = blocks[number + 1].start if number + 1 < len(blocks) else block.end + _GAP
        sender = None if any(hits) else _SENDER.search(text, block.end, block.end + _GAP)
        if sender is not None and (sender.start() >= below or _WORDS.search(text, block.end, sender.start())):
            sender = None  # of another post
        start, stop = block.start, _without_links(text, block)
        if sender is not None and stop > start:
            yield (Quote(start, stop, start, stop, label=sender["name"].strip(), signed=True),)
        elif (
            number > 0
            and not any(hits)
            and not found[number - 1]
            and sum(q.end - q.start for q in own) * 4 < block.end - start
            and text[start].isupper()
            and _introduces(text[blocks[number - 1].start : blocks[number - 1].end])
        ):
            yield (Quote(start, stop, start, stop),)
        else:
            yield own


def _without_links(text: str, block: Block) -> int:
    """Return where a post ends before the links behind it."""
    found = _LINKS.search(text, block.start, block.end)
    return found.start() if found else block.end


def _introduces(line: str) -> bool:
    """Return whether a paragraph says that somebody says what follows: "..., told the paper that it was late:"."""
    if not line.endswith(":"):
        return False
    words = re.findall(r"[a-z]+", line.rsplit(". ", 1)[-1])
    return any(word in _TOLD or word in SAYING or word.removesuffix("ed") in SAYING or
               word.removesuffix("d") in SAYING or word.removesuffix("s") in SAYING for word in words)  # fmt: skip
