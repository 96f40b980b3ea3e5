"""What had been seen by a day, and what of it an intervention leaves standing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import cast

from quandary.ask.inquiry import Basis, Game
from quandary.case.logic.beliefs import perceivers_of
from quandary.case.logic.conditions import mentioned
from quandary.case.logic.evidence import evidence_in_force
from quandary.case.model import Case, Evidence
from quandary.game.diagram import Diagram
from quandary.game.graphs.graph import graph_of
from quandary.game.interventions import affected, rules_that_may_change
from quandary.language.printing import written
from quandary.language.syntax import And, Condition, Expression


@dataclass(frozen=True)
class Kept:
    """Evidence under interventions: what still conditions, and what they set aside."""

    conditions: tuple[Expression, ...]
    aside: tuple[Expression, ...] = ()

    @property
    def dropped(self) -> tuple[str, ...]:
        """Return what is set aside, as written."""
        return tuple(written(condition) for condition in self.aside)

    def without(self, aside: tuple[str, ...]) -> Kept:
        """Return the same where these pieces, as written, are set aside too."""
        if not aside:
            return self
        keep = tuple(condition for condition in self.conditions if written(condition) not in aside)
        more = tuple(condition for condition in self.conditions if condition not in keep)
        return Kept(keep, self.aside + more)


class StandingEvidence:
    """The evidence that stands in each query of a case: found once for each basis.

    ``opened`` is the case's own game with requisite observations only, since nobody's rule follows the others.
    """

    def __init__(self, case: Case, items: tuple[Evidence, ...], opened: Diagram) -> None:
        self._case = case
        self._items = items
        self._opened = opened
        self._kept: dict[Basis, Kept] = {}

    def conditions(self, basis: Basis) -> tuple[Expression, ...]:
        """Return what conditions on a basis."""
        return self.kept(basis).conditions

    def kept(self, basis: Basis) -> Kept:
        """Return what still conditions on a basis, and what its interventions set aside."""
        if not basis.used:
            return Kept(())
        if basis not in self._kept:
            seen = tuple(item for item in self._items if basis.until is None or item.on <= basis.until)
            found = kept_under(self._case, conditions_of(seen), self._opened, basis.games)
            self._kept[basis] = found.without(basis.aside)
        return self._kept[basis]


def pieces(condition: Expression) -> Iterator[Expression]:
    """Yield the parts of a conjunction; anything else is one part."""
    if isinstance(condition, And):
        for operand in condition.operands:
            yield from pieces(operand)
    else:
        yield condition


def left_of(condition: Condition, aside: Collection[str]) -> Condition | None:
    """Return a piece of evidence without the parts of it that are set ``aside``; ``None`` if all are."""
    parts = tuple(pieces(condition))
    left = tuple(part for part in parts if written(part) not in aside)
    if len(left) == len(parts):
        return condition
    if not left:
        return None
    return cast(Condition, left[0]) if len(left) == 1 else And(left)


def evidence_used(case: Case, as_of: date | None, use_evidence: bool) -> tuple[Evidence, ...]:
    """Return the evidence up to a day (the case's own by default); nothing without ``use_evidence``."""
    return evidence_in_force(case, as_of) if use_evidence else ()


def conditions_of(items: tuple[Evidence, ...]) -> tuple[Expression, ...]:
    """Return the evidence as conditions, conjunctions taken apart, each once."""
    return tuple(dict.fromkeys(piece for item in items for piece in pieces(item.saw)))


def kept_under(case: Case, conditions: tuple[Expression, ...], opened: Diagram, games: Iterable[Game]) -> Kept:
    """Return which evidence still conditions under the interventions of some games.

    What nobody foresaw reaches its descendants only: a piece that mentions none is never set aside. What everybody had
    foreseen also reaches what lies below every rule that may change.
    """
    reached: set[str] = set()
    for game in games:
        reached |= reach(case, opened, game)
    keep = tuple(c for c in conditions if not reached & set(mentioned(case, c)))
    return Kept(keep, tuple(c for c in conditions if c not in keep))


def reach(case: Case, opened: Diagram, game: Game) -> frozenset[str]:
    """Return the variables whose distribution a game's interventions can change, those that are set included."""
    foreseen, unforeseen = ([name for name, _ in settings] for settings in (game.foreseen, game.unforeseen))
    if game.of_beliefs:
        unforeseen += chosen_otherwise(case, opened, game)
    reached = graph_of(opened).descendants(unforeseen) | set(unforeseen)
    return frozenset(reached | affected(opened, foreseen) if foreseen else reached)


def chosen_otherwise(case: Case, opened: Diagram, game: Game) -> list[str]:
    """Return the decisions whose rule can change by what actors are set to believe: their own that hang on it.

    Where everybody had foreseen it, also those of whoever knows what these believe, and of whoever knows of them.
    """
    people = perceivers_of(case)
    found: set[str] = set()
    for beliefs, foreseen in ((game.beliefs_foreseen, True), (game.beliefs_unforeseen, False)):
        for actor, name, *_ in beliefs:
            own = _rules_of(opened, {actor}, _mechanisms(case, opened, actor, name))
            knowing = {actor}
            while foreseen and (more := {who for who, of in people.known.items() if of & knowing} - knowing):
                knowing |= more
            found |= own | (_rules_of(opened, knowing - {actor}, own) if own else set())
    return [decision.name for decision in opened.decisions if decision.name in found]


def _mechanisms(case: Case, opened: Diagram, actor: str, name: str) -> set[str]:
    """Return the variables whose mechanisms a belief is about; a stake moves its owner's decisions."""
    if name:
        return {name}
    belief = case.believes.get(actor)
    if belief is None:
        return set()
    owners = {worth.actor for worth in belief.worths}
    return {own.variable for own in belief.odds} | {d.name for d in opened.decisions if d.player in owners}


def _rules_of(opened: Diagram, actors: set[str], changed: set[str]) -> set[str]:
    """Return the decisions of some actors whose rules may change where these mechanisms do."""
    moved = rules_that_may_change(opened, changed)
    return {decision.name for decision in opened.decisions if decision.player in actors and decision.name in moved}
