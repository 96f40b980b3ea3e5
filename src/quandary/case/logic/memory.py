"""Memory: what an actor knows at each of its decisions.

An actor remembers its own moves and all it saw, knows its private chance variables from the moment they
happen, and sees at each decision what ``sees`` names. ``forgets`` takes from the memory, for that decision
and all later ones.
"""

from __future__ import annotations

from quandary.case.logic.conditions import in_story_order
from quandary.case.model import Case, ChanceEvent, DecisionEvent


def observed(case: Case, decision: str) -> tuple[str, ...]:
    """Return every variable known at the decision, in the order of the story; ``KeyError`` for no such
    decision.
    """
    item = case.variable(decision)
    if not isinstance(item, DecisionEvent):
        raise KeyError(decision)
    return in_story_order(case, set(_memories(case, item.by)[decision]))


def forgetful(case: Case) -> tuple[str, ...]:
    """Return the decisions whose actor no longer knows something it knew, or did, at an earlier decision of
    its own.

    Such decisions have imperfect recall: the game is then solved in agent form only.
    """
    lost = []
    for actor in {item.by for item in case.story if isinstance(item, DecisionEvent)}:
        known_before: set[str] = set()
        for decision, known in _memories(case, actor).items():
            if not known_before <= known:
                lost.append(decision)
            known_before |= known | {decision}
    return in_story_order(case, set(lost))


def _memories(case: Case, actor: str) -> dict[str, frozenset[str]]:
    """Return what the actor knows at each of its decisions, in order of time."""
    memory: set[str] = set()
    known: dict[str, frozenset[str]] = {}
    for item in case.story:
        if isinstance(item, ChanceEvent):
            if item.private == actor:
                memory.add(item.id)
        elif item.by == actor:
            memory.difference_update(item.forgets)
            memory.update(item.sees)
            known[item.id] = frozenset(memory)
            memory.add(item.id)
    return known
