"""The report's first page, which prints alone on A4: its picture beside what ``report/summary.py`` says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from quandary.report.dossier import Dossier
from quandary.report.html.plots import DotPlot, PlotAxis, dot_plot
from quandary.report.summary import Summary, Voice, VoiceRow, summary_of

AXIS = PlotAxis(0.0, 1.0, ((0, "0 %"), (25, "25"), (50, "even"), (75, "75"), (100, "100 %")))

SHAPES: dict[Voice, str] = {"inside": "round", "class": "diamond", "crowd": "ring", "pool": "bar"}
"""The shape that tells each voice apart; the style draws it."""


@dataclass(frozen=True)
class StripRow:
    """One voice with its place, and that of its range, in percent of the axis."""

    voice: VoiceRow
    shape: str
    at: float
    low: float | None
    width: float | None


def first_page(dossier: Dossier) -> dict[str, Any]:
    """Return what the template needs for the first page."""
    said = summary_of(dossier)
    return {"summary": said, "picture": _picture(dossier, said)}


def _picture(dossier: Dossier, said: Summary) -> dict[str, Any] | None:
    """Return dots and voices on one axis; ``None`` where the headline is no probability."""
    headline = dossier.report.headline
    if headline is None or not said.voices:
        return None
    answer = headline.answer
    dots = dot_plot(AXIS, answer.draws, answer.weights, edge=0.5)
    return {
        "title": headline.leading.title,
        "axis": AXIS,
        "rows": [_row(voice) for voice in said.voices],
        "dots": dots,
        "said": _dots_said(dots),
    }


def _dots_said(dots: DotPlot | None) -> str:
    if dots is None:
        return ""
    many = f"in {dots.filled}" if 0 < dots.filled < len(dots.dots) else "in all" if dots.filled else "in none"
    return f"Each dot is one world of 100, drawn from what is not known. Filled: more likely than not, {many}."


def _row(voice: VoiceRow) -> StripRow:
    at = AXIS.at(voice.probability)
    if voice.low is None or voice.high is None:
        return StripRow(voice, SHAPES[voice.voice], at, None, None)
    low = AXIS.at(voice.low)
    return StripRow(voice, SHAPES[voice.voice], at, low, round(AXIS.at(voice.high) - low, 2))
