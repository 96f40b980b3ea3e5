"""Summaries of weighted worlds against slow and known answers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quandary.base import Array
from quandary.quantities import (
    Design,
    Sample,
    block_error,
    effective_number,
    first_order,
    mean_reach,
    number_text,
    weighted_mean,
    weighted_quantiles,
)

NAN = float("nan")


def test_the_mean_weighs_and_leaves_out_what_is_undefined() -> None:
    values = np.array([1.0, 2.0, NAN, 4.0, NAN])
    weights = np.array([1.0, 3.0, 5.0, 0.0, 0.0])
    assert weighted_mean(values, weights) == pytest.approx((1 + 6) / 4)


@pytest.mark.parametrize(("values", "weights"), [([NAN, NAN], [1, 1]), ([1, 2], [0, 0]), ([NAN, 2], [1, 0]), ([], [])])
def test_nothing_left_is_none(values: list[float], weights: list[float]) -> None:
    held, mass = np.array(values, dtype=float), np.array(weights, dtype=float)
    assert weighted_mean(held, mass) is None
    assert weighted_quantiles(held, mass, [0.05, 0.5]) == [None, None]
    assert block_error(held, mass, np.arange(len(held))) is None


def test_quantiles_of_equal_weights_are_hazens() -> None:
    values = np.random.default_rng(1).normal(size=101)
    levels = [0.05, 0.5, 0.95]
    found = weighted_quantiles(values, np.full(101, 0.3), levels)
    np.testing.assert_allclose(found, np.quantile(values, levels, method="hazen"), rtol=1e-12)  # type: ignore[arg-type]


def test_a_weight_of_two_is_the_same_world_twice_in_the_limit() -> None:
    generator = np.random.default_rng(2)
    values, weights = generator.normal(size=2000), generator.integers(0, 4, size=2000).astype(float)
    found = weighted_quantiles(values, weights, [0.05, 0.5, 0.95])
    repeated = np.repeat(values, weights.astype(int))
    np.testing.assert_allclose(found, np.quantile(repeated, [0.05, 0.5, 0.95]), atol=0.02)  # type: ignore[arg-type]


def test_one_world_is_its_own_quantile() -> None:
    assert weighted_quantiles(np.array([3.0]), np.array([0.2]), [0.05, 0.95]) == [3.0, 3.0]


def test_effective_number() -> None:
    assert effective_number(np.full(100, 1e-300)) == pytest.approx(100)
    assert effective_number(np.array([1.0, 0.0, 0.0])) == pytest.approx(1)
    assert effective_number(np.array([2.0, 1.0])) == pytest.approx(9 / 5)
    assert effective_number(np.zeros(4)) == 0
    assert effective_number(np.array([])) == 0


def test_with_equal_weights_the_error_is_that_of_the_mean_of_replicate_means() -> None:
    design = Design(1, 1600)
    values = design.column("a") ** 2
    means = values.reshape(16, 100).mean(axis=1)
    expected = means.std(ddof=1) / np.sqrt(16)
    assert block_error(values, np.full(1600, 1e-8), design.block()) == pytest.approx(expected, rel=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize("worlds", [1600, 1607])
def test_the_error_is_the_true_spread_of_a_ratio_of_means(worlds: int) -> None:
    # 400 designs: the spread of their answers against the root mean square of the errors they report
    answers, errors = [], []
    for seed in range(400):
        design = Design(seed, worlds)
        draws = design.column("a"), design.column("b")
        weights = draws[0] ** 4 * (0.2 + draws[1])
        values = np.where((draws[0] * draws[1]) > 0.3, draws[1], NAN)
        answers.append(weighted_mean(values, weights))
        errors.append(block_error(values, weights, design.block()))
    spread = np.std(np.array(answers, dtype=float))
    reported = np.sqrt(np.mean(np.array(errors, dtype=float) ** 2))
    assert 0.88 < reported / spread < 1.14


def test_one_replicate_that_weighs_gives_no_error() -> None:
    values, block = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 0, 1, 1])
    assert block_error(values, np.array([1.0, 1.0, 0.0, 0.0]), block) is None
    assert block_error(values, np.ones(4), block) == pytest.approx(1.0)


@pytest.mark.parametrize("blocks", [1, 2, 5])
def test_another_mean_hardly_ever_lies_beyond_the_reach(blocks: int) -> None:
    """Means of as many other worlds: independent, weighed unevenly; the true mean lies inside in 99 of 100 at least."""
    rng = np.random.default_rng(7)
    worlds, runs = 60 * blocks, 1000
    block = np.repeat(np.arange(blocks), 60)
    inside = 0
    for _ in range(runs):
        values, weights = rng.beta(2, 3, worlds), rng.gamma(3.0, 1.0, worlds)
        reach, mean = mean_reach(values, weights, block), weighted_mean(values, weights)
        assert reach is not None and mean is not None
        inside += abs(mean - 0.4) <= reach
    assert inside >= 0.985 * runs


def test_the_reach_is_never_under_three_errors() -> None:
    rng = np.random.default_rng(3)
    values, weights, block = rng.random(400), np.ones(400), np.repeat(np.arange(4), 100)
    alone = values.std(ddof=1) / np.sqrt(400)
    error, reach = block_error(values, weights, block), mean_reach(values, weights, block)
    assert error is not None and reach is not None
    assert reach >= 2.99 * min(error, alone)
    assert mean_reach(values[:1], weights[:1], block[:1]) is None


sizes = st.sampled_from([1e-290, 1e-120, 1.0, 1e120, 1e290])


@given(st.lists(st.floats(0.1, 10), min_size=4, max_size=12), sizes)
def test_numbers_of_any_size_are_summed_up_alike(drawn: list[float], size: float) -> None:
    values, weights, block = np.array(drawn), np.arange(1.0, len(drawn) + 1), np.arange(len(drawn)) % 3
    ways: list[Callable[[Array], float | None]] = [
        lambda x: weighted_mean(x, weights),
        lambda x: block_error(x, weights, block),
        lambda x: mean_reach(x, weights, block),
        lambda x: weighted_quantiles(x, weights, [0.3])[0],
    ]
    for summed in ways:
        assert summed(size * values) == pytest.approx(size * (summed(values) or 0.0), rel=1e-6, abs=1e-9 * size)


@given(sizes)
def test_what_a_number_carries_does_not_depend_on_the_size_of_the_answer(size: float) -> None:
    rng = np.random.default_rng(5)
    column = rng.random(800)
    values = column + 0.3 * rng.random(800)
    block = np.arange(800) % 8
    plain, scaled = (
        first_order({"x": column}, Sample(times * values, np.ones(800), block))["x"].value for times in (1.0, size)
    )
    assert scaled == pytest.approx(plain, rel=1e-9)


@given(st.floats(allow_nan=False, allow_infinity=False), st.booleans())
def test_an_echoed_number_is_short(value: float, percent: bool) -> None:
    if abs(value) < 1e306:
        assert len(number_text(value, percent)) < 25
