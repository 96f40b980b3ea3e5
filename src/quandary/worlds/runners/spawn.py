"""Batches shared out among processes that are started anew, on any system and beside any other thread.

A thread waits for each process, so that what ``Threads`` does is done here too. The work goes to a process once, then
the numbers of its batches; each result comes back as it is done. What is sent is pickled, by our own processes for our
own. A script needs no guard around its main part: processes do not run it.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Generic, cast

from quandary.base.isolation import started
from quandary.base.memory import allowance, memory, shared_by
from quandary.base.stopping import Stopped, StopToken
from quandary.worlds.runners.runner import BatchWork, Result, Results
from quandary.worlds.runners.threads import Threads

_Process = subprocess.Popen[bytes]

PROGRAM = "from quandary.worlds.runners.spawn import serve; serve()"


@dataclass(frozen=True)
class Spawned:
    """Works on batches in so many started processes; one that a process leaves undone is done here."""

    workers: int

    def run(self, work: BatchWork[Result], batches: int, stop: StopToken) -> Results[Result]:
        """Yield each batch's number and result as they are done; see ``Runner``."""
        count = min(self.workers, batches)
        with _processes(count) as processes:
            yield from Threads(count).run(_Elsewhere(work, processes), batches, _Ending(stop, processes))


@contextmanager
def _processes(count: int) -> Iterator[list[_Process]]:
    """Yield so many processes, which are ended with the block whatever they are at."""
    processes: list[_Process] = []
    try:
        for _ in range(count):
            processes.append(started(PROGRAM))
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):
                    cast("IO[bytes]", stream).close()


class _Ending(StopToken):
    """A token that ends processes when it is given here: nothing that they are at is wanted any more."""

    def __init__(self, outer: StopToken, processes: Sequence[_Process]) -> None:
        super().__init__(outer=outer)
        self._processes = processes

    def give(self) -> None:
        super().give()
        for process in self._processes:
            process.kill()


class _Elsewhere(Generic[Result]):
    """Work as threads see it: done by whichever process is free, or here where that has come to an end."""

    def __init__(self, work: BatchWork[Result], processes: Sequence[_Process]) -> None:
        self._work = work
        self._sent = pickle.dumps((work, allowance()), pickle.HIGHEST_PROTOCOL)
        self._new = set(processes)
        self._free: queue.SimpleQueue[_Process | None] = queue.SimpleQueue()
        for process in processes:
            self._free.put(process)

    def __call__(self, number: int, stop: StopToken) -> Result:
        process = self._free.get()
        if process is not None:
            try:
                result = self._received(process, number)
            except (OSError, EOFError, pickle.UnpicklingError):
                process = None
            else:
                return result
            finally:
                self._free.put(process)
        if stop.given():
            raise Stopped
        return self._work(number, stop)

    def _received(self, process: _Process, number: int) -> Result:
        to, back = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
        if process in self._new:
            self._new.discard(process)
            to.write(self._sent)
        pickle.dump(number, to)
        to.flush()
        result: Result = pickle.load(back)
        return result


def serve() -> None:
    """Work in a process that was started anew: the work and the numbers of batches come in, results go out."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nothing else is to be printed among them
    work, allowed = pickle.load(sys.stdin.buffer)
    with memory(allowed.bytes), shared_by(allowed.workers):
        while True:
            try:
                number = pickle.load(sys.stdin.buffer)
            except EOFError:
                return
            pickle.dump(work(number, StopToken()), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
