"""What had been seen by a day, and what of it an intervention leaves standing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import cast

from quandary.ask.inquiry import Basis, Game
from quandary.case.logic.conditions import mentioned
from quandary.case.model import Case, Evidence
from quandary.compile.evidence import evidence_in_force
from quandary.game.diagram import Diagram
from quandary.game.graphs.graph import graph_of
from quandary.game.interventions import affected
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
        reached |= reach(opened, game)
    keep = tuple(c for c in conditions if not reached & set(mentioned(case, c)))
    return Kept(keep, tuple(c for c in conditions if c not in keep))


def reach(opened: Diagram, game: Game) -> frozenset[str]:
    """Return the variables whose distribution a game's interventions can change, those that are set included."""
    foreseen, unforeseen = ([name for name, _ in settings] for settings in game)
    reached = graph_of(opened).descendants(unforeseen) | set(unforeseen)
    return frozenset(reached | affected(opened, foreseen) if foreseen else reached)
