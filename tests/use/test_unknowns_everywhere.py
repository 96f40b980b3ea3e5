"""No command says an average over fillings of unknown numbers: it says a range, or refuses and says what to do."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from tests.report.test_unknowns_in_words import CASE
from typer.testing import CliRunner

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
