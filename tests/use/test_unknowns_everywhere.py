"""No command says an average over fillings of unknown numbers: it says a range, or refuses and says what to do."""

from __future__ import annotations

import csv
import json
import re
import shlex
from pathlib import Path

import pytest
from tests.report.test_unknowns_in_words import CASE
from typer.testing import CliRunner

from quandary.case import shipped_folder
from quandary.cli import build_app

WEIGHED = (
    "flips CASE 'P(siege = yes)'",
    "flips CASE likely",
    "ladder CASE likely",
    "why CASE 'P(siege = yes)'",
    "why CASE headline",
    "timeline CASE",
    "compare CASE CASE 'P(siege = yes)'",
    "information CASE 'P(siege = yes)'",
    "paths CASE 'siege = yes' --change 'supply: no to yes' --through siege",
    "suppose CASE 'P(siege = yes)' --announce 'move: stay'",
    "ask CASE 'best(move)'",
)
MOVE = "  - decision: move\n    by: a\n    sees: [siege]\n    options: [stay, go]\n"


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("case") / "case.yaml"
    whole = CASE.replace("claims:\n", f"{MOVE}claims:\n")
    worth = "stakes:\n  a:\n    gain:\n      weight: 100%\n      worth: [move = stay: unknown, otherwise: 50]\n"
    path.write_text(f"{whole}{worth}      because: invented\n", encoding="utf-8")
    return str(path)


def told(command: str, named: str, code: int = 0) -> str:
    words = [word.replace("CASE", named) for word in shlex.split(command)]
    result = CliRunner().invoke(build_app(), [*words, "--worlds", "200"])
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.parametrize("command", WEIGHED)
def test_what_averages_over_fillings_is_refused(named: str, command: str) -> None:
    said = told(command, named, 2)
    assert "Q529" in said
    assert "quandary elicit" in said


def test_a_question_is_answered_by_its_range(named: str) -> None:
    said = told("ask CASE 'P(siege = yes)'", named)
    assert "Open: from 0 to 100 %" in said
    assert not re.search("likely|even chance|interval", said)
    assert '"mean": null' in told("ask CASE 'P(siege = yes)' --json", named)
    assert "contradicts" in told(
        "ask CASE 'P(siege = yes | do(supply = yes)) < P(siege = yes | do(supply = no))'", named
    )


def test_an_earlier_document_is_refused(named: str) -> None:
    for command in ("ask CASE 'P(siege = yes)' --schema 1 --json", "run CASE --schema 1 --json"):
        assert "Q806" in told(command, named, 2)


def test_a_run_without_the_search_says_the_same_kinds_of_verdicts(named: str) -> None:
    said = told("run CASE --no-search", named)
    assert "Nobody has put numbers to 4 things." in said
    assert "follows (proved)" in said
    assert "open" in said
    assert "of 100 worlds" not in said
    assert "quandary elicit" in said
    assert "quandary flips" not in said


def test_a_critic_and_a_report_say_no_average(named: str, tmp_path: Path) -> None:
    assert "Nobody has put numbers to 4 things" in told("critique CASE", named)
    said = told(f"report CASE -o {tmp_path / 'r.md'}", named)
    assert said
    text = (tmp_path / "r.md").read_text(encoding="utf-8")
    assert "Carries" not in text
    assert "Open: from 0 to 100 %" in text


ASKED = """
checks:
  - {id: wide, asks: P(siege = yes), range: 0% to 100%, because: invented}
  - {id: narrow, asks: P(siege = yes), range: 40% to 50%, because: invented}
"""
TORN = "questions:\n  torn: {asks: Torn?, query: dilemma(a.move | siege = yes) against siege = no}\n"


@pytest.fixture(scope="module")
def asking(named: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("asking") / "case.yaml"
    case = Path(named).read_text(encoding="utf-8")
    path.write_text(case.replace("questions:\n", TORN) + ASKED, encoding="utf-8")
    return str(path)


def test_checks_and_dilemmas_say_ranges_and_no_means(asking: str) -> None:
    said = told("run CASE --all", asking)
    assert "Of two checks one is open and one is met." in said
    assert "open  The probability that the siege is held: from 0 to 100 %; known range 40 to 50 %" in said
    assert "Torn? Open: it hangs on numbers that nobody has put." in said
    assert "best option leads the second: from " in said
    assert "error of the headline" not in said
    assert "quandary why" not in said  # it would be refused


def test_no_document_has_a_mean_over_fillings(asking: str) -> None:
    found = json.loads(told("run CASE --json", asking))
    for one in (*found["checks"], found["questions"]["torn"], found["outcomes"]["siege"]["yes"]):
        assert one["mean"] is one["low"] is one["high"] is None
    assert [one["overlaps"] for one in found["checks"]] == [True, None]
    assert found["questions"]["torn"]["parts_over"]["margin"]["high"] > 0


def test_a_table_of_numbers_has_ends_and_no_means(asking: str, tmp_path: Path) -> None:
    told(f"report CASE --format csv --output {tmp_path / 'told.csv'}", asking)
    with (tmp_path / "told.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] in ("check", "question", "outcome")]
    open_ones = [row for row in rows if row["verdict"] in ("open", "overlaps")]
    assert len(open_ones) >= 6
    assert {(row["mean"], row["median"], row["mc_error"]) for row in open_ones} == {("", "", "")}
    assert all(float(row["low"]) <= float(row["high"]) for row in open_ones)


def test_what_comes_out_alike_in_all_fillings_is_not_open(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(SEEN, encoding="utf-8")
    assert "100 %, whatever these numbers are." in told("run CASE", str(path))


SEEN = """
quandary: 2
title: Seen
as_of: 2030-01-01
story:
  - {chance: storm, states: ["no", "yes"], odds: unknown}
  - {chance: war, states: ["no", "yes"], given: [storm], odds: unknown}
evidence: [{on: 2029-01-01, saw: war = yes, because: a newspaper}]
questions: {war: {asks: "War?", query: P(war = yes)}}
"""


def test_a_case_with_all_its_numbers_prints_as_it_does_without_unknowns_at_all(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """To the byte: conventions for unknown numbers that stand by, and none of what judges fillings is called."""
    (tmp_path / "analysis.md").write_bytes((shipped_folder() / "_template" / "analysis.md").read_bytes())
    path = tmp_path / "case.yaml"
    path.write_bytes((shipped_folder() / "_template" / "case.yaml").read_bytes())
    seconds = re.compile(r"[\d.]+\s+s\.")
    before = seconds.sub("", told("run CASE --all", str(path)))
    path.write_text(path.read_text(encoding="utf-8") + "\nunknown: {factor: x50}\n", encoding="utf-8")
    monkeypatch.setattr("quandary.ask.claims.findings.with_fillings", None)
    monkeypatch.setattr("quandary.ask.claims.unknowns.hanging.FillingsOf", None)
    assert seconds.sub("", told("run CASE --all", str(path))) == before
