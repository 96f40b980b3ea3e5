"""Scores against published figures, another program, closed forms and laws."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.ledgers import add, do, opened

from quandary.ledger import (
    LedgerForecast,
    LedgerQuestion,
    LedgerResolution,
    OutcomeKind,
    QuestionHistory,
    baseline,
    baseline_of_densities,
    brier,
    brier_of_many,
    calibration_parts,
    crps,
    difference,
    interval,
    logarithmic,
    peer,
    ranked,
    recalibrated,
    reliability,
    scores_of,
    spherical,
)

Array = np.ndarray[Any, Any]
GOVERNORS = (
    "question=Will {candidate} ({party}) win {state}?",
    *("forecast=probwin", "said=forecast_date", "until=election_date", "resolution=probwin_outcome"),
)


def imported(place: str, path: Path, **given: Any) -> Any:
    return do("import", file=str(path), ledger=place, **given)


def settled(place: str, came: str = "yes", on: str = "2027-01-30", question: str = "troops", **given: Any) -> Any:
    return do("resolve", question=question, outcome=came, day=on, on=on, ledger=place, **given)


# --- published figures ----------------------------------------------------------------------------------------------


def test_parts_of_the_crowds_of_forecastbench(shared: Path, file: str) -> None:
    imported(file, shared / "ledger" / "forecastbench" / "markets-2024-07-21.csv")
    whole = do("score", ledger=file).found.whole
    found = (whole.parts.score, whole.parts.miscalibration, whole.parts.discrimination, whole.parts.uncertainty)
    assert whole.parts.forecasts == 48
    assert np.allclose(found, (0.1380, 0.0302, 0.0797, 0.1875), atol=1e-4)


def test_parts_of_the_forecasts_of_governors(shared: Path, file: str) -> None:
    path = shared / "ledger" / "fivethirtyeight" / "governors_2018_classic.csv"
    imported(file, path, who="FiveThirtyEight", column=GOVERNORS)
    whole = do("score", ledger=file, take="each").found.whole
    found = (whole.parts.score, whole.parts.miscalibration, whole.parts.discrimination, whole.parts.uncertainty)
    assert whole.parts.forecasts == 400
    assert np.allclose(found, (0.0662, 0.0065, 0.1878, 0.2475), atol=1e-4)


# --- another program, and closed forms ------------------------------------------------------------------------------


def _options(seed: int, count: int = 200, options: int = 4) -> tuple[Array, Array]:
    source = np.random.default_rng(seed)
    return source.dirichlet(np.ones(options), count), source.integers(options, size=count)


@pytest.fixture(scope="module")
def rules() -> Iterator[Any]:
    """Return scoringrules without its compiled backend, whose import alone takes ten times as long as the rest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "numba", None)
        yield pytest.importorskip("scoringrules")


def test_scores_of_options_equal_scoringrules(rules: Any) -> None:
    given_, came = _options(1)
    one_hot = np.eye(4)[came]
    binary = given_[:, 0]
    theirs = rules.brier_score(one_hot[:, 0], binary, backend="numpy")
    assert np.allclose(brier(binary, one_hot[:, 0]), theirs, atol=1e-12)
    theirs = rules.log_score(np.ones(len(came)), (given_ * one_hot).sum(axis=1), backend="numpy")
    assert np.allclose(logarithmic(given_, came), theirs, atol=1e-12)
    assert np.allclose(ranked(given_, came), rules.rps_score(came + 1, given_, backend="numpy"), atol=1e-12)


def test_scores_of_options_equal_their_closed_forms() -> None:
    given_, came = _options(2)
    one_hot = np.eye(4)[came]
    assert np.allclose(brier_of_many(given_, came), ((given_ - one_hot) ** 2).sum(axis=1), atol=1e-12)
    length = np.linalg.norm(given_, axis=1)
    assert np.allclose(spherical(given_, came), 1 - (given_ * one_hot).sum(axis=1) / length, atol=1e-12)
    slow = [
        sum((sum(p[: k + 1]) - (c <= k)) ** 2 for k in range(3))
        for p, c in zip(given_.tolist(), came.tolist(), strict=True)
    ]
    assert np.allclose(ranked(given_, came), slow, atol=1e-12)


def test_the_interval_score_equals_scoringrules(rules: Any) -> None:
    source = np.random.default_rng(3)
    low = source.normal(size=100)
    high, came = low + source.exponential(size=100), source.normal(size=100)
    theirs = rules.interval_score(came, low, high, 0.2, backend="numpy")
    assert np.allclose(interval(low, high, 0.8, came), theirs, atol=1e-12)


def test_crps_of_a_straight_line_is_that_of_the_uniform_distribution(rules: Any) -> None:
    points = np.linspace(2.0, 5.0, 201)
    came = np.array([1.0, 2.0, 2.7, 4.999, 5.0, 6.5])
    ours = crps(points, np.broadcast_to(np.linspace(0, 1, 201), (6, 201)), came)
    assert np.allclose(ours, rules.crps_uniform(came, 2.0, 5.0, backend="numpy"), atol=1e-12)
    # y inside [a, b] of width w: w z³ / 3 + w (1 - z)³ / 3 with z = (y - a) / w
    z = (2.7 - 2) / 3
    assert ours[2] == pytest.approx(z**3 + (1 - z) ** 3, abs=1e-12)


def test_crps_keeps_what_lies_beyond_the_scale() -> None:
    points, cumulative = np.array([0.0, 1.0]), np.array([[0.25, 0.75]])  # a quarter at 0, half between, a quarter at 1
    came = np.array([0.5])
    grid = np.linspace(0, 1, 200_001)
    slow = np.trapezoid((0.25 + 0.5 * grid - (grid >= 0.5)) ** 2, grid)
    assert crps(points, cumulative, came)[0] == pytest.approx(slow, abs=1e-5)
    assert crps(points, cumulative, np.array([3.0]))[0] == pytest.approx(2 + ((0.75**3 - 0.25**3) / 3) / 0.5, abs=1e-12)


def test_what_was_ruled_out_and_came_has_no_bound() -> None:
    assert logarithmic(np.array([[1.0, 0.0]]), np.array([1]))[0] == math.inf
    assert baseline(np.array([0.0]), 2)[0] == -math.inf


# --- laws -----------------------------------------------------------------------------------------------------------

shares = st.floats(0.001, 0.999)
RULES: dict[str, Callable[[float, int], float]] = {
    "brier": lambda p, y: float(brier(np.array([p]), np.array([y]))[0]),
    "log": lambda p, y: float(logarithmic(np.array([[1 - p, p]]), np.array([y]))[0]),
    "spherical": lambda p, y: float(spherical(np.array([[1 - p, p]]), np.array([y]))[0]),
    "ranked": lambda p, y: float(ranked(np.array([[1 - p, p]]), np.array([y]))[0]),
}


@given(st.sampled_from(sorted(RULES)), shares, shares)
def test_no_other_probability_scores_better_in_expectation(rule: str, truth: float, other: float) -> None:
    def expected(said: float) -> float:
        return truth * RULES[rule](said, 1) + (1 - truth) * RULES[rule](said, 0)

    assert expected(truth) <= expected(other) + 1e-12


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.booleans()), min_size=1, max_size=60))
def test_the_parts_add_up_and_none_is_negative(pairs: list[tuple[float, bool]]) -> None:
    said, came = np.array([p for p, _ in pairs]), np.array([float(y) for _, y in pairs])
    parts = calibration_parts(said, came)
    assert parts.score == pytest.approx(parts.miscalibration - parts.discrimination + parts.uncertainty, abs=1e-9)
    assert min(parts.miscalibration, parts.discrimination, parts.uncertainty) >= 0
    assert parts.uncertainty == pytest.approx(came.mean() * (1 - came.mean()), abs=1e-12)
    fitted = recalibrated(said, came)
    order = np.argsort(said, kind="stable")
    assert (np.diff(fitted[order]) >= -1e-12).all()
    assert calibration_parts(fitted, came).miscalibration == pytest.approx(0, abs=1e-9)


@given(st.lists(st.lists(st.one_of(st.none(), st.floats(0.01, 1.0)), min_size=3, max_size=3), min_size=2, max_size=6))
def test_peer_scores_of_a_day_add_up_to_nothing(rows: list[list[float | None]]) -> None:
    found = peer(np.array([[math.nan if one is None else one for one in row] for row in rows]))
    for day in range(3):
        there = found[:, day][~np.isnan(found[:, day])]
        assert abs(there.sum()) < 1e-8


# --- calibration ----------------------------------------------------------------------------------------------------


def test_a_consistency_band_covers_what_is_calibrated() -> None:
    inside, steps = [], []
    for seed in range(40):
        source = np.random.default_rng(seed)
        said = source.beta(0.7, 0.7, 150).round(2)
        found = reliability(said, (source.random(150) < said).astype(float), seed)
        held = (found.low - 1e-9 <= found.came) & (found.came <= found.high + 1e-9)
        inside.append(np.average(held, weights=found.counts))
        steps.append(np.mean([step.within for step in found.steps]))
    assert 0.86 <= np.mean(inside) <= 0.99
    assert np.mean(steps) >= 0.86


def test_a_consistency_band_leaves_out_who_is_over_confident() -> None:
    source = np.random.default_rng(1)
    truth = source.uniform(0, 1, 600)
    said = 1 / (1 + ((1 - truth) / truth) ** 3)
    found = reliability(said, (source.random(600) < truth).astype(float))
    outside = [step for step in found.steps if not step.within]
    assert sum(step.count for step in outside) > 200


def test_a_diagram_of_much_is_told_at_few_points_that_count_all() -> None:
    source = np.random.default_rng(2)
    said = source.random(10_000)
    came = (source.random(10_000) < said).astype(float)
    found = reliability(said, came)
    assert len(found.said) == 400
    assert found.counts.sum() == 10_000
    assert sum(step.count for step in found.steps) == 10_000
    assert len(found.steps) <= 10
    every = recalibrated(said, came)
    assert set(found.came.tolist()) <= set(every.tolist())
    assert sum(step.came * step.count for step in found.steps) == pytest.approx(came.sum())
    again = reliability(said, came)
    assert (found.low == again.low).all()
    assert found.steps == again.steps


# --- beside others --------------------------------------------------------------------------------------------------


def test_baseline_and_peer_scores_are_those_that_metaculus_publishes(file: str) -> None:
    """Written from the published formulas, day by day in plain loops, apart from the program's own arrays."""
    said = {"Mei": {"2027-01-01": 0.3, "2027-01-11": 0.6}, "Tom": {"2027-01-05": 0.5}, "Ada": {"2027-01-09": 0.8}}
    for who, days in said.items():
        for day, probability in days.items():
            add(file, forecast=f"{100 * probability:g}%", who=who, said=day, on="2027-01-20", until="2027-01-30")
    settled(file, on="2027-01-20")
    found = do("score", ledger=file).found
    by_name = {found.names[one.by]: one for one in found.published}
    standing: list[dict[str, float]] = []
    for number in range(1, 21):
        now: dict[str, float] = {}
        for who, days in said.items():
            for when, probability in days.items():
                if int(when[-2:]) <= number:
                    now[who] = probability
        standing.append(now)
    for who in said:
        bases = [100 * (1 + math.log2(now[who])) for now in standing if who in now]
        peers = []
        for now in standing:
            others = [p for name, p in now.items() if name != who]
            if who in now and others:
                peers.append(100 * sum(math.log(now[who] / p) for p in others) / len(others))
        assert by_name[who].baseline == pytest.approx(sum(bases) / len(bases), abs=1e-9)
        assert by_name[who].peer == pytest.approx(sum(peers) / len(peers), abs=1e-9)
        assert by_name[who].coverage == pytest.approx(len(bases) / len(standing), abs=1e-9)


def test_the_ends_of_the_baseline_scale() -> None:
    assert baseline(np.array([0.5, 1.0, 0.99, 0.01]), 2) == pytest.approx([0, 100, 98.55, -564.39], abs=0.01)
    assert baseline(np.array([1 / 8, 1.0]), 8) == pytest.approx([0, 100])
    assert baseline_of_densities(np.array([math.e]), np.array([1.0])) == pytest.approx([50])


def test_scores_are_weighted_by_how_long_each_forecast_stood(file: str) -> None:
    add(file, forecast="20%", said="2027-01-01", on="2027-01-20", until="2027-01-30")
    add(file, forecast="80%", said="2027-01-11", on="2027-01-20", until="2027-01-30")
    settled(file, on="2027-01-14")
    by_hand = (10 * 0.8**2 + 4 * 0.2**2) / 14  # ten days at 20 %, the four to the evening of the 14th at 80 %
    (line,) = do("score", ledger=file, take="time-weighted").found.lines
    assert line.mean("brier") == pytest.approx(by_hand)
    (last,) = do("score", ledger=file).found.lines
    assert last.mean("brier") == pytest.approx(0.04)
    (early,) = do("score", ledger=file, days_before=7.0).found.lines
    assert early.mean("brier") == pytest.approx(0.64)
    (_, (why,)) = do("score", ledger=file, why="troops").found.why
    assert [part.days for part in why.parts] == [10, 4]
    assert why.mean["brier"] == pytest.approx(by_hand)


def test_a_share_is_scored_as_a_share(file: str) -> None:
    add(file, forecast="60%", said="2027-01-01", on="2027-01-01")
    settled(file, came="30%", on="2027-01-20")
    (line,) = do("score", ledger=file).found.lines
    assert line.mean("brier") == pytest.approx(0.09)
    assert line.mean("log") == pytest.approx(-(0.3 * math.log(0.6) + 0.7 * math.log(0.4)))


def test_scores_in_different_units_are_not_averaged(tmp_path: Path, file: str) -> None:
    header = "question,kind,low,high,who,said,forecast,until,resolution,resolved on\n"
    rows = [
        "How many dead?,number,0,1000,Mei,2026-01-01,100 to 300,2026-12-31,400,2026-12-31",
        "What price?,number,0,10,Mei,2026-01-01,1 to 3,2026-12-31,4,2026-12-31",
    ]
    (tmp_path / "a.csv").write_text(header + "\n".join(rows), encoding="utf-8")
    imported(file, tmp_path / "a.csv")
    (line,) = do("score", ledger=file).found.lines
    assert line.mean("interval, of scale") == pytest.approx(((200 + 20 * 100) / 1000 + (2 + 20 * 1) / 10) / 2)
    assert (line.ranges, line.held) == (2, 0)
    (tmp_path / "b.csv").write_text((header + "\n".join(rows)).replace(",0,1000,", ",,,").replace(",0,10,", ",,,"))
    bare = str(tmp_path / "b.sqlite")
    imported(bare, tmp_path / "b.csv")
    assert do("score", ledger=bare).found.lines[0].means == ()


# --- skill beyond noise ---------------------------------------------------------------------------------------------


def test_nobody_is_better_than_who_says_the_same() -> None:
    scores = np.random.default_rng(1).random(50)
    found = difference(scores, scores, np.arange(50.0))
    assert (found.mean, found.low, found.high, found.sure) == (0, 0, 0, False)


def test_ten_questions_that_came_as_foreseen_prove_no_under_confidence() -> None:
    sure, right = np.full(10, 0.95), np.ones(10)
    found = difference(sure, right, np.arange(10.0), turned=sure - (1 - right))
    assert found.low < 0 < found.high
    assert found.high > 0.2  # one or two may well have come otherwise


def test_linked_questions_are_drawn_together() -> None:
    source = np.random.default_rng(4)
    event = source.normal(size=20)
    scores, of = np.repeat(event, 10), np.repeat(np.arange(20.0), 10)
    alone = difference(scores, np.zeros(200), np.arange(200.0))
    linked = difference(scores, np.zeros(200), of)
    assert (linked.questions, linked.clusters) == (200, 20)
    assert linked.high - linked.low > 2.5 * (alone.high - alone.low)


def test_an_interval_is_the_same_whatever_the_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    source = np.random.default_rng(5)
    first, second = source.random((2, 40))
    whole = difference(first, second, np.arange(40.0), seed=3)
    again = difference(first, second, np.arange(40.0), seed=3)
    assert whole == again
    assert whole != difference(first, second, np.arange(40.0), seed=4)


def test_the_head_is_printed_with_scores(file: str) -> None:
    add(file)
    with opened(file) as kept:
        assert do("score", ledger=file).found.head == kept.head()[1]


# --- the same by two ways -------------------------------------------------------------------------------------------


@given(st.floats(0, 1), st.sampled_from([0.0, 1.0, 0.3]))
def test_what_is_written_out_for_one_forecast_is_what_the_arrays_give(probability: float, came: float) -> None:
    question = LedgerQuestion("Will it?")
    outcome = {0.0: OutcomeKind.NO, 1.0: OutcomeKind.YES}.get(came, OutcomeKind.SHARE)
    settled_ = LedgerResolution("k", outcome, "2026-01-09", value=came)
    history = QuestionHistory("k", 1, question, (), (), settled_, "", ())
    found = scores_of(history, LedgerForecast("k", "b", "2026-01-01", probability=probability))
    both = np.array([[1 - probability, probability]] * 2)
    for name, rule in (("log", logarithmic), ("spherical", spherical)):
        no, yes = rule(both, np.array([0, 1]))
        wanted = (came * yes if came else 0) + ((1 - came) * no if came < 1 else 0)
        assert found[name] == pytest.approx(wanted, rel=1e-12, abs=1e-12)
    assert found["brier"] == pytest.approx(float(brier(np.array([probability]), np.array([came]))[0]), abs=1e-15)


def test_the_baseline_score_of_who_forecasts_alone_is_that_of_the_formula(file: str) -> None:
    add(file, forecast="", who=None, on="2027-01-01", until="2027-01-30")
    for day, probability in (("2027-01-03", 30), ("2027-01-11", 60)):
        add(file, forecast=f"{probability}%", said=day, on="2027-01-20", until="2027-01-30")
    settled(file, on="2027-01-20")
    (one,) = do("score", ledger=file).found.published
    days = [8, 10]  # from the 3rd and from the 11th, to the evening of the 20th; it opened on the 1st
    wanted = sum(n * 100 * (1 + math.log2(p)) for n, p in zip(days, (0.3, 0.6), strict=True)) / sum(days)
    assert (one.baseline, one.peer) == (pytest.approx(wanted, abs=1e-9), None)
    assert one.coverage == pytest.approx(18 / 20, abs=1e-9)


def test_clusters_that_are_alike_give_the_interval_that_they_give_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    source = np.random.default_rng(8)
    sure = source.choice([0.6, 0.8, 0.95], 4_000)
    right = (source.random(4_000) < sure - 0.03).astype(float)
    of, turned = np.arange(4_000.0), sure - (1 - right)
    counted = difference(sure, right, of, turned=turned)
    monkeypatch.setattr("quandary.ledger.scores.skill.MANY", 10_000)
    single = difference(sure, right, of, turned=turned)
    assert counted.mean == single.mean
    wide = single.high - single.low
    assert abs(counted.low - single.low) < 0.06 * wide
    assert abs(counted.high - single.high) < 0.06 * wide
