"""Two cases compared: Shapley values against a product whose values are known, and against brute force."""

from __future__ import annotations

from functools import partial
from itertools import permutations

import pytest
from tests.ask.crisis import TEXT, crisis
from tests.ask.test_structure import MARKED, case_of

from quandary.ask import STORY, Study, compare, differing, mixed
from quandary.base import Refusal
from quandary.case import Case

PRODUCT = """
quandary: 1
title: Three independent chances
as_of: 2022-01-08
actors:
  nobody: {name: Nobody, rationality: exact, because: a textbook}
story:
  - {chance: a, states: [no, yes], odds: {yes: A, no: rest}, because: x}
  - {chance: b, states: [no, yes], odds: {yes: B, no: rest}, because: x}
  - {chance: c, states: [no, yes], odds: {yes: C, no: rest}, because: x}
  - {decision: act, by: nobody, options: [wait, go]}
stakes:
  nobody:
    gain: {worth: [{act = go: 1}, {otherwise: 0}]}
"""


def product(a: str, b: str, c: str) -> Case:
    text = PRODUCT.replace("yes: A", f"yes: {a}").replace("yes: B", f"yes: {b}").replace("yes: C", f"yes: {c}")
    return case_of(text)


UNMARKED = MARKED.replace("[war, deploy]", "[war]").replace("war = yes and deploy = go:", "war = yes:")

studied = partial(Study, worlds=16, threads=1)


def test_shapley_values_of_a_product() -> None:
    # P(all) goes from 0.2 * 0.5 * 0.5 to 0.4 * 1 * 0.5; c is the same. With f(a, b) = a b / 2:
    # a: ((0.4 - 0.2) 0.5 + (0.4 - 0.2) 1) / 4 = 0.075, b: (0.2 (1 - 0.5) + 0.4 (1 - 0.5)) / 4 = 0.075
    found = compare(
        product("20%", "50%", "50%"), product("40%", "99.9%", "50%"), "P(a = yes and b = yes and c = yes)", studied
    )
    assert found.exact
    shares = {share.part: share for share in found.shares}
    assert set(shares) == {("chance", "a"), ("chance", "b")}
    b = 0.999
    assert shares["chance", "a"].value == pytest.approx((0.2 * 0.5 + 0.2 * b) / 4)
    assert shares["chance", "b"].value == pytest.approx((0.2 + 0.4) * (b - 0.5) / 4)
    assert shares["chance", "a"].alone == pytest.approx(0.2 * 0.5 / 2)
    assert found.second.mean == pytest.approx(0.4 * b / 2)


def other_crisis() -> Case:
    text = TEXT.replace("war_cost: {value: 20 to 60", "war_cost: {value: 40 to 90")
    text = text.replace("odds: {angry: 20% to 50%", "odds: {angry: 60% to 80%")
    text = text.replace(
        "rival: {name: The rival, rationality: x2 to x4", "rival: {name: A rival, rationality: x5 to x9"
    )
    return case_of(text)


def test_only_what_counts_differs() -> None:
    renamed = case_of(TEXT.replace("name: The rival", "name: Another").replace("because: a guess", "because: read"))
    assert differing(crisis(), renamed) == ()
    assert set(differing(crisis(), other_crisis())) == {
        ("assumption", "war_cost"),
        ("chance", "mood"),
        ("actor", "rival"),
    }


@pytest.mark.slow
def test_shapley_values_by_brute_force_over_orders() -> None:
    first, second = crisis(), other_crisis()
    make = partial(Study, worlds=32, threads=1)
    found = compare(first, second, "P(war)", make)
    parts = differing(first, second)
    totals = dict.fromkeys(parts, 0.0)
    orders = list(permutations(parts))
    for order in orders:
        for place, part in enumerate(order):
            before, after = frozenset(order[:place]), frozenset(order[: place + 1])
            means = [make(mixed(first, second, taken)).ask("P(war)").mean for taken in (before, after)]
            assert means[0] is not None
            assert means[1] is not None
            totals[part] += (means[1] - means[0]) / len(orders)
    for share in found.shares:
        assert share.value == pytest.approx(totals[share.part], abs=1e-12)
    assert make(first).ask("P(war)").mean == pytest.approx(found.first.mean)
    assert make(second).ask("P(war)").mean == pytest.approx(found.second.mean)


@pytest.mark.slow
def test_sampled_orders_add_up_and_agree_with_the_exact_within_their_error() -> None:
    first, second = crisis(), other_crisis()
    make = partial(Study, worlds=32, threads=1)
    exact = {share.part: share.value for share in compare(first, second, "P(war)", make).shares}
    sampled = compare(first, second, "P(war)", make, exact_parts=0, pairs_of_orders=12)
    assert not sampled.exact
    assert sampled.first.mean is not None
    assert sampled.second.mean is not None
    whole = sampled.second.mean - sampled.first.mean
    assert sum(share.value for share in sampled.shares) == pytest.approx(whole, abs=1e-12)
    for share in sampled.shares:
        assert share.error is not None
        assert abs(share.value - exact[share.part]) <= 4 * share.error + 1e-9
    again = compare(first, second, "P(war)", make, exact_parts=0, pairs_of_orders=12)
    assert [share.value for share in again.shares] == [share.value for share in sampled.shares]


def test_stories_of_another_shape_are_one_part() -> None:
    other = case_of(TEXT.replace("options: [yield, resist]", "options: [yield, resist, wait]"))
    assert differing(crisis(), other) == (STORY,)
    (share,) = compare(crisis(), other, "P(war)", partial(Study, worlds=32, threads=1)).shares
    assert share.part == STORY


def test_equal_cases_have_nothing_to_share() -> None:
    found = compare(crisis(), crisis(), "P(war) > 0.5", partial(Study, worlds=16, threads=1))
    assert found.shares == ()
    assert found.first.mean == found.second.mean


def test_a_mixture_without_an_answer_is_refused() -> None:
    first, second = product("20%", "0%", "50%"), product("0%", "50%", "50%")
    with pytest.raises(Refusal) as caught:
        compare(first, second, "P(c = yes | (a = yes and b = no) or (a = no and b = yes))", studied)
    assert caught.value.problem.code == "Q567"


def test_both_cases_are_asked_with_the_same_evidence() -> None:
    # war has no cause but unrest, so setting deploy leaves it at .5 in either case. Where mark also depends on deploy,
    # do(deploy) sets mark aside; the other case must not be asked with it: P(war | mark = on) = .45 / .55 = .82
    for first, second in ((MARKED, UNMARKED), (UNMARKED, MARKED)):
        found = compare(case_of(first), case_of(second), "P(war = yes | do(deploy = go))", studied)
        assert found.first.mean == pytest.approx(0.5, abs=1e-12)
        assert found.second.mean == pytest.approx(0.5, abs=1e-12)
        assert [share.value for share in found.shares] == pytest.approx([0.0], abs=1e-12)
        assert found.first.dropped == found.second.dropped == ("mark = on",)
    plain = compare(case_of(MARKED), case_of(UNMARKED), "P(war = yes)", studied)
    assert plain.second.mean == pytest.approx(0.9 * 0.5 / (0.9 * 0.5 + 0.2 * 0.5), abs=1e-12)
    assert plain.first.dropped == plain.second.dropped == ()
