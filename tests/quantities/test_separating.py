"""Cuts, inequalities and boxes on worlds whose truth is built from known numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from quandary.base import Array, Mask
from quandary.quantities import (
    Design,
    Sample,
    best_cut,
    best_inequality,
    find_boxes,
    has_both_sides,
    sides_of,
)

WORLDS = 6_000
DESIGN = Design(5, WORLDS)
NAMES = [f"n{i:02}" for i in range(30)]
NUMBERS = {name: ndtri(DESIGN.column(name)) for name in NAMES}
A, B, C = (NUMBERS[name] for name in NAMES[:3])
REST = np.sum([NUMBERS[name] for name in NAMES[5:25]], axis=0) / np.sqrt(20)


def sample(truth: Mask | Array, weights: Array | None = None) -> Sample:
    return Sample(np.asarray(truth, float), np.ones(WORLDS) if weights is None else weights, DESIGN.block())


def test_a_cut_that_sorts_everything_is_found_on_either_side() -> None:
    for above in (True, False):
        cut = best_cut(A, sample((A > 0.4) == above))
        assert cut.above == above
        assert cut.sides.worse == pytest.approx(1.0)
        assert cut.threshold == pytest.approx(0.4, abs=0.01)


def test_the_best_cut_is_that_of_trying_them_all() -> None:
    generator = np.random.default_rng(2)
    for _ in range(20):
        column, weights = generator.normal(size=60).round(1), generator.exponential(size=60)
        truth = column + generator.normal(size=60) > 0.3
        known = Sample(truth.astype(float), weights, np.zeros(60, dtype=np.intp))
        values = np.unique(column)
        tried = [
            sides_of((column > middle) == above, known).worse
            for middle in (values[1:] + values[:-1]) / 2
            for above in (True, False)
        ]
        assert best_cut(column, known).sides.worse == pytest.approx(max(tried))


def test_a_column_that_does_not_vary_sorts_nothing() -> None:
    assert best_cut(np.ones(WORLDS), sample(A > 0)).sides.worse == 0.0


def test_both_sides_need_weight_and_worlds() -> None:
    assert has_both_sides(sample(A > 1.5))
    assert not has_both_sides(sample(A > 2.0))
    weights = np.where(A > 1.5, 1e-3, 1.0)
    assert not has_both_sides(sample(A > 1.5, weights))
    few = np.zeros(WORLDS)
    few[:40] = 1.0
    assert not has_both_sides(sample(A > 0, few))


@pytest.mark.parametrize(
    ("terms", "threshold"),
    [
        ({"n00": 1.0}, 0.7),
        ({"n00": 1.0, "n01": 0.36}, 0.32),
        ({"n00": 1.0, "n01": -0.5, "n02": 0.7}, -0.4),
    ],
)
def test_an_inequality_that_was_built_in_is_found_with_its_coefficients(
    terms: dict[str, float], threshold: float
) -> None:
    value = np.sum([weight * NUMBERS[name] for name, weight in terms.items()], axis=0)
    for above in (True, False):
        found = best_inequality(NUMBERS, sample((value > threshold) == above))
        assert found is not None
        assert dict(found.terms) == pytest.approx(terms, abs=0.04)
        assert found.terms[0] == ("n00", 1.0)
        assert found.threshold == pytest.approx(threshold, abs=0.05)
        assert found.above == above
        assert found.sides.worse > 0.985


def test_the_sides_of_an_inequality_are_those_of_blocks_that_did_not_fit_it() -> None:
    truth = A + 0.36 * B + 0.2 * REST > 0.3
    whole = sample(truth)
    found = best_inequality(NUMBERS, whole)
    assert found is not None
    held = np.isin(whole.block, np.unique(whole.block)[1::2])
    value = np.sum([weight * NUMBERS[name] for name, weight in found.terms], axis=0)
    right = (value > found.threshold) == found.above
    assert found.sides.holding == pytest.approx(right[held & truth].mean())
    assert found.sides.failing == pytest.approx((~right)[held & ~truth].mean())
    assert 0.9 < found.sides.worse < 0.98


def test_noise_is_not_sorted_where_it_was_not_fitted() -> None:
    found = best_inequality(NUMBERS, sample(np.random.default_rng(8).random(WORLDS) > 0.5))
    assert found is not None
    assert found.sides.worse == pytest.approx(0.5, abs=0.04)
    assert found.fitted.worse > 0.5


def test_one_block_has_no_replicate_to_score_on() -> None:
    whole = sample(A > 0)
    assert best_inequality(NUMBERS, Sample(whole.values, whole.weights, np.zeros(WORLDS, dtype=np.intp))) is None


def test_weights_count() -> None:
    weights = np.where(B > 0, 1.0, 1e-6)
    found = best_inequality(NUMBERS, sample(np.where(B > 0, A > 0, C > 0), weights))
    assert found is not None
    assert found.names == ("n00",)
    assert found.sides.worse > 0.99


def test_a_corner_is_a_box() -> None:
    found = find_boxes(NUMBERS, sample((A > 0.2) & (B < 0.3)), outcome=True)
    assert found is not None
    (box,) = found.boxes
    bounds = {bound.name: (bound.low, bound.high) for bound in box.bounds}
    assert bounds == {"n00": (pytest.approx(0.2, abs=0.03), None), "n01": (None, pytest.approx(0.3, abs=0.03))}
    assert min(box.coverage, box.density, found.outside) > 0.98


def test_two_numbers_of_which_only_their_signs_together_tell_make_two_boxes() -> None:
    for outcome in (True, False):
        found = find_boxes(NUMBERS, sample(A * B > 0), outcome=outcome)
        assert found is not None
        assert found.outcome == outcome
        assert len(found.boxes) == 2
        assert {bound.name for box in found.boxes for bound in box.bounds} == {"n00", "n01"}
        assert min(found.covered, found.density, found.outside) > 0.97


def test_noise_has_no_box() -> None:
    assert find_boxes(NUMBERS, sample(np.random.default_rng(8).random(WORLDS) > 0.5), outcome=True) is None
