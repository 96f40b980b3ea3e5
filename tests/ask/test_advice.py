"""Advice at a decision, set by set, against the enumeration of all plays; a deployment that was seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.ask.crisis import TEXT, crisis
from tests.ask.enumeration import Plays, plays, plays_unseen
from tests.ask.test_structure import case_of
from tests.laws.cases import cases

from quandary.ask.games.playing import support_of
from quandary.ask.games.worths import with_worths
from quandary.ask.study import Study
from quandary.ask.turning.advice import ROWS, Advice, AdviceRow, advice
from quandary.ask.turning.information import decision_named
from quandary.ask.turning.option_worths import FacedSets, OptionWorths, faced
from quandary.ask.turning.sight import Sight, sight
from quandary.base.arrays import Array
from quandary.base.problems import CaseError, Refusal
from quandary.case.model import Case, DecisionEvent
from quandary.language.printing import written

EVERY_SET = 1000


def draws(study: Study, name: str, *, knowing: bool) -> tuple[Sight, FacedSets, list[list[str]]]:
    """Return the sight at a decision, what is found at every possible set, and each set's states as conditions."""
    decision = decision_named(study.case, name)
    base = support_of(with_worths(study.probe))
    stands = sight(study, base, decision)
    given = stands.before if knowing else stands.told
    found = faced(study, OptionWorths(name, stands.seen, stands.before, given), base, EVERY_SET)
    shape = tuple(base.diagram.cardinality(n) for n in stands.seen)
    states = []
    for at in found.sets:
        place = np.unravel_index(at, shape) if shape else ()
        at_each = zip(stands.seen, place, strict=True)
        states.append([f"{n} = {base.diagram.variable(n).states[int(i)]}" for n, i in at_each])
    return stands, found, states


def agree(study: Study, decision: DecisionEvent, *, knowing: bool) -> int:
    """Compare each set with E(actor | D = v, h) and E(actor | do(D = v), h) by enumeration; return how many numbers."""
    stands, found, states = draws(study, decision.id, knowing=knowing)
    before = [written(piece) for piece in stands.before]
    told = before if knowing else [written(piece) for piece in stands.told]
    own = plays(study)
    done = {v: plays_unseen(study, {decision.id: v}) for v in decision.options}
    payoffs = [utility.table for utility in own.utilities(decision.by)]
    compared = 0
    total = sum(own.chance(*at, *before) for at in states)
    np.testing.assert_allclose(total, own.chance(*before), atol=1e-9)
    for i, at in enumerate(states):
        likely = own.chance(*at, *before)
        np.testing.assert_allclose(found.likely[i], likely, atol=1e-9)
        for k, option in enumerate(decision.options):
            here = own.chance(f"{decision.id} = {option}", *at, *told)
            both = (likely > 1e-6) & (here > 1e-9)
            compared += int(both.sum())
            for game, conditions in ((own, (f"{decision.id} = {option}",)), (done[option], ())):
                wanted = _mean(game, payoffs, *conditions, *at, *told)
                np.testing.assert_allclose(found.worths[i, k, both], wanted[both], atol=1e-6)
    return compared


def _mean(game: Plays, tables: list, *conditions: str) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.broadcast_to(game.mean(tables, *conditions), (game.diagram.worlds,))


@pytest.mark.parametrize("knowing", [False, True])
@pytest.mark.parametrize("name", ["deploy", "reply", "push"])
def test_in_a_row_do_equals_conditioning(name: str, knowing: bool) -> None:
    study = Study(crisis(), worlds=24, threads=1)
    assert agree(study, decision_named(crisis(), name), knowing=knowing) >= 24


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(cases(), st.data())
def test_in_a_row_do_equals_conditioning_in_random_cases(case: Case, data: st.DataObject) -> None:
    decisions = [item for item in case.story if isinstance(item, DecisionEvent)]
    assume(decisions)
    decision = data.draw(st.sampled_from(decisions))
    assume(any(stake.actor == decision.by for stake in case.stakes))
    study = Study(case, worlds=3, threads=1)
    try:
        agree(study, decision, knowing=data.draw(st.booleans()))
    except CaseError as fault:
        assume(fault.problems[0].code not in ("Q212", "Q522"))
        raise
