"""The timeline: how the answers moved with each piece of evidence, in order of date.

The game is solved once, without evidence: a piece of evidence weighs the worlds by how probable they made it and
conditions inside each, and solves nothing anew. After the first i pieces a number's answer is what a study with those
pieces alone would give. How far a step moves an answer is split exactly: with values v and normalised weights w,

    sum w1 v1 - sum w0 v0 = sum w0 (v1 - v0) + sum (w1 - w0) v1,

the first part what the actors' world says once the piece is known (*conditioning*), the second what the analyst learns
about the assumptions (*reweighing*).

Evidence that most worlds made improbable leaves few that count. Then more worlds are drawn, from the same seed, up to a
limit; the weights stay the full likelihood. A step that still has too few says so and has no answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot, sqrt

import numpy as np
from numpy.typing import NDArray

from quandary.ask.answer import Answer, AnswerDraws
from quandary.ask.changes.supposing import Supposed, chance_of, supposed
from quandary.ask.claims.headline import headline_query
from quandary.ask.games.evidence import conditions_of, evidence_used
from quandary.ask.games.impossible import FEW, impossible_evidence
from quandary.ask.query.combining import is_truth, number
from quandary.ask.query.queries import Query, prepare
from quandary.ask.query.summarising import answer
from quandary.ask.study import Study
from quandary.base.arrays import Array, Mask
from quandary.base.problems import CaseError, Problem, Severity
from quandary.base.stopping import StopToken
from quandary.case.model import Case, Evidence
from quandary.language.heads import head_of
from quandary.language.printing import written
from quandary.language.syntax import Ask, Expression
from quandary.quantities.arithmetic import difference
from quandary.quantities.summary import effective_number
from quandary.quantities.worlds import MOST_TIMES, more_worlds
from quandary.worlds.gathering import Progress

Index = NDArray[np.intp]


@dataclass(frozen=True)
class Move:
    """How far one piece of evidence moved an answer's mean.

    ``error`` is the Monte Carlo standard error of ``total``, from the same 16 designs before and after.
    ``conditioning`` and ``reweighing`` add up to ``total``; both are ``None`` where the piece leaves the query
    undefined in a world that counted before.
    """

    total: float
    error: float | None
    conditioning: float | None
    reweighing: float | None


@dataclass(frozen=True, eq=False)
class Moment:
    """One query after one step: its answer, and how the step moved it (``None`` at the start)."""

    answer: Answer
    move: Move | None


@dataclass(frozen=True, eq=False)
class TimelineStep:
    """What stood after a piece of evidence (``item`` is ``None`` at the start, before any).

    ``probability`` is the piece's own given those before it, averaged over the worlds as they then weighed.
    ``moments`` has one entry per line of the timeline, in order, and is empty where ``too_few`` says why.
    """

    item: Evidence | None
    effective_worlds: float
    probability: float | None
    moments: tuple[Moment, ...]
    too_few: Problem | None = None


@dataclass(frozen=True)
class Line:
    """One query followed through time: its identifier in the case, what it asks in words, its syntax."""

    id: str
    asks: str
    query: Expression


@dataclass(frozen=True, eq=False)
class Timeline:
    """The lines, the steps in order of date, and how the numbers were made.

    ``worlds`` were drawn in the end, ``asked_for`` at first; ``least`` is the effective number below which a step
    has no answers. ``complete`` is false after an interruption; ``unconverged`` worlds are in no answer. ``asides``
    are, for each line, the evidence that its interventions set aside of all that was seen.
    """

    lines: tuple[Line, ...]
    steps: tuple[TimelineStep, ...]
    as_of: date
    worlds: int
    asked_for: int
    least: float
    seed: int
    complete: bool
    unconverged: tuple[int, ...] = ()
    asides: tuple[tuple[Expression, ...], ...] = ()


def timeline(
    case: Case,
    *,
    worlds: int = 10_000,
    seed: int = 1,
    as_of: date | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    stop: StopToken | None = None,
    most_times: int = MOST_TIMES,
    least: float | None = None,
) -> Timeline:
    """Return how the case's plain numbers moved with each piece of evidence dated up to ``as_of``.

    ``least`` is the effective number of worlds that a step needs: 100, or half of ``worlds`` where that is less.

    Raises ``CaseError`` for a query that cannot be asked, and Q522 with the place of a piece that cannot happen.
    """
    items = _in_order(evidence_used(case, as_of or case.as_of, True))
    least = min(FEW, worlds / 2) if least is None else least
    drawn = worlds
    while True:
        study = Study(
            case,
            worlds=drawn,
            seed=seed,
            as_of=as_of,
            use_evidence=False,
            threads=threads,
            progress=progress,
            stop=stop,
        )
        found = _Weighed(study, items, lines_of(case))
        fewest = min(effective_number(weights) for weights in found.weights)
        more = more_worlds(drawn, fewest, least, worlds * most_times) if found.complete else None
        if more is None:
            break
        drawn = more
    steps = found.steps(least)
    lost = study.run.unconverged
    return Timeline(found.lines, steps, study.as_of, drawn, worlds, least, seed, found.complete, lost, found.asides)


def lines_of(case: Case) -> tuple[Line, ...]:
    """Return what a timeline follows: the case's questions that are one number; without any, its headline."""
    found = [
        Line(question.id, question.asks or question.written, question.query)
        for question in case.questions
        if not is_truth(question.query) and not (isinstance(question.query, Ask) and head_of(question.query).parts)
    ]
    if not found and (leading := headline_query(case)) is not None:
        found = [Line("headline", leading.asks, leading.query)]
    return tuple(found)


def needed(study: Study, lines: Sequence[Line]) -> list[Query]:
    """Return the queries that ``followed`` will ask, for a pass that answers other questions too."""
    return _needs(*_prepared(study, _in_order(study.evidence), lines))


def followed(study: Study, lines: Sequence[Line]) -> Timeline:
    """Return how the lines moved with each piece of a study's own evidence, from its own worlds.

    No more worlds are drawn where too few count; such a step says so. Raises as ``timeline`` does.
    """
    items = _in_order(study.evidence)
    found = _Weighed(study, items, lines)
    least = min(FEW, study.worlds / 2)
    return Timeline(
        found.lines,
        found.steps(least),
        study.as_of,
        study.worlds,
        study.worlds,
        least,
        study.seed,
        found.complete,
        study.run.unconverged,
        found.asides,
    )


def _in_order(items: Sequence[Evidence]) -> tuple[Evidence, ...]:
    return tuple(sorted(items, key=lambda item: item.on))


def _prepared(
    study: Study, items: Sequence[Evidence], lines: Sequence[Line]
) -> tuple[list[list[Supposed]], list[Query]]:
    """Return every line after every number of pieces, and the chance of those pieces."""
    queries = [prepare(study.case, line.query) for line in lines]
    given = [conditions_of(tuple(items[:count])) for count in range(len(items) + 1)]
    asked = [[supposed(study, query, conditions) for query in queries] for conditions in given]
    return asked, [chance_of(conditions) for conditions in given]


def _needs(asked: Sequence[Sequence[Supposed]], seen: Sequence[Query]) -> list[Query]:
    return [query for row in asked for one in row for query in one.needs] + list(seen[1:])


class _Weighed:
    """A study asked every line after every number of pieces, whatever evidence it uses itself."""

    def __init__(self, study: Study, items: Sequence[Evidence], lines: Sequence[Line]) -> None:
        self.study = study
        self.items = tuple(items)
        self.lines = tuple(lines)
        self._asked, self._seen = _prepared(study, self.items, self.lines)
        study.need(_needs(self._asked, self._seen))
        found = study.found
        self.complete = bool(found.done.all())
        self._solved: Mask = found.done & found.everywhere
        start = np.where(self._solved, study.check_weights, 0.0)
        self.weights = [start]
        self.weights += [start * np.where(self._solved, study.draws(seen)[0].values, 0.0) for seen in self._seen[1:]]
        if self._solved.any() and not self.weights[-1].any():
            raise CaseError([impossible_evidence(study.first_situation(), self.items)])

    @property
    def asides(self) -> tuple[tuple[Expression, ...], ...]:
        """Return, for each line, the evidence that its interventions set aside of all that was seen."""
        return tuple(asked.aside for asked in self._asked[-1])

    def steps(self, least: float) -> tuple[TimelineStep, ...]:
        """Return every step, the start first."""
        steps: list[TimelineStep] = []
        before: list[Answer | None] = [None] * len(self.lines)
        for count, weights in enumerate(self.weights):
            item = self.items[count - 1] if count else None
            effective = effective_number(weights)
            likely = float(weights.sum() / self.weights[count - 1].sum()) if count else None
            if effective < least:
                steps.append(TimelineStep(item, effective, likely, (), _too_few(item, effective, least)))
                before = [None] * len(self.lines)
                continue
            answers = [self._answer(asked) for asked in self._asked[count]]
            moments = tuple(self._moment(then, now) for then, now in zip(before, answers, strict=True))
            before = list(answers)
            steps.append(TimelineStep(item, effective, likely, moments))
        return tuple(steps)

    def _answer(self, asked: Supposed) -> Answer:
        found, worlds = self.study.found.values, self.study.worlds
        query = asked.query
        values = np.broadcast_to(number(query.expression, lambda ask: found[query.inquiries[ask]]), (worlds,))
        weights = np.where(self._solved, asked.weights(found, worlds) * self.study.check_weights, 0.0)
        draws = AnswerDraws(np.where(self._solved, values, np.nan), weights)
        block = self.study.design.block()
        left_out = ~self._solved
        return answer(
            query.text,
            draws,
            block,
            left_out=left_out,
            asked=query.expression,
            aside=asked.aside,
            why_undefined=self.study.why_undefined(query, np.isnan(values) & ~left_out),
        )

    def _moment(self, then: Answer | None, now: Answer) -> Moment:
        if then is None or then.mean is None or now.mean is None:
            return Moment(now, None)
        return Moment(now, move_between(then, now, self.study.design.block()))


def move_between(then: Answer, now: Answer, block: Index) -> Move:
    """Return how far an answer moved between two weighings of the same worlds.

    The error is that of a difference of two ratios of totals over the R blocks, linearised (Cochran 1977,
    section 6.4): sqrt(R / (R - 1) sum_r (e1_r - e0_r)^2) with e_r = (A_r - m B_r) / B.
    """
    assert then.mean is not None
    assert now.mean is not None
    total = difference(now.mean, then.mean)
    first, second = _shares(then), _shares(now)
    count = int(block.max()) + 1
    parts = [
        np.bincount(block, weights=share * (np.nan_to_num(made.draws) - mean), minlength=count)
        for made, share, mean in ((then, first, then.mean), (now, second, now.mean))
    ]
    error = sqrt(count / (count - 1)) * hypot(*(parts[1] - parts[0])) if count > 1 else None
    counted = (first > 0) | (second > 0)
    if np.isnan(then.draws[counted]).any() or np.isnan(now.draws[counted]).any():
        return Move(total, error, None, None)
    conditioning = float((first * np.where(counted, difference(now.draws, then.draws), 0.0)).sum())
    return Move(total, error, conditioning, difference(total, conditioning))


def _shares(made: Answer) -> Array:
    weights = np.where(np.isnan(made.draws), 0.0, made.weights)
    return np.asarray(weights / weights.sum())


def _too_few(item: Evidence | None, effective: float, least: float) -> Problem:
    what = "Before any evidence" if item is None else f"After {written(item.saw)}"
    message = f"{what} only {effective:,.0f} worlds count, fewer than {least:,.0f}: too few to say anything."
    hint = "draw more worlds (--worlds), or state the evidence less finely"
    if item is None:
        return Problem("Q541", message, hint=hint, severity=Severity.WARNING)
    return Problem("Q541", message, item.place, hint, Severity.WARNING)
