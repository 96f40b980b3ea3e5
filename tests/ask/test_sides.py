"""Questions and the headline: what decides on which side they lie, and what the ranges allow them to be."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.ask.test_headline import BUILT
from tests.ask.test_structure import case_of

import quandary
from quandary.ask import HIGH, LOW, Budget, Study, findings
from quandary.report import dumps
from quandary.use import HANDS, request_from, task_named

ONE_NUMBER = """
quandary: 2
title: A level
as_of: 2030-01-01
actors:
  a: {name: A, rationality: x3 per 10, because: invented}
story:
  - chance: luck
    states: [bad, good]
    odds: {good: 30% to 70%, bad: rest}
    because: invented
  - chance: idle
    states: [no, yes]
    odds: {"yes": 10% to 60%, "no": rest}
    because: invented
questions:
  lucky: {asks: "Lucky?", query: P(luck = good)}
  more: {asks: "How much luckier?", query: P(luck = good) - P(luck = bad)}
  worth: {asks: "What is it worth?", query: P(luck = good) > P(idle = yes)}
"""


def study_of(text: str, worlds: int = 1_000) -> Study:
    return Study(case_of(text), worlds=worlds, threads=1)


def test_a_question_of_one_number_turns_at_one_half_and_is_bounded_by_its_ends() -> None:
    study = study_of(ONE_NUMBER)
    found = {one.question.id: one for one in findings(study, Budget(), whole=True).questions}
    number = next(one for one in study.model.quantities if "luck" in one.name)
    low, high = number.estimate.quantile(np.array([LOW, HIGH])).tolist()
    lucky, more, worth = found["lucky"], found["more"], found["worth"]
    assert lucky.bounds is not None and more.bounds is not None and worth.bounds is not None
    assert [lucky.bounds.low, lucky.bounds.high] == pytest.approx([low, high])
    assert [more.bounds.low, more.bounds.high] == pytest.approx([2 * low - 1, 2 * high - 1])
    for one, level in ((lucky, 0.5), (more, 0.0)):
        assert one.side is not None
        assert one.side.level == level
        assert one.side.rests_on.numbers == (number.name,)
        assert one.side.rests_on.cut is not None
        assert one.side.rests_on.cut.threshold == pytest.approx(0, abs=0.05)  # log-odds of one half
    assert worth.side is not None
    assert worth.side.level is None
    assert len(worth.side.rests_on.numbers) == 2


def test_what_is_not_asked_for_is_not_searched() -> None:
    for one in findings(study_of(ONE_NUMBER, 200), Budget()).questions:
        assert one.side is None and one.bounds is None


def test_run_all_report_and_python_say_the_same(tmp_path: Path) -> None:
    path = tmp_path / "bet.yaml"
    path.write_text(BUILT, encoding="utf-8")
    told = {}
    for name, own in (("run", {"all": True}), ("report", {"format": "json"})):
        task = task_named(name)
        found = task.run(request_from(task.request, {"case": str(path), "worlds": 1000, **own}), HANDS).document()
        assert found is not None
        told[name] = json.loads(dumps(found))
    for key in ("headline_side", "headline_bounds"):
        assert told["run"][key] == told["report"][key]
    plays = told["run"]["questions"]["plays"]
    assert plays["side"] == told["run"]["headline_side"]
    assert plays["bounds"] == told["run"]["headline_bounds"]
    assert 0 <= plays["bounds"]["low"] < plays["low"] < plays["high"] < plays["bounds"]["high"] <= 1
    python = quandary.load(path).solve(worlds=1000).findings.questions[0]
    assert python.bounds is not None
    assert python.bounds.low == plays["bounds"]["low"]
    assert "above 50 % if what is added" in plays["side"]["said"][0]
