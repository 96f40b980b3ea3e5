"""A run on unknown numbers in words: what it is first, one line a claim, no chance of what hangs on them."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console
from tests.report.dossiers import run_of

from quandary.ask import Verdict
from quandary.report import Report, page, print_report, run_document, screen_lines, screen_of, share_span
from quandary.use import HANDS, RunRequest, studied

CASE = """quandary: 2
title: Unknown
as_of: 2030-01-01
actors:
  a: {name: A, rationality: x4 per 10, because: invented}
story:
  - chance: supply
    title: Supply
    states: {"no": cut, "yes": kept}
    odds: unknown
    because: invented
  - chance: siege
    title: The siege
    given: [supply]
    states: {"no": lifted, "yes": held}
    base: unknown
    because: invented
    effects:
      - supply = yes: {"yes": raises}
claims:
  - {id: up, speaker: S, quote: supply holds the siege, tests: {t: "P(siege = yes | do(supply = yes)) > P(siege = yes | do(supply = no))"}}
  - {id: down, speaker: T, quote: supply ends the siege, tests: {t: "P(siege = yes | do(supply = yes)) < P(siege = yes | do(supply = no))"}}
  - {id: likely, speaker: S, quote: the siege holds, tests: {t: "P(siege = yes) > 60%"}}
  - {id: unlikely, speaker: T, quote: the siege is lifted, tests: {t: "P(siege = yes) < 40%"}}
questions:
  siege: {query: "P(siege = yes)", asks: "Will the siege hold?"}
"""  # noqa: E501


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = tmp_path_factory.mktemp("case") / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    return studied(RunRequest(case=str(path), worlds=400), HANDS)[1]


def test_a_screen_says_first_what_nobody_has_put_and_no_chance_of_what_hangs_on_it(report: Report) -> None:
    screen = screen_of(report)
    lines = [line.plain for line in screen_lines(screen, 100)]
    assert lines[2] == "Nobody has put numbers to 3 things."
    assert lines[3] == "Will the siege hold?"
    assert lines[4] == "Open: from 0 to 100 %; the odds of the siege decide most."
    assert not screen.strip
    assert not screen.hangs_on
    assert "of 100 worlds" not in " ".join(lines)
    assert not re.search("likely|unlikely|even chance", screen.answer)


def test_each_claim_has_one_line_with_its_verdict_and_what_decides(report: Report) -> None:
    table = screen_of(report).claims
    assert table is not None
    rows = {row.claim: row for row in table.rows}
    assert (rows["up"].verdict, rows["up"].remark) == ("follows (proved)", "whatever the numbers are")
    assert (rows["down"].verdict, rows["down"].remark) == ("contradicts", "no numbers make it true")
    assert rows["likely"].verdict == "open"
    assert rows["likely"].remark == "from 0 to 100 %; the odds of the siege decide most"
    assert {row.told for row in table.rows} == {""}


def test_claims_that_contradict_each_other_are_told(report: Report) -> None:
    assert screen_of(report).contradictions == (
        "“the siege holds” and “the siege is lifted” contradict each other: no numbers make both true.",
    )


def test_fillings_are_counted_only_where_all_is_told(report: Report) -> None:
    console = Console(file=io.StringIO(), width=200)
    print_report(report, console, everything=True)
    told = console.file.getvalue()  # type: ignore[attr-defined]
    assert re.search(r"open, from 0 to 100 %; the odds of the siege decide most; \d+ of 100 fillings tried", told)
    assert "The siege  lifted 0 to 100 %; held 0 to 100 %" in told


def test_the_document_has_the_things_the_verdicts_and_the_pairs(report: Report) -> None:
    document = run_document(report)
    assert document.unknowns is not None
    assert [one.path for one in document.unknowns.things] == [
        "story.supply.odds",
        "story.siege.base",
        "story.siege.effects[supply = yes].yes",
    ]
    assert [(list(one.first), one.proved) for one in document.unknowns.contradictions] == [(["likely", "t"], True)]
    assert document.unknowns.headline is not None
    up = next(one for one in document.claims if one.id == "up").tests["t"]
    assert up.judgement.verdict is Verdict.FOLLOWS_PROVED
    assert up.fillings is not None
    assert up.fillings.proved


def test_ends_are_whole_percents() -> None:
    assert share_span(0.0001, 0.97) == "0 to 97 %"
    assert share_span(0.401, 0.402) == "40 %"


def test_a_page_counts_no_worlds_and_praises_no_numbers(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    made = page(run_of(str(path), 200)[1])
    assert "Right in" not in made
    assert "worlds of 100<" not in made
    assert "carry a reason or a source; a reason may be judgement" not in made
