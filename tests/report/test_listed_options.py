"""What listing an option twice, and counting options, would give stands on the first screen of every run."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from quandary.report import Report, print_report, screen_of
from quandary.use import HANDS, RunRequest, studied

CASE = """
quandary: 2
title: Rain
as_of: 2030-01-10
actors: {farm: {name: The farm, rationality: x2 to x6 per 10, because: test}}
story:
  - chance: rain
    states: [normal, dry]
    odds: {dry: 30% to 60%, normal: rest}
    because: test
  - decision: sow
    by: farm
    sees: [rain]
    options: [early, late, never]
    USUAL
stakes:
  farm:
    corn:
      worth:
        - sow = early and rain = dry: 10 to 30
        - sow = never: 20
        - otherwise: 30 to 50
      because: test
SECTION
"""
SECTIONS = {
    "questions": "questions: {asked: {asks: Will it sow early?, query: QUERY}}",
    "forecasts": "forecasts: [{id: asked, asks: QUERY, until: 2030-02-01, rule: counted}]",
}


def ran(
    folder: Path,
    usual: str = "",
    query: str = "P(sow = early)",
    *,
    section: str = "questions",
    everything: bool = False,
) -> Report:
    path = folder / "case.yaml"
    text = CASE.replace("USUAL", usual).replace("SECTION", SECTIONS[section].replace("QUERY", query))
    path.write_text(text, encoding="utf-8")
    return studied(RunRequest(case=str(path), worlds=300, all=everything), HANDS)[1]


def mean_of(report: Report) -> float:
    assert report.headline is not None
    assert report.headline.answer.mean is not None
    return report.headline.answer.mean


def usual(early: float, late: float, never: float) -> str:
    return f"usual: {{early: {early}, late: {late}, never: {never}}}\n    because: test"


@pytest.mark.parametrize("everything", [False, True])
def test_the_screen_says_what_each_option_listed_twice_and_counting_gives(*, everything: bool, tmp_path: Path) -> None:
    twice = [mean_of(ran(tmp_path, usual(*shares))) for shares in ((2, 1, 1), (1, 2, 1), (1, 1, 2))]
    said = screen_of(ran(tmp_path, everything=everything)).listed
    found = re.fullmatch(
        r"If any one option were listed twice: (\d+) to (\d+) %; if every option counted the same: 33 %\.", said
    )
    assert found is not None, said
    assert [int(one) for one in found.groups()] == [round(100 * min(twice)), round(100 * max(twice))]


def test_what_is_usual_is_what_counting_gives(tmp_path: Path) -> None:
    said = screen_of(ran(tmp_path, usual(3, 1, 1))).listed
    assert said.endswith("if everybody did what is usual: 60 %.")


def test_what_no_choice_moves_has_no_line(tmp_path: Path) -> None:
    assert screen_of(ran(tmp_path, query="P(rain = dry)")).listed == ""


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("E(farm)", ""),
        (
            "P(sow = late | rain = dry) - P(sow = late | rain = normal)",
            "twice: between .* percentage points more; if every option counted the same: 0.0 percentage points.",
        ),
    ],
)
def test_a_forecast_has_its_unit_and_worth_has_no_line(query: str, told: str, tmp_path: Path) -> None:
    report = ran(tmp_path, query=query, section="forecasts")
    assert report.headline is not None
    said = screen_of(report).listed
    assert re.search(told, said) if told else said == ""


def test_it_stands_on_the_printed_screen(tmp_path: Path) -> None:
    report = ran(tmp_path)
    file = io.StringIO()
    print_report(report, Console(file=file, width=100), everything=False)
    assert screen_of(report).listed in file.getvalue()
