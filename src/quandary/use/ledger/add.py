"""A forecast in one line; or all forecasts of a case, with what it answers as of its day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Annotated

from quandary.base.problems import Problem, Refusal
from quandary.use.ledger.opening import LedgerPlace, On, Who, day_of, speaker, store
from quandary.use.requests import About, Seed, Worlds
from quandary.use.results import Hands, Piece, Result
from quandary.use.values import read_day

if TYPE_CHECKING:
    from quandary.ledger.lint import Flaw
    from quandary.ledger.records import Forecast, Question, QuestionKind, Record, Resolution
    from quandary.ledger.store.store import Appended, Store
    from quandary.report.documents.ledger import LedgerAddDocument


@dataclass(frozen=True, kw_only=True)
class LedgerAddRequest:
    """A question with what is forecast of it, or a case whose forecasts are taken."""

    text: Annotated[str, About('The question, as "Will troops cross the line?".', positional=True)] = ""
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
        str | None, About("Take the forecasts of this case, and what it answers.", option="--from", metavar="CASE")
    ] = None
    worlds: Worlds = 10_000
    seed: Seed = 1
    who: Who = None
    ledger: LedgerPlace = None
    on: On = None


@dataclass(frozen=True, eq=False)
class LedgerAdded(Result):
    """What was added: the questions with their forecasts (by forecaster), what is wrong with each, and the head."""

    place: str
    appended: Appended
    entries: tuple[tuple[Question, tuple[tuple[str, Forecast], ...], tuple[Flaw, ...]], ...]

    def document(self) -> LedgerAddDocument:
        """Return what was found as ``quandary.ledger-add/1``."""
        from quandary.report.documents.ledger import add_document

        return add_document(self.place, self.appended, self.entries)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield each question with what was forecast, and what will keep it from being settled."""
        from quandary.report.ledger.entries import added_parts

        yield from added_parts(self.place, self.appended, self.entries)


def run(request: LedgerAddRequest, hands: Hands) -> LedgerAdded:
    """Return what was added to the ledger, which is made where there is none. Lint is told, and kept where fatal."""
    today = day_of(request.on)
    if request.from_case is None and not request.text.strip():
        hint = 'quandary ledger add "Will troops cross the line?" 12% --until 2027-03-31'
        raise Refusal(Problem("Q912", "there is neither a question nor a case to take forecasts from", hint=hint))
    if request.from_case is not None:
        from quandary.use.ledger.from_case import taken

        found, resolutions = taken(request.from_case, request.worlds, request.seed, hands)
    else:
        found, resolutions = (_written(request, today),), ()
    with store(request.ledger, make=True) as kept:
        return _added(kept, found, resolutions, request, hands)


def _added(
    kept: Store,
    found: tuple[tuple[Question, tuple[tuple[str, Forecast], ...]], ...],
    resolutions: tuple[Resolution | None, ...],
    request: LedgerAddRequest,
    hands: Hands,
) -> LedgerAdded:
    from quandary.ledger.histories import history
    from quandary.ledger.lint import flaws, unscorable
    from quandary.ledger.store.store import key_of

    today = day_of(request.on)
    records: list[Record] = []
    entries = []
    keys = kept.keys_of(list({name: None for _, forecasts in found for name, _ in forecasts}))
    for number, (asked, forecasts) in enumerate(found):
        wrong = flaws(asked, today)
        amends = history(kept, request.amends).key if request.amends else ""
        question = replace(asked, unscorable=unscorable(wrong), amends=amends)
        key = key_of(question)
        records.append(question)
        records += [replace(forecast, question=key, by=keys[name]) for name, forecast in forecasts]
        settled = resolutions[number] if resolutions else None
        if settled is not None:
            records.append(replace(settled, question=key))
        entries.append((question, forecasts, wrong))
    with hands.writing():
        appended = kept.append(records)
    return LedgerAdded(kept.name, appended, tuple(entries))


def _written(request: LedgerAddRequest, today: date) -> tuple[Question, tuple[tuple[str, Forecast], ...]]:
    """Return the question and forecast that a request writes out."""
    from quandary.ledger.records import Forecast, ForecasterKind, Question
    from quandary.ledger.stating import stated

    kind = _kind(request)
    question = Question(
        text=" ".join(request.text.split()),
        kind=kind,
        options=request.option,
        rule=request.rule,
        source=request.settled_by,
        opened=today.isoformat() if not request.amends else "",
        until=request.until.isoformat() if request.until else "",
        condition=" ".join(request.given.split()),
        tags=request.tag,
    )
    if not request.forecast.strip():
        return question, ()
    judges = {judge.value: judge for judge in ForecasterKind}
    if request.judge not in judges:
        raise Refusal(Problem("Q912", f'"{request.judge}" is no kind of forecaster', hint=", ".join(judges)))
    said = stated(request.forecast, kind, request.option)
    day = request.said or today
    if day > today:
        raise Refusal(Problem("Q912", f"{day.isoformat()} is yet to come", hint="name the day it was said"))
    forecast = Forecast(
        "",
        "",
        day.isoformat(),
        judge=judges[request.judge],
        probability=said.probability,
        probabilities=said.probabilities,
        low=said.low,
        high=said.high,
        share=said.share,
        words=said.words,
        read_low=said.read_low,
        read_high=said.read_high,
        quote=request.quote,
        source=request.source,
    )
    return question, ((speaker(request.who), forecast),)


def _kind(request: LedgerAddRequest) -> QuestionKind:
    from quandary.ledger.records import QuestionKind

    kinds = {kind.value: kind for kind in QuestionKind}
    told = request.kind or ("choice" if request.option else "binary")
    if told not in kinds:
        raise Refusal(Problem("Q912", f'"{told}" is no kind of question', hint=", ".join(kinds)))
    if bool(request.option) != (told in ("choice", "ordered")):
        hint = "name its options: --option A --option B" if not request.option else "leave the options out"
        raise Refusal(
            Problem(
                "Q912",
                f"a question of the kind {told} {'needs' if not request.option else 'has no'} options",
                hint=hint,
            )
        )
    return kinds[told]
