"""The day of a claim, what history says of each of its readings, and with what checks are asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.ask.crisis import case_of

from quandary.ask import (
    Budget,
    ByConstructionStatus,
    Findings,
    History,
    Study,
    TestResult,
    Verdict,
    findings,
    history_of,
    history_of_reading,
)
from quandary.case import Claim, Resolution, Test
from quandary.language import parse_query

DATED = """
quandary: 1
title: A claim and what came after
as_of: 2030-01-10
story:
  - {chance: spark, states: [none, lit], odds: {lit: 20% to 40%, none: rest}}
  - chance: fire
    given: [spark]
    states: [none, burning]
    odds: [{spark = lit: {burning: 60% to 80%, none: rest}}, {otherwise: {burning: 1% to 5%, none: rest}}]
evidence:
  - {on: 2030-01-05, saw: spark = lit, because: seen}
  - {on: 2030-01-12, saw: fire = burning, because: seen later}
claims:
  - {id: early, speaker: A, quote: "it may burn", on: 2030-01-02, tests: {half: P(fire = burning) > 50%}}
  - {id: now, speaker: B, quote: "it will burn", tests: {half: P(fire = burning) > 50%}}
  - {id: late, speaker: C, quote: "it burns", on: 2030-01-12, tests: {half: P(fire = burning) > 99%}}
"""


def dated(as_of: date | None, claim: str) -> TestResult:
    case = case_of(DATED)
    found: Findings = findings(Study(case, worlds=500, as_of=as_of, threads=1), Budget(corners=64, rounds=2, batch=16))
    (result,) = next(one for one in found.claims if one.claim.id == claim).tests
    return result


@pytest.mark.parametrize(
    ("as_of", "claim", "verdict"),
    [
        (None, "early", Verdict.FAILS),
        (None, "now", Verdict.HOLDS),
        (None, "late", Verdict.FAILS),
        (date(2030, 1, 3), "now", Verdict.FAILS),
        (date(2030, 2, 1), "early", Verdict.FAILS),
        (date(2030, 2, 1), "now", Verdict.HOLDS),
        (date(2030, 2, 1), "late", Verdict.HOLDS),
    ],
)
def test_a_claim_is_tested_with_what_had_been_seen_by_its_day(as_of: date | None, claim: str, verdict: Verdict) -> None:
    assert dated(as_of, claim).verdict is verdict


def test_what_settles_a_claim_is_seen_and_no_construction() -> None:
    assert dated(date(2030, 2, 1), "late").by_construction.status is ByConstructionStatus.SETTLED
    assert dated(None, "early").by_construction.status is not ByConstructionStatus.SETTLED


def test_a_claim_says_how_many_days_after_the_numbers_it_was_made() -> None:
    found = findings(Study(case_of(DATED), worlds=16, threads=1))
    assert [(one.on, one.days_late) for one in found.claims] == [
        (date(2030, 1, 2), -8),
        (None, None),
        (date(2030, 1, 12), 2),
    ]


def claim(kind: str = "claim", *, could: bool = False, outcome: object = False, readings: int = 1) -> Claim:
    query = parse_query("P(a) > 0")
    tests = tuple(Test(f"t{number}", query, "P(a) > 0") for number in range(readings))
    resolved = Resolution(date(2030, 1, 1), outcome)  # type: ignore[arg-type]
    return Claim("c", "A", "so it is", kind=kind, tests=tests, resolved=resolved, could=could)


@pytest.mark.parametrize(
    ("told", "history"),
    [
        (claim(), History.DID_NOT),
        (claim(outcome=True), History.CAME_TRUE),
        (claim(could=True), History.NOT_SETTLED),
        (claim(could=True, outcome=True), History.CAME_TRUE),
        (claim(outcome="void"), History.OPEN),
        (claim("conditional claim", outcome="void"), History.VOID),
        (claim(outcome="not_settled"), History.NOT_SETTLED),
        (claim("commitment", outcome=True), History.KEPT),
        (claim("commitment"), History.BROKEN),
        (claim("commitment", outcome="void"), History.OPEN),
        (claim("conditional commitment", outcome="void"), History.VOID),
        (claim("conditional commitment"), History.BROKEN),
    ],
)
def test_history_speaks_of_a_claim_in_the_words_that_fit_it(told: Claim, history: History) -> None:
    assert history_of(told, date(2030, 1, 1)) is history
    assert history_of(told, date(2029, 12, 31)) is History.OPEN
    assert history_of_reading(told, told.tests[0], date(2030, 1, 1)) is history


def test_history_is_kept_for_each_reading() -> None:
    told = claim(readings=2)
    weak, strong = told.tests
    assert history_of_reading(told, weak, date(2030, 1, 1)) is History.OPEN
    own = replace(strong, resolved=Resolution(date(2030, 1, 1), True))
    both = replace(told, tests=(weak, own))
    assert history_of_reading(both, own, date(2030, 1, 1)) is History.CAME_TRUE
    assert history_of(both, date(2030, 1, 1)) is History.DID_NOT


def test_checks_are_asked_with_the_evidence_unless_they_say_otherwise() -> None:
    checks = """
checks:
  - {id: seen, asks: P(fire = burning), range: 60% to 80%, because: known}
  - {id: before, asks: P(fire = burning), evidence: false, range: 10% to 30%, because: known}
questions: {burns: P(fire = burning)}
"""
    found = findings(Study(case_of(DATED + checks), worlds=500, threads=1))
    seen, before = found.checks
    assert seen.answer.mean == found.questions[0].answer.mean
    assert seen.mean_inside
    assert before.mean_inside
    assert before.answer.mean != seen.answer.mean
