"""Verdicts on readings that hang on numbers nobody has put: they follow, are open, or no filling makes them true.

A world is one filling of the unknown numbers, and one draw of the ranges that are there beside them. Corners of the
unknowns are looked at in worlds of the drawn ranges, all readings and answers at once; what comes out alike in all of
them is then proved by signs, or searched. With ranges a filling counts as for a reading where it holds in nine of ten
of the ranges' worlds, those weighed by the evidence; fillings are not weighed by it, but each is conditioned on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from quandary.ask.claims.claims import ClaimReading
from quandary.ask.claims.construction.by_construction import evaluated, games_of
from quandary.ask.claims.construction.margins import margin_of
from quandary.ask.claims.unknowns.contradicting import apart, never_together
from quandary.ask.claims.unknowns.deciding import deciding
from quandary.ask.claims.unknowns.fillings import SearchBudget, Tried, corners, searched
from quandary.ask.claims.unknowns.following import SignProof, never_both
from quandary.ask.claims.unknowns.weighing import by_kinds
from quandary.ask.claims.verdicts import HOLDS
from quandary.ask.games.gathered import GatheredAnswers
from quandary.ask.query.carrier import ranks_of
from quandary.ask.query.combining import comparison_of, gap, is_so_or_not, is_truth, number
from quandary.ask.query.queries import Query
from quandary.ask.results import (
    CheckResult,
    ClaimResult,
    Contradiction,
    OverFillings,
    QuestionResult,
    TestResult,
    UnknownsFound,
    VariableOutcome,
    Verdict,
)
from quandary.ask.study import Study
from quandary.base.arrays import Array, Mask
from quandary.base.stopping import STOPS
from quandary.compile.unknowns.readings import UnknownNumber
from quandary.language.syntax import Expression, calls_in

CORNERS = 512
"""Worlds with every unknown at one end of what it allows, looked at for everything that is asked."""

PROBED = 64
"""Worlds with other ranges and the same unknowns, by which it is told whether ranges matter."""

BESIDE = 16
"""Worlds of the ranges that a filling is looked at in."""

BEGUN = 32
"""Drawn fillings, and as many corners, that a search beside ranges begins with."""

FIRM = 200
"""Worlds of the ranges in which the worst filling found is looked at again."""

AGAINST = 1e-7
"""The part of the scale by which a reading has to fail for a filling to be against it: rounding is not."""

RARE = 0.05
"""The share of fillings below which a truth is too rare to say what decides it: then the size of the answer is."""

MOST_PAIRS = 12
"""Pairs of readings, true together in no drawn world, that are searched."""

PLAIN = SearchBudget(5, 64)
WITH_RANGES = SearchBudget(3, 16)
OF_PAIRS = SearchBudget(4, 48)


@dataclass(frozen=True, eq=False)
class _Corners:
    """Worlds looked at beyond those drawn: ``points`` (worlds, numbers), corners first, and what was found there."""

    points: Array
    found: GatheredAnswers


class FillingsOf:
    """What a study's queries are over fillings of its unknown numbers.

    ``queries`` are all that is asked; they have been asked of the study. Without ``search`` fillings against a reading
    are looked for among those drawn and the corners only.
    """

    def __init__(self, study: Study, queries: Sequence[Query], *, search: bool = True) -> None:
        self.study = study
        self.search = search
        self.queries = list(dict.fromkeys(queries))
        names = list(study.model.names)
        known = {name: place for place, name in enumerate(names)}
        self.things = study.model.unknowns
        drawn = dict.fromkeys(name for thing in self.things for name in thing.names if name in known)
        self.unknown = [known[name] for name in drawn]
        self.ranges = [place for place in range(len(names)) if place not in set(self.unknown)]
        self.generator = np.random.default_rng([study.seed, 20_301_130])
        self.proof = SignProof(study)

    @cached_property
    def drawn(self) -> Array:
        """Return the uniforms of the first worlds drawn, ``(worlds, numbers)``: as many as corners."""
        few = self.study.uniforms.between(0, min(self.study.worlds, CORNERS))
        return np.stack([few[name] for name in self.study.model.names], axis=1)

    @cached_property
    def beyond(self) -> _Corners:
        """Return corners of the unknowns beside drawn ranges, then drawn unknowns beside other ranges."""
        turned = np.arange(CORNERS) % len(self.drawn)
        points = self.drawn[turned].copy()
        points[:, self.unknown] = corners(CORNERS, len(self.unknown), self.generator)
        if self.ranges:
            more = self.drawn[:PROBED].copy()
            more[:, self.ranges] = np.roll(self.drawn, 1, axis=0)[:PROBED][:, self.ranges]
            points = np.concatenate([points, more])
        return _Corners(points, evaluated(self.study, games_of(self.study, self.queries), points))

    def hangs(self, query: Query) -> bool:
        """Return whether an answer changes where unknown numbers do and no range does.

        What is so or not so at a decision may change nowhere that is looked at: there what they bear on says it.
        """
        decided = {inquiry.decision for inquiry in query.all_inquiries if inquiry.decision is not None}
        return bool(decided & self.study.fillings.moved) or self._changes(
            query, slice(0, min(CORNERS, len(self.drawn))), 0
        )

    def ranges_matter(self, query: Query) -> bool:
        """Return whether an answer changes where ranges do and no unknown number does."""
        return bool(self.ranges) and self._changes(query, slice(0, min(PROBED, len(self.drawn))), CORNERS)

    def _changes(self, query: Query, worlds: slice, start: int) -> bool:
        places = slice(start, start + (worlds.stop - worlds.start))
        for inquiry in query.all_inquiries:
            before, after = self.study.found.values[inquiry][worlds], self.beyond.found.values[inquiry][places]
            if np.any(before != after, where=~(np.isnan(before) | np.isnan(after))):
                return True
            if np.any(np.isnan(before) != np.isnan(after)):
                return True
        if not query.basis.used:
            return False
        conditions = self.study.standing.conditions(query.basis)
        return not np.array_equal(
            self.study.found.known[conditions][worlds], self.beyond.found.known[conditions][places]
        )

    def over(self, query: Query, about: Query | None, *, decide: bool = True) -> OverFillings:
        """Return the range of an answer over fillings and what decides it; ``about`` is the number that it is about."""
        weights = self.study.draws(query)[0].weights
        counted = weights > 0
        low = high = None
        values = None if about is None else self._values(about)
        if values is not None:
            known = values[~np.isnan(values)]
            low, high = (float(known.min()), float(known.max())) if len(known) else (None, None)
        own = None if values is None else values[: self.study.worlds]
        decided = self._decided(query, own, counted) if decide else None
        return OverFillings(low, high, int(np.count_nonzero(counted)), CORNERS, *(decided or ((), None)))

    def judged(self, reading: Query, result: TestResult) -> TestResult:
        """Return a reading's result with its verdict over fillings; as it was where it hangs on no unknown number."""
        if result.reason is not None or not self.hangs(reading):
            return result
        over = self.over(reading, about(reading))
        draws, truth, _ = self.study.draws(reading)
        assert truth is not None
        counted = (draws.weights > 0) & ~np.isnan(truth)
        share = float(truth[counted].mean())
        kinds = by_kinds(self.study, reading.expression)
        other = None if kinds is None else float(np.average(truth[counted], weights=kinds[counted]))
        over = replace(over, share=share, by_kinds=other)
        verdict, over = self._verdict(reading, over)
        return replace(result, verdict=verdict, fillings=over, edge=None, carrier=None, other=None, few_worlds=False)

    def _verdict(self, reading: Query, over: OverFillings) -> tuple[Verdict, OverFillings]:
        margin = self._margins(reading)
        known = margin[~np.isnan(margin)]
        for sign, follows in ((1.0, True), (-1.0, False)):
            allowed = self.proof.allowed(reading)
            impossible = not (allowed.false if follows else allowed.true)
            if impossible and np.any(sign * known > AGAINST) and not np.any(sign * known < -AGAINST):
                verdict = Verdict.FOLLOWS_PROVED if follows else Verdict.CONTRADICTS
                return verdict, replace(over, proved=True)
            if not self.search:
                if self._unopposed(reading, sign, margin) and follows:
                    return Verdict.FOLLOWS_UNSEARCHED, over
                continue
            found = self._searched(reading, sign, margin)
            if found is not None:
                verdict = Verdict.FOLLOWS_SEARCHED if follows else Verdict.CONTRADICTS
                return verdict, replace(over, searched=over.searched + found[0], least_share=found[1])
        return Verdict.OPEN, over

    def _unopposed(self, reading: Query, sign: float, margin: Array) -> bool:
        """Return whether no filling looked at is against a reading; with ranges, in few enough worlds."""
        known = sign * margin[~np.isnan(margin)]
        if not np.any(known > AGAINST):
            return False
        if self.ranges_matter(reading):
            return bool(np.mean(known > AGAINST) >= HOLDS)
        return not np.any(known < -AGAINST)

    def _searched(self, reading: Query, sign: float, margin: Array) -> tuple[int, float | None] | None:
        """Return how many more worlds were seen, and the least share of ranges; ``None`` with a filling against it."""
        known = sign * margin[~np.isnan(margin)]
        if not np.any(known > AGAINST):
            return None
        if not self.ranges_matter(reading):
            if np.any(known < -AGAINST):
                return None
            return self._without_ranges(reading, sign, margin)
        if np.mean(known > AGAINST) < HOLDS:
            return None
        return self._with_ranges(reading, sign)

    def _without_ranges(self, reading: Query, sign: float, margin: Array) -> tuple[int, None] | None:
        points = np.concatenate([self._every_point(), self.beyond.points])
        start = Tried(points[:, self.unknown], sign * margin)
        beside = self.drawn[0]

        def value(fillings: Array) -> Array:
            return sign * self._margin_at(reading, self._points(fillings, beside[None]))

        tried = searched(value, start, PLAIN, self.generator, enough=-AGAINST)
        return None if tried.least < -AGAINST else (len(tried.values) - len(start.values), None)

    def _with_ranges(self, reading: Query, sign: float) -> tuple[int, float] | None:
        """Return the worlds looked at, and the least share of ranges that one filling was found to hold in."""
        few = self.drawn[:BESIDE]

        def level(fillings: Array) -> Array:
            return self._nine_in_ten(reading, fillings, few, sign)[0]

        fillings = np.concatenate([self.drawn[:BEGUN][:, self.unknown], self.beyond.points[:BEGUN][:, self.unknown]])
        start = Tried(fillings, level(fillings))
        tried = searched(level, start, WITH_RANGES, self.generator, enough=-0.05)
        if not tried.judged:
            return None
        worst = tried.worst(2)
        firm, shares = self._nine_in_ten(reading, worst, self.drawn[: min(FIRM, len(self.drawn))], sign)
        if np.any(firm <= 0) or np.nanmin(shares) < HOLDS:
            return None
        return len(tried.values) * len(few) + len(worst) * FIRM, float(np.nanmin(shares))

    def _nine_in_ten(self, reading: Query, fillings: Array, beside: Array, sign: float) -> tuple[Array, Array]:
        """Return what a tenth of the ranges' worlds come below in each filling, and the share in which it is so."""
        found = evaluated(self.study, games_of(self.study, [reading]), self._points(fillings, beside))
        shape = len(fillings), len(beside)
        margin = sign * margin_of(found, reading).reshape(shape)
        weights = np.ones(shape)
        if reading.basis.used:
            weights = found.known[self.study.standing.conditions(reading.basis)].reshape(shape)
        weights = np.where(np.isnan(margin), 0.0, weights)
        whole = weights.sum(axis=1)
        order = np.argsort(np.nan_to_num(margin, nan=np.inf), axis=1)
        mass = np.cumsum(np.take_along_axis(weights, order, axis=1), axis=1)
        first = (mass > (1 - HOLDS) * whole[:, None]).argmax(axis=1)
        level = np.take_along_axis(np.take_along_axis(margin, order, axis=1), first[:, None], axis=1)[:, 0]
        share = np.divide(
            ((margin > AGAINST) * weights).sum(axis=1), whole, out=np.full(len(whole), np.nan), where=whole > 0
        )
        return np.where(whole > 0, level, np.nan), share

    def contradictions(self, tested: Sequence[tuple[ClaimReading, TestResult]]) -> tuple[Contradiction, ...]:
        """Return the pairs of readings of different claims that no filling makes both true, though each can be."""
        some = [
            (one, self.study.draws(one.reading.query))
            for one, result in tested
            if result.reason is None and result.verdict is not Verdict.CONTRADICTS
        ]
        hanging = {id(one) for one, result in tested if result.fillings is not None}
        if not some:
            return ()
        truths = [truth for _, (_, truth, _) in some if truth is not None]
        counted = self.study.evidence_weights
        found: list[Contradiction] = []
        budget = MOST_PAIRS
        for first, second in never_together(truths, counted):
            one, other = some[first][0], some[second][0]
            if one.claim is other.claim or not hanging & {id(one), id(other)} or budget == 0:
                continue
            budget -= 1
            names = ((one.claim.id, one.test.name), (other.claim.id, other.test.name))
            if never_both(self.study, one.reading.query, other.reading.query):
                found.append(Contradiction(*names, True, 0))
            elif (count := self._apart(one.reading.query, other.reading.query)) is not None:
                found.append(Contradiction(*names, False, count))
        return tuple(found)

    def _apart(self, first: Query, second: Query) -> int | None:
        """Return how many fillings were looked at without one that makes both true, ``None`` where one does."""
        margins = [self._margins(query) for query in (first, second)]
        points = np.concatenate([self._every_point(), self.beyond.points])
        start = Tried(points, -np.minimum(*margins))
        games = games_of(self.study, [first, second])

        def at(points: Array) -> tuple[Array, Array]:
            found = evaluated(self.study, games, points)
            return margin_of(found, first), margin_of(found, second)

        found = apart((0, 1), at, start, OF_PAIRS, self.generator)
        return None if found is None else found.tried

    def _every_point(self) -> Array:
        drawn = self.study.uniforms.between(0, self.study.worlds)
        return np.stack([drawn[name] for name in self.study.model.names], axis=1)

    def _points(self, fillings: Array, beside: Array) -> Array:
        """Return worlds of each filling beside each of some worlds' ranges, ``(fillings * worlds, numbers)``."""
        points = np.tile(beside, (len(fillings), 1))
        points[:, self.unknown] = np.repeat(fillings, len(beside), axis=0)
        return points

    def _margin_at(self, query: Query, points: Array) -> Array:
        return margin_of(evaluated(self.study, games_of(self.study, [query]), points), query)

    def _margins(self, query: Query) -> Array:
        """Return a reading's margins in the drawn worlds that count, then beyond."""
        drawn = np.where(self.study.draws(query)[0].weights > 0, margin_of(self.study.found, query), np.nan)
        return np.concatenate([drawn, self._possible(query, margin_of(self.beyond.found, query))])

    def _possible(self, query: Query, values: Array) -> Array:
        """Return values beyond without those where what was seen cannot be."""
        if not query.basis.used:
            return values
        return np.where(self.beyond.found.known[self.study.standing.conditions(query.basis)] > 0, values, np.nan)

    def _values(self, query: Query) -> Array:
        draws = self.study.draws(query)[0]
        return np.concatenate(
            [
                np.where(draws.weights > 0, draws.values, np.nan),
                self._possible(query, _answers(self.beyond.found, query)),
            ]
        )

    def _decided(
        self, query: Query, values: Array | None, counted: Mask
    ) -> tuple[tuple[UnknownNumber, ...], float] | None:
        outcome = values
        if is_truth(query.expression):
            truth = self.study.draws(query)[1]
            assert truth is not None
            share = float(np.nanmean(np.where(counted, truth, np.nan))) if counted.any() else 0.0
            if RARE <= share <= 1 - RARE or values is None:
                outcome = truth
        if outcome is None:
            return None
        known = ~np.isnan(outcome) & counted
        if not known.any():
            return None
        ranked = np.full(len(outcome), np.nan)
        ranked[known] = ranks_of(outcome[known])
        columns = {
            thing.path: tuple(self.study.uniforms[name] for name in thing.names if name in self.study.uniforms)
            for thing in self.things
        }
        found = deciding(columns, ranked, counted.astype(np.float64))
        if found is None:
            return None
        return tuple(thing for thing in self.things if thing.path in found.names), found.explained


class FillingsFound(NamedTuple):
    """What a study found, with what it is over fillings of the numbers that nobody has put."""

    claims: tuple[ClaimResult, ...]
    questions: tuple[QuestionResult, ...]
    outcomes: tuple[VariableOutcome, ...]
    checks: tuple[CheckResult, ...]
    unknowns: UnknownsFound


def with_fillings(
    study: Study,
    asked: Sequence[ClaimReading],
    claims: Sequence[ClaimResult],
    questions: Sequence[tuple[QuestionResult, Query]],
    outcomes: Sequence[tuple[VariableOutcome, Mapping[str, Query]]],
    *,
    checks: Sequence[tuple[CheckResult, Query]] = (),
    also: Sequence[Query] = (),
    search: bool = True,
) -> FillingsFound:
    """Return what a study found with what it is over fillings of the numbers that nobody has put.

    ``asked`` are the readings of the claims in their order, ``also`` what was asked beside. Without ``search`` fillings
    are those drawn and the corners, and no pair is looked at. An interruption leaves the rest as it was.
    """
    queries = [one.reading.query for one in asked] + [query for _, query in questions]
    queries += [query for _, states in outcomes for query in states.values()] + [query for _, query in checks]
    queries += also
    over = FillingsOf(study, [query for query in queries if study.refusal(query) is None], search=search)
    results = [test for claim in claims for test in claim.tests]
    found = UnknownsFound(over.things)
    told_questions = [result for result, _ in questions]
    told_outcomes = [outcome for outcome, _ in outcomes]
    told_checks = [result for result, _ in checks]
    try:
        for place, (one, result) in enumerate(zip(asked, results, strict=True)):
            results[place] = over.judged(one.reading.query, result)
        told_questions = [_question(over, result, query) for result, query in questions]
        told_outcomes = [_outcome(over, outcome, states) for outcome, states in outcomes]
        told_checks = [_check(over, result, query) for result, query in checks]
        beside = [query for query in also if study.refusal(query) is None and over.hangs(query)]
        found = replace(found, beside=tuple((query.expression, over.over(query, about(query))) for query in beside))
        if search:
            found = replace(found, contradictions=over.contradictions(list(zip(asked, results, strict=True))))
    except STOPS:
        study.search_interrupted = True
    each = iter(results)
    told = tuple(replace(claim, tests=tuple(next(each) for _ in claim.tests)) for claim in claims)
    return FillingsFound(told, tuple(told_questions), tuple(told_outcomes), tuple(told_checks), found)


def _question(over: FillingsOf, result: QuestionResult, query: Query) -> QuestionResult:
    if over.study.refusal(query) is not None or query.listing is not None or not over.hangs(query):
        return result
    some = [part for part in query.parts if over.hangs(part)]
    parts = {part.head: over.over(part, about(part), decide=False) for part in some}
    return replace(result, fillings=over.over(query, about(query)), parts=parts)


def _check(over: FillingsOf, result: CheckResult, query: Query) -> CheckResult:
    """Return a check with whether its answer lies in the range known in all fillings looked at, or in none of them."""
    if over.study.refusal(query) is not None or not over.hangs(query):
        return result
    found = over.over(query, about(query), decide=False)
    overlaps = None
    if found.low is not None and found.high is not None:
        inside = result.low <= found.low and found.high <= result.high
        outside = found.high < result.low or result.high < found.low
        overlaps = True if inside else False if outside else None
    return replace(result, overlaps=overlaps, mean_inside=None, edge=False, fillings=found)


def _outcome(over: FillingsOf, outcome: VariableOutcome, states: Mapping[str, Query]) -> VariableOutcome:
    found = {state: over.over(query, query, decide=False) for state, query in states.items() if over.hangs(query)}
    return replace(outcome, fillings=found)


def about(query: Query) -> Query | None:
    """Return the number that a query is about: itself, or of one comparison its difference or its one side."""
    if not is_truth(query.expression):
        return query
    comparison = comparison_of(query.expression)
    if comparison is None or is_so_or_not(comparison):
        return None
    sides = [side for side in (comparison.left, comparison.right) if any(True for _ in calls_in(side))]
    alone: Expression = comparison if len(sides) != 1 else sides[0]
    inquiries = {ask: query.inquiries[ask] for ask in calls_in(alone)}
    return replace(query, expression=alone, inquiries=inquiries)


def _answers(found: GatheredAnswers, query: Query) -> Array:
    """Return a number's value, or a comparison's left minus its right side, in each world found."""
    solved = found.in_every_game(query.all_inquiries)

    def value(ask: object) -> Array:
        return found.values[query.inquiries[ask]]  # type: ignore[index]

    take: Callable[..., Array] = gap if comparison_of(query.expression) is not None else number
    return np.where(solved, np.broadcast_to(take(query.expression, value), solved.shape), np.nan)
