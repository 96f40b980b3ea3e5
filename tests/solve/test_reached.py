"""A search that is stopped on the branch shows where it stood: a point of the branch, told by its own precision.

The points are judged by the logit rule written out anew here, and by solving the game at the precision that is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from tests.laws.diagrams import random_diagram
from tests.solve.games import matrix, random_form, random_tree

from quandary.base import INTERRUPTED, OUT_OF_TIME, Stopped
from quandary.game import StrategicForm
from quandary.onegame import NO_PART, AnyGame, Reached, Request, Searched, form_regret, slimmed, solved_at
from quandary.onegame.search import search
from quandary.solve import CONCEPTS

STEEP = 40.0


def searched(game: AnyGame, request: Request, steps: int, stop: type[BaseException] | None = None) -> Searched:
    """Return what a search finds that may ask so many times whether to go on, and is then refused or interrupted."""
    left = iter(range(steps))

    def proceed(_what: str, _done: int, _total: int) -> bool:
        if next(left, None) is not None:
            return True
        if stop is not None:
            raise stop
        return False

    return search(game, request, proceed)


def stops(game: AnyGame, request: Request) -> list[Reached]:
    """Return where a search stood that was stopped after one, two, four, ... steps, until it comes to its end."""
    found: list[Reached] = []
    steps = 1
    while True:
        listed = searched(game, request, steps).equilibria
        if listed.found:
            return found
        assert listed.stopped == OUT_OF_TIME and not listed.complete and listed.limits
        if listed.reached is not None:
            found.append(listed.reached)
        steps = steps * 5 // 4 + 1


def missed(form: StrategicForm, stood: Reached) -> float:
    """Return by how much a point misses the logit rule, as the definition has it."""
    (first, second), (a, b) = form.payoffs[..., 0], (stood.point.rules[0], stood.point.rules[1])
    worst = 0.0
    for own, values, player in ((a, first @ b, form.players[0]), (b, second.T @ a, form.players[1])):
        weights = np.exp(stood.precision[player] * (values - values.max()))
        worst = max(worst, float(np.abs(own - weights / weights.sum()).max()))
    return worst


@pytest.mark.parametrize("seed", range(6))
def test_a_stopped_logit_shows_the_branch_at_a_lower_precision(seed: int) -> None:
    form = random_form(np.random.default_rng(seed), [3, 4])
    found = stops(form, Request("logit", precision=STEEP))
    assert found
    for stood in found:
        (precision,) = set(stood.precision.values())
        assert 0.0 < precision <= STEEP
        assert missed(form, stood) <= 1e-9 and stood.point.residual <= 1e-9
        gains = form_regret(form, [stood.point.rules[0], stood.point.rules[1]])
        assert stood.point.regret == pytest.approx(max(gains.values()), abs=1e-12)


def walkable(game: AnyGame) -> Callable[[float], dict[int, np.ndarray]]:
    def at(precision: float) -> dict[int, np.ndarray]:
        solved = solved_at(game, CONCEPTS["logit"], [precision])[0]
        assert solved is not None
        return dict(solved.rules)

    return at


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["tree", "diagram"])
@pytest.mark.parametrize("seed", range(8))
def test_the_point_is_the_one_that_solving_at_its_precision_gives(kind: str, seed: int) -> None:
    game: AnyGame = random_tree(np.random.default_rng(seed), players=2, depth=4)
    if kind == "diagram":
        game = slimmed(random_diagram(seed, players=2, variables=5, worlds=1, memory=True))
    for stood in stops(game, Request("logit", precision=2.0)):
        (precision,) = set(stood.precision.values())
        again = walkable(game)(precision)
        for which, rule in stood.point.rules.items():
            np.testing.assert_allclose(rule, again[which], atol=1e-8)


def test_some_of_the_random_games_are_stopped_on_the_way() -> None:
    """The test above is not empty."""
    trees = [random_tree(np.random.default_rng(seed), players=2, depth=4) for seed in range(8)]
    assert sum(bool(stops(tree, Request("logit", precision=2.0))) for tree in trees) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_stopped_sequential_shows_the_steepest_point_and_what_could_be_gained(seed: int) -> None:
    form = random_form(np.random.default_rng(seed), [3, 3])
    found = stops(form, Request("sequential"))
    assert found
    steepest = [max(stood.precision.values()) for stood in found]
    assert steepest == sorted(steepest) and steepest[-1] > 10 * steepest[0]
    for stood in found:
        assert missed(form, stood) <= 1e-7
        gains = form_regret(form, [stood.point.rules[0], stood.point.rules[1]])
        assert stood.point.regret == pytest.approx(max(gains.values()), abs=1e-12)
    assert found[-1].point.regret < found[0].point.regret


def test_players_of_different_precision_are_told_apart() -> None:
    form = matrix([[4, 0], [3, 3]], [[4, 3], [0, 3]])
    form = replace(form, precision={"row": np.array([2.0]), "column": np.array([6.0])})
    for stood in stops(form, Request("logit")):
        assert stood.precision["column"] == pytest.approx(3.0 * stood.precision["row"])
        assert missed(form, stood) <= 1e-9


@pytest.mark.parametrize("stop", [KeyboardInterrupt, Stopped])
def test_an_interruption_keeps_the_point_too(stop: type[BaseException]) -> None:
    form = random_form(np.random.default_rng(1), [3, 4])
    shown = 0
    for steps in range(12):
        listed = searched(form, Request("logit", precision=STEEP), steps, stop).equilibria
        assert listed.stopped == (OUT_OF_TIME if stop is Stopped else INTERRUPTED)
        if listed.reached is not None:
            shown += 1
            assert missed(form, listed.reached) <= 1e-9
    assert shown > 3


def against(form: StrategicForm) -> StrategicForm:
    payoffs = form.payoffs.copy()
    payoffs[1] = 7.0 - payoffs[0]
    return replace(form, payoffs=payoffs)


def stopping_at(word: str, stop: type[BaseException] | None) -> Callable[[str, int, int], bool]:
    def proceed(what: str, _done: int, _total: int) -> bool:
        if word in what and stop is not None:
            raise stop
        return word not in what

    return proceed


@pytest.mark.parametrize("stop", [None, KeyboardInterrupt])
@pytest.mark.parametrize("seed", range(5))
def test_one_program_of_a_zero_sum_game_gives_both_behaviours(
    seed: int, stop: type[BaseException] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing counts as rounding, both programs are asked for."""
    game: AnyGame = against(random_form(np.random.default_rng(seed), [5, 4]))
    if seed % 2:
        game = random_tree(np.random.default_rng(seed), players=2, depth=4, zero_sum=True)
    whole = search(game, Request("zero_sum")).equilibria.found[0]
    monkeypatch.setattr("quandary.onegame.listing.zero_sum.CLOSE", -1.0)
    listed = search(game, Request("zero_sum"), stopping_at(f"program of {game.players[1]}", stop)).equilibria
    (part,) = listed.found
    if all(set(rule[~np.isnan(rule)]) <= {0.0, 1.0} for rule in part.rules.values()):
        assert part.regret == 0.0, "of pure choices the gain is counted without rounding: one program is enough"
        return
    assert listed.stopped and not listed.done and len(listed.limits) == 2 and "multipliers" in part.remarks[0]
    assert part.values[game.players[0]] == pytest.approx(whole.values[game.players[0]], abs=1e-8)
    assert part.regret <= 1e-8 and part.residual == part.regret


@pytest.mark.parametrize("seed", range(6))
def test_before_the_first_program_is_solved_the_value_is_bounded(seed: int) -> None:
    game: AnyGame = against(random_form(np.random.default_rng(seed), [5, 4]))
    if seed % 2:
        game = random_tree(np.random.default_rng(seed), players=2, depth=4, zero_sum=True)
    value = search(game, Request("zero_sum")).equilibria.found[0].values[game.players[0]]
    listed = search(game, Request("zero_sum"), stopping_at("program", None)).equilibria
    assert not listed.found and listed.stopped == OUT_OF_TIME and NO_PART in listed.limits
    told = listed.limits[-1].split(" lies between ")[1].split(":")[0]
    low, high = map(float, told.split(" and "))
    assert low - 1e-5 <= value <= high + 1e-5


def test_a_stopped_correlated_says_that_nothing_is_known() -> None:
    form = random_form(np.random.default_rng(0), [3, 3])
    listed = search(form, Request("correlated"), stopping_at("program", None)).equilibria
    assert not listed.found and listed.limits == (NO_PART,) and listed.stopped == OUT_OF_TIME


def test_the_program_itself_keeps_the_time() -> None:
    """HiGHS ends by itself where nobody waits for it any more."""
    form = against(random_form(np.random.default_rng(0), [120, 120]))
    listed = search(form, Request("zero_sum", seconds=1e-9), lambda *_: True).equilibria
    assert not listed.found and listed.stopped == OUT_OF_TIME
