"""Holding a variable at a seen state multiplies to the same probabilities as an indicator does."""

from __future__ import annotations

import numpy as np
import pytest
from tests.laws.diagrams import random_diagram

from quandary.engine import Inference
from quandary.game import Table, restricted
from quandary.solve import solve


@pytest.mark.parametrize("seed", range(12))
def test_a_restricted_diagram_gives_the_joint_probability(seed: int) -> None:
    diagram = random_diagram(seed, players=2, variables=7, worlds=5, spread=1.0, memory=seed % 2 > 0)
    solution = solve(diagram)
    names = [v.name for v in solution.diagram.variables]
    rng = np.random.default_rng(seed)
    seen = [str(name) for name in rng.choice(names, 2, replace=False)]
    states = {name: int(rng.integers(solution.diagram.cardinality(name))) for name in seen}
    asked = next(name for name in reversed(names) if name not in states)

    factors = []
    for name, state in states.items():
        values = np.zeros((solution.diagram.cardinality(name), 1))
        values[state] = 1.0
        factors.append(Table((name,), values))
    whole = Inference(solution.diagram).joint(solution.behaviour, (asked,), factors)
    diagram, behaviour = restricted(solution.diagram, solution.behaviour, states)
    part = Inference(diagram).joint(behaviour, (asked, *states))
    np.testing.assert_allclose(part.values.reshape(whole.values.shape), whole.values, rtol=1e-12, atol=1e-300)
