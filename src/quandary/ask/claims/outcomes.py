"""What happens: every variable's distribution given the evidence."""

from __future__ import annotations

from collections.abc import Mapping

from quandary.ask.query.queries import Query, prepare
from quandary.ask.results import VariableOutcome
from quandary.ask.study import Study
from quandary.case.logic.conditions import states_of
from quandary.case.model import Case, DecisionEvent
from quandary.language import heads
from quandary.language.syntax import Is, Name

Ready = Mapping[str, Mapping[str, Query]]


def outcome_queries(case: Case) -> Ready:
    """Return the probability of every state of every variable, ready to be asked."""
    return {
        item.id: {state: prepare(case, heads.P.of(Is(Name((item.id,)), (state,)))) for state in states_of(item)}
        for item in case.story
    }


def outcomes(study: Study, ready: Ready) -> tuple[VariableOutcome, ...]:
    """Return every variable with its states' probabilities, in the order of the story."""
    found = []
    for name, queries in ready.items():
        item = study.case.variable(name)
        owner = item.by if isinstance(item, DecisionEvent) else None
        found.append(VariableOutcome(name, owner, {state: study.answer(query) for state, query in queries.items()}))
    return tuple(found)
