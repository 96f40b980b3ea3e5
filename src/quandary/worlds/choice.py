"""Which runner takes a job."""

from __future__ import annotations

from quandary.base.environment import RUNNER, setting
from quandary.base.isolation import can_fork
from quandary.worlds.runners.fork import Forks
from quandary.worlds.runners.runner import Runner
from quandary.worlds.runners.spawn import Spawned
from quandary.worlds.runners.thread import ThisThread
from quandary.worlds.runners.threads import Threads


def chosen() -> str:
    """Return the runner that the environment chooses: ``fork`` unless it says otherwise. Raises ``Refusal`` (Q820)."""
    return setting(RUNNER) or "fork"


def runner_for(batches: int, workers: int, *, heavy: bool) -> tuple[Runner, bool]:
    """Return who works on so many batches, and whether that is in other processes.

    Processes work where the job is ``heavy`` enough to pay for them, forked ones only where that is safe; else threads
    do, and this thread alone where there is nothing to share out.
    """
    name = chosen()
    if name == "thread" or min(batches, workers) <= 1:
        return ThisThread(), False
    if name == "fork" and heavy and can_fork():
        return Forks(workers), True
    if name == "spawn" and heavy:
        return Spawned(workers), True
    return Threads(workers), False
