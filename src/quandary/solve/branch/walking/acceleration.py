"""Anderson acceleration of a fixed-point iteration, in every world separately and in all worlds at once.

Anderson (1965), *Journal of the ACM* 12; in the form of Walker & Ni (2011), *SIAM Journal on Numerical Analysis* 49.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.solve.branch.rules import RIDGE


class Anderson:
    """Proposes the next iterate from the last few; ``depth`` earlier steps are remembered in each world."""

    def __init__(self, size: int, worlds: int, depth: int) -> None:
        self.depth = min(depth, size)
        self._steps = np.zeros((self.depth, size, worlds))
        self._images = np.zeros((self.depth, size, worlds))
        self._valid = np.zeros((self.depth, worlds))
        self._last: tuple[Array, Array] | None = None
        self._slot = 0
        self._diagonal = np.eye(self.depth)

    def forget(self, worlds: Mask) -> None:
        """Drop what is remembered in the marked worlds: their map has changed."""
        self._valid[:, worlds] = 0.0

    def keep(self, worlds: NDArray[np.intp]) -> None:
        """Go on in these worlds only."""
        self._steps, self._images = self._steps[:, :, worlds], self._images[:, :, worlds]
        self._valid = self._valid[:, worlds]
        if self._last is not None:
            self._last = (self._last[0][:, worlds], self._last[1][:, worlds])

    def propose(self, state: Array, image: Array, fresh: Mask) -> Array:
        """Return the next iterate after ``image`` was found at ``state``; ``fresh`` marks worlds on a new problem."""
        gap = image - state
        if self._last is not None and self.depth:
            before_gap, before_image = self._last
            self._steps[self._slot] = gap - before_gap
            self._images[self._slot] = image - before_image
            self._valid[self._slot] = np.where(fresh, 0.0, 1.0)
            self._slot = (self._slot + 1) % self.depth
        self._last = (gap, image)
        if not self._valid.any():
            return image
        steps = self._steps * self._valid[:, None, :]
        matrix = np.einsum("inw,jnw->wij", steps, steps)
        target = np.einsum("inw,nw->wi", steps, gap)
        size = np.einsum("wii->w", matrix)
        ridge = np.where(size > 0.0, RIDGE * size, 1.0)
        unused = (1.0 - self._valid) * np.maximum(size, 1.0)
        matrix += self._diagonal * (ridge + unused).T[:, :, None]
        weights = np.linalg.solve(matrix, target[:, :, None])[:, :, 0]
        proposal: Array = image - np.einsum("wi,inw->nw", weights * self._valid.T, self._images)
        return proposal
