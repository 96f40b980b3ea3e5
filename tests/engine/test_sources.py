"""Where compiled code finds numbers: addresses of entries of tables that are left where they are."""

from __future__ import annotations

import ctypes

import numpy as np

from quandary.engine import sources_of


def at(address: int, world: int) -> float:
    return ctypes.c_double.from_address(int(address) + 8 * int(world)).value


def test_addresses_lead_to_the_entries_of_views_copies_and_shared_numbers() -> None:
    rng = np.random.default_rng(1)
    whole = rng.normal(size=(3, 4, 20))
    view = whole[:, ::2, 5:12]
    turned = rng.normal(size=(7, 6)).T
    shared = rng.normal(size=(5, 1))
    rows = [np.array([4, 0, 5]), np.array([3, 1]), np.array([2])]
    found, held = sources_of(zip((view, turned, shared), rows, strict=True), 7)
    expected = [
        *view.reshape(6, 7)[rows[0]],
        *turned[rows[1]],
        *np.repeat(shared, 7, axis=1)[rows[2]],
    ]
    read = [[at(a, w * s) for w in range(7)] for a, s in zip(found.addresses, found.steps, strict=True)]
    np.testing.assert_array_equal(read, expected)
    assert np.shares_memory(held[0], whole)
    assert not np.shares_memory(held[1], turned)
    assert found.steps.tolist() == [1, 1, 1, 1, 1, 0]


def test_a_part_begins_where_its_worlds_do() -> None:
    values, shared = np.random.default_rng(2).normal(size=(4, 9)), np.array([[3.0]])
    found, _ = sources_of(((values, np.array([3, 1])), (shared, np.array([0]))), 9)
    some = found.part(2, 7)
    read = [[at(a, w * s) for w in range(some.worlds)] for a, s in zip(some.addresses, some.steps, strict=True)]
    np.testing.assert_array_equal(read, [values[3, 2:7], values[1, 2:7], np.full(5, 3.0)])


def test_nothing_to_load_is_no_address() -> None:
    found, held = sources_of((), 3)
    assert len(found.addresses) == len(found.steps) == 0
    assert held == []
