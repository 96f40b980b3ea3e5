"""The outside view beside the case's own answer, and a pool of both.

Three groups say how likely an event is: the case itself (*inside*), classes of cases like it with their rates, and what
others said (*crowd*). The pool is their weighted mean in log-odds, a logarithmic opinion pool for one event (Genest &
Zidek 1986, *Statistical Science* 1). Groups weigh what the case's ``pool`` says, alike by default; those that say
nothing are left out, and the weights of the others are made to sum to one. Inside a group its views weigh alike; views
that count as one (``same_as``) share the weight of one, in the group of the view that they name. A view that is not
``pooled`` is shown and counts nowhere.

Nothing of this is put into the game: what a class of cases did contains its members' reasons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.query.queries import Query, prepare
from quandary.ask.study import Study
from quandary.case.model import Case, OutsideView
from quandary.language import heads
from quandary.language.printing import written
from quandary.language.syntax import Condition
from quandary.quantities.estimate import Scale, log_odds, of_log_odds
from quandary.quantities.reading import read_estimate

PoolGroup = Literal["inside", "class", "crowd"]
"""Who says how likely an event is: the case itself, classes of cases, what others said."""

GROUPS: tuple[PoolGroup, ...] = ("inside", "class", "crowd")

ENDS = np.array([0.05, 0.5, 0.95])


@dataclass(frozen=True)
class OutsideFigure:
    """One outside view as a number: the middle of what was written, and its ends (90 %) where a range was."""

    view: OutsideView
    probability: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class PoolPart:
    """What one voice adds to a pool: its probability, and its share of the weight (all sum to one)."""

    group: PoolGroup
    name: str
    probability: float
    weight: float


@dataclass(frozen=True)
class PooledForecast:
    """A forecast of its own: the parts' mean in log-odds, by their weights.

    ``event`` is the condition as written, ``query`` what the case was asked, ``as_of`` the day it speaks from.
    """

    event: str
    query: str
    as_of: date
    probability: float
    parts: tuple[PoolPart, ...]
    because: str | None = None

    @property
    def groups(self) -> Mapping[PoolGroup, float]:
        """Return what each group that says something weighs."""
        weights = {group: sum(part.weight for part in self.parts if part.group == group) for group in GROUPS}
        return {group: weight for group, weight in weights.items() if any(p.group == group for p in self.parts)}


@dataclass(frozen=True, eq=False)
class OutsideComparison:
    """One event from the inside and from the outside, and the pool of both.

    ``left_out`` are views of a later day than the run's. Where there is no ``pool``, ``why_no_pool`` says why.
    """

    event: Condition
    inside: Answer
    figures: tuple[OutsideFigure, ...]
    left_out: tuple[OutsideView, ...]
    pool: PooledForecast | None
    why_no_pool: str = ""


ReadyComparison = tuple[Condition, Query]
"""An event, and the query for how likely it is by the case."""


def outside_queries(case: Case) -> tuple[ReadyComparison, ...]:
    """Return each event that outside views are about, ready to be answered, in the order of the case."""
    events = {written(view.of): view.of for view in reversed(case.outside)}
    ordered = dict.fromkeys(written(view.of) for view in case.outside)
    return tuple((events[text], prepare(case, heads.P.of(events[text]))) for text in ordered)


def outside_results(study: Study, ready: Sequence[ReadyComparison]) -> tuple[OutsideComparison, ...]:
    """Return each event from both sides; ``ready`` are queries that the study has been asked."""
    return tuple(_compared(study, event, query) for event, query in ready)


def _compared(study: Study, event: Condition, query: Query) -> OutsideComparison:
    case, inside = study.case, study.answer(query)
    own = [view for view in case.outside if written(view.of) == written(event)]
    later = tuple(view for view in own if view.on is not None and view.on > study.as_of)
    figures = tuple(_figure(case, view) for view in own if view not in later)
    if not figures:
        return OutsideComparison(event, inside, figures, later, None, "nothing had been said by then")
    mean = inside.mean
    if mean is None:
        return OutsideComparison(event, inside, figures, later, None, "the case gives no answer")
    if not 0 < mean < 1:
        settled = "what was seen has settled it" if _is_settled(study, event) else "the case leaves it no doubt"
        return OutsideComparison(event, inside, figures, later, None, settled)
    if not any(figure.view.pooled for figure in figures):
        return OutsideComparison(event, inside, figures, later, None, "no view beside the case's own counts")
    parts = _parts(case, mean, figures, named_views(figures, later))
    if not parts:
        return OutsideComparison(event, inside, figures, later, None, "no group that says something has a weight")
    pooled = float(of_log_odds(sum(part.weight * float(log_odds(part.probability)) for part in parts)))
    pool = PooledForecast(written(event), query.text, study.as_of, pooled, parts, case.pool.because)
    return OutsideComparison(event, inside, figures, later, pool)


def _figure(case: Case, view: OutsideView) -> OutsideFigure:
    estimate = read_estimate(view.value.quantity, Scale.PROBABILITY, case.words)
    low, middle, high = (float(value) for value in estimate.quantile(ENDS))
    exact = estimate.exact is not None
    return OutsideFigure(view, middle, None if exact else low, None if exact else high)


def _is_settled(study: Study, event: Condition) -> bool:
    """Return whether it is what was seen that leaves an event no doubt: before it, some world had some."""
    if not study.evidence:
        return False
    prior = study.first_situation().chance((event,))
    return bool(((prior > 0) & (prior < 1)).any())


def named_views(figures: Sequence[OutsideFigure], later: Sequence[OutsideView]) -> Mapping[str, OutsideView]:
    """Return the views of an event by their ids, those of a later day and those not pooled too.

    Two views count as one through a third that itself counts nowhere.
    """
    return {view.id: view for view in (*later, *(figure.view for figure in figures))}


def _parts(
    case: Case, inside: float, figures: Sequence[OutsideFigure], views: Mapping[str, OutsideView]
) -> tuple[PoolPart, ...]:
    """Return every voice with its weight; none where all that say something weigh nothing."""
    figures = [figure for figure in figures if figure.view.pooled]
    first = [counts_as(figure.view, views) for figure in figures]
    voices = {group: len({id(view) for view in first if view.kind == group}) for group in GROUPS} | {"inside": 1}
    written_weights = {"inside": case.pool.inside, "class": case.pool.of_class, "crowd": case.pool.crowd}
    total = sum(written_weights[group] for group in GROUPS if voices[group])
    if not (total > 0 and figures):
        return ()
    parts = [PoolPart("inside", "inside", inside, written_weights["inside"] / total)]
    for figure, one in zip(figures, first, strict=True):
        together = sum(other is one for other in first)
        weight = written_weights[one.kind] / total / voices[one.kind] / together
        parts.append(PoolPart(one.kind, figure.view.name, figure.probability, weight))
    return tuple(parts)


def counts_as(view: OutsideView, views: Mapping[str, OutsideView]) -> OutsideView:
    """Return the view that a view counts as one with in the end: itself where it names none that is there."""
    seen = [view]
    while seen[-1].same_as in views and views[seen[-1].same_as or ""] not in seen:
        seen.append(views[seen[-1].same_as or ""])
    return seen[-1]
