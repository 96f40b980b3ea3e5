"""A table: a float64 array with named axes, one per variable, worlds last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array


@dataclass(frozen=True, eq=False)
class Table:
    """Numbers over the states of some variables, in all worlds at once.

    ``axes`` names the variables; ``values`` has shape ``(*cardinalities, W)`` or ``(*cardinalities, 1)`` when
    the table is the same in every world.
    """

    axes: tuple[str, ...]
    values: Array

    def __post_init__(self) -> None:
        if self.values.ndim != len(self.axes) + 1:
            raise ValueError(f"table over {self.axes} has {self.values.ndim} dimensions")

    @property
    def worlds(self) -> int:
        """Return the length of the last axis (1 when the table does not vary)."""
        return int(self.values.shape[-1])

    def over(self, axes: tuple[str, ...]) -> Array:
        """Return a view with ``axes`` in that order, length one where this table has no such axis.

        ``axes`` must name every axis of the table. The worlds axis stays last.
        """
        missing = set(self.axes) - set(axes)
        if missing:
            raise ValueError(f"axes {sorted(missing)} are not in {axes}")
        order = [self.axes.index(a) for a in axes if a in self.axes]
        moved = np.transpose(self.values, [*order, self.values.ndim - 1])
        shape = [self.values.shape[self.axes.index(a)] if a in self.axes else 1 for a in axes]
        return moved.reshape(*shape, self.values.shape[-1])

    def take_worlds(self, index: NDArray[np.intp] | slice) -> Table:
        """Return the table in the named worlds only; a table that does not vary is returned as it is."""
        return self if self.worlds == 1 else Table(self.axes, values_in(self.values, index))


def values_in(values: Array, index: NDArray[np.intp] | slice) -> Array:
    """Return the values in the named worlds, which lie next to each other in memory; as they are if all are the same.

    Indexing by an array would put the worlds last in name only, and every pass over them would be several times slower.
    """
    if values.shape[-1] == 1:
        return values
    return values[..., index] if isinstance(index, slice) else np.take(values, index, axis=-1)
