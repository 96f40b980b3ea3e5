"""Several equilibria in a report: listed where there are some, a line on what was searched where there are none."""

from __future__ import annotations

import pytest
from tests.ask.test_equilibria import SOUTH, TEXT
from tests.report.dossiers import flagship, run_of

from quandary.report import Dossier, markdown, page, plain, report_document
from quandary.use import dossier_of

QUESTION = """
questions:
  crash: {asks: Will they crash?, query: P(crash = yes)}
"""


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    path = tmp_path_factory.mktemp("roads") / "case.yaml"
    path.write_text(TEXT.replace("exact_like", f"{{precision: {SOUTH}}}") + QUESTION, encoding="utf-8")
    return run_of(str(path), 64)[1]


def test_the_page_lists_them_and_says_what_hangs_on_it(roads: Dossier) -> None:
    text = page(roads).replace("\N{NO-BREAK SPACE}", " ")
    assert '<h2 id="equilibria">' in text
    assert '<a href="#equilibria">Which equilibrium</a>' in text
    assert "Several equilibria were found in " in text
    assert "under the equilibrium selected; from " in text
    assert "North, road: mostly left" in text
    assert "North, road: mostly right" in text


def test_markdown_and_json_hold_them_too(roads: Dossier) -> None:
    assert "## Which equilibrium is played" in markdown(roads)
    body = plain(report_document(roads))
    (game,) = body["equilibria"]["games"]
    assert len(game["equilibria"]) == 3
    assert body["equilibria"]["worlds"] == 32


@pytest.mark.slow
def test_where_none_is_found_one_line_says_what_was_searched() -> None:
    text = page(flagship()).replace("\N{NO-BREAK SPACE}", " ")
    assert 'id="equilibria"' not in text
    assert "No second equilibrium was found in 32 worlds (20 starts in each" in text


def test_a_search_not_made_is_said(roads: Dossier) -> None:
    study, _ = run_of(str(roads.report.case.path), 64)
    told = dossier_of(study, roads.report, searched=0)
    assert told.equilibria is None
    assert "Other equilibria were not searched for: it was not asked for." in markdown(told)
    assert report_document(told).equilibria is None
