"""What is to be done today: questions to settle, conditions that failed, who differs, ranges that were broken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product

from quandary.ledger.histories import QuestionHistory
from quandary.ledger.moments import moment
from quandary.ledger.records import ForecasterKind, LedgerForecast, OutcomeKind, QuestionKind

SOON = 7
"""Days before a question's last day from which it is due soon."""
APART = 0.15
"""A difference of a model and a person from which it is worth a look."""
ROUND = 9
"""Decimals of a difference that count: 27 % and 12 % are 15 points apart, and not more."""
RECENT = 30
"""Days for which a broken range is told after its question was settled."""


@dataclass(frozen=True)
class SaidApart:
    """A question of which a model and a person say things that differ by more than ``APART``."""

    history: QuestionHistory
    model: LedgerForecast
    person: LedgerForecast

    @property
    def points(self) -> float:
        """Return the model's probability minus the person's."""
        return (self.model.probability or 0.0) - (self.person.probability or 0.0)


@dataclass(frozen=True)
class Broken:
    """A range that did not hold: what came, or the day by which it should have (``None``: it is past already)."""

    history: QuestionHistory
    forecast: LedgerForecast
    came: float | None


@dataclass(frozen=True)
class Due:
    """What a ledger asks for on a day, each in order of the last day."""

    today: date
    overdue: tuple[QuestionHistory, ...]
    soon: tuple[QuestionHistory, ...]
    failed: tuple[tuple[QuestionHistory, QuestionHistory], ...]
    apart: tuple[SaidApart, ...]
    broken: tuple[Broken, ...]

    @property
    def nothing(self) -> bool:
        """Return whether nothing is to be done."""
        return not (self.overdue or self.soon or self.failed or self.apart or self.broken)


def due(found: Iterable[QuestionHistory], today: date) -> Due:
    """Return what is due, from all histories of a ledger."""
    every = sorted(found, key=lambda one: one.number)
    by_text = {worded.text.casefold(): one for one in every for worded in (*one.worded, one.question)}
    now = float(today.toordinal())
    still = [history for history in every if history.resolution is None]
    failed = []
    for history in still:
        condition = by_text.get(history.question.condition.casefold()) if history.question.condition else None
        outcome = condition.resolution.outcome if condition is not None and condition.resolution is not None else None
        if condition is not None and outcome in (OutcomeKind.NO, OutcomeKind.VOID):
            failed.append((history, condition))
    void = {history.key for history, _ in failed}
    dated = sorted(
        (one for one in still if one.question.until and one.key not in void), key=lambda one: one.question.until
    )
    overdue = tuple(one for one in dated if moment(one.question.until, end=True) <= now)
    soon = tuple(one for one in dated if now < moment(one.question.until, end=True) <= now + 1 + SOON)
    apart = [one for history in still if history.key not in void for one in _apart(history)]
    broken = [one for history in every for one in _broken(history, now)]
    return Due(today, overdue, soon, tuple(failed), tuple(apart), tuple(broken))


def _apart(history: QuestionHistory) -> Iterator[SaidApart]:
    """Yield each pair of a model and a person of whom what stands is apart."""
    last = {said.forecast.by: said.forecast for said in history.said}
    stands = [one for one in last.values() if one.probability is not None]
    models, people = (
        [one for one in stands if one.judge == judge] for judge in (ForecasterKind.MODEL, ForecasterKind.PERSON)
    )
    for model, person in product(models, people):
        found = SaidApart(history, model, person)
        if round(abs(found.points), ROUND) > APART:
            yield found


def _broken(history: QuestionHistory, now: float) -> list[Broken]:
    last = {one.forecast.by: one.forecast for one in history.said if one.at < history.ends}
    found = []
    for forecast in last.values():
        if forecast.low is None or forecast.high is None:
            continue
        resolution = history.resolution
        if resolution is not None:
            value = resolution.value
            recent = moment(resolution.day) > now - RECENT
            if value is not None and recent and not forecast.low <= value <= forecast.high:
                found.append(Broken(history, forecast, value))
        elif history.question.kind == QuestionKind.DAY and forecast.high + 1 <= now:
            found.append(Broken(history, forecast, None))
    return found
