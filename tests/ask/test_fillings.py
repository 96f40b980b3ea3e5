"""Fillings searched, what decides over them, and pairs that none makes true: on functions with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from quandary.ask import SearchBudget, Tried, apart, corners, deciding, never_together, searched
from quandary.base import Array

ODDS = np.random.default_rng(7)


def test_search_finds_a_corner_that_no_draw_comes_near() -> None:
    wanted = ODDS.random(30) < 0.5
    at = np.where(wanted, 1.0, 0.0)

    def value(points: Array) -> Array:
        return np.asarray(np.abs(points - at).sum(axis=1) - 0.3)

    drawn = ODDS.random((2000, 30))
    start = Tried(drawn, value(drawn))
    assert start.least > 5
    assert searched(value, start, SearchBudget(12, 64), np.random.default_rng(1)).least < 0


def test_search_finds_a_narrow_pair_of_directions() -> None:
    def value(points: Array) -> Array:
        first, second = points[:, 0] - 0.5, points[:, 1] - 0.5
        return np.asarray(0.2 - first * second)  # against it only where both are near one end

    drawn = ODDS.random((40, 12)) * 0.4 + 0.3
    found = searched(value, Tried(drawn, value(drawn)), SearchBudget(), np.random.default_rng(1), enough=0.0)
    assert found.least < 0


def test_nothing_is_found_where_nothing_is_and_worlds_without_value_do_not_count() -> None:
    def value(points: Array) -> Array:
        return np.where(points[:, 0] > 0.9, np.nan, 1e-3 + points[:, 1])

    drawn = corners(64, 3, np.random.default_rng(2))
    found = searched(value, Tried(drawn, value(drawn)), SearchBudget(3, 16), np.random.default_rng(1), enough=0.0)
    assert found.least > 0
    assert 0 < found.judged < len(found.values)


def uniforms(count: int, worlds: int = 4000) -> dict[str, tuple[Array, ...]]:
    return {f"u{i}": (ODDS.random(worlds),) for i in range(count)}


def test_one_number_that_decides_is_named() -> None:
    drawn = uniforms(10)
    outcome = (drawn["u4"][0] > 0.7).astype(float) + 0.3 * drawn["u1"][0]
    found = deciding(drawn, outcome, np.ones(4000))
    assert found is not None
    assert found.names == ("u4",)
    assert found.explained > 0.8


def test_two_directions_that_tell_nothing_alone_are_named_together() -> None:
    drawn = uniforms(12)
    outcome = np.sign((drawn["u3"][0] - 0.5) * (drawn["u9"][0] - 0.5))
    found = deciding(drawn, outcome, np.ones(4000))
    assert found is not None
    assert found.names == ("u3", "u9")
    assert found.explained > 0.9


def test_the_uniforms_of_one_unknown_are_one() -> None:
    first, second = ODDS.random(4000), ODDS.random(4000)
    drawn = {"odds": (first, second), **uniforms(5)}
    found = deciding(drawn, (first + second > 1).astype(float), np.ones(4000))
    assert found is not None
    assert found.names == ("odds",)


def test_noise_decides_nothing() -> None:
    drawn = uniforms(40, 500)
    assert deciding(drawn, ODDS.random(500), np.ones(500)) is None
    assert deciding(drawn, np.ones(500), np.ones(500)) is None
    assert deciding(drawn, np.full(500, np.nan), np.ones(500)) is None


def test_worlds_that_do_not_count_decide_nothing() -> None:
    drawn = uniforms(3)
    left_out = drawn["u0"][0] < 0.5
    outcome = np.where(left_out, 100 * drawn["u1"][0], drawn["u2"][0])
    found = deciding(drawn, outcome, (~left_out).astype(float))
    assert found is not None
    assert found.names == ("u2",)


def test_pairs_that_hold_together_nowhere() -> None:
    first, second = np.array([1.0, 0, 0, np.nan]), np.array([0.0, 1, 0, 1])
    never, third = np.zeros(4), np.array([1.0, 1, 1, 1])
    assert never_together([first, second, never, third], np.ones(4)) == [(0, 1)]
    assert never_together([first, third], np.array([0.0, 1, 1, 1])) == []
    assert never_together([], np.ones(4)) == []


@pytest.mark.parametrize(("level", "found"), [(0.9, False), (1.1, True)])
def test_a_pair_is_apart_only_where_the_search_finds_nothing(level: float, found: bool) -> None:
    def margins(points: Array) -> tuple[Array, Array]:  # the first wants much of both, the second little of the first
        return points[:, 0] + points[:, 1] - 1.9, np.asarray(level * 0.999 - points[:, 0] - 0.1 * points[:, 1])

    def swapped(points: Array) -> tuple[Array, Array]:
        one, other = margins(points)
        return one, other - 0.05

    drawn = ODDS.random((50, 6)) * 0.5
    start = Tried(drawn, -np.minimum(*margins(drawn)))
    assert (apart((0, 1), margins, start, SearchBudget(8, 64), np.random.default_rng(3)) is None) is found
    assert swapped(drawn)[0].shape == (50,)
