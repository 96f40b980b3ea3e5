"""The sections of a draft case as proposals: one record each, with its quote and what the article leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from quandary.case.draft import Proposal, gap, open_number
from quandary.case.model import Actor, Case, ChanceEvent, DecisionEvent, Evidence, Rule, Source, Sourced, Stake
from quandary.language.printing import written
from quandary.language.syntax import And, Condition, Is, Name, Unknown
from quandary.read.drafting.variables import Variable, VariablesFound, VariableState
from quandary.read.drafting.whereabouts import actor_key
from quandary.read.intake.characters import in_one_line
from quandary.read.intake.intake import sha256
from quandary.read.records import ArticleActor, ArticleReading, Event, Passage
from quandary.read.words.countries import countries_in
from quandary.read.words.dates import date_in

ARTICLE = "article"
"""The name of the article among the sources of a draft."""
LONGEST_QUOTE = 240
RATIONALITY = "how strictly it takes its better options, such as x2 to x6 per 10"
WEIGHT = "its share of what {} cares about, such as 20% to 40%"
"""What may stand for a number that nobody has put."""
_TELLS = re.compile(
    r"\band\b|\b(?:agence|presse|reuters|institute|university|college|school|museum|newspaper|times|post|journal|tv|television|press|news|agency|radio|"
    r"analyst|expert|professor|fellow|scholar|researcher|economist|journalist|reporter|correspondent|editor|think\s+tank)\b",
    re.I,
)


def note(passage: Passage) -> str:
    """Return the quote that says where a proposal came from, cut after a word where it is long."""
    text = passage.text
    return in_one_line(text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rsplit(" ", 1)[0])


def span_of(passage: Passage) -> tuple[int, int]:
    """Return where a passage stands in the article."""
    return passage.start, passage.end


def condition(situation: VariableState) -> Is:
    """Return that a variable is in its state."""
    return Is(Name((situation.variable,)), (situation.state,))


def head(reading: ArticleReading) -> Case:
    """Return the head of the draft, which needs no judgement."""
    article = reading.article
    dated = date_in(article.published_text)
    shows = f"the article says {dated.words}" if dated and dated.readings else "the article shows no date"
    title = in_one_line(article.title) if article.title else None
    source = Source(
        ARTICLE,
        title=title or gap("the article has no title"),
        publisher=in_one_line(article.publisher) if article.publisher else None,
        author=in_one_line(article.author) if article.author else None,
        published=article.published,
        sha256=sha256(article),
    )
    return Case(
        title=title or gap("what is the case called?"),
        as_of=article.published or gap(f"the day the analysis speaks from; {shows}"),
        path="",
        sha256="",
        sources={ARTICLE: source},
    )


def acts(actor: ArticleActor) -> bool:
    """Return whether an actor may be one of the case: not one who only studies or tells of it."""
    return _TELLS.search(f"{actor.name} {actor.role or ''}") is None


def actor_named(name: str | None, actors: tuple[ArticleActor, ...]) -> ArticleActor | None:
    """Return the actor a name means; a country's soldiers act for the country."""
    if name is None:
        return None
    found = next((a for a in actors if name == a.name or name in a.aliases), None)
    inside = countries_in(name) if found is None else []
    code = found.country if found is not None and found.type in ("group", "organisation") else None
    code = inside[0].code if len(inside) == 1 else code
    if code is not None:
        return next((a for a in actors if a.type == "state" and a.country == code), found)
    return found


_MOST_ACTORS = 12


def _listed(board: VariablesFound, reading: ArticleReading) -> dict[str, ArticleActor | str]:
    """Return who is in the case: those who decide, then the states, organisations, groups and leaders most named."""
    found: dict[str, ArticleActor | str] = {}
    by_key = {actor_key(a): a for a in reversed(reading.actors)}
    chosen = {v.agent for v in board.variables.values() if v.kind == "decision" and v.agent}
    for key in sorted(chosen, key=lambda k: (-by_key[k].mentions if k in by_key else 0, k)):
        found[key] = by_key.get(key) or board.deciders.get(key, key.replace("_", " "))
    for actor in sorted(reading.actors, key=lambda a: -a.mentions):
        part = any(actor_key(actor) in key for key in found)
        if len(found) < _MOST_ACTORS and not part and actor.type != "person" and acts(actor):
            found.setdefault(actor_key(actor), actor)
    return found


def actors(board: VariablesFound, reading: ArticleReading) -> Iterator[Proposal]:
    """Yield those to whom the article gives a move, then the others that it is about."""
    for key, actor in _listed(board, reading).items():
        strictness = open_number(RATIONALITY)
        passages = [p for v in board.variables.values() if v.agent == key for p in v.passages]
        if isinstance(actor, str):
            first = min(passages, key=lambda p: p.start)
            yield Proposal(Actor(key, in_one_line(actor), strictness), note(first), span_of(first))
            continue
        remarks = {}
        if aliases := [a for a in actor.aliases if a != actor.name][:4]:
            remarks["name"] = f"also: {in_one_line('; '.join(aliases))}"
        if actor.type in ("leader", "person") and actor.country is None:
            remarks["country"] = "acts for which country? The article does not say; rename if it is one of the others"
        first = min(passages, key=lambda p: p.start, default=actor.first)
        yield Proposal(Actor(key, in_one_line(actor.name), strictness), note(first), span_of(first), remarks)


def story(board: VariablesFound) -> Iterator[Proposal]:
    """Yield the variables in order of time."""
    for variable in board.in_order():
        first = min(variable.passages, key=lambda p: p.start)
        if variable.kind == "decision":
            by = variable.agent or gap("who decides this? The article does not say")
            entry: ChanceEvent | DecisionEvent = DecisionEvent(
                variable.name, by, tuple(variable.states), sees=tuple(variable.parents)
            )
            yield Proposal(entry, note(first), span_of(first), {"options": "what else could it do?"})
        else:
            yield Proposal(_chance(variable), note(first), span_of(first))


def _chance(variable: Variable) -> ChanceEvent:
    such_as = f"{{{variable.states[-1]}: 10% to 30%, {variable.none}: rest}}"
    odds = open_number(f"how likely each state is, such as {such_as}")
    return ChanceEvent(variable.name, tuple(variable.states), given=tuple(variable.parents), odds=odds)


def _worths(agent: str, stake: str, conditions: Iterable[Condition]) -> tuple[Rule, ...]:
    """Return the worth of each situation to whoever cares about it: nobody has put one."""
    made = []
    for condition in conditions:
        path = f"stakes.{agent}.{stake}.worth[{written(condition)}]"
        made.append(Rule(condition, Sourced(Unknown(), path)))
    return tuple(made)


def _states(variable: Variable) -> list[Is]:
    return [Is(Name((variable.name,)), (state,)) for state in variable.states]


def stakes(board: VariablesFound) -> Iterator[Proposal]:
    """Yield the stakes of each decider: the chance events that the article ties to its moves, else the moves.

    What its choice hangs on by the article is a stake too, of unknown worth in each situation: without it nothing that
    is seen could move the choice.
    """
    chances = [v for v in board.in_order() if v.kind == "chance"]
    for agent in dict.fromkeys(v.agent for v in board.variables.values() if v.kind == "decision" and v.agent):
        own = [v for v in board.in_order() if v.kind == "decision" and v.agent == agent]
        mine = {v.name for v in own}
        touched = [v for v in chances if mine & set(v.parents)] or [v for v in chances if v.agent == agent]
        weight = open_number(WEIGHT.format(agent))
        wanted = [Stake(agent, v.name, weight, _worths(agent, v.name, _states(v))) for v in touched or own]
        remarks = {} if touched else {v.name: f"the article does not say what {agent} wants" for v in own}
        names = {stake.id for stake in wanted}
        for variable, seen in ((v, board.variables[name]) for v in own for name in v.parents if name not in mine):
            keys = ("response", f"response_to_{seen.name}", f"{variable.name}_response_to_{seen.name}")
            key = next(key for key in keys if key not in names)
            names.add(key)
            both = [And((there, does)) for there in _states(seen) for does in _states(variable)]
            wanted.append(Stake(agent, key, weight, _worths(agent, key, both)))
            remarks[key] = "what it sees may move its choice; the article does not say why"
        span = span_of((touched or own)[0].passages[0])
        yield Proposal(tuple(wanted), span=span, remarks=remarks)


def _told_date(written: str) -> str:
    """Return the words of a date for a comment, with the days it may mean where there are two."""
    found = date_in(written)
    return in_one_line(found.words if found else written)


def evidence(seen: list[tuple[Event, VariableState]]) -> Iterator[Proposal]:
    """Yield what the article reports with a day; what it reports without one is a gap."""
    told: set[VariableState] = set()
    ranked = sorted(
        seen,
        key=lambda pair: (pair[0].on is None, pair[0].precision != "day", pair[0].trigger.start - pair[0].trigger.end),
    )
    for event, situation in ranked:
        if situation in told:
            continue
        told.add(situation)
        asks = _told_date(event.date_text) if event.date_text else "on which day?"
        day = event.on if event.precision in ("day", "approximate") else None
        entry = Evidence(day or gap(asks), condition(situation), source=ARTICLE)
        yield Proposal(entry, note(event.trigger), span_of(event.trigger), {"on": asks})
