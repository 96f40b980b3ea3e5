"""Structural flips in words: one table of what each cut does to an answer."""

from __future__ import annotations

from collections.abc import Iterator

from quandary.ask.query.subject import AskedSubject
from quandary.ask.turning import cuts
from quandary.ask.turning.cuts import KINDS, StructuralCut
from quandary.ask.turning.structure import CutAnswer, StructureTable
from quandary.base.problems import clause, counted
from quandary.case.model import OddsRule
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.claims import VERDICTS, few_said
from quandary.report.words.naming.letters import sentence as capitalised
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.quantities import CHANCE, quantity_words
from quandary.report.words.questions import aside_of, subject_head
from quandary.report.words.units import said, shift, size_said, unit_told, unit_words
from quandary.report.words.wording import NO_POINTS, UNDEFINED, listing

LEAST = 1e-9
"""A move of a payoff or a plain number below this is what solving leaves."""
NONE = "0"

MOST_ROWS = 12
"""Cuts that flip nothing are listed up to this many rows."""


def structure_parts(names: CaseNames, found: StructureTable) -> Iterator[ReportPart]:
    """Yield one sentence and one table for each subject, then what cannot matter."""
    for index, subject in enumerate(found.subjects):
        yield from _parts(names, found, index, subject)
    if found.cannot_matter:
        yield Paragraph(f"Cannot matter, by the graph alone: {_counted_kinds(found.cannot_matter)}.", tone="aside")
    for row in found.not_made:
        why = "" if row.why_not is None else clause(names.remark(row.why_not))
        yield Paragraph(f"Not cut: {cut_said(names, row.cut)}: {why}.", tone="aside")
    if not found.complete:
        yield Paragraph("Interrupted: not every cut was made.")
    yield Paragraph(_footer(found), tone="aside")


def _parts(names: CaseNames, found: StructureTable, index: int, subject: AskedSubject) -> Iterator[ReportPart]:
    yield from subject_head(names, subject)
    if found.aside[index]:
        yield Paragraph(aside_of(names, found.aside[index]))
    yield Paragraph(sentence(names, found, index), tone="strong")
    yield Paragraph()
    rows = [row for i, row in enumerate(found.rows) if row.answers[index].flipped or i < MOST_ROWS]
    table = [("nothing", answer_said(subject, found.before[index]), "", "")]
    for row in rows:
        changed = row.answers[index]
        mark = "flips" if changed.flipped else ""
        answer, move = answer_said(subject, changed), move_said(subject, changed)
        table.append((cut_said(names, row.cut), answer, move, mark))
    move = f"move{unit_words(unit_told(subject.query.expression), ', in ')}"
    yield Sheet("", ("what is cut", "answer", move, ""), tuple(table), numeric=frozenset({1, 2}))
    if len(rows) < len(found.rows):
        yield Paragraph(f"and {counted(len(found.rows) - len(rows), 'more cut')} that move it less", tone="aside")
    yield Paragraph()


def sentence(names: CaseNames, found: StructureTable, index: int) -> str:
    """Return the answer as it stands and the cuts that flip it, or that none does."""
    subject = found.subjects[index]
    flipping = [row for row in found.rows if row.answers[index].flipped]
    stands = answer_said(subject, found.before[index])
    first = f"{capitalised(stands)} as the case stands"
    if not flipping:
        return f"{first}; no single cut of {_kinds_said(found)} flips it."
    named = listing([cut_said(names, row.cut) for row in flipping[:3]], "or")
    more = f" ({len(flipping)} cuts in all)" if len(flipping) > 3 else ""
    return f"{first}; it flips without {named}{more}."


def cut_said(names: CaseNames, cut: StructuralCut) -> str:
    """Return what is cut, in words; with code its line."""
    told = _cut(names, cut)
    return f"{told} [line {cut.place.line}]" if names.code and cut.place.line else told


def _cut(names: CaseNames, cut: StructuralCut) -> str:
    match cut.kind:
        case cuts.ARC:
            return f"{names.variable_inside(cut.part)} → {names.variable_inside(cut.subject)}"
        case cuts.OBSERVATION:
            where = f" for {listing([names.variable_inside(one) for one in cut.decisions])}" if cut.decisions else ""
            return f"{names.actor_inside(cut.subject)} seeing {names.variable_inside(cut.part)}{where}"
        case cuts.CONDITION:
            return f"the condition under which {names.variable_inside(cut.subject)} arises"
        case cuts.BELIEF:
            about = names.owned(cut.part) if "." in cut.part else names.variable_inside(cut.part)
            return f"what {names.actor_inside(cut.subject)} believes of {about}"
        case cuts.STAKE:
            return f"what {names.actor_inside(cut.subject)} wants of {names.stake(cut.subject, cut.part)}"
        case cuts.CHANNEL:
            return f"the channel “{clause(names.channel(cut.part))}”"
        case cuts.EFFECT:
            return _effect(names, cut)
    return f"the option {names.state(cut.subject, cut.part)} for {names.variable_inside(cut.subject)}"


def _effect(names: CaseNames, cut: StructuralCut) -> str:
    rule = cut.rule
    assert rule is not None
    if isinstance(rule, OddsRule):
        told = [
            f"{names.state(cut.subject, state)} {quantity_words(names, one.quantity, CHANCE)}"
            for state, one in rule.odds
        ]
        return f"{names.variable_inside(cut.subject)}: {listing(told)} {names.when(rule.condition)}"
    return f"{names.owned(cut.subject)}: {quantity_words(names, rule.value.quantity)} {names.when(rule.condition)}"


def answer_said(subject: AskedSubject, found: CutAnswer) -> str:
    """Return an answer: a truth's verdict with its share of worlds, or a number."""
    if found.mean is None:
        return "undefined"
    if found.verdict is not None:
        few = "".join(f", {told}" for told in few_said(found.few_worlds, found.few_edge))
        return f"{VERDICTS[found.verdict]}{few}, in {said(found.mean, unit_told(subject.query.expression))}"
    return said(found.mean, unit_told(subject.query.expression))


def move_said(subject: AskedSubject, found: CutAnswer) -> str:
    """Return how far an answer moved, with its Monte Carlo error."""
    if found.move is None:
        return UNDEFINED
    total, error = found.move.total, found.move.error or 0.0
    unit = unit_told(subject.query.expression)
    moved = shift(total, unit, error) if unit.in_hundred or abs(total) >= LEAST else NONE
    return "0" if moved in (NONE, NO_POINTS) else f"{moved} ± {size_said(error, unit)}"


def _kinds_said(found: StructureTable) -> str:
    """Return the kinds of cuts; conditions and beliefs only where the case has any."""
    there = {cut.kind for cut in (*(row.cut for row in (*found.rows, *found.not_made)), *found.cannot_matter)}
    kinds = [kind for kind in KINDS if kind not in (cuts.CONDITION, cuts.BELIEF) or kind in there]
    return f"{'an' if kinds[0][0] in 'aeio' else 'a'} {listing(kinds, 'or')}"


def _counted_kinds(cut: tuple[StructuralCut, ...]) -> str:
    counts = {kind: sum(one.kind == kind for one in cut) for kind in KINDS}
    return listing([counted(count, kind) for kind, count in counts.items() if count])


def _footer(found: StructureTable) -> str:
    return (
        f"{counted(found.worlds, 'world')} ({found.effective_worlds:,.0f} effective), seed {found.seed}, the same for "
        "every cut; a move is told with its Monte Carlo error. Flips: another verdict, by more than that error makes, "
        "or a number across its level. An arc cut is averaged over what it carried."
    )
