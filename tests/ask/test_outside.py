"""Outside views beside the case's own answer, and the pool of both, against the arithmetic done by hand."""

from __future__ import annotations

from datetime import date
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ask.test_structure import case_of

from quandary.ask import OutsideComparison, PooledForecast, Study, outside_queries, outside_results
from quandary.report import CaseNames, outside_document, outside_lines, outside_sheet, plain

TEXT = """
quandary: 1
title: A dry summer
as_of: 2030-01-10
sources:
  office: {title: Wet years, publisher: The weather office, published: 2029-06-01}
story:
  - {chance: wind, states: [west, east], odds: {east: 50%, west: rest}}
  - chance: rain
    given: [wind]
    states: [none, some]
    odds: [{wind = east: {some: 20%, none: rest}}, {otherwise: {some: 60%, none: rest}}]
events: {wet: rain = some}
evidence:
  - {on: 2030-01-05, saw: wind = west, because: seen}
  - {on: 2030-02-01, saw: rain = some, because: seen later}
questions: {wet: {asks: Will it rain?, query: P(wet)}}
outside:
  - {of: wet, class: years like this, rate: 6% to 10.4%, n: 401, source: office}
  - {of: wet, by: A market, said: 47%, on: 2030-01-08, how: interpolated}
"""
"""The case says 60 % once the west wind was seen."""


def odds(probability: float) -> float:
    return log(probability / (1 - probability))


def pooled(*parts: tuple[float, float]) -> float:
    """Return a pool of (weight, probability) by its definition: the normalised product of powers."""
    yes = no = 1.0
    for weight, probability in parts:
        yes *= probability**weight
        no *= (1 - probability) ** weight
    return yes / (yes + no)


def compared(text: str, **options: object) -> tuple[Study, OutsideComparison]:
    study = Study(case_of(text), worlds=8, threads=1, **options)  # type: ignore[arg-type]
    ready = outside_queries(study.case)
    study.need([query for _, query in ready])
    (found,) = outside_results(study, ready)
    return study, found


def pool_of(text: str) -> PooledForecast:
    _, found = compared(text)
    assert found.pool is not None, found.why_no_pool
    return found.pool


MIDDLE = 1 / (1 + exp(-(odds(0.06) + odds(0.104)) / 2))
"""The middle of 6 % to 10.4 % in log-odds: 7.9 %."""


def test_three_groups_weigh_alike() -> None:
    _, found = compared(TEXT)
    assert found.inside.mean == pytest.approx(0.6)
    assert [figure.probability for figure in found.figures] == pytest.approx([MIDDLE, 0.47])
    assert (found.figures[0].low, found.figures[0].high) == pytest.approx((0.06, 0.104))
    assert (found.figures[1].low, found.figures[1].high) == (None, None)
    assert found.pool is not None
    assert found.pool.probability == pytest.approx(pooled((1 / 3, 0.6), (1 / 3, MIDDLE), (1 / 3, 0.47)))
    assert [(part.group, part.name) for part in found.pool.parts] == [
        ("inside", "inside"),
        ("class", "years like this"),
        ("crowd", "A market"),
    ]
    assert (found.pool.event, found.pool.query, found.pool.as_of) == ("wet", "P(wet)", date(2030, 1, 10))


def test_weights_are_those_of_the_case() -> None:
    pool = pool_of(TEXT + "pool: {inside: 2, class: 0, crowd: 1, because: a guess}\n")
    assert pool.probability == pytest.approx(pooled((2 / 3, 0.6), (1 / 3, 0.47)))
    assert pool.because == "a guess"


def test_a_group_that_says_nothing_is_left_out() -> None:
    without = TEXT.replace("  - {of: wet, class: years like this, rate: 6% to 10.4%, n: 401, source: office}\n", "")
    pool = pool_of(without)
    assert [part.weight for part in pool.parts] == pytest.approx([0.5, 0.5])
    assert pool.probability == pytest.approx(pooled((0.5, 0.6), (0.5, 0.47)))


SURVEY = "  - {of: wet, by: A survey, said: 30%, on: 2030-01-02}\n"
PAPER = "  - {of: wet, by: A paper, said: 40%, on: 2030-01-03, same_as: A market}\n"
FARMER = "  - {of: wet, by: A farmer, said: 20%, on: 2030-01-03, same_as: years like this}\n"


@pytest.mark.parametrize(
    ("more", "weights"),
    [
        (SURVEY, [1 / 3, 1 / 3, 1 / 6, 1 / 6]),
        (PAPER, [1 / 3, 1 / 3, 1 / 6, 1 / 6]),
        (SURVEY + PAPER, [1 / 3, 1 / 3, 1 / 12, 1 / 6, 1 / 12]),
        (FARMER, [1 / 3, 1 / 6, 1 / 3, 1 / 6]),
        (
            PAPER + PAPER.replace("A paper", "A blog").replace("as: A market", "as: A paper"),
            [1 / 3, 1 / 3] + [1 / 9] * 3,
        ),
    ],
)
def test_voices_share_a_group_and_those_that_count_as_one_share_a_voice(more: str, weights: list[float]) -> None:
    pool = pool_of(TEXT + more)
    assert [part.weight for part in pool.parts] == pytest.approx(weights)
    assert sum(part.weight for part in pool.parts) == pytest.approx(1.0)
    assert pool.probability == pytest.approx(pooled(*((part.weight, part.probability) for part in pool.parts)))


@given(st.floats(0.01, 0.99), st.floats(0.1, 10.0))
def test_voices_that_agree_pool_to_what_they_say(said: float, weight: float) -> None:
    text = TEXT.replace("rate: 6% to 10.4%", "rate: 60%").replace("said: 47%", "said: 60%")
    assert pool_of(text + f"pool: {{crowd: {weight}}}\n").probability == pytest.approx(0.6)
    text = TEXT.replace("said: 47%", f"said: {100 * said}%") + "pool: {inside: 0, class: 0, crowd: 3}\n"
    assert pool_of(text).probability == pytest.approx(said)


def test_a_view_that_is_not_pooled_is_shown_and_counts_nowhere() -> None:
    _, found = compared(TEXT.replace("how: interpolated", "how: interpolated, pooled: false"))
    assert [figure.view.name for figure in found.figures] == ["years like this", "A market"]
    assert found.pool is not None
    assert [part.name for part in found.pool.parts] == ["inside", "years like this"]
    assert found.pool.probability == pytest.approx(pooled((1 / 2, 0.6), (1 / 2, found.figures[0].probability)))
    rows = outside_sheet(CaseNames(case_of(TEXT)), found).rows
    assert [row[4] for row in rows] == ["50 %", "50 %", "\N{EN DASH}", "100 %"]
    alone = TEXT.replace("how: interpolated", "how: interpolated, pooled: false").replace(
        "n: 401,", "n: 401, pooled: false,"
    )
    _, found = compared(alone)
    assert len(found.figures) == 2
    assert (found.pool, found.why_no_pool) == (None, "no view beside the case's own counts")


@pytest.mark.parametrize("apart", ["pooled: false", "on: 2030-01-10"])
def test_views_count_as_one_through_a_third_that_counts_nowhere(apart: str) -> None:
    """The third is not pooled, or was said after the day of the run."""
    third = f"  - {{of: wet, by: A board, said: 90%, on: 2030-01-02, {apart}}}\n".replace("on: 2030-01-02, on", "on")
    two = "".join(f"  - {{of: wet, by: {who}, said: 30%, on: 2030-01-02, same_as: A board}}\n" for who in ("B", "C"))
    _, found = compared(TEXT.replace("2030-01-08", "2030-01-02") + third + two, as_of=date(2030, 1, 9))
    assert found.pool is not None
    weights = {part.name: part.weight for part in found.pool.parts}
    assert weights == pytest.approx(
        {"inside": 1 / 3, "years like this": 1 / 3, "A market": 1 / 6, "B": 1 / 12, "C": 1 / 12}
    )


def test_what_cannot_be_is_not_said_to_be_settled_by_what_was_seen() -> None:
    """Rain and no rain is impossible, whatever was seen; the wind was open until it was."""
    view = "  - {of: EVENT, by: Somebody, said: 47%, on: 2030-01-08}\n"
    text = TEXT[: TEXT.index("outside:")] + "outside:\n"
    _, found = compared(text + view.replace("EVENT", "rain = some and rain = none"))
    assert (found.inside.mean, found.why_no_pool) == (0.0, "the case leaves it no doubt")
    _, found = compared(text + view.replace("EVENT", "wind = west"))
    assert (found.inside.mean, found.why_no_pool) == (1.0, "what was seen has settled it")


def test_a_run_of_an_earlier_day_leaves_out_what_was_said_later() -> None:
    _, found = compared(TEXT, as_of=date(2030, 1, 7))
    assert [view.name for view in found.left_out] == ["A market"]
    assert found.pool is not None
    assert found.pool.probability == pytest.approx(pooled((0.5, 0.6), (0.5, MIDDLE)))


def test_what_was_seen_is_not_pooled() -> None:
    study, found = compared(TEXT, as_of=date(2030, 3, 1))
    assert found.inside.mean == 1.0
    assert found.pool is None
    first, second = outside_lines(CaseNames(study.case), found, None)
    assert first == "Wet: from the inside 100 %; of 401 cases (years like this) 8 % came to it; A market 47 %."
    assert second == "Not pooled: what was seen has settled it."


def test_the_lines_name_each_voice_once_and_the_weights() -> None:
    study, found = compared(TEXT)
    first, second = outside_lines(CaseNames(study.case), found, study.case.questions[0].query)
    assert first == "From the inside 60 %; of 401 cases (years like this) 8 % came to it; A market 47 %."
    assert second.startswith(
        "Pooled in log-odds, one third each for the inside, classes of cases and what others said: "
    )
    study, found = compared(TEXT + "pool: {inside: 2}\n")
    _, second = outside_lines(CaseNames(study.case), found, None)
    assert "50 % for the inside, 25 % for classes of cases and 25 % for what others said" in second
    for line in (first, second, *(cell for row in outside_sheet(CaseNames(study.case), found).rows for cell in row)):
        assert "_" not in line
        assert "=" not in line
    rows = outside_sheet(CaseNames(study.case), found).rows
    assert [row[0] for row in rows] == ["From the inside", "years like this (401 cases)", "A market", "Pooled"]
    assert rows[2][3:] == ("8 January 2030", "25 %", "interpolated")


def test_the_document_holds_the_pool_as_a_forecast_of_its_own() -> None:
    _, found = compared(TEXT)
    told = plain(outside_document(found))
    assert told["inside"]["mean"] == pytest.approx(0.6)
    assert [(one["kind"], one["n"], one["on"]) for one in told["figures"]] == [
        ("class", 401, None),
        ("crowd", None, "2030-01-08"),
    ]
    assert told["pool"]["probability"] == pytest.approx(found.pool.probability if found.pool else 0.0)
    assert told["pool"]["query"] == "P(wet)"
    assert sum(part["weight"] for part in told["pool"]["parts"]) == pytest.approx(1.0)


def test_without_outside_views_there_is_nothing_to_compare() -> None:
    case = case_of(TEXT[: TEXT.index("outside:")])
    assert outside_queries(case) == ()


def test_views_of_several_events_are_compared_event_by_event() -> None:
    case = case_of(TEXT + "  - {of: rain = none, by: A survey, said: 30%, on: 2030-01-02}\n")
    study = Study(case, worlds=8, threads=1)
    ready = outside_queries(case)
    study.need([query for _, query in ready])
    first, second = outside_results(study, ready)
    assert [len(one.figures) for one in (first, second)] == [2, 1]
    assert second.inside.mean == pytest.approx(0.4)
