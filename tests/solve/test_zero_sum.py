"""Small zero-sum games are solved by pivots of our own: HiGHS finds the same value, and answers where they fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from tests.solve.games import irregular_tree, matrix, random_form, random_tree

from quandary.base.arrays import Array
from quandary.game.strategic import StrategicForm
from quandary.game.trees.tree import Tree
from quandary.onegame.equilibria import Equilibrium
from quandary.onegame.listing import zero_sum as module
from quandary.onegame.listing.mixed import mixed
from quandary.onegame.listing.zero_sum import zero_sum
from quandary.onegame.programs.linear_program import Smallest, smallest
from quandary.onegame.programs.sequence_form import sequence_form
from quandary.onegame.programs.simplex import maxmin

Game = StrategicForm | Tree
SCALES = (1.0, 1e-9, 1e9)


def of(numbers: Array) -> StrategicForm:
    return matrix(numbers.tolist(), (-numbers).tolist())


def random_matrix(rng: np.random.Generator) -> StrategicForm:
    """Return a matrix, from one strategy each on; some with ties, some with strategies alike or dominated."""
    sizes = rng.integers(1, 9, size=2).tolist()
    numbers = random_form(rng, sizes, ties=bool(rng.integers(2))).payoffs[0, ..., 0]
    if rng.integers(3) == 0:
        numbers[:, -1] = numbers[:, 0] + rng.integers(0, 2)
    if rng.integers(3) == 0:
        numbers[-1] = numbers[0]
    return of(numbers)


def random_duel(rng: np.random.Generator) -> Tree:
    """Return a tree: regular with payoffs at its ends, or irregular with ties, zero chance and sets of one action."""
    if rng.integers(2):
        tree = random_tree(rng, players=2, depth=int(rng.integers(1, 6)), zero_sum=True)
        return replace(tree, payoffs=np.round(tree.payoffs)) if rng.integers(2) else tree
    tree = irregular_tree(rng, int(rng.integers(4, 60)))
    while len(tree.players) != 2:
        tree = irregular_tree(rng, int(rng.integers(4, 60)))
    return replace(tree, payoffs=tree.payoffs[[0, 0]] * np.array([1.0, -1.0])[:, None, None])


def drawn(seed: int, count: int = 50) -> Iterator[Game]:
    for k in range(count):
        rng = np.random.default_rng((seed, k))
        game: Game = random_matrix(rng) if k % 2 else random_duel(rng)
        yield replace(game, payoffs=game.payoffs * SCALES[k % len(SCALES)])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the programs that HiGHS is asked for, as they are."""
    names: list[str] = []

    def counting(*given: Array, what: str, **named: object) -> Smallest:
        names.append(what)
        return smallest(*given, what=what, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "smallest", counting)
    return names


def by_highs(game: Game, monkeypatch: pytest.MonkeyPatch) -> Equilibrium:
    with monkeypatch.context() as patched:
        patched.setattr(module, "CELLS", 0)
        patched.setattr(module, "CLOSE", -1.0)
        return zero_sum(game).found[0]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_pivots_and_highs_find_the_same_value(seed: int, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for game in drawn(seed):
        size = float(np.abs(game.payoffs).max()) or 1.0
        found = zero_sum(game).found[0]
        assert not asked
        assert found.regret <= found.residual <= 1e-13 * size
        other = by_highs(game, monkeypatch)
        assert asked
        asked.clear()
        for player in game.players:
            assert abs(found.values[player] - other.values[player]) <= 1e-9 * size
        assert set(found.rules) == set(other.rules)
        for rule in found.rules.values():
            assert np.isnan(rule).all() or (rule.min() >= 0.0 and rule.sum() == pytest.approx(1.0, abs=1e-14))


@pytest.mark.parametrize("seed", range(30))
def test_the_value_is_that_of_the_exact_equilibria(seed: int) -> None:
    rng = np.random.default_rng(seed)
    game = of(rng.integers(0, 4, size=rng.integers(2, 6, size=2)).astype(np.float64))
    value = zero_sum(game).found[0].values["row"]
    exact = [found.values["row"] for found in mixed(game).found]
    assert exact and max(abs(value - each) for each in exact) <= 1e-13


@pytest.mark.parametrize("seed", range(20))
def test_plans_are_plans_and_leave_no_gap(seed: int) -> None:
    for game in drawn(seed, 10):
        form = sequence_form(game)
        for who in (0, 1):
            sparse, sums = form.payoffs(who).toarray(), 1e-14 * float(np.abs(form.gathered).max())
            np.testing.assert_allclose(form.dense(who), sparse, rtol=0.0, atol=sums)
        plans = maxmin(form.dense(0), *form.plans)
        assert plans is not None
        for own, plan in zip(form.plans, plans, strict=True):
            assert plan.shape == (own.count,) and plan.min() >= 0.0
            np.testing.assert_allclose(own.constraints() @ plan, own.right, atol=1e-13)


@pytest.mark.parametrize("size", [5, 12, 30, 90])
@pytest.mark.parametrize("kind", ["zeros and ones", "circular", "one rank", "flat", "diagonal"])
def test_degenerate_matrices_do_not_cycle(kind: str, size: int, asked: list[str]) -> None:
    rng = np.random.default_rng(size)
    numbers = {
        "zeros and ones": rng.integers(0, 2, (size, size)),
        "circular": np.add.outer(np.arange(size), np.arange(size)) % size,
        "one rank": np.outer(rng.integers(-2, 3, size), rng.integers(-2, 3, size)),
        "flat": np.ones((size, size)),
        "diagonal": np.eye(size),
    }[kind].astype(np.float64)
    found = zero_sum(of(numbers)).found[0]
    assert not asked and found.residual <= 1e-12 * size
    if kind == "circular":
        assert found.values["row"] == pytest.approx((size - 1) / 2, abs=1e-12)
    if kind == "diagonal":
        assert found.values["row"] == pytest.approx(1 / size, abs=1e-14)


def test_rock_that_pays_double(asked: list[str]) -> None:
    """Rock, paper, scissors where rock wins two points: by hand the shares are 1/4, 1/2, 1/4."""
    found = zero_sum(of(np.array([[0.0, -1.0, 2.0], [1.0, 0.0, -1.0], [-2.0, 1.0, 0.0]]))).found[0]
    for which in (0, 1):
        np.testing.assert_allclose(found.rules[which], [0.25, 0.5, 0.25], atol=1e-15)
    assert not asked and abs(found.values["row"]) <= 1e-15


@pytest.mark.parametrize("failing", [None, "anywhere"])
def test_what_leaves_too_much_to_gain_goes_to_highs(
    failing: str | None, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def poor(payoffs: Array, *_: object) -> tuple[Array, Array] | None:
        rows, columns = payoffs.shape
        return None if failing is None else (np.eye(rows)[0] + np.eye(rows)[1], np.eye(columns)[0] + np.eye(columns)[1])

    monkeypatch.setattr(module, "maxmin", poor)
    found = zero_sum(of(np.array([[1.0, -1.0], [-1.0, 1.0]]))).found[0]
    assert asked == ["the linear program of row"]
    np.testing.assert_allclose(found.rules[0], [0.5, 0.5], atol=1e-12)
    assert abs(found.values["row"]) <= 1e-12 and found.residual <= 1e-12


def test_a_large_game_takes_one_program(asked: list[str]) -> None:
    """Its multipliers are the other's behaviour, which the count of what both can gain confirms."""
    found = zero_sum(of(np.random.default_rng(0).normal(size=(130, 130))))
    assert len(asked) == 1 and not found.stopped and len(found.limits) == 1
    assert found.found[0].residual <= 1e-11


@pytest.mark.parametrize("offset", [0.0, 1e6, 1e9])
@pytest.mark.parametrize("cells", [0, 10_000])
def test_payoffs_far_from_zero_are_told_apart(offset: float, cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CELLS", cells)
    numbers = np.array([[3.0, 0.0], [1.0, 2.0]])
    found = zero_sum(matrix((numbers + offset).tolist(), (5.0 - numbers).tolist())).found[0]
    np.testing.assert_allclose(found.rules[0], [0.25, 0.75], atol=1e-9)
    np.testing.assert_allclose(found.rules[1], [0.5, 0.5], atol=1e-9)
    assert found.values["row"] == pytest.approx(1.5 + offset, rel=1e-15, abs=1e-12)
    assert found.values["column"] == pytest.approx(3.5, abs=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_payoffs_of_all_sizes_in_one_game(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(10):
        shape = rng.integers(2, 9, size=2)
        numbers = 10.0 ** rng.uniform(-9, 9, shape) * rng.choice([-1.0, 1.0], shape)
        assert zero_sum(of(numbers)).found[0].regret <= 1e-7 * float(np.ptp(numbers))


@pytest.mark.slow
def test_nearly_tied_payoffs_are_no_worse_than_by_highs(monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(40):
        rng = np.random.default_rng(seed)
        shape = rng.integers(2, 20, size=2)
        game = of(rng.integers(0, 2, shape) + 1e-9 * rng.normal(size=shape))
        allowed = max(1e-10, 1.01 * by_highs(game, monkeypatch).regret)
        assert zero_sum(game).found[0].regret <= allowed
