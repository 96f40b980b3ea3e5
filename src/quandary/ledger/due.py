"""What is to be done today: questions to settle, conditions that failed, who differs, ranges that were broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress, product

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


def due(read: Callable[[], Iterator[QuestionHistory]], today: date) -> Due:
    """Return what is due. ``read`` yields all histories of a ledger, and is called again where questions wait for
    others; memory holds what is due, and no more of the ledger.
    """
    now = float(today.toordinal())
    conditional: list[QuestionHistory] = []
    dated: list[QuestionHistory] = []
    apart: list[SaidApart] = []
    broken: list[Broken] = []
    for history in read():
        question = history.question
        broken += _broken(history, now)
        if history.resolution is not None:
            continue
        if question.condition:
            conditional.append(history)
        if question.until and moment(question.until, end=True) <= now + 1 + SOON:
            dated.append(history)
        apart += _apart(history)
    failed = _failed(sorted(conditional, key=_number), read)
    void = {history.key for history, _ in failed}
    dated = sorted((one for one in dated if one.key not in void), key=lambda one: (one.question.until, one.number))
    late = [moment(one.question.until, end=True) <= now for one in dated]
    overdue, soon = (tuple(compress(dated, chosen)) for chosen in (late, [not one for one in late]))
    standing = sorted((one for one in apart if one.history.key not in void), key=lambda one: one.history.number)
    return Due(today, overdue, soon, failed, tuple(standing), tuple(sorted(broken, key=lambda one: one.history.number)))


def _number(history: QuestionHistory) -> int:
    return history.number


def _failed(
    conditional: Sequence[QuestionHistory], read: Callable[[], Iterator[QuestionHistory]]
) -> tuple[tuple[QuestionHistory, QuestionHistory], ...]:
    """Return the questions whose condition is another question that did not come, each with that."""
    conditions = {one.question.condition.casefold() for one in conditional}
    by_text: dict[str, QuestionHistory] = {}
    for history in read() if conditions else ():
        for text in {worded.text.casefold() for worded in (*history.worded, history.question)} & conditions:
            by_text[text] = max(history, by_text.get(text, history), key=_number)
    failed = []
    for history in conditional:
        condition = by_text.get(history.question.condition.casefold())
        outcome = condition.resolution.outcome if condition is not None and condition.resolution is not None else None
        if condition is not None and outcome in (OutcomeKind.NO, OutcomeKind.VOID):
            failed.append((history, condition))
    return tuple(failed)


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
