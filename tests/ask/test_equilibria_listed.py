"""Equilibria listed by kind, and after ``do``: a game of coordination against a scan of its equation, world by world;
a game of signals whose equilibria only what is chosen in each situation tells apart.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import expit
from tests.ask.test_equilibria import all_scanned, crash, roads

import quandary
from quandary.ask import ITSELF, Choices, EquilibriaOfWorlds, Sketch, Study, sorted_by_kind
from quandary.ask.equilibria import every_play
from quandary.ask.equilibria.equilibria import equilibria
from quandary.base import Refusal

FOG = """
quandary: 1
title: Two roads in fog
as_of: 2030-01-01
actors:
  north: {rationality: {precision: 0.3 to 0.6}, because: a guess}
  south: {rationality: {precision: 0.5}, because: a guess}
  keeper: {rationality: {precision: 0.2}, because: a guess}
story:
  - chance: fog
    states: [clear, thick]
    odds: {thick: 30%, clear: rest}
    because: a guess
  - chance: toll
    states: [low, high]
    odds: {high: 50%, low: rest}
    because: a guess
  - decision: road
    by: north
    options: [left, right]
  - decision: way
    by: south
    options: [left, right]
  - decision: gate
    by: keeper
    options: [open, shut]
stakes:
  north:
    passage:
      worth:
        - road = left and way = left and fog = clear: 10
        - road = left and way = left: 6
        - road = right and way = right: 8
        - otherwise: 0
      because: a guess
  south:
    passage:
      worth:
        - road = left and way = left and fog = clear: 10
        - road = left and way = left: 6
        - road = right and way = right: 8
        - otherwise: 0
      because: a guess
  keeper:
    income:
      worth:
        - gate = open and toll = high: 10
        - gate = open: 4
        - otherwise: 5
      because: a guess
"""

SIGNALS = """
quandary: 1
title: Lanterns
as_of: 2030-01-01
actors:
  sexton: {rationality: {precision: 0.6 to 0.9}, because: a guess}
  rider: {rationality: {precision: 0.8}, because: a guess}
story:
  - chance: redcoats
    private: sexton
    states: [land, sea]
    odds: {land: 55%, sea: rest}
    because: a guess
  - decision: lanterns
    by: sexton
    sees: [redcoats]
    options: [one, two]
  - decision: ride
    by: rider
    sees: [lanterns]
    options: [road, shore]
stakes:
  sexton:
    warning:
      worth:
        - redcoats = land and ride = road: 10
        - redcoats = sea and ride = shore: 10
        - otherwise: 0
      because: a guess
    oil:
      worth:
        - redcoats = land and lanterns = one: 1
        - otherwise: 0
      because: a guess
  rider:
    warning:
      worth:
        - redcoats = land and ride = road: 10
        - redcoats = sea and ride = shore: 10
        - otherwise: 0
      because: a guess
"""


@cache
def study_of(text: str, worlds: int = 24) -> Study:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        path.write_text(text, encoding="utf-8")
        return Study(quandary.load(path).case, worlds=worlds, seed=3, threads=1)


@cache
def found_of(text: str, *queries: str) -> EquilibriaOfWorlds:
    study = study_of(text)
    return equilibria(study, [study.prepared(query) for query in queries])


def lefts(study: Study, best: float) -> list[list[float]]:
    """Return every world's equilibrium probabilities of north's left, ascending, where both left are worth ``best``."""
    compiled = study.model.diagram(study.uniforms.between(0, study.worlds), study.worlds)
    return [_roots(float(one), best) for one in compiled.diagram.precision["north"]]


def _roots(precision: float, best: float) -> list[float]:
    def gap(p: float) -> float:
        q = expit(0.5 * (best * p - 8 * (1 - p)))
        return float(expit(precision * (best * q - 8 * (1 - q))) - p)

    grid = expit(np.linspace(-20, 20, 8_001))
    values = np.array([gap(p) for p in grid])
    turns = np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0)
    return [brentq(gap, grid[i], grid[i + 1], xtol=1e-15) for i in turns]


def test_kinds_are_the_branches_of_a_scan() -> None:
    study = roads()
    expected = all_scanned(study)
    query = study.prepared("P(crash = yes)")
    kinds = equilibria(study, [query]).own.kinds
    branches = {
        "left": [points[-1] for points in expected],
        "between": [points[1] for points in expected if len(points) == 3],
        "right": [points[0] for points in expected if len(points) == 3],
    }
    assert all(len(points) in {1, 3} for points in expected)
    assert len(kinds) == 3
    by_first = sorted(kinds, key=lambda kind: -kind.traits[0].options["left"])
    for kind, points in zip(by_first, branches.values(), strict=True):
        assert kind.worlds == len(points)
        assert kind.share == pytest.approx(len(points) / 80)
        road, way = kind.traits
        assert road.options["left"] == pytest.approx(np.mean([p for p, _ in points]), abs=1e-8)
        assert way.options["right"] == pytest.approx(1 - np.mean([q for _, q in points]), abs=1e-8)
        (answer,) = kind.answers
        values = [crash(*point) for point in points]
        assert answer.mean == pytest.approx(np.mean(values), abs=1e-8)
        assert answer.low is not None and answer.high is not None
        assert min(values) - 1e-8 <= answer.low <= answer.high <= max(values) + 1e-8
    assert by_first[0].selected == 1.0
    assert kinds[0] is by_first[0]


@pytest.mark.slow
def test_after_do_the_new_game_is_searched() -> None:
    study = study_of(FOG)
    found = found_of(FOG, "P(road = left | do_foreseen(fog = thick))")
    expected = lefts(study, best=6)
    assert any(len(points) > 1 for points in expected)
    (one,) = found.ranges
    assert one.selected == pytest.approx(study.ask("P(road = left | do_foreseen(fog = thick))").mean, abs=1e-9)
    assert one.lowest == pytest.approx(np.mean([points[0] for points in expected]), abs=1e-8)
    assert one.highest == pytest.approx(np.mean([points[-1] for points in expected]), abs=1e-8)
    game = found.games[1]
    assert (game.game.foreseen, game.game.unforeseen) == ((("fog", "thick"),), ())
    assert game.several == sum(len(points) > 1 for points in expected)
    assert {len(kind.answers) for kind in game.kinds} == {1}


@pytest.mark.slow
def test_nothing_ties_the_equilibria_of_two_games_together() -> None:
    study = study_of(FOG)
    text = "P(road = left | do_foreseen(fog = clear)) - P(road = left | do_foreseen(fog = thick))"
    (one,) = found_of(FOG, text).ranges
    pairs = list(zip(lefts(study, best=10), lefts(study, best=6), strict=True))
    assert one.selected == pytest.approx(study.ask(text).mean, abs=1e-9)
    assert one.lowest == pytest.approx(np.mean([clear[0] - thick[-1] for clear, thick in pairs]), abs=1e-8)
    assert one.highest == pytest.approx(np.mean([clear[-1] - thick[0] for clear, thick in pairs]), abs=1e-8)


def test_decisions_that_keep_their_rule_after_do_keep_it_from_each_equilibrium() -> None:
    study = study_of(FOG)
    expected = lefts(study, best=0.7 * 10 + 0.3 * 6)
    assert any(len(points) > 1 for points in expected)
    found = found_of(FOG, "P(road = left and gate = open | do_foreseen(toll = high))")
    opened = float(expit(0.2 * 5))
    (one,) = found.ranges
    assert one.lowest == pytest.approx(opened * np.mean([points[0] for points in expected]), abs=1e-8)
    assert one.highest == pytest.approx(opened * np.mean([points[-1] for points in expected]), abs=1e-8)
    assert found.games[1].several == 0
    assert {len(kind.answers) for kind in found.own.kinds} == {1}


def test_do_on_a_decision_of_the_circle_leaves_one_equilibrium() -> None:
    study = roads()
    found = equilibria(study, [study.prepared("P(way = left | do_foreseen(road = right))")])
    assert found.own.several > 0
    assert found.games[1].several == 0
    assert found.ranges[0].lowest == found.ranges[0].highest == pytest.approx(expit(-0.5 * 8))


def test_hidden_settings_come_after_the_choice_of_an_equilibrium() -> None:
    study = study_of(FOG)
    found = found_of(FOG, "P(way = left | do_foreseen(fog = thick), do(road = right))")
    expected = [[float(expit(0.5 * (6 * p - 8 * (1 - p)))) for p in points] for points in lefts(study, best=6)]
    assert found.ranges[0].lowest == pytest.approx(np.mean([min(one) for one in expected]), abs=1e-8)
    assert found.ranges[0].highest == pytest.approx(np.mean([max(one) for one in expected]), abs=1e-8)


def test_too_many_combinations_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(every_play, "MOST_TOGETHER", 2)
    study = study_of(FOG)
    with pytest.raises(Refusal) as refused:
        equilibria(
            study,
            [study.prepared("P(road = left | do_foreseen(fog = thick)) > P(road = left | do_foreseen(fog = clear))")],
        )
    assert refused.value.problem.code == "Q571"


def code(precision: float, *, first: bool) -> tuple[float, float, float]:
    """Return how often one lantern by land, the road after one lantern, and two lanterns by sea, in the equilibrium
    that answering each other again and again leads to from a code in which one lantern means land, or sea.
    """
    one_by_land, one_by_sea = (1.0, 0.0) if first else (0.0, 1.0)
    for _ in range(2000):
        after_one = 0.55 * one_by_land, 0.45 * one_by_sea
        after_two = 0.55 * (1 - one_by_land), 0.45 * (1 - one_by_sea)
        road_1, road_2 = (expit(0.8 * 10 * (a - b) / (a + b)) for a, b in (after_one, after_two))
        one_by_land = expit(precision * (1 + 10 * (road_1 - road_2)))
        one_by_sea = expit(precision * 10 * (road_2 - road_1))
    return float(one_by_land), float(road_1), float(1 - one_by_sea)


def test_signals_are_told_apart_by_situation() -> None:
    # a game of common interest (Lewis 1969): either lantern may come to mean either way; oil alone tells them apart
    study = study_of(SIGNALS)
    compiled = study.model.diagram(study.uniforms.between(0, 24), 24)
    kinds = found_of(SIGNALS, "P(ride = road)", "E(rider)").own.kinds
    assert [kind.worlds for kind in kinds] == [24, 24, 24]
    told = [{(t.decision, *(s for _, s in t.seen)): t.options for t in kind.traits} for kind in kinds]
    for first in (True, False):
        expected = np.mean([code(float(one), first=first) for one in compiled.diagram.precision["sexton"]], axis=0)
        shown = [
            (one["lanterns", "land"]["one"], one["ride", "one"]["road"], one["lanterns", "sea"]["two"]) for one in told
        ]
        distance = [np.abs(np.array(one) - expected).max() for one in shown]
        assert min(distance) < 1e-8
    payoffs = sorted(kind.answers[1].mean or 0.0 for kind in kinds)
    assert payoffs[0] < 7 < 9 < payoffs[1]
    assert kinds[0].selected == 1.0
    assert told[0]["lanterns", "land"]["one"] > 0.9


def test_a_case_with_one_equilibrium_lists_none() -> None:
    found = found_of(SIGNALS.replace("0.6 to 0.9", "0.01 to 0.02"), "P(ride = road)")
    assert not found.any_several
    assert [game.game for game in found.games] == [ITSELF]
    assert found.own.kinds == ()
    assert found.own.size > 0


@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=3, unique=True), min_size=1, max_size=12))
def test_kinds_never_hold_two_of_a_world_and_none_is_empty(worlds: list[list[float]]) -> None:
    most = max(len(points) for points in worlds)
    first = np.array([[points[i] if i < len(points) else np.nan for points in worlds] for i in range(most)])
    choices = Choices("d", ("a", "b"), ((),), np.stack([first, 1 - first], axis=1)[:, None])
    there = ~np.isnan(first)
    found = sorted_by_kind(Sketch({"d": choices}, {}), there)
    assert ((found.kind >= 0) == there).all()
    assert sorted(set(found.kind[there])) == list(range(found.kinds))
    for world in range(len(worlds)):
        own = found.kind[there[:, world], world]
        assert len(set(own)) == len(own)
