"""Claims: verdicts, both forms of do, carriers, history, and what holds by construction."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tests.ask.crisis import crisis, study

from quandary.ask import (
    Budget,
    ByConstructionStatus,
    ClaimResult,
    Findings,
    History,
    Ranked,
    Study,
    TestResult,
    Verdict,
    by_construction,
    carrier_of,
    findings,
    history_of,
    proved,
    rank_correlations,
    verdict_of,
)


@pytest.fixture(scope="module")
def found() -> Findings:
    return findings(Study(crisis(), worlds=200, threads=2))


def claim(found: Findings, name: str) -> ClaimResult:
    return next(c for c in found.claims if c.claim.id == name)


def test(found: Findings, name: str, reading: str) -> TestResult:
    return next(t for t in claim(found, name).tests if t.name == reading)


test.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("share", "verdict"),
    [
        (1.0, Verdict.HOLDS),
        (0.9, Verdict.HOLDS),
        (0.899, Verdict.FRAGILE),
        (0.101, Verdict.FRAGILE),
        (0.1, Verdict.FAILS),
        (0.0, Verdict.FAILS),
        (None, Verdict.NOT_TESTABLE),
    ],
)
def test_a_verdict_is_a_share_of_worlds(share: float | None, verdict: Verdict) -> None:
    assert verdict_of(share) is verdict


def test_both_forms_of_do_are_computed(found: Findings) -> None:
    result = test(found, "crisis_pacifies", "sign")
    asked = study(worlds=200)
    seen = asked.ask("P(war | do(unrest = threat)) < P(war | do(unrest = none))")
    unseen = asked.ask("P(war | do_foreseen(unrest = threat)) < P(war | do_foreseen(unrest = none))")
    assert result.holds_in == pytest.approx(seen.holds_in)
    assert result.holds_in_unseen == pytest.approx(unseen.holds_in)
    assert result.effect is not None
    assert result.effect.mean == pytest.approx(seen.mean)
    assert result.effect_unseen is not None
    assert result.effect_unseen.mean == pytest.approx(unseen.mean)
    assert result.verdict is verdict_of(result.holds_in)
    assert result.forms_differ == (result.verdict is not result.verdict_unseen)


def test_what_the_graph_settles_is_proved(found: Findings) -> None:
    same, less = (test(found, "harvest_untouched", name) for name in ("same", "less"))
    assert same.verdict is Verdict.BY_CONSTRUCTION_TRUE
    assert less.verdict is Verdict.BY_CONSTRUCTION_FALSE
    assert same.by_construction.status is ByConstructionStatus.PROVED
    assert "push cannot reach" in same.by_construction.reason
    assert less.verdict_unseen is Verdict.BY_CONSTRUCTION_FALSE


def test_what_the_ranges_settle_is_proved(found: Findings) -> None:
    result = test(found, "glory_in_war", "worth")
    assert result.verdict is Verdict.BY_CONSTRUCTION_TRUE
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
    query = asked.prepared("P(harvest = bad | do(weather = foul)) > 40%")
    wide = asked.prepared("P(harvest = bad | do(weather = foul)) > 5%")
    asked.need([query, wide])
    draws, truth, _ = asked.draws(wide)
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
