"""Readings: which family an expression becomes, exactly where its ends lie, and what the echo says."""

from __future__ import annotations

import math
import tomllib
from importlib.resources import files

import numpy as np
import pytest
from scipy.special import betainc, expit, logit

from quandary.base import CaseError, Place, Problem
from quandary.language import parse_quantity
from quandary.quantities import Estimate, Scale, read_estimate

PROBABILITY, FACTOR, POINTS = Scale.PROBABILITY, Scale.FACTOR, Scale.POINTS
PRECISION, NUMBER = Scale.PRECISION, Scale.NUMBER
LEVELS = np.array([0.05, 0.5, 0.95])
CATALOGUE = tomllib.loads((files("quandary.base.faults") / "quantities.toml").read_text(encoding="utf-8"))


def read(text: str, scale: Scale, words: str | None = None) -> Estimate:
    return read_estimate(parse_quantity(text, Place("case.yaml", 2, 1)), scale, words)


def faults(text: str, scale: Scale, words: str | None = None) -> tuple[Problem, ...]:
    with pytest.raises(CaseError) as caught:
        read(text, scale, words)
    return caught.value.problems


ECHOES = [
    ("2% to 20%", PROBABILITY, (0.02, expit((logit(0.02) + logit(0.2)) / 2), 0.2), "logit-normal, median 6.7 %"),
    ("2% to 20%", NUMBER, (0.02, expit((logit(0.02) + logit(0.2)) / 2), 0.2), "logit-normal, median 6.7 %"),
    ("0.02 to 0.2", PROBABILITY, (0.02, expit((logit(0.02) + logit(0.2)) / 2), 0.2), "logit-normal"),
    ("0% to 10%", PROBABILITY, (0.001, expit((logit(0.001) + logit(0.1)) / 2), 0.1), "0 % read as 0.1 %"),
    ("90% to 100%", PROBABILITY, (0.9, expit((logit(0.9) + logit(0.999)) / 2), 0.999), "100 % read as 99.9 %"),
    ("10% to 45% of rest", NUMBER, (0.1, expit((logit(0.1) + logit(0.45)) / 2), 0.45), "logit-normal"),
    ("x50% to x200%", NUMBER, (0.5, 1, 2), "lognormal"),
    ("x2 to x8", NUMBER, (2, 4, 8), "90 % interval, lognormal, median 4"),
    ("2 to 8", FACTOR, (2, 4, 8), "lognormal"),
    ("+1 to +9 points", NUMBER, (1, 3, 9), "lognormal, median 3"),
    ("-9 to -1 points", NUMBER, (-9, -3, -1), "lognormal, median -3"),
    ("-6 to +8 points", NUMBER, (-6, 1, 8), "90 % interval, normal, median 1"),
    ("-10 to 0 points", NUMBER, (-10, -5, 0), "normal"),
    ("+1 to +9 (normal) points", NUMBER, (1, 5, 9), "normal"),
    ("20 to 60", NUMBER, (20, 40, 60), "90 % interval, normal, median 40"),
    ("20 to 80 (lognormal)", NUMBER, (20, 40, 80), "lognormal, median 40"),
    ("10% to 25% (normal)", PROBABILITY, (0.1, 0.175, 0.25), "normal"),
    ("10% to 25% (uniform)", PROBABILITY, (0.1, 0.175, 0.25), "uniform"),
    ("0.05 to 0.2", PRECISION, (0.05, 0.1, 0.2), "lognormal"),
    (
        "x2 to x6 per 10",
        PRECISION,
        (math.log(2) / 10, math.sqrt(math.log(2) * math.log(6)) / 10, math.log(6) / 10),
        "lognormal, median 0.111; precision ln(x)/10",
    ),
    ("unlikely", PROBABILITY, (0.05, 0.2, 0.4), "CAPphrase survey, Kucharski 2026 (survey percentiles, 5174 asked)"),
    ("uniform(10, 20)", NUMBER, (10.5, 15, 19.5), "uniform, median 15, 90 % interval 10.5 to 19.5"),
    ("lognormal(0, 1)", FACTOR, (math.exp(-1.6448536269514722), 1, math.exp(1.6448536269514722)), "lognormal"),
    ("normal(5, 2)", NUMBER, (5 - 2 * 1.6448536269514722, 5, 5 + 2 * 1.6448536269514722), "normal"),
]


@pytest.mark.parametrize(("text", "scale", "points", "said"), ECHOES)
def test_the_ends_are_the_5_and_95_percent_points(
    text: str, scale: Scale, points: tuple[float, float, float], said: str
) -> None:
    estimate = read(text, scale)
    np.testing.assert_allclose(estimate.quantile(LEVELS), points, rtol=1e-12, atol=1e-13)
    assert said in estimate.description
    assert estimate.exact is None


@pytest.mark.parametrize(
    ("text", "scale", "value", "said"),
    [
        ("40%", PROBABILITY, 0.4, "40 %"),
        ("0%", PROBABILITY, 0.0, "0 %"),
        ("100%", PROBABILITY, 1.0, "100 %"),
        ("0.25", PROBABILITY, 0.25, "25 %"),
        ("20", NUMBER, 20.0, "20"),
        ("150%", NUMBER, 1.5, "150 %"),
        ("x2", NUMBER, 2.0, "2"),
        ("-3 points", NUMBER, -3.0, "-3"),
        ("30% of rest", NUMBER, 0.3, "30 %"),
        ("x3 per 10", PRECISION, math.log(3) / 10, "precision ln(x)/10"),
        ("x1 per 10", PRECISION, 0.0, "precision"),
        ("5 to 5", NUMBER, 5.0, "both ends are the same"),
    ],
)
def test_a_plain_number_is_exact(text: str, scale: Scale, value: float, said: str) -> None:
    estimate = read(text, scale)
    assert estimate.exact == pytest.approx(value, rel=1e-15)
    assert said in estimate.description
    np.testing.assert_array_equal(estimate.quantile(LEVELS), np.full(3, estimate.exact))


def test_a_beta_has_the_ends_it_was_given() -> None:
    for low, high in [(0.1, 0.25), (0.001, 0.9), (0.45, 0.55), (0.02, 0.03), (0.001, 0.002), (0.9, 0.999)]:
        estimate = read(f"{low} to {high} (beta)", PROBABILITY)
        np.testing.assert_allclose(estimate.quantile(LEVELS)[[0, 2]], [low, high], rtol=1e-8)


def test_pert_is_a_beta_with_the_pert_mean() -> None:
    estimate = read("pert(2, 3, 10)", NUMBER)
    u = (np.arange(20_000) + 0.5) / 20_000
    drawn = estimate.quantile(u)
    assert drawn.mean() == pytest.approx((2 + 4 * 3 + 10) / 6, rel=1e-5)
    first, second = 1 + 4 * 1 / 8, 1 + 4 * 7 / 8
    np.testing.assert_allclose(betainc(first, second, (drawn[::100] - 2) / 8), u[::100], rtol=1e-9)


def test_triangular_has_its_moments() -> None:
    low, mode, high = 1.0, 2.0, 6.0
    drawn = read("triangular(1, 2, 6)", NUMBER).quantile((np.arange(20_000) + 0.5) / 20_000)
    assert drawn.mean() == pytest.approx((low + mode + high) / 3, rel=1e-5)
    variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18
    assert drawn.var() == pytest.approx(variance, rel=1e-4)


def test_a_mixture_draws_each_part_by_its_share() -> None:
    estimate = read("mixture(uniform(0, 1), uniform(10, 20), shares(3, 1))", NUMBER)
    u = np.array([0.001, 0.375, 0.74999, 0.76, 0.875, 0.999])
    np.testing.assert_allclose(estimate.quantile(u), [u[0] / 0.75, 0.5, u[2] / 0.75, 10.4, 15, 19.96], rtol=1e-9)
    half = read("mixture(20 to 40, 60 to 90)", NUMBER)
    drawn = half.quantile((np.arange(20_000) + 0.5) / 20_000)
    assert drawn.mean() == pytest.approx((30 + 75) / 2, rel=1e-3)
    assert np.all(np.diff(drawn) >= 0)
    with_number = read("mixture(5, 10 to 20)", NUMBER)
    drawn = with_number.quantile((np.arange(1000) + 0.5) / 1000)
    assert abs(np.isclose(drawn, 5, atol=1e-9).mean() - 0.5) < 0.002


def test_words_come_from_the_table_that_is_named() -> None:
    said = read("probable", PROBABILITY, "kent")
    np.testing.assert_allclose(said.quantile(LEVELS), [0.63, 0.75, 0.87], rtol=1e-12)
    assert "Kent 1964" in said.description
    certain = read("will happen", PROBABILITY)
    np.testing.assert_allclose(certain.quantile(LEVELS), [0.9, 0.999, 0.999], rtol=1e-12)
    assert "99.9 %" in certain.description
    never = read("impossible", PROBABILITY, "kent")
    assert never.exact == 0.001


PROBABILITY_CODES = {"Q202", "Q203", "Q208", "Q215"}


@pytest.mark.parametrize("code", [code for code, entry in CATALOGUE.items() if "example" in entry])
def test_the_catalogue_shows_the_mistake_and_its_mending(code: str) -> None:
    scale = PROBABILITY if code in PROBABILITY_CODES else NUMBER
    entry = CATALOGUE[code]
    assert [problem.code for problem in faults(entry["example"], scale)] == [code]
    read(entry["fix"], scale)


FAULTS = [
    ("60 to 20", NUMBER, "Q201", "downwards", "20 to 60"),
    ("-1 to -5", NUMBER, "Q201", "downwards", "-5 to -1"),
    ("-5% to 10%", PROBABILITY, "Q202", "leaves 0 % to 100 %", "between"),
    ("normal(50%, 40%)", PROBABILITY, "Q202", "leaves 0 % to 100 %", "beta"),
    ("200", PROBABILITY, "Q202", "leaves", "between"),
    ("40", PROBABILITY, "Q203", "lacks a percent sign", "40%"),
    ("1 to 6% points", NUMBER, "Q204", "without a percent sign", "1 to 6 points"),
    ("+2% points", NUMBER, "Q204", "without a percent sign", "2 points"),
    ("x0 to x5", NUMBER, "Q205", "zero", "above zero"),
    ("-2 to 5", FACTOR, "Q206", "negative", "x0.5"),
    ("-2 to 5", PRECISION, "Q206", "negative", "random"),
    ("beta(0, 1)", PROBABILITY, "Q207", "above zero", "beta(a, b)"),
    ("uniform(war_cost, 3)", NUMBER, "Q207", "plain numbers", "war_cost + 5"),
    ("beta(1e-310, 1e-310)", PROBABILITY, "Q207", "0.001", "beta(a, b)"),
    ("x3 per 1e-320", PRECISION, "Q207", "cannot be drawn", "1e9"),
    ("normal(0, 1e200)", NUMBER, "Q207", "too wide", "limit"),
    ("0 to 1e200", NUMBER, "Q215", "too wide", "limit"),
    ("lognormal(1000, 1)", NUMBER, "Q207", "huge", "log"),
    ("very likely", PROBABILITY, "Q208", 'no "very likely"', "icd203 or ipcc"),
    ("very unlikly", PROBABILITY, "Q208", "CAPphrase", '"unlikely"'),
    ("x(likely)", NUMBER, "Q209", "a factor is wanted", "number"),
    ("mixture(likely, even)", NUMBER, "Q211", "even", "assumption"),
    ("20% to 150% (logit-normal)", NUMBER, "Q202", "leaves", ""),
    ("1 to 10 (beta)", NUMBER, "Q215", "beta", "another family"),
    ("mixture(1, 2, shares(0, 0))", NUMBER, "Q216", "not all zero", "mixture("),
    ("x0.5 per 10", PRECISION, "Q217", "below x1", "random"),
    ("x1 to x3 per 10", PRECISION, "Q217", "begins at x1", "x1.1"),
]


@pytest.mark.parametrize(("text", "scale", "code", "said", "hinted"), FAULTS)
def test_a_fault_says_what_is_wrong_and_how_to_mend_it(
    text: str, scale: Scale, code: str, said: str, hinted: str
) -> None:
    (problem,) = faults(text, scale)
    assert problem.code == code
    assert said in problem.message
    assert hinted in (problem.hint or "")
    assert problem.place.file == "case.yaml" and problem.place.line == 2


def test_an_unknown_table_of_words_is_a_fault() -> None:
    (problem,) = faults("unlikely", PROBABILITY, "kant")
    assert problem.code == "Q210" and problem.hint == 'did you mean "kent"?'
