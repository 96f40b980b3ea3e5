"""A run for the terminal: the sentence first, then what happens, each claim, the checks, and how it was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from quandary.ask.results import ClaimResult, QuestionResult, VariableOutcome, Verdict
from quandary.base.problems import counted
from quandary.case.model import Case, DecisionEvent
from quandary.language.heads import Unit
from quandary.report.analyses.outside import outside_lines
from quandary.report.record import Report
from quandary.report.words.claims import aside_said, history, reading_history, said_on, untested, verdict_said, why_said
from quandary.report.words.contents import joint_said
from quandary.report.words.headline import headline_sentence
from quandary.report.words.method import method_lines
from quandary.report.words.names import spaced, variable_title
from quandary.report.words.questions import aside_sentence, asides_said, question_lines, undefined_in_every_world
from quandary.report.words.rests import rests_said
from quandary.report.words.units import interval_said, said_interval, unit_told, with_interval
from quandary.report.words.wording import chance, day, is_certain, listing

STYLES = {
    Verdict.HOLDS: "green",
    Verdict.LEANS_TRUE: "yellow",
    Verdict.TOSS_UP: "yellow",
    Verdict.LEANS_FALSE: "yellow",
    Verdict.FAILS: "red",
    Verdict.NOT_TESTABLE: "dim",
}


SEEN = "This asks about the world as it was seen."
"""What is said of a reading that sets nothing aside after one that does."""


def print_report(report: Report, console: Console) -> None:
    """Print a run, a screen or two, in the order in which a reader needs it."""
    for part in _parts(report):
        console.print(part)


def _parts(report: Report) -> Iterator[RenderableType]:
    case, findings = report.case, report.findings
    yield Text(headline_sentence(report), style="bold")
    for compared in report.outside:
        yield from map(Text, outside_lines(case, compared, report.leading))
    yield Text(f"{case.title}, as of {day(report.as_of)}", style="dim")
    if findings.run.evidence:
        yield Text(f"Seen by then: {'; '.join(findings.run.evidence)}.", style="dim")
    yield _heading("What happens")
    yield outcome_table(case, findings.outcomes)
    yield Text("* a decision: it follows from stakes and rationality", style="dim")
    if findings.questions:
        yield _heading("Questions")
        yield Group(*_questions(case, findings.questions))
    if findings.claims:
        yield _heading("Claims")
        yield from (_claim(c, report) for c in findings.claims if c.tests)
        yield _untested([c for c in findings.claims if not c.tests])
    if findings.checks:
        yield _heading("Checks: ranges known from elsewhere, never put in")
        yield _checks(report)
    yield _heading("How it was made")
    yield Group(*(_indented(line, 2) for line in method_lines(report)))
    yield _heading("Try next")
    yield Group(*(Text(f"  {line}", no_wrap=True, overflow="ignore") for line in _next(report)))


def _heading(text: str) -> Text:
    return Text(f"\n{text}", style="bold underline")


def outcome_table(case: Case, outcomes: tuple[VariableOutcome, ...]) -> Table:
    """Return one row a variable: its states from likely to unlikely, the first with its interval."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(max_width=40)
    table.add_column()
    for outcome in outcomes:
        states = sorted(outcome.states.items(), key=lambda s: -(s[1].mean or 0.0))
        (first, leading), others = states[0], states[1:]
        title = variable_title(case, outcome.variable)
        if outcome.decided_by:
            title += " *"
        if is_certain(leading.mean):
            table.add_row(title, f"{spaced(first)} (certain)")
            continue
        text = f"{spaced(first)} {chance(leading.mean)} ({interval_said(leading, Unit.SHARE)})"
        table.add_row(title, "; ".join([text, *(f"{spaced(name)} {chance(answer.mean)}" for name, answer in others)]))
    return table


def _questions(case: Case, results: tuple[QuestionResult, ...]) -> Iterator[RenderableType]:
    """Yield each question, which world it asks about before it where that is another than of the one before."""
    before = ""
    for result in results:
        dropped = result.answer.aside
        aside = aside_sentence(case, dropped) if dropped else SEEN if before else ""
        if aside and aside != before:
            yield _indented(Text(aside, style="dim"), 2)
        before = aside
        asks = result.question.asks or spaced(result.question.id)
        bare = replace(result, answer=replace(result.answer, aside=()))
        first, *rest = question_lines(case, asks, bare)
        yield _indented(first, 2)
        yield from (_indented(line, 6) for line in rest)


def _indented(text: str | Text, left: int) -> Padding:
    return Padding(Text(text) if isinstance(text, str) else text, (0, 0, 0, left))


def _claim(result: ClaimResult, report: Report) -> Group:
    claim = result.claim
    lines = [_indented(f"{claim.speaker}: “{claim.quote}”", 2)]
    if when := said_on(result):
        lines.append(_indented(Text(when, style="dim"), 6))
    several = len(result.tests) > 1
    before = ""
    for test in result.tests:
        aside = aside_said(report.case, test) or (SEEN if before else "")
        if aside and aside != before:
            lines.append(_indented(Text(aside, style="dim"), 6))
        before = aside
        text = Text()
        text.append(verdict_said(test), style=STYLES[test.verdict])
        if several:
            text.append(f" [{spaced(test.name)}]")
        text.append(f", {why_said(result, test, report.numbers)}")
        if several and (came := reading_history(result, test)):
            text.append(f"; history: {came}")
        lines.append(_indented(text, 6))
        if rests := rests_said(report.case, test, report.numbers):
            lines.append(_indented(Text(rests), 8))
    told = history(result) if several or not result.tests else reading_history(result, result.tests[0])
    if told:
        lines.append(_indented(f"history: {told}", 6))
    return Group(*lines)


def _untested(results: list[ClaimResult]) -> Group:
    lines = [_indented("Recorded, with no verdict:", 2)] if results else []
    for result in results:
        told = history(result)
        reason = (f"{told}; " if told else "") + untested(result)
        line = Text(f"{result.claim.speaker}: “{result.claim.quote}” ({reason})", no_wrap=True, overflow="ellipsis")
        lines.append(_indented(line, 4))
    return Group(*lines)


def _checks(report: Report) -> Group:
    checks = report.findings.checks
    lines = [
        _indented(line, 2) for line in asides_said(report.case, ((spaced(c.check.id), c.answer.aside) for c in checks))
    ]
    met = [c for c in report.findings.checks if c.overlaps]
    for check in report.findings.checks:
        if check.overlaps:
            continue
        unit = unit_told(check.check.query)
        known = said_interval(check.low, check.high, unit)
        if check.overlaps is None:
            found = undefined_in_every_world(check.answer)
            lines.append(_indented(f"not compared  {spaced(check.check.id)}: {found}; known range {known}", 2))
            continue
        found = with_interval(check.answer, unit)
        lines.append(_indented(f"MISSES  {spaced(check.check.id)}: {found}, known range {known}", 2))
    verb = "overlaps its" if len(met) == 1 else "overlap their"
    lines.append(_indented(f"{len(met)} of {counted(len(report.findings.checks), 'check')} {verb} range.", 2))
    if together := joint_said(report.findings.joint):
        lines.append(_indented(together, 2))
    bare = [c for c in report.findings.checks if not c.check.with_evidence]
    if bare and report.findings.run.evidence:
        names = listing([f"“{spaced(c.check.id)}”" for c in bare])
        lines.append(_indented(f"Asked without the evidence, as before anything was seen: {names}.", 2))
    return Group(*lines)


def _next(report: Report) -> list[str]:
    named = report.named
    event = next(iter(report.case.events), None)
    decision = next((v for v in reversed(report.case.story) if isinstance(v, DecisionEvent)), None)
    first = f"P({event})" if event else f"P({decision.id} = {decision.options[0]})" if decision else "P(...)"
    lines = [f'quandary ask {named} "{first}" --no-evidence']
    if decision is not None:
        lines.append(f'quandary ask {named} "E({decision.by} | do({decision.id} = {decision.options[-1]}))"')
    return [*lines, f"quandary show {named} --stage relevance"]
