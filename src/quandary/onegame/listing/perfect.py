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
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from quandary.base.arrays import Array
from quandary.base.problems import Problem, Refusal
from quandary.base.stopping import STOPS, Proceed, always, go_on, reason
from quandary.game.trees.tree import Index, Tree, forgetful_sets
from quandary.onegame.checks.deviation import Deviations
from quandary.onegame.checks.exact_regret import TreeGains
from quandary.onegame.equilibria import EquilibriaFound, Equilibrium
from quandary.onegame.listing.pure import NOT_MIXED, equilibrium_cells
from quandary.onegame.strategies import depth_first, strategic_form

EQUILIBRIA_AT_MOST = 100_000


@dataclass(frozen=True)
class _Part:
    """A solved subgame: the action chosen at each of its own sets, what that pays every player, and the subgames inside
    that it was solved with."""

    actions: tuple[tuple[int, int], ...]
    paid: tuple[float, ...]
    inner: tuple[_Part, ...]


def pure_subgame_perfect(
    tree: Tree, world: int = 0, *, limit: int = EQUILIBRIA_AT_MOST, proceed: Proceed = always
) -> EquilibriaFound:
    """Return every pure subgame-perfect equilibrium of one world; a search that is stopped returns what it has.

    Raises ``Refusal`` (Q456) beyond ``limit``.
    """
    alone = in_world(tree, world)
    roots = subgame_roots(alone)
    children = children_of(alone)
    forgetting = bool(forgetful_sets(alone))
    solved: dict[int, list[_Part]] = {}
    found: list[Equilibrium] = []
    searched = f"all pure profiles of all {counted_subgames(len(roots))}, complete for pure subgame-perfect equilibria"
    stopped = ""
    try:
        for done, root in enumerate(sorted(roots, reverse=True)):
            go_on(proceed, "subgames", done, len(roots))
            solved[root] = []
            nodes, inner = trunk_nodes(children, root, solved.keys())
            gains = None if forgetting else TreeGains(subgame_part(alone, _all_below(children, root), {}))
            for part in _solved(alone, nodes, [solved[node] for node in inner], inner, limit, proceed, gains):
                solved[root].append(part)
                if root == 0:
                    found.append(_record(alone, _pure_rules(tree, part), gains))
    except STOPS as stop:
        stopped = reason(stop)
        done = len(solved) - 1
        searched = f"all pure profiles of {done:,} of {counted_subgames(len(roots))}"
        searched += ", and some of the whole game" if found else ", and none of the whole game"
    limits = (NOT_MIXED, "beliefs off the path were not judged by the search")
    return EquilibriaFound("perfect", tuple(found), not stopped, searched, limits, stopped=stopped)


def counted_subgames(count: int) -> str:
    """Return ``1 subgame``, ``3 subgames``."""
    return f"{count:,} subgame{'' if count == 1 else 's'}"


def _pure_rules(tree: Tree, part: _Part) -> dict[int, Array]:
    found: dict[int, Array] = {}
    waiting = [part]
    while waiting:
        own = waiting.pop()
        waiting += own.inner
        found |= {which: np.eye(len(tree.sets[which].actions))[action] for which, action in own.actions}
    return dict(sorted(found.items()))


def subgame_roots(tree: Tree) -> tuple[int, ...]:
    """Return the nodes at which subgames start, the root of the whole game first."""
    place = np.empty(len(tree.parent), dtype=np.intp)
    order = depth_first(tree)
    place[order] = np.arange(len(order))
    earliest, latest = place.copy(), place.copy()  # of all nodes that share a set with one of those below, by place
    last = place.copy()  # of those below
    for nodes in _members(tree):
        earliest[nodes], latest[nodes] = place[nodes].min(), place[nodes].max()
    alone = earliest == latest
    for node, before in zip(range(len(place) - 1, 0, -1), tree.parent[:0:-1].tolist(), strict=True):
        earliest[before] = min(earliest[before], earliest[node])
        latest[before] = max(latest[before], latest[node])
        last[before] = max(last[before], last[node])
    whole = alone & (tree.set_of >= 0) & (earliest >= place) & (latest <= last)
    whole[0] = True
    return tuple(np.flatnonzero(whole).tolist())


def _members(tree: Tree) -> list[Index]:
    """Return the nodes of every set of a player that holds several."""
    order = np.argsort(tree.set_of, kind="stable")
    sets, starts = np.unique(tree.set_of[order], return_index=True)
    parts = zip(sets.tolist(), np.split(order, starts[1:]), strict=True)
    return [nodes for which, nodes in parts if which >= 0 and len(nodes) > 1 and tree.sets[which].player is not None]


def _solved(  # noqa: PLR0917 - the search's own state
    tree: Tree,
    nodes: list[int],
    parts: list[list[_Part]],
    inner: list[int],
    limit: int,
    proceed: Proceed,
    gains: TreeGains | None,
) -> Iterator[_Part]:
    """Yield the equilibria of a subgame, for each way to choose those of the subgames inside (``inner``).

    What floats do not tell from one is counted exactly by ``gains``, of the whole subgame; not where a player forgets.
    """
    count = 0
    for choice in itertools.product(*parts):
        small = subgame_part(tree, nodes, {node: part.paid for node, part in zip(inner, choice, strict=True)})
        strategic = strategic_form(small, proceed=proceed)
        numbers = strategic.form.payoffs[..., 0]
        for cell in np.argwhere(equilibrium_cells(numbers)).tolist():
            paid = tuple(float(own[tuple(cell)]) for own in numbers)
            free = [
                [(which, int(a))] if a >= 0 else [(which, k) for k in range(len(tree.sets[which].actions))]
                for own, row in zip(strategic.strategies, cell, strict=True)
                for which, a in zip(own.sets, own.choices[row], strict=True)
            ]
            some = _Part(tuple(options[0] for options in free), paid, choice)
            if gains is not None and not gains.of(_pure_rules(tree, some)).rounding:
                continue
            for actions in itertools.product(*free):
                count += 1
                if count > limit:
                    message = f"more than {limit:,} pure subgame-perfect equilibria were found; the list is cut off."
                    raise Refusal(Problem("Q456", message, hint='use "subgame" for one of them'))
                go_on(proceed, "equilibria of subgames", count, 0)
                yield _Part(actions, paid, choice)


def _all_below(children: Mapping[int, list[int]], root: int) -> list[int]:
    """Return a node and all that follow it, parents first."""
    return trunk_nodes(children, root, ())[0]


def children_of(tree: Tree) -> dict[int, list[int]]:
    """Return the nodes that follow each node, where there are any."""
    children: dict[int, list[int]] = {}
    for node, before in enumerate(tree.parent.tolist()):
        children.setdefault(before, []).append(node)
    return children


def trunk_nodes(children: Mapping[int, list[int]], root: int, roots: Collection[int]) -> tuple[list[int], list[int]]:
    """Return a subgame's nodes down to where smaller subgames start (``roots``), and those starts, parents first."""
    nodes, waiting = [root], list(children.get(root, ()))
    while waiting:
        node = waiting.pop()
        nodes.append(node)
        waiting += children.get(node, ()) if node not in roots else ()
    nodes.sort()
    return nodes, [node for node in nodes if node in roots and node != root]


def in_world(tree: Tree, world: int) -> Tree:
    """Return the tree in one of its worlds."""
    sets = tuple(s if s.chances is None else replace(s, chances=_column(s.chances, world)) for s in tree.sets)
    return replace(tree, sets=sets, payoffs=_column(tree.payoffs, world))


def subgame_part(tree: Tree, nodes: list[int], ends: Mapping[int, tuple[float, ...]]) -> Tree:
    """Return the subgame with the given nodes of a tree of one world, where each of ``ends`` pays what is named."""
    place = {node: i for i, node in enumerate(nodes)}
    outcomes = tree.outcome[nodes]
    paid = np.zeros((len(tree.players), len(nodes)))
    paid[:, outcomes >= 0] = tree.payoffs[:, outcomes[outcomes >= 0], 0]
    for node, own in ends.items():
        paid[:, place[node]] = own
    parents = [place.get(before, -1) for before in tree.parent[nodes].tolist()]
    set_of = [-1 if node in ends else which for node, which in zip(nodes, tree.set_of[nodes].tolist(), strict=True)]
    action = tree.action[nodes]
    action[0] = parents[0] = -1
    zero = Fraction(0)
    exact = () if ends else tuple(tuple(own[o] if o >= 0 else zero for o in outcomes.tolist()) for own in tree.exact)
    return Tree(
        tree.players,
        tree.sets,
        np.array(parents, dtype=np.intp),
        action,
        np.array(set_of, dtype=np.intp),
        np.arange(len(nodes), dtype=np.intp),
        paid[..., None],
        exact=exact,
    )


def _column(values: Array, world: int) -> Array:
    return values if values.shape[-1] == 1 else values[..., [world]]


def _record(tree: Tree, rules: dict[int, Array], gains: TreeGains | None) -> Equilibrium:
    if gains is None:
        deviations = Deviations(tree, rules)
        return Equilibrium(rules, {player: deviations.value(player) for player in tree.players}, float("nan"))
    gain = gains.of(rules)
    return Equilibrium(rules, dict(zip(tree.players, gain.values, strict=True)), gain.regret)
