"""Points of the principal branch at, before and past a crossing of curves, against closed forms.

Coordination on m actions that pay a each: uniform play always answers itself, others leave it at precision m / a.
N players of whom one must volunteer (V to all, at a cost of C): all volunteer with the p that solves
log p / (1 - p) = precision (V (1 - p)^(N - 1) - C), and curves cross where precision V (1 - p)^(N - 1) p = 1. In the
battle of the sexes each plays its own favourite with the p of log p / (1 - p) = precision (2 - 3 p), and curves cross
where precision 3 p (1 - p) = 1.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq
from tests.solve.games import matrix
from tests.tried import WHOLE

from quandary.base import Array
from quandary.engine import DiagramGame
from quandary.game import (
    Decision,
    Diagram,
    Game,
    StrategicForm,
    StrategicGame,
    Table,
    Tree,
    TreeGame,
    Utility,
    unroll,
)
from quandary.onegame import branch, solved_at
from quandary.solve import CONCEPTS, MET, LogitResult, LogitSettings, solve
from quandary.solve.logit import logit
from quandary.solve.sequential import sequential

LARGE = 10**12
AROUND = (0.5, 0.99, 1.0 - 1e-4, 1.0 - 1e-10, 1.0, 1.0 + 1e-10, 1.0 + 1e-4, 1.01, 1.2, 1.5, 4.0)
"""Precisions as multiples of the one at which curves cross."""


def _coordination(actions: int, paid: float) -> Array:
    return np.array([paid * np.eye(actions)] * 2)


def _volunteers(players: int, worth: float, cost: float) -> Array:
    payoffs = np.zeros((players, *(2,) * players))
    for cell in itertools.product((0, 1), repeat=players):
        for k, mine in enumerate(cell):
            payoffs[(k, *cell)] = worth - cost if mine == 0 else worth if 0 in cell else 0.0
    return payoffs


def _chance_to_volunteer(players: int, worth: float, cost: float, precision: float) -> float:
    def gap(p: float) -> float:
        return float(np.log(p / (1.0 - p)) - precision * (worth * (1.0 - p) ** (players - 1) - cost))

    return float(brentq(gap, 1e-12, 1.0 - 1e-12, xtol=1e-15))


def _crossing_of_volunteers(players: int, worth: float, cost: float) -> float:
    def gap(precision: float) -> float:
        p = _chance_to_volunteer(players, worth, cost, precision)
        return precision * worth * (1.0 - p) ** (players - 1) * p - 1.0

    return float(brentq(gap, 1e-3, 50.0, xtol=1e-15, rtol=1e-15))


def _of_sexes(precision: float) -> float:
    return float(brentq(lambda p: np.log(p / (1.0 - p)) - precision * (2.0 - 3.0 * p), 1e-9, 1.0 - 1e-9, xtol=1e-15))


def _crossing_of_sexes() -> float:
    def gap(v: float) -> float:
        return 3.0 * v * _of_sexes(v) * (1.0 - _of_sexes(v)) - 1.0

    return float(brentq(gap, 1.0, 2.0, xtol=1e-15, rtol=1e-15))


Right = Callable[[float], Array]
"""From a precision to the first player's probabilities on the branch."""


def _evenly(actions: int) -> Right:
    return lambda _precision: np.full(actions, 1.0 / actions)


def _volunteering(players: int, worth: float, cost: float) -> Right:
    def right(precision: float) -> Array:
        p = _chance_to_volunteer(players, worth, cost, precision)
        return np.array([p, 1.0 - p])

    return right


VOLUNTEERS = [(3, 8.0, 2.0), (3, 5.0, 2.0), (4, 6.0, 1.0), (4, 10.0, 1.0), (5, 4.0, 1.0)]
GAMES: dict[str, tuple[Array, float, Right]] = {
    **{
        f"coordination on {m}, {a:g} each": (_coordination(m, a), m / a, _evenly(m))
        for m, a in ((2, 2.0), (2, 1.0), (2, 0.1), (2, 1000.0), (3, 1.0), (4, 7.0))
    },
    **{
        f"{n} volunteers, {v:g} at {c:g}": (
            _volunteers(n, v, c),
            _crossing_of_volunteers(n, v, c),
            _volunteering(n, v, c),
        )
        for n, v, c in VOLUNTEERS
    },
    "battle of the sexes": (
        np.array([[[2.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 2.0]]]),
        _crossing_of_sexes(),
        lambda v: np.array([_of_sexes(v), 1.0 - _of_sexes(v)]),
    ),
}


def _form(payoffs: Array, precisions: Sequence[float]) -> StrategicForm:
    names = tuple(f"p{k}" for k in range(len(payoffs)))
    strategies = tuple(tuple(f"s{i}" for i in range(n)) for n in payoffs.shape[1:])
    return StrategicForm(names, strategies, payoffs[..., None], "", dict.fromkeys(names, np.array(precisions)))


def _diagram(payoffs: Array, precisions: Sequence[float]) -> Diagram:
    names = tuple(f"d{k}" for k in range(len(payoffs)))
    decisions = tuple(
        Decision(name, tuple(f"s{i}" for i in range(n)), f"p{k}")
        for k, (name, n) in enumerate(zip(names, payoffs.shape[1:], strict=True))
    )
    utilities = tuple(Utility(f"u{k}", f"p{k}", Table(names, own[..., None])) for k, own in enumerate(payoffs))
    v = np.array(precisions)
    return Diagram(decisions, {}, utilities, {f"p{k}": v for k in range(len(payoffs))}, len(v))


def _assert_right(found: LogitResult, precisions: Sequence[float], right: Right, first: Array) -> None:
    assert found.converged.all() and found.residual.max() <= 1e-10
    for world, precision in enumerate(precisions):
        np.testing.assert_allclose(first[0, :, world], right(precision), atol=1e-6)


def _met(found: LogitResult) -> list[bool]:
    return [False] * len(found.residual) if found.met is None else found.met.tolist()


@pytest.mark.slow
@pytest.mark.parametrize("name", GAMES)
def test_every_form_of_a_game_is_answered_around_the_crossing(name: str) -> None:
    """Each form at the crossing itself; at the other precisions one form after the other, or all by ``make laws``."""
    payoffs, crossing, right = GAMES[name]
    makes: list[Callable[[list[float]], Game]] = [
        lambda precision: StrategicGame(_form(payoffs, precision)),
        lambda precision: TreeGame(_tree(payoffs, precision)),
        lambda precision: DiagramGame(_diagram(payoffs, precision)),
    ]
    for number, share in enumerate(AROUND):
        precision = share * crossing
        for make in makes if WHOLE or share == 1.0 else [makes[number % 3]]:
            found = logit(make([precision]))
            _assert_right(found, [precision], right, found.profile[0])
            assert _met(found) == [abs(share - 1.0) < 1e-8], share


def _tree(payoffs: Array, precision: list[float]) -> Tree:
    return replace(unroll(_diagram(payoffs, precision)).tree, precision=_form(payoffs, precision).precision)


@pytest.mark.slow
@pytest.mark.parametrize("job", [None, LARGE])
@pytest.mark.parametrize("name", GAMES)
def test_many_worlds_are_answered_together(name: str, job: int | None) -> None:
    """By tables and by compiled code: the worlds at the crossing count as converged, and are counted."""
    payoffs, crossing, right = GAMES[name]
    precisions = [share * crossing for share in AROUND]
    found = logit(DiagramGame(_diagram(payoffs, precisions), job=job))
    _assert_right(found, precisions, right, found.profile[0])
    assert _met(found) == [abs(share - 1.0) < 1e-8 for share in AROUND]


def test_tracing_alone_ends_on_the_crossing_too() -> None:
    payoffs, crossing, right = GAMES["battle of the sexes"]
    found = logit(StrategicGame(_form(payoffs, [crossing])), LogitSettings(always_trace=True))
    _assert_right(found, [crossing], right, found.profile[0])


def test_what_crosses_is_said() -> None:
    form = matrix([[2, 0], [0, 2]], [[2, 0], [0, 2]])
    (at,) = solved_at(form, CONCEPTS["logit"], [1.0])
    (past,) = solved_at(form, CONCEPTS["logit"], [1.25])
    (before,) = solved_at(form, CONCEPTS["logit"], [0.8])
    assert at is not None and past is not None and before is not None
    assert at.remarks == (MET,) and at.residual == 0.0 and at.regret == 0.0
    assert len(past.remarks) == 1 and "straight on" in past.remarks[0]
    assert before.remarks == ()


def test_a_run_of_worlds_says_in_how_many_curves_meet() -> None:
    solution = solve(_diagram(_coordination(2, 2.0), [0.5, 1.0, 1.0, 3.0]))
    assert solution.converged.all()
    assert solution.warnings[-1] == f"in 2 of 4 worlds {MET}"
    assert solution.warnings[0].startswith("in 1 of 4 worlds another curve crosses")


def test_a_game_that_leans_by_little_has_no_crossing_there() -> None:
    leaning = np.array([[[2.0, 0.0], [0.0, 2.001]], [[2.0, 0.0], [0.0, 2.001]]])
    for job in (None, LARGE):
        found = logit(DiagramGame(_diagram(leaning, [0.9, 1.0, 1.1]), job=job))
        assert found.converged.all() and not any(_met(found))
        assert found.crossed is None or not found.crossed.any()
        assert (found.profile[0][0, 1] > 0.5).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", GAMES)
def test_the_branch_itself_may_end_on_the_crossing(name: str) -> None:
    payoffs, crossing, right = GAMES[name]
    found = branch(DiagramGame(_diagram(payoffs, [crossing])))
    assert found.arrived and found.residual.max() <= 1e-9
    np.testing.assert_allclose(found.profile[0][0, :, -1], right(crossing), atol=1e-6)


@pytest.mark.parametrize("paid", [0.128, 0.016])
def test_a_limit_is_found_though_a_rung_stands_on_a_crossing(paid: float) -> None:
    """Half the time both are paid 1 whatever they do; rungs stand at precisions of 1000 / 8^k payoff ranges."""
    form = _form(np.array([2.0 * paid * np.eye(2)] * 2), [1.0])
    wide = replace(form, payoffs=np.concatenate([form.payoffs, np.full((2, 2, 1, 1), -1.0)], axis=2))
    wide = replace(wide, strategies=(form.strategies[0], (*form.strategies[1], "out")))
    found = sequential(StrategicGame(wide))
    assert found.converged.all() and found.gain.max() <= 1e-8
