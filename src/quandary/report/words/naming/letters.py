"""Which of an analyst's titles keep their first capital inside a sentence: names do, other words do not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from quandary.case.model import Case

_WORD = re.compile(r"[^\W\d_](?:[\w\u2019'-]*\w)?")
_INSIDE = re.compile(r"(?<=[\w,;] )[A-Z][\w\u2019'-]*")
"""A word with a capital that does not begin a sentence."""
SMALL = frozenset(
    {"a", "an", "all", "any", "at", "both", "by", "each", "every", "for", "from", "her", "his", "how", "if", "in"}
    | {"its", "no", "of", "on", "one", "our", "some", "that", "the", "their", "there", "these", "this", "those", "to"}
    | {"what", "when", "where", "whether", "which", "who", "whom", "whose", "why", "with"}
)
"""Words that are no names, wherever they stand."""
OF_PLACES = ("ian", "ish", "ese", "ench", "rman", "reek", "zech", "wiss", "utch")
"""How words end that are made of the names of places."""


@dataclass(frozen=True)
class Capitals:
    """The capitals of a case's own words."""

    case: Case

    def inside(self, title: str) -> str:
        """Return a title as it stands inside a sentence: ``unrest in Kazakhstan``, ``Russia's move``, ``NATO``.

        ``Outcome of the talks`` becomes ``the outcome of the talks``, since such a noun lacks its article for sure.
        """
        found = _WORD.match(title)
        if found is None or self._is_name(found[0]):
            return title
        told = f"{title[:1].lower()}{title[1:]}"
        lacks = found[0].lower() not in SMALL and title[found.end() : found.end() + 4] == " of "
        return f"the {told}" if lacks else told

    def _is_name(self, word: str) -> bool:
        small = word.lower()
        if small in SMALL or not word[:1].isupper():
            return False
        if word[1:] != word[1:].lower():
            return True
        seen, capital = self._small[small], self._capital[word]
        if seen != capital:
            return capital > seen
        return word.endswith(("'s", "s'", "\u2019s", "s\u2019")) or small.endswith(OF_PLACES)

    @cached_property
    def _small(self) -> Counter[str]:
        return Counter(word for text in self._texts for word in _WORD.findall(text) if word == word.lower())

    @cached_property
    def _capital(self) -> Counter[str]:
        return Counter(word for text in self._texts for word in _INSIDE.findall(text))

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        return tuple(text for text in _texts(self.case) if text)


def _texts(case: Case) -> Iterator[str | None]:
    """Yield what the analyst wrote in words."""
    yield case.text
    yield case.title
    yield from (actor.name for actor in case.actors.values())
    for item in case.story:
        yield item.title
        yield from _words(item.words)
    yield from (stake.title for stake in case.stakes)
    yield from (event.title for event in case.events.values())
    yield from (channel.says for channel in case.channels.values())
    for claim in case.claims:
        yield from (claim.quote, claim.note, claim.title)
    yield from (question.asks for question in case.questions)


def _words(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (words for _, words in pairs)


def sentence(text: str) -> str:
    """Return words with a capital at their beginning."""
    return f"{text[:1].upper()}{text[1:]}"
