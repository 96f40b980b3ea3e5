"""Advice at a decision, set by set, against the enumeration of all plays; a deployment that was seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.ask.crisis import TEXT, crisis
from tests.ask.enumeration import Plays, plays, plays_unseen
from tests.ask.test_structure import case_of
from tests.laws.cases import cases
from tests.meaning.asked import CASES

from quandary.ask import ROWS, Advice, AdviceRow, FacedSets, Study, Vantage, advice, decision_named, faced
from quandary.base import Array, CaseError, Refusal
from quandary.case import Case, DecisionEvent
from quandary.game import Table
from quandary.language import parse_query, written

EVERY_SET = 1000

BATTERIES = """
quandary: 1
title: Batteries in the valley
as_of: 2020-06-10
actors:
  norland: {name: Norland, rationality: x4 per 10}
  estmark: {name: Estmark, rationality: x4 per 10}
story:
  - decision: deploy
    by: norland
    options: [none, hidden]
  - chance: flight
    given: [deploy]
    states: [nothing, batteries]
    odds:
      - deploy = hidden: {batteries: 60% to 80%, nothing: rest}
      - otherwise: {nothing: 100%}
  - decision: response
    by: estmark
    sees: [flight]
    options: [wait, blockade, strike]
  - decision: answer
    by: norland
    sees: [response]
    options: [stand, withdraw]
stakes:
  norland:
    reach: {worth: [{deploy = hidden and answer = stand and response != strike: 60 to 90}, {otherwise: 40}]}
    safety:
      worth:
        - response = strike and deploy = hidden: 0
        - response = blockade and answer = stand: 10 to 40
        - otherwise: 60
  estmark:
    threat: {worth: [{deploy = hidden and answer = stand and response != strike: 0}, {otherwise: 100}]}
    cost:
      worth:
        - response = strike and deploy = hidden: 0 to 20
        - response = blockade: 40 to 80
        - otherwise: 80
evidence:
  - {on: 2020-06-01, saw: flight = batteries, because: seen}
  - {on: 2020-06-08, saw: response = blockade, because: announced}
"""
"""A hidden deployment that a flight may see, a response to what it sees, and an answer: the shape of October 1962."""

FOG = """
  - {chance: fog, states: [thin, thick], odds: {thick: 30% to 50%, thin: rest}}
  - chance: weather
"""
CRASH = """
  - chance: crash
    given: [fog, push]
    states: [no, yes]
    odds: [{fog = thick and push = attack: {yes: 80%, no: rest}}, {otherwise: {yes: 10%, no: rest}}]
stakes:
"""
FOGGY = (
    TEXT.replace("\n  - chance: weather\n", FOG, 1)
    .replace("\nstakes:\n", CRASH, 1)
    .replace("sees: [deploy]", "sees: [fog, deploy]")
)
"""A crisis in which the rival sees a fog that matters to nobody's stakes."""

MANY = """
quandary: 1
title: Three signs
as_of: 2020-01-01
actors: {adviser: {name: An adviser, rationality: x3 per 10}}
story:
  - {chance: first, states: [low, middle, high], odds: {low: 20% to 30%, middle: 40%, high: rest}}
  - {chance: second, states: [low, middle, high], odds: {low: 10%, middle: 30% to 40%, high: rest}}
  - {chance: third, states: [low, middle, high], odds: {low: 60% to 70%, middle: 5%, high: rest}}
  - {decision: act, by: adviser, sees: [first, second, third], options: [yes, no]}
stakes:
  adviser:
    gain:
      worth:
        - act = yes and first = high and second = high and third = high: 90
        - act = yes: 30 to 60
        - otherwise: 50
"""


def every_set() -> list[tuple[str, str, str]]:
    states = ("low", "middle", "high")
    return [(f"first = {a}", f"second = {b}", f"third = {c}") for a in states for b in states for c in states]


def draws(study: Study, decision: DecisionEvent, *, knowing: bool) -> tuple[Vantage, FacedSets, list[list[str]]]:
    """Return what the owner has seen, what is found at every possible set, and each set's states as conditions."""
    view, found = faced(study, decision, knowing=knowing, most=EVERY_SET)
    return view, found, [[f"{name} = {state}" for name, state in at] for at in found.states]


def agree(study: Study, decision: DecisionEvent, *, knowing: bool) -> int:
    """Compare each set with E(actor | D = v, h) and E(actor | do(D = v), h) by enumeration; return how many numbers."""
    view, found, states = draws(study, decision, knowing=knowing)
    before = [written(piece) for piece in view.before]
    told = before if knowing else [written(piece) for piece in view.told]
    own = plays(study)
    done = {v: plays_unseen(study, {decision.id: v}) for v in decision.options}
    payoffs = [utility.table for utility in own.utilities(decision.by)]
    compared = 0
    total = sum(own.chance(*at, *before) for at in states)
    np.testing.assert_allclose(total, own.chance(*before), atol=1e-9)
    for i, at in enumerate(states):
        likely = own.chance(*at, *before)
        np.testing.assert_allclose(found.likely[i], likely, atol=1e-9)
        for k, option in enumerate(decision.options):
            here = own.chance(f"{decision.id} = {option}", *at, *told)
            both = (likely > 1e-6) & (here > 1e-9)
            compared += int(both.sum())
            for game, conditions in ((own, (f"{decision.id} = {option}",)), (done[option], ())):
                wanted = _mean(game, payoffs, *conditions, *at, *told)
                np.testing.assert_allclose(found.worths[i, k, both], wanted[both], atol=1e-6)
    return compared


def gaps_agree(study: Study, decision: DecisionEvent) -> None:
    """Compare the options' differences at each set with those at every one of the full sets that it stands for."""
    view, found, _ = draws(study, decision, knowing=False)
    game = plays(study)
    everything = game.diagram.variable(decision.id).parents
    worths = game.options(decision.id, [utility.table for utility in game.utilities(decision.by)])
    likely = np.broadcast_to(game.seen(decision.id), (*worths.shape[:-2], study.worlds))
    for i, states in enumerate(found.states):
        at = tuple(
            game.diagram.variable(n).states.index(dict(states)[n]) if n in view.seen else slice(None)
            for n in everything
        )
        allowed = found.allowed[i]
        ours = found.worths[i, allowed] - found.worths[i, allowed][:1]
        here = np.broadcast_to(worths, (*worths.shape[:-1], study.worlds))[at][..., allowed, :]
        theirs = (here - here[..., :1, :]).reshape(-1, *ours.shape)
        there = likely[at].reshape(-1, study.worlds) > 1e-6
        for one, reached in zip(theirs, there, strict=True):
            both = reached & (found.likely[i] > 1e-6)
            np.testing.assert_allclose(ours[:, both], one[:, both], atol=1e-6)


def _mean(game: Plays, tables: list[Table], *conditions: str) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.broadcast_to(game.mean(tables, *conditions), (game.diagram.worlds,))


def rows_of(found: Advice) -> dict[tuple[str, ...], AdviceRow]:
    """Return the rows by the states that are seen."""
    return {tuple(state for _, state in row.saw): row for row in found.rows}


def means(row: AdviceRow) -> dict[str, float]:
    return {one.option: float(one.worth.mean or 0.0) for one in row.options}


@pytest.mark.parametrize("knowing", [False, True])
@pytest.mark.parametrize("name", ["deploy", "reply", "push"])
def test_in_a_row_do_equals_conditioning(name: str, knowing: bool) -> None:
    study = Study(crisis(), worlds=24, threads=1)
    assert agree(study, decision_named(crisis(), name), knowing=knowing) >= 24


@pytest.mark.slow
@settings(max_examples=CASES, deadline=None)
@given(cases(), st.data())
def test_in_a_row_do_equals_conditioning_in_random_cases(case: Case, data: st.DataObject) -> None:
    decisions = [item for item in case.story if isinstance(item, DecisionEvent)]
    assume(decisions)
    decision = data.draw(st.sampled_from(decisions))
    assume(any(stake.actor == decision.by for stake in case.stakes))
    study = Study(case, worlds=3, threads=1)
    try:
        agree(study, decision, knowing=data.draw(st.booleans()))
    except CaseError as fault:
        assume(fault.problems[0].code not in ("Q212", "Q522"))
        raise


@pytest.mark.slow
@settings(max_examples=CASES, deadline=None)
@given(cases(talk=False), st.data())
def test_what_tells_no_sets_apart_changes_no_difference(case: Case, data: st.DataObject) -> None:
    decisions = [item for item in case.story if isinstance(item, DecisionEvent)]
    assume(decisions)
    decision = data.draw(st.sampled_from(decisions))
    assume(any(stake.actor == decision.by for stake in case.stakes))
    try:
        gaps_agree(Study(case, worlds=3, threads=1), decision)
    except CaseError as fault:
        assume(fault.problems[0].code != "Q212")
        raise


def test_an_option_that_is_never_taken_has_its_worth() -> None:
    exact = MANY.replace("x3 per 10", "exact")
    study = Study(case_of(exact), worlds=128, threads=1)
    found = advice(study, decision_named(study.case, "act"))
    for row in found.rows:
        best = means(row)["yes"] > means(row)["no"]
        assert means(row)["no"] == pytest.approx(50.0)
        assert sum(one.chosen for one in row.options) == pytest.approx(1.0)
        taken = {one.option: one for one in row.options}
        assert taken["yes"].chosen == pytest.approx(taken["yes"].best_in)  # who chooses exactly takes what is best
        assert best == (row.options[0].option == "yes")


@pytest.fixture(scope="module")
def batteries() -> Case:
    return case_of(BATTERIES)


def test_options_are_ranked_for_the_world_in_which_the_deployment_was_seen(batteries: Case) -> None:
    # foreseen, a strike deters the deployment and is best; once batteries are there, it no longer is
    study = Study(batteries, worlds=600, threads=1)
    found = advice(study, decision_named(batteries, "estmark.response"))
    (row,) = found.rows
    assert row.saw == (("flight", "batteries"),)
    assert row.weight == pytest.approx(1.0)
    assert [written(piece) for piece in found.vantage.aside] == ["response = blockade"]
    assert row.options[0].option == "blockade"
    game = plays(study)
    payoffs = [utility.table for utility in game.utilities("estmark")]
    weights = game.chance("flight = batteries")
    for option in ("wait", "blockade", "strike"):
        worth = game.mean(payoffs, f"response = {option}", "flight = batteries")
        assert means(row)[option] == pytest.approx(np.average(worth, weights=weights), abs=1e-6)
    before = {v: plays(study, {"response": v}).mean(payoffs).mean() for v in ("wait", "blockade", "strike")}
    assert max(before, key=lambda v: before[v]) == "strike"


def test_a_row_is_what_a_query_says(batteries: Case) -> None:
    study = Study(batteries, worlds=200, threads=1)
    (row,) = advice(study, decision_named(batteries, "response")).rows
    for one in row.options:
        asked = study.ask(f"E(estmark | do(response = {one.option}))")
        assert asked.dropped == ("response = blockade",)
        assert (one.worth.mean, one.worth.low, one.worth.high) == pytest.approx((asked.mean, asked.low, asked.high))
        assert one.worth.mc_error == pytest.approx(asked.mc_error)
    study = Study(crisis(), worlds=400, threads=1)
    for row in advice(study, decision_named(crisis(), "push"), knowing=True).rows:
        seen = ", ".join(f"{name} = {state}" for name, state in row.saw)
        for one in row.options:
            asked = study.ask(f"E(empire | {seen}, do(push = {one.option}))")
            assert one.worth.mean == pytest.approx(asked.mean, abs=1e-6)


def test_what_is_best_ahead_and_chosen_is_counted_by_hand(batteries: Case) -> None:
    study = Study(batteries, worlds=400, threads=1)
    (row,) = advice(study, decision_named(batteries, "response")).rows
    game = plays(study)
    payoffs = [utility.table for utility in game.utilities("estmark")]
    weights = game.chance("flight = batteries")
    names = [one.option for one in row.options]
    worths = np.stack([game.mean(payoffs, f"response = {v}", "flight = batteries") for v in names])
    for k, one in enumerate(row.options):
        assert one.best_in == pytest.approx(np.average(worths.argmax(axis=0) == k, weights=weights), abs=1e-9)
        chosen = game.chance(f"response = {one.option}", "flight = batteries").sum() / weights.sum()
        assert one.chosen == pytest.approx(chosen, abs=1e-7)
    assert sum(one.best_in for one in row.options) == pytest.approx(1.0)
    assert row.lead is not None
    assert row.lead.mean == pytest.approx(np.average(worths[0] - worths[1], weights=weights), abs=1e-6)
    assert row.effective_worlds == pytest.approx(weights.sum() ** 2 / (weights**2).sum())


def test_situations_weigh_what_the_evidence_makes_them(batteries: Case) -> None:
    study = Study(batteries, worlds=400, threads=1, use_evidence=False)
    found = advice(study, decision_named(batteries, "response"))
    game = plays(study)
    assert found.sets == len(found.rows) == 2
    for (state,), row in rows_of(found).items():
        assert row.weight == pytest.approx(game.chance(f"flight = {state}").mean())
    assert [row.weight for row in found.rows] == sorted((row.weight for row in found.rows), reverse=True)
    assert not found.vantage.aside


def test_knowing_adds_what_the_owner_does_not_see(batteries: Case) -> None:
    hidden = case_of(BATTERIES.replace("saw: flight = batteries", "saw: flight = nothing and deploy = hidden"))
    study = Study(hidden, worlds=400, threads=1)
    decision = decision_named(hidden, "response")
    game = plays(study)
    payoffs = [utility.table for utility in game.utilities("estmark")]
    weights = game.chance("flight = nothing", "deploy = hidden")
    for knowing, told in ((False, ()), (True, ("deploy = hidden",))):
        found = advice(study, decision, knowing=knowing)
        (row,) = found.rows
        assert [written(piece) for piece in found.vantage.hidden] == ["deploy = hidden"]
        for option in decision.options:
            worth = game.mean(payoffs, f"response = {option}", "flight = nothing", *told)
            assert means(row)[option] == pytest.approx(np.average(worth, weights=weights), abs=1e-6)
    without = advice(Study(batteries, worlds=400, threads=1), decision)
    assert not without.vantage.hidden


def test_the_owners_payoff_as_a_query_is_the_same() -> None:
    for knowing in (False, True):
        study = Study(crisis(), worlds=200, threads=1)
        for name in ("reply", "push"):
            decision = decision_named(crisis(), name)
            own = advice(study, decision, knowing=knowing)
            asked = advice(study, decision, parse_query(f"E({decision.by})"), knowing=knowing)
            assert [row.saw for row in own.rows] == [row.saw for row in asked.rows]
            for mine, theirs in zip(own.rows, asked.rows, strict=True):
                assert means(mine) == pytest.approx(means(theirs), abs=1e-6)
                assert mine.weight == pytest.approx(theirs.weight)
                assert [one.chosen for one in mine.options] == pytest.approx([one.chosen for one in theirs.options])


def test_what_is_seen_and_changes_nothing_tells_no_rows_apart() -> None:
    case = case_of(FOGGY)
    study = Study(case, worlds=128, threads=1, use_evidence=False)
    decision = decision_named(case, "reply")
    found = advice(study, decision)
    assert found.vantage.idle == ("fog",)
    assert {name for row in found.rows for name, _ in row.saw} == {"deploy"}
    game, payoffs = plays(study), [utility.table for utility in plays(study).utilities("rival")]
    for (state,), row in rows_of(found).items():
        for fog in ("thin", "thick"):
            worths = [game.mean(payoffs, f"reply = {v}", f"deploy = {state}", f"fog = {fog}") for v in decision.options]
            gap = np.average(worths[0] - worths[1], weights=game.chance(f"deploy = {state}"))
            assert means(row)["yield"] - means(row)["resist"] == pytest.approx(gap, abs=1e-6)
    other = advice(study, decision, parse_query("P(crash = yes)"))
    assert {name for row in other.rows for name, _ in row.saw} == {"fog", "deploy"}


def test_the_likeliest_are_shown_and_the_rest_is_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    study = Study(case_of(MANY), worlds=128, threads=1)
    decision = decision_named(study.case, "act")
    found = advice(study, decision)
    assert (len(found.rows), found.sets) == (ROWS, 27)
    assert found.left_out == pytest.approx(1 - sum(row.weight for row in found.rows))
    game = plays(study)
    chances = sorted((game.chance(*at).mean() for at in every_set()), reverse=True)
    assert [row.weight for row in found.rows] == pytest.approx(chances[:ROWS])
    monkeypatch.setattr("quandary.ask.turning.option_worths.HELD_BYTES", 0)
    twice = advice(study, decision)
    assert [row.saw for row in twice.rows] == [row.saw for row in found.rows]
    assert [means(row) for row in twice.rows] == [means(row) for row in found.rows]
    assert (twice.sets, twice.left_out) == (found.sets, found.left_out)


@pytest.mark.slow
def test_advice_is_the_same_whoever_works(monkeypatch: pytest.MonkeyPatch, batteries: Case) -> None:
    monkeypatch.setattr("quandary.ask.gathering.KEPT_BYTES", 0)
    told = []
    for runner in ("thread", "threads", "fork", "spawn"):
        monkeypatch.setenv("QUANDARY_RUNNER", runner)
        found = advice(Study(batteries, worlds=1000, threads=2), decision_named(batteries, "response"))
        told.append([(row.weight, means(row), [one.chosen for one in row.options]) for row in found.rows])
    assert told[0] == told[1] == told[2] == told[3]


@pytest.mark.parametrize(
    ("text", "name", "worlds", "code"),
    [
        (TEXT, "push", 32, "Q566"),
        (TEXT.replace("unrest = threat and deploy = go", "unrest = none"), "deploy", 200, "Q564"),
        (TEXT.replace("unrest = threat and deploy = go", "unrest = none and deploy = go"), "push", 200, "Q522"),
    ],
)
def test_faults(text: str, name: str, worlds: int, code: str) -> None:
    case = case_of(text)
    try:
        advice(Study(case, worlds=worlds, threads=1), decision_named(case, name))
    except CaseError as fault:
        problems = tuple(fault.problems)
    except Refusal as refusal:
        problems = (refusal.problem,)
    assert [problem.code for problem in problems] == [code]
    assert name in problems[0].message or code != "Q564"
