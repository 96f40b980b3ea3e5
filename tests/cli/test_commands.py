"""The commands as a user meets them: exit codes, JSON contracts, sentences instead of tracebacks."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from quandary.cli import build_app
from quandary.use import write_template

APP = build_app()
FEW = ["--worlds", "160", "--quiet"]


def call(*arguments: str) -> Result:
    return CliRunner().invoke(APP, list(arguments))


def json_of(*arguments: str, code: int = 0) -> dict[str, Any]:
    done = call(*arguments, "--json")
    assert done.exit_code == code, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["version"]
    return found


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("cases") / "dam"
    write_template(folder)
    return str(folder)


@pytest.fixture
def broken(tmp_path: Path, case: str) -> str:
    text = (Path(case) / "case.yaml").read_text(encoding="utf-8")
    path = tmp_path / "case.yaml"
    path.write_text(text.replace("by: belmar", "by: Belmarr").replace("text: analysis.md", ""), encoding="utf-8")
    return str(path)


def test_run_says_the_answer_first(case: str) -> None:
    done = call("run", case, *FEW)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[2:4] == ["Will it come to a clash?", "Very unlikely, 10 %."]
    rest = ("What happens", "Questions", "Claims", "Checks", "How it was made")
    everything = call("run", case, *FEW, "--all")
    for heading in rest:
        assert f"\n{heading}" not in done.stdout
        assert f"\n{heading}" in everything.stdout
    for shown in (done, everything):
        assert "seed 1" in shown.stdout
        assert "\nNext  quandary " in shown.stdout
    assert "Traceback" not in done.output


@pytest.mark.slow
def test_commands_to_try_next_work(case: str) -> None:
    for more in ((), ("--all",)):
        shown = call("run", case, *FEW, *more).stdout.split("\nNext ")[1]
        commands = [shlex.split(line.split("   160 worlds")[0]) for line in shown.strip().splitlines()]
        assert len(commands) == 3
        for arguments in commands:
            assert arguments[0] == "quandary"
            assert call(*arguments[1:]).exit_code == 0, arguments


def test_run_json_contract(case: str) -> None:
    found = json_of("run", case, *FEW)
    assert found["schema"] == "quandary.run/2"
    assert set(found["case"]) == {"title", "path", "sha256"}
    assert found["worlds"] == 160
    assert found["complete"] is True
    assert found["not_converged"] == 0
    for states in found["outcomes"].values():
        assert sum(state["mean"] for state in states.values()) == pytest.approx(1)
        assert all(set(state) == {"mean", "median", "low", "high"} for state in states.values())
    for claim in found["claims"]:
        for test in claim["tests"].values():
            wanted = {
                "query",
                "verdict",
                "share",
                "edge",
                "size",
                "set_aside",
                "other_form",
                "by_construction",
                "history",
            }
            assert wanted <= set(test)
            assert {"status", "searched"} <= set(test["by_construction"])


def test_ask_json_contract(case: str) -> None:
    found = json_of("ask", case, "P(conflict)", *FEW)
    wanted = {"query", "mean", "median", "low", "high", "mc_error", "worlds", "effective_worlds", "undefined"}
    assert wanted <= set(found)
    assert "holds_in" not in found
    assert 0 < found["mean"] < 1
    compared = json_of("ask", case, "P(conflict) < 0.5", *FEW)
    assert 0 <= compared["share"]["low"] <= compared["share"]["value"] <= compared["share"]["high"] <= 1
    assert compared["verdict"] in {"holds", "leans_true", "toss_up", "leans_false", "fails"}


def test_the_same_seed_gives_the_same_answer_and_another_does_not(case: str) -> None:
    first, again = (json_of("ask", case, "P(conflict)", *FEW)["mean"] for _ in range(2))
    other = json_of("ask", case, "P(conflict)", *FEW, "--seed", "2")["mean"]
    assert first == again != other


def test_undefined_is_null_and_counted(case: str) -> None:
    found = json_of("ask", case, "P(conflict | drought = normal)", *FEW)
    assert found["mean"] is None
    assert found["undefined"] == 160


def test_faults_have_places_and_code_1(broken: str) -> None:
    done = call("check", broken)
    assert done.exit_code == 1
    assert "case.yaml:" in done.output
    assert 'did you mean "belmar"?' in done.output
    found = json_of("check", broken, code=1)
    first = next(p for p in found["problems"] if p["severity"] == "error")
    assert set(first) == {"code", "severity", "message", "file", "line", "column", "hint"}
    assert call("run", broken, *FEW).exit_code == 1
    assert json_of("run", broken, *FEW, code=1)["problems"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "kazakhstan-2021"], 'did you mean "kazakhstan-2022"?'),
        (["run", "CASE", "--worlds", "3"], "3 worlds cannot be drawn"),
        (["run", "CASE", "--as-of", "yesterday"], "YYYY-MM-DD"),
        (["explain", "Q99999"], "no fault code"),
        (["run"], "Missing argument"),
        (["run", "CASE", "--wrlds", "3"], "No such option"),
        (["chekc", "CASE"], "No such command 'chekc'. Did you mean 'check'?"),
        (["xyzzy", "CASE"], "No such command 'xyzzy'."),
    ],
)
def test_wrong_usage_is_code_2(case: str, arguments: Sequence[str], said: str) -> None:
    done = call(*[case if a == "CASE" else a for a in arguments])
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output


def test_a_faulty_question_is_shown_with_a_caret(case: str) -> None:
    done = call("ask", case, "P(conflict | do(dam = fil))", *FEW)
    assert done.exit_code == 1
    assert "question:1:" in done.output
    assert 'did you mean "fill"?' in done.output
    assert "^" in done.output


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["case", "game", "relevance", "worlds", "solution"])
def test_every_stage_can_be_shown_and_is_stable(case: str, stage: str) -> None:
    first = call("show", case, "--stage", stage, "--worlds", "32")
    again = call("show", case, "--stage", stage, "--worlds", "32")
    assert first.exit_code == 0, first.output
    assert first.stdout == again.stdout
    assert "answer" in first.stdout


def test_new_never_replaces(tmp_path: Path) -> None:
    place = tmp_path / "mine"
    assert call("new", str(place)).exit_code == 0
    assert call("check", str(place)).exit_code == 0
    before = (place / "case.yaml").read_bytes()
    again = call("new", str(place))
    assert again.exit_code == 2
    assert "already there" in again.output
    assert (place / "case.yaml").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]


def test_schema_is_json() -> None:
    assert "$schema" in json.loads(call("schema").stdout)


def test_explain_one_and_all() -> None:
    assert "no such case" in call("explain", "q804").stdout
    assert len(call("explain").stdout.splitlines()) > 50


def test_show_and_new_as_json(case: str, tmp_path: Path) -> None:
    shown = json_of("show", case, "--stage", "game")
    assert shown["schema"] == "quandary.show/1"
    assert any("decision answer" in line for line in shown["lines"])
    assert json_of("new", str(tmp_path / "mine"))["case"].endswith("case.yaml")


@pytest.mark.slow
def test_recorded_statements_are_told_whole_with_their_reason() -> None:
    options = ("kazakhstan-2022", *FEW, "--no-search")
    recorded = [claim for claim in json_of("run", *options)["claims"] if not claim["tests"]]
    done = call("run", *options, "--all")
    after = " ".join(done.stdout.split("Recorded, with no verdict:")[1].split("Checks:")[0].split())
    assert len(recorded) > 5
    for claim in recorded:
        assert f"“{claim['quote']}”" in after
        assert claim["not_testable"] in after
    assert "…" not in after.replace("”", "")
