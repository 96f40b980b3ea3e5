"""Queries of a case of version 1 in both senses: as they are read now, and as they were meant when they were written.

``do(x = v)`` meant what ``do_foreseen(x = v)`` says now, and a check was asked without the evidence unless it said
otherwise (``case/migration.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quandary.ask.answer import Answer
from quandary.ask.claims.judging import Reading, accepted, answer_or_refusal, judged
from quandary.ask.query.combining import is_truth
from quandary.ask.query.queries import Query, prepare, until
from quandary.ask.results import Verdict
from quandary.ask.study import Study
from quandary.base.problems import CaseError, Problem, Refusal, Severity, clause
from quandary.case.migration import WrittenQuery, written_queries
from quandary.case.model import Case, Check
from quandary.case.text import CaseText
from quandary.language.heads import Unit
from quandary.language.parser import parse_query
from quandary.language.syntax import Expression, Interval, Number
from quandary.language.units import query_unit
from quandary.quantities.shares import Share

POINT, ODDS, LEAST, WORTH, PART = 0.01, 1.25, 0.001, 1.0, 0.01
"""From where on two answers differ: a percentage point, or odds of x1.25 that make a tenth of one; a point of worth; a
hundredth of a plain number."""

FEW, ENOUGH = 64, 500
"""Worlds that show which claims are worth a look in more, and in how many these are looked at."""

NEAR = 0.05
"""A difference of two shares that few worlds may hide a change of verdict behind."""


@dataclass(frozen=True, eq=False)
class Sense:
    """What a query says in one of its senses; ``reason`` says why it has no answer, or none in some worlds.

    ``refused``: it cannot be asked at all (Q524).

    ``verdict``, ``share`` and ``edge`` (the verdict beyond a border that the share may lie on) are those of what is
    true or false, ``few_worlds`` says that too few count for it, ``few_edge`` that of
    other worlds the other may be so. ``meets`` says of a check whether its answer's 90 %
    interval meets the range known.
    """

    text: str
    evidence: bool
    answer: Answer
    verdict: Verdict | None = None
    share: Share | None = None
    edge: Verdict | None = None
    few_worlds: bool = False
    few_edge: bool = False
    meets: bool | None = None
    reason: str | None = None
    refused: bool = False


@dataclass(frozen=True, eq=False)
class Rereading:
    """A query with two senses, and whether its verdict, its answer, or what it says of a check differ between them."""

    query: WrittenQuery
    now: Sense
    meant: Sense
    differs: bool

    @property
    def is_lost(self) -> bool:
        """Return whether the old sense cannot be asked any more, in any words, and the new one can."""
        return self.meant.refused and not self.now.refused

    @property
    def may_differ(self) -> bool:
        """Return whether it differs, or comes so near to it in few worlds that it may in more."""
        one, other = self.now.share, self.meant.share
        if one is None or other is None:
            return self.differs or self.now.answer.mean != self.meant.answer.mean
        return self.differs or abs(one.share - other.share) >= NEAR


def with_two_senses(case: Case, queries: Sequence[WrittenQuery]) -> tuple[WrittenQuery, ...]:
    """Return the queries of a case of version 1 that may have meant something else; none of a newer case."""
    if case.version > 1:
        return ()
    seen = bool(case.evidence)
    return tuple(query for query in queries if query.says_do or (seen and query.evidence_path is not None))


def rereadings(study: Study, queries: Sequence[WrittenQuery]) -> tuple[Rereading, ...]:
    """Return queries of the study's case in both senses, from one pass over its worlds.

    Raises ``CaseError`` with the faults of all of them.
    """
    asked: list[tuple[WrittenQuery, Query, Query]] = []
    problems: list[Problem] = []
    for query in queries:
        try:
            asked.append((query, *_both(study.case, query)))
        except CaseError as fault:
            problems.extend(fault.problems)
    if problems:
        raise CaseError(dict.fromkeys(problems))
    study.need(accepted(study, (one for _, *both in asked for one in both)))
    return tuple(_reread(study, *one) for one in asked)


def _both(case: Case, query: WrittenQuery) -> tuple[Query, Query]:
    """Return a query as it is read now, and as it was meant."""
    claim = next((claim for claim in case.claims if query.kind == "claim" and claim.id == query.id), None)
    check = _check(case, query)
    day = None if claim is None else until(case, claim)
    used = check is None or check.with_evidence
    meant = parse_query(query.as_meant) if query.says_do else query.query
    return (
        prepare(case, query.query, query.written, evidence=used, until=day),
        prepare(case, meant, query.as_meant, evidence=used and query.evidence_path is None, until=day),
    )


def _check(case: Case, query: WrittenQuery) -> Check | None:
    return next((check for check in case.checks if query.kind == "check" and check.id == query.id), None)


def _reread(study: Study, query: WrittenQuery, now: Query, meant: Query) -> Rereading:
    check = _check(study.case, query)
    senses = _sense(study, now, check), _sense(study, meant, check)
    return Rereading(query, *senses, _differ(query.query, *senses))


def _sense(study: Study, query: Query, check: Check | None) -> Sense:
    evidence, refused = query.basis.used, study.refusal(query) is not None
    if is_truth(query.expression):
        found = judged(study, Reading("", query, None, query, None))
        judgement = (found.verdict, found.share, found.edge, found.few_worlds, found.few_edge)
        return Sense(query.text, evidence, found.answer, *judgement, reason=found.reason, refused=refused)
    answer = answer_or_refusal(study, query)
    meets = None if check is None else _meets(check, answer)
    return Sense(query.text, evidence, answer, meets=meets, reason=answer.why_undefined or None, refused=refused)


def _meets(check: Check, answer: Answer) -> bool | None:
    known = check.range.quantity
    if answer.low is None or answer.high is None or not isinstance(known, Interval | Number):
        return None
    low, high = (known.low, known.high) if isinstance(known, Interval) else (known.value, known.value)
    return answer.low <= high and answer.high >= low


def _differ(query: Expression, now: Sense, meant: Sense) -> bool:
    if now.verdict is not None:
        return now.verdict is not meant.verdict and now.edge is not meant.verdict and meant.edge is not now.verdict
    if now.meets != meant.meets:
        return True
    one, other = now.answer.mean, meant.answer.mean
    if one is None or other is None:
        return (one is None) != (other is None)
    gap, unit = abs(one - other), query_unit(query)
    if unit in (Unit.SHARE, Unit.DIFFERENCE):
        rise, fall = one * (1 - other), other * (1 - one)
        probable = min(one, other) >= 0
        return gap >= POINT or (probable and gap >= LEAST and max(rise, fall) > ODDS * min(rise, fall))
    return gap >= WORTH if unit is Unit.POINTS else gap > PART * max(abs(one), abs(other))


def changed_senses(case: Case, text: CaseText) -> tuple[Problem, ...]:
    """Return a warning (Q525) for each claim and check of a case of version 1 that says something else than it meant.

    None for a newer case, whose author has seen what it says now. Faults are left to those who look for them.
    """
    asked = [query for query in written_queries(case, text) if query.kind in ("claim", "check")]
    queries = with_two_senses(case, asked)
    found: tuple[Rereading, ...] = ()
    try:
        for worlds in (FEW, ENOUGH):
            found = rereadings(Study(case, worlds=worlds, threads=1), queries) if queries else ()
            queries = tuple(one.query for one in found if one.may_differ)
    except (CaseError, Refusal):
        return ()
    return tuple(_changed(one) for one in found if one.differs)


def _changed(one: Rereading) -> Problem:
    """Return the warning that a claim or check of version 1 says something else now."""
    query, words = one.query, "do_foreseen" if one.query.says_do else "evidence: false"
    what = f'"{query.id}"' if query.reading is None else f'"{query.id}" ({query.reading})'
    if one.is_lost:
        message = f"What {what} meant in version 1 cannot be asked any more: {clause(one.meant.reason or '')}."
    elif one.now.verdict is not None and one.meant.verdict is not None:
        now, meant = (verdict.value.replace("_", " ") for verdict in (one.now.verdict, one.meant.verdict))
        message = f'The verdict on {what} is "{now}" as it is read now, and "{meant}" as version 1 meant it ({words}).'
    elif one.now.meets == one.meant.meets:
        still = {True: ", and meets its range in both", False: ", and misses its range in both", None: ""}
        told = f"The check {what} has another answer as it is read now than as version 1 meant it ({words})"
        message = f"{told}{still[one.now.meets]}."
    else:
        now, meant = ("meets" if sense.meets else "misses" for sense in (one.now, one.meant))
        message = f"The check {what} {now} its range as it is read now, and {meant} it as version 1 meant it ({words})."
    hint = "`quandary migrate CASE` shows both, and writes the one you choose"
    return Problem("Q525", message, query.place, hint, Severity.WARNING)
