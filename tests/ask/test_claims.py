"""Claims: verdicts, both forms of do, carriers, history, and what holds by construction."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tests.ask.crisis import case_of, crisis, study

from quandary.ask import (
    Budget,
    ByConstructionStatus,
    ClaimResult,
    Findings,
    History,
    Ranked,
    Reading,
    Study,
    TestResult,
    Verdict,
    by_construction,
    carrier_of,
    findings,
    history_of,
    proved,
    rank_correlations,
    reading_of,
    verdict_of,
)
from quandary.language import parse_query


@pytest.fixture(scope="module")
def found() -> Findings:
    return findings(Study(crisis(), worlds=200, threads=2))


def claim(found: Findings, name: str) -> ClaimResult:
    return next(c for c in found.claims if c.claim.id == name)


def test(found: Findings, name: str, reading: str) -> TestResult:
    return next(t for t in claim(found, name).tests if t.name == reading)


test.__test__ = False  # type: ignore[attr-defined]


def reading(asked: Study, query: str) -> Reading:
    return reading_of(asked.case, parse_query(query), query)


def test_both_forms_of_do_are_computed(found: Findings) -> None:
    result = test(found, "crisis_pacifies", "sign")
    asked = study(worlds=200)
    unforeseen = asked.ask("P(war | do(unrest = threat)) < P(war | do(unrest = none))")
    foreseen = asked.ask("P(war | do_foreseen(unrest = threat)) < P(war | do_foreseen(unrest = none))")
    assert result.share is not None
    assert result.share.share == pytest.approx(unforeseen.holds_in)
    assert result.verdict is verdict_of(result.share.share)
    assert result.effect is not None
    assert result.effect.mean == pytest.approx(unforeseen.mean)
    other = result.other
    assert other is not None
    assert other.form == "do_foreseen"
    assert other.share is not None
    assert other.share.share == pytest.approx(foreseen.holds_in)
    assert other.effect is not None
    assert other.effect.mean == pytest.approx(foreseen.mean)


def test_what_the_graph_settles_is_proved_and_needs_no_worlds(found: Findings) -> None:
    same, less = (test(found, "harvest_untouched", name) for name in ("same", "less"))
    assert same.verdict is Verdict.HOLDS
    assert less.verdict is Verdict.FAILS
    assert [one.by_construction.outcome for one in (same, less)] == [True, False]
    assert same.by_construction.status is ByConstructionStatus.PROVED
    assert "push cannot reach" in same.by_construction.reason
    assert same.edge is None
    assert not same.few_worlds
    assert same.size is not None
    assert same.size.hardly_any
    assert test(found, "bad_weather", "mostly").few_worlds, "200 worlds were asked for"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("would(war | do(unrest = threat))", "would(war | do(unrest = none))"),
        ("would(war | do(deploy = go))", "would(war | do(push = hold))"),
        ("would(war | do(unrest = threat))", "would(war | do(unrest = threat), replan)"),
        ("would(war | seen reply = yield, do(unrest = threat))", "would(war | do(unrest = threat))"),
        ("P(war | do(unrest = threat))", "P(war | do(unrest = none))"),
    ],
)
def test_a_change_that_reaches_what_is_asked_proves_nothing(left: str, right: str) -> None:
    asked = study()
    assert proved(asked, asked.prepared(f"{left} > {right}")) is None


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        (
            "would(harvest = bad | seen war, do(push = hold))",
            "would(harvest = bad | seen war, do(push = attack))",
            "push cannot reach",
        ),
        (
            "P(harvest = bad | do(push = hold))",
            "P(harvest = bad | do(push = hold), do(deploy = go))",
            "in the graph deploy cannot reach",
        ),
        ("P(war | do(push = hold))", "P(war | do_unseen(push = hold))", "both sides ask the same"),
        ("P(war | do(push = hold), weather = fair)", "P(war | weather = fair, do(push = hold))", "both sides"),
        ("would(war | do(push = hold))", "would(war | do(push = hold))", "both sides ask the same"),
        ("E(empire | do(push = hold))", "E(empire | do(push = hold))", "both sides ask the same"),
        ("P(war)", "P(war)", "both sides ask the same"),
    ],
)
def test_a_proof_gives_its_own_reason(left: str, right: str, reason: str) -> None:
    asked = study()
    found = proved(asked, asked.prepared(f"{left} = {right}"))
    assert found is not None
    assert found.outcome is True
    assert reason in found.reason


def test_what_the_ranges_settle_is_proved(found: Findings) -> None:
    result = test(found, "glory_in_war", "worth")
    assert result.verdict is Verdict.HOLDS
    assert result.by_construction.outcome is True
    assert result.by_construction.status is ByConstructionStatus.PROVED


def test_ranges_that_touch_prove_nothing() -> None:
    asked = study()
    query = asked.prepared("E(empire.glory | do(push = probe)) > E(empire.glory | do(push = hold))")
    assert proved(asked, query) is None
    assert proved(asked, asked.prepared("weight(empire.glory) > 1%")) is not None
    assert proved(asked, asked.prepared("weight(empire.glory) > 40%")) is None
    certain = proved(asked, asked.prepared("not (margin(empire.push) < 0 or weight(empire.glory) >= 100%)"))
    assert certain is not None
    assert certain.outcome is True


def test_bounds_of_a_weight_hold_in_extreme_worlds() -> None:
    from quandary.ask import HIGH, LOW, swing_bounds, weight_bounds, worth_bounds

    asked = study()
    generator = np.random.default_rng(3)
    names = asked.model.names
    columns = {name: np.where(generator.random(500) < 0.5, LOW, HIGH) for name in names}
    compiled = asked.model.diagram(columns, 500)
    inquiry = next(iter(asked.prepared("swing(empire.order)").inquiries.values()))
    low, high = weight_bounds(asked, inquiry)
    weights = compiled.weights["empire", "order"].values
    assert low <= weights.min()
    assert weights.max() <= high
    worths = compiled.worths["empire", "order"].values
    bottom, top = worth_bounds(asked, inquiry)
    assert bottom <= worths.min()
    assert worths.max() <= top
    span = worths.reshape(-1, 500).max(axis=0) - worths.reshape(-1, 500).min(axis=0)
    assert (weights.reshape(-1, 500) * span).max() <= swing_bounds(asked, inquiry)[1]


def test_a_search_finds_a_counter_example_that_the_draws_miss() -> None:
    asked = Study(crisis(), worlds=16, threads=1)
    query = reading(asked, "P(harvest = bad | do(weather = foul)) > 40%")
    wide = reading(asked, "P(harvest = bad | do(weather = foul)) > 5%")
    asked.need([query.query, wide.query])
    draws, truth, _ = asked.draws(wide.query)
    assert truth is not None
    assert truth.min() == 1.0
    narrow, broad = by_construction(asked, [query, wide], Budget(corners=64, rounds=3, batch=16))
    assert narrow.status is ByConstructionStatus.COUNTER_EXAMPLE
    assert broad.status is ByConstructionStatus.NO_COUNTER_EXAMPLE
    assert broad.outcome is True
    assert broad.searched > 16
    assert broad.smallest_margin is not None
    assert 0 < broad.smallest_margin < float(np.min(draws.values))


def test_without_a_budget_nothing_is_searched(found: Findings) -> None:
    result = test(found, "bad_weather", "mostly").by_construction
    assert result.status in (ByConstructionStatus.NOT_SEARCHED, ByConstructionStatus.COUNTER_EXAMPLE)
    assert result.outcome is None


def test_what_was_seen_settles_a_reading_that_is_open_without_it() -> None:
    asked = Study(crisis(), worlds=64, threads=1)
    seen = reading(asked, "P(unrest = threat) > 50%")
    asked.need([seen.query])
    (found,) = by_construction(asked, [seen], Budget(corners=64, rounds=3, batch=16))
    assert found.status is ByConstructionStatus.SETTLED
    assert found.outcome is True
    bare = Study(crisis(), worlds=64, threads=1, use_evidence=False)
    bare.need([seen.query])
    (found,) = by_construction(bare, [seen], Budget(corners=64, rounds=3, batch=16))
    assert found.status is ByConstructionStatus.COUNTER_EXAMPLE


def test_what_holds_without_the_evidence_too_is_by_construction() -> None:
    asked = Study(crisis(), worlds=64, threads=1)
    always = reading(asked, "P(harvest = bad | weather = foul) > 20%")
    asked.need([always.query])
    (found,) = by_construction(asked, [always], Budget(corners=64, rounds=3, batch=16))
    assert found.status is ByConstructionStatus.NO_COUNTER_EXAMPLE
    assert found.outcome is True


@pytest.mark.parametrize(("threshold", "forced"), [("49.95%", None), ("49.8%", True)])
def test_a_coin_flip_is_no_construction(threshold: str, forced: bool | None) -> None:
    text = f"""
quandary: 1
title: A coin
as_of: 2030-01-01
story:
  - {{chance: side, states: [head, tail], odds: {{head: 49.9986% to 50.0014%, tail: rest}}, because: a coin}}
claims:
  - {{id: flip, speaker: A, quote: "a coin falls on its head", tests: {{heads: P(side = head) > {threshold}}}}}
"""
    asked = Study(case_of(text), worlds=500, threads=1)
    (result,) = findings(asked, Budget(corners=64, rounds=3, batch=16)).claims[0].tests
    assert result.verdict is Verdict.HOLDS
    assert result.size is not None
    assert result.size.hardly_any
    assert result.by_construction.status is ByConstructionStatus.NO_COUNTER_EXAMPLE
    assert result.by_construction.outcome is forced


def test_history_counts_only_up_to_the_day() -> None:
    results = {c.id: c for c in crisis().claims}
    assert history_of(results["crisis_pacifies"], date(2022, 1, 8)) is History.OPEN
    assert history_of(results["crisis_pacifies"], date(2022, 1, 20)) is History.DID_NOT
    assert history_of(results["glory_in_war"], date(2022, 1, 8)) is History.VOID
    assert history_of(results["must_stop"], date(2022, 1, 8)) is History.OPEN


def test_a_claim_without_test_says_why(found: Findings) -> None:
    result = claim(found, "must_stop")
    assert result.tests == ()
    assert result.reason


def test_the_carrier_is_the_number_that_moves_the_margin() -> None:
    generator = np.random.default_rng(0)
    columns = {name: generator.random(400) for name in ("a", "b", "c")}
    margin = -3 * columns["b"] ** 3 + 0.5 * columns["a"]
    carrier = carrier_of(Ranked(columns), margin, np.ones(400))
    assert carrier is not None
    assert carrier.name == "b"
    assert carrier.correlation < -0.8
    heavy = np.where(columns["b"] < 0.5, 1.0, 0.0)
    found = rank_correlations(columns, margin, heavy)
    kept = columns["b"] < 0.5
    ranks = [np.argsort(np.argsort(v[kept])) for v in (columns["a"], margin)]
    assert found["a"] == pytest.approx(float(np.corrcoef(np.stack(ranks)).min()))
    ranked = Ranked(columns)
    for weights in (heavy, np.ones(400), heavy):
        assert ranked.correlations(margin, weights) == rank_correlations(columns, margin, weights)
    assert carrier_of(Ranked(columns), np.zeros(400), np.ones(400)) is None


def test_checks_overlap_or_miss(found: Findings) -> None:
    threat, war = found.checks
    assert threat.overlaps is True
    assert threat.mean_inside is True
    assert threat.answer.effective_worlds == pytest.approx(200)
    assert war.overlaps is False
    assert war.mean_inside is False
    assert war.answer.effective_worlds < 200
    assert (threat.low, threat.high) == (0.2, 0.3)


def test_outcomes_sum_to_one_and_name_who_decides(found: Findings) -> None:
    assert [o.variable for o in found.outcomes] == [item.id for item in crisis().story]
    for outcome in found.outcomes:
        means = [a.mean for a in outcome.states.values()]
        assert sum(m for m in means if m is not None) == pytest.approx(1.0)
    assert {o.variable: o.decided_by for o in found.outcomes}["push"] == "empire"
