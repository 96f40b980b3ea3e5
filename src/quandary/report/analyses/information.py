"""The value of knowing, of control and of study in words and as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quandary.ask.query.subject import AskedSubject
from quandary.ask.turning.information import Information, Worth
from quandary.ask.turning.studying import Studying
from quandary.base.problems import clause, counted
from quandary.language.heads import Unit
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.naming.beliefs import belief_lines
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import number_name
from quandary.report.words.questions import aside_of, subject_title
from quandary.report.words.turning import share_said
from quandary.report.words.units import interval_said, plain, size_said, unit_told, unit_words
from quandary.report.words.wording import UNDEFINED, listing, number, portion, worth_points

LEAST_SHOWN = 0.005
"""Points below which a value is called next to nothing."""


def information_parts(names: CaseNames, found: Information) -> Iterator[ReportPart]:
    """Yield what knowing and controlling variables is worth to the one who decides."""
    yield Paragraph(f"{names.actor(found.actor)}: {names.variable(found.decision)}", tone="title")
    yield Paragraph(information_sentence(names, found), tone="strong")
    for line in belief_lines(names, found.actor):
        yield Paragraph(f"{line} What it gains is told by what is so, and not by what it takes to be so.")
    for title, worths in (("What it is worth to know", found.knowing), ("What it is worth to control", found.control)):
        if not worths:
            continue
        yield Paragraph()
        yield Paragraph(title, tone="strong")
        yield _table(names, worths)
        idle = [names.variable_inside(w.variable) for w in worths if not w.admits]
        if idle:
            yield Paragraph(f"Worth nothing whatever the numbers, by the graph alone: {listing(idle)}.", tone="aside")
    if not found.complete:
        yield Paragraph("Interrupted: not everything was looked into.")
    yield Paragraph()
    yield Paragraph(
        f"{counted(found.worlds, 'world')}, seed {found.seed}. Points of worth to the actor, as expected before "
        f"anything was seen ({number(found.payoff.mean)} as the case stands), with Monte Carlo error. Each game is "
        "solved anew, and everybody knows who sees or sets what, so that a value may be negative. "
        "Seen: what seeing it is worth now.",
        tone="aside",
    )


def information_sentence(names: CaseNames, found: Information) -> str:
    """Return what is worth most to know that is not seen yet, and what is seen that is worth most."""
    actor = names.actor(found.actor)
    new = [w for w in found.knowing if not w.known and _clear(w)]
    has = [w for w in found.knowing if w.known and _clear(w)]
    first = f"{actor} would gain next to nothing from seeing more than it does"
    if new:
        first = f"{actor} would gain most from seeing {names.variable_inside(new[0].variable)}: {_points(new[0])}"
    second = ""
    if has:
        second = f"; of what it sees {names.variable_inside(has[0].variable)} is worth most, {_points(has[0])}"
    return f"{first}{second}."


def _clear(worth: Worth) -> bool:
    """Return whether a value is above zero by more than two of its errors."""
    gain = worth.gain
    return gain is not None and gain.mean is not None and gain.mean > max(2 * (gain.mc_error or 0.0), 1e-9)


def _points(worth: Worth) -> str:
    assert worth.gain is not None
    return worth_points(plain(worth.gain.mean, Unit.POINTS), 2)


def _table(names: CaseNames, worths: tuple[Worth, ...]) -> Sheet:
    rows = []
    for worth in worths:
        if not worth.admits:
            continue
        title, seen = names.variable(worth.variable), "seen" if worth.known else ""
        gain = worth.gain
        if gain is None or gain.mean is None:
            rows.append((title, seen, UNDEFINED, "" if worth.why_not is None else clause(names.remark(worth.why_not))))
            continue
        if abs(gain.mean) < LEAST_SHOWN:
            rows.append((title, seen, "next to nothing", ""))
            continue
        error = "" if gain.mc_error is None else f" ± {number(plain(gain.mc_error, Unit.POINTS), 1)}"
        rows.append((title, seen, number(plain(gain.mean, Unit.POINTS), 2) + error, interval_said(gain, Unit.POINTS)))
    return Sheet("", ("variable", "", "points of worth", "interval"), tuple(rows), numeric=frozenset({2, 3}))


def studying_parts(
    names: CaseNames, found: Sequence[tuple[AskedSubject, Studying]], worlds: int, seed: int
) -> Iterator[ReportPart]:
    """Yield, for each subject, what studying each assumption would do to its doubt."""
    for subject, one in found:
        yield Paragraph(subject_title(names, subject), tone="title")
        if one.aside:
            yield Paragraph(aside_of(names, one.aside))
        yield Paragraph(studying_sentence(names, subject, one), tone="strong")
        if one.numbers:
            yield _studies(names, subject, one)
        yield Paragraph()
    footer = (
        f"{names.case.title}; {counted(worlds, 'world')}, seed {seed}. Doubt is the answer's variance over worlds; a "
        "study that settled the number would leave the rest, in expectation."
    )
    if not all(_is_true_or_false(subject) for subject, _ in found):
        footer += " Spread is the standard deviation."
    yield Paragraph(footer, tone="aside")


def _studies(names: CaseNames, subject: AskedSubject, found: Studying) -> Sheet:
    if _is_true_or_false(subject):
        told = tuple((share_said(row.share), number_name(names, row.number)) for row in found.numbers)
        return Sheet("", ("doubt that would go", "if this were known"), told, numeric=frozenset({0}))
    rows = [
        (share_said(row.share), _size(subject, row.deviation), number_name(names, row.number)) for row in found.numbers
    ]
    columns = ("doubt that would go", "spread left", "if this were known")
    return Sheet("", columns, tuple(rows), numeric=frozenset({0, 1}))


def studying_sentence(names: CaseNames, subject: AskedSubject, found: Studying) -> str:
    """Return the answer's spread and the number whose study would narrow it most; what is true or false has none."""
    if _is_true_or_false(subject):
        return _telling_apart(names, found)
    now = _size(subject, found.deviation)
    if not found.numbers:
        return f"Its spread is {now}; no number alone would narrow it by more than chance."
    first = found.numbers[0]
    left = _size(subject, first.deviation)
    return f"Its spread is {now}; knowing {number_name(names, first.number)} would bring it to {left}."


def _telling_apart(names: CaseNames, found: Studying) -> str:
    """Return which number best tells the worlds in which a reading is true from the others."""
    if not found.deviation:
        return "It comes out the same in every world."
    if not found.numbers:
        return "It is true in some worlds and not in others; no number alone tells them apart better than chance would."
    first = found.numbers[0]
    gone = portion(max(first.share.value, 0.0))
    known = number_name(names, first.number)
    return f"It is true in some worlds and not in others; knowing {known} would take away {gone} of that doubt."


def _is_true_or_false(subject: AskedSubject) -> bool:
    return unit_told(subject.query.expression) is Unit.WORLDS


def _size(subject: AskedSubject, value: float) -> str:
    unit = unit_told(subject.query.expression)
    return f"{size_said(value, unit)}{unit_words(unit)}"
