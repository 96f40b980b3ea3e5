"""Batches of worlds shared out among workers: processes where that is safe, else threads.

A pass over a batch is many short calls, and threads of one Python process wait for each other between them; forked
processes do not. A fork is safe where this process runs no other thread, which is so on the command line and in a
script, not in a notebook. Workers write their answers into arrays that are shared with them (``shared_array``), so
nothing is sent but the number of the batch and what it took.
"""

from __future__ import annotations

import gc
import mmap
import multiprocessing
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask

Told = TypeVar("Told")
Shares = Generator[tuple[int, Told], None, None]

ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
HEARD = {signal.SIGINT, *ENDING}
"""Signals that end a command: who waits hears them and stops the workers, which hear none from the keyboard."""

PATIENCE = 10.0
"""Seconds that a forked worker is given to end after an interruption."""


def shared_array(worlds: int, fill: float) -> Array:
    """Return an array ``(worlds,)`` that forked workers and this process have in common."""
    array: Array = np.frombuffer(mmap.mmap(-1, max(1, 8 * worlds)), dtype=np.float64, count=worlds)
    array[:] = fill
    return array


def shared_mask(worlds: int) -> Mask:
    """Return a mask ``(worlds,)``, false everywhere, that forked workers and this process have in common."""
    mask: Mask = np.frombuffer(mmap.mmap(-1, max(1, worlds)), dtype=np.bool_, count=worlds)
    return mask


class StoppedError(Exception):
    """A batch was left undone because workers were asked to stop."""


class StopToken:
    """A sign to stop that threads and forked workers see; it can be given once."""

    def __init__(self) -> None:
        self._sign: NDArray[np.bool_] = shared_mask(1)

    def give(self) -> None:
        """Ask all workers to stop after what they are at."""
        self._sign[0] = True

    def given(self) -> bool:
        """Return whether workers are to stop."""
        return bool(self._sign[0])


def over_threads(work: Callable[[int], Told], batches: int, workers: int, stop: StopToken) -> Shares[Told]:
    """Yield each batch's number and what ``work`` told of it, as they are done; leaving early stops the others."""
    with ThreadPoolExecutor(max_workers=workers) as pool:
        waiting = {pool.submit(work, number): number for number in range(batches)}
        try:
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        finally:
            if any(not future.done() for future in waiting):
                stop.give()
                pool.shutdown(wait=True, cancel_futures=True)


def over_forks(work: Callable[[int], Told], batches: int, workers: int, stop: StopToken) -> Shares[Told]:
    """Yield the same from forked processes; a batch that one leaves undone is done here, where its fault is raised."""
    context = multiprocessing.get_context("fork")
    left = dict.fromkeys(range(batches))
    children, open_ends = [], []
    try:
        for worker in range(min(workers, batches)):
            here, there = context.Pipe(duplex=False)
            mine = range(worker, batches, workers)
            child = context.Process(target=_work, args=(work, mine, there, stop), daemon=True)
            with _without_signals():  # until the child has said what it makes of them
                child.start()
                children.append(child)
            there.close()
            open_ends.append(here)
        while open_ends:
            for end in wait(open_ends):
                assert isinstance(end, Connection)
                try:
                    number, told = end.recv()
                except EOFError:
                    open_ends.remove(end)
                    continue
                del left[number]
                yield number, told
        for number in left:
            yield number, work(number)
    finally:
        stop.give()
        for child in children:
            child.join(PATIENCE)
            if child.is_alive():
                child.kill()
                child.join()


@contextmanager
def _without_signals() -> Iterator[None]:
    """Let signals that end a command wait until the end of the block."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(work: Callable[[int], Told], mine: Sequence[int], end: Connection, stop: StopToken) -> None:
    """Do one worker's batches; a fault ends it without a word, as the batch is tried again by who waits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for ending in ENDING:
        if signal.getsignal(ending) != signal.SIG_IGN:
            signal.signal(ending, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
    gc.freeze()  # what was there before the fork stays; to look for circles in it would only copy its pages
    for number in mine:
        if stop.given():
            break
        try:
            end.send((number, work(number)))
        except Exception:
            break
    end.close()
