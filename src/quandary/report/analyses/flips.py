"""What would change an answer, in words and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from quandary.ask.query.combining import is_truth
from quandary.ask.query.subject import AskedSubject
from quandary.ask.results import Run
from quandary.ask.turning.flips import Flips
from quandary.base.problems import counted
from quandary.language.heads import Unit
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import number_name
from quandary.report.words.questions import aside_of, subject_head
from quandary.report.words.turning import (
    MOST_ROWS,
    across,
    flips_sheet,
    flips_shown,
    level_said,
    pair_clause,
    pair_line,
    turn_said,
)
from quandary.report.words.units import is_chance, likelihood, said, unit_told
from quandary.report.words.wording import portion

Found = Sequence[tuple[AskedSubject, Flips]]


def flips_parts(names: CaseNames, found: Found, run: Run) -> Iterator[ReportPart]:
    """Yield, for every subject, one sentence, the numbers that matter, and the pairs that act together."""
    for subject, flips in found:
        yield from _parts(names, subject, flips)
    yield Paragraph(_footer(names, run, found), tone="aside")


def _parts(names: CaseNames, subject: AskedSubject, found: Flips) -> Iterator[ReportPart]:
    yield from subject_head(names, subject)
    if found.aside:
        yield Paragraph(aside_of(names, found.aside))
    yield Paragraph(sentence(names, subject, found), tone="strong")
    yield Paragraph()
    if found.flips:
        yield _numbers(names, subject, found)
        left = len(found.flips) - len(flips_shown(found, MOST_ROWS))
        if left:
            yield Paragraph(f"and {counted(left, 'more number')} that carry less and flip nothing", tone="aside")
    else:
        yield Paragraph("No number alone carries more of it than chance would.")
    if found.pairs:
        yield Paragraph()
        yield Paragraph("Only together:", tone="strong")
        for pair in found.pairs:
            yield Paragraph(f"  {pair_line(names, pair, subject.query.expression)}")
    rest = max(0.0, 1.0 - found.explained)
    if found.flips:
        yield Paragraph()
        yield Paragraph(
            f"One by one these numbers carry {portion(min(found.explained, 1.0))} of the answer's variance; "
            f"the other {portion(rest)} lies in how numbers act together and in the many that matter little.",
            tone="aside",
        )
    yield Paragraph()


def sentence(names: CaseNames, subject: AskedSubject, found: Flips) -> str:
    """Return the answer and the nearest thing that flips it, or that nothing in the ranges given does."""
    answer = _answer(subject, found, names.case.words)
    turning = [flip for flip in found.flips if flip.turn is not None]
    if turning:
        flip = turning[0]
        assert flip.turn is not None
        where = f"{number_name(names, flip.number)} is {turn_said(flip.number, flip.turn)}"
        return f"{answer}; it flips if {where}: then {level_said(subject.query.expression, flip.turn.mean)}."
    if found.pairs:
        return f"{answer}; nothing alone flips it, but {pair_clause(names, found.pairs[0])} do together."
    return f"{answer}. Nothing in the ranges given flips it{across(found, subject.query.expression)}."


def _answer(subject: AskedSubject, found: Flips, words: str | None) -> str:
    query = subject.query.expression
    told = said(found.mean, unit_told(query))
    if unit_told(query) is Unit.WORLDS:
        return f"True in {told}"
    text = f"{likelihood(found.mean, found.reach, words)}, {told}" if is_chance(query) else told
    return text[0].upper() + text[1:]


def _numbers(names: CaseNames, subject: AskedSubject, found: Flips) -> Sheet:
    sheet = flips_sheet(names, found, subject.query.expression, narrow=True)
    columns = tuple(column.lower() for column in sheet.columns)
    return replace(sheet, caption="", columns=columns, numeric=frozenset(range(1, len(columns))), close=True)


def _footer(names: CaseNames, run: Run, found: Found) -> str:
    told = (
        f"{names.case.title}; {counted(run.done, 'world')} ({run.effective_worlds:,.0f} effective), seed {run.seed}. "
        "Carries: the share of the answer's variance over worlds that the number carries alone (first-order Sobol "
        "index from the worlds drawn, with its 90 % interval). "
    )
    if not all(is_truth(subject.query.expression) for subject, _ in found):
        told += (
            "Settles: the same of the answer's whole distribution (Cramér-von Mises index); more than it carries where "
            "the number widens the answer. "
        )
    return told + (
        "Flips: beyond this value the answer is more often on the other side. How likely: that, in the range given."
    )
