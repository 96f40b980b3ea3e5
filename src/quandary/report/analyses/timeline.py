"""A timeline in words, as a table for each question."""

from __future__ import annotations

from collections.abc import Iterator

from quandary.ask.changes.timeline import Line, Moment, Timeline, TimelineStep
from quandary.base.problems import counted
from quandary.case.model import Case
from quandary.language.heads import Unit
from quandary.language.printing import written
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.questions import aside_sentence
from quandary.report.words.units import interval_said, said, shift, size_said, unit_of, unit_words
from quandary.report.words.wording import chance, day

START = "before any evidence"


def timeline_parts(case: Case, found: Timeline) -> Iterator[ReportPart]:
    """Yield the headline, the evidence in order of date, and a table for each question."""
    if found.lines and found.asides[0]:
        yield Paragraph(aside_sentence(case, found.asides[0]))
    yield Paragraph(headline(found), tone="strong")
    yield Paragraph(f"{case.title}, evidence up to {day(found.as_of)}", tone="aside")
    yield Paragraph()
    yield _evidence(found)
    for index, line in enumerate(found.lines):
        yield Paragraph()
        yield Paragraph(line.asks, tone="title")
        if found.asides[index]:
            yield Paragraph(aside_sentence(case, found.asides[index]))
        yield _moments(found, index, line)
    yield Paragraph()
    yield Paragraph(
        f"{counted(found.worlds, 'world')}, seed {found.seed}; the game is solved once, evidence weighs its worlds and "
        "conditions in them. A move is of the mean, with its Monte Carlo error; of which inside worlds: the actors' "
        "world once the piece is known, the rest is what it teaches about the assumptions.",
        tone="aside",
    )
    if found.worlds > found.asked_for:
        yield Paragraph(
            f"{found.asked_for:,} worlds were asked for; more were drawn until enough counted.", tone="aside"
        )


def headline(found: Timeline) -> str:
    """Return one sentence: where the first question began, where it ended, and what moved it most."""
    if not found.lines:
        return "The case asks no question that is a plain number."
    line = found.lines[0]
    reached = [(step, step.moments[0]) for step in found.steps if step.moments]
    if not reached:
        return f"{line.asks} Too few worlds to say."
    unit = unit_of(line.query)
    first, last = reached[0][1].answer, reached[-1][1].answer
    sentence = f"{line.asks} {said(first.mean, unit)} {START}, {said(last.mean, unit)} by {day(found.as_of)}"
    moved = [(abs(m.move.total), step, m.move) for step, m in reached if m.move is not None and step.item is not None]
    if not moved:
        return sentence + "."
    _, step, move = max(moved, key=lambda entry: entry[0])
    assert step.item is not None
    moved_by = f"{shift(move.total, unit, move.error)}{unit_words(unit)}"
    return f"{sentence}; moved most by {written(step.item.saw)} ({moved_by})."


def _evidence(found: Timeline) -> Sheet:
    rows = []
    for step in found.steps:
        date = "" if step.item is None else step.item.on.isoformat()
        rows.append((date, _seen(step), chance(step.probability), f"{step.effective_worlds:,.0f}"))
    for step in found.steps:
        if step.too_few is not None:
            rows.append(("", f"{step.too_few.message} ({step.too_few.hint})", "", ""))
    return Sheet("", ("date", "seen", "how likely", "worlds that count"), tuple(rows), numeric=frozenset({2, 3}))


def _moments(found: Timeline, index: int, line: Line) -> Sheet:
    unit = unit_of(line.query)
    rows = []
    for step in found.steps:
        if not step.moments:
            rows.append((_seen(step), "too few worlds", "", "", ""))
            continue
        moment = step.moments[index]
        answer = moment.answer
        mean = said(answer.mean, unit) if answer.mean is not None else "undefined"
        rows.append((_seen(step), mean, interval_said(answer, unit), *_cells(moment, unit)))
    columns = ("after", "answer", "interval", f"move{unit_words(unit, ', in ')}", "inside worlds")
    return Sheet("", columns, tuple(rows), numeric=frozenset({1, 2, 3, 4}))


def _cells(moment: Moment, unit: Unit) -> tuple[str, str]:
    move = moment.move
    if move is None:
        return "", ""
    error = "" if move.error is None else f" ± {size_said(move.error, unit)}"
    parts = (move.total, move.conditioning)
    total, inside = (shift(value, unit, move.error) for value in parts)
    return total + error, inside


def _seen(step: TimelineStep) -> str:
    return START if step.item is None else written(step.item.saw)
