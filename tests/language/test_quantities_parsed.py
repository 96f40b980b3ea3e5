"""Quantities: what is written and the node it becomes."""

from __future__ import annotations

import pytest

from quandary.language import (
    Arithmetic,
    Call,
    Exact,
    Factor,
    Interval,
    Likelier,
    Name,
    Negate,
    Number,
    OfRest,
    PointsChange,
    ProbabilityWord,
    Quantity,
    Rest,
    parse_quantity,
)

QUANTITIES: dict[str, Quantity] = {
    "20": Number(20.0),
    "-3": Number(-3.0),
    "−3": Number(-3.0),
    "+3": Number(3.0),
    ".5": Number(0.5),
    "1e3": Number(1000.0),
    "40%": Number(0.4, percent=True),
    "40 %": Number(0.4, percent=True),
    "7 percent": Number(0.07, percent=True),
    "7 per cent": Number(0.07, percent=True),
    "20 to 60": Interval(20.0, 60.0),
    "10% to 25%": Interval(0.1, 0.25, percent=True),
    "10 to 25%": Interval(0.1, 0.25, percent=True),
    "10% to 25": Interval(0.1, 0.25, percent=True),
    "0.5% to 3%": Interval(0.005, 0.03, percent=True),
    "-5 to -1": Interval(-5.0, -1.0),
    "-6 to +8": Interval(-6.0, 8.0),
    "20 to 60 (lognormal)": Interval(20.0, 60.0, family="lognormal"),
    "10% to 60% (logitnormal)": Interval(0.1, 0.6, percent=True, family="logit-normal"),
    "x2": Factor(Number(2.0)),
    "×2": Factor(Number(2.0)),
    "x2 to x5": Factor(Interval(2.0, 5.0)),
    "x2 to 5": Factor(Interval(2.0, 5.0)),
    "x0.3 to x0.9": Factor(Interval(0.3, 0.9)),
    "x(fear)": Factor(Name(("fear",))),
    "+1 to +6 points": PointsChange(Interval(1.0, 6.0)),
    "-5 to -1 points": PointsChange(Interval(-5.0, -1.0)),
    "-10 to 0 points": PointsChange(Interval(-10.0, 0.0)),
    "+1 point": PointsChange(Number(1.0)),
    "+2 percentage points": PointsChange(Number(2.0)),
    "10% to 45% of rest": OfRest(Interval(0.1, 0.45, percent=True)),
    "40% of the rest": OfRest(Number(0.4, percent=True)),
    "about even of rest": OfRest(ProbabilityWord("about even")),
    "rest": Rest(),
    "exact": Exact(),
    "unlikely": ProbabilityWord("unlikely"),
    "Highly  Unlikely": ProbabilityWord("highly unlikely"),
    "more often than not": ProbabilityWord("more often than not"),
    "x2 to x6 per 10": Likelier(Interval(2.0, 6.0), 10.0),
    "x3 per 10 points": Likelier(Number(3.0), 10.0),
    "war_cost": Name(("war_cost",)),
    "100 - war_cost": Arithmetic("-", Number(100.0), Name(("war_cost",))),
    "100 - 20": Arithmetic("-", Number(100.0), Number(20.0)),
    "100 - (20 to 60)": Arithmetic("-", Number(100.0), Interval(20.0, 60.0)),
    "a - b - c": Arithmetic("-", Arithmetic("-", Name(("a",)), Name(("b",))), Name(("c",))),
    "a + b * c": Arithmetic("+", Name(("a",)), Arithmetic("*", Name(("b",)), Name(("c",)))),
    "2 ^ 3 ** 2": Arithmetic("^", Number(2.0), Arithmetic("^", Number(3.0), Number(2.0))),
    "-a ^ 2": Negate(Arithmetic("^", Name(("a",)), Number(2.0))),
    "-(5)": Negate(Number(5.0)),
    "restless": Name(("restless",)),
    "total": Name(("total",)),
    "x": Name(("x",)),
    "x - 2": Arithmetic("-", Name(("x",)), Number(2.0)),
    "normal(0, 1)": Call("normal", (Number(0.0), Number(1.0))),
    "uniform(10%, 30%)": Call("uniform", (Number(0.1, percent=True), Number(0.3, percent=True))),
    "max(a, 3)": Call("max", (Name(("a",)), Number(3.0))),
    "mixture(10 to 20, unlikely, shares(3, 1))": Call(
        "mixture", (Interval(10.0, 20.0), ProbabilityWord("unlikely"), Call("shares", (Number(3.0), Number(1.0))))
    ),
}


@pytest.mark.parametrize(("text", "node"), QUANTITIES.items(), ids=QUANTITIES.keys())
def test_a_quantity_is_read_as(text: str, node: Quantity) -> None:
    assert parse_quantity(text) == node
    assert parse_quantity(f"  {text}\n") == node


@pytest.mark.slow
def test_a_percentage_is_the_nearest_number() -> None:
    # 7 % is the float nearest to 0.07, not 7 / 100 after rounding twice
    for hundredths in range(1, 10_000):
        written = f"{hundredths / 100:.2f}"
        assert parse_quantity(f"{written}%") == Number(float(f"{hundredths}e-4"), percent=True)
        if hundredths % 97 == 0:
            assert parse_quantity(f"{written} to 100%") == Interval(float(f"{hundredths}e-4"), 1.0, percent=True)
