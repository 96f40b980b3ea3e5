"""A ledger as entries in a file: written, read again with its chain, or entered anew; and questions known by their
place."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from tests.ledger.ledgers import MEI, add, do, opened, said

from quandary.base import Refusal

FATEBOOK = (
    *("Question title", "Multiple choice option", "Forecast created by", "Forecast (scale = 0-1)"),
    *("Forecast created at", "Question created by", "Question created at", "Question resolve by", "Resolution"),
    *("Resolved at", "Question notes", "Question tags"),
)


def filled(place: str) -> None:
    add(place, rule="They cross it", tag=["war"], on="2026-01-05")
    add(place, forecast="20%", who="Ana Sol", on="2026-02-05")
    add(place, "Will 500 troops cross the line?", "", amends="#1", who=None, until=None)
    add(place, "Who?", "A 60%, B 40%", option=["A", "B"], on="2026-01-05")
    do("resolve", ledger=place, question="#1", outcome="yes", day="2026-06-01")
    do("resolve", ledger=place, question="#1", outcome="no", day="2026-06-01", correct=True)


def written(place: str, path: Path, **given: Any) -> Path:
    do("export", output=str(path), ledger=place, format="json", force=True, **given)
    return path


def whole(place: str) -> tuple[Any, ...]:
    with opened(place) as kept:
        return kept.head(), kept.people(), list(kept.entries())


def test_a_ledger_comes_back_with_its_chain(place: str, tmp_path: Path) -> None:
    """Into an empty ledger, into itself, and into what it was before: the same entries, names and head."""
    elsewhere = str(tmp_path / "elsewhere.sqlite")
    add(place, rule="They cross it", tag=["war"], on="2026-01-05")
    early = written(place, tmp_path / "early.json")
    assert do("import", file=early, ledger=elsewhere).found.chained
    assert whole(elsewhere) == whole(place)
    filled(place)
    path = written(place, tmp_path / "all.json")
    found = do("import", file=path, ledger=elsewhere)
    assert (found.found.kind, found.found.chained, found.found.appended.known) == ("json", True, 2)
    assert "They keep their numbers, times and digests" in said(found)
    assert found.document().chain_kept is True
    assert whole(elsewhere) == whole(place)
    assert do("verify", ledger=elsewhere, head=whole(place)[0][1]).found.held is True
    for _ in range(2):
        again = do("import", file=path, ledger=place).found
        assert (again.appended.added, again.appended.head) == (0, whole(place)[0][1])
    assert do("import", file=early, ledger=place).found.appended.added == 0, "what it was before adds nothing"


def test_into_another_ledger_entries_come_anew_under_its_own_keys(place: str, tmp_path: Path) -> None:
    other = str(tmp_path / "other.sqlite")
    filled(other)
    add(place, "Will it rain?", "30%", on="2026-01-05")
    found = do("import", file=written(other, tmp_path / "all.json"), ledger=place)
    assert found.found.chained is False
    assert "entered anew" in said(found)
    assert (found.found.rows, found.found.appended.added) == (8, 8)
    with opened(place) as here, opened(other) as there:
        assert sorted(here.people().values()) == ["Ana Sol", MEI]
        assert here.people() != there.people()
    theirs, ours = (do("show", ledger=one, question="500 troops").history for one in (other, place))
    assert (ours.key, ours.question, ours.worded, ours.resolution) == (
        theirs.key, theirs.question, theirs.worded, theirs.resolution,
    )  # fmt: skip
    assert [one.forecast.probability for one in ours.said] == [0.12, 0.2]
    assert do("import", file=tmp_path / "all.json", ledger=place).found.appended.added == 0
    assert not do("verify", ledger=place).problems


def test_who_was_forgotten_stays_so_and_pseudonyms_are_names(file: str, tmp_path: Path) -> None:
    filled(file)
    do("forget", person="Ana Sol", ledger=file)
    elsewhere = str(tmp_path / "elsewhere.sqlite")
    do("import", file=written(file, tmp_path / "all.json"), ledger=elsewhere)
    assert whole(elsewhere) == whole(file)
    veiled = str(tmp_path / "veiled.sqlite")
    do("import", file=written(file, tmp_path / "veiled.json", pseudonyms=True), ledger=veiled)
    assert whole(veiled)[0] == whole(file)[0]
    assert set(whole(veiled)[1].values()) == {"Forecaster 1", "Forecaster 2"}


@pytest.mark.parametrize(
    ("line", "old", "new", "told"),
    [
        (2, "0.12", "0.82", "broken at entry 2: what it says is not what was entered"),
        (3, None, None, "broken at entry 4: entry 3 is missing"),
        (2, '"kind"', '"sort"', "line 3: it is no entry"),
        (2, '"number": 2', '"number": "2"', "line 3: it is no entry"),
        (1, "{", "[", "line 2: it is no line of JSON"),
        (4, "war", "\\\\ud800", "broken at entry 4"),
        (0, '"people"', '"folk"', "it does not begin with the names"),
    ],
)  # fmt: skip
def test_a_file_that_was_altered_adds_nothing(
    line: int, old: str | None, new: str | None, told: str, file: str, tmp_path: Path
) -> None:
    filled(file)
    path = written(file, tmp_path / "all.json")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    if old is None or new is None:
        del lines[line]
    else:
        assert old in lines[line]
        lines[line] = lines[line].replace(old, new, 1)
    path.write_text("".join(lines), encoding="utf-8")
    elsewhere = str(tmp_path / "elsewhere.sqlite")
    with pytest.raises(Refusal, match=told):
        do("import", file=path, ledger=elsewhere, format="json")
    with opened(elsewhere) as kept:
        assert (kept.head()[0], kept.people()) == (0, {})


# --- the same and not the same --------------------------------------------------------------------------------------


def test_what_is_said_again_on_a_day_after_something_else_stands(place: str, tmp_path: Path) -> None:
    """12 %, 15 %, 12 % of one day in a file: three forecasts, of which the last stands; 12 % twice over is one."""
    rows = tmp_path / "rows.csv"
    told = ("12%", "12%", "15%", "12%", "15%", "12%")
    lines = "".join(f"Will it?,{one},2026-01-02,Mei,2026-12-31\n" for one in told)
    rows.write_text(f"question,forecast,said,who,until\n{lines}", encoding="utf-8")
    found = do("import", file=rows, ledger=place)
    assert (found.found.appended.added, found.found.appended.known, found.found.repeated) == (6, 0, 1)
    assert "Said twice over by the file: 1 forecast" in said(found)
    history = do("show", ledger=place, question="#1").history
    assert [one.forecast.probability for one in history.said] == [0.12, 0.15, 0.12, 0.15, 0.12]
    assert do("import", file=rows, ledger=place).found.appended.added == 0
    back = tmp_path / "back.csv"
    do("export", output=str(back), ledger=place)
    assert do("import", file=back, ledger=place).found.appended.added == 0


def fatebook(path: Path, *titles: tuple[str, str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(FATEBOOK)
        for title, made in titles:
            for probability, day in ((0.3, "2025-01-05 12:03:5"), (0.4, "2025-01-09 10:00:0")):
                writer.writerow((title, "", "Mei", probability, day, "Mei", made, "2025-03-01 00:00:0", *[""] * 4))
    return path


def test_a_title_that_was_edited_in_fatebook_is_no_new_question(place: str, tmp_path: Path) -> None:
    old = fatebook(tmp_path / "old.csv", ("Will X sing?", "2025-01-05 12:03:5"))
    new = fatebook(tmp_path / "new.csv", ("Will X sign?", "2025-01-05 12:03:5"))
    do("import", file=old, ledger=place)
    assert do("import", file=new, ledger=place).found.appended.added == 1
    for path in (old, new, old):
        assert do("import", file=path, ledger=place).found.appended.added == 0
    (history,) = do("list", ledger=place).histories
    assert (history.question.text, [one.text for one in history.worded]) == ("Will X sign?", ["Will X sing?"])
    assert len(history.said) == 2


@pytest.mark.parametrize("made", ["2025-01-05 00:00:0", "2025-01-05", "2025-01-05 12:03:5", ""])
def test_questions_made_together_are_not_taken_for_one(made: str, file: str, tmp_path: Path) -> None:
    """As a file that Fatebook imported makes them: all at one moment, or of a day and no time."""
    do("import", file=fatebook(tmp_path / "two.csv", ("Will X sign?", made), ("Will Y sign?", made)), ledger=file)
    assert [len(one.said) for one in do("list", ledger=file).histories] == [2, 2]


def test_a_market_whose_question_was_edited_is_no_new_question(file: str, tmp_path: Path) -> None:
    market = {"id": "m1", "outcomeType": "BINARY", "question": "Will X sing?", "probability": 0.3,
              "lastUpdatedTime": 1_700_000_000_000, "createdTime": 1_690_000_000_000}  # fmt: skip
    for text, probability in (("Will X sing?", 0.3), ("Will X sign?", 0.5)):
        told = {**market, "question": text, "probability": probability, "lastUpdatedTime": 1_700_000_000_000}
        (tmp_path / "m.json").write_text(json.dumps(told), encoding="utf-8")
        do("import", file=tmp_path / "m.json", ledger=file)
    (history,) = do("list", ledger=file).histories
    assert (history.question.text, len(history.said)) == ("Will X sign?", 2)


# --- lists of many --------------------------------------------------------------------------------------------------


def test_a_long_list_is_told_in_parts(file: str, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    lines = "".join(f"Will {number} come?,2026-12-31\n" for number in range(30))
    rows.write_text(f"question,until\n{lines}", encoding="utf-8")
    do("import", file=rows, ledger=file)
    first = do("list", ledger=file, most=12, words="come")
    assert [one.number for one in first.histories] == list(range(1, 13))
    assert (first.matching, first.all) == (30, 30)
    assert "and 18 more" in said(first) and "--after 12" in said(first)
    rest = do("list", ledger=file, after=12, most=0)
    assert [one.number for one in rest.histories] == list(range(13, 31))
    document = first.document()
    assert (document.all, document.matching, len(document.questions)) == (30, 30, 12)
