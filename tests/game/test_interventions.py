"""Interventions, and what they can reach, against solved random games."""

from __future__ import annotations

import numpy as np
import pytest
from tests.game.random_diagrams import logit_by_iteration, marginal, random_diagram, with_precision
from tests.game.test_requisite import TWO, diagram_of

from quandary.base import Refusal
from quandary.game import Chance, Decision, Table, affected, do, faults, overrides_only, prune, rules_that_may_change


def moves(seed: int) -> list[tuple[bool, float]]:
    """Return, for each intervention on a random game and each variable: is it affected, and how far it
    moved."""
    rng = np.random.default_rng(seed)
    diagram = with_precision(random_diagram(rng, variables=5, decisions=0.6, arcs=0.45, utilities=5), 0.4)
    before = logit_by_iteration(diagram)
    found = []
    for v in diagram.variables[:4]:
        changed = do(diagram, {v.name: "s1"})
        assert faults(changed) == ()
        after = logit_by_iteration(changed)
        reachable = affected(diagram, [v.name])
        for other in diagram.variables:
            change = marginal(diagram, before, other.name) - marginal(changed, after, other.name)
            found.append((other.name in reachable, float(np.abs(change).max())))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(25))
def test_nothing_else_is_affected(seed: int) -> None:
    assert max((change for is_affected, change in moves(seed) if not is_affected), default=0.0) < 1e-9


@pytest.mark.slow
def test_almost_everything_affected_moves() -> None:
    """On generic tables nearly every affected variable moves.

    The exception: two movers who see the same irrelevant event could coordinate on it, so structure keeps it;
    the equilibrium next to uniform play makes no use of it.
    """
    moved = [change > 1e-11 for seed in range(25) for is_affected, change in moves(seed) if is_affected]
    assert np.mean(moved) > 0.97


def test_a_rule_changes_though_its_owner_sees_nothing_of_it() -> None:
    """The response is announced before the move: setting it changes the mover's rule, upstream of the
    response."""
    diagram = diagram_of(
        [Decision("move", TWO, "ru"), Decision("response", TWO, "west", ("move",)), Chance("noise", TWO)],
        [("ru", ("move", "response")), ("west", ("move", "response"))],
    )
    assert affected(diagram, ["response"]) == {"move", "response"}
    assert affected(diagram, ["move"]) == {"move", "response"}
    assert rules_that_may_change(diagram, ["move"]) == frozenset()
    assert affected(diagram, ["noise"]) == {"noise"}


def test_the_informativeness_of_a_signal_reaches_its_reader() -> None:
    """Setting an observed signal silences it: the reader's rule may change even where he sees the same
    signal."""
    diagram = diagram_of(
        [Chance("state", TWO), Chance("signal", TWO, ("state",)), Decision("act", TWO, "me", ("signal",))],
        [("me", ("state", "act"))],
    )
    assert rules_that_may_change(diagram, ["signal"]) == {"act"}
    assert affected(diagram, ["signal"]) == {"signal", "act"}


def test_an_unused_observation_is_no_channel() -> None:
    diagram = diagram_of(
        [Chance("weather", TWO), Decision("act", TWO, "me", ("weather",))],
        [("me", ("act",))],
    )
    assert affected(diagram, ["weather"]) == {"weather"}


def test_do_turns_a_decision_into_a_chance_and_lifts_its_only() -> None:
    diagram = diagram_of(
        [Decision("one", TWO, "me"), Decision("two", TWO, "me", ("one",))],
        [("me", ("one", "two"))],
    )
    only = Table(("one", "two"), np.array([[[1.0], [0.0]], [[1.0], [1.0]]]))
    barred = type(diagram)(
        diagram.variables, diagram.tables, diagram.utilities, diagram.precision, 1, {"two": only}, ("two",)
    )
    changed = do(barred, {"two": "b"})
    assert changed.variable("two") == Chance("two", TWO)
    assert changed.tables["two"].values[:, 0].tolist() == [0.0, 1.0]
    assert changed.allowed == {}
    assert changed.agent_form_only == ()
    assert overrides_only(barred, {"two": "b"}) == ("two",)
    assert overrides_only(barred, {"two": "a"}) == ()
    assert faults(changed) == ()


def test_do_twice_is_do_of_both() -> None:
    diagram = random_diagram(np.random.default_rng(5))
    names = [v.name for v in diagram.variables[:2]]
    both = do(diagram, dict.fromkeys(names, "s0"))
    one_by_one = do(do(diagram, {names[0]: "s0"}), {names[1]: "s0"})
    assert both.variables == one_by_one.variables
    assert all((both.tables[n].values == one_by_one.tables[n].values).all() for n in names)


@pytest.mark.parametrize(
    ("states", "code", "hint"),
    [({"unrset": "a"}, "Q401", "unrest"), ({"unrest": "c"}, "Q402", "its states are a, b")],
)
def test_wrong_names_are_refused_with_the_near_one(states: dict[str, str], code: str, hint: str) -> None:
    diagram = diagram_of([Chance("unrest", TWO), Decision("act", TWO, "me")], [("me", ("act", "unrest"))])
    with pytest.raises(Refusal) as refused:
        do(diagram, states)
    assert refused.value.problem.code == code
    assert hint in str(refused.value.problem.hint)


def test_affected_is_read_off_the_pruned_graph() -> None:
    diagram = random_diagram(np.random.default_rng(8), variables=6)
    for v in diagram.variables:
        assert affected(diagram, [v.name]) == affected(prune(diagram, constants=False).diagram, [v.name])
