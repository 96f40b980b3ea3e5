"""One forecaster beside another on the same questions and days, and beside all others (peer and baseline scores)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np

from quandary.base.arrays import Array
from quandary.ledger.histories import QuestionHistory
from quandary.ledger.moments import moment
from quandary.ledger.records import LedgerQuestion, QuestionKind
from quandary.ledger.scores.card import IN_UNITS, scale_of
from quandary.ledger.scores.relative import baseline, peer
from quandary.ledger.scores.scored import Part, Scored
from quandary.ledger.scores.skill import Difference, difference

RULES = {QuestionKind.BINARY: "brier", QuestionKind.CHOICE: "brier", QuestionKind.ORDERED: "ranked"}
"""By which rule two are compared on a question of a kind; numbers and days by ``crps`` or else ``interval``."""

SHORTEST = 1e-9
"""Days that a forecast stood which was said at the very end."""


@dataclass(frozen=True)
class Beside:
    """Two forecasters on the questions that both forecast, over the days on which both had said something.

    ``kinds`` holds the difference (first minus second, a loss) for each rule that they are compared by.
    """

    first: str
    second: str
    kinds: tuple[tuple[str, Difference], ...]


@dataclass(frozen=True)
class Published:
    """A forecaster's mean scores by Metaculus's formulas over binary questions and those of options, more is better.

    ``coverage`` is the mean share of the time from opening to the end over which something stood; ``peers`` the
    questions that others forecast too.
    """

    by: str
    baseline: float
    peer: float | None
    questions: int
    peers: int
    coverage: float


class BesideOne:
    """Sets forecasters beside one, as the scores of questions pass."""

    def __init__(self, second: str) -> None:
        """Begin with no question; ``second`` is the forecaster beside whom the others are set."""
        self.second = second
        self._pairs: dict[str, dict[str, list[tuple[float, float, float, str]]]] = {}

    def add(self, history: QuestionHistory, several: Sequence[Scored]) -> None:
        """Take what each forecaster scored on a question."""
        second = next((one for one in several if one.by == self.second), None)
        for one in several:
            pairs = self._pairs.setdefault(one.by, {})
            if second is not None and one is not second:
                self._add(pairs, history, one, second)

    def _add(
        self,
        pairs: dict[str, list[tuple[float, float, float, str]]],
        history: QuestionHistory,
        first: Scored,
        second: Scored,
    ) -> None:
        rule = RULES.get(history.question.kind)
        for name in (rule,) if rule else ("crps", "interval"):
            if (pair := _on_same_days(first, second, name)) is not None:
                cluster = history.question.linked or history.key
                alike, scores = _alike(name, pair[:2], history.question)
                pairs.setdefault(alike, []).append((*scores, pair[2], cluster))
                return

    def of(self, first: str, seed: int = 1) -> Beside:
        """Return how a forecaster did beside the one, on the same questions and days."""
        kinds = []
        for rule, values in self._pairs.get(first, {}).items():
            _, clusters = np.unique([cluster for *_, cluster in values], return_inverse=True)
            left, right, turned = (np.array([value[place] for value in values]) for place in (0, 1, 2))
            binary = turned if rule == "brier" else None
            kinds.append((rule, difference(left, right, clusters.astype(np.float64), seed=seed, turned=binary)))
        return Beside(first, self.second, tuple(kinds))


@dataclass
class _Sums:
    """Sums of one forecaster's baseline scores, peer scores and coverage, with how many there are."""

    baseline: float = 0.0
    peer: float = 0.0
    coverage: float = 0.0
    questions: int = 0
    peers: int = 0


class PublishedScores:
    """Each forecaster's baseline and peer score, averaged over questions as they pass, each weighted by its time
    there."""

    def __init__(self) -> None:
        """Begin with no question."""
        self._sums: dict[str, _Sums] = {}

    def add(self, history: QuestionHistory, several: Sequence[Scored]) -> None:
        """Take what each forecaster scored on a question."""
        if history.question.kind not in RULES or not several:
            return
        found = _of_one(history, several[0]) if len(several) == 1 else _of_question(history, several)
        for one, (base, others, coverage) in zip(several, found, strict=True):
            sums = self._sums.setdefault(one.by, _Sums())
            sums.baseline += base
            sums.coverage += coverage
            sums.questions += 1
            if others is not None:
                sums.peer += others
                sums.peers += 1

    def all(self) -> tuple[Published, ...]:
        """Return the scores of all forecasters, in the order in which they came."""
        return tuple(
            Published(
                by,
                sums.baseline / sums.questions,
                sums.peer / sums.peers if sums.peers else None,
                sums.questions,
                sums.peers,
                sums.coverage / sums.questions,
            )
            for by, sums in self._sums.items()
        )


def _of_one(history: QuestionHistory, one: Scored) -> list[tuple[float, float | None, float]]:
    """Return what ``_of_question`` does where nobody else forecast: most questions of a ledger are so."""
    options = log(len(history.question.options) or 2)
    parts = [part for part in one.parts if part.days] or list(one.parts[-1:])
    weights = [part.days or SHORTEST for part in parts]
    base = sum(days * 100 * (options - part.scores["log"]) / options for days, part in zip(weights, parts, strict=True))
    first = one.parts[0].start
    opened = first if not history.question.opened else min(first, moment(history.question.opened))
    whole = max(one.parts[-1].end - opened, SHORTEST)
    return [(base / sum(weights), None, sum(weights) / whole)]


def _of_question(history: QuestionHistory, several: Sequence[Scored]) -> list[tuple[float, float | None, float]]:
    """Return baseline score, peer score and coverage of each forecaster on one question, weighted by time."""
    edges = np.unique([edge for one in several for part in one.parts for edge in (part.start, part.end)])
    spans = np.diff(edges)
    if not len(spans):  # all was said at the very end
        edges, spans = np.array([edges[0], edges[0] + SHORTEST]), np.array([SHORTEST])
    given: Array = np.full((len(several), len(spans)), np.nan)
    for row, one in enumerate(several):
        for part in one.parts:
            given[row, (edges[:-1] >= part.start) & (edges[:-1] < max(part.end, part.start + SHORTEST))] = exp(
                -part.scores["log"]
            )
    options = len(history.question.options) or 2
    base, others = baseline(given, options), peer(given)
    first = min(one.parts[0].start for one in several)
    opened = first if not history.question.opened else min(first, moment(history.question.opened))
    whole = max(float(edges[-1] - opened), SHORTEST)
    found = []
    for row in range(len(several)):
        there, beside_others = ~np.isnan(given[row]), ~np.isnan(others[row])
        mean = float(np.average(base[row][there], weights=spans[there]))
        some = beside_others.any()
        peers = float(np.average(others[row][beside_others], weights=spans[beside_others])) if some else None
        found.append((mean, peers, float(spans[there].sum()) / whole))
    return found


def _alike(rule: str, pair: tuple[float, float], question: LedgerQuestion) -> tuple[str, tuple[float, float]]:
    """Return a rule's name and both scores in a unit that other questions have too: of numbers and days in shares of
    the scale, or else of the mean of both.
    """
    if rule not in IN_UNITS:
        return (f"{rule}, options" if rule == "brier" and question.options else rule), pair
    scale, mean = scale_of(question), sum(pair) / 2
    if scale:
        return f"{rule}, of scale", (pair[0] / scale, pair[1] / scale)
    return f"{rule}, of both's mean", ((pair[0] / mean, pair[1] / mean) if mean else (1.0, 1.0))


def _on_same_days(first: Scored, second: Scored, rule: str) -> tuple[float, float, float] | None:
    """Return both mean scores over the time in which both had said something, and their difference had the question
    come the other way (0 where it is not of yes or no); of the last of each where that is no time.
    """
    spans: list[tuple[float, Part, Part]] = []
    for one in first.parts:
        for other in second.parts:
            start, end = max(one.start, other.start), min(one.end, other.end)
            if end > start and rule in one.scores and rule in other.scores:
                spans.append((end - start, one, other))
    if not spans:
        ends = first.parts[-1], second.parts[-1]
        if not all(rule in part.scores for part in ends):
            return None
        spans = [(1.0, *ends)]
    days = sum(span[0] for span in spans)
    turned = sum(span * _turned(one, other, first.came) for span, one, other in spans) / days
    mean = sum(span * one.scores[rule] for span, one, _ in spans) / days
    return mean, sum(span * other.scores[rule] for span, _, other in spans) / days, turned


def _turned(one: Part, other: Part, came: float | None) -> float:
    """Return the difference of two Brier scores had a question of yes or no come the other way."""
    given = [part.forecast.probability for part in (one, other)]
    if came is None or given[0] is None or given[1] is None:
        return 0.0
    return (given[0] - (1 - came)) ** 2 - (given[1] - (1 - came)) ** 2
