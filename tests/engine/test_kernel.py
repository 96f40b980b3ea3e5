"""The compiled pass against the pass by tables, where numba is installed."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from tests.laws.diagrams import random_diagram

from quandary.engine import diagram_game
from quandary.engine.diagram_game import DiagramGame
from quandary.engine.fused import FusedPass
from quandary.game.diagram import Diagram
from quandary.game.requisite import prune
from quandary.solve.agenda import agenda_of
from quandary.solve.solver import solve
from quandary.solve.sweep import Sweep

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


@needs_numba
def test_kept_code_older_than_any_source_beside_it_is_removed(tmp_path: Path) -> None:
    from quandary.engine.compiled.compiling import forget_older_code

    kept = tmp_path / "__pycache__"
    kept.mkdir()
    for name, age in (("one.py", 30), ("other.py", 10)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    for name, age in (("one.f-1.nbi", 20), ("one.f-1.nbc", 5), ("one.cpython-311.pyc", 40)):
        (kept / name).touch()
        os.utime(kept / name, (1e9 - age, 1e9 - age))
    forget_older_code(tmp_path)
    assert sorted(p.name for p in kept.iterdir()) == ["one.cpython-311.pyc", "one.f-1.nbc"]
