"""Sliders: what the page holds is what was drawn, no other script may run, and the script counts as Python does."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import unescape

import numpy as np
import pytest
from tests.report.dossiers import flagship, small

from quandary.base import Array
from quandary.quantities import weighted_mean
from quandary.report import CELLS, Dossier, page, script, sliders_of


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
def test_without_worlds_enough_the_page_says_that_there_are_no_sliders() -> None:
    assert flagship().held == ()
    text = page(flagship(), sliders=True)
    assert "<script>" not in text
    assert "No sliders: only " in text
    assert "fewer than 400 do not tell which numbers carry the answer" in text
    assert "No sliders" not in page(flagship())
