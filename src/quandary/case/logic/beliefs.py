"""What actors see otherwise than the case has it: the tables that they believe in, and who plays by which view.

A first-level hypergame (Bennett 1977, *Omega* 5; Kovach, Gibson & Lamont 2015, *Game Theory* 2015). A perceiver plays
the game in which its believed tables stand for everybody; others take it to see rightly, unless its belief is known to
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

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
from quandary.language.syntax import Rest

View = tuple[str | None, frozenset[str]]
"""A view of the game: whose believed tables stand in it (``None``: the case's own), and whose beliefs are known."""

OWN_GAME: View = (None, frozenset())
"""The case's own game, in which everybody sees rightly and takes all others to."""


def believed_event(case: Case, believed: BelievedOdds) -> ChanceEvent:
    """Return a chance variable with the odds that are believed; one state left out takes what the others leave."""
    event = case.variable(believed.variable)
    assert isinstance(event, ChanceEvent)
    rules = tuple(_completed(event, rule) for rule in believed.odds)
    return replace(event, odds=rules, base=(), effects=(), place=believed.place)


def _completed(event: ChanceEvent, rule: OddsRule) -> OddsRule:
    named = dict(rule.odds)
    left = [state for state in event.states if state not in named]
    if len(left) != 1 or any(isinstance(number.quantity, Rest) for number in named.values()):
        return rule
    first = next(iter(named.values()), None)
    path = "" if first is None else f"{first.path.rpartition('.')[0]}.{left[0]}"
    return replace(rule, odds=(*rule.odds, (left[0], Sourced(Rest(place=rule.place), path, place=rule.place))))


def believed_stake(case: Case, believed: BelievedWorth) -> Stake:
    """Return another actor's stake with the worth that is believed, in the place of its rules and effects."""
    own = next(stake for stake in case.stakes if (stake.actor, stake.id) == (believed.actor, believed.stake))
    return replace(own, worth=believed.worth, effects=(), place=believed.place)


@dataclass(frozen=True)
class Perceivers:
    """Who sees the game otherwise, who knows of it, and who decides what.

    ``owners`` maps each decision to its actor, ``seeing`` are the perceivers, ``known`` says of each actor whose beliefs
    it knows.
    """

    owners: Mapping[str, str] = field(default_factory=dict)
    seeing: frozenset[str] = frozenset()
    known: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def view_of(self, actor: str) -> View:
        """Return the view by which an actor chooses."""
        return actor if actor in self.seeing else None, self.known.get(actor, frozenset())

    def view_within(self, view: View, actor: str) -> View:
        """Return by which view an actor chooses as another view has it.

        Whose belief is known there plays by its own tables, everybody else by those of the view; and each knows what it
        knows of what is known there. The view itself where the actor is one of those it is solved for.
        """
        own, known = view
        return actor if actor in known else own, self.known.get(actor, frozenset()) & known

    @property
    def views(self) -> tuple[View, ...]:
        """Return every view that has to be solved, each after those it is made of."""
        found: dict[View, None] = {}

        def visit(view: View) -> None:
            if view in found:
                return
            for actor in dict.fromkeys(self.owners.values()):
                inner = self.view_within(view, actor)
                if inner != view:
                    visit(inner)
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
