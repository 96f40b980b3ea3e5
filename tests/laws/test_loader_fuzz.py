"""No input gives a traceback: any bytes, any YAML-like text, any damage to a good case gives faults or a case."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tried import tried

import quandary.cases
from quandary.compile import Loaded, read_case_bytes
from quandary.report import render

TEMPLATE = Path(quandary.cases.__file__).parent / "_template"
FUZZ = settings(max_examples=tried(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
SLOW = settings(max_examples=tried(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
KEYS = ("quandary", "title", "as_of", "actors", "story", "chance", "decision", "states", "odds", "by", "sees", "x")
SIGNS = (":", ": ", "- ", "\n", "\n  ", "[", "]", "{", "}", ", ", "'", '"', "|", ">-", "&a", "*a", "!!str ", "<<", "?")
WRITINGS = ("# c", "---", "...", "\t", "1", "20%", "20% to 30%", "rest", "2030-01-01", "\\x00", "\ufeff", "???", "%")
TEXTS = ("P(a = b | do(c = d))", "x = y", "otherwise", "\u2028", "\x85", "\r", "~", "null", "true", "0x1f", "1e999")
PIECES = st.sampled_from([*KEYS, *SIGNS, *WRITINGS, *TEXTS])


def told(data: bytes) -> Loaded:
    """Return what was loaded; either a case or an error, and every fault can be shown."""
    path = TEMPLATE / "case.yaml"
    loaded = read_case_bytes(data, path)
    assert (loaded.case is None) == any(problem.is_error for problem in loaded.problems)
    shown = render(loaded.problems)
    assert bool(shown) == bool(loaded.problems)
    return loaded


@given(st.binary(max_size=400))
@FUZZ
def test_any_bytes(data: bytes) -> None:
    told(data)


@given(st.text(max_size=200))
@FUZZ
def test_any_text(text: str) -> None:
    told(text.encode("utf-8", "surrogatepass"))


@given(st.lists(PIECES, max_size=40).map("".join))
@FUZZ
def test_any_pieces_of_yaml(text: str) -> None:
    told(text.encode())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | PIECES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | PIECES, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.slow
@given(
    st.dictionaries(st.sampled_from([*KEYS, "events", "claims", "stakes", "checks", "forecasts"]), VALUES, max_size=8)
)
@FUZZ
def test_any_structure(value: object) -> None:
    text = json.dumps(value).replace("NaN", ".nan").replace("Infinity", ".inf")
    told(text.encode())


@cache
def good() -> str:
    return (TEMPLATE / "case.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["\r{", "\x85[", "a: ???\n? b", "\u2028: x: y"])
def test_texts_that_once_failed(text: str) -> None:
    told(text.encode())


def test_the_good_case_is_good() -> None:
    assert told(good().encode()).case is not None


@pytest.mark.slow
@given(st.data())
@SLOW
def test_any_damage_to_a_good_case(data: st.DataObject) -> None:
    """Cut something out of a good case, or put something in."""
    text = good()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    put = data.draw(PIECES | st.text(max_size=5))
    told((text[:start] + put + text[end:]).encode("utf-8", "surrogatepass"))


@pytest.mark.slow
@given(st.data())
@SLOW
def test_any_line_changed_in_a_good_case(data: st.DataObject) -> None:
    """Swap, drop or double whole lines of a good case."""
    lines = good().splitlines()
    first = data.draw(st.integers(0, len(lines) - 1))
    second = data.draw(st.integers(0, len(lines) - 1))
    match data.draw(st.sampled_from(["swap", "drop", "double"])):
        case "swap":
            lines[first], lines[second] = lines[second], lines[first]
        case "drop":
            del lines[first]
        case _:
            lines.insert(second, lines[first])
    told("\n".join(lines).encode())
