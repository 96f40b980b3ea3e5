"""What is asked of ``ledger add``: a question with a forecast in one line, or a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from quandary.use.ledger.opening import LedgerPlace, On, Who
from quandary.use.requests import About, NamedPlace, Seed, Worlds
from quandary.use.values import read_day


@dataclass(frozen=True, kw_only=True)
class LedgerAddRequest:
    """A question with what is forecast of it, or a case whose forecasts are taken."""

    text: Annotated[
        str, About('The question, as "Will troops cross the line?", or the number of one in the list.', positional=True)
    ] = ""
    forecast: Annotated[
        str,
        About('What you forecast: 12%, "1 in 8", likely, "10 to 25 (80%)", "talks 60%, war 40%".', positional=True),
    ] = ""
    until: Annotated[date | None, About("The last day on which it can come.", metavar="DATE", read=read_day)] = None
    given: Annotated[
        str, About("What must happen for it to count: text, or another question.", option="--if", metavar="TEXT")
    ] = ""
    rule: Annotated[str, About("What counts as yes.", metavar="TEXT")] = ""
    settled_by: Annotated[str, About("Who or what will tell.", metavar="TEXT")] = ""
    tag: Annotated[tuple[str, ...], About("A tag; as often as you like.", metavar="TAG")] = ()
    option: Annotated[tuple[str, ...], About("An option of a question that has several.", metavar="TEXT")] = ()
    kind: Annotated[
        str,
        About("binary, choice, ordered, number or day (default: choice with options, else binary).", metavar="KIND"),
    ] = ""
    said: Annotated[date | None, About("The day it was said (default: today).", metavar="DATE", read=read_day)] = None
    quote: Annotated[str, About("The words as they were said.", metavar="TEXT")] = ""
    source: Annotated[str, About("Where it was said.", metavar="TEXT")] = ""
    judge: Annotated[
        str, About("person, organisation, crowd, model or base rate.", metavar="KIND", written="person")
    ] = "person"
    amends: Annotated[str, About("The question of which this is a better wording.", metavar="QUESTION")] = ""
    from_case: Annotated[
        str | None,
        About(
            "Take the forecasts of this case, and what it answers.",
            option="--from",
            metavar="CASE",
            names=NamedPlace.CASE,
        ),
    ] = None
    worlds: Worlds = 10_000
    seed: Seed = 1
    who: Who = None
    ledger: LedgerPlace = None
    on: On = None
