"""How large a difference is that a reading is about: in points and odds, of worth, turned round, and of none."""

from __future__ import annotations

import numpy as np
import pytest
from tests.ask.crisis import case_of
from tests.ask.readings import result_of

from quandary.ask import Study, Verdict, findings, hardly_differ
from quandary.case import Case
from quandary.report import judgement_document

PAIR = """
quandary: 1
title: Two chances
as_of: 2030-01-01
actors: {{we: {{name: We, rationality: {{precision: {precision}}}}}}}
story:
  - {{chance: cause, states: [absent, present], odds: {{present: 50%, absent: rest}}}}
  - chance: effect
    given: [cause]
    states: ['no', 'yes']
    odds: [{{cause = present: {{'yes': {high}, 'no': rest}}}}, {{otherwise: {{'yes': {low}, 'no': rest}}}}]
  - {{decision: move, by: we, options: [stay, go]}}
stakes:
  we:
    gain: {{weight: {weight}, worth: [{{effect = yes: {worth}}}, {{otherwise: 0}}]}}
    rest: {{weight: 100% - {weight}, worth: [{{move = go: 10}}, {{otherwise: 20}}]}}
"""
RAISES = "P(effect = yes | do(cause = present)) > P(effect = yes | do(cause = absent))"
WORTH = "E(we.gain | do(effect = yes)) > E(we.gain | do(effect = no))"


def pair(low: str, high: str, worth: str = "50", weight: str = "50%", precision: str = "0.1") -> Case:
    return case_of(PAIR.format(low=low, high=high, worth=worth, weight=weight, precision=precision))


@pytest.mark.parametrize(
    ("low", "high", "hardly"),
    [
        ("50%", "50.9%", True),
        ("50%", "51.1%", False),
        ("0.2%", "0.6%", False),
        ("4%", "4.8%", True),
        ("3%", "3.9%", False),
        ("99.2%", "99.6%", False),
        ("0%", "0%", True),
        ("0%", "0.5%", False),
    ],
)
def test_a_difference_is_hardly_any_in_points_and_in_odds(low: str, high: str, hardly: bool) -> None:
    size = result_of(pair(low, high), RAISES, worlds=16).size
    assert size is not None
    assert size.unit == "percentage points"
    assert size.small_in == (1.0 if hardly else 0.0)
    assert size.hardly_any is hardly


def test_what_is_certain_up_to_rounding_is_no_difference() -> None:
    ones = np.array([1.0, 1.0 + 2e-16, 1.0 - 2e-16, 1.0, 0.0, -1e-17, 0.0])
    others = np.array([1.0 + 2e-16, 1.0 + 2e-16, 1.0, 1.0, 1e-17, -1e-17, 1e-3])
    assert hardly_differ(ones, others).tolist() == [True] * 6 + [False]


@pytest.mark.parametrize(
    ("worth", "weight", "precision", "hardly"),
    [("4", "50%", "0.1", True), ("5", "50%", "0.1", False), ("4", "60%", "0.1", False), ("4", "50%", "0.2", False)],
)
def test_worth_is_hardly_different_by_the_odds_that_it_makes(
    worth: str, weight: str, precision: str, hardly: bool
) -> None:
    """The odds are exp(precision x weight x points): exp(0.1 x 0.5 x 4) = 1.22, exp(0.1 x 0.5 x 5) = 1.28."""
    size = result_of(pair("10%", "20%", worth, weight, precision), WORTH, worlds=16).size
    assert size is not None
    assert size.unit == "points of worth"
    assert size.difference == pytest.approx(float(worth))
    assert size.hardly_any is hardly


def test_a_difference_beside_a_number_is_about_its_own_sides() -> None:
    query = "abs(P(effect = yes | do(cause = present)) - P(effect = yes | do(cause = absent))) >= 1%"
    size = result_of(pair("50%", "50.4%"), query, worlds=16).size
    assert size is not None
    assert size.difference == pytest.approx(0.004)
    assert size.hardly_any
    assert result_of(pair("50%", "50.4%"), f"{query} and P(effect = yes) > 0", worlds=16).size is None


def test_a_difference_is_hardly_any_where_it_is_so_in_most_worlds() -> None:
    size = result_of(pair("50%", "'uniform(49%, 55%)'"), RAISES, worlds=1000).size
    assert size is not None
    assert size.small_in == pytest.approx(2 / 6, abs=0.01)
    assert not size.hardly_any
    assert not size.edge


def test_hardly_any_in_about_half_of_the_worlds_is_told_so_whatever_the_seed() -> None:
    case = pair("50%", "'uniform(49%, 53%)'")
    sizes = [result_of(case, RAISES, worlds=500, seed=seed).size for seed in range(20)]
    assert all(size is not None and size.edge for size in sizes)


def test_an_option_that_is_best_by_a_hair_is_not_forced_and_has_no_size() -> None:
    # Leaving is worth 0.0001 points more in every world, which is a coin flip: best is 1 throughout, and by how much it
    # is best is no part of it. Told as a worth the same lead is hardly any, though proved of numbers without a range
    text = """
quandary: 2
title: A coin flip
as_of: 2030-01-01
actors:
  a: {name: A, rationality: x4 per 10, because: invented}
story:
  - {decision: go, by: a, options: [stay, leave]}
stakes:
  a:
    s: {worth: [{go = leave: 50.0001}, {otherwise: 50}], because: invented}
claims:
  - id: best
    speaker: S
    quote: q
    kind: forecast
    tests:
      best: best(a.go = leave) > 0.5
      no: not(best(a.go = leave) > 0.5)
      worth: E(a.s | do(go = leave)) > E(a.s | do(go = stay))
"""
    (claim,) = findings(Study(case_of(text), worlds=400, threads=1)).claims
    best, no, worth = claim.tests
    assert (best.verdict, no.verdict, worth.verdict) == (Verdict.HOLDS, Verdict.FAILS, Verdict.HOLDS)
    assert (best.by_construction.outcome, no.by_construction.outcome) == (None, None)
    assert best.by_construction.smallest_margin is None
    assert (best.size, no.size) == (None, None)
    assert worth.size is not None
    assert worth.size.hardly_any


# --- not, and, or -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("op", ["<", "<=", ">", ">=", "=", "!="])
@pytest.mark.parametrize(("left", "right"), [(RAISES.partition(" > ")[0], RAISES.partition(" > ")[2])])
def test_the_size_of_not_is_that_of_the_opposite(op: str, left: str, right: str) -> None:
    case = pair("20% to 30%", "25% to 45%")
    plain = result_of(case, f"{left} {op} {right}")
    turned = result_of(case, f"not({left} {op} {right})")
    twice = result_of(case, f"not(not({left} {op} {right}))")
    assert plain.size is not None
    assert turned.size is not None
    assert plain.effect is not None
    assert turned.effect is not None
    assert turned.size.difference == pytest.approx(-plain.size.difference)
    assert plain.effect.low is not None
    assert plain.effect.high is not None
    assert (turned.effect.low, turned.effect.high) == pytest.approx((-plain.effect.high, -plain.effect.low))
    assert (turned.size.small_in, turned.size.hardly_any) == (plain.size.small_in, plain.size.hardly_any)
    assert turned.share is not None
    assert plain.share is not None
    assert turned.share.share == pytest.approx(1 - plain.share.share)
    assert twice.size == plain.size
    assert not turned.joins


@pytest.mark.parametrize("query", [f"{RAISES} and {WORTH}", f"{RAISES} or {WORTH}", f"not({RAISES} and {WORTH})"])
def test_what_joins_several_has_no_size_and_says_why(query: str) -> None:
    found = result_of(pair("20%", "40%"), query)
    assert (found.size, found.effect, found.joins) == (None, None, True)
    assert judgement_document(found).no_size == "no one difference is its size, since it joins several statements"


@pytest.mark.parametrize("query", [RAISES, f"not({RAISES})", WORTH, f"abs({RAISES.replace('>', '-')}) >= 1%"])
def test_the_size_is_the_mean_of_the_effect(query: str) -> None:
    found = result_of(pair("20% to 30%", "25% to 45%", worth="30 to 60"), query)
    assert found.size is not None
    assert found.effect is not None
    assert found.size.difference == pytest.approx(found.effect.mean)
    size = judgement_document(found).size
    assert size is not None
    whole = 100 if size.unit == "percentage points" else 1
    assert found.effect.mean is not None
    assert size.difference == pytest.approx(whole * found.effect.mean)
