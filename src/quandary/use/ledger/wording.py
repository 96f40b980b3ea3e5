"""A question and forecast as a request words them: new, or of a question that stands in the ledger already."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from quandary.base.problems import Problem, Refusal
from quandary.use.ledger.opening import speaker, store
from quandary.use.results import Hands

if TYPE_CHECKING:
    from quandary.ledger.histories import QuestionHistory
    from quandary.ledger.records import LedgerForecast, LedgerQuestion, QuestionKind
    from quandary.use.ledger.asked import LedgerAddRequest

NO_LEDGER = "Q902"
FAULT = "Q912"


def worded(
    request: LedgerAddRequest, today: date, hands: Hands
) -> tuple[LedgerQuestion, tuple[tuple[str, LedgerForecast], ...]]:
    """Return the question and forecast that a request writes out.

    A question that stands in the ledger is returned as it stands, or as an amendment of it where the request says what
    it lacked, or amends it.
    """
    standing, condition, keys = _standing(request)
    question = _new(request, condition, today) if standing is None else _amended(request, standing, condition, today)
    if not request.forecast.strip():
        return question, ()
    name = speaker(request.who, hands)
    return question, ((name, _forecast(request, question, standing, keys.get(name, ""), today)),)


def _standing(request: LedgerAddRequest) -> tuple[QuestionHistory | None, str, dict[str, str]]:
    """Return the question of the ledger that is spoken of, the condition in words, and keys of people by name.

    A ledger that is not there yet is not made for this: what cannot be read leaves no ledger behind.
    """
    from quandary.ledger.histories import history, same_asked
    from quandary.ledger.records import LedgerQuestion

    text, condition = " ".join(request.text.split()), " ".join(request.given.split())
    named = request.amends or (text if _is_number(text) else "")
    until = request.until.isoformat() if request.until else ""
    try:
        with store(request.ledger) as kept:
            if _is_number(condition):
                condition = history(kept, condition).question.text
            if named:
                found: QuestionHistory | None = history(kept, named)
            else:
                found = same_asked(kept, LedgerQuestion(text, until=until, condition=condition))
            if found is not None and found.resolution is not None:
                message = f"#{found.number} asks this, and was settled on {found.resolution.day} already"
                hint = "ask with another last day; if it was settled wrongly: quandary ledger resolve --correct"
                raise Refusal(Problem("Q914", message, hint=hint))
            return found, condition, {name: key for key, name in kept.people().items()}
    except Refusal as fault:
        if fault.problem.code != NO_LEDGER or named or _is_number(condition):
            raise
        return None, condition, {}


def _is_number(text: str) -> bool:
    return text.startswith("#") and text[1:].isascii() and text[1:].isdigit()


def _new(request: LedgerAddRequest, condition: str, today: date) -> LedgerQuestion:
    from quandary.ledger.records import LedgerQuestion, QuestionKind

    kind = _kind(request) or (QuestionKind.CHOICE if request.option else QuestionKind.BINARY)
    _check_options(kind, request.option)
    return LedgerQuestion(
        text=" ".join(request.text.split()),
        kind=kind,
        options=request.option,
        rule=request.rule,
        source=request.settled_by,
        opened=today.isoformat(),
        until=request.until.isoformat() if request.until else "",
        condition=condition,
        tags=request.tag,
    )


def _amended(request: LedgerAddRequest, standing: QuestionHistory, condition: str, today: date) -> LedgerQuestion:
    """Return a standing question as it stands, or amended by what the request says of it.

    What it lacked may be said at any time; what it says otherwise only where the request amends it.
    """
    from quandary.ledger.lint import flaws, unscorable

    old, text = standing.question, " ".join(request.text.split())
    told: dict[str, Any] = {
        "text": "" if _is_number(text) else text,
        "kind": _kind(request) or "",
        "options": request.option,
        "rule": request.rule,
        "source": request.settled_by,
        "until": request.until.isoformat() if request.until else "",
        "condition": condition,
    }
    changes: dict[str, Any] = {name: value for name, value in told.items() if value and value != getattr(old, name)}
    if text.casefold() == old.text.casefold() and not request.amends:
        changes.pop("text", None)
    other = [name for name in changes if getattr(old, name) and not request.amends]
    if other:
        called = {"source": "who settles it", "until": "last day"}.get(other[0], other[0])
        message = f"#{standing.number} asks this already, with another {called}: {getattr(old, other[0])}"
        hint = f'to change it: --amends "#{standing.number}"; else leave it out, or word the question otherwise'
        raise Refusal(Problem(FAULT, message, hint=hint))
    tags = tuple(dict.fromkeys((*old.tags, *request.tag)))
    new = replace(old, **changes, tags=tags)
    if new == old:
        return old
    _check_options(new.kind, new.options)
    new = replace(new, amends=standing.key, unscorable=unscorable(flaws(new, today)))
    if new in standing.worded or replace(new, amends="") in standing.worded:
        message = f"#{standing.number} was worded so before, and then otherwise"
        raise Refusal(Problem(FAULT, message, hint="word it a little otherwise"))
    return new


def _forecast(
    request: LedgerAddRequest, question: LedgerQuestion, standing: QuestionHistory | None, key: str, today: date
) -> LedgerForecast:
    from quandary.ledger.records import ForecasterKind, LedgerForecast
    from quandary.ledger.stating import stated

    judges = {judge.value: judge for judge in ForecasterKind}
    if request.judge not in judges:
        raise Refusal(Problem(FAULT, f'"{request.judge}" is no kind of forecaster', hint=", ".join(judges)))
    said = stated(request.forecast, question.kind, question.options)
    day = request.said or today
    if day > today:
        raise Refusal(Problem(FAULT, f"{day.isoformat()} is yet to come", hint="name the day it was said"))
    made = LedgerForecast(
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
    return _timed(made, standing, key) if standing is not None and request.said is None else made


def _timed(made: LedgerForecast, standing: QuestionHistory, key: str) -> LedgerForecast:
    """Return a forecast with the time of day, where its forecaster said something else on this day already: of two that
    have no more than their day it could not be told which stands.
    """
    before = [one.forecast for one in standing.said if one.forecast.by == key]
    today = [one for one in before if one.said[: len(made.said)] == made.said]
    now = datetime.now(UTC)
    if (
        not today
        or replace(before[-1], question="", by="", said=made.said) == made
        or now.date().isoformat() != made.said
    ):
        return made
    return replace(made, said=now.isoformat(timespec="milliseconds"))


def _kind(request: LedgerAddRequest) -> QuestionKind | None:
    from quandary.ledger.records import QuestionKind

    kinds = {kind.value: kind for kind in QuestionKind}
    if request.kind and request.kind not in kinds:
        raise Refusal(Problem(FAULT, f'"{request.kind}" is no kind of question', hint=", ".join(kinds)))
    return kinds.get(request.kind)


def _check_options(kind: QuestionKind, options: tuple[str, ...]) -> None:
    from quandary.ledger.records import QuestionKind

    wanted = kind in (QuestionKind.CHOICE, QuestionKind.ORDERED)
    if bool(options) == wanted:
        return
    hint = "name its options: --option A --option B" if wanted else "leave the options out"
    message = f"a question of the kind {kind} {'needs' if wanted else 'has no'} options"
    raise Refusal(Problem(FAULT, message, hint=hint))
