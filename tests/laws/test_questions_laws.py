"""Laws of questions, over random small cases and diagrams."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.laws.cases import cases
from tests.laws.diagrams import random_diagram
from tests.tried import tried

from quandary.ask import NO_SETS, Interventions, Study, play, play_after, to_solve_again
from quandary.base import Array, CaseError
from quandary.case import Case, states_of
from quandary.engine import Inference
from quandary.game import affected, do
from quandary.solve import solve

few = settings(max_examples=tried(30), deadline=None)
WORLDS = 5


def study_of(case: Case) -> Study:
    """Return a study of a random case; one whose odds are impossible is no example."""
    study = Study(case, worlds=WORLDS, threads=1)
    try:
        _ = study.uniforms
    except CaseError:
        assume(False)
    return study


@pytest.mark.slow
@few
@given(cases(talk=False), st.data())
def test_probabilities_add_up(case: Case, data: st.DataObject) -> None:
    study = study_of(case)
    item = data.draw(st.sampled_from(case.story))
    other = data.draw(st.sampled_from(case.story))
    state = data.draw(st.sampled_from(states_of(other)))
    event = f"{other.id} = {state}"
    parts = study.answers([f"P({item.id} = {s})" for s in states_of(item)])
    np.testing.assert_allclose(sum(p.draws for p in parts), 1.0, atol=1e-9)
    given_parts = study.answers([f"P({event} | {item.id} = {s})" for s in states_of(item)])
    total = sum(
        np.where(part.draws > 0, part.draws * conditional.draws, 0.0)
        for part, conditional in zip(parts, given_parts, strict=True)
    )
    whole, opposite = study.answers([f"P({event})", f"P(not {event})"])
    np.testing.assert_allclose(total, whole.draws, atol=1e-9)
    np.testing.assert_allclose(whole.draws + opposite.draws, 1.0, atol=1e-9)


@pytest.mark.slow
@few
@given(cases(talk=False), st.data())
def test_an_intervention_makes_itself_certain_and_leaves_earlier_chance_alone(case: Case, data: st.DataObject) -> None:
    study = study_of(case)
    item = data.draw(st.sampled_from(case.story))
    state = data.draw(st.sampled_from(states_of(item)))
    for form in ("do", "do_foreseen", "do_unseen"):
        setting = f"{form}({item.id} = {state})"
        assert np.allclose(study.ask(f"P({item.id} = {state} | {setting})").draws, 1.0)
        first = case.story[0]
        if first.id != item.id and first.id not in affected(study.probe.diagram, [item.id]):
            query = f"P({first.id} = {states_of(first)[0]}"
            plain, after = study.answers([f"{query})", f"{query} | {setting})"])
            np.testing.assert_allclose(after.draws, plain.draws, atol=1e-9)


@pytest.mark.slow
@few
@given(cases(talk=False))
def test_weights_sum_to_one_and_payoffs_are_sums_of_stakes(case: Case) -> None:
    study = study_of(case)
    for actor in dict.fromkeys(stake.actor for stake in case.stakes):
        own = [stake for stake in case.stakes if stake.actor == actor]
        heavy = [stake for stake in own if stake.weight]
        if heavy:
            shares = study.answers([f"weight({actor}.{stake.id})" for stake in heavy])
            np.testing.assert_allclose(sum(s.draws for s in shares), 1.0, atol=1e-9)
        swings = study.answers([f"swing({actor}.{stake.id})" for stake in own])
        assert all((s.draws >= 0).all() for s in swings)


def chances(diagram_seed: int, states: dict[str, str], name: str, *, again: bool) -> tuple[Array, Array]:
    """Return P(name) after ``do`` as the study finds it, and from the whole game solved from scratch."""
    diagram = random_diagram(diagram_seed, bars=True, variables=6)
    if again:
        base = play(diagram)
        wanted = frozenset([name])
        seen = tuple(sorted(states.items()))
        played = play_after(base, Interventions(seen), to_solve_again(base, seen, wanted), NO_SETS)
        mine = Inference(played.diagram).joint(played.behaviour, (name,)).values
    else:
        mine = Inference(diagram).joint(solve(diagram).behaviour, (name,)).values
    whole = solve(do(diagram, states))
    theirs = Inference(whole.diagram).joint(whole.behaviour, (name,)).values
    shape = (*mine.shape[:-1], diagram.worlds)
    return np.broadcast_to(mine, shape), np.broadcast_to(theirs, shape)


@pytest.mark.slow
@settings(max_examples=tried(60), deadline=None)
@given(st.integers(0, 10_000), st.data())
def test_solving_again_only_what_matters_changes_no_answer(seed: int, data: st.DataObject) -> None:
    diagram = random_diagram(seed, bars=True, variables=6)
    variable = data.draw(st.sampled_from(diagram.variables))
    state = data.draw(st.sampled_from(variable.states))
    for other in diagram.variables:
        mine, theirs = chances(seed, {variable.name: state}, other.name, again=True)
        np.testing.assert_allclose(mine, theirs, atol=1e-7)


@pytest.mark.slow
@settings(max_examples=tried(30), deadline=None)
@given(st.integers(0, 10_000), st.data())
def test_what_cannot_be_affected_is_not(seed: int, data: st.DataObject) -> None:
    diagram = random_diagram(seed, bars=True, variables=6)
    variable = data.draw(st.sampled_from(diagram.variables))
    state = data.draw(st.sampled_from(variable.states))
    reached = affected(diagram, [variable.name])
    for other in diagram.variables:
        if other.name not in reached:
            before, after = chances(seed, {variable.name: state}, other.name, again=False)
            np.testing.assert_allclose(before, after, atol=1e-7)
