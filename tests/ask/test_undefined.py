"""Why a query has no value: the right reason, in every world in which it holds, against arithmetic done one by one."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ask.crisis import study
from tests.formats.samples import BIF
from typer.testing import CliRunner

from quandary.ask import CONDITION, NO_CHOICE, number, why_undefined
from quandary.base import Array, CaseError
from quandary.cli import build_app
from quandary.language import Arithmetic, Ask, Call, Compare, Expression, Name, Negate, Number
from quandary.quantities import DIVISION, OF_FUNCTIONS, POWER, TOO_LARGE

VALUES = (0.0, 0.25, 1.0, -2.0, 1e200, 1e-200, math.nan)
LETTERS = "abc"


ONE_BY_ONE: dict[str, Callable[[float], float]] = {
    "abs": math.fabs,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
}


class NoValueError(Exception):
    """Arithmetic that has no value, with the reason."""


def letter_of(ask: Ask) -> str:
    assert isinstance(ask.target, Name)
    return ask.target.text


def by_hand(node: Expression, values: dict[str, float]) -> float:
    """Return a number as Python computes it; the first place without a value says why."""
    match node:
        case Ask():
            value = values[letter_of(node)]
            if math.isnan(value):
                raise NoValueError(CONDITION)
            return value
        case Number(value, _):
            return value
        case Negate(operand):
            return -by_hand(operand, values)
        case Arithmetic(op, left, right):
            return held(operated(op, by_hand(left, values), by_hand(right, values)))
        case Call(name, args):
            return held(called(name, [by_hand(arg, values) for arg in args]))
        case _:
            raise TypeError


def operated(op: str, left: float, right: float) -> float:
    try:
        match op:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                return left / right
        value = left**right
    except ZeroDivisionError:
        raise NoValueError(DIVISION if op == "/" else POWER) from None
    except OverflowError:
        return math.inf
    if isinstance(value, complex):
        raise NoValueError(POWER)
    return float(value)


def called(name: str, args: list[float]) -> float:
    if name in ("min", "max"):
        return min(args) if name == "min" else max(args)
    try:
        return ONE_BY_ONE[name](args[0])
    except ValueError:
        raise NoValueError(OF_FUNCTIONS[name]) from None
    except OverflowError:
        return math.inf


def held(value: float) -> float:
    if math.isinf(value):
        raise NoValueError(TOO_LARGE)
    return value


calls = st.sampled_from([Ask("P", Name((letter,))) for letter in LETTERS])
plain = st.sampled_from([Number(v) for v in (0.0, 0.5, 2.0, 3.0, 1e300)])


def deeper(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.builds(Arithmetic, st.sampled_from("+-*/^"), inner, inner),
        st.builds(Negate, inner),
        st.builds(Call, st.sampled_from(["abs", "exp", "log", "sqrt"]), st.tuples(inner)),
        st.builds(Call, st.sampled_from(["min", "max"]), st.tuples(inner, inner)),
    )


numbers = st.recursive(st.one_of(calls, plain), deeper, max_leaves=8)
worlds = st.lists(st.tuples(*[st.sampled_from(VALUES)] * 3), min_size=1, max_size=6)


@given(numbers, worlds)
def test_each_reason_is_the_right_one(node: Expression, drawn: list[tuple[float, ...]]) -> None:
    columns = {letter: np.array([world[i] for world in drawn]) for i, letter in enumerate(LETTERS)}
    for world, values in enumerate(drawn):
        alone = dict(zip(LETTERS, values, strict=True))

        def value_of(ask: Ask, alone: dict[str, float] = alone) -> Array:
            return np.array([alone[letter_of(ask)]])

        found = float(np.broadcast_to(number(node, value_of), (1,))[0])
        reason = why_undefined(node, value_of)
        try:
            expected = by_hand(node, alone)
        except NoValueError as no_value:
            assert math.isnan(found)
            assert str(no_value) in reason
        else:
            assert found == pytest.approx(expected, rel=1e-9, abs=1e-300), world
            assert reason == ""
    with_all = why_undefined(node, lambda ask: columns[letter_of(ask)])
    undefined = np.isnan(np.broadcast_to(number(node, lambda ask: columns[letter_of(ask)]), (len(drawn),)))
    assert bool(with_all) == bool(undefined.any())
    compared = Compare("<", node, Number(1.0))
    assert why_undefined(compared, lambda ask: columns[letter_of(ask)]) == with_all


NOTHING = "(P(war) - P(war))"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (f"P(war) / {NOTHING}", DIVISION),
        (f"log{NOTHING}", OF_FUNCTIONS["log"]),
        (f"sqrt({NOTHING} - 1)", OF_FUNCTIONS["sqrt"]),
        (f"{NOTHING} ^ (0 - 1)", POWER),
        ("(P(war) + 1) * 1e308 * 10", TOO_LARGE),
        ("exp(P(war) + 800)", TOO_LARGE),
        (f"1 / (1 / {NOTHING})", DIVISION),
        (f"min(1, 1 / {NOTHING})", DIVISION),
        (f"P(war) / {NOTHING} > 1", DIVISION),
        (f"not log{NOTHING} > 1 and P(war) > 0", OF_FUNCTIONS["log"]),
        ("P(war | deploy = go and unrest = none)", CONDITION),
        ("P(war | deploy = go and unrest = none) > 1%", CONDITION),
        (f"P(war | deploy = go and unrest = none) / {NOTHING}", f"{CONDITION} and {DIVISION}"),
        (f"1 / {NOTHING} > 1 or log{NOTHING} > 1", f"{DIVISION} and {OF_FUNCTIONS['log']}"),
        ("margin(empire.deploy | unrest = none)", NO_CHOICE),
        ("margin(empire.deploy | unrest = none and operation = fail)", CONDITION),
    ],
)
def test_a_query_says_why_it_has_no_value(query: str, reason: str) -> None:
    answer = study(24, use_evidence=False).ask(query)
    assert answer.mean is None and answer.undefined == 24
    assert answer.why_undefined == reason


def test_reasons_of_different_worlds_are_told_with_their_number() -> None:
    """Below its middle a chance less that has no root, above it what is divided by is zero."""
    asked = study(24, use_evidence=False)
    chance = asked.ask("P(harvest = bad)").draws
    middle = float(np.sort(chance)[6:8].mean())
    query = f"sqrt(P(harvest = bad) - {middle}) + 1 / max({middle} - P(harvest = bad), 0)"
    low = int((chance < middle).sum())
    assert low == 7
    answer = asked.ask(query)
    assert answer.undefined == 24
    counts = [f"(in {low} world{'s' * (low > 1)})", f"(in {24 - low} world{'s' * (low < 23)})"]
    assert answer.why_undefined == f"{OF_FUNCTIONS['sqrt']} {counts[0]} and {DIVISION} {counts[1]}"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("P(mood = high) / 0", DIVISION),
        ("log(0)", OF_FUNCTIONS["log"]),
        ("P(mood = high) * 1e308 * 10", TOO_LARGE),
        ("1 / 0 > P(mood = high)", DIVISION),
        ("P(mood = high | sky = wet and sky = dry)", CONDITION),
    ],
)
def test_a_game_file_says_why_too(tmp_path: Path, query: str, reason: str) -> None:
    file = tmp_path / "n.bif"
    file.write_text(BIF, encoding="utf-8")
    told = CliRunner().invoke(build_app(), ["ask", str(file), query])
    assert told.exit_code == 0, told.output
    assert f"undefined: {reason}" in " ".join(told.stdout.split())
    made = json.loads(CliRunner().invoke(build_app(), ["ask", str(file), query, "--json"]).stdout)
    assert made["undefined_because"] == reason and made["mean"] is None


@pytest.mark.parametrize(
    ("query", "words"), [("P(war) / 0", "division"), ("log(0)", "logarithm"), ("1e308 * 10 > 1", "large")]
)
def test_what_has_no_value_whatever_the_case_says_is_a_fault(query: str, words: str) -> None:
    with pytest.raises(CaseError) as caught:
        study(24).ask(query)
    (problem,) = caught.value.problems
    assert problem.code == "Q152" and words in problem.message
