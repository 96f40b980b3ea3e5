"""What a question settles, the forms of answers, and orders from pairs: against closed forms and by hand."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import norm

from quandary.ask import (
    DONT_KNOW,
    AnswerUnit,
    JudgedAnswer,
    Targets,
    direction_of,
    idea,
    judgement,
    paired_order,
    ranked,
    settling,
    shelf,
)
from quandary.base import Refusal
from quandary.language import parse_quantity
from quandary.quantities import Scale, read_estimate

ODDS = AnswerUnit(Scale.PROBABILITY, "odds")
FACTOR = AnswerUnit(Scale.FACTOR, "factor")
WORTH = AnswerUnit(Scale.NUMBER, "worth")
RATIONALITY = AnswerUnit(Scale.PRECISION, "rationality")


def even(*truths: np.ndarray) -> Targets:
    values = np.array(truths, dtype=float)
    return Targets(values, np.ones_like(values))


def entropy(*shares: float) -> float:
    return -sum(share * math.log2(share) for share in shares if share)


def test_information_is_that_of_the_joint_shares() -> None:
    classes = np.repeat([0, 0, 1, 1, 2, 2], [300, 100, 50, 150, 200, 200])
    truth = np.repeat([1, 0, 1, 0, 1, 0], [300, 100, 50, 150, 200, 200])
    found = settling([classes], even(truth), np.random.default_rng(1))
    exact = entropy(0.55, 0.45) - 0.4 * entropy(0.75, 0.25) - 0.2 * entropy(0.25, 0.75) - 0.4 * entropy(0.5, 0.5)
    assert found.alone[0] == pytest.approx(exact - 2 / (2 * 1000 * math.log(2)), abs=1e-6)  # (3 - 1)(2 - 1) cells


def test_weights_count_as_so_many_worlds() -> None:
    draw = np.random.default_rng(3)
    classes, truth = draw.integers(0, 2, 400), draw.integers(0, 2, 400)
    weights = draw.integers(0, 3, 400).astype(float)
    repeated = np.repeat(np.arange(400), weights.astype(int))
    weighted = settling([classes], Targets(truth[None].astype(float), weights[None]), np.random.default_rng(1))
    plain = settling([classes[repeated]], even(truth[repeated]), np.random.default_rng(1))
    effective = weights.sum() ** 2 / (weights**2).sum()
    bias = (1 / effective - 1 / weights.sum()) / (2 * math.log(2))
    assert weighted.alone[0] == pytest.approx(plain.alone[0] - bias, abs=1e-6)


def test_what_chance_gives_tells_nothing_in_19_of_20_tables() -> None:
    told = 0
    for seed in range(100):
        draw = np.random.default_rng(seed)
        classes = [draw.integers(0, 3, 300) for _ in range(8)]
        told += bool(ranked(settling(classes, even(draw.integers(0, 2, 300)), draw)))
    assert told <= 18  # two tests at 5 %: 10 expected, and this in one of a hundred


def test_two_that_tell_nothing_alone_are_asked_as_a_pair() -> None:
    draw = np.random.default_rng(2)
    first, second = draw.integers(0, 2, 1000), draw.integers(0, 2, 1000)
    others = [draw.integers(0, 3, 1000) for _ in range(6)]
    found = ranked(settling([first, *others, second], even(first == second), draw))
    assert (found[0].at, found[0].partner) == (0, 7)
    assert found[0].bits == pytest.approx(0.5, abs=0.01)


def test_what_adds_up_is_asked_one_by_one() -> None:
    draw = np.random.default_rng(2)
    first, second = draw.integers(0, 2, 1000), draw.integers(0, 2, 1000)
    found = ranked(settling([first, second], even(first, second), draw))
    assert [(one.at, one.partner) for one in found] in ([(0, None), (1, None)], [(1, None), (0, None)])


def test_claims_that_agree_count_once_and_opposites_too() -> None:
    draw = np.random.default_rng(4)
    truth = draw.integers(0, 2, 1000)
    nearly = np.where(np.arange(1000) < 40, 1 - truth, truth)
    other = draw.integers(0, 2, 1000)
    assert len(even(truth, nearly, 1 - truth, other).once().truths) == 2
    far = np.where(np.arange(1000) < 80, 1 - truth, truth)
    assert len(even(truth, far).once().truths) == 2


def test_the_same_seed_gives_the_same_order() -> None:
    draw = np.random.default_rng(5)
    classes, truth = [draw.integers(0, 3, 500) for _ in range(9)], draw.integers(0, 2, 500)
    classes[3] = truth
    first, second = (ranked(settling(classes, even(truth), np.random.default_rng(7))) for _ in range(2))
    assert first == second
    assert first[0].at == 3


@pytest.mark.parametrize(
    ("unit", "typed", "text"),
    [
        (ODDS, "10 to 30", "10% to 30%"),
        (ODDS, "10% to 30%", "10% to 30%"),
        (ODDS, "10\N{EN DASH}30", "10% to 30%"),
        (ODDS, "unlikely", "unlikely"),
        (ODDS, "10 40 20 90", "10% to 40%"),
        (ODDS, "10 40 20 80", "8.75% to 42.5%"),
        (ODDS, "low 10%, high 40%, best 20%, sure 80%", "8.75% to 42.5%"),
        (ODDS, "exactly 20%", "20%"),
        (ODDS, "pert(10%, 20%, 50%)", "pert(10%, 20%, 50%)"),
        (FACTOR, "2 to 5", "x2 to x5"),
        (FACTOR, "x2 to x5", "x2 to x5"),
        (FACTOR, "2 8 4 45", None),
        (RATIONALITY, "2 to 6", "x2 to x6 per 10"),
        (WORTH, "20 to 40", "20 to 40"),
        (AnswerUnit(Scale.POINTS, "points"), "-10 to 20", "-10 to +20 points"),
        (ODDS, "30 to 10", None),
        (ODDS, "20%", None),
        (ODDS, ".1 to .3", None),
        (ODDS, "10% to 300%", None),
        (ODDS, "likly", None),
        (ODDS, "war_cost", None),
        (ODDS, "{", None),
        (FACTOR, "unlikely", None),
        (FACTOR, "0 to 5", None),
        (FACTOR, "-1 to 5", None),
        (ODDS, "", None),
    ],
)
def test_typed_answers(unit: AnswerUnit, typed: str, text: str | None) -> None:
    if text is None:
        with pytest.raises(Refusal) as refused:
            judgement(unit, typed)
        assert refused.value.problem.code == "Q575"
        assert refused.value.problem.hint
        return
    found = judgement(unit, typed)
    assert isinstance(found, JudgedAnswer)
    assert found.text == text
    read_estimate(parse_quantity(found.text), unit.scale)


def test_not_known_is_an_answer() -> None:
    assert judgement(ODDS, "d") == judgement(WORTH, "don't know") == DONT_KNOW
    assert direction_of("d") == DONT_KNOW
    assert [direction_of(said) for said in ("more", "less likely", "neither")] == [1, -1, 0]
    with pytest.raises(Refusal, match="names no side"):
        direction_of("perhaps")


def test_idea_on_logarithms_is_symmetrical() -> None:
    up, down = idea(FACTOR, 2, 8, 4, 60), idea(FACTOR, 1 / 8, 1 / 2, 1 / 4, 60)
    assert up.text == "x1.41 to x11.3"  # 4 / 2^1.5 and 4 * 2^1.5
    assert down.text == "x0.0884 to x0.707"


@pytest.mark.parametrize(("middle", "spread"), [(-1.5, 0.4), (0.2, 0.7), (1.0, 0.3)])
def test_quartiles_of_a_known_distribution_give_its_own_range(middle: float, spread: float) -> None:
    """Of a logit-normal, the 5 and 95 % points follow from the quartiles, by SciPy's normal."""
    at = [100 * float(expit(norm.ppf(level, middle, spread))) for level in (0.001, 0.25, 0.5, 0.75, 0.999)]
    found = shelf(ODDS, (at[0], at[4]), at[2], (at[1], at[3]))
    ends = [float(end.rstrip("%")) / 100 for end in found.text.split(" to ")]
    assert logit(ends) == pytest.approx(norm.ppf([0.05, 0.95], middle, spread), abs=0.02)


def test_plausible_limits_hold() -> None:
    assert shelf(ODDS, (15, 30), 20, (16, 28)).text == "15% to 30%"
    with pytest.raises(Refusal, match="quartiles"):
        shelf(ODDS, (15, 30), 20, (22, 28))


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_every_order_comes_out_of_its_pairs(count: int) -> None:
    things = tuple("abcde")[:count]
    for order in itertools.permutations(things):
        worse: list[tuple[str, str]] = []
        while (found := paired_order(things, worse)).order is None:
            assert found.next is not None
            assert frozenset(found.next) not in {frozenset(pair) for pair in worse}, "nothing is asked twice"
            first, second = found.next
            worse.append((first, second) if order.index(first) < order.index(second) else (second, first))
        assert found.order == order
        assert len(worse) <= count * (count - 1) // 2


def test_a_contradiction_is_named_as_a_circle() -> None:
    draw = random.Random(1)
    for _ in range(50):
        things = tuple("abcdef")
        worse = [(a, b) if draw.random() < 0.5 else (b, a) for a, b in itertools.combinations(things, 2)]
        circle = paired_order(things, worse).circle
        pairs = set(worse)
        cyclic = not any(
            all(order.index(a) < order.index(b) for a, b in worse) for order in itertools.permutations(things)
        )
        assert bool(circle) == cyclic
        if circle:
            assert all((a, b) in pairs for a, b in zip(circle, (*circle[1:], circle[0]), strict=True))
