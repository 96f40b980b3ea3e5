"""A timeline in words, as a table for each question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quandary.ask.changes.timeline import Line, Moment, Timeline, TimelineStep
from quandary.base.problems import counted
from quandary.language.heads import Unit
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.queries import query_title
from quandary.report.words.questions import aside_of, question_title
from quandary.report.words.units import interval_said, moved_said, said, shift, size_said, unit_of, unit_words
from quandary.report.words.wording import chance, day, listing

START = "before any evidence"

LEAST_POINTS = 0.1
"""A move of fewer points, or percentage points, is none."""

SURE_ERRORS = 2.0
"""So many of its own errors a move is at least."""


def timeline_parts(names: CaseNames, found: Timeline, *, everything: bool = True) -> Iterator[ReportPart]:
    """Yield the headline, the evidence in order of date, and a table for each question that moves, or of all."""
    if found.lines and found.asides[0]:
        yield Paragraph(aside_of(names, found.asides[0]))
    yield Paragraph(headline(names, found), tone="strong")
    yield Paragraph(f"{names.case.title}, evidence up to {day(found.as_of)}", tone="aside")
    yield Paragraph()
    yield _evidence(names, found)
    still = [] if everything else still_lines(found)
    for index, line in enumerate(found.lines):
        if line in still:
            continue
        yield Paragraph()
        yield Paragraph(asked(names, line), tone="title")
        if found.asides[index]:
            yield Paragraph(aside_of(names, found.asides[index]))
        yield _moments(names, found, index, line)
    if still:
        yield Paragraph()
        yield Paragraph(still_said(names, still))
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


def still_lines(found: Timeline) -> list[Line]:
    """Return the questions, the first apart, that no piece of evidence moved by more than rounding and noise."""
    return [line for number, line in enumerate(found.lines) if number and not _moves(found, number, line)]


def still_said(names: CaseNames, still: Sequence[Line]) -> str:
    """Return how many questions are left out, and which."""
    what = "1 question does" if len(still) == 1 else f"{len(still)} questions do"
    told = listing([f"“{asked(names, line)}”" for line in still])
    return f"{what} not move with what was seen: {told} (--all)."


def _moves(found: Timeline, number: int, line: Line) -> bool:
    least = LEAST_POINTS / 100 if unit_of(line.query).in_hundred else LEAST_POINTS
    moments = [step.moments[number] for step in found.steps if step.moments]
    if any(moment.move is None for moment in moments[1:]):
        return True
    moves = [moment.move for moment in moments if moment.move is not None]
    return any(abs(move.total) >= max(least, SURE_ERRORS * (move.error or 0.0)) for move in moves)


def headline(names: CaseNames, found: Timeline) -> str:
    """Return one sentence: where the first question began, where it ended, and what moved it most."""
    if not found.lines:
        return "The case asks no question that is a plain number."
    line = found.lines[0]
    reached = [(step, step.moments[0]) for step in found.steps if step.moments]
    if not reached:
        return f"{asked(names, line)} Too few worlds to say."
    unit = unit_of(line.query)
    first, last = reached[0][1].answer, reached[-1][1].answer
    sentence = f"{asked(names, line)} {said(first.mean, unit)} {START}, {said(last.mean, unit)} by {day(found.as_of)}"
    moved = [(abs(m.move.total), step, m.move) for step, m in reached if m.move is not None and step.item is not None]
    if not moved:
        return sentence + "."
    _, step, move = max(moved, key=lambda entry: entry[0])
    assert step.item is not None
    return f"{sentence}; moved most by the news that {names.clause(step.item.saw)} ({moved_said(move.total, unit)})."


def asked(names: CaseNames, line: Line) -> str:
    """Return a question as it is asked, with its mark."""
    question = next((one for one in names.case.questions if one.id == line.id), None)
    if question is None or not question.asks:
        return f"{query_title(names, line.query)}:"
    return question_title(names, question)


def _evidence(names: CaseNames, found: Timeline) -> Sheet:
    rows = []
    for step in found.steps:
        date = "" if step.item is None else step.item.on.isoformat()
        rows.append((date, _seen(names, step), chance(step.probability), f"{step.effective_worlds:,.0f}"))
    for step in found.steps:
        if step.too_few is not None:
            when = (
                "Before any evidence" if step.item is None else f"Once it is seen that {names.clause(step.item.saw)},"
            )
            count = f"{step.effective_worlds:,.0f} worlds count, fewer than {found.least:,.0f}"
            rows.append(("", f"{when} only {count}: too few to say anything ({step.too_few.hint})", "", ""))
    return Sheet("", ("date", "seen", "how likely", "worlds that count"), tuple(rows), numeric=frozenset({2, 3}))


def _moments(names: CaseNames, found: Timeline, index: int, line: Line) -> Sheet:
    unit = unit_of(line.query)
    rows = []
    for step in found.steps:
        if not step.moments:
            rows.append((_seen(names, step), "too few worlds", "", "", ""))
            continue
        moment = step.moments[index]
        answer = moment.answer
        mean = said(answer.mean, unit) if answer.mean is not None else "undefined"
        rows.append((_seen(names, step), mean, interval_said(answer, unit), *_cells(moment, unit)))
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


def _seen(names: CaseNames, step: TimelineStep) -> str:
    return START if step.item is None else names.clause(step.item.saw)
