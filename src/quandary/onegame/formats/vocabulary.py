"""What a file format can say, word by word: what is read, what is ignored since no answer depends on it, what refused.

Each format keeps one ``Vocabulary``. Its reader looks every word up in it and refuses what it does not hold, and
``docs/game-files.md`` is made from it, so that what is said there is what is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

ANY = "anything else"
"""As a word's name: whatever stands at that place and is not listed."""


class Treatment(StrEnum):
    """What a reader does with a word."""

    READ = "read"
    IGNORED = "ignored"
    REFUSED = "refused"


@dataclass(frozen=True)
class FormatWord:
    """A word of a format: where it stands (what it is a part of), its name, what is done with it, and why.

    In XML ``where`` is the element around it and ``name`` an element, ``@attribute`` or ``#text``.
    """

    where: str
    name: str
    treatment: Treatment
    note: str = ""


@dataclass(frozen=True)
class Vocabulary:
    """The words of a format. ``groups`` names for some places the group whose words may stand there too."""

    words: tuple[FormatWord, ...]
    groups: Mapping[str, str]

    def find(self, where: str, name: str) -> FormatWord | None:
        """Return the word of that name at that place, or ``None``: such words are refused."""
        places = (where, self.groups.get(where, ""))
        found = (self._by_place.get((place, known)) for known in (name, ANY) for place in places)
        return next((word for word in found if word is not None), None)

    def reads(self, where: str, name: str) -> bool:
        """Return whether the word is read there."""
        word = self.find(where, name)
        return word is not None and word.treatment is Treatment.READ

    def names(self, where: str, treatment: Treatment = Treatment.READ) -> tuple[str, ...]:
        """Return the names of the words treated so at a place."""
        places = (where, self.groups.get(where, where))
        return tuple(word.name for word in self.words if word.where in places and word.treatment is treatment)

    @cached_property
    def _by_place(self) -> dict[tuple[str, str], FormatWord]:
        return {(word.where, word.name): word for word in self.words}


def read(where: str, names: str | Iterable[str], note: str = "") -> tuple[FormatWord, ...]:
    """Return words that are read; several names stand in one text, apart by spaces."""
    return _words(where, names, Treatment.READ, note)


def ignored(where: str, names: str | Iterable[str], note: str) -> tuple[FormatWord, ...]:
    """Return words on which no answer depends."""
    return _words(where, names, Treatment.IGNORED, note)


def refused(where: str, names: str | Iterable[str], note: str) -> tuple[FormatWord, ...]:
    """Return words that are refused by name; ``note`` is the reason and the next step, after the name."""
    return _words(where, names, Treatment.REFUSED, note)


def vocabulary(*words: tuple[FormatWord, ...], groups: Mapping[str, str] | None = None) -> Vocabulary:
    """Return the vocabulary of so many words."""
    return Vocabulary(tuple(word for some in words for word in some), groups or {})


def _words(where: str, names: str | Iterable[str], treatment: Treatment, note: str) -> tuple[FormatWord, ...]:
    listed = names.split() if isinstance(names, str) else names
    return tuple(FormatWord(where, name, treatment, note) for name in listed)
