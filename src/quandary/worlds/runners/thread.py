"""Batches one after the other in this thread: no other is started, and no signal is touched."""

from __future__ import annotations

from quandary.base.stopping import Stopped, StopToken
from quandary.worlds.runners.runner import BatchWork, Result, Results


class ThisThread:
    """Works on one batch after the other, in the thread that asks for the next result."""

    def run(self, work: BatchWork[Result], batches: int, stop: StopToken) -> Results[Result]:
        """Yield each batch's number and result; see ``Runner``."""
        for number in range(batches):
            if stop.given():
                return
            try:
                result = work(number, stop)
            except Stopped:
                return
            yield number, result
