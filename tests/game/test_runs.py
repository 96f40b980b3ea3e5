"""Totals of runs of rows, against plain sums."""

from __future__ import annotations

import numpy as np
import pytest

from quandary.game import Runs


@pytest.mark.parametrize("across", [(), (1,), (7,), (40,), (3, 5), (2, 1)])
@pytest.mark.parametrize("lengths", [[1], [3, 3, 3], [1, 1, 1, 1], [2, 5, 1], [1, 9], [4, 1, 1, 4, 2, 2, 2], [12] * 9])
def test_totals_are_plain_sums(lengths: list[int], across: tuple[int, ...]) -> None:
    rng = np.random.default_rng(len(lengths))
    rows = rng.normal(size=(sum(lengths), *across))
    starts = np.cumsum([0, *lengths[:-1]])
    totals = Runs(starts, len(rows)).totals(rows)
    expected = [rows[a : a + n].sum(axis=0) for a, n in zip(starts, lengths, strict=True)]
    assert totals.shape == (len(lengths), *across)
    np.testing.assert_allclose(totals, expected, rtol=1e-13, atol=1e-13)


def test_a_worlds_total_does_not_depend_on_the_worlds_beside_it() -> None:
    """Whole rows are added one after the other, from eight numbers in a row on."""
    rng = np.random.default_rng(0)
    for lengths in ([5] * 30, [3, 6, 1, 2] * 10):
        rows = rng.normal(size=(sum(lengths), 50)) * 10.0 ** rng.integers(-8, 8, size=(sum(lengths), 50))
        runs = Runs(np.cumsum([0, *lengths[:-1]]), len(rows))
        together = runs.totals(rows)
        for some in (slice(0, 8), slice(3, 20), slice(10, 50)):
            np.testing.assert_array_equal(runs.totals(np.ascontiguousarray(rows[:, some])), together[:, some])
