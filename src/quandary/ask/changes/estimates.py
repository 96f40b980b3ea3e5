"""Answers at once after a move: the level comes from many worlds, the change from few.

With V the value in the case as it was, known in all worlds, and V' in the case as it is, known in the first n, the mean
of V' is estimated by the mean of V in all worlds plus the difference of both means in the first n: a control variate
with coefficient 1 (Owen 2013, section 8.9). Both are the same worlds, so that the difference has little noise wherever
the move changes little. Means are ratios of weighted sums; the error of their difference is linearised (Cochran 1977,
section 6.4).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quandary.ask.answer import AnswerDraws
from quandary.ask.claims.judging import Reading
from quandary.ask.claims.verdicts import verdict_of
from quandary.ask.query.combining import is_truth
from quandary.ask.query.queries import Query
from quandary.ask.results import Verdict
from quandary.ask.study import Study
from quandary.base.arrays import Array
from quandary.quantities.shares import LEVEL, REPLICATE_ERRORS, wilson
from quandary.quantities.summary import effective_number

HALF = 0.5
"""The weighted share of worlds without a value above which a reading is not testable."""


@dataclass(frozen=True)
class CoarseAnswer:
    """A mean, or a truth's share of worlds, that is not known in all worlds yet.

    It lies between ``low`` and ``high`` but for what two errors leave out. ``mean`` is ``None`` where no world has a
    value.
    """

    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class CoarseVerdict:
    """A reading's verdict before all worlds are in; it is ``settling`` where they may well say otherwise."""

    verdict: Verdict | None
    share: CoarseAnswer
    settling: bool


NO_VALUE = CoarseAnswer(None, None, None)


def coarse_mean(
    now: Study, query: Query, before: Study | None = None, asked_before: Query | None = None
) -> CoarseAnswer:
    """Return an estimate of a query that the study ``now`` has answered in the first worlds.

    ``before`` is the case as it was, which has answered what was ``asked_before`` in all worlds; ``None`` where there
    is no such.
    """
    few = _WeightedValues.of(now, query)
    if few.mean is None:
        return NO_VALUE
    error, level = few.errors, few.mean
    if before is not None and asked_before is not None:
        whole = _WeightedValues.of(before, asked_before)
        part = whole.first(now.worlds)
        if whole.mean is not None and part.mean is not None:
            level = whole.mean + few.mean - part.mean
            error = few.errors - part.errors
    reach = REPLICATE_ERRORS * float(np.sqrt(np.mean(error**2) / len(error)))
    if not few.is_truth:
        return CoarseAnswer(level, level - reach, level + reach)
    reach += wilson(0.0, few.effective, LEVEL)[1]  # what no world of these few shows
    level = min(max(level, 0.0), 1.0)
    return CoarseAnswer(level, max(level - reach, 0.0), min(level + reach, 1.0))


def coarse_verdict(
    now: Study, reading: Reading, before: Study | None = None, read_before: Reading | None = None
) -> CoarseVerdict:
    """Return the verdict on a reading from the first worlds, ``None`` of one that hangs on unknown numbers.

    ``before`` is the case as it was, as in ``coarse_mean``, of which ``read_before`` is the same reading.
    """
    if now.model.unknowns:
        return CoarseVerdict(None, NO_VALUE, settling=True)
    if now.refusal(reading.query) is not None:
        return CoarseVerdict(Verdict.NOT_TESTABLE, NO_VALUE, settling=False)
    few = _WeightedValues.of(now, reading.query)
    if few.without > HALF or few.mean is None:
        return CoarseVerdict(Verdict.NOT_TESTABLE, NO_VALUE, settling=True)
    asked = read_before
    if before is not None and asked is not None and before.refusal(asked.query) is not None:
        asked = None
    share = coarse_mean(now, reading.query, before, None if asked is None else asked.query)
    verdict = verdict_of(share.mean)
    return CoarseVerdict(verdict, share, settling=not verdict is verdict_of(share.low) is verdict_of(share.high))


@dataclass(frozen=True, eq=False)
class _WeightedValues:
    """A query's values and weights in some worlds, ``(W,)``, NaN without a value."""

    values: Array
    weights: Array
    is_truth: bool

    @classmethod
    def of(cls, study: Study, query: Query) -> _WeightedValues:
        draws, holds, _ = study.draws(query)
        return cls(*_plain(draws, holds), is_truth(query.expression))

    def first(self, worlds: int) -> _WeightedValues:
        """Return the same in the first worlds."""
        return _WeightedValues(self.values[:worlds], self.weights[:worlds], self.is_truth)

    @property
    def kept(self) -> Array:
        """Return what worlds weigh that have a value."""
        return np.where(np.isnan(self.values), 0.0, self.weights)

    @property
    def mean(self) -> float | None:
        """Return the weighted mean."""
        total = float(self.kept.sum())
        return float(np.nansum(self.kept * self.values)) / total if total > 0 else None

    @property
    def errors(self) -> Array:
        """Return what each world adds to the error of the mean, ``(W,)``: linearised."""
        weights, mean = self.kept, self.mean
        if mean is None:
            return np.zeros(len(weights))
        return np.asarray(np.where(weights > 0, weights * (self.values - mean), 0.0) / weights.mean())

    @property
    def effective(self) -> float:
        """Return how many worlds count."""
        return max(effective_number(self.kept), 1.0)

    @property
    def without(self) -> float:
        """Return the weighted share of worlds without a value."""
        total = float(self.weights.sum())
        return float(self.weights[np.isnan(self.values)].sum()) / total if total > 0 else 1.0


def _plain(draws: AnswerDraws, holds: Array | None) -> tuple[Array, Array]:
    values = draws.values if holds is None else np.where(np.isnan(draws.values), np.nan, holds)
    return np.asarray(values, dtype=np.float64), draws.weights
