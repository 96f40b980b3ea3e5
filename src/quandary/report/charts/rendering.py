"""Specifications to pictures, without a browser: the one place that knows the converter (vl-convert)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from quandary.files import write_atomically
from quandary.report.charts.chart import Chart, Spec
from quandary.report.palette import LIGHT

SPECIFICATION = ".vl.json"
PICTURES = (".svg", ".png", ".pdf", SPECIFICATION)
"""The endings a chart can be saved under."""

LARGEST = 1.35
"""How far a drawing may be enlarged in a page."""

_VIEW = re.compile(r'<svg[^>]*?viewBox="([^"]*)"[^>]*>')

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


def save_chart(chart: Chart, path: Path) -> None:
    """Write one chart as its file's ending says: one of ``PICTURES``."""
    if path.name.endswith(SPECIFICATION):
        write_atomically(path, specification_text(chart))
    else:
        write_atomically(path, _picture(_on_paper(svg_of(chart.spec)), path.suffix))


def specification_text(chart: Chart) -> str:
    """Return the chart's Vega-Lite specification as JSON text."""
    return json.dumps(chart.spec, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _on_paper(svg: str) -> str:
    """Return a drawing with a light ground, so that it can be read wherever it is put."""
    found = _VIEW.search(svg)
    if found is None:
        raise ValueError("a drawing without a view box")
    x, y, width, height = found[1].split()
    ground = f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{LIGHT["paper"]}"/>'
    return svg[: found.end()] + ground + svg[found.end() :]


def _picture(svg: str, ending: str) -> str | bytes:
    import vl_convert

    if ending == ".png":
        return vl_convert.svg_to_png(svg, scale=SCALE)
    return vl_convert.svg_to_pdf(svg) if ending == ".pdf" else svg


def save_charts(charts: Iterable[Chart], drawings: dict[str, str], folder: Path) -> list[Path]:
    """Write every chart as ``.vl.json``, ``.svg``, ``.png`` and ``.pdf``, and every other drawing (SVG by name).

    Returns what was written. The folder is made where it is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []

    def write(name: str, content: str | bytes) -> None:
        path = folder / name
        write_atomically(path, content)
        written.append(path)

    pictures = dict(drawings)
    for chart in charts:
        write(f"{chart.name}{SPECIFICATION}", specification_text(chart))
        pictures[chart.name] = svg_of(chart.spec)
    for name, svg in pictures.items():
        for ending in PICTURES[:-1]:
            write(f"{name}{ending}", _picture(_on_paper(svg), ending))
    return written


def inlined(svg: str, label: str, least: float = 0.0) -> str:
    """Return SVG text ready to stand in a page: named for screen readers, as wide as its place allows.

    ``least`` is the width in pixels below which it does not shrink (it then scrolls), nor is it stretched to it.
    """
    found = _VIEW.search(svg)
    if found is None:
        raise ValueError("a drawing without a view box")
    width = float(found[1].split()[2])
    size = f"max-width:{LARGEST * width:.0f}px" + (f";min-width:{min(least, width):.0f}px" if least else "")
    opening = f'<svg role="img" aria-label="{escape(label)}" viewBox="{found[1]}" style="{size}">'
    body = svg[found.end() :]
    for pattern in _NOISE:
        body = pattern.sub("", body)
    return opening + body
