"""The two ends of a reading: what it is about, and under which conditions it is told apart."""

from __future__ import annotations

from dataclasses import dataclass

from quandary.ask.inquiry import Inquiry
from quandary.ask.lines import CaseLine, Owner
from quandary.ask.query.queries import Query
from quandary.case.logic.conditions import mentioned
from quandary.case.model import Case
from quandary.language import heads
from quandary.language.printing import written


@dataclass(frozen=True)
class Ends:
    """What a reading is about, and the variables whose states tell its sides apart.

    ``target`` is a variable, or an actor and its stake; ``of_weight`` says that it is about the stake's weight.
    """

    target: Owner
    conditions: frozenset[str]
    of_weight: bool = False

    def are_of(self, line: CaseLine) -> bool:
        """Return whether a line of the case has these ends itself: its own target and its own condition."""
        if line.owner != self.target or (line.kind == "weight") != self.of_weight:
            return False
        return self.conditions <= line.mentions if self.conditions else not line.mentions


def ends_of(case: Case, query: Query) -> Ends | None:
    """Return the ends of a reading; ``None`` where it is not about one variable, or about one stake."""
    inquiries = query.all_inquiries
    targets = {_target(case, inquiry) for inquiry in inquiries}
    if len(targets) != 1 or None in targets:
        return None
    target = next(iter(targets))
    assert target is not None
    return Ends(target, told_apart_by(case, query), inquiries[0].head == heads.WEIGHT.name)


def told_apart_by(case: Case, query: Query) -> frozenset[str]:
    """Return the variables that a query sets or conditions on, of several sides those in which they differ."""
    settings = [_settings(case, inquiry) for inquiry in query.all_inquiries]
    common = frozenset.intersection(*settings) if len(set(settings)) > 1 else frozenset()
    return frozenset(name for found in settings for name, _ in found - common)


def _target(case: Case, inquiry: Inquiry) -> Owner | None:
    if inquiry.head in (heads.P.name, heads.WOULD.name) and inquiry.target is not None:
        names = mentioned(case, inquiry.target)
        return names if len(names) == 1 else None
    if inquiry.head in (heads.E.name, heads.WEIGHT.name) and inquiry.actor and inquiry.stake:
        return inquiry.actor, inquiry.stake
    return None


def _settings(case: Case, inquiry: Inquiry) -> frozenset[tuple[str, str]]:
    """Return what an inquiry sets or conditions on: variables, each with what is said of it."""
    found = {*inquiry.foreseen, *inquiry.unforeseen, *inquiry.instead}
    found |= {(name, written(condition)) for condition in inquiry.given for name in mentioned(case, condition)}
    return frozenset(found)
