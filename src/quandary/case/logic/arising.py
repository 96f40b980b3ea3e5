"""Decisions that arise only sometimes: where, and what being asked tells the one who decides.

A decision whose ``when`` does not hold does not arise: it has that state and no option. Where its owner sees every
variable of the condition, it knows by itself whether it will be asked. Elsewhere being asked tells it that the
condition holds and no more, which the game says by one variable that no case can name (``being_asked``).
"""

from __future__ import annotations

from quandary.case.logic.conditions import in_story_order, indicator, mentioned
from quandary.case.logic.memory import observed
from quandary.case.model import Case, DecisionEvent
from quandary.game.table import Table

ARISES = " arises"
"""Added to a decision's name: the variable that says whether it arises, of which only its owner knows."""


def condition_variables(case: Case, decision: DecisionEvent) -> tuple[str, ...]:
    """Return the variables by which a decision arises or not, none for one that always does."""
    return () if decision.when is None else mentioned(case, decision.when)


def being_asked(case: Case, decision: DecisionEvent) -> str | None:
    """Return the name of the variable that tells the owner whether the decision arises.

    ``None`` where it always arises, or where the owner sees all of the condition.
    """
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


def arising_table(case: Case, decision: DecisionEvent) -> Table | None:
    """Return 1 where a decision arises and 0 elsewhere, over its condition's variables; ``None`` if it always does."""
    return None if decision.when is None else indicator(case, decision.when)
