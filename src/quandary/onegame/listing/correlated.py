"""Correlated equilibrium of a strategic form by linear programming.

A mediator draws a combination of strategies and tells each player its own; nobody gains by doing something else
(Aumann 1974, *Journal of Mathematical Economics* 1; the linear constraints are those of Hart & Schmeidler 1989,
*Mathematics of Operations Research* 14). The set is convex; the one returned maximises the players' total payoff, or a
named player's.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from scipy.sparse import coo_array

from quandary.base.arrays import Array
from quandary.base.problems import Problem, Refusal
from quandary.base.stopping import Proceed, always
from quandary.game.plain_numbers import FAR_APART, far_apart
from quandary.game.strategic import StrategicForm
from quandary.onegame.checks.exact_regret import ExactGain, advice_gain, exact_cells
from quandary.onegame.equilibria import EquilibriaFound, Equilibrium
from quandary.onegame.programs.exact_program import CELLS_AT_MOST as EXACT_CELLS_AT_MOST
from quandary.onegame.programs.exact_program import largest_exactly, tableau_size
from quandary.onegame.programs.linear_program import smallest
from quandary.onegame.strategies import Strategic

CELLS_AT_MOST = 200_000
NOTHING = 1e-12
OTHERS = "the other correlated equilibria are not listed"
CLOSE = 1e-11
NEARLY = 1e-6
"""What the program may leave to gain, as a share of the payoffs that count: of a small one, which can be solved in
exact numbers where that is passed, and of a large one."""


def correlated(
    game: StrategicForm | Strategic,
    world: int = 0,
    *,
    favour: str | None = None,
    proceed: Proceed = always,
    seconds: float | None = None,
) -> EquilibriaFound:
    """Return the correlated equilibrium with the largest total payoff (or ``favour``'s), and its marginals as rules.

    ``regret`` is the most that any player could gain by answering any advice with another strategy, weighed by the
    advice's probability. Raises ``Refusal``: Q456 for a game too large, Q458 where the program fails;
    ``Stopped``, also after so many ``seconds`` of the program.
    """
    form = game.form if isinstance(game, Strategic) else game
    numbers = form.payoffs[..., 0 if form.payoffs.shape[-1] == 1 else world]
    cells = int(np.prod(numbers.shape[1:]))
    if cells * sum(numbers.shape[1:]) > CELLS_AT_MOST * 10:
        message = f"the linear program would have {cells:,} unknowns; it is limited to small strategic forms."
        raise Refusal(Problem("Q456", message, hint='use "logit" or "pure"'))
    scales = [float(np.ptp(own)) or 1.0 for own in numbers]
    gains = _gains(numbers, scales)
    wanted = numbers[form.players.index(favour)] if favour else numbers.sum(axis=0)
    aim = -(wanted - wanted.mean()).ravel() / (float(np.abs(wanted).max()) or 1.0)
    one = np.ones(1)
    small = tableau_size(cells, gains.shape[0], 1) <= EXACT_CELLS_AT_MOST
    apart = far_apart([numbers, *([game.tree.payoffs] if isinstance(game, Strategic) else [])])
    exact = exact_cells(game, world) if small and apart else None
    try:
        if exact is not None:
            raise Refusal(Problem("Q464", "the payoffs are too far apart for 16 digits."))
        best = smallest(aim, at_most_zero=gains, equal=np.ones((1, cells)), right=one, proceed=proceed, seconds=seconds)
        chances = np.where(best.x < NOTHING, 0.0, best.x)
        chances = (chances / chances.sum()).reshape(numbers.shape[1:])
        gain = advice_gain(numbers, chances, CLOSE if small else NEARLY / FAR_APART if apart else NEARLY)
    except Refusal:
        if not small:
            raise
        gain = ExactGain(np.inf, rounding=False)
    if small and not gain.rounding:
        exact = exact or exact_cells(game, world)
        chances = _exactly(exact, numbers.shape[1:], form.players.index(favour) if favour else None, proceed)
        gain = advice_gain(numbers, chances, exact=exact)
    if not gain.rounding:
        message = f"the linear program, in numbers of 16 digits, leaves a gain of {gain.regret:.3g}."
        raise Refusal(Problem("Q464", message, hint="bring the payoffs nearer to each other in size"))
    found = _record(form, numbers, chances, gain.regret)
    aimed = f"the largest payoff of {favour}" if favour else "the largest total payoff"
    searched = f"one correlated equilibrium, of {aimed} among all (linear programming)"
    return EquilibriaFound("correlated", (found,), False, searched, (OTHERS,), finished=True)


def _gains(numbers: Array, scales: list[float]) -> coo_array:
    """Return one row for each (player, advised, other strategy): the gain as a function of the cells' probabilities."""
    index = np.arange(int(np.prod(numbers.shape[1:]))).reshape(numbers.shape[1:])
    rows, columns, entries = [], [], []
    row = 0
    for player, own in enumerate(numbers):
        values = np.moveaxis(own, player, 0) / scales[player]
        cells = np.moveaxis(index, player, 0)
        for advised in range(len(values)):
            for other in range(len(values)):
                if other != advised:
                    columns.append(cells[advised].ravel())
                    entries.append((values[other] - values[advised]).ravel())
                    rows.append(np.full(cells[advised].size, row))
                    row += 1
    if not rows:
        return coo_array((1, index.size))
    entry = (np.concatenate(entries), (np.concatenate(rows), np.concatenate(columns)))
    return coo_array(entry, shape=(row, index.size))


def _exactly(
    exact: Sequence[Sequence[Fraction]], shape: tuple[int, ...], favoured: int | None, proceed: Proceed
) -> Array:
    """Return the probabilities of the cells by a program in exact numbers."""
    index = np.arange(int(np.prod(shape))).reshape(shape)
    rows = []
    for player, values in enumerate(exact):
        cells = np.moveaxis(index, player, 0).reshape(shape[player], -1).tolist()
        for advised, other in itertools.permutations(range(shape[player]), 2):
            row = [Fraction(0)] * index.size
            for here, there in zip(cells[advised], cells[other], strict=True):
                row[here] = values[there] - values[here]
            rows.append(row)
    some = exact if favoured is None else [exact[favoured]]
    aim = [sum(column, Fraction(0)) for column in zip(*some, strict=True)]
    found = largest_exactly(aim, rows, [[Fraction(1)] * index.size], [Fraction(1)], proceed=proceed)
    assert found is not None, "every finite game has a correlated equilibrium"
    return np.array([float(p) for p in found[1]]).reshape(shape)


def _record(form: StrategicForm, numbers: Array, chances: Array, regret: float) -> Equilibrium:
    everyone = tuple(range(len(form.players)))
    marginals = {k: chances.sum(axis=tuple(a for a in everyone if a != k)) for k in everyone}
    values = {p: float((numbers[k] * chances).sum()) for k, p in enumerate(form.players)}
    named = {
        tuple(own[s] for own, s in zip(form.strategies, cell, strict=True)): float(chances[tuple(cell)])
        for cell in np.argwhere(chances > 0).tolist()
    }
    return Equilibrium(marginals, values, regret, 0.0, named)
