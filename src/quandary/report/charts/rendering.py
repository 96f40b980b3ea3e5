"""Specifications to pictures, without a browser: the one place that knows the converter (vl-convert)."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from quandary.base.characters import escaped_json, visible
from quandary.base.files import write_files, write_folder
from quandary.base.problems import Problem, Refusal
from quandary.report.charts.chart import Chart, Spec
from quandary.report.charts.palette import LIGHT
from quandary.report.mark import is_ours, marked_pdf, marked_png, marked_svg

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
ADDRESS_SPACE = 100_000_000_000
"""Bytes of address space, hardly any of it used, that vl-convert's V8 reserves before it draws: some 70 GB."""


def need_drawing() -> None:
    """Import what drawing needs; ``ImportError`` without the extra ``report``. Refuses (Q853) as ``svg_of``."""
    import jinja2
    import markdown_it
    import vl_convert

    assert all((jinja2, markdown_it, vl_convert))
    _need_room()


def _need_room() -> None:
    """Refuse (Q853) to draw in too little address space, where V8 would end the whole process with a signal."""
    if sys.platform != "linux":  # elsewhere the limit is not kept
        return
    from resource import RLIM_INFINITY, RLIMIT_AS, getrlimit

    limit = getrlimit(RLIMIT_AS)[0]
    if limit != RLIM_INFINITY and limit < ADDRESS_SPACE:
        message = f"charts cannot be drawn: the address space of this process is limited to {limit / 1e9:.0f} GB"
        hint = "lift the limit (ulimit -v unlimited), or name --format md, csv or json"
        raise Refusal(Problem("Q853", message, hint=hint))


def svg_of(spec: Spec) -> str:
    """Return the chart as SVG text. Refuses (Q853) in too little address space."""
    _need_room()
    import vl_convert

    return vl_convert.vegalite_to_svg(_seen(spec))


def _seen(part: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return a part of a specification with hidden characters, which no drawing may hold, made visible."""
    if isinstance(part, dict):
        return {key: _seen(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_seen(value) for value in part]
    return visible(part) if isinstance(part, str) else part


def save_chart(chart: Chart, path: Path, *, force: bool = False) -> None:
    """Write one chart as its file's ending says: one of ``PICTURES``. Refuses (Q805) what is no picture of ours."""
    if path.name.endswith(SPECIFICATION):
        content: str | bytes = specification_text(chart)
    else:
        content = _picture(_on_paper(svg_of(chart.spec)), path.suffix)
    write_files({path: content}, force=force, replaceable=is_ours)


def specification_text(chart: Chart) -> str:
    """Return the chart's Vega-Lite specification as JSON text."""
    return escaped_json(json.dumps(chart.spec, ensure_ascii=False, indent=2, allow_nan=False)) + "\n"


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
        return marked_png(vl_convert.svg_to_png(svg, scale=SCALE))
    return marked_pdf(vl_convert.svg_to_pdf(svg)) if ending == ".pdf" else marked_svg(svg)


def drawn_charts(charts: Iterable[Chart], drawings: dict[str, str]) -> dict[str, str | bytes]:
    """Return every chart as ``.vl.json``, ``.svg``, ``.png`` and ``.pdf``, and every other drawing (SVG by name).

    The keys are names of files.
    """
    contents: dict[str, str | bytes] = {}
    pictures = dict(drawings)
    for chart in charts:
        contents[f"{chart.name}{SPECIFICATION}"] = specification_text(chart)
        pictures[chart.name] = svg_of(chart.spec)
    for name, svg in pictures.items():
        for ending in PICTURES[:-1]:
            contents[f"{name}{ending}"] = _picture(_on_paper(svg), ending)
    return contents


def save_charts(charts: Iterable[Chart], drawings: dict[str, str], folder: Path, *, force: bool = False) -> list[Path]:
    """Write all that ``drawn_charts`` draws into a folder, which is made where it is missing: all files or none.

    Returns what was written; refuses (Q805) to replace what is no picture of ours.
    """
    contents = drawn_charts(charts, drawings)
    write_folder(folder, contents, force=force, replaceable=is_ours)
    return [folder / name for name in contents]


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
