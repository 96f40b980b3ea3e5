"""The pure strategies of a tree's players, the payoffs of their combinations, and back to behaviour; one world.

The *reduced* strategic form: a strategy names an action at each of its player's information sets that its own earlier
actions leave possible, and nothing at the others (Kuhn 1953). Strategies stand in lexicographic order of the sets'
first appearance in the tree. Where a player forgets, strategies are not reduced.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.base.problems import Problem, Refusal
from quandary.base.stopping import Proceed, always, go_on
from quandary.game.strategic import StrategicForm
from quandary.game.trees.tree import Tree, forgetful_sets

COMBINATIONS_AT_MOST = 5_000_000
UNNAMED = -1
"""Stands in a reduced strategy where the player's own earlier actions rule the set out."""


@dataclass(frozen=True, eq=False)
class Strategies:
    """``choices[s, k]``: the action of strategy s at the player's k-th set (``sets[k]`` in the tree), or -1."""

    player: str
    sets: tuple[int, ...]
    choices: NDArray[np.int64]

    def names(self, tree: Tree) -> tuple[str, ...]:
        """Return each strategy's name: its actions in order of the sets, ``*`` where none is named."""
        labels = [tree.sets[which].actions for which in self.sets]
        named = [
            " / ".join("*" if c < 0 else labels[k][c] for k, c in enumerate(row)) or "-"
            for row in self.choices.tolist()
        ]
        if len(set(named)) < len(named):
            named = ["".join("*" if c < 0 else str(c + 1) for c in row) for row in self.choices.tolist()]
        return tuple(named)


@dataclass(frozen=True, eq=False)
class Strategic:
    """A tree's strategic form in one world: ``form`` with the strategies behind it, player by player."""

    tree: Tree
    strategies: tuple[Strategies, ...]
    form: StrategicForm

    def rules(self, mixture: Sequence[Array]) -> dict[int, Array]:
        """Return the behaviour of mixed strategies (one array per player): NaN at sets that are never allowed for.

        Kuhn's theorem (1953) under perfect recall: an action's probability is the weight of the strategies that
        choose it, among those that allow for its set.
        """
        found: dict[int, Array] = {}
        for own, weights in zip(self.strategies, mixture, strict=True):
            for k, which in enumerate(own.sets):
                actions = len(self.tree.sets[which].actions)
                chosen = own.choices[:, k]
                named = chosen >= 0
                shares = np.bincount(chosen[named], weights=np.asarray(weights)[named], minlength=actions)
                total = shares.sum()
                found[which] = shares / total if total > 0 else np.full(actions, np.nan)
        return found


def own_sets(tree: Tree) -> dict[str, tuple[int, ...]]:
    """Return each player's information sets that hold a node, in order of first appearance, depth first."""
    set_of = tree.set_of.tolist()
    order = dict.fromkeys(set_of[node] for node in depth_first(tree))
    order.pop(-1, None)
    return {player: tuple(w for w in order if tree.sets[w].player == player) for player in tree.players}


def depth_first(tree: Tree) -> list[int]:
    """Return the nodes in depth-first order, children by their actions."""
    parent = tree.parent.tolist()
    children: dict[int, list[int]] = {}
    for node in np.lexsort((tree.action, tree.parent)).tolist():
        children.setdefault(parent[node], []).append(node)
    found, waiting = [], [0]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(reversed(children.get(node, [])))
    return found


def own_past(tree: Tree, player: str, node: int) -> tuple[tuple[int, int], ...]:
    """Return the player's (set, action) pairs on the way to a node, first to last."""
    past = []
    while (before := int(tree.parent[node])) >= 0:
        which = int(tree.set_of[before])
        if tree.sets[which].player == player:
            past.append((which, int(tree.action[node])))
        node = before
    return tuple(reversed(past))


def count_strategies(tree: Tree) -> dict[str, int]:
    """Return how many pure strategies each player has, without listing them."""
    reduced = not forgetful_sets(tree)
    counts = {}
    for player, sets in own_sets(tree).items():
        before = _own_parents(tree, player, sets) if reduced else dict.fromkeys(sets)
        after: dict[tuple[int, int], int] = {}
        for which in reversed(sets):
            here = sum(after.get((which, a), 1) for a in range(len(tree.sets[which].actions)))
            parent = before[which]
            if parent is not None:
                after[parent] = after.get(parent, 1) * here
            else:
                after[-1, -1] = after.get((-1, -1), 1) * here
        counts[player] = after.get((-1, -1), 1)
    return counts


def strategic_form(
    tree: Tree, world: int = 0, *, limit: int = COMBINATIONS_AT_MOST, proceed: Proceed = always
) -> Strategic:
    """Return the reduced strategic form of one world.

    Raises ``Refusal`` (Q456) beyond ``limit`` combinations, ``Stopped`` where ``proceed`` says no.
    """
    counts = count_strategies(tree)
    combinations = prod(counts.values())
    if combinations > limit:
        each = " x ".join(f"{c:,}" if c < 10**9 else f"about 10^{len(str(c)) - 1}" for c in counts.values())
        message = f"the players have {each} pure strategies; {limit:,} combinations can be searched."
        hint = 'use the concept "logit", "sequential" or, for two players of constant sum, "zero_sum"'
        raise Refusal(Problem("Q456", message, hint=hint))
    reduced = not forgetful_sets(tree)
    strategies = tuple(_strategies(tree, player, sets, reduced, proceed) for player, sets in own_sets(tree).items())
    names = tuple(own.names(tree) for own in strategies)
    payoffs = _payoffs(tree, strategies, world, proceed)
    return Strategic(tree, strategies, StrategicForm(tree.players, names, payoffs[..., None], tree.title))


def deciding_sets(tree: Tree) -> list[int]:
    """Return the sets at which players choose, in the order of the players of ``agents``."""
    return [which for own in own_sets(tree).values() for which in own]


def agents(tree: Tree) -> Tree:
    """Return the tree in which every information set has a player of its own, paid as the set's owner is.

    A Nash equilibrium of it is an agent-form equilibrium of the tree: nobody gains by changing one choice at one set.
    """
    used = deciding_sets(tree)
    names = {which: f"set {which}" for which in used}
    sets = tuple(
        type(s)(names[i], s.actions, s.label, s.chances, s.decision) if i in names else s
        for i, s in enumerate(tree.sets)
    )
    owners = [tree.players.index(str(tree.sets[which].player)) for which in used]
    return Tree(
        tuple(names[which] for which in used),
        sets,
        tree.parent,
        tree.action,
        tree.set_of,
        tree.outcome,
        tree.payoffs[owners],
        tree.title,
    )


def leaf_gains(tree: Tree, world: int = 0) -> tuple[NDArray[np.intp], Array, Array]:
    """Return the leaves, the chance probability of each, and what each player has gathered there ``(players, leaves)``.

    Leaves that chance never leads to are left out.
    """
    odds = [None if own.chances is None else _at(own.chances, world).tolist() for own in tree.sets]
    paid = [(*own, 0.0) for own in _at(tree.payoffs, world).tolist()]
    set_of, outcomes = tree.set_of.tolist(), tree.outcome.tolist()
    chance: list[float] = []
    total: list[list[float]] = [[] for _ in paid]
    for before, action, outcome in zip(tree.parent.tolist(), tree.action.tolist(), outcomes, strict=True):
        share = None if before < 0 else odds[set_of[before]]
        chance.append((1.0 if before < 0 else chance[before]) * (1.0 if share is None else share[action]))
        for own, gains in zip(paid, total, strict=True):
            gains.append(own[outcome] + (0.0 if before < 0 else gains[before]))
    ways, gathered = np.array(chance), np.array(total).reshape(len(paid), len(chance))
    leaves = np.flatnonzero((tree.set_of < 0) & (ways > 0))
    return leaves, ways[leaves], gathered[:, leaves]


def _own_parents(tree: Tree, player: str, sets: Sequence[int]) -> dict[int, tuple[int, int] | None]:
    """Return the player's last (set, action) before each of its sets; the same for all nodes under perfect recall."""
    found: dict[int, tuple[int, int] | None] = {}
    before: list[tuple[int, int] | None] = []
    set_of = tree.set_of.tolist()
    for which, parent, action in zip(set_of, tree.parent.tolist(), tree.action.tolist(), strict=True):
        above = set_of[parent] if parent >= 0 else -1
        own = above >= 0 and tree.sets[above].player == player
        before.append((above, action) if own else before[parent] if parent >= 0 else None)
        found.setdefault(which, before[-1])
    return {which: found[which] for which in sets}


def _strategies(tree: Tree, player: str, sets: tuple[int, ...], reduced: bool, proceed: Proceed) -> Strategies:
    rows: list[list[int]] = [[]]
    parents = _own_parents(tree, player, sets) if reduced else dict.fromkeys(sets)
    where = {which: k for k, which in enumerate(sets)}
    for done, which in enumerate(sets):
        go_on(proceed, f"strategies of {player}", done, len(sets))
        parent = parents[which]
        actions = range(len(tree.sets[which].actions))
        grown: list[list[int]] = []
        for row in rows:
            possible = parent is None or row[where[parent[0]]] == parent[1]
            grown += [[*row, a] for a in actions] if possible else [[*row, UNNAMED]]
        rows = grown
    return Strategies(player, sets, np.array(rows, dtype=np.int64).reshape(len(rows), len(sets)))


def _payoffs(tree: Tree, strategies: Sequence[Strategies], world: int, proceed: Proceed) -> Array:
    """Return the players' expected payoffs for every combination, ``(players, *strategies)``."""
    leaves, chance, gathered = leaf_gains(tree, world)
    allows = [leaves_allowed(tree, own, leaves, proceed) for own in strategies]
    shape = tuple(len(own.choices) for own in strategies)
    payoffs = np.zeros((len(tree.players), *shape))
    if not strategies:
        payoffs[...] = (gathered * chance).sum(axis=1)
        return payoffs
    block = max(1, 4_000_000 // max(1, len(leaves)))
    combined = list(itertools.product(*(range(n) for n in shape[:-1])))
    flat = payoffs.reshape(len(tree.players), -1, shape[-1])
    last = allows[-1].astype(np.float64)
    for start in range(0, len(combined), block):
        go_on(proceed, "payoffs of combinations", start, len(combined))
        some = combined[start : start + block]
        together = np.ones((len(some), len(leaves)), dtype=np.bool_)
        for axis, own in enumerate(allows[:-1]):
            together &= own[[index[axis] for index in some]]
        for player in range(len(tree.players)):
            flat[player, start : start + block] = (together * (chance * gathered[player])) @ last.T
    return payoffs


def leaves_allowed(tree: Tree, own: Strategies, leaves: NDArray[np.intp], proceed: Proceed) -> Mask:
    """Return whether each strategy lets play come to each leaf, ``(strategies, leaves)``. Raises ``Stopped``."""
    where = {which: k for k, which in enumerate(own.sets)}
    allowed = np.ones((len(own.choices), len(leaves)), dtype=np.bool_)
    for column, leaf in enumerate(leaves.tolist()):
        go_on(proceed, f"leaves that strategies of {own.player} allow", column, len(leaves))
        for which, action in own_past(tree, own.player, leaf):
            allowed[:, column] &= own.choices[:, where[which]] == action
    return allowed


def _at(values: Array, world: int) -> Array:
    return np.asarray(values[..., 0 if values.shape[-1] == 1 else world])
