"""Conditions over many variables: counted by elimination, right against a formula and against every joint state."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tried import tried

from quandary.ask import Study, trial
from quandary.case import TEMPLATE, Case, indicator, shipped_folder
from quandary.compile import counted, counting, read_case, read_case_bytes
from quandary.language import And, Expression, Is, Name, Not, Or, parse_condition

MANY = 40


def loaded(text: str) -> Case:
    case = read_case_bytes(text.encode(), "case.yaml").case
    assert case is not None, read_case_bytes(text.encode(), "case.yaml").problems
    return case


def alarms(count: int, more: str = "", odds: str = "") -> Case:
    """Return a case of so many bells that may ring, more often on a stormy day."""
    rings = odds or "odds: [{storm = yes: {on: 20%, off: rest}}, {otherwise: {on: 1%, off: rest}}]"
    bells = "\n".join(f"  - {{chance: b{k}, given: [storm], states: [off, on], {rings}}}" for k in range(count))
    any_bell = " or ".join(f"b{k} = on" for k in range(count))
    return loaded(f"""quandary: 1
title: Bells
as_of: 2030-01-01
story:
  - {{chance: storm, states: [no, yes], odds: {{yes: 30%, no: rest}}}}
{bells}
events:
  some: {any_bell}
  every: {any_bell.replace(" or ", " and ")}
{more}""")


def asked(case: Case, *queries: str) -> list[float]:
    found = [answer.mean for answer in Study(case, worlds=16, threads=1).answers(list(queries))]
    assert None not in found
    return [value for value in found if value is not None]


@pytest.mark.slow
def test_an_or_of_forty_variables() -> None:
    case = alarms(MANY)
    silent = 0.3 * 0.8**MANY, 0.7 * 0.99**MANY
    some, none, every, stormy, given_some = asked(
        case,
        "P(some)",
        "P(not some)",
        "P(every)",
        "P(some | storm = yes)",
        "P(storm = yes | some, not every)",
    )
    assert some == pytest.approx(1 - sum(silent), rel=1e-12)
    assert none == pytest.approx(sum(silent), rel=1e-12)
    assert every == pytest.approx(0.3 * 0.2**MANY + 0.7 * 0.01**MANY, rel=1e-12)
    assert stormy == pytest.approx(1 - 0.8**MANY, rel=1e-12)
    both = 0.3 * (1 - 0.8**MANY - 0.2**MANY)
    assert given_some == pytest.approx(both / (1 - sum(silent) - every), rel=1e-10)


@pytest.mark.slow
def test_wide_evidence_claims_and_checks() -> None:
    more = """evidence: [{on: 2029-12-31, saw: some}]
claims:
  - {id: c, speaker: me, quote: q, tests: {sign: P(storm = yes | not every) > 30%}}
checks: [{id: k, asks: P(some), range: 20% to 90%}]
"""
    case = alarms(MANY, more)
    assert trial(case) == ()
    silent = 0.3 * 0.8**MANY + 0.7 * 0.99**MANY
    assert asked(case, "P(storm = yes)") == [pytest.approx(0.3 * (1 - 0.8**MANY) / (1 - silent), rel=1e-12)]
    assert asked(case, "P(some)") == [1.0]
    assert asked(case, "P(not some)") == [0.0]


def test_a_wide_condition_under_an_intervention_and_in_a_choice() -> None:
    """A wide event after a decision: ``do`` sets it, a payoff is asked given it."""
    bells = "\n".join(
        f"  - {{chance: b{k}, given: [act], states: [off, on], "
        "odds: [{act = go: {on: 10%, off: rest}}, {otherwise: {on: 2%, off: rest}}]}"
        for k in range(20)
    )
    case = loaded(f"""quandary: 1
title: Bells
as_of: 2030-01-01
actors: {{a: {{rationality: x3 per 10}}}}
story:
  - {{decision: act, by: a, options: [go, stay]}}
{bells}
stakes: {{a: {{calm: {{worth: [{{b0 = on: 0}}, {{otherwise: 50}}]}}}}}}
events: {{some: {" or ".join(f"b{k} = on" for k in range(20))}}}
""")
    go, stay, chosen, calm = asked(
        case, "P(some | do(act = go))", "P(some | act = stay)", "P(act = go)", "E(a.calm | some, do(act = go))"
    )
    assert go == pytest.approx(1 - 0.9**20, rel=1e-12)
    assert stay == pytest.approx(1 - 0.98**20, rel=1e-12)
    assert calm == pytest.approx(50 * (1 - 0.1 / (1 - 0.9**20)), rel=1e-12)
    assert 0 < chosen < 0.5
    (reached,) = asked(case, "P(act = go | some)")
    assert reached == pytest.approx(chosen * go / (chosen * go + (1 - chosen) * stay), rel=1e-12)


def mixed(draw: random.Random) -> Case:
    """Return five variables of two or three states, each of which may hang on earlier ones, with exact odds."""
    story = []
    for k in range(5):
        parents = [p for p in range(k) if draw.random() < 0.5][:2]
        states = ["a", "b", "c"][: draw.choice((2, 3))]
        given = f"given: [{', '.join(f'v{p}' for p in parents)}], " if parents else ""
        odds = f"{{a: {draw.randint(5, 60)}%, {'b: 10%, c: rest' if len(states) == 3 else 'b: rest'}}}"
        other = odds.replace("a: ", "a: 1")[:4] + f"{draw.randint(2, 9)}%" + odds[odds.index(",") :]
        rules = f"[{{v{parents[0]} = a: {odds}}}, {{otherwise: {other}}}]" if parents else odds
        story.append(f"  - {{chance: v{k}, {given}states: [{', '.join(states)}], odds: {rules}}}")
    return loaded("quandary: 1\ntitle: T\nas_of: 2030-01-01\nstory:\n" + "\n".join(story) + "\nevents: {e: v0 = a}\n")


def condition(draw: random.Random, depth: int) -> Expression:
    if depth == 0 or draw.random() < 0.2:
        return Name(("e",)) if draw.random() < 0.1 else Is(Name((f"v{draw.randrange(5)}",)), (draw.choice("ab"),))
    if draw.random() < 0.25:
        return Not(condition(draw, depth - 1))
    kind = And if draw.random() < 0.5 else Or
    return kind(tuple(condition(draw, depth - 1) for _ in range(draw.randint(2, 4))))


@pytest.mark.slow
@given(st.integers(0, 10**9))
@settings(max_examples=tried(60), deadline=None)
def test_steps_say_what_the_table_says(seed: int) -> None:
    """Any condition, told in steps of four cells at most, holds exactly where its one table says."""
    draw = random.Random(seed)
    case, asked_for = mixed(draw), condition(draw, 3)
    whole = indicator(case, asked_for)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "WIDE", 3)
        patch.setattr(counting, "STEP", 9)
        told = counted(case, asked_for)
    lengths = {item.id: len(item.states) for item in case.story if hasattr(item, "states")}
    for joint in product(*(range(lengths[axis]) for axis in whole.axes)):
        known = dict(zip(whole.axes, joint, strict=True))
        for step in told.steps:
            at = tuple(known[axis] for axis in step.variable.parents)
            cell = step.table.values[at]
            known[step.variable.name] = int(cell[1, 0])
            assert cell.sum() == 1.0
        found = told.table.values[*(known[axis] for axis in told.table.axes), 0]
        assert found == whole.values[*joint, 0]


@pytest.mark.slow
@given(st.integers(0, 10**9))
@settings(max_examples=tried(25), deadline=None)
def test_steps_are_counted_as_the_table_is(seed: int) -> None:
    draw = random.Random(seed)
    case, target, known = mixed(draw), condition(draw, 3), condition(draw, 2)
    study = Study(case, worlds=16, threads=1).first_situation()
    whole = study.joint((), (target, known)).values, study.joint((), (known,)).values
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "WIDE", 3)
        patch.setattr(counting, "STEP", 9)
        stepwise = Study(case, worlds=16, threads=1).first_situation()
        told = stepwise.joint((), (target, known)).values, stepwise.joint((), (known,)).values
    assert np.allclose(whole[0], told[0], rtol=1e-12, atol=1e-15)
    assert np.allclose(whole[1], told[1], rtol=1e-12, atol=1e-15)


WOULD = (
    "would(conflict and drought = dry or answer = strike | seen dam = fill, do(drought = normal))",
    "would(not (conflict or dam = share) | seen outcome = quarrel or answer = complain, do(dam = share))",
    "would(conflict or answer = accept | seen dam = fill, replan, do(drought = normal))",
)


@pytest.mark.parametrize("query", WOULD)
def test_what_would_have_been_is_counted_in_steps_too(query: str) -> None:
    case = read_case(shipped_folder() / TEMPLATE / "case.yaml").case
    assert case is not None
    whole = Study(case, worlds=16, threads=1).ask(query, evidence=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "WIDE", 3)
        patch.setattr(counting, "STEP", 6)
        told = Study(case, worlds=16, threads=1).ask(query, evidence=False)
    assert np.allclose(whole.draws, told.draws, rtol=1e-10, atol=1e-14)
    for name, bound in whole.parts.items():
        assert np.allclose(bound.draws, told.parts[name].draws, rtol=1e-8, atol=1e-9), name


def test_what_would_have_been_of_forty_variables() -> None:
    """With the storm set to none, a bell that hung on it rings anew by its own noise: the bells that rang are known."""
    case = alarms(24)
    (one,) = asked(case, "would(some | seen storm = no, do(storm = no))")
    assert one == pytest.approx(1 - 0.99**24, rel=1e-9)
    (seen,) = asked(case, "would(some | seen some, storm = yes, do(storm = yes))")
    assert seen == pytest.approx(1.0, rel=1e-9)


def test_a_narrow_condition_stays_one_table() -> None:
    case = alarms(5)
    assert not counted(case, parse_condition("some")).steps
    wide = counted(alarms(MANY), parse_condition("some"))
    assert wide.steps
    assert all(step.table.values.size <= 2 * counting.STEP for step in wide.steps)
