"""Blocks go to forked processes or to threads: the answers are the same, and a fault comes out as itself."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

import numpy as np
import pytest
from tests.ask.crisis import crisis

from quandary.ask import gathering
from quandary.ask.study import Study
from quandary.base.isolation import can_fork
from quandary.engine.playing import diagram_game
from quandary.engine.playing.diagram_game import DiagramGame
from quandary.worlds import workers
from quandary.worlds.workers import Shares, StopToken, over_forks, over_threads, shared_array, shared_mask

QUERIES = ("P(war)", "P(war | do(operation = fail)) - P(war)")

needs_forks = pytest.mark.skipif(
    not can_fork(), reason="processes are forked on Linux only, with no other thread about"
)
share_out = pytest.mark.parametrize("share", [over_threads, pytest.param(over_forks, marks=needs_forks)])


@share_out
def test_every_block_is_told_once_and_writes_where_all_see_it(share: Callable[..., Shares[int]]) -> None:
    array, mask = shared_array(7, -1.0), shared_mask(7)

    def work(number: int) -> int:
        array[number], mask[number] = number, True
        return 10 * number

    assert sorted(share(work, 7, 3, StopToken())) == [(n, 10 * n) for n in range(7)]
    np.testing.assert_array_equal(array, np.arange(7))
    assert mask.all()


@share_out
def test_a_fault_is_raised_as_itself(share: Callable[..., Shares[int]]) -> None:
    def work(number: int) -> int:
        if number == 3:
            raise ValueError("the third")
        return number

    with pytest.raises(ValueError, match="the third"):
        list(share(work, 5, 2, StopToken()))


@needs_forks
def test_what_a_killed_worker_leaves_is_done_here() -> None:
    here = os.getpid()

    def work(number: int) -> int:
        if number == 2 and os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return os.getpid()

    told = dict(over_forks(work, 4, 2, StopToken()))
    assert sorted(told) == [0, 1, 2, 3]
    assert told[2] == here
    assert told[1] == told[3] != here


@share_out
def test_leaving_early_stops_the_rest(share: Callable[..., Shares[int]]) -> None:
    begun = shared_mask(50)
    stop = StopToken()

    def work(number: int) -> int:
        if not stop.given():
            begun[number] = True
            threading.Event().wait(0.02)
        return number

    blocks = share(work, 50, 2, stop)
    next(blocks)
    blocks.close()
    assert stop.given()
    assert begun.sum() < 50


def test_another_thread_forbids_forks() -> None:
    held = threading.Event()
    thread = threading.Thread(target=held.wait)
    thread.start()
    try:
        assert not can_fork()
    finally:
        held.set()
        thread.join()


def nines(worlds: int) -> tuple[slice, ...]:
    return tuple(slice(begin, min(begin + 9, worlds)) for begin in range(0, worlds, 9))


@needs_forks
def test_forks_and_threads_answer_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "FORKED", 1)
    monkeypatch.setattr(gathering, "batches_of", nines)
    forked = []

    def counted(*arguments: object) -> Shares[object]:
        forked.append(arguments)
        return over_forks(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(gathering, "over_forks", counted)
    study = Study(crisis(), worlds=50, threads=2)
    pieces = study.answers(QUERIES)
    assert forked
    monkeypatch.setattr(gathering, "can_fork", lambda: False)
    for one, other in zip(Study(crisis(), worlds=50, threads=2).answers(QUERIES), pieces, strict=True):
        np.testing.assert_array_equal(one.draws, other.draws)
        np.testing.assert_array_equal(one.weights, other.weights)
    asked = len(forked)
    study.ask("P(war | operation = fail)")
    assert len(forked) == asked, "a small case is kept from its second question on"


def test_whether_code_is_compiled_hangs_on_the_whole_job(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs: set[int] = set()
    blocks: set[int] = set()

    def looked_at(game: DiagramGame) -> bool:
        jobs.add(game.job)
        blocks.add(game.worlds)
        return False

    monkeypatch.setattr(diagram_game, "worthwhile", looked_at)
    monkeypatch.setattr(gathering, "can_fork", lambda: False)
    monkeypatch.setattr(gathering, "batches_of", nines)
    Study(crisis(), worlds=50, threads=2).answers(QUERIES)
    assert jobs == {50}
    assert max(blocks) <= 9


@needs_forks
def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "PATIENCE", 0.05)
    here = os.getpid()

    def work(number: int) -> int:
        if number == 1 and os.getpid() != here:
            threading.Event().wait(60.0)
        return number

    blocks = over_forks(work, 2, 2, StopToken())
    assert next(blocks) == (0, 0)
    blocks.close()
