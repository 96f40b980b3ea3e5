"""Whether a reading could come out otherwise at all: proved, or searched for a counter-example.

A reading that comes out the same in every drawn world may merely restate its author's assumptions. So it is
first proved where a simple argument does it (``proving.py``), else worlds are searched that the draws did not
reach: every uncertain number anywhere in its central 99.9 %, all at once.

1. Random corners: every number at one end of its box, all readings judged on the same worlds.
2. Local search, one reading at a time: a population starts from the worlds nearest to the edge, drawn ones and corners.
   Each round crosses them, pushes numbers to the end that the rank correlations with the margin point to, and
   lets a few wander. What comes nearest to the edge survives.

Not finding one is no proof; how many worlds were looked at and how near they came is said.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quandary.ask.claims.box import HIGH, LOW
from quandary.ask.claims.proving import proved
from quandary.ask.games.gathered import GatheredAnswers
from quandary.ask.games.planned import PlannedGame
from quandary.ask.gathering import Gathering
from quandary.ask.inquiry import ITSELF
from quandary.ask.query.carrier import rank_correlations
from quandary.ask.query.combining import slack
from quandary.ask.query.queries import Query
from quandary.ask.results import ByConstruction, ByConstructionStatus
from quandary.ask.study import Study
from quandary.base.arrays import Array
from quandary.compile.drawing import WorldDraws
from quandary.language.syntax import Compare
from quandary.quantities.influence import Columns


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


class Seen(Mapping[str, Array]):
    """Worlds looked at, the ``drawn`` ones first, then ``points`` (worlds, quantities): uniforms by name.

    ``margin`` is positive where it came out as ever. Columns are put together when they are asked for.
    """

    def __init__(self, drawn: WorldDraws, points: Array, margin: Array) -> None:
        self.drawn = drawn
        self.points = points
        self.margin = margin
        self._at = {name: i for i, name in enumerate(drawn)}

    def __getitem__(self, name: str) -> Array:
        """Return one number's uniforms in all these worlds."""
        return np.concatenate([self.drawn[name], self.points[:, self._at[name]]])

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)

    def with_more(self, points: Array, margin: Array) -> Seen:
        """Return these worlds and more."""
        return Seen(self.drawn, np.concatenate([self.points, points]), np.concatenate([self.margin, margin]))

    def rows(self, which: Sequence[int]) -> Array:
        """Return the uniforms of a few worlds, shape (worlds, quantities)."""
        found = np.empty((len(which), len(self._at)))
        for row, world in enumerate(which):
            if world < self.drawn.worlds:
                found[row] = [column[0] for column in self.drawn.between(world, world + 1).values()]
            else:
                found[row] = self.points[world - self.drawn.worlds]
        return found


def by_construction(study: Study, queries: Sequence[Query], budget: Budget | None) -> tuple[ByConstruction, ...]:
    """Return for each reading whether it is the same by construction; without a ``budget`` there is no search."""
    found: dict[int, ByConstruction] = {}
    open_: dict[int, bool] = {}
    for number, query in enumerate(queries):
        found[number], outcome = _in_the_draws(study, query)
        if outcome is not None:
            open_[number] = outcome
    for number in list(open_):
        proof = proved(study, queries[number])
        if proof is not None and proof.outcome == open_[number]:
            found[number] = proof
            del open_[number]
    if budget is not None and open_:
        found.update(_searched(study, {n: queries[n] for n in open_}, open_, budget))
    return tuple(found[number] for number in range(len(queries)))


def _in_the_draws(study: Study, query: Query) -> tuple[ByConstruction, bool | None]:
    """Return what the drawn worlds say, and the one outcome they all share (``None`` where they differ)."""
    margin = _margin(study.found, query)
    count = int(np.count_nonzero(~np.isnan(margin)))
    if count == 0:
        return ByConstruction(ByConstructionStatus.NOT_SEARCHED, reason="no world has an answer"), None
    holds, fails = bool(np.any(margin > 0)), bool(np.any(margin <= 0))
    if holds and fails:
        reason = "the drawn worlds differ"
        return ByConstruction(ByConstructionStatus.COUNTER_EXAMPLE, None, count, reason=reason), None
    reason = f"the same in all {count:,} drawn worlds; no search beyond them"
    nearest = _nearest(query, np.abs(margin))
    return ByConstruction(ByConstructionStatus.NOT_SEARCHED, None, count, nearest, reason), holds


def _searched(
    study: Study, queries: Mapping[int, Query], outcomes: Mapping[int, bool], budget: Budget
) -> dict[int, ByConstruction]:
    """Return what the search finds for each reading; an interruption leaves the rest as they were."""
    generator = np.random.default_rng([study.seed, 20_220_108])
    names = study.model.names
    corners = np.where(generator.random((budget.corners, len(names))) < 0.5, LOW, HIGH)
    results: dict[int, ByConstruction] = {}
    try:
        began = time.perf_counter()
        gathered = _evaluated(study, tuple(queries.values()), corners)
        shared = (time.perf_counter() - began) / len(queries)
        for number, query in queries.items():
            began = time.perf_counter()
            sign = 1.0 if outcomes[number] else -1.0
            margins = np.concatenate([_margin(study.found, query), _margin(gathered, query)])
            seen = _local(study, query, (Seen(study.uniforms, corners, sign * margins), sign), budget, generator)
            results[number] = _conclusion(query, seen, outcomes[number], shared + time.perf_counter() - began)
    except KeyboardInterrupt:
        study.search_interrupted = True
    return results


def _conclusion(query: Query, seen: Seen, outcome: bool, seconds: float) -> ByConstruction:
    judged = seen.margin[~np.isnan(seen.margin)]
    smallest = _nearest(query, judged)
    if bool(np.any(judged <= 0)):
        reason = "a world within the ranges comes out otherwise, though no drawn one did"
        return ByConstruction(ByConstructionStatus.COUNTER_EXAMPLE, None, len(judged), smallest, reason, seconds)
    reason = f"no counter-example in {len(judged):,} worlds, drawn and searched"
    status = ByConstructionStatus.NO_COUNTER_EXAMPLE
    return ByConstruction(status, outcome, len(judged), smallest, reason, seconds)


def _local(
    study: Study, query: Query, start: tuple[Seen, float], budget: Budget, generator: np.random.Generator
) -> Seen:
    """Return the worlds seen and those of the local search; it stops at the first counter-example.

    ``start`` is what was seen so far and the margin's sign.
    """
    seen, sign = start
    for turn in range(budget.rounds):
        if bool(np.any(seen.margin <= 0)) or not len(seen):
            return seen
        children = _children(seen, budget.batch, turn, generator)
        margin = sign * _margin(_evaluated(study, (query,), children), query)
        seen = seen.with_more(children, margin)
    return seen


def _children(seen: Seen, count: int, turn: int, generator: np.random.Generator) -> Array:
    """Return new worlds from those nearest to the edge."""
    judged = np.flatnonzero(~np.isnan(seen.margin))
    order = judged[np.argsort(seen.margin[judged], kind="stable")]
    parents = seen.rows(order[: max(8, 32 >> turn)].tolist())
    recent = order[: max(256, len(order) // 4)] if turn else order
    slopes = rank_correlations(Columns(seen, recent), seen.margin[recent], np.ones(len(recent)))
    slope = np.array([slopes.get(name, 0.0) for name in seen])
    toward = np.where(slope > 0, LOW, HIGH)
    first = parents[generator.integers(len(parents), size=count)]
    second = parents[generator.integers(len(parents), size=count)]
    children = np.where(generator.random(first.shape) < 0.5, first, second)
    push = generator.random((count, 1)) * np.minimum(1.0, np.abs(slope) / max(float(np.abs(slope).max()), 1e-12) + 0.2)
    children = np.where(generator.random(first.shape) < push, toward, children)
    wander = generator.random(first.shape) < 0.02
    children = np.where(wander, generator.choice([LOW, 0.5, HIGH], size=first.shape), children)
    children[0] = toward
    return np.clip(children, LOW, HIGH)


def _evaluated(study: Study, queries: Sequence[Query], points: Array) -> GatheredAnswers:
    """Return the queries' answers in worlds at given points of the box; impossible worlds have none."""
    drawn = Points(study.model.names, points)
    games = _games(study, queries)
    gathering = Gathering(
        study.model,
        drawn,
        standing=study.standing,
        near=study.near,
        threads=study.threads,
        keeps=False,
        stop=study.stop,
    )
    found = gathering.gather(games)
    if found.interrupted:
        raise KeyboardInterrupt
    found.done &= study.model.diagram(drawn, drawn.worlds).valid
    return found


def _games(study: Study, queries: Sequence[Query]) -> tuple[PlannedGame, ...]:
    return study.games(tuple(dict.fromkeys(i for query in queries for i in query.all_inquiries)))


def _margin(found: GatheredAnswers, query: Query) -> Array:
    """Return how far each world is from the edge of the reading, NaN where it is not solved or has no answer."""
    solved = found.done & found.converged[ITSELF]
    for inquiry in query.all_inquiries:
        solved = solved & found.converged[inquiry.game]
    margin = slack(query.expression, lambda ask: found.values[query.inquiries[ask]])
    return np.where(solved, np.broadcast_to(margin, solved.shape), np.nan)


def _nearest(query: Query, margin: Array) -> float | None:
    """Return the smallest margin, for a single comparison only: other readings have no one scale."""
    if not isinstance(query.expression, Compare) or not len(margin):
        return None
    return float(np.nanmin(margin))
