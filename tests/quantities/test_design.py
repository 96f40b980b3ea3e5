"""The draws: stratified, reproducible, independent between names, joined where a case says so."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from quandary.problems import CaseError
from quandary.quantities.design import Design
from quandary.quantities.estimate import Array

NAMES = [f"story.event_{i}.odds" for i in range(50)]


def is_stratified(column: Array, sizes: list[int]) -> bool:
    """Return whether a column has exactly one draw in each stratum of each replicate."""
    pieces = np.split(column, np.cumsum(sizes)[:-1])
    return all(
        np.array_equal(np.sort(np.floor(piece * size)), np.arange(size))
        for piece, size in zip(pieces, sizes, strict=True)
    )


@pytest.mark.parametrize("worlds", [1, 5, 16, 17, 1000, 1607, 10_000])
def test_each_replicate_is_a_latin_hypercube(worlds: int) -> None:
    design = Design(1, worlds)
    sizes = design.sizes()
    assert sum(sizes) == worlds and max(sizes) - min(sizes) <= 1 and min(sizes) >= 1
    assert len(sizes) == min(16, worlds)
    column = design.column("drag")
    assert column.shape == (worlds,) and column.min() > 0 and column.max() < 1
    assert is_stratified(column, sizes)
    np.testing.assert_array_equal(np.bincount(design.replicate()), sizes)


@pytest.mark.parametrize("worlds", [160, 1600, 10_000])
def test_fifty_names_do_not_correlate(worlds: int) -> None:
    columns = np.stack([Design(1, worlds).column(name) for name in NAMES])
    for scores in (columns, ndtri(columns)):
        correlations = np.atleast_2d(np.corrcoef(scores))[np.triu_indices(50, 1)]
        assert np.abs(correlations).max() < 5 / np.sqrt(worlds)
        assert abs(correlations.mean()) < 5 / np.sqrt(worlds * correlations.size)
        # and they spread as independent columns do: standard deviation 1 / sqrt(W)
        assert 0.8 < correlations.std() * np.sqrt(worlds) < 1.2


def test_another_name_changes_no_other_draw() -> None:
    design = Design(1, 1000)
    before = design.columns(NAMES)
    after = design.columns(["a_new_assumption", *reversed(NAMES)], [("a_new_assumption", "another", 0.4)])
    for name in NAMES:
        np.testing.assert_array_equal(before[name], after[name])


def test_seed_name_and_attempt_each_change_the_draws() -> None:
    first = Design(1, 1000)
    np.testing.assert_array_equal(first.column("a"), Design(1, 1000).column("a"))
    others = [Design(2, 1000).column("a"), first.column("b"), Design(-1, 1000).column("a")]
    others += [first.redraw("a", attempt, np.arange(1000)) for attempt in (1, 2)]
    for other in others:
        assert abs(np.corrcoef(first.column("a"), other)[0, 1]) < 5 / np.sqrt(1000)


def test_the_draws_are_these_on_every_machine() -> None:
    column = Design(1, 48).column("war_cost")
    np.testing.assert_allclose(column[:3], [0.4260903894792243, 0.7657098677668072, 0.06011498922235392], rtol=1e-12)


def test_redraws_do_not_depend_on_which_worlds_are_redrawn() -> None:
    design = Design(3, 500)
    every = design.redraw("a", 1, np.arange(500))
    np.testing.assert_array_equal(design.redraw("a", 1, np.array([7, 400])), every[[7, 400]])
    links = [("a", "b", 0.9)]
    both = design.redraws(["a", "b", "c"], links, 1, np.arange(500))
    assert np.corrcoef(ndtri(both["a"]), ndtri(both["b"]))[0, 1] == pytest.approx(0.9, abs=0.05)
    np.testing.assert_allclose(design.redraws(["b"], links, 1, np.array([3]))["b"], both["b"][[3]])


@pytest.mark.parametrize("worlds", [1600, 10_000])
def test_correlated_names_keep_their_strata_and_get_their_correlation(worlds: int) -> None:
    design = Design(1, worlds)
    links = [("a", "b", 0.7), ("c", "b", -0.3), ("x", "y", -0.95)]
    drawn = design.columns(["a", "b", "c", "x", "y", "z"], links)
    for column in drawn.values():
        assert is_stratified(column, design.sizes())
    scores = {name: ndtri(column) for name, column in drawn.items()}
    wanted = {("a", "b"): 0.7, ("b", "c"): -0.3, ("a", "c"): 0.0, ("x", "y"): -0.95, ("a", "x"): 0.0, ("z", "a"): 0.0}
    for (first, second), value in wanted.items():
        found = np.corrcoef(scores[first], scores[second])[0, 1]
        joined = {first, second} <= {"a", "b", "c"} or {first, second} == {"x", "y"}
        assert abs(found - value) < (0.03 if joined else 5 / np.sqrt(worlds)), (first, second, found)
    np.testing.assert_array_equal(drawn["z"], design.column("z"))
    np.testing.assert_array_equal(drawn["a"], design.column("a"))


def test_few_worlds_are_correlated_too() -> None:
    many = [Design(seed, 40).columns(["a", "b"], [("a", "b", 0.8)]) for seed in range(60)]
    scores = ndtri(np.stack([np.concatenate([drawn[name] for drawn in many]) for name in ("a", "b")]))
    assert np.corrcoef(scores)[0, 1] == pytest.approx(0.8, abs=0.03)


def test_a_partner_that_is_not_drawn_changes_nothing() -> None:
    design = Design(1, 1000)
    links = [("a", "b", 0.7), ("c", "b", -0.3)]
    np.testing.assert_array_equal(design.columns(["b"], links)["b"], design.columns(["c", "b", "a"], links)["b"])
    assert list(design.columns(["b"], links)) == ["b"]


@pytest.mark.parametrize(
    ("links", "code", "said"),
    [
        ([("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9)], "Q213", "a, b, c"),
        ([("a", "b", 0.9), ("b", "c", 0.9)], "Q213", "no joint distribution"),
        ([("a", "b", 1.0)], "Q214", "a and b is 1"),
        ([("a", "a", 0.5)], "Q214", "itself"),
        ([("a", "b", 0.5), ("b", "a", 0.4)], "Q214", "twice"),
        ([("a", "b", float("nan"))], "Q214", "nan"),
    ],
)
def test_impossible_correlations_are_faults(links: list[tuple[str, str, float]], code: str, said: str) -> None:
    with pytest.raises(CaseError) as caught:
        Design(1, 100).columns(["a", "b", "c"], links)
    (problem,) = caught.value.problems
    assert problem.code == code and said in problem.message and problem.hint


def test_a_latin_hypercube_beats_plain_sampling() -> None:
    # the mean of an additive function has far less error than 1 / sqrt(W) (McKay, Beckman & Conover 1979)
    means = []
    for seed in range(20):
        design = Design(seed, 1600)
        means.append(np.mean(ndtri(design.column("a")) + ndtri(design.column("b"))))
    assert np.std(means) < 0.1 * np.sqrt(2 / 1600)
