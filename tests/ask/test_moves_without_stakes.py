"""What tables truly depend on, by what is written: an actor without a stake in its own move is warned of, no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from quandary.ask import trial
from quandary.compile import read_case

CASE = """
quandary: 2
title: A move
as_of: 2030-01-01
actors:
  a: {name: A, rationality: x3 per 10, because: invented}
  b: {name: B, rationality: x3 per 10, because: invented}
story:
  - {chance: s, states: ["no", "yes"], odds: {"yes": 30% to 60%, "no": rest}, because: invented}
  - {decision: d, by: a, sees: [s], options: [p, q, r]}
STORY
stakes:
STAKES
"""
ON_OUTCOME = "  a: {want: {worth: [{o = yes: 10}, {otherwise: 20}], because: invented}}"
ON_REPLY = "  a: {want: {worth: [{e = x: 10}, {otherwise: 20}], because: invented}}\n"
REPLY = "  - {decision: e, by: b, sees: [d], options: [x, y]}"


def outcome(body: str) -> str:
    return f'  - {{chance: o, given: [d], states: ["no", "yes"], {body}, because: invented}}'


WITHOUT = {
    "a stake in something else": ("", "  a: {want: {worth: [{s = yes: 10}, {otherwise: 20}], because: invented}}"),
    "the same number everywhere": ("", "  a: {want: {worth: [{d = p: 50}, {otherwise: 50}], because: invented}}"),
    "the same assumption everywhere": (
        "",
        "  a: {want: {worth: [{d = p: g}, {otherwise: g}], because: invented}}\n"
        "assumptions: {g: {value: 10 to 30, because: invented}}",
    ),
    "an event that names the decision and has one rule": (outcome('odds: {"yes": 30% to 60%, "no": rest}'), ON_OUTCOME),
    "rules that say the same": (
        outcome('odds: [{d = p: {"yes": 40%, "no": rest}}, {otherwise: {"yes": 40%, "no": rest}}]'),
        ON_OUTCOME,
    ),
    "an effect of x1": (outcome('base: {"yes": 30%, "no": rest}, effects: [{d = p: {"yes": x1}}]'), ON_OUTCOME),
    "no points": (outcome('base: {"yes": 30%, "no": rest}, effects: [{d = p: {"yes": +0 points}}]'), ON_OUTCOME),
    "no weight": (
        "",
        "  a:\n    want: {weight: 0%, worth: [{d = p: 10}, {otherwise: 20}], because: invented}\n"
        "    other: {weight: 100%, worth: [{s = yes: 10}, {otherwise: 20}], because: invented}",
    ),
    "somebody who sees it and does not mind": (
        REPLY,
        ON_REPLY + "  b: {want: {worth: [{e = x: 10}, {otherwise: 20}], because: invented}}",
    ),
    "somebody who minds and does not see it": (
        REPLY.replace("[d]", "[s]"),
        ON_REPLY + "  b: {want: {worth: [{e = x and d = p: 10}, {otherwise: 20}], because: invented}}",
    ),
}
WITH = {
    "ranges that are two numbers, though alike": (
        "",
        "  a: {want: {worth: [{d = p: 10 to 30}, {otherwise: 10 to 30}], because: invented}}",
    ),
    "hardly a difference": ("", "  a: {want: {worth: [{d = p: 50}, {otherwise: 50.0001}], because: invented}}"),
    "a difference in one world of a thousand": (
        "",
        '  a: {want: {worth: [{d = p: "max(0, g)"}, {otherwise: 0}], because: invented}}\n'
        'assumptions: {g: {value: "uniform(-999, 1)", because: invented}}',
    ),
    "somebody who sees it and minds": (
        REPLY,
        ON_REPLY + "  b: {want: {worth: [{e = x and d = p: 10}, {otherwise: 20}], because: invented}}",
    ),
    "an effect that may be x1": (
        outcome('base: {"yes": 30%, "no": rest}, effects: [{d = p: {"yes": x1 to x3}}]'),
        ON_OUTCOME,
    ),
}


def warned(folder: Path, story: str, stakes: str) -> set[str]:
    path = folder / "case.yaml"
    path.write_text(CASE.replace("STORY", story).replace("STAKES", stakes), encoding="utf-8")
    loaded = read_case(path)
    assert loaded.case is not None
    assert not [problem for problem in loaded.problems if problem.is_error]
    found = trial(loaded.case)
    return {problem.message.partition('"')[2].partition('"')[0] for problem in found if problem.code == "Q526"}


@pytest.mark.parametrize("name", WITHOUT)
def test_a_move_that_can_change_no_stake_is_warned_of(name: str, tmp_path: Path) -> None:
    assert "d" in warned(tmp_path, *WITHOUT[name])


@pytest.mark.parametrize("name", WITH)
def test_a_move_that_can_is_not(name: str, tmp_path: Path) -> None:
    assert "d" not in warned(tmp_path, *WITH[name])
