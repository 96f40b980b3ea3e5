"""Evidence supposed: a query of a study without evidence, asked as if some had been seen.

The conditions go into the question itself, so that one study, solved once, answers after any evidence. What an
intervention can affect is left out, as a study with that evidence would.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from quandary.ask.games.evidence import kept_under
from quandary.ask.games.playing import support_of
from quandary.ask.games.worths import with_worths
from quandary.ask.inquiry import WITHOUT, Conditions, Inquiry
from quandary.ask.query.queries import Query
from quandary.ask.query.set_aside import mixed_evidence
from quandary.ask.study import Study
from quandary.base.arrays import Array
from quandary.base.problems import CaseError
from quandary.language import heads
from quandary.language.syntax import And, Ask, Is, Name

TARGET = Is(Name(("seen",)), ("seen",))
"""What stands for the target of a question that is only ever asked through its inquiry."""


@dataclass(frozen=True, eq=False)
class Supposed:
    """A query given evidence.

    ``known`` asks how probable the evidence is that stands in it, and ``own`` how probable the query's own condition is
    given that (``None`` where worlds do not weigh by them); ``aside`` is the evidence that the query's interventions
    set aside.
    """

    query: Query
    known: Inquiry | None
    own: Inquiry | None
    aside: Conditions

    @property
    def needs(self) -> tuple[Query, ...]:
        """Return what the study must be asked."""
        return (self.query, *(asked_as(one) for one in (self.known, self.own) if one is not None))

    def weights(self, found: Mapping[Inquiry, Array], worlds: int) -> Array:
        """Return what each world weighs, ``(W,)``: how probable it made the evidence and the query's own condition."""
        weights = np.ones(worlds)
        for one in (self.known, self.own):
            if one is not None:
                weights = weights * np.nan_to_num(found[one], nan=0.0)
        return weights


def supposed(study: Study, query: Query, evidence: Conditions) -> Supposed:
    """Return the query given evidence, for a study that uses none.

    Raises ``CaseError`` (Q524) where its parts would be asked with different evidence.
    """
    inquiries: dict[Ask, Inquiry] = {}
    kept = kept_under(study.case, evidence, support_of(with_worths(study.probe)).opened, query.basis.games)
    if kept.aside and query.basis.games and query.as_things_stand:
        raise CaseError([mixed_evidence(query, kept.aside)])
    known = chance_inquiry(kept.conditions) if kept.conditions else None
    own: Inquiry | None = None
    for ask, inquiry in query.inquiries.items():
        given = tuple(dict.fromkeys((*kept.conditions, *inquiry.given)))
        against = tuple(dict.fromkeys((*kept.conditions, *inquiry.against))) if inquiry.against else ()
        inquiries[ask] = replace(inquiry, given=given, against=against, basis=WITHOUT)
        if query.is_predictive and inquiry.given:
            asked = chance_inquiry(inquiry.given)
            own = replace(
                asked,
                given=kept.conditions,
                foreseen=inquiry.foreseen,
                unforeseen=inquiry.unforeseen,
                beliefs_foreseen=inquiry.beliefs_foreseen,
                beliefs_unforeseen=inquiry.beliefs_unforeseen,
            )
    return Supposed(replace(query, inquiries=inquiries), known, own, kept.aside)


def chance_of(conditions: Conditions) -> Query:
    """Return the query for the probability that conditions hold together."""
    return asked_as(chance_inquiry(conditions))


def chance_inquiry(conditions: Conditions) -> Inquiry:
    """Return the inquiry for the probability that conditions hold together, without evidence."""
    return Inquiry(heads.P.name, conditions[0] if len(conditions) == 1 else And(conditions), basis=WITHOUT)


def asked_as(inquiry: Inquiry) -> Query:
    """Return a query that asks one inquiry, whatever its text."""
    ask = Ask(inquiry.head, TARGET)
    return Query(ask, "", {ask: inquiry})
