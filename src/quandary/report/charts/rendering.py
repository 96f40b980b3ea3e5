"""Specifications to pictures, without a browser: the one place that knows the converter (vl-convert)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from quandary.files import write_atomically
from quandary.report.charts.chart import Chart, Spec

LARGEST = 1.35
"""How far a drawing may be enlarged in a page."""

_NOISE = (
    re.compile(r'<path class="(?:background|foreground)"[^>]*/>'),
    re.compile(r' (?:class|aria-[a-z]+|role|font-family|pointer-events|stroke-miterlimit)="[^"]*"'),
    re.compile(r' opacity="1"'),
    re.compile(r"(?<=\.\d\d)\d+(?=[,) ])"),
)
"""What a page says once for all drawings, empty backgrounds, and digits that nobody sees."""

SCALE = 2.0
"""Pixels of a PNG for each of the drawing's."""


def need_drawing() -> None:
    """Import what drawing needs; ``ImportError`` where the extra ``report`` is not installed."""
    import graphlay
    import jinja2
    import markdown_it
    import vl_convert

    assert all((graphlay, jinja2, markdown_it, vl_convert))


def svg_of(spec: Spec) -> str:
    """Return the chart as SVG text."""
    import vl_convert

    return vl_convert.vegalite_to_svg(spec)


def save_charts(charts: Iterable[Chart], drawings: dict[str, str], folder: Path) -> list[Path]:
    """Write every chart as ``.vl.json``, ``.svg``, ``.png`` and ``.pdf``, and every other drawing (SVG by name).

    Returns what was written. The folder is made where it is missing.
    """
    import vl_convert

    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []

    def write(name: str, content: str | bytes) -> None:
        path = folder / name
        write_atomically(path, content)
        written.append(path)

    pictures = dict(drawings)
    for chart in charts:
        write(f"{chart.name}.vl.json", json.dumps(chart.spec, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
        pictures[chart.name] = svg_of(chart.spec)
    for name, svg in pictures.items():
        write(f"{name}.svg", svg)
        write(f"{name}.png", vl_convert.svg_to_png(svg, scale=SCALE))
        write(f"{name}.pdf", vl_convert.svg_to_pdf(svg))
    return written


def inlined(svg: str, label: str) -> str:
    """Return SVG text ready to stand in a page: named for screen readers, without a fixed size."""
    found = re.search(r"<svg[^>]*?viewBox=\"([^\"]*)\"[^>]*>", svg)
    if found is None:
        raise ValueError("a drawing without a view box")
    width = float(found[1].split()[2])
    opening = (
        f'<svg role="img" aria-label="{escape(label)}" viewBox="{found[1]}" style="max-width:{LARGEST * width:.0f}px">'
    )
    body = svg[found.end() :]
    for pattern in _NOISE:
        body = pattern.sub("", body)
    return opening + body
