"""Shares of worlds and their intervals: Wilson's against published values, replicates against slow ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quandary.quantities import block_error, effective_number, share_of, weighted_mean, wilson


@pytest.mark.parametrize(
    ("count", "number", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_is_the_published_one(count: int, number: int, low: float, high: float) -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I, method 3: the score method at 95 %."""
    np.testing.assert_allclose(wilson(count / number, number, 0.95), (low, high), atol=5e-5)


def test_wilsons_interval_holds_the_shares_that_a_score_test_keeps() -> None:
    low, high = wilson(0.3, 250.0)
    for end in (low, high):
        deviation = abs(0.3 - end) / np.sqrt(end * (1 - end) / 250.0)
        assert deviation == pytest.approx(2.5758293, abs=1e-6)


def test_where_all_blocks_agree_wilson_tells_the_error() -> None:
    found = share_of(np.ones(1600), np.ones(1600), np.repeat(np.arange(16), 100))
    assert found is not None
    assert found.share == 1.0
    assert found.low == pytest.approx(1600 / (1600 + 2.5758293**2), rel=1e-6)
    assert found.high == 1.0


def test_where_blocks_differ_more_than_worlds_alone_would_two_replicate_errors_tell_it() -> None:
    block = np.repeat(np.arange(16), 100)
    truth = (block % 2 == 0).astype(float)
    found = share_of(truth, np.ones(1600), block)
    means = truth.reshape(16, 100).mean(axis=1)
    assert found is not None
    assert found.share == 0.5
    assert found.high - found.share == pytest.approx(2 * means.std(ddof=1) / 4)


@given(
    st.lists(st.tuples(st.sampled_from([0.0, 1.0, float("nan")]), st.floats(0.001, 1000.0)), min_size=1, max_size=60),
    st.floats(0.01, 100.0),
)
def test_a_share_is_that_of_its_opposite_turned_and_of_weights_on_any_scale(
    worlds: list[tuple[float, float]], scale: float
) -> None:
    truth, weights = (np.array(column) for column in zip(*worlds, strict=True))
    block = np.arange(len(truth)) % 16
    found, opposite = (share_of(one, weights, block) for one in (truth, 1.0 - truth))
    scaled = share_of(truth, scale * weights, block)
    if np.isnan(truth).all():
        assert found is opposite is scaled is None
        return
    assert found is not None
    assert opposite is not None
    assert scaled is not None
    assert found.low <= found.share <= found.high
    turned = (1 - opposite.share, 1 - opposite.high, 1 - opposite.low)
    np.testing.assert_allclose((found.share, found.low, found.high), turned, atol=1e-9)
    np.testing.assert_allclose((found.share, found.low, found.high), (scaled.share, scaled.low, scaled.high), atol=1e-9)


@given(st.data())
def test_the_share_of_two_sets_of_worlds_is_mixed_by_their_weight(data: st.DataObject) -> None:
    sizes = data.draw(st.tuples(st.integers(1, 30), st.integers(1, 30)))
    truth, weights = [], []
    for size in sizes:
        truth.append(np.array(data.draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=size, max_size=size))))
        weights.append(np.array(data.draw(st.lists(st.floats(0.01, 10.0), min_size=size, max_size=size))))
    parts = [weighted_mean(one, own) or 0.0 for one, own in zip(truth, weights, strict=True)]
    masses = [float(own.sum()) for own in weights]
    whole = share_of(np.concatenate(truth), np.concatenate(weights), np.arange(sum(sizes)) % 16)
    assert whole is not None
    mixed = (parts[0] * masses[0] + parts[1] * masses[1]) / sum(masses)
    assert whole.share == pytest.approx(mixed, abs=1e-9)


def test_the_interval_is_never_narrower_than_either_error() -> None:
    generator = np.random.default_rng(4)
    block = np.repeat(np.arange(16), 125)
    for _ in range(50):
        truth = (generator.random(2000) < generator.random()).astype(float)
        weights = generator.exponential(size=2000)
        found = share_of(truth, weights, block)
        error = block_error(truth, weights, block)
        assert found is not None
        assert error is not None
        low, high = wilson(found.share, effective_number(weights))
        assert found.low <= min(low, max(found.share - 2 * error, 0.0)) + 1e-12
        assert found.high >= max(high, min(found.share + 2 * error, 1.0)) - 1e-12
