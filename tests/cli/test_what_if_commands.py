"""Timeline, paths and suppose as a user meets them: sentences, JSON, faults with codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.ask.crisis import TEXT
from typer.testing import CliRunner, Result

from quandary.cli import build_app

FEW = ("--worlds", "32", "--quiet")


@pytest.fixture
def case(tmp_path: Path) -> str:
    path = tmp_path / "case.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def call(command: str, case: str, *arguments: str) -> Result:
    return CliRunner().invoke(build_app(), [command, case, *arguments, *FEW])


def json_of(command: str, case: str, *arguments: str) -> dict[str, Any]:
    done = call(command, case, *arguments, "--json")
    assert done.exit_code == 0, done.output
    assert "NaN" not in done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_timeline_says_what_moved_the_answer_most(case: str) -> None:
    done = call("timeline", case, "--as-of", "2022-03-01")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("The probability of war: ")
    assert "before any evidence" in done.stdout
    assert "moved\nmost by the news that " in done.stdout
    found = json_of("timeline", case, "--as-of", "2022-03-01")
    assert [step["on"] for step in found["steps"]] == [None, "2022-01-02", "2022-01-05", "2022-02-01"]
    means = [step["answers"]["war"]["mean"] for step in found["steps"]]
    moves = [step["answers"]["war"]["move"]["total"] for step in found["steps"][1:]]
    assert means[0] + sum(moves) == pytest.approx(means[-1])
    assert list(found["questions"]) == ["war"]  # a dilemma is no plain number


def test_a_timeline_names_evidence_that_cannot_be(case: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(TEXT.replace("unrest = threat and deploy = go", "unrest = none and deploy = go"), encoding="utf-8")
    done = call("timeline", str(wrong))
    assert done.exit_code == 1
    assert "Q522" in done.output
    assert "unrest = none and deploy = go" in done.output


def test_a_would_shows_its_bounds(case: str) -> None:
    query = "would(war | seen push = hold, do(operation = fail))"
    done = call("ask", case, query)
    assert done.exit_code == 0, done.output
    assert "whatever ties the two worlds together" in done.stdout
    found = json_of("ask", case, query)
    assert found["parts"]["lowest"]["mean"] <= found["mean"] <= found["parts"]["highest"]["mean"]


def test_paths_say_what_runs_through(case: str) -> None:
    arguments = ("war", "--change", "unrest: none to threat", "--through", "operation")
    done = call("paths", case, *arguments)
    assert done.exit_code == 0, done.output
    assert "what runs through operation makes" in done.stdout
    assert "the split rests on an assumption" in done.stdout
    found = json_of("paths", case, *arguments)
    assert found["direct"]["mean"] + found["through"]["mean"] == pytest.approx(found["total"]["mean"])
    assert found["witnesses"] == ["deploy"]
    assert call("paths", case, "war", "--change", "unrest", "--through", "operation").exit_code != 0


def test_suppose_compares_before_and_after(case: str) -> None:
    arguments = ("P(war)", "--announce", "push: attack if reply = resist; else hold")
    done = call("suppose", case, *arguments)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(
        "Suppose push is announced: attack when reply is resist; else hold. The probability of war:"
    )
    assert "the worth of it all for the rival" in done.stdout
    found = json_of("suppose", case, *arguments, "--sees", "reply: mood")
    assert found["suppose"] == [
        "push is announced: attack if reply = resist; else hold",
        "mood is seen at reply",
    ]
    assert found["after"]["mean"] - found["before"]["mean"] == pytest.approx(found["difference"]["mean"])
    bare = call("suppose", case, "P(war)")
    assert bare.exit_code == 2
    assert "Q549" in bare.output
