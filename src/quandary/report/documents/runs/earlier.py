"""Documents of the version before, with its keys and words, for one release: ``--schema 1``.

They are made of today's findings. Where these know more than the old words can say, the nearest old word stands that
claims no more: what leans or is tossed was ``fragile`` (between 10 % and 90 % of the worlds, as before), a reading that
history cannot settle is ``open``, a commitment that was kept ``came_true``. ``unseen`` is what ``do`` says today: of a
query with ``do_foreseen`` it is the other form, of one with ``do`` the query itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any, ClassVar, Literal

from quandary.ask.answer import Answer
from quandary.ask.results import (
    ByConstruction,
    ByConstructionStatus,
    CheckResult,
    ClaimResult,
    History,
    TestResult,
)
from quandary.quantities.shares import Share
from quandary.report.documents.answers import (
    ErrorSpreadDocument,
    SpreadDocument,
    answer_document,
    spread_document,
)
from quandary.report.documents.cases import CaseDocument, NumberDocument
from quandary.report.documents.document import ResultDocument, document, key
from quandary.report.documents.equilibria import EquilibriaDocument
from quandary.report.documents.problems import ProblemDocument
from quandary.report.documents.runs.run import (
    DecisionRuleDocument,
    RunDocument,
    SourceDocument,
    SwingDocument,
    UnlessDocument,
    report_document,
    run_document,
)
from quandary.report.dossier import Dossier
from quandary.report.words.claims import history, untested
from quandary.report.words.record import Report

EarlierVerdict = Literal["holds", "fragile", "fails", "by_construction_true", "by_construction_false", "not_testable"]
EarlierHistory = Literal["open", "void", "came_true", "did_not"]
EarlierStatus = Literal["proved", "no_counter_example", "counter_example", "not_searched"]

HOLDS, FAILS = 0.9, 0.1

EARLIER_HISTORIES: Mapping[History, EarlierHistory] = {
    History.OPEN: "open",
    History.NOT_SETTLED: "open",
    History.VOID: "void",
    History.CAME_TRUE: "came_true",
    History.KEPT: "came_true",
    History.DID_NOT: "did_not",
    History.BROKEN: "did_not",
}

EARLIER_STATUSES: Mapping[ByConstructionStatus, EarlierStatus] = {
    ByConstructionStatus.PROVED: "proved",
    ByConstructionStatus.NO_COUNTER_EXAMPLE: "no_counter_example",
    ByConstructionStatus.COUNTER_EXAMPLE: "counter_example",
    ByConstructionStatus.NOT_SEARCHED: "not_searched",
    ByConstructionStatus.SETTLED: "not_searched",
}


@document
class EarlierAnswerDocument(ErrorSpreadDocument):
    """An answer and how many worlds it rests on; of a comparison, the numbers are its left minus its right side."""

    worlds: int = key("how many worlds were solved")
    effective_worlds: float = key("how many equally weighted worlds the evidence leaves them worth")
    undefined: int = key("in how many worlds the query has no value")
    undefined_because: str | None = key("why it has none there, in words")
    holds_in: float | None = key(
        "of a comparison: the weighted share of worlds, 0 to 1, in which it holds", left_out=True
    )
    parts: Mapping[str, SpreadDocument] | None = key("of a query with parts: each part's answer", left_out=True)
    dropped: Sequence[str] = key("evidence set aside, as an intervention made it void")
    notes: Sequence[str] = key("what else is to be known about the answer, in words")


@document
class EarlierAskDocument(ResultDocument):
    """The answer to one query."""

    SCHEMA: ClassVar[str] = "quandary.ask/1"
    query: str = key("the query, as it was read")
    answer: EarlierAnswerDocument = key("the answer", inline=True)
    not_converged: int | None = key("of a case: how many worlds could not be solved", left_out=True)
    not_converged_worlds: Sequence[int] | None = key("of a case: their numbers, from 0", left_out=True)
    complete: bool = key("whether all of the work was done, or an interruption cut it short")


@document
class EarlierByConstructionDocument:
    """Whether a reading could come out otherwise at all, within the ranges of the case's numbers."""

    status: EarlierStatus = key("how far the search for a counter-example came")
    searched: int = key("how many worlds were looked at")
    smallest_margin: float | None = key("how near to the comparison's edge any of them came, in the query's unit")
    reason: str = key("the same in one sentence")


@document
class EarlierTestDocument:
    """One reading of a claim, tested; ``unseen`` is with every ``do`` unknown to the actors."""

    query: str = key("what was tested")
    verdict: EarlierVerdict = key("holds from 90 % of worlds on, fails up to 10 %, is fragile between")
    verdict_unseen: EarlierVerdict | None = key("the same where the actors do not learn of a `do` beforehand")
    by_construction: EarlierByConstructionDocument = key("whether it could come out otherwise at all")
    history: EarlierHistory = key("what came of the claim later")
    holds_in: float | None = key("the weighted share of worlds, 0 to 1, in which it holds")
    holds_in_unseen: float | None = key("the same where the actors do not learn of a `do` beforehand")
    effect: SpreadDocument | None = key("of one comparison: its left minus its right side")
    effect_unseen: SpreadDocument | None = key("the same where the actors do not learn of a `do` beforehand")
    carrier: str | None = key("of a fragile reading: the number that most separates the worlds")
    undefined: int = key("in how many worlds it has no value")
    dropped: Sequence[str] = key("evidence set aside, as an intervention made it void")


@document
class EarlierClaimDocument:
    """A claim of the article, with each of its readings tested."""

    id: str = key("the claim's name in the case")
    speaker: str = key("who made it")
    quote: str = key("in which words")
    kind: str = key("what kind of statement it is; only a `claim` is tested")
    source: str | None = key("the source's name in the case")
    history: EarlierHistory = key("what came of it later, up to the day of the run")
    history_said: str = key("the same in words")
    not_testable: str | None = key("why it has no tests, in words")
    tests: Mapping[str, EarlierTestDocument] = key("each reading, by its name")


@document
class EarlierQuestionDocument:
    """A question of the case and its answer."""

    asks: str | None = key("the question in words")
    query: str = key("the query")
    answer: EarlierAnswerDocument = key("the answer", inline=True)


@document
class EarlierCheckDocument:
    """A range known from elsewhere beside what the game gives, in the query's own unit."""

    id: str = key("the check's name in the case")
    query: str = key("what was asked")
    known_low: float = key("the lower end of the range known")
    known_high: float = key("its upper end")
    answer: SpreadDocument = key("what the game gives", inline=True)
    overlaps: bool | None = key("whether the answer's 90 % interval meets the range")
    mean_inside: bool | None = key("whether its mean lies in the range")


@document
class EarlierRunDocument(ResultDocument):
    """A run of a case: outcomes, claims, questions and checks."""

    SCHEMA: ClassVar[str] = "quandary.run/1"
    case: CaseDocument = key("which case it was")
    as_of: date = key("evidence up to this day was used")
    worlds: int = key("how many worlds were solved")
    effective_worlds: float = key("how many equally weighted worlds the evidence leaves them worth")
    seed: int = key("the seed of the draws")
    mc_error: float | None = key("Monte Carlo standard error of the headline's mean")
    headline: str | None = key("the leading question's answer, in words")
    evidence: Sequence[str] = key("the evidence used, with its day")
    outcomes: Mapping[str, Mapping[str, SpreadDocument]] = key("by variable and state: its probability, 0 to 1")
    claims: Sequence[EarlierClaimDocument] = key("every claim, in the case's order")
    questions: Mapping[str, EarlierQuestionDocument] = key("every question, by its name")
    checks: Sequence[EarlierCheckDocument] = key("every check, in the case's order")
    warnings: Sequence[ProblemDocument] = key("warnings of the case and of the run")
    not_converged: int = key("how many worlds could not be solved")
    not_converged_worlds: Sequence[int] = key("their numbers, from 0")
    redrawn: int = key("how many worlds were drawn again, as their odds could not be read")
    complete: bool = key("whether all of the work was done, or an interruption cut it short")


@document
class EarlierReportDocument(EarlierRunDocument):
    """A report to hand over: a run, and what stands beside it."""

    SCHEMA: ClassVar[str] = "quandary.report/1"
    unlesses: Sequence[UnlessDocument] = key("what would flip the headline, the number that carries most of it first")
    swings: Sequence[SwingDocument] = key("the numbers that move the headline most")
    decision_rules: Sequence[DecisionRuleDocument] = key("how each decision is made")
    numbers: Sequence[NumberDocument] = key("every uncertain number of the case")
    sources: Mapping[str, SourceDocument] = key("every source, by its name in the case")
    equilibria: EquilibriaDocument | None = key("what a search for other equilibria found; null where none was made")
    charts: Mapping[str, Mapping[str, Any]] = key("every chart by its name: a Vega-Lite 5 specification with its data")


def earlier_verdict(share: Share | None, found: ByConstruction | None = None) -> EarlierVerdict:
    """Return the old word for a share of worlds, and for what is forced without the evidence."""
    if share is None:
        return "not_testable"
    if found is not None and found.outcome is not None and found.status is not ByConstructionStatus.SETTLED:
        return "by_construction_true" if found.outcome else "by_construction_false"
    if share.share >= HOLDS:
        return "holds"
    return "fails" if share.share <= FAILS else "fragile"


def earlier_ask_document(
    answer: Answer, lost: Sequence[int] | None = None, *, complete: bool = True
) -> EarlierAskDocument:
    """Return the answer to a query; ``lost`` are the worlds that did not converge (``None``: of a game file)."""
    many = None if lost is None else len(lost)
    return EarlierAskDocument(answer.query, _answer(answer), many, lost, complete)


def earlier_run_document(report: Report) -> EarlierRunDocument:
    """Return a run with all that it found."""
    return EarlierRunDocument(**_of_the_run(EarlierRunDocument, report, run_document(report)))


def earlier_report_document(dossier: Dossier) -> EarlierReportDocument:
    """Return a report: all that its run holds, and what stands beside it."""
    return EarlierReportDocument(**_of_the_run(EarlierReportDocument, dossier.report, report_document(dossier)))


def _of_the_run(earlier: type[EarlierRunDocument], report: Report, now: RunDocument) -> dict[str, Any]:
    """Return the values of an earlier document: what is now, but for what had other keys or words, or none."""
    findings = report.findings
    return {
        **{field.name: getattr(now, field.name) for field in fields(earlier)},
        "claims": [_claim(claim) for claim in findings.claims],
        "questions": {
            one.question.id: EarlierQuestionDocument(one.question.asks, one.answer.query, _answer(one.answer))
            for one in findings.questions
        },
        "checks": [_check(check) for check in findings.checks],
    }


def _answer(answer: Answer) -> EarlierAnswerDocument:
    now = answer_document(answer)
    return EarlierAnswerDocument(
        mean=now.mean,
        median=now.median,
        low=now.low,
        high=now.high,
        mc_error=now.mc_error,
        worlds=now.worlds,
        effective_worlds=now.effective_worlds,
        undefined=now.undefined,
        undefined_because=now.undefined_because,
        holds_in=answer.holds_in,
        parts=now.parts,
        dropped=now.set_aside,
        notes=now.notes,
    )


def _claim(result: ClaimResult) -> EarlierClaimDocument:
    claim = result.claim
    return EarlierClaimDocument(
        id=claim.id,
        speaker=claim.speaker,
        quote=claim.quote,
        kind=claim.kind,
        source=claim.source,
        history=EARLIER_HISTORIES[result.history],
        history_said=history(result),
        not_testable=None if result.tests else untested(result),
        tests={test.name: _test(result, test) for test in result.tests},
    )


def _test(result: ClaimResult, test: TestResult) -> EarlierTestDocument:
    found = test.by_construction
    verdict, share, effect = earlier_verdict(test.share, found), test.share, test.effect
    unseen: tuple[EarlierVerdict | None, Share | None, Answer | None] = None, None, None
    if test.other is not None and test.other.form == "do":
        unseen = earlier_verdict(test.other.share), test.other.share, test.other.effect
    elif test.other is not None:
        unseen = verdict, share, effect
    return EarlierTestDocument(
        query=test.query,
        verdict=verdict,
        verdict_unseen=unseen[0],
        by_construction=EarlierByConstructionDocument(
            EARLIER_STATUSES[found.status], found.searched, found.smallest_margin, found.reason
        ),
        history=EARLIER_HISTORIES[result.history],
        holds_in=None if share is None else share.share,
        holds_in_unseen=None if unseen[1] is None else unseen[1].share,
        effect=None if effect is None else spread_document(effect),
        effect_unseen=None if unseen[2] is None else spread_document(unseen[2]),
        carrier=test.carrier.name if test.carrier and verdict == "fragile" else None,
        undefined=test.answer.undefined,
        dropped=test.set_aside,
    )


def _check(result: CheckResult) -> EarlierCheckDocument:
    return EarlierCheckDocument(
        id=result.check.id,
        query=result.check.written,
        known_low=result.low,
        known_high=result.high,
        answer=spread_document(result.answer),
        overlaps=result.overlaps,
        mean_inside=result.mean_inside,
    )
