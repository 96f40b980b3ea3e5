"""What is due on a day: what to settle, what became void, who differs, and which ranges did not hold."""

from __future__ import annotations

from typing import Any

import pytest
from tests.ledger.ledgers import add, do, said

TODAY = "2026-06-15"


def due(place: str, on: str = TODAY) -> dict[str, list[int]]:
    """Return the numbers of questions by why they are told."""
    found = do("today", ledger=place, on=on).due
    return {
        "overdue": [one.number for one in found.overdue],
        "soon": [one.number for one in found.soon],
        "failed": [one.number for one, _ in found.failed],
        "apart": [one.history.number for one in found.apart],
        "broken": [one.history.number for one in found.broken],
    }


NOTHING: dict[str, list[int]] = {"overdue": [], "soon": [], "failed": [], "apart": [], "broken": []}


def test_days_at_their_edges(file: str) -> None:
    """A last day is over when the next begins; due soon is within seven days, today among them."""
    days = {
        "2026-06-14": "overdue",
        "2026-06-15": "soon",
        "2026-06-22": "soon",
        "2026-06-23": "",
        "2020-01-01": "overdue",
    }
    for number, day in enumerate(days):
        add(file, f"Will {number} come?", until=day, on="2019-01-01")
    found = due(file)
    assert found == {**NOTHING, "overdue": [9, 1], "soon": [3, 5]}
    told = said(do("today", ledger=file, on=TODAY))
    assert "To settle: their last day has passed" in told
    assert 'quandary ledger resolve "#9"' in told
    do("resolve", ledger=file, question="#9", outcome="no", on="2026-06-01")
    assert due(file)["overdue"] == [1]
    assert due(file, "2019-06-01") == NOTHING
    assert "Nothing is due" in said(do("today", ledger=file, on="2019-06-01"))


def test_conditions_that_did_not_happen_make_void(place: str) -> None:
    add(place, "Will the talks fail?", "30%", until="2026-05-01", on="2026-01-01")
    add(place, "Will they fight?", "60%", given="#1", until="2026-06-01", on="2026-01-01")
    add(place, "Will they trade?", "60%", given="will the talks FAIL?", until="2026-06-18", on="2026-01-01")
    add(place, "Will it rain?", "60%", given="Clouds come", until="2026-06-18", on="2026-01-01")
    assert due(place) == {**NOTHING, "overdue": [1, 3], "soon": [5, 7]}
    do("resolve", ledger=place, question="#1", outcome="no", on="2026-05-02")
    assert due(place) == {**NOTHING, "failed": [3, 5], "soon": [7]}
    told = said(do("today", ledger=place, on=TODAY))
    assert 'quandary ledger resolve "#3" void' in told
    assert 'resolve "#3" yes' not in told
    do("resolve", ledger=place, question="#3", outcome="void", on=TODAY)
    do("resolve", ledger=place, question="#1", outcome="yes", correct=True, on=TODAY)
    assert due(place) == {**NOTHING, "soon": [5, 7]}


def test_a_condition_is_known_by_an_earlier_wording_too(file: str) -> None:
    add(file, "Will the talks fail?", "30%", on="2026-01-01")
    add(file, "Will they fight?", "60%", given="Will the talks fail?", on="2026-01-01")
    add(file, "Will the talks of May fail?", "", amends="#1", on="2026-01-02")
    do("resolve", ledger=file, question="#1", outcome="no", on="2026-05-02")
    assert due(file)["failed"] == [3]


@pytest.mark.parametrize(
    ("model", "person", "told"),
    [("27%", "12%", False), ("27.1%", "12%", True), ("12%", "27%", False), ("12%", "28%", True)],
)
def test_a_model_and_a_person_more_than_15_points_apart(file: str, model: str, person: str, told: bool) -> None:
    add(file, forecast=model, judge="model", who="The dam", on="2026-01-01")
    add(file, forecast=person, on="2026-01-02")
    assert due(file)["apart"] == ([1] if told else [])


def test_each_person_beside_each_model_by_what_stands(file: str) -> None:
    add(file, forecast="50%", judge="model", who="The dam", on="2026-01-01")
    add(file, forecast="20%", who="Ana", on="2026-01-02")
    add(file, forecast="48%", who="Ben", on="2026-01-03")
    add(file, forecast="5%", who="The crowd", judge="crowd", on="2026-01-03")
    assert due(file)["apart"] == [1], "Ben, who spoke last, hid that Ana differs"
    told = said(do("today", ledger=file, on=TODAY))
    assert "Ana 20 %" in told and "Ben" not in told and "crowd" not in told
    add(file, forecast="45%", who="Ana", on="2026-02-02")
    assert due(file)["apart"] == []
    add(file, forecast="90%", judge="model", who="The dam", on="2026-02-03")
    assert due(file)["apart"] == [1, 1]
    do("resolve", ledger=file, question="#1", outcome="no", on="2026-05-02")
    assert due(file)["apart"] == []


def test_ranges_that_did_not_hold(place: str) -> None:
    days: dict[str, Any] = {"until": "2026-12-31", "kind": "day"}
    add(place, "When will the bridge open?", "2026-05-01 to 2026-06-14", on="2026-01-01", **days)
    add(place, "When will the dam open?", "2026-05-01 to 2026-06-15", on="2026-01-01", **days)
    add(place, "How many will come?", "10 to 20", kind="number", until="2026-06-10", on="2026-01-01")
    assert due(place) == {**NOTHING, "overdue": [5], "broken": [1]}
    assert "it has not come yet" in said(do("today", ledger=place, on=TODAY))
    do("resolve", ledger=place, question="#5", outcome="21", on="2026-06-12")
    assert due(place)["broken"] == [1, 5]
    assert "it came at 21" in said(do("today", ledger=place, on=TODAY))
    assert due(place, "2026-08-01")["broken"] == [1, 3], "what broke long ago is not told for ever"
    do("resolve", ledger=place, question="#5", outcome="20", correct=True, on=TODAY)
    assert due(place)["broken"] == [1]
    add(place, "#1", "2026-07-01 to 2026-08-01", until=None, on="2026-06-15")
    assert due(place)["broken"] == [], "the range that stands has not broken"
