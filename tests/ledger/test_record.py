"""The flagship's record that ships: what was said, by whom and when, what came, and what each of it scored."""

from __future__ import annotations

import csv
import math
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from tests.ledger.ledgers import do, said

import quandary

FOLDER = Path(__file__).resolve().parents[2] / "src" / "quandary" / "cases" / "kazakhstan-2022"
TEMPLATE = FOLDER.parent / "_template" / "case.yaml"
RECORD = FOLDER / "forecasts.csv"
CASE = "Putin's Eurasian dilemma"
CAME = "2022-02-24"


@cache
def rows() -> tuple[dict[str, str], ...]:
    with RECORD.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def of(who: str) -> list[dict[str, str]]:
    return [row for row in rows() if row["who"] == who]


def test_every_comparison_forecast_is_there_with_its_day_and_source() -> None:
    told = {(row["who"], row["said"]): row["forecast"] for row in rows() if row["who"] not in ("", CASE)}
    assert told == {
        ("Metaculus", "2021-12-12"): "0.35",
        ("Metaculus", "2022-01-18"): "0.52",
        ("Metaculus", "2022-02-12"): "0.65",
        ("Metaculus, interpolated", "2022-01-08"): "0.47",
        ("TRIP survey", "2022-01-27"): "0.56",
        ("C. Graubard", "2022-01-01"): "0.62",
        ("R. de Neufville", "2022-01-31"): "",
        ("ICB base rate", "2022-01-08"): "0.08",
        ("Good Judgment Open", "2022-02-23"): "0.52",
    }
    assert all(row["source"] for row in rows() if row["who"])
    derived = {row["who"] for row in rows() if row["derived"]}
    assert derived == {who for who, _ in told} - {"Metaculus"}
    (words,) = of("R. de Neufville")
    assert (words["words"], words["read low"], words["read high"]) == ("probably not", "", "")


def test_the_interpolated_figure_lies_on_the_line_between_two_that_were_quoted() -> None:
    days = [(date.fromisoformat(row["said"]) - date(2022, 1, 8)).days for row in of("Metaculus")[:2]]
    first, second = (math.log(p / (1 - p)) for p in (float(row["forecast"]) for row in of("Metaculus")[:2]))
    at = first + (second - first) * -days[0] / (days[1] - days[0])
    assert float(of("Metaculus, interpolated")[0]["forecast"]) == pytest.approx(1 / (1 + math.exp(-at)), abs=0.005)


def test_the_base_rate_is_that_of_the_crisis_data() -> None:
    (row,) = of("ICB base rate")
    assert float(row["forecast"]) == pytest.approx(32 / 401, abs=0.001)
    assert (row["read low"], row["read high"]) == ("0.06", "0.104")


def test_the_cases_own_rows_are_of_the_case_as_it_stands() -> None:
    """The digest holds the case's every letter; tests/cases/test_flagship.py holds the figures to what is solved."""
    case = quandary.load(FOLDER / "case.yaml").case
    own = {row["case name"]: row for row in of(CASE)}
    assert list(own) == [forecast.id for forecast in case.forecasts]
    for forecast in case.forecasts:
        row = own[forecast.id]
        assert (row["case digest"], row["model digest"]) == (case.sha256, case.sha256), "docs/generate.py --flagship"
        assert (row["case"], row["model"], row["model name"]) == (CASE, CASE, forecast.id)
        assert (row["seed"], row["said"], row["rule"]) == ("1", "2022-01-08", forecast.rule)
        assert row["version"]
        assert row["until"] == (forecast.until.isoformat() if forecast.until else "")


def test_the_scores_are_those_that_a_pencil_finds(tmp_path: Path) -> None:
    found = do("demo", ledger=str(tmp_path / "never-made.sqlite")).found
    lines = {line.name: line for line in found.lines}
    assert lines["Metaculus"].mean("brier") == pytest.approx(0.123, abs=1e-3)  # the last that it said
    assert lines["Metaculus, interpolated"].mean("brier") == pytest.approx(0.281, abs=1e-3)
    assert lines["TRIP survey"].mean("brier") == pytest.approx(0.193, abs=1e-3)
    assert lines["C. Graubard"].mean("brier") == pytest.approx(0.144, abs=1e-3)
    assert lines["ICB base rate"].mean("brier") == pytest.approx(0.846, abs=1e-3)
    outcomes = {"yes": 1.0, "no": 0.0}
    by_hand = [(float(row["forecast"]) - outcomes[row["resolution"]]) ** 2 for row in of(CASE)]
    assert lines[CASE].forecasts == len(by_hand) == 9
    assert lines[CASE].mean("brier") == pytest.approx(sum(by_hand) / 9, abs=1e-12)
    assert found.skipped == {"unscorable": 1, "without a forecast in time": 3}
    assert not (tmp_path / "never-made.sqlite").exists()


def test_the_clean_questions_are_settled_as_they_came() -> None:
    told = {row["question"]: (row["resolution"], row["resolved on"]) for row in rows()}
    assert told["The troops leave Kazakhstan in January"] == ("yes", "2022-01-19")
    assert told["An invasion in 2022"] == told["A full invasion in 2022"] == ("yes", CAME)
    assert told["Will Russia invade new Ukrainian territory by 31 March 2022?"] == ("yes", CAME)
    assert told["Sanctions on Russia's central bank"] == ("yes", "2022-02-26")
    no = ("Kazakhstan leaves Moscow's alliances", "Serious unrest in Russia", "Troops are moved from Ukraine's border")
    assert {told[question] for question in no} == {("no", "2022-12-31")}
    assert len(told) == 13


def test_the_record_is_shown_and_kept_once(tmp_path: Path) -> None:
    place = str(tmp_path / "mine.sqlite")
    shown = do("demo", ledger=place)
    told = said(shown)
    assert "what everybody said" in told
    assert "Nothing was kept" in told
    assert said(do("demo", ledger=place, keep=True)).count("It is kept in") == 1
    do("demo", ledger=place, keep=True)
    assert do("list", ledger=place).all == 13
    path = tmp_path / "out.csv"
    do("export", output=str(path), ledger=place)
    assert do("import", file=str(path), ledger=place).found.appended.added == 0


def test_a_case_of_ones_own_is_taken_with_what_it_answers(tmp_path: Path) -> None:
    place = str(tmp_path / "mine.sqlite")
    added = do("add", from_case=str(TEMPLATE), worlds=200, ledger=place)
    case = quandary.load(TEMPLATE).case
    assert [question.link.name for _, question, _, _ in added.entries] == [forecast.id for forecast in case.forecasts]
    for _, _, forecasts, _ in added.entries:
        own = dict(forecasts)[case.title]
        assert own.judge == "model"
        assert own.model.digest == case.sha256
        assert own.read_low <= own.probability <= own.read_high
    again = do("add", from_case=str(TEMPLATE), worlds=200, ledger=place)
    assert again.appended.added == 0
