"""Boxes: ranges of a few numbers in which something is nearly always true (the patient rule induction method).

A box begins with all worlds. One end of one number's range is cut off after the other, a twentieth of the worlds left
in the box each time: the end whose loss leaves the largest share of the worlds true (Friedman & Fisher 1999,
*Statistics and Computing* 9). Of the boxes on the way the largest counts that is dense enough; numbers that it does
not need are freed again, and what it covers is taken out before the next box is looked for (Bryant & Lempert 2010).

Boxes are found on every second block of the design; their coverage and density are those in the other blocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.quantities.influence import Columns, Sample, likely_pairs
from quandary.quantities.separating.inequalities import halves, likeliest, part_of
from quandary.quantities.summary import weighted_quantiles

PEELED = 0.05
"""The share of a box's worlds cut off at a time."""

DENSE = 0.85
"""How often it has to be true in a box."""

LEAST_COVERED = 0.1
"""The share of all worlds where it is true that a box has to cover."""

FREED = 0.005
"""How much worse a box may become for one end less."""

PEELED_WORLDS = 2_000
"""Worlds peeled at most; the ends of the boxes are then put where they are best in all."""

SWEEPS = 2
"""How often each end of a box is put where it is best."""

MOST_BOXES = 3
MOST_SIDES = 3
"""Numbers that a box bounds at most."""

ALONE = 6
PAIRS = 3
"""How many numbers, and how many pairs of them, are looked at: those that go most with it."""


End = tuple[str, int]
"""A number, and 0 for the lower end of its range, 1 for the upper."""


@dataclass(frozen=True)
class Bound:
    """The range of one number in a box; ``None`` is an end that is left open."""

    name: str
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Box:
    """Ranges of a few numbers in which something is nearly always so.

    ``coverage`` is the share of the worlds where it is so that lie in the box, ``density`` the share of the box's
    worlds where it is so; both in blocks that had no part in finding it.
    """

    bounds: tuple[Bound, ...]
    coverage: float
    density: float


@dataclass(frozen=True)
class Boxes:
    """A few boxes for the worlds where something is true (``outcome``), or where it is not.

    ``covered`` is the share of those worlds that lie in some box, ``density`` how often it is so in any of them.
    ``outside`` is the share of the other worlds that lie in none.
    """

    outcome: bool
    boxes: tuple[Box, ...]
    covered: float
    density: float
    outside: float


@dataclass(frozen=True, eq=False)
class _Left:
    """Worlds to find a box in: those ``left`` of a sample, of which so much weight is true over the ``whole`` of it."""

    sample: Sample
    left: Mask
    whole: float


def find_boxes(columns: Mapping[str, Array], sample: Sample, outcome: bool) -> Boxes | None:
    """Return boxes for the worlds where ``sample`` is true, or not; ``None`` where none is dense enough.

    Columns are of shape (W,); bounds are values of theirs.
    """
    parts = halves(sample)
    if parts is None or not columns:
        return None
    fit, score = parts
    truth = ((sample.values > 0.5) == outcome).astype(np.float64)
    wanted = Sample(truth, sample.weights, sample.block)
    fitting = part_of(wanted, fit)
    some = {name: columns[name][fit] for name in columns}
    names = dict.fromkeys(likeliest(some, fitting, ALONE))
    names |= dict.fromkeys(name for pair in likely_pairs(some, fitting, PAIRS) for name in pair)
    some = {name: some[name] for name in names}
    found: list[tuple[Bound, ...]] = []
    left = np.ones(len(fitting.values), dtype=np.bool_)
    whole = float((fitting.weights * fitting.values).sum())
    while len(found) < MOST_BOXES:
        bounds = _box(some, _Left(fitting, left, whole))
        if not bounds:
            break
        found.append(bounds)
        left = left & ~inside(bounds, some)
    held = {name: columns[name][score] for name in names}
    return _scored(outcome, found, held, part_of(wanted, score))


def inside(bounds: Sequence[Bound], columns: Mapping[str, Array]) -> Mask:
    """Return which worlds lie in a box."""
    within = np.ones(len(next(iter(columns.values()))), dtype=np.bool_)
    for bound in bounds:
        column = columns[bound.name]
        if bound.low is not None:
            within &= column > bound.low
        if bound.high is not None:
            within &= column < bound.high
    return within


def _scored(
    outcome: bool, found: list[tuple[Bound, ...]], columns: Mapping[str, Array], sample: Sample
) -> Boxes | None:
    """Return the boxes with what they are worth in these worlds, without those that are not dense there."""
    total = float((sample.weights * sample.values).sum())
    boxes: list[Box] = []
    union = np.zeros(len(sample.values), dtype=np.bool_)
    for bounds in found:
        within = inside(bounds, columns)
        mass = float(sample.weights[within].sum())
        right = float((sample.weights * sample.values)[within].sum())
        if mass > 0 and right / mass >= DENSE - PEELED:
            boxes.append(Box(bounds, right / total, right / mass))
            union |= within
    if not boxes:
        return None
    covered = float((sample.weights * sample.values)[union].sum())
    others = sample.weights * (1 - sample.values)
    density = covered / float(sample.weights[union].sum())
    return Boxes(outcome, tuple(boxes), covered / total, density, float(others[~union].sum() / others.sum()))


def _box(columns: Mapping[str, Array], known: _Left) -> tuple[Bound, ...]:
    """Return the best box that is dense among the worlds left; empty without one.

    What two numbers tell only together no first end tells, so that the search begins from either half too of each of
    the pair that tells most so.
    """
    starts: list[dict[End, float]] = [{}]
    for pair in likely_pairs(Columns(columns, known.left), part_of(known.sample, known.left), 1):
        for name in pair:
            middle = float(np.median(columns[name]))
            starts += [{(name, 0): middle}, {(name, 1): middle}]
    found = [_refined(_freed(_largest(columns, known, start), columns, known), columns, known) for start in starts]
    best = max(found, key=lambda ends: _worth(known, inside(_bounds(ends), columns)) if ends else 0.0)
    return _bounds(best)


def _largest(columns: Mapping[str, Array], known: _Left, start: Mapping[End, float]) -> dict[End, float]:
    """Return the ends of the best box on the way of peeling; none where no box is dense enough.

    Of many worlds only some are peeled.
    """
    some = slice(None, None, -(-len(known.left) // PEELED_WORLDS))
    columns = {name: column[some] for name, column in columns.items()}
    sample = Sample(known.sample.values[some], known.sample.weights[some], known.sample.block[some])
    known = _Left(sample, known.left[some], float((sample.weights * sample.values).sum()))
    limits = dict(start)
    within = known.left & inside(_bounds(limits), columns)
    best: tuple[float, dict[End, float]] = (0.0, {})
    while float((sample.weights * sample.values)[within].sum()) >= LEAST_COVERED * known.whole:
        worth = _worth(known, within)
        if worth > best[0]:
            best = worth, dict(limits)
        step = _peeled(columns, sample, within)
        if step is None:
            break
        end, value, within = step
        limits[end] = value
    return best[1]


def _refined(ends: Mapping[End, float], columns: Mapping[str, Array], known: _Left) -> dict[End, float]:
    """Return a box each of whose ends lies where the box is best, the others as they are."""
    found = dict(ends)
    for _ in range(SWEEPS):
        for name, end in ends:
            rest = {one: value for one, value in found.items() if one != (name, end)}
            within = np.flatnonzero(known.left & inside(_bounds(rest), columns))
            own = columns[name][within]
            order = np.argsort(own if end else -own, kind="stable")
            weights = known.sample.weights[within][order]
            mass, right = weights.cumsum(), (weights * known.sample.values[within][order]).cumsum()
            worth = np.where(right >= DENSE * mass, 2 * right / (known.whole + mass), 0.0)
            best = int(worth.argmax())
            if best + 1 < len(order) and worth[best] > 0:
                found[name, end] = float(own[order[best : best + 2]].mean())
    return found


def _worth(known: _Left, within: Mask) -> float:
    """Return the harmonic mean of a box's coverage and density among the worlds left; 0 where it is not dense."""
    sample = known.sample
    within = within & known.left
    mass = float(sample.weights[within].sum())
    right = float((sample.weights * sample.values)[within].sum())
    if not mass > 0 or right < DENSE * mass:
        return 0.0
    return 2 * right / (known.whole + mass)


def _peeled(columns: Mapping[str, Array], sample: Sample, within: Mask) -> tuple[End, float, Mask] | None:
    """Return the end of a number's range whose loss leaves most of the worlds true, and which worlds are then left."""
    best: tuple[float, End, float, Mask] | None = None
    weights, values = sample.weights[within], sample.values[within]
    at = np.flatnonzero(within)
    for name, column in columns.items():
        own = column[within]
        for end, value in enumerate(weighted_quantiles(own, weights, (PEELED, 1 - PEELED))):
            if value is None:
                continue
            kept = own > value if end == 0 else own < value
            if kept.all() or not kept.any():
                continue
            mean = float(np.average(values[kept], weights=weights[kept]))
            if best is None or mean > best[0]:
                mask = np.zeros_like(within)
                mask[at[kept]] = True
                best = mean, (name, end), value, mask
    return None if best is None else best[1:]


def _freed(limits: Mapping[End, float], columns: Mapping[str, Array], known: _Left) -> dict[End, float]:
    """Return a box without the ends that it does not need, the least needed freed first; empty if nothing is left."""

    def worth(ends: Mapping[End, float]) -> float:
        return _worth(known, inside(_bounds(ends), columns))

    ends = dict(limits)
    while ends:
        after = {one: worth({end: value for end, value in ends.items() if end != one}) for one in ends}
        loosest = max(after, key=lambda end: (after[end], end))
        if after[loosest] < worth(ends) - FREED and len({name for name, _ in ends}) <= MOST_SIDES:
            break
        del ends[loosest]
    return ends if ends and worth(ends) > 0 else {}


def _bounds(ends: Mapping[End, float]) -> tuple[Bound, ...]:
    names = dict.fromkeys(name for name, _ in ends)
    return tuple(Bound(name, ends.get((name, 0)), ends.get((name, 1))) for name in names)
