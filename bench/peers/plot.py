"""Cost against size, a panel a part, as SVG and PNG (needs vl-convert, the extra ``quandary[report]``)."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path

from asking import Compared

OURS = "ours"
COLOURS = ("#000000", "#D55E00", "#0072B2", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7F7F7F", "#8C510A")
SHAPES = (
    "circle",
    "square",
    "triangle-up",
    "diamond",
    "cross",
    "triangle-down",
    "triangle-right",
    "triangle-left",
    "arrow",
)
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3))


def drawn(found: Sequence[Compared], folder: Path) -> list[Path]:
    """Write ``peers.svg`` and ``peers.png``; return the paths, none where vl-convert is not installed."""
    try:
        import vl_convert
    except ImportError:
        return []
    panels = [p for p in (signalling(found), chain(found), influence(found), bimatrix(found), catalogue(found)) if p]
    if not panels:
        return []
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "concat": panels,
        "columns": 2,
        "spacing": 40,
        "background": "white",
        "resolve": {"scale": dict.fromkeys(("color", "shape", "strokeDash"), "independent")},
        "config": {
            "view": {"continuousWidth": 380, "continuousHeight": 280},
            "font": "sans-serif",
            "axis": {"labelFontSize": 12, "titleFontSize": 13, "gridColor": "#E5E5E5"},
            "legend": {"labelFontSize": 12, "labelLimit": 320, "symbolSize": 90},
        },
    }
    paths = [folder / "peers.svg", folder / "peers.png"]
    paths[0].write_text(vl_convert.vegalite_to_svg(spec), encoding="utf-8")
    paths[1].write_bytes(vl_convert.vegalite_to_png(spec, scale=2))
    return paths


def signalling(found: Sequence[Compared]) -> dict[str, object] | None:
    """Seconds a draw against the number of draws."""
    points = []
    for c in found:
        if c.part == "a" and c.peer == "pygambit":
            _, states, payoffs, _ = c.job.split(", ", 3)
            form = f"{states}, {payoffs.removesuffix(' payoffs').replace('payoffs ', '')}"
            points += _points(c, f"{OURS}, {form}", f"{c.peer}, {form}")
    return _lines(points, "Signalling stage: one draw", "draws solved together")


def chain(found: Sequence[Compared]) -> dict[str, object] | None:
    """Seconds a game against the number of decisions."""
    points = []
    for c in found:
        if c.part == "c":
            form = ", one actor" if c.job.startswith("one") else ""
            kind = form or next((f", {k}" for k in ("agent logit", "subgame perfect") if k in c.peer), "")
            points += _points(c, OURS + kind if kind else "", c.peer.split(" (")[0] + form)
    return _lines(points, "Chain of decisions: one game", "decisions")


def influence(found: Sequence[Compared]) -> dict[str, object] | None:
    """Seconds a draw of an influence diagram against the number of draws."""
    points = []
    for c in found:
        if c.part == "d" and "filled" not in c.peer:
            form = c.job.split(" (")[0].split(" of ")[1] + ", " + c.job.split(" (")[1].split(",")[0]
            points += _points(c, f"{OURS}, {form}", f"{c.peer.split(',')[0]}, {form}")
    return _lines(points, "Influence diagrams of 15 nodes: one draw", "draws solved together")


def bimatrix(found: Sequence[Compared]) -> dict[str, object] | None:
    """Seconds a game against the number of strategies."""
    points = [p for c in found if c.part == "g" for p in _points(c, f"{OURS}, exact", c.peer)]
    return _lines(points, "All equilibria of a square game", "strategies of each player")


def _points(c: Compared, ours: str, theirs: str) -> list[dict[str, object]]:
    sides = ((ours, c.ours), (theirs, c.theirs))
    return [{"size": c.size, "seconds": statistics.median(own), "tool": name} for name, own in sides if own and name]


def catalogue(found: Sequence[Compared]) -> dict[str, object] | None:
    """Our seconds against pygambit's, a point a file, with the line where both are equal."""
    points = [
        {"ours": statistics.median(c.ours), "theirs": statistics.median(c.theirs), "file": c.job}
        for c in found
        if c.part == "e" and c.ratio
    ]
    if not points:
        return None
    values = [v for p in points for v in (p["ours"], p["theirs"])]
    ends = [{"at": min(map(float, values))}, {"at": max(map(float, values))}]
    return {
        "title": "Gambit catalogue: logit of one file (above the line ours is faster)",
        "layer": [
            {
                "data": {"values": points},
                "mark": {"type": "point", "filled": True, "opacity": 0.6},
                "encoding": {"x": _axis("ours", "seconds, ours"), "y": _axis("theirs", "seconds, pygambit")},
            },
            {
                "data": {"values": ends},
                "mark": {"type": "line", "color": "gray", "strokeDash": [4, 4]},
                "encoding": {"x": _axis("at", "seconds, ours"), "y": _axis("at", "seconds, pygambit")},
            },
        ],
    }


def _lines(points: list[dict[str, object]], title: str, size: str) -> dict[str, object] | None:
    if not points:
        return None
    merged: dict[tuple[object, object], list[float]] = {}
    for p in points:
        merged.setdefault((p["tool"], p["size"]), []).append(float(str(p["seconds"])))
    rows = [{"tool": t, "size": s, "seconds": statistics.median(v)} for (t, s), v in merged.items()]
    tools = sorted(dict.fromkeys(str(row["tool"]) for row in rows), key=lambda name: not name.startswith(OURS))
    named = {"field": "tool", "type": "nominal", "title": None}
    legend = {"orient": "bottom", "direction": "vertical", "columns": 2 if len(tools) > 4 else 1}
    looks = {
        "color": {**named, "scale": _scale(tools, COLOURS), "legend": legend},
        "shape": {**named, "scale": _scale(tools, SHAPES), "legend": legend},
    }
    place = {"x": _axis("size", size), "y": _axis("seconds", "seconds")}
    dashes = {"strokeDash": {**named, "scale": _scale(tools, DASHES), "legend": None}}
    return {
        "title": title,
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 1.6},
                "encoding": {**place, "color": looks["color"], **dashes},
            },
            {"mark": {"type": "point", "filled": True, "size": 80, "opacity": 1}, "encoding": {**place, **looks}},
        ],
    }


def _scale(tools: list[str], looks: Sequence[object]) -> dict[str, object]:
    return {"domain": tools, "range": [looks[i % len(looks)] for i in range(len(tools))]}


def _axis(field: str, title: str) -> dict[str, object]:
    return {"field": field, "type": "quantitative", "title": title, "scale": {"type": "log"}}
