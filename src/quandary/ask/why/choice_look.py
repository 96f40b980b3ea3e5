"""A choice in a batch of worlds: what each stake, and each line of it, comes to for every option.

At an information set h of D a line i of a stake (a rule of its ``worth``, or one of its ``effects``) applies with
probability P(i | h, D = v), and counts with the stake's weight. What the stake adds to an option is the sum over its
lines of that weighted probability times the line's number, so that a table of options by stakes and what single numbers
do in it are one computation. Options are valued as in ``turning.option_worths``; sets are averaged by P_w(h, e), with e
the evidence before the decision, over those that offer the same options: their *menu*.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import inf, log

import numpy as np
from numpy.typing import NDArray

from quandary.ask.answer import NEAR_COUNTED, CountedChoice
from quandary.ask.games.fillings import within_each
from quandary.ask.games.situation import GameSituation, ratio
from quandary.ask.games.worths import weight_table
from quandary.ask.gathering import SLICE
from quandary.ask.inquiry import Conditions
from quandary.ask.query.measures import TIE
from quandary.ask.study import Study
from quandary.ask.turning.option_worths import decision_of, expected_worths, open_at
from quandary.base.arrays import Array, Mask
from quandary.base.memory import NUMBER
from quandary.compile.stakes import WorthPlan
from quandary.game.table import Table
from quandary.game.usual import usual_rule
from quandary.quantities.summary import mean_reach, weighted_quantiles

Index = NDArray[np.intp]

IN_WORLDS = ("likely", "worths", "applies", "chosen", "best", "counted", "flips", "near", "precision")
"""What is found world by world; the rest is summed over them."""


NEARLY = 1.25
"""Two options are nearly as good where worth makes one at most so many times as likely as the other."""

HELD_BYTES = 32 << 20
"""Bytes that one number for each option at each set may take in a slice of worlds."""


@dataclass(frozen=True, eq=False)
class BatchChoice:
    """What is found in n worlds, for m menus, o options, k stakes and l lines of stakes.

    ``likely`` (m, n) is P(the menu, e). Weighed by it: ``worths`` (m, o, k, n) of stakes, ``applies`` (m, o, l, n) the
    lines' weighted probabilities, ``chosen`` (m, o, n), ``best`` (m, o, n) where no option is worth more, ``counted``
    (m, o, n) what counting options gives, ``flips`` (m, n) where every option is chosen within ``NEAR_COUNTED`` of
    that, and ``near`` (m, p, n) where the odds that worth makes between both options
    of a pair (``pairs``) are within ``NEARLY``. ``precision`` (n,) is the owner's. ``sets`` (S,) is P(h, e) summed over
    the worlds, ``set_worths`` (S, o) the sum of P(h, e) times the options' worth.
    """

    likely: Array
    worths: Array
    applies: Array
    chosen: Array
    best: Array
    counted: Array
    flips: Array
    near: Array
    precision: Array
    sets: Array
    set_worths: Array

    def nothing(self, worlds: int) -> BatchChoice:
        """Return what is found in so many worlds that were not looked at: nothing."""
        empty = {name: np.zeros((*getattr(self, name).shape[:-1], worlds)) for name in IN_WORLDS}
        return replace(self, **empty, sets=np.zeros_like(self.sets), set_worths=np.zeros_like(self.set_worths))


@dataclass(frozen=True, eq=False)
class ChoiceLook:
    """Looks at a decision in the case's own game, worlds in slices; it can be sent to another process.

    ``menus`` (m, S) says which sets offer which options, ``allowed`` (m, o) which these are. ``plans`` are those of the
    owner's stakes, which are looked at ``by_line`` or as wholes; ``by_pair`` says whether options are compared in
    pairs. ``before`` weighs sets and worlds, or is conditioned on in each world by itself where worlds are ``alike`` in
    it; ``told`` is what the owner knows of it.
    """

    decision: str
    actor: str
    seen: tuple[str, ...]
    before: Conditions
    told: Conditions
    menus: Mask
    allowed: Mask
    plans: tuple[WorthPlan, ...]
    by_line: bool = True
    by_pair: bool = True
    alike: bool = False

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Return the pairs of options, by number, that are compared."""
        return tuple(combinations(range(self.allowed.shape[1]), 2)) if self.by_pair else ()

    def __call__(self, situation: GameSituation) -> BatchChoice:
        """Return what is found in the situation's worlds."""
        one = NUMBER * self.menus.shape[1] * self.allowed.shape[1]
        step = max(1, min(SLICE, HELD_BYTES // one))
        starts = range(0, situation.worlds, step)
        return joined([self._sliced(situation.in_worlds_of(slice(begin, begin + step))) for begin in starts])

    def _sliced(self, situation: GameSituation) -> BatchChoice:
        diagram = situation.played.diagram
        decision = decision_of(diagram, self.decision)
        sets = np.flatnonzero(self.menus.any(axis=0))
        every = situation.joint(self.seen, self.before).values
        every = np.broadcast_to(every.reshape(-1, every.shape[-1]), (self.menus.shape[1], situation.worlds))
        every = np.where(situation.played.converged, every, 0.0)
        every = within_each(every) if self.alike else every
        every = every if situation.weights is None else every * situation.weights
        chance, menus = every[sets], self.menus[:, sets].astype(np.float64)
        counts = (chance > 0)[:, None] & (menus.T @ self.allowed > 0)[:, :, None]
        free = open_at(situation, decision)

        def worths(table: Table) -> Array:
            found = expected_worths(free, decision, self.seen, self.told, [table], sets=sets)
            return np.where(counts, found, 0.0)

        def averaged(values: Array) -> Array:
            return np.asarray(np.einsum("ms,son->mon", menus, values * chance[:, None]))

        stakes = [worths(table) for table in self._stakes(free)]
        lines = [averaged(worths(line)) for line in self._lines(situation)]
        total = sum(stakes, np.zeros(counts.shape))
        open_to = np.where(counts, total, -np.inf)
        shape = tuple(diagram.cardinality(name) for name in (*self.seen, self.decision))
        rule = self._at_sets(situation.played.behaviour[self.decision], sets, shape)
        usual = self._at_sets(usual_rule(diagram, decision), sets, shape)
        set_worths = np.zeros((len(every), self.allowed.shape[1]))
        set_worths[sets] = (total * chance[:, None]).sum(axis=-1)
        whole = menus @ chance
        return BatchChoice(
            whole,
            self._stacked([averaged(stake) for stake in stakes], situation.worlds),
            self._stacked(lines, situation.worlds),
            averaged(rule),
            averaged((counts & (open_to >= open_to.max(axis=1, keepdims=True) - TIE)).astype(np.float64)),
            averaged(usual),
            menus @ ((np.abs(rule - usual) <= NEAR_COUNTED).all(axis=1) * chance),
            self._near(total, counts, menus, (chance, self._precision(situation))),
            self._precision(situation),
            every.sum(axis=1),
            set_worths,
        )

    def _at_sets(self, rule: Table, sets: Index, shape: tuple[int, ...]) -> Array:
        """Return a rule at the sets of these numbers, ``(sets, options, W or 1)``; ``shape`` is that of all sets."""
        values = rule.over((*self.seen, self.decision))
        wide = np.broadcast_to(values, (*shape, values.shape[-1]))
        return wide.reshape(-1, *wide.shape[-2:])[sets, : self.allowed.shape[1]]

    def _precision(self, situation: GameSituation) -> Array:
        return np.array(np.broadcast_to(situation.played.diagram.precision[self.actor], (situation.worlds,)))

    def _near(self, total: Array, counts: Mask, menus: Array, weighing: tuple[Array, Array]) -> Array:
        """Return for each pair where its options are nearly as good, weighed by the chance of each set."""
        chance, precision = weighing
        with np.errstate(divide="ignore"):
            apart = np.log(NEARLY) / precision
        found = []
        for one, other in self.pairs:
            gap = np.abs(total[:, one] - total[:, other])
            near = (counts[:, one] & counts[:, other]) & (gap <= np.maximum(apart, TIE))
            found.append(menus @ (near * chance))
        return np.stack(found, axis=1) if found else np.zeros((len(self.menus), 0, total.shape[-1]))

    def _stacked(self, values: Sequence[Array], worlds: int) -> Array:
        """Return what is found of stakes or lines, ``(menus, options, how many, W)``; there may be none."""
        return np.stack(values, axis=2) if values else np.zeros((*self.allowed.shape, 0, worlds))

    def _stakes(self, situation: GameSituation) -> Iterator[Table]:
        """Yield what each stake adds to the payoff, weighted, in the order of the plans."""
        payoffs = {utility.name: utility.table for utility in situation.payoffs(self.actor)}
        for plan in self.plans:
            yield payoffs[plan.stake.id]

    def _lines(self, situation: GameSituation) -> Iterator[Table]:
        """Yield where each line of a stake applies, times the stake's weight: the rules of its worth, its effects."""
        for plan in self.plans if self.by_line else ():
            patterns = plan.patterns
            weight = weight_table(situation.compiled, (plan.stake.actor, plan.stake.id))
            axes = (*patterns.axes, *(axis for axis in weight.axes if axis not in patterns.axes))
            rules = [patterns.first == number for number in range(len(plan.worth))]
            for applies in (*rules, *patterns.active.T):
                cells = applies[patterns.cell].reshape(*patterns.shape, 1).astype(np.float64)
                yield Table(axes, Table(patterns.axes, cells).over(axes) * weight.over(axes))


def joined(parts: Sequence[BatchChoice]) -> BatchChoice:
    """Return what was found in some worlds after the others as one."""

    def side_by_side(name: str) -> Array:
        return np.concatenate([getattr(part, name) for part in parts], axis=-1)

    def added(name: str) -> Array:
        return np.asarray(np.sum([getattr(part, name) for part in parts], axis=0))

    beside = {name: side_by_side(name) for name in IN_WORLDS}
    return replace(parts[0], **beside, sets=added("sets"), set_worths=added("set_worths"))


def surveyed(study: Study, look: ChoiceLook) -> BatchChoice:
    """Return what a look finds in all worlds of a study; those that were not done weigh nothing."""
    parts: dict[int, BatchChoice] = {}
    study.survey(look, lambda where, batch: parts.__setitem__(where.start, batch))
    first = next(iter(parts.values()))
    missing = study.worlds - sum(part.likely.shape[-1] for part in parts.values())
    whole = joined([parts[start] for start in sorted(parts)])
    return whole if not missing else joined([whole, first.nothing(missing)])


def coin_edge(study: Study, found: BatchChoice, menu: int, options: Sequence[int]) -> bool:
    """Return whether other worlds may say otherwise of whether every option is chosen as counting would have it."""
    likely, block = found.likely[menu], study.design.block()

    def share_and_reach(values: Array) -> tuple[float, float]:
        reach = mean_reach(np.where(likely > 0, ratio(values, likely), np.nan), likely, block)
        return float(values.sum() / likely.sum()), reach or 0.0

    flips_in, flips_reach = share_and_reach(found.flips[menu])
    counted = [
        CountedChoice(
            float(chosen.sum() / likely.sum()), float(even.sum() / likely.sum()), flips_in, reach, flips_reach
        )
        for chosen, even in ((found.chosen[menu, v], found.counted[menu, v]) for v in options)
        for _, reach in (share_and_reach(chosen - even),)
    ]
    return all(one.near or one.edge for one in counted) and any(one.edge for one in counted)


def doubling(precision: Array, likely: Array) -> float:
    """Return how many points of worth make one option twice as likely as another, at the middle precision."""
    ranked = np.where(np.isinf(precision), 1.0, precision / (1.0 + np.where(np.isinf(precision), 0.0, precision)))
    (middle,) = weighted_quantiles(ranked, likely, [0.5])
    if not middle:
        return inf
    return log(2.0) * (1.0 - middle) / middle
