"""Every subgame-perfect equilibrium in pure strategies, subgame by subgame.

1. A proper subgame starts at a node that is alone in its information set and holds every set it touches whole
   (Selten 1965, 1975).
2. From the last subgames up: all pure equilibria of the subgame, each smaller one inside replaced by what one of its
   equilibria pays.
3. At sets that a player's own moves rule out within one subgame every action is listed: all are subgame perfect.

Subgame perfection says nothing about beliefs: a game without proper subgames (Selten's horse) keeps all its equilibria.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from quandary.game.table import Array
from quandary.game.tree import Tree
from quandary.problems import Problem, Refusal
from quandary.solve.deviation import Deviations, largest, tree_regret
from quandary.solve.equilibria import STOPS, Equilibria, Equilibrium, Proceed, always, go_on, reason
from quandary.solve.pure import NOT_MIXED, equilibrium_cells
from quandary.solve.strategies import strategic_form

EQUILIBRIA_AT_MOST = 100_000


@dataclass(frozen=True)
class _Part:
    """A solved subgame: the action chosen at each of its sets, and what that pays every player."""

    actions: tuple[tuple[int, int], ...]
    paid: tuple[float, ...]


def pure_subgame_perfect(
    tree: Tree, world: int = 0, *, limit: int = EQUILIBRIA_AT_MOST, proceed: Proceed = always
) -> Equilibria:
    """Return every pure subgame-perfect equilibrium of one world; a search that is stopped returns what it has.

    Raises ``Refusal`` (Q456) beyond ``limit``.
    """
    roots = subgame_roots(tree)
    solved: dict[int, list[_Part]] = {}
    found: list[Equilibrium] = []
    searched = f"all pure profiles of all {counted_subgames(len(roots))}, complete for pure subgame-perfect equilibria"
    stopped = ""
    try:
        for done, root in enumerate(sorted(roots, reverse=True)):
            go_on(proceed, "subgames", done, len(roots))
            solved[root] = []
            for part in _solved(tree, root, solved, world, limit, proceed):
                solved[root].append(part)
                if root == 0:
                    found.append(_record(tree, _pure_rules(tree, part), world))
    except STOPS as stop:
        stopped = reason(stop)
        done = len(solved) - 1
        searched = f"all pure profiles of {done:,} of {counted_subgames(len(roots))}"
        searched += ", and some of the whole game" if found else ", and none of the whole game"
    limits = (NOT_MIXED, "beliefs off the path were not judged by the search")
    return Equilibria("perfect", tuple(found), not stopped, searched, limits, stopped=stopped)


def counted_subgames(count: int) -> str:
    """Return ``1 subgame``, ``3 subgames``."""
    return f"{count:,} subgame{'' if count == 1 else 's'}"


def _pure_rules(tree: Tree, part: _Part) -> dict[int, Array]:
    return {which: np.eye(len(tree.sets[which].actions))[action] for which, action in part.actions}


def subgame_roots(tree: Tree) -> tuple[int, ...]:
    """Return the nodes at which subgames start, the root of the whole game first."""
    size = len(tree.parent)
    counts: dict[int, int] = {}
    inside = [dict[int, int]() for _ in range(size)]
    for node in reversed(range(size)):
        which = int(tree.set_of[node])
        if which >= 0 and tree.sets[which].player is not None:
            counts[which] = counts.get(which, 0) + 1
            inside[node][which] = inside[node].get(which, 0) + 1
        before = int(tree.parent[node])
        if before >= 0:
            for key, count in inside[node].items():
                inside[before][key] = inside[before].get(key, 0) + count
    found = []
    for node in range(size):
        which = int(tree.set_of[node])
        alone = which >= 0 and (tree.sets[which].player is None or counts[which] == 1)
        if node == 0 or (alone and all(count == counts[key] for key, count in inside[node].items())):
            found.append(node)
    return tuple(found)


def _solved(  # noqa: PLR0917 - the search's own state
    tree: Tree, root: int, solved: dict[int, list[_Part]], world: int, limit: int, proceed: Proceed
) -> Iterator[_Part]:
    """Yield the equilibria of the subgame at ``root``, for each way to choose those of the subgames inside."""
    nodes, inner = _trunk(tree, root, solved.keys() - {root})
    count = 0
    for choice in itertools.product(*(solved[node] for node in inner)):
        small = subgame_part(tree, nodes, {node: part.paid for node, part in zip(inner, choice, strict=True)}, world)
        strategic = strategic_form(small, proceed=proceed)
        numbers = strategic.form.payoffs[..., 0]
        fixed = tuple(pair for part in choice for pair in part.actions)
        for cell in np.argwhere(equilibrium_cells(numbers)).tolist():
            paid = tuple(float(own[tuple(cell)]) for own in numbers)
            free = [
                [(which, int(a))] if a >= 0 else [(which, k) for k in range(len(tree.sets[which].actions))]
                for own, row in zip(strategic.strategies, cell, strict=True)
                for which, a in zip(own.sets, own.choices[row], strict=True)
            ]
            for actions in itertools.product(*free):
                count += 1
                if count > limit:
                    message = f"more than {limit:,} pure subgame-perfect equilibria were found; the list is cut off."
                    raise Refusal(Problem("Q456", message, hint='use "subgame" for one of them'))
                go_on(proceed, "equilibria of subgames", count, 0)
                yield _Part((*fixed, *actions), paid)


def _trunk(tree: Tree, root: int, roots: Collection[int]) -> tuple[list[int], list[int]]:
    """Return the subgame's nodes down to where smaller subgames start, and those starts."""
    nodes, inner = [root], []
    member = {root}
    for node in range(root + 1, len(tree.parent)):
        if int(tree.parent[node]) in member:
            nodes.append(node)
            if node in roots:
                inner.append(node)
            else:
                member.add(node)
    return nodes, inner


def subgame_part(tree: Tree, nodes: list[int], ends: Mapping[int, tuple[float, ...]], world: int) -> Tree:
    """Return the subgame with the given nodes as a tree of its own, where each of ``ends`` pays what is named."""
    place = {node: i for i, node in enumerate(nodes)}
    column = tree.payoffs[..., 0 if tree.payoffs.shape[-1] == 1 else world]
    paid = np.zeros((len(tree.players), len(nodes)))
    for i, node in enumerate(nodes):
        outcome = int(tree.outcome[node])
        if node in ends:
            paid[:, i] = ends[node]
        elif outcome >= 0:
            paid[:, i] = column[:, outcome]
    parents = [place.get(int(tree.parent[node]), -1) for node in nodes]
    parents[0] = -1
    sets = tuple(
        type(s)(s.player, s.actions, s.label, None if s.chances is None else _one(s.chances, world), s.decision)
        for s in tree.sets
    )
    return Tree(
        tree.players,
        sets,
        np.array(parents, dtype=np.intp),
        np.array([-1 if i == 0 else int(tree.action[n]) for i, n in enumerate(nodes)], dtype=np.intp),
        np.array([-1 if n in ends else int(tree.set_of[n]) for n in nodes], dtype=np.intp),
        np.arange(len(nodes), dtype=np.intp),
        paid[..., None],
    )


def _one(chances: Array, world: int) -> Array:
    return chances[:, [0 if chances.shape[-1] == 1 else world]]


def _record(tree: Tree, rules: dict[int, Array], world: int) -> Equilibrium:
    deviations = Deviations(tree, rules, world)
    values = {player: deviations.value(player) for player in tree.players}
    return Equilibrium(rules, values, largest(lambda: tree_regret(tree, rules, world)))
