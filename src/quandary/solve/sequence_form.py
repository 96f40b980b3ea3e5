"""The sequence form of a tree in one world: what a player's behaviour is to a linear program.

von Stengel (1996), "Efficient computation of behavior strategies", *Games and Economic Behavior* 14. A sequence is a
list of the player's own (set, action) pairs on some path; under perfect recall each set follows one sequence, so that a
*realisation plan* (a weight for each sequence) is a behaviour exactly if ``constraints @ plan == right``, plan >= 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from quandary.game.table import Array
from quandary.game.tree import Tree, forgetful_sets
from quandary.problems import Problem, Refusal
from quandary.solve.strategies import depth_first, leaf_gains, own_sets


@dataclass(frozen=True, eq=False)
class Plans:
    """One player's sequences: 0 is the empty one, ``first[set]`` the number of the set's first action's sequence."""

    player: str
    sets: tuple[int, ...]
    first: dict[int, int]
    before: dict[int, int]
    constraints: csr_array
    right: Array

    @property
    def count(self) -> int:
        """Return the number of sequences."""
        return int(self.constraints.shape[1])

    def rules(self, tree: Tree, plan: Array) -> dict[int, Array]:
        """Return a plan as a behaviour: NaN at the sets that the player's own moves rule out."""
        found = {}
        for which in self.sets:
            actions = len(tree.sets[which].actions)
            weights = np.maximum(plan[self.first[which] : self.first[which] + actions], 0.0)
            total = weights.sum()
            found[which] = weights / total if total > 1e-12 else np.full(actions, np.nan)
        return found


@dataclass(frozen=True, eq=False)
class SequenceForm:
    """Both players' plans and, for each player, its payoff as a matrix over the two plans."""

    tree: Tree
    plans: tuple[Plans, Plans]
    payoffs: tuple[csr_array, csr_array]


def sequence_form(tree: Tree, world: int = 0) -> SequenceForm:
    """Return the sequence form. Raises ``Refusal``: Q457 unless two play, Q453 where one has forgotten something."""
    if len(tree.players) != 2:
        message = f"the game has {len(tree.players)} players; the sequence form is used for two."
        raise Refusal(Problem("Q457", message, hint='use "logit", "pure" or "gambit"'))
    if bad := forgetful_sets(tree):
        name = tree.sets[bad[0]].player
        message = f'"{name}" has forgotten something it knew at set {bad[0] + 1}.'
        raise Refusal(Problem("Q453", message, hint='use the concept "logit", which solves the agent form'))
    ends, plans = [], []
    for player, sets in own_sets(tree).items():
        made, end = _plans(tree, player, sets)
        plans.append(made)
        ends.append(end)
    leaves, chance, gathered = leaf_gains(tree, world)
    rows, columns = ends[0][leaves], ends[1][leaves]
    shape = (plans[0].count, plans[1].count)
    first, second = (csr_array(coo_array((chance * own, (rows, columns)), shape=shape)) for own in gathered)
    return SequenceForm(tree, (plans[0], plans[1]), (first, second))


def _plans(tree: Tree, player: str, sets: tuple[int, ...]) -> tuple[Plans, np.ndarray[tuple[int], np.dtype[np.intp]]]:
    """Return the player's plans, and the sequence that leads to each node."""
    first: dict[int, int] = {}
    count = 1
    for which in sets:
        first[which] = count
        count += len(tree.sets[which].actions)
    end = np.zeros(len(tree.parent), dtype=np.intp)
    before: dict[int, int] = {}
    for node in depth_first(tree):
        parent = int(tree.parent[node])
        if parent >= 0:
            above = int(tree.set_of[parent])
            end[node] = first[above] + int(tree.action[node]) if above in first else end[parent]
        which = int(tree.set_of[node])
        if which in first:
            before.setdefault(which, int(end[node]))
    rows, columns, entries = [0], [0], [1.0]
    for row, which in enumerate(sets, start=1):
        actions = range(len(tree.sets[which].actions))
        rows += [row] * (len(actions) + 1)
        columns += [before[which], *(first[which] + a for a in actions)]
        entries += [-1.0, *(1.0 for _ in actions)]
    matrix = csr_array(coo_array((entries, (rows, columns)), shape=(len(sets) + 1, count)))
    return Plans(player, sets, first, before, matrix, np.eye(len(sets) + 1)[0]), end
