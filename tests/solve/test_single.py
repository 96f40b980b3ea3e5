"""Small games of one world, followed with exact derivatives: the general way's branch, and where another crosses it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.laws.diagrams import random_diagram

from quandary.game import Profile, StrategicForm, StrategicGame, Tree, TreeGame, leaves_of_matrix, unroll
from quandary.onegame import read_efg, read_game, tree_of
from quandary.solve import LogitSettings, Pace, Response, concept_named, single
from quandary.solve.logit import logit

SLOWLY = LogitSettings(always_trace=True, pace=Pace().finer())


def _form(payoffs: np.ndarray) -> StrategicForm:
    players = tuple("abcd"[: len(payoffs)])
    return StrategicForm(players, tuple(tuple(f"s{i}" for i in range(n)) for n in payoffs.shape[1:-1]), payoffs)


def _apart(first: Profile, second: Profile, world: int = 0) -> float:
    gaps = [np.abs(a[..., 0] - b[..., world]).max() for a, b in zip(first, second, strict=True)]
    return float(max(gaps, default=0.0))


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(2, 2), (3, 4), (2, 2, 2), (2, 3, 2, 2)])
@pytest.mark.parametrize("scale", [1.0, 3.0, 8.0])
def test_matrices_end_where_slow_tracing_ends(shape: tuple[int, ...], scale: float) -> None:
    worlds = 40
    payoffs = scale * np.random.default_rng(len(shape)).normal(size=(len(shape), *shape, worlds))
    slow = logit(StrategicGame(_form(payoffs)), SLOWLY)
    assert slow.converged.all()
    for world in range(worlds):
        leaves = leaves_of_matrix(payoffs[..., world], [1.0] * len(shape))
        assert leaves is not None
        found = single(leaves, 1e-10)
        assert found is not None and not found.crossed
        assert _apart(found.profile, slow.profile, world) < 1e-8


@pytest.mark.parametrize("seed", range(25))
def test_trees_end_where_slow_tracing_ends(seed: int) -> None:
    tree = unroll(random_diagram(seed, worlds=1, variables=4)).tree
    tree = replace(tree, precision={p: np.array([2.0]) for p in tree.players})
    game = TreeGame(tree)
    leaves = game.leaves()
    assert leaves is not None
    quick, slow = single(leaves, 1e-10), logit(game, SLOWLY)
    assert quick is not None and slow.converged.all()
    assert _apart(quick.profile, slow.profile) < 1e-8


@pytest.mark.slow
def test_every_small_game_of_the_catalogue(gambit: Path) -> None:
    """A game that the general way solves has the same equilibrium; and there is none that neither way solves."""
    seen, small = 0, 0
    for file in sorted([*gambit.glob("*.efg"), *gambit.glob("*.nfg")]):
        game = read_game(file)
        playable = TreeGame(game) if isinstance(game, Tree) else StrategicGame(game)  # type: ignore[arg-type]
        leaves = playable.leaves()
        if leaves is None:
            continue
        small += 1
        found = single(leaves, 1e-10)
        if found is None:
            continue
        seen += 1
        slow = logit(playable, replace(SLOWLY, pace=Pace())) if len(leaves.set_of) <= 12 else None
        if slow is not None and slow.converged.all():
            assert _apart(found.profile, slow.profile) < 1e-7, file.name
            assert found.crossed == (slow.crossed is not None and bool(slow.crossed[0])), file.name
    assert seen >= 0.9 * small > 0


def test_derivatives_are_those_of_the_response() -> None:
    tree = unroll(random_diagram(3, worlds=1, variables=5)).tree
    leaves = TreeGame(tree).leaves()
    assert leaves is not None and not leaves.certain
    response = Response(leaves)
    free = np.ones(response.rows, dtype=np.bool_)
    free[leaves.starts] = False
    odds = np.where(free, np.random.default_rng(0).normal(size=response.rows), 0.0)
    _, slopes, by_t = response.linearised(odds, 0.7)
    for row in np.flatnonzero(free):
        nudge = 1e-6 * np.eye(response.rows)[row]
        slope = (response.image(odds + nudge, 0.7) - response.image(odds - nudge, 0.7)) / 2e-6
        np.testing.assert_allclose(slopes[:, row], slope, atol=1e-7)
    slope = (response.image(odds, 0.7 + 1e-6) - response.image(odds, 0.7 - 1e-6)) / 2e-6
    np.testing.assert_allclose(by_t, slope, atol=1e-7)


def test_the_image_is_the_tree_games_own() -> None:
    tree = unroll(random_diagram(5, worlds=1, variables=5)).tree
    game = TreeGame(tree)
    leaves = game.leaves()
    assert leaves is not None
    response = Response(leaves)
    odds = np.random.default_rng(1).normal(size=response.rows)
    odds[leaves.starts] = 0.0
    image = response.image(odds, 1.0)
    for values, point, (row, sets, options) in zip(
        game.values(response.profile(odds)), game.points, leaves.shapes, strict=True
    ):
        expected = (values - values[:, :1])[..., 0] * point.precision
        np.testing.assert_allclose(image[row : row + sets * options].reshape(sets, options), expected, atol=1e-12)


def test_a_symmetric_game_is_followed_straight_over_the_crossing() -> None:
    """Battle of the sexes at precision 3: beyond the crossing both still play their own favourite equally often."""
    payoffs = np.array([[[2.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 2.0]]])
    leaves = leaves_of_matrix(payoffs, [3.0, 3.0])
    assert leaves is not None
    found = single(leaves, 1e-10)
    assert found is not None and found.crossed and found.residual <= 1e-10
    three = np.array([3.0])
    row, column = found.profile[0][0, 0, 0], found.profile[1][0, 1, 0]
    assert abs(row - column) < 1e-9
    gain = 2.0 * (1.0 - column) - column
    assert abs(row - 1.0 / (1.0 + np.exp(-3.0 * gain))) < 1e-9
    told = (
        concept_named("logit")
        .find(StrategicGame(replace(_form(payoffs[..., None]), precision={"a": three, "b": three})), LogitSettings())
        .warnings
    )
    assert any("crosses the branch" in warning for warning in told)
    leaning = logit(StrategicGame(_form((payoffs * np.array([1.0, 1.01])[:, None, None])[..., None])), LogitSettings())
    assert leaning.crossed is None or not leaning.crossed.any(), "a game that leans has no crossing"


def test_payoffs_that_leave_no_float_for_some_leaves() -> None:
    """At log-odds of thousands each set's beliefs still come from its own likeliest leaves."""
    text = (
        'EFG 2 R "t" { "a" "b" }\n'
        'p "" 1 1 "" { "l" "m" "r" } 0\n'
        't "" 1 "" { 5000 0 }\n'
        'p "" 2 1 "" { "x" "y" } 0\nt "" 2 "" { 1 1 }\nt "" 3 "" { 0 0 }\n'
        'p "" 2 1 "" { "x" "y" } 0\nt "" 4 "" { 2 1 }\nt "" 5 "" { 0 0 }\n'
    )
    game = TreeGame(tree_of(read_efg(text)))
    leaves = game.leaves()
    assert leaves is not None
    found = single(leaves, 1e-10)
    assert found is not None
    assert abs(found.profile[1][0, 0, 0] - 1.0 / (1.0 + np.exp(-1.0))) < 1e-10
    assert found.profile[0][0, 0, 0] == 1.0


@pytest.mark.parametrize("odds", ['{ "h" 1 "t" 0 }', '{ "h" 1/2 "t" 1/2 }'])
def test_what_is_left_to_the_general_way(odds: str) -> None:
    text = f'EFG 2 R "t" {{ "a" }}\nc "" 1 "" {odds} 0\n' + 2 * (
        'p "" 1 1 "" { "x" "y" } 0\nt "" 1 "" { 1 }\nt "" 2 "" { 0 }\n'
    )
    tree = tree_of(read_efg(text))
    assert (TreeGame(tree).leaves() is None) == ("0" in odds.split())
    assert TreeGame(tree, {"a": np.array([np.inf])}).leaves() is None
    assert TreeGame(tree, {"a": np.array([1.0, 2.0])}).leaves() is None
    second = TreeGame(tree, {"a": np.array([1.0, 2.0])}).in_worlds(np.array([1]))
    assert (second.leaves() is None) == ("0" in odds.split())


def test_a_set_that_a_path_passes_twice_is_left_to_the_general_way() -> None:
    text = (
        'EFG 2 R "t" { "a" }\np "" 1 1 "" { "x" "y" } 0\n'
        'p "" 1 1 "" { "x" "y" } 0\nt "" 1 "" { 0 }\nt "" 2 "" { 4 }\nt "" 3 "" { 1 }\n'
    )
    assert TreeGame(tree_of(read_efg(text))).leaves() is None
