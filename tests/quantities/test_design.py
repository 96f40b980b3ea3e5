"""The draws: stratified, reproducible, independent between names, joined where a case says so."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import kstest, multivariate_normal
from tests.tried import tried

from quandary.base import Array, CaseError
from quandary.quantities import Design, batches_of, blocks_of

NAMES = [f"story.event_{i}.odds" for i in range(50)]


def is_stratified(column: Array, blocks: Sequence[slice]) -> bool:
    """Return whether a column has exactly one draw in each stratum of each block."""
    sizes = [where.stop - where.start for where in blocks]
    return all(
        np.array_equal(np.sort(np.floor(column[where] * size)), np.arange(size))
        for where, size in zip(blocks, sizes, strict=True)
    )


@pytest.mark.parametrize("worlds", [1, 2, 5, 15, 16, 17, 31, 1000, 1607, 7999, 8000, 8001, 8499, 8500, 10_000])
def test_each_block_is_a_latin_hypercube(worlds: int) -> None:
    design = Design(1, worlds)
    sizes = [where.stop - where.start for where in design.blocks]
    assert [where.start for where in design.blocks] == [0, *np.cumsum(sizes)[:-1].tolist()]
    assert sum(sizes) == worlds and min(sizes) >= 1
    if worlds < 8000:
        assert max(sizes) - min(sizes) <= 1 and len(sizes) == min(16, worlds)
    else:
        assert set(sizes[:-1]) == {500} and sizes[-1] <= 500
    column = design.column("drag")
    assert column.shape == (worlds,) and column.min() > 0 and column.max() < 1
    assert is_stratified(column, design.blocks)
    np.testing.assert_array_equal(np.bincount(design.block()), sizes)


@pytest.mark.parametrize("worlds", [8001, 8499, 8500, 9000, 12_345])
def test_larger_runs_begin_with_the_worlds_of_smaller_ones(worlds: int) -> None:
    links = [("a", "b", 0.6)]
    first, more = (Design(4, count).columns(["a", "b", "c"], links) for count in (8000, worlds))
    for name, column in first.items():
        np.testing.assert_array_equal(column, more[name][:8000])


def test_a_block_is_drawn_alone_as_it_is_among_the_others() -> None:
    design, links = Design(4, 9100), [("a", "b", 0.6)]
    whole = design.columns(["a", "b", "c"], links)
    for number in (18, 3, 0):
        for name, column in design.drawn(number, ["c", "b", "a"], links).items():
            np.testing.assert_array_equal(column, whole[name][design.blocks[number]])


@pytest.mark.parametrize("worlds", [0, 1, 16, 17, 499, 500, 2000, 7999, 8000, 8001, 8249, 8499, 9999, 100_000])
def test_what_is_solved_together_is_whole_blocks(worlds: int) -> None:
    batches = batches_of(worlds)
    edges = {0, *(where.stop for where in blocks_of(worlds))}
    assert [where.start for where in batches] == [0, *(where.stop for where in batches[:-1])]
    assert batches[-1].stop == worlds and {where.stop for where in batches} <= edges
    assert max(where.stop - where.start for where in batches) < 1250
    assert len(batches) == 1 or min(where.stop - where.start for where in batches) >= 240


def test_few_groups_of_whole_blocks_are_left_out_one_by_one() -> None:
    np.testing.assert_array_equal(Design(1, 10_000).group(), Design(1, 10_000).block())
    many = Design(1, 100_000)
    assert many.group().max() == 49 and set(np.bincount(many.group())) == {2000}


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
    others += [np.concatenate([first.redrawn(b, attempt, ["a"])["a"] for b in range(16)]) for attempt in (1, 2)]
    for other in others:
        assert abs(np.corrcoef(first.column("a"), other)[0, 1]) < 5 / np.sqrt(1000)


def test_the_draws_are_these_on_every_machine() -> None:
    column = Design(1, 48).column("war_cost")
    np.testing.assert_allclose(column[:3], [0.032732965601713716, 0.9425070453655274, 0.3674452744334176], rtol=1e-12)


def test_redraws_depend_on_the_block_alone() -> None:
    links = [("a", "b", 0.9)]
    small, large = Design(3, 8000), Design(3, 20_000)
    both = small.redrawn(5, 1, ["a", "b", "c"], links)
    assert np.corrcoef(ndtri(both["a"]), ndtri(both["b"]))[0, 1] == pytest.approx(0.9, abs=0.05)
    np.testing.assert_array_equal(large.redrawn(5, 1, ["b"], links)["b"], both["b"])
    last = Design(3, 8007).redrawn(16, 1, ["a", "b"], links)["b"]
    np.testing.assert_array_equal(last, large.redrawn(16, 1, ["b"], links)["b"][:7])


@pytest.mark.parametrize("worlds", [1600, 10_000])
def test_correlated_names_keep_their_strata_and_get_their_correlation(worlds: int) -> None:
    design = Design(1, worlds)
    links = [("a", "b", 0.7), ("c", "b", -0.3), ("x", "y", -0.95)]
    drawn = design.columns(["a", "b", "c", "x", "y", "z"], links)
    for column in drawn.values():
        assert is_stratified(column, design.blocks)
    scores = {name: ndtri(column) for name, column in drawn.items()}
    wanted = {("a", "b"): 0.7, ("b", "c"): -0.3, ("a", "c"): 0.0, ("x", "y"): -0.95, ("a", "x"): 0.0, ("z", "a"): 0.0}
    for (first, second), value in wanted.items():
        found = np.corrcoef(scores[first], scores[second])[0, 1]
        joined = {first, second} <= {"a", "b", "c"} or {first, second} == {"x", "y"}
        assert abs(found - value) < (0.005 if joined else 5 / np.sqrt(worlds)), (first, second, found)
    np.testing.assert_array_equal(drawn["z"], design.column("z"))
    np.testing.assert_array_equal(drawn["a"], design.column("a"))


@pytest.mark.slow
@pytest.mark.parametrize("worlds", [1, 2, 16, 17, 48, 500, 1000, 1600, 3000, 8001])
def test_small_blocks_are_correlated_as_large_ones(worlds: int) -> None:
    """Moments over many seeds are those of the Gaussian copula (mean of the scores' product, both in a fifth), and each
    number alone stays uniform: too few worlds for ranks, or the smallest with ranks, bend neither."""
    links, count = [("a", "b", 0.5), ("a", "c", 0.5), ("a", "d", -0.7)], max(40, tried(40_000) // worlds)
    drawn = [Design(seed, worlds).columns(["a", "b", "c", "d"], links) for seed in range(count)]
    for name in "abcd":
        assert kstest(np.concatenate([columns[name] for columns in drawn]), "uniform").pvalue > 1e-4
    for first, second, wanted in (("a", "b", 0.5), ("b", "c", 0.0), ("a", "d", -0.7)):
        pairs = [(columns[first], columns[second]) for columns in drawn]
        products = np.array([np.mean(ndtri(u) * ndtri(v)) for u, v in pairs])
        error = products.std() / np.sqrt(count)
        assert abs(products.mean() - wanted) < 4 * error + 0.005
        fifths = np.array([np.mean((u < 0.2) & (v < 0.2)) for u, v in pairs])
        exact = multivariate_normal([0, 0], [[1, wanted], [wanted, 1]]).cdf([ndtri(0.2), ndtri(0.2)])
        assert abs(fifths.mean() - exact) < 4 * fifths.std() / np.sqrt(count) + 1e-3


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
