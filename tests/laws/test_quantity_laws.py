"""Laws of quantities: quantile and distribution function undo each other, ends are where they were put."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.laws.syntax_nodes import quantities
from tests.tried import tried

from quandary.base import CaseError
from quandary.language import syntax
from quandary.quantities import (
    FROM_INTERVAL,
    Family,
    Scale,
    block_error,
    families,
    leaves,
    weighted_mean,
    weighted_quantiles,
)
from quandary.quantities.evaluate import evaluate

UNIFORMS = np.concatenate([[1e-6, 1e-3], np.linspace(0.005, 0.995, 41), [1 - 1e-3, 1 - 1e-6]])
positive = st.floats(0.01, 100)
probabilities = st.floats(0.001, 0.999)


def spans(low: float, high: float) -> st.SearchStrategy[tuple[float, float]]:
    """Return two ends, the second clearly above the first."""
    pairs = st.tuples(st.floats(low, high), st.floats(low, high)).map(sorted)
    return pairs.filter(lambda ends: ends[1] - ends[0] > 1e-3 * (high - low)).map(lambda ends: (ends[0], ends[1]))


def peaked(least: float, most: float) -> st.SearchStrategy[tuple[float, float, float]]:
    """Return low, most likely and high, the middle one at a share of the way between ``least`` and ``most``."""
    return st.tuples(spans(-50, 50), st.floats(least, most)).map(
        lambda drawn: (drawn[0][0], min(drawn[0][0] + drawn[1] * (drawn[0][1] - drawn[0][0]), drawn[0][1]), drawn[0][1])
    )


simple = st.one_of(
    st.builds(families.Normal, st.floats(-100, 100), positive),
    st.builds(families.LogNormal, st.floats(-3, 3), st.floats(0.01, 3)),
    # below 0.7 the quantiles near 1 lie closer together than floats do
    st.builds(families.Beta, st.floats(0.7, 50), st.floats(0.7, 50)),
    spans(-50, 50).map(lambda ends: families.Uniform(*ends)),
    peaked(0, 1).map(lambda corners: families.Triangular(*corners)),
    peaked(0.01, 0.99).map(lambda corners: families.Pert(*corners)),
    st.lists(st.floats(0.01, 0.99), min_size=3, max_size=3, unique=True)
    .map(sorted)
    .filter(lambda ends: min(np.diff(ends)) > 1e-3)
    .map(lambda ends: families.LogitNormal(*ends)),
)
mixed = st.lists(st.tuples(simple, st.floats(0.05, 1)), min_size=1, max_size=3).map(
    lambda parts: families.mixture([part for part, _ in parts], [share for _, share in parts])
)


@settings(max_examples=tried(150), deadline=None)
@given(simple | simple.map(families.Mirrored) | mixed)
def test_quantile_and_distribution_function_undo_each_other(family: Family) -> None:
    values = family.quantile(UNIFORMS)
    assert np.isfinite(values).all()
    assert np.all(np.diff(values) >= 0)
    np.testing.assert_allclose(family.cumulative(values), UNIFORMS, rtol=1e-6, atol=1e-9)


@settings(max_examples=tried(150), deadline=None)
@given(st.sampled_from(sorted(FROM_INTERVAL)), spans(0.001, 0.999))
def test_an_interval_has_its_ends(name: str, ends: tuple[float, float]) -> None:
    low, high = ends
    if name == "beta":
        assume(high - low > 0.01)
    family = FROM_INTERVAL[name](low, high)
    np.testing.assert_allclose(family.quantile(np.array([0.05, 0.95])), [low, high], rtol=1e-8)


@settings(max_examples=tried(100), deadline=None)
@given(
    st.lists(st.tuples(st.floats(-10, 10), st.floats(0, 5)), min_size=1, max_size=40),
    st.floats(0.1, 10),
    st.floats(-5, 5),
)
def test_summaries_scale_and_shift(worlds: list[tuple[float, float]], scale: float, shift: float) -> None:
    values, weights = (np.array(column) for column in zip(*worlds, strict=True))
    assume(weights.max() > 1e-3)
    block = np.arange(len(values)) % 4
    mean, moved = weighted_mean(values, weights), weighted_mean(scale * values + shift, 7 * weights)
    assert mean is not None and moved == pytest.approx(scale * mean + shift, abs=1e-9)
    (median,), (low, high) = weighted_quantiles(values, weights, [0.5]), weighted_quantiles(values, weights, [0, 1])
    assert median is not None and low is not None and high is not None and low <= median <= high
    error, stretched = (
        block_error(values, weights, block),
        block_error(scale * values + shift, 7 * weights, block),
    )
    if error is None:
        assert stretched is None
    else:
        assert stretched == pytest.approx(scale * error, abs=1e-9)


@pytest.mark.slow
@settings(max_examples=tried(200), deadline=None)
@given(quantities, st.sampled_from(Scale))
def test_a_quantity_is_evaluated_in_every_world_or_refused(quantity: syntax.Quantity, scale: Scale) -> None:
    worlds = 7
    levels = np.linspace(0.001, 0.999, worlds)
    assumptions = {name: np.linspace(-1, 2, worlds) for name in (node.text for node in syntax.names_in(quantity))}
    try:
        found = leaves(quantity, "path", scale)
        value = evaluate(quantity, "path", scale, {name: levels for name, _ in found}, assumptions)
    except CaseError as error:
        assert all(problem.code.startswith("Q2") for problem in error.problems)
        return
    assert value.shape in ((1,), (worlds,))
    assert (value.shape == (worlds,)) or not found
    for name, estimate in found:
        assert name == "path" or name.startswith("path#")
        draws = estimate.quantile(levels)
        assert estimate.description and np.isfinite(draws).all() and np.all(np.diff(draws) >= 0)
