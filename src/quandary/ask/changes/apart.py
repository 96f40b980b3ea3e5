"""Variants of a case beside each other, each worked out by one process from its first world to its last.

A variant in few worlds is mostly Python's own steps: to share out its worlds would take them in every process.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Generic, TypeVar

from quandary.ask.study import Study
from quandary.base.arrays import Mask
from quandary.base.memory import shared_by
from quandary.base.stopping import Stopped, StopToken
from quandary.worlds.choice import runner_for
from quandary.worlds.runners.fork import Forks
from quandary.worlds.runners.runner import Runner
from quandary.worlds.runners.thread import ThisThread

Found = TypeVar("Found")


def found_apart(study: Study, variants: int, work: Callable[[int], Found]) -> Iterator[Found]:
    """Yield what ``work`` finds of each variant, in the order of their numbers; fewer where the study is stopped.

    It is done in forked processes where these may be, else here. What it finds can be sent from there; beside that it
    may change of the study only which worlds failed when altered. Raises what it raises.
    """
    workers = min(study.workers, variants)
    chosen, _ = runner_for(variants, workers, heavy=True)
    apart = isinstance(chosen, Forks)
    runner: Runner = chosen if apart else ThisThread()
    early: dict[int, tuple[Found, Mask]] = {}
    due = 0
    task = _Variants(study, work, os.getpid())
    stop = StopToken(outer=study.stop)
    with shared_by(workers if apart else 1), closing(runner.run(task, variants, stop)) as results:
        for number, result in results:
            early[number] = result
            while due in early:
                found, failed = early.pop(due)
                study.failed_when_altered |= failed
                due += 1
                yield found


@dataclass(frozen=True, eq=False)
class _Variants(Generic[Found]):
    """What is done for one variant, by its number, and where in the study's worlds it failed."""

    study: Study
    work: Callable[[int], Found]
    here: int

    def __call__(self, number: int, stop: StopToken) -> tuple[Found, Mask]:
        if os.getpid() != self.here:
            self.study.threads, self.study.stop = 1, stop
        try:
            return self.work(number), self.study.failed_when_altered
        except KeyboardInterrupt:
            raise Stopped from None
