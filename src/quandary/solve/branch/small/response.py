"""The logit response of one small game in one world on its leaves (``trees.leaf_form``), with exact derivatives."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array
from quandary.game.protocol import LeafForm, Profile

DEEP = -600.0
"""Below this logarithm of a leaf's probability each row's sums are taken relative to its likeliest leaf."""


class Response:
    """The logit response on log-odds at scale one, as in ``sweep``, of every set at once; one option keeps zero.

    That is the first of each set until ``measured_anew`` chooses the likeliest.
    """

    def __init__(self, form: LeafForm) -> None:
        self.form = form
        self.rows = len(form.set_of)
        self._base = form.starts[form.set_of]
        self._below = np.ascontiguousarray(form.paths.T)
        self.steepness = float((np.abs(form.gains).max(axis=1) * form.precision).max())

    def measured_anew(self, odds: Array) -> NDArray[np.intp]:
        """Measure by each set's likeliest option from now on; return the row of that option for every row."""
        form = self.form
        best = np.maximum.reduceat(odds, form.starts).take(form.set_of)
        places = np.where(odds == best, np.arange(self.rows), self.rows)
        self._base = np.minimum.reduceat(places, form.starts).take(form.set_of)
        return self._base

    def choice(self, odds: Array, t: float) -> tuple[Array, Array]:
        """Return every move's probability and its logarithm."""
        starts, set_of = self.form.starts, self.form.set_of
        values = odds * t
        if self.form.usual is not None:
            values += self.form.usual
        values -= np.maximum.reduceat(values, starts).take(set_of)
        chosen = np.exp(values)
        total = np.add.reduceat(chosen, starts).take(set_of)
        chosen /= total
        values -= np.log(total)
        return chosen, values

    def image(self, odds: Array, t: float) -> Array:
        """Return the log-odds at scale one that answer ``odds`` at scale ``t``."""
        return self._answer(odds, t)[0]

    def linearised(self, odds: Array, t: float) -> tuple[Array, Array, Array]:
        """Return the image, its derivative by the odds ``(rows, rows)`` and its derivative by t."""
        form = self.form
        image, chosen, weight, total, values = self._answer(odds, t)
        slopes = (form.gains - values[:, None] * self._below) * weight @ form.paths
        slopes /= total[:, None]
        slopes -= slopes.take(self._base, axis=0)
        slopes *= form.precision[:, None]
        by_t = slopes @ (odds - np.add.reduceat(chosen * odds, form.starts).take(form.set_of))
        slopes -= np.add.reduceat(slopes, form.starts, axis=1).take(form.set_of, axis=1) * chosen
        slopes *= t
        return image, slopes, by_t

    def profile(self, odds: Array) -> Profile:
        """Return the profile that the odds mean at scale one."""
        chosen, _ = self.choice(odds, 1.0)
        return [chosen[r : r + sets * n].reshape(sets, n, 1) for r, sets, n in self.form.shapes]

    def _answer(self, odds: Array, t: float) -> tuple[Array, Array, Array, Array, Array]:
        """Return image, choice, leaves' weights (by row where deep), their sums and action values by row."""
        form = self.form
        chosen, logs = self.choice(odds, t)
        likely = form.paths @ logs
        likely += form.chance
        if likely.min() > DEEP:
            weight = np.exp(likely)
            total = self._below @ weight
            values = form.gains @ weight
        else:
            weight = self._relative(likely, logs)
            total = weight.sum(axis=1)
            values = (form.gains * weight).sum(axis=1)
        values /= total
        return form.precision * (values - values.take(self._base)), chosen, weight, total, values

    def _relative(self, likely: Array, logs: Array) -> Array:
        """Return for each row the weights of the leaves below it against the likeliest of them.

        Logarithms are summed as whole numbers, without rounding, and their rests: what all leaves below a row have in
        common, as its own improbability, then cancels exactly.
        """
        whole = np.rint(logs)
        rest = self.form.paths @ (logs - whole)
        rest += self.form.chance
        whole = self.form.paths @ whole
        top = np.where(self._below > 0.0, likely, -np.inf).argmax(axis=1)
        apart = whole - whole.take(top)[:, None] + (rest - rest.take(top)[:, None])
        return np.exp(np.where(self._below > 0.0, apart, -np.inf))
