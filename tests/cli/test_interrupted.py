"""Ctrl-C keeps what is done; nothing solved is said plainly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quandary.cli import build_app
from quandary.cli.new import write_template
from quandary.cli.outcome import Exit, code_for
from quandary.problems import Problem


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


def test_an_interrupted_run_keeps_the_finished_worlds(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quandary.cli.run.progress_bar", _interrupting)
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
    monkeypatch.setattr("quandary.cli.ask.progress_bar", _interrupting)
    done = CliRunner().invoke(build_app(), ["ask", case, "P(conflict)", "--worlds", "6000", "--json"])
    assert done.exit_code == Exit.INTERRUPTED
    assert 0 < json.loads(done.stdout)["mean"] < 1


def test_nothing_solved_has_a_code_of_its_own() -> None:
    assert code_for([Problem("Q807", "none of the 10 worlds could be solved")], refused=True) == Exit.UNSOLVED
    assert code_for([Problem("Q104", "unknown actor")]) == Exit.FAULTS
    assert code_for([Problem("Q804", "no such case")], refused=True) == Exit.USAGE
