"""Files of forecasts: each format and its traps, round trips, and files that somebody made to do harm."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.ledger.ledgers import add, do, opened, said

from quandary.base import Refusal
from quandary.ledger import QuestionHistory, history

PLAIN = "question,who,said,probability,until,resolution,resolved on\n"


def imported(place: str, path: Path, **given: Any) -> Any:
    return do("import", file=str(path), ledger=place, **given)


def one(place: str, told: str) -> QuestionHistory:
    with opened(place) as kept:
        return history(kept, told)


def refused(place: str, path: Path, **given: Any) -> str:
    with pytest.raises(Refusal) as caught:
        imported(place, path, **given)
    return str(caught.value)


def exported(place: str, target: Path, **given: Any) -> Path:
    do("export", output=str(target), ledger=place, force=True, **given)
    return target


def comes_back(place: str, tmp_path: Path) -> None:
    """Hold a ledger to its plain CSV: read again it adds nothing there, and makes the same entries elsewhere."""
    path = exported(place, tmp_path / "out.csv")
    again = imported(place, path)
    assert (again.found.unread, again.found.appended.added) == (0, 0)
    elsewhere = str(tmp_path / "elsewhere.sqlite")
    imported(elsewhere, path)
    second = exported(elsewhere, tmp_path / "second.csv")
    assert second.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


# --- each format ----------------------------------------------------------------------------------------------------


def test_fatebooks_export_with_its_traps(shared: Path, tmp_path: Path, file: str) -> None:
    path = shared / "ledger" / "formats" / "fatebook-export.csv"
    assert imported(file, path).found.kind == "fatebook"
    found = one(file, "Will X sign")
    forecast = found.said[0].forecast
    assert found.question.tags == ("russia", "talks")
    assert found.question.until == "2025-03-01"
    assert found.question.notes == 'note, with "quotes"'
    assert (forecast.probability, forecast.said) == (0.3, "2025-01-05T12:03:05+00:00")
    assert found.resolution is not None
    assert (found.resolution.outcome, found.resolution.day) == ("no", "2025-03-02T09:00:12+00:00")
    assert imported(file, path).found.appended.added == 0
    comes_back(file, tmp_path)


def test_a_file_for_fatebook_is_in_percent_and_comes_back(shared: Path, tmp_path: Path, file: str) -> None:
    imported(file, shared / "ledger" / "formats" / "fatebook-import.csv", who="Mei")
    before = one(file, "Will X sign")
    assert before.said[0].forecast.probability == 0.3
    path = exported(file, tmp_path / "fatebook.csv", format="fatebook", who="Mei")
    with path.open(encoding="utf-8", newline="") as rows:
        row = next(csv.DictReader(rows))
    assert row["forecast"] == "30%"
    assert (row["resolveBy"], row["tags"], row["resolution"]) == ("2025-03-01", "russia, talks", "NO")
    assert imported(file, path, who="Mei").found.appended.added == 0


def test_options_of_fatebook_are_linked_questions(tmp_path: Path, file: str) -> None:
    header = (
        "Question title,Multiple choice option,Forecast created by,Forecast (scale = 0-1),Forecast created at,"
        "Question resolve by,Resolution,Resolved at\n"
    )
    rows = [
        f"Who wins?,{name},Mei,{p},2025-1-5 9:3:5,2025-03-01,{came},2025-03-02"
        for name, p, came in (("Ann", 0.7, "YES"), ("Bob", 0.3, "NO"))
    ]
    (tmp_path / "f.csv").write_text(header + "\n".join(rows), encoding="utf-8")
    imported(file, tmp_path / "f.csv")
    both = [one(file, f"[{name}]") for name in ("Ann", "Bob")]
    assert [found.question.linked for found in both] == ["Who wins?", "Who wins?"]
    assert [found.resolution.outcome.value for found in both if found.resolution] == ["yes", "no"]
    score = do("score", ledger=file).found
    assert score.confidences[0].gap.clusters == 1


def test_forecastbench(shared: Path, tmp_path: Path, file: str) -> None:
    found = imported(file, shared / "ledger" / "forecastbench" / "markets-2024-07-21.csv").found
    assert (found.kind, found.rows, found.unread) == ("forecastbench", 67, 0)
    assert one(file, "average global temperature in 2024").said[0].forecast.judge == "crowd"
    comes_back(file, tmp_path)


def test_manifolds_example(shared: Path, tmp_path: Path, file: str) -> None:
    found = imported(file, shared / "ledger" / "formats" / "manifold-lite-market.json").found
    assert (found.kind, found.rows, found.unread) == ("manifold", 1, 0)
    market = one(file, "blog post")
    assert market.question.opened == "2022-05-29"
    assert market.said[0].forecast.said.startswith("2022-05-30T06:59:00")  # it closed before it was settled
    assert do("score", ledger=file).found.whole.means[0] == (
        "brier",
        pytest.approx((1 - 0.8958175227256309) ** 2, abs=1e-9),
    )
    comes_back(file, tmp_path)


def market(**other: Any) -> dict[str, Any]:
    usual = {
        "id": "a",
        "question": "Will it rain?",
        "outcomeType": "BINARY",
        "probability": 0.4,
        "createdTime": 1_700_000_000_000,
        "closeTime": 1_800_000_000_000,
        "lastUpdatedTime": 1_750_000_000_000,
        "isResolved": True,
        "resolution": "MKT",
        "resolutionProbability": 0.25,
        "resolutionTime": 1_720_000_000_000,
    }
    return usual | other


def test_a_market_that_is_settled_to_its_price_is_a_share(tmp_path: Path, file: str) -> None:
    (tmp_path / "m.json").write_text(json.dumps([market(), market(id="b", question="Void?", resolution="CANCEL")]))
    imported(file, tmp_path / "m.json")
    found = one(file, "rain")
    assert found.resolution is not None
    assert (found.resolution.outcome, found.resolution.value) == ("share", 0.25)
    score = do("score", ledger=file).found  # settled before it was to close: its price of just before counts
    assert score.whole.means[0] == ("brier", pytest.approx((0.4 - 0.25) ** 2))
    assert score.skipped == {"void": 1}


def test_markets_that_cannot_be_read_are_listed(tmp_path: Path, file: str) -> None:
    bad = [
        market(outcomeType="MULTIPLE_CHOICE"),
        market(probability=float("nan")),
        market(question="a" + chr(0) + "b"),
        market(question="lone \ud800 half"),
        market(resolution="PERHAPS"),
        market(resolutionTime=10**30),
        market(createdTime="yesterday"),
        ["no market"],
        market(resolutionProbability=7),
        market(id="good"),
    ]
    (tmp_path / "m.json").write_text(json.dumps(bad))
    found = imported(file, tmp_path / "m.json").found
    assert (found.rows, found.unread) == (10, 9)
    assert [row.line for row in found.first] == list(range(1, 10))
    assert all(row.reason for row in found.first)


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 100_000, "not json", "", "\x00", "[1,"])
def test_json_that_is_none_is_refused_in_a_sentence(text: str, tmp_path: Path, file: str) -> None:
    (tmp_path / "m.json").write_text(text)
    path = tmp_path / "m.json"
    assert "no JSON of markets" in refused(file, path) or "Not read" in said(imported(file, path))


CDF = [0.02 + 0.96 * (k / 200) ** 2 for k in range(201)]
ROWS_OF_QUESTIONS = [
    {"Question ID": "1", "Question Title": "Will they sign?", "Question Type": "binary", "Resolution": "yes"},
    {
        "Question ID": "2",
        "Question Title": "Who wins?",
        "Question Type": "multiple_choice",
        "MC Options (All)": "['Ann', \"Bob, junior\", 'Eve|n']",
        "Resolution": "Bob, junior",
    },
    {
        "Question ID": "3",
        "Question Title": "How many?",
        "Question Type": "numeric",
        "Lower Bound": "0",
        "Upper Bound": "100",
        "Continuous Range": str([k / 2 for k in range(201)]),
        "Resolution": "40",
    },
    {
        "Question ID": "4",
        "Question Title": "When?",
        "Question Type": "date",
        "Lower Bound": "2026-01-01 00:00:00+00:00",
        "Upper Bound": "2026-12-31 00:00:00+00:00",
        "Continuous Range": str(
            ["2026-01-01 00:00:00+00:00", "2026-07-01 00:00:00+00:00", "2026-12-31 00:00:00+00:00"]
        ),
        "Resolution": "2026-07-01 00:00:00+00:00",
    },
]
ROWS_OF_FORECASTS = [
    {"Question ID": "1", "Probability Yes": "0.7", "End Time": "2026-02-01 00:00:00+00:00"},
    {"Question ID": "1", "Probability Yes": "0.9", "Start Time": "2026-02-01 00:00:00+00:00"},
    {"Question ID": "2", "Probability Yes Per Category": "[0.5, 0.5, None]"},
    {"Question ID": "3", "Continuous CDF": str(CDF)},
    {"Question ID": "4", "Continuous CDF": "[0.0, 0.5, 1.0]"},
    {"Question ID": "1", "Forecaster Username": "recency_weighted", "Probability Yes": "0.6"},
]


def download(folder: Path, forecasts: list[dict[str, str]] = ROWS_OF_FORECASTS) -> Path:
    """Write a download with the columns that Metaculus has."""
    folder.mkdir()
    usual = {
        "Categories": "['Law, Politics', 'Geopolitics']",
        "Open Time": "2026-01-01 16:06:47.781475+00:00",
        "Scheduled Close Time": "2026-12-31 00:00:00+00:00",
        "Actual Close Time": "2026-08-01 00:00:00+00:00",
        "Resolution Known Time": "2026-08-02 00:00:00+00:00",
        "Question URL": "https://example.org/q",
    }
    said_ = {"Forecaster Username": "mei", "Is Bot": "False", "Start Time": "2026-01-12 16:06:47.781475+00:00"}
    for name, rows in (
        ("question_data.csv", [usual | row for row in ROWS_OF_QUESTIONS]),
        ("forecast_data.csv", [said_ | row for row in forecasts]),
    ):
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def test_a_download_of_metaculus(tmp_path: Path, file: str) -> None:
    found = imported(file, download(tmp_path / "metaculus")).found
    assert (found.kind, found.rows, found.unread) == ("metaculus", 10, 0)
    choice, number_ = one(file, "Who wins"), one(file, "How many")
    assert choice.question.options == ("Ann", "Bob, junior", "Eve|n")
    assert choice.question.tags == ("Law, Politics", "Geopolitics")
    assert choice.said[0].forecast.probabilities == (0.5, 0.5, 0.0)
    assert len(number_.said[0].forecast.points) == 201
    scores = {line.name: line for line in do("score", ledger=file).found.lines}
    assert scores["Metaculus crowd (recency_weighted)"].forecasts == 1
    mei = scores["mei"]
    assert mei.mean("brier") == pytest.approx(0.01)
    assert mei.mean("brier, options") == pytest.approx(0.5)
    assert dict(mei.counts)["crps, of scale"] == 2
    comes_back(file, tmp_path)


def test_a_forecast_ends_where_it_was_withdrawn(tmp_path: Path, file: str) -> None:
    rows = [{"Question ID": "1", "Probability Yes": "0.7", "End Time": "2026-02-11 16:06:47.781475+00:00"}]
    imported(file, download(tmp_path / "metaculus", rows))
    (_, (why,)) = do("score", ledger=file, why="Will they sign").found.why
    assert [part.days for part in why.parts] == [pytest.approx(30)]


def test_what_a_download_says_wrongly_is_listed(tmp_path: Path, file: str) -> None:
    rows = [
        {"Question ID": "9", "Probability Yes": "0.7"},
        {"Question ID": "1", "Probability Yes": "7"},
        {"Question ID": "2", "Probability Yes Per Category": "['nan', 0.5, 0.5]"},
        {"Question ID": "2", "Probability Yes Per Category": "[0.5, 0.5]"},
        {"Question ID": "2", "Probability Yes Per Category": "__import__('os').system('true')"},
        {"Question ID": "3", "Continuous CDF": str(CDF[::-1])},
        {"Question ID": "3", "Continuous CDF": "[0.1, 0.2]"},
        {"Question ID": "1", "Probability Yes": "0.7", "Start Time": ""},
    ]
    found = imported(file, download(tmp_path / "metaculus", rows)).found
    assert (found.rows, found.unread) == (12, 8)


def test_a_zip_is_read_and_a_bomb_is_not(tmp_path: Path, file: str) -> None:
    folder = download(tmp_path / "metaculus")
    with zipfile.ZipFile(tmp_path / "m.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for path in folder.iterdir():
            packed.write(path, f"data/{path.name}")
        packed.writestr("README.md", "hello")
    assert imported(file, tmp_path / "m.zip").found.unread == 0
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("forecast_data.csv", "a")
        with packed.open("question_data.csv", "w") as inside:
            for _ in range(64):
                inside.write(b"0" * (1 << 20))
    assert "would be 64 MiB when unpacked" in refused(file, tmp_path / "bomb.zip")
    (tmp_path / "no.zip").write_bytes(b"PK\x03\x04 nonsense")
    assert "no download of Metaculus" in refused(file, tmp_path / "no.zip")
    whole = (tmp_path / "m.zip").read_bytes()
    (tmp_path / "torn.zip").write_bytes(whole[:40] + b"\xff" * 40 + whole[80:])
    assert "Q920" in refused(file, tmp_path / "torn.zip")


# --- plain CSV ------------------------------------------------------------------------------------------------------


def test_three_ways_from_columns(shared: Path, tmp_path: Path, file: str) -> None:
    path = shared / "ledger" / "fivethirtyeight" / "world_cup_matches_women.csv"
    columns = (
        *("question={team1} against {team2} on {date}: who wins?", "options={team1}|tie|{team2}", "said=date"),
        *("probabilities={prob1}|{probtie}|{prob2}", "until=date", "judge=organisation"),
        "resolution={prob1_outcome}|{probtie_outcome}|{prob2_outcome}",
    )
    found = imported(file, path, who="FiveThirtyEight", column=columns).found
    assert (found.rows, found.unread) == (103, 0)
    with path.open(encoding="utf-8", newline="") as rows:
        by_hand = [
            sum((float(row[f"prob{side}"]) - float(row[f"prob{side}_outcome"])) ** 2 for side in ("1", "tie", "2"))
            for row in csv.DictReader(rows)
        ]
    (line,) = do("score", ledger=file).found.lines
    assert line.mean("brier, options") == pytest.approx(sum(by_hand) / 103, abs=1e-6)
    assert one(file, "GER against ENG").said[0].forecast.judge == "organisation"
    ordered = str(tmp_path / "ordered.sqlite")
    imported(ordered, path, who="FiveThirtyEight", column=(*columns, "kind=ordered"))
    assert do("score", ledger=ordered).found.lines[0].mean("ranked") is not None
    comes_back(file, tmp_path)


def test_a_round_trip_keeps_everything_that_stands(tmp_path: Path, file: str) -> None:
    header = (
        "question,kind,options,tags,rule,settled by,who,judge,said,forecast,probabilities,points,cumulative,words,"
        "read low,read high,quote,source,derived,model,model digest,model name,seed,version,notes,until,low,high\n"
    )
    rows = [
        'A?,binary,,"law\\, politics; b\\\\c",r,s,Mei,person,2026-01-01,12%,,,,unlikely,0.05,0.2,"=SUM(1) said",'
        "w,d,,,,,,n,2026-12-31,,",
        "B?,choice,Ann | Bob \\| co,,r,s,Case,model,2026-01-02,,0.25|0.75,,,,,,,,,case,abc,node,7,0.1.0,,2026-12-31,,",
        "C?,number,,,r,s,Mei,person,2026-01-02,,,0|5|10,0.1|0.5|1,,,,,,,,,,,,,2026-12-31,0,10",
        "D?,day,,,r,s,Mei,person,2026-01-02,2026-02-01 to 2026-03-01 (80%),,,,,,,,,,,,,,,,2026-12-31,,",
        "E?,binary,,,r,s,Mei,person,2026-01-02,,,,,probably not,,,,,,,,,,,,2026-12-31,,",
    ]
    (tmp_path / "in.csv").write_text(header + "\n".join(rows), encoding="utf-8")
    found = imported(file, tmp_path / "in.csv").found
    assert found.unread == 0, found.first
    a, b, e = one(file, "A?"), one(file, "B?"), one(file, "E?")
    assert a.question.tags == ("law, politics", "b\\c")
    assert a.said[0].forecast.quote == "=SUM(1) said"
    assert b.question.options == ("Ann", "Bob | co")
    model = b.said[0].forecast.model
    assert model is not None
    assert (model.case, model.digest, model.name, b.said[0].forecast.seed) == ("case", "abc", "node", 7)
    assert (e.said[0].forecast.probability, e.said[0].forecast.words) == (None, "probably not")
    comes_back(file, tmp_path)


def test_a_corrected_and_reworded_question_comes_back(tmp_path: Path, file: str) -> None:
    add(file, until="2027-03-31")
    add(file, text="Will troops cross the line of 1 January?", amends="troops", forecast="20%")
    do("resolve", question="troops", outcome="yes", ledger=file)
    do("resolve", question="troops", outcome="no", ledger=file, correct=True)
    comes_back(file, tmp_path)


def test_formulas_are_neutral_in_what_is_written(tmp_path: Path, file: str) -> None:
    for sign in "=+-@\t'":
        add(file, text=f"{sign}cmd|' /C calc'!A0 {ord(sign)}", who=f"{sign}Mei")
    path = exported(file, tmp_path / "out.csv")
    with path.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row.values())
    comes_back(file, tmp_path)


def test_rows_that_cannot_be_read_are_told_with_line_and_reason(tmp_path: Path, file: str) -> None:
    rows = [
        "Good?,Mei,2026-01-01,0.3,2026-12-31,,",
        "Two ways?,Mei,2026-01-01,35,2026-12-31,,",
        "No day?,Mei,,0.3,2026-12-31,,",
        ",Mei,2026-01-01,0.3,2026-12-31,,",
        "Too few,cells",
        '"Two\nlines?",Mei,2026-01-01,0.3,2026-12-31,,',
        "Wrong day?,Mei,2026-02-30,0.3,2026-12-31,,",
        "Perhaps?,Mei,2026-01-01,0.3,2026-12-31,perhaps,2026-12-31",
    ]
    (tmp_path / "in.csv").write_text(PLAIN + "\n".join(rows), encoding="utf-8")
    result = imported(file, tmp_path / "in.csv")
    assert (result.found.rows, result.found.unread) == (8, 6)
    assert [row.line for row in result.found.first] == [3, 4, 5, 6, 9, 10]
    told = said(result)
    for part in ("Not read: 6 rows", "line 3", "2 cells under 7 columns", "nothing says when", '"perhaps"'):
        assert part in told
    assert not result.unsolved


def test_a_quote_that_is_not_closed_takes_one_row_with_it(tmp_path: Path, file: str) -> None:
    rows = [f"Question {n}?,Mei,2026-01-01,0.3,2026-12-31,," for n in range(50)]
    rows[10] = '"Never closed?,Mei,2026-01-01,0.3,2026-12-31,,'
    (tmp_path / "in.csv").write_text(PLAIN + "\n".join(rows), encoding="utf-8")
    found = imported(file, tmp_path / "in.csv").found
    assert (found.rows, found.unread) == (50, 1)
    assert (found.first[0].line, "quotes" in found.first[0].reason) == (12, True)


def test_a_file_of_quotes_ends(tmp_path: Path, file: str) -> None:
    rows = ['"Never closed?,Mei,2026-01-01,0.3,2026-12-31,,'] * 5_000
    (tmp_path / "in.csv").write_text(PLAIN + "\n".join(rows), encoding="utf-8")
    found = imported(file, tmp_path / "in.csv").found
    assert found.appended.added == 0
    assert found.unread == found.rows > 100


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str, tmp_path: Path, file: str) -> None:
    (tmp_path / "in.csv").write_text(PLAIN + "Wird Köln gewählt?,Zoë,2026-01-01,0.3,2026-12-31,,", encoding=encoding)
    if encoding == "cp1252":
        told = refused(file, tmp_path / "in.csv")
        assert "--encoding" in told or "UTF-8" in told
        assert not Path(file).exists() or do("list", ledger=file).all == 0
        imported(file, tmp_path / "in.csv", encoding=encoding)
    else:
        imported(file, tmp_path / "in.csv")
    assert one(file, "Köln").question.text == "Wird Köln gewählt?"


def test_nul_signs_and_cells_without_end_are_told(tmp_path: Path, file: str) -> None:
    rows = [
        "With \x00 inside?,Mei,2026-01-01,0.3,2026-12-31,,",
        f"{'x' * (2 << 20)}?,Mei,2026-01-01,0.3,2026-12-31,,",
        "Good?,Mei,2026-01-01,0.3,2026-12-31,,",
    ]
    (tmp_path / "in.csv").write_text(PLAIN + "\n".join(rows), encoding="utf-8")
    found = imported(file, tmp_path / "in.csv").found
    assert [(row.line, row.reason.split(":")[0]) for row in found.first] == [
        (2, "it holds signs that are no text (NUL)"),
        (3, "a cell is longer than 1,048,576 signs"),
    ]
    assert do("list", ledger=file).all == 1


def test_two_columns_of_one_name_are_refused(tmp_path: Path, file: str) -> None:
    (tmp_path / "in.csv").write_text("question,who,who\nA?,x,y", encoding="utf-8")
    assert 'two columns "who"' in refused(file, tmp_path / "in.csv")


@pytest.mark.parametrize(
    ("column", "told"),
    [("forecast=probwn", "probwin"), ("forcast=probwin", "forecast"), ("question=", "names no column")],
)
def test_a_column_that_is_not_there(column: str, told: str, shared: Path, file: str) -> None:
    path = shared / "ledger" / "fivethirtyeight" / "governors_2018_classic.csv"
    with pytest.raises(Refusal) as caught:
        imported(file, path, who="x", column=("question=candidate", column))
    assert told in f"{caught.value} {caught.value.problem.hint}"


def test_who_forecast_must_be_said(tmp_path: Path, file: str) -> None:
    (tmp_path / "in.csv").write_text(PLAIN + "A?,,2026-01-01,0.3,2026-12-31,,", encoding="utf-8")
    assert "Q911" in refused(file, tmp_path / "in.csv")
    imported(file, tmp_path / "in.csv", who="Mei")
    assert do("list", ledger=file).names.values() == {"Mei"} or "Mei" in do("list", ledger=file).names.values()


def test_tags_for_a_whole_file(tmp_path: Path, file: str) -> None:
    (tmp_path / "in.csv").write_text(PLAIN + "A?,Mei,2026-01-01,0.3,2026-12-31,,", encoding="utf-8")
    imported(file, tmp_path / "in.csv", tag=("russia",))
    assert one(file, "A?").question.tags == ("russia",)


def test_a_day_is_kept_as_it_was_said(tmp_path: Path, file: str) -> None:
    (tmp_path / "in.csv").write_text(PLAIN + "A?,Mei,2026-1-5 9:3:5 +02:00,0.3,2026-12-31,,", encoding="utf-8")
    imported(file, tmp_path / "in.csv")
    assert one(file, "A?").said[0].forecast.said == "2026-01-05T07:03:05+00:00"
    assert one(file, "A?").question.until == date(2026, 12, 31).isoformat()
