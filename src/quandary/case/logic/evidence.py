"""Which evidence is in force by a day."""

from __future__ import annotations

from datetime import date

from quandary.case.model import Case, Evidence


def evidence_in_force(case: Case, as_of: date | None = None) -> tuple[Evidence, ...]:
    """Return the evidence dated up to ``as_of`` (the case's own date by default), in the order written."""
    day = case.as_of if as_of is None else as_of
    return tuple(item for item in case.evidence if item.on <= day)
