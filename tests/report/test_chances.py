"""How chances and shares of worlds are told: one word whatever the seed, worlds counted, no interval that misleads."""

from __future__ import annotations

import csv
import io
import re
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ask.crisis import study as crisis
from tests.report.dossiers import run_of

from quandary.ask import Answer, Study
from quandary.compile import read_case_bytes
from quandary.language import Unit, parse_query
from quandary.quantities import effective_number, tables, telling_table, weighted_mean, weighted_quantiles
from quandary.report import (
    CaseNames,
    answer_document,
    answer_html,
    answer_phrase,
    asked_lines,
    interval_said,
    is_chance,
    likelihood,
    rows_csv,
    unit_of,
    unit_told,
)

BORDERS = (0.05, 0.2, 0.45, 0.55, 0.8, 0.95)
ICD_203 = (
    "almost no chance",
    "very unlikely",
    "unlikely",
    "roughly even chance",
    "likely",
    "very likely",
    "almost certain",
)


def doubtful(odds: str, *, seed: int, worlds: int, words: str = "") -> Study:
    """Return a case of one chance, seen by a report that weighs worlds unevenly."""
    text = f"""quandary: 1
title: A chance in doubt
as_of: 2034-01-01
{words}
story:
  - {{chance: war, states: [no, yes], odds: {{yes: {odds}, no: rest}}, because: test}}
  - {{chance: alarm, states: [off, on], odds: {{on: 1% to 60%, off: rest}}, because: test}}
evidence:
  - {{on: 2033-12-01, saw: alarm = on}}
"""
    case = read_case_bytes(text.encode(), "case.yaml").case
    assert case is not None
    return Study(case, worlds=worlds, seed=seed, threads=1)


# --- words of likelihood ------------------------------------------------------------------------------------------


@given(st.sampled_from(range(7)), st.floats(0, 1, exclude_max=True))
def test_words_are_those_of_the_directive(band: int, place: float) -> None:
    edges = (1e-9, *BORDERS, 1 - 1e-9)
    probability = edges[band] + place * (edges[band + 1] - edges[band])
    if probability < edges[band + 1]:
        assert likelihood(probability) == ICD_203[band]


@given(st.floats(0.001, 0.999), st.floats(0, 0.1))
def test_a_word_that_the_error_leaves_open_is_two(mean: float, reach: float) -> None:
    told = likelihood(mean, reach)
    crossed = [edge for edge in BORDERS if mean - reach < edge <= mean + reach]
    assert (" to " in told) is bool(crossed)
    assert any(word in told for word in (likelihood(mean),)) or len(crossed) > 1


@pytest.mark.parametrize(
    ("table", "probability", "word"),
    [
        ("kent", 0.5, "chances about even"),
        ("kent", 0.15, "almost certainly not to probably not"),
        ("kent", 0.93, "almost certain"),
        ("uk", 0.02, "remote chance"),
        ("uk", 0.07, "remote chance to highly unlikely"),
        ("uk", 0.45, "realistic possibility"),
        ("nato", 0.3, "unlikely"),
        ("nato", 0.95, "highly likely"),
        ("ipcc", 0.5, "about as likely as not"),
        ("ipcc", 0.97, "extremely likely"),
        ("ipcc", 0.995, "virtually certain"),
        ("ipcc", 0.93, "very likely"),
        ("mauboussin", 0.5, "roughly even chance"),
        (None, 0.44, "unlikely"),
        (None, 0.02, "almost no chance"),
    ],
)
def test_words_follow_the_table_of_the_case(table: str | None, probability: float, word: str) -> None:
    assert likelihood(probability, None, table) == word


def test_a_survey_prescribes_no_words() -> None:
    prescribing = {name for name, table in tables().items() if table.prescribes}
    assert prescribing == {"kent", "icd203", "uk", "nato", "ipcc"}
    assert all(telling_table(name).name == (name if name in prescribing else "icd203") for name in tables())


@given(st.sampled_from(["kent", "icd203", "uk", "nato", "ipcc"]), st.floats(1e-6, 1 - 1e-6), st.floats(0, 0.2))
def test_a_wider_error_never_takes_the_word_away(table: str, mean: float, reach: float) -> None:
    """The words told cover every probability that the mean may be: the ends of the table's order, none left out."""
    scale = telling_table(table)
    low, high = max(mean - reach, 0.0), min(mean + reach, 1.0)
    told = scale.likelihood(low, high)
    ends = (scale.likelihood(low, low), scale.likelihood(high, high))
    assert told.startswith(ends[0].split(" to ")[0]) and told.endswith(ends[1].split(" to ")[-1])


RANGES = (
    "30% to 60%",
    "32% to 59%",
    "36% to 54.5%",
    "2% to 10%",
    "12% to 30%",
    "44% to 66%",
    "70% to 88%",
    "90% to 98%",
)


@cache
def words_by_seed(odds: str, worlds: int) -> tuple[frozenset[str], ...]:
    told = []
    for seed in range(20):
        study = doubtful(odds, seed=seed, worlds=worlds)
        answer = study.ask("P(war = yes)")
        assert answer.mean is not None and answer.mc_error is not None
        word = likelihood(answer.mean, answer.reach)
        crossed = [e for e in BORDERS if answer.mean - answer.mc_error < e <= answer.mean + answer.mc_error]
        assert not crossed or " to " in word
        told.append(frozenset(word.split(" to ")))
    return tuple(told)


@pytest.mark.parametrize("worlds", [100, 1000, 3000])
@pytest.mark.parametrize("odds", RANGES)
def test_twenty_seeds_tell_one_word_or_an_edge_that_includes_it(odds: str, worlds: int) -> None:
    assert frozenset.intersection(*words_by_seed(odds, worlds))


@pytest.mark.parametrize("odds", RANGES)
def test_another_number_of_worlds_tells_no_other_word(odds: str) -> None:
    assert frozenset.intersection(*words_by_seed(odds, 1000), *words_by_seed(odds, 3000))


def test_the_table_is_said_and_used() -> None:
    study = doubtful("1% to 3%", seed=1, worlds=400, words="words: nato")
    phrase = answer_phrase(parse_query("P(war = yes)"), study.ask("P(war = yes)"), study.case.words)
    assert re.match(r"Highly unlikely, 2 %, about 1 in \d\d \(1 to 3 %\)$", phrase)


def test_only_a_chance_has_a_word() -> None:
    chances = ("P(war = yes)", "1 - P(war = yes)")
    others = ("best(a.b = c)", "weight(a.b)", "P(x) * P(y)", "P(x) - P(y)", "P(x) > 0.1", "E(a)", "1 - best(a.b = c)")
    assert all(is_chance(parse_query(query)) for query in chances)
    assert not any(is_chance(parse_query(query)) for query in others)


# --- units --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "unit"),
    [
        ("P(x)", Unit.SHARE),
        ("1 - P(x)", Unit.SHARE),
        ("P(x) * P(y)", Unit.SHARE),
        ("min(P(x), P(y), 30%)", Unit.SHARE),
        ("P(x) - P(y)", Unit.DIFFERENCE),
        ("abs(P(x) - P(y))", Unit.DIFFERENCE),
        ("-P(x)", Unit.DIFFERENCE),
        ("P(x) > P(y)", Unit.DIFFERENCE),
        ("best(a.b = c) - P(x)", Unit.DIFFERENCE),
        ("E(a) - E(b)", Unit.POINTS),
        ("2 * E(a)", Unit.POINTS),
        ("P(x) * E(a)", Unit.POINTS),
        ("E(a) / 2", Unit.POINTS),
        ("max(E(a), 3)", Unit.POINTS),
        ("margin(a.b) - 5", Unit.POINTS),
        ("E(a) / E(b)", Unit.NUMBER),
        ("E(a) * E(b)", Unit.NUMBER),
        ("P(x) / P(y)", Unit.NUMBER),
        ("log(P(x))", Unit.NUMBER),
        ("sqrt(E(a))", Unit.NUMBER),
        ("100 * P(x)", Unit.NUMBER),
        ("weight(a.b)", Unit.PART),
        ("best(a.b = c)", Unit.WORLDS),
        ("1 - clash(a.b)", Unit.WORLDS),
        ("best(a.b = c) * clash(a.b)", Unit.SHARE),
        ("1 - (P(x) - P(y))", Unit.DIFFERENCE),
    ],
)
def test_the_unit_of_a_query(query: str, unit: Unit) -> None:
    assert unit_of(parse_query(query)) is unit


# --- what is 0 or 1 in a world ------------------------------------------------------------------------------------

TRUTHS = (
    "best(empire.push = hold)",
    "both(empire.push)",
    "clash(empire.push | operation = fail)",
    "1 - best(empire.push = hold)",
    "best(empire.push = probe | operation = fail, reply = yield, mood = calm) * clash(rival.reply | deploy = go)",
    "P(harvest = bad) > 20%",
    "P(harvest = bad) > 20% and not P(unrest = threat) > 20%",
)
SIDES = ("P(harvest = bad) > 20%",)


@pytest.mark.parametrize("query", TRUTHS)
def test_a_truth_has_no_interval_and_no_word(query: str) -> None:
    study = crisis(400)
    answer, syntax = study.ask(query), parse_query(query)
    assert answer.is_truth
    assert answer.interval == (None, None)
    assert answer.share is not None
    document = answer_document(answer)
    assert document.holds_in == answer.share
    if query not in SIDES:
        assert document.low is document.high is document.median is None
    phrase = answer_phrase(syntax, answer)
    assert re.fullmatch(
        r"(?:In|true in) (?:\d+ of 100|(?:all but )?about 1 in [\d,]+|none of 400|all 400) worlds", phrase
    )
    said = "\n".join(asked_lines(CaseNames(study.case), syntax, answer, study.run))
    assert "interval" not in said
    assert not any(word in said.lower() for word in ICD_203)
    assert "True in" in answer_html(CaseNames(study.case), syntax, answer)
    assert unit_told(syntax) is (Unit.SHARE if " * " in query else Unit.WORLDS)


def test_a_share_of_worlds_is_their_weighted_count() -> None:
    study = crisis(400)
    query = "best(empire.push = hold | operation = success, reply = resist, mood = calm)"
    answer = study.ask(query)
    assert set(np.unique(answer.draws)) <= {0.0, 1.0}
    assert answer.share == pytest.approx(np.average(answer.draws, weights=answer.weights))
    names = CaseNames(study.case)
    assert "several situations" not in "\n".join(asked_lines(names, parse_query(query), answer, study.run))
    mixed = study.ask("best(empire.push = hold)")
    assert ((mixed.draws > 0.01) & (mixed.draws < 0.99)).any()
    assert "several situations" in "\n".join(
        asked_lines(CaseNames(study.case), parse_query("best(empire.push = hold)"), mixed, study.run)
    )


def test_what_is_rare_or_nowhere_is_counted_in_worlds() -> None:
    study = crisis(400)
    never = "best(empire.push = probe | operation = fail, reply = yield, mood = calm, harvest = bad) > 1"
    told = [answer_phrase(parse_query(query), study.ask(query)) for query in (never, f"not {never}")]
    assert told == ["true in none of 400 worlds", "true in all 400 worlds"]


def test_a_comparison_keeps_the_spread_of_its_sides() -> None:
    answer = crisis(400).ask(SIDES[0])
    assert answer.low is not None and answer.high is not None and answer.low < answer.high
    assert answer.is_truth and answer.holds_in == answer.share


def test_columns_stay_and_truths_have_no_ends() -> None:
    rows = list(csv.DictReader(io.StringIO(rows_csv(run_of("kazakhstan-2022", 48)[1]))))
    (both,) = [row for row in rows if row["id"] == "can_he_do_both"]
    assert both["low"] == both["high"] == both["median"] == ""
    assert float(both["mean"]) == float(both["holds_in"])


# --- intervals ----------------------------------------------------------------------------------------------------


def summed(values: list[float], weights: list[float]) -> Answer:
    draws, mass = np.array(values), np.array(weights)
    low, median, high = weighted_quantiles(draws, mass, (0.05, 0.5, 0.95))
    mean = weighted_mean(draws, mass)
    return Answer("P(x)", mean, median, low, high, None, len(values), effective_number(mass), 0, draws, mass)


@given(
    st.lists(st.tuples(st.sampled_from([0.0, 1e-5, 0.004, 0.3, 1.0]), st.floats(0.01, 1)), min_size=4, max_size=60),
    st.sampled_from([Unit.SHARE, Unit.DIFFERENCE, Unit.POINTS, Unit.NUMBER]),
)
def test_a_mean_lies_in_the_interval_it_is_told_with(drawn: list[tuple[float, float]], unit: Unit) -> None:
    answer = summed(*(list(column) for column in zip(*drawn, strict=True)))
    told = interval_said(answer, unit)
    assert answer.mean is not None and answer.low is not None and answer.high is not None
    assert not re.search(r"(?<!\S)(\S+) to \1(?!\S)", told), told
    if " to " in told and "up to" not in told and "down to" not in told:
        assert answer.low - 1e-9 <= answer.mean <= answer.high + 1e-9


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([0.0] * 99 + [1.0], "0 or 100 % in each world"),
        ([0.0] * 99 + [0.8], "at most 0 % in 95 of 100 worlds, up to 80 %"),
        ([1.0] * 99 + [0.2], "at least 100 % in 95 of 100 worlds, down to 20 %"),
        ([0.3] * 100, "the same in every world"),
        ([0.0] * 100, "the same in every world"),
        ([0.2, 0.4] * 50, "20 to 40 %"),
    ],
)
def test_one_percent_lies_in_no_nought_to_nought(values: list[float], told: str) -> None:
    assert interval_said(summed(values, [1.0] * len(values)), Unit.SHARE) == told
