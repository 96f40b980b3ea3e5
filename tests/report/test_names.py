"""Names as people read them."""

from __future__ import annotations

import pytest

import quandary
from quandary.base import Place
from quandary.case import Case, find_case
from quandary.compile import NumberKind, NumberRole, UncertainNumber
from quandary.language import parse_condition, parse_quantity
from quandary.quantities import Scale, read_estimate
from quandary.report import number_label, number_name, quantity_value, verb_for


def number(role: NumberRole, written: str = "20% to 40%", scale: Scale = Scale.PROBABILITY) -> UncertainNumber:
    estimate = read_estimate(parse_quantity(written), scale)
    return UncertainNumber("n", "n", role, estimate, Place("case.yaml", 7, 1))


@pytest.fixture(scope="module")
def case() -> Case:
    return quandary.load(find_case("kazakhstan-2022")).case


A_IS_B = parse_condition("a = b")
OWN = parse_condition("not (russia.ukraine = none and unrest = none) or a in (b, c)")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "read"),
    [
        (
            NumberRole("points", ("russia", "momentum"), condition=A_IS_B),
            "points of worth on the Kremlin's momentum when a = b",
        ),
        (NumberRole("points", ("unrest",), "none"), "percentage points on unrest = none"),
        (NumberRole("weight", ("russia", "central_asia_influence")), "weight of the Kremlin's central asia influence"),
        (NumberRole("worth", ("west", "deterrence")), "worth of the United States and its allies' deterrence"),
        (NumberRole("odds", ("unrest",), "none"), "odds of unrest = none"),
        (
            NumberRole("factor", ("unrest",), "none", condition=OWN),
            "factor on unrest = none when not (the Kremlin's ukraine = none and unrest = none) or a in (b, c)",
        ),
    ],
)
def test_an_actors_stake_is_told_by_the_actors_name(case: Case, role: NumberRole, read: str) -> None:
    assert number_label(number(role), case) == read
    assert number_name(number(role), case) == f"the {read} (line 7)"


def test_points_and_odds_take_a_plural_verb() -> None:
    kinds: tuple[NumberKind, ...] = ("points", "odds", "factor", "weight", "worth", "rationality")
    assert [verb_for(number(NumberRole(kind, ("x",)))) for kind in kinds] == ["are", "are", "is", "is", "is", "is"]


@pytest.mark.parametrize(
    ("written", "scale", "value", "said"),
    [
        ("20% to 40%", Scale.PROBABILITY, 0.3, "30 %"),
        ("20 to 40", Scale.NUMBER, 30.0, "30"),
        ("normal(40, 10)", Scale.NUMBER, 40.0, "40"),  # its 90 % interval is no percentage of it
        ("beta(2, 8)", Scale.PROBABILITY, 0.2, "20 %"),
    ],
)
def test_a_value_is_a_percentage_where_its_number_is_one(written: str, scale: Scale, value: float, said: str) -> None:
    assert quantity_value(number(NumberRole("worth", ("a", "b")), written, scale), value) == said
