"""The report's first page, which prints alone on A4: its picture beside what ``report/one_page.py`` says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from quandary.report.dossier import Dossier
from quandary.report.html.plots import DotPlot, PlotAxis, dot_plot
from quandary.report.html.verdict_marks import row_mark
from quandary.report.one_page import Summary, summary_of
from quandary.report.words.screen import StripKind, StripRow

AXIS = PlotAxis(0.0, 1.0, ((0, "0 %"), (25, "25"), (50, "even"), (75, "75"), (100, "100 %")))

SHAPES: dict[StripKind, str] = {"inside": "round", "class": "diamond", "crowd": "ring", "pool": "bar"}
"""The shape that tells each voice apart; the style draws it."""


@dataclass(frozen=True)
class PlacedVoice:
    """One voice with its place, and that of its range, in percent of the axis."""

    row: StripRow
    shape: str
    at: float
    low: float | None
    width: float | None


def first_page(dossier: Dossier) -> dict[str, Any]:
    """Return what the template needs for the first page."""
    said = summary_of(dossier)
    claims = [{"row": row, "mark": row_mark(row)} for row in said.claims]
    return {"summary": said, "screen": said.screen, "summary_claims": claims, "picture": _picture(dossier, said)}


def _picture(dossier: Dossier, said: Summary) -> dict[str, Any] | None:
    """Return dots and voices on one axis; ``None`` where the headline is no probability."""
    headline = dossier.report.headline
    if headline is None or not said.screen.strip or dossier.report.over_fillings is not None:
        return None
    answer = headline.answer
    dots = dot_plot(AXIS, answer.draws, answer.weights, edge=0.5)
    return {"axis": AXIS, "rows": [_placed(row) for row in said.screen.strip], "dots": dots, "said": _dots_said(dots)}


def _dots_said(dots: DotPlot | None) -> str:
    if dots is None:
        return ""
    many = f"in {dots.filled}" if 0 < dots.filled < len(dots.dots) else "in all" if dots.filled else "in none"
    return f"Each dot is one world of 100, drawn from what is not known. Filled: more likely than not, {many}."


def _placed(row: StripRow) -> PlacedVoice:
    at = AXIS.at(row.probability)
    if row.low is None or row.high is None:
        return PlacedVoice(row, SHAPES[row.kind], at, None, None)
    low = AXIS.at(row.low)
    return PlacedVoice(row, SHAPES[row.kind], at, low, round(AXIS.at(row.high) - low, 2))
