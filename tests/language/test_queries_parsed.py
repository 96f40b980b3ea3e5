"""Conditions and queries: what is written and the node it becomes."""

from __future__ import annotations

import pytest

from quandary.language import (
    And,
    Arithmetic,
    Ask,
    Call,
    Compare,
    Condition,
    Expression,
    Is,
    Name,
    Negate,
    Not,
    Number,
    Or,
    Otherwise,
    SetVariable,
    parse_condition,
    parse_query,
    syntax,
    written,
)


def name(dotted: str) -> Name:
    return Name(tuple(dotted.split(".")))


def eq(variable: str, *states: str, negated: bool = False) -> Is:
    return Is(name(variable), states, negated)


A, B, C = name("a"), name("b"), name("c")

CONDITIONS: dict[str, Condition] = {
    "invasion": name("invasion"),
    "unrest = none": eq("unrest", "none"),
    "unrest == none": eq("unrest", "none"),
    "unrest=none": eq("unrest", "none"),
    "unrest != none": eq("unrest", "none", negated=True),
    "unrest ≠ none": eq("unrest", "none", negated=True),
    "unrest in (none, contained)": eq("unrest", "none", "contained"),
    "unrest not in (none)": eq("unrest", "none", negated=True),
    "year = 2022": eq("year", "2022"),
    "x2 = x3": eq("x2", "x3"),
    "seen = yes": eq("seen", "yes"),
    "android or order": Or((name("android"), name("order"))),
    "otherwise": Otherwise(),
    "a and b and c": And((A, B, C)),
    "a or b and c": Or((A, And((B, C)))),
    "(a or b) and c": And((Or((A, B)), C)),
    "(a and b) and c": And((And((A, B)), C)),
    "not a and b": And((Not(A), B)),
    "not (a and b)": Not(And((A, B))),
    "a and (not b)": And((A, Not(B))),
    "a and not b = c": And((A, Not(eq("b", "c")))),
}

UKRAINE = name("russia.ukraine")
FAIL, SUCCESS = eq("operation", "fail"), eq("operation", "success")

QUERIES: dict[str, Expression] = {
    "P(invasion)": Ask("P", name("invasion")),
    "P(a = x or b | c, not a)": Ask("P", Or((eq("a", "x"), B)), (C, Not(A))),
    "P(a | b = c, do(d = e) and f)": Ask("P", A, (eq("b", "c"), name("f")), (SetVariable(name("d"), "e"),)),
    "P(a | do(b = x, c = y), do_unseen(d == z))": Ask(
        "P", A, (), (SetVariable(B, "x"), SetVariable(C, "y"), SetVariable(name("d"), "z"))
    ),
    "P(a | (b and c))": Ask("P", A, (And((B, C)),)),
    "P(a | b and c)": Ask("P", A, (B, C)),
    "E(russia)": Ask("E", name("russia")),
    "E(russia.economy | a = x)": Ask("E", name("russia.economy"), (eq("a", "x"),)),
    "weight(russia.economy) > 0": Compare(">", Ask("weight", name("russia.economy")), Number(0.0)),
    "swing(russia.economy) >= 10": Compare(">=", Ask("swing", name("russia.economy")), Number(10.0)),
    "best(russia.ukraine = stand_down | a, b)": Ask("best", eq("russia.ukraine", "stand_down"), (A, B)),
    "margin(russia.ukraine | operation = fail)": Ask("margin", UKRAINE, (FAIL,)),
    "dilemma(russia.ukraine | operation = fail) against operation = success": Ask(
        "dilemma", UKRAINE, (FAIL,), (), (SUCCESS,)
    ),
    "(drop(russia.ukraine | operation = fail) against operation = success) > 5": Compare(
        ">", Ask("drop", UKRAINE, (FAIL,), (), (SUCCESS,)), Number(5.0)
    ),
    "clash(russia.ukraine: east, south | operation = fail)": Ask(
        "clash", UKRAINE, (FAIL,), stakes=(("east",), ("south",))
    ),
    "both(russia.ukraine: east, south | c = d and e, do(f = g))": Ask(
        "both",
        UKRAINE,
        (eq("c", "d"), name("e")),
        (SetVariable(name("f"), "g"),),
        stakes=(("east",), ("south",)),
    ),
    "both(russia.ukraine)": Ask("both", UKRAINE),
    "both(russia.ukraine: east + west, south | operation = fail)": Ask(
        "both", UKRAINE, (FAIL,), stakes=(("east", "west"), ("south",))
    ),
    "clash(russia.ukraine: a+b+russia.c)": Ask("clash", UKRAINE, stakes=(("a", "b", "russia.c"),)),
    "would(x = v | seen a = b, do(c = d))": Ask("would", eq("x", "v"), (eq("a", "b"),), (SetVariable(C, "d"),)),
    "abs(P(a) - P(b)) >= 1%": Compare(
        ">=", Call("abs", (Arithmetic("-", Ask("P", A), Ask("P", B)),)), Number(0.01, percent=True)
    ),
    "P(a) > 1 and not P(b) == 0 or P(c) ≤ 20%": Or(
        (
            And(
                (
                    Compare(">", Ask("P", A), Number(1.0)),
                    Not(Compare("=", Ask("P", B), Number(0.0))),
                )
            ),
            Compare("<=", Ask("P", C), Number(0.2, percent=True)),
        )
    ),
    "-P(a) / 2": Arithmetic("/", Negate(Ask("P", A)), Number(2.0)),
    "max(P(a), P(b), 10%)": Call("max", (Ask("P", A), Ask("P", B), Number(0.1, percent=True))),
    "P(a\n  | b)\n  < P(c)": Compare("<", Ask("P", A, (B,)), Ask("P", C)),
}


@pytest.mark.parametrize(("text", "node"), CONDITIONS.items(), ids=CONDITIONS.keys())
def test_a_condition_is_read_as(text: str, node: Condition) -> None:
    assert parse_condition(text) == node


@pytest.mark.parametrize(("text", "node"), QUERIES.items(), ids=QUERIES.keys())
def test_a_query_is_read_as(text: str, node: Expression) -> None:
    assert parse_query(text) == node


def test_after_against_an_and_joins_conditions_until_a_query_follows() -> None:
    drop = Ask("drop", UKRAINE, (A,), (), (B, SUCCESS))
    read = parse_query("drop(russia.ukraine | a) against b and operation = success > 5 and P(c) > 50%")
    assert read == And((Compare(">", drop, Number(5.0)), Compare(">", Ask("P", C), Number(0.5, percent=True))))


@pytest.mark.parametrize(
    ("text", "names", "states"),
    [
        ('P("the sky" = "[0,1)" | mood = "-1")', [("the sky",), ("mood",)], ["[0,1)", "-1"]),
        ('P("a.b" = x | "c" in ("1.5", y), do("d e" = "and"))', [("a.b",), ("c",), ("d e",)], ["x", "1.5", "y", "and"]),
        ('P(a = b and "c d" = e)', [("a",), ("c d",)], ["b", "e"]),
    ],
)
def test_names_and_states_in_quotation_marks(text: str, names: list[tuple[str, ...]], states: list[str]) -> None:
    query = parse_query(text)
    assert isinstance(query, syntax.Ask)
    parts: list[syntax.Is | syntax.SetVariable] = []
    for node in (query.target, *query.given):
        parts += [p for p in (node.operands if isinstance(node, syntax.And) else [node]) if isinstance(p, syntax.Is)]
    parts += query.do
    assert [part.variable.parts for part in parts] == names
    assert [s for part in parts for s in (part.states if isinstance(part, syntax.Is) else [part.state])] == states
    assert parse_query(written(query)) == query
