"""Whether a reading could come out otherwise at all: proved, or searched for a counter-example.

A reading that comes out the same in every drawn world may merely restate its author's assumptions. So it is
first proved where a simple argument does it (``proving.py``), else worlds are searched that the draws did not
reach: every uncertain number anywhere in its central 99.9 %, all at once. Drawn worlds with a number beyond that are
not looked at: whether a run has any that comes out otherwise there, is up to its seed.

1. Random corners: every number at one end of its box, all readings judged on the same worlds.
2. Local search, one reading at a time: a population starts from the worlds nearest to the edge, drawn ones and corners.
   Each round crosses them, pushes numbers to the end that the rank correlations with the margin point to, and
   lets a few wander. What comes nearest to the edge survives.

Not finding one is no proof; how many worlds were looked at and how near they came is said. Where some came nearer than
a thousandth of the scale, not finding one says nothing.

What holds by construction is forced by the structure or the ranges, so the search leaves the evidence out. A reading
that comes out otherwise without it, and with it never, is *settled by what was seen*: that says nothing of its author.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from quandary.ask.claims.construction.margins import margin_of, nearest
from quandary.ask.claims.construction.proving import proved
from quandary.ask.claims.judging import Reading
from quandary.ask.games.gathered import GatheredAnswers
from quandary.ask.games.planned import PlannedGame
from quandary.ask.games.situation import GameSituation
from quandary.ask.gathering import Gathering
from quandary.ask.query.combining import is_so_or_not
from quandary.ask.query.ordered import HIGH, LOW, MIDDLE, DrawnOrder, Places
from quandary.ask.query.queries import Query
from quandary.ask.results import ByConstruction, ByConstructionStatus
from quandary.ask.study import Study
from quandary.base.arrays import Array, Mask

SO_NEAR = "; some came so near to one that more would be found"
NO_MARGIN = "; what is so or not so in a world does not show how near one came"

LEAST_MARGIN = 1e-3
"""The share of the scale that every world has to keep from the edge where no counter-example was found."""


@dataclass(frozen=True)
class Budget:
    """How far to search: ``corners`` for all readings together, then ``rounds`` of ``batch`` worlds for each."""

    corners: int = 512
    rounds: int = 5
    batch: int = 64


class Points(dict[str, Array]):
    """Worlds anywhere in the box of the uncertain numbers: uniforms by name, from an array (worlds, quantities)."""

    def __init__(self, names: Sequence[str], points: Array) -> None:
        super().__init__((name, np.ascontiguousarray(points[:, i])) for i, name in enumerate(names))
        self.worlds = len(points)

    def between(self, start: int, stop: int) -> dict[str, Array]:
        """Return the uniforms of the worlds ``start`` to ``stop`` (exclusive)."""
        return {name: column[start:stop] for name, column in self.items()}


class Seen:
    """Worlds looked at, the drawn ones first, then ``points`` (worlds, quantities), whose ``places`` are in the order.

    ``margin`` is positive where it came out as ever.
    """

    def __init__(self, order: DrawnOrder, points: Array, places: Places, margin: Array) -> None:
        self.order = order
        self.points = points
        self.places = places
        self.margin = margin

    @property
    def any_otherwise(self) -> bool:
        """Return whether some world came out otherwise."""
        return bool(np.any(self.margin <= 0))

    @property
    def judged(self) -> int:
        """Return in how many worlds there is an answer."""
        return int(np.count_nonzero(~np.isnan(self.margin)))

    @property
    def nearest(self) -> float:
        """Return the smallest margin, infinite without any."""
        return float(np.nanmin(self.margin)) if self.judged else inf

    def with_more(self, points: Array, margin: Array) -> Seen:
        """Return these worlds and more."""
        places = np.concatenate([self.places, self.order.places(points)])
        margin = np.concatenate([self.margin, margin])
        return Seen(self.order, np.concatenate([self.points, points]), places, margin)

    def rows(self, which: Sequence[int]) -> Array:
        """Return the uniforms of a few worlds, shape (worlds, quantities)."""
        drawn = self.order.drawn
        found = np.empty((len(which), len(self.order.names)))
        for row, world in enumerate(which):
            if world < drawn.worlds:
                own = drawn.between(world, world + 1)
                found[row] = [own[name][0] for name in self.order.names]
            else:
                found[row] = self.points[world - drawn.worlds]
        return found


@dataclass(frozen=True)
class _Undecided:
    """A reading that comes out the same in every drawn world: ``outcome``, and how far from the edge each of them is.

    ``apart`` says that evidence stands in it, so that it is another reading without.
    """

    query: Query
    bare: Query
    outcome: bool
    margin: Array
    apart: bool

    @property
    def sign(self) -> float:
        """Return what a margin is multiplied by to be positive where a world comes out as ever."""
        return 1.0 if self.outcome else -1.0


def by_construction(study: Study, readings: Sequence[Reading], budget: Budget | None) -> tuple[ByConstruction, ...]:
    """Return for each reading whether it is the same by construction; without a ``budget`` there is no search.

    A reading that the study refuses is not looked at.
    """
    found: dict[int, ByConstruction] = {}
    open_: dict[int, _Undecided] = {}
    inside = in_the_box(study)
    for number, reading in enumerate(readings):
        if study.refusal(reading.query) is not None:
            found[number] = ByConstruction(ByConstructionStatus.NOT_SEARCHED, reason="it cannot be asked")
            continue
        margin = np.where(inside, margin_of(study.found, reading.query), np.nan)
        found[number], outcome = _in_the_draws(reading.query, margin)
        if outcome is None:
            continue
        proof = proved(study, reading.bare)
        if proof is not None and proof.outcome == outcome:
            found[number] = proof
            continue
        apart = bool(study.standing.conditions(reading.query.basis))
        open_[number] = _Undecided(reading.query, reading.bare, outcome, margin, apart)
    if budget is not None and open_:
        found.update(_searched(study, open_, budget))
    return tuple(found[number] for number in range(len(readings)))


def in_the_box(study: Study) -> Mask:
    """Return which drawn worlds have every number in its central 99.9 %, shape ``(W,)``; all where none has."""
    inside = np.ones(study.worlds, dtype=np.bool_)
    for name in study.model.names:
        column = study.uniforms[name]
        inside &= (column >= LOW) & (column <= HIGH)
    return inside if inside.any() else ~inside


def _in_the_draws(query: Query, margin: Array) -> tuple[ByConstruction, bool | None]:
    """Return what the drawn worlds say, and the one outcome they all share (``None`` where they differ)."""
    count = int(np.count_nonzero(~np.isnan(margin)))
    if count == 0:
        return ByConstruction(ByConstructionStatus.NOT_SEARCHED, reason="no world has an answer"), None
    holds, fails = bool(np.any(margin > 0)), bool(np.any(margin <= 0))
    if holds and fails:
        reason = "the drawn worlds differ"
        return ByConstruction(ByConstructionStatus.COUNTER_EXAMPLE, None, count, reason=reason), None
    reason = f"the same in all {count:,} drawn worlds; no search beyond them"
    return ByConstruction(ByConstructionStatus.NOT_SEARCHED, None, count, nearest(query, np.abs(margin)), reason), holds


def _searched(study: Study, readings: Mapping[int, _Undecided], budget: Budget) -> dict[int, ByConstruction]:
    """Return what the search finds for each reading; an interruption leaves the rest as they were.

    All are judged on the same corners. Where evidence stands in some, they are judged on drawn worlds without it too.
    """
    generator = np.random.default_rng([study.seed, 20_220_108])
    names = study.model.names
    points = np.where(generator.random((budget.corners, len(names))) < 0.5, LOW, HIGH)
    if any(one.apart for one in readings.values()):
        drawn = study.uniforms.between(0, min(budget.corners, study.worlds))
        points = np.concatenate([points, np.stack([drawn[name] for name in names], axis=1)])
    results: dict[int, ByConstruction] = {}
    try:
        began = time.perf_counter()
        asked = dict.fromkeys(query for one in readings.values() for query in (one.query, one.bare))
        gathered = evaluated(study, games_of(study, tuple(asked)), points)
        shared = (time.perf_counter() - began) / len(readings)
        for number, one in readings.items():
            began = time.perf_counter()
            found = _forced(study, one, (points, gathered), budget, generator)
            results[number] = replace(found, seconds=shared + time.perf_counter() - began)
    except KeyboardInterrupt:
        study.search_interrupted = True
    return results


def _forced(
    study: Study, one: _Undecided, known: tuple[Array, GatheredAnswers], budget: Budget, generator: np.random.Generator
) -> ByConstruction:
    """Return what forces one reading: the ranges alone, else what was seen, else nothing.

    ``known`` are the points that all readings were judged on, and what was found there.
    """
    points, gathered = known
    unknown = np.full(study.worlds, np.nan)
    drawn = unknown if one.apart else one.sign * one.margin
    start = np.concatenate([drawn, one.sign * margin_of(gathered, one.bare)])
    seen = _local(study, one.bare, (_seen(study, points, start), one.sign), budget, generator)
    if not seen.any_otherwise or not one.apart:
        return _conclusion(one, seen)
    start = np.concatenate([one.sign * one.margin, one.sign * margin_of(gathered, one.query)])
    seen = _local(study, one.query, (_seen(study, points, start), one.sign), budget, generator)
    return _settled(one, seen)


def _seen(study: Study, points: Array, margin: Array) -> Seen:
    return Seen(study.order, points, study.order.places(points), margin)


def _conclusion(one: _Undecided, seen: Seen) -> ByConstruction:
    """Return what a search without the evidence says."""
    count, smallest = seen.judged, nearest(one.query, seen.margin)
    if not count:
        return ByConstruction(ByConstructionStatus.NOT_SEARCHED, reason="without what was seen no world has an answer")
    if seen.any_otherwise:
        reason = "a world within the ranges comes out otherwise, though no drawn one did"
        return ByConstruction(ByConstructionStatus.COUNTER_EXAMPLE, None, count, smallest, reason)
    reason = f"no counter-example in {count:,} worlds, drawn and searched"
    if seen.nearest < LEAST_MARGIN:
        reason += NO_MARGIN if is_so_or_not(one.query.expression) else SO_NEAR
        return ByConstruction(ByConstructionStatus.NO_COUNTER_EXAMPLE, None, count, smallest, reason)
    return ByConstruction(ByConstructionStatus.NO_COUNTER_EXAMPLE, one.outcome, count, smallest, reason)


def _settled(one: _Undecided, seen: Seen) -> ByConstruction:
    """Return what a search with the evidence says of a reading that comes out otherwise without it."""
    count, smallest = seen.judged, nearest(one.query, seen.margin)
    if seen.any_otherwise or seen.nearest < LEAST_MARGIN:
        reason = "a world within the ranges comes out otherwise, though no drawn one did"
        if not seen.any_otherwise:
            reason = "without what was seen a world comes out otherwise, and with it some come near to it"
        return ByConstruction(ByConstructionStatus.COUNTER_EXAMPLE, None, count, smallest, reason)
    reason = f"no counter-example in {count:,} worlds with what was seen, and one without it"
    return ByConstruction(ByConstructionStatus.SETTLED, one.outcome, count, smallest, reason)


def _local(
    study: Study, query: Query, start: tuple[Seen, float], budget: Budget, generator: np.random.Generator
) -> Seen:
    """Return the worlds seen and those of the local search; it stops at the first counter-example.

    ``start`` is what was seen so far and the margin's sign.
    """
    seen, sign = start
    games: tuple[PlannedGame, ...] = ()
    for turn in range(budget.rounds):
        if seen.any_otherwise or not study.model.names or not seen.judged:
            return seen
        games = games or games_of(study, (query,))
        children = children_of(seen, budget.batch, turn, generator)
        margin = sign * margin_of(evaluated(study, games, children), query)
        seen = seen.with_more(children, margin)
    return seen


def children_of(seen: Seen, count: int, turn: int, generator: np.random.Generator) -> Array:
    """Return new worlds from those nearest to the edge."""
    judged = np.flatnonzero(~np.isnan(seen.margin))
    order = judged[np.argsort(seen.margin[judged], kind="stable")]
    parents = seen.rows(order[: max(8, 32 >> turn)].tolist())
    recent = order[: max(256, len(order) // 4)] if turn else order
    slope = seen.order.correlations(recent, seen.places, seen.margin[recent])
    toward = np.where(slope > 0, LOW, HIGH)
    first = parents[generator.integers(len(parents), size=count)]
    second = parents[generator.integers(len(parents), size=count)]
    children = np.where(generator.random(first.shape) < 0.5, first, second)
    push = generator.random((count, 1)) * np.minimum(1.0, np.abs(slope) / max(float(np.abs(slope).max()), 1e-12) + 0.2)
    children = np.where(generator.random(first.shape) < push, toward, children)
    wander = generator.random(first.shape) < 0.02
    children = np.where(wander, generator.choice([LOW, MIDDLE, HIGH], size=first.shape), children)
    children[0] = toward
    return np.clip(children, LOW, HIGH)


def evaluated(study: Study, games: Sequence[PlannedGame], points: Array) -> GatheredAnswers:
    """Return what games are asked, in worlds at given points of the box; impossible worlds have no answers."""
    drawn = Points(study.model.names, points)
    gathering = Gathering(
        study.model,
        drawn,
        standing=study.standing,
        near=study.near,
        threads=study.threads,
        keeps=False,
        stop=study.stop,
    )
    valid = np.zeros(drawn.worlds, dtype=np.bool_)

    def take(where: slice, possible: Mask) -> None:
        valid[where] = possible

    found = gathering.gather(games, look=_possible, hand=take)
    if found.interrupted:
        raise KeyboardInterrupt
    found.done &= valid
    return found


def _possible(situation: GameSituation) -> Mask:
    """Return the worlds in which the case says nothing impossible."""
    return situation.compiled.valid


def games_of(study: Study, queries: Sequence[Query]) -> tuple[PlannedGame, ...]:
    """Return the games that queries need, planned."""
    return study.games(tuple(dict.fromkeys(i for query in queries for i in query.all_inquiries)))
