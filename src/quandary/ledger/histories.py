"""Histories: a question with all that was said of it, in the order of saying, and what came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from quandary.base.problems import Problem, Refusal
from quandary.ledger.chain import Entry
from quandary.ledger.moments import moment
from quandary.ledger.records import LedgerForecast, LedgerQuestion, LedgerResolution, OutcomeKind
from quandary.ledger.store.store import KEY, Store

LEAST_OF_KEY = 4
"""Signs of a key that name a question."""
UNSETTLED = (OutcomeKind.VOID, OutcomeKind.AMBIGUOUS)
"""Outcomes with which a forecast is neither right nor wrong."""


@dataclass(frozen=True)
class Said:
    """One forecast with the number and time of its entry."""

    number: int
    entered: str
    forecast: LedgerForecast

    @property
    def at(self) -> float:
        """Return when it was said, in days."""
        return moment(self.forecast.said)


@dataclass(frozen=True)
class QuestionHistory:
    """A question: its ``key``, the ``number`` of the entry that first asked it, its newest wording and those before,
    what was said (in the order of saying), and how it was settled: the standing resolution with its entry's digest,
    and those before.
    """

    key: str
    number: int
    question: LedgerQuestion
    worded: tuple[LedgerQuestion, ...]
    said: tuple[Said, ...]
    resolution: LedgerResolution | None
    resolved_by: str
    corrected: tuple[LedgerResolution, ...]

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

    def of(self, person: str) -> tuple[LedgerForecast, ...]:
        """Return what one forecaster said in time, in the order of saying."""
        return tuple(one.forecast for one in self.said if one.forecast.by == person and one.at < self.ends)

    @property
    def forecasters(self) -> tuple[str, ...]:
        """Return the keys of who said something, in the order in which they first did."""
        return tuple(dict.fromkeys(one.forecast.by for one in self.said))


def histories(store: Store, question: str | None = None, *, in_order: bool = False) -> Iterator[QuestionHistory]:
    """Yield each question's history, one at a time, with ``in_order`` as they were first asked; raises ``Refusal``
    (Q907) for an entry that is no record.
    """
    for key, entries in store.by_question(question, in_order=in_order):
        if (found := _history(key, entries)) is not None:
            yield found


def history(store: Store, told: str) -> QuestionHistory:
    """Return the history of the question that a person names: by ``#number``, key (or its start), its text, or a part
    of it that no other has.

    Raises ``Refusal`` (Q908) where none or several are meant.
    """
    keys = _named(store, told)
    if len(keys) == 1:
        return next(histories(store, keys.pop()))
    if not keys:
        raise Refusal(Problem("Q908", f'no question "{told}" is in {store.name}', hint="quandary ledger list"))
    hint = "name one by its number: quandary ledger list"
    raise Refusal(Problem("Q908", f'"{told}" is part of {len(keys)} questions', hint=hint))


def _named(store: Store, told: str) -> set[str]:
    """Return the keys of the questions that are meant: by the most exact way of naming that names any."""
    name = " ".join(told.split())
    digits = name.removeprefix("#")
    number = int(digits) if digits.isascii() and digits.isdigit() else None
    wanted = name.casefold()
    begins, whole, part = set(), set(), set()
    for entry in store.entries(kind="question"):
        asked = _record(entry)
        if not isinstance(asked, LedgerQuestion):
            continue
        key = asked.amends or entry.content[:KEY]
        text = asked.text.casefold()
        if entry.number == number or key == name:
            return {key}
        if len(name) >= LEAST_OF_KEY and key.startswith(name):
            begins.add(key)
        if wanted and wanted == text:
            whole.add(key)
        elif wanted and wanted in text:
            part.add(key)
    if name.startswith("#") and number is not None:
        return set()
    return begins or whole or part


def same_asked(store: Store, asked: LedgerQuestion) -> QuestionHistory | None:
    """Return the question that asks the same already: by its text, condition, and last day where both have one.

    One that is settled is the same only where its last day is too, or it comes from the same forecast of the same case.
    Raises ``Refusal`` (Q908) where several open ones are.
    """
    keys = dict.fromkeys(key for key, one in _asked(store) if _asks(one, asked))
    found = [one for key in keys for one in histories(store, key) if _asks(one.question, asked)]
    still = [one for one in found if one.resolution is None]
    if len(still) > 1:
        numbers = ", ".join(f"#{one.number}" for one in still)
        hint = "say which, by its number or its last day"
        raise Refusal(Problem("Q908", f'"{asked.text}" is asked by {numbers}', hint=hint))
    settled = [one for one in found if one.question.until == asked.until or _of_one_case(one.question, asked)]
    return next(iter(still or settled), None)


def _asks(one: LedgerQuestion, asked: LedgerQuestion) -> bool:
    return (
        one.text.casefold() == asked.text.casefold()
        and one.condition.casefold() == asked.condition.casefold()
        and (one.until == asked.until or not one.until or not asked.until)
    )


def _of_one_case(one: LedgerQuestion, asked: LedgerQuestion) -> bool:
    links = one.link, asked.link
    return None not in links and len({(link.case, link.name) for link in links if link is not None}) == 1


def _asked(store: Store) -> Iterator[tuple[str, LedgerQuestion]]:
    for entry in store.entries(kind="question"):
        asked = _record(entry)
        if isinstance(asked, LedgerQuestion):
            yield asked.amends or entry.content[:KEY], asked


def _history(key: str, entries: Sequence[Entry]) -> QuestionHistory | None:
    number, worded, said, resolutions = 0, [], [], []
    for entry in entries:
        record = _record(entry)
        match record:
            case LedgerQuestion():
                number = number or entry.number
                worded.append(record)
            case LedgerForecast():
                said.append(Said(entry.number, entry.entered, record))
            case LedgerResolution():
                resolutions.append((entry.digest, record))
    if not worded:
        return None
    by, resolution = resolutions[-1] if resolutions else ("", None)
    said.sort(key=lambda one: (one.at, not one.forecast.withdrawn, one.number))
    earlier = tuple(one for _, one in resolutions[:-1])
    return QuestionHistory(key, number, worded[-1], tuple(worded[:-1]), tuple(said), resolution, by, earlier)


def _record(entry: Entry) -> object:
    try:
        return entry.record
    except ValueError as fault:
        hint = "quandary ledger verify says where the ledger is broken first"
        raise Refusal(Problem("Q907", f"entry {entry.number} cannot be read: {fault}", hint=hint)) from fault
