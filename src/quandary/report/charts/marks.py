"""The marks that charts are made of: bars, spans, points, upright lines and labels, each one layer."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from quandary.report.charts.chart import Spec, colour

LETTERS = 48
"""Letters in a line of a label."""
LINE = 14
"""Pixels from one line of a label to the next."""


def rows_by(field: str, kind: str = "nominal", axis: Spec | None = None) -> Spec:
    """Return the vertical encoding: one row for each value of a field, in the order given."""
    return {"field": field, "type": kind, "sort": None, "title": None, "axis": axis}


def across(field: str, *, scale: Spec | None = None, axis: Spec | None = None) -> Spec:
    """Return the horizontal encoding of a number."""
    found: Spec = {"field": field, "type": "quantitative"}
    if scale is not None:
        found["scale"] = scale
    if axis is not None:
        found["axis"] = axis
    return found


def bar(y: Spec, x: Spec, role: str, *, end: str | None = None, height: int, drop: int = 0) -> Spec:
    """Return bars from zero to a number, or from one number to ``end``; ``drop`` moves them down in their row."""
    encoding: Spec = {"y": y, "x": x, "color": colour(role)}
    if end is not None:
        encoding["x2"] = {"field": end}
    return {"mark": {"type": "bar", "height": height, "yOffset": drop}, "encoding": encoding}


def span(y: Spec, start: Spec, end: str, role: str, *, width: int, drop: int = 0, round_ends: bool = False) -> Spec:
    """Return lines from one number to another."""
    mark: Spec = {"type": "rule", "strokeWidth": width, "yOffset": drop}
    if round_ends:
        mark["strokeCap"] = "round"
    return {"mark": mark, "encoding": {"y": y, "x": start, "x2": {"field": end}, "color": colour(role)}}


def point(y: Spec, field: str, role: str, *, shape: str = "circle", size: int = 70, drop: int = 0) -> Spec:
    """Return one sign a row."""
    mark = {"type": "point", "shape": shape, "size": size, "filled": True, "opacity": 1, "yOffset": drop}
    return {"mark": mark, "encoding": {"y": y, "x": across(field), "color": colour(role)}}


def label_above(y: Spec, field: str, *, lines: int = 1) -> Spec:
    """Return each row's label above its marks, so that the plot keeps the page's whole width.

    Under the letters lies a rim in the colour of the paper, so that no line of the plot runs through them.
    """
    mark: Spec = {"type": "text", "align": "left", "baseline": "bottom", "dy": 0}
    if lines > 1:
        mark = {
            "type": "text",
            "align": "left",
            "baseline": "top",
            "dy": -22 - (lines - 2) * LINE // 2,
            "lineHeight": LINE,
        }
    encoding = {"y": y, "x": {"value": 0}, "text": {"field": field}}
    rim = {
        "mark": {**mark, "strokeWidth": 4, "strokeJoin": "round"},
        "encoding": {**encoding, "stroke": colour("paper")},
    }
    letters = {"mark": mark, "encoding": {**encoding, "color": colour("ink")}}
    return {"layer": [rim, letters]}


def upright(
    rows: Sequence[Mapping[str, Any]], field: str, role: str, *, dash: tuple[int, int] | None = None, width: int = 1
) -> Spec:
    """Return upright lines through the whole plot, from rows of their own."""
    mark: Spec = {"type": "rule", "strokeWidth": width}
    if dash is not None:
        mark["strokeDash"] = list(dash)
    return {"data": {"values": list(rows)}, "mark": mark, "encoding": {"x": across(field), "color": colour(role)}}


def two_lines(name: str) -> list[str]:
    """Return a label as two lines, the last next to the bar."""
    lines = textwrap.wrap(name, LETTERS, max_lines=2, placeholder=" …")
    return ["", *lines] if len(lines) < 2 else lines
