"""Two worlds side by side in one network: what happened, and what would have, on the same noise (Balke & Pearl 1994).

Every variable has its mechanism in the first world and in the second: its table or rule, or a point mass where it is
set. What the change cannot reach is one variable for both. What it can reach has a copy, marked ``*``, that follows
the second world's mechanism and draws on the first one's noise: P(X* | X, both worlds' parents) is the Gumbel-max
coupling (``coupling.py``), so that one exact inference answers. Where the first world's X has no bearing on what is
seen, the noise is not yet known and X* follows its own mechanism alone: no coupling is needed there, nor assumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from quandary.ask.query.counterfactual.coupling import gumbel_conditional
from quandary.base.arrays import Array
from quandary.base.problems import Problem, Refusal
from quandary.engine.inference import Inference
from quandary.game.diagram import Chance, Diagram
from quandary.game.table import Table

COPY = "*"

MOST_ENTRIES = 1 << 19
"""Entries of one table in one world above which a twin network is refused."""

AT_ONCE = 1 << 22
"""Entries of the largest table that are worked on at once, over the worlds of a slice."""


@dataclass(frozen=True, eq=False)
class Mechanisms:
    """A causal model without payoffs: names in order of time, their numbers of states, one table each, what is set.

    A table has axes ``(*parents, name)``. ``settings`` replaces mechanisms by those of what is set: a state for
    certain, of a decision wherever it arises (``game.arising.set_table``).
    """

    names: tuple[str, ...]
    cards: Mapping[str, int]
    tables: Mapping[str, Table]
    settings: Mapping[str, Table] = field(default_factory=dict)

    def parents(self, name: str) -> tuple[str, ...]:
        """Return a variable's parents; of one that is set, what says where it arises."""
        return self.table(name).axes[:-1]

    def table(self, name: str) -> Table:
        """Return a variable's mechanism."""
        return self.settings[name] if name in self.settings else self.tables[name]

    def ancestors(self, names: Iterable[str]) -> frozenset[str]:
        """Return the names and everything they depend on."""
        found: set[str] = set()
        stack = list(names)
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                stack.extend(self.parents(name))
        return frozenset(found)

    def in_worlds(self, where: slice) -> Mechanisms:
        """Return the same in some of the worlds."""
        tables = {name: table.take_worlds(where) for name, table in self.tables.items()}
        return Mechanisms(self.names, self.cards, tables, self.settings)

    def diagram(self, names: Iterable[str]) -> Diagram:
        """Return the network of those names, which must be closed under parents."""
        wanted = set(names)
        return network([(name, self.table(name)) for name in self.names if name in wanted])


def network(tables: Sequence[tuple[str, Table]]) -> Diagram:
    """Return the network of some tables, each over ``(*parents, name)``, in order of time."""
    worlds = max((table.worlds for _, table in tables), default=1)
    variables = []
    for name, table in tables:
        states = tuple(f"s{k}" for k in range(table.values.shape[-2]))
        variables.append(Chance(name, states, table.axes[:-1]))
    return Diagram(tuple(variables), dict(tables), (), {}, worlds)


@dataclass(frozen=True, eq=False)
class Twin:
    """Two worlds on the same noise.

    ``changed`` are the variables that may differ; ``mediators`` those whose copy takes the first world's value (a
    mediator held at what it would have been). ``seen`` are tables of what is known of the first world and ``asked``
    of the target in the second, over plain names.
    """

    first: Mechanisms
    second: Mechanisms
    changed: frozenset[str]
    seen: tuple[Table, ...]
    asked: tuple[Table, ...]
    mediators: frozenset[str] = frozenset()

    @property
    def worlds(self) -> int:
        """Return in how many worlds the tables are given, 1 where none varies."""
        return max(table.worlds for table in (*self.first.tables.values(), *self.second.tables.values()))

    @property
    def keeps_rules(self) -> bool:
        """Return whether the second world's mechanisms are the first's but for what is set."""
        return all(self.second.tables[name] is table for name, table in self.first.tables.items())

    def varied(self) -> frozenset[str]:
        """Return the variables of the second world that bear on what is asked and have several possible states."""
        build = _Build(self)
        return frozenset(name for name in build.needed if len(build.below[self.copied(name)]) > 1)

    @property
    def known(self) -> frozenset[str]:
        """Return the variables of the first world that bear on what is seen or is a mediator."""
        return self.first.ancestors({axis for table in self.seen for axis in table.axes} | self.mediators)

    def probability(self) -> Array:
        """Return P(asked in the second world, seen in the first), ``(W,)`` or ``(1,)``.

        Raises ``Refusal`` (Q542) where a table would be too large.
        """
        build = _Build(self)
        return build.probability()

    def in_worlds(self, where: slice) -> Twin:
        """Return the same in some of the worlds."""
        return replace(self, first=self.first.in_worlds(where), second=self.second.in_worlds(where))

    def copied(self, name: str) -> str:
        """Return what a variable of the second world is called."""
        return name + COPY if name in self.changed and name not in self.mediators else name


class _Build:
    """The network of a twin, only over states that are possible in some world."""

    def __init__(self, twin: Twin) -> None:
        self.twin = twin
        self.known = twin.known
        self.needed = self._needed()
        self.below = self._possible()
        self.factors = [self._kept(table, plain=True) for table in twin.seen]
        self.factors += [self._kept(table, plain=False) for table in twin.asked]

    def probability(self) -> Array:
        worlds = self.twin.worlds
        size = max(self._entries(name) for name in self._order())
        if size > MOST_ENTRIES:
            message = f"Two worlds side by side need a table of {size:,} entries, more than {MOST_ENTRIES:,}."
            hint = "state more of what was seen, or set a variable later in the story: what is certain takes no room"
            raise Refusal(Problem("Q542", message, hint=hint))
        step = max(1, AT_ONCE // size)
        parts = [self._slice(slice(begin, begin + step)) for begin in range(0, worlds, step)]
        return np.concatenate(
            [np.broadcast_to(part, (min(step, worlds - step * number),)) for number, part in enumerate(parts)]
        )

    def _slice(self, where: slice) -> Array:
        diagram = network([(name, self._table(name, where)) for name in self._order()])
        return Inference(diagram).joint({}, (), self.factors).values

    def _order(self) -> list[str]:
        order = []
        for name in self.twin.first.names:
            if name in self.known or (name in self.needed and self.twin.copied(name) == name):
                order.append(name)
            if name in self.needed and self.twin.copied(name) != name:
                order.append(name + COPY)
        return order

    def _needed(self) -> frozenset[str]:
        """Return the variables of the second world that the target depends on; mediators are not looked behind."""
        found: set[str] = set()
        stack = [axis for table in self.twin.asked for axis in table.axes]
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                if name not in self.twin.mediators:
                    stack.extend(self.twin.second.parents(name))
        return frozenset(found)

    def _is_coupled(self, name: str) -> bool:
        settled = name in self.twin.first.settings or name in self.twin.second.settings
        return name in self.known and not settled

    def _parents(self, name: str) -> tuple[str, ...]:
        """Return the parents of a copy."""
        own = [self.twin.copied(parent) for parent in self.twin.second.parents(name)]
        if self._is_coupled(name):
            own = [name, *self.twin.first.parents(name), *own]
        return tuple(dict.fromkeys(own))

    def _entries(self, name: str) -> int:
        plain = name.removesuffix(COPY)
        axes = (*self._parents(plain), name) if name != plain else (*self.twin.first.parents(plain), plain)
        return int(np.prod([len(self.below[axis]) for axis in axes]))

    def _table(self, name: str, where: slice) -> Table:
        plain = name.removesuffix(COPY)
        first, second = (model.table(plain).take_worlds(where) for model in (self.twin.first, self.twin.second))
        if name == plain:
            return self._kept(first, plain=True)
        if not self._is_coupled(plain):
            return self._kept(second, plain=False)
        parents = self._parents(plain)
        return Table((*parents, name), self._coupled(plain, parents, first, second))

    def _coupled(self, name: str, parents: tuple[str, ...], first: Table, second: Table) -> Array:
        """Return P(name* | name, both worlds' parents): a race over every state, then the possible ones."""
        copy = name + COPY
        others = tuple(parent for parent in parents if parent != name)
        before = self._kept(first, plain=True, whole=name).over((*others, name))
        after = self._kept(second, plain=False, whole=name).over((*others, copy))
        rows = gumbel_conditional(before, after)
        rows = rows[..., list(self.below[name]), :, :][..., list(self.below[copy]), :]
        return np.ascontiguousarray(np.moveaxis(rows, -3, parents.index(name)))

    def _kept(self, table: Table, *, plain: bool, whole: str | None = None) -> Table:
        """Return a table of either world under this network's names, over possible states; ``whole`` keeps all."""
        axes = table.axes if plain else tuple(self.twin.copied(axis) for axis in table.axes)
        values = table.values
        for position, (axis, original) in enumerate(zip(axes, table.axes, strict=True)):
            if original != whole:
                values = np.take(values, self.below[axis], axis=position)
        return Table(axes, values)

    def _possible(self) -> dict[str, tuple[int, ...]]:
        """Return the states that have any probability: given what is seen for the first world, at all for the
        second."""
        first = self.twin.first
        names = self.known | (self.needed - self.twin.changed)
        closed = first.ancestors(names)
        found = _supported(first, closed, names, [pattern(table) for table in self.twin.seen])
        second = self.twin.second
        copies = [name for name in self.needed if self.twin.copied(name) != name]
        shared = [Table((name,), _marked(found[name], first.cards[name])) for name in self.needed - self.twin.changed]
        for name, states in _supported(second, second.ancestors(self.needed), copies, shared).items():
            found[name + COPY] = states
        return found


def _supported(
    model: Mechanisms, closed: frozenset[str], names: Iterable[str], factors: Sequence[Table]
) -> dict[str, tuple[int, ...]]:
    tables = [(name, pattern(model.table(name))) for name in model.names if name in closed]
    inference = Inference(network(tables))
    found = {}
    for name in names:
        some = inference.joint({}, (name,), factors).values[..., 0] > 0
        states = tuple(int(k) for k in np.flatnonzero(some))
        found[name] = states or tuple(range(model.cards[name]))
    return found


def _marked(states: tuple[int, ...], card: int) -> Array:
    marks = np.zeros((card, 1))
    marks[list(states)] = 1.0
    return marks


def pattern(table: Table) -> Table:
    """Return 1 where the table is positive in any world and 0 elsewhere, in one world."""
    return Table(table.axes, np.asarray((table.values > 0).any(axis=-1, keepdims=True), dtype=np.float64))
