"""Tables that are made when they are first looked at: most questions look at a few of a game's rules only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from quandary.game.table import Table


class Deferred(Mapping[str, Table]):
    """Tables by name, each made by ``make`` when it is first looked at, and kept."""

    def __init__(self, names: Iterable[str], make: Callable[[str], Table]) -> None:
        self._made: dict[str, Table | None] = dict.fromkeys(names)
        self._make = make

    def __getitem__(self, name: str) -> Table:
        table = self._made[name]
        if table is None:
            table = self._make(name)
            self._made[name] = table
        return table

    def __contains__(self, name: object) -> bool:
        return name in self._made

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)
