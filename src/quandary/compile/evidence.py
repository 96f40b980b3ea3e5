"""Evidence as tables: 1 in the joint states that agree with what was seen, 0 in the others."""

from __future__ import annotations

from datetime import date

from quandary.case.logic.conditions import indicator
from quandary.case.model import Case, Evidence
from quandary.game.table import Table


def evidence_in_force(case: Case, as_of: date | None = None) -> tuple[Evidence, ...]:
    """Return the evidence dated up to ``as_of`` (the case's own date by default), in the order written."""
    day = case.as_of if as_of is None else as_of
    return tuple(item for item in case.evidence if item.on <= day)


def evidence_factors(case: Case, as_of: date | None = None) -> tuple[Table, ...]:
    """Return one 0/1 table for each item of ``evidence_in_force``, in the same order, over the variables it
    mentions.

    Multiplied into the joint distribution they give P(., evidence). Raises ``CaseError`` for an unknown name.
    """
    return tuple(indicator(case, item.saw) for item in evidence_in_force(case, as_of))
