"""How much of an answer's spread each uncertain number carries, from the worlds already drawn.

The first-order Sobol index S = Var(E[Y | X]) / Var(Y), estimated from given data by cutting X into classes of
equal weight (Plischke 2010, *Reliability Engineering & System Safety* 95; Plischke, Borgonovo & Smith 2013,
*European Journal of Operational Research* 226). What noise alone puts between class means is subtracted, so
that a number without influence scores zero on average; scores may then fall slightly below zero. Two numbers
together: the closed index of the pair on a grid of classes, less both first-order indices on the same
classes.

Nothing but ranks of X is used, so skewed ranges need no care; Y may be a truth (0 or 1). The interval is a
delete-one-group jackknife over the independent blocks of the design.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from quandary.base.arrays import Array, Mask
from quandary.quantities.summary import effective_number, size_of

Classes = NDArray[np.intp]

MOST_CLASSES = 24
"""Classes in which the answer's mean is read off."""
FINEST = 60
"""Classes in which an index is estimated: noise is taken out, so that they may be smaller."""
PAIR_CLASSES = 5
SCREENED = 20_000
"""Worlds at most on which pairs are screened."""
SURE = 1.6449
"""Half the width of a 90 % interval in standard errors."""
APART = 3.0
"""Standard errors that tell two indices apart, or one from a share."""
FEWEST_BLOCKS = 16
DOUBT = 0.05
"""In what share of runs a number without influence may be listed."""


@dataclass(frozen=True)
class Index:
    """A share of the answer's variance, with its 90 % interval (clipped to what a share can be at the ends only)."""

    value: float
    low: float
    high: float


class OrderedColumns(Mapping[str, Array]):
    """Columns that may know the order of their worlds already."""

    def order(self, name: str) -> Classes:
        """Return the worlds from a column's least to its most; of equal ones the first comes first."""
        return order_of(self[name])


class Columns(OrderedColumns):
    """Some worlds' part of columns that are drawn when they are asked for: never all of them at once."""

    def __init__(self, whole: Mapping[str, Array], kept: Mask | Classes) -> None:
        self._whole = whole
        self._kept = kept

    def __getitem__(self, name: str) -> Array:
        """Return the column in the kept worlds."""
        return self._whole[name][self._kept]

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._whole)

    def order(self, name: str) -> Classes:
        """Return the kept worlds, counted among themselves, in the order that all worlds have."""
        if self._kept.dtype != np.bool_ or not isinstance(self._whole, OrderedColumns):
            return super().order(name)
        order = self._whole.order(name)
        return np.asarray(self._places[order[self._kept[order]]], dtype=np.intp)

    @cached_property
    def _places(self) -> Classes:
        return np.asarray(np.cumsum(self._kept) - 1, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Sample:
    """Worlds to measure on: values and weights (W,), all defined and weighing, and the block (or group of blocks) each
    belongs to."""

    values: Array
    weights: Array
    block: Classes

    @property
    def effective(self) -> float:
        """Return the effective number of worlds."""
        return effective_number(self.weights)


def order_of(column: Array) -> Classes:
    """Return the worlds from a column's least to its most; of equal ones the first comes first."""
    order: Classes = np.argsort(column, kind="stable")
    return order


def classes_of(column: Array, weights: Array, count: int) -> Classes:
    """Return to which of ``count`` classes of equal weight each world belongs, by the column's order."""
    return classes_by(order_of(column), weights, count)


def classes_by(order: Classes, weights: Array, count: int) -> Classes:
    """Return what ``classes_of`` does, of worlds in a column's order."""
    middles = (np.cumsum(weights[order]) - weights[order] / 2) / weights.sum()
    found = np.empty(len(order), dtype=np.intp)
    found[order] = np.minimum((middles * count).astype(np.intp), count - 1)
    return found


def class_count(sample: Sample) -> int:
    """Return how many classes the effective number of worlds can fill."""
    return int(np.clip(np.sqrt(sample.effective) / 3, 4, MOST_CLASSES))


def index_classes(sample: Sample) -> int:
    """Return in how many classes an index is estimated, for so many effective worlds."""
    return int(np.clip(np.sqrt(sample.effective) / 2, 4, FINEST))


def first_order(columns: Mapping[str, Array], sample: Sample) -> dict[str, Index]:
    """Return every column's first-order index; empty where the answer does not vary."""
    if np.ptp(sample.values) == 0:
        return {}
    count = index_classes(sample)
    known = columns if isinstance(columns, OrderedColumns) else Columns(columns, np.ones(len(sample.values), np.bool_))
    parts = _parts(sample)
    return {
        name: jackknife(_shares(classes_by(known.order(name), sample.weights, count), count, parts, sample.block))
        for name in columns
    }


def together(first: Array, second: Array, sample: Sample) -> Index:
    """Return what two columns carry only together: the pair's closed index less both first-order indices."""
    ones, twos = (classes_of(column, sample.weights, PAIR_CLASSES) for column in (first, second))
    parts = [
        _leave_out(ones * PAIR_CLASSES + twos, PAIR_CLASSES**2, sample),
        _leave_out(ones, PAIR_CLASSES, sample),
        _leave_out(twos, PAIR_CLASSES, sample),
    ]
    return jackknife(parts[0] - parts[1] - parts[2])


def likely_pairs(columns: Mapping[str, Array], sample: Sample, most: int) -> list[tuple[str, str]]:
    """Return the pairs whose centred ranks, multiplied, go most with the answer: candidates for ``together``."""
    names = sorted(columns)
    if len(names) < 2 or np.ptp(sample.values) == 0:
        return []
    some = slice(None, None, -(-len(sample.values) // SCREENED))
    mass = sample.weights[some] / sample.weights[some].sum()
    values = sample.values[some]
    scores = np.stack([np.argsort(np.argsort(columns[name][some])) / len(mass) - 0.5 for name in names])
    scores -= (scores * mass).sum(axis=1, keepdims=True)
    joint = np.abs((scores * (mass * (values - (mass * values).sum()))) @ scores.T)
    upper = np.triu_indices(len(names), 1)
    best = np.argsort(-joint[upper], kind="stable")[:most]
    return [(names[upper[0][i]], names[upper[1][i]]) for i in best]


def class_means(classes: Classes, count: int, sample: Sample) -> Array:
    """Return the weighted mean of the answer in each class, NaN in an empty one."""
    mass = np.bincount(classes, sample.weights, count)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.bincount(classes, sample.weights * sample.values, count) / mass)


def _leave_out(classes: Classes, count: int, sample: Sample) -> Array:
    """Return the index on all worlds, then with each block left out in turn."""
    return _shares(classes, count, _parts(sample), sample.block)


def _parts(sample: Sample) -> tuple[Array, ...]:
    """Return what is summed up in each class: mass, the answer's first and second moment, squares of mass."""
    mean = np.average(sample.values, weights=sample.weights)
    centred = sample.values - mean
    centred = centred / size_of(centred)
    return sample.weights, sample.weights * centred, sample.weights * centred**2, sample.weights**2


def _shares(classes: Classes, count: int, parts: tuple[Array, ...], block: Classes) -> Array:
    return _share_between(*(leave_out_sums(classes, count, part, block) for part in parts))


def leave_out_sums(cells: Classes, count: int, factor: Array, block: Classes) -> Array:
    """Return the factor's sum in each cell on all worlds, then without each block, ``(cells, 1 + groups)``."""
    groups = int(block.max()) + 1
    part = np.bincount(cells * groups + block, factor, count * groups).reshape(count, groups)
    return np.asarray(part.sum(axis=1)[:, None] - np.concatenate([np.zeros((count, 1)), part], axis=1))


def _share_between(mass: Array, first: Array, second: Array, squares: Array) -> Array:
    """Return the share of variance between classes, noise taken out, for sums of shape (classes, variants)."""
    total = mass.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(mass > 0, first / mass, 0.0)
        inner = np.where(mass > 0, second / mass - mean**2, 0.0)
        effective = np.where(squares > 0, mass**2 / squares, 0.0)
    whole_mean = first.sum(axis=0) / total
    variance = second.sum(axis=0) / total - whole_mean**2
    share = mass / total
    between = (share * (mean - whole_mean) ** 2).sum(axis=0)
    noise = (share * inner / np.maximum(effective - 1.0, 1.0)).sum(axis=0)
    noise -= variance / np.maximum(total**2 / squares.sum(axis=0) - 1.0, 1.0)
    return np.asarray((between - noise) / np.maximum(variance, np.finfo(float).tiny))


def jackknife(values: Array) -> Index:
    """Return an index from its value on all worlds and with each block left out, ``(1 + groups,)``."""
    whole, left_out = float(values[0]), values[1:]
    groups = len(left_out)
    error = float(np.sqrt((groups - 1) / groups * ((left_out - left_out.mean()) ** 2).sum())) if groups > 1 else 1.0
    return Index(whole, max(whole - SURE * error, -1.0), min(whole + SURE * error, 1.0))


def leading(found: Mapping[str, Index]) -> list[str]:
    """Return the names from the most influential on, those above zero by more than chance makes any of so many.

    An index counts when it exceeds zero by so many of its standard errors that, of as many without influence, one such
    would be listed in ``DOUBT`` of all runs (Bonferroni; Student's t, as the error rests on 16 blocks or more).
    """
    if not found:
        return []
    sure = float(stdtrit(FEWEST_BLOCKS - 1, 1.0 - DOUBT / len(found))) / SURE
    above = (name for name, index in found.items() if index.value > sure * (index.value - index.low))
    return sorted((name for name in above if found[name].value > 0), key=lambda name: (-found[name].value, name))


def surely_above(index: Index, least: float) -> bool:
    """Return whether an index is above a share by ``APART`` standard errors."""
    return index.value - APART * _error(index) >= least


def in_order(found: Mapping[str, Index], order: Sequence[str]) -> list[str]:
    """Return names from the most influential on, those that noise does not tell apart in a given order.

    Indices are told apart that differ by ``APART`` standard errors of their difference. What is not told apart from the
    largest comes first, in order; then the same of what is left.
    """
    place = {name: number for number, name in enumerate(order)}
    left = sorted(found, key=lambda name: (-found[name].value, place[name]))
    ordered: list[str] = []
    while left:
        top = found[left[0]]
        alike = [
            name
            for name in left
            if top.value - found[name].value <= APART * float(np.hypot(_error(top), _error(found[name])))
        ]
        ordered += sorted(alike, key=place.__getitem__)
        left = [name for name in left if name not in alike]
    return ordered


def _error(index: Index) -> float:
    return (index.value - index.low) / SURE
