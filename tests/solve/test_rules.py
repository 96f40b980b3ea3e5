"""The rules of the walk and the curve: NumPy on arrays and compiled code on numbers decide alike."""

from __future__ import annotations

from importlib.util import find_spec
from itertools import product
from typing import Any

import numpy as np
import pytest

from quandary.solve import LEAST, Pace, Stride
from quandary.solve.branch import rules

NUMBERS = (0.0, 1e-12, 1e-9, 0.05, 0.125, 0.3, 0.45, 0.7, 1.0, 8.0, float("inf"), float("nan"))
COUNTS = (0, 1, 2, 5, 6, 7, 29, 30)
STRIDE, PACE = Stride(), Pace()

CASES: dict[str, tuple[tuple[Any, ...], str]] = {
    "largest_leap": ((STRIDE,), "x"),
    "target_of": ((), "xx"),
    "pull_measured": ((), "nxxxx"),
    "refused": ((STRIDE,), "nbxbxx"),
    "arrived": ((1e-10, 0.002), "nbxxb"),
    "settled": ((STRIDE,), "nbxbxb"),
    "stuck": ((STRIDE,), "x"),
    "to_be_shaken": ((STRIDE,), "nx"),
    "shaking": ((STRIDE,), "x"),
    "shaking_column": ((), "nm"),
    "slope_along": ((), "xx"),
    "next_step": ((STRIDE,), "xbnbxx"),
    "even_growth": ((), "x"),
    "odds_unit": ((), "xx"),
    "scale_unit": ((PACE,), "x"),
    "corrected_well": ((PACE,), "xxl"),
    "corrected_easily": ((PACE,), "xxl"),
    "next_length": ((PACE,), "xbb"),
}
"""For each rule what it is given first, and then: numbers x, counts n, marks b, the least correction l, columns m."""


needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason='compiled code needs "quandary[fast]"')


def drawn(kinds: str, count: int = 3000) -> list[tuple[Any, ...]]:
    values = {"x": NUMBERS, "n": COUNTS, "b": (False, True), "l": (LEAST,), "m": (1024,)}
    every = list(product(*(values[kind] for kind in kinds)))
    if len(every) <= count:
        return every
    return [every[i] for i in np.random.default_rng(1).choice(len(every), count, replace=False)]


@pytest.mark.slow
@needs_numba
@pytest.mark.parametrize("name", CASES)
def test_a_rule_decides_alike_in_numpy_and_compiled(name: str) -> None:
    from numba import njit

    from quandary.solve.branch.compiled import rules as compiled

    assert hasattr(compiled, name)
    first, kinds = CASES[name]
    rule = getattr(rules, name)
    given = drawn(kinds)
    with np.errstate(all="ignore"):
        expected = np.broadcast_to(rule(*first, *(np.array(column) for column in zip(*given, strict=True))), len(given))
    alone = njit(error_model="numpy")(rule)
    np.testing.assert_array_equal(np.array([alone(*first, *own) for own in given]), expected)


@needs_numba
def test_a_pace_is_refined_alike_in_numpy_and_compiled() -> None:
    from numba import njit

    alone = njit(error_model="numpy")(rules.refined)
    for level in range(4):
        assert alone(PACE, level) == rules.refined(PACE, level)
    assert PACE.finer() == rules.refined(PACE, 1)
    assert rules.refined(PACE, 0) == PACE


@needs_numba
def test_every_compiled_rule_is_tried() -> None:
    from quandary.solve.branch.compiled import rules as compiled

    names = {name for name in vars(compiled) if callable(getattr(rules, name, None)) and not name[0].isupper()}
    assert names == {*CASES, "refined"}
