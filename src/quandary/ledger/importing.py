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
from quandary.ledger.records import LedgerQuestion, Record
from quandary.ledger.store.store import Appended, Store, key_of

Told = Callable[[str, int, int], None]
REMEMBERED = 4_096
"""Questions whose keys are remembered while rows pass."""


@dataclass(frozen=True)
class Imported:
    """What became of a file: rows read and unread (the first of them with the reason), and what was added."""

    kind: str
    rows: int
    unread: int
    first: tuple[UnreadRow, ...]
    appended: Appended


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

    def added(speaker: str) -> Imported:
        tally = Tally()
        told = _told(tally.items(read(path, kind, encoding, columns)), tally, tell)
        appended = store.append_by(lambda key: _records(told, key, speaker, today, tags))
        return Imported(kind, tally.rows, tally.unread, tuple(tally.first), appended)

    try:
        return added("")
    except _NobodyNamed:  # nobody is asked while others wait to write
        if not (speaker := who()):
            hint = "say who did: --who NAME"
            raise Refusal(Problem("Q911", "some rows do not say who made the forecast", hint=hint)) from None
        return added(speaker)


class _NobodyNamed(Exception):  # noqa: N818 - no fault, but a question
    """A row that does not say who made the forecast."""


def _told(items: Iterator[Item], tally: Tally, tell: Told | None) -> Iterator[Item]:
    for item in items:
        if tell is not None and tally.rows % 1000 == 0:
            tell("Importing rows", tally.rows, 0)
        yield item


def _records(
    items: Iterator[Item], key_of_name: Callable[[str], str], who: str, today: date, tags: tuple[str, ...]
) -> Iterator[Record]:
    known: dict[LedgerQuestion, tuple[LedgerQuestion, str]] = {}
    for item in items:
        asked = known.get(item.question)
        if asked is None:
            question = item.question
            if tags:
                question = replace(question, tags=tuple(dict.fromkeys((*question.tags, *tags))))
            if not question.unscorable and item.resolution is None:
                question = replace(question, unscorable=_undated(question, today))
            asked = question, key_of(question)
            if len(known) >= REMEMBERED:
                known.clear()
            known[item.question] = asked
            yield question
        _, key = asked
        for name, forecast in item.forecasts:
            if not (name or who):
                raise _NobodyNamed
            yield replace(forecast, question=key, by=key_of_name(name or who))
        if item.resolution is not None:
            yield replace(item.resolution, question=key)


def _undated(question: LedgerQuestion, today: date) -> str:
    """Return why a question that somebody else asked cannot be scored: only that it can never end."""
    return unscorable(tuple(flaw for flaw in flaws(question, today) if "no last day" in flaw.what))
