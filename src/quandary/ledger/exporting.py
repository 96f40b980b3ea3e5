"""A ledger written out: as plain CSV, as Fatebook imports it, or entry by entry as JSON lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from quandary.ledger.formats import fatebook, plain
from quandary.ledger.histories import QuestionHistory, histories
from quandary.ledger.store.store import Store
from quandary.ledger.transfer import lines


@dataclass
class Exported:
    """The text of a file in ``parts``, and what is counted as they pass: the questions in it, and those that the format
    cannot hold. Memory holds one question at a time.
    """

    parts: Iterator[str] = field(default_factory=lambda: iter(()))
    questions: int = 0
    left_out: int = 0


def exported(store: Store, kind: str, person: str = "", *, pseudonyms: bool = False) -> Exported:
    """Return a ledger written out. ``person`` is whose forecasts Fatebook is to get; pseudonyms are numbered in the
    order in which people first forecast, and stand in JSON in the place of names only: entries hold keys.
    """
    names = pseudonyms_of(store) if pseudonyms else store.people()
    made = Exported()

    def counted(found: Iterator[QuestionHistory]) -> Iterator[QuestionHistory]:
        for one in found:
            if kind == "fatebook" and not (fatebook.fits(one) and person in one.forecasters):
                made.left_out += 1
                continue
            made.questions += 1
            yield one

    def entries() -> Iterator[str]:
        for entry, line in lines(store, names):
            made.questions += entry is not None and entry.kind == "question"
            yield line

    if kind == "json":
        made.parts = entries()
    elif kind == "csv":
        made.parts = plain.written(counted(histories(store, in_order=True)), names)
    else:
        made.parts = fatebook.written(counted(histories(store, in_order=True)), person)
    return made


def pseudonyms_of(store: Store) -> Mapping[str, str]:
    """Return a pseudonym for each forecaster's key."""
    keys: dict[str, None] = {}
    for history in histories(store, in_order=True):
        for one in history.said:
            keys.setdefault(one.forecast.by)
    return {key: f"Forecaster {number}" for number, key in enumerate(keys, 1)}
