"""Sign algebra: nothing that it proves has a counter-example in tables made by enumeration."""

from __future__ import annotations

import numpy as np
import pytest
from tests.ask.signed_structures import differences, random_claims, random_structure
from tests.tried import tried

from quandary.ask import ComparedSide, Sign, SignedNetwork, SignedNode

UP, DOWN = frozenset({1}), frozenset({0})
ROUNDING = 1e-10


def test_what_is_proved_has_no_counter_example() -> None:
    proved = 0
    for seed in range(tried(300)):
        generator = np.random.default_rng([seed, 20])
        structure = random_structure(generator)
        network = structure.network()
        tables = structure.tables(300, generator)
        for claim in random_claims(structure, 12, generator):
            sign = network.difference(claim.left, claim.right, claim.aim)
            if sign is None:
                continue
            proved += 1
            found = differences(structure, tables, claim)
            found = found[~np.isnan(found)]
            assert np.all(sign * found >= -ROUNDING) if sign else np.all(np.abs(found) < ROUNDING), (seed, claim)
    assert proved > tried(300)


def network(**parents: dict[str, Sign]) -> SignedNetwork:
    return SignedNetwork({name: SignedNode(2, own, ratio=True, additive=True) for name, own in parents.items()})


def setting(**states: int) -> ComparedSide:
    return ComparedSide(states)


def seeing(**states: frozenset[int]) -> ComparedSide:
    return ComparedSide({}, states)


CHAIN = network(x={}, m={"x": 1}, y={"m": 1})
TURNED = network(x={}, m={"x": 1}, y={"m": -1})
TWO_PATHS = network(x={}, m={"x": 1}, y={"m": 1, "x": -1})
FORK = network(z={}, x={"z": 1}, y={"z": -1})
COLLIDER = network(x={}, y={}, c={"x": 1, "y": 1})
UNKNOWN = network(x={}, m={"x": None}, y={"m": 1})


@pytest.mark.parametrize(
    ("of", "left", "right", "sign"),
    [
        (CHAIN, setting(x=1), setting(x=0), 1),
        (CHAIN, setting(x=0), setting(x=1), -1),
        (CHAIN, setting(x=1), setting(), 1),  # whatever it would be otherwise
        (CHAIN, seeing(x=UP), seeing(x=DOWN), 1),
        (CHAIN, seeing(x=UP), seeing(), 1),
        (CHAIN, seeing(x=UP, m=UP), seeing(x=DOWN, m=UP), 0),  # what lies between is known
        (TURNED, setting(x=1), setting(x=0), -1),
        (TWO_PATHS, setting(x=1), setting(x=0), None),  # two paths against each other
        (TWO_PATHS, setting(m=1), setting(m=0), 1),
        (TWO_PATHS, setting(x=1, m=0), setting(x=0, m=0), -1),
        (FORK, setting(x=1), setting(x=0), 0),
        (FORK, seeing(x=UP), seeing(x=DOWN), -1),  # through what both come from
        (FORK, seeing(x=UP, z=UP), seeing(x=DOWN, z=UP), 0),
        (COLLIDER, seeing(x=UP), seeing(x=DOWN), 0),
        (COLLIDER, seeing(x=UP, c=UP), seeing(x=DOWN, c=UP), -1),  # explained away
        (COLLIDER, seeing(x=UP, c=DOWN), seeing(x=DOWN, c=DOWN), -1),  # with odds that add up, here too
        (COLLIDER, setting(x=1), setting(x=0), 0),
        (UNKNOWN, setting(x=1), setting(x=0), None),
    ],
)  # fmt: skip
def test_signs_by_hand(of: SignedNetwork, left: ComparedSide, right: ComparedSide, sign: Sign) -> None:
    assert of.difference(left, right, {"y": 1}) == sign
    assert of.difference(right, left, {"y": 1}) == (None if sign is None else -sign)


def test_what_was_seen_before_changes_no_sign_of_what_is_set() -> None:
    of = network(z={}, x={"z": None}, y={"x": 1, "z": None}, after={"y": 1})
    assert of.difference(ComparedSide({"x": 1}, {"z": UP}), ComparedSide({"x": 0}, {"z": UP}), {"y": 1}) == 1
    assert of.difference(ComparedSide({"x": 1}, {"after": UP}), ComparedSide({"x": 0}, {"after": UP}), {"y": 1}) is None


def test_explaining_away_is_refused_where_a_third_cause_is_open() -> None:
    of = network(x={}, y={}, w={}, c={"x": 1, "y": 1, "w": 1})
    left, right = seeing(x=UP, c=UP), seeing(x=DOWN, c=UP)
    assert of.difference(left, right, {"y": 1}) is None
    known = ComparedSide({}, {**left.seen, "w": UP}), ComparedSide({}, {**right.seen, "w": UP})
    assert of.difference(*known, {"y": 1}) == -1


def test_a_middle_state_is_no_sign() -> None:
    of = SignedNetwork({"x": SignedNode(3), "y": SignedNode(2, {"x": 1}, ratio=True)})
    middle, top, all_but_one = frozenset({1}), frozenset({2}), frozenset({0, 2})
    assert of.difference(seeing(x=top), seeing(x=middle), {"y": 1}) == 1
    assert of.difference(seeing(x=middle), seeing(), {"y": 1}) is None
    assert of.difference(seeing(x=all_but_one), seeing(x=middle), {"y": 1}) is None
    assert of.difference(ComparedSide({"x": 1}), ComparedSide(), {"y": 1}) is None
