"""Decisions that arise only sometimes in words: clauses, the line with both numbers, stages, the diagram, JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.meaning.test_when import DETECTED, UNSEEN, case_of, study
from typer.testing import CliRunner

from quandary.cli import build_app
from quandary.language import parse_condition, parse_query
from quandary.report import CaseNames, diagram_sheet, diagram_svg


def shown(*words: str) -> str:
    result = CliRunner().invoke(build_app(), list(words))
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


@pytest.fixture
def detected(tmp_path: Path) -> str:
    path = tmp_path / "case.yaml"
    path.write_text(DETECTED, encoding="utf-8")
    return str(path)


@pytest.fixture
def unseen(tmp_path: Path) -> str:
    path = tmp_path / "unseen.yaml"
    path.write_text(UNSEEN, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("arises(settle)", "settle arises"),
        ("not arises(settle)", "settle does not arise"),
        ("arises(settle) and settle != hold", "settle arises and settle is not hold"),
    ],
)
def test_a_condition_says_that_a_decision_arises(written: str, said: str, tmp_path: Path) -> None:
    assert CaseNames(case_of(DETECTED, tmp_path)).clause(parse_condition(written)) == said


def test_the_line_says_both_numbers(detected: str) -> None:
    told = shown("ask", detected, "P(settle = withdraw)", "--worlds", "16", "--quiet")
    assert "35 % (the same in every world): arises 62.5 %, then 56 %" in told
    told = shown("ask", detected, "P(settle = withdraw) > 20%", "--worlds", "16", "--quiet")
    assert "the choice arises 62.5 %, then 56 %" in told


def test_json_has_both_numbers(detected: str) -> None:
    found = json.loads(shown("ask", detected, "P(settle = hold)", "--worlds", "16", "--quiet", "--json"))
    assert found["arising"]["decision"] == "settle"
    assert (found["arising"]["arises"], found["arising"]["then"]) == pytest.approx((0.625, 0.44))
    assert "arising" not in json.loads(shown("ask", detected, "P(war = war)", "--worlds", "16", "--quiet", "--json"))


def test_what_carries_being_asked_is_nowhere_printed(unseen: str) -> None:
    for stage in ("game", "relevance", "solution"):
        result = CliRunner().invoke(build_app(), ["show", unseen, "--stage", stage, "--worlds", "16"])
        assert result.exit_code == 0
        assert "reply arises" not in result.output
    assert "arises sometimes, by plot, alarm" in shown("show", unseen, "--stage", "game", "--worlds", "16")
    told = shown("run", unseen, "--worlds", "16", "--quiet", "--all")
    assert "reply arises" not in told
    assert "does not arise" in told


def test_a_report_says_why_there_is_no_choice(detected: str, tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    shown("report", detected, "--worlds", "16", "--quiet", "--no-search", "-o", str(path))
    assert "There is a choice in 62 % of cases; elsewhere it does not arise." in path.read_text(encoding="utf-8")


def test_a_choice_is_explained_where_it_arises(detected: str) -> None:
    told = shown("why", detected, "us.settle", "--worlds", "16", "--quiet")
    assert "Settle arises only when detection is found" in told
    assert "withdraw in 60 % and hold in 40 % of what is possible" in told
    assert "does not arise" not in told


def test_the_diagram_shows_by_what_a_decision_arises(tmp_path: Path) -> None:
    names = CaseNames(case_of(UNSEEN, tmp_path))
    rows = {row[0]: row for row in diagram_sheet(names, {}).rows}
    assert rows["reply"][1] == "decision of south, which arises only when alarm is on and plot is yes"
    assert rows["reply"][2] == "plot and alarm"
    assert 'stroke-dasharray="9 4"' in diagram_svg(names, {})


def test_a_query_is_written_back(tmp_path: Path) -> None:
    query = study(DETECTED, tmp_path).prepared("P(war = war | not arises(settle), do(policy = lax))")
    assert parse_query(query.text) == query.expression
