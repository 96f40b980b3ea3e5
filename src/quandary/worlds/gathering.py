"""What batches come to, gathered in the order of their numbers, whoever worked on them and when it was done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TypeVar

from quandary.base.stopping import StopToken
from quandary.worlds.runners.runner import BatchWork, Runner

Progress = Callable[[int, int], None]
"""Called with the worlds done and the worlds in all."""

Result = TypeVar("Result")


def gather(
    runner: Runner,
    work: BatchWork[Result],
    batches: Sequence[slice],
    take: Callable[[int, Result], None],
    *,
    stop: StopToken | None = None,
    progress: Progress | None = None,
) -> bool:
    """Hand what ``work`` returns for every batch to ``take``, in the order of their numbers; return whether all came.

    Where ``stop`` is given, or a ``KeyboardInterrupt`` is raised, what is done by then is handed over too.
    """
    early: dict[int, Result] = {}
    worlds = max((where.stop for where in batches), default=0)
    done = taken = 0
    try:
        with closing(runner.run(work, len(batches), StopToken(outer=stop))) as results:
            for number, result in results:
                early[number] = result
                while taken in early:
                    take(taken, early.pop(taken))
                    taken += 1
                done += batches[number].stop - batches[number].start
                if progress is not None:
                    progress(done, worlds)
    except KeyboardInterrupt:
        taken = 0  # not all came
    for number in sorted(early):
        take(number, early[number])
    return taken == len(batches)
