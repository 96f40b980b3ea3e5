"""Batches shared out among forked processes.

A pass over a batch is many short calls, and threads of one Python process wait for each other between them; forked
processes do not. A fork is safe where this process runs no other thread, which is so on the command line and in a
script, not in a notebook.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from quandary.base.isolation import forked
from quandary.base.stopping import Stopped, StopToken
from quandary.worlds.runners.runner import LOOKED_EVERY, BatchWork, Result, Results

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

PATIENCE = 10.0
"""Seconds that a forked worker is given to end after an interruption."""

DEALT = 1024
"""Shares into which batches are divided at most: their numbers fit into any pipe."""

NUMBER = 4
"""Bytes of a share's number: so few are read by one process or not at all."""


@dataclass(frozen=True)
class Forks:
    """Works on batches in so many forked processes, each taking the next that nobody has; what one leaves undone is
    done here.
    """

    workers: int

    def run(self, work: BatchWork[Result], batches: int, stop: StopToken) -> Results[Result]:
        """Yield each batch's number and result as they are done; see ``Runner``."""
        left = dict.fromkeys(range(batches))
        children: list[ForkProcess] = []
        ends: list[Connection] = []
        dealt = _dealt(batches)
        try:
            for _ in range(min(self.workers, batches)):
                here, there = Pipe(duplex=False)
                ends.append(here)
                children.append(forked(_serve, work, (dealt, batches), there, tuple(ends), stop))
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
            os.close(dealt)
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
                received = end.recv()
            except (EOFError, OSError):  # ended between two results, or in the midst of one
                open_ends.remove(end)
            else:
                yield received


def _dealt(batches: int) -> int:
    """Return where processes read which share of the batches each does next, and the end after the last."""
    read, write = os.pipe()
    shares = -(-batches // _share(batches))
    os.write(write, b"".join(number.to_bytes(NUMBER, "big") for number in range(shares)))
    os.close(write)
    return read


def _share(batches: int) -> int:
    return -(-batches // DEALT)


def _taken(dealt: int, batches: int) -> Iterator[int]:
    """Yield the numbers of the batches that fall to this process."""
    while share := os.read(dealt, NUMBER):
        first = int.from_bytes(share, "big") * _share(batches)
        yield from range(first, min(first + _share(batches), batches))


def _serve(
    work: BatchWork[object], dealt: tuple[int, int], end: Connection, others: Sequence[Connection], stop: StopToken
) -> None:
    """Do batches as they fall to one worker; a fault ends it without a word: what it had is done by who waits."""
    for other in others:
        other.close()  # so that whoever waits for what is sent there alone holds it open
    for number in _taken(*dealt):
        if stop.given():
            break
        try:
            end.send((number, work(number, stop)))
        except Exception:
            break
    end.close()
