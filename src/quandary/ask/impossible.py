"""Evidence that cannot happen in any world: which piece is to blame."""

from __future__ import annotations

from collections.abc import Sequence

from quandary.ask.evidence import conditions_of
from quandary.ask.situation import Situation
from quandary.case.model import Evidence
from quandary.language.printing import written
from quandary.problems import Problem


def impossible_evidence(situation: Situation, items: Sequence[Evidence]) -> Problem:
    """Return the fault (Q522) of the first piece of evidence that cannot happen after those before it."""
    hint = "look for odds of 0 %, or an option that `only` bars"
    for count, item in enumerate(items, start=1):
        if not situation.chance(conditions_of(tuple(items[:count]))).any():
            message = f"The evidence {written(item.saw)} cannot happen in any world"
            message += ", given the evidence before it." if count > 1 else "."
            return Problem("Q522", message, item.place, hint)
    return Problem("Q522", "The evidence together cannot happen in any world.", items[0].place, hint)
