"""Near indifference and what counting options gives, against closed forms of the logit rule."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import pytest
from tests.ask.test_structure import case_of

from quandary.ask import AskedChoice, ExplainedOption, Study, explained_choice
from quandary.case import DecisionEvent
from quandary.report import CaseNames, indifferent_lines, notes

CASE = """
quandary: 2
title: A choice
as_of: 2030-01-01
actors:
  a: {name: The Envoy, rationality: x3 per 10, because: invented}
story:
  - {chance: s, states: [low, high], odds: {high: 50%, low: rest}, because: invented}
  - {decision: d, by: a, sees: [s], options: [p, q, r]}
stakes:
  a: {want: {worth: WORTH, because: invented}}
events: {e: "d in (p, q)"}
questions: {e: {asks: Will it?, query: P(e)}}
claims:
  - {id: c, speaker: S, quote: likely, paraphrase: true, kind: forecast, tests: {half: P(e) > 50%}}
"""
ODDS = log(3) / 10
"""By one point of worth, in log-odds."""


def case(worth: str, more: str = "") -> Study:
    text = CASE.replace("WORTH", worth).replace("options: [p, q, r]", f"options: [p, q, r]{more}")
    return Study(case_of(text), worlds=64, threads=1)


def table(study: Study) -> tuple[set[str], bool, tuple[ExplainedOption, ...], float]:
    decision = study.case.variable("d")
    assert isinstance(decision, DecisionEvent)
    found = explained_choice(study, AskedChoice(decision)).tables[0]
    return {one.option for one in found.indifferent}, found.is_coin_flip, found.options, found.double


@pytest.mark.parametrize(
    ("points", "near"),
    [(0.9 * log(1.25) / ODDS, True), (1.1 * log(1.25) / ODDS, False)],
)
def test_two_options_are_nearly_as_good_within_a_quarter_of_the_odds(points: float, near: bool) -> None:
    study = case(f"[{{d = p: 50}}, {{d = q: {50 + points}}}, {{otherwise: 20}}]")
    indifferent, flip, options, double = table(study)
    assert indifferent == ({"p", "q"} if near else set())
    assert not flip
    assert double == pytest.approx(log(2) / ODDS)
    assert [one.near_in for one in options] == [1.0, float(near), 0.0]
    decision = study.case.variable("d")
    assert isinstance(decision, DecisionEvent)
    lines = list(indifferent_lines(CaseNames(study.case), explained_choice(study, AskedChoice(decision))))
    told = (
        "The Envoy is nearly indifferent between q and p: in all the worlds and situations the odds that worth makes "
        "between them are within x1.25."
    )
    assert lines == ([told] if near else [])


def test_what_is_clear_in_each_situation_is_not_indifference_on_average() -> None:
    """In half of the situations p is far better, in the other half q: on average they are worth the same."""
    study = case("[{d = p and s = low: 70}, {d = q and s = high: 70}, {d = r: 10}, {otherwise: 30}]")
    indifferent, flip, options, _ = table(study)
    totals = {one.option: one.total.mean for one in options}
    assert totals["p"] == pytest.approx(totals["q"])
    assert indifferent == set()
    assert not flip
    barred = ", only: [{s = high: [p, q]}, {s = low: [p, q]}]"
    two = case("[{d = p and s = low: 70}, {d = q and s = high: 70}, {otherwise: 10}]", barred)
    _, flip, options, _ = table(two)
    assert [one.chosen for one in options] == pytest.approx([0.5, 0.5])
    assert [one.counted for one in options] == pytest.approx([0.5, 0.5])
    assert not flip


def test_without_any_rationality_all_are_the_same_and_with_exact_choice_only_ties_are() -> None:
    text = CASE.replace("WORTH", "[{d = p: 50}, {d = q: 60}, {otherwise: 20}]")
    none = Study(case_of(text.replace("x3 per 10", "x1 per 10")), worlds=32, threads=1)
    assert table(none)[:2] == ({"p", "q", "r"}, True)
    exact = Study(case_of(text.replace("x3 per 10", "exact")), worlds=32, threads=1)
    assert table(exact)[:2] == (set(), False)
    tied = text.replace("d = q: 60", "d = q: 50").replace("x3 per 10", "exact")
    assert table(Study(case_of(tied), worlds=32, threads=1))[0] == {"p", "q"}


def test_counting_options_gives_their_share_of_what_is_usual() -> None:
    even = case("[{d = p: 50}, {d = q: 50}, {otherwise: 50.5}]").ask("P(e)")
    assert even.counting is not None
    assert even.counting.counted == pytest.approx(2 / 3)
    assert even.counting.chance == pytest.approx(2 / (2 + exp(0.5 * ODDS)))
    assert even.counting.near
    usual = case("[{d = p: 50}, {d = q: 50}, {otherwise: 50}]", ", usual: {p: 1, q: 1, r: 6}, because: invented")
    found = usual.ask("P(e)").counting
    assert found is not None
    assert (found.chance, found.counted) == pytest.approx((0.25, 0.25))
    far = case("[{d = p: 50}, {d = q: 50}, {otherwise: 60}]").ask("P(e)").counting
    assert far is not None
    assert not far.near


def test_sure_choices_that_differ_from_world_to_world_are_no_coin_flip() -> None:
    text = CASE.replace("WORTH", "[{d = p: which}, {d = q: 100 - which}, {otherwise: 50}]")
    sides = "\nassumptions: {which: {value: 'mixture(5 to 6, 94 to 95)', because: invented}}\n"
    barred = ", only: [{s = high: [p, q]}, {s = low: [p, q]}]"
    study = Study(case_of(text.replace("r]}", f"r]{barred}}}") + sides), worlds=64, threads=1)
    found = study.ask("P(d = p)").counting
    assert found is not None
    assert (found.chance, found.counted) == pytest.approx((0.5, 0.5), abs=0.03)
    assert found.near_in == 0.0
    assert not found.near


def test_what_counting_makes_certain_is_no_coin_flip() -> None:
    study = case("[{d = p: 50}, {otherwise: 50}]")
    found = study.ask("P(d != q or d = q)").counting
    assert found is not None
    assert (found.chance, found.counted) == pytest.approx((1.0, 1.0))
    assert not found.near


def test_counting_knows_what_may_be_chosen_and_what_was_seen() -> None:
    more = ", only: [{s = high: [p, r]}]"
    study = case("[{d = p: 90}, {d = q: 90}, {otherwise: 10}]", more)
    found = study.ask("P(e)").counting
    assert found is not None
    assert found.counted == pytest.approx(0.5 * 2 / 3 + 0.5 * 1 / 2)
    given = study.ask("P(e | s = high)").counting
    assert given is not None
    assert given.counted == pytest.approx(0.5)
    later = study.ask("P(e | d != q)").counting
    assert later is not None  # by Bayes on the blind choice: low 2/3, high all of it
    assert later.counted == pytest.approx((0.5 / 3 + 0.5 / 2) / (0.5 * 2 / 3 + 0.5))


@pytest.mark.parametrize("query", ["P(s = high)", "P(e and s = high)", "P(e | do(d = p))", "E(a)", "P(e) + 1%"])
def test_what_is_no_choice_is_not_counted(query: str) -> None:
    assert case("[{d = p: 50}, {otherwise: 50}]").ask(query).counting is None


def test_it_stands_beside_questions_claims_and_answers() -> None:
    study = case("[{d = p: 50}, {d = q: 50}, {otherwise: 50.5}]")
    names = CaseNames(study.case)
    told = "near a coin flip: were all options worth the same, it would be 67 %"
    assert f"({told})" in notes(names, study.ask("P(e)"))
    compared = study.ask("P(e) > 50%")
    assert compared.counting is not None
    assert compared.counting.counted == pytest.approx(2 / 3)
    assert f"({told})" in notes(names, compared)
    assert not [line for line in notes(names, study.ask("P(s = high)")) if "coin" in line]


@pytest.mark.parametrize(("near_in", "reach", "edge"), [(0.52, 0.05, True), (0.48, 0.05, True), (0.6, 0.05, False)])
def test_on_the_edge_both_sides_say_the_same(near_in: float, reach: float, edge: bool) -> None:
    study = case("[{d = p: 50}, {d = q: 50}, {otherwise: 20}]")
    decision = study.case.variable("d")
    assert isinstance(decision, DecisionEvent)
    found = explained_choice(study, AskedChoice(decision))
    best, second, *others = found.tables[0].options
    told = replace(found.tables[0], options=(best, replace(second, near_in=near_in, near_reach=reach), *others))
    assert told.indifferent == told.options[:2]
    assert bool(told.indifferent_edge) == edge
    line = next(indifferent_lines(CaseNames(study.case), replace(found, tables=(told,))))
    assert ("on the edge of being nearly indifferent" in line) == edge


def test_other_worlds_reach_as_far_as_the_share_of_worlds_is_open() -> None:
    """q is worth from 40 to 60 against 50: near the best in some worlds, in others not."""
    open_one = table(case("[{d = p: 50}, {d = q: 40 to 60}, {otherwise: 20}]"))[2]
    assert all(0 < one.near_reach < 1 for one in open_one if 0 < one.near_in < 1)
    assert any(0 < one.near_in < 1 for one in open_one)
