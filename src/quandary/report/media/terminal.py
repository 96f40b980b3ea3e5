"""A run for the terminal: the first screen, and behind it all else: what happens, questions, claims, checks, method."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from quandary.ask.results import ClaimResult, Findings, QuestionResult, VariableOutcome, Verdict
from quandary.case.logic.evidence import evidence_in_force
from quandary.language.heads import Unit
from quandary.report.analyses.ladder import clones_said
from quandary.report.analyses.outside import outside_lines
from quandary.report.media.columns import TableColumns
from quandary.report.media.first_screen import beside, next_lines, screen_lines
from quandary.report.media.order import other_questions, outcomes_ordered
from quandary.report.media.shortening import LongNames
from quandary.report.words.claims import aside_said, history, reading_history, said_on, untested, verdict_said, why_said
from quandary.report.words.contents import headline_lines, joint_said
from quandary.report.words.method import method_lines
from quandary.report.words.naming.beliefs import belief_lines
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.questions import asides_said, check_title, dropped_sentence, question_lines
from quandary.report.words.record import Report
from quandary.report.words.rests import claim_bounds_said, range_lines, rests_said
from quandary.report.words.screen import screen_of
from quandary.report.words.units import interval_said, said_interval, undefined_in_every_world, unit_told, with_interval
from quandary.report.words.unknowns import check_found, open_state
from quandary.report.words.wording import chance, is_certain, listing

STYLES = {
    Verdict.HOLDS: "blue",
    Verdict.LEANS_TRUE: "cyan",
    Verdict.TOSS_UP: "",
    Verdict.LEANS_FALSE: "yellow",
    Verdict.FAILS: "red",
    Verdict.NOT_TESTABLE: "dim",
    Verdict.FOLLOWS_PROVED: "blue",
    Verdict.FOLLOWS_SEARCHED: "blue",
    Verdict.FOLLOWS_UNSEARCHED: "blue",
    Verdict.OPEN: "",
    Verdict.CONTRADICTS: "red",
}


SEEN = "This asks about the world as it was seen."
"""What is said of a reading that sets nothing aside after one that does."""


def print_report(report: Report, console: Console, *, everything: bool = False) -> None:
    """Print the first screen of a run; with ``everything`` the rest too, in the order in which a reader needs it."""
    screen = screen_of(report)
    for line in screen_lines(screen, console.width):
        _print_whole(line, console)
    for part in _parts(report) if everything else _in_place_of_a_question(report):
        console.print(part)
    if everything or not (screen.checks or screen.limits):
        console.print()
    for number, command in enumerate(next_lines(report, everything=everything)):
        told = Text(f"{'' if number else 'Next':6}{command}")
        if not number:
            told = beside(told, Text(screen.made, style="dim"), console.width)
        _print_whole(told, console)


def _print_whole(line: Text, console: Console) -> None:
    """Print a line that fits, or a command, which is copied whole."""
    console.print(line, no_wrap=True, overflow="ignore", crop=False)


def _in_place_of_a_question(report: Report) -> Iterator[RenderableType]:
    """Yield what happens, where a case asks nothing; its other questions, where it claims nothing."""
    findings = report.findings
    if report.headline is None:
        yield _heading("What happens")
        yield outcome_table(report.names, outcomes_ordered(report))
        yield from _decided(report.names, findings)
    elif not findings.claims and (others := other_questions(report)):
        yield _heading("Questions")
        yield Group(*_questions(report, others, LongNames(report.names)))


def _parts(report: Report) -> Iterator[RenderableType]:
    findings, names = report.findings, report.names
    for compared in report.outside:
        yield Text()
        yield from map(Text, outside_lines(names, compared, report.leading))
    if report.headline is not None:
        clones = report.clones
        more = [] if clones is None else [clones_said(names, clones, report.headline)]
        told = [line for line in (*headline_lines(report, report.headline), *more) if line]
        yield from (Text(line) for line in ("", *told) if told)
    if findings.run.evidence:
        yield Text(f"\nSeen by then: {names.days(evidence_in_force(report.case, report.as_of))}.", style="dim")
    yield _heading("What happens")
    long = LongNames(names)
    yield long.hear(outcome_table(names, outcomes_ordered(report)))
    yield from _decided(report.names, findings)
    if findings.questions:
        yield _heading("Questions")
        yield Group(*_questions(report, findings.questions, long))
    if findings.claims:
        yield _heading("Claims")
        yield from (_claim(c, report, long) for c in findings.claims if c.tests)
        yield _untested([c for c in findings.claims if not c.tests])
    if findings.checks:
        yield _heading("Checks: ranges known from elsewhere, never put in")
        yield _checks(report)
    yield _heading("How it was made")
    yield Group(*(_indented(line, 2) for line in method_lines(report)))


def _decided(names: CaseNames, findings: Findings) -> Iterator[Text]:
    """Yield what the star of a decision means, where there is one, and by which game those choose who see another."""
    if any(outcome.decided_by is not None for outcome in findings.outcomes):
        yield Text("* a decision: it follows from stakes and rationality", style="dim")
        yield from map(Text, belief_lines(names))


def _heading(text: str) -> Text:
    return Text(f"\n{text}", style="bold underline")


def outcome_table(names: CaseNames, outcomes: tuple[VariableOutcome, ...]) -> TableColumns:
    """Return one row a variable: its states from likely to unlikely, the first with its interval."""
    table = TableColumns([("", False), ("", False)])
    for outcome in outcomes:
        states = sorted(outcome.states.items(), key=lambda s: -(s[1].mean or 0.0))
        (first, leading), others = states[0], states[1:]
        title, said = names.variable(outcome.variable), partial(names.state, outcome.variable)
        if outcome.decided_by:
            title += " *"
        if outcome.fillings:
            spans = ((name, outcome.fillings.get(name)) for name in outcome.states)
            table.rows.append((title, "; ".join(f"{said(name)} {open_state(over)}" for name, over in spans)))
            continue
        if is_certain(leading.mean):
            table.rows.append((title, f"{said(first)} (certain)"))
            continue
        text = f"{said(first)} {chance(leading.mean)} ({interval_said(leading, Unit.SHARE)})"
        told = "; ".join([text, *(f"{said(name)} {chance(answer.mean)}" for name, answer in others)])
        table.rows.append((title, told))
    return table


def _questions(report: Report, results: tuple[QuestionResult, ...], long: LongNames) -> Iterator[RenderableType]:
    """Yield each question, which world it asks about before it where that is another than of the one before."""
    names, before = report.names, ""
    for result in results:
        dropped = result.answer.dropped
        aside = dropped_sentence(names, dropped) if dropped else SEEN if before else ""
        if aside and aside != before:
            yield _indented(Text(long.told(aside), style="dim"), 2)
        before = aside
        bare = replace(result, answer=replace(result.answer, aside=()))
        first, *rest = question_lines(names, bare)
        yield _indented(first, 2)
        yield from (_indented(line, 6) for line in rest)
        told = range_lines(names, report.numbers, result.question.query, result.side, result.bounds)
        yield from (_indented(Text(long.told(line), style="dim"), 6) for line in told)


def _indented(text: str | Text, left: int) -> Padding:
    return Padding(Text(text) if isinstance(text, str) else text, (0, 0, 0, left))


def _claim(result: ClaimResult, report: Report, long: LongNames) -> Group:
    claim = result.claim
    lines = [_indented(f"{claim.speaker}: “{claim.quote}”", 2)]
    if when := said_on(result):
        lines.append(_indented(Text(when, style="dim"), 6))
    several = len(result.tests) > 1
    before = ""
    for test in result.tests:
        aside = aside_said(report.names, test) or (SEEN if before else "")
        if aside and aside != before:
            lines.append(_indented(Text(long.told(aside), style="dim"), 6))
        before = aside
        text = Text()
        text.append(verdict_said(test), style=STYLES[test.verdict])
        if several:
            text.append(f" [{report.names.reading(claim, test.name)}]")
        text.append(f", {long.told(why_said(report.names, result, test, report.numbers))}")
        if several and (came := reading_history(result, test)):
            text.append(f"; history: {came}")
        lines.append(_indented(text, 6))
        if rests := rests_said(report.names, test, report.numbers):
            lines.append(_indented(Text(long.told(rests)), 8))
        if bounds := claim_bounds_said(result, test):
            lines.append(_indented(Text(bounds, style="dim"), 8))
    told = history(result) if several or not result.tests else reading_history(result, result.tests[0])
    if told:
        lines.append(_indented(f"history: {told}", 6))
    return Group(*lines)


def _untested(results: list[ClaimResult]) -> Group:
    lines = [_indented("Recorded, with no verdict:", 2)] if results else []
    for result in results:
        told = history(result)
        reason = (f"{told}; " if told else "") + untested(result)
        lines.append(_indented(f"{result.claim.speaker}: “{result.claim.quote}” ({reason})", 4))
    return Group(*lines)


def _checks(report: Report) -> Group:
    names = report.names
    asked = [(check_title(names, c.check), c.answer.aside) for c in report.findings.checks]
    lines = [_indented(line, 2) for line in asides_said(names, asked)]
    met = [c for c in report.findings.checks if c.overlaps]
    for check in report.findings.checks:
        if check.overlaps:
            continue
        unit = unit_told(check.check.query)
        known, title = said_interval(check.low, check.high, unit), check_title(report.names, check.check)
        if check.fillings is not None:
            told = "open" if check.overlaps is None else "MISSES"
            lines.append(_indented(f"{told}  {title}: {check_found(check)}; known range {known}", 2))
            continue
        if check.overlaps is None:
            found = undefined_in_every_world(check.answer)
            lines.append(
                _indented(f"not compared  {check_title(report.names, check.check)}: {found}; known range {known}", 2)
            )
            continue
        found = with_interval(check.answer, unit)
        edge = ", on the edge of being met" if check.edge else ""
        lines.append(_indented(f"MISSES  {title}: {found}, known range {known}{edge}", 2))
    near = [c for c in met if c.edge]
    for check in near:
        lines.append(_indented(f"On the edge of being missed: {check_title(report.names, check.check)}.", 2))
    checks = len([c for c in report.findings.checks if c.fillings is None])
    met = [c for c in met if c.fillings is None]
    verb = "overlaps its range" if len(met) == 1 else "overlap their ranges"
    told = f"{len(met)} of {checks:,} checks {verb}."
    told = f"The one check {verb if met else 'does not overlap its range'}." if checks == 1 else told
    lines += [_indented(told, 2)] if checks else []
    if together := joint_said(report.findings.joint):
        lines.append(_indented(together, 2))
    bare = [c for c in report.findings.checks if not c.check.with_evidence]
    if bare and report.findings.run.evidence:
        told = listing([f"“{check_title(report.names, c.check)}”" for c in bare])
        lines.append(_indented(f"Asked without the evidence, as before anything was seen: {told}.", 2))
    return Group(*lines)
