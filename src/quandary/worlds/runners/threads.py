"""Batches shared out among threads of this process."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from quandary.base.stopping import Stopped, StopToken
from quandary.worlds.runners.runner import LOOKED_EVERY, BatchWork, Result, Results


@dataclass(frozen=True)
class Threads:
    """Works on so many batches at a time, in as many threads."""

    workers: int

    def run(self, work: BatchWork[Result], batches: int, stop: StopToken) -> Results[Result]:
        """Yield each batch's number and result as they are done; see ``Runner``."""
        left: dict[Future[Result], int] = {}
        with ThreadPoolExecutor(max_workers=self.workers) as pool:
            try:
                for number in range(batches):
                    left[pool.submit(work, number, stop)] = number
                while left and not stop.given():
                    for future in wait(left, LOOKED_EVERY, FIRST_COMPLETED).done:
                        try:
                            result = future.result()
                        except Stopped:
                            return
                        yield left.pop(future), result
            finally:
                if left:
                    stop.give()
                    pool.shutdown(wait=True, cancel_futures=True)
