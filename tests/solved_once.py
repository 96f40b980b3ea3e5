"""Where many commands are asked about one case, in the same worlds: each game of it is solved once for all of them."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from quandary.game import Diagram
from quandary.solve import Solution, solve


@contextmanager
def solved_once() -> Iterator[None]:
    """Have studies take the solution of a game that was solved before in the block; what is solved is frozen.

    They work in this process: what a forked one solves is lost with it.
    """
    solved: dict[bytes, Solution] = {}

    def once(diagram: Diagram, job: int | None = None) -> Solution:
        which = pickle.dumps((diagram, job))
        if which not in solved:
            solved[which] = solve(diagram, job=job)
        return solved[which]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("quandary.ask.games.playing.solve", once)
        patched.setattr("quandary.ask.games.perceived.solve", once)
        patched.setenv("QUANDARY_RUNNER", "thread")
        yield
