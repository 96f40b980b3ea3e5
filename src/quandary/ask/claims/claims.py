"""Claims tested: a verdict for every reading, with what had been seen by the day on which the claim was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from quandary.ask.claims.construction.by_construction import Budget, by_construction
from quandary.ask.claims.history import history_of, history_of_reading
from quandary.ask.claims.judging import Reading, judged, reading_of
from quandary.ask.query.combining import is_truth
from quandary.ask.query.queries import until
from quandary.ask.results import ClaimResult, TestResult
from quandary.ask.study import Study
from quandary.base.problems import CaseError, Problem
from quandary.case.model import Case, Channel, Claim, Test

KINDS_WITHOUT_TEST = "its kind carries no test"


@dataclass(frozen=True)
class ClaimReading:
    """One test of a claim, ready to be judged."""

    claim: Claim
    test: Test
    reading: Reading


def readings(case: Case) -> tuple[ClaimReading, ...]:
    """Return every test of every claim, ready to be judged; raises ``CaseError`` with all their faults."""
    found: list[ClaimReading] = []
    problems: list[Problem] = []
    for claim in case.claims:
        for test in claim.tests:
            try:
                reading = reading_of(case, test.query, test.written, name=test.name, until=until(case, claim))
            except CaseError as fault:
                problems.extend(fault.problems)
                continue
            if is_truth(test.query):
                found.append(ClaimReading(claim, test, reading))
            else:
                message = f'The test "{test.name}" of claim "{claim.id}" is a number and cannot hold or fail.'
                problems.append(Problem("Q510", message, test.place, "compare it with something: ... > 50%"))
    if problems:
        raise CaseError(dict.fromkeys(problems))
    return tuple(found)


def claim_results(study: Study, found: Sequence[ClaimReading], budget: Budget | None) -> tuple[ClaimResult, ...]:
    """Return every claim of the case with its readings tested, in the order written."""
    fixed = by_construction(study, [one.reading for one in found], budget)
    tested: dict[str, list[TestResult]] = {}
    for one, construction in zip(found, fixed, strict=True):
        result = judged(study, one.reading, construction)
        history = history_of_reading(one.claim, one.test, study.as_of)
        tested.setdefault(one.claim.id, []).append(replace(result, history=history))
    return tuple(_result(study, claim, tuple(tested.get(claim.id, ()))) for claim in study.case.claims)


def _result(study: Study, claim: Claim, tests: tuple[TestResult, ...]) -> ClaimResult:
    late = None if claim.on is None else (claim.on - study.case.as_of).days
    own, rivals = channels_of(study.case, claim) if tests else ((), ())
    came = history_of(claim, study.as_of)
    return ClaimResult(claim, tests, came, _why_not(claim), claim.on, late, own=own, rivals=rivals)


def channels_of(case: Case, claim: Claim) -> tuple[tuple[Channel, ...], tuple[Channel, ...]]:
    """Return the channels that bear on a claim: those that its speaker voices, and the rivals.

    A channel is the speaker's own where it is voiced by name, or by a source of which the speaker is the author (or,
    without an author, the publisher).
    """
    bearing = [one for one in case.channels.values() if not one.claims or claim.id in one.claims]
    own = tuple(one for one in bearing if _voice(case, one) == claim.speaker)
    return own, tuple(one for one in bearing if one not in own)


def _voice(case: Case, channel: Channel) -> str | None:
    source = case.sources.get(channel.voiced_by or "")
    return channel.voiced_by if source is None else source.author or source.publisher


def _why_not(claim: Claim) -> str | None:
    if claim.tests:
        return None
    return claim.not_testable or claim.note or KINDS_WITHOUT_TEST
