"""Any small tree as a causal game: one variable per information set, and one that says whether play comes there."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import networkx as nx
import numpy as np

from quandary.base import Array
from quandary.game import Chance, Decision, Diagram, Table, Tree, Utility

NOTHING = "nothing"


class TreeAsDiagram:
    """``diagram`` plays as the tree does: at set i the decision ``d<i>`` sees ``at<i>``, whether it is asked."""

    def __init__(self, tree: Tree, precision: Mapping[str, Array]) -> None:
        self.tree = tree
        self.order = _in_order_of_time(tree)
        self.children: dict[tuple[int, int], int] = {
            (int(tree.parent[n]), int(tree.action[n])): n for n in range(1, len(tree.parent))
        }
        self.variables: list[Chance | Decision] = []
        self.tables: dict[str, Table] = {}
        self.allowed: dict[str, Table] = {}
        self.moves: list[str] = []
        for which in self.order:
            self._add(which)
        utilities = tuple(Utility("payoff", p, self._payoffs(k)) for k, p in enumerate(tree.players))
        worlds = max(len(v) for v in precision.values())
        self.diagram = Diagram(
            tuple(self.variables),
            self.tables,
            utilities,
            dict(precision),
            worlds,
            self.allowed,
            tuple(self._forgetful()),
        )

    def _forgetful(self) -> list[str]:
        return [v.name for v in self.variables if isinstance(v, Decision)]

    def _states(self, name: str) -> tuple[str, ...]:
        return next(v.states for v in self.variables if v.name == name)

    def _histories(self) -> list[tuple[int, ...]]:
        return list(itertools.product(*(range(len(self._states(m))) for m in self.moves)))

    def _node(self, history: tuple[int, ...]) -> int:
        """Return the node that a combination of moves leads to; moves at sets that are not asked do not count."""
        moves = dict(zip(self.order, history, strict=False))
        node = 0
        while (which := int(self.tree.set_of[node])) in moves and moves[which] > 0:
            node = self.children[node, moves[which] - 1]
        return node

    def _add(self, which: int) -> None:
        found = self.tree.sets[which]
        before = tuple(self.moves)
        shape = tuple(len(self._states(m)) for m in before)
        states = (NOTHING, *(str(i) for i in range(len(found.actions))))
        name = f"d{which}"
        here = [int(self.tree.set_of[self._node(h)]) == which for h in self._histories()]
        asked = np.array(here, dtype=np.float64).reshape(shape)
        if found.chances is not None:
            odds = np.concatenate([[0.0], found.chances[:, 0]])
            values = asked[..., None] * odds + (1.0 - asked[..., None]) * np.eye(len(states))[0]
            self.variables.append(Chance(name, states, before))
            self.tables[name] = Table((*before, name), values[..., None])
        else:
            told = f"at{which}"
            self.variables.append(Chance(told, ("no", "yes"), before))
            self.tables[told] = Table((*before, told), np.stack([1.0 - asked, asked], axis=-1)[..., None])
            self.variables.append(Decision(name, states, str(found.player), (told,)))
            first = np.eye(len(states))[0]
            self.allowed[name] = Table((told, name), np.stack([first, 1.0 - first])[..., None])
        self.moves.append(name)

    def _payoffs(self, player: int) -> Table:
        shape = tuple(len(self._states(m)) for m in self.moves)
        paid = []
        for history in self._histories():
            node, total = self._node(history), 0.0
            while node >= 0:
                outcome = int(self.tree.outcome[node])
                total += float(self.tree.payoffs[player, outcome, 0]) if outcome >= 0 else 0.0
                node = int(self.tree.parent[node])
            paid.append(total)
        return Table(tuple(self.moves), np.array(paid).reshape(shape)[..., None])


def _in_order_of_time(tree: Tree) -> list[int]:
    graph: nx.DiGraph[int] = nx.DiGraph()
    for node, which in enumerate(tree.set_of.tolist()):
        if which < 0:
            continue
        graph.add_node(which)
        above = int(tree.parent[node])
        while above >= 0:
            graph.add_edge(int(tree.set_of[above]), which)
            above = int(tree.parent[above])
    return list(nx.lexicographical_topological_sort(graph))
