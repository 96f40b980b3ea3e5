"""Unrolling a diagram into the tree of all its histories: the obvious reference, and what exports are made
of.

Moves come in the diagram's order of time. One information set per decision and combination of what it
observes; chance nodes with the same parents' states share their probabilities. Barred options, and chance
states that have probability zero in every world, get no branch. Cost and size grow with the number of
histories.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.base.memory import NUMBER, TooLarge, allowance
from quandary.base.problems import Problem, Refusal
from quandary.game.diagram import Behaviour, Chance, Decision, Diagram
from quandary.game.graphs.graph import graph_of, utility_node
from quandary.game.plain_numbers import far_apart, plain
from quandary.game.protocol import Profile
from quandary.game.table import Table
from quandary.game.trees.tree import Index, InformationSet, Tree
from quandary.game.trees.tree_game import TreeGame
from quandary.game.usual import usual_rule

HISTORIES_AT_MOST = 2_000_000

NODE_BYTES = 48
SET_BYTES = 1_000
"""Bytes that a node and an information set of a tree take, as measured."""


@dataclass(frozen=True, eq=False)
class Unrolled:
    """``tree`` and where its sets came from: ``origin[s]`` is (variable, its parents' states, states with a
    branch)."""

    diagram: Diagram
    tree: Tree
    origin: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]

    def profile(self, game: TreeGame, behaviour: Behaviour) -> Profile:
        """Return a diagram's behaviour as a profile of the unrolled game; its rules may rest on fewer parents."""
        found = []
        for sets in game.sets_of:
            rules = []
            for which in sets.tolist():
                name, states, branches = self.origin[which]
                seen = dict(zip(self.diagram.variable(name).parents, states, strict=True))
                table = behaviour[name]
                rules.append(table.values[tuple(seen[axis] for axis in table.axes[:-1])][list(branches)])
            worlds = max(rule.shape[-1] for rule in rules)
            found.append(np.stack([np.broadcast_to(rule, (len(rule), worlds)) for rule in rules]))
        return found

    def behaviour(self, game: TreeGame, profile: Profile) -> dict[str, Table]:
        """Return a profile of the unrolled game as a behaviour; information sets without a node get what is
        usual."""
        rules = {d.name: usual_rule(self.diagram, d, game.worlds) for d in self.diagram.decisions}
        for sets, choice in zip(game.sets_of, profile, strict=True):
            for row, which in enumerate(sets.tolist()):
                name, states, branches = self.origin[which]
                rules[name].values[states] = 0.0
                rules[name].values[(*states, list(branches))] = choice[row]
        return rules


def unroll(
    diagram: Diagram,
    *,
    without: Collection[str] = (),
    title: str = "",
    limit: int = HISTORIES_AT_MOST,
) -> Unrolled:
    """Return the tree of all histories.

    ``without`` names chance variables to leave out; nothing may depend on them (see ``idle``). Raises
    ``Refusal`` (Q420) when more than ``limit`` nodes would be made.
    """
    growth = _Growth(diagram, limit)
    for variable in diagram.variables:
        if variable.name not in without:
            growth.grow(variable)
    tree = Tree(
        players=diagram.players,
        sets=tuple(growth.sets),
        parent=np.concatenate(growth.parent),
        action=np.concatenate(growth.action),
        set_of=np.concatenate([*growth.set_of, np.full(len(growth.frontier), -1)]),
        outcome=np.concatenate([np.full(growth.count - len(growth.frontier), -1), np.arange(len(growth.frontier))]),
        payoffs=_payoffs(diagram, growth),
        title=title,
        precision=diagram.precision,
        exact=_exact_payoffs(diagram, growth),
    )
    return Unrolled(diagram, tree, tuple(growth.origin))


def idle(diagram: Diagram) -> tuple[str, ...]:
    """Return the chance variables on which nobody's payoff or observation depends: reported only, not
    played."""
    graph = graph_of(diagram)
    ends = [utility_node(u) for u in diagram.utilities] + [d.name for d in diagram.decisions]
    needed = graph.ancestors(ends)
    return tuple(c.name for c in diagram.chances if c.name not in needed)


class _Growth:
    """A tree growing by one variable at a time; all paths so far end in ``frontier``.

    ``states[i]`` holds for each node of the frontier the state of the i-th variable grown.
    """

    def __init__(self, diagram: Diagram, limit: int) -> None:
        self.diagram = diagram
        self.limit = limit
        self.names: list[str] = []
        self.states: NDArray[np.intp] = np.zeros((0, 1), dtype=np.intp)
        self.frontier: Index = np.zeros(1, dtype=np.intp)
        self.count = 1
        self.parent: list[Index] = [np.array([-1])]
        self.action: list[Index] = [np.array([-1])]
        self.set_of: list[Index] = []
        self.sets: list[InformationSet] = []
        self.origin: list[tuple[str, tuple[int, ...], tuple[int, ...]]] = []

    def grow(self, variable: Chance | Decision) -> None:
        """Let the variable move at every node of the frontier."""
        seen = self.states[[self.names.index(p) for p in variable.parents]]
        contexts, which = _distinct_columns(seen)
        branches = [self._branches(variable, tuple(context)) for context in contexts.T.tolist()]
        for context, states in zip(contexts.T.tolist(), branches, strict=True):
            self.sets.append(self._set(variable, tuple(context), states))
            self.origin.append((variable.name, tuple(context), states))
        self.set_of.append(which + len(self.sets) - len(branches))
        sizes = np.array([len(states) for states in branches])[which]
        total = int(sizes.sum())
        if self.count + total > self.limit:
            raise Refusal(
                Problem(
                    "Q420",
                    f'the tree of all histories has more than {self.limit:,} nodes once "{variable.name}" has moved.',
                    hint="solve the diagram instead, or leave out variables on which nothing depends",
                )
            )
        self._refuse_what_is_too_large(variable, total)
        action = np.arange(total) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        flat = np.concatenate([np.array(states) for states in branches])
        offset = np.concatenate([[0], np.cumsum([len(states) for states in branches])[:-1]])
        state = flat[np.repeat(offset[which], sizes) + action]
        self.parent.append(np.repeat(self.frontier, sizes))
        self.action.append(action)
        self.states = np.vstack([np.repeat(self.states, sizes, axis=1), state])
        self.names.append(variable.name)
        self.frontier = np.arange(self.count, self.count + total)
        self.count += total

    def _refuse_what_is_too_large(self, variable: Chance | Decision, total: int) -> None:
        """Raise ``TooLarge`` (Q421) where so many new nodes do not fit in the memory allowed."""
        paths = 2 * NUMBER * (len(self.names) + 1) * total  # the states along every path, once old and once new
        worlds = max([u.table.worlds for u in self.diagram.utilities], default=1)
        paid = NUMBER * len(self.diagram.players) * worlds * total
        need = paths + paid + NODE_BYTES * (self.count + total) + SET_BYTES * len(self.sets)
        if need > allowance().bytes:
            raise TooLarge(
                need, worlds, (*self.names, variable.name), "solve the diagram instead of the tree of its histories"
            )

    def _branches(self, variable: Chance | Decision, context: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(np.flatnonzero(self._open(variable, context)).tolist())

    def _open(self, variable: Chance | Decision, context: tuple[int, ...]) -> Mask:
        if isinstance(variable, Chance):
            return np.asarray((self.diagram.tables[variable.name].values[context] > 0).any(axis=-1))
        table = self.diagram.allowed.get(variable.name)
        if table is None:
            return np.ones(len(variable.states), dtype=np.bool_)
        known = dict(zip(variable.parents, context, strict=True))
        return np.asarray(table.values[tuple(known[a] for a in table.axes[:-1])][:, 0] > 0)

    def _set(self, variable: Chance | Decision, context: tuple[int, ...], states: Sequence[int]) -> InformationSet:
        seen = zip(variable.parents, context, strict=True)
        known = ", ".join(f"{p}={self.diagram.variable(p).states[s]}" for p, s in seen)
        label = f"{variable.name} | {known}" if known else variable.name
        actions = tuple(variable.states[s] for s in states)
        if isinstance(variable, Chance):
            chances = self.diagram.tables[variable.name].values[context][list(states)]
            return InformationSet(None, actions, label, chances, variable.name)
        usual = self._usual(variable, context, states)
        return InformationSet(variable.player, actions, label, None, variable.name, usual)

    def _usual(self, decision: Decision, context: tuple[int, ...], states: Sequence[int]) -> Array | None:
        """Return what is usual among the states with a branch, ``(states, W or 1)``."""
        table = self.diagram.usual.get(decision.name)
        if table is None:
            return None
        known = dict(zip(decision.parents, context, strict=True))
        weights: Array = table.values[tuple(known[a] for a in table.axes[:-1])][list(states)]
        return weights


def _distinct_columns(columns: Index) -> tuple[Index, Index]:
    """Return the distinct columns, sorted, and which of them each column is."""
    if not len(columns):
        return columns[:, :1], np.zeros(columns.shape[1], dtype=np.intp)
    distinct, which = np.unique(columns, axis=1, return_inverse=True)
    return distinct, which.reshape(-1)


def _payoffs(diagram: Diagram, growth: _Growth) -> Array:
    worlds = max([u.table.worlds for u in diagram.utilities], default=1)
    payoffs = np.zeros((len(diagram.players), len(growth.frontier), worlds))
    for utility in diagram.utilities:
        index = tuple(growth.states[growth.names.index(a)] for a in utility.table.axes)
        payoffs[diagram.players.index(utility.player)] += utility.table.values[index]
    return payoffs


def _exact_payoffs(diagram: Diagram, growth: _Growth) -> tuple[tuple[Fraction, ...], ...]:
    """Return the same for one world in exact numbers, nothing where floats lose nothing that counts."""
    own = {p: [u for u in diagram.utilities if u.player == p] for p in diagram.players}
    parted = any(len(parts) > 1 and far_apart([u.table.values for u in parts]) for parts in own.values())
    if not parted or any(u.table.worlds > 1 for u in diagram.utilities):
        return ()
    found = []
    for parts in own.values():
        total = [Fraction(0)] * len(growth.frontier)
        for utility in parts:
            index = tuple(growth.states[growth.names.index(a)] for a in utility.table.axes)
            values = np.broadcast_to(utility.table.values[index][..., 0], len(total)).tolist()
            total = [t + plain(v)[0] for t, v in zip(total, values, strict=True)]
        found.append(tuple(total))
    return tuple(found)
