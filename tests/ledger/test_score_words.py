"""What scores say: of one forecaster or several, of a tag, against another; and their charts, each with its table."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from tests.ledger.ledgers import add, do, said

from quandary.base import Refusal

HEADER = "question,who,judge,said,probability,tags,until,resolution,resolved on\n"


def written(tmp_path: Path, *people: tuple[str, str, float], count: int = 80) -> Path:
    """Write a history: of each person, on each of two tags, ``count`` questions; how over-confident on russia."""
    source = np.random.default_rng(11)
    rows = []
    for tag in ("russia", "economy"):
        for number in range(count):
            odds = source.normal() * 1.5
            came = "yes" if source.random() < 1 / (1 + np.exp(-odds)) else "no"
            month = 1 + number % 9
            for name, judge, factor in people:
                probability = 1 / (1 + np.exp(-odds * (factor if tag == "russia" else 1.0)))
                told = f"{min(max(probability, 0.01), 0.99):.2f}"
                day = f"2025-{month:02d}"
                rows.append(f"Will {tag} {number}?,{name},{judge},{day}-05,{told},{tag},{day}-25,{came},{day}-26")
    path = tmp_path / "history.csv"
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def own(tmp_path: Path, file: str) -> str:
    """Return a ledger of one person, over-confident on russia alone."""
    do("import", file=str(written(tmp_path, ("Mei", "person", 4.0))), ledger=file)
    return file


@pytest.fixture
def crowds(tmp_path: Path, file: str) -> str:
    """Return a ledger of the same person among a crowd that is right."""
    do("import", file=str(written(tmp_path, ("Mei", "person", 4.0), ("Crowd", "crowd", 1.0))), ledger=file)
    return file


def strong(result: Any) -> list[str]:
    return [piece.text for piece in result.pieces() if getattr(piece, "tone", "") == "strong"]


def test_whether_she_is_over_confident_on_one_tag_in_a_sentence(own: str) -> None:
    (told, *_) = strong(do("score", tag="russia", ledger=own))
    assert told.startswith("Mei on russia is over-confident: sure of the side taken by ")
    sure, came = (int(found) for found in re.findall(r"(\d+) %", told)[:2])
    assert sure > came
    read = re.search(r"Read a 90 % of Mei on russia as about (\d+) %\.", told)
    assert read is not None
    assert 50 < int(read[1]) < 90
    (other, *_) = strong(do("score", tag="economy", ledger=own))
    assert other.startswith("Nothing beyond chance shows Mei on economy to be over- or under-confident")


def test_by_tag_finds_the_tag_without_naming_it(own: str) -> None:
    result = do("score", by="tag", ledger=own)
    told = strong(result)
    assert sum("is over-confident" in line for line in told) == 1
    assert told[0].startswith("Mei on russia is over-confident")
    assert [line.name for line in result.found.lines] == ["economy", "russia"]


def test_several_forecasters_are_never_one(crowds: str) -> None:
    result = do("score", ledger=crowds)
    assert [line.name for line in result.found.lines] == ["Crowd", "Mei"]
    told = said(result)
    assert "Mei is over-confident" in told
    assert "Crowd is over-confident" not in told
    assert "All together, which is nobody's skill" in told
    tags = [line.name for line in do("score", by="tag", ledger=crowds).found.lines]
    assert tags == ["economy, Crowd", "economy, Mei", "russia, Crowd", "russia, Mei"]
    alone = do("score", of="Mei", ledger=crowds)
    assert (alone.found.who, [one.by for one in alone.found.published]) == ("Mei", [alone.found.published[0].by])
    assert "nobody's skill" not in said(alone)


def test_each_is_set_against_one_where_nobody_is_named(crowds: str) -> None:
    told = said(do("score", against="Crowd", ledger=crowds))
    assert re.search(r"Mei's brier score minus Crowd's is 0\.0\d+ \(.*\): Crowd was better\.", told)
    assert "Crowd's brier score minus Crowd's" not in told
    assert "more than chance" not in said(do("score", against="Mei", of="Crowd", tag="russia", ledger=crowds))


def test_of_few_nobody_is_better(tmp_path: Path, file: str) -> None:
    path = written(tmp_path, ("Mei", "person", 4.0), ("Crowd", "crowd", 1.0), count=4)
    do("import", file=str(path), ledger=file)
    told = said(do("score", against="Crowd", ledger=file))
    assert "too few to say who is better" in told
    assert "Too few settled questions" in told
    assert "over-confident:" not in told


def test_a_probability_that_was_ruled_out_is_told_and_written(file: str) -> None:
    add(file, forecast="0%", said="2026-01-01")
    do("resolve", question="troops", outcome="yes", ledger=file)
    result = do("score", ledger=file)
    assert result.found.whole.mean("log") == np.inf
    document = json.loads(result.json()) if hasattr(result, "json") else None
    assert document is None or document["whole"]["means"]["log"] is None
    assert "inf" in str([piece.rows for piece in result.pieces() if hasattr(piece, "rows")])


def test_every_table_stands_under_what_it_shows(crowds: str) -> None:
    pieces = list(do("score", ledger=crowds).pieces())
    for number, piece in enumerate(pieces):
        if hasattr(piece, "caption"):
            assert pieces[number - 1].text == piece.caption


@pytest.mark.parametrize("what", ["calibration", "discrimination", "months"])
def test_charts_of_scores_are_drawn(what: str, crowds: str, tmp_path: Path) -> None:
    target = tmp_path / f"{what}.svg"
    result = do("score", draw=what, chart=str(target), ledger=crowds)
    assert ElementTree.parse(target).getroot().tag.endswith("svg")
    assert f"Wrote {target}." in said(result)
    spec = tmp_path / f"{what}.vl.json"
    do("score", draw=what, chart=str(spec), ledger=crowds)
    drawn = json.loads(spec.read_text(encoding="utf-8"))
    assert drawn["description"].endswith(".")
    points = drawn["data"]["values"]
    if what == "calibration":
        assert all(0 <= point["low"] <= point["high"] <= 100 for point in points)
        assert sum(point["count"] for point in points) == 320
    elif what == "discrimination":
        assert sum(point["count"] for point in points) == 320
    else:
        assert [point["month"] for point in points] == [f"2025-{month:02d}-01" for month in range(1, 10)]
    png = tmp_path / f"{what}.png"
    do("score", draw=what, chart=str(png), ledger=crowds)
    assert png.read_bytes().startswith(b"\x89PNG")


def test_the_history_of_a_question_has_all_its_forecasters(tmp_path: Path) -> None:
    place = str(tmp_path / "demo.sqlite")
    do("demo", ledger=place, keep=True)
    target = tmp_path / "history.vl.json"
    result = do("show", question="An invasion", chart=str(target), ledger=place)
    points = json.loads(target.read_text(encoding="utf-8"))["data"]["values"]
    stated = {(row["by"], row["at"], row["said"]) for row in points if row.get("stated")}
    assert len(stated) == 8
    assert ("Metaculus", "2022-01-18", 52.0) in stated
    assert {row["outcome"] for row in points if "outcome" in row} == {"came: yes"}
    (sheet,) = [piece for piece in result.pieces() if hasattr(piece, "rows")]
    assert len(sheet.rows) == 9  # with the one in words, that has no number to draw
    svg = tmp_path / "history.svg"
    do("show", question="An invasion", chart=str(svg), ledger=place)
    assert "R. de Neufville" not in svg.read_text(encoding="utf-8")
    assert "C. Graubard" in svg.read_text(encoding="utf-8")


def test_what_has_no_probabilities_is_not_drawn(file: str, tmp_path: Path) -> None:
    add(file, text="How many?", kind="number", forecast="10 to 20")
    with pytest.raises(Refusal, match="Q918"):
        do("show", question="How many", chart=str(tmp_path / "a.svg"), ledger=file)
    with pytest.raises(Refusal, match="Q918"):
        do("score", chart=str(tmp_path / "a.svg"), ledger=file)
    assert not (tmp_path / "a.svg").exists()
