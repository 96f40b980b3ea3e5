"""Small cases with numbers worked out by hand: null, law, root, and one doubt in two spellings (spA, spB)."""

from __future__ import annotations

from math import isclose
from pathlib import Path

import numpy as np
import pytest
from tests.meaning.asked import same

from quandary.ask import Study
from quandary.base import CaseError
from quandary.compile import read_case

WORLDS = 500

ODDS = 4.0
"""x4 per 10 points: odds of the better of two options 10 points apart."""

CAREFUL = 4.0**0.8
"""Odds of acting on a bright signal: it is right in 90 %, so that acting brings 59 points and waiting 51."""


@pytest.fixture
def small(shared: Path) -> Path:
    return shared / "meaning"


def study(path: Path, *, evidence: bool = True) -> Study:
    case = read_case(path).case
    assert case is not None
    return Study(case, worlds=WORLDS, threads=1, use_evidence=evidence)


def mean(asked: Study, query: str) -> float:
    found = asked.ask(query).mean
    assert found is not None
    return found


def test_a_decision_that_sees_unrest_tells_of_it_when_chosen_and_not_when_set(small: Path) -> None:
    """law: deploy goes in 80 % of unrest and in 20 % of calm, and unrest is as likely as not. To hear of it is to hear
    of unrest in 80 %: war .8 x .9 + .2 x .1 = .74. Set from outside it tells nothing: .5 x .9 + .5 x .1."""
    asked = study(small / "law" / "case.yaml")
    assert isclose(mean(asked, "P(deploy = go | unrest = yes)"), ODDS / (1 + ODDS), abs_tol=1e-9)
    same(asked.ask("P(war = war | deploy = go)").draws, np.array(0.74), 1e-9)
    same(asked.ask("P(war = war | do(deploy = go))").draws, np.array(0.5), 1e-9)
    for unrest, war in (("yes", 0.9), ("no", 0.1)):
        for given in ("deploy = go", "do(deploy = go)"):
            same(asked.ask(f"P(war = war | unrest = {unrest}, {given})").draws, np.array(war), 1e-9)


def test_a_signal_that_nobody_foresaw_is_believed(small: Path) -> None:
    """law: who sees a bright signal takes it for a sign of hi and acts, 4**.8 : 1. Had everybody known that it would be
    bright in any case, it would be no sign, and both options would be worth 55."""
    asked = study(small / "law" / "case.yaml")
    believed = CAREFUL / (1 + CAREFUL)
    assert round(100 * believed) == 75
    same(asked.ask("P(reply = act | do(signal = bright))").draws, np.array(believed), 1e-9)
    same(asked.ask("P(reply = act | do_unseen(signal = bright))").draws, np.array(believed), 1e-9)
    same(asked.ask("P(reply = act | do_foreseen(signal = bright))").draws, np.array(0.5), 1e-9)
    for form in ("do", "do_foreseen"):  # and it makes nothing of what is hidden
        same(asked.ask(f"P(hidden = hi | {form}(signal = bright))").draws, np.array(0.5), 1e-9)


def test_an_effect_that_is_none_is_not_found_through_a_common_child(small: Path) -> None:
    """null: mark is on, which speaks of both war and deploy. As things stand war has

    P(war, go) = .5 x .8 x .9 + .5 x .2 x .1 = .37, P(war, stay) = .13, and mark is on in .9 of (war, go), else in .2:
    P(war | on) = (.37 x .9 + .13 x .2) / (.37 x .9 + .63 x .2) = .359 / .459.

    With deploy set that piece is set aside: war .5, whatever deploy is set to; that is no effect of deploy.
    """
    asked = study(small / "null" / "case.yaml")
    stands = 0.359 / 0.459
    same(asked.ask("P(war = war)").draws, np.array(stands), 1e-9)
    for deploy in ("stay", "go"):
        changed = asked.ask(f"P(war = war | do(deploy = {deploy}))")
        same(changed.draws, np.array(0.5), 1e-9)
        same(changed.weights, np.array(1.0), 1e-9)
        assert changed.dropped == ("mark = on",)
        same(asked.ask(f"would(war = war | do(deploy = {deploy}))").draws, np.array(stands), 1e-9)
        for query in (f"P(war = war) > P(war = war | do(deploy = {deploy}))",):
            with pytest.raises(CaseError) as caught:
                asked.ask(query)
            assert [problem.code for problem in caught.value.problems] == ["Q524"]
    answer = asked.ask("P(war = war | do(deploy = stay)) < P(war = war | do(deploy = go))")
    assert answer.holds_in == 0.0
    assert asked.ask("P(war = war) > would(war = war | do(deploy = stay))").holds_in == 0.0


def test_a_root_with_an_uncertain_number(small: Path) -> None:
    """root: k is near .1 or near .9, y has .125 + .75 k whatever x is. World by world conditioning on x and setting it
    agree; mixed they differ, as conditioning weighs worlds by P(x = u) = k: .9 x .8 + .1 x .2 = .74 beside .5."""
    asked = study(small / "root.yaml")
    conditioned, changed = asked.ask("P(y = yes | x = u)"), asked.ask("P(y = yes | do(x = u))")
    same(conditioned.draws, changed.draws, 1e-12)
    k = (changed.draws - 0.125) / 0.75
    assert ((np.abs(k - 0.1) < 0.01) | (np.abs(k - 0.9) < 0.01)).all()
    same(conditioned.weights, k, 1e-9)
    same(changed.weights, np.ones(WORLDS), 1e-12)
    assert conditioned.mean == pytest.approx(0.74, abs=2e-3)
    assert changed.mean == pytest.approx(0.5, abs=2e-3)


def test_one_doubt_in_two_spellings(small: Path) -> None:
    """spA: a hidden type, hard or soft as likely as not, makes x = u in 90 or 10 % and y = yes in 80 or 20 %; x = u was
    seen. spB: the same as an assumption. ``do(x = v)`` asks as of the moment before x, so that what was seen of x tells
    nothing of the type: .5 x .8 + .5 x .2 = .5 in both. As things stand, and in what would have been, the type is hard
    in 90 %: .9 x .8 + .1 x .2 = .74 in both."""
    for name in ("spA", "spB"):
        asked = study(small / name / "case.yaml")
        for x in ("u", "v"):
            changed = asked.ask(f"P(y = yes | do(x = {x}))")
            assert changed.mean == pytest.approx(0.5, abs=2e-3), name
            assert changed.dropped == ("x = u",)
            same(changed.weights, np.ones(WORLDS), 1e-9)
        assert mean(asked, "P(y = yes)") == pytest.approx(0.74, abs=2e-3), name
        assert mean(asked, "would(y = yes | do(x = v))") == pytest.approx(0.74, abs=2e-3), name
        assert asked.ask("P(y = yes | do(x = u))").notes  # it says that u is what was seen anyway
        assert not asked.ask("P(y = yes | do(x = v))").notes
    chance = study(small / "spA" / "case.yaml")
    same(chance.ask("P(y = yes | do(x = v))").draws, np.array(0.5), 1e-12)
    same(chance.ask("P(y = yes)").draws, np.array(0.74), 1e-12)


def test_a_later_condition_weighs_worlds_by_how_likely_it_is_there(small: Path) -> None:
    """P(y | b, do) weighs P(b, e kept | do). Given y, hard is as likely after the change as by .8 : .2 in both."""
    chance, assumed = (study(small / name / "case.yaml") for name in ("spA", "spB"))
    same(chance.ask("P(type = hard | y = yes, do(x = v))").draws, np.array(0.8), 1e-12)
    answer = assumed.ask("P(y = yes | y = yes, do(x = v))")
    high = assumed.ask("P(y = yes | do(x = v))").draws > 0.5
    assert answer.weights[high].sum() / answer.weights.sum() == pytest.approx(0.8, abs=2e-3)
