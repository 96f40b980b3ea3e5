"""Sliders: what the page holds is what was drawn, no other script may run, and the script counts as Python does."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from tests.report.dossiers import flagship, small

from quandary.base import Array
from quandary.quantities import effective_number, weighted_mean, weighted_quantiles
from quandary.report import CELLS, FEWEST, WIDTH, Dossier, page, script, sliders_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def unpacked(dossier: Dossier) -> tuple[Array, Array, Array]:
    """Return the page's cells (numbers, W), answers and weights, read as the script reads them."""
    assert dossier.report.headline is not None
    found = sliders_of(dossier.report.names, dossier.report.headline, dossier.held)
    assert found is not None
    rows = np.frombuffer(base64.b64decode(found.packed), "<u2").reshape(-1, 3).astype(float)
    cells = np.stack([rows[:, 0] // CELLS**place % CELLS for place in range(3)])
    return cells, found.low + rows[:, 1] / 65535 * (found.high - found.low), rows[:, 2]


def test_the_worlds_in_the_page_are_those_drawn() -> None:
    dossier = small()
    assert dossier.report.headline is not None
    answer = dossier.report.headline.answer
    cells, values, weights = unpacked(dossier)
    kept = answer.weights > 0
    assert np.abs(values - answer.draws[kept]).max() < 1e-4
    assert weighted_mean(values, weights) == pytest.approx(answer.mean, abs=2e-4)
    for place, (_, column) in enumerate(dossier.held):
        assert (cells[place] == np.floor(CELLS * column[kept])).all()


@pytest.mark.slow
def test_only_this_script_may_run_and_only_when_asked_for() -> None:
    dossier = small()
    plain, with_sliders = page(dossier), page(dossier, sliders=True)
    assert "<script" not in plain
    assert "script-src" not in plain
    (inside,) = re.findall(r"<script>(.*?)</script>", with_sliders, re.DOTALL)
    assert inside == script()
    digest = base64.b64encode(hashlib.sha256(inside.encode("utf-8")).digest()).decode("ascii")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', with_sliders)
    assert policy is not None
    assert unescape(policy[1]) == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    assert not re.search(r"fetch|XMLHttpRequest|import|eval|innerHTML|https?:", inside)
    assert re.search(r'<div id="sliders"[^>]* hidden ', with_sliders)
    assert len(with_sliders) - len(plain) < 60_000


def test_edges_are_values_of_the_number() -> None:
    dossier = small()
    (edges, *_) = re.findall(r'data-edges="([^"]*)"', page(dossier, sliders=True))
    assert len(json.loads(unescape(edges).replace("\N{NO-BREAK SPACE}", " "))) == CELLS - 1


@pytest.mark.slow
def test_without_numbers_that_carry_the_answer_there_are_no_sliders() -> None:
    assert flagship().held == ()
    assert "<script" not in page(flagship(), sliders=True)


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here to run the page's script in")
@pytest.mark.parametrize("held", [(0, 0, 0), (1, 0, 0), (13, 0, 0), (1, 13, 13)])
def test_the_script_says_what_python_says(tmp_path: Path, held: tuple[int, ...]) -> None:
    dossier = small()
    cells, values, weights = unpacked(dossier)
    held = held[: len(dossier.held)]
    kept = np.ones(len(values), dtype=bool)
    for place, start in enumerate(held):
        if start:
            kept &= (cells[place] >= start - 1) & (cells[place] < start - 1 + WIDTH)
    text = page(dossier, sliders=True)
    for place, start in enumerate(held):
        text = text.replace(
            f'id="hold-{place + 1}" min="0" max="13" value="0"', f'id="hold-{place + 1}" max="13" value="{start}"'
        )
    source = tmp_path / "page.html"
    source.write_text(text, encoding="utf-8")
    words = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile"]
    done = subprocess.run([*words, "--dump-dom", source.as_uri()], capture_output=True, timeout=600, check=True)
    shown = unescape(done.stdout.decode("utf-8")).replace("\N{NO-BREAK SPACE}", " ")
    status = re.search(r'<p role="status"[^>]*>(.*?)</p>', shown)
    assert status is not None
    count = f"{kept.sum():,} of {len(values):,} worlds"
    assert count in status[1]
    if effective_number(weights[kept]) < FEWEST:
        assert "too few" in status[1]
        return
    numbers = [float(found) for found in re.findall(r"([\d.]+) %", status[1])]
    mean = weighted_mean(values[kept], weights[kept])
    low, high = weighted_quantiles(values[kept], weights[kept], (0.05, 0.95))
    assert mean is not None
    assert low is not None
    assert high is not None
    assert numbers == pytest.approx([100 * mean, 90, 100 * low, 100 * high], abs=0.51)
