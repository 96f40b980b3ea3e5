"""How answers depend on the equilibrium: a case of coordination against a scan of its equation, world by world."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import expit
from tests.ask.crisis import crisis
from tests.ask.test_newly_reached import CASE

import quandary
from quandary.ask import Study
from quandary.ask.equilibria.equilibria import equilibria
from quandary.base import Array
from quandary.quantities import weighted_mean
from quandary.use import loaded_case

TEXT = """
quandary: 1
title: Two roads
as_of: 2030-01-01
actors:
  north: {rationality: {precision: 0.1 to 0.6}, because: a guess}
  south: {rationality: exact_like, because: a guess}
story:
  - decision: road
    by: north
    options: [left, right]
  - decision: way
    by: south
    options: [left, right]
  - chance: crash
    given: [road, way]
    states: [no, yes]
    odds:
      - road = left and way = left: {yes: 10%, no: rest}
      - road = right and way = right: {yes: 20%, no: rest}
      - otherwise: {yes: 80%, no: rest}
    because: a guess
stakes:
  north:
    passage:
      worth:
        - road = left and way = left: 10
        - road = right and way = right: 8
        - otherwise: 0
      because: a guess
  south:
    passage:
      worth:
        - road = left and way = left: 10
        - road = right and way = right: 8
        - otherwise: 0
      because: a guess
"""
SOUTH = 0.5


@cache
def roads(worlds: int = 80, extra: str = "") -> Study:
    text = TEXT.replace("exact_like", f"{{precision: {SOUTH}}}") + extra
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        path.write_text(text, encoding="utf-8")
        return Study(quandary.load(path).case, worlds=worlds, seed=3, threads=1)


def scanned(precision: float) -> list[tuple[float, float]]:
    """Return every equilibrium as the probabilities of left, north's ascending."""

    def south(p: Array) -> Array:
        return np.asarray(expit(SOUTH * (10 * p - 8 * (1 - p))))

    def gap(p: Array) -> Array:
        q = south(p)
        return np.asarray(expit(precision * (10 * q - 8 * (1 - q))) - p)

    grid = expit(np.linspace(-20, 20, 20_001))
    values = gap(grid)
    turns = np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0)
    firsts = [brentq(lambda p: float(gap(np.asarray(p))), grid[i], grid[i + 1], xtol=1e-15) for i in turns]
    return [(p, float(south(np.asarray(p)))) for p in firsts]


def all_scanned(study: Study) -> list[list[tuple[float, float]]]:
    compiled = study.model.diagram(study.uniforms.between(0, study.worlds), study.worlds)
    return [scanned(float(one)) for one in compiled.diagram.precision["north"]]


def road(p: float, _: float) -> float:
    return p


def crash(p: float, q: float) -> float:
    return 0.1 * p * q + 0.2 * (1 - p) * (1 - q) + 0.8 * (p * (1 - q) + (1 - p) * q)


def test_counts_and_ranges_are_those_of_a_scan() -> None:
    study = roads()
    expected = all_scanned(study)
    several_in = [len(one) > 1 for one in expected]
    assert 5 < sum(several_in) < 75  # both kinds of world are there
    queries = [study.prepared("P(road = left)"), study.prepared("P(crash = yes)")]
    found = equilibria(study, queries)
    assert (found.worlds, found.own.several, found.own.most) == (80, sum(several_in), 3)
    assert found.own.share == pytest.approx(np.mean(several_in))
    for one, value in zip(found.ranges, (road, crash), strict=True):
        sets = [[value(*point) for point in points] for points in expected]
        assert one.lowest == pytest.approx(np.mean([min(s) for s in sets]), abs=1e-8)
        assert one.highest == pytest.approx(np.mean([max(s) for s in sets]), abs=1e-8)
        assert one.depends == pytest.approx(np.mean(several_in))


@pytest.mark.slow
@pytest.mark.parametrize("query", ["P(road = left)", "E(south)", "P(way = left) > 40%", "P(crash = yes | way = right)"])
def test_the_selected_answer_is_the_one_that_the_study_gives(query: str) -> None:
    study = roads()
    (one,) = equilibria(study, [study.prepared(query)]).ranges
    asked = study.ask(query)
    draws, holds, _ = study.draws(study.prepared(query))
    mean = asked.mean if holds is None else weighted_mean(holds, draws.weights)
    assert one.selected == pytest.approx(mean, abs=1e-9)
    assert one.lowest is not None and one.highest is not None and one.selected is not None
    assert one.lowest <= one.selected <= one.highest


def test_worlds_weigh_by_the_evidence_under_the_equilibrium_selected() -> None:
    study = roads(40, "evidence:\n  - {on: 2029-12-01, saw: crash = yes}\n")
    (one,) = equilibria(study, [study.prepared("P(way = left)")]).ranges
    assert one.selected == pytest.approx(study.ask("P(way = left)").mean, abs=1e-9)
    lows, weights = [], []
    for (p, q), points in zip(_selected(study), all_scanned(study), strict=True):
        given = [b * (0.1 * a + 0.8 * (1 - a)) / crash(a, b) for a, b in points]
        lows.append(min(given))
        weights.append(crash(p, q))
    assert one.lowest == pytest.approx(np.average(lows, weights=weights), abs=1e-7)


def _selected(study: Study) -> list[tuple[float, float]]:
    played = study.first_situation().played.behaviour
    return list(zip(played["road"].values[0], played["way"].values[0], strict=True))


def test_fewer_worlds_are_the_first_ones() -> None:
    study = roads()
    expected = [len(one) > 1 for one in all_scanned(study)[:16]]
    found = equilibria(study, [], worlds=16)
    assert (found.worlds, found.own.several) == (16, sum(expected))


def test_rules_as_they_were_after_do_unseen() -> None:
    study = roads()
    (one,) = equilibria(study, [study.prepared("P(crash = yes | do(road = right))")]).ranges
    sets = [[0.2 * (1 - q) + 0.8 * q for _, q in points] for points in all_scanned(study)]
    assert one.lowest == pytest.approx(np.mean([min(s) for s in sets]), abs=1e-8)
    assert one.highest == pytest.approx(np.mean([max(s) for s in sets]), abs=1e-8)


def test_the_template_has_exactly_one_equilibrium() -> None:
    case, _ = loaded_case(str(Path(__file__).resolve().parents[2] / "src" / "quandary" / "cases" / "_template"))
    found = equilibria(Study(case, worlds=16, threads=1), [])
    assert (found.own.size, found.own.several, found.own.most) == (0, 0, 1)
    assert found.own.kinds == ()


def test_a_case_whose_actors_move_in_turn_answers_as_ever() -> None:
    study = Study(crisis(), worlds=16, threads=1)
    plain = equilibria(study, [study.prepared("P(war)")])
    assert plain.own.several == 0
    assert plain.ranges[0].selected == pytest.approx(study.ask("P(war)").mean, abs=1e-9)


def test_a_dilemma_is_asked_part_by_part() -> None:
    study = Study(crisis(), worlds=16, threads=1)
    text = "dilemma(empire.push | operation = fail) against operation = success"
    found = equilibria(study, [study.prepared(text)])
    answer = study.ask(text)
    assert [one.query.text.partition("(")[0] for one in found.ranges] == ["drop", "margin", "clash"]
    for one in found.ranges:
        expected = answer.parts[one.query.text.partition("(")[0]].mean
        assert one.selected == (None if expected is None else pytest.approx(expected, abs=1e-9))


def test_every_equilibrium_is_looked_for_there(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(CASE)
    study = Study(quandary.load(tmp_path / "case.yaml").case, worlds=16, threads=1)
    (one,) = equilibria(study, [study.prepared("P(act = r | do(x = v))")]).ranges
    expected = study.ask("P(act = r | do(x = v))").mean
    assert one.lowest == pytest.approx(expected, abs=1e-6)
    assert one.highest == pytest.approx(expected, abs=1e-6)
