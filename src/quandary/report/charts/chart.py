"""A chart: its Vega-Lite specification, a sentence that says what it shows, and its numbers as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quandary.report.charts.palette import LIGHT
from quandary.report.mark import PROGRAM
from quandary.report.sheets import Sheet
from quandary.version import __version__

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
FONT = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif"
WIDTH = 330
"""Pixels of a chart's plot: so narrow that its letters stay readable on a phone."""

Spec = dict[str, Any]


@dataclass(frozen=True)
class Chart:
    """``description`` says in a sentence what it shows; ``sheet`` holds the same numbers; ``name`` names its file."""

    name: str
    title: str
    description: str
    spec: Spec
    sheet: Sheet


def specification(
    layers: Sequence[Spec],
    rows: Sequence[Mapping[str, Any]],
    *,
    height: int | Spec,
    description: str,
    width: int = WIDTH,
) -> Spec:
    """Return a Vega-Lite specification of layers over the same rows, in the report's style."""
    return {
        "usermeta": {"generator": f"{PROGRAM} {__version__}"},
        "$schema": SCHEMA,
        "description": description,
        "width": width,
        "height": height,
        "padding": {"left": 4, "right": 8, "top": 4, "bottom": 4},
        "data": {"values": list(rows)},
        "layer": list(layers),
        "config": {
            "aria": False,
            "background": "transparent",
            "font": FONT,
            "view": {"stroke": None},
            "axis": {
                "labelColor": LIGHT["muted"],
                "titleColor": LIGHT["muted"],
                "gridColor": LIGHT["line"],
                "domainColor": LIGHT["line"],
                "tickColor": LIGHT["line"],
                "labelFontSize": 12,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
                "labelOverlap": "parity",
                "labelSeparation": 8,
            },
            "legend": {"labelColor": LIGHT["ink"], "titleColor": LIGHT["muted"]},
            "text": {"color": LIGHT["ink"], "fontSize": 12},
        },
    }


def percent_axis(title: str | None = None, values: Sequence[int] = (0, 25, 50, 75, 100)) -> Spec:
    """Return an axis from 0 to 100 % for shares given in percent."""
    return {"title": title, "values": list(values), "labelExpr": "datum.value + ' %'", "domain": False}


def colour(role: str) -> Spec:
    """Return a fixed colour by its role."""
    return {"value": LIGHT[role]}
