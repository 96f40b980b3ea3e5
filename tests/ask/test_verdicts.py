"""Verdicts with a direction, a size and a noise; the day of a claim; what history says of each reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ask.crisis import case_of

from quandary.ask import (
    Budget,
    ByConstructionStatus,
    Findings,
    History,
    Study,
    TestResult,
    Verdict,
    edge_of,
    findings,
    hardly_differ,
    history_of,
    history_of_reading,
    judged,
    reading_of,
    trial,
    verdict_of,
    with_enough_worlds,
)
from quandary.case import Case, Claim, Resolution, Test
from quandary.language import parse_query
from quandary.quantities import Share

MIRRORED = {
    Verdict.HOLDS: Verdict.FAILS,
    Verdict.LEANS_TRUE: Verdict.LEANS_FALSE,
    Verdict.TOSS_UP: Verdict.TOSS_UP,
    Verdict.LEANS_FALSE: Verdict.LEANS_TRUE,
    Verdict.FAILS: Verdict.HOLDS,
}

URN = """
quandary: 1
title: An urn
as_of: 2030-01-01
assumptions:
  level: {{value: "0% to 100%", because: nobody knows}}
story:
  - {{chance: ball, states: [red, blue], odds: {{red: level, blue: rest}}}}
  - chance: sign
    given: [ball]
    states: ['on', 'off']
    odds: [{{ball = red: {{'on': {on}, 'off': rest}}}}, {{otherwise: {{'on': {off}, 'off': rest}}}}]
evidence:
  - {{on: 2029-12-01, saw: sign = on, because: seen}}
"""


@pytest.mark.parametrize(
    ("share", "verdict"),
    [
        (1.0, Verdict.HOLDS),
        (0.9, Verdict.HOLDS),
        (0.899, Verdict.LEANS_TRUE),
        (0.6, Verdict.LEANS_TRUE),
        (0.599, Verdict.TOSS_UP),
        (0.401, Verdict.TOSS_UP),
        (0.4, Verdict.LEANS_FALSE),
        (0.101, Verdict.LEANS_FALSE),
        (0.1, Verdict.FAILS),
        (0.0, Verdict.FAILS),
        (None, Verdict.NOT_TESTABLE),
    ],
)
def test_a_verdict_is_a_share_of_worlds(share: float | None, verdict: Verdict) -> None:
    assert verdict_of(share) is verdict


@given(st.one_of(st.floats(0, 1), st.sampled_from([0.1, 0.4, 0.6, 0.9])), st.floats(0, 0.08), st.floats(0, 0.08))
def test_verdict_and_edge_are_mirrored(share: float, below: float, above: float) -> None:
    found = Share(share, max(share - below, 0.0), min(share + above, 1.0))
    opposite = Share(1 - share, 1 - found.high, 1 - found.low)
    assert verdict_of(opposite.share) is MIRRORED[verdict_of(share)]
    edge, other = edge_of(found), edge_of(opposite)
    assert (edge is None) == (other is None)
    assert edge is None or other is MIRRORED[edge]


@pytest.mark.parametrize(
    ("share", "edge"),
    [
        (Share(0.93, 0.901, 0.95), None),
        (Share(0.93, 0.9, 0.95), Verdict.LEANS_TRUE),
        (Share(0.9, 0.88, 0.92), Verdict.LEANS_TRUE),
        (Share(0.88, 0.86, 0.9), Verdict.HOLDS),
        (Share(0.61, 0.58, 0.64), Verdict.TOSS_UP),
        (Share(0.42, 0.39, 0.45), Verdict.LEANS_FALSE),
        (Share(0.15, 0.08, 0.3), Verdict.FAILS),
        (Share(0.85, 0.55, 0.97), Verdict.HOLDS),
        (Share(1.0, 0.99, 1.0), None),
    ],
)
def test_an_interval_that_reaches_a_border_names_what_lies_beyond(share: Share, edge: Verdict | None) -> None:
    assert edge_of(share) is edge


def result_of(case: Case, query: str, worlds: int = 400, seed: int = 1, **asked: object) -> TestResult:
    study = Study(case, worlds=worlds, seed=seed, threads=1, **asked)  # type: ignore[arg-type]
    reading = reading_of(case, parse_query(query), query)
    study.need(list(reading.queries))
    return judged(study, reading)


@pytest.mark.parametrize("query", ["P(ball = red) > 0.3", "P(sign = on) > 50% and P(ball = red) > 0.2"])
def test_the_opposite_of_a_reading_has_the_mirrored_verdict(query: str) -> None:
    case = case_of(URN.format(on="70% to 90%", off="10% to 30%"))
    found, opposite = result_of(case, query), result_of(case, f"not ({query})")
    assert found.share is not None
    assert opposite.share is not None
    assert opposite.share.share == pytest.approx(1 - found.share.share, abs=1e-12)
    assert opposite.verdict is MIRRORED[found.verdict]


def test_the_share_is_the_posterior_of_the_assumption() -> None:
    """A level uniform on 0 to 1 has the density 2 x once a red ball was seen: P(level > 0.3) is 1 - 0.09."""
    text = URN.format(on="100%", off="0%").replace("0% to 100%", "uniform(0%, 100%)")
    assert result_of(case_of(text), "P(ball = red) > 99%").verdict is Verdict.HOLDS
    other = "  - {chance: other, states: [red, blue], odds: {red: level, blue: rest}}\nevidence:"
    case = case_of(text.replace("evidence:", other))
    for seed in range(5):
        found = result_of(case, "P(other = red) > 30%", worlds=2000, seed=seed).share
        assert found is not None
        assert found.share == pytest.approx(0.91, abs=0.01)
        assert found.low <= 0.91 <= found.high


@pytest.mark.parametrize("border", [0.1, 0.4, 0.6, 0.9])
def test_twenty_seeds_give_one_word_or_the_edge(border: float) -> None:
    """The reading holds in just the share of worlds that is a border: the worst that can be asked."""
    text = URN.format(on="50%", off="50%").replace("0% to 100%", "uniform(0%, 100%)")
    case = replace(case_of(text), evidence=())
    clear = set()
    for seed in range(1, 21):
        found = result_of(case, f"P(ball = red) > {100 * (1 - border):g}%", worlds=500, seed=seed)
        assert found.edge is not None or found.share is not None
        if found.edge is None:
            clear.add(found.verdict)
    assert len(clear) <= 1


def test_twenty_seeds_of_independent_worlds_give_one_word_or_the_edge() -> None:
    """Without strata, and with weights: thresholds of a uniform draw, the worst place of each border."""
    from quandary.quantities import share_of

    generator = np.random.default_rng(11)
    split = 0
    for border in (0.1, 0.4, 0.6, 0.9):
        for _ in range(25):
            words = set()
            for _ in range(20):
                truth = (generator.random(1600) < border).astype(float)
                found = share_of(truth, generator.gamma(2.0, size=1600), np.repeat(np.arange(16), 100))
                assert found is not None
                if edge_of(found) is None:
                    words.add(verdict_of(found.share))
            split += len(words) > 1
    assert split <= 4, "one in a hundred is what the level of the interval allows"


# --- few worlds -----------------------------------------------------------------------------------------------------

RARE = """
quandary: 1
title: A rare sign
as_of: 2030-01-01
assumptions:
  how: {{value: '{spread}', because: nobody knows}}
story:
  - {{chance: ball, states: [red, blue], odds: {{red: 50%, blue: rest}}}}
  - chance: sign
    states: [shown, none]
    odds: {{shown: '0.01% * min(how, 9000)', none: rest}}
evidence:
  - {{on: 2029-12-01, saw: sign = shown, because: seen}}
claims:
  - {{id: red, speaker: A, quote: "it is red", tests: {{half: P(ball = red) >= 50%}}}}
"""


def rare(spread: str) -> Case:
    return case_of(RARE.format(spread=spread))


def test_more_worlds_are_drawn_where_too_few_count_and_the_answer_is_that_of_so_many() -> None:
    case = rare("lognormal(1, 1.2)")
    study = Study(case, worlds=800, threads=1)
    study.need([])
    before = study.run.effective_worlds
    assert before < 400
    larger = with_enough_worlds(study)
    found = findings(larger)
    (result,) = found.claims[0].tests
    assert result.effective_worlds >= 400
    assert not result.few_worlds
    assert found.run.asked_for == 800
    assert found.run.worlds > 800
    plain = Study(case, worlds=found.run.worlds, threads=1)
    (again,) = findings(plain).claims[0].tests
    assert (again.share, again.effective_worlds) == (result.share, result.effective_worlds)


def test_too_few_after_ten_times_as_many_are_few_worlds() -> None:
    study = with_enough_worlds(Study(rare("lognormal(1, 4)"), worlds=400, threads=1))
    found = findings(study)
    (result,) = found.claims[0].tests
    assert found.run.worlds == 4000
    assert result.effective_worlds < 400
    assert result.verdict is Verdict.HOLDS
    assert result.few_worlds


def test_who_asks_for_few_worlds_gets_them() -> None:
    study = with_enough_worlds(Study(rare("lognormal(1, 1.2)"), worlds=100, threads=1))
    assert study.worlds == 100
    assert findings(study).claims[0].tests[0].few_worlds


# --- worlds without a value ---------------------------------------------------------------------------------------

HOLED = """
quandary: 1
title: A condition that may not be
as_of: 2030-01-01
assumptions:
  edge: {{value: 'uniform({ends})', because: nobody knows}}
story:
  - {{chance: first, states: [a, b], odds: {{a: 'max(0, edge) * 1%', b: rest}}}}
  - {{chance: second, states: [c, d], odds: {{c: 60% to 80%, d: rest}}}}
"""


@pytest.mark.parametrize(("ends", "testable"), [("-20, 80", True), ("-80, 20", False)])
def test_undefined_worlds_are_named_and_over_half_of_them_are_no_test(ends: str, testable: bool) -> None:
    case = case_of(HOLED.format(ends=ends))
    found = result_of(case, "P(second = c | first = a) > 50%", worlds=1000)
    assert len(found.undefined) == pytest.approx(200 if testable else 800, abs=2)
    study = Study(case, worlds=1000, threads=1)
    study.need([])
    without = np.flatnonzero(study.model.values(study.uniforms)["edge"] <= 0)
    assert list(found.undefined) == without.tolist()
    assert (found.verdict is Verdict.HOLDS) == testable
    assert (found.share is None) == (not testable)
    assert (found.reason is None) == testable


# --- sizes --------------------------------------------------------------------------------------------------------

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


# --- forms, and what cannot be asked ------------------------------------------------------------------------------


def test_what_cannot_be_asked_is_not_testable_and_check_warns_of_it() -> None:
    claims = """
claims:
  - id: mixed
    speaker: A
    quote: "a red ball shows the sign more often"
    tests: {mixed: P(sign = on) < P(sign = on | do(ball = red)), plain: P(ball = red) > 10%}
questions: {gap: P(sign = on) - P(sign = on | do(ball = red))}
checks: [{id: gap, asks: P(sign = on) - P(sign = on | do(ball = red)), range: 0% to 1%}]
"""
    case = case_of(URN.format(on="70% to 90%", off="10% to 30%") + claims)
    found = findings(Study(case, worlds=64, threads=1))
    mixed, plain = found.claims[0].tests
    assert mixed.verdict is Verdict.NOT_TESTABLE
    assert mixed.reason is not None
    assert "same evidence" in mixed.reason
    assert mixed.set_aside == ("sign = on",)
    assert plain.verdict is not Verdict.NOT_TESTABLE
    assert found.questions[0].answer.mean is None
    assert found.checks[0].overlaps is None
    warned = [problem for problem in trial(case) if problem.code == "Q524"]
    asked = (case.claims[0].tests[0], case.questions[0], case.checks[0])
    assert [problem.place.line for problem in warned] == [one.place.line for one in asked]
    assert not any(problem.is_error for problem in warned)


# --- the day of a claim, and history ------------------------------------------------------------------------------

DATED = """
quandary: 1
title: A claim and what came after
as_of: 2030-01-10
story:
  - {chance: spark, states: [none, lit], odds: {lit: 20% to 40%, none: rest}}
  - chance: fire
    given: [spark]
    states: [none, burning]
    odds: [{spark = lit: {burning: 60% to 80%, none: rest}}, {otherwise: {burning: 1% to 5%, none: rest}}]
evidence:
  - {on: 2030-01-05, saw: spark = lit, because: seen}
  - {on: 2030-01-12, saw: fire = burning, because: seen later}
claims:
  - {id: early, speaker: A, quote: "it may burn", on: 2030-01-02, tests: {half: P(fire = burning) > 50%}}
  - {id: now, speaker: B, quote: "it will burn", tests: {half: P(fire = burning) > 50%}}
  - {id: late, speaker: C, quote: "it burns", on: 2030-01-12, tests: {half: P(fire = burning) > 99%}}
"""


def dated(as_of: date | None, claim: str) -> TestResult:
    case = case_of(DATED)
    found: Findings = findings(Study(case, worlds=500, as_of=as_of, threads=1), Budget(corners=64, rounds=2, batch=16))
    (result,) = next(one for one in found.claims if one.claim.id == claim).tests
    return result


@pytest.mark.parametrize(
    ("as_of", "claim", "verdict"),
    [
        (None, "early", Verdict.FAILS),
        (None, "now", Verdict.HOLDS),
        (None, "late", Verdict.FAILS),
        (date(2030, 1, 3), "now", Verdict.FAILS),
        (date(2030, 2, 1), "early", Verdict.FAILS),
        (date(2030, 2, 1), "now", Verdict.HOLDS),
        (date(2030, 2, 1), "late", Verdict.HOLDS),
    ],
)
def test_a_claim_is_tested_with_what_had_been_seen_by_its_day(as_of: date | None, claim: str, verdict: Verdict) -> None:
    assert dated(as_of, claim).verdict is verdict


def test_what_settles_a_claim_is_seen_and_no_construction() -> None:
    assert dated(date(2030, 2, 1), "late").by_construction.status is ByConstructionStatus.SETTLED
    assert dated(None, "early").by_construction.status is not ByConstructionStatus.SETTLED


def test_a_claim_says_how_many_days_after_the_numbers_it_was_made() -> None:
    found = findings(Study(case_of(DATED), worlds=16, threads=1))
    assert [(one.on, one.days_late) for one in found.claims] == [
        (date(2030, 1, 2), -8),
        (None, None),
        (date(2030, 1, 12), 2),
    ]


def claim(kind: str = "claim", *, could: bool = False, outcome: object = False, readings: int = 1) -> Claim:
    query = parse_query("P(a) > 0")
    tests = tuple(Test(f"t{number}", query, "P(a) > 0") for number in range(readings))
    resolved = Resolution(date(2030, 1, 1), outcome)  # type: ignore[arg-type]
    return Claim("c", "A", "so it is", kind=kind, tests=tests, resolved=resolved, could=could)


@pytest.mark.parametrize(
    ("told", "history"),
    [
        (claim(), History.DID_NOT),
        (claim(outcome=True), History.CAME_TRUE),
        (claim(could=True), History.NOT_SETTLED),
        (claim(could=True, outcome=True), History.CAME_TRUE),
        (claim(outcome="void"), History.VOID),
        (claim(outcome="not_settled"), History.NOT_SETTLED),
        (claim("commitment", outcome=True), History.KEPT),
        (claim("commitment"), History.BROKEN),
        (claim("commitment", outcome="void"), History.OPEN),
        (claim("conditional commitment", outcome="void"), History.VOID),
        (claim("conditional commitment"), History.BROKEN),
    ],
)
def test_history_speaks_of_a_claim_in_the_words_that_fit_it(told: Claim, history: History) -> None:
    assert history_of(told, date(2030, 1, 1)) is history
    assert history_of(told, date(2029, 12, 31)) is History.OPEN
    assert history_of_reading(told, told.tests[0], date(2030, 1, 1)) is history


def test_history_is_kept_for_each_reading() -> None:
    told = claim(readings=2)
    weak, strong = told.tests
    assert history_of_reading(told, weak, date(2030, 1, 1)) is History.OPEN
    own = replace(strong, resolved=Resolution(date(2030, 1, 1), True))
    both = replace(told, tests=(weak, own))
    assert history_of_reading(both, own, date(2030, 1, 1)) is History.CAME_TRUE
    assert history_of(both, date(2030, 1, 1)) is History.DID_NOT


def test_checks_are_asked_with_the_evidence_unless_they_say_otherwise() -> None:
    checks = """
checks:
  - {id: seen, asks: P(fire = burning), range: 60% to 80%, because: known}
  - {id: before, asks: P(fire = burning), evidence: false, range: 10% to 30%, because: known}
questions: {burns: P(fire = burning)}
"""
    found = findings(Study(case_of(DATED + checks), worlds=500, threads=1))
    seen, before = found.checks
    assert seen.answer.mean == found.questions[0].answer.mean
    assert seen.mean_inside
    assert before.mean_inside
    assert before.answer.mean != seen.answer.mean


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
