"""The harness itself: what it must catch is caught, and an ordinary command is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fuzz.harness import Tally, Trial, Worker
from tests.fuzz.mutation import mutants

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("does", "caught"),
    [
        ("import time; time.sleep(60)", "no end"),
        ("kept = b'x' * (3 << 30); import time; time.sleep(60)", "over 2 GiB"),
        ("import os; os._exit(5)", "died (5)"),
    ],
)
def test_a_process_that_does_not_answer_is_ended(does: str, caught: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(f"input()\n{does}\n", encoding="utf-8")
    with Worker(program=program) as worker:
        trial = worker.run("check", longest=30 if "kept" in does else 0.1)
    assert trial.code is None
    assert caught in trial.failure


@pytest.mark.parametrize(
    ("trial", "failure"),
    [
        (Trial(("run",), 0, "fine"), ""),
        (Trial(("run",), 1, "", "a fault"), ""),
        (Trial(("run",), 2, "", ""), "refused without a word"),
        (Trial(("run",), 70, "", "a fault in Quandary"), "crash"),
        (Trial(("run",), 1, "", "Traceback (most recent call last):"), "crash"),
        (Trial(("run",), 4, "", "?"), "exit 4"),
    ],
)
def test_what_counts_as_a_failure(trial: Trial, failure: str) -> None:
    assert trial.failure == failure


def test_a_tally_fails_with_its_failures(tmp_path: Path) -> None:
    tally = Tally(tmp_path)
    tally.add(Trial(("run",), 0))
    tally.check(least=1)
    tally.add(Trial(("run",), 0), b"input", silent="a row that sums to 2")
    with pytest.raises(AssertionError, match="accepted: a row that sums to 2"):
        tally.check()
    assert (tmp_path / "failure-0").read_bytes() == b"input"


def test_a_worker_runs_commands_one_after_the_other() -> None:
    with Worker() as worker:
        assert worker.run("--version").out.startswith("quandary ")
        refused = worker.run("explain", "Q000")
        assert (refused.code, refused.failure) == (2, "")
        assert worker.run("--version").err == ""


def test_mutants_are_the_same_each_time_and_differ() -> None:
    made = list(mutants([b"one: 1\ntwo: 2\n"], 200))
    assert made == list(mutants([b"one: 1\ntwo: 2\n"], 200))
    assert len(set(made)) > 100
