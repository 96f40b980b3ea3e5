"""What is usual in a case: by hand, in questions, in games after interventions, in what bears on an answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import quandary
from quandary.ask import Study, decision_named, flips, information, structural_flips, subjects
from quandary.case import written_case
from quandary.compile import read_case_bytes
from quandary.report import game_lines

HEAD = """
quandary: 1
title: What is usual
as_of: 2030-01-01
actors:
  a: {name: A, rationality: x3 per 10, because: invented}
  b: {name: B, rationality: x3 per 10, because: invented}
"""

ONE = (
    HEAD
    + """
story:
  - {decision: act, by: a, options: [hold, limited, full], USUAL}
  - {decision: reply, by: b, options: [w, z]}
stakes:
  a: {s: {worth: [{act = hold: 50}, {otherwise: 40}], because: invented}}
  b: {s: {worth: 50}}
"""
)


def study(text: str, worlds: int = 8) -> Study:
    loaded = read_case_bytes(text.encode(), "case.yaml")
    assert loaded.case is not None, loaded.problems
    return Study(loaded.case, worlds=worlds, threads=1)


def mean(case: Study, query: str) -> float:
    found = case.ask(query).mean
    assert found is not None
    return found


def attack(usual: str) -> float:
    return mean(study(ONE.replace(", USUAL", f", {usual}" if usual else "")), "P(act != hold)")


def test_worth_and_what_is_usual_by_hand() -> None:
    """An option better by ten points is chosen three times as often: 3 to 1 and 1, times what is usual."""
    assert attack("") == pytest.approx(2 / 5, abs=1e-12)
    assert attack("usual: {hold: 1, limited: 1, full: 1}") == attack("")
    assert attack("usual: {hold: 1, limited: 2, full: 1}") == pytest.approx(0.5, abs=1e-12)
    assert attack("usual: {hold: 20%, limited: 40%, full: 20%}") == pytest.approx(0.5, abs=1e-12)
    assert attack("kinds: {calm: [hold], war: [limited, full]}") == pytest.approx(1 / 4, abs=1e-12)
    both = "kinds: {calm: [hold], war: [limited, full]}, usual: {calm: 1, war: 3, limited: 1, full: 2}"
    assert attack(both) == pytest.approx(1 / 2, abs=1e-12)
    assert study(ONE.replace("USUAL", both)).ask("P(act = full)").mean == pytest.approx(1 / 3, abs=1e-12)


def test_an_option_split_with_its_share_divided_changes_nothing_while_kinds_alone_do_not_obey_that() -> None:
    """``full`` split into two: with its share divided nothing else moves; inside a kind, evenly, ``limited`` does."""
    text = ONE.replace("full]", "full, fuller]")

    def limited(usual: str, whole: str = text) -> float:
        return mean(study(whole.replace("USUAL", usual)), "P(act = limited)")

    before = limited("usual: {hold: 1, limited: 2, full: 1}", ONE)
    assert limited("usual: {hold: 1, limited: 2, full: 0.3, fuller: 0.7}") == pytest.approx(before, abs=1e-12)
    kinds = limited("kinds: {calm: [hold], war: [limited, full]}", ONE)
    assert kinds == pytest.approx(1 / 8, abs=1e-12)
    assert limited("kinds: {calm: [hold], war: [limited, full, fuller]}") == pytest.approx(1 / 12, abs=1e-12)


STORY = (
    HEAD
    + """
story:
  - {chance: mood, states: [calm, angry], odds: {angry: 30%, calm: rest}, because: invented}
  - {chance: x, states: [u, v], odds: {v: 0%, u: rest}, because: invented}
  - decision: act
    by: a
    sees: [mood, x]
    options: [l, r]
    because: invented
    usual:
      - mood = angry: {l: 1, r: 2 to 6}
      - x = v: {l: 5, r: 1}
      - otherwise: {l: 1, r: 1}
  - decision: reply
    by: b
    sees: [act]
    options: [w, z]
    usual: {w: 3, z: 1}
    because: invented
stakes:
  a: {s: {worth: [{act = l: 50}, {otherwise: 50}], because: invented}}
  b: {s: {worth: [{reply = w: 50}, {otherwise: 60}], because: invented}}
"""
)


@pytest.fixture(scope="module")
def case() -> Study:
    return study(STORY, 4000)


def test_rules_on_what_is_seen_and_a_range(case: Study) -> None:
    assert case.ask("P(act = r | mood = calm)").mean == pytest.approx(0.5, abs=1e-12)
    seen = case.ask("P(act = r | mood = angry)")
    assert seen.median == pytest.approx(np.sqrt(12) / (1 + np.sqrt(12)), abs=2e-4)
    assert seen.low == pytest.approx(2 / 3, abs=2e-3)
    assert seen.high == pytest.approx(6 / 7, abs=2e-3)
    assert case.ask("P(reply = z)").mean == pytest.approx(0.5, abs=1e-12)


def test_newly_reached_sets_choose_as_is_usual_there(case: Study) -> None:
    """Nobody ever saw x = v: there, calm, five in six choose l. What was reached keeps its rule."""
    calm = case.ask("P(act = l | mood = calm, do(x = v))").mean
    assert calm == pytest.approx(5 / 6, abs=1e-12)
    assert case.ask("P(act = l | mood = calm, do_foreseen(x = v))").mean == pytest.approx(5 / 6, abs=1e-12)
    angry, as_it_is = (case.ask(f"P(act = l | mood = angry{more})").mean for more in (", do(x = v)", ""))
    assert angry == pytest.approx(as_it_is, abs=1e-12)


def test_rules_are_mechanisms_for_what_would_have_been(case: Study) -> None:
    """P(act | mood) is one rule however it was made: for a root that A sees, ``would`` asks no more than ``do``."""
    would = case.ask("would(act = r | do(mood = angry))").mean
    assert would == pytest.approx(case.ask("P(act = r | mood = angry)").mean, abs=1e-9)


def test_a_decision_that_is_set_has_nothing_usual(case: Study) -> None:
    assert case.ask("P(reply = z | do(act = l))").mean == pytest.approx(0.5, abs=1e-12)
    assert case.ask("P(act = l | do_foreseen(act = l))").mean == 1.0


def test_shares_are_numbers_like_others(case: Study) -> None:
    names = case.model.names
    assert "story.act.usual[mood = angry].r" in names
    number = next(n for n in case.model.quantities if n.name.startswith("story.act.usual"))
    assert str(number.role) == "usual share of act = r"
    assert number.because == "invented"
    assert "lognormal" in number.description
    found = flips(case, case.prepared("P(act = r)"), 0.6)
    assert [flip.number.name for flip in found.flips][:1] == ["story.act.usual[mood = angry].r"]


def test_what_says_what_is_usual_cannot_be_hidden(case: Study) -> None:
    found = information(case, decision_named(case.case, "act"))
    told = {worth.variable: worth.why_not for worth in found.knowing}
    assert told["mood"] is not None
    assert told["mood"].text == "what is usual at act depends on it"
    cuts = structural_flips(case, subjects(case.case, "P(act = r)"), 0.6)
    whys = {row.cut.part: row.why_not and row.why_not.text for row in cuts.not_made if row.cut.kind == "observation"}
    assert whys == dict.fromkeys(("mood", "x"), "what is usual at act depends on it")


def test_written_and_read_again(case: Study, tmp_path: Path) -> None:
    text = written_case(case.case)
    assert "usual:" in text
    path = tmp_path / "again.yaml"
    path.write_text(text)
    again = Study(quandary.load(path).case, worlds=500, seed=3, threads=1)
    first = Study(case.case, worlds=500, seed=3, threads=1)
    assert again.ask("P(act = r)").mean == first.ask("P(act = r)").mean


def test_it_is_shown_where_the_game_is(case: Study) -> None:
    shown = list(game_lines(case.probe.diagram))
    assert "    what is usual depends on mood, x" in shown
    assert "    usual: w 75 %, z 25 %" in shown
