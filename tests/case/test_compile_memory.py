"""What actors know: memory, private variables, forgetting; and where recall is imperfect."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quandary.case import Case, ChanceEvent, DecisionEvent, forgetful, observed

ACTORS = ("russia", "west")


def case(*story: ChanceEvent | DecisionEvent) -> Case:
    return Case(title="memory", as_of=date(2022, 1, 8), path="", sha256="", story=story)


def chance(name: str, private: str | None = None) -> ChanceEvent:
    return ChanceEvent(name, ("no", "yes"), private=private)


def decision(name: str, by: str, sees: tuple[str, ...] = (), forgets: tuple[str, ...] = ()) -> DecisionEvent:
    return DecisionEvent(name, by, ("no", "yes"), sees=sees, forgets=forgets)


def test_an_actor_remembers_its_moves_and_what_it_saw() -> None:
    told = case(chance("unrest"), decision("first", "russia", ("unrest",)), decision("second", "russia"))
    assert observed(told, "second") == ("unrest", "first")
    assert forgetful(told) == ()


def test_another_actor_knows_only_what_it_sees() -> None:
    told = case(chance("unrest"), decision("first", "russia", ("unrest",)), decision("reply", "west", ("first",)))
    assert observed(told, "reply") == ("first",)


def test_a_private_variable_is_known_from_when_it_happens() -> None:
    told = case(decision("early", "west"), chance("resolve", private="west"), decision("late", "west"))
    assert observed(told, "early") == ()
    assert observed(told, "late") == ("early", "resolve")


def test_forgetting_a_move_makes_recall_imperfect_from_then_on() -> None:
    told = case(
        decision("first", "russia"), decision("second", "russia", forgets=("first",)), decision("third", "russia")
    )
    assert observed(told, "second") == ()
    assert observed(told, "third") == ("second",)
    assert forgetful(told) == ("second", "third")


def test_what_is_seen_again_is_known_again() -> None:
    told = case(
        chance("unrest"),
        decision("first", "russia", ("unrest",)),
        decision("second", "russia", forgets=("unrest",)),
        decision("third", "russia", ("unrest",)),
    )
    assert observed(told, "third") == ("unrest", "first", "second")
    assert forgetful(told) == ("second",)


def test_forgetting_before_any_move_is_not_imperfect_recall() -> None:
    told = case(chance("resolve", private="west"), decision("reply", "west", forgets=("resolve",)))
    assert observed(told, "reply") == ()
    assert forgetful(told) == ()


def test_memory_is_of_decisions_only() -> None:
    with pytest.raises(KeyError):
        observed(case(chance("unrest")), "unrest")


@st.composite
def stories(draw: st.DrawFn) -> Case:
    items: list[ChanceEvent | DecisionEvent] = []
    for n in range(draw(st.integers(1, 7))):
        earlier = [item.id for item in items]
        if draw(st.booleans()):
            items.append(chance(f"c{n}", draw(st.sampled_from([None, *ACTORS]))))
        else:
            sees = draw(st.lists(st.sampled_from(earlier), unique=True)) if earlier else []
            items.append(decision(f"d{n}", draw(st.sampled_from(ACTORS)), tuple(sees)))
    return case(*items)


@given(stories())
def test_without_forgetting_recall_is_perfect(told: Case) -> None:
    assert forgetful(told) == ()
    for actor in ACTORS:
        before: set[str] = set()
        for item in told.story:
            if isinstance(item, DecisionEvent) and item.by == actor:
                known = set(observed(told, item.id))
                assert before | set(item.sees) <= known
                assert item.id not in known
                before = known | {item.id}
