"""Word lists by which sentences are judged, matched as whole words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class WordList:
    """The words of one kind: all of them, those that settle the matter, and the cues that do."""

    words: re.Pattern[str]
    strong: re.Pattern[str] | None
    cues: frozenset[str]
    medium: re.Pattern[str] | None = None
    excluded: re.Pattern[str] | None = None

    def first(self, text: str) -> re.Match[str] | None:
        """Return the first word of the list in a text, or ``None``."""
        for match in self.words.finditer(text):
            if not self._excluded(text, match):
                return match
        return None

    def all(self, text: str) -> Iterator[re.Match[str]]:
        """Yield every word of the list in a text."""
        return (m for m in self.words.finditer(text) if not self._excluded(text, m))

    def settles(self, text: str) -> bool:
        """Return whether a text has one of the words that settle the matter."""
        return self.strong is not None and any(not self._excluded(text, m) for m in self.strong.finditer(text))

    def _excluded(self, text: str, match: re.Match[str]) -> bool:
        if self.excluded is None:
            return False
        return any(m.start() <= match.start() < m.end() for m in self.excluded.finditer(text))


def whole_words(words: list[str]) -> re.Pattern[str]:
    """Return a pattern that matches any of the words or phrases whole, longest first, in any case."""
    ordered = sorted({re.escape(w).replace(r"\ ", r"\s+").replace("'", "['’]") for w in words}, key=len, reverse=True)
    return re.compile(r"(?<![\w-])(?:" + "|".join(ordered) + r")(?![\w-])", re.I)


@cache
def _words() -> dict[str, str]:
    data: dict[str, str] = tomllib.loads((files(__package__) / "words.toml").read_text(encoding="utf-8"))
    return data


def word_set(name: str) -> frozenset[str]:
    """Return the named word list of ``words.toml``."""
    return frozenset(_words()[name].split())


@cache
def lexicon(kind: str) -> WordList:
    """Return the word lists of a kind."""
    data = tomllib.loads((files(__package__) / "wording.toml").read_text(encoding="utf-8"))[kind]
    strong = whole_words(data["strong"]) if "strong" in data else None
    excluded = whole_words(data["not"]) if "not" in data else None
    medium = whole_words(data["medium"]) if "medium" in data else None
    return WordList(whole_words(data["words"]), strong, frozenset(data.get("cues", ())), medium, excluded)
