"""What a runner is."""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol, TypeVar

from quandary.base.stopping import StopToken

Result_co = TypeVar("Result_co", covariant=True)
Result = TypeVar("Result")

Results = Generator[tuple[int, Result], None, None]
"""The number of each batch and what came of it, as they are done."""

LOOKED_EVERY = 0.2
"""Seconds between two looks at the token while no worker has anything to say."""


class BatchWork(Protocol[Result_co]):
    """What is done for one batch, by its number; it raises ``Stopped`` where it sees the token given.

    It can be sent to another process, and it may be called by several threads at once.
    """

    def __call__(self, number: int, stop: StopToken, /) -> Result_co:
        """Return what comes of one batch."""


class Runner(Protocol):
    """Works on the batches of a job. Results are the same to the last bit whichever it is; only their order differs."""

    def run(self, work: BatchWork[Result], batches: int, stop: StopToken) -> Results[Result]:
        """Yield each batch's number and result as they are done; fewer where ``stop`` is given.

        A fault of the work is raised as itself. Whoever closes the generator early ends the work.
        """
