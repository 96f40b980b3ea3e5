"""The compiled tables against a slow reference: one world, one joint state, one rule at a time, in plain Python."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quandary.base import Array
from quandary.case import (
    Actor,
    Assumption,
    Case,
    ChanceEvent,
    DecisionEvent,
    EventDefinition,
    OddsRule,
    Rule,
    Sourced,
    Stake,
    indicator,
    states_of,
)
from quandary.compile import CompiledCase, Model, compile_case
from quandary.game import Table
from quandary.language import (
    And,
    Condition,
    Expression,
    Factor,
    Interval,
    Is,
    Name,
    Not,
    Number,
    OfRest,
    Or,
    Otherwise,
    PointsChange,
    Quantity,
    Rest,
    parse_quantity,
)

WORLDS = 3
STATES = {"type": ("soft", "hard"), "unrest": ("none", "some", "threat"), "move": ("wait", "go")}
ASSUMPTIONS = {"chance": "10% to 40%", "cost": "20 to 60", "boost": "x1.5 to x4", "gain": "+0.5 to +4 points"}

Joint = Mapping[str, str]


# --- random cases ------------------------------------------------------------------------------------------


def conditions(names: tuple[str, ...]) -> st.SearchStrategy[Condition]:
    def is_one(name: str) -> st.SearchStrategy[Condition]:
        states = st.lists(st.sampled_from(STATES[name]), min_size=1, max_size=2, unique=True)
        return st.builds(Is, st.just(Name((name,))), states.map(tuple), st.booleans())

    leaf: st.SearchStrategy[Condition] = st.one_of([is_one(name) for name in names])
    if {"unrest", "move"} <= set(names):
        leaf |= st.just(Name(("crisis",)))

    def join(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        pair = st.tuples(inner, inner)
        return st.one_of(st.builds(Not, inner), st.builds(And, pair), st.builds(Or, pair))

    return st.recursive(leaf, join, max_leaves=3)


def rule_conditions(names: tuple[str, ...], most: int, last: bool) -> st.SearchStrategy[list[Condition]]:
    some = st.lists(conditions(names), max_size=most)
    return some.map(lambda found: [*found, Otherwise()]) if last else some


def percent() -> st.SearchStrategy[Quantity]:
    exact = st.integers(0, 40).map(lambda n: Number(n / 100, percent=True))
    ranges = st.tuples(st.integers(1, 15), st.integers(1, 15)).map(
        lambda ends: Interval(ends[0] / 100, (ends[0] + ends[1]) / 100, percent=True)
    )
    return exact | ranges | st.just(Name(("chance",)))


def worths() -> st.SearchStrategy[Quantity]:
    exact = st.integers(-50, 150).map(lambda n: Number(float(n)))
    ranges = st.tuples(st.integers(-20, 80), st.integers(1, 30)).map(
        lambda ends: Interval(float(ends[0]), float(ends[0] + ends[1]))
    )
    return exact | ranges | st.just(Name(("cost",))) | st.just(parse_quantity("100 - cost"))


def effect_values() -> st.SearchStrategy[Quantity]:
    factor = st.integers(1, 40).map(lambda n: Factor(Number(n / 10)))
    factors = st.integers(2, 20).map(lambda n: Factor(Interval(n / 10, n / 10 + 1)))
    points = st.integers(-3, 25).map(lambda n: PointsChange(Number(float(n))))
    return factor | factors | points | st.sampled_from([Name(("boost",)), Name(("gain",))])


@st.composite
def odds(draw: st.DrawFn, path: str) -> tuple[tuple[str, Sourced], ...]:
    order = draw(st.permutations(["calm", "protests", "serious"]))
    rest = draw(st.integers(0, 2))
    entries = []
    for place, state in enumerate(order):
        share = draw(percent())
        value: Quantity = OfRest(share) if draw(st.booleans()) else share
        entries.append((state, Sourced(Rest() if place == rest else value, f"{path}.{state}")))
    return tuple(entries[: draw(st.integers(rest + 1, 3))])


@st.composite
def effects(draw: st.DrawFn, path: str, rest_states: frozenset[str]) -> tuple[tuple[str, Sourced], ...]:
    """Effects that are well formed: points only on states that no base rule gives ``rest``."""
    chosen = draw(st.lists(st.sampled_from(["calm", "protests", "serious"]), min_size=1, unique=True))
    found = []
    for state in chosen:
        value = draw(effect_values())
        if state in rest_states and (isinstance(value, PointsChange) or value == Name(("gain",))):
            value = Factor(Number(2.0))
        found.append((state, Sourced(value, f"{path}.{state}")))
    return tuple(found)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    known = ("type", "unrest", "move")
    base = tuple(
        OddsRule(condition, draw(odds(f"base.{n}")))
        for n, condition in enumerate(draw(rule_conditions(known, 3, last=True)))
    )
    rests = frozenset(s for rule in base for s, value in rule.odds if isinstance(value.quantity, Rest))
    applied = tuple(
        OddsRule(condition, draw(effects(f"effects.{n}", rests)))
        for n, condition in enumerate(draw(rule_conditions(known, 3, last=draw(st.booleans()))))
    )
    story = (
        ChanceEvent("type", STATES["type"], private="russia", odds=(even("type"),)),
        ChanceEvent("unrest", STATES["unrest"], odds=(even("unrest"),)),
        DecisionEvent("move", "russia", STATES["move"], sees=("unrest",)),
        ChanceEvent("contagion", ("calm", "protests", "serious"), known, base=base, effects=applied),
    )
    crisis = Or((Is(Name(("unrest",)), ("threat",)), Is(Name(("move",)), ("go",))))
    return Case(
        title="a random case",
        as_of=date(2022, 1, 8),
        path="random.yaml",
        sha256="",
        actors={"russia": Actor("russia", "Russia", Sourced(parse_quantity("x2 to x6 per 10"), "rationality"))},
        assumptions={
            name: Assumption(name, Sourced(parse_quantity(text), f"assumptions.{name}"))
            for name, text in ASSUMPTIONS.items()
        },
        story=story,
        stakes=tuple(draw(stakes(f"stake{n}", weighted=n < 2)) for n in range(3)),
        events={"crisis": EventDefinition("crisis", crisis)},
    )


def even(name: str) -> OddsRule:
    share = 1 / len(STATES[name])
    return OddsRule(Otherwise(), tuple((s, Sourced(Number(share, percent=True), f"{name}.{s}")) for s in STATES[name]))


@st.composite
def stakes(draw: st.DrawFn, name: str, weighted: bool) -> Stake:
    def rules(kind: str, names: tuple[str, ...], values: st.SearchStrategy[Quantity]) -> tuple[Rule, ...]:
        return tuple(
            Rule(condition, Sourced(draw(values), f"{name}.{kind}.{n}"))
            for n, condition in enumerate(draw(rule_conditions(names, 2, last=True)))
        )

    points = st.integers(-9, 9).map(lambda n: PointsChange(Number(float(n))))
    weights = st.integers(1, 60).map(lambda n: Number(n / 100, percent=True))
    known = ("type", "unrest", "move")
    return Stake(
        "russia",
        name,
        rules("weight", ("type",), weights) if weighted else (),
        rules("worth", known, worths()),
        rules("effects", known, points | st.just(Name(("gain",)))) if draw(st.booleans()) else (),
    )


# --- the reference -----------------------------------------------------------------------------------------


def holds(case: Case, node: Expression, joint: Joint) -> bool:
    match node:
        case Is(variable, states, negated):
            return (joint[variable.text] in states) != negated
        case Not(operand):
            return not holds(case, operand, joint)
        case And(operands):
            return all(holds(case, one, joint) for one in operands)
        case Or(operands):
            return any(holds(case, one, joint) for one in operands)
        case Name():
            return holds(case, case.events[node.text].condition, joint)
        case _:
            return True


class Reference:
    """One case in one world."""

    def __init__(self, model: Model, uniforms: Mapping[str, Array], world: int) -> None:
        self.case = model.case
        self.drawn = {
            name: float(estimate.quantile(uniforms[name])[world]) for name, estimate in model.estimates.items()
        }

    def number(self, sourced: Sourced) -> float:
        """Return a number's value; a factor's or points' amount, a share's share."""
        match sourced.quantity:
            case Factor(Number(value, _)) | PointsChange(Number(value, _)) | OfRest(Number(value, _)):
                return value
            case Number(value, _):
                return value
            case Name() as name:
                return self.number(self.case.assumptions[name.text].value)
            case OfRest(Name() as name):
                return self.number(self.case.assumptions[name.text].value)
            case quantity if quantity == parse_quantity("100 - cost"):
                return 100 - self.number(self.case.assumptions["cost"].value)
            case _:
                return self.drawn[sourced.path]

    def first(self, rules: tuple[Rule, ...], joint: Joint) -> float:
        return next(self.number(rule.value) for rule in rules if holds(self.case, rule.condition, joint))

    def odds(self, event: ChanceEvent, joint: Joint) -> dict[str, float] | None:
        """Return the odds of each state, or ``None`` where they are impossible."""
        rule = next(r for r in event.odds + event.base if holds(self.case, r.condition, joint))
        odds = dict.fromkeys(event.states, 0.0)
        left, rest = 1.0, None
        for state, sourced in rule.odds:
            if isinstance(sourced.quantity, Rest):
                rest = state
                continue
            share = self.number(sourced)
            odds[state] = share * left if isinstance(sourced.quantity, OfRest) else share
            left -= odds[state]
        if left < -1e-9 or (rest is None and left > 1e-9):
            return None
        if rest is not None:
            odds[rest] = max(left, 0.0)
        factors = dict.fromkeys(event.states, 1.0)
        for effect in applying(self.case, event.effects, joint):
            for state, sourced in effect.odds:
                kind = sourced.quantity
                if isinstance(kind, Name):
                    kind = self.case.assumptions[kind.text].value.quantity
                if isinstance(kind, Factor):
                    factors[state] *= self.number(sourced)
                else:
                    assert rest is not None
                    odds[state] += self.number(sourced) / 100
                    odds[rest] -= self.number(sourced) / 100
        if min(odds.values()) < -1e-9:
            return None
        product = {state: max(odds[state], 0.0) * factors[state] for state in odds}
        return {state: value / sum(product.values()) for state, value in product.items()}

    def payoff(self, stake: Stake, joint: Joint) -> float:
        worth = self.first(stake.worth, joint)
        worth += sum(self.number(rule.value) for rule in applying(self.case, stake.effects, joint))
        if not stake.weight:
            return worth
        others = [s for s in self.case.stakes if s.actor == stake.actor and s.weight]
        return worth * self.first(stake.weight, joint) / sum(self.first(s.weight, joint) for s in others)


RuleKind = TypeVar("RuleKind", OddsRule, Rule)


def applying(case: Case, rules: tuple[RuleKind, ...], joint: Joint) -> list[RuleKind]:
    """Return the effects that apply; ``otherwise`` does where no earlier one did."""
    found: list[RuleKind] = []
    for rule in rules:
        applies = not found if isinstance(rule.condition, Otherwise) else holds(case, rule.condition, joint)
        if applies:
            found.append(rule)
    return found


# --- the comparison ----------------------------------------------------------------------------------------


def joints(table_axes: tuple[str, ...], case: Case) -> Iterator[tuple[tuple[int, ...], Joint]]:
    """Yield every joint state of the axes, as indices and as names."""
    lists = [states_of(case.variable(name)) for name in table_axes]
    for index in itertools.product(*(range(len(states)) for states in lists)):
        yield index, {name: lists[k][i] for k, (name, i) in enumerate(zip(table_axes, index, strict=True))}


def in_world(table: Table, index: tuple[int, ...], world: int) -> float:
    return float(np.broadcast_to(table.values, (*table.values.shape[:-1], WORLDS))[(*index, world)])


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(0, 2**32))
def test_compiled_tables_agree_with_the_reference(case: Case, seed: int) -> None:
    """In every world and joint state; and the laws every compiled case obeys (one set of random cases for all)."""
    model = compile_case(case)
    rng = np.random.default_rng(seed)
    uniforms = {name: rng.uniform(0.001, 0.999, WORLDS) for name in model.names}
    compiled = model.diagram(uniforms, WORLDS)
    for world in range(WORLDS):
        reference = Reference(model, uniforms, world)
        odds_agree(reference, compiled, world)
        utilities_agree(reference, compiled, world)
        one_world_alone_agrees(model, uniforms, compiled, world)
    probabilities_and_weights_sum_to_one(compiled)


def odds_agree(reference: Reference, compiled: CompiledCase, world: int) -> None:
    event = reference.case.variable("contagion")
    assert isinstance(event, ChanceEvent)
    table = compiled.diagram.tables["contagion"]
    assert table.axes == (*event.given, "contagion")
    possible = True
    for index, joint in joints(event.given, reference.case):
        expected = reference.odds(event, joint)
        possible &= expected is not None
        if expected is not None:
            for state, value in enumerate(event.states):
                assert abs(in_world(table, (*index, state), world) - expected[value]) < 1e-12
    assert compiled.valid[world] == possible


def utilities_agree(reference: Reference, compiled: CompiledCase, world: int) -> None:
    everything = {"type": "soft", "unrest": "none", "move": "wait"}
    for utility, stake in zip(compiled.diagram.utilities, reference.case.stakes, strict=True):
        assert (utility.name, utility.player) == (stake.id, stake.actor)
        for index, joint in joints(utility.table.axes, reference.case):
            expected = reference.payoff(stake, {**everything, **joint})
            assert abs(in_world(utility.table, index, world) - expected) < 1e-9


def one_world_alone_agrees(model: Model, uniforms: Mapping[str, Array], compiled: CompiledCase, world: int) -> None:
    alone = model.diagram({name: column[world : world + 1] for name, column in uniforms.items()}, 1)
    for name, table in compiled.diagram.tables.items():
        here = table.values[..., world : world + 1] if table.worlds > 1 else table.values
        assert np.array_equal(here, alone.diagram.tables[name].values)


def probabilities_and_weights_sum_to_one(compiled: CompiledCase) -> None:
    """Also in impossible worlds, whose odds are cut to something possible."""
    for table in compiled.diagram.tables.values():
        assert (table.values >= 0).all()
        assert np.allclose(table.values.sum(axis=-2), 1, rtol=0, atol=1e-12)
    weights = [table.over(("type",)) for table in compiled.weights.values()]
    assert np.allclose(sum(weights), 1, rtol=0, atol=1e-12)


CRISIS = Case(
    title="conditions only",
    as_of=date(2022, 1, 8),
    path="",
    sha256="",
    story=tuple(ChanceEvent(name, states) for name, states in STATES.items()),
    events={
        "crisis": EventDefinition("crisis", Or((Is(Name(("unrest",)), ("threat",)), Is(Name(("move",)), ("go",)))))
    },
)


@settings(max_examples=100, deadline=None)
@given(conditions(("type", "unrest", "move")))
def test_indicator_agrees_with_the_reference(condition: Condition) -> None:
    table = indicator(CRISIS, condition)
    for index, joint in joints(table.axes, CRISIS):
        assert table.values[(*index, 0)] == holds(CRISIS, condition, joint)
