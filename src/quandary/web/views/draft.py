"""A draft's page: how its claims stand while numbers are unknown, and its questions one at a time, as forms."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from quandary.ask.turning.eliciting.candidates import Aspect, Candidate
from quandary.ask.turning.eliciting.gaps import StructureGap
from quandary.ask.turning.eliciting.orders import paired_order
from quandary.ask.turning.eliciting.questions import Target, TargetState
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.case.shipped import find_case, shipped_folder
from quandary.report.html.verdict_marks import VerdictMark, row_mark
from quandary.report.media.first_answer import left_out_lines
from quandary.report.why.elicitation import (
    candidate_words,
    gap_ways,
    gap_words,
    moved_lines,
    pair_words,
    settled_words,
    ways,
)
from quandary.report.words.claim_rows import claim_rows
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.screen import screen_of
from quandary.use.reading.first_answer import WORLDS, first_answer
from quandary.use.results import Hands
from quandary.use.studies import opened
from quandary.use.turning.elicit import BLOCK, ElicitRequest
from quandary.use.turning.next_questions import MOST, Elicitation, NextRequest, elicitation, without
from quandary.use.turning.session import ElicitationSession
from quandary.web.views.drawing import view

DONT_KNOW = "don't know"
FOUR = ("low", "high", "best", "sure")
STEPS = ("lowest", "highest", "middle", "lower", "upper")


@dataclass(frozen=True)
class StandingClaim:
    """How one reading of a claim stands."""

    mark: VerdictMark
    quote: str
    speaker: str
    reading: str
    remark: str


@dataclass(frozen=True)
class AskedForm:
    """One thing that is asked: its name, what it is, the question, how it is answered, and pairs to choose from.

    A pair is the name of its field, its question, and the two that are chosen from, by number and name.
    """

    name: str
    kind: str
    asks: str
    ways: str
    line: int
    written: str = ""
    quote: str = ""
    pairs: tuple[tuple[str, str], ...] = ()


def draft_page(given: Mapping[str, str], hands: Hands) -> str:
    """Return the page of a draft. How its claims stand is shown before the first answer and after each block only."""
    named = given["path"]
    sitting: dict[str, Any] = json.loads(given.get("sitting", "{}"))
    since = int(sitting.get("since", 0))
    shows = since == 0 or since >= BLOCK or bool(given.get("show"))
    loaded = opened(named)
    if loaded.text is None:
        raise CaseError([problem for problem in loaded.problems if problem.is_error])
    standing: dict[str, Any] = {}
    if shows:
        first = first_answer(loaded.text, hands)
        if first.state is None:
            raise CaseError(first.problems)
        state = first.state
        standing = _standing(first.report, list(left_out_lines(first.left_out)), first.problems)
    else:
        state = elicitation(loaded, NextRequest(case=named, worlds=WORLDS), hands)
    state = without(state, frozenset(sitting.get("passed", ())))
    asked = state.asked
    return view(
        "draft.html.j2",
        "Draft" if state.case is None else state.case.title,
        at="draft",
        case=given["case"],
        key=given.get("key", ""),
        sitting=sitting,
        since=since,
        block=BLOCK,
        shows=shows,
        moved=list(_moved(state, sitting, since)) if shows else [],
        standing=standing,
        forms=list(_forms(state, asked[0])) if asked else [],
        settles=_settles(state),
        left=len(asked),
        others=list(_others(state, asked[1:MOST])),
        ships=shipped_folder() in find_case(named).resolve().parents,
        read_only=given.get("read_only") == "yes",
    )


def _standing(report: Any, left_out: list[str], problems: Sequence[Problem]) -> dict[str, Any]:  # noqa: ANN401
    """Return what a run of a draft says, as its page has it; of one that cannot run, why."""
    if report is None:
        return {"runs": False, "why": [f"{one.message} (line {one.place.line})" for one in problems if one.place]}
    screen = screen_of(report)
    rows = [row for claim in report.findings.claims if claim.tests for row in claim_rows(report.names, claim)]
    told = [StandingClaim(row_mark(row), row.quote, row.speaker, row.reading_said, row.remark) for row in rows]
    return {
        "runs": True,
        "unknowns": screen.unknowns,
        "question": screen.question,
        "answer": screen.answer,
        "claims": told,
        "contradictions": screen.contradictions,
        "limits": screen.limits,
        "left_out": [line.strip() for line in left_out if line.strip()],
        "made": screen.made,
    }


def _moved(state: Elicitation, sitting: Mapping[str, Any], since: int) -> Iterator[str]:
    """Yield how the claims moved over the answers that were given since they were shown."""
    if not since or state.case is None or state.found is None:
        return
    was = {(claim, reading): share for claim, reading, share in sitting.get("was", ())}
    before = [
        TargetState(Target(one.target.claim, one.target.reading, one.target.query), was[key])
        for one in state.found.targets
        if (key := (one.target.claim, one.target.reading)) in was
    ]
    yield from (line.strip() for line in moved_lines(CaseNames(state.case), before, state.found, since))


def _settles(state: Elicitation) -> str:
    first = state.asked[0] if state.asked else None
    if first is None or isinstance(first, StructureGap) or state.found is None:
        return ""
    return settled_words(state.found, first)


def _others(state: Elicitation, asked: Sequence[Any]) -> Iterator[str]:
    """Yield the questions after the first in words."""
    for one in asked:
        if isinstance(one, StructureGap):
            yield gap_words(one)
        elif state.case is not None:
            yield " And with it: ".join(candidate_words(CaseNames(state.case), own) for own in one.asked)


def _forms(state: Elicitation, asked: Any) -> Iterator[AskedForm]:  # noqa: ANN401 - a gap or a question
    """Yield the forms of a question: one, or the two of a pair."""
    if isinstance(asked, StructureGap):
        place = asked.gap.place
        quote = "" if asked.quote is None else f"{f'{asked.speaker}: ' if asked.speaker else ''}“{asked.quote}”"
        yield AskedForm(asked.name, "gap", gap_words(asked), gap_ways(asked), place.line, place.written.strip(), quote)
        return
    assert state.case is not None
    names = CaseNames(state.case)
    for own in asked.asked:
        pairs: tuple[tuple[str, str], ...] = ()
        if own.aspect is Aspect.ORDER:
            pairs = tuple((f"pair-{a + 1}-{b + 1}", pair_words(names, own, a, b)) for a, b in _pairs(own))
        line = own.number.place.line
        yield AskedForm(own.name, own.aspect.value, candidate_words(names, own), ways(own), line, pairs=pairs)


def _pairs(candidate: Candidate) -> list[tuple[int, int]]:
    return list(combinations(range(len(candidate.things)), 2))


def answered(given: Mapping[str, str], hands: Hands) -> str:
    """Write an answer that a form gives; return as JSON how the claims stood before, and what was written.

    Raises ``Refusal`` (Q575) for one that does not fit; nothing is written of it.
    """
    request = ElicitRequest(case=given["path"], by=given.get("by", "").strip() or None, worlds=WORLDS)
    session = ElicitationSession(request, hands)
    found = session.state.found
    before = [] if found is None else [(one.target.claim, one.target.reading, one.share) for one in found.targets]
    name = given.get("question", "")
    written = session.give({"question": name, "answer": _said(session, name, given), "because": given.get("because")})
    told = {"text": written.text, "read_as": written.read_as, "line": written.line, "question": name}
    return json.dumps({"before": before, "written": told})


def _said(session: ElicitationSession, name: str, given: Mapping[str, str]) -> object:
    """Return the answer that the fields of a form make."""
    form = given.get("form", "text")
    if form == "unknown":
        return DONT_KNOW
    if form == "four":
        return {key: _number(given, key) for key in FOUR}
    if form == "steps":
        low, high, middle, first, third = (_number(given, key) for key in STEPS)
        return {"limits": [low, high], "middle": middle, "quartiles": [first, third]}
    if form == "order":
        return _order(session, name, given)
    return given.get("answer", "")


def _number(given: Mapping[str, str], key: str) -> float:
    try:
        return float(given.get(key, "").strip().lstrip("x+").rstrip("% "))
    except ValueError:
        hint = "fill in each of these fields with one number, such as 20"
        raise Refusal(Problem("Q575", f'"{key}" has no number', hint=hint)) from None


def _order(session: ElicitationSession, name: str, given: Mapping[str, str]) -> str:
    """Return the order that answers to pairs make; refuses (Q575) such as run in a circle."""
    every = () if session.state.found is None else (*session.state.found.questions, *session.state.found.others)
    candidate = next((own for one in every for own in one.asked if own.name == name), None)
    if candidate is None:
        return given.get("answer", "")
    things = [str(number + 1) for number in range(len(candidate.things))]
    worse: list[tuple[str, str]] = []
    for a, b in _pairs(candidate):
        chosen = given.get(f"pair-{a + 1}-{b + 1}", "")
        first, second = things[a], things[b]
        if chosen not in (first, second):
            raise Refusal(Problem("Q575", "a pair is not answered", hint="choose one of each pair"))
        other = second if chosen == first else first
        worse.append((chosen, other) if candidate.asks_worse else (other, chosen))
    found = paired_order(things, worse, checks=0)
    if found.order is None:
        circle = " before ".join((*found.circle, *found.circle[:1]))
        raise Refusal(Problem("Q575", f"these pairs contradict each other ({circle})", hint="compare them again"))
    return " < ".join(found.order)
