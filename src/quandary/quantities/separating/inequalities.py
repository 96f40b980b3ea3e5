"""What separates the worlds in which something is true from those in which it is not: a cut, or one inequality.

A *cut* splits the worlds at one value of one number. An *inequality* adds up one to three numbers, each on its own
scale, and splits the worlds where the sum passes a threshold. Both are judged on both sides: by the share of the
worlds where it is true that lie on the right side, and by that of the worlds where it is not. Guessing the commoner
answer everywhere is therefore worth nothing.

The direction of an inequality is that of Fisher's linear discriminant, refined by a logistic regression on weights
that make both sides count alike; its threshold evens out both sides. It is fitted on every second block of the design
and scored on the others, which had no part in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.quantities.influence import Sample
from quandary.quantities.summary import effective_number, mean_reach

LEAST_SIDE = 0.05
"""The share of the weight that either side needs at least."""

FEWEST = 50.0
"""Effective worlds that either side needs at least; half as many in each half of the blocks."""

MOST_TERMS = 3
"""Numbers in an inequality at most."""

SCREENED = 10
"""Numbers of which every pair and every three are tried."""

FITTED = 4
"""How many pairs, and how many threes, are fitted closely: those that tell the sides apart best."""

SIMPLER = 0.01
"""How much of a side one more number has to add."""

SPAN = (0.05, 0.5, 0.95)
"""The shares of worlds below the least, the middle and the most that a number is told at."""

STEPS = 8
RIDGE = 1e-3


@dataclass(frozen=True)
class Sides:
    """The shares of the weight sorted right: of the worlds where it is true (``holding``), and of the others."""

    holding: float
    failing: float

    @property
    def worse(self) -> float:
        """Return the smaller of both shares."""
        return min(self.holding, self.failing)


@dataclass(frozen=True)
class Cut:
    """One number's value that separates worlds: it is true ``above`` the threshold, or below it."""

    threshold: float
    above: bool
    sides: Sides


@dataclass(frozen=True)
class Inequality:
    """A sum of numbers on their own scales that separates worlds: it is true where the sum is ``above`` the threshold.

    ``terms`` are names with coefficients: the weightiest number first, its coefficient 1. ``sides`` were scored on
    blocks that had no part in the fit; ``fitted`` are those of the blocks that had. ``spans`` are, of each number, the
    value that 5 % of worlds lie below, its middle, and the value that 5 % lie above, on its own scale.
    """

    terms: tuple[tuple[str, float], ...]
    threshold: float
    above: bool
    sides: Sides
    fitted: Sides
    spans: tuple[tuple[float, float, float], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its numbers."""
        return tuple(name for name, _ in self.terms)


def has_both_sides(sample: Sample, fewest: float = FEWEST) -> bool:
    """Return whether enough worlds lie on either side: a share of the weight, and effective worlds."""
    truth = sample.values > 0.5
    share = float(sample.weights[truth].sum() / sample.weights.sum())
    counts = [effective_number(sample.weights[side]) if side.any() else 0.0 for side in (truth, ~truth)]
    return min(share, 1 - share) >= LEAST_SIDE and min(counts) >= fewest


def surely_has_both_sides(sample: Sample) -> bool | None:
    """Return ``has_both_sides``; ``None`` where other worlds might say otherwise.

    The share of the weight may then be off by ``mean_reach``, and a count n of effective worlds by three roots of n.
    """
    truth = sample.values > 0.5
    share = float(np.average(truth, weights=sample.weights))
    reach = mean_reach(truth.astype(np.float64), sample.weights, sample.block) or 0.0
    lesser = min(share, 1 - share)
    count = min(effective_number(sample.weights[side]) if side.any() else 0.0 for side in (truth, ~truth))
    off = 3.0 * np.sqrt(count)
    if lesser - reach >= LEAST_SIDE and count - off >= FEWEST:
        return True
    return None if lesser + reach >= LEAST_SIDE and count + off >= FEWEST else False


def halves(sample: Sample) -> tuple[Mask, Mask] | None:
    """Return which worlds to fit on and which to score on: every second block; ``None`` where either is too small."""
    blocks = np.unique(sample.block)
    fit = np.isin(sample.block, blocks[::2])
    for some in (fit, ~fit):
        if not some.any() or not has_both_sides(part_of(sample, some), FEWEST / 2):
            return None
    return fit, ~fit


def part_of(sample: Sample, kept: Mask) -> Sample:
    """Return some of the worlds of a sample."""
    return Sample(sample.values[kept], sample.weights[kept], sample.block[kept])


def best_cut(column: Array, sample: Sample) -> Cut:
    """Return the cut of a column, shape (W,), of which the worse side is best.

    A column that does not vary has one that sorts one side only.
    """
    order = np.argsort(column, kind="stable")
    values = column[order]
    true, false = (mass[order].cumsum() for mass in _masses(sample))
    between = np.flatnonzero(values[1:] > values[:-1])
    if not len(between):
        return Cut(float(values[0]), above=True, sides=Sides(0.0, 1.0))
    worse = np.stack([np.minimum(1 - true[between], false[between]), np.minimum(true[between], 1 - false[between])])
    which, at = np.unravel_index(int(worse.argmax()), worse.shape)
    above, last = bool(which == 0), int(between[at])
    below = Sides(float(true[last]), float(1 - false[last]))
    sides = Sides(1 - below.holding, 1 - below.failing) if above else below
    return Cut(float((values[last] + values[last + 1]) / 2), above, sides)


def reach_of_cut(cut: Cut, column: Array, sample: Sample) -> tuple[float, float]:
    """Return between which shares the worse side of a cut may lie over other worlds, each side off by ``mean_reach``.

    A side that is sorted fully is not off.
    """
    right = ((column > cut.threshold) == cut.above).astype(np.float64)
    truth = sample.values > 0.5
    ends = []
    for side, found, share in ((truth, right, cut.sides.holding), (~truth, 1 - right, cut.sides.failing)):
        reach = mean_reach(found[side], sample.weights[side], sample.block[side]) or 0.0
        ends.append((share - reach, share + reach))
    return min(low for low, _ in ends), min(high for _, high in ends)


def sides_of(right: Mask, sample: Sample) -> Sides:
    """Return both sides of a rule that says in each world whether it is true."""
    true, false = _masses(sample)
    return Sides(float(true[right].sum()), float(false[~right].sum()))


def likeliest(columns: Mapping[str, Array], sample: Sample, most: int) -> list[str]:
    """Return the names of the columns whose means lie furthest apart on the two sides, in standard deviations."""
    names, table = _table(columns, slice(None))
    apart = np.abs(_standard(table, sample)[1])
    return [names[i] for i in np.argsort(-apart, kind="stable")[:most] if apart[i] > 0]


def best_inequality(columns: Mapping[str, Array], sample: Sample) -> Inequality | None:
    """Return the inequality in one to three columns that separates best, columns (W,) each on its own scale.

    Of inequalities about as good the one with fewest numbers. ``None`` where too few worlds lie on either side, or all
    of them in one block.
    """
    parts = halves(sample)
    if parts is None or not columns:
        return None
    fit, score = parts
    fitting = part_of(sample, fit)
    names, table = _table(columns, fit)
    best: list[tuple[float, tuple[int, ...], Array, Cut]] = []
    for candidates in _candidates(table, fitting):
        tried = [_fitted(table[list(subset)], fitting) for subset in candidates]
        found = max(range(len(tried)), key=lambda i: tried[i][1].sides.worse)
        direction, cut = tried[found]
        best.append((cut.sides.worse, candidates[found], direction, cut))
    if not best:
        return None
    enough = max(one[0] for one in best) - SIMPLER
    _, subset, direction, cut = next(one for one in best if one[0] >= enough)
    return _scored(columns, [names[i] for i in subset], (direction, cut), (sample, score))


def inequality_value(inequality: Inequality, columns: Mapping[str, Array]) -> Array:
    """Return the inequality's sum in every world of the columns."""
    return np.asarray(sum(weight * columns[name] for name, weight in inequality.terms))


def _scored(
    columns: Mapping[str, Array], names: Sequence[str], fitted: tuple[Array, Cut], held: tuple[Sample, Mask]
) -> Inequality:
    """Return a fitted direction as an inequality, its weightiest number first, with its sides in worlds held out."""
    (direction, cut), (sample, score) = fitted, held
    spread = [float(np.std(columns[name])) * abs(weight) for name, weight in zip(names, direction, strict=True)]
    order = sorted(range(len(names)), key=lambda i: (-spread[i], names[i]))
    lead = float(direction[order[0]])
    terms = tuple((names[i], float(direction[i]) / lead) for i in order)
    above = cut.above == (lead > 0)
    found = Inequality(terms, cut.threshold / lead, above, cut.sides, cut.sides)
    value = inequality_value(found, {name: columns[name][score] for name in names})
    right = value > found.threshold if above else value < found.threshold
    low, middle, high = (np.quantile([columns[name] for name, _ in terms], at, axis=1).tolist() for at in SPAN)
    spans = tuple(zip(low, middle, high, strict=True))
    return Inequality(terms, found.threshold, above, sides_of(right, part_of(sample, score)), cut.sides, spans)


def _candidates(table: Array, sample: Sample) -> Iterator[list[tuple[int, ...]]]:
    """Yield the most telling single columns, then pairs, then threes, by how far apart their means lie (Mahalanobis).

    Tried are those of the columns that tell most alone, and that tell most beside all others.
    """
    scaled, apart = _standard(table, sample)
    true, false = _masses(sample)
    weights = (true + false) / 2
    truth = sample.values > 0.5
    centred = scaled - np.where(truth, (scaled * true).sum(1)[:, None], (scaled * false).sum(1)[:, None])
    within = (centred * weights) @ centred.T + RIDGE * np.eye(len(scaled))
    beside = np.abs(np.linalg.solve(within, apart))
    some = dict.fromkeys(int(i) for i in np.argsort(-np.abs(apart), kind="stable")[: SCREENED // 2])
    some |= dict.fromkeys(int(i) for i in np.argsort(-beside, kind="stable")[:SCREENED])
    chosen = [i for i in some if np.ptp(table[i]) > 0][:SCREENED]
    for size in range(1, min(MOST_TERMS, len(chosen)) + 1):
        subsets = np.array(list(combinations(chosen, size)))
        inner = within[subsets[:, :, None], subsets[:, None, :]]
        towards = apart[subsets]
        distance = (towards * np.linalg.solve(inner, towards[..., None])[..., 0]).sum(axis=1)
        best = np.argsort(-distance, kind="stable")[:FITTED]
        yield [tuple(int(i) for i in subsets[row]) for row in best]


def _fitted(rows: Array, sample: Sample) -> tuple[Array, Cut]:
    """Return the direction over a few columns, shape (terms, W), that separates best, with its cut."""
    true, false = _masses(sample)
    weights = (true + false) / 2
    centre = (rows * weights).sum(axis=1, keepdims=True)
    spread = np.sqrt(((rows - centre) ** 2 * weights).sum(axis=1, keepdims=True))
    scaled = (rows - centre) / spread
    truth = sample.values > 0.5
    means = [(scaled * side).sum(axis=1) for side in (true, false)]
    apart = scaled - np.where(truth, means[0][:, None], means[1][:, None])
    within = (apart * weights) @ apart.T + RIDGE * np.eye(len(rows))
    discriminant = np.linalg.solve(within, means[0] - means[1])
    tried = [discriminant] if len(rows) == 1 else [discriminant, _logistic(scaled, truth, weights)]
    cuts = [best_cut(direction @ scaled, sample) for direction in tried]
    best = max(range(len(tried)), key=lambda i: cuts[i].sides.worse)
    direction = tried[best] / spread[:, 0]
    cut = cuts[best]
    return direction, Cut(cut.threshold + float(direction @ centre[:, 0]), cut.above, cut.sides)


def _logistic(scaled: Array, truth: Mask, weights: Array) -> Array:
    """Return the direction of a logistic regression with a small penalty, by iterated least squares."""
    rows = np.concatenate([scaled, np.ones((1, scaled.shape[1]))])
    penalty = RIDGE * np.eye(len(rows))
    found = np.zeros(len(rows))
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(found @ rows, -30, 30)))
        slope = rows @ (weights * (truth - chance)) - penalty @ found
        bend = (rows * (weights * chance * (1 - chance))) @ rows.T + penalty
        step = np.linalg.solve(bend, slope)
        found = found + step
        if np.abs(step).max() < 1e-6:
            break
    return np.asarray(found[:-1])


def _masses(sample: Sample) -> tuple[Array, Array]:
    """Return the weights of the worlds where it is true and of the others, each side summing to one."""
    truth = sample.values > 0.5
    sides = [np.where(side, sample.weights, 0.0) for side in (truth, ~truth)]
    true, false = (side / max(float(side.sum()), np.finfo(float).tiny) for side in sides)
    return true, false


def _standard(table: Array, sample: Sample) -> tuple[Array, Array]:
    """Return columns with mean 0 and deviation 1 where both sides count alike, and how far their means lie apart."""
    true, false = _masses(sample)
    weights = (true + false) / 2
    centred = table - (table * weights).sum(axis=1, keepdims=True)
    spread = np.sqrt((centred**2 * weights).sum(axis=1, keepdims=True))
    scaled = centred / np.where(spread > 0, spread, 1.0)
    return scaled, np.asarray((scaled * (true - false)).sum(axis=1))


def _table(columns: Mapping[str, Array], kept: Mask | slice) -> tuple[list[str], Array]:
    names = sorted(columns)
    return names, np.stack([np.asarray(columns[name], dtype=np.float64)[kept] for name in names])
