"""A ledger written out: as plain CSV, as Fatebook imports it, or entry by entry as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from quandary.ledger.formats import fatebook, plain
from quandary.ledger.histories import QuestionHistory, histories
from quandary.ledger.store.store import Store


@dataclass(frozen=True)
class Exported:
    """The text of a file in ``parts``, the questions in it, and those that the format cannot hold."""

    parts: tuple[str, ...]
    questions: int
    left_out: int


def exported(store: Store, kind: str, person: str = "", *, pseudonyms: bool = False) -> Exported:
    """Return a ledger written out. ``person`` is whose forecasts Fatebook is to get; pseudonyms are numbered in the
    order in which people first forecast, and stand in JSON in the place of names only: entries hold keys.
    """
    names = pseudonyms_of(store) if pseudonyms else store.people()
    if kind == "json":
        return Exported(tuple(_entries(store, names)), sum(1 for _ in store.entries(kind="question")), 0)
    every = list(histories(store))
    if kind == "csv":
        return Exported(tuple(plain.written(_in_order(every), names)), len(every), 0)
    fitting = [one for one in every if fatebook.fits(one) and person in one.forecasters]
    return Exported(tuple(fatebook.written(_in_order(fitting), person)), len(fitting), len(every) - len(fitting))


def pseudonyms_of(store: Store) -> Mapping[str, str]:
    """Return a pseudonym for each forecaster's key."""
    keys: dict[str, None] = {}
    for history in _in_order(histories(store)):
        for one in history.said:
            keys.setdefault(one.forecast.by)
    return {key: f"Forecaster {number}" for number, key in enumerate(keys, 1)}


def _in_order(found: Iterable[QuestionHistory]) -> list[QuestionHistory]:
    return sorted(found, key=lambda one: one.number)


def _entries(store: Store, names: Mapping[str, str]) -> Iterator[str]:
    yield json.dumps({"people": dict(names)}, ensure_ascii=False, sort_keys=True) + "\n"
    for entry in store.entries():
        about = vars(entry)
        yield json.dumps(about, ensure_ascii=False, sort_keys=True) + "\n"
