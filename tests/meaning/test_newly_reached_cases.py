"""Newly reached sets in small cases worked out by hand: in rare worlds, and where they have several equilibria."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.meaning.asked import same

from quandary.ask import PROBED, Study
from quandary.compile import read_case

HEAD = """
quandary: 1
title: Small
as_of: 2030-01-01
"""

RARE = (
    HEAD
    + """
actors: {a: {name: A, rationality: x4 per 10}}
assumptions: {k: {value: "uniform(-1, 99)", because: invented}}
story:
  - chance: hidden
    states: [lo, hi]
    odds: {hi: 70%, lo: rest}
  - chance: sign
    given: [hidden]
    states: [none, shown]
    odds:
      - hidden = hi: {shown: "max(0, k) * 1%", none: rest}
      - otherwise: {shown: 0%, none: rest}
  - decision: act
    by: a
    sees: [sign]
    options: [wait, go]
stakes:
  a: {s: {worth: [{hidden = hi and act = go: 60}, {hidden = lo and act = wait: 60}, {otherwise: 50}]}}
"""
)

TOGETHER = """
      worth:
        - first = left and second = left and third = low: 76
        - first = left and second = left: 36
        - first = right and second = right and third = low: 20
        - first = right and second = right: 60
        - otherwise: 0
"""

BRANCHES = (
    HEAD
    + """
actors:
  a: {name: A, rationality: x10 per 10}
  b: {name: B, rationality: x10 per 10}
  c: {name: C, rationality: x1.2 per 10}
story:
  - chance: x
    states: [usual, odd]
    odds: {odd: 0%, usual: rest}
  - {decision: first, by: a, sees: [x], options: [left, right]}
  - {decision: second, by: b, sees: [x], options: [left, right]}
  - {decision: third, by: c, options: [low, high]}
stakes:
  a:
    s: TOGETHER
    t: {worth: [{x = odd and first = left: 1}, {otherwise: 0}]}
  b:
    s: TOGETHER
    t: {worth: [{x = odd and second = left: 1}, {otherwise: 0}]}
  c: {s: {worth: [{third = high: 100}, {otherwise: 0}]}}
"""
)


def study(folder: Path, text: str, worlds: int, seed: int = 1) -> Study:
    path = folder / "case.yaml"
    path.write_text(text, encoding="utf-8")
    case = read_case(path).case
    assert case is not None
    return Study(case, worlds=worlds, seed=seed, threads=1)


def test_a_set_that_is_newly_reached_in_few_worlds_is_solved_there(tmp_path: Path) -> None:
    """Where k is below zero, in one world of a hundred, the sign is never seen; set from outside it tells nothing, and
    going brings 57 points, waiting 53: 4**.4 : 1. Elsewhere it is a sure sign of hi: 60 and 50, 4 : 1."""
    studies = (study(tmp_path, RARE, 500, seed) for seed in range(1, 50))
    asked = next(one for one in studies if (one.uniforms["k"][:PROBED] > 0.01).all())
    k = -1 + 100 * asked.uniforms["k"]
    assert (k < 0).any()
    for form in ("do", "do_foreseen"):
        told = 4**0.4 / (1 + 4**0.4)
        found = asked.ask(f"P(act = go | {form}(sign = shown))").draws
        same(found[k < 0], np.array(told), 1e-9)
        same(found[k > 0], np.array(0.8 if form == "do" else told), 1e-9)


def test_two_branches(tmp_path: Path) -> None:
    """x is relevant to no rule, and yet ``do`` and ``do_foreseen`` lead to different equilibria: a limit of that law.

    A and B meet left or right, which third makes the one better or the other. In the whole game C is slow to choose:
    the branch has A and B meet left before C moves, and there they stay. After ``do(x = odd)`` their newly reached sets
    are solved alone, C's rule fixed at its end, and the branch has them meet right. Both are equilibria there.
    """
    asked = study(tmp_path, BRANCHES.replace("TOGETHER", TOGETHER), 1)
    (high,) = asked.ask("P(third = high)").draws
    assert high == pytest.approx(1.2**10 / (1 + 1.2**10), abs=1e-9)
    for form, left in (("do", False), ("do_foreseen", True)):
        pair = [float(asked.ask(f"P({name} = left | {form}(x = odd))").draws[0]) for name in ("first", "second")]
        assert [p > 0.99 for p in pair] == [left, left]
        for mine, other in (pair, pair[::-1]):  # and each answers the other by its logit rule
            worth = other * (36 * high + 76 * (1 - high)) + 1 - (1 - other) * (60 * high + 20 * (1 - high))
            odds = 10 ** (worth / 10)
            assert mine == pytest.approx(odds / (1 + odds), abs=1e-9)
