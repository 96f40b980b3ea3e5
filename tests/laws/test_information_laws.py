"""Laws of information: what the structure rules out is worth exactly nothing, and knowing never costs one alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.game.random_diagrams import random_diagram
from tests.tried import tried

from quandary.ask import (
    can_be_worth_controlling,
    can_be_worth_knowing,
    from_then_on,
    observing,
    under_control,
    without_arc,
)
from quandary.base import Array
from quandary.engine import Inference
from quandary.game import Chance, Diagram, Table
from quandary.solve import solve

SEEDS = st.integers(0, 2**32 - 1)


def payoffs(diagram: Diagram, concept: str = "logit") -> dict[str, Array]:
    solution = solve(diagram, concept)
    inference = Inference(solution.diagram)
    return {player: inference.payoff(solution.behaviour, player) for player in diagram.players}


def unknown_before(diagram: Diagram, decision: str) -> list[str]:
    order = [v.name for v in diagram.variables]
    parents = diagram.variable(decision).parents
    return [c.name for c in diagram.chances if order.index(c.name) < order.index(decision) and c.name not in parents]


@settings(max_examples=tried(25), deadline=None)
@given(SEEDS)
def test_knowing_what_the_graph_rules_out_changes_no_payoff(seed: int) -> None:
    diagram = random_diagram(np.random.default_rng(seed), variables=6, arcs=0.3, utilities=2)
    before = payoffs(diagram)
    for decision in diagram.decisions:
        for name in unknown_before(diagram, decision.name):
            if not can_be_worth_knowing(diagram, decision.name, name):
                after = payoffs(observing(diagram, name, from_then_on(diagram, decision.name)))
                for player in before:
                    assert np.allclose(before[player], after[player], atol=1e-8)


@settings(max_examples=tried(25), deadline=None)
@given(SEEDS)
def test_control_of_what_the_graph_rules_out_changes_no_payoff(seed: int) -> None:
    diagram = random_diagram(np.random.default_rng(seed), variables=5, arcs=0.3, utilities=2)
    before = payoffs(diagram)
    for chance in diagram.chances:
        for player in {d.player for d in diagram.decisions}:
            if not can_be_worth_controlling(diagram, player, chance.name):
                after = payoffs(under_control(diagram, chance.name, player))
                assert np.allclose(before[player], after[player], atol=1e-8)


@settings(max_examples=tried(25), deadline=None)
@given(SEEDS)
def test_one_who_decides_alone_once_never_loses_by_knowing(seed: int) -> None:
    drawn = random_diagram(np.random.default_rng(seed), variables=5, players=1, decisions=0.0)
    diagram = replace(drawn, precision={player: np.array([np.inf]) for player in drawn.players})
    (decision,) = diagram.decisions
    before = payoffs(diagram, "subgame")
    for name in unknown_before(diagram, decision.name):
        after = payoffs(observing(diagram, name, (decision.name,)), "subgame")
        assert after[decision.player] >= before[decision.player] - 1e-9


@settings(max_examples=tried(25), deadline=None)
@given(SEEDS)
def test_an_arc_cut_leaves_the_event_as_likely_and_deaf_to_its_parent(seed: int) -> None:
    diagram = random_diagram(np.random.default_rng(seed), variables=5, arcs=0.6)
    solution = solve(diagram)
    inference = Inference(solution.diagram)
    for chance in diagram.chances:
        for parent in chance.parents:
            likely = inference.joint(solution.behaviour, chance.parents)
            cut = without_arc(diagram, parent, chance.name, likely)
            rest = tuple(p for p in chance.parents if p != parent)
            made = cut.variable(chance.name)
            assert isinstance(made, Chance)
            assert made.parents == rest
            table = cut.tables[chance.name]
            assert np.allclose(table.values.sum(axis=-2), 1.0)
            weights = likely.over((*rest, parent)).sum(axis=len(rest))
            whole = np.asarray(weights[..., None, :] * table.over((*rest, chance.name)))
            was = inference.joint(solution.behaviour, (*rest, chance.name))
            assert np.allclose(whole, Table(was.axes, was.values).over((*rest, chance.name)))
