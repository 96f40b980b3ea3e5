"""Cost against size, a panel a part, as SVG and PNG (needs vl-convert, the extra ``quandary[report]``)."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path

from asking import Compared

OURS = "ours"


def drawn(found: Sequence[Compared], folder: Path) -> list[Path]:
    """Write ``peers.svg`` and ``peers.png``; return the paths, none where vl-convert is not installed."""
    try:
        import vl_convert
    except ImportError:
        return []
    panels = [p for p in (signalling(found), chain(found), bimatrix(found), catalogue(found)) if p]
    if not panels:
        return []
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "concat": panels,
        "columns": 2,
        "resolve": {"scale": {"color": "independent", "shape": "independent"}},
        "config": {"view": {"continuousWidth": 340, "continuousHeight": 250}, "font": "sans-serif"},
    }
    paths = [folder / "peers.svg", folder / "peers.png"]
    paths[0].write_text(vl_convert.vegalite_to_svg(spec), encoding="utf-8")
    paths[1].write_bytes(vl_convert.vegalite_to_png(spec, scale=2))
    return paths


def signalling(found: Sequence[Compared]) -> dict[str, object] | None:
    """Seconds a draw against the number of draws."""
    points = []
    for c in found:
        if c.part == "a" and c.ours:
            form = c.job.split(", ")[1] + (", steep" if "within" in c.job else "")
            points.append({"size": c.size, "seconds": statistics.median(c.ours), "tool": f"{OURS}, {form}"})
            if c.theirs:
                points.append({"size": c.size, "seconds": statistics.median(c.theirs), "tool": f"{c.peer}, {form}"})
    return _lines(points, "Signalling stage: one draw", "draws solved together")


def chain(found: Sequence[Compared]) -> dict[str, object] | None:
    """Seconds a game against the number of decisions."""
    points = []
    for c in found:
        if c.part == "c":
            form = " (one actor)" if c.job.startswith("one") else ""
            if c.ours:
                points.append({"size": c.size, "seconds": statistics.median(c.ours), "tool": OURS + form})
            if c.theirs:
                points.append({"size": c.size, "seconds": statistics.median(c.theirs), "tool": c.peer + form})
    return _lines(points, "Chain of decisions: one game", "decisions")


def bimatrix(found: Sequence[Compared]) -> dict[str, object] | None:
    """Seconds a game against the number of strategies."""
    points = []
    for c in found:
        if c.part == "g" and c.ours:
            points.append({"size": c.size, "seconds": statistics.median(c.ours), "tool": f"{OURS}, exact"})
            if c.theirs:
                points.append({"size": c.size, "seconds": statistics.median(c.theirs), "tool": c.peer})
    return _lines(points, "All equilibria of a square game", "strategies of each player")


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
    colour = {"field": "tool", "type": "nominal", "title": None}
    return {
        "title": title,
        "data": {"values": rows},
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": _axis("size", size),
            "y": _axis("seconds", "seconds"),
            "color": colour,
            "shape": colour,
        },
    }


def _axis(field: str, title: str) -> dict[str, object]:
    return {"field": field, "type": "quantitative", "title": title, "scale": {"type": "log"}}
