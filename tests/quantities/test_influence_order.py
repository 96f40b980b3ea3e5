"""In which order numbers are named, where noise leaves open which carries more."""

from __future__ import annotations

from typing import Any

import numpy as np

from quandary.quantities import in_order, jackknife, surely_above


def index(value: float, error: float) -> Any:
    """Return an index of such a standard error: that of two groups, one left out at a time."""
    return jackknife(np.array([value, value + error, value - error]))


def test_what_noise_does_not_tell_apart_keeps_its_order() -> None:
    found = {"a": index(0.2, 0.01), "b": index(0.24, 0.01), "c": index(0.5, 0.01), "d": index(0.21, 0.01)}
    assert in_order(found, ["a", "b", "c", "d"]) == ["c", "a", "b", "d"]
    assert in_order(found, ["d", "c", "b", "a"]) == ["c", "d", "b", "a"]
    sharp = {name: index(one.value, 0.001) for name, one in found.items()}
    assert in_order(sharp, ["a", "b", "c", "d"]) == ["c", "b", "d", "a"]
    assert in_order({}, ["a"]) == []


def test_what_is_surely_above_a_share_is_so_by_three_errors() -> None:
    assert surely_above(index(0.2, 0.02), 0.125)
    assert not surely_above(index(0.18, 0.02), 0.125)
