"""How much of an answer's whole distribution, not of its mean only, each uncertain number settles.

The Cramér-von Mises index of Gamboa, Klein & Lagnoux (2018, *SIAM/ASA Journal on Uncertainty Quantification* 6(2)):
the variance of P(Y <= t | X), averaged over t drawn as the answer Y is, as a share of that of the indicator of Y <= t.
It is the first-order Sobol index of these indicators, averaged. It is 0 only where Y and X are independent and 1 only
where X alone settles Y (Chatterjee 2021, *Journal of the American Statistical Association* 116, whose correlation
estimates it by ranks). So it sees numbers that widen the answer, or matter only together with others, and leave its
mean where it is. It does not change when the answer is measured on another scale. Of a truth it is the first-order
index.

Estimated as that is (``influence.py``): from classes of X of equal weight, with what noise alone puts between classes
taken out, so that it is zero on average for a number without influence.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from quandary.base.arrays import Array
from quandary.quantities.influence import Classes, Index, Sample, classes_of, index_classes, jackknife, leave_out_sums

MOST_EDGES = 32
"""Values t at which distributions are compared."""


def dependence(columns: Mapping[str, Array], sample: Sample) -> dict[str, Index]:
    """Return every column's index with its 90 % interval; empty where the answer does not vary."""
    if np.ptp(sample.values) == 0:
        return {}
    count, answers = index_classes(sample), answer_classes(sample)
    return {
        name: jackknife(_leave_out(classes_of(column, sample.weights, count), count, answers, sample))
        for name, column in columns.items()
    }


def answer_classes(sample: Sample) -> Classes:
    """Return in which class of the answer each world lies: of about equal weight, like answers together."""
    edges = np.unique(sample.values)
    if len(edges) > MOST_EDGES:
        order = np.argsort(sample.values, kind="stable")
        reached = np.cumsum(sample.weights[order]) / sample.weights.sum()
        at = np.searchsorted(reached, np.arange(1, MOST_EDGES + 1) / MOST_EDGES)
        edges = np.unique(sample.values[order][np.minimum(at, len(order) - 1)])
    return np.asarray(np.searchsorted(edges, sample.values), dtype=np.intp)


def _leave_out(classes: Classes, count: int, answers: Classes, sample: Sample) -> Array:
    """Return the index on all worlds, then with each block left out in turn."""
    kinds = int(answers.max()) + 1
    cells = classes * kinds + answers
    inside = leave_out_sums(cells, count * kinds, sample.weights, sample.block)
    inside = inside.reshape(count, kinds, -1)
    squares = leave_out_sums(classes, count, sample.weights**2, sample.block)
    below, mass = inside.cumsum(axis=1), inside.sum(axis=1)
    total = mass.sum(axis=0)
    whole, taken = below.sum(axis=0) / total, inside.sum(axis=0) / total
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = np.where(mass[:, None] > 0, below / mass[:, None], 0.0)
        effective = np.where(squares > 0, mass**2 / squares, 0.0)
    share = mass / total
    variance = whole * (1.0 - whole)
    between = (share[:, None] * (chance - whole) ** 2).sum(axis=0)
    noise = (share[:, None] * chance * (1.0 - chance) / np.maximum(effective - 1.0, 1.0)[:, None]).sum(axis=0)
    noise -= variance / np.maximum(total**2 / squares.sum(axis=0) - 1.0, 1.0)
    spread = (taken * variance).sum(axis=0)
    return np.asarray((taken * (between - noise)).sum(axis=0) / np.maximum(spread, np.finfo(float).tiny))
