"""Settling a question: what came, from which source, on which day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated

from quandary.base.problems import Problem, Refusal, nearest
from quandary.use.ledger.opening import LedgerPlace, On, QuestionNamed, day_of, store
from quandary.use.requests import About
from quandary.use.results import Hands, Piece, Result
from quandary.use.values import read_day

if TYPE_CHECKING:
    from quandary.ledger.histories import QuestionHistory
    from quandary.ledger.records import LedgerResolution, OutcomeKind
    from quandary.ledger.scores.scored import Scored
    from quandary.ledger.store.store import Appended
    from quandary.report.ledger.documents import LedgerResolveDocument

Q = "Q914"


@dataclass(frozen=True, kw_only=True)
class LedgerResolveRequest:
    """A question and what came of it."""

    question: QuestionNamed
    outcome: Annotated[
        str, About("yes, no, an option, a number, a day, a share such as 30%, void, or ambiguous.", positional=True)
    ]
    day: Annotated[
        date | None, About("The day on which it was known (default: today).", metavar="DATE", read=read_day)
    ] = None
    source: Annotated[str, About("Who or what told.", metavar="TEXT")] = ""
    correct: Annotated[bool, About("Put it in the place of how it was settled before.")] = False
    ledger: LedgerPlace = None
    on: On = None


@dataclass(frozen=True, eq=False)
class LedgerResolved(Result):
    """A question, settled, and what each forecaster scored on it."""

    place: str
    history: QuestionHistory
    appended: Appended
    scores: tuple[Scored, ...]
    names: Mapping[str, str]

    def document(self) -> LedgerResolveDocument:
        """Return what was found as ``quandary.ledger-resolve/1``."""
        from quandary.report.ledger.documents import resolve_document

        return resolve_document(self.place, self.history, self.appended, self.scores, self.names)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield how it was settled, and each forecaster's score."""
        from quandary.report.ledger.entries import resolved_parts

        yield from resolved_parts(self.history, self.scores, self.names)


def run(request: LedgerResolveRequest, hands: Hands) -> LedgerResolved:
    """Return a question with how it was settled; one that is settled already is refused (Q914) but for a correction."""
    from quandary.ledger.histories import history
    from quandary.ledger.scores.scored import scored

    with store(request.ledger) as kept:
        found = history(kept, request.question)
        if found.resolution is not None and not request.correct:
            hint = "if that was wrong: --correct"
            message = f"{found.question.text} was settled on {found.resolution.day} already"
            raise Refusal(Problem(Q, message, hint=hint))
        if found.resolution is None and request.correct:
            raise Refusal(Problem(Q, f"{found.question.text} was not settled yet", hint="leave --correct out"))
        today, day = day_of(request.on), request.day or day_of(request.on)
        if day > today:
            raise Refusal(Problem(Q, f"{day.isoformat()} is yet to come", hint="name the day on which it was known"))
        resolution = _resolution(request, found, day)
        with hands.writing():
            appended = kept.append([resolution])
        settled = history(kept, f"#{found.number}")
        return LedgerResolved(kept.name, settled, appended, tuple(scored(settled)), kept.people())


def _resolution(request: LedgerResolveRequest, found: QuestionHistory, day: date) -> LedgerResolution:
    from quandary.ledger.records import LedgerResolution, OutcomeKind, QuestionKind

    told, question = " ".join(request.outcome.split()), found.question
    outcome, option, value = OutcomeKind.VALUE, "", None
    plain = {"void": OutcomeKind.VOID, "ambiguous": OutcomeKind.AMBIGUOUS}
    if told.casefold() in plain:
        outcome = plain[told.casefold()]
        if outcome == OutcomeKind.VOID and not question.condition:
            hint = "if its rule does not say how it came out: ambiguous"
            raise Refusal(Problem(Q, f"{question.text} has no condition, so it cannot be void", hint=hint))
    elif question.kind == QuestionKind.BINARY:
        outcome, value = _yes_or_no(told)
    elif question.options:
        known = {name.casefold(): name for name in question.options}
        if told.casefold() not in known:
            hint = nearest(told, question.options) or f"options: {', '.join(question.options)}"
            raise Refusal(Problem(Q, f'"{told}" is no option of the question', hint=hint))
        outcome, option = OutcomeKind.OPTION, known[told.casefold()]
    elif question.kind == QuestionKind.DAY:
        value = float(read_day(told).toordinal())
    else:
        value = _number(told)
    corrects = found.resolved_by if request.correct else ""
    return LedgerResolution(found.key, outcome, day.isoformat(), option, value, request.source, corrects)


def _yes_or_no(told: str) -> tuple[OutcomeKind, float | None]:
    from quandary.ledger.records import OutcomeKind

    if told.casefold() in ("yes", "no"):
        return OutcomeKind(told.casefold()), None
    if told.endswith("%"):
        share = _number(told[:-1]) / 100
        if 0 < share < 1:
            return OutcomeKind.SHARE, share
        if share in (0.0, 1.0):
            return (OutcomeKind.YES if share else OutcomeKind.NO), None
    raise Refusal(
        Problem(Q, f'"{told}" is no outcome of a question of yes or no', hint="yes, no, 30%, void or ambiguous")
    )


def _number(told: str) -> float:
    from math import isfinite

    try:
        value = float(told)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise Refusal(Problem(Q, f'"{told}" is no number', hint="write it as 12 or 12.5"))
    return value
