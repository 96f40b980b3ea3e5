"""What the compiler finds: combinations no rule covers, tables too large, circles, conditions out of reach.

The compiler plans its tables once; its faults are told here, so that a case which loads also compiles.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from quandary.base.problems import CaseError, Problem, clause
from quandary.case.checks.beliefs import beliefs_are_uncertain, beliefs_can_be_held, names_in_beliefs
from quandary.case.checks.circles import circles
from quandary.case.checks.known import Known
from quandary.case.checks.written import Written
from quandary.case.logic.conditions import mentioned, states_of
from quandary.case.model import Case, ChanceEvent
from quandary.compile.checks.arising import arising_faults
from quandary.compile.checks.arithmetic import arithmetic_faults, effects_beyond_their_scale, worths_beyond_their_scale
from quandary.compile.checks.idle_beliefs import beliefs_that_change_nothing
from quandary.compile.compiler import compile_case
from quandary.language.syntax import Condition

UNKNOWN_NAME = "Q104"
"""The compiler's code for a name it does not know; ``checks/names.py`` tells of it with the place of the name."""


def case_compiles(written: Written) -> Iterator[Problem]:
    """Yield the faults of planning the case's tables; parts with unknown names are left out."""
    if any(circles(written)):
        return
    whole = _intact(written)
    try:
        model = compile_case(whole)
    except CaseError as error:
        for problem in error.problems:
            yield replace(problem, message=clause(problem.message))
    else:
        yield from arithmetic_faults(model)
        yield from worths_beyond_their_scale(model)
        yield from effects_beyond_their_scale(model)
        yield from arising_faults(model)
        yield from beliefs_that_change_nothing(model)


def _intact(written: Written) -> Case:
    """Return the case without stakes and story items that are incomplete or name what is unknown."""
    known = Known(written)
    kept: dict[str, object] = {}
    story = []
    for item in written.case.story:
        names = item.given if isinstance(item, ChanceEvent) else (*item.sees, *item.forgets)
        arises = isinstance(item, ChanceEvent) or item.when is None or _is_earlier(written.case, item.when, kept)
        complete = item.id not in kept and states_of(item) and written.is_complete(f"story.{item.id}")
        if complete and arises and all(name in known.variables for name in names):
            kept[item.id] = item
            story.append(item)
    stakes = (s for s in written.case.stakes if written.is_complete(f"stakes.{s.actor}.{s.id}"))
    intact = replace(written.case, story=tuple(story), stakes=tuple(stakes))
    lost = len(written.case.story) - len(story)
    return _with_whole_beliefs(written, intact if not lost else _without_users(intact))


def _with_whole_beliefs(written: Written, case: Case) -> Case:
    """Return the case with those beliefs only of which nothing is missing or has a fault of its own."""
    if not case.believes:
        return case
    told = (names_in_beliefs, beliefs_can_be_held, beliefs_are_uncertain)
    faulty = {problem.place for check in told for problem in check(written)}
    events = {item.id for item in case.story}
    stakes = {(stake.actor, stake.id) for stake in case.stakes}
    believes = {
        actor: belief
        for actor, belief in case.believes.items()
        if not faulty
        and written.is_complete(f"believes.{actor}")
        and {own.variable for own in belief.odds} <= events
        and {(own.actor, own.stake) for own in belief.worths} <= stakes
    }
    return replace(case, believes=believes)


def _is_earlier(case: Case, condition: Condition, earlier: Collection[str]) -> bool:
    try:
        return set(mentioned(case, condition)) <= set(earlier)
    except CaseError:
        return False


def _without_users(case: Case) -> Case:
    """Return the case without chance events that depend on variables it no longer has."""
    while True:
        names = {item.id for item in case.story}
        story = tuple(i for i in case.story if not isinstance(i, ChanceEvent) or set(i.given) <= names)
        if len(story) == len(case.story):
            return case
        case = replace(case, story=story)
