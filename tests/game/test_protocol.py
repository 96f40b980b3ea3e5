"""The game's protocol: what a wrapped game hands on and keeps back; nobody asks a game for attributes."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
from tests.game.random_diagrams import random_diagram

import quandary
from quandary.base import Stopped
from quandary.engine import DiagramGame
from quandary.game import Agenda, Game, StrategicForm, StrategicGame, TreeGame, unroll
from quandary.solve import CONCEPTS, LogitSettings, Steep, Trail, Watch, Watched

SOURCE = Path(quandary.__file__).parent
ROOMS = ("game", "engine", "solve", "onegame")
FOREIGN = {"os", "np", "profile", "fault", "block"}
"""Modules and foreign objects that may lack something."""


def games(worlds: int = 1) -> list[Game]:
    diagram = random_diagram(np.random.default_rng(3), variables=5, decisions=0.8, worlds=worlds)
    tree = TreeGame(unroll(diagram).tree)
    numbers = np.random.default_rng(0).normal(size=(2, 2, 2, worlds))
    names = ("l", "r")
    return [DiagramGame(diagram), tree, StrategicGame(StrategicForm(("a", "b"), (names, names), numbers))]


@pytest.mark.parametrize("kind", range(3))
def test_a_wrapped_game_is_the_same_game_watched(kind: int) -> None:
    game = games()[kind]
    trail = Trail()
    watch = Watch(lambda what, done, total: done < 1000, trail)
    outer = Steep(Watched(game, watch), {point.player: np.ones(1) for point in game.points})
    assert outer.plain is game and game.plain is game and game.unwatched is game
    assert outer.watch is watch and outer.trail is trail
    assert game.watch is None and game.trail is None
    assert outer.unwatched.watch is None and outer.unwatched.plain is game
    assert outer.in_worlds(np.zeros(2, dtype=np.intp)).trail is None, "a trail is that of one world"
    assert outer.forgetful() == game.forgetful() and outer.one_shot == game.one_shot == (kind == 2)
    assert (outer.in_stages, outer.affordable) == (game.in_stages, game.affordable)
    for ours, theirs in zip(outer.sets_of, game.sets_of, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    listed = np.concatenate(list(game.sets_of))
    assert len(set(listed.tolist())) == len(listed) == sum(len(point.allowed) for point in game.points)
    ranges = game.payoff_ranges()
    assert set(ranges) >= {point.player for point in game.points}
    for player, own in outer.payoff_ranges().items():
        np.testing.assert_array_equal(own, ranges[player])


@pytest.mark.parametrize("kind", range(3))
def test_nothing_goes_round_a_watch(kind: int) -> None:
    game = games(3)[kind]
    watched = Watched(game, Watch(lambda what, done, total: True))
    profile = [np.full((*p.allowed.shape, 3), 1.0 / p.allowed.shape[1]) for p in game.points]
    everyone = tuple(range(len(game.points)))
    assert watched.fused(Agenda(everyone, (), ()), []) is None
    assert watched.window(np.arange(3)) is None and watched.batches(profile) is None
    assert watched.batch_size == watched.at_once == watched.worlds == 3
    stopped = Watched(game, Watch(lambda what, done, total: False))
    for name in ("logit",) if game.forgetful() else ("logit", "sequential"):
        with pytest.raises(Stopped):
            CONCEPTS[name].find(stopped, LogitSettings())


def test_nobody_asks_a_game_for_its_attributes() -> None:
    for path in (path for room in ROOMS for path in (SOURCE / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Attribute) and node.attr == "__dict__"), path
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id in {"getattr", "hasattr"}:
                assert isinstance(node.args[0], ast.Name) and node.args[0].id in FOREIGN, f"{path}:{node.lineno}"
