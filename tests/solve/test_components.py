"""What ``mixed`` says of components and of degenerate games, held against the definitions in exact fractions.

The games are every two-player file of Gambit's and of the textbooks, random games full of ties, and published
degenerate games whose components are known. ``bimatrix`` and ``truth.exact_forms`` share nothing with the solver.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.solve.bimatrix import (
    Matrix,
    Pair,
    connected,
    degenerate,
    extreme_equilibria,
    maximal_subsets,
    mixtures,
    numerators,
    regret,
    scaled,
    turned,
)
from tests.truth.exact_forms import Forgets, exact_matrices
from tests.truth.gambit_games import game_of

from quandary.game import InformationSet, Tree
from quandary.onegame import (
    SETS_AT_MOST,
    Component,
    Enumerated,
    components_of,
    enumerated,
    exact,
    exact_payoffs,
    mixed,
    pure,
    strategic_form,
)

CELLS_AT_MOST = 300
MIXTURES_AT_MOST = 600
NOT_HERE = {"tests__large_payoff_game.efg": "its payoffs of twenty digits are no floats"}


def told(first: Matrix, second: Matrix) -> tuple[list[Pair], tuple[Component, ...], Enumerated]:
    found = enumerated(first, second, early=10**6)
    assert found.complete
    pairs = [(pair.first, pair.second) for pair in found.pairs]
    return pairs, components_of([pair.vertices for pair in found.pairs]), found


def weights(count: int, seed: int) -> Iterator[list[int]]:
    draw = random.Random(seed)
    for _ in range(3):
        yield [draw.randint(0, 20) for _ in range(count - 1)] + [1]


def check(first: Matrix, second: Matrix) -> None:
    """Hold everything that is said of one game against the definitions."""
    pairs, parts, found = told(first, second)
    assert len(set(pairs)) == len(pairs)
    payoffs = scaled(first), scaled(second)
    for x, y in pairs:
        assert sum(x) == sum(y) == 1 and min(x) >= 0 <= min(y) and regret(*payoffs, numerators(x), numerators(y)) == 0
    sets = {frozenset(pairs[k] for k in own) for part in parts for own in part.sets}
    for own in sets:
        xs, ys = ({pair[k] for pair in own} for k in (0, 1))
        assert len(own) == len(xs) * len(ys)
        some = mixtures(sorted(xs), weights(len(xs), 1)), mixtures(sorted(ys), weights(len(ys), 2))
        every = 1 + len(some[0]) * len(some[1]) * len(sets) // MIXTURES_AT_MOST
        for left, right in itertools.islice(itertools.product(*some), 0, None, every):
            assert regret(*payoffs, left, right) == 0
    wanted = maximal_subsets(pairs)
    assert sets == wanted if len(wanted) < SETS_AT_MOST else sets < wanted
    assert {frozenset(pairs[k] for k in part.members) for part in parts} == connected(pairs)
    known = extreme_equilibria(*payoffs)
    if known is not None:
        assert set(known) == set(pairs)
        assert found.degenerate == (degenerate(payoffs[1]), degenerate(turned(payoffs[0])))
    assert found.degenerate is not None
    if not any(found.degenerate):
        assert len(pairs) % 2 == 1 and all(part.isolated for part in parts)


Matrices = tuple[Matrix, Matrix]


def two_player_files(folder: Path) -> Iterator[tuple[Path, Matrices | str]]:
    """Yield each file of two players with its payoffs, or with the reason for which it is left out."""
    for path in sorted([*folder.glob("*.efg"), *folder.glob("*.nfg")]):
        try:
            matrices = exact_matrices(path)
        except Forgets:
            yield path, "a player forgets"
            continue
        if matrices is None:
            continue
        rows, columns = len(matrices[0]), len(matrices[0][0])
        yield path, f"{rows} x {columns} strategies" if rows * columns > CELLS_AT_MOST else matrices


def folder_of(which: str, request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(which)
    return folder if which == "gambit" else folder / "games"


@pytest.mark.slow
@pytest.mark.parametrize("which", ["gambit", "textbook"])
def test_every_file_of_two_players(which: str, request: pytest.FixtureRequest) -> None:
    for path, matrices in two_player_files(folder_of(which, request)):
        if isinstance(matrices, str):
            continue
        if path.name not in NOT_HERE:
            game = game_of(path)
            ours = exact_payoffs(strategic_form(game) if isinstance(game, Tree) else game)
            assert [list(map(list, own)) for own in ours] == [list(map(list, own)) for own in matrices], path.name
        check(*matrices)


@pytest.mark.parametrize("which", ["gambit", "textbook"])
def test_what_was_left_out(which: str, request: pytest.FixtureRequest) -> None:
    left = [f"{path.name}: {why}" for path, why in two_player_files(folder_of(which, request)) if isinstance(why, str)]
    if left:
        pytest.skip(f"components not checked: {'; '.join(left)}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_random_games_full_of_ties(seed: int) -> None:
    draw = random.Random(seed)
    rows, columns, most = draw.randint(1, 4), draw.randint(1, 5), draw.randint(1, 4)
    first, second = ([[Fraction(draw.randint(0, most)) for _ in range(columns)] for _ in range(rows)] for _ in range(2))
    check(first, second)


def whole(rows: Sequence[Sequence[int]]) -> list[list[Fraction]]:
    return [[Fraction(v) for v in row] for row in rows]


def fractions(*written: str) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, written))


def test_a_segment_beside_an_isolated_point() -> None:
    """The degenerate variant of the 3 x 2 game in von Stengel (2007), *Algorithmic Game Theory*, section 3.6: row one
    with any column mixture of at least 2/3 on the first, and one equilibrium apart."""
    first, second = whole([[3, 3], [2, 5], [0, 6]]), whole([[3, 3], [2, 6], [3, 1]])
    check(first, second)
    pairs, parts, found = told(first, second)
    top = fractions("1", "0", "0")
    segment = {(top, fractions("1", "0")), (top, fractions("2/3", "1/3"))}
    apart = (fractions("0", "1/3", "2/3"), fractions("1/3", "2/3"))
    assert {frozenset(pairs[k] for k in part.members) for part in parts} == {frozenset(segment), frozenset([apart])}
    assert found.degenerate == (True, False)


def test_six_segments_in_a_ring() -> None:
    """Kohlberg & Mertens (1986), *Econometrica* 54, figure 3 and appendix A: all equilibria of this game form one
    component that is a ring of six segments."""
    first, second = whole([[1, 0, -1], [-1, 0, -1], [1, 0, -2]]), whole([[1, -1, 1], [0, 0, 0], [-1, -1, -2]])
    check(first, second)
    pairs, parts, found = told(first, second)
    (part,) = parts
    assert len(pairs) == 6 and found.degenerate == (True, True)
    assert len(part.sets) == 6 and all(len(own) == 2 for own in part.sets)
    meetings = [sum(k in own for own in part.sets) for k in range(6)]
    assert meetings == [2] * 6


def test_ties_that_floats_would_break() -> None:
    """0.1 * 7 + 0.2 * 0 - 0.7 * 1 is zero, though not in floats: to the column player left is worth what right is."""
    lotteries = InformationSet(None, ("a", "b", "c"), "", np.array([[0.1], [0.2], [0.7]]))
    sets = (InformationSet("row", ("up", "down")), InformationSet("column", ("left", "right")), lotteries)
    parent, action, set_of, outcome = [-1], [-1], [0], [-1]
    payoffs = [[1.0, 0.0], [2.0, 0.0], [0.0, 7.0], [0.0, 0.0], [0.0, -1.0]]

    def add(before: int, move: int, which: int, pays: int) -> int:
        parent.append(before)
        action.append(move)
        set_of.append(which)
        outcome.append(pays)
        return len(parent) - 1

    for move in (0, 1):
        node = add(0, move, 1, -1)
        lottery = add(node, 0, 2, -1)
        for chance in (0, 1, 2):
            add(lottery, chance, -1, 2 + chance)
        add(node, 1, -1, move)
    nodes = [np.array(own) for own in (parent, action, set_of, outcome)]
    tree = Tree(("row", "column"), sets, nodes[0], nodes[1], nodes[2], nodes[3], np.array(payoffs).T[..., None])
    floats = strategic_form(tree).form.payoffs[..., 0]
    assert floats[1, 0, 0] != 0.0
    first, second = exact_payoffs(strategic_form(tree))
    assert second == [[0, 0], [0, 0]] and first == [[0, 1], [0, 2]]
    check(first, second)
    found = mixed(tree)
    assert found.degenerate == ("row", "column")
    assert any(not part.isolated for part in found.components)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0.1 + 0.2, "3/10"),
        (0.04782969000000001, "0.04782969"),
        (1 / 3, "1/3"),
        (2 / 7 * 1e9, "2000000000/7"),
        (1e-9, "1e-9"),
        (123456789.12345, "123456789.12345"),
        (0.0, "0"),
        (-5e18, "-5e18"),
        (1e300, "1e300"),
    ],
)
def test_a_float_stands_for_the_plainest_number(value: float, number: str) -> None:
    assert exact(value) == Fraction(number)


def test_a_float_without_a_plain_number_keeps_its_value() -> None:
    for value in np.random.default_rng(0).normal(size=200).tolist():
        assert abs(exact(value) - Fraction(value)) <= abs(Fraction(value)) / 10**13


def test_what_a_player_rules_out_itself_is_told_as_open() -> None:
    """One who stays out never comes to its second choice: a point of the reduced form, a continuum in behaviour. What
    the other would have answered is named by its strategy, and is a continuum in the reduced form as well."""
    sets = (InformationSet("a", ("out", "in")), InformationSet("b", ("l", "r")), InformationSet("a", ("x", "y")))
    tree = Tree(
        ("a", "b"),
        sets,
        np.array([-1, 0, 0, 2, 2, 4, 4]),
        np.array([-1, 0, 1, 0, 1, 0, 1]),
        np.array([0, -1, 1, -1, 2, -1, -1]),
        np.array([-1, 0, -1, 1, -1, 2, 3]),
        np.array([[3.0, 1.0, 0.0, 2.0], [0.0, 1.0, 0.0, 2.0]])[..., None],
    )
    for found in (mixed(tree), pure(tree)):
        assert found.complete and all(np.isnan(e.rules[2]).all() for e in found.found)
        assert any("in behaviour" in limit for limit in found.limits)
    assert any(not part.isolated for part in mixed(tree).components)
    named = replace(tree, payoffs=tree.payoffs * np.array([-1.0, 1.0])[:, None, None])
    reached = pure(named)
    assert reached.complete and not any(np.isnan(e.rules[2]).any() for e in reached.found)
    assert not any("in behaviour" in limit for limit in reached.limits)
