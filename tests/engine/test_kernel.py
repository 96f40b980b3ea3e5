"""The compiled pass against the pass by tables, where numba is installed."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from tests.laws.diagrams import random_diagram

from quandary.engine import DiagramGame, FusedPass
from quandary.engine.playing import diagram_game
from quandary.engine.programs import writing
from quandary.game import Chance, Decision, Diagram, Table, Utility, prune
from quandary.solve import Sweep, agenda_of, solve

needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason='the compiled pass needs "quandary[fast]"')


def compiled(monkeypatch: pytest.MonkeyPatch, *, yes: bool) -> None:
    monkeypatch.setattr(diagram_game, "worthwhile", lambda game: yes)


def drawn(seed: int, worlds: int = 11) -> Diagram:
    return random_diagram(seed, players=2, variables=6, worlds=worlds, memory=seed % 3 > 0, bars=seed % 2 == 0)


@needs_numba
@pytest.mark.parametrize("seed", range(40))
def test_one_pass_is_the_same_by_tables_and_compiled(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    diagram = prune(drawn(seed)).diagram
    compiled(monkeypatch, yes=False)
    game = DiagramGame(diagram)
    tables = Sweep(game, agenda_of(game))
    compiled(monkeypatch, yes=True)
    fast_game = DiagramGame(diagram)
    fast = Sweep(fast_game, agenda_of(fast_game))
    if not tables.size:
        assert fast.fused is None
        return
    rng = np.random.default_rng(seed)
    state, scale = rng.normal(size=(tables.size, game.worlds)), rng.uniform(0.0, 2.0, game.worlds)
    assert isinstance(fast.fused, FusedPass)
    np.testing.assert_allclose(fast(state, scale), tables(state, scale), rtol=1e-12, atol=1e-12)
    ours, theirs = fast.finish(scale), tables.finish(scale)
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-12, atol=1e-12)
    assert isinstance(fast.fused, FusedPass)


def pass_of(diagram: Diagram) -> tuple[FusedPass, Sweep]:
    game = DiagramGame(diagram)
    game.plan.programs.clear()
    sweep = Sweep(game, agenda_of(game))
    assert isinstance(sweep.fused, FusedPass)
    return sweep.fused, sweep


@needs_numba
@pytest.mark.parametrize("options", range(2, 7))
def test_sets_of_any_number_of_options_are_answered_as_by_tables(options: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(options)
    names = tuple(f"o{i}" for i in range(options))
    variables = (
        Chance("kind", ("low", "high")),
        Decision("a", names, "A", ("kind",)),
        Decision("b", names, "B", ("a",)),
        Decision("c", names, "A", ("kind", "a", "b")),
    )
    axes = ("kind", "a", "b", "c")
    shape = (2, options, options, options, 11)
    utilities = tuple(Utility("payoff", p, Table(axes, rng.normal(size=shape))) for p in "AB")
    even = {"kind": Table(("kind",), np.full((2, 1), 0.5))}
    diagram = Diagram(variables, even, utilities, {p: rng.uniform(0.5, 2.0, 11) for p in "AB"}, 11)
    compiled(monkeypatch, yes=False)
    game = DiagramGame(diagram)
    tables = Sweep(game, agenda_of(game))
    compiled(monkeypatch, yes=True)
    fast, _ = pass_of(diagram)
    assert options in fast.inner.compiled[0][:, 4]
    state, scale = rng.normal(size=(tables.size, 11)), rng.uniform(0.0, 2.0, 11)
    image = fast.image(state, scale)
    assert image is not None
    np.testing.assert_allclose(image, tables(state, scale), rtol=1e-12, atol=1e-12)
    last = fast.part(8, 11).image(state[:, 8:], scale[8:])
    assert last is not None
    np.testing.assert_array_equal(last, image[:, 8:])
    profile = fast.profile(state, scale)
    assert profile is not None
    tables(state, scale)
    for mine, other in zip(profile, tables.finish(scale), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-12, atol=1e-12)


@needs_numba
@pytest.mark.parametrize("seed", [0, 12, 22, 36])
def test_rows_with_as_many_operands_each_are_worked_out_as_in_one_line(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    diagram = prune(drawn(seed)).diagram
    compiled(monkeypatch, yes=True)
    apart, sweep = pass_of(diagram)
    monkeypatch.setattr(writing, "MOST_COUNTS", 1)
    together, _ = pass_of(diagram)
    assert len(together.outer.code) < len(apart.outer.code)
    assert 0 in together.outer.compiled[0][:, 4]
    assert 0 not in apart.outer.compiled[0][:, 4]
    rng = np.random.default_rng(seed)
    state, scale = rng.normal(size=(sweep.size, diagram.worlds)), rng.uniform(0.0, 2.0, diagram.worlds)
    np.testing.assert_array_equal(apart.image(state, scale), together.image(state, scale))
    ours, theirs = apart.profile(state, scale), together.profile(state, scale)
    assert ours is not None
    assert theirs is not None
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine, other)


@needs_numba
def test_profiles_too_large_for_the_caches_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from quandary.engine import CACHED

    compiled(monkeypatch, yes=True)
    few, worlds = 16, 30_003
    diagram = prune(drawn(4, worlds=worlds)).diagram
    fast, sweep = pass_of(diagram)
    room = fast.room()
    assert room.size > CACHED
    state = np.random.default_rng(4).normal(size=(sweep.size, worlds))
    everywhere = np.ones(worlds, dtype=np.bool_)
    assert fast.export(state, room, 0, everywhere).all()
    apart = np.empty(room.size + 1)[1:].reshape(room.shape)  # rows that begin elsewhere than lines of the cache
    assert fast.export(state, apart, 0, everywhere).all()
    small = fast.part(worlds - few + 1, worlds)
    ends = small.room()
    assert ends.size < CACHED
    assert small.export(state[:, -few + 1 :], ends, 0, everywhere[-few + 1 :]).all()
    np.testing.assert_array_equal(room[:, :worlds], apart[:, :worlds])
    np.testing.assert_array_equal(room[:, worlds - few + 1 : worlds], ends[:, : few - 1])
    for choice in fast.as_profile(room):
        np.testing.assert_allclose(choice.sum(axis=1), 1.0, rtol=1e-12)


@needs_numba
@pytest.mark.parametrize("seed", range(12))
def test_solutions_agree(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    diagram = drawn(seed, worlds=40)
    compiled(monkeypatch, yes=False)
    by_tables = solve(diagram)
    compiled(monkeypatch, yes=True)
    fast = solve(diagram)
    assert fast.converged.all() == by_tables.converged.all()
    for name, table in by_tables.behaviour.items():
        reached = by_tables.in_play[name].values[..., None, :] > 0
        gap = np.abs(fast.behaviour[name].values - table.values) * reached
        assert gap.max(initial=0.0) < 1e-8


@needs_numba
def test_probabilities_too_small_are_left_to_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    diagram = drawn(3)
    steep = Diagram(
        diagram.variables,
        diagram.tables,
        diagram.utilities,
        {player: np.full(1, 1e6) for player in diagram.precision},
        diagram.worlds,
        diagram.allowed,
        diagram.agent_form_only,
    )
    compiled(monkeypatch, yes=True)
    game = DiagramGame(prune(steep).diagram)
    fast = Sweep(game, agenda_of(game))
    compiled(monkeypatch, yes=False)
    plain = DiagramGame(prune(steep).diagram)
    tables = Sweep(plain, agenda_of(plain))
    if not tables.size:
        pytest.fail("the game drawn has no circle: choose another seed")
    state = np.ones((tables.size, game.worlds))
    np.testing.assert_allclose(fast(state, np.ones(1)), tables(state, np.ones(1)), rtol=1e-12, atol=1e-9)
    assert fast.fused is None
