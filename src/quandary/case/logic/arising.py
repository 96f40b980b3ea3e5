"""Decisions that arise only sometimes: where, and what being asked tells the one who decides.

A decision whose ``when`` does not hold does not arise: it has that state and no option. Where its owner sees every
variable of the condition, it knows by itself whether it will be asked. Elsewhere being asked tells it that the
condition holds and no more, which the game says by one variable that no case can name (``being_asked``).
"""

from __future__ import annotations

from collections.abc import Collection

from quandary.case.logic.conditions import find_variable, in_story_order, indicator, mentioned
from quandary.case.logic.memory import observed
from quandary.case.model import Case, DecisionEvent
from quandary.game.table import Table
from quandary.language.syntax import And, Expression, Is, Name, Not, Or, is_arising

ARISES = " arises"
"""Added to a decision's name: the variable that says whether it arises, of which only its owner knows."""


def tells_of_asking(name: str) -> bool:
    """Return whether a game's variable is one of those that tell an actor that it is asked: no variable of the case."""
    return name.endswith(ARISES)


def condition_variables(case: Case, decision: DecisionEvent) -> tuple[str, ...]:
    """Return the variables by which a decision arises or not, none for one that always does."""
    return () if decision.when is None else mentioned(case, decision.when)


def being_asked(case: Case, decision: DecisionEvent) -> str | None:
    """Return the name of the variable that tells the owner whether the decision arises.

    ``None`` where it always arises, or where the owner sees all of the condition.
    """
    if decision.when is None:
        return None
    unseen = set(condition_variables(case, decision)) - set(observed(case, decision.id))
    return decision.id + ARISES if unseen else None


def known_at(case: Case, decision: DecisionEvent) -> tuple[str, ...]:
    """Return all that the owner knows at a decision, in the order of the game's variables.

    That is what it observes and, for this decision and each earlier one of its own that it remembers, that it was asked
    or was not.
    """
    seen = set(observed(case, decision.id))
    found = list(in_story_order(case, seen))
    for item in case.story:
        own = isinstance(item, DecisionEvent) and (
            item.id == decision.id or (item.by == decision.by and item.id in seen)
        )
        if isinstance(item, DecisionEvent) and own and (name := being_asked(case, item)) is not None:
            found.append(name)
    return tuple(found)


def asked_whether(case: Case, condition: Expression, within: tuple[str, ...] = ()) -> frozenset[str]:
    """Return the decisions of which a condition says ``arises``, events looked into."""
    match condition:
        case Is() if is_arising(condition):
            found = find_variable(case, condition.variable)
            return frozenset() if found is None else frozenset({found.id})
        case Not(operand):
            return asked_whether(case, operand, within)
        case And(operands) | Or(operands):
            return frozenset().union(*(asked_whether(case, operand, within) for operand in operands))
        case Name() if condition.text in case.events and condition.text not in within:
            return asked_whether(case, case.events[condition.text].condition, (*within, condition.text))
        case _:
            return frozenset()


def below(case: Case, names: Collection[str]) -> frozenset[str]:
    """Return the variables that come of some others, by what the case lets each depend on; those not included."""
    found = set(names)
    for item in case.story:
        if isinstance(item, DecisionEvent):
            on = {*observed(case, item.id), *condition_variables(case, item)}
        else:
            on = set(item.given)
        if on & found:
            found.add(item.id)
    return frozenset(found - set(names))


def arising_table(case: Case, decision: DecisionEvent) -> Table | None:
    """Return 1 where a decision arises and 0 elsewhere, over its condition's variables; ``None`` if it always does."""
    return None if decision.when is None else indicator(case, decision.when)
