"""Requisite observations: sound against enumeration, sharp on generic tables, right on signals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.game.random_diagrams import (
    logit_by_iteration,
    marginal,
    random_behaviour,
    random_diagram,
    reach_and_values,
    with_precision,
)

from quandary.game import Chance, Decision, Diagram, Table, Utility, do, faults, prune, requisite_observations


def spread_over(diagram: Diagram, decision: Decision, observation: str, seed: int) -> float:
    """Return how much differences between options vary with one observation, under random rules of
    everyone."""
    rules = random_behaviour(np.random.default_rng(seed), diagram)
    _, values = reach_and_values(diagram, rules, decision)
    differences = values - values[..., :1, :]
    return float(np.ptp(differences, axis=decision.parents.index(observation)).max())


@pytest.mark.parametrize("seed", range(40))
def test_what_is_dropped_cannot_matter_and_what_is_kept_can(seed: int) -> None:
    diagram = random_diagram(np.random.default_rng(seed))
    pruned = prune(diagram, constants=False)
    rng = np.random.default_rng(seed)
    for decision in pruned.diagram.decisions:
        dropped = pruned.dropped.get(decision.name, ())
        for observation in dropped:
            widened = replace(decision, parents=(*decision.parents, observation))
            variables = tuple(widened if v.name == decision.name else v for v in pruned.diagram.variables)
            wide = replace(pruned.diagram, variables=variables)
            assert spread_over(wide, widened, observation, seed) < 1e-10
        for observation in decision.parents:
            spreads = [spread_over(pruned.diagram, decision, observation, int(rng.integers(1000))) for _ in range(2)]
            assert max(spreads) > 1e-9


@pytest.mark.parametrize("seed", range(12))
def test_pruning_changes_no_equilibrium(seed: int) -> None:
    rng = np.random.default_rng(seed)
    diagram = with_precision(random_diagram(rng, variables=5, barred=0.3), 0.3)
    slim = prune(diagram).diagram
    assert faults(slim) == ()
    full_rules, slim_rules = logit_by_iteration(diagram), logit_by_iteration(slim)
    for v in diagram.variables:
        full = marginal(diagram, full_rules, v.name)
        assert np.abs(full - marginal(slim, slim_rules, v.name)).max() < 1e-9


@pytest.mark.parametrize("seed", range(12))
def test_constants_are_absorbed_without_changing_anything(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    diagram = with_precision(random_diagram(rng, variables=5, barred=0.5), 0.3)
    name = diagram.variables[int(rng.integers(3))].name
    changed = do(diagram, {name: "s1"})
    slim = prune(changed).diagram
    assert all(name not in v.parents for v in slim.variables)
    assert all(name not in u.table.axes for u in slim.utilities)
    full_rules, slim_rules = logit_by_iteration(changed), logit_by_iteration(slim)
    for v in diagram.variables:
        full = marginal(changed, full_rules, v.name)
        assert np.abs(full - marginal(slim, slim_rules, v.name)).max() < 1e-9


def table(axes: tuple[str, ...]) -> Table:
    """Return arbitrary numbers over two-state variables."""
    return Table(axes, np.random.default_rng(len(axes)).normal(size=(*[2] * len(axes), 1)))


def chance_table(axes: tuple[str, ...]) -> Table:
    values = np.random.default_rng(len(axes)).uniform(0.2, 0.8, size=(*[2] * (len(axes) - 1), 1))
    return Table(axes, np.stack([values, 1 - values], axis=-2))


def diagram_of(variables: list[Chance | Decision], stakes: list[tuple[str, tuple[str, ...]]]) -> Diagram:
    chances = [v for v in variables if isinstance(v, Chance)]
    tables = {c.name: chance_table((*c.parents, c.name)) for c in chances}
    utilities = tuple(Utility(f"u{i}", player, table(axes)) for i, (player, axes) in enumerate(stakes))
    players = {v.player for v in variables if isinstance(v, Decision)} | {player for player, _ in stakes}
    return Diagram(tuple(variables), tables, utilities, {p: np.ones(1) for p in players})


TWO = ("a", "b")


def test_signal_keeps_what_its_sender_saw() -> None:
    """Talks reveal the West's resolve; what they reveal depends on the deployment that the West had seen.

    So the Ukraine move must keep the deployment. The operation, which nobody but chance used, is dropped.
    """
    diagram = diagram_of(
        [
            Chance("resolve", TWO),
            Decision("deployment", TWO, "russia"),
            Chance("operation", TWO, ("deployment",)),
            Decision("talks", TWO, "west", ("resolve", "deployment")),
            Decision("move", TWO, "russia", ("deployment", "operation", "talks")),
            Decision("response", TWO, "west", ("resolve", "talks", "move")),
        ],
        [
            ("russia", ("move", "response")),
            ("west", ("move", "response", "resolve")),
            ("west", ("talks", "deployment")),
        ],
    )
    kept = requisite_observations(diagram)
    assert kept["move"] == ("deployment", "talks")
    assert kept["response"] == ("resolve", "move")
    assert kept["talks"] == ("resolve", "deployment")


def test_without_the_sender_seeing_it_the_deployment_goes() -> None:
    diagram = diagram_of(
        [
            Chance("resolve", TWO),
            Decision("deployment", TWO, "russia"),
            Decision("talks", TWO, "west", ("resolve",)),
            Decision("move", TWO, "russia", ("deployment", "talks")),
            Decision("response", TWO, "west", ("resolve", "talks", "move")),
        ],
        [("russia", ("move", "response")), ("west", ("move", "response", "resolve"))],
    )
    assert requisite_observations(diagram)["move"] == ("talks",)


def test_observations_that_bar_options_stay() -> None:
    diagram = diagram_of(
        [Chance("weather", TWO), Decision("act", TWO, "me", ("weather",))],
        [("me", ("act",))],
    )
    assert requisite_observations(diagram)["act"] == ()
    only = Table(("weather", "act"), np.array([[[1.0], [1.0]], [[1.0], [0.0]]]))
    barred = replace(diagram, allowed={"act": only})
    assert requisite_observations(barred)["act"] == ("weather",)


def test_a_certain_event_makes_the_moves_after_it_certain() -> None:
    """With no unrest no request, with no request no deployment, with no deployment no operation."""
    request_only = Table(("unrest", "request"), np.array([[[1.0], [0.0]], [[1.0], [1.0]]]))
    deploy_only = Table(("request", "deployment"), np.array([[[1.0], [0.0]], [[1.0], [1.0]]]))
    diagram = diagram_of(
        [
            Chance("unrest", TWO),
            Decision("request", TWO, "kz", ("unrest",)),
            Decision("deployment", TWO, "ru", ("unrest", "request")),
            Chance("operation", TWO, ("deployment",)),
            Decision("move", TWO, "ru", ("unrest", "request", "deployment", "operation")),
        ],
        [("ru", ("operation", "move", "deployment")), ("kz", ("request", "operation"))],
    )
    happens = Table(("deployment", "operation"), np.array([[[1.0], [0.0]], [[0.3], [0.7]]]))
    diagram = replace(
        diagram,
        tables={**diagram.tables, "operation": happens},
        allowed={"request": request_only, "deployment": deploy_only},
    )
    quiet = prune(do(diagram, {"unrest": "a"})).diagram
    assert all(v.parents == () for v in quiet.variables)
    assert [u.table.axes for u in quiet.utilities] == [("move",), ()]
    busy = prune(do(diagram, {"unrest": "b"})).diagram
    assert busy.variable("deployment").parents == ("request",)
