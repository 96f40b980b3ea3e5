"""Ranks that are counted from the order of the draws: as scipy ranks the same numbers, ties and all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from quandary.ask import HIGH, LOW, DrawnOrder
from quandary.compile import WorldDraws
from quandary.quantities import Columns, Design


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), worlds=st.integers(1, 60), points=st.integers(0, 40), kept=st.booleans())
def test_correlations_are_those_of_scipy(seed: int, worlds: int, points: int, kept: bool) -> None:
    generator = np.random.default_rng(seed)
    names = ("a", "b", "c", "d")
    drawn = WorldDraws(Design(seed, worlds), names)
    every = np.stack([drawn[name] for name in names], axis=1)
    more = every[generator.integers(worlds, size=(points, 4)), np.arange(4)]
    more = np.where(generator.random(more.shape) < 0.5, generator.choice([LOW, 0.5, HIGH], size=more.shape), more)
    with pytest.MonkeyPatch.context() as patch:
        if not kept:
            patch.setattr("quandary.ask.query.ordered.PLACES_BYTES", 0)
        order = DrawnOrder(drawn, names)
        which = generator.permutation(worlds + points)[: generator.integers(worlds + points + 1)]
        margin = generator.integers(0, 20, size=len(which)).astype(float)
        found = order.correlations(which, order.places(more), margin)
    shown = np.concatenate([every, more])[which]
    for column, own in enumerate(found):
        if len(which) < 3 or np.ptp(shown[:, column]) == 0 or np.ptp(margin) == 0:
            assert own == 0.0
        else:
            assert own == pytest.approx(spearmanr(shown[:, column], margin).statistic, abs=1e-9)


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_some_worlds_have_the_order_of_all(share: float) -> None:
    drawn = WorldDraws(Design(3, 700), ("a", "b"))
    kept = np.random.default_rng(1).random(700) < share
    for name in ("a", "b", "a"):
        assert np.array_equal(Columns(drawn, kept).order(name), np.argsort(drawn[name][kept], kind="stable"))
    drawn.replace(np.array([5, 9]), {name: np.array([0.999, 0.001]) for name in ("a", "b")})
    assert np.array_equal(Columns(drawn, kept).order("a"), np.argsort(drawn["a"][kept], kind="stable"))
