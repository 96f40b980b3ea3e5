"""The structure from a critic's side: what nothing asked depends on, stakes that cannot move, indifferent actors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from quandary.ask.claims.trial import without_own_stake
from quandary.ask.games.dependence import moved_by_own, true_graph, without_idle
from quandary.ask.games.evidence import conditions_of
from quandary.ask.games.worths import keeper, with_worths
from quandary.ask.inquiry import Inquiry, variables_of
from quandary.ask.query.queries import Query
from quandary.ask.study import Study
from quandary.ask.why.choice import AskedChoice, decisions_of, explained_choice
from quandary.ask.why.critique.items import (
    CriticItem,
    Grade,
    IdleVariables,
    NearlyIndifferent,
    StuckStake,
    WithoutStake,
)
from quandary.base.problems import Refusal
from quandary.case.logic.conditions import mentioned
from quandary.case.model import DecisionEvent
from quandary.game.graphs.graph import graph_of
from quandary.game.graphs.requisite import decision_balls, prune, stakes_of


def without_stakes(study: Study) -> Iterator[CriticItem]:
    """Yield the decisions that can change no stake of the actor who makes them."""
    yield from (CriticItem(Grade.SERIOUS, WithoutStake(item)) for item in without_own_stake(study))


def nearly_indifferent(few: Study, headline: Query | None, questions: Sequence[Query]) -> Iterator[CriticItem]:
    """Yield the decisions that the headline or a question is about whose best options are nearly the same."""
    stuck = {item.id for item in without_own_stake(few)}
    asked: dict[str, AskedChoice] = {}
    for query in (*(() if headline is None else (headline,)), *questions):
        for decision in decisions_of(few, query):
            given = query.all_inquiries[0].given if len(query.all_inquiries) == 1 else ()
            asked.setdefault(decision.id, AskedChoice(decision, None, given))
    for name, choice in asked.items():
        if name in stuck:
            continue
        found = _table(few, choice)
        if found is not None:
            yield CriticItem(Grade.KNOW, found)


def _table(few: Study, choice: AskedChoice) -> NearlyIndifferent | None:
    for asked in (choice, AskedChoice(choice.decision)):  # a condition may be what the choice itself can change
        try:
            table = explained_choice(few, asked, by_line=False).tables[0]
        except Refusal:
            continue
        return NearlyIndifferent(choice.decision, table) if table.indifferent else None
    return None


def idle_variables(study: Study, queries: Sequence[Query]) -> Iterator[CriticItem]:
    """Yield the variables on which nothing that is asked, and nothing that was seen, depends."""
    case = study.case
    diagram = prune(without_idle(study.model, with_worths(study.probe)), constants=False).diagram
    graph = graph_of(diagram)
    asked = {name for piece in conditions_of(study.evidence) for name in mentioned(case, piece)}
    for query in queries:
        for inquiry in query.all_inquiries:
            asked |= variables_of(case, inquiry) | {name for name, _ in inquiry.game.settings}
            asked |= {name for name, _ in inquiry.instead} | _payoffs(study, inquiry)
    balls = decision_balls(graph, stakes_of(diagram))
    decisions = [decision.name for decision in diagram.decisions]
    needed = set(graph.ancestors(asked)) | asked
    while True:
        bits = sum(1 << number for number, name in enumerate(decisions) if name in needed)
        relied = {item.name for item in diagram.variables if balls.sent_up[item.name] & bits} - needed
        if not relied:
            break
        needed |= relied | set(graph.ancestors(relied))
    names = tuple(item.id for item in case.story if item.id not in needed)
    if names and len(names) < len(case.story):
        yield CriticItem(Grade.NOTE, IdleVariables(names))


def _payoffs(study: Study, inquiry: Inquiry) -> set[str]:
    """Return the variables that the payoffs which an inquiry looks at depend on."""
    if inquiry.actor is None:
        return set()
    if inquiry.stake is not None:
        key = inquiry.actor, inquiry.stake
        axes = set(study.probe.worths[key].axes)
        return axes | (set(study.probe.weights[key].axes) if key in study.probe.weights else set())
    own = (u for u in study.probe.diagram.utilities if u.player == inquiry.actor)
    return {axis for utility in own for axis in utility.table.axes}


def stuck_stakes(study: Study) -> Iterator[CriticItem]:
    """Yield the stakes that nothing moves, and those of a deciding actor that none of its decisions moves."""
    diagram = without_idle(study.model, with_worths(study.probe))
    graph = true_graph(study.model, study.probe.diagram)
    deciding = [item for item in study.case.story if isinstance(item, DecisionEvent) and len(item.options) > 1]
    own: dict[str, set[str]] = {item.by: set() for item in deciding}
    without_own = {item.id for item in without_own_stake(study)}
    for item in deciding:
        own[item.by] |= {utility.name for utility in moved_by_own(graph, diagram, item.id, item.by)}
    says = {(u.player, u.name): u.table.axes for u in diagram.utilities}
    for stake in study.case.stakes:
        key = stake.actor, stake.id
        weight = study.probe.weights.get(key)
        mean = None if weight is None else float(np.mean(weight.values))
        if not says.get((keeper(stake.actor), stake.id), ()) or mean == 0.0:
            yield CriticItem(Grade.KNOW, StuckStake(stake, True, mean))
        elif stake.actor in own and stake.id not in own[stake.actor]:
            decides = {item.id for item in deciding if item.by == stake.actor}
            if not decides <= without_own:  # that is said of the decision
                yield CriticItem(Grade.NOTE, StuckStake(stake, False, mean))
