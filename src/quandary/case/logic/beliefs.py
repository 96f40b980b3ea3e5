"""What actors see otherwise than the case has it: the tables that they believe in, and who plays by which view.

A first-level hypergame (Bennett 1977, *Omega* 5; Kovach, Gibson & Lamont 2015, *Game Theory* 2015). A perceiver plays
the game in which its believed tables stand for everybody; others take it to see rightly, unless its belief is known to
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from quandary.case.logic.memory import observed
from quandary.case.model import (
    BelievedOdds,
    BelievedWorth,
    Case,
    ChanceEvent,
    DecisionEvent,
    OddsRule,
    Sourced,
    Stake,
)
from quandary.language.syntax import Rest, is_open

View = tuple[tuple[str, ...], frozenset[str]]
"""A view of the game: whose believed tables are put over the case's own, one after the other, and whose are known."""

OWN_GAME: View = ((), frozenset())
"""The case's own game, in which everybody sees rightly and takes all others to."""


def believed_event(case: Case, believed: BelievedOdds) -> ChanceEvent:
    """Return a chance variable with the odds that are believed; one state left out takes what the others leave."""
    event = case.variable(believed.variable)
    assert isinstance(event, ChanceEvent)
    rules = tuple(completed(event, rule) for rule in believed.odds)
    return replace(event, odds=rules, base=(), effects=(), place=believed.place)


def completed(event: ChanceEvent, rule: OddsRule) -> OddsRule:
    """Return believed odds in which one state that was left out takes what the others leave."""
    named = dict(rule.odds)
    left = [state for state in event.states if state not in named]
    if len(left) != 1 or any(
        isinstance(number.quantity, Rest) or is_open(number.quantity) for number in named.values()
    ):
        return rule
    first = next(iter(named.values()), None)
    path = "" if first is None else f"{first.path.rpartition('.')[0]}.{left[0]}"
    return replace(rule, odds=(*rule.odds, (left[0], Sourced(Rest(place=rule.place), path, place=rule.place))))


def believed_stake(case: Case, believed: BelievedWorth) -> Stake:
    """Return another actor's stake with the worth that is believed, in the place of its rules and effects."""
    own = next(stake for stake in case.stakes if (stake.actor, stake.id) == (believed.actor, believed.stake))
    return replace(own, worth=believed.worth, effects=(), place=believed.place, ordered=False)


@dataclass(frozen=True)
class Perceivers:
    """Who sees the game otherwise, who knows of it, and who decides what.

    ``owners`` maps each decision to its actor, ``seeing`` are the perceivers, ``known`` says of each actor whose
    beliefs it knows.
    """

    owners: Mapping[str, str] = field(default_factory=dict)
    seeing: frozenset[str] = frozenset()
    known: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def view_of(self, actor: str) -> View:
        """Return the view by which an actor chooses."""
        return (actor,) if actor in self.seeing else (), self.known.get(actor, frozenset())

    def view_within(self, view: View, actor: str) -> View:
        """Return by which view an actor chooses as another view has it.

        Whose belief is known there plays by its own tables put over those of the view, everybody else by those of the
        view; and each knows what it knows of what is known there. The view itself where the actor is one of those it is
        solved for.
        """
        own, known = view
        return (*own, actor) if actor in known else own, self.known.get(actor, frozenset()) & known

    @property
    def views(self) -> tuple[View, ...]:
        """Return every view that has to be solved, each after those it is made of."""
        found: dict[View, None] = {}

        def visit(view: View) -> None:
            if view in found:
                return
            inner = [self.view_within(view, actor) for actor in dict.fromkeys(self.owners.values())]
            for other in ((view[0], frozenset[str]()), *inner):
                if other != view:
                    visit(other)
            found[view] = None

        for actor in dict.fromkeys(self.owners.values()):
            visit(self.view_of(actor))
        return tuple(found)


def perceivers_of(case: Case, owners: Mapping[str, str] | None = None) -> Perceivers:
    """Return who sees a case's game otherwise; ``owners`` of its decisions, where they are not the story's."""
    if owners is None:
        owners = {item.id: item.by for item in case.story if isinstance(item, DecisionEvent)}
    known: dict[str, frozenset[str]] = {}
    for belief in case.believes.values():
        for actor in belief.known_to:
            known[actor] = known.get(actor, frozenset()) | {belief.actor}
    return Perceivers(owners, frozenset(case.believes), known)


def why_no_belief(case: Case, actor: str, variable: str) -> str | None:
    """Return why an actor can have no other odds for a variable, ``None`` where it can.

    What it sees wherever it decides, with all that this depends on, has no odds for it. What it sees as a sign of
    something else it may misread.
    """
    decisions = [item.id for item in case.story if isinstance(item, DecisionEvent) and item.by == actor]
    if not decisions:
        return f'"{actor}" decides nothing, so that nothing hangs on what it believes'
    item = next(item for item in case.story if item.id == variable)
    if isinstance(item, DecisionEvent):
        return f'"{variable}" is a decision: it is chosen, and has no odds to believe in'
    if all({item.id, *item.given} <= set(observed(case, decision)) for decision in decisions):
        return f'"{actor}" sees "{variable}" wherever it decides, so that it has no need of a belief about it'
    return None
