"""A ledger's charts: a question with all its forecasters, calibration with its band, discrimination, scores by
month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from quandary.base.problems import Problem, Refusal
from quandary.ledger.histories import QuestionHistory
from quandary.ledger.moments import day, moment
from quandary.ledger.scores.card import Row, binary_of, grouped, line
from quandary.ledger.scores.scored import came_as
from quandary.ledger.scores.summary import ScoreSummary
from quandary.report.charts.chart import Chart, Spec, colour, percent_axis, specification
from quandary.report.charts.palette import LIGHT
from quandary.report.ledger.said import forecast_told, name_of, outcome_told
from quandary.report.ledger.scores import lines_sheet, reliability_sheet
from quandary.report.sheets import Sheet
from quandary.report.words.wording import day as day_said
from quandary.report.words.wording import percent

HEIGHT = 330
MOST = 8
"""Forecasters of a question that a chart can tell apart; the others are in its table."""
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [1, 0], [6, 3], [2, 2], [8, 3, 2, 3])
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")
"""Lines are told apart by how they are dashed and what marks a forecast, so that nobody needs to tell colours."""


def history_chart(history: QuestionHistory, names: Mapping[str, str]) -> Chart:
    """Return each forecaster's probability of yes as steps over time. Raises ``Refusal`` (Q918) for other questions."""
    question = history.question
    said = [one for one in history.said if one.forecast.probability is not None]
    if not said:
        message = f"{question.text} has no probabilities of yes to draw"
        raise Refusal(Problem("Q918", message, hint="quandary ledger show lists what was said"))
    shown = list(dict.fromkeys(one.forecast.by for one in said))[:MOST]
    last = max(one.at for one in said)
    until = moment(question.until, end=True) if question.until else last + 1
    end = max(history.ends if history.resolution is not None else until, last + 1)
    came = outcome_told(history.resolution, question)
    rows = [row for by in shown for row in _steps(history, by, name_of(by, names), end)]
    yes = came_as(history)
    if yes is not None:
        rows.append({"outcome": f"came: {came}", "at": _iso(end), "said": _percent(yes)})
    cells = tuple(
        (day_said(day(one.at)), name_of(one.forecast.by, names), forecast_told(one.forecast, question)) for one in said
    )
    description = (
        f"{question.text}: {len(said)} forecasts by {len(shown)} from {day_said(day(said[0].at))}; came: {came}."
    )
    layers = _history_layers([name_of(by, names) for by in shown], above=bool(yes))
    spec = specification(layers, rows, height=HEIGHT, description=description)
    sheet = Sheet("What was said", ("Day", "Who", "Forecast"), cells)
    return Chart(f"question-{history.number}", question.text, description, spec, sheet)


def _steps(history: QuestionHistory, by: str, name: str, end: float) -> Iterator[dict[str, object]]:
    """Yield where each forecast of one forecaster begins to stand, and where the last, or one withdrawn, ends."""
    own = [one for one in history.said if one.forecast.by == by]
    line = 0
    for number, one in enumerate(own):
        if one.forecast.probability is None:
            continue
        told = {"by": name, "said": _percent(one.forecast.probability), "line": f"{by} {line}"}
        yield told | {"at": _iso(one.at), "stated": True}
        after = own[number + 1] if number + 1 < len(own) else None
        if after is None or after.forecast.probability is None:
            yield told | {"at": _iso(end if after is None else after.at), "stated": False}
            line += 1


def _history_layers(people: Sequence[str], *, above: bool) -> list[Spec]:
    """Return the lines of all forecasters, a mark for each forecast, and what came."""
    legend: Spec = {"title": None, "orient": "bottom", "columns": 1, "labelLimit": 320, "symbolSize": 90}
    legend |= {"symbolFillColor": LIGHT["ink"], "symbolDash": [1, 0], "symbolStrokeWidth": 0, "labelFontSize": 11}
    who: Spec = {"field": "by", "type": "nominal", "legend": legend}
    dash, shape = (
        {**who, "scale": {"domain": people, "range": list(ways[: len(people)])}} for ways in (DASHES, SHAPES)
    )
    axis = {"title": None, "format": "%d %b %Y", "tickCount": 4, "grid": False}
    place: Spec = {
        "x": {"field": "at", "type": "temporal", "axis": axis},
        "y": {"field": "said", "type": "quantitative", "scale": {"domain": [0, 100]}, "axis": percent_axis()},
        "color": colour("ink"),
    }
    return [
        {
            "transform": [{"filter": "isValid(datum.by)"}],
            "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 1.5},
            "encoding": place | {"strokeDash": dash, "detail": {"field": "line"}},
        },
        {
            "transform": [{"filter": "datum.stated"}],
            "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
            "encoding": place | {"shape": shape},
        },
        {
            "transform": [{"filter": "isValid(datum.outcome)"}],
            "mark": {"type": "text", "align": "right", "dy": -8 if above else 12, "fontWeight": "bold"},
            "encoding": place | {"text": {"field": "outcome"}},
        },
    ]


def score_chart(what: str, found: ScoreSummary, rows: Sequence[Row]) -> Chart:
    """Return the chart of scores by its name. Raises ``Refusal`` (Q918) where there is nothing to draw."""
    charts = {"calibration": _calibration, "discrimination": _discrimination, "months": _months}
    if found.reliability is None or found.whole is None or found.whole.parts is None:
        message = "there is no settled question of yes or no to draw"
        raise Refusal(Problem("Q918", message, hint="settle one: quandary ledger resolve"))
    return charts[what](found, rows)


def _calibration(found: ScoreSummary, rows: Sequence[Row]) -> Chart:
    """Return the reliability diagram: how often it came, by what was said, with the band in which it lies by chance."""
    fit = found.reliability
    if fit is None:
        raise ValueError("nothing to draw")
    points = [
        {"said": 100 * said, "came": 100 * came, "low": 100 * low, "high": 100 * high, "count": int(count)}
        for said, came, low, high, count in zip(fit.said, fit.came, fit.low, fit.high, fit.counts, strict=True)
    ]
    inside = float(np.average((fit.low - 1e-9 <= fit.came) & (fit.came <= fit.high + 1e-9), weights=fit.counts))
    total = int(fit.counts.sum())
    few = " That is few." if found.whole is not None and found.whole.few else ""
    description = (
        f"How often it came by what was said: {percent(inside)} of {total:,} forecasts lie where they would by chance "
        f"if they were right.{few}"
    )
    spec = specification(_calibration_layers(), points, height=HEIGHT, description=description)
    return Chart("calibration", "Calibration", description, spec, reliability_sheet(fit))


def _calibration_layers() -> list[Spec]:
    """Return the band, the line on which what is said is right, the fit, and a point for each probability said."""
    y: Spec = {
        "field": "came",
        "type": "quantitative",
        "scale": {"domain": [0, 100]},
        "axis": percent_axis("how often it came"),
    }
    x: Spec = {
        "field": "said",
        "type": "quantitative",
        "scale": {"domain": [0, 100]},
        "axis": percent_axis("what was said"),
    }
    band: Spec = {
        "x": x,
        "y": {"field": "low", "type": "quantitative"},
        "y2": {"field": "high"},
        "color": colour("band"),
    }
    return [
        {"mark": {"type": "area", "opacity": 0.6}, "encoding": band},
        {
            "data": {"values": [{"said": 0, "came": 0}, {"said": 100, "came": 100}]},
            "mark": {"type": "line", "strokeDash": [4, 4], "strokeWidth": 1},
            "encoding": {"x": x, "y": y, "color": colour("muted")},
        },
        {"mark": {"type": "line", "strokeWidth": 2}, "encoding": {"x": x, "y": y, "color": colour("ink")}},
        {
            "mark": {"type": "point", "filled": True},
            "encoding": {
                "x": x,
                "y": y,
                "color": colour("ink"),
                "size": {"field": "count", "type": "quantitative", "legend": None, "scale": {"range": [30, 260]}},
            },
        },
    ]


def _discrimination(found: ScoreSummary, rows: Sequence[Row]) -> Chart:
    """Return how what was said is spread where it came, and where it did not."""
    said, came = binary_of(rows)
    edges = np.linspace(0, 1, 11)
    points, table = [], []
    for name, chosen in (("came", came > 0.5), ("did not", came <= 0.5)):
        counts, _ = np.histogram(said[chosen], bins=edges)
        for number, count in enumerate(counts):
            points.append(
                {"said": f"{10 * number} to {10 * number + 10}", "what": name, "count": int(count), "order": number}
            )
    for number in range(10):
        pair = [point["count"] for point in points if point["order"] == number]
        table.append((f"{10 * number} to {10 * number + 10} %", *(f"{count:,}" for count in pair)))
    means = [float(said[chosen].mean()) if chosen.any() else float("nan") for chosen in (came > 0.5, came <= 0.5)]
    description = (
        f"What was said where it came ({percent(means[0])} on average) and where it did not ({percent(means[1])})."
    )
    x: Spec = {
        "field": "said",
        "type": "nominal",
        "sort": {"field": "order"},
        "axis": {"title": "said, in %", "labelAngle": -45},
    }
    layers: list[Spec] = [
        {
            "mark": {"type": "bar", "stroke": LIGHT["ink"], "strokeWidth": 0.5},
            "encoding": {
                "x": x,
                "xOffset": {"field": "what"},
                "y": {"field": "count", "type": "quantitative", "axis": {"title": "forecasts", "tickMinStep": 1}},
                "color": {
                    "field": "what",
                    "type": "nominal",
                    "scale": {"domain": ["came", "did not"], "range": [LIGHT["ink"], LIGHT["band"]]},
                    "legend": {"title": None, "orient": "bottom"},
                },
            },
        }
    ]
    spec = specification(layers, points, height=HEIGHT, description=description)
    sheet = Sheet("What was said, by what came", ("Said", "Came", "Did not"), tuple(table), numeric=frozenset({1, 2}))
    return Chart("discrimination", "Discrimination", description, spec, sheet)


def _months(found: ScoreSummary, rows: Sequence[Row]) -> Chart:
    """Return the mean Brier score of questions of yes or no by the month in which they ended."""
    binary = [row for row in rows if row.probability is not None and row.came is not None]
    months = grouped(binary, lambda row: (f"{day(row.ended):%Y-%m}",))
    by_month = [line(name, some) for name, some in months.items()]
    points = [{"month": f"{one.name}-01", "score": one.mean("brier"), "count": one.forecasts} for one in by_month]
    description = (
        f"Mean Brier score by month, {by_month[0].name} to {by_month[-1].name}; the size of a point is how many were "
        "settled."
    )
    x: Spec = {
        "field": "month",
        "type": "temporal",
        "axis": {"title": None, "format": "%b %Y", "tickCount": 4, "grid": False},
        "scale": {"padding": 14},
    }
    y: Spec = {
        "field": "score",
        "type": "quantitative",
        "axis": {"title": "mean Brier score (0.25: always 50 %)", "tickCount": 5},
        "scale": {"domain": [0, 1.1 * max([0.25, *(one.mean("brier") or 0.0 for one in by_month)])]},
    }
    size: Spec = {"field": "count", "type": "quantitative", "legend": None, "scale": {"range": [30, 260]}}
    layers: list[Spec] = [
        {"mark": {"type": "line", "strokeWidth": 1}, "encoding": {"x": x, "y": y, "color": colour("muted")}},
        {"mark": {"type": "point", "filled": True}, "encoding": {"x": x, "y": y, "color": colour("ink"), "size": size}},
    ]
    spec = specification(layers, points, height=HEIGHT, description=description)
    return Chart("months", "Score by month", description, spec, lines_sheet("month", by_month))


def _iso(at: float) -> str:
    return day(at).isoformat()


def _percent(probability: float | None) -> float:
    return 100 * (probability or 0.0)
