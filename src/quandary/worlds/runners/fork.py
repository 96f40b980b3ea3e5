"""Batches shared out among forked processes.

A pass over a batch is many short calls, and threads of one Python process wait for each other between them; forked
processes do not. A fork is safe where this process runs no other thread, which is so on the command line and in a
script, not in a notebook.
"""

from __future__ import annotations

import gc
import multiprocessing
import multiprocessing.context
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

from quandary.base.stopping import Stopped, StopToken
from quandary.worlds.runners.runner import LOOKED_EVERY, BatchWork, Result, Results

ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
HEARD = {signal.SIGINT, *ENDING}
"""Signals that end a command: who waits hears them and stops the workers, which hear none from the keyboard."""

PATIENCE = 10.0
"""Seconds that a forked worker is given to end after an interruption."""


@dataclass(frozen=True)
class Forks:
    """Works on batches in so many forked processes; one that a worker leaves undone is done here."""

    workers: int

    def run(self, work: BatchWork[Result], batches: int, stop: StopToken) -> Results[Result]:
        """Yield each batch's number and result as they are done; see ``Runner``."""
        context = multiprocessing.get_context("fork")
        left = dict.fromkeys(range(batches))
        children: list[multiprocessing.context.ForkProcess] = []
        ends: list[Connection] = []
        try:
            for worker in range(min(self.workers, batches)):
                here, there = context.Pipe(duplex=False)
                ends.append(here)
                mine = range(worker, batches, self.workers)
                child = context.Process(target=_serve, args=(work, mine, there, tuple(ends), stop), daemon=True)
                with _without_signals():  # until the child has said what it makes of them
                    child.start()
                    children.append(child)
                there.close()
            received: Results[Result] = _received(ends, stop)
            for number, result in received:
                del left[number]
                yield number, result
            for number in left:
                if stop.given():
                    return
                with suppress(Stopped):
                    yield number, work(number, stop)
        finally:
            stop.give()
            for end in ends:
                end.close()
            for child in children:
                child.join(PATIENCE)
                if child.is_alive():
                    child.kill()
                    child.join()


def _received(ends: Sequence[Connection], stop: StopToken) -> Results[Result]:
    """Yield what the workers send, until all of them have ended or the token is given."""
    open_ends = list(ends)
    while open_ends and not stop.given():
        for end in wait(open_ends, LOOKED_EVERY):
            assert isinstance(end, Connection)
            try:
                yield end.recv()
            except EOFError:
                open_ends.remove(end)


@contextmanager
def _without_signals() -> Iterator[None]:
    """Let signals that end a command wait until the end of the block."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(
    work: BatchWork[object], mine: Sequence[int], end: Connection, others: Sequence[Connection], stop: StopToken
) -> None:
    """Do one worker's batches; a fault ends it without a word, as the batch is tried again by who waits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for ending in ENDING:
        if signal.getsignal(ending) != signal.SIG_IGN:
            signal.signal(ending, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
    gc.freeze()  # what was there before the fork stays; to look for circles in it would only copy its pages
    for other in others:
        other.close()  # so that whoever waits for what is sent there alone holds it open
    for number in mine:
        if stop.given():
            break
        try:
            end.send((number, work(number, stop)))
        except Exception:
            break
    end.close()
