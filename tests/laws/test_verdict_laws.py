"""Laws of verdicts over random small cases: mirrored by negation, free of how worlds are listed, proofs kept."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.laws.cases import cases
from tests.meaning.asked import CASES
from tests.tried import tried

from quandary.ask import (
    Budget,
    ByConstructionStatus,
    Study,
    TestResult,
    Verdict,
    by_construction,
    judged,
    proved,
    reading_of,
)
from quandary.base import CaseError
from quandary.case import Case, states_of
from quandary.language import parse_query

many = settings(max_examples=CASES, deadline=None)
MIRRORED = {
    Verdict.HOLDS: Verdict.FAILS,
    Verdict.LEANS_TRUE: Verdict.LEANS_FALSE,
    Verdict.TOSS_UP: Verdict.TOSS_UP,
    Verdict.LEANS_FALSE: Verdict.LEANS_TRUE,
    Verdict.FAILS: Verdict.HOLDS,
    Verdict.NOT_TESTABLE: Verdict.NOT_TESTABLE,
    None: None,
}


def judgement(study: Study, query: str) -> TestResult:
    """Return what a study's worlds say of a query; one that cannot be asked of a random case is no example."""
    reading = reading_of(study.case, parse_query(query), query)
    try:
        study.need(list(reading.queries))
    except CaseError:
        assume(False)
    return judged(study, reading)


@st.composite
def comparisons(draw: st.DrawFn, case: Case) -> str:
    """Return a comparison of two chances after interventions, or of one with a number."""
    item, cause = draw(st.sampled_from(case.story)), draw(st.sampled_from(case.story))
    event = f"{item.id} = {draw(st.sampled_from(states_of(item)))}"
    form = draw(st.sampled_from(["do", "do_foreseen"]))
    sides = [f"P({event} | {form}({cause.id} = {state}))" for state in (states_of(cause)[0], states_of(cause)[-1])]
    number = f"{draw(st.integers(1, 99))}%"
    right = draw(st.sampled_from([sides[1], number]))
    return f"{sides[0]} {draw(st.sampled_from(['<', '>', '<=', '>=']))} {right}"


@pytest.mark.slow
@many
@given(cases(talk=False), st.data())
def test_what_is_said_of_a_reading_is_said_the_other_way_round_of_its_opposite(case: Case, data: st.DataObject) -> None:
    study = Study(case, worlds=32, threads=1)
    query = data.draw(comparisons(case))
    found, opposite = judgement(study, query), judgement(study, f"not ({query})")
    assert opposite.verdict is MIRRORED[found.verdict]
    assert opposite.undefined == found.undefined
    assert opposite.few_worlds == found.few_worlds
    if found.share is None:
        assert opposite.share is None
        return
    assert opposite.share is not None
    assert opposite.share.share == pytest.approx(1 - found.share.share, abs=1e-9)
    assert opposite.share.low == pytest.approx(1 - found.share.high, abs=1e-9)
    assert opposite.share.high == pytest.approx(1 - found.share.low, abs=1e-9)
    if found.other is not None:
        assert opposite.other is not None
        assert opposite.other.verdict is MIRRORED[found.other.verdict]


@pytest.mark.slow
@many
@given(cases(talk=False), st.data())
def test_the_two_forms_of_a_reading_are_each_others_other_form(case: Case, data: st.DataObject) -> None:
    study = Study(case, worlds=16, threads=1)
    query = data.draw(comparisons(case))
    turned = query.replace("do_foreseen(", "DO(").replace("do(", "do_foreseen(").replace("DO(", "do(")
    found, other = judgement(study, query), judgement(study, turned)
    if found.other is None or other.other is None:
        assert found.share is None or other.share is None
        return
    assert found.other.verdict is other.verdict
    assert other.other.verdict is found.verdict
    assert {found.other.form, other.other.form} == {"do", "do_foreseen"}


@pytest.mark.slow
@settings(max_examples=tried(60), deadline=None)
@given(cases(talk=False), st.data())
def test_what_is_proved_comes_out_so_in_every_world_that_can_be_drawn(case: Case, data: st.DataObject) -> None:
    study = Study(case, worlds=16, threads=1)
    query = data.draw(comparisons(case))
    reading = reading_of(case, parse_query(query), query)
    try:
        study.need(list(reading.queries))
        (found,) = by_construction(study, [reading], Budget(corners=16, rounds=1, batch=8))
    except CaseError:
        assume(False)
    assume(found.outcome is not None)
    elsewhere = judgement(Study(case, worlds=64, seed=2, threads=1), query)
    if found.status is ByConstructionStatus.PROVED:
        assert elsewhere.share is not None
        assert elsewhere.share.share == float(found.outcome or False)


@st.composite
def counterfactuals(draw: st.DrawFn, case: Case) -> str:
    """Return a comparison of two counterfactuals that differ in one thing: the change, what was seen, or ``replan``."""
    item = draw(st.sampled_from(case.story))
    event = f"{item.id} = {draw(st.sampled_from(states_of(item)))}"

    def part(which: int) -> str:
        if which == 2:
            return ", replan" if draw(st.booleans()) else ""
        one = draw(st.sampled_from(case.story))
        told = f"{one.id} = {draw(st.sampled_from(states_of(one)))}"
        if which == 1:
            return f"do({told})"
        return f"seen {told}, " if draw(st.booleans()) else ""

    parts = [part(which) for which in range(3)]
    other = draw(st.sampled_from([1, 1, 1, 0, 2]))
    sides = [parts, [part(which) if which == other else parts[which] for which in range(3)]]
    left, right = (f"would({event} | {''.join(side)})" for side in sides)
    return f"{left} {draw(st.sampled_from(['<', '<=', '=', '>', '>=']))} {right}"


@pytest.mark.slow
@many
@given(cases(talk=False), st.data())
def test_what_the_graph_proves_of_counterfactuals_is_so_in_every_world(case: Case, data: st.DataObject) -> None:
    study = Study(case, worlds=4, threads=1)
    query = study.prepared(data.draw(counterfactuals(case)))
    found = proved(study, query)
    assume(found is not None)
    assert found is not None
    answer = study.answers([query.expression])[0]
    if answer.holds_in is not None:
        assert answer.holds_in == float(found.outcome or False)
