"""The sections of a draft case as proposals: one entry each, with its lines of YAML and its quote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from quandary.read.drafting.variables import Variable, VariablesFound, VariableState
from quandary.read.drafting.whereabouts import actor_key
from quandary.read.intake.characters import in_one_line, quoted
from quandary.read.intake.intake import sha256
from quandary.read.records import ArticleActor, ArticleReading, Event, Passage
from quandary.read.words.concepts import slug
from quandary.read.words.dates import date_in

GAP = "???"


@dataclass(frozen=True)
class Proposal:
    """One entry of the draft: its section, its name, its lines of YAML, the quote, and whether it was accepted."""

    section: str
    name: str
    lines: tuple[str, ...]
    passage: Passage | None = None
    status: str = "proposed"


def note(passage: Passage, longest: int = 240) -> tuple[str, ...]:
    """Return the lines that say where a proposal came from."""
    text = passage.text
    if len(text) > longest:
        text = text[:longest].rsplit(" ", 1)[0]
    return (f"quote: {quoted(text)}", "source: article", "status: proposed")


def head(reading: ArticleReading) -> tuple[str, ...]:
    """Return the head of the file, which needs no judgement."""
    article = reading.article
    dated = date_in(article.published_text)
    shows = f"the article says {dated.told}" if dated and dated.readings else "the article shows no date"
    title = quoted(article.title) if article.title else GAP
    lines = [
        "# A draft made by `quandary read` from one article. Every entry is a proposal with the quote it came from.",
        "# Where it says ??? the article gives no answer: fill it in, or remove the line; `quandary check` lists them.",
        "# Rename freely; merge what is one thing; delete what does not matter.",
        "",
        "quandary: 1",
        f"title: {title}" if article.title else f"title: {GAP}  # what is the case called?",
        f"as_of: {article.published.isoformat()}"
        if article.published
        else f"as_of: {GAP}  # the day the analysis speaks from; {shows}",
        "status: draft",
        "",
        "sources:",
        "  article:",
        f"    title: {title}" if article.title else f"    title: {GAP}  # the article has no title",
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


def actor_named(name: str | None, actors: tuple[ArticleActor, ...]) -> ArticleActor | None:
    """Return the actor a name means; a country's soldiers act for the country."""
    if name is None:
        return None
    found = next((a for a in actors if name == a.name or name in a.aliases), None)
    if found is not None and found.type == "group" and found.country:
        return next((a for a in actors if a.type == "state" and a.country == found.country), found)
    return found


def _deciders(board: VariablesFound, reading: ArticleReading) -> dict[str, ArticleActor]:
    keys = {v.agent for v in board.variables.values() if v.kind == "decision" and v.agent}
    return {actor_key(a): a for a in reversed(reading.actors) if actor_key(a) in keys}


def actors(board: VariablesFound, reading: ArticleReading) -> Iterator[Proposal]:
    """Yield those to whom the article gives a move; a decision without one becomes a chance event."""
    deciders = _deciders(board, reading)
    for variable in board.variables.values():
        if variable.kind == "decision" and variable.agent not in deciders:
            variable.kind = "chance"
    for key, actor in sorted(deciders.items(), key=lambda item: -item[1].mentions):
        aliases = [a for a in actor.aliases if a != actor.name][:4]
        comment = f"  # also: {in_one_line('; '.join(aliases))}" if aliases else ""
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


def story(board: VariablesFound) -> Iterator[Proposal]:
    """Yield the variables in order of time."""
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


def stakes(board: VariablesFound) -> Iterator[Proposal]:
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


def _told_date(written: str) -> str:
    """Return the words of a date for a comment, with the days it may mean where there are two."""
    found = date_in(written)
    return in_one_line(found.told if found else written)


def evidence(board: VariablesFound, seen: list[tuple[Event, VariableState]]) -> Iterator[Proposal]:
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
        comment = f"  # {_told_date(event.date_text)}" if event.date_text else "  # on which day?"
        lines = (
            f"- on: {day}{comment}",
            f"  saw: {situation.variable} = {situation.state}",
            *(f"  {n}" for n in note(event.trigger)),
        )
        yield Proposal("evidence", slug(f"{situation.variable} {situation.state}"), lines, event.trigger)
