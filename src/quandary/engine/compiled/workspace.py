"""Where compiled code works on eight worlds: a workspace of arrays, and the same with a program as addresses."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array
from quandary.engine.compiled.compiling import inner
from quandary.engine.compiled.vectors import place
from quandary.engine.programs.program import LANES, Code, from_a_line

Whole = NDArray[np.int64]
Place = Any
"""The bare address of an array."""


class Workspace(NamedTuple):
    """Where eight worlds are worked on, every array in rows of eight.

    ``rows`` are the program's. ``smallest`` is the smallest probability of a pass, ``steep`` and ``odds`` are passing.
    ``state`` has a row of zeros before the n log-odds; ``scale``, ``precision`` (a row a player) and the ``image``.
    """

    rows: Array
    smallest: Array
    steep: Array
    odds: Array
    state: Array
    scale: Array
    precision: Array
    image: Array


class Addresses(NamedTuple):
    """A program and a workspace as addresses."""

    code: Place
    pointer: Place
    left: Place
    right: Place
    target: Place
    rows: Place
    smallest: Place
    steep: Place
    odds: Place
    state: Place
    scale: Place
    precision: Place
    image: Place


def rows_of(*counts: int) -> list[Array]:
    """Return arrays of so many rows of eight zeros each, that begin where a line of the cache does."""
    room = from_a_line(np.zeros((sum(counts) + 1) * LANES))
    ends = np.cumsum((0, *counts)) * LANES
    return [room[begin:end] for begin, end in pairwise(ends.tolist())]


def workspace_for(slots: int, widest: int, players: int, n: int) -> Workspace:
    """Return a workspace for programs of so many slots, options and players, and n log-odds."""
    workspace = Workspace(*rows_of(slots, 1, 1, 2 * widest + 2, n + 1, 1, players, n))
    workspace.smallest[:] = 1.0
    return workspace


@inner
def addresses_of(program: Code, workspace: Workspace) -> Addresses:
    """Return the addresses of a program and a workspace."""
    return Addresses(
        place(program[0]),
        place(program[1]),
        place(program[2]),
        place(program[3]),
        place(program[4]),
        place(workspace.rows),
        place(workspace.smallest),
        place(workspace.steep),
        place(workspace.odds),
        place(workspace.state),
        place(workspace.scale),
        place(workspace.precision),
        place(workspace.image),
    )
