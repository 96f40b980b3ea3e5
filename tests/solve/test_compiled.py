"""The compiled walk and tracer against those by tables, where numba is installed."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.laws.diagrams import random_diagram

from quandary.engine import DiagramGame
from quandary.engine.playing import diagram_game
from quandary.game import Chance, Decision, Diagram, Table, Utility, prune
from quandary.solve import SUSPECT, LogitResult, LogitSettings, Sweep, agenda_of, may_meet, meeting, offer_of
from quandary.solve.branch.compiled import game as compiled_solving
from quandary.solve.logit import logit

pytestmark = pytest.mark.skipif(find_spec("numba") is None, reason='the compiled walk needs "quandary[fast]"')

THREE = ("x", "y", "z")


def pair(worlds: int, spread: float, together: float, seed: int) -> Diagram:
    """Two simultaneous movers; with a prize for choosing alike the branch turns in many worlds."""
    rng = np.random.default_rng(seed)
    mine, theirs = (rng.uniform(-spread, spread, (3, 3, worlds)) for _ in range(2))
    if together:
        mine, theirs = 0.3 * mine, 0.3 * mine + 0.1 * theirs
    prize = together * np.eye(3)[..., None]
    scope = ("row", "column")
    return Diagram(
        (Decision("row", THREE, "a"), Decision("column", THREE, "b")),
        {},
        (Utility("a", "a", Table(scope, mine + prize)), Utility("b", "b", Table(scope, theirs + prize))),
        {"a": np.ones(1), "b": np.ones(1)},
        worlds,
    )


def signalling(worlds: int, spread: float, seed: int, *, impossible: bool = False) -> Diagram:
    """A type, a move, a reply, chance, a second move; ``impossible``: in every third world one type never occurs."""
    rng = np.random.default_rng(seed)
    axes = ("type", "move", "reply", "luck", "second")
    shape = (3, 3, 3, 2, 2, worlds)
    kinds = np.moveaxis(rng.dirichlet((2.0,) * 3, worlds), -1, 0).copy()
    if impossible:
        kinds[0, ::3] = 0.0
        kinds /= kinds.sum(axis=0)
    luck = np.moveaxis(rng.dirichlet((2.0,) * 2, (3, worlds)), -1, 1).copy()
    return Diagram(
        (
            Chance("type", THREE),
            Decision("move", THREE, "a", ("type",)),
            Decision("reply", THREE, "b", ("move",)),
            Chance("luck", ("bad", "good"), ("reply",)),
            Decision("second", ("u", "v"), "a", axes[:4]),
        ),
        {"type": Table(("type",), kinds), "luck": Table(("reply", "luck"), luck)},
        tuple(Utility(p, p, Table(axes, rng.uniform(-spread, spread, shape))) for p in "ab"),
        {"a": rng.uniform(0.5, 1.5, worlds), "b": np.ones(1)},
        worlds,
    )


GAMES = {
    "gentle": pair(200, 1.0, 0.0, 1),
    "steep": pair(200, 5.0, 0.0, 2),
    "turning": pair(200, 2.0, 2.0, 3),
    "signalling": signalling(100, 1.5, 4),
    "signalling, steep": signalling(100, 5.0, 5),
    "signalling, sets out of play": signalling(100, 3.0, 6, impossible=True),
}


def game(diagram: Diagram, monkeypatch: pytest.MonkeyPatch, *, compiled: bool) -> DiagramGame:
    monkeypatch.setattr(diagram_game, "worthwhile", lambda game: compiled)
    found = DiagramGame(prune(diagram).diagram)
    assert found.compiled is compiled
    return found


def gap(one: LogitResult, other: LogitResult) -> float:
    return max(float(np.abs(a - b).max()) for a, b in zip(one.profile, other.profile, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", GAMES)
def test_the_same_worlds_are_walked_and_end_alike(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    by_tables = logit(game(GAMES[name], monkeypatch, compiled=False))
    fast = logit(game(GAMES[name], monkeypatch, compiled=True))
    assert by_tables.converged.all()
    assert fast.converged.all()
    assert (fast.traced == by_tables.traced).all()
    assert gap(fast, by_tables) < 1e-8


@pytest.mark.slow
@pytest.mark.parametrize("name", GAMES)
def test_the_compiled_tracer_follows_the_branch(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = LogitSettings(always_trace=True)
    by_tables = logit(game(GAMES[name], monkeypatch, compiled=False), settings)
    fast = logit(game(GAMES[name], monkeypatch, compiled=True), settings)
    assert by_tables.converged.all()
    assert fast.converged.all()
    assert fast.traced.all()
    assert gap(fast, by_tables) < 1e-8


@pytest.mark.parametrize("seed", range(20))
def test_any_diagram_is_solved_alike(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    diagram = random_diagram(seed, players=2, variables=6, worlds=19, memory=seed % 3 > 0, bars=seed % 2 == 0)
    by_tables = logit(game(diagram, monkeypatch, compiled=False))
    fast = logit(game(diagram, monkeypatch, compiled=True))
    assert (fast.converged == by_tables.converged).all()
    reached = [p.in_play for p in game(diagram, monkeypatch, compiled=True).points]
    for mine, other, mask in zip(fast.profile, by_tables.profile, reached, strict=True):
        assert (np.abs(mine - other) * mask[:, None, :])[..., by_tables.converged].max(initial=0.0) < 1e-8


def test_a_world_ends_alike_whoever_is_solved_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = game(GAMES["signalling, steep"], monkeypatch, compiled=True)
    index = np.random.default_rng(1).permutation(whole.worlds)[:37]
    everyone, some = logit(whole), logit(whole.in_worlds(index))
    assert (some.traced == everyone.traced[index]).all()
    for all_, part in zip(everyone.profile, some.profile, strict=True):
        np.testing.assert_allclose(part, all_[..., index], rtol=0.0, atol=1e-10)


def test_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_solving, "BATCH_WORLDS", 16)
    own = game(GAMES["signalling, steep"], monkeypatch, compiled=True)
    one, two = logit(own), logit(own, LogitSettings(threads=2))
    assert one.sweeps == two.sweeps
    assert gap(one, two) == 0.0


@pytest.mark.slow
def test_worlds_with_vanishing_probabilities_are_left_to_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    diagram = signalling(12, 2.0, 7)
    precision = np.ones(12)
    precision[::4] = 2000.0
    steep = Diagram(
        diagram.variables, diagram.tables, diagram.utilities, {"a": precision, "b": np.ones(1)}, diagram.worlds
    )
    own = game(steep, monkeypatch, compiled=True)
    seen: list[int] = []
    by_tables = DiagramGame.by_tables

    def watched(self: DiagramGame, index: NDArray[np.intp]) -> DiagramGame:
        seen.append(len(index))
        return by_tables(self, index)

    monkeypatch.setattr(DiagramGame, "by_tables", watched)
    fast = logit(own)
    slow = logit(game(steep, monkeypatch, compiled=False))
    assert seen == [3]
    assert fast.converged.all()
    assert gap(fast, slow) < 1e-8


@pytest.mark.slow
@pytest.mark.parametrize("name", GAMES)
def test_where_curves_may_meet_is_seen_from_the_derivatives_of_tables(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[NDArray[np.float64]] = []

    def noted(slopes: NDArray[np.float64], least: float) -> NDArray[np.bool_]:
        seen.append(slopes)
        return may_meet(slopes, least)

    monkeypatch.setattr("quandary.solve.branch.compiled.following.may_meet", noted)
    by_code = game(GAMES[name], monkeypatch, compiled=True)
    offer = offer_of(by_code, agenda_of(by_code))
    assert offer is not None
    own = LogitSettings()
    found = offer.solved(own.tolerance, own.stride, own.pace, walks=False, traces=True)
    told = np.flatnonzero(found.traced & (found.residual <= own.tolerance))
    slopes = np.concatenate(seen)
    assert len(slopes) == len(told) > 50

    tables = game(GAMES[name], monkeypatch, compiled=False)
    sweep = Sweep(tables, agenda_of(tables))
    state, one, nudge = sweep.start(found.profile), np.ones(1), 1e-6
    for column in range(len(state)):
        moved = [state + sign * nudge * (np.arange(len(state)) == column)[:, None] for sign in (1.0, -1.0)]
        above, below = (own - sweep(own, one) for own in moved)
        wanted = ((above - below) / (2 * nudge))[:, told].T
        assert np.abs(slopes[:, :, column] - wanted).max() < 1e-5 * max(1.0, np.abs(wanted).max())
    met = meeting(tables, agenda_of(tables), found.profile, SUSPECT)
    assert not (met & ~found.suspect & found.traced).any()
