"""What a forecast scores on its question: each rule that its kind allows, by the forecast that stood when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import hypot, inf, log

import numpy as np

from quandary.base.arrays import Array
from quandary.ledger.histories import QuestionHistory
from quandary.ledger.moments import moment
from quandary.ledger.records import LedgerForecast, OutcomeKind, QuestionKind
from quandary.ledger.scores import proper


@dataclass(frozen=True)
class Part:
    """What was said from ``start`` to ``end`` (moments, in days), and what it scored by each rule."""

    start: float
    end: float
    forecast: LedgerForecast
    scores: Mapping[str, float]

    @property
    def days(self) -> float:
        """Return how long it stood."""
        return self.end - self.start


@dataclass(frozen=True)
class Scored:
    """One forecaster's scores on one question.

    ``parts`` are what stood when, to the moment of closing; ``last`` and ``mean`` (weighted by time) are scores by
    rule.
    ``probability`` is what was last given to yes (binary), ``came`` what came as 0 to 1; ``held`` whether a stated
    range
    held it.
    """

    key: str
    by: str
    parts: tuple[Part, ...]
    probability: float | None
    came: float | None
    held: bool | None
    share: float | None

    @property
    def last(self) -> Mapping[str, float]:
        """Return the scores of what stood at the end."""
        return self.parts[-1].scores

    @property
    def mean(self) -> Mapping[str, float]:
        """Return the scores weighted by how long each stood; of the last alone where none stood any time."""
        days = sum(part.days for part in self.parts)
        if not days:
            return self.last
        return {
            rule: sum(part.days * part.scores[rule] for part in self.parts if part.days) / days
            for rule in self.last
            if all(rule in part.scores for part in self.parts)
        }

    def before_end(self, days: float) -> Part | None:
        """Return what stood so many days before the end; ``None`` where nothing did yet."""
        at = self.parts[-1].end - days
        return next((part for part in reversed(self.parts) if part.start <= at), None)


def scored(history: QuestionHistory) -> Iterator[Scored]:
    """Yield each forecaster's scores on a question that was settled; nothing where it was not, or cannot be scored."""
    if not history.settled or history.question.unscorable:
        return
    for by in history.forecasters:
        said = history.of(by)
        found = _parts(history, said)
        if not found:
            continue
        last = found[-1].forecast
        held = None
        value = history.resolution.value if history.resolution else None
        if last.low is not None and last.high is not None and value is not None:
            held = last.low <= value <= last.high
        came = came_as(history)
        yield Scored(history.key, by, tuple(found), last.probability, came, held, last.share)


def came_as(history: QuestionHistory) -> float | None:
    """Return what came of a binary question, 0 to 1; ``None`` for other kinds."""
    resolution = history.resolution
    if resolution is None or history.question.kind != QuestionKind.BINARY:
        return None
    if resolution.outcome == OutcomeKind.SHARE:
        return resolution.value
    return {OutcomeKind.YES: 1.0, OutcomeKind.NO: 0.0}.get(resolution.outcome)


def _parts(history: QuestionHistory, said: tuple[LedgerForecast, ...]) -> list[Part]:
    """Return what stood when; a withdrawn forecast ends what stood before it."""
    found: list[Part] = []
    end = history.ends
    for number, forecast in enumerate(said):
        start = moment(forecast.said)
        until = moment(said[number + 1].said) if number + 1 < len(said) else end
        if until < inf and (until > start or number + 1 == len(said)) and (scores := scores_of(history, forecast)):
            found.append(Part(start, until, forecast, scores))
    return found


def scores_of(history: QuestionHistory, forecast: LedgerForecast) -> dict[str, float]:
    """Return a forecast's score by each rule that its question's kind allows; empty where it has none."""
    question, resolution = history.question, history.resolution
    if resolution is None:
        return {}
    if question.kind == QuestionKind.BINARY and forecast.probability is not None:
        return _binary(forecast.probability, came_as(history))
    if question.kind in (QuestionKind.CHOICE, QuestionKind.ORDERED) and forecast.probabilities:
        if resolution.option not in question.options:
            return {}
        return _of_options(forecast.probabilities, question.options.index(resolution.option), question.kind)
    return {} if resolution.value is None else _of_numbers(forecast, resolution.value)


def _binary(probability: float, came: float | None) -> dict[str, float]:
    """Return what ``proper`` gives, written out for one forecast of yes or no: most of a ledger are of that kind."""
    if came is None:
        return {}
    other, length = 1 - probability, hypot(1 - probability, probability)
    found = {"brier": (probability - came) ** 2, "log": 0.0, "spherical": 0.0}
    for given, share in ((probability, came), (other, 1 - came)):
        if share:
            found["log"] += share * (-log(given) + 0.0 if given else inf)
            found["spherical"] += share * (1 - given / length)
    return found


def _of_options(probabilities: tuple[float, ...], came: int, kind: QuestionKind) -> dict[str, float]:
    given, place = np.array([probabilities]), np.array([came])
    found = {
        "brier": float(proper.brier_of_many(given, place)[0]),
        "log": float(proper.logarithmic(given, place)[0]),
        "spherical": float(proper.spherical(given, place)[0]),
    }
    if kind == QuestionKind.ORDERED:
        found["ranked"] = float(proper.ranked(given, place)[0])
    return found


def _of_numbers(forecast: LedgerForecast, value: float) -> dict[str, float]:
    found: dict[str, float] = {}
    came: Array = np.array([value])
    if forecast.points:
        points, cumulative = np.array(forecast.points), np.array([forecast.cumulative])
        found["crps"] = float(proper.crps(points, cumulative, came)[0])
    if forecast.low is not None and forecast.high is not None and forecast.share is not None:
        low, high = np.array([forecast.low]), np.array([forecast.high])
        found["interval"] = float(proper.interval(low, high, forecast.share, came)[0])
    return found
