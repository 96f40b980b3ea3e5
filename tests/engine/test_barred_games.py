"""Compiled passes against tables where options are barred, nothing is left to choose, and chances are 0 or 100 %."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from tests.laws.diagrams import barred_diagram
from tests.tried import tried

import quandary
from quandary.ask import Study, structural_flips, subjects
from quandary.engine import DiagramGame
from quandary.engine.playing import diagram_game, fused
from quandary.engine.programs import writing
from quandary.game import Chance, Decision, Diagram, Table, Utility, prune
from quandary.solve import LogitSettings, Sweep, agenda_of
from quandary.solve.branch.compiled import game as compiled
from quandary.solve.logit import logit

needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason='the compiled pass needs "quandary[fast]"')

AROUND_LANES = (1, 7, 8, 9, 15, 16, 17)
AROUND_GRAIN = (63, 64, 65, 511, 512, 513)


def both_ways(diagram: Diagram, monkeypatch: pytest.MonkeyPatch) -> tuple[DiagramGame, DiagramGame]:
    """Return the game worked out by tables, and the same by compiled code."""
    games = []
    for yes in (False, True):
        monkeypatch.setattr(diagram_game, "worthwhile", lambda game, yes=yes: yes)
        games.append(DiagramGame(diagram))
        assert games[-1].compiled is yes
    return games[0], games[1]


@pytest.mark.slow
@needs_numba
def test_passes_agree_whatever_is_barred(monkeypatch: pytest.MonkeyPatch) -> None:
    unanswered: list[int] = []
    compared, steps = 0, writing._Writer._play_evenly_at_first

    def noted(writer: writing._Writer, everybody: list[object]) -> None:
        unanswered.extend(writer._unanswered)
        steps(writer, everybody)  # type: ignore[arg-type]

    monkeypatch.setattr(writing._Writer, "_play_evenly_at_first", noted)
    for seed in range(tried(600)):
        worlds = AROUND_LANES[seed % len(AROUND_LANES)]
        by_tables, by_code = both_ways(prune(barred_diagram(seed, worlds)).diagram, monkeypatch)
        tables, fast = Sweep(by_tables, agenda_of(by_tables)), Sweep(by_code, agenda_of(by_code))
        rng = np.random.default_rng(seed)
        for _ in range(2 if tables.size else 0):
            state, scale = rng.normal(size=(tables.size, worlds)), rng.uniform(0.0, 2.0, worlds)
            assert fast.fused is not None
            image, profile = fast.fused.image(state, scale), fast.fused.profile(state, scale)
            expected = tables(state, scale)
            if image is None or profile is None:  # a chance is zero in some worlds only: left to tables
                break
            np.testing.assert_allclose(image, expected, rtol=1e-12, atol=1e-12, err_msg=f"seed {seed}")
            for own, other in zip(profile, tables.finish(scale), strict=True):
                np.testing.assert_allclose(own, other, rtol=1e-12, atol=1e-12, err_msg=f"seed {seed}")
            compared += 1
    assert compared > tried(100)
    assert len(unanswered) > tried(10)


@pytest.mark.slow
@needs_numba
@pytest.mark.parametrize("first", range(0, tried(240), 60))
def test_solutions_agree_whatever_is_barred(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, solved = LogitSettings(tolerance=1e-13), 0
    for seed in range(first, first + 60):
        worlds = (AROUND_LANES + AROUND_GRAIN[:3])[seed % 10]
        by_tables, by_code = both_ways(prune(barred_diagram(seed, worlds)).diagram, monkeypatch)
        if not agenda_of(by_tables).carriers:
            continue
        slow, fast = logit(by_tables, settings), logit(by_code, settings)
        np.testing.assert_array_equal(slow.converged, fast.converged)
        for point, own, other in zip(by_tables.points, slow.profile, fast.profile, strict=True):
            gap = np.abs(own - other) * point.in_play[:, None, :] * slow.converged
            assert gap.max(initial=0.0) < 1e-12, f"seed {seed}"
        solved += 1
    assert solved > 5


def two_at_once(worlds: int, seed: int = 1) -> Diagram:
    """Return a game in which two choose at once between three options, one of them barred for the second."""
    rng = np.random.default_rng(seed)
    made = (
        Chance("kind", ("low", "high")),
        Decision("a", ("x", "y", "z"), "A", ("kind",)),
        Decision("b", ("x", "y", "z"), "B"),
    )
    utilities = tuple(
        Utility("u", player, Table(("kind", "a", "b"), rng.normal(size=(2, 3, 3, worlds)))) for player in "AB"
    )
    allowed = {"b": Table(("b",), np.array([[1.0], [1.0], [0.0]]))}
    even = {"kind": Table(("kind",), np.full((2, 1), 0.5))}
    return Diagram(made, even, utilities, {"A": np.ones(worlds), "B": np.full(worlds, 0.7)}, worlds, allowed)


@needs_numba
def test_solutions_agree_on_both_sides_of_every_number_of_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = LogitSettings(tolerance=1e-13)
    monkeypatch.setattr(compiled, "BATCH_WORLDS", 64)
    for worlds in (*AROUND_LANES, *AROUND_GRAIN, 127, 128, 129):
        slow, fast = (logit(game, settings) for game in both_ways(two_at_once(worlds), monkeypatch))
        assert slow.converged.all()
        assert fast.converged.all()
        for own, other in zip(slow.profile, fast.profile, strict=True):
            np.testing.assert_allclose(own, other, rtol=1e-12, atol=1e-12, err_msg=f"{worlds} worlds")


@needs_numba
def test_the_answer_is_the_same_where_compiled_code_begins_to_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUANDARY_KERNEL", raising=False)
    fused.compiled_code_available.cache_clear()
    whole = two_at_once(33)
    entries = fused._entries(DiagramGame(whole))
    monkeypatch.setattr(fused, "WORTHWHILE", entries * 33)
    found = []
    for worlds in (32, 33):
        diagram = two_at_once(33)
        game = DiagramGame(diagram).in_worlds(np.arange(worlds)).diagram
        own = DiagramGame(game)
        assert own.compiled is (worlds == 33)
        found.append(logit(own, LogitSettings(tolerance=1e-13)).profile)
    for slow, fast in zip(*found, strict=True):
        np.testing.assert_allclose(slow, fast[..., :32], rtol=1e-12, atol=1e-12)


def open_late(worlds: int, opened: int) -> Diagram:
    """Return a game in which chance leads to a part of the play only from the world ``opened`` on."""
    rng = np.random.default_rng(7)
    odds = np.zeros((2, worlds))
    odds[1] = np.where(np.arange(worlds) < opened, 0.0, 0.4)
    odds[0] = 1.0 - odds[1]
    made = (
        Chance("storm", ("no", "yes")),
        Decision("a", ("x", "y"), "A", ("storm",)),
        Decision("b", ("x", "y"), "B", ("storm",)),
    )
    utilities = tuple(
        Utility("u", player, Table(("storm", "a", "b"), 2.0 * rng.normal(size=(2, 2, 2, 1)))) for player in "AB"
    )
    return Diagram(made, {"storm": Table(("storm",), odds)}, utilities, {p: np.ones(1) for p in "AB"}, worlds)


@pytest.mark.parametrize("by_code", [False, pytest.param(True, marks=needs_numba)])
@pytest.mark.parametrize("opened", [5, 512, 599])
def test_what_chance_opens_in_some_worlds_only_is_solved_there(
    by_code: bool, opened: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    diagram = open_late(600, opened)
    game = both_ways(diagram, monkeypatch)[by_code]
    found = logit(game, LogitSettings(tolerance=1e-13))
    assert found.converged.all()
    late = logit(DiagramGame(open_late(1, 0)), LogitSettings(tolerance=1e-13))
    for point, own, alone in zip(game.points, found.profile, late.profile, strict=True):
        assert point.reached.all()
        np.testing.assert_allclose(own[..., opened:] - alone, 0.0, atol=1e-12)


@pytest.mark.slow
@needs_numba
@pytest.mark.parametrize("traces", [False, True])
def test_worlds_that_leave_the_batch_keep_their_coordinates(traces: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    # where chance is zero in some worlds only, a part of the worlds may lack sets that the whole has
    settings = LogitSettings(always_trace=traces)
    for seed in range(150):
        worlds = AROUND_LANES[seed % len(AROUND_LANES)]
        for game in both_ways(prune(barred_diagram(seed, worlds)).diagram, monkeypatch):
            if agenda_of(game).carriers:
                assert logit(game, settings).residual.shape == (worlds,)


PATROL = """
quandary: 1
title: A patrol at a strait
as_of: 2020-03-01
actors:
  north: {name: The north, rationality: x2 to x5 per 10, because: test}
  south: {name: The south, rationality: x2 to x5 per 10, because: test}
story:
  - chance: aim
    private: north
    states: [show, raid]
    odds: {raid: 20% to 50%, show: rest}
  - decision: sail
    by: north
    options: [stay, patrol, strike]
    only:
      - otherwise: [stay, patrol]
  - chance: alarm
    given: [sail]
    states: [silent, rung]
    odds:
      - sail = strike: {rung: 60% to 90%, silent: rest}
      - otherwise: {rung: 0%, silent: rest}
  - decision: reply
    by: south
    sees: [alarm]
    options: [wait, escort, fire]
    only:
      - alarm = silent: [wait]
  - chance: contact
    given: [sail, reply]
    states: [none, met]
    odds:
      - sail = patrol: {met: 20% to 60%, none: rest}
      - otherwise: {met: 5%, none: rest}
  - decision: north_next
    by: north
    options: [leave, press]
  - decision: south_next
    by: south
    sees: [contact]
    options: [leave, press]
  - chance: clash
    given: [north_next, south_next, contact]
    states: [no, yes]
    odds:
      - north_next = press and south_next = press: {yes: 30% to 60%, no: rest}
      - otherwise: {yes: 1% to 5%, no: rest}
stakes:
  north:
    standing:
      effects:
        - aim = raid and north_next = press: +5 to +15 points
      worth:
        - clash = yes: 0 to 20
        - north_next = press and south_next = leave: 90 to 100
        - otherwise: 50 to 70
  south:
    calm:
      worth:
        - clash = yes: 0 to 20
        - south_next = press and north_next = leave: 80 to 90
        - otherwise: 50 to 70
"""


@pytest.mark.slow
@needs_numba
def test_cuts_of_a_case_are_answered_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(PATROL, encoding="utf-8")
    case, tables = quandary.load(path).case, []
    for yes in (False, True):
        monkeypatch.setattr(diagram_game, "worthwhile", lambda game, yes=yes: yes)
        study = Study(case, worlds=40, threads=1)
        tables.append(structural_flips(study, subjects(case, "P(clash = yes)")))
    means = [{(r.cut.kind, r.cut.subject, r.cut.part): r.answers[0].mean for r in t.rows} for t in tables]
    assert len(means[0]) > 8
    assert means[0] == pytest.approx(means[1], rel=1e-8)
