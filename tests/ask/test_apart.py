"""Variants beside each other: in order, with what failed, alike in processes and here, and fewer where stopped."""

from __future__ import annotations

import os
import time

import numpy as np
import pytest
from tests.ask.crisis import crisis

from quandary.ask import Study, found_apart
from quandary.base import Problem, Refusal, StopToken


@pytest.mark.parametrize("runner", ["fork", "threads", "thread"])
def test_each_is_found_in_its_place(runner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANDARY_RUNNER", runner)
    study = Study(crisis(), worlds=8, threads=2)
    own = os.getpid()

    def work(number: int) -> tuple[int, bool, int]:
        time.sleep(0.02 * (number == 0))
        study.failed_when_altered[number] = True
        return number, os.getpid() == own, study.threads

    found = list(found_apart(study, 5, work))
    assert [number for number, _, _ in found] == list(range(5))
    assert study.failed_when_altered.tolist() == [True] * 5 + [False] * 3
    assert study.threads == 2  # what works elsewhere shares nothing out again, and changes nothing here
    assert all(here or threads == 1 for _, here, threads in found)


def test_a_fault_is_raised_as_itself() -> None:
    study = Study(crisis(), worlds=8, threads=2)

    def work(number: int) -> int:
        if number == 1:
            raise Refusal(Problem("Q104", "no such thing"))
        return number

    with pytest.raises(Refusal, match="no such thing"):
        list(found_apart(study, 3, work))


@pytest.mark.parametrize("runner", ["fork", "thread"])
def test_what_is_stopped_gives_what_came_first(runner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANDARY_RUNNER", runner)
    stop = StopToken()
    study = Study(crisis(), worlds=8, threads=2, stop=stop)
    found = found_apart(study, 50, lambda number: np.full(2, number))
    assert next(found).tolist() == [0, 0]
    stop.give()
    assert len(list(found)) < 49


@pytest.mark.parametrize("runner", ["fork", "thread"])
def test_an_interruption_within_ends_it_quietly(runner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANDARY_RUNNER", runner)
    study = Study(crisis(), worlds=8, threads=2)

    def work(number: int) -> int:
        if number == 2:
            raise KeyboardInterrupt
        return number

    assert list(found_apart(study, 4, work))[:2] == [0, 1]
