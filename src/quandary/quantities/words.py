"""Words of estimative probability, read from cited tables (``verbal_probability.csv``).

One table is the default; a case may name another (``words: kent``). Every reading says which table it came from.

Answers are told in words the other way round. Only a table that prescribes bands says which word a probability has; a
survey says how words are understood, which overlap. So answers follow the case's table where it prescribes, else ICD
203 (2015), section D.6.e.(2).(a).
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from quandary.base.places import NOWHERE, Place
from quandary.base.problems import CaseError, Problem, nearest

DEFAULT = "capphrase"
TELLING = "icd203"
"""The table that answers are told by where the case names none that prescribes bands."""
PRESCRIBED = "prescribed band"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase means in one table: 5 %, middle and 95 % points as probabilities, and how many were asked."""

    phrase: str
    low: float
    middle: float
    high: float
    respondents: int | None


@dataclass(frozen=True)
class WordTable:
    """One cited table, its ``title`` and ``author`` in few words. ``basis``: survey percentiles or prescribed band."""

    name: str
    title: str
    author: str
    citation: str
    basis: str
    meanings: Mapping[str, Meaning]

    @property
    def prescribes(self) -> bool:
        """Return whether it says which word a probability has, and not only how words are understood."""
        return self.basis == PRESCRIBED

    def likelihood(self, low: float, high: float) -> str:
        """Return the word for a probability that lies between two: ``unlikely``; ``unlikely to even chance``.

        Two words where the ends have different ones, or where the table has no word of its own between two bands.
        """
        first, last = map(self._at, (low, high))
        return first[0] if first[0] == last[-1] else f"{first[0]} to {last[-1]}"

    def words_of(self, low: float, high: float) -> frozenset[str]:
        """Return the words that ``likelihood`` has for a probability that lies between two."""
        first, last = map(self._at, (low, high))
        return frozenset((first[0], last[-1]))

    def _at(self, probability: float) -> tuple[str, ...]:
        tops, phrases = self._bands
        return phrases[min(bisect_right(tops, probability), len(phrases) - 1)]

    @cached_property
    def _bands(self) -> tuple[Sequence[float], Sequence[tuple[str, ...]]]:
        """Return where each band ends and its word; between two bands that do not meet, the words of both.

        Where bands overlap the narrowest holds, of two alike the first in the table; the outermost reach to 0 and 1.
        A band includes its lower end. A word for a single probability (``certain``) has no band.
        """
        wide = [meaning for meaning in self.meanings.values() if meaning.high > meaning.low]
        edges = sorted({end for meaning in wide for end in (meaning.low, meaning.high)})
        phrases: list[tuple[str, ...]] = []
        for low, high in pairwise(edges):
            over = [meaning for meaning in wide if meaning.low <= low and high <= meaning.high]
            if over:
                phrases.append((min(over, key=lambda m: m.high - m.low).phrase,))
                continue
            below = max((m for m in wide if m.high <= low), key=lambda m: m.high)
            above = min((m for m in wide if m.low >= high), key=lambda m: m.low)
            phrases.append((below.phrase, above.phrase))
        return edges[1:], phrases


TITLES = {
    "capphrase": ("CAPphrase (", "CAPphrase survey, Kucharski 2026", "CAPphrase"),
    "mauboussin": ("Mauboussin", "Mauboussin & Mauboussin survey, 2018", "Mauboussin & Mauboussin 2018"),
    "zonination": ("zonination", "zonination survey, 2015", "zonination/perceptions 2015"),
    "kent": ("Kent", "Kent 1964", "Kent 1964, Words of Estimative Probability"),
    "icd203": ("ICD 203", "ICD 203, ODNI 2015", "ICD 203"),
    "uk": ("UK PHIA", "UK PHIA yardstick", "UK PHIA yardstick"),
    "nato": ("NATO", "NATO scale", "NATO scale"),
    "ipcc": ("IPCC", "IPCC scale", "IPCC scale"),
}
"""Each table's name, how its source begins in the file, its short title and its author; larger surveys first."""


@cache
def tables() -> Mapping[str, WordTable]:
    """Return the shipped tables by name."""
    with Path(__file__).with_name("verbal_probability.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found: dict[str, WordTable] = {}
    for name, (beginning, title, author) in TITLES.items():
        own = [row for row in rows if row["source"].startswith(beginning)]
        meanings = {row["phrase"]: _meaning(row) for row in own}
        found[name] = WordTable(name, title, author, own[0]["source"], own[0]["basis"], MappingProxyType(meanings))
    return MappingProxyType(found)


def _meaning(row: Mapping[str, str]) -> Meaning:
    low, middle, high = (float(row[column]) / 100 for column in ("p05", "median", "p95"))
    return Meaning(row["phrase"], low, middle, high, int(row["n"]) if row["n"] else None)


def table_named(name: str | None, place: Place = NOWHERE) -> WordTable:
    """Return the table of that name, the default for ``None``; an unknown name is a fault."""
    chosen = DEFAULT if name is None else name
    known = tables()
    if chosen not in known:
        hint = nearest(chosen, known) or "known: " + ", ".join(known)
        raise CaseError([Problem("Q210", f'there is no table of words named "{chosen}"', place, hint)])
    return known[chosen]


def telling_table(name: str | None) -> WordTable:
    """Return the table that answers are told by in a case that names one, or none."""
    named = table_named(name)
    return named if named.prescribes else tables()[TELLING]


def look_up(phrase: str, name: str | None = None, place: Place = NOWHERE) -> tuple[Meaning, WordTable]:
    """Return what a phrase means in the named table; a phrase the table lacks is a fault."""
    table = table_named(name, place)
    found = table.meanings.get(phrase)
    if found is not None:
        return found, table
    near = nearest(phrase, table.meanings)
    others = [other.name for other in tables().values() if phrase in other.meanings]
    hint = f"other tables have it: words: {' or '.join(others)}" if others else near
    hint = hint or "known: " + ", ".join(table.meanings)
    message = f'the table of words "{table.name}" ({table.title}) has no "{phrase}"'
    raise CaseError([Problem("Q208", message, place, hint)])
