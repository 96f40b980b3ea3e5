"""Batches in this thread, in threads, in forked and in started processes: the same answers to the last bit."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import Pipe

import numpy as np
import pytest
from tests.ask.crisis import crisis
from typer.testing import CliRunner

import quandary
from quandary.ask import Study, gathering
from quandary.base import RUNNER, VALUES, Refusal, Stopped, StopToken, can_fork
from quandary.cli import build_app
from quandary.engine import DiagramGame
from quandary.engine.playing import diagram_game
from quandary.worlds import Forks, Runner, Spawned, ThisThread, Threads, gather, runner_for
from quandary.worlds.runners import fork

QUERIES = ("P(war)", "P(war | do(operation = fail)) - P(war)")

needs_forks = pytest.mark.skipif(
    not can_fork(), reason="processes are forked on Linux only, with no other thread about"
)
SHARING = [Threads, pytest.param(Forks, marks=needs_forks), Spawned]
share_out = pytest.mark.parametrize("kind", SHARING)


@dataclass(frozen=True)
class Work:
    """Work that can be sent to another process: it waits, fails or is killed where it is told to."""

    seconds: float = 0.0
    fails_at: int | None = None
    killed_at: int | None = None
    here: int = os.getpid()

    def __call__(self, number: int, stop: StopToken) -> tuple[int, int]:
        if stop.given():
            raise Stopped
        if number == self.fails_at:
            raise ValueError(f"batch {number}")
        if number == self.killed_at and os.getpid() != self.here:
            os.kill(os.getpid(), signal.SIGKILL)
        threading.Event().wait(self.seconds)
        return 10 * number, os.getpid()


@pytest.mark.slow
@pytest.mark.parametrize("runner", [ThisThread(), Threads(3), pytest.param(Forks(3), marks=needs_forks), Spawned(3)])
def test_every_batch_comes_back_once_and_is_gathered_in_order(runner: Runner) -> None:
    batches = tuple(slice(9 * n, 9 * n + 9) for n in range(7))
    taken: list[tuple[int, int]] = []
    seen: list[tuple[int, int]] = []
    work = Work(here=-1)
    assert gather(
        runner,
        work,
        batches,
        lambda number, result: taken.append((number, result[0])),
        progress=lambda *d: seen.append(d),
    )
    assert taken == [(n, 10 * n) for n in range(7)]
    assert seen == [(9 * n, 63) for n in range(1, 8)]


def test_early_results_wait_for_those_before_them() -> None:
    class Backwards:
        def run(self, work: Callable[..., int], batches: int, stop: StopToken) -> object:
            yield from ((number, work(number, stop)) for number in (2, 0, 3))
            raise KeyboardInterrupt

    taken: list[int] = []
    batches = [slice(n, n + 1) for n in range(4)]
    whole = gather(Backwards(), lambda number, _: number, batches, lambda number, _: taken.append(number))  # type: ignore[arg-type]
    assert not whole
    assert taken == [0, 2, 3]


@pytest.mark.slow
@pytest.mark.parametrize("kind", [ThisThread, *SHARING])
def test_a_fault_is_raised_as_itself(kind: Callable[..., Runner]) -> None:
    runner = kind() if kind is ThisThread else kind(2)
    with pytest.raises(ValueError, match="batch 3"):
        list(runner.run(Work(fails_at=3), 5, StopToken()))


@pytest.mark.slow
@pytest.mark.parametrize("kind", SHARING[1:])
def test_what_a_killed_process_leaves_is_done_here(kind: Callable[..., Runner]) -> None:
    here = os.getpid()
    found = dict(kind(2).run(Work(0.05, killed_at=2), 4, StopToken()))
    assert {number: value for number, (value, _) in found.items()} == {n: 10 * n for n in range(4)}
    assert found[2][1] == here
    assert found[1][1] != here


@pytest.mark.slow
@share_out
def test_leaving_early_ends_the_rest(kind: Callable[..., Runner]) -> None:
    before = threading.active_count()
    results = kind(2).run(Work(0.02), 2000, StopToken())
    next(results)
    results.close()
    assert threading.active_count() == before


@pytest.mark.slow
@pytest.mark.parametrize("kind", [ThisThread, *SHARING])
def test_a_token_that_is_given_ends_the_work(kind: Callable[..., Runner]) -> None:
    runner = kind() if kind is ThisThread else kind(2)
    stop = StopToken()
    taken: list[int] = []

    def take(number: int, _: object) -> None:
        taken.append(number)
        stop.give()

    assert not gather(runner, Work(0.01), [slice(n, n + 1) for n in range(500)], take, stop=stop)
    assert 1 <= len(taken) < 500
    late = StopToken(seconds=0.0)
    assert late.given()
    assert not list(runner.run(Work(), 3, late))


def test_another_thread_forbids_forks() -> None:
    held = threading.Event()
    thread = threading.Thread(target=held.wait, args=(300,))
    thread.start()
    try:
        assert not can_fork()
        assert runner_for(4, 2, heavy=True) == (Threads(2), False)
    finally:
        held.set()
        thread.join(300)
        assert not thread.is_alive(), "the thread did not end in 300 s"


def nines(worlds: int) -> tuple[slice, ...]:
    return tuple(slice(begin, min(begin + 9, worlds)) for begin in range(0, worlds, 9))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["thread", pytest.param("fork", marks=needs_forks), "spawn"])
def test_all_runners_answer_as_threads_do(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "APART", 1)
    monkeypatch.setattr(gathering, "batches_of", nines)
    apart: list[bool] = []

    def noted(batches: int, workers: int, *, heavy: bool) -> tuple[Runner, bool]:
        runner, elsewhere = runner_for(batches, workers, heavy=heavy)
        apart.append(elsewhere)
        return runner, elsewhere

    monkeypatch.setattr(gathering, "runner_for", noted)
    monkeypatch.setenv(RUNNER, name)
    study = Study(crisis(), worlds=50, threads=2)
    pieces = study.answers(QUERIES)
    assert apart == [name != "thread"]
    monkeypatch.setenv(RUNNER, "threads")
    for one, other in zip(Study(crisis(), worlds=50, threads=2).answers(QUERIES), pieces, strict=True):
        np.testing.assert_array_equal(one.draws, other.draws)
        np.testing.assert_array_equal(one.weights, other.weights)
    monkeypatch.setenv(RUNNER, name)
    study.ask("P(war | operation = fail)")
    assert not apart[-1], "a small case is kept from its second question on"


def test_whether_code_is_compiled_hangs_on_the_whole_job(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs: set[int] = set()
    blocks: set[int] = set()

    def looked_at(game: DiagramGame) -> bool:
        jobs.add(game.job)
        blocks.add(game.worlds)
        return False

    monkeypatch.setattr(diagram_game, "worthwhile", looked_at)
    monkeypatch.setenv(RUNNER, "threads")
    monkeypatch.setattr(gathering, "batches_of", nines)
    Study(crisis(), worlds=50, threads=2).answers(QUERIES)
    assert jobs == {50}
    assert max(blocks) <= 9


def test_a_result_that_breaks_off_is_none() -> None:
    here, there = Pipe(duplex=False)
    there.send((0, "whole"))
    os.write(there.fileno(), struct.pack("!i", 100) + b"so far")
    there.close()
    assert list(fork._received([here], StopToken())) == [(0, "whole")]


@needs_forks
def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fork, "PATIENCE", 0.05)
    results = Forks(2).run(Slow(), 2, StopToken())
    assert next(results)[0] == 0
    results.close()


class Slow(Work):
    def __call__(self, number: int, stop: StopToken) -> tuple[int, int]:
        if number == 1 and os.getpid() != self.here:
            threading.Event().wait(60.0)
        return super().__call__(number, stop)


def test_a_study_is_stopped_by_its_token() -> None:
    stop = StopToken()
    study = Study(crisis(), worlds=6000, threads=1, progress=lambda *_: stop.give(), stop=stop)
    study.ask("P(war)")
    assert 0 < study.run.done < 6000
    assert not study.run.complete
    with pytest.raises(Stopped):
        Study(crisis(), worlds=100, stop=stop).ask("P(war)")


def test_nothing_but_this_thread_is_used_where_it_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RUNNER, "thread")

    def never(*_: object) -> None:
        raise AssertionError

    handlers = [signal.getsignal(number) for number in signal.valid_signals()]
    monkeypatch.setattr(threading.Thread, "start", never)
    monkeypatch.setattr(signal, "signal", never)
    if hasattr(signal, "setitimer"):
        monkeypatch.setattr(signal, "setitimer", never)
    monkeypatch.setattr(os, "fork", never)
    monkeypatch.setattr(subprocess, "Popen", never)
    before = threading.active_count()
    solved = quandary.load("kazakhstan-2022").solve(worlds=600)
    assert 0 < (solved.ask("P(invasion)").mean or 0) < 1
    assert threading.active_count() == before
    assert [signal.getsignal(number) for number in signal.valid_signals()] == handlers


def test_a_runner_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RUNNER, "theads")
    with pytest.raises(Refusal, match="theads") as raised:
        runner_for(4, 2, heavy=True)
    assert raised.value.problem.code == "Q820"
    assert "threads" in (raised.value.problem.hint or "")


@pytest.mark.slow
def test_the_flagship_gives_the_same_bytes_on_every_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[str] = []

    def noted(batches: int, workers: int, *, heavy: bool) -> tuple[Runner, bool]:
        runner, apart = runner_for(batches, workers, heavy=heavy)
        used.append(type(runner).__name__)
        return runner, apart

    monkeypatch.setattr(gathering, "runner_for", noted)
    monkeypatch.setattr("quandary.ask.study._cores", lambda: 2)
    query = "P(invasion | do(unrest = regime_threat)) - P(invasion | do(unrest = none))"
    told: dict[str, str] = {}
    for name in VALUES[RUNNER]:
        monkeypatch.setenv(RUNNER, name)
        used.clear()
        command = ["ask", "kazakhstan-2022", query, "--worlds", "2000", "--json", "--quiet"]
        done = CliRunner().invoke(build_app(), command)
        assert done.exit_code == 0, done.output
        forked = "Forks" if can_fork() else "Threads"
        assert used[0] == {"thread": "ThisThread", "threads": "Threads", "fork": forked, "spawn": "Spawned"}[name]
        found = json.loads(done.stdout, object_hook=lambda o: {k: v for k, v in o.items() if k != "seconds"})
        told[name] = json.dumps(found)
    assert len(set(told.values())) == 1
