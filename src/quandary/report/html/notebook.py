"""What notebooks show: answers, explanations and solved cases as small pieces of HTML, each safe to show as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from quandary.ask.answer import Answer
from quandary.base.characters import one_line
from quandary.base.problems import Refusal, counted
from quandary.case.model import Case
from quandary.language import heads
from quandary.language.syntax import Compare, Expression
from quandary.report.charts.chart import Chart
from quandary.report.charts.outcomes import spread_chart
from quandary.report.html.escaping import escaped
from quandary.report.sheets import Sheet
from quandary.report.why.why import AnswerExplanation, NumberExplanation
from quandary.report.why.wording import explanations_lines
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.queries import query_title
from quandary.report.words.questions import answer_phrase, dilemma_lines, dropped_sentence, notes
from quandary.report.words.units import interval_said, said, unit_of, worlds_of
from quandary.report.words.wording import day


class Shown(Protocol):
    """What prints as words and tables, and shows itself in a notebook."""

    def _repr_html_(self) -> str: ...


@dataclass(frozen=True, eq=False, repr=False)
class Why:
    """Explanations that print as text and show as HTML. ``explanations`` holds them as records.

    Of a decision and its options ``choice`` says why they are chosen as they are; it stands first.
    """

    case: Case
    explanations: tuple[AnswerExplanation | NumberExplanation, ...]
    choice: Shown | None = None

    def __str__(self) -> str:
        first = [] if self.choice is None else [str(self.choice)]
        return "\n".join([*first, *self._lines()])

    __repr__ = __str__

    def _lines(self) -> list[str]:
        names = CaseNames(self.case)
        return [one_line(line) for line in explanations_lines(names, self.explanations)]

    def _repr_html_(self) -> str:
        first = "" if self.choice is None else self.choice._repr_html_()
        text = "\n".join(self._lines())
        return f"{first}<pre style='white-space:pre-wrap'>{escaped(text)}</pre>" if text else first


def sheet_html(sheet: Sheet) -> str:
    """Return a sheet as an HTML table."""
    head = "".join(f"<th scope='col' style='text-align:left'>{escaped(column)}</th>" for column in sheet.columns)
    rows = "".join(
        f"<tr><th scope='row' style='text-align:left;font-weight:normal'>{escaped(row[0])}</th>"
        + "".join(f"<td style='text-align:left'>{escaped(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in sheet.rows
    )
    caption = f"<caption style='text-align:left'>{escaped(sheet.caption)}</caption>" if sheet.caption else ""
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def answer_html(names: CaseNames, query: Expression, answer: Answer, *, beside: Sequence[str] = ()) -> str:
    """Return an answer: the sentence, its figures as a table, and the spread of worlds where charts are installed.

    ``beside`` are lines that limit the answer beside its notes.
    """
    title = query_title(names, query)
    if heads.DILEMMA.asks(query):
        words = "<br>".join(escaped(line) for line in dilemma_lines(names, query, answer))
    else:
        words = escaped(answer_phrase(query, answer, names.case.words))
    limits = "".join(f"<br><small>{escaped(note)}</small>" for note in (*notes(names, answer), *beside))
    before = f"{escaped(dropped_sentence(names, answer.dropped))}<br>" if answer.dropped else ""
    figures = [*_figures(query, answer), ("Worlds", f"{answer.worlds:,} ({answer.effective_worlds:,.0f} effective)")]
    figures += [
        (f"{name}, mean", said(part.mean, unit_of(heads.HEADS[name].of(query))))
        for name, part in answer.parts.items()
        if part.mean is not None
    ]
    table = sheet_html(Sheet(title, ("Figure", "Value"), tuple(figures)))
    chart = spread_chart("answer", title, query, answer)
    told = f"<p>{escaped(title)}<br>{before}<b>{words}</b>{limits}</p>"
    return f"<div>{told}{_drawn(chart)}{table}</div>"


def _figures(query: Expression, answer: Answer) -> list[tuple[str, str]]:
    """Return an answer's figures; of a comparison those of its sides, of another truth the share of worlds alone."""
    unit = unit_of(query)
    if answer.is_truth and not isinstance(query, Compare):
        return [("True in", worlds_of(answer))]
    of_sides = ", difference of its sides" if answer.is_truth else ""
    figures = [
        (f"Mean{of_sides}", said(answer.mean, unit)),
        (f"Median{of_sides}", said(answer.median, unit)),
        (f"90 % interval{of_sides}", interval_said(answer, unit)),
    ]
    return [("True in", worlds_of(answer)), *figures] if answer.is_truth else figures


def case_html(case: Case, problems: Sequence[object]) -> str:
    """Return a loaded case: title, day, who chooses, how much there is of each thing."""
    rows = (
        ("Actors", ", ".join(actor.name for actor in case.actors.values())),
        ("Story", counted(len(case.story), "variable")),
        ("Claims", str(len(case.claims))),
        ("Questions", str(len(case.questions))),
        ("Warnings", str(len(problems))),
    )
    return sheet_html(Sheet(f"{case.title}, as of {day(case.as_of)}", ("What", "Value"), rows))


def _drawn(chart: Chart | None) -> str:
    """Return a chart as SVG, nothing where it cannot be drawn: the extra ``report`` is missing, or address space."""
    if chart is None:
        return ""
    try:
        from quandary.report.charts.rendering import inlined, svg_of

        return f"<div style='max-width:30rem;background:#fff'>{inlined(svg_of(chart.spec), chart.description)}</div>"
    except (ImportError, Refusal):
        return ""
