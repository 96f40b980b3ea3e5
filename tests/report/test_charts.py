"""Charts: specifications that the converter draws, with the numbers of the answers in them, and a table twin."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from tests.report.dossiers import TEMPLATE, flagship, small
from typer.testing import CliRunner

from quandary.cli import build_app
from quandary.report import (
    LIGHT,
    Chart,
    Dossier,
    charts_of,
    diagram_svg,
    inlined,
    save_charts,
    spread_chart,
    svg_of,
)


def numbers_in(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        for item in value.values():
            yield from numbers_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from numbers_in(item)
    elif isinstance(value, int | float):
        yield value


def every_chart() -> list[Chart]:
    return [*charts_of(small()).all(), *charts_of(flagship()).all()]


@pytest.mark.slow
def test_every_chart_is_drawn_named_and_told() -> None:
    assert len(every_chart()) > 20
    for chart in every_chart():
        root = ElementTree.fromstring(svg_of(chart.spec))
        assert root.tag.endswith("svg"), chart.name
        assert float(root.attrib["width"]) < 380, chart.name
        assert chart.spec["description"] == chart.description, chart.name
        assert chart.description.endswith("."), chart.name
        assert chart.sheet.rows, chart.name
        assert re.fullmatch(r"[a-z0-9_-]+", chart.name)
        json.dumps(chart.spec, allow_nan=False)
        assert all(math.isfinite(number) for number in numbers_in(chart.spec)), chart.name


@pytest.mark.slow
def test_chart_colours_are_those_of_the_palette() -> None:
    for chart in every_chart():
        colours = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{3,6})"', svg_of(chart.spec)))
        assert colours <= set(LIGHT.values()), chart.name


@pytest.mark.slow
def test_names_of_charts_are_unique() -> None:
    names = [chart.name for chart in charts_of(flagship()).all()]
    assert len(names) == len(set(names))
    assert {"headline", "tornado", "claims", "checks", "timeline", "outcome-ukraine"} <= set(names)
    assert "outcome-unrest" not in names  # certain: nothing to draw


def test_the_spread_holds_every_world_once() -> None:
    headline = small().report.headline
    assert headline is not None
    chart = spread_chart("x", headline.asks, headline.query, headline.answer)
    assert chart is not None
    rows = chart.spec["data"]["values"]
    assert sum(row["share"] for row in rows) == pytest.approx(100.0)
    assert rows[0]["from"] == pytest.approx(100 * np.nanmin(headline.answer.draws))
    middle = sum(row["share"] * (row["from"] + row["to"]) / 200 for row in rows)
    assert middle == pytest.approx(100 * (headline.answer.mean or 0), abs=rows[0]["to"] - rows[0]["from"])


def test_the_tornado_is_in_order_and_around_the_mean() -> None:
    dossier = small()
    swings = dossier.swings
    assert [abs(s.correlation) for s in swings] == sorted((abs(s.correlation) for s in swings), reverse=True)
    headline = dossier.report.headline
    assert headline is not None
    first = swings[0]
    assert first.low is not None
    assert first.high is not None
    assert min(first.low, first.high) < (headline.answer.mean or 0) < max(first.low, first.high)
    assert (first.high > first.low) == (first.correlation > 0)


def test_outcome_charts_show_the_means() -> None:
    dossier = small()
    chart = next(c for c in charts_of(dossier).outcomes if c.name == "outcome-outcome")
    outcome = next(o for o in dossier.report.findings.outcomes if o.variable == "outcome")
    means = sorted((100 * (answer.mean or 0) for answer in outcome.states.values()), reverse=True)
    assert [row["mean"] for row in chart.spec["data"]["values"]] == pytest.approx(means)


@pytest.mark.slow
def test_inlined_drawings_say_less_and_show_the_same() -> None:
    chart = charts_of(small()).outcomes[0]
    svg = svg_of(chart.spec)
    page = inlined(svg, 'a "label" & more')
    assert 'aria-label="a &quot;label&quot; &amp; more"' in page
    assert len(page) < len(svg)
    words = [text for text in ElementTree.fromstring(svg).itertext() if text.strip()]
    assert [text for text in ElementTree.fromstring(page).itertext() if text.strip()] == words


def test_charts_are_saved_in_four_forms(tmp_path: Path) -> None:
    dossier: Dossier = small()
    chart = charts_of(dossier).outcomes[0]
    written = save_charts([chart], {"diagram": diagram_svg(dossier.report.names, {})}, tmp_path / "new" / "charts")
    names = {path.name for path in written}
    assert names == {f"{n}.{e}" for n in (chart.name, "diagram") for e in ("svg", "png", "pdf")} | {
        f"{chart.name}.vl.json"
    }
    starts = {path.suffix: path.read_bytes()[:4] for path in written}
    assert starts[".png"] == b"\x89PNG"
    assert starts[".pdf"] == b"%PDF"
    assert json.loads((tmp_path / "new" / "charts" / f"{chart.name}.vl.json").read_text()) == chart.spec


def test_one_question_is_drawn_from_the_command_line(tmp_path: Path) -> None:
    ask = ["ask", str(TEMPLATE), "P(conflict)", "--worlds", "160", "--quiet", "--chart"]
    for ending, start in ((".svg", b"<svg"), (".png", b"\x89PNG"), (".pdf", b"%PDF"), (".vl.json", b"{")):
        done = CliRunner().invoke(build_app(), [*ask, str(tmp_path / f"answer{ending}")])
        assert done.exit_code == 0, done.output
        assert (tmp_path / f"answer{ending}").read_bytes().startswith(start)
    done = CliRunner().invoke(build_app(), [*ask, str(tmp_path / "answer.gif")])
    assert done.exit_code == 2
    assert "Q850" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to a limit of address space")
def test_too_little_address_space_is_a_refusal_and_no_signal(tmp_path: Path) -> None:
    program = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (32 << 30, 32 << 30))\n"
        "sys.argv = ['quandary', 'report', 'kazakhstan-2022', '-w', '16', '-q', '--no-search', '-o', 'r.html']\n"
        "from quandary.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 2, done.stderr
    assert "Q853" in done.stderr
    assert "limited to 34 GB" in done.stderr
    assert not list(tmp_path.iterdir())
