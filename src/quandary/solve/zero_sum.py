"""Two players whose payoffs always sum to the same: the value and a maxmin behaviour for each, by linear programs.

1. The sequence form of the tree, or the matrix of a strategic form.
2. For each player: the plan that maximises what it gets against the other's best answer, the answer being written by
   linear-programming duality (Koller, Megiddo & von Stengel 1996, *Games and Economic Behavior* 14, theorem 3.1;
   for a matrix it is von Neumann's program).
3. Both programs give the value; their difference is the residual.

A maxmin behaviour is a Nash equilibrium; at sets off its path it may be poor play, and others may exist.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack

from quandary.game.strategic import StrategicForm
from quandary.game.table import Array
from quandary.game.tree import Tree
from quandary.problems import Problem, Refusal
from quandary.solve.deviation import Deviations, form_regret, largest, tree_regret
from quandary.solve.equilibria import STOPS, Equilibria, Equilibrium, Proceed, Rules, always, reason
from quandary.solve.linear_program import NO_PART, smallest
from quandary.solve.sequence_form import sequence_form
from quandary.solve.strategies import leaf_gains

CONSTANT = 1e-9
"""Sums of payoffs that differ by less than this share of the payoffs' range count as constant."""

OTHERS = "other maxmin behaviours were not searched"
NODES_BOUNDED = 200_000


@dataclass(frozen=True, eq=False)
class _Duel:
    """The two programs of a game: each player's payoffs over (own plan, other's plan), and what makes a plan one."""

    players: tuple[str, ...]
    payoffs: tuple[csr_array, csr_array]
    constraints: tuple[csr_array, csr_array]
    right: tuple[Array, Array]
    total: float


def zero_sum(
    game: Tree | StrategicForm, world: int = 0, *, proceed: Proceed = always, seconds: float | None = None
) -> Equilibria:
    """Return one equilibrium of maxmin behaviours.

    Stopped (where ``proceed`` says no, or HiGHS has worked for so many ``seconds``) in the second program, it takes the
    second behaviour from the multipliers of the first; before, there are only bounds on the value. Raises ``Refusal``
    (Q457) unless two play for a constant sum.
    """
    if isinstance(game, StrategicForm):
        duel, form = _matrix(game, world), None
    else:
        form = sequence_form(game, world)
        one, other = form.plans
        payoffs = form.payoffs[0], csr_array(form.payoffs[1].T)
        constraints, right = (one.constraints, other.constraints), (one.right, other.right)
        duel = _Duel(game.players, payoffs, constraints, right, _constant_leaves(game, world))
    try:
        first, row, answer = _maxmin(duel, 0, proceed, seconds)
    except STOPS as stop:
        told = "no linear program to its end"
        return Equilibria("zero_sum", (), False, told, (NO_PART, *_bounds(game, world)), stopped=reason(stop))
    stopped, limits = "", [OTHERS]
    remarks: tuple[str, ...] = ()
    try:
        second, column, _ = _maxmin(duel, 1, proceed, seconds)
    except STOPS as stop:
        second, column, stopped = duel.total - first, answer, reason(stop)
        remarks = (f"the behaviour of {game.players[1]} is read from the multipliers of the program of the other",)
        limits.append("the second program, which confirms the value, was not solved")
    if form is None:
        rules: Rules = {0: _normal(row), 1: _normal(column)}
    else:
        rules = form.plans[0].rules(form.tree, row) | form.plans[1].rules(form.tree, column)
    values = dict(zip(game.players, (first, second), strict=True))
    left = largest(lambda: _gains(game, rules, world))
    residual = left if stopped else abs(first + second - duel.total)
    found = Equilibrium(rules, values, left, residual, remarks=remarks)
    searched = "one maxmin behaviour for each player by linear programming; the value is unique"
    return Equilibria("zero_sum", (found,), False, searched, tuple(limits), stopped=stopped)


def _matrix(game: StrategicForm, world: int) -> _Duel:
    numbers = game.payoffs[..., 0 if game.payoffs.shape[-1] == 1 else world]
    if len(game.players) != 2:
        message = f"the game has {len(game.players)} players; maxmin behaviour is computed for two."
        raise Refusal(Problem("Q457", message, hint='use "logit", "pure" or "gambit"'))
    rows, columns = (csr_array(np.ones((1, n))) for n in numbers.shape[1:])
    total = _constant(numbers[0].ravel(), numbers[1].ravel())
    return _Duel(
        game.players, (csr_array(numbers[0]), csr_array(numbers[1].T)), (rows, columns), (np.ones(1), np.ones(1)), total
    )


def _maxmin(duel: _Duel, who: int, proceed: Proceed, seconds: float | None) -> tuple[float, Array, Array]:
    """Return the most a player can be sure of, the plan that gives it, and the plan of the other that allows no more.

    Maximise q . f over plans x (E x = e, x >= 0) and free q with F' q <= A' x: q . f is what the other's best answer
    leaves. The multipliers y of these inequalities satisfy F y = f: they are the other's plan.
    """
    payoffs, own, other = duel.payoffs[who], duel.constraints[who], duel.constraints[1 - who]
    scale = float(np.abs(payoffs.data).max(initial=0.0)) or 1.0
    plans, duals = int(own.shape[1]), int(other.shape[0])
    limits = csr_array(hstack([-payoffs.T / scale, other.T]))
    equal = hstack([own, csr_array((own.shape[0], duals))])
    aim = np.concatenate([np.zeros(plans), -duel.right[1 - who]])
    right = duel.right[who]
    what = f"the linear program of {duel.players[who]}"
    best = smallest(
        aim, at_most_zero=limits, equal=equal, right=right, free=duals, proceed=proceed, seconds=seconds, what=what
    )
    return -best.value * scale, best.x[:plans], best.multipliers


def _gains(game: Tree | StrategicForm, rules: Rules, world: int) -> dict[str, float]:
    if isinstance(game, StrategicForm):
        return form_regret(game, [rules[0], rules[1]], world)
    return tree_regret(game, rules, world)


def _bounds(game: Tree | StrategicForm, world: int) -> tuple[str, ...]:
    """Return between what the value lies, by what each player is sure of when choosing evenly at random; nothing for a
    game so large that this takes long."""
    if isinstance(game, StrategicForm):
        own = game.payoffs[0, ..., 0 if game.payoffs.shape[-1] == 1 else world]
        low, high = float(own.mean(axis=0).min()), float(own.mean(axis=1).max())
    elif len(game.parent) > NODES_BOUNDED:
        return ()
    else:
        even = {which: np.full(len(s.actions), 1.0 / len(s.actions)) for which, s in enumerate(game.sets) if s.player}
        deviations, (first, second) = Deviations(game, even, world), game.players
        total = deviations.value(first) + deviations.value(second)
        low, high = total - deviations.best(second), deviations.best(first)
    told = f"the value for {game.players[0]} lies between {low:.6g} and {high:.6g}"
    return (f"{told}: so much is each sure of who chooses evenly at random",)


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
