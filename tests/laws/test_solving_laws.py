"""Laws that every solution keeps, over random small diagrams; no world is skipped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws.diagrams import diagrams, in_world, random_behaviour, slow_action_values
from tests.laws.solutions import assert_same, polished
from tests.tried import tried

from quandary.base import Refusal
from quandary.engine import DiagramGame
from quandary.game import Chance, Diagram, Table, TreeGame, prune, unroll
from quandary.solve import LogitSettings, regret, solve
from quandary.solve.logit import logit

few = settings(max_examples=tried(100), deadline=None)


@few
@given(diagrams())
def test_probabilities_sum_to_one_and_barred_options_are_never_chosen(diagram: Diagram) -> None:
    solution = solve(diagram)
    assert solution.converged.all()
    for decision in solution.diagram.decisions:
        values = solution.behaviour[decision.name].values
        assert (values >= 0.0).all()
        np.testing.assert_allclose(values.sum(axis=-2), 1.0, atol=1e-13)
        if decision.name in diagram.allowed:
            barred = diagram.allowed[decision.name].over((*decision.parents, decision.name)) == 0.0
            assert (np.where(barred, values, 0.0) == 0.0).all()


@pytest.mark.slow
@few
@given(diagrams())
def test_the_fixed_point_holds_against_enumeration(diagram: Diagram) -> None:
    game = DiagramGame(diagram)
    behaviour = game.behaviour(polished(game).profile)
    for decision in diagram.decisions:
        own = [u for u in diagram.utilities if u.player == decision.player]
        values = slow_action_values(diagram, behaviour, decision, own) * diagram.precision[decision.player]
        table = diagram.allowed.get(decision.name)
        axes = (*decision.parents, decision.name)
        weights = np.exp(values - values.max(axis=-2, keepdims=True))
        weights = weights if table is None else weights * table.over(axes)
        expected = weights / weights.sum(axis=-2, keepdims=True)
        reached = game.in_play[decision.name].values[..., None, :] > 0.0
        gap = np.where(reached, np.abs(behaviour[decision.name].values - expected), 0.0)
        assert gap.max() <= 1e-12


@few
@given(diagrams(bars=False))
def test_renaming_and_reordering_change_nothing(diagram: Diagram) -> None:
    new = {v.name: f"n{len(diagram.variables) - i}" for i, v in enumerate(diagram.variables)}
    players = {p: f"player_{p}" for p in diagram.players}

    def renamed(table: Table) -> Table:
        flipped = tuple(new[a] for a in table.axes)
        return Table(flipped, table.values)

    variables = tuple(
        replace(v, name=new[v.name], parents=tuple(new[p] for p in reversed(v.parents)))
        if isinstance(v, Chance)
        else replace(v, name=new[v.name], parents=tuple(new[p] for p in reversed(v.parents)), player=players[v.player])
        for v in diagram.variables
    )
    tables = {}
    for v in variables:
        if isinstance(v, Chance):
            old = next(n for n, m in new.items() if m == v.name)
            axes = (*v.parents, v.name)
            tables[v.name] = Table(axes, renamed(diagram.tables[old]).over(axes).copy())
    other = Diagram(
        variables,
        tables,
        tuple(replace(u, player=players[u.player], table=renamed(u.table)) for u in reversed(diagram.utilities)),
        {players[p]: v for p, v in diagram.precision.items()},
        diagram.worlds,
    )
    game, mirror = DiagramGame(diagram), DiagramGame(other)
    mine, theirs = polished(game), mirror.behaviour(polished(mirror).profile)
    back = {}
    for d in diagram.decisions:
        axes = tuple(new[a] for a in (*d.parents, d.name))
        back[d.name] = Table((*d.parents, d.name), theirs[new[d.name]].over(axes))
    assert_same(game, mine.profile, game.profile(back))


@few
@given(diagrams(), st.floats(-50.0, 50.0))
def test_adding_a_constant_to_a_stake_changes_no_behaviour(diagram: Diagram, constant: float) -> None:
    first = diagram.utilities[0]
    raised = replace(first, table=Table(first.table.axes, first.table.values + constant))
    game = DiagramGame(diagram)
    other = DiagramGame(replace(diagram, utilities=(raised, *diagram.utilities[1:])))
    assert_same(game, polished(game).profile, polished(other).profile)


@few
@given(diagrams(), st.sampled_from([0.25, 0.5, 4.0, 1024.0]))
def test_scaling_stakes_equals_scaling_precision(diagram: Diagram, factor: float) -> None:
    stakes = tuple(replace(u, table=Table(u.table.axes, u.table.values * factor)) for u in diagram.utilities)
    slower = {p: v / factor for p, v in diagram.precision.items()}
    game = DiagramGame(diagram)
    other = DiagramGame(replace(diagram, utilities=stakes, precision=slower))
    assert_same(game, polished(game).profile, polished(other).profile)


@few
@given(diagrams())
def test_zero_rationality_is_uniform_over_what_is_allowed(diagram: Diagram) -> None:
    still = replace(diagram, precision={p: np.zeros(1) for p in diagram.players})
    game = DiagramGame(still)
    for point, choice in zip(game.points, logit(game).profile, strict=True):
        expected = point.allowed / point.allowed.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(choice, np.broadcast_to(expected[..., None], choice.shape), atol=1e-15)


@pytest.mark.slow
@few
@given(diagrams())
def test_diagram_and_unrolled_tree_agree(diagram: Diagram) -> None:
    game = DiagramGame(diagram)
    unrolled = unroll(diagram)
    tree = TreeGame(unrolled.tree)
    behaviour = unrolled.behaviour(tree, polished(tree).profile)
    assert_same(game, polished(game).profile, game.profile(behaviour))


@pytest.mark.slow
@few
@given(diagrams(worlds=4))
def test_many_worlds_at_once_equal_single_solves(diagram: Diagram) -> None:
    game = DiagramGame(diagram)
    together = polished(game).profile
    for world in range(diagram.worlds):
        alone = DiagramGame(in_world(diagram, world))
        one = [p[..., [world]] for p in together]
        assert_same(alone, one, polished(alone).profile)


@pytest.mark.slow
@few
@given(diagrams())
def test_pruned_memory_changes_nothing(diagram: Diagram) -> None:
    game = DiagramGame(diagram)
    slim = DiagramGame(prune(diagram).diagram)
    behaviour = slim.behaviour(polished(slim).profile)
    assert_same(game, polished(game).profile, game.profile(behaviour))


@pytest.mark.slow
@few
@given(diagrams(spread=3.0))
def test_walking_and_tracing_end_on_the_same_point(diagram: Diagram) -> None:
    game = DiagramGame(diagram)
    traced = logit(game, LogitSettings(tolerance=1e-13, always_trace=True))
    assert traced.converged.all()
    assert_same(game, polished(game).profile, traced.profile)


@pytest.mark.slow
@few
@given(diagrams(), st.integers(0, 1000))
def test_regret_is_the_best_deviation_by_enumeration(diagram: Diagram, seed: int) -> None:
    behaviour = random_behaviour(diagram, seed)
    found = regret(diagram, behaviour)
    for decision in diagram.decisions:
        own = [u for u in diagram.utilities if u.player == decision.player]
        values = slow_action_values(diagram, behaviour, decision, own)
        axes = (*decision.parents, decision.name)
        table = diagram.allowed.get(decision.name)
        open_values = values if table is None else np.where(table.over(axes) > 0.0, values, -np.inf)
        mean = (behaviour[decision.name].values * values).sum(axis=-2)
        gains = found.gains[decision.name].values
        reached = ~np.isnan(gains)
        expected = open_values.max(axis=-2) - mean
        np.testing.assert_allclose(gains[reached], expected[reached], atol=1e-10)


@pytest.mark.slow
@few
@given(diagrams(), st.booleans())
def test_backward_induction_leaves_nothing_to_gain_where_it_applies(diagram: Diagram, tied: bool) -> None:
    if tied:
        rounded = tuple(replace(u, table=Table(u.table.axes, np.round(u.table.values))) for u in diagram.utilities)
        diagram = replace(diagram, utilities=rounded)
    try:
        solution = solve(diagram, "subgame")
    except Refusal as refusal:
        assert refusal.problem.code == "Q452"
        return
    reached = DiagramGame(solution.diagram)
    profile = reached.profile(solution.behaviour)
    gains = regret(solution.diagram, solution.behaviour).gains
    for decision, reach in zip(reached.decisions, reached.reach(profile), strict=True):
        gain = np.broadcast_to(gains[decision.name].values.reshape(len(reach), -1), reach.shape)
        assert (np.where(reach > 0.0, np.nan_to_num(gain), 0.0) <= 1e-9).all()
