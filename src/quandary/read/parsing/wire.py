"""Text made fit for the parser without moving a character: wire text in capitals, "Said Marsh:" before a quote."""

from __future__ import annotations

import re
from collections.abc import Sequence

from quandary.read.records import Block
from quandary.read.words import cues
from quandary.read.words.wording import word_set

_INVERTED = re.compile(
    r"(?P<first>[A-Z])(?P<rest>[a-z]+)(?= (?:[A-Z]|the |an? |one |his |her )[^.!?:\n]{1,120}:\s*[\"“„«»'`])"
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_SMALL = word_set("common_english") | word_set("small_words") | cues.SPEAKING_NOUNS | cues.DOCUMENT_NOUNS
_MOSTLY, _FEWEST = 0.8, 4


def in_capitals(text: str) -> bool:
    """Return whether a paragraph is set in capitals, as old wire services do."""
    letters = [sign for sign in text if sign.isalpha()]
    large = sum(sign.isupper() for sign in letters)
    return len(text.split()) >= _FEWEST and large >= _MOSTLY * len(letters)


def fit(plain: str, blocks: Sequence[Block]) -> str:
    """Return text of the same length in which every paragraph reads as a parser was taught to read."""
    pieces: list[str] = []
    at = 0
    for block in blocks:
        body = plain[block.start : block.end]
        if in_capitals(body):
            body = _WORD.sub(lambda m: _lowered(m.group()), body)
            body = body[:1].upper() + body[1:]
        body = _INVERTED.sub(_small_verb, body)
        pieces += [plain[at : block.start], body]
        at = block.end
    return "".join([*pieces, plain[at:]])


def _small_verb(match: re.Match[str]) -> str:
    word = match.group()
    return word.lower() if _is_cue(word.lower()) else word


def _is_cue(word: str) -> bool:
    stems = {word, word.removesuffix("s"), word.removesuffix("d"), word.removesuffix("ed")}
    if word.endswith(("ied", "ies")):
        stems.add(word[:-3] + "y")
    irregular = {"said": "say", "told": "tell", "wrote": "write", "swore": "swear", "thought": "think", "held": "hold"}
    return bool((stems | {irregular.get(word, word)}) & cues.CLAUSE)


def _lowered(word: str) -> str:
    low = word.lower()
    if len(low) != len(word):
        return word
    return low if low in _SMALL or _is_cue(low) else low[0].upper() + low[1:]
