"""The value of knowing, of control and of study: textbook answers, known functions, brute force on small games."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.ask.crisis import TEXT, crisis
from tests.ask.test_flips import columns, sample
from tests.ask.test_paths import BELIEVED
from tests.ask.test_structure import case_of, chain

import quandary
from quandary.ask import (
    Study,
    can_be_worth_controlling,
    can_be_worth_knowing,
    decision_named,
    from_then_on,
    information,
    not_observing,
    observing,
    partial_information,
    perfect_information,
    studying,
    under_control,
)
from quandary.base import Refusal
from quandary.engine import Inference
from quandary.game import Diagram, do
from quandary.onegame import read_diagram
from quandary.quantities import difference
from quandary.solve import solve

ROOM = Path(__file__).resolve().parents[1] / "data" / "maids"
FILES = ("oil_wildcatter", "umbrella_shachter", "pycid_quantitative_voi", "pycid_3node", "pycid_introduced_bias")


def exact(diagram: Diagram) -> Diagram:
    return replace(diagram, precision={player: np.array([np.inf]) for player in diagram.players})


def best_payoff(diagram: Diagram, player: str) -> float:
    solution = solve(diagram, "subgame")
    return float(Inference(solution.diagram).payoff(solution.behaviour, player)[0])


def cases(kind: str) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name in FILES:
        text = json.loads((ROOM / f"{name}.json").read_text(encoding="utf-8"))
        found += [(name, a) for a in text["answers"] if a["query"]["type"] == kind]
    return found


def in_context(name: str) -> Diagram:
    return exact(read_diagram((ROOM / f"{name}.json").read_text(encoding="utf-8")))


def cut(diagram: Diagram, query: dict[str, Any]) -> Diagram:
    for parent, child in query.get("drop_arcs", ()):
        diagram = not_observing(diagram, parent, (child,))
    return diagram


def context(diagram: Diagram, query: dict[str, Any]) -> Diagram:
    """Return the diagram a textbook query is about: arcs dropped, and what its context sets."""
    if "context" in query:
        variable, _, state = query["context"].partition("=")
        diagram = do(diagram, {variable: state})
    return cut(diagram, query)


@pytest.mark.parametrize(
    ("name", "told"), cases("value_of_information"), ids=lambda v: v if isinstance(v, str) else v["id"]
)
def test_textbook_values_of_information(name: str, told: dict[str, Any]) -> None:
    query = told["query"]
    diagram = context(in_context(name), query)
    decision, node = query["decision"], query["node"]
    player = diagram.variable(decision).player  # type: ignore[union-attr]
    later = from_then_on(diagram, decision)
    gain = best_payoff(observing(diagram, node, later), player) - best_payoff(
        not_observing(diagram, node, later), player
    )
    assert gain == pytest.approx(told["value"], abs=1e-9)
    assert can_be_worth_knowing(diagram, decision, node)


@pytest.mark.parametrize(
    ("name", "told"), cases("value_of_control"), ids=lambda v: v if isinstance(v, str) else v["id"]
)
def test_textbook_values_of_control(name: str, told: dict[str, Any]) -> None:
    diagram = context(in_context(name), told["query"])
    (player,) = {d.player for d in diagram.decisions}
    node = told["query"]["node"]
    held = under_control(diagram, node, player)
    assert best_payoff(held, player) - best_payoff(diagram, player) == pytest.approx(told["value"], abs=1e-9)


@pytest.mark.parametrize(
    ("name", "told"), cases("graphical_admits_voi"), ids=lambda v: v if isinstance(v, str) else v["id"]
)
def test_textbook_structure_of_knowing(name: str, told: dict[str, Any]) -> None:
    diagram = in_context(name)
    decision = told["query"]["decision"]
    before = [c.name for c in diagram.chances]
    below = {"Y"} - set(before)
    found = [n for n in before if n not in below and not _after(diagram, decision, n)]
    admitted = {n for n in found if can_be_worth_knowing(diagram, decision, n)}
    assert admitted == {n for n in told["value"] if n in found}


def _after(diagram: Diagram, decision: str, name: str) -> bool:
    order = [v.name for v in diagram.variables]
    return order.index(name) > order.index(decision)


def test_knowing_and_control_in_a_chain_whose_answers_are_known() -> None:
    # with the letter 0.62 * 100 + 0.38 * 40 = 77.2, without 62; the harvest held good 100
    study = Study(chain(), worlds=16, threads=1)
    found = information(study, decision_named(chain(), "lender.loan"), control=True)
    assert found.payoff.mean == pytest.approx(77.2)
    knowing = {w.variable: w for w in found.knowing}
    assert knowing["letter"].known
    assert knowing["letter"].gain is not None
    assert knowing["letter"].gain.mean == pytest.approx(15.2)
    assert not knowing["noise"].admits
    assert knowing["noise"].gain is None
    assert knowing["harvest"].gain is not None
    assert knowing["harvest"].gain.mean == pytest.approx(0.0, abs=1e-9)
    control = {w.variable: w for w in found.control}
    assert control["harvest"].gain is not None
    assert control["harvest"].gain.mean == pytest.approx(22.8)
    assert control["weather"].gain is not None
    assert control["weather"].gain.mean == pytest.approx(0.8 * 100 + 0.2 * 40 - 77.2)
    assert not control["noise"].admits
    assert found.knowing[0].variable == "letter"


def test_knowing_is_the_case_written_with_it() -> None:
    study = Study(crisis(), worlds=32, threads=1, use_evidence=False)
    (worth,) = information(study, decision_named(crisis(), "reply"), ("unrest",)).knowing
    wiser = case_of(TEXT.replace("sees: [deploy]", "sees: [deploy, unrest]"))

    def payoffs(one: Study) -> np.ndarray[Any, Any]:
        query = one.prepared("E(rival)")
        one.need([query])
        return one.draws(query)[0].values

    with_it, without = payoffs(Study(wiser, worlds=32, threads=1, use_evidence=False)), payoffs(study)
    gains = difference(with_it, without)
    assert (gains == 0).any(), "what solving leaves is no gain"
    assert np.allclose(gains, with_it - without, rtol=0, atol=1e-8 * np.abs(without).max())
    assert (gains < 0).sum() > 10, "the empire reckons with what its rival sees"
    assert worth.gain is not None
    assert worth.gain.mean == pytest.approx(gains.mean(), abs=1e-9)


def test_what_the_structure_rules_out_is_worth_nothing() -> None:
    study = Study(crisis(), worlds=32, threads=1, use_evidence=False)
    diagram = study.probe.diagram
    for decision in diagram.decisions:
        for chance in diagram.chances:
            if _after(diagram, decision.name, chance.name) or chance.name in decision.parents:
                continue
            if can_be_worth_knowing(diagram, decision.name, chance.name):
                continue
            wiser = observing(diagram, chance.name, from_then_on(diagram, decision.name))
            ours, theirs = (solve(d) for d in (diagram, wiser))
            for player in diagram.players:
                first = Inference(ours.diagram).payoff(ours.behaviour, player)
                second = Inference(theirs.diagram).payoff(theirs.behaviour, player)
                assert np.allclose(first, second, atol=1e-8), (decision.name, chance.name, player)
    assert not can_be_worth_controlling(diagram, "rival", "harvest")


def test_study_of_a_number_takes_its_share_of_the_variance() -> None:
    study = Study(crisis(), worlds=1500, threads=2)
    query = study.prepared("E(empire.glory | do(push = attack))")
    found = studying(study, query)
    draws = study.answer(query)
    spread = np.sqrt(np.cov(draws.draws, aweights=draws.weights, bias=True))
    assert found.deviation == pytest.approx(float(spread), rel=1e-9)
    first = found.numbers[0]
    assert first.deviation == pytest.approx(found.deviation * np.sqrt(1 - first.share.value))


def test_partial_information_of_a_known_choice() -> None:
    # options pay x and 0.5: E[max] - max E = 0.125 for x, all of it; nothing for the others
    drawn = columns("x", "y")
    values = np.stack([drawn["x"] + 0.3 * (drawn["y"] - 0.5), np.full(len(drawn["x"]), 0.5)])
    whole = sample(values[0])
    gain = partial_information(drawn["x"], values, whole)
    assert gain.value == pytest.approx(0.125, abs=0.005)
    assert gain.value <= perfect_information(values, whole).value + 1e-9
    other = partial_information(drawn["y"], values, whole)
    assert other.value == pytest.approx(0.3 / 8, abs=0.02)  # E[max(0.5 + 0.3 (y - 0.5), 0.5)] - 0.5
    idle = partial_information(columns("z")["z"], values, whole)
    assert idle.value == pytest.approx(0.0, abs=4 * idle.error + 0.003)


def test_perfect_information_of_a_known_choice() -> None:
    # options pay x and y, independent and uniform: E[max] = 2/3, the better alone 1/2
    drawn = columns("x", "y")
    values = np.stack([drawn["x"], drawn["y"]])
    assert perfect_information(values, sample(values[0])).value == pytest.approx(1 / 6, abs=0.01)


def test_faults_of_names() -> None:
    study = Study(crisis(), worlds=32, threads=1)
    with pytest.raises(Refusal) as caught:
        decision_named(crisis(), "empire.pusj")
    assert caught.value.problem.code == "Q104"
    with pytest.raises(Refusal) as caught:
        information(study, decision_named(crisis(), "push"), ("wether",))
    assert caught.value.problem.code == "Q104"


# --- actors who see things wrongly, decisions that arise sometimes --------------------------------------------------


def worths(text: str, decision: str, tmp_path: Path) -> dict[tuple[str, str], float]:
    """Return what knowing and controlling each variable is worth at a decision, next to nothing as 0."""
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    study = Study(quandary.load(path).case, worlds=16, threads=1)
    found = information(study, decision_named(study.case, decision), control=True)
    told = (*found.knowing, *found.control)
    return {(one.kind, one.variable): (one.gain.mean or 0.0) for one in told if one.gain is not None}


def share(gap: float, odds: float = 3.0) -> float:
    return float(odds ** (gap / 10) / (1 + odds ** (gap / 10)))


def test_what_it_is_worth_to_see_what_one_takes_for_something_else(tmp_path: Path) -> None:
    """By hand: a strike comes in 58 %, one takes it to be 18 %. Seeing resolve it takes it to be 90 or 10 %, as it is;
    and whoever sets resolve no longer has a belief about it."""

    def gets(taken: float, struck: float) -> float:
        chance = share(90 - 80 * taken - 50)
        return chance * (90 - 80 * struck) + (1 - chance) * 50

    found = worths(BELIEVED, "deploy", tmp_path)
    now = gets(0.18, 0.58)
    assert found["knowing", "resolve"] == pytest.approx(0.6 * gets(0.9, 0.9) + 0.4 * gets(0.1, 0.1) - now, abs=1e-6)
    assert found["control", "resolve"] == pytest.approx(gets(0.1, 0.1) - now, abs=1e-6)
    right = worths(BELIEVED[: BELIEVED.index("believes:")], "deploy", tmp_path)
    assert right["control", "resolve"] == pytest.approx(gets(0.1, 0.1) - gets(0.58, 0.58), abs=1e-6)


BLIND = """
quandary: 2
title: who is woken
as_of: 2030-01-01
actors:
  guards: {rationality: x3 per 10, because: invented}
story:
  - {chance: cause, states: [cat, fire], odds: {cat: 70%, fire: rest}, because: invented}
  - chance: alarm
    given: [cause]
    states: [quiet, rings]
    odds: [{cause = fire: {quiet: 10%, rings: rest}}, {otherwise: {quiet: 80%, rings: rest}}]
    because: invented
  - {decision: guard, by: guards, options: [runs, stays], when: alarm = rings}
stakes:
  guards:
    duty: {worth: [{cause = fire and guard = runs: 60}, {guard = runs: 40}, {otherwise: 50}], because: invented}
"""


def test_what_it_is_worth_to_know_where_one_is_asked_only_sometimes(tmp_path: Path) -> None:
    """By hand: to be asked says that the alarm rings, which it does in 41 %, in .27 / .41 of these for a fire."""

    def gets(fire: float) -> float:
        runs = 60 * fire + 40 * (1 - fire)
        return share(runs - 50) * runs + share(50 - runs) * 50

    found, now = worths(BLIND, "guard", tmp_path), 0.41 * gets(0.27 / 0.41) + 0.59 * 50
    assert found["knowing", "cause"] == pytest.approx(0.27 * gets(1) + 0.14 * gets(0) + 0.59 * 50 - now, abs=1e-6)
    assert found["knowing", "alarm"] == pytest.approx(0.0, abs=1e-9)
    assert found["control", "alarm"] == pytest.approx(0.3 * gets(1) + 0.7 * 50 - now, abs=1e-3)
    assert found["control", "cause"] == pytest.approx(0.9 * gets(1) + 0.1 * 50 - now, abs=1e-3)
