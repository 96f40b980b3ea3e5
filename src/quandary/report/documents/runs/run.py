"""A run of a case, and a report: what happens, which claims hold, what moves it, and what it all rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any, ClassVar

from quandary.ask.claims.decision_rules import DecisionRule
from quandary.ask.results import (
    CheckResult,
    ClaimResult,
    History,
    JointChecks,
    QuestionResult,
    TestResult,
)
from quandary.case.model import Source
from quandary.report.documents.answers import (
    EFFECT,
    AnchoredDocument,
    AnswerDocument,
    ArisingDocument,
    BoundsDocument,
    CountingDocument,
    JudgementDocument,
    OutsideDocument,
    SpreadDocument,
    WorldShareDocument,
    anchored_document,
    answer_document,
    arising_document,
    bounds_document,
    counting_document,
    judgement_document,
    outside_document,
    share_document,
    spread_document,
    work_of_run,
)
from quandary.report.documents.cases import (
    ByConstructionDocument,
    CaseDocument,
    CriticItemDocument,
    NumberDocument,
    case_document,
    construction_document,
    items_document,
    number_document,
)
from quandary.report.documents.changes import (
    ChannelDocument,
    ClonesDocument,
    LadderDocument,
    channel_documents,
    clones_document,
    ladder_document,
)
from quandary.report.documents.document import ResultDocument, document, key
from quandary.report.documents.equilibria import EquilibriaDocument, equilibria_document
from quandary.report.documents.fillings import FillingsDocument, filled_document, fillings_document
from quandary.report.documents.problems import ProblemDocument, problem_document
from quandary.report.documents.runs.unknowns import UnknownsDocument, unknowns_document
from quandary.report.documents.why.choice import ChoiceDocument, choice_document
from quandary.report.documents.why.explanation import RestsOnDocument, SideDocument, rests_document, side_document
from quandary.report.dossier import Dossier
from quandary.report.words.claims import history, untested
from quandary.report.words.headline import headline_sentence
from quandary.report.words.record import Report
from quandary.report.words.rests import Rests


@document
class TestDocument:
    """One reading of a claim, tested."""

    query: str = key("what was tested")
    judgement: JudgementDocument = key("what the worlds say of it", inline=True)
    effective_worlds: float = key("how many equally weighted worlds this rests on")
    undefined: int = key("in how many worlds that count it has no value")
    undefined_worlds: Sequence[int] = key("their numbers, from 0")
    effect: SpreadDocument | None = key(EFFECT)
    set_aside: Sequence[str] = key("the evidence that its interventions set aside, as the case writes it")
    by_construction: ByConstructionDocument = key("whether it could come out otherwise at all")
    carrier: str | None = key("of a reading that neither holds nor fails: the number that most separates the worlds")
    rests_on: RestsOnDocument | None = key(
        "what its verdict rests on; not there where that was not asked", left_out=True
    )
    bounds: BoundsDocument | None = key(
        "what the ranges allow the difference of its sides to be (`--all`)", left_out=True
    )
    fillings: FillingsDocument | None = key(
        "what it is over fillings of the numbers that nobody has put, where it hangs on some", left_out=True
    )
    history: History = key("what came of this reading later")
    counting: CountingDocument | None = key(
        "where it compares how likely a choice is: what counting options would make that", left_out=True
    )
    arising: ArisingDocument | None = key(
        "where it compares how likely a choice is at a decision that may not arise: how often it arises", left_out=True
    )


@document
class ClaimDocument:
    """A claim of the article, with each of its readings tested."""

    id: str = key("the claim's name in the case")
    speaker: str = key("who made it")
    quote: str = key("in which words")
    kind: str = key("what kind of statement it is; only a `claim` is tested")
    source: str | None = key("the source's name in the case")
    on: date | None = key("the day it was made: it is tested with the evidence up to then")
    days_late: int | None = key("by how many days that is later than the case's own day; below 0: earlier")
    history: History = key("what came of it later, up to the day of the run; each reading has its own")
    history_said: str = key("the same in words")
    not_testable: str | None = key("why it has no tests, in words")
    own: Sequence[ChannelDocument] | None = key("the channels that its speaker voices", left_out=True)
    rivals: Sequence[ChannelDocument] | None = key(
        "the other channels that bear on it, with who voiced each", left_out=True
    )
    tests: Mapping[str, TestDocument] = key("each reading, by its name")


@document
class QuestionDocument:
    """A question of the case and its answer."""

    asks: str | None = key("the question in words")
    query: str = key("the query")
    answer: AnswerDocument = key("the answer", inline=True)
    side: SideDocument | None = key("what decides on which side of its level it lies (`--all`)", left_out=True)
    bounds: BoundsDocument | None = key("what the ranges allow it to be (`--all`)", left_out=True)
    fillings: FillingsDocument | None = key(
        "what it is over fillings of the numbers that nobody has put, where it hangs on some", left_out=True
    )
    parts_over: Mapping[str, FillingsDocument] | None = key(
        "of a dilemma, the same of each part that hangs on some", left_out=True
    )


@document
class CheckDocument:
    """A range known from elsewhere beside what the game gives, in the query's own unit."""

    id: str = key("the check's name in the case")
    query: str = key("what was asked")
    evidence: bool = key("whether it was asked with the case's evidence")
    known_low: float = key("the lower end of the range known")
    known_high: float = key("its upper end")
    answer: SpreadDocument = key("what the game gives", inline=True)
    overlaps: bool | None = key(
        "whether the answer's 90 % interval meets the range; over fillings, whether it lies in it in all or in none"
    )
    mean_inside: bool | None = key("whether its mean lies in the range")
    edge: bool = key("whether other worlds may say otherwise of `overlaps`")
    set_aside: Sequence[str] = key("the evidence that its interventions set aside, as the case writes it")
    fillings: FillingsDocument | None = key(
        "what it is over fillings of the numbers that nobody has put, where it hangs on some", left_out=True
    )


@document
class JointChecksDocument:
    """Checks together: in a world a check is met where its answer there lies in its range."""

    checks: int = key("how many of them have an answer in each world")
    all_met: WorldShareDocument | None = key("the share of worlds in which all are met")
    mean: float = key("how many are met in a world on average")


@document
class RunDocument(ResultDocument):
    """A run of a case: outcomes, claims, questions and checks."""

    SCHEMA: ClassVar[str] = "quandary.run/2"
    case: CaseDocument = key("which case it was")
    as_of: date = key("evidence up to this day was used")
    worlds: int = key("how many worlds were solved")
    effective_worlds: float = key("how many equally weighted worlds the evidence leaves them worth")
    seed: int = key("the seed of the draws")
    mc_error: float | None = key("Monte Carlo standard error of the headline's mean")
    headline: str | None = key("the leading question's answer, in words")
    headline_arising: ArisingDocument | None = key(
        "where it asks how likely a choice is at a decision that may not arise: how often it arises", left_out=True
    )
    headline_side: SideDocument | None = key("what decides on which side of its level it lies (`--all`)", left_out=True)
    headline_bounds: BoundsDocument | None = key("what the ranges allow it to be (`--all`)", left_out=True)
    clones: ClonesDocument | None = key(
        "how far listing an option twice moves it, and what counting options gives", left_out=True
    )
    outside: Sequence[OutsideDocument] | None = key("what others say of events, beside the case", left_out=True)
    evidence: Sequence[str] = key("the evidence used, with its day")
    outcomes: Mapping[str, Mapping[str, SpreadDocument]] = key("by variable and state: its probability, 0 to 1")
    claims: Sequence[ClaimDocument] = key("every claim, in the case's order")
    questions: Mapping[str, QuestionDocument] = key("every question, by its name")
    checks: Sequence[CheckDocument] = key("every check, in the case's order")
    checks_jointly: JointChecksDocument | None = key("the checks together, world by world; null without two")
    unknowns: UnknownsDocument | None = key(
        "the numbers that nobody has put, and what hangs on them, where there are any", left_out=True
    )
    warnings: Sequence[ProblemDocument] = key("warnings of the case and of the run")
    not_converged: int = key("how many worlds could not be solved")
    not_converged_worlds: Sequence[int] = key("their numbers, from 0")
    redrawn: int = key("how many worlds were drawn again, as their odds could not be read")
    complete: bool = key("whether all of the work was done, or an interruption cut it short")
    anchored: AnchoredDocument | None = key("by which checks worlds are weighted, where they are", left_out=True)
    headline_counting: CountingDocument | None = key(
        "where the headline is a choice: what counting options would make it", left_out=True
    )


def run_document(report: Report) -> RunDocument:
    """Return a run with all that it found."""
    findings, headline = report.findings, report.headline
    run = findings.run
    return RunDocument(
        case=case_document(report.case),
        as_of=report.as_of,
        worlds=run.done,
        effective_worlds=run.effective_worlds,
        seed=run.seed,
        mc_error=headline.answer.mc_error if headline else None,
        headline=headline_sentence(report),
        headline_arising=arising_document(headline.answer) if headline else None,
        headline_side=side_document(report.names, report.numbers, headline.query, headline.side) if headline else None,
        headline_bounds=bounds_document(headline.bounds) if headline else None,
        clones=None if report.clones is None else clones_document(report.clones),
        outside=[outside_document(one) for one in report.outside] or None,
        evidence=run.evidence,
        outcomes={
            o.variable: {state: spread_document(a, o.fillings.get(state)) for state, a in o.states.items()}
            for o in findings.outcomes
        },
        claims=[_claim(report, claim) for claim in findings.claims],
        questions={one.question.id: _question(report, one) for one in findings.questions},
        checks=[_check(check) for check in findings.checks],
        checks_jointly=None if findings.joint is None else _joint(findings.joint),
        unknowns=unknowns_document(report),
        warnings=[problem_document(p) for p in (*report.problems, *run.warnings) if not p.is_error],
        not_converged=len(run.unconverged),
        not_converged_worlds=run.unconverged,
        redrawn=run.redrawn,
        complete=report.complete,
        anchored=anchored_document(run),
        headline_counting=None if report.headline is None else counting_document(report.headline.answer),
    )


def _claim(report: Report, result: ClaimResult) -> ClaimDocument:
    claim = result.claim
    return ClaimDocument(
        id=claim.id,
        speaker=claim.speaker,
        quote=claim.quote,
        kind=claim.kind,
        source=claim.source,
        on=result.on,
        days_late=result.days_late,
        history=result.history,
        history_said=history(result),
        not_testable=None if result.tests else untested(result),
        own=channel_documents(result.own) or None,
        rivals=channel_documents(result.rivals) or None,
        tests={test.name: _test(report, test) for test in result.tests},
    )


def _test(report: Report, test: TestResult) -> TestDocument:
    rests = None if test.rests_on is None else Rests(report.names, report.numbers, test.rests_on)
    return TestDocument(
        query=test.query,
        judgement=judgement_document(test),
        effective_worlds=test.effective_worlds,
        undefined=len(test.undefined),
        undefined_worlds=test.undefined,
        effect=spread_document(test.effect, test.fillings) if test.effect else None,
        set_aside=test.set_aside,
        by_construction=construction_document(test.by_construction),
        carrier=test.carrier.name if test.carrier else None,
        rests_on=None if rests is None else rests_document(rests),
        bounds=bounds_document(test.bounds),
        fillings=fillings_document(test.fillings),
        history=test.history,
        counting=counting_document(test.answer),
        arising=arising_document(test.answer),
    )


def _question(report: Report, result: QuestionResult) -> QuestionDocument:
    return QuestionDocument(
        asks=result.question.asks,
        query=result.answer.query,
        answer=answer_document(result.answer, result.fillings),
        side=side_document(report.names, report.numbers, result.question.query, result.side),
        bounds=bounds_document(result.bounds),
        fillings=fillings_document(result.fillings),
        parts_over={name: filled_document(over) for name, over in result.parts.items()} or None,
    )


def _check(result: CheckResult) -> CheckDocument:
    return CheckDocument(
        id=result.check.id,
        query=result.check.written,
        evidence=result.check.with_evidence,
        known_low=result.low,
        known_high=result.high,
        answer=spread_document(result.answer, result.fillings),
        overlaps=result.overlaps,
        mean_inside=result.mean_inside,
        edge=result.edge,
        set_aside=result.answer.dropped,
        fillings=fillings_document(result.fillings),
    )


@document
class UnlessDocument:
    """Beyond which value one number alone flips the headline's answer, as `flips` has it."""

    number: str = key("the number's name")
    above: bool = key("whether above the threshold, or below it")
    threshold: float = key("the value, in the number's own unit")
    mean: float = key("the mean answer beyond it, in the query's unit")
    beyond: float = key("how probable that is in the analyst's range, 0 to 1")


@document
class SwingDocument:
    """How far one number moves the headline's answer."""

    number: str = key("the number's name")
    correlation: float = key("rank correlation of its draws with the answer, -1 to 1")
    low_fifth: float | None = key("the mean answer where the number is in its lowest fifth, in the query's unit")
    high_fifth: float | None = key("the same in its highest fifth")


@document
class RuleRowDocument:
    """One situation in which a choice is made."""

    known: Mapping[str, str] = key("what is known there, by variable")
    reached: float = key("the probability that it comes to it, 0 to 1")
    options: Mapping[str, float] = key("each option's mean probability, 0 to 1; without those barred")


@document
class DecisionRuleDocument:
    """How a decision is made, in its likeliest situations."""

    decision: str = key("the decision's name")
    actor: str = key("the actor's name")
    choosing: float = key("the probability that there is a choice at all, 0 to 1")
    before_the_evidence: bool = key("whether the rule is shown without the evidence, which names the choice")
    worlds: int = key("how many worlds were averaged")
    rows: Sequence[RuleRowDocument] = key("the situations, the likeliest first")


@document
class SourceDocument:
    """A text that the case names."""

    title: str | None = key("its title")
    author: str | None = key("its author")
    publisher: str | None = key("its publisher")
    published: date | None = key("the day it was published")
    url: str | None = key("its address")


@document
class ReportDocument(RunDocument):
    """A report to hand over: a run, and what stands beside it."""

    SCHEMA: ClassVar[str] = "quandary.report/2"
    unlesses: Sequence[UnlessDocument] = key("what would flip the headline, the number that carries most of it first")
    swings: Sequence[SwingDocument] = key("the numbers that move the headline most")
    choices: Sequence[ChoiceDocument] = key("why the decisions that the headline asks about are made as they are")
    decision_rules: Sequence[DecisionRuleDocument] = key("how each decision is made")
    numbers: Sequence[NumberDocument] = key("every uncertain number of the case")
    sources: Mapping[str, SourceDocument] = key("every source, by its name in the case")
    equilibria: EquilibriaDocument | None = key("what a search for other equilibria found; null where none was made")
    ladders: Sequence[LadderDocument] = key("the ladder of each reading that leans or is tossed")
    critique: Sequence[CriticItemDocument] | None = key("what a critic would say, worst first; null where interrupted")
    charts: Mapping[str, Mapping[str, Any]] = key("every chart by its name: a Vega-Lite 5 specification with its data")


def _joint(found: JointChecks) -> JointChecksDocument:
    return JointChecksDocument(found.checks, share_document(found.all_met), found.mean)


def report_document(dossier: Dossier) -> ReportDocument:
    """Return a report: all that its run holds, and what stands beside it."""
    from quandary.report.charts.collection import charts_of

    report = dossier.report
    run = run_document(report)
    unlesses = report.headline.unlesses if report.headline else ()
    found = dossier.equilibria
    return ReportDocument(
        **{field.name: getattr(run, field.name) for field in fields(run)},
        unlesses=[UnlessDocument(u.number.name, u.above, u.threshold, u.mean, u.beyond) for u in unlesses],
        swings=[SwingDocument(s.number.name, s.correlation, s.low, s.high) for s in dossier.swings],
        choices=[choice_document(report.case, one) for one in dossier.choices],
        decision_rules=[_rule(rule) for rule in dossier.rules],
        numbers=[number_document(number) for number in report.numbers.values()],
        sources={name: _source(source) for name, source in report.case.sources.items()},
        equilibria=None if found is None else equilibria_document(report.case, found),
        ladders=[ladder_document(report.case, one, work_of_run(report.findings.run)) for one in dossier.ladders],
        critique=None if dossier.critique is None else items_document(report.case, dossier.critique),
        charts={chart.name: chart.spec for chart in charts_of(dossier).all()},
    )


def _rule(rule: DecisionRule) -> DecisionRuleDocument:
    rows = [RuleRowDocument(dict(row.known), row.reached, row.options) for row in rule.rows]
    return DecisionRuleDocument(rule.decision, rule.actor, rule.choosing, rule.settled, rule.worlds, rows)


def _source(source: Source) -> SourceDocument:
    return SourceDocument(source.title, source.author, source.publisher, source.published, source.url)
