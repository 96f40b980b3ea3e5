"""The sequence form of a game of two in one world: what a player's behaviour is to a linear program.

von Stengel (1996), "Efficient computation of behavior strategies", *Games and Economic Behavior* 14. A sequence is a
list of the player's own (set, action) pairs on some path; under perfect recall each set follows one sequence, so that a
*realisation plan* (a weight for each sequence) is a behaviour exactly if ``constraints @ plan == right``, plan >= 0.
A strategic form is a tree in which each has one set.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from quandary.base.arrays import Array
from quandary.base.problems import Problem, Refusal
from quandary.game.strategic import StrategicForm
from quandary.game.trees.tree import Tree, forgetful_sets
from quandary.onegame.strategies import leaf_gains, own_sets

Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Plans:
    """One player's sequences: 0 is the empty one, those of ``sets[k]`` are the ``actions[k]`` from ``first[k]`` on.

    ``before[k]`` is the sequence that leads to the set. A set stands after those that lead to it.
    """

    sets: tuple[int, ...]
    actions: tuple[int, ...]
    before: tuple[int, ...]

    @property
    def first(self) -> tuple[int, ...]:
        """Return the sequence of each set's first action."""
        return tuple(accumulate(self.actions, initial=1))[:-1]

    @property
    def count(self) -> int:
        """Return the number of sequences."""
        return 1 + sum(self.actions)

    @property
    def right(self) -> Array:
        """Return what the constraints come to: 1 for the empty sequence, 0 for each set."""
        return np.array([1.0] + [0.0] * len(self.sets))

    def constraints(self) -> csr_array:
        """Return ``(sets + 1, sequences)``: at each set what its actions weigh, less what leads there."""
        rows, columns, entries = [0], [0], [1.0]
        for row, (first, actions, before) in enumerate(zip(self.first, self.actions, self.before, strict=True), 1):
            rows += [row] * (actions + 1)
            columns += [before, *range(first, first + actions)]
            entries += [-1.0, *[1.0] * actions]
        return csr_array(coo_array((entries, (rows, columns)), shape=(len(self.sets) + 1, self.count)))

    def rules(self, plan: Array) -> dict[int, Array]:
        """Return a plan as a behaviour: NaN at the sets that the player's own moves rule out."""
        found = {}
        for which, first, actions in zip(self.sets, self.first, self.actions, strict=True):
            weights = np.maximum(plan[first : first + actions], 0.0)
            total = weights.sum()
            found[which] = weights / total if total > 1e-12 else np.full(actions, np.nan)
        return found


@dataclass(frozen=True, eq=False)
class SequenceForm:
    """Two players' plans, and what ends there: the sequences of both that lead to each leaf ``(2, leaves)``, the
    leaf's probability by chance, what each player has ``gathered`` there ``(2, leaves)``."""

    players: tuple[str, ...]
    plans: tuple[Plans, Plans]
    ends: Index
    chance: Array
    gathered: Array

    def payoffs(self, who: int) -> csr_array:
        """Return what a player gets of each pair of sequences, ``(own, the other's)``."""
        shape = (self.plans[who].count, self.plans[1 - who].count)
        return csr_array(coo_array((self.chance * self.gathered[who], (self.ends[who], self.ends[1 - who])), shape))


def sequence_form(game: Tree | StrategicForm, world: int = 0) -> SequenceForm:
    """Return the sequence form. Raises ``Refusal``: Q457 unless two play, Q453 where one has forgotten something."""
    if len(game.players) != 2:
        message = f"the game has {len(game.players)} players; maxmin behaviour is computed for two."
        raise Refusal(Problem("Q457", message, hint='use "logit", "pure" or "gambit"'))
    if isinstance(game, StrategicForm):
        return _of_matrix(game, world)
    if bad := forgetful_sets(game):
        name = game.sets[bad[0]].player
        message = f'"{name}" has forgotten something it knew at set {bad[0] + 1}.'
        raise Refusal(Problem("Q453", message, hint='use the concept "logit", which solves the agent form'))
    one, two = (_plans(game, sets) for sets in own_sets(game).values())
    leaves, chance, gathered = leaf_gains(game, world)
    ends = np.array([one[1], two[1]], dtype=np.intp)[:, leaves]
    return SequenceForm(game.players, (one[0], two[0]), ends, chance, gathered)


def _of_matrix(form: StrategicForm, world: int) -> SequenceForm:
    numbers = form.payoffs[..., 0 if form.payoffs.shape[-1] == 1 else world]
    gathered = numbers.reshape(2, -1)
    one, two = (Plans((who,), (count,), (0,)) for who, count in enumerate(numbers.shape[1:]))
    ends = 1 + np.indices(numbers.shape[1:], dtype=np.intp).reshape(2, -1)
    return SequenceForm(form.players, (one, two), ends, np.ones(gathered.shape[1]), gathered)


def _plans(tree: Tree, sets: tuple[int, ...]) -> tuple[Plans, list[int]]:
    """Return a player's plans, and the sequence that leads to each node."""
    actions = tuple(len(tree.sets[which].actions) for which in sets)
    first = dict(zip(sets, accumulate(actions, initial=1), strict=False))
    set_of = tree.set_of.tolist()
    end: list[int] = []
    before: dict[int, int] = {}
    for which, parent, action in zip(set_of, tree.parent.tolist(), tree.action.tolist(), strict=True):
        above = set_of[parent] if parent >= 0 else -1
        end.append(first[above] + action if above in first else end[parent] if parent >= 0 else 0)
        if which in first:
            before.setdefault(which, end[-1])
    return Plans(sets, actions, tuple(before[which] for which in sets)), end
