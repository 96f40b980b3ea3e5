"""Claims tested: a verdict for every reading, in both forms of ``do``, with what carries it and what history said."""

from __future__ import annotations

from dataclasses import dataclass

from quandary.ask.answer import Answer
from quandary.ask.claims.by_construction import Budget, by_construction
from quandary.ask.claims.history import history_of
from quandary.ask.inquiry import other_form
from quandary.ask.query.carrier import carrier_of
from quandary.ask.query.combining import is_truth, slack
from quandary.ask.query.queries import Query, prepare
from quandary.ask.results import ByConstruction, Carrier, ClaimResult, TestResult, Verdict
from quandary.ask.study import Study
from quandary.base.problems import CaseError, Problem
from quandary.case.model import Case, Claim, Test
from quandary.language.syntax import Compare

HOLDS, FAILS = 0.9, 0.1
"""The weighted share of worlds from which a reading holds, and up to which it fails."""

KINDS_WITHOUT_TEST = "its kind carries no test"


@dataclass(frozen=True)
class ClaimReading:
    """One test of a claim, ready: as written, and with every ``do`` unseen (``None`` without a ``do``)."""

    claim: Claim
    test: Test
    query: Query
    unseen: Query | None


def readings(case: Case) -> tuple[ClaimReading, ...]:
    """Return every test of every claim, ready to be answered; raises ``CaseError`` with all their faults."""
    found: list[ClaimReading] = []
    problems: list[Problem] = []
    for claim in case.claims:
        for test in claim.tests:
            try:
                query = prepare(case, test.query, test.written)
                other = other_form(test.query)
                unseen = None if other is None else prepare(case, other)
            except CaseError as fault:
                problems.extend(fault.problems)
                continue
            if is_truth(test.query):
                found.append(ClaimReading(claim, test, query, unseen))
            else:
                message = f'The test "{test.name}" of claim "{claim.id}" is a number and cannot hold or fail.'
                problems.append(Problem("Q510", message, test.place, "compare it with something: ... > 50%"))
    if problems:
        raise CaseError(dict.fromkeys(problems))
    return tuple(found)


def queries_of(found: tuple[ClaimReading, ...]) -> list[Query]:
    """Return the queries that readings need, both forms."""
    return [query for one in found for query in (one.query, one.unseen) if query is not None]


def claim_results(study: Study, found: tuple[ClaimReading, ...], budget: Budget | None) -> tuple[ClaimResult, ...]:
    """Return every claim of the case with its readings tested, in the order written."""
    fixed = by_construction(study, [reading.query for reading in found], budget)
    tested: dict[str, list[TestResult]] = {}
    for reading, construction in zip(found, fixed, strict=True):
        tested.setdefault(reading.claim.id, []).append(_tested(study, reading, construction))
    return tuple(
        ClaimResult(claim, tuple(tested.get(claim.id, ())), history_of(claim, study.as_of), _why_not(claim))
        for claim in study.case.claims
    )


def verdict_of(share: float | None, construction: ByConstruction | None = None) -> Verdict:
    """Return the verdict on a weighted share of worlds; ``None``, where no world has an answer, is not testable."""
    if share is None:
        return Verdict.NOT_TESTABLE
    if construction is not None and construction.outcome is not None:
        return Verdict.BY_CONSTRUCTION_TRUE if construction.outcome else Verdict.BY_CONSTRUCTION_FALSE
    if share >= HOLDS:
        return Verdict.HOLDS
    return Verdict.FAILS if share <= FAILS else Verdict.FRAGILE


def _tested(study: Study, reading: ClaimReading, construction: ByConstruction) -> TestResult:
    answer = study.answer(reading.query)
    verdict = verdict_of(answer.holds_in, construction)
    unseen = None if reading.unseen is None else study.answer(reading.unseen)
    verdict_unseen = None
    if unseen is not None:
        verdict_unseen = verdict_of(unseen.holds_in, construction if _alike(answer, unseen) else None)
    return TestResult(
        name=reading.test.name,
        query=reading.test.written,
        verdict=verdict,
        holds_in=answer.holds_in,
        answer=answer,
        effect=_effect(reading.query, answer),
        verdict_unseen=verdict_unseen,
        holds_in_unseen=None if unseen is None else unseen.holds_in,
        effect_unseen=None if unseen is None or reading.unseen is None else _effect(reading.unseen, unseen),
        by_construction=construction,
        carrier=_carrier(study, reading.query) if verdict is Verdict.FRAGILE else None,
    )


def _alike(first: Answer, second: Answer) -> bool:
    """Return whether two readings hold in the same share of worlds, up to rounding."""
    if first.holds_in is None or second.holds_in is None:
        return False
    return abs(first.holds_in - second.holds_in) < 1e-9


def _effect(query: Query, answer: Answer) -> Answer | None:
    """Return the left minus the right side, for a single comparison."""
    return answer if isinstance(query.expression, Compare) else None


def _carrier(study: Study, query: Query) -> Carrier | None:
    draws, _, _ = study.draws(query)
    margin = slack(query.expression, lambda ask: study.found.values[query.inquiries[ask]])
    return carrier_of(study.ranked, margin, draws.weights)


def _why_not(claim: Claim) -> str | None:
    if claim.tests:
        return None
    return claim.not_testable or claim.note or KINDS_WITHOUT_TEST
