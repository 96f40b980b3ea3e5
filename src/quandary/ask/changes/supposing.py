"""Evidence supposed: a query of a study without evidence, asked as if some had been seen.

The conditions go into the question itself, so that one study, solved once, answers after any evidence. What an
intervention can affect is left out, as a study with that evidence would.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from quandary.ask.games.evidence import Kept, kept_under
from quandary.ask.games.playing import support_of
from quandary.ask.games.worths import with_worths
from quandary.ask.inquiry import Inquiry
from quandary.ask.query.queries import Query
from quandary.ask.study import Study
from quandary.language import heads
from quandary.language.syntax import And, Ask, Expression, Is, Name

Conditions = tuple[Expression, ...]

TARGET = Is(Name(("seen",)), ("seen",))
"""What stands for the target of a question that is only ever asked through its inquiry."""


@dataclass(frozen=True, eq=False)
class Supposed:
    """A query given evidence.

    ``own`` asks how probable the query's own condition is given the evidence kept (``None`` where worlds do not weigh
    it); ``dropped`` names evidence that the query's interventions make void.
    """

    query: Query
    own: Inquiry | None
    dropped: tuple[str, ...]

    @property
    def needs(self) -> tuple[Query, ...]:
        """Return what the study must be asked."""
        return (self.query,) if self.own is None else (self.query, asked_as(self.own))


def supposed(study: Study, query: Query, evidence: Conditions) -> Supposed:
    """Return the query given evidence, for a study that uses none."""
    inquiries: dict[Ask, Inquiry] = {}
    dropped: dict[str, None] = {}
    own: Inquiry | None = None
    for ask, inquiry in query.inquiries.items():
        kept = _kept(study, inquiry, evidence)
        dropped |= dict.fromkeys(kept.dropped)
        given = tuple(dict.fromkeys((*kept.conditions, *inquiry.given)))
        against = tuple(dict.fromkeys((*kept.conditions, *inquiry.against))) if inquiry.against else ()
        inquiries[ask] = replace(inquiry, given=given, against=against, evidence=False)
        if query.is_predictive and inquiry.given:
            own = replace(
                chance_inquiry(inquiry.given), given=kept.conditions, seen=inquiry.seen, unseen=inquiry.unseen
            )
    return Supposed(replace(query, inquiries=inquiries), own, tuple(dropped))


def chance_of(conditions: Conditions) -> Query:
    """Return the query for the probability that conditions hold together."""
    return asked_as(chance_inquiry(conditions))


def chance_inquiry(conditions: Conditions) -> Inquiry:
    """Return the inquiry for the probability that conditions hold together, without evidence."""
    return Inquiry(heads.P.name, conditions[0] if len(conditions) == 1 else And(conditions), evidence=False)


def asked_as(inquiry: Inquiry) -> Query:
    """Return a query that asks one inquiry, whatever its text."""
    ask = Ask(inquiry.head, TARGET)
    return Query(ask, "", {ask: inquiry})


def _kept(study: Study, inquiry: Inquiry, evidence: Conditions) -> Kept:
    seen, unseen = (frozenset(name for name, _ in settings) for settings in inquiry.game)
    if not seen and not unseen:
        return Kept(evidence)
    opened = support_of(with_worths(study.probe)).opened
    return kept_under(study.case, evidence, opened, seen, unseen)
