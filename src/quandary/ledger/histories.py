"""Histories: a question with all that was said of it, in the order of saying, and what came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from quandary.base.problems import Problem, Refusal
from quandary.ledger.chain import Entry
from quandary.ledger.moments import moment
from quandary.ledger.records import Forecast, OutcomeKind, Question, Resolution
from quandary.ledger.store.store import Store

UNSETTLED = (OutcomeKind.VOID, OutcomeKind.AMBIGUOUS)
"""Outcomes with which a forecast is neither right nor wrong."""


@dataclass(frozen=True)
class Said:
    """One forecast with the number and time of its entry."""

    number: int
    entered: str
    forecast: Forecast

    @property
    def at(self) -> float:
        """Return when it was said, in days."""
        return moment(self.forecast.said)


@dataclass(frozen=True)
class History:
    """A question: its ``key``, the ``number`` of the entry that first asked it, its newest wording and those before,
    what was said (in the order of saying), and how it was settled: the standing resolution with its entry's digest,
    and those before.
    """

    key: str
    number: int
    question: Question
    worded: tuple[Question, ...]
    said: tuple[Said, ...]
    resolution: Resolution | None
    resolved_by: str
    corrected: tuple[Resolution, ...]

    @property
    def settled(self) -> bool:
        """Return whether it has an outcome that forecasts can be held to."""
        return self.resolution is not None and self.resolution.outcome not in UNSETTLED

    @property
    def ends(self) -> float:
        """Return the moment after which nothing said counts: when it closed or was settled, whichever is first."""
        ends = inf
        if self.question.closes:
            ends = moment(self.question.closes, end=True)
        if self.resolution is not None:
            ends = min(ends, moment(self.resolution.day, end=True))
        return ends

    def of(self, person: str) -> tuple[Forecast, ...]:
        """Return what one forecaster said in time, in the order of saying."""
        return tuple(one.forecast for one in self.said if one.forecast.by == person and one.at < self.ends)

    @property
    def forecasters(self) -> tuple[str, ...]:
        """Return the keys of who said something, in the order in which they first did."""
        return tuple(dict.fromkeys(one.forecast.by for one in self.said))


def histories(store: Store, question: str | None = None) -> Iterator[History]:
    """Yield each question's history, one at a time; raises ``Refusal`` (Q907) for an entry that is no record."""
    for key, entries in store.by_question(question):
        if (found := _history(key, entries)) is not None:
            yield found


def history(store: Store, told: str) -> History:
    """Return the history of the question that a person names: by ``#number``, key (or its start), or a part of its
    text.

    Raises ``Refusal`` (Q908) where none or several are meant.
    """
    number = told.lstrip("#")
    wanted = told.casefold()
    found: list[tuple[str, Question]] = []
    for entry in store.entries(kind="question"):
        asked = _record(entry)
        if not isinstance(asked, Question):
            continue
        key = asked.amends or entry.content[:16]
        if (number.isdigit() and entry.number == int(number)) or (len(told) >= 4 and key.startswith(told)):
            found = [(key, asked)]
            break
        if wanted and wanted in asked.text.casefold():
            found.append((key, asked))
    keys = dict(found)
    if len(keys) == 1:
        return next(histories(store, next(iter(keys))))
    if not keys:
        raise Refusal(Problem("Q908", f'no question "{told}" is in {store.name}', hint="quandary ledger list"))
    hint = "name one by its number: quandary ledger list"
    raise Refusal(Problem("Q908", f'"{told}" is part of {len(keys)} questions', hint=hint))


def _history(key: str, entries: Sequence[Entry]) -> History | None:
    number, worded, said, resolutions = 0, [], [], []
    for entry in entries:
        record = _record(entry)
        match record:
            case Question():
                number = number or entry.number
                worded.append(record)
            case Forecast():
                said.append(Said(entry.number, entry.entered, record))
            case Resolution():
                resolutions.append((entry.digest, record))
    if not worded:
        return None
    by, resolution = resolutions[-1] if resolutions else ("", None)
    said.sort(key=lambda one: (one.at, not one.forecast.withdrawn, one.number))
    earlier = tuple(one for _, one in resolutions[:-1])
    return History(key, number, worded[-1], tuple(worded[:-1]), tuple(said), resolution, by, earlier)


def _record(entry: Entry) -> object:
    try:
        return entry.record
    except ValueError as fault:
        hint = "quandary ledger verify says where the ledger is broken first"
        raise Refusal(Problem("Q907", f"entry {entry.number} cannot be read: {fault}", hint=hint)) from fault
