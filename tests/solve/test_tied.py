"""Games with ties everywhere: the limit settles, and options that fade slowly hold the others in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from tests.solve.games import matrix, random_form, random_tree
from tests.solve.test_steep import slowly

from quandary.game import StrategicForm, StrategicGame, Tree, TreeGame
from quandary.onegame import form_regret
from quandary.solve import BACK, LOWEST, Steep, Trembling, ascend, largest_share, payoff_ranges
from quandary.solve.sequential import sequential

HARD = {
    2: (31, 66, 173, 354, 379, 400, 471, 519, 603, 604, 700, 786, 797, 845, 990),
    3: (33, 38, 46, 97, 133, 156),
}
"""By the number of payoffs that occur: games that tracing few decisions, or by steps in 1 / precision, gave up on."""


def tied(payoffs: int, number: int) -> Tree | StrategicForm:
    """Return a random game whose payoffs are whole numbers below ``payoffs``."""
    rng = np.random.default_rng([0, number, sum(map(ord, "012"[:payoffs]))])
    if number % 2:
        tree = random_tree(rng, players=int(rng.integers(2, 4)), depth=int(rng.integers(2, 5)))
        return replace(tree, payoffs=rng.integers(0, payoffs, size=tree.payoffs.shape).astype(np.float64))
    sizes = [2, 2] if number % 3 == 0 else [3, 3] if number % 3 == 1 else [2, 2, 2]
    form = random_form(rng, sizes)
    rng = np.random.default_rng([0, number, sum(map(ord, "012"[:payoffs]))])
    return replace(form, payoffs=rng.integers(0, payoffs, size=form.payoffs.shape).astype(np.float64))


def nearly_tied(number: int, sizes: Sequence[int], least: float) -> StrategicForm:
    """Return a random game whose payoffs are whole numbers below three, each moved by up to two of the least."""
    rng = np.random.default_rng(number)
    form = random_form(rng, sizes)
    shape = form.payoffs.shape
    return replace(form, payoffs=rng.integers(0, 3, size=shape) + least * rng.integers(-2, 3, size=shape))


def settles(game: Tree | StrategicForm) -> None:
    """Assert that the limit is found, and that no gain is left by checks that share no code with the solver."""
    playable = TreeGame(game) if isinstance(game, Tree) else StrategicGame(game)
    found = sequential(playable)
    (limit,) = found.limits
    assert limit.converged, limit.reason
    if isinstance(playable, TreeGame):
        rules, logs = {}, {}
        for sets, choice, log in zip(playable.sets_of, found.profile, found.logarithms, strict=True):
            for row, which in enumerate(sets.tolist()):
                rules[which], logs[which] = choice[row, :, 0], log[row, :, 0]
        assert largest_share(playable.tree, rules, logs) <= 1e-8
    else:
        gains = form_regret(playable.form, [choice[0, :, 0] for choice in found.profile])
        assert max(gains.values()) <= 1e-8 * max(1.0, float(np.ptp(playable.form.payoffs)))


@pytest.mark.slow
@pytest.mark.parametrize(("payoffs", "number"), [(k, n) for k, numbers in HARD.items() for n in numbers])
def test_games_that_were_once_given_up(payoffs: int, number: int) -> None:
    settles(tied(payoffs, number))


@pytest.mark.parametrize(("number", "sizes", "least"), [(61, (3, 3), 1e-5), (79, (3, 3), 1e-5), (23, (2, 2, 2), 1e-6)])
def test_options_worse_by_little_are_told_from_those_as_good(number: int, sizes: tuple[int, ...], least: float) -> None:
    """Some guess keeps an option that is worse by 1e-5, or 2e-8, of the payoffs; that is no equilibrium."""
    settles(nearly_tied(number, sizes, least))


@pytest.mark.parametrize(
    ("number", "sizes", "least", "only"),
    [
        (269, (2, 2), 1e-4, ([0.0, 1.0], [1.0, 0.0])),
        (383, (2, 2), 1e-4, ([3 / 20002, 19999 / 20002], [1 / 3, 2 / 3])),
        (144, (3, 3), 1e-5, None),
        (324, (2, 2, 2), 1e-6, None),
    ],
)
def test_what_is_likeliest_changes_late_on_the_way(
    number: int, sizes: tuple[int, ...], least: float, only: tuple[list[float], ...] | None
) -> None:
    """Measured by the likeliest option of each rung, the one that is likeliest at last seemed to fall or to be worse.

    A set without any option was left. In the first game column's first option dominates, in the second each player's
    options are worth the same to it only at the mixture given.
    """
    form = nearly_tied(number, sizes, least)
    settles(form)
    for choice, expected in zip(sequential(StrategicGame(form)).profile, only or (), strict=only is not None):
        np.testing.assert_allclose(choice[0, :, 0], expected, atol=1e-9)


def test_an_option_that_falls_like_a_root_of_precision_holds_the_others_in_their_place() -> None:
    """Row is paid 2 whatever it does if column plays L; column's options pay the same while row mixes evenly.

    Column's C costs row's first two options 2, R the first 1 and the second 2, so that row leans away from both by what
    column errs. Column's log-odds of C fall like the root of precision, those of R like its logarithm.
    """
    form = matrix([[2, 0, 1], [2, 0, 0], [2, 2, 2]], [[0, 0, 2], [1, 2, 0], [2, 1, 1]])
    settles(form)
    row, column = sequential(StrategicGame(form)).profile
    np.testing.assert_allclose(row[0, :, 0], np.full(3, 1 / 3), atol=1e-6)
    np.testing.assert_allclose(column[0, :, 0], [1.0, 0.0, 0.0], atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "sizes", "least", "only"),
    [
        (269, (2, 2), 1e-6, ([0.0, 1.0], [1.0, 0.0])),
        (383, (2, 2), 1e-6, ([3 / 2000002, 1999999 / 2000002], [1 / 3, 2 / 3])),
        (144, (3, 3), 1e-6, None),
        (252, (2, 2, 2), 1e-5, None),
        (252, (2, 2, 2), 1e-6, None),
        *((number, (3, 3), 1e-6, None) for number in range(10)),
        *((number, (2, 2, 2), 1e-6, None) for number in range(10, 20)),
    ],
)
def test_payoffs_that_differ_by_next_to_nothing_are_told_apart_farther_up(
    number: int, sizes: tuple[int, ...], least: float, only: tuple[list[float], ...] | None
) -> None:
    """A millionth of a unit is two log-odds at the first summit: too few to say which option is worse."""
    form = nearly_tied(number, sizes, least)
    settles(form)
    for choice, expected in zip(sequential(StrategicGame(form)).profile, only or (), strict=only is not None):
        np.testing.assert_allclose(choice[0, :, 0], expected, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("payoffs", [2, 3])
def test_random_games_with_ties_all_settle(payoffs: int) -> None:
    for number in range(1000, 1060):
        settles(tied(payoffs, number))


@pytest.mark.slow
def test_every_rung_below_the_steepest_is_landed_on() -> None:
    """A step may pass one unawares; the limit is read off changes from each to the next."""
    for number in range(1000, 1060):
        game = tied(3, number)
        playable = TreeGame(game) if isinstance(game, Tree) else StrategicGame(game)
        spreads = payoff_ranges(playable)
        form = Steep(playable, {player: 1e3 / np.maximum(spread, 1.0) for player, spread in spreads.items()}).leaves()
        if form is not None:
            scales = np.array([rung.scale for rung in ascend(form)[0]])
            np.testing.assert_allclose(scales, LOWEST * BACK ** np.arange(len(scales)), err_msg=str(number))


@pytest.mark.slow
@pytest.mark.parametrize(("payoffs", "number"), [(2, 66), (3, 38), (3, 46), (3, 156), (2, 354), (2, 604)])
def test_the_limit_is_the_one_that_slow_tracing_comes_near(payoffs: int, number: int) -> None:
    form = tied(payoffs, number)
    assert isinstance(form, StrategicForm)
    limit = sequential(StrategicGame(form)).profile
    spread = float(np.ptp(form.payoffs))
    near, nearer = (slowly(form, precision / spread) for precision in (1e3, 1e5))
    for choice, before, after in zip(limit, near, nearer, strict=True):
        gaps = [np.abs(choice[0, :, 0] - there).max() for there in (before, after)]
        assert gaps[1] <= 0.01 and gaps[1] <= gaps[0] + 1e-9


def test_a_fading_option_holds_the_other_players_mixing_in_its_place() -> None:
    """Row's second option is as good as the first only while column mixes evenly; it fades like a power of precision.

    Row: U pays 0 against L and 1 against R, D 1 and 0. Column: both pay 1 against U, against D only R pays. So column
    must play R at least half the time, is indifferent as long as row plays U, and leans to R by what row errs: along
    the branch row's odds are v (1 - 2 q) with q column's chance of L, and column's v times the chance of D. As v grows
    q rises to 1/2, and D's chance goes to zero more slowly than any exponential.
    """
    form = matrix([[0, 1], [1, 0]], [[1, 1], [0, 1]])
    found = sequential(StrategicGame(form))
    (limit,) = found.limits
    assert limit.converged and limit.trembling is Trembling.UNKNOWN
    np.testing.assert_allclose(found.profile[0][0, :, 0], [1.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(found.profile[1][0, :, 0], [0.5, 0.5], atol=1e-12)
