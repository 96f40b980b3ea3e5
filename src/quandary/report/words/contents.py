"""The tables of a report that are no chart's twin: claims, rules, questions, dilemmas, numbers, sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from quandary.ask.claims.decision_rules import DecisionRule
from quandary.ask.results import ClaimResult, JointChecks, QuestionResult
from quandary.ask.turning.flips import Flips
from quandary.ask.turning.headline import Headline
from quandary.case.checks.known import numbers as numbers_of
from quandary.case.model import Case, Claim, DecisionEvent, Source
from quandary.compile.numbers import UncertainNumber
from quandary.language import heads
from quandary.language.heads import Unit
from quandary.language.printing import written
from quandary.report.sheets import Sheet
from quandary.report.words.claims import aside_said, history, reading_history, said_on, untested, verdict_said, why_said
from quandary.report.words.naming.letters import sentence
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import number_name
from quandary.report.words.naming.queries import query_title
from quandary.report.words.questions import OPEN_DILEMMA, aside_of, dilemma_answer, notes, question_title, result_phrase
from quandary.report.words.record import Report
from quandary.report.words.rests import claim_bounds_said, range_lines, rests_said
from quandary.report.words.turning import share_said
from quandary.report.words.units import interval_said, said, undefined_in_every_world, worlds_of
from quandary.report.words.unknowns import span_over
from quandary.report.words.wording import chance, day, in_hundred_worlds, is_certain, percent

LEAST_MET = 0.05
"""Fewer checks than this, met in a world on average, are told as under 0.1."""


def claims_sheet(report: Report) -> Sheet:
    """Return one row for each tested reading: who said what, the verdict, why, and what history said.

    What a reading sets aside stands before its numbers.
    """
    rows = []
    for result in report.findings.claims:
        for test in result.tests:
            names = report.names
            name = f" [{names.reading(result.claim, test.name)}]" if len(result.tests) > 1 else ""
            aside, why = aside_said(names, test), why_said(names, result, test, report.numbers)
            rests, bounds = rests_said(names, test, report.numbers), claim_bounds_said(result, test)
            if rests or bounds:
                why = " ".join([f"{why}.", *([f"It {rests}."] if rests else []), *([bounds] if bounds else [])])
            rows.append(
                (
                    f"{quoted(result)}{name}",
                    verdict_said(test),
                    f"{aside} {why[:1].upper()}{why[1:]}" if aside else why,
                    reading_history(result, test) or "open",
                )
            )
    return Sheet("Claims and their verdicts", ("Claim", "Verdict", "Why", "History"), tuple(rows))


def quoted(result: ClaimResult) -> str:
    """Return who said what, and when, where that was another day than that of the case's numbers."""
    when = said_on(result)
    return f"{result.claim.speaker}: “{result.claim.quote}”{f' ({when})' if when else ''}"


def recorded_sheet(report: Report) -> Sheet:
    """Return the statements that carry no verdict, with the reason."""
    rows = [(quoted(r), untested(r), history(r) or "open") for r in report.findings.claims if not r.tests]
    return Sheet("Statements without a verdict", ("Statement", "Why none", "History"), tuple(rows))


def headline_lines(report: Report, headline: Headline) -> list[str]:
    """Return what decides on which side of its level the headline lies, and what the ranges allow it to be."""
    return range_lines(report.names, report.numbers, headline.query, headline.side, headline.bounds)


def words_of(case: Case, claim: Claim) -> str:
    """Return who spoke and on what day; where somebody else printed it, in which text and on what day that appeared.

    The day of the words is the claim's own. A text's day is never told as its speaker's, unless the speaker made it.
    """
    source = case.sources.get(claim.source or "")
    own = claim.speaker if claim.on is None else f"{claim.speaker}, {day(claim.on)}"
    if source is None:
        return own
    printed = source.publisher or source.title or source.id
    if claim.speaker in (source.publisher, source.author):
        when = claim.on or source.published
        medium = "" if printed == claim.speaker else f", {printed}"
        return f"{claim.speaker}{medium}" + (f", {day(when)}" if when else "")
    return f"{own}, in {printed}" + (f" of {day(source.published)}" if source.published else "")


def is_dilemma(result: QuestionResult) -> bool:
    """Return whether a question asks for a dilemma's three parts."""
    return heads.DILEMMA.asks(result.question.query)


def questions_sheet(report: Report) -> Sheet:
    """Return one row a question that has one answer. What it sets aside stands before its numbers."""
    rows = []
    for result in report.findings.questions:
        if is_dilemma(result):
            continue
        names = report.names
        asks = question_title(names, result.question)
        ranges = range_lines(names, report.numbers, result.question.query, result.side, result.bounds)
        limits = " ".join(["; ".join(notes(names, result.answer, brackets=False)), *ranges]).strip() or "–"
        phrase = result_phrase(names, result)
        if result.answer.aside:
            phrase = f"{aside_of(names, result.answer.aside)} {phrase[:1].upper()}{phrase[1:]}"
        rows.append((asks, phrase, query_title(names, result.question.query), limits))
    return Sheet("The case's questions", ("Question", "Answer", "In full", "Limits"), tuple(rows))


def dilemma_sheet(names: CaseNames, result: QuestionResult) -> Sheet:
    """Return a dilemma's three parts: what the turn costs, how thin the lead is, how often the stakes clash.

    Its caption says what it sets aside, and whether it is a dilemma; of one that is undefined it says why, and has no
    rows.
    """
    parts = result.answer.parts
    known = any(part.mean is not None or part.share is not None for part in parts.values())
    told = (
        (heads.DROP, "How far the value of its best option falls"),
        (heads.MARGIN, "By how much the best option leads the second"),
        (heads.CLASH, "How often no option is near best for every stake"),
    )
    rows = tuple(
        (words, "open", span_over(result.parts[head.name], Unit.WORLDS if part.is_truth else head.unit))
        if head.name in result.parts
        else (words, worlds_of(part) if part.is_truth else said(part.mean, head.unit), interval_said(part, head.unit))
        for head, words in told
        if known and (part := parts.get(head.name)) is not None
    )
    before = f"{aside_of(names, result.answer.aside)} " if result.answer.aside else ""
    said_first = dilemma_answer(result.answer) if known else f"{sentence(undefined_in_every_world(result.answer))}."
    said_first = OPEN_DILEMMA if known and result.parts else said_first
    caption = f"{before}{question_title(names, result.question)} {said_first}".strip()
    return Sheet(caption, ("Part", "Mean", "90 % interval"), rows)


def rule_sheet(names: CaseNames, rule: DecisionRule) -> Sheet:
    """Return a decision's rule: a row for each information set, a column for what is known and for each option.

    What is the same in every row stands in the caption.
    """
    options = list(dict.fromkeys(option for row in rule.rows for option in row.options))
    known = [dict(row.known) for row in rule.rows]
    seen = list(known[0]) if known else []
    shared = [name for name in seen if len(known) > 1 and len({knows[name] for knows in known}) == 1]
    differing = [name for name in seen if name not in shared]
    rows = [
        (
            *([names.state(name, knows[name]) for name in differing] or ["always"]),
            chance(row.reached),
            *(chance(row.options[option]) if option in row.options else "barred" for option in options),
        )
        for row, knows in zip(rule.rows, known, strict=True)
    ]
    caption = names.variable(rule.decision)
    if shared:
        caption += f". Known in every row: {'; '.join(names.is_state(name, known[0][name]) for name in shared)}"
    columns = [names.variable(name) for name in differing] or ["What is known"]
    chosen = (f"→ {names.state(rule.decision, option)}" for option in options)
    return Sheet(caption, (*columns, "How likely", *chosen), tuple(rows))


def rule_lines(names: CaseNames, rule: DecisionRule) -> list[str]:
    """Return what limits a rule's table, in words."""
    lines = []
    if rule.settled:
        lines.append("Already seen; this is the rule as it stood before the evidence.")
    if not is_certain(rule.choosing):
        where = _where_there_is_no_choice(names, rule.decision)
        lines.append(f"There is a choice in {percent(rule.choosing)} of cases; elsewhere {where}.")
    if rule.sets > len(rule.rows):
        covered = percent(rule.shown / rule.choosing) if rule.choosing else "–"
        lines.append(f"The {len(rule.rows)} likeliest of {rule.sets} situations: {covered} of the cases with a choice.")
    return lines


def _where_there_is_no_choice(names: CaseNames, decision: str) -> str:
    item = names.case.variable(decision)
    assert isinstance(item, DecisionEvent)
    if item.when is None:
        return "only one option is open"
    return "it does not arise, or only one option is open" if item.only else "it does not arise"


def numbers_sheet(names: CaseNames, numbers: Mapping[str, UncertainNumber], found: Flips | None = None) -> Sheet:
    """Return every uncertain number as it was written, and read: those without reason or source first.

    Then those that carry most of the answer by what was ``found``, then the others in the order of the case.
    """
    sources = names.case.sources
    as_written = quantities_written(names.case)
    carries = {} if found is None else {flip.number.name: flip.influence for flip in found.flips}
    place = {name: rank for rank, name in enumerate(carries)}
    ordered = sorted(numbers.values(), key=lambda n: (not n.unsourced, place.get(n.name, len(place))))
    rows = [
        (
            number_name(names, number),
            as_written.get(number.path, "–"),
            number.description,
            *((share_said(carries[number.name]) if number.name in carries else "–",) if found is not None else ()),
            "NO SOURCE" if number.unsourced else number.because or "–",
            source_line(sources, number.source) if number.source else "–",
            _date(sources, number.source),
            *([str(number.place.line)] if names.code else []),
        )
        for number in ordered
    ]
    flagged = frozenset(i for i, number in enumerate(ordered) if number.unsourced)
    carried = ("Carries",) if found is not None else ()
    code = ("Line",) if names.code else ()
    columns = ("Number", "Written", "Read as", *carried, "Because", "Source", "Date", *code)
    return Sheet("Every uncertain number", columns, tuple(rows), flagged)


def quantities_written(case: Case) -> dict[str, str]:
    """Return every number of a case as its analyst wrote it, by its path."""
    return {sourced.path: written(sourced.quantity) for _, sourced in numbers_of(case)}


def source_line(sources: Mapping[str, Source], name: str) -> str:
    """Return a source in words: author, title, publisher."""
    source = sources.get(name)
    if source is None:
        return name
    parts = [part for part in (source.author, source.title, source.publisher) if part]
    return ", ".join(dict.fromkeys(parts)) or name


def sources_sheet(sources: Iterable[Source]) -> Sheet:
    """Return the texts the case names."""
    rows = [
        (
            source.title or source.id,
            ", ".join(part for part in (source.author, source.publisher) if part) or "–",
            day(source.published) if source.published else "–",
            source.url or "–",
        )
        for source in sources
    ]
    return Sheet(
        "Texts named by the case; none is part of this report", ("Title", "By", "Date", "Address"), tuple(rows)
    )


def _date(sources: Mapping[str, Source], name: str | None) -> str:
    source = sources.get(name) if name else None
    return source.published.isoformat() if source is not None and source.published else "–"


def joint_said(found: JointChecks | None) -> str:
    """Return in what share of worlds all checks are met, and how many in a world on average; empty without several."""
    if found is None:
        return ""
    together = f"Together: all {found.checks} lie in their ranges in {in_hundred_worlds(found.all_met.share)}"
    return f"{together}; on average {met_in_a_world(found)}."


def met_in_a_world(found: JointChecks) -> str:
    """Return how many checks a world meets on average, which turns on no single world: ``a world meets 4.6 of 8``."""
    return f"a world meets {'under 0.1' if found.mean < LEAST_MET else f'{found.mean:.1f}'} of {found.checks}"
