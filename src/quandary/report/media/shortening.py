"""Long names are said whole once: after that a listing says their first words, as many as tell them apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from rich.cells import cell_len

from quandary.case.logic.conditions import states_of
from quandary.report.media.columns import TableColumns
from quandary.report.words.naming.names import CaseNames

LONG = 48
"""Columns from which on a title, a state or an actor's name is long."""

SHORT = 36
"""Columns of the first words that stand for it."""

ELLIPSIS = "…"


class LongNames:
    """The long names of a case, and which of them a reader of one listing has been told whole."""

    def __init__(self, names: CaseNames) -> None:
        case = names.case
        told = [form for item in case.story for form in (names.variable(item.id), names.variable_inside(item.id))]
        told += [names.state(item.id, state) for item in case.story for state in states_of(item)]
        told += [form for actor in case.actors for form in (names.actor(actor), names.actor_inside(actor))]
        self._short = shortened(one for one in told if cell_len(one) >= LONG)
        self._said: set[str] = set()

    def told(self, text: str) -> str:
        """Return a text with the names shortened that were said before in it, or in a text told before."""
        if not self._short:
            return text
        return self._any.sub(lambda found: self._one(found.group()), text).replace(f"{ELLIPSIS}.", ELLIPSIS)

    def hear(self, table: TableColumns) -> TableColumns:
        """Return a table as it is, and take what stands in it as told."""
        for row in table.rows:
            self.told("; ".join(row))
        return table

    @cached_property
    def _any(self) -> re.Pattern[str]:
        return re.compile("|".join(re.escape(one) for one in sorted(self._short, key=len, reverse=True)))

    def _one(self, name: str) -> str:
        if name in self._said:
            return self._short[name]
        self._said |= {one for one in self._short if one.casefold() == name.casefold()}
        return name


def shortened(names: Iterable[str]) -> dict[str, str]:
    """Return each name's first words, as many as no other of them begins with; a name that needs all stays out."""
    every = dict.fromkeys(names)
    found = {}
    for name in every:
        words = name.split(" ")
        others = [one.casefold() for one in every if one.casefold() != name.casefold()]
        for count in range(1, len(words)):
            start, longer = " ".join(words[:count]), " ".join(words[: count + 1])
            apart = not any(one.startswith(start.casefold()) for one in others)
            if apart and cell_len(longer) > SHORT:
                found[name] = f"{start.rstrip(',;:')} {ELLIPSIS}"
                break
    return {name: short for name, short in found.items() if cell_len(short) < cell_len(name)}
