"""Why a changed game is solved from uniform play: the old rules can attract where the branch does not lead."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from quandary.game import Decision, Diagram, Table, Utility
from quandary.solve import solve

PRECISION = 10.0


def _coordination(at_a: float, at_b: float) -> Diagram:
    payoff = Table(("row", "column"), np.array([[at_a, 0.0], [0.0, at_b]])[..., None])
    decisions = tuple(Decision(name, ("a", "b"), name) for name in ("row", "column"))
    utilities = tuple(Utility("same", name, payoff) for name in ("row", "column"))
    return Diagram(decisions, {}, utilities, {name: np.full(1, PRECISION) for name in ("row", "column")})


def _settled(p: float, at_a: float, at_b: float) -> float:
    """Return where the symmetric logit response, repeated from ``p``, comes to rest."""
    for _ in range(1_000):
        p = 1.0 / (1.0 + exp(-PRECISION * (at_a * p - at_b * (1.0 - p))))
    return p


def _chance_of_a(diagram: Diagram) -> float:
    solution = solve(diagram)
    assert solution.converged.all()
    return float(solution.behaviour["row"].values[0, 0])


def test_the_old_rules_would_attract_but_the_branch_leads_elsewhere() -> None:
    before = _chance_of_a(_coordination(2.0, 1.0))
    assert before == pytest.approx(_settled(0.5, 2.0, 1.0), abs=1e-9)
    assert before > 0.99
    warm = _settled(before, 1.0, 2.0)
    assert warm > 0.99  # a fixed point of the changed game, and the wrong one
    after = _chance_of_a(_coordination(1.0, 2.0))
    assert after < 0.01
    assert after == pytest.approx(1.0 - before, abs=1e-9)  # the changed game is the old one with names exchanged
