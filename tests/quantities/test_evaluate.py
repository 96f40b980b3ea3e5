"""Arithmetic on assumptions in all worlds at once, and the names of what is drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest

from quandary.base import Array, CaseError
from quandary.language import parse_quantity
from quandary.quantities import Design, Scale, leaves
from quandary.quantities.evaluate import evaluate

WORLDS = 5


def value(text: str, scale: Scale = Scale.NUMBER, **assumptions: Array) -> Array:
    quantity = parse_quantity(text)
    uniforms = {name: np.full(WORLDS, 0.5) for name, _ in leaves(quantity, "p", scale)}
    return evaluate(quantity, "p", scale, uniforms, assumptions)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("20", []),
        ("war_cost", []),
        ("100 - war_cost", []),
        ("20 to 60", ["p"]),
        ("x2 to x5", ["p"]),
        ("+1 to +6 points", ["p"]),
        ("10% to 45% of rest", ["p"]),
        ("x2 to x6 per 10", ["p"]),
        ("unlikely", ["p"]),
        ("mixture(1 to 2, 3 to 4)", ["p"]),
        ("mixture(2 * a, 10 to 20, 7)", ["p#1", "p#2"]),
        ("5 to 5", []),
        ("rest", []),
        ("exact", []),
        ("100 - (20 to 60)", ["p#1"]),
        ("(1 to 2) + (5 to 5) * max(a, unlikely, normal(0, 1))", ["p#1", "p#3", "p#4"]),
        ("x(2 * (1 to 2))", ["p#1"]),
    ],
)
def test_the_leaves_are_named_by_path_and_order(text: str, names: list[str]) -> None:
    assert [name for name, _ in leaves(parse_quantity(text), "p", Scale.NUMBER)] == names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20", 20),
        ("x2 to x8", 4),
        ("-9 to -1 points", -3),
        ("20% of rest", 0.2),
        ("x3 per 10", math.log(3) / 10),
        ("x(1 + 2) per 10", math.log(3) / 10),
        ("x1 per 10", 0),
        ("100 - (20 to 60)", 60),
        ("-(20 to 60) / 4", -10),
        ("2 ^ 3 ^ 2", 512),
        ("2 * 3 + 4 - 5", 5),
        ("8 / 4 / 2", 1),
        ("1 - 20%", 0.8),
        ("1 - (10% to 10%)", 0.9),
        ("1 - unlikely", 0.8),
        ("min(3, 1, 2) + max(3, 1, 2)", 4),
        ("abs(-3) + sqrt(16) + exp(0) + log(1)", 8),
        ("(-9 to -1) * 1 points", -5),
    ],
)
def test_the_value_is(text: str, expected: float) -> None:
    np.testing.assert_allclose(value(text), expected, rtol=1e-12, atol=1e-12)


def test_what_varies_with_nothing_has_one_world() -> None:
    assert value("100 - 2 * 3").shape == (1,)
    assert value("20 to 60").shape == (WORLDS,)
    assert value("100 - (20 to 60)").shape == (WORLDS,)


def test_assumptions_enter_by_name() -> None:
    cost = np.array([1.0, 2, 3, 4, 5])
    np.testing.assert_array_equal(value("100 - 2 * war_cost", war_cost=cost), 100 - 2 * cost)
    np.testing.assert_array_equal(value("war_cost", war_cost=cost), cost)
    with pytest.raises(CaseError) as caught:
        value("100 - war_csot", war_cost=cost)
    (problem,) = caught.value.problems
    assert problem.code == "Q104" and problem.hint == 'did you mean "war_cost"?'


def test_each_leaf_uses_its_own_draw() -> None:
    quantity = parse_quantity("(0 to 1 (uniform)) - 10 * (0 to 1 (uniform))")
    uniforms = {"p#1": np.array([0.05, 0.95]), "p#2": np.array([0.95, 0.05])}
    np.testing.assert_allclose(evaluate(quantity, "p", Scale.NUMBER, uniforms, {}), [-10, 1], atol=1e-12)


def test_impossible_arithmetic_gives_no_number_and_no_warning() -> None:
    zero = np.array([0.0, 1.0])
    np.testing.assert_array_equal(value("1 / a", a=zero), [np.inf, 1])
    assert np.isnan(value("sqrt(a - 1)", a=zero)[0])


def test_every_fault_of_a_quantity_comes_at_once() -> None:
    with pytest.raises(CaseError) as caught:
        leaves(parse_quantity("(5 to 1) + 3 * (7 to 2) + (1 to 2)"), "p", Scale.NUMBER)
    assert [problem.code for problem in caught.value.problems] == ["Q201", "Q201"]


@pytest.mark.parametrize("text", ["rest", "exact"])
def test_what_has_no_number_is_refused(text: str) -> None:
    with pytest.raises(CaseError) as caught:
        evaluate(parse_quantity(text), "p", Scale.PROBABILITY, {}, {})
    assert caught.value.problems[0].code == "Q211"


def drawn(text: str, given: dict[str, Array], seed: int = 3) -> Array:
    """Return a quantity's value in 4,000 worlds, its leaves drawn evenly."""
    quantity = parse_quantity(text)
    names = [name for name, _ in leaves(quantity, "p", Scale.NUMBER)]
    uniforms = Design(seed, 4000).columns(names)
    return evaluate(quantity, "p", Scale.NUMBER, uniforms, given)


def test_a_mixture_of_assumptions_takes_one_of_them_in_each_world() -> None:
    a, b = np.linspace(0, 1, 4000), np.linspace(10, 20, 4000)
    values = drawn("mixture(a, b, shares(1, 3))", {"a": a, "b": b})
    first = values == a
    assert (first | (values == b)).all()
    assert first.mean() == pytest.approx(0.25, abs=1e-3)
    assert values.mean() == pytest.approx(0.25 * a.mean() + 0.75 * b.mean(), abs=0.2)
    assert abs(np.corrcoef(first, a)[0, 1]) < 0.05, "which one is chosen hangs on nothing"


def test_a_mixture_of_arithmetic_and_ranges() -> None:
    a = np.full(4000, 5.0)
    values = drawn("1 + mixture(2 * a, uniform(100, 200), 7, shares(1, 1, 2))", {"a": a})
    assert (values == 11.0).mean() == pytest.approx(0.25, abs=1e-3)
    assert (values == 8.0).mean() == pytest.approx(0.5, abs=1e-3)
    rest = values[(values != 11.0) & (values != 8.0)]
    assert rest.min() >= 101 and rest.max() <= 201
    assert rest.mean() == pytest.approx(151, abs=2.5)
    assert set(drawn("mixture(a, mixture(2, 3 * a))", {"a": a})) == {5.0, 2.0, 15.0}


def test_a_mixture_of_assumptions_has_as_many_shares_as_parts() -> None:
    for text in ("mixture(a, b, shares(1, 2, 3))", "mixture(a, b, shares(-1, 2))", "1 + mixture(a, b, shares(0, 0))"):
        with pytest.raises(CaseError) as told:
            leaves(parse_quantity(text), "p", Scale.NUMBER)
        assert [problem.code for problem in told.value.problems] == ["Q216"]
