"""Charts of what happens: every variable's distribution, and how far the worlds differ on the leading question."""

from __future__ import annotations

from functools import partial

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.results import VariableOutcome
from quandary.language.heads import Unit
from quandary.language.syntax import Expression
from quandary.quantities.echo import LONGEST
from quandary.report.charts.chart import WIDTH, Chart, Spec, colour, percent_axis, specification
from quandary.report.charts.marks import across, bar, rows_by, span, upright
from quandary.report.sheets import Sheet
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.units import interval_said, said, unit_of, unit_words
from quandary.report.words.unknowns import open_state
from quandary.report.words.wording import brief_percent, chance, listing, number, percent
from quandary.report.words.wording import is_certain as is_sure

BINS = 24
PERCENT = (Unit.SHARE, Unit.PART)
ROW = 26
LABELS = 138


def is_certain(outcome: VariableOutcome) -> bool:
    """Return whether one state is certain, so that there is nothing to draw."""
    return any(is_sure(answer.mean) for answer in outcome.states.values())


def outcome_chart(names: CaseNames, outcome: VariableOutcome) -> Chart:
    """Return one variable's states with their probabilities, and the 90 % interval of each over worlds."""
    title = names.variable(outcome.variable)
    said_state = partial(names.state, outcome.variable)
    states = sorted(outcome.states.items(), key=lambda item: -(item[1].mean or 0.0))
    rows = [
        {
            "state": f"{said_state(name)} {brief_percent(answer.mean)}",
            "mean": 100 * (answer.mean or 0.0),
            "low": 100 * (answer.low or 0.0),
            "high": 100 * (answer.high or 0.0),
        }
        for name, answer in states
    ]
    description = f"{title}: {listing([f'{said_state(name)} {percent(answer.mean)}' for name, answer in states])}."
    axis = {"ticks": False, "domain": False, "labelLimit": LABELS, "minExtent": LABELS, "maxExtent": LABELS}
    y = rows_by("state", axis=axis)
    share = across("mean", scale={"domain": [0, 100]}, axis=percent_axis(values=(0, 50, 100)))
    layers = [
        bar(y, share, "band", height=14),
        span(y, across("low"), "high", "ink", width=2),
    ]
    width = WIDTH - LABELS
    spec = specification(layers, rows, height={"step": ROW}, description=description, width=width)
    return Chart(f"outcome-{outcome.variable}", title, description, spec, outcomes_sheet(names, (outcome,)))


def outcomes_sheet(names: CaseNames, outcomes: tuple[VariableOutcome, ...]) -> Sheet:
    """Return one row for each state of each variable."""
    rows = [
        (
            names.variable(outcome.variable),
            names.state(outcome.variable, name),
            chance(answer.mean) if name not in outcome.fillings else "open",
            interval_said(answer, Unit.SHARE) if name not in outcome.fillings else open_state(outcome.fillings[name]),
        )
        for outcome in outcomes
        for name, answer in sorted(outcome.states.items(), key=lambda item: -(item[1].mean or 0.0))
    ]
    caption = "Probability of every state, with the 90 % interval over worlds"
    if any(outcome.fillings for outcome in outcomes):
        caption += "; where it is open, the least and the most found"
    return Sheet(caption, ("What", "State", "Probability", "90 % interval"), tuple(rows))


def spread_chart(name: str, asks: str, query: Expression, answer: Answer, title: str | None = None) -> Chart | None:
    """Return how the worlds spread on a question, under a title of its own.

    ``None`` where it has no answer, counts worlds, or has numbers too large for an axis.
    """
    unit = unit_of(query)
    if answer.mean is None or answer.low is None or answer.high is None or abs(answer.mean) >= LONGEST:
        return None
    share = unit.in_hundred
    rows = _bins(answer, 100.0 if share else 1.0)
    mean = f"mean{' difference of its sides' if answer.is_truth else ''} {said(answer.mean, unit)}"
    description = f"{asks} {mean[0].upper()}{mean[1:]}; 90 % of worlds: {interval_said(answer, unit)}."
    times = 100.0 if share else 1.0
    marks = [{"mean": times * answer.mean, "low": times * answer.low, "high": times * answer.high}]
    axis = {
        "title": "answer in a world" + ("" if unit in PERCENT else unit_words(unit, ", ")),
        "grid": False,
        "labelExpr": "datum.label + ' %'" if unit in PERCENT else "datum.label",
    }
    layers = [
        _histogram(axis),
        {**span({"value": 132}, across("low"), "high", "ink", width=3), "data": {"values": marks}},
        upright(marks, "mean", "ink", dash=(5, 3), width=2),
        _title(marks[0]["mean"], mean),
    ]
    if rows[0]["from"] < 0 < rows[-1]["to"]:
        layers.insert(1, upright([{"at": 0}], "at", "edge"))
    spec = specification(layers, rows, height=140, description=description)
    times = 100.0 if unit in PERCENT else 1.0
    edge = percent if unit in PERCENT else number
    sheet = Sheet(
        "Share of worlds by answer, in percent" if share else "Share of worlds by answer",
        ("Answer from", "to", "Worlds"),
        tuple((edge(row["from"] / times), edge(row["to"] / times), percent(row["share"] / 100)) for row in rows),
    )
    return Chart(name, title or asks, description, spec, sheet)


def _histogram(axis: Spec) -> Spec:
    return {
        "mark": {"type": "rect"},
        "encoding": {
            "x": across("from", scale={"zero": False, "nice": False}, axis=axis),
            "x2": {"field": "to"},
            "y": {"field": "share", "type": "quantitative", "axis": None, "scale": {"zero": True}},
            "y2": {"datum": 0},
            "color": colour("band"),
            "stroke": colour("paper"),
        },
    }


def _title(at: float, words: str) -> Spec:
    """Return words above the plot, beside an upright line."""
    return {
        "data": {"values": [{"at": at, "said": words}]},
        "mark": {"type": "text", "align": "left", "baseline": "top", "dx": 5, "fontWeight": "bold"},
        "encoding": {"x": across("at"), "y": {"value": -15}, "text": {"field": "said"}, "color": colour("ink")},
    }


def _bins(answer: Answer, times: float) -> list[dict[str, float]]:
    kept = ~np.isnan(answer.draws) & (answer.weights > 0)
    counts, edges = np.histogram(times * answer.draws[kept], bins=BINS, weights=answer.weights[kept])
    shares = 100.0 * counts / counts.sum()
    return [
        {"from": float(edges[i]), "to": float(edges[i + 1]), "share": float(share)} for i, share in enumerate(shares)
    ]
