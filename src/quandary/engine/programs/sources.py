"""Where compiled code finds the numbers that a program loads: in the game's own tables, which are not copied."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array
from quandary.engine.programs.program import Rows

WORD = 8
"""Bytes of a number."""


class Sources(NamedTuple):
    """For each row that a program loads the address of its number in the first of ``worlds``.

    ``steps`` is 1 where the next world's number follows, 0 where one number serves all worlds. Whoever holds sources
    holds the arrays too, which ``sources_of`` returns beside them.
    """

    addresses: NDArray[np.int64]
    steps: NDArray[np.int64]
    worlds: int

    def part(self, first: int, last: int) -> Sources:
        """Return the sources of some worlds that follow each other."""
        return Sources(self.addresses + WORD * first * self.steps, self.steps, last - first)


def sources_of(tables: Iterable[tuple[Array, Rows]], worlds: int) -> tuple[Sources, list[Array]]:
    """Return where the named flat entries of tables ``(..., worlds or 1)`` stand, and the arrays to be kept alive.

    Tables stay where they are, views included, unless their worlds are not next to each other in memory.
    """
    addresses, steps, held = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)], []
    for values, rows in tables:
        varies = values.shape[-1] > 1
        own = np.ascontiguousarray(values) if varies and values.strides[-1] != values.itemsize else values
        held.append(own)
        offsets = np.zeros(len(rows), dtype=np.int64)
        for place, stride in zip(np.unravel_index(rows, own.shape[:-1]), own.strides[:-1], strict=True):
            offsets += place * stride
        addresses.append(offsets + own.__array_interface__["data"][0])
        steps.append(np.full(len(rows), int(varies), dtype=np.int64))
    return Sources(np.concatenate(addresses), np.concatenate(steps), worlds), held
