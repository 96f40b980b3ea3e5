"""Laws of rule lists, effects and weights, over random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from quandary.base import Array
from quandary.case import Actor, Case, ChanceEvent, OddsRule, Rule, Sourced, Stake
from quandary.compile import CompiledCase, compile_case
from quandary.language import Otherwise, parse_condition, parse_quantity

STATES = ("calm", "protests", "serious")
Odds = tuple[str, dict[str, str]]


def odds_rules(rules: Sequence[Odds], path: str) -> tuple[OddsRule, ...]:
    return tuple(
        OddsRule(
            parse_condition(condition),
            tuple(
                (state, Sourced(parse_quantity(text), f"{path}[{condition}].{state}")) for state, text in odds.items()
            ),
        )
        for condition, odds in rules
    )


def compiled(
    base: Sequence[Odds], effects: Sequence[Odds] = (), stakes: tuple[Stake, ...] = (), level: float = 0.5
) -> CompiledCase:
    free = (
        OddsRule(
            Otherwise(), (("no", Sourced(parse_quantity("50%"), "no")), ("yes", Sourced(parse_quantity("rest"), "yes")))
        ),
    )
    model = compile_case(
        Case(
            title="laws",
            as_of=date(2022, 1, 8),
            path="",
            sha256="",
            actors={"russia": Actor("russia", "Russia", Sourced(parse_quantity("x2 per 10"), "rationality"))},
            story=(
                ChanceEvent("a", ("no", "yes"), odds=free),
                ChanceEvent("b", ("no", "yes"), odds=free),
                ChanceEvent(
                    "c", STATES, ("a", "b"), base=odds_rules(base, "base"), effects=odds_rules(effects, "effects")
                ),
            ),
            stakes=stakes,
        )
    )
    return model.diagram({name: np.full(2, level) for name in model.names}, 2)


def table(base: Sequence[Odds], effects: Sequence[Odds] = (), level: float = 0.5) -> Array:
    values = compiled(base, effects, level=level).diagram.tables["c"].values
    return np.broadcast_to(values, (2, 2, 3, 2))


percents = st.integers(1, 45).map(lambda n: f"{n}%")
odds = st.builds(lambda p, q: {"serious": p, "protests": q, "calm": "rest"}, percents, percents)
factors = st.integers(1, 60).map(lambda n: f"x{n / 10}")


@settings(max_examples=40, deadline=None)
@given(odds, odds, odds)
def test_the_first_rule_that_matches_counts(
    first: dict[str, str], second: dict[str, str], third: dict[str, str]
) -> None:
    both = table([("a = yes", first), ("a = yes and b = yes", second), ("otherwise", third)])
    assert np.array_equal(both, table([("a = yes", first), ("otherwise", third)]))
    assert np.array_equal(both, table([("not a = yes", third), ("otherwise", first)]))


@settings(max_examples=40, deadline=None)
@given(odds, odds, odds)
def test_rules_that_exclude_each_other_may_change_places(
    first: dict[str, str], second: dict[str, str], third: dict[str, str]
) -> None:
    rules = [("a = yes and b = no", first), ("a = no", second)]
    assert np.array_equal(table([*rules, ("otherwise", third)]), table([*rules[::-1], ("otherwise", third)]))


@settings(max_examples=40, deadline=None)
@given(odds, factors, factors, st.integers(0, 5))
def test_the_order_of_effects_does_not_matter(base: dict[str, str], one: str, two: str, points: int) -> None:
    effects = [
        ("a = yes", {"serious": one}),
        ("b = yes", {"serious": two, "protests": one}),
        ("a = no", {"serious": f"+{points} points"}),
    ]
    assert np.allclose(
        table([("otherwise", base)], effects), table([("otherwise", base)], effects[::-1]), rtol=1e-12, atol=0
    )


@settings(max_examples=40, deadline=None)
@given(odds, factors)
def test_a_factor_on_one_state_multiplies_its_odds(base: dict[str, str], factor: str) -> None:
    values = table([("otherwise", base)], [("a = yes", {"serious": factor})])
    before, after = values[0, :, 2], values[1, :, 2]
    assert np.allclose(after / (1 - after), float(factor[1:]) * before / (1 - before), rtol=1e-12, atol=0)
    others = values[..., :2, :] / values[..., :2, :].sum(axis=2, keepdims=True)
    assert np.allclose(others[0], others[1], rtol=1e-12, atol=0)


@settings(max_examples=40, deadline=None)
@given(odds, factors)
def test_a_factor_of_one_and_no_points_change_nothing(base: dict[str, str], factor: str) -> None:
    plain = table([("otherwise", base)])
    assert np.allclose(plain, table([("otherwise", base)], [("a = yes", {"serious": "x1"})]), rtol=1e-13, atol=0)
    assert np.allclose(plain, table([("otherwise", base)], [("a = yes", {"serious": "+0 points"})]), rtol=1e-13, atol=0)
    same = dict.fromkeys(STATES, factor)
    assert np.allclose(plain, table([("otherwise", base)], [("a = yes", same)]), rtol=1e-12, atol=0)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 0.99))
def test_shares_of_rest_never_pass_one(level: float) -> None:
    base = {"serious": "10% to 99%", "protests": "5% to 99% of rest", "calm": "rest"}
    found = compiled([("otherwise", base)], level=level)
    assert found.valid.all()


def stake(name: str, weight: str, worth: str) -> Stake:
    def rule(text: str, kind: str) -> tuple[Rule, ...]:
        return (Rule(Otherwise(), Sourced(parse_quantity(text), f"{name}.{kind}")),)

    return Stake("russia", name, rule(weight, "weight"), rule(worth, "worth"))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(2, 9))
def test_weights_are_shares_whatever_their_unit(first: int, second: int, unit: int) -> None:
    plain = {"serious": "5%", "calm": "rest"}

    def weights(scale: int) -> list[Array]:
        stakes = (stake("one", f"{first * scale}", "50"), stake("two", f"{second * scale}", "80"))
        return [t.values for t in compiled([("otherwise", plain)], stakes=stakes).weights.values()]

    for found, expected in zip(weights(unit), weights(1), strict=True):
        assert np.allclose(found, expected, rtol=1e-13, atol=0)
    assert np.allclose(weights(1)[0], first / (first + second), rtol=1e-13, atol=0)
