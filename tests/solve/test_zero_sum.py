"""Zero-sum games by linear programs: the value is that of exact numbers, and nothing is left to gain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.solve.games import irregular_tree, matrix, random_form, random_tree
from tests.tried import tried

from quandary.base import Array, Problem, Refusal
from quandary.game import StrategicForm, Tree
from quandary.onegame import Equilibrium, Smallest, mixed, smallest, zero_sum
from quandary.onegame.listing import zero_sum as module

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


def exactly(game: Game, monkeypatch: pytest.MonkeyPatch) -> Equilibrium | None:
    """Return what the programs in exact numbers find, ``None`` where they are too large."""

    def fail(*_: object, **__: object) -> Smallest:
        raise Refusal(Problem("Q458", "no program is solved."))

    with monkeypatch.context() as patched:
        patched.setattr(module, "smallest", fail)
        try:
            return zero_sum(game).found[0]
        except Refusal:
            return None


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(tried(12)))
def test_floats_and_fractions_find_the_same_value(seed: int, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    for game in drawn(seed):
        size = float(np.abs(game.payoffs).max()) or 1.0
        found = zero_sum(game).found[0]
        assert len(asked) == 1
        asked.clear()
        assert found.regret <= found.residual <= 1e-13 * size
        for rule in found.rules.values():
            assert np.isnan(rule).all() or (rule.min() >= 0.0 and rule.sum() == pytest.approx(1.0, abs=1e-14))
        other = exactly(game, monkeypatch)
        if other is None:
            continue
        compared += 1
        for player in game.players:
            assert abs(found.values[player] - other.values[player]) <= 1e-9 * size
        assert set(found.rules) == set(other.rules)
    assert compared >= 25


@pytest.mark.parametrize("seed", range(30))
def test_the_value_is_that_of_the_exact_equilibria(seed: int) -> None:
    rng = np.random.default_rng(seed)
    game = of(rng.integers(0, 4, size=rng.integers(2, 6, size=2)).astype(np.float64))
    value = zero_sum(game).found[0].values["row"]
    exact = [found.values["row"] for found in mixed(game).found]
    assert exact and max(abs(value - each) for each in exact) <= 1e-13


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
    assert len(asked) == 1 and found.residual <= 1e-12 * size
    if kind == "circular":
        assert found.values["row"] == pytest.approx((size - 1) / 2, abs=1e-12)
    if kind == "diagonal":
        assert found.values["row"] == pytest.approx(1 / size, abs=1e-14)


def test_rock_that_pays_double(asked: list[str]) -> None:
    """Rock, paper, scissors where rock wins two points: by hand the shares are 1/4, 1/2, 1/4."""
    found = zero_sum(of(np.array([[0.0, -1.0, 2.0], [1.0, 0.0, -1.0], [-2.0, 1.0, 0.0]]))).found[0]
    for which in (0, 1):
        np.testing.assert_allclose(found.rules[which], [0.25, 0.5, 0.25], atol=1e-15)
    assert len(asked) == 1 and abs(found.values["row"]) <= 1e-15


def test_what_leaves_too_much_to_gain_is_solved_again(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans of the first program that are no good are replaced: by the second one's, then by those in exact numbers."""

    def poor(aim: Array, *, what: str, **given: Any) -> Smallest:
        asked.append(what)
        found = smallest(aim, what=what, **given)
        return Smallest(found.value, np.eye(len(found.x))[0] + np.eye(len(found.x))[1], found.multipliers)

    monkeypatch.setattr(module, "smallest", poor)
    found = zero_sum(of(np.array([[1.0, -1.0], [-1.0, 1.0]]))).found[0]
    assert asked == ["the linear program of row", "the linear program of column"]
    np.testing.assert_array_equal(found.rules[0], [0.5, 0.5])
    assert found.values["row"] == found.residual == 0.0


def test_a_large_game_takes_one_program(asked: list[str]) -> None:
    """Its multipliers are the other's behaviour, which the count of what both can gain confirms."""
    found = zero_sum(of(np.random.default_rng(0).normal(size=(130, 130))))
    assert len(asked) == 1 and not found.stopped and len(found.limits) == 1
    assert found.found[0].residual <= 1e-11


@pytest.mark.parametrize("offset", [0.0, 1e6, 1e9])
def test_payoffs_far_from_zero_are_told_apart(offset: float) -> None:
    numbers = np.array([[3.0, 0.0], [1.0, 2.0]])
    found = zero_sum(matrix((numbers + offset).tolist(), (5.0 - numbers).tolist())).found[0]
    np.testing.assert_allclose(found.rules[0], [0.25, 0.75], atol=1e-9)
    np.testing.assert_allclose(found.rules[1], [0.5, 0.5], atol=1e-9)
    assert found.values["row"] == pytest.approx(1.5 + offset, rel=1e-15, abs=1e-12)
    assert found.values["column"] == pytest.approx(3.5, abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_payoffs_of_all_sizes_in_one_game(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(10):
        shape = rng.integers(2, 9, size=2)
        numbers = 10.0 ** rng.uniform(-9, 9, shape) * rng.choice([-1.0, 1.0], shape)
        assert zero_sum(of(numbers)).found[0].regret <= 1e-7 * float(np.ptp(numbers))


@pytest.mark.slow
def test_nearly_tied_payoffs_leave_hardly_anything_to_gain() -> None:
    """They differ by a billionth of their range, which is less than HiGHS comes to its equations."""
    for seed in range(tried(40)):
        rng = np.random.default_rng(seed)
        shape = rng.integers(2, 20, size=2)
        game = of(rng.integers(0, 2, shape) + 1e-9 * rng.normal(size=shape))
        assert zero_sum(game).found[0].regret <= 1e-10
