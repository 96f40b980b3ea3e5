"""Faults of the language: each code, where the caret stands, and the words that help."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib.resources import files

import pytest

from quandary.base import CaseError, Place, Problem
from quandary.language import DEEPEST, LONGEST, parse_condition, parse_quantity, parse_query

Parser = Callable[..., object]
CATALOGUE = tomllib.loads((files("quandary.base.faults") / "language.toml").read_text(encoding="utf-8"))
PARSERS: dict[str, Parser] = {"quantity": parse_quantity, "condition": parse_condition, "query": parse_query}
KIND = {
    **dict.fromkeys(["Q130", "Q140", "Q141", "Q151"], "condition"),
    **dict.fromkeys(["Q131", "Q132", "Q142", "Q143", "Q144", "Q145", "Q146", "Q148", "Q150", "Q153", "Q155"], "query"),
}


def faults(kind: str, text: str, place: Place | None = None) -> tuple[Problem, ...]:
    """Return the faults of a text that must have some."""
    with pytest.raises(CaseError) as caught:
        PARSERS[kind](text, place or Place("case.yaml", 7, 5))
    assert caught.value.problems
    return caught.value.problems


@pytest.mark.parametrize("code", [code for code, entry in CATALOGUE.items() if "example" in entry])
def test_the_catalogue_shows_the_mistake_and_its_mending(code: str) -> None:
    kind = KIND.get(code, "quantity")
    entry = CATALOGUE[code]
    assert {problem.code for problem in faults(kind, entry["example"])} == {code}
    PARSERS[kind](entry["fix"])


SENTENCES = [
    # kind, text, code, text under the caret, words of the message, words of the hint
    ("condition", "rain in (none, some, none)", "Q151", "none", "twice", "remove"),
    ("query", "clash(r.d: a + b + a, c)", "Q151", "a", "twice", "remove"),
    ("query", "both(r.d: a + b, c, a+b)", "Q151", "a+b", "twice", "remove"),
    ("quantity", "20 – 60", "Q135", "20 – 60", '"to"', "20 to 60"),
    ("quantity", "10..20", "Q135", "10..20", '"to"', "10 to 20"),
    ("quantity", "between 10 and 20", "Q135", "10 and 20", '"to"', "10 to 20"),
    ("quantity", "5-10", "Q135", "5-10", "subtracts", "5 to 10"),
    ("quantity", "40 - 60", "Q135", "40 - 60", "subtracts", "40 to 60"),
    ("quantity", "40 % - 60 %", "Q135", "40 % - 60 %", "subtracts", "40 % to 60 %"),
    ("quantity", "the rest", "Q130", "rest", "not expected", "write rest"),
    ("query", "conflict", "Q148", "conflict", "is none", "P(conflict)"),
    ("query", "will it happen", "Q148", "will", "is none", "P(x = v)"),
    ("quantity", "a to 5", "Q134", "a", "plain number", "assumption"),
    ("quantity", "norml(0, 1)", "Q132", "norml", "distribution", '"normal"'),
    ("quantity", "normal(0)", "Q147", "normal", "2 numbers, not 1", "standard deviation"),
    ("quantity", "20 to 60 (lognrmal)", "Q133", "(lognrmal)", "lognrmal", '"lognormal"'),
    ("quantity", "1e999", "Q139", "1e999", "too large", ""),
    ("quantity", "20k", "Q139", "20k", "not a number", "space"),
    ("quantity", "3 pints", "Q130", "pints", "pints", '"points"'),
    ("quantity", "20 to", "Q130", "", "ends where a number", ""),
    ("quantity", "war_cost $", "Q130", "$", "expected", ""),
    ("quantity", "'unlikely'", "Q130", "'", "quotation marks", "drop"),
    ("quantity", "100 - (20", "Q131", "(", "never closed", ""),
    ("quantity", "100 - 20)", "Q131", ")", "closes nothing", ""),
    ("condition", "unrest > none", "Q140", ">", "no order", "in (b, c)"),
    ("condition", "P(a) > 2", "Q140", "P", "query", "event"),
    ("condition", "a adn b", "Q130", "adn", "adn", '"and"'),
    ("condition", "a = b othrwise", "Q130", "othrwise", "expected", ""),
    ("condition", "a in [b, c]", "Q130", "[", "[", "round brackets"),
    ("condition", "a || b", "Q130", "||", "||", '"or"'),
    ("condition", "a is b", "Q130", "is", "is", '"="'),
    ("condition", "a =", "Q130", "", "a state was expected", ""),
    ("condition", "a or and b", "Q130", "and", "expected a name", ""),
    ("condition", "do(a = b)", "Q142", "do(a = b)", "intervention", "|"),
    ("query", "p(a)", "Q132", "p", '"p"', '"P"'),
    ("query", "margn(a.b)", "Q132", "margn", "margn", '"margin"'),
    ("query", "P(a | doo(x = v))", "Q132", "doo", "intervention", '"do"'),
    ("query", "P(a | do x = v)", "Q130", "do", "brackets", "do(x = v)"),
    ("query", "P(a) to P(b)", "Q130", "to", "no ranges", "P(...) > 20%"),
    ("query", "P(a) > 1 + (E(b) > 2)", "Q144", "(E(b) > 2)", "true or false", "join"),
    ("query", "E(a.b: c)", "Q146", ": c", "stakes", ""),
    ("query", "margin(a.b) against c", "Q146", "margin(a.b) against c", "against", "drop"),
    ("query", "dilemma(a.b) against c > 2", "Q146", "dilemma(a.b) against c", "3 parts", "margin"),
    ("query", "max(P(a))", "Q147", "max", "at least 2", "max(a, b, ...)"),
    ("query", "P(a) >= 20", "Q150", "20", "between 0 and 1", "20%"),
    ("query", "120% < P(a)", "Q150", "120%", "between 0 and 1", ""),
    ("query", "do(a = b)", "Q142", "do", "no query", "|"),
    ("query", "P(a | b | c)", "Q130", "|", "expected", "commas"),
    ("query", "best(a.b c)", "Q130", "c", 'expected "="', ""),
    ("query", "P(a | do(b != c))", "Q130", "!=", 'expected "="', "one state"),
    ("query", "dilemma(a | b against c)", "Q130", "against", "expected", "closing bracket"),
    ("query", "P(a) if b", "Q130", "if", "expected", "|"),
    ("query", "abs P(a)", "Q130", "abs", "expected", "brackets"),
    ("query", "E(a.b) > 5 points", "Q130", "points", "expected", "number alone"),
    ("condition", "a = stay-out", "Q130", "-", "expected", "underscores"),
    ("condition", "a = b, c = d", "Q130", ",", "expected", "and"),
    ("condition", "a = (b, c)", "Q130", "(", "a state", " in "),
    ("condition", "a = regime threat", "Q130", "threat", "expected", "one word"),
    ("quantity", "2x to 5x", "Q139", "2x", "not a number", "x2"),
    ("quantity", "x2-x5", "Q130", "-", "expected", "x2 to x5"),
    ("quantity", "10%-25% of rest", "Q135", "10%-25% of rest", "subtracts", "10% to 25% of rest"),
    ("quantity", "+1-6 points", "Q135", "+1-6 points", "subtracts", "+1 to 6 points"),
    ("quantity", "about 20", "Q130", "20", "expected", "15 to 25"),
    ("quantity", "20 ± 5", "Q130", "±", "expected", "15 to 25"),
    ("quantity", "20 to 60 lognormal", "Q130", "lognormal", "expected", "(lognormal)"),
    ("quantity", "2 to 6 per 10", "Q130", "per", "expected", "x2 to x6 per 10"),
    ("quantity", "10% of remaining", "Q130", "of", '"of rest"', "of rest"),
    ("query", "P(a = b = c)", "Q145", "=", "two sides", "and"),
]


OF_THE_FLAGSHIP = ("russia", "kazakh", "ukraine", "unrest", "invasion", "operation")
"""Names of the case that ships: a hint on another case names none of them."""


@pytest.mark.parametrize(("kind", "text", "code", "under", "said", "hinted"), SENTENCES)
def test_a_fault_says_what_where_and_how_to_mend_it(
    kind: str, text: str, code: str, under: str, said: str, hinted: str
) -> None:
    (problem,) = faults(kind, text)
    assert problem.code == code
    assert said in problem.message
    assert hinted in (problem.hint or "")
    assert not [name for name in OF_THE_FLAGSHIP if name in (problem.hint or "")]
    assert problem.place.line == 7
    assert problem.place.end_column is not None
    start, end = problem.place.column - 5, problem.place.end_column - 5
    assert text[start:end] == under


def test_every_code_raised_is_in_the_catalogue() -> None:
    assert {code for _, _, code, *_ in SENTENCES} <= set(CATALOGUE)
    for entry in CATALOGUE.values():
        assert entry["title"] and entry["explanation"].strip()


def test_several_faults_come_at_once() -> None:
    found = faults("query", "P(a) and P(b | seen c)")
    assert sorted(problem.code for problem in found) == ["Q143", "Q144", "Q144"]
    assert [problem.code for problem in faults("quantity", "a to 5 + b (foo)")] == ["Q134", "Q134"]
    assert [problem.code for problem in faults("quantity", "a to 5 (foo)")] == ["Q134", "Q133"]


def test_a_fault_on_a_later_line_of_a_text_is_placed_there() -> None:
    (problem,) = faults("query", "P(a)\n  < Q(b)")
    assert (problem.place.line, problem.place.column, problem.place.end_column) == (8, 5, 6)


@pytest.mark.slow
@pytest.mark.parametrize("kind", PARSERS)
@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000,
        "(" * 200 + "a" + ")" * 200,
        "(" * DEEPEST + "a" + ")" * DEEPEST,
        "not " * 2_000 + "a",
        "-" * 5_000 + "1",
        "+1" * 4_000,
        "2^" * 4_000 + "2",
        "P(" * 400 + "a" + ")" * 400,
        "abs(" * 300 + "P(a)" + ")" * 300,
        "a" * (LONGEST + 1),
        "9" * LONGEST,
        "a and " * 1_600 + "a",
        "\x00",
        "\ud800",
    ],
    ids=range(14),
)
def test_bombs_are_refused_cleanly(kind: str, text: str) -> None:
    try:
        PARSERS[kind](text)
    except CaseError as error:
        assert all(problem.code.startswith("Q1") for problem in error.problems)
    else:
        assert text.startswith("a and ")


def test_the_limit_of_length_is_named() -> None:
    (problem,) = faults("condition", "a" * (LONGEST + 1))
    assert problem.code == "Q137" and "10,001" in problem.message
    (problem,) = faults("quantity", "+1" * 4_000)
    assert problem.code == "Q138"
