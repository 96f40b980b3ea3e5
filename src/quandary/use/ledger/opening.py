"""What every task of the ledger shares: where it is, who speaks, and which day it is."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

from quandary.base.problems import Problem, Refusal
from quandary.use.requests import About, NamedPlace
from quandary.use.results import Hands
from quandary.use.values import read_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quandary.ledger.store.store import Store

LedgerPlace = Annotated[
    str | None,
    About(
        "The ledger: a file, or postgresql://USER@HOST/DATABASE (default: QUANDARY_LEDGER, else your data folder).",
        metavar="PLACE",
        names=NamedPlace.LEDGER,
    ),
]
Who = Annotated[str | None, About("Who says so (default: QUANDARY_WHO).", metavar="NAME")]
On = Annotated[date | None, About("As if today were this day (default: the clock's).", metavar="DATE", read=read_day)]
QuestionNamed = Annotated[
    str, About("The question: its number as in the list, its key, or a part of its text.", positional=True)
]


@contextmanager
def store(place: str | None, *, make: bool = False) -> Iterator[Store]:
    """Yield a ledger's store, closed after. Raises ``Refusal`` where it is not there and may not be made."""
    try:
        from quandary.ledger.store.addresses import address_of
        from quandary.ledger.store.store import Store
    except ImportError as fault:
        hint = "install them: pip install sqlalchemy alembic rfc8785"
        raise Refusal(Problem("Q903", f"the ledger needs {fault.name}, which is not installed", hint=hint)) from fault
    with Store(address_of(place), make=make) as opened:
        yield opened


def speaker(who: str | None, hands: Hands) -> str:
    """Return who speaks; raises ``Refusal`` (Q911) where nobody says."""
    name = told_name(who, hands)
    if not name:
        hint = "say who: --who NAME, or once and for all: export QUANDARY_WHO=NAME"
        raise Refusal(Problem("Q911", "nobody is said to make this forecast", hint=hint))
    return name


def told_name(who: str | None, hands: Hands) -> str:
    """Return who speaks, asked for where it is not told and somebody is there to answer; else nothing."""
    told = who or os.environ.get("QUANDARY_WHO") or ""
    if not told.strip() and hands.dialogue is not None and hands.dialogue.present:
        told = hands.dialogue.ask("Who says so? (To be asked no more, set QUANDARY_WHO.) ") or ""
    return " ".join(told.split())


def day_of(on: date | None) -> date:
    """Return the day that it is taken to be."""
    return on or datetime.now(UTC).date()
