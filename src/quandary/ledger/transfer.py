"""A ledger as JSON lines: the names by their keys, then every entry with its digest; and read again.

Into a ledger that is empty, or that has no entry which the file has not, entries come as they are: numbers, times and
digests, so that the head is the same. Into another their records are added as new entries, under the keys that names
have there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from quandary.base.problems import Problem, Refusal
from quandary.ledger.chain import Entry, verified
from quandary.ledger.records import Forgotten, LedgerForecast, Record, is_text
from quandary.ledger.store.store import Appended, Store

FIRST = '{"people":'
"""How a file of entries begins, spaces left out."""
LONGEST = 1 << 24
"""Signs of one line."""
PARTS = {one.name: int if one.name == "number" else str for one in fields(Entry)}


@dataclass(frozen=True)
class Transferred:
    """What became of a file of entries: how many it has, what was added, and whether they came with their chain."""

    entries: int
    appended: Appended
    chained: bool


def lines(store: Store, names: Mapping[str, str]) -> Iterator[tuple[Entry | None, str]]:
    """Yield the lines of a file, the names first, each with the entry that it is."""
    yield None, json.dumps({"people": dict(names)}, ensure_ascii=False, sort_keys=True) + "\n"
    for entry in store.entries():
        yield entry, json.dumps(vars(entry), ensure_ascii=False, sort_keys=True) + "\n"


def is_transfer(path: Path) -> bool:
    """Return whether a file begins as one of entries does."""
    try:
        with path.open("rb") as file:
            return file.read(64).decode("utf-8", "replace").replace(" ", "").startswith(FIRST)
    except OSError:
        return False


def transferred(store: Store, path: Path, tell: Callable[[str, int, int], None] | None = None) -> Transferred:
    """Add the entries of a file to a ledger, all or none; what is there already is not added again.

    Raises ``Refusal`` (Q920) where the file is none of entries, or its chain does not hold: the first entry that is
    broken is named.
    """
    head = store.head()[1]
    found = verified(_entries(path, tell), head)
    if found.broken is not None:
        message = f"{path.name} is broken at entry {found.broken}: {found.reason}"
        raise Refusal(Problem("Q920", message, hint="export it again; nothing was added"))
    names = _names(path)
    if found.held:
        return Transferred(found.entries, store.adopt(_entries(path), names, head), True)
    appended = store.append_by(lambda key: _records(path, names, key))
    return Transferred(found.entries, appended, False)


def _records(path: Path, names: Mapping[str, str], key: Callable[[str], str]) -> Iterator[Record]:
    """Yield the records of a file with the keys that names have in the ledger; one who was forgotten keeps theirs."""
    for entry in _entries(path):
        record = entry.record
        if isinstance(record, LedgerForecast) and record.by in names:
            record = replace(record, by=key(names[record.by]))
        elif isinstance(record, Forgotten) and record.person in names:
            continue  # the name was given to the key again by hand
        yield record


def _names(path: Path) -> dict[str, str]:
    _, first = next(_lines(path), (1, {}))
    people = first.get("people")
    if not isinstance(people, dict) or not all(isinstance(name, str) and is_text(name) for name in people.values()):
        raise _unread(path, 1, "it does not begin with the names")
    return people


def _entries(path: Path, tell: Callable[[str, int, int], None] | None = None) -> Iterator[Entry]:
    for number, data in _lines(path):
        if number == 1:
            continue
        if tell is not None and number % 1000 == 0:
            tell("Reading entries", number, 0)
        if data.keys() != PARTS.keys() or any(type(data[name]) is not kind for name, kind in PARTS.items()):
            raise _unread(path, number, "it is no entry")
        if not all(is_text(value) for value in data.values() if isinstance(value, str)):
            raise _unread(path, number, "it holds signs that are no text")
        yield Entry(**data)


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            number = 0
            while line := file.readline(LONGEST):
                number += 1
                try:
                    data = json.loads(line)
                except (ValueError, RecursionError):
                    data = None
                if not isinstance(data, dict):
                    raise _unread(path, number, "it is no line of JSON")
                yield number, data
    except OSError as fault:
        raise Refusal(Problem("Q920", f"{path} cannot be read: {fault.strerror}", hint="name another file")) from fault
    except UnicodeError as fault:
        raise Refusal(Problem("Q920", f"{path} is not text in UTF-8", hint="export it again")) from fault


def _unread(path: Path, line: int, reason: str) -> Refusal:
    hint = "import what quandary ledger export --format json wrote; nothing was added"
    return Refusal(Problem("Q920", f"{path.name}, line {line:,}: {reason}", hint=hint))
