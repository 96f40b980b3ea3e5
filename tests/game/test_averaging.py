"""Averaging out unseen chance keeps every action value."""

from __future__ import annotations

import numpy as np
import pytest
from tests.game.random_diagrams import random_behaviour, random_diagram, reach_and_values
from tests.game.test_requisite import TWO, diagram_of

from quandary.game import Chance, Decision, average_out, faults


@pytest.mark.parametrize("seed", range(25))
def test_values_and_reach_stay(seed: int) -> None:
    rng = np.random.default_rng(seed)
    diagram = random_diagram(rng, variables=6, decisions=0.4, arcs=0.35, worlds=2)
    smaller, gone = average_out(diagram)
    assert faults(smaller) == ()
    assert {v.name for v in diagram.variables} - set(gone) == {v.name for v in smaller.variables}
    rules = random_behaviour(rng, diagram)
    for decision in diagram.decisions:
        before, after = (reach_and_values(d, rules, decision) for d in (diagram, smaller))
        np.testing.assert_allclose(before[0], after[0], atol=1e-12)
        np.testing.assert_allclose(before[1], after[1], atol=1e-11)


def test_a_chain_of_unseen_events_vanishes() -> None:
    diagram = diagram_of(
        [
            Chance("price", TWO),
            Chance("unrest", TWO, ("price",)),
            Decision("act", TWO, "me", ("unrest",)),
            Chance("war", TWO, ("act",)),
            Chance("protest", TWO, ("war",)),
        ],
        [("me", ("protest", "act")), ("me", ("war",))],
    )
    smaller, gone = average_out(diagram)
    assert set(gone) == {"price", "war", "protest"}
    assert [v.name for v in smaller.variables] == ["unrest", "act"]
    assert all(u.table.axes == ("act",) for u in smaller.utilities)


def test_tables_do_not_grow_beyond_the_limit() -> None:
    diagram = diagram_of(
        [*(Decision(f"d{i}", TWO, "me") for i in range(4)), Chance("x", TWO, tuple(f"d{i}" for i in range(4)))],
        [("me", ("x",))],
    )
    assert average_out(diagram, limit=15)[1] == ()
    assert average_out(diagram, limit=16)[1] == ("x",)
