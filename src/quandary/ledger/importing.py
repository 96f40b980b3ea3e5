"""Importing: rows of a file become entries, in one pass and one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from quandary.base.problems import Problem, Refusal
from quandary.ledger.formats.formats import read
from quandary.ledger.formats.items import Item, Tally, UnreadRow
from quandary.ledger.lint import flaws, unscorable
from quandary.ledger.records import LedgerForecast, LedgerQuestion, LedgerResolution, Record
from quandary.ledger.store.store import Appended, Store, key_of
from quandary.ledger.transfer import transferred

Told = Callable[[str, int, int], None]
REMEMBERED = 4_096
"""Questions, and forecasters on a day, that are remembered while rows pass."""


@dataclass(frozen=True)
class Imported:
    """What became of a file: rows read and unread (the first of them with the reason), and what was added.

    ``repeated`` counts forecasts that say what the one before them in the file said, of the same day, and are one with
    it; ``chained`` says of entries whether they came with their chain, or were entered anew; ``None`` of rows.
    """

    kind: str
    rows: int
    unread: int
    first: tuple[UnreadRow, ...]
    appended: Appended
    repeated: int = 0
    chained: bool | None = None


def import_file(
    store: Store,
    path: Path,
    kind: str,
    *,
    who: Callable[[], str] = str,
    today: date,
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
    tags: tuple[str, ...] = (),
    tell: Told | None = None,
) -> Imported:
    """Add a file's rows to a ledger, all or none; what is there already is not added twice.

    ``who`` tells who made the forecasts whose rows do not say; ``tags`` are added to each question. Raises ``Refusal``
    where nobody says who (Q911).
    """

    if kind == "json":
        found = transferred(store, path, tell)
        return Imported(kind, found.entries, 0, (), found.appended, chained=found.chained)

    amending = _known_by_place(store)

    def added(speaker: str) -> Imported:
        tally, again = Tally(), _SaidAgain()
        told = _told(tally.items(read(path, kind, encoding, columns)), tally, tell)
        appended = store.append_by(lambda key: _records(told, key, amending, _Rest(speaker, today, tags), again))
        return Imported(kind, tally.rows, tally.unread, tuple(tally.first), appended, again.repeated)

    try:
        return added("")
    except _NobodyNamed:  # nobody is asked while others wait to write
        if not (speaker := who()):
            hint = "say who did: --who NAME"
            raise Refusal(Problem("Q911", "some rows do not say who made the forecast", hint=hint)) from None
        return added(speaker)


@dataclass(frozen=True)
class _Rest:
    """What is to be known of all rows: who speaks where they do not say, which day it is, and tags for all."""

    who: str
    today: date
    tags: tuple[str, ...]


class _NobodyNamed(Exception):  # noqa: N818 - no fault, but a question
    """A row that does not say who made the forecast."""


def _told(items: Iterator[Item], tally: Tally, tell: Told | None) -> Iterator[Item]:
    for item in items:
        if tell is not None and tally.rows % 1000 == 0:
            tell("Importing rows", tally.rows, 0)
        yield item


def _records(
    items: Iterator[Item],
    key_of_name: Callable[[str], str],
    amending: Callable[[LedgerQuestion], LedgerQuestion],
    rest: _Rest,
    again: _SaidAgain,
) -> Iterator[Record]:
    known: dict[LedgerQuestion, tuple[LedgerQuestion, str]] = {}
    settled: dict[str, LedgerResolution] = {}
    for item in items:
        asked = known.get(item.question)
        if asked is None:
            question = item.question
            if rest.tags:
                question = replace(question, tags=tuple(dict.fromkeys((*question.tags, *rest.tags))))
            if not question.unscorable and item.resolution is None:
                question = replace(question, unscorable=_undated(question, rest.today))
            question = amending(question)
            asked = question, key_of(question)
            if len(known) >= REMEMBERED:
                known.clear()
            known[item.question] = asked
            yield question
        _, key = asked
        for name, forecast in item.forecasts:
            if not (name or rest.who):
                raise _NobodyNamed
            told = again.told(replace(forecast, question=key, by=key_of_name(name or rest.who)))
            if told is not None:
                yield told
        if item.resolution is not None and settled.get(key) != item.resolution:
            if len(settled) >= REMEMBERED:
                settled.clear()
            settled[key] = item.resolution
            yield replace(item.resolution, question=key)


def _known_by_place(store: Store) -> Callable[[LedgerQuestion], LedgerQuestion]:
    """Return what makes a question that was taken from the same place before an amendment of it: services keep the
    number of a question whose wording or day is mended, and its forecasts are of one question.
    """
    keys = store.keys_by_place()

    def amending(question: LedgerQuestion) -> LedgerQuestion:
        if not question.same_as or question.amends:
            return question
        own = key_of(question)
        key = keys.setdefault(question.same_as, own)
        return question if key == own else replace(question, amends=key)

    return amending


class _SaidAgain:
    """Tells apart what one forecaster says a second time on a day, after something else: 12 %, 15 %, 12 %. Rows stand
    in the order of saying, and of the two that say the same the second would be taken for the first.
    """

    def __init__(self) -> None:
        """Begin with no forecast."""
        self.repeated = 0
        self._said: dict[tuple[str, str, str], list[LedgerForecast]] = {}

    def told(self, forecast: LedgerForecast) -> LedgerForecast | None:
        """Return a forecast as it is entered; ``None`` where it is the one before it on its day."""
        of = (forecast.question, forecast.by, forecast.said)
        if len(self._said) >= REMEMBERED and of not in self._said:
            self._said.clear()
        before = self._said.setdefault(of, [])
        if before and before[-1] == forecast:
            self.repeated += 1
            return None
        times = before.count(forecast)
        before.append(forecast)
        if not times:
            return forecast
        note = f"said again that day{f' ({times})' if times > 1 else ''}"
        return replace(forecast, notes=f"{forecast.notes}; {note}" if forecast.notes else note)


def _undated(question: LedgerQuestion, today: date) -> str:
    """Return why a question that somebody else asked cannot be scored: only that it can never end."""
    return unscorable(tuple(flaw for flaw in flaws(question, today) if "no last day" in flaw.what))
