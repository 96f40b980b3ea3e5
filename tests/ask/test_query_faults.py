"""Faults of queries: a code, the place, the nearest name; all at once."""

from __future__ import annotations

import pytest
from tests.ask.crisis import crisis, study

from quandary.ask import prepare
from quandary.base import CaseError, Place, Problem, catalogue
from quandary.language import Expression, parse_query


def faults(expression: Expression) -> tuple[Problem, ...]:
    """Return every fault of a query to the crisis, none for a good one."""
    try:
        prepare(crisis(), expression)
    except CaseError as fault:
        return fault.problems
    return ()


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("E(empier)", "Q104", 'did you mean "empire"?'),
        ("swing(empire.glry)", "Q104", 'did you mean "glory"?'),
        ("clash(empire.push: glory, pride | operation = fail)", "Q104", "pride"),
        ("both(empire.push: glory + pride, order)", "Q104", "pride"),
        ("margin(unrest)", "Q104", "not a decision"),
        ("margin(empire.pusch)", "Q104", 'did you mean "empire.push"?'),
        ("best(empire.push = atack)", "Q104", 'did you mean "attack"?'),
        ("weight(empire.nerve)", "Q503", "counts in points"),
        ("P(war | do(unrst = none))", "Q104", 'did you mean "unrest"?'),
        ("P(war | do(unrest = non))", "Q104", 'did you mean "none"?'),
        ("P(war | do(war = none))", "Q104", "an event, not a variable"),
        ("P(war | do(unrest = none), do(unrest = threat))", "Q505", "set twice"),
        ("P(war | do(unrest = none), do_foreseen(unrest = threat))", "Q505", "set twice"),
        ("margin(empire.push | do(push = hold))", "Q506", "no choice to ask about"),
        ("margin(empire.push) < 5%", "Q507", "points"),
        ("P(war) + E(empire) > 3", "Q507", "points"),
        ("would(war | seen operation = success)", "Q543", "needs a do"),
        ("P(wr)", "Q104", 'did you mean "war"?'),
        ("P(war | operation = failed)", "Q104", 'did you mean "fail"?'),
    ],
)
def test_a_fault_says_what_is_wrong(query: str, code: str, words: str) -> None:
    found = faults(parse_query(query, Place("case.yaml", 7, 11)))
    assert [p.code for p in found] == [code]
    assert words in f"{found[0].message} {found[0].hint}"
    assert found[0].place.line == 7
    assert found[0].place.column >= 11
    assert code in catalogue()


def test_all_faults_of_a_query_are_told_at_once() -> None:
    with pytest.raises(CaseError) as caught:
        study().ask("P(wr | do(unrst = none)) < P(war | do(unrest = non)) and margin(unrest) > 5")
    assert [p.code for p in caught.value.problems] == ["Q104"] * 4


@pytest.mark.parametrize(
    "query",
    [
        "2 * margin(empire.push) > swing(empire.glory) / 3",
        "abs(P(war) - 50%) < 10%",
        "P(war) * E(empire) > 3",
        "margin(empire.push) > 5 and not P(war) = 0.5",
    ],
)
def test_units_that_fit_are_no_fault(query: str) -> None:
    assert faults(parse_query(query)) == ()
