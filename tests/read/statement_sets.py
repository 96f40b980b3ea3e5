"""Passages with the statements a reader should find in them, and how far a reading agrees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from quandary.read import ArticleStatement


@dataclass(frozen=True)
class Expected:
    """One statement: the speakers and the kinds that are right, its words, and whether it may be missed."""

    speakers: tuple[str, ...]
    kinds: tuple[str, ...]
    words: str
    optional: bool


@dataclass
class Passage:
    """A passage: its text and what is said in it."""

    text: str
    style: str
    expected: list[Expected] = field(default_factory=list)


def passages(path: Path) -> Iterator[Passage]:
    """Yield the passages of a file of the set's form (its heading says it)."""
    style = ""
    for part in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        lines = [line for line in part.splitlines() if line.strip() and not line.startswith("#")]
        if lines and lines[0].startswith("== "):
            style = lines.pop(0)[3:]
        text = [line for line in lines if line[:2] not in ("= ", "~ ")]
        if not text:
            continue
        passage = Passage("\n\n".join(text), style)
        for line in lines:
            if line[:2] in ("= ", "~ "):
                speaker, kinds, words = (x.strip() for x in line[2:].split(" | ", 2))
                names = tuple(x.strip() for x in speaker.split(" / "))
                passage.expected.append(
                    Expected(names, tuple(x.strip() for x in kinds.split(",")), words, line[0] == "~")
                )
        yield passage


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+(?:['’]\w+)*", text.casefold())


def _near(one: str, other: str) -> float:
    a, b = words_of(one), words_of(other)
    rest = list(b)
    shared = 0
    for word in a:
        if word in rest:
            rest.remove(word)
            shared += 1
    return 2 * shared / (len(a) + len(b)) if a and b else 0.0


def faults(passage: Passage, found: tuple[ArticleStatement, ...]) -> list[str]:
    """Return what is wrong with a reading of a passage, a line each; its first word is the kind of error."""
    wrong: list[str] = []
    left = list(found)
    for wanted in passage.expected:
        near = max(left, key=lambda s: _near(s.passage.text, wanted.words), default=None)
        score = _near(near.passage.text, wanted.words) if near else 0.0
        if near is None or score < 0.5:
            if not wanted.optional:
                wrong.append(f"missed {wanted.words!r}")
            continue
        left.remove(near)
        if wanted.optional:
            continue
        if words_of(near.passage.text) != words_of(wanted.words):
            wrong.append(f"span {near.passage.text!r}, not {wanted.words!r}")
        if not any(words_of(near.speaker) == words_of(name) for name in wanted.speakers):
            wrong.append(f"speaker {near.speaker!r}, not {wanted.speakers[0]!r}")
        if near.kind not in wanted.kinds:
            wrong.append(f"kind {near.kind!r}, not {wanted.kinds[0]!r}: {near.passage.text!r}")
    wrong.extend(f"extra {s.speaker!r}: {s.passage.text!r}" for s in left)
    return wrong
