"""Score cards: the mean score of what was forecast, by who, tag, horizon, set of questions or source, with counts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from math import inf

import numpy as np

from quandary.base.arrays import Array
from quandary.ledger.histories import QuestionHistory
from quandary.ledger.records import LedgerQuestion, QuestionKind
from quandary.ledger.scores.calibration import LEAST_EACH, CalibrationParts, calibration_parts
from quandary.ledger.scores.scored import Part, Scored

HORIZONS = ((0.0, 7.0), (7.0, 30.0), (30.0, 90.0), (90.0, 365.0), (365.0, inf))
"""Days from what was said to the end, by which scores are told apart."""
IN_UNITS = ("crps", "interval")
"""Rules whose scores are in the unit of their question."""


class Taken(StrEnum):
    """Which of a forecaster's forecasts of a question counts: the last, all by how long each stood, or each for
    itself."""

    LAST = "last"
    MEAN = "time-weighted"
    EACH = "each"


class Grouping(StrEnum):
    """By what scores are told apart."""

    WHO = "who"
    TAG = "tag"
    HORIZON = "horizon"
    SET = "set"
    SOURCE = "source"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Row:
    """One forecaster's scores by some rules on one question, with what it may be grouped by; all that a card needs to
    hold. Questions are told apart by their number, and those that hang together have one ``cluster``.
    """

    question: int
    by: str
    kind: QuestionKind
    tags: tuple[str, ...]
    set: str
    source: str
    horizon: float
    ended: float
    rules: tuple[str, ...]
    scores: tuple[float, ...]
    probability: float | None
    came: float | None
    held: bool | None
    share: float | None
    cluster: int
    scale: float | None = None


@dataclass(frozen=True)
class ScoreLine:
    """What a group of forecasts scored: how many, and the mean by each rule; ``parts`` of the Brier score of binary
    ones, ``right`` of how many were on the right side of even (those at 50 % are half right), how many ranges were
    stated
    and how many held.

    ``sharpness`` is the mean distance of binary probabilities from 50 %, 0 to 0.5.
    """

    name: str
    forecasts: int
    questions: int
    means: tuple[tuple[str, float], ...]
    counts: tuple[tuple[str, int], ...]
    parts: CalibrationParts | None
    right: float | None
    sharpness: float | None
    ranges: int
    held: int
    promised: float | None

    @property
    def few(self) -> bool:
        """Return whether there are too few to say much."""
        return self.forecasts < LEAST_EACH

    def mean(self, rule: str) -> float | None:
        """Return the mean of a rule, ``None`` where nothing was scored by it."""
        return dict(self.means).get(rule)


def rows(
    history: QuestionHistory, several: Iterable[Scored], taken: Taken = Taken.LAST, days_before: float | None = None
) -> Iterator[Row]:
    """Yield a row for each forecaster that was scored on a question; with ``days_before`` of what stood so many days
    before the end.
    """
    for one in several:
        if days_before is not None:
            parts = [part for part in [one.before_end(days_before)] if part is not None]
        else:
            parts = list(one.parts if taken == Taken.EACH else one.parts[-1:])
        weighted = taken == Taken.MEAN and days_before is None
        yield from (_row(history, one, part, one.mean if weighted else part.scores) for part in parts)


def grouped(given: Sequence[Row], group: Callable[[Row], Iterable[str]]) -> dict[str, list[Row]]:
    """Return the rows of each group that a row belongs to, in order of the name."""
    groups: dict[str, list[Row]] = {}
    for row in given:
        for name in group(row):
            groups.setdefault(name, []).append(row)
    return {name: groups[name] for name in sorted(groups)}


def line(name: str, given: Sequence[Row]) -> ScoreLine:
    """Return what a group of rows scored."""
    by_rule = _by_rule(given)
    said, came = binary_of(given)
    ranges = [row for row in given if row.held is not None]
    shares = [row.share for row in ranges if row.share is not None]
    whole = bool(len(said)) and bool(np.isin(came, (0, 1)).all())
    return ScoreLine(
        name,
        len(given),
        len({row.question for row in given}),
        tuple((rule, float(np.mean(values))) for rule, values in by_rule.items()),
        tuple((rule, len(values)) for rule, values in by_rule.items()),
        calibration_parts(said, came) if len(said) else None,
        float(np.mean(np.where(said == 0.5, 0.5, (said > 0.5) == (came > 0.5)))) if whole else None,
        float(np.mean(np.abs(said - 0.5))) if len(said) else None,
        len(ranges),
        sum(bool(row.held) for row in ranges),
        float(np.mean(shares)) if shares else None,
    )


def _by_rule(given: Sequence[Row]) -> dict[str, list[float]]:
    """Return the scores by rule, apart where they have not the same unit: Brier scores of two and of many options, and
    of numbers and days what is told in shares of a question's scale. Without a scale they are of one question, or none.
    """
    found: dict[str, list[float]] = {}
    units: dict[str, set[int]] = {}
    for row in given:
        for rule, value in zip(row.rules, row.scores, strict=True):
            if rule in IN_UNITS and row.scale:
                found.setdefault(f"{rule}, of scale", []).append(value / row.scale)
                continue
            name = f"{rule}, options" if rule == "brier" and row.kind != QuestionKind.BINARY else rule
            found.setdefault(name, []).append(value)
            units.setdefault(name, set()).add(row.question)
    return {rule: values for rule, values in found.items() if rule not in IN_UNITS or len(units[rule]) == 1}


def binary_of(given: Sequence[Row]) -> tuple[Array, Array]:
    """Return the probabilities said and what came, of the binary questions among the rows."""
    pairs = [(row.probability, row.came) for row in given if row.probability is not None and row.came is not None]
    return np.array([one for one, _ in pairs], dtype=np.float64), np.array([one for _, one in pairs], dtype=np.float64)


def horizon_name(days: float) -> str:
    """Return the name of the span of days that a horizon lies in."""
    for number, (least, most) in enumerate(HORIZONS, 1):
        if days < most:
            return f"{number}. {least:g} days and more" if most == inf else f"{number}. {least:g} to {most:g} days"
    return "unknown"


def scale_of(question: LedgerQuestion) -> float | None:
    """Return how wide the scale of a question of numbers or days is; ``None`` where it has none."""
    if question.low is None or question.high is None or not question.high > question.low:
        return None
    return question.high - question.low


@lru_cache(maxsize=65_536)
def _shared(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the same tuple for the same words, so that rows hold one."""
    return words


@lru_cache(maxsize=65_536)
def _cluster(linked: str) -> int:
    """Return the number of what questions are linked to, which is below those of questions."""
    return -int.from_bytes(sha256(linked.encode()).digest()[:7])


def _row(history: QuestionHistory, one: Scored, part: Part, scores: Mapping[str, float]) -> Row:
    question = history.question
    probability = part.forecast.probability
    return Row(
        history.number,
        sys.intern(one.by),
        question.kind,
        _shared(question.tags),
        sys.intern(question.set),
        sys.intern(part.forecast.source),
        one.parts[-1].end - part.start,
        one.parts[-1].end,
        _shared(tuple(scores)),
        tuple(scores.values()),
        probability,
        one.came,
        one.held,
        one.share,
        _cluster(question.linked) if question.linked else history.number,
        scale_of(question),
    )
