"""A draft case: what an analyst would otherwise have to type, each line with the quote it came from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from quandary.read.draft_claims import ClaimWriter
from quandary.read.events import sentences_with_events
from quandary.read.intake import sha256
from quandary.read.records import Actor, AuthorClaim, Event, Passage, Proposition, Reading, Statement
from quandary.read.variables import Board, Situation, Variable, actor_key, slug

GAP = "???"


@dataclass(frozen=True)
class Proposal:
    """One entry of the draft: its section, its name, its lines of YAML, the quote, and whether it was accepted."""

    section: str
    name: str
    lines: tuple[str, ...]
    passage: Passage | None = None
    status: str = "proposed"


@dataclass(frozen=True)
class Draft:
    """A draft case: the head, which needs no judgement, and the proposals."""

    head: tuple[str, ...]
    proposals: tuple[Proposal, ...]
    notes: tuple[str, ...] = field(default=())
    open: tuple[tuple[str, int], ...] = field(default=())


def draft_of(reading: Reading) -> Draft:
    """Return the draft case of a reading.

    Steps: variables from events, conditions and causes; arcs from conditionals and causal claims; claims with tests;
    evidence from dated events; actors who decide; a gap wherever the article gives no answer.
    """
    board = Board(reading.actors, reading.article.text)
    board.survey(_passages(reading))
    seen = _events_on_board(board, reading)
    writer = ClaimWriter(board, reading)
    claims = writer.claims()
    _draw_time(board)
    proposals = [
        *_actors(board, reading),
        *_story(board),
        *_stakes(board),
        *_evidence(board, seen),
        *(Proposal("claims", name, lines, passage) for name, lines, passage in claims),
        *(Proposal("questions", name, lines, passage) for name, lines, passage in writer.questions),
    ]
    return Draft(_head(reading), tuple(proposals), reading.article.notes, _open(board, proposals))


def _open(board: Board, proposals: list[Proposal]) -> tuple[tuple[str, int], ...]:
    """Return what the analyst has to fill in, what most tests rest on first."""
    tests = [line for p in proposals if p.section == "claims" for line in p.lines if "P(" in line]
    used = [set(re.findall(r"(\w+) =", test)) for test in tests]
    upstream = [names.union(*(board.ancestors(n) for n in names if n in board.variables)) for names in used]
    wanted: list[tuple[str, int]] = []
    for variable in board.variables.values():
        count = sum(variable.name in names for names in upstream)
        if variable.kind == "chance":
            wanted.append((f"the odds of {variable.name}", count))
    for agent in dict.fromkeys(v.agent for v in board.variables.values() if v.kind == "decision"):
        mine = {v.name for v in board.variables.values() if v.agent == agent}
        wanted.append((f"what {agent} wants (its stakes)", sum(bool(mine & names) for names in upstream)))
    return tuple(sorted(wanted, key=lambda w: -w[1]))


def quoted(text: str) -> str:
    """Return text as a double-quoted YAML scalar on one line."""
    plain = re.sub(r"\s+", " ", text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def note(passage: Passage, longest: int = 240) -> tuple[str, ...]:
    """Return the lines that say where a proposal came from."""
    text = passage.text
    if len(text) > longest:
        text = text[:longest].rsplit(" ", 1)[0]
    return (f"quote: {quoted(text)}", "source: article", "status: proposed")


def _head(reading: Reading) -> tuple[str, ...]:
    article = reading.article
    title = article.title or GAP
    lines = [
        "# A draft made by `quandary read` from one article. Every entry is a proposal with the quote it came from.",
        "# Where it says ??? the article gives no answer: fill it in, or remove the line; `quandary check` lists them.",
        "# Rename freely; merge what is one thing; delete what does not matter.",
        "",
        "quandary: 1",
        f"title: {quoted(title) if article.title else GAP + '  # what is the case called?'}",
        f"as_of: {article.published.isoformat()}"
        if article.published
        else f"as_of: {GAP}  # the day the analysis speaks from; the article shows no date",
        "status: draft",
        "",
        "sources:",
        "  article:",
        f"    title: {quoted(title)}" if article.title else f"    title: {GAP}  # the article has no title",
    ]
    if article.publisher:
        lines.append(f"    publisher: {quoted(article.publisher)}")
    if article.author:
        lines.append(f"    author: {quoted(article.author)}")
    else:
        lines.append("    # no author is named")
    if article.published:
        lines.append(f"    published: {article.published.isoformat()}")
    lines.append(f"    sha256: {sha256(article)}")
    return tuple(lines)


def _passages(reading: Reading) -> list[Passage]:
    """Return every phrase that may become a variable, in the order of the article."""
    parts: list[Statement | Proposition | AuthorClaim] = [*reading.author_claims]
    for statement in reading.statements:
        parts.extend(statement.propositions or (statement,))
    found = [e.trigger for e in reading.events]
    for part in parts:
        links = [link for link in (part.conditional, part.causal) if link]
        found += [p for link in links for p in (link.first, link.second, *link.alternatives)]
        found.append(part.passage)
    return sorted(found, key=lambda p: p.start)


def _events_on_board(board: Board, reading: Reading) -> list[tuple[Event, Situation]]:
    """Return the events that are about something a case can hold, as situations."""
    found: list[tuple[Event, Situation]] = []
    for event in reading.events:
        if event.attributed_to is not None or event.plover in ("ACCUSE", "CONSULT", "SUPPORT", "REJECT", "THREATEN"):
            continue
        actor = _actor_named(event.actor, reading.actors)
        agent = actor_key(actor) if actor else None
        around = sentence_around(reading.article.text, event.trigger)
        situation = board.situation(event.trigger, agent=agent, around=around, fallback=False)
        if situation is not None:
            found.append((event, situation))
            variable = board.variables[situation.variable]
            if event.on is not None and event.precision != "year":
                variable.day = min(variable.day or event.on, event.on)
            _draw_grievance(board, reading, event, situation)
    return found


def _draw_grievance(board: Board, reading: Reading, event: Event, situation: Situation) -> None:
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
    start = max(text.rfind("\n", 0, passage.start) + 1, text.rfind(". ", 0, passage.start) + 1, 0)
    end = min([p for p in (text.find("\n", passage.end), text.find(". ", passage.end)) if p >= 0], default=len(text))
    sentence = text[start:end]
    return sentence if len(sentence) > len(passage.text) + 20 else text[text.rfind("\n", 0, passage.start) + 1 : end]


def _draw_time(board: Board) -> None:
    """Let each dated decision see what the article dates before it, and an operation depend on its deployment."""
    dated = sorted(
        (v for v in board.variables.values() if v.day is not None), key=lambda v: (v.day, v.kind == "decision", v.order)
    )
    for number, later in enumerate(dated):
        if later.kind == "decision":
            for earlier in dated[:number]:
                if earlier.day != later.day or earlier.kind == "chance":
                    board.link(Situation(earlier.name, earlier.states[-1]), Situation(later.name, later.states[-1]))
    for variable in list(board.variables.values()):
        if variable.concept == "operation" and variable.place:
            deployment = board.variables.get(slug(f"deployment {variable.place}"))
            if deployment is not None:
                board.link(Situation(deployment.name, "deploy"), Situation(variable.name, "fail"))


def _actor_named(name: str | None, actors: tuple[Actor, ...]) -> Actor | None:
    """Return the actor a name means; a country's soldiers act for the country."""
    if name is None:
        return None
    found = next((a for a in actors if name == a.name or name in a.aliases), None)
    if found is not None and found.type == "group" and found.country:
        return next((a for a in actors if a.type == "state" and a.country == found.country), found)
    return found


def _deciders(board: Board, reading: Reading) -> dict[str, Actor]:
    keys = {v.agent for v in board.variables.values() if v.kind == "decision" and v.agent}
    return {actor_key(a): a for a in reversed(reading.actors) if actor_key(a) in keys}


def _actors(board: Board, reading: Reading) -> Iterator[Proposal]:
    deciders = _deciders(board, reading)
    for variable in board.variables.values():
        if variable.kind == "decision" and variable.agent not in deciders:
            variable.kind = "chance"
    for key, actor in sorted(deciders.items(), key=lambda item: -item[1].mentions):
        aliases = [a for a in actor.aliases if a != actor.name][:4]
        comment = f"  # also: {'; '.join(aliases)}" if aliases else ""
        lines = [f"{key}:", f"  name: {quoted(actor.name)}{comment}"]
        lines.append(f"  rationality: {GAP}  # how strictly it takes its better options, such as x2 to x6 per 10")
        if actor.type in ("leader", "person") and actor.country is None:
            lines.append("  # acts for which country? The article does not say; rename if it is one of the others")
        first = min(
            (p for v in board.variables.values() if v.agent == key for p in v.passages),
            key=lambda p: p.start,
            default=actor.first,
        )
        lines += [f"  {line}" for line in note(first)]
        yield Proposal("actors", key, tuple(lines), first)


def _story(board: Board) -> Iterator[Proposal]:
    for variable in board.in_order():
        first = min(variable.passages, key=lambda p: p.start)
        lines = _decision(variable) if variable.kind == "decision" else _chance(variable)
        yield Proposal("story", variable.name, (*lines, *(f"  {line}" for line in note(first))), first)


def _chance(variable: Variable) -> list[str]:
    lines = [f"- chance: {variable.name}"]
    if variable.parents:
        lines.append(f"  given: [{', '.join(variable.parents)}]")
    lines.append(f"  states: [{', '.join(variable.states)}]")
    first = variable.states[-1]
    lines.append(f"  odds: {GAP}  # how likely each state is, such as {{{first}: 10% to 30%, {variable.none}: rest}}")
    return lines


def _decision(variable: Variable) -> list[str]:
    lines = [f"- decision: {variable.name}", f"  by: {variable.agent}"]
    if variable.parents:
        lines.append(f"  sees: [{', '.join(variable.parents)}]")
    lines.append(f"  options: [{', '.join(variable.states)}]  # what else could it do?")
    return lines


def _stakes(board: Board) -> Iterator[Proposal]:
    """Yield the stakes of each decider: the chance events that the article ties to its moves."""
    chances = [v for v in board.in_order() if v.kind == "chance"]
    for agent in dict.fromkeys(v.agent for v in board.variables.values() if v.kind == "decision" and v.agent):
        mine = {v.name for v in board.variables.values() if v.agent == agent and v.kind == "decision"}
        touched = [v for v in chances if mine & set(v.parents)] or [v for v in chances if v.agent == agent]
        lines = [f"{agent}:"]
        for name in [v.name for v in touched] or ["outcome"]:
            lines += [
                f"  {name}:",
                f"    weight: {GAP}  # its share of what {agent} cares about, such as 20% to 40%",
                f"    worth: {GAP}  # how good each outcome is on 0 to 100, as rules",
                "    status: proposed",
            ]
        yield Proposal("stakes", agent, tuple(lines), touched[0].passages[0] if touched else None)


def _evidence(board: Board, seen: list[tuple[Event, Situation]]) -> Iterator[Proposal]:
    """Yield what the article reports with a day; what it reports without one is a gap."""
    told: set[tuple[str, str]] = set()
    ranked = sorted(
        seen,
        key=lambda pair: (pair[0].on is None, pair[0].precision != "day", pair[0].trigger.start - pair[0].trigger.end),
    )
    for event, situation in ranked:
        key = (situation.variable, situation.state)
        if key in told:
            continue
        told.add(key)
        exact = event.on is not None and event.precision in ("day", "approximate")
        day = event.on.isoformat() if exact and event.on else GAP
        comment = f"  # {event.date_text}" if event.date_text else "  # on which day?"
        lines = (
            f"- on: {day}{comment}",
            f"  saw: {situation.variable} = {situation.state}",
            *(f"  {n}" for n in note(event.trigger)),
        )
        yield Proposal("evidence", slug(f"{situation.variable} {situation.state}"), lines, event.trigger)


__all__ = ["Draft", "Proposal", "draft_of", "note", "quoted", "sentences_with_events"]
