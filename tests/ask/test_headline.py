"""The headline's "unless" and what ``flips`` finds: one threshold, by one definition; and where none is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.ask.test_structure import case_of

from quandary.ask import Flip, Headline, Study, flips, headline_of, headline_query
from quandary.case import TEMPLATE, Case, find_case, shipped_folder
from quandary.compile import read_case
from quandary.report import dumps
from quandary.use import HANDS, request_from, task_named

BUILT = """
quandary: 2
title: A bet
as_of: 2030-01-01
actors:
  a: {name: A, rationality: x3 per 10, because: invented}
story:
  - chance: luck
    states: [bad, good]
    odds: {good: 30% to 60%, bad: rest}
    because: invented
  - decision: bet
    by: a
    options: [pass, play]
stakes:
  a:
    purse:
      worth: [{bet = pass: 50}, {otherwise: 54}]
      effects:
        - bet = play: -20 to +8 points
        - bet = play and luck = good: +1 to +3 points
      because: invented
questions:
  plays: {asks: "Does A play?", query: P(bet = play)}
"""


def headline(case: Case, worlds: int) -> tuple[Headline, tuple[Flip, ...]]:
    study = Study(case, worlds=worlds, threads=1)
    leading = headline_query(case)
    assert leading is not None
    query = study.prepared(leading.query)
    study.need([query])
    return headline_of(study, leading, query), flips(study, query).flips


def shipped(name: str) -> Case:
    path = shipped_folder() / TEMPLATE / "case.yaml" if name == TEMPLATE else find_case(name)
    case = read_case(path).case
    assert case is not None
    return case


@pytest.mark.parametrize("name", ["kazakhstan-2022", TEMPLATE, "built"])
def test_the_headline_and_flips_name_the_same_values(name: str) -> None:
    found, every = headline(case_of(BUILT) if name == "built" else shipped(name), 2_000)
    turning = [flip for flip in every if flip.turn is not None]
    assert [flip.number.name for flip in found.unlesses] == [flip.number.name for flip in turning[:3]]
    for one, other in zip(found.unlesses, turning, strict=False):
        turn = other.turn
        assert turn is not None
        assert (one.threshold, one.above, one.beyond, one.mean) == (turn.threshold, turn.above, turn.beyond, turn.mean)


def test_an_unless_is_where_the_answer_passes_one_half() -> None:
    # worths are equal, and so is the choice, where 4 + points + (about 0.45 of 1 to 3 points) = 0
    found, _ = headline(case_of(BUILT), 8_000)
    assert found.answer.mean is not None and found.answer.mean < 0.5
    unless = found.unless
    assert unless is not None
    assert unless.number.name.startswith("stakes.a.purse.effects")
    assert unless.above
    assert unless.threshold == pytest.approx(-4.9, abs=0.35)
    assert unless.mean > 0.5


def test_what_flips_nothing_is_no_unless() -> None:
    # play is never the likelier: the best of these ranges leaves it behind, though both numbers move it
    text = BUILT.replace("-20 to +8 points", "-20 to -12 points")
    assert text != BUILT
    found, every = headline(case_of(text), 2_000)
    assert every and found.unlesses == ()


def test_a_report_and_flips_print_one_threshold(tmp_path: Path) -> None:
    path = tmp_path / "bet.yaml"
    path.write_text(BUILT, encoding="utf-8")
    told = {}
    for name, own in (("report", {"format": "json", "search": False}), ("flips", {"thing": "plays"})):
        task = task_named(name)
        found = task.run(request_from(task.request, {"case": str(path), "worlds": 2000, **own}), HANDS).document()
        assert found is not None
        told[name] = json.loads(dumps(found))
    unless = told["report"]["unlesses"][0]
    flip = next(one for one in told["flips"]["answers"][0]["numbers"] if one["flips"] is not None)
    assert unless["number"] == flip["name"]
    turn = flip["flips"]
    assert [unless[key] for key in ("threshold", "above", "mean")] == [turn[k] for k in ("threshold", "above", "mean")]
    assert unless["beyond"] == turn["probability"]
