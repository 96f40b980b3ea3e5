"""The structure of a diagram without its numbers: what plans are keyed by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from quandary.game.diagram import Decision, Diagram


@dataclass(frozen=True)
class Structure:
    """Names, cardinalities, parents, owners and scopes; two diagrams of equal structure share every plan.

    ``players`` is aligned with ``names`` and ``None`` for chance; ``utilities`` lists (player, scope).
    """

    names: tuple[str, ...]
    cards: tuple[int, ...]
    parents: tuple[tuple[str, ...], ...]
    players: tuple[str | None, ...]
    tables: tuple[tuple[str, ...], ...]
    utilities: tuple[tuple[str, tuple[str, ...]], ...]

    @cached_property
    def position(self) -> dict[str, int]:
        """Return each variable's place in the order of time."""
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def cardinality(self) -> dict[str, int]:
        """Return each variable's number of states."""
        return dict(zip(self.names, self.cards, strict=True))

    @cached_property
    def parents_of(self) -> dict[str, tuple[str, ...]]:
        """Return each variable's parents."""
        return dict(zip(self.names, self.parents, strict=True))

    @cached_property
    def player_of(self) -> dict[str, str | None]:
        """Return each variable's owner, ``None`` for chance."""
        return dict(zip(self.names, self.players, strict=True))

    @cached_property
    def children_of(self) -> dict[str, tuple[str, ...]]:
        """Return each variable's children."""
        children: dict[str, list[str]] = {name: [] for name in self.names}
        for name, parents in zip(self.names, self.parents, strict=True):
            for parent in parents:
                children[parent].append(name)
        return {name: tuple(found) for name, found in children.items()}

    @cached_property
    def decisions(self) -> tuple[str, ...]:
        """Return the decisions in order of time."""
        return tuple(n for n, p in zip(self.names, self.players, strict=True) if p is not None)

    def ancestors(self, names: set[str] | frozenset[str]) -> set[str]:
        """Return the names and all their ancestors."""
        found: set[str] = set()
        stack = list(names)
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                stack.extend(self.parents_of[name])
        return found


def structure_of(diagram: Diagram) -> Structure:
    """Return the structure of a diagram."""
    variables = diagram.variables
    return Structure(
        names=tuple(v.name for v in variables),
        cards=tuple(len(v.states) for v in variables),
        parents=tuple(v.parents for v in variables),
        players=tuple(v.player if isinstance(v, Decision) else None for v in variables),
        tables=tuple(() if isinstance(v, Decision) else diagram.tables[v.name].axes for v in variables),
        utilities=tuple((u.player, u.table.axes) for u in diagram.utilities),
    )
