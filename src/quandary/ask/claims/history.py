"""What later events said about a claim, apart from its verdict."""

from __future__ import annotations

from datetime import date

from quandary.ask.results import History
from quandary.case.model import Claim


def history_of(claim: Claim, as_of: date) -> History:
    """Return what the claim's resolution says, if it is dated up to ``as_of``; else the claim is open."""
    resolved = claim.resolved
    if resolved is None or resolved.on > as_of:
        return History.OPEN
    if resolved.outcome == "void":
        return History.VOID
    return History.CAME_TRUE if resolved.outcome else History.DID_NOT
