"""A pass over a diagram's decisions as one flat program: rows of numbers, and what each row is computed from.

A row holds one entry of one table in a few worlds. Entries that are zero by chance or by what is barred, and entries
that nothing asked for depends on, have no row. The program is made once per structure and pattern of zeros;
``writing`` writes it, ``kernel`` runs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.engine.expressions import Book, ExpressionNode

Rows = NDArray[np.intp]
List = NDArray[np.uint32]
Code = tuple[NDArray[np.int64], List, List, List, List]
"""A program's lines, pointers, left and right operands and targets.

A line ends with the number of operands of each of its rows (0: they differ). Operands and targets are places among
numbers in rows of ``LANES``: a slot's number times ``LANES``.
"""

LANES = 8
"""So many worlds are worked on side by side."""

LINE = 64
"""Bytes of a line of the cache: eight numbers."""


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
    ``usual`` is the node of what is usual (``None``: all even), ``shares`` its row for each set and option.
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
    usual: int | None
    shares: Rows


@dataclass(frozen=True, eq=False)
class Program:
    """``constants`` are (node, its rows) loaded into the first slots; ``exports`` the slots of policies (a row of
    zeros for what is barred), or nothing where the program leaves out a set that can be played.

    The first ``lead`` lines of ``code`` depend on the scale only, not on the state.
    """

    constants: tuple[tuple[int, Rows], ...]
    slots: int
    code: NDArray[np.int64]
    lead: int
    pointer: NDArray[np.uint32]
    left: NDArray[np.uint32]
    right: NDArray[np.uint32]
    target: NDArray[np.uint32]
    exports: NDArray[np.int64]

    @property
    def loaded(self) -> int:
        """Return the number of constant rows."""
        return sum(len(rows) for _, rows in self.constants)

    @cached_property
    def compiled(self) -> Code:
        """Return the program as the kernel takes it."""
        counts = np.diff(self.pointer)
        each = [_common(counts[first:last]) for _, first, last, _ in self.code.tolist()]
        code = np.column_stack([self.code, np.array(each, dtype=np.int64)])
        left, right, target = (LANES * slots for slots in (self.left, self.right, self.target))
        return code, self.pointer, left, right, target

    @cached_property
    def front_heavy(self) -> bool:
        """Return whether the lead lines cost more than the others."""
        operands = [int(self.pointer[end]) - int(self.pointer[begin]) for _, begin, end, _ in self.code]
        return sum(operands[: self.lead]) > sum(operands[self.lead :])


def _common(counts: NDArray[np.uint32]) -> int:
    """Return the number that all counts are, 0 where they differ."""
    return int(counts[0]) if len(counts) and (counts == counts[0]).all() else 0


def lead_first(
    code: NDArray[np.int64],
    pointer: NDArray[np.uint32],
    left: NDArray[np.uint32],
    right: NDArray[np.uint32],
    target: NDArray[np.uint32],
) -> tuple[NDArray[np.int64], int]:
    """Return a program's lines, those first that no log-odds of the state bear upon, and the number of these.

    What is written by more than one line is no lead, so that the lines keep their order.
    """
    moved = np.zeros(max((int(a.max(initial=0)) for a in (left, right, target)), default=0) + 1, dtype=np.bool_)
    lead, rest, once = [], [], moved.copy()
    for line in code.tolist():
        written = _written(line, pointer, right, target)
        moved[written] |= once[written]
        once[written] = True
    for line in code.tolist():
        do, first, last, _ = line
        items = slice(int(pointer[first]), int(pointer[last]))
        read = [] if do == Do.CHOOSE else [left[items]] if do in (Do.ADD, Do.RESPOND) else [left[items], right[items]]
        written = _written(line, pointer, right, target)
        follows = do == Do.PACK or (do == Do.CHOOSE and bool(left[items].any()))
        if follows or any(moved[slots].any() for slots in (*read, written)):
            rest.append(line)
            moved[written] = True
        else:
            lead.append(line)
    return np.array([*lead, *rest], dtype=np.int64).reshape(-1, 4), len(lead)


def _written(line: list[int], pointer: List, right: List, target: List) -> List:
    """Return the slots that a line writes; a line that packs writes none."""
    do, first, last, _ = line
    if do == Do.PACK:
        return target[:0]
    return right[int(pointer[first]) : int(pointer[last])] if do in (Do.CHOOSE, Do.RESPOND) else target[first:last]


def from_a_line(room: Array) -> Array:
    """Return a flat array from the first number on that begins a line of the cache; up to seven are left out."""
    return room[-room.ctypes.data % LINE // room.itemsize :]


def rows_over(book: Book, node: ExpressionNode, axes: tuple[str, ...], shape: tuple[int, ...]) -> Rows:
    """Return the node's flat entry for every combination of ``axes`` (in that order), flat."""
    own = np.arange(node.size, dtype=np.intp).reshape([book.cardinality[a] for a in node.axes])
    order = [node.axes.index(a) for a in axes if a in node.axes]
    moved = np.transpose(own, order).reshape([book.cardinality[a] if a in node.axes else 1 for a in axes])
    return np.ascontiguousarray(np.broadcast_to(moved, shape)).ravel()
