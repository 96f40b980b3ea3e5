"""The laws of verdicts over random small cases: direction, mirror image, interval, size, days and history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from tests.meaning.asked import Asked, after, many, probability, seeds
from tests.meaning.random_cases import Condition, RandomCase, Settings, random_case, sourced, state, with_evidence
from tests.meaning.reference import Array, Reference

from quandary.ask import ByConstructionStatus, ClaimResult, History, Study, TestResult, Verdict, findings
from quandary.case import Actor, Assumption, Case, ChanceEvent, Claim, OddsRule, Resolution, Test
from quandary.language import Otherwise, parse_query

WORLDS = 12
NEAR = 1e-7
"""Differences this small count for none; a case with one at an edge is no example."""

MIRROR = {
    Verdict.HOLDS: Verdict.FAILS,
    Verdict.LEANS_TRUE: Verdict.LEANS_FALSE,
    Verdict.TOSS_UP: Verdict.TOSS_UP,
    Verdict.LEANS_FALSE: Verdict.LEANS_TRUE,
    Verdict.FAILS: Verdict.HOLDS,
    Verdict.NOT_TESTABLE: Verdict.NOT_TESTABLE,
}


def word(share: float) -> Verdict:
    """Return the verdict on a share, by the table of the definitions."""
    share = round(share, 9)
    if share >= 0.9:
        return Verdict.HOLDS
    if share >= 0.6:
        return Verdict.LEANS_TRUE
    if share > 0.4:
        return Verdict.TOSS_UP
    return Verdict.LEANS_FALSE if share > 0.1 else Verdict.FAILS


def claim(text: str, **how: Any) -> Claim:
    """Return a claim with one reading."""
    return Claim("c", "someone", "something", tests=(Test("t", parse_query(text), text),), **how)


def judged(case: Case, *claims: Claim, worlds: int = WORLDS, seed: int = 1) -> tuple[ClaimResult, ...]:
    """Return claims of a case, tested."""
    named = tuple(replace(one, id=f"c{k}") for k, one in enumerate(claims))
    return findings(Study(replace(case, claims=named), worlds=worlds, seed=seed, threads=1)).claims


@dataclass(frozen=True)
class Side:
    """One probability of a reading."""

    target: Condition
    given: Condition
    do: Settings

    @property
    def text(self) -> str:
        return probability(self.target, self.given, do=self.do)


def random_side(drawn: RandomCase, do: bool) -> Side:
    other: Condition = (drawn.piece(),) if drawn.rng.random() < 0.4 else ()
    return Side((drawn.piece(),), other, drawn.settings() if do else ())


@dataclass(frozen=True)
class Reading:
    """A random reading: its text, and its truth (1, 0, NaN) and distance from its edge in each world of a reference."""

    text: str
    sides: tuple[Side, ...]
    truth: Callable[[list[Array]], Array]
    gaps: Callable[[list[Array]], list[Array]]


def random_reading(drawn: RandomCase) -> Reading:
    do = bool(drawn.rng.random() < 0.6)
    first, second = random_side(drawn, do), random_side(drawn, do)
    kind = int(drawn.rng.integers(3))
    level = int(drawn.rng.integers(10, 90))

    def less(left: Array, right: Array) -> Array:
        gap = left - right
        return np.where(np.isnan(gap), np.nan, (gap < -NEAR).astype(np.float64))

    if kind == 0:
        return Reading(
            f"{first.text} < {second.text}",
            (first, second),
            lambda values: less(values[0], values[1]),
            lambda values: [values[0] - values[1]],
        )
    if kind == 1:
        return Reading(
            f"{first.text} > {level}%",
            (first,),
            lambda values: less(np.full(WORLDS, level / 100), values[0]),
            lambda values: [values[0] - level / 100],
        )
    return Reading(
        f"({first.text} < {second.text} or {first.text} > {level}%)",
        (first, second),
        lambda values: 1 - (1 - less(values[0], values[1])) * (1 - less(np.full(WORLDS, level / 100), values[0])),
        lambda values: [values[0] - values[1], values[0] - level / 100],
    )


def share_and_weights(asked: Asked, reading: Reading) -> tuple[Array, Array, list[Array]]:
    """Return the reading's truth in every world, what the worlds weigh, and its sides' values, by enumeration."""
    reference: Reference = asked.reference
    kept, _ = reference.split(asked.drawn.evidence, *(side.do for side in reading.sides))
    values = [
        after(asked, reference, side.do).probability(side.target, side.given, kept, do=side.do)
        for side in reading.sides
    ]
    gaps = reading.gaps(values)
    assume(not any(((np.abs(gap) < 10 * NEAR) & (np.abs(gap) > NEAR / 100)).any() for gap in gaps))
    return reading.truth(values), reference.chance(kept), values


@pytest.mark.slow
@many
@given(seeds)
def test_a_verdict_is_the_share_of_the_weighted_worlds_and_its_opposite_has_the_mirrored_one(seed: int) -> None:
    drawn = random_case(seed, seen=0.6, variables=(3, 4))
    asked = Asked(drawn, worlds=WORLDS)
    assume((asked.reference.chance(drawn.evidence) > 0).any())
    reading = random_reading(drawn)
    truth, weights, values = share_and_weights(asked, reading)
    plain, opposite = (one.tests[0] for one in judged(drawn.case, *map(claim, (reading.text, f"not ({reading.text})"))))
    assert opposite.verdict is MIRROR[plain.verdict]
    undefined = np.isnan(truth) & (weights > 0)
    assert plain.undefined == opposite.undefined == tuple(np.flatnonzero(undefined).tolist())
    if weights[undefined].sum() > (0.5 + NEAR) * weights.sum():
        assert plain.verdict is Verdict.NOT_TESTABLE
        assert plain.reason
        return
    assume(weights[undefined].sum() < (0.5 - NEAR) * weights.sum())
    counted = np.where(undefined, 0.0, weights)
    share = float((counted * np.nan_to_num(truth)).sum() / counted.sum())
    assert plain.share is not None
    assert opposite.share is not None
    assert plain.share.share == pytest.approx(share, abs=NEAR)
    assert plain.verdict is word(plain.share.share)
    assert opposite.share.share == pytest.approx(1 - share, abs=NEAR)
    assert 0 <= plain.share.low <= plain.share.share <= plain.share.high <= 1
    assert (1 - plain.share.high, 1 - plain.share.low) == pytest.approx(
        (opposite.share.low, opposite.share.high), abs=1e-9
    )
    if plain.by_construction.status is ByConstructionStatus.PROVED:  # which stands at any share's interval
        assert plain.edge is None
    else:
        reached = any(plain.share.low <= border <= plain.share.high for border in (0.1, 0.4, 0.6, 0.9))
        assert (plain.edge is not None) == reached
        assert plain.few_worlds
    _forced(plain, asked, reading, truth[~undefined & (weights > 0)])
    if plain.edge is not None and abs(plain.share.share - 0.5) > NEAR:
        assert opposite.edge is MIRROR[plain.edge]
    _small(plain, reading, values, counted)


def _forced(result: TestResult, asked: Asked, reading: Reading, told: Array) -> None:
    """Assert of what is told to be forced that it is so in every world: without the evidence, or by it alone."""
    found = result.by_construction
    values = [after(asked, asked.reference, s.do).probability(s.target, s.given, do=s.do) for s in reading.sides]
    bare = reading.truth(values)
    bare = bare[~np.isnan(bare)]
    if found.status is ByConstructionStatus.PROVED:
        assert (bare == found.outcome).all()
    elif found.status is ByConstructionStatus.SETTLED:
        assert (told == found.outcome).all()
        assert asked.drawn.evidence


def _small(result: TestResult, reading: Reading, values: list[Array], weights: Array) -> None:
    """Assert in how much of the weight a difference of two probabilities is hardly any."""
    if len(values) == 1 or " or " in reading.text.split("(P")[0] or reading.text.startswith("("):
        return
    first, second = values
    assert result.size is not None
    assert result.size.unit == "percentage points"
    near = np.abs(first - second) < 0.01
    with np.errstate(all="ignore"):
        odds = np.where(first == second, 1.0, first * (1 - second) / (second * (1 - first)))
    small = near & (odds <= 1.25) & (odds >= 1 / 1.25)
    part = float((weights * small).sum() / weights.sum())
    assert result.size.small_in == pytest.approx(part, abs=NEAR)
    assert result.size.hardly_any == (result.size.small_in > 0.5)


@pytest.mark.slow
@many
@given(seeds)
def test_a_claim_is_tested_with_what_had_been_seen_on_its_day(seed: int) -> None:
    """A claim with a day is judged as the case would be if no more had been seen; one made later than the case's day
    with all that had been seen by then."""
    drawn = random_case(seed, seen=1.0, variables=(3, 4))
    assume(len(drawn.evidence) > 1)
    reading = random_reading(drawn)
    asked = Asked(drawn, worlds=WORLDS)
    assume((asked.reference.chance(drawn.evidence) > 0).any())
    days = (None, date(2029, 1, 1), date(2029, 1, 2), date(2031, 1, 1))
    whole, early, later, latest = judged(drawn.case, *(claim(reading.text, on=day) for day in days))
    (first,) = judged(with_evidence(drawn, drawn.evidence[:1]).case, claim(reading.text))
    for found, wanted, day in ((early, first, days[1]), (later, whole, days[2]), (latest, whole, days[3])):
        (mine,), (theirs,) = found.tests, wanted.tests
        assert (mine.verdict, mine.share, mine.set_aside) == (theirs.verdict, theirs.share, theirs.set_aside)
        assert day is not None
        assert found.days_late == (day - drawn.case.as_of).days


TRUE_SHARES = (0.05, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.88, 0.9, 0.92)


@pytest.mark.slow
@pytest.mark.parametrize("share", TRUE_SHARES)
def test_twenty_seeds_give_one_word_or_say_that_it_is_on_the_edge(share: float) -> None:
    """y and z have each a chance between 0 and 1, evenly; y is below c + z or not, which is so in ``share`` of all
    worlds: 1 - (1 - c)**2 / 2 for c above 0, the rest of that below."""
    c = 1 - (2 * (1 - share)) ** 0.5 if share >= 0.5 else (2 * share) ** 0.5 - 1
    case = even_chances()
    reading = f"P(y = s0) - P(z = s0) < {100 * c:.12f}%"
    results = [judged(case, claim(reading), worlds=1000, seed=seed)[0].tests[0] for seed in range(1, 21)]
    plain = {one.verdict for one in results if one.edge is None}
    assert len(plain) <= 1
    for one in results:
        assert one.share is not None
        assert one.share.low <= share <= one.share.high
        assert one.edge is None or {one.verdict, one.edge} >= plain


def even_chances() -> Case:
    story = []
    for name in ("y", "z"):
        odds = ((state(0), sourced(f"k_{name} * 100%", f"{name}.s0")), (state(1), sourced("rest", f"{name}.s1")))
        story.append(ChanceEvent(name, (state(0), state(1)), odds=(OddsRule(Otherwise(), odds),)))
    numbers = {f"k_{n}": Assumption(f"k_{n}", sourced("uniform(0, 1)", f"k_{n}")) for n in ("y", "z")}
    actors = {"north": Actor("north", "North", sourced("x2 per 10", "rationality"))}
    return Case("even", date(2030, 1, 1), "", "", actors=actors, assumptions=numbers, story=tuple(story))


@pytest.mark.parametrize(
    ("kind", "could", "outcome", "said"),
    [
        ("claim", False, True, History.CAME_TRUE),
        ("claim", False, False, History.DID_NOT),
        ("claim", False, "void", History.OPEN),
        ("claim", True, True, History.CAME_TRUE),
        ("claim", True, False, History.NOT_SETTLED),
        ("commitment", False, True, History.KEPT),
        ("commitment", False, False, History.BROKEN),
        ("commitment", False, "void", History.OPEN),
        ("conditional commitment", False, True, History.KEPT),
        ("conditional commitment", False, False, History.BROKEN),
        ("conditional commitment", False, "void", History.VOID),
    ],
)
def test_what_history_says_of_a_reading(kind: str, could: bool, outcome: object, said: History) -> None:
    """What could happen is not refuted by its not happening; a commitment is kept, broken or open; nothing is void for
    a condition that it does not have; nothing is said before the day of the answer."""
    for day, wanted in ((date(2029, 12, 31), said), (date(2030, 1, 2), History.OPEN)):
        resolved = Resolution(day, outcome)  # type: ignore[arg-type]
        (found,) = judged(even_chances(), claim("P(y = s0) < 50%", kind=kind, could=could, resolved=resolved))
        assert found.history is wanted
        assert found.tests[0].history is wanted


def test_an_answer_of_history_to_one_reading_says_nothing_of_another() -> None:
    reached = Resolution(date(2029, 12, 31), True)
    texts = ("P(y = s0) < 50%", "P(z = s0) < 50%")
    tests = tuple(Test(f"t{k}", parse_query(text), text) for k, text in enumerate(texts))
    own = (replace(tests[0], resolved=reached), tests[1])
    for some, wanted in ((own, [History.CAME_TRUE, History.OPEN]), (tests, [History.OPEN, History.OPEN])):
        both = Claim("c", "someone", "something", tests=some, resolved=None if some is own else reached)
        assert [one.history for one in judged(even_chances(), both)[0].tests] == wanted
