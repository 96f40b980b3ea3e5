"""The engine against enumeration of every play."""

from __future__ import annotations

import numpy as np
import pytest
from tests.laws.diagrams import every_play, random_behaviour, random_diagram, slow_action_values

from quandary.engine import Inference
from quandary.game import Table

SEEDS = range(30)


@pytest.mark.parametrize("seed", SEEDS)
def test_joint_is_the_sum_over_plays(seed: int) -> None:
    diagram = random_diagram(seed, players=1 + seed % 3, variables=5, memory=seed % 2 == 0)
    behaviour = random_behaviour(diagram, seed)
    rng = np.random.default_rng(seed)
    names = [v.name for v in diagram.variables]
    keep = tuple(rng.permutation(names)[:2])
    scope = tuple(rng.permutation(names)[:2])
    shape = tuple(diagram.cardinality(a) for a in scope)
    factor = Table(scope, rng.uniform(size=(*shape, 1)))
    found = Inference(diagram).joint(behaviour, keep, (factor,))
    expected = np.zeros((*(diagram.cardinality(a) for a in keep), diagram.worlds))
    for play, probability in every_play(diagram, behaviour):
        weight = factor.values[tuple(play[a] for a in scope)]
        expected[tuple(play[a] for a in keep)] += probability * weight
    assert found.axes == keep
    np.testing.assert_allclose(np.broadcast_to(found.values, expected.shape), expected, atol=1e-13)


@pytest.mark.parametrize("seed", SEEDS)
def test_expected_and_payoff_are_sums_over_plays(seed: int) -> None:
    diagram = random_diagram(seed, players=2, variables=5)
    behaviour = random_behaviour(diagram, seed)
    inference = Inference(diagram)
    for player in ("p0", "p1"):
        total = np.zeros(diagram.worlds)
        for utility in diagram.utilities:
            if utility.player != player:
                continue
            expected = np.zeros(diagram.worlds)
            for play, probability in every_play(diagram, behaviour):
                expected += probability * utility.table.values[tuple(play[a] for a in utility.table.axes)]
            np.testing.assert_allclose(inference.expected(behaviour, utility.table), expected, atol=1e-12)
            total += expected
        np.testing.assert_allclose(inference.payoff(behaviour, player), total, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_action_values_condition_on_what_is_seen(seed: int) -> None:
    diagram = random_diagram(seed, players=2, variables=5, memory=seed % 2 == 0)
    behaviour = random_behaviour(diagram, seed)
    inference = Inference(diagram)
    for decision in diagram.decisions:
        own = [u for u in diagram.utilities if u.player == decision.player]
        for chosen in (own, own[:1], []):
            found = inference.action_values(behaviour, decision.name, [u.name for u in chosen])
            expected = slow_action_values(diagram, behaviour, decision, chosen)
            np.testing.assert_allclose(np.broadcast_to(found.values, expected.shape), expected, atol=1e-11)


def test_questions_in_a_row_do_not_mix_their_factors() -> None:
    diagram = random_diagram(5, players=2, variables=5)
    behaviour = random_behaviour(diagram, 5)
    inference = Inference(diagram)
    first, second = (v.name for v in diagram.variables[:2])

    def weigh(name: str, numbers: list[float]) -> Table:
        return Table((name,), np.array(numbers)[: diagram.cardinality(name), None])

    for factor in (
        weigh(first, [1.0, 0.0, 0.0]),
        weigh(second, [1.0, 0.0, 2.0]),
        weigh(first, [0.0, 3.0, 1.0]),
        weigh(second, [0.5, 0.25, 1.0]),
    ):
        fresh = Inference(diagram).joint(behaviour, (), (factor,))
        np.testing.assert_array_equal(inference.joint(behaviour, (), (factor,)).values, fresh.values)
        np.testing.assert_array_equal(inference.expected(behaviour, factor), fresh.values)


def test_probability_of_nothing_is_one() -> None:
    diagram = random_diagram(0)
    assert Inference(diagram).joint(random_behaviour(diagram, 0), ()).values == pytest.approx(1.0)


def test_tables_that_do_not_vary_keep_one_world() -> None:
    diagram = random_diagram(4, worlds=1)
    behaviour = random_behaviour(diagram, 4)
    assert Inference(diagram).joint(behaviour, (diagram.variables[0].name,)).worlds == 1
