"""Two players whose payoffs always sum to the same: the value and a maxmin behaviour for each, by linear programs.

1. The sequence form of the tree, or the matrix of a strategic form.
2. For each player: the plan that maximises what it gets against the other's best answer, the answer being written by
   linear-programming duality (Koller, Megiddo & von Stengel 1996, *Games and Economic Behavior* 14, theorem 3.1;
   for a matrix it is von Neumann's program).
3. Both programs give the value; their difference is the residual.

A maxmin behaviour is a Nash equilibrium; at sets off its path it may be poor play, and others may exist.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, hstack

from quandary.game.strategic import StrategicForm
from quandary.game.table import Array
from quandary.game.tree import Tree
from quandary.problems import Problem, Refusal
from quandary.solve.deviation import form_regret, largest, tree_regret
from quandary.solve.equilibria import Equilibria, Equilibrium, Proceed, always
from quandary.solve.linear_program import smallest
from quandary.solve.sequence_form import sequence_form
from quandary.solve.strategies import leaf_gains

CONSTANT = 1e-9
"""Sums of payoffs that differ by less than this share of the payoffs' range count as constant."""


def zero_sum(game: Tree | StrategicForm, world: int = 0, *, proceed: Proceed = always) -> Equilibria:
    """Return one equilibrium of maxmin behaviours.

    Raises ``Refusal`` (Q457) unless two play for a constant sum, ``Stopped`` where ``proceed`` says no.
    """
    if isinstance(game, StrategicForm):
        numbers = game.payoffs[..., 0 if game.payoffs.shape[-1] == 1 else world]
        if len(game.players) != 2:
            message = f"the game has {len(game.players)} players; maxmin behaviour is computed for two."
            raise Refusal(Problem("Q457", message, hint='use "logit", "pure" or "gambit"'))
        total = _constant(numbers[0].ravel(), numbers[1].ravel())
        sides = [csr_array(np.ones((1, n))) for n in numbers.shape[1:]]
        one = np.ones(1)
        first, row = _maxmin(csr_array(numbers[0]), sides[0], one, sides[1], one, proceed)
        second, column = _maxmin(csr_array(numbers[1].T), sides[1], one, sides[0], one, proceed)
        mixture = [_normal(row), _normal(column)]
        rules = dict(enumerate(mixture))
        regret = largest(lambda: form_regret(game, mixture, world))
    else:
        form = sequence_form(game, world)
        ours, theirs = form.plans
        total = _constant_leaves(game, world)
        first, row = _maxmin(form.payoffs[0], ours.constraints, ours.right, theirs.constraints, theirs.right, proceed)
        second, column = _maxmin(
            csr_array(form.payoffs[1].T), theirs.constraints, theirs.right, ours.constraints, ours.right, proceed
        )
        rules = ours.rules(game, row) | theirs.rules(game, column)
        regret = largest(lambda: tree_regret(game, rules, world))
    values = dict(zip(game.players, (first, second), strict=True))
    found = Equilibrium(rules, values, regret, abs(first + second - total))
    searched = "one maxmin behaviour for each player by linear programming; the value is unique"
    return Equilibria("zero_sum", (found,), False, searched, ("other maxmin behaviours were not searched",))


def _maxmin(  # noqa: PLR0917 - one line of the program after the other
    payoffs: csr_array, own: csr_array, right: Array, other: csr_array, other_right: Array, proceed: Proceed
) -> tuple[float, Array]:
    """Return the most the owner can be sure of, and the plan that gives it.

    Maximise q . f over plans x (E x = e, x >= 0) and free q with F' q <= A' x: q . f is what the other's best answer
    leaves.
    """
    scale = float(np.abs(payoffs.data).max(initial=0.0)) or 1.0
    plans, duals = int(own.shape[1]), int(other.shape[0])
    limits = csr_array(hstack([-payoffs.T / scale, other.T]))
    equal = hstack([own, csr_array((own.shape[0], duals))])
    aim = np.concatenate([np.zeros(plans), -other_right])
    worst, found = smallest(aim, at_most_zero=limits, equal=equal, right=right, free=duals, proceed=proceed)
    return -worst * scale, found[:plans]


def _normal(plan: Array) -> Array:
    positive = np.maximum(plan, 0.0)
    return np.asarray(positive / positive.sum())


def _constant(first: Array, second: Array) -> float:
    total = first + second
    spread = max(float(np.ptp(first)), float(np.ptp(second))) if total.size else 0.0
    if total.size and float(np.ptp(total)) > CONSTANT * max(spread, 1e-300):
        message = f"the players' payoffs sum to between {total.min():.6g} and {total.max():.6g}, not to a constant."
        raise Refusal(Problem("Q457", message, hint='use "pure", "mixed" or "logit"'))
    return float(total.mean()) if total.size else 0.0


def _constant_leaves(tree: Tree, world: int) -> float:
    _, _, gathered = leaf_gains(tree, world)
    return _constant(gathered[0], gathered[1])
