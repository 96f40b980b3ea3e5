"""Numbers that nobody has put, written so that one stands by itself: nothing else moves, to the bit."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from quandary.ask import Candidate, Study, candidates, prepare, with_answer
from quandary.base import Array, Refusal
from quandary.case import Case, CaseText, TextEntry, TextFile, states_of
from quandary.compile import compile_case, read_case_text
from quandary.language import parse_query

EVERY_WAY = """
quandary: 2
title: A case
as_of: 2030-01-01
actors:
  a: {rationality: unknown, weights: unknown}
  b: {rationality: x2 per 10, weights: s < t < u}
story:
  - {chance: storm, states: [no, yes], odds: unknown}
  - {chance: cold, states: [no, mild, yes], odds: unknown}
  - {decision: go, by: a, sees: [storm], options: [stay, sail], usual: unknown}
  - {decision: come, by: b, sees: [go], options: [stay, sail, fly], usual: unknown}
  - {chance: w1, states: [no, yes], given: [storm, cold], odds: unknown}
  - {chance: w2, states: [no, mid, yes], given: [storm, cold], odds: {no: unknown, mid: unknown, yes: unknown}}
  - {chance: w3, states: [no, mid, yes], given: [storm, cold], odds: {no: rest, mid: unknown, yes: 10%}}
  - chance: w4
    states: [no, mid, yes]
    given: [storm, cold]
    odds:
      - storm = no: {no: 10%, mid: 20%, yes: rest}
      - otherwise: unknown
  - {chance: w5, states: [no, yes], given: [storm], base: unknown, effects: [{storm = yes: unknown}]}
  - {chance: w6, states: [no, mid, yes], given: [storm], odds: unknown}
  - chance: w7
    states: [no, mid, yes]
    given: [cold]
    odds:  # nobody knows
      # but for a little
      - cold = no: {no: 20%, mid: at least 10%, yes: unknown}  # of one year
      # what is left
      - otherwise: unknown  # of all others
  - chance: w8
    states: [no, yes]
    given: [storm]
    odds:
      yes: unknown
      no: rest
  - chance: w9
    states: [no, yes]
    given: [storm]
    odds:
      yes: unknown  # a comment that would go
      no: rest
stakes:
  a:
    s: {order: w2 = no < w2 = mid < w2 = yes}
    t: {worth: [{go = sail: unknown}, {otherwise: at least 20}]}
  b:
    s: {worth: [{w1 = yes: unknown}, {otherwise: 20}], effects: [{storm = yes: unknown}]}
    t: {worth: [{w4 = yes: unknown}, {otherwise: 20}]}
    u: {order: come = stay < come = sail < come = fly and cold = no < come = fly and cold != no}
"""

LEFT = {"w3", "w4", "w9", "b.s", "b.t", "b.u"}
"""What cannot be asked alone: odds that say more than a base and effects, what has a comment in it, and orders."""

ANSWERS = {
    "odds": "20% to 30%",
    "weight": "20% to 30%",
    "usual share": "20% to 30%",
    "worth": "20 to 40",
    "factor": "x2 to x3",
    "points": "+1 to +3 points",
    "rationality": "x2 to x3 per 10",
}


@cache
def every_way() -> tuple[CaseText, Case, tuple[Candidate, ...]]:
    text = CaseText((TextFile("case.yaml", EVERY_WAY.encode()),))
    case = case_in(text)
    asked = candidates(case, compile_case(case), text=text, every=True)
    return text, case, tuple(one for one in asked if one.number.unknown)


def case_in(text: CaseText) -> Case:
    loaded = read_case_text(text)
    assert loaded.case is not None, [problem.message for problem in loaded.problems]
    return loaded.case


def uniforms(case: Case) -> dict[str, Array]:
    study = Study(case, worlds=20, seed=1, threads=1)
    return {name: study.uniforms[name] for name in study.model.names}


def outcomes(case: Case) -> list[Array]:
    queries = [
        prepare(case, parse_query(f"P({item.id} = {state})")) for item in case.story for state in states_of(item)
    ]
    study = Study(case, worlds=20, seed=1, threads=1)
    study.need(queries)
    return [study.draws(query)[0].values for query in queries]


def test_all_that_can_stand_alone_can_be_asked() -> None:
    _, case, asked = every_way()
    names = {one.number.name for one in asked}
    missing = [one for one in compile_case(case).quantities if one.unknown and one.name not in names]
    assert {".".join(one.role.of) for one in missing} == LEFT


def test_one_who_does_not_know_changes_nothing() -> None:
    """Written out, with nothing put in its place, a case says what it said, in every world and to the bit."""
    text, case, asked = every_way()
    before = outcomes(case)
    places = {(one.number.place, one.number.role.condition): one for one in asked}
    for one in places.values():
        after, _ = with_answer(text, case, one, None, because=None, by="AB")
        for old, new in zip(before, outcomes(case_in(after)), strict=True):
            np.testing.assert_array_equal(old, new, err_msg=one.name)


def test_an_answer_leaves_the_draws_of_all_others() -> None:
    text, case, asked = every_way()
    before = uniforms(case)
    for one in {one.number.name: one for one in asked}.values():
        said = f"raises {ANSWERS['factor']}" if one.is_shift else ANSWERS[one.number.role.kind]
        after, _ = with_answer(text, case, one, said, because="so", by="AB")
        left = uniforms(case_in(after))
        assert left.keys() == before.keys(), one.name
        for name in left:
            np.testing.assert_array_equal(before[name], left[name], err_msg=f"{one.name}: {name}")


def test_a_row_is_written_above_the_rule_it_leaves_with_comments_where_they_were() -> None:
    text, case, asked = every_way()
    one = next(one for one in asked if one.name == "story.w7.odds[cold = mild].no")
    after, place = with_answer(text, case, one, "20% to 30%", because="so", by="AB")
    lines = after.main.data.decode().splitlines()
    written = "      - {cold = mild: {no: {value: 20% to 30%, because: so, judged_by: AB}, mid: unknown, yes: unknown}}"
    assert lines[place.line - 1] == written
    del lines[place.line - 1]
    assert lines == text.main.data.decode().splitlines()
    assert lines[place.line - 1].strip() == "# what is left"


def test_the_size_of_a_shift_is_a_shift() -> None:
    """Of three states: the odds of each upper part of the scale, times two; by hand."""
    text = CaseText((TextFile("case.yaml", SHIFTED.encode()),))
    case = case_in(text)
    (direction,) = (one for one in candidates(case, compile_case(case), text=text) if one.number.unknown)
    assert direction.is_shift
    halved, _ = with_answer(text, case, direction, "lowers x2", because="so", by="AB")
    doubled, _ = with_answer(text, case, direction, "raises x2", because="so", by="AB")
    for changed, factor in ((doubled, 2.0), (halved, 0.5)):
        study = Study(case_in(changed), worlds=3, threads=1)
        high, upper = (factor * odds / (1 + factor * odds) for odds in (0.1 / 0.9, 0.3 / 0.7))
        for state, chance in (("war", high), ("clash", upper - high), ("quiet", 1 - upper)):
            query = prepare(study.case, parse_query(f"P(war = {state} | do(storm = yes))"))
            study.need([query])
            assert study.answer(query).mean == pytest.approx(chance, abs=1e-12)


SHIFTED = """
quandary: 2
title: A case
as_of: 2030-01-01
story:
  - {chance: storm, states: [no, yes], odds: {yes: 40%, no: rest}}
  - chance: war
    states: [quiet, clash, war]
    given: [storm]
    base: {war: 10%, clash: 20%, quiet: rest}
    effects: [{storm = yes: {war: unknown}}]
"""


def test_an_item_goes_before_another_only_where_that_begins_its_line() -> None:
    text = CaseText((TextFile("case.yaml", b"a: [1, 2]\nb:\n  - - 1\n    - 2\n"),))
    found = text.with_item_before(text_entry("a", 1), "x")
    assert found.value(("a",)) == [1, "x", 2]
    with pytest.raises(Refusal):
        text.with_item_before(text_entry("b", 0, 0), "x")


def text_entry(*path: str | int) -> TextEntry:
    return TextEntry("case.yaml", path)
