"""Ctrl-C keeps what is done; nothing solved is said plainly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from quandary.base import Problem
from quandary.cli import Exit, build_app, exit_for
from quandary.solve import Solution, solve
from quandary.use import write_template


@contextmanager
def _interrupting(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    def move(what: str, done: int, total: int) -> None:
        if done < total:
            raise KeyboardInterrupt

    yield move


@pytest.fixture
def case(tmp_path: Path) -> str:
    write_template(tmp_path / "dam")
    return str(tmp_path / "dam")


@pytest.mark.slow
def test_an_interrupted_run_keeps_the_finished_worlds(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quandary.cli.commands.progress_bar", _interrupting)
    done = CliRunner().invoke(build_app(), ["run", case, "--worlds", "6000", "--json"])
    assert done.exit_code == Exit.INTERRUPTED
    found = json.loads(done.stdout)
    assert found["complete"] is False
    assert 0 < found["worlds"] < 6000
    assert sum(s["mean"] for s in found["outcomes"]["answer"].values()) == pytest.approx(1)
    told = CliRunner().invoke(build_app(), ["run", case, "--worlds", "6000"])
    assert told.exit_code == Exit.INTERRUPTED
    assert "INTERRUPTED" in told.stdout


def test_an_interrupted_question_keeps_the_finished_worlds(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quandary.cli.commands.progress_bar", _interrupting)
    done = CliRunner().invoke(build_app(), ["ask", case, "P(conflict)", "--worlds", "6000", "--json"])
    assert done.exit_code == Exit.INTERRUPTED
    assert 0 < json.loads(done.stdout)["mean"] < 1


@pytest.mark.parametrize("arguments", [["run"], ["ask", "P(conflict)"]])
def test_nothing_solved_is_said_and_is_code_3(case: str, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    def never(*given: Any, **named: Any) -> Solution:
        solution = solve(*given, **named)
        return replace(solution, converged=np.zeros_like(solution.converged))

    monkeypatch.setattr("quandary.ask.games.playing.solve", never)
    command = [arguments[0], case, *arguments[1:], "--worlds", "64"]
    done = CliRunner().invoke(build_app(), command)
    assert done.exit_code == Exit.UNSOLVED
    assert "none of the 64 worlds could be solved" in done.output
    found = json.loads(CliRunner().invoke(build_app(), [*command, "--json"]).stdout)
    assert found["problems"][0]["code"] == "Q807"


def test_nothing_solved_has_a_code_of_its_own() -> None:
    assert exit_for([Problem("Q807", "none of the 10 worlds could be solved")]) == Exit.UNSOLVED
    assert exit_for([Problem("Q104", "unknown actor")]) == Exit.FAULTS
    assert exit_for([Problem("Q804", "no such case")]) == Exit.USAGE
