"""What would change the answer: the uncertain numbers that separate the worlds, and where the answer turns.

For each number that bears on the mean (``influence.py``) or on the whole distribution (``dependence.py``), in order of
its influence on the mean: where it bears on the mean beyond doubt, the value beyond which the answer is more often on
the other side than not, how likely the analyst's own range makes it, and what the answer is there. Then pairs that turn
the answer only together. All of it is read off the worlds already drawn; below ``LEAST`` effective worlds nothing is
ranked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from quandary.ask.query.combining import usual_level
from quandary.ask.query.queries import Query
from quandary.ask.results import NAMED
from quandary.ask.study import Study
from quandary.base.arrays import Array, Mask
from quandary.base.problems import Problem, Refusal, counted
from quandary.compile.numbers import UncertainNumber
from quandary.language.syntax import Expression
from quandary.quantities.dependence import dependence
from quandary.quantities.estimate import Estimate
from quandary.quantities.influence import (
    Columns,
    Index,
    Sample,
    class_count,
    class_means,
    classes_of,
    first_order,
    leading,
    likely_pairs,
)
from quandary.quantities.influence import together as jointly
from quandary.quantities.summary import block_error, mean_reach

LEAST = 400
"""Effective worlds below which nothing is ranked."""

MOST_PAIRS = 30
"""Pairs looked at closely, those most likely to act together."""

MOST_PARTNERS = 8
"""Numbers of influence that turn nothing alone: every pair of so many is looked at too, as they may add up."""

SURE_ERRORS = 3.0
"""How many standard errors the answer in a pair's corner must lie beyond the level."""

CORNER = 1 / 3
"""The share of each number's worlds that makes a corner of a pair."""

FEWEST = 30
"""Effective worlds in a corner below which it says nothing."""


@dataclass(frozen=True, eq=False)
class Turn:
    """Where one number turns the answer: beyond ``threshold`` (``above`` it, or below).

    ``beyond`` is the probability of that in the analyst's range, ``beyond_weighted`` given the evidence;
    ``mean`` is the answer there, ``reach`` how far other worlds may move it, and ``is_sure`` says that they do not move
    it back over the level.
    """

    threshold: float
    above: bool
    beyond: float
    beyond_weighted: float
    mean: float
    reach: float | None
    is_sure: bool


@dataclass(frozen=True, eq=False)
class Flip:
    """One number: its influence on the answer's mean, how much of the answer's whole distribution it settles, the 90 %
    range the analyst gave, and its turn, if it has one alone."""

    number: UncertainNumber
    influence: Index
    settles: Index
    low: float
    high: float
    turn: Turn | None


@dataclass(frozen=True, eq=False)
class PairFlip:
    """Two numbers that turn the answer only together: with each in its outer third (``above`` or below).

    ``share`` is the weighted share of worlds in that corner and ``mean`` the answer there; ``influence`` is
    what the pair carries beyond both alone.
    """

    first: UncertainNumber
    second: UncertainNumber
    first_above: bool
    second_above: bool
    share: float
    mean: float
    influence: Index


@dataclass(frozen=True, eq=False)
class Flips:
    """What would change one answer. ``level`` is the edge: half for truths and shares, zero for other
    numbers.

    ``flips`` lists every number that carries some of the answer's variance beyond doubt, or settles some of its
    distribution, the one that carries most first. ``explained`` is the share of the answer's variance that numbers
    carry one by one. ``effective_worlds`` is what the ranking rests on, ``reach`` how far the mean over other worlds
    may lie from this one (``mean_reach``), ``aside`` the evidence that the query's interventions set aside.
    """

    query: str
    mean: float
    level: float
    flips: tuple[Flip, ...]
    pairs: tuple[PairFlip, ...]
    explained: float
    effective_worlds: float
    reach: float | None = None
    aside: tuple[Expression, ...] = ()

    @property
    def nothing_flips(self) -> bool:
        """Return whether no number, alone or with another, turns the answer within the ranges given."""
        return not self.pairs and all(flip.turn is None for flip in self.flips)


def flips(study: Study, query: Query, level: float | None = None) -> Flips:
    """Return what would change the answer, that is move it across ``level`` (``level_of`` where none is given).

    Raises ``Refusal`` (Q521) where too few worlds are left to rank by.
    """
    sample, kept = sample_of(study, query)
    columns = Columns(study.uniforms, kept)
    numbers = {number.name: number for number in study.model.quantities}
    found = flips_of(query.text, columns, numbers, sample, level_of(query, level))
    return replace(found, aside=study.set_aside(query))


def single_flips(study: Study, query: Query) -> tuple[Flip, ...]:
    """Return the single numbers that carry an answer, and where each flips it: those of ``flips``, in its order.

    Raises ``Refusal`` (Q521) where too few worlds are left to rank by.
    """
    sample, kept = sample_of(study, query)
    columns = Columns(study.uniforms, kept)
    numbers = {number.name: number for number in study.model.quantities}
    found = first_order(columns, sample)
    names = leading(found)
    settled = dependence({name: columns[name] for name in names}, sample)
    level = level_of(query)
    return tuple(_flip(numbers[name], columns[name], (found[name], settled[name]), (sample, level)) for name in names)


def sample_of(study: Study, query: Query) -> tuple[Sample, Mask]:
    """Return the answer in the worlds that have one and weigh, and which those are; Q521 where they are too few."""
    study.need([query])
    draws, holds, _ = study.draws(query)
    values = holds if holds is not None else draws.values
    kept = ~np.isnan(values) & (draws.weights > 0)
    sample = Sample(values[kept], draws.weights[kept], study.design.group()[kept])
    if not kept.any() or sample.effective < LEAST:
        count = sample.effective if kept.any() else 0.0
        raise Refusal(too_few("Q521", study, count, LEAST, "rank what would change the answer"))
    return sample, kept


def too_few(code: str, study: Study, effective: float, least: int, work: str) -> Problem:
    """Return the fault that too few effective worlds are left for some work, with the worlds that did not converge."""
    message = f"only {effective:,.0f} effective worlds are left, too few to {work}"
    hint = f"draw more worlds (--worlds); at least {least} must count"
    lost = study.run.unconverged
    if lost:
        which = ", ".join(map(str, lost[:NAMED]))
        those = which if len(lost) <= NAMED else f"the first are {which}; `quandary ask CASE QUERY --json` names all"
        message += f"; {counted(len(lost), 'world')} of {study.worlds:,} did not converge ({those})"
        see = f"--world {lost[0]} --worlds {study.worlds} --seed {study.seed}"
        hint += f"; `quandary show CASE --stage worlds {see}` shows one that did not converge"
    return Problem(code, message, hint=hint)


def level_of(query: Query, wanted: float | None = None) -> float:
    """Return the edge that an answer turns at: the one wanted, else half for a truth or share, zero for another number.

    Refuses (Q563) an edge that is no number, or one that no share reaches.
    """
    usual = usual_level(query.expression)
    if wanted is None:
        return usual
    if not math.isfinite(wanted):
        message = f"the level {wanted:g} is no number that an answer could cross"
        raise Refusal(Problem("Q563", message, hint="write it as 30% or 0.3, for points of worth as a plain number"))
    if usual and not 0 <= wanted <= 1:
        message = f"a share lies between 0 % and 100 %, so that none crosses {100 * wanted:g} %"
        raise Refusal(Problem("Q563", message, hint="write it as 30% or 0.3"))
    return wanted


def flips_of(
    text: str,
    columns: Mapping[str, Array],
    numbers: Mapping[str, UncertainNumber],
    sample: Sample,
    level: float,
) -> Flips:
    """Return what would change an answer that is given as a sample, with the uniforms behind it."""
    mean = float(np.average(sample.values, weights=sample.weights))
    found = first_order(columns, sample)
    settled = dependence(columns, sample)
    names = leading(found)
    single = []
    for name in sorted({*names, *leading(settled)}, key=lambda name: (-found[name].value, name)):
        flip = _flip(numbers[name], columns[name], (found[name], settled[name]), (sample, level))
        single.append(flip if name in names else replace(flip, turn=None))
    pairs = [
        pair
        for first, second in _candidates(columns, sample, single)
        if (pair := _pair(numbers[first], numbers[second], columns, sample, level)) is not None
    ]
    pairs.sort(key=lambda pair: -pair.influence.value)
    explained = sum(found[name].value for name in names)
    reach = mean_reach(sample.values, sample.weights, sample.block)
    return Flips(text, mean, level, tuple(single), tuple(pairs), explained, sample.effective, reach)


def _flip(number: UncertainNumber, column: Array, indices: tuple[Index, Index], answer: tuple[Sample, float]) -> Flip:
    """Return what one number does to an answer, of which the sample and the level are given.

    ``indices`` say what it carries of the mean, and what it settles of the distribution.
    """
    estimate = number.estimate
    return Flip(number, *indices, _at(estimate, 0.05), _at(estimate, 0.95), turn_of(column, estimate, *answer))


def _candidates(columns: Mapping[str, Array], sample: Sample, single: Sequence[Flip]) -> list[tuple[str, str]]:
    """Return the pairs to look at: those that act together most, and those of numbers with influence of their own."""
    turning = {flip.number.name for flip in single if flip.turn is not None}
    partners = [flip.number.name for flip in single if flip.turn is None][:MOST_PARTNERS]
    found = dict.fromkeys(likely_pairs(columns, sample, MOST_PAIRS))
    found |= dict.fromkeys((min(pair), max(pair)) for pair in combinations(partners, 2))
    return [pair for pair in found if not set(pair) & turning]


def turn_of(column: Array, estimate: Estimate, sample: Sample, level: float) -> Turn | None:
    """Return where the answer, as a function of one number alone, crosses the level; ``None`` where it does
    not.

    The answer's mean in classes of the number is made monotone (pool adjacent violators), then read between
    classes.
    """
    mean = float(np.average(sample.values, weights=sample.weights))
    count = class_count(sample)
    classes = classes_of(column, sample.weights, count)
    curve = class_means(classes, count, sample)
    centres = class_means(classes, count, Sample(column, sample.weights, sample.block))
    rising = bool(np.polyfit(np.arange(count), curve, 1)[0] > 0)
    smooth = monotone(curve if rising else -curve) * (1.0 if rising else -1.0)
    side = smooth > level
    if side.all() or not side.any():
        return None
    above = bool(side[-1] != (mean > level))
    step = int(np.flatnonzero(side[1:] != side[:-1])[0])
    reach = (level - smooth[step]) / (smooth[step + 1] - smooth[step])
    uniform = float(centres[step] + reach * (centres[step + 1] - centres[step]))
    there = column > uniform if above else column < uniform
    if not there.any():
        return None
    there_mean = float(np.average(sample.values[there], weights=sample.weights[there]))
    reach = mean_reach(sample.values[there], sample.weights[there], sample.block[there])
    return Turn(
        threshold=_at(estimate, uniform),
        above=above,
        beyond=1.0 - uniform if above else uniform,
        beyond_weighted=float(sample.weights[there].sum() / sample.weights.sum()),
        mean=there_mean,
        reach=reach,
        is_sure=reach is not None and abs(there_mean - level) > reach,
    )


def monotone(values: Array) -> Array:
    """Return the nearest rising sequence, classes weighing alike: pool adjacent violators (Ayer et al. 1955)."""
    blocks: list[tuple[float, int]] = []
    for value in values:
        blocks.append((float(value), 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (one, many), (other, more) = blocks[-2], blocks[-1]
            blocks[-2:] = [((one * many + other * more) / (many + more), many + more)]
    return np.concatenate([np.full(size, value) for value, size in blocks])


def _pair(
    first: UncertainNumber,
    second: UncertainNumber,
    columns: Mapping[str, Array],
    sample: Sample,
    level: float,
) -> PairFlip | None:
    """Return the corner of two numbers that turns the answer, where neither outer third alone does."""
    mean = float(np.average(sample.values, weights=sample.weights))
    own = {number.name: columns[number.name] for number in (first, second)}
    thirds = {}
    for name, column in own.items():
        place = classes_of(column, sample.weights, round(1 / CORNER))
        for above in (True, False):
            thirds[name, above] = place == (place.max() if above else 0)
    turned = {key: _turned(there, sample, mean, level) for key, there in thirds.items()}
    best: PairFlip | None = None
    for one in (True, False):
        for other in (True, False):
            if turned[first.name, one] or turned[second.name, other]:
                continue
            there = thirds[first.name, one] & thirds[second.name, other]
            if not _turned(there, sample, mean, level):
                continue
            if not _surely(there, sample, level):
                continue
            share = float(sample.weights[there].sum() / sample.weights.sum())
            inside = float(np.average(sample.values[there], weights=sample.weights[there]))
            index = jointly(own[first.name], own[second.name], sample)
            if best is None or abs(inside - level) > abs(best.mean - level):
                best = PairFlip(first, second, one, other, share, inside, index)
    return best


def _turned(there: Mask, sample: Sample, mean: float, level: float) -> bool:
    """Return whether the answer in some worlds lies on the other side of the level than it does over all."""
    weights = sample.weights[there]
    if not len(weights) or Sample(weights, weights, sample.block[there]).effective < FEWEST:
        return False
    return bool((np.average(sample.values[there], weights=weights) > level) != (mean > level))


def _surely(there: Mask, sample: Sample, level: float) -> bool:
    """Return whether the answer in some worlds lies beyond the level by more than chance explains."""
    error = block_error(sample.values[there], sample.weights[there], sample.block[there])
    mean = np.average(sample.values[there], weights=sample.weights[there])
    return error is not None and bool(abs(mean - level) > SURE_ERRORS * error)


def _at(estimate: Estimate, uniform: float) -> float:
    return float(np.asarray(estimate.quantile(np.array([uniform])))[0])
