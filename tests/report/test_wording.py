"""Numbers as people read them."""

from __future__ import annotations

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from quandary.ask import AnswerBounds, Study, findings
from quandary.base import counted
from quandary.compile import read_case_bytes
from quandary.language import Unit, parse_query
from quandary.report import (
    CaseNames,
    answer_phrase,
    between_said,
    bounds_said,
    brief_percent,
    chance,
    day,
    has_sign,
    is_certain,
    likelier_said,
    likelihood,
    listing,
    moved_said,
    number,
    of_worlds,
    outcome_table,
    percent,
    percent_between,
    percent_ends,
    percent_interval,
    portion,
    said_interval,
    share,
    signed,
    spread_chart,
    worth_points,
)


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.0, "0 %"),
        (0.00004, "about 1 in 25,000"),
        (0.0004, "about 1 in 2,500"),
        (0.00099, "about 1 in 1,000"),
        (0.001, "0.1 %"),
        (2.8e-7, "about 1 in 3.6 million"),
        (1e-9, "about 1 in 1 billion"),
        (4e-14, "about 1 in 25 trillion"),
        (5e-324, "less than 1 in a quadrillion"),
        (0.004, "0.4 %"),
        (0.474, "47 %"),
        (0.996, "99.6 %"),
        (0.99896, "99.9 %"),
        (0.99996, "all but about 1 in 25,000"),
        (1 - 1e-12, "all but about 1 in 1 trillion"),
        (1 - 1e-16, "100 %"),
        (1.0, "100 %"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_percent(probability: float | None, said: str) -> None:
    assert percent(probability) == said


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (0.01, "almost no chance"),
        (0.2, "unlikely"),
        (0.5, "roughly even chance"),
        (0.9, "very likely"),
        (0.9999999, "almost certain"),
        (1e-300, "almost no chance"),
        (1.0, "certain"),
        (0.0, "impossible"),
    ],
)
def test_likelihood_follows_the_bands(probability: float, word: str) -> None:
    assert likelihood(probability) == word


def test_small_things() -> None:
    assert percent_interval(0.22, 0.71) == "22 to 71 %"
    assert percent_interval(0.0004, 0.71) == "0.04 to 71 %"
    assert percent_interval(0.00004, 0.00004) == "1 in 25,000 throughout"
    assert percent_interval(0.00002, 0.00004) == "1 in 50,000 to 1 in 25,000"
    assert percent_interval(0.97, 0.99996) == "97 to 99.996 %"
    assert percent_interval(0.99996, 0.99998) == "all but 1 in 25,000 to all but 1 in 50,000"
    assert percent_interval(0.99996, 1.0) == "99.996 to 100 %"
    assert percent_interval(0.0, 0.00004) == "0 to 0.004 %"
    assert percent_interval(1e-9, 0.99999999) == "under 0.0001 to over 99.9999 %"
    assert percent_between(0.00029, 0.05) == "between 0.03 and 5 %"
    assert percent_interval(0.0, 0.0) == "0 % throughout"
    assert percent_interval(0.471, 0.474) == "47.1 to 47.4 %"
    assert percent_interval(0.4711, 0.4712) == "47 % throughout"
    assert [worth_points(4.551), worth_points(1.0)] == ["4.55 points of worth", "1 point of worth"]
    assert portion(0.0004) == "under 0.1 %"
    assert [brief_percent(p) for p in (0.00004, 0.3, 0.99996)] == ["1 in 25,000", "30 %", "> 99.9 %"]
    assert day(date(2022, 1, 8)) == "8 January 2022"
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert listing(["a"]) == "a"
    assert counted(1, "world") == "1 world"
    assert counted(2000, "world") == "2,000 worlds"


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.02, "2 %, about 1 in 50"),
        (0.0033, "0.3 %, about 1 in 300"),
        (0.0004, "about 1 in 2,500"),
        (0.05, "5 %"),
        (0.3, "30 %"),
        (0.97, "97 %, all but about 1 in 33"),
        (0.0, "0 %"),
        (1.0, "100 %"),
        (None, "–"),
    ],
)
def test_a_small_chance_is_also_one_in_so_many(probability: float | None, said: str) -> None:
    assert chance(probability) == said


@given(st.floats(1e-9, 1 - 1e-9))
def test_a_chance_and_its_opposite_read_alike(probability: float) -> None:
    few = min(probability, 1 - probability) < 0.05
    assert ("about 1 in" in chance(probability)) is few
    assert chance(probability).count("all but") == (few and probability > 0.5)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.84, "84 of 100 worlds"),
        (0.01, "1 of 100 worlds"),
        (0.004, "about 1 in 250 worlds"),
        (0.0, "none of 10,000 worlds"),
        (0.99, "99 of 100 worlds"),
        (0.996, "all but about 1 in 250 worlds"),
        (1.0, "all 10,000 worlds"),
        (None, "– of worlds"),
    ],
)
def test_a_share_of_worlds(share: float | None, said: str) -> None:
    assert of_worlds(share, 10_000) == said


@given(st.floats(0, 1))
def test_some_worlds_are_never_none_or_all(share: float) -> None:
    told = of_worlds(share)
    assert (told == "none of the worlds") is (share == 0)
    assert (told == "all the worlds") is is_certain(share)
    assert not told.startswith(("0 of", "100 of"))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_number_is_long_and_each_reads_back(value: float) -> None:
    told = number(value)
    assert len(told) < 25
    if 1e-300 < abs(value) < 1e308 or value == 0:
        assert float(told.replace(",", "").replace(" x 10^", "e")) == pytest.approx(value, rel=0.006)
    for words in (signed(value), worth_points(value), moved_said(value, Unit.DIFFERENCE)):
        assert len(words) < 45


def test_a_number_beyond_all_others_says_so() -> None:
    assert number(float("inf")) == "more than can be held"
    assert number(-float("inf")) == "less than can be held"
    assert number(1.234e300) == "1.23 x 10^300"
    assert signed(1e300) == "+1 x 10^302"
    assert [percent(1e300), percent(50.0), percent(-2.0)] == ["1 x 10^302 %", "5,000 %", "-200 %"]


inside = st.floats(1e-13, 1 - 1e-12, allow_subnormal=False) | st.floats(5e-324, 1e-3)


def read(said: str) -> float:
    """Return the probability that words say."""
    if said.startswith("all but"):
        return 1 - read(said.removeprefix("all but "))
    if "less than" in said:
        return 1e-15
    for word, size in (("trillion", 1e12), ("billion", 1e9), ("million", 1e6)):
        if said.endswith(word):
            return 1 / (size * float(said.split("1 in ")[1].split(maxsplit=1)[0]))
    if "1 in" in said:
        return 1 / float(said.split("1 in ")[1].replace(",", ""))
    return float(said.removesuffix(" %")) / 100


@given(inside)
def test_what_may_happen_never_reads_as_none_or_certain(probability: float) -> None:
    for said in (percent(probability), brief_percent(probability)):
        assert said not in ("0 %", "0.0 %", "100 %", "100.0 %")
    assert not is_certain(probability)
    assert share(probability) not in ("0", "1") or min(probability, 1 - probability) < 1e-12
    told = read(percent(probability))
    assert 0 < told < 1
    if 1e-15 < probability < 0.001:
        assert told == pytest.approx(probability, rel=0.06)
    elif probability < 0.999:
        assert abs(told - probability) <= 0.0051


@given(st.floats(0, 1), st.floats(0, 1))
def test_an_interval_says_both_ends(one: float, other: float) -> None:
    low, high = sorted((one, other))
    said = percent_interval(low, high)
    assert said.count("about") == 0
    assert " to " in said or said.endswith("throughout")
    between = percent_between(low, high)
    for told in (said, between):
        assert ("%" in told) != (" in " in told), "one kind of number"
    if " to " in said and "under" not in said and "over" not in said:
        assert tuple(map(read, percent_ends(low, high))) == pytest.approx((low, high), abs=0.0051, rel=0.06)


@given(st.floats(0.0001, 0.9999), st.floats(0.0001, 0.9999))
def test_no_end_of_a_range_reads_as_none_or_certain(one: float, other: float) -> None:
    ends = percent_ends(*sorted((one, other)))
    assert not {"0 %", "100 %"} & set(ends)
    assert read(ends[0]) <= read(ends[1])


def small_chance(odds: str) -> Study:
    """Return a case of one chance variable with these odds of yes."""
    text = f"""quandary: 1
title: A small chance
as_of: 2034-01-01
story: [{{chance: war, states: [no, yes], odds: {{yes: {odds}, no: rest}}, because: test}}]
"""
    case = read_case_bytes(text.encode(), "case.yaml").case
    assert case is not None
    return Study(case, worlds=64, threads=1)


def shown(study: Study) -> str:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(outcome_table(CaseNames(study.case), findings(study).outcomes))
    return console.export_text()


def test_certain_is_what_is_certain_by_structure() -> None:
    assert "no (certain)" in shown(small_chance("0%"))
    told = shown(small_chance("0.004%"))
    assert "certain" not in told
    assert "no all but about 1 in 25,000" in told
    assert "yes about 1 in 25,000" in told


@pytest.mark.parametrize(
    ("odds", "state", "phrase"),
    [
        ("0%", "yes", "Impossible, 0 % ("),
        ("0%", "no", "Certain, 100 % ("),
        ("0% to 0.001%", "yes", "Almost no chance, about 1 in "),
        ("0% to 0.001%", "no", "Almost certain, all but about 1 in "),
    ],
)
def test_what_cannot_be_is_not_told_as_a_small_chance(odds: str, state: str, phrase: str) -> None:
    study, query = small_chance(odds), f"P(war = {state})"
    assert answer_phrase(parse_query(query), study.ask(query)).startswith(phrase)


def test_a_small_chance_is_told_wherever_a_number_stands() -> None:
    study = small_chance("0.001% to 0.02%")
    answer = study.ask("P(war = yes)")
    assert answer.mean is not None
    assert 0 < answer.mean < 0.001
    phrase = answer_phrase(parse_query("P(war = yes)"), answer)
    assert phrase.startswith("Almost no chance, about 1 in ")
    assert " to 1 in " in phrase
    chart = spread_chart("answer", "War", parse_query("P(war = yes)"), answer)
    assert chart is not None
    assert all("1 in" in row[0] and "1 in" in row[1] for row in chart.sheet.rows)


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (0.035, Unit.DIFFERENCE, "3.5 percentage points more"),
        (-0.035, Unit.DIFFERENCE, "3.5 percentage points less"),
        (-0.00004, Unit.DIFFERENCE, "0.004 percentage points less"),
        (1e-12, Unit.DIFFERENCE, "0.0 percentage points"),
        (-1.0, Unit.POINTS, "1 point of worth less"),
        (3.0, Unit.POINTS, "3 points of worth more"),
        (-0.2, Unit.NUMBER, "0.2 less"),
        (0.0, Unit.NUMBER, "0"),
        (None, Unit.DIFFERENCE, "–"),
    ],
)
def test_a_move_has_its_direction_as_a_word(value: float | None, unit: Unit, told: str) -> None:
    assert moved_said(value, unit) == told


@pytest.mark.parametrize(
    ("low", "high", "told", "between"),
    [
        (-0.08, 0.169, "8.0 less to 16.9 more", "between 8.0 percentage points less and 16.9 more"),
        (0.018, 0.112, "1.8 to 11.2 more", "between 1.8 and 11.2 percentage points more"),
        (-0.112, -0.018, "1.8 to 11.2 less", "between 1.8 and 11.2 percentage points less"),
        (-0.2, 0.0, "0.0 to 20.0 less", "between 0.0 and 20.0 percentage points less"),
        (0.0, 0.051, "0.0 to 5.1 more", "between 0.0 and 5.1 percentage points more"),
        (-0.02, -0.02, "2.0 less throughout", "at 2.0 percentage points less"),
    ],
)
def test_the_ends_of_a_difference_have_words_for_signs(low: float, high: float, told: str, between: str) -> None:
    assert said_interval(low, high, Unit.DIFFERENCE) == told
    assert between_said(low, high, Unit.DIFFERENCE) == between


def test_a_difference_of_worth_is_more_or_less_and_an_amount_is_neither() -> None:
    difference, amount = parse_query("E(a | do(x = v)) - E(a | do(x = w))"), parse_query("E(a)")
    assert has_sign(difference)
    assert not has_sign(amount)
    assert said_interval(-3.0, -1.0, Unit.POINTS, sign=True) == "1 to 3 less"
    assert between_said(-3.0, -1.0, Unit.POINTS, sign=True) == "between 1 and 3 points of worth less"
    assert between_said(-3.0, 1.0, Unit.POINTS, sign=True) == "between 3 points of worth less and 1 more"
    assert said_interval(-3.0, -1.0, Unit.POINTS) == "-3 to -1"


def test_the_size_of_a_difference_is_neither_more_nor_less() -> None:
    assert said_interval(0.01, 0.05, Unit.DIFFERENCE, size=True) == "1.0 to 5.0"
    assert between_said(0.01, 0.05, Unit.DIFFERENCE, size=True) == "between 1.0 and 5.0 percentage points"


@pytest.mark.parametrize(
    ("query", "low", "high", "told"),
    [
        ("P(x = y) > P(x = z)", -0.1, 0.2, "allow anything between 10.0 percentage points less and 20.0 more, and may"),
        ("E(a | do(x = v)) > E(a | do(x = w))", 1.0, 3.0, "allow anything between 1 and 3 points of worth more, and"),
        ("E(a | do(x = v)) - E(a | do(x = w))", -3.0, -1.0, "allow anything between 1 and 3 points of worth less, and"),
        ("abs(P(x = y) - P(x = z))", 0.01, 0.05, "allow anything between 1.0 and 5.0 percentage points, and may allow"),
        (
            "P(x = y)",
            1e-9,
            0.3,
            "allow anything from under 0.1 % to 30 %, and may allow more: 12 worlds were searched.",
        ),
        ("P(x = y) > P(x = z)", 0.2, 0.2, "Nothing that the ranges allow moves the difference: 12 worlds were"),
    ],
)
def test_what_the_ranges_allow_has_its_unit_and_direction(query: str, low: float, high: float, told: str) -> None:
    assert told in bounds_said(AnswerBounds(low, high, 12), parse_query(query))


def test_how_much_likelier_is_told_as_such() -> None:
    assert [likelier_said(value) for value in (0.04, -0.04)] == [
        "4.0 percentage points likelier",
        "4.0 percentage points less likely",
    ]
