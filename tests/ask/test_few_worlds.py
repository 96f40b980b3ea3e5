"""Few worlds: wherever it is said, as many other worlds may say otherwise only where it is "on the edge" of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

import quandary
from quandary.ask import (
    CountedChoice,
    Critique,
    QuestionResult,
    Study,
    advice,
    decision_named,
    few_count,
    judged,
    near_coin_flips,
    readings,
    rereadings,
    structural_flips,
    subjects,
)
from quandary.case import Question, written_queries
from quandary.language import parse_query
from quandary.report import CaseNames, dumps, few_said, item_words, judgement_document
from quandary.use import LoadedCase

CASE = """
quandary: 1
title: A rare sign
as_of: 2030-01-01
actors:
  a: {name: A, rationality: x4 per 10}
assumptions:
  how: {value: 'lognormal(1, 0.6)', because: nobody knows}
story:
  - {chance: ball, states: [red, blue], odds: {red: 40% to 70%, blue: rest}}
  - chance: sign
    states: [shown, none]
    odds: {shown: '0.01% * min(how, 9000)', none: rest}
  - {decision: bet, by: a, sees: [sign], options: ["on", "off"]}
  - chance: prize
    given: [ball, bet]
    states: [won, lost]
    odds:
      - ball = red and bet = on: {won: 60% to 80%, lost: rest}
      - otherwise: {won: 10% to 50%, lost: rest}
stakes:
  a: {gain: {worth: [{prize = won: 60 to 90}, {otherwise: 40}]}}
evidence:
  - {on: 2029-12-01, saw: sign = shown, because: seen}
claims:
  - {id: red, speaker: A, quote: "it is red", tests: {half: P(prize = won | do(ball = red)) >= 45%}}
"""
SEEDS = range(1, 13)

Counted = tuple[bool, bool]


@cache
def loaded() -> LoadedCase:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        path.write_text(CASE, encoding="utf-8")
        return quandary.load(path)


def worlds_on_the_border() -> int:
    """Return so many worlds of the case that about 400 count."""
    study = Study(loaded().case, worlds=4000, threads=1)
    study.need([])
    return round(4000 * 400 / study.run.effective_worlds)


def counted(study: Study) -> Iterator[tuple[str, Counted]]:
    """Yield what is said of few worlds in every place that says so."""
    found = study.case
    (reading,) = readings(found)
    study.need(reading.reading.queries)
    test = judged(study, reading.reading)
    assert test.other is not None
    yield "claim", (test.few_worlds, test.few_edge)
    yield "the other form", (test.other.few_worlds, test.other.few_edge)
    table = structural_flips(study, subjects(found, "red"))
    yield "structure", (table.before[0].few_worlds, table.before[0].few_edge)
    row = advice(study, decision_named(found, "bet")).rows[0]
    yield "advice", (row.few_worlds, row.few_edge)
    sense = rereadings(study, [one for one in written_queries(found, loaded().text) if one.kind == "claim"])[0].now
    yield "migration", (sense.few_worlds, sense.few_edge)


def test_seeds_differ_only_where_it_is_on_the_edge() -> None:
    found, worlds = loaded().case, worlds_on_the_border()
    said: dict[str, list[Counted]] = {}
    for seed in SEEDS:
        for where, one in counted(Study(found, worlds=worlds, seed=seed, threads=1)):
            said.setdefault(where, []).append(one)
    assert len(said) == 5
    for where, told in said.items():
        assert {few for few, _ in told} == {True, False}, f"{where} lies on no border"
        assert sum(edge for _, edge in told) > len(told) / 2, where  # three errors: only a heavy tail goes beyond


def test_far_from_the_border_nothing_is_on_the_edge() -> None:
    found, worlds = loaded().case, worlds_on_the_border()
    for times, few in ((0.4, True), (3, False)):
        study = Study(found, worlds=round(times * worlds), threads=1)
        assert {one for _, one in counted(study)} == {(few, False)}


def test_worlds_that_all_count_alike_are_on_no_edge() -> None:
    assert few_count(np.ones(399)) == (True, False)
    assert few_count(np.ones(400)) == (False, False)
    assert few_count(np.zeros(400)) == (True, False)


@pytest.mark.parametrize(
    ("few", "edge", "words"),
    [
        (False, False, []),
        (True, False, ["few worlds"]),
        (True, True, ["on the edge of few worlds"]),
        (False, True, ["on the edge of few worlds"]),
    ],
)
def test_the_words_are_the_same_on_either_side_of_the_border(few: bool, edge: bool, words: Sequence[str]) -> None:
    assert few_said(few, edge) == words


def test_json_says_so_too() -> None:
    study = Study(loaded().case, worlds=worlds_on_the_border(), threads=1)
    (reading,) = readings(study.case)
    study.need(reading.reading.queries)
    body = json.loads(dumps(judgement_document(judged(study, reading.reading))))  # type: ignore[arg-type]
    assert body["few_edge"]
    assert body["other_form"]["few_edge"]
    assert body["size"]["edge"] is False


def test_a_choice_that_may_be_a_coin_flip_is_criticised_on_either_side() -> None:
    question = Question("flip", parse_query("P(bet = on)"), "P(bet = on)")
    study = Study(loaded().case, worlds=64, threads=1)
    plain = study.ask("P(bet = on)")
    nothing = Critique((), None, 0, 0, 64, True)
    for chance, reach, told in ((0.529, 0.004, True), (0.531, 0.004, True), (0.54, 0.004, False), (0.51, 0.0, True)):
        counting = CountedChoice(chance, 0.5, 0.9, reach, 0.01)
        found = list(near_coin_flips(None, [QuestionResult(question, replace(plain, counting=counting))]))
        assert bool(found) is told
        words = [item_words(CaseNames(study.case), nothing, one).said for one in found]
        edge = "on the edge of a coin flip" if reach else "near a coin flip"
        assert all(edge in one for one in words)
