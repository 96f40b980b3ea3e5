"""What is in a ledger: all questions, one with its history, and what is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from quandary.use.answers.drawing import check_chart
from quandary.use.ledger.opening import LedgerPlace, On, QuestionNamed, day_of, store
from quandary.use.requests import About, Force, NamedPlace
from quandary.use.results import Hands, Piece, Result

if TYPE_CHECKING:
    from quandary.ledger.due import Due
    from quandary.ledger.histories import QuestionHistory
    from quandary.ledger.store.store import Store
    from quandary.report.ledger.documents import LedgerListDocument, LedgerShowDocument, LedgerTodayDocument


@dataclass(frozen=True, kw_only=True)
class LedgerListRequest:
    """Which questions to list."""

    tag: Annotated[str, About("Only those with this tag.", metavar="TAG")] = ""
    open: Annotated[bool, About("Only those that are not settled.")] = False
    words: Annotated[str, About("Only those with these words in them.", positional=True, metavar="WORDS")] = ""
    after: Annotated[int, About("Only those with a larger number, to go on where a list ended.", least=0)] = 0
    most: Annotated[int, About("So many at most; 0: all.", least=0, written="1000")] = 1_000
    ledger: LedgerPlace = None
    on: On = None


@dataclass(frozen=True, kw_only=True)
class LedgerShowRequest:
    """One question."""

    question: QuestionNamed
    chart: Annotated[
        Path | None,
        About("Also draw all its forecasters: .svg, .png, .pdf or .vl.json.", metavar="FILE", names=NamedPlace.WRITTEN),
    ] = None
    force: Force = False
    ledger: LedgerPlace = None


@dataclass(frozen=True, kw_only=True)
class LedgerTodayRequest:
    """A day."""

    ledger: LedgerPlace = None
    on: On = None


@dataclass(frozen=True, eq=False)
class LedgerListed(Result):
    """Questions with their histories, in the order in which they were asked; ``names`` of forecasters by key.

    ``matching`` is how many questions are like what was asked for, ``all`` how many there are.
    """

    place: str
    today: date
    histories: tuple[QuestionHistory, ...]
    names: Mapping[str, str]
    matching: int
    all: int

    def document(self) -> LedgerListDocument:
        """Return what was found as ``quandary.ledger-list/1``."""
        from quandary.report.ledger.documents import list_document

        return list_document(self.place, self.histories, self.names, (self.matching, self.all))

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield a table of the questions."""
        from quandary.report.ledger.entries import list_parts

        yield from list_parts(self.place, self.histories, self.names, (self.matching, self.all), self.today)


@dataclass(frozen=True, eq=False)
class LedgerShown(Result):
    """One question with all that was said of it; ``drawn`` is the file of its chart."""

    place: str
    history: QuestionHistory
    names: Mapping[str, str]
    drawn: Path | None = None

    def document(self) -> LedgerShowDocument:
        """Return what was found as ``quandary.ledger-show/1``."""
        from quandary.report.ledger.documents import ledger_show_document

        return ledger_show_document(self.place, self.history, self.names)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield the question, how it will be or was settled, and each forecast with its day."""
        from quandary.report.ledger.entries import show_parts

        yield from show_parts(self.history, self.names)
        if self.drawn is not None:
            yield f"Wrote {self.drawn}."


@dataclass(frozen=True, eq=False)
class LedgerToday(Result):
    """What is due."""

    place: str
    due: Due
    names: Mapping[str, str]

    def document(self) -> LedgerTodayDocument:
        """Return what was found as ``quandary.ledger-today/1``."""
        from quandary.report.ledger.documents import today_document

        return today_document(self.place, self.due, self.names)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield what is to be done, each with the command that does it."""
        from quandary.report.ledger.entries import today_parts

        yield from today_parts(self.due, self.names)


def run(request: LedgerListRequest, hands: Hands) -> LedgerListed:
    """Return the questions of a ledger that are asked for."""
    with store(request.ledger) as kept:
        return listed(kept, request)


def listed(kept: Store, request: LedgerListRequest) -> LedgerListed:
    """Return the questions of an open ledger that are asked for."""
    from quandary.ledger.histories import histories

    counts = {"matching": 0, "all": 0}

    def wanted() -> Iterator[QuestionHistory]:
        for one in histories(kept):
            counts["all"] += 1
            if (
                one.number > request.after
                and (not request.tag or request.tag in one.question.tags)
                and (not request.open or one.resolution is None)
                and request.words.casefold() in one.question.text.casefold()
            ):
                counts["matching"] += 1
                yield one

    def number(one: QuestionHistory) -> int:
        return one.number

    # memory holds as many as are told, however many there are
    found = nsmallest(request.most, wanted(), key=number) if request.most else sorted(wanted(), key=number)
    return LedgerListed(kept.name, day_of(request.on), tuple(found), kept.people(), **counts)


def show(request: LedgerShowRequest, hands: Hands) -> LedgerShown:
    """Return one question with its history."""
    if request.chart is not None:
        check_chart(request.chart, force=request.force)
    with store(request.ledger) as kept:
        return shown(kept, request, hands)


def shown(kept: Store, request: LedgerShowRequest, hands: Hands) -> LedgerShown:
    """Return one question of an open ledger with its history."""
    from quandary.ledger.histories import history

    found, names = history(kept, request.question), kept.people()
    if request.chart is not None:
        from quandary.report.charts.rendering import save_chart
        from quandary.report.ledger.charts import history_chart

        with hands.writing():
            save_chart(history_chart(found, names), request.chart, force=request.force)
    return LedgerShown(kept.name, found, names, request.chart)


def today(request: LedgerTodayRequest, hands: Hands) -> LedgerToday:
    """Return what a ledger asks for on a day."""
    with store(request.ledger) as kept:
        return due_on(kept, request)


def due_on(kept: Store, request: LedgerTodayRequest) -> LedgerToday:
    """Return what an open ledger asks for on a day."""
    from quandary.ledger.due import due
    from quandary.ledger.histories import histories

    return LedgerToday(kept.name, due(lambda: histories(kept), day_of(request.on)), kept.people())
