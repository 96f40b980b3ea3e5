"""The timeline's chart: the leading answer after each piece of evidence."""

from __future__ import annotations

from quandary.ask.changes.timeline import Timeline, TimelineStep
from quandary.language.heads import Unit
from quandary.report.analyses.timeline import asked
from quandary.report.charts.chart import Chart, Spec, specification
from quandary.report.charts.marks import across, label_above, point, rows_by, span
from quandary.report.sheets import Sheet
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.units import interval_said, said, shift, unit_of, unit_words
from quandary.report.words.wording import chance, day

ROW = 44
DROP = 10


def timeline_chart(names: CaseNames, found: Timeline) -> Chart | None:
    """Return the first line's answer after each step, in order of date; ``None`` with fewer than two answers."""
    line = found.lines[0]
    unit = unit_of(line.query)
    times = 100.0 if unit.in_hundred else 1.0
    rows = []
    for number, step in enumerate(found.steps):
        if not step.moments or step.moments[0].answer.mean is None:
            continue
        answer = step.moments[0].answer
        rows.append(
            {
                "step": number,
                "said": f"{_what(names, step)}: {said(answer.mean, unit)}",
                "mean": times * (answer.mean or 0.0),
                "low": times * (answer.mean or 0.0 if answer.low is None else answer.low),
                "high": times * (answer.mean or 0.0 if answer.high is None else answer.high),
            }
        )
    if len(rows) < 2:
        return None
    description = f"{asked(names, line)} From {rows[0]['said']} to {rows[-1]['said']}."
    suffix = " + ' %'" if unit is Unit.SHARE else ""
    scale: Spec = {"domain": [0, 100]} if unit is Unit.SHARE else {"zero": False}
    title = None if unit is Unit.SHARE else unit_words(unit, "") or None
    axis = {"title": title, "labelExpr": f"datum.label{suffix}", "tickCount": 5, "domain": False}
    y = rows_by("step", "ordinal")
    layers = [
        span(y, across("low", scale=scale, axis=axis), "high", "band", width=6, drop=DROP, round_ends=True),
        point(y, "mean", "ink", size=80, drop=DROP),
        label_above(y, "said"),
    ]
    spec = specification(layers, rows, height={"step": ROW}, description=description)
    return Chart("timeline", "How the answer moved with what was seen", description, spec, timeline_sheet(names, found))


def timeline_sheet(names: CaseNames, found: Timeline) -> Sheet:
    """Return one row a step: what was seen, how likely it was, the answer after it, and how far it moved."""
    unit = unit_of(found.lines[0].query)
    rows = []
    for step in found.steps:
        start = (_when(step), _what(names, step), chance(step.probability) if step.item else "–")
        if not step.moments:
            rows.append((*start, "too few worlds", "–", "–"))
            continue
        moment = step.moments[0]
        moved = "–"
        if moment.move is not None:
            moved = shift(moment.move.total, unit, moment.move.error)
        answer = moment.answer
        rows.append((*start, said(answer.mean, unit), interval_said(answer, unit), moved))
    columns = ("Day", "Seen", "How likely", "Answer after", "90 % interval", "Moved by")
    caption = f"The answer after each piece of evidence{unit_words(unit, '; moves in ')}"
    return Sheet(caption, columns, tuple(rows))


def _when(step: TimelineStep) -> str:
    return "–" if step.item is None else day(step.item.on)


def _what(names: CaseNames, step: TimelineStep) -> str:
    return "before any evidence" if step.item is None else names.clause(step.item.saw)
