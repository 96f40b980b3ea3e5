"""A draft case: what an analyst would otherwise have to type, each line with the quote it came from."""

from __future__ import annotations

import re

from quandary.case.draft import Draft, OpenPoint, Proposal
from quandary.case.model import Claim
from quandary.language.syntax import Ask, Compare, Is, SetVariable
from quandary.read.drafting.draft_claims import ClaimsFound
from quandary.read.drafting.draft_sections import actor_named, actors, evidence, head, stakes, story
from quandary.read.drafting.variables import MOST_VARIABLES, VariablesFound, VariableState
from quandary.read.drafting.whereabouts import AROUND, actor_key
from quandary.read.records import ArticleReading, ArticleStatement, Assertion, AuthorClaim, Event, Passage, Proposition
from quandary.read.words.concepts import concept_of, slug

# what an event of each type shows to have happened
_SHOWS = {
    "PROTEST": ("unrest",),
    "MOBILIZE": ("deployment",),
    "REQUEST": ("request",),
    "ASSAULT": ("war", "unrest", "attack_casualties"),
    "COERCE": ("repression",),
    "SANCTION": ("sanctions",),
    "RETREAT": ("withdrawal", "ceasefire"),
    "AGREE": ("talks", "ceasefire", "alliance"),
    "CONCEDE": ("concession", "ceasefire"),
}


def draft_of(reading: ArticleReading) -> Draft:
    """Return the draft case of a reading.

    Steps: variables from events, conditions and causes; arcs from conditionals and causal claims; claims with tests;
    evidence from dated events; actors who decide; a gap wherever the article gives no answer. What an extractor drafted
    itself is taken as it is.
    """
    if reading.drafted is not None:
        return reading.drafted
    board = VariablesFound(reading.actors, reading.article.text)
    board.survey(_passages(reading))
    for one in reading.assertions:
        _count(board, one)
    seen = _events_on_board(board, reading)
    for claim in (p for s in reading.statements for p in (s.propositions or (s,)) if p.kind == "question"):
        asked = board.situation(claim.passage, fallback=False)
        if asked is not None and board.variables[asked.variable].concept != "economy":
            board.variables[asked.variable].claims += 1
            board.variables[asked.variable].told += 1
            board.variables[asked.variable].tested += 1
    board.keep(MOST_VARIABLES)
    seen = [(event, shown) for event, shown in seen if shown.variable in board.variables]
    found = ClaimsFound(board, reading)
    claims = found.claims()
    _draw_time(board)
    proposals = [*actors(board, reading), *story(board), *stakes(board), *evidence(seen), *claims, *found.questions]
    notes = reading.article.notes
    if board.more:
        notes += (
            f"the article is about more than {MOST_VARIABLES} things; the ones that fewer claims refer to are left out",
        )
    return Draft(head(reading), tuple(proposals), notes, _open(board, claims))


def _count(board: VariablesFound, one: Assertion) -> None:
    """Note on the board what a claim is about; what many claims are about stays."""
    dilemma = one.effect is not None and "dilemma" in one.effect.theme
    ends = [board.told(end) for end in (one.cause, None if dilemma else one.effect) if end is not None]
    ends += [board.told(also) for also in one.joint]
    for told in ends:
        if told is not None:
            plain = (len(ends) > 1 and all(ends)) or (one.form == "forecast" and one.sign is not None)
            board.variables[told[0].variable].tested += plain
            board.variables[told[0].variable].told += 1
            board.variables[told[0].variable].claims += 2 if dilemma or (len(ends) > 1 and all(ends)) else 1


def _open(board: VariablesFound, claims: list[Proposal]) -> tuple[OpenPoint, ...]:
    """Return what the analyst has to fill in, what most tests rest on first."""
    tests = [test for claim in claims if isinstance(claim.entry, Claim) for test in claim.entry.tests]
    used = [_variables(test.query) for test in tests]
    upstream = [names.union(*(board.ancestors(n) for n in names if n in board.variables)) for names in used]
    wanted: list[OpenPoint] = []
    for variable in board.variables.values():
        if variable.kind == "chance":
            wanted.append(OpenPoint("odds", variable.name, sum(variable.name in names for names in upstream)))
    for agent in dict.fromkeys(v.agent for v in board.variables.values() if v.kind == "decision" and v.agent):
        mine = {v.name for v in board.variables.values() if v.agent == agent}
        wanted.append(OpenPoint("stakes", agent, sum(bool(mine & names) for names in upstream)))
    return tuple(sorted(wanted, key=lambda point: -point.tests))


def _variables(node: object) -> set[str]:
    """Return the variables that a drafted test is about; none where it is a gap."""
    match node:
        case Compare(_, left, right):
            return _variables(left) | _variables(right)
        case Ask():
            return set().union(*map(_variables, (node.target, *node.given, *node.do)))
        case Is(variable) | SetVariable(variable):
            return {variable.text}
        case _:
            return set()


def _passages(reading: ArticleReading) -> list[Passage]:
    """Return every phrase that may become a variable, in the order of the article."""
    parts: list[ArticleStatement | Proposition | AuthorClaim] = [*reading.author_claims]
    for statement in reading.statements:
        parts.extend(statement.propositions or (statement,))
    found = [e.trigger for e in reading.events]
    for part in parts:
        links = [link for link in (part.conditional, part.causal) if link]
        found += [p for link in links for p in (link.first, link.second, *link.alternatives)]
        found.append(part.passage)
    return sorted(found, key=lambda p: p.start)


def _events_on_board(board: VariablesFound, reading: ArticleReading) -> list[tuple[Event, VariableState]]:
    """Return the events that are about something a case can hold, as situations."""
    found: list[tuple[Event, VariableState]] = []
    for event in reading.events:
        if event.attributed_to is not None or event.plover not in _SHOWS:
            continue
        actor = actor_named(event.actor, reading.actors)
        agent = actor_key(actor) if actor else None
        around = sentence_around(reading.article.text, event.trigger)
        concept = concept_of(event.trigger.text)
        if concept is None or concept.name not in _SHOWS[event.plover]:
            continue
        situation = board.situation(event.trigger, agent=agent, around=around, fallback=False)
        if situation is not None:
            found.append((event, situation))
            variable = board.variables[situation.variable]
            variable.claims += 1 + (event.on is not None)
            if event.on is not None and event.precision != "year":
                variable.day = min(variable.day or event.on, event.on)
            _draw_grievance(board, reading, event, situation)
    return found


def _draw_grievance(board: VariablesFound, reading: ArticleReading, event: Event, situation: VariableState) -> None:
    """Draw the arc from what a protest is about: "protests over a fuel price hike"."""
    match = re.search(
        r"\b(?:over|against|at)\s+(?:an?\s+|the\s+)?(?P<grievance>.+?)(?:\s+(?:on|in|at|since)\s|[,;.]|$)",
        event.trigger.text,
    )
    if event.plover == "PROTEST" and match:
        start = event.trigger.start + match.start("grievance")
        passage = reading.article.passage(start, start + len(match.group("grievance")))
        cause = board.situation(passage)
        if cause is not None:
            board.link(cause, situation)


def sentence_around(text: str, passage: Passage) -> str:
    """Return the sentence that holds a passage, and the rest of its paragraph before it."""
    first, last = max(0, passage.start - AROUND), min(len(text), passage.end + AROUND)
    paragraph = max(first, text.rfind("\n", first, passage.start) + 1)
    start = max(paragraph, text.rfind(". ", first, passage.start) + 1)
    stops = (text.find("\n", passage.end, last), text.find(". ", passage.end, last))
    end = min([p for p in stops if p >= 0], default=last)
    sentence = text[start:end]
    return sentence if len(sentence) > len(passage.text) + 20 else text[paragraph:end]


def _draw_time(board: VariablesFound) -> None:
    """Let each dated decision see what the article dates before it, and an operation depend on its deployment."""
    dated = sorted(
        (v for v in board.variables.values() if v.day is not None), key=lambda v: (v.day, v.kind == "decision", v.order)
    )
    for number, later in enumerate(dated):
        if later.kind == "decision":
            for earlier in dated[:number]:
                if earlier.day != later.day or earlier.kind == "chance":
                    board.link(
                        VariableState(earlier.name, earlier.states[-1]), VariableState(later.name, later.states[-1])
                    )
    for variable in list(board.variables.values()):
        if variable.concept == "operation" and variable.place:
            deployment = board.variables.get(slug(f"deployment {variable.place}"))
            if deployment is not None:
                board.link(VariableState(deployment.name, "deploy"), VariableState(variable.name, "fail"))
