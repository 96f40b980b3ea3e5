"""A pass over a diagram's decisions as one flat program: rows of numbers, and what each row is computed from.

A row holds one entry of one table in a few worlds. Entries that are zero by chance or by what is barred, and entries
that nothing asked for depends on, have no row. The program is made once per structure and pattern of zeros;
``writing`` writes it, ``kernel`` runs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from quandary.engine.expressions import Book, Node
from quandary.game.table import Mask

Rows = NDArray[np.intp]


class Do(IntEnum):
    """What an instruction does with each of its rows (``l`` and ``r`` are the two lists of operands)."""

    MULTIPLY = 0
    """row = sum of l * r."""
    ADD = 1
    """row = sum of l."""
    DIVIDE = 2
    """row = l / r."""
    RESPOND = 3
    """Rows r = logit rule of the values l, one set of options after the other."""
    CHOOSE = 4
    """Rows r = logit rule of the log-odds l of the state (none: zero)."""
    PACK = 5
    """Log-odds of the state = (l - r) times the precision."""


@dataclass(frozen=True)
class Point:
    """A decision point as a program needs it.

    ``values`` is the row of its value node for each set and option (``None``: zero everywhere), ``sets`` and
    ``options`` with ``first`` say where the log-odds of a carrier stand, ``start`` where they begin in the state.
    """

    node: int | None
    policy: int
    allowed: Mask
    values: Rows
    player: int
    sets: Rows
    options: Rows
    first: Rows
    start: int


@dataclass(frozen=True, eq=False)
class Program:
    """``constants`` are (node, its rows) loaded into the first slots; ``exports`` the slots of policies, -1 for 0."""

    constants: tuple[tuple[int, Rows], ...]
    slots: int
    code: NDArray[np.int64]
    pointer: NDArray[np.uint32]
    left: NDArray[np.uint32]
    right: NDArray[np.uint32]
    target: NDArray[np.uint32]
    exports: NDArray[np.int64]

    @property
    def loaded(self) -> int:
        """Return the number of constant rows."""
        return sum(len(rows) for _, rows in self.constants)


def rows_over(book: Book, node: Node, axes: tuple[str, ...], shape: tuple[int, ...]) -> Rows:
    """Return the node's flat entry for every combination of ``axes`` (in that order), flat."""
    own = np.arange(node.size, dtype=np.intp).reshape([book.cardinality[a] for a in node.axes])
    order = [node.axes.index(a) for a in axes if a in node.axes]
    moved = np.transpose(own, order).reshape([book.cardinality[a] if a in node.axes else 1 for a in axes])
    return np.ascontiguousarray(np.broadcast_to(moved, shape)).ravel()
