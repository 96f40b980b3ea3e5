"""The tornado: how far the headline moves between the low and the high worlds of each number."""

from __future__ import annotations

from collections.abc import Sequence

from quandary.ask.turning.headline import Headline
from quandary.ask.turning.swings import NumberSwing
from quandary.language.heads import Unit
from quandary.report.charts.chart import Chart, specification
from quandary.report.charts.marks import across, bar, label_above, point, rows_by, two_lines, upright
from quandary.report.sheets import Sheet
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import number_name, value_said
from quandary.report.words.units import ends_said, said, unit_of, unit_words
from quandary.report.words.wording import number

PERCENT = (Unit.SHARE, Unit.PART, Unit.WORLDS)
ROW = 58
DROP = 19


def tornado_chart(names: CaseNames, headline: Headline, found: Sequence[NumberSwing]) -> Chart | None:
    """Return the tornado of a headline; ``None`` where nothing moves it."""
    drawn = [s for s in found if s.low is not None and s.high is not None]
    if not drawn or headline.answer.mean is None:
        return None
    unit = unit_of(headline.query)
    times = 100.0 if unit.in_hundred else 1.0
    rows = [
        {
            "name": swing.number.name,
            "label": two_lines(number_name(names.plain, swing.number)),
            "low": times * (swing.low or 0.0),
            "high": times * (swing.high or 0.0),
        }
        for swing in drawn
    ]
    first = drawn[0]
    description = (
        f"How far the answer moves: from the lowest to the highest fifth of {number_name(names.plain, first.number)}, "
        f"{' to '.join(ends_said(first.low, first.high, unit))}; the others move it less."
    )
    suffix = " %" if unit in PERCENT else ""
    title = "mean answer" if suffix else f"mean answer{unit_words(unit, ', ')}"
    axis = {"title": title, "labelExpr": f"datum.label + '{suffix}'", "tickCount": 6}
    y = rows_by("name")
    moved = across("low", scale={"zero": False, "nice": True}, axis=axis)
    layers = [
        upright([{"mean": times * headline.answer.mean}], "mean", "ink", dash=(5, 3)),
        bar(y, moved, "band", end="high", height=10, drop=DROP),
        point(y, "low", "edge", size=80, drop=DROP),
        point(y, "high", "ink", shape="triangle-up", size=80, drop=DROP),
        label_above(y, "label", lines=2),
    ]
    spec = specification(layers, rows, height={"step": ROW}, description=description)
    return Chart("tornado", "What moves the answer most", description, spec, tornado_sheet(names, found, unit))


def tornado_sheet(names: CaseNames, found: Sequence[NumberSwing], unit: Unit) -> Sheet:
    """Return one row a number: the answer in its lowest and highest fifth of worlds, and the rank correlation."""
    rows = []
    for swing in found:
        low = f"below {_edge(swing, swing.low_edge)}: {said(swing.low, unit)}" if swing.low is not None else "–"
        high = f"above {_edge(swing, swing.high_edge)}: {said(swing.high, unit)}" if swing.high is not None else "–"
        rows.append((number_name(names, swing.number), low, high, f"{swing.correlation:+.2f}"))
    caption = "Mean answer in the worlds with each number's lowest and highest fifth, and the rank correlation"
    return Sheet(caption, ("Number", "Lowest fifth", "Highest fifth", "Rank correlation"), tuple(rows))


def _edge(swing: NumberSwing, edge: float | None) -> str:
    return number(None) if edge is None else value_said(swing.number, edge)
