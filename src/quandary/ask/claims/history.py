"""What later events said about a claim and each of its readings, apart from their verdicts."""

from __future__ import annotations

from datetime import date

from quandary.ask.results import History
from quandary.case.model import Claim, Resolution, Test


def history_of(claim: Claim, as_of: date) -> History:
    """Return what history said of a claim as a whole, by a resolution dated up to ``as_of``; else it is open."""
    return _said(claim, None, claim.resolved, as_of)


def history_of_reading(claim: Claim, test: Test, as_of: date) -> History:
    """Return what history said of one reading: its own answer, or the claim's where that has no other reading."""
    return _said(claim, test.name, resolution_of(claim, test.name), as_of)


def resolution_of(claim: Claim, reading: str) -> Resolution | None:
    """Return the answer of history to one reading: its own, or the claim's where that has no other reading."""
    own = next((test.resolved for test in claim.tests if test.name == reading), None)
    return claim.resolved if own is None and len(claim.tests) == 1 else own


def _said(claim: Claim, reading: str | None, resolved: Resolution | None, as_of: date) -> History:
    """Return an answer of history in the words that fit the claim.

    A commitment is kept or broken; void is only what has a condition (``Claim.may_be_void``). What could or may happen
    is not refuted by its not happening.
    """
    if resolved is None or resolved.on > as_of:
        return History.OPEN
    if resolved.outcome == "not_settled":
        return History.NOT_SETTLED
    if resolved.outcome == "void":
        return History.VOID if claim.may_be_void(reading) else History.OPEN
    if claim.is_commitment:
        return History.KEPT if resolved.outcome else History.BROKEN
    if not resolved.outcome and claim.could:
        return History.NOT_SETTLED
    return History.CAME_TRUE if resolved.outcome else History.DID_NOT
