"""Importing: rows of a file become entries, in two passes: who is named, then all entries in one transaction."""

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
    where nobody says who (Q911), or the file is another before all is read (Q920).
    """
    names: dict[str, None] = {}
    for item in Tally().items(read(path, kind, encoding, columns)):
        for name, _ in item.forecasts:
            names.setdefault(name)
    speaker = who() if "" in names else ""
    if "" in names and not speaker:
        raise Refusal(Problem("Q911", "some rows do not say who made the forecast", hint="say who did: --who NAME"))
    tally = Tally()
    items = tally.items(read(path, kind, encoding, columns))
    told = _told(items, tally, tell)
    appended = store.append_by(
        [name or speaker for name in names], lambda keys: _records(told, keys, speaker, today, tags)
    )
    return Imported(kind, tally.rows, tally.unread, tuple(tally.first), appended)


def _told(items: Iterator[Item], tally: Tally, tell: Told | None) -> Iterator[Item]:
    for item in items:
        if tell is not None and tally.rows % 1000 == 0:
            tell("Importing rows", tally.rows, 0)
        yield item


def _records(
    items: Iterator[Item], keys: Mapping[str, str], who: str, today: date, tags: tuple[str, ...]
) -> Iterator[Record]:
    known: dict[LedgerQuestion, tuple[LedgerQuestion, str]] = {}
    for item in items:
        asked = known.get(item.question)
        if asked is None:
            question = item.question
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
            if (name or who) not in keys:
                hint = "import it again when nobody writes to it"
                raise Refusal(Problem("Q920", "the file was altered while it was read", hint=hint))
            yield replace(forecast, question=key, by=keys[name or who])
        if item.resolution is not None:
            yield replace(item.resolution, question=key)


def _undated(question: LedgerQuestion, today: date) -> str:
    """Return why a question that somebody else asked cannot be scored: only that it can never end."""
    return unscorable(tuple(flaw for flaw in flaws(question, today) if "no last day" in flaw.what))
