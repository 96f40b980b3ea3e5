"""What a database says when it cannot, in a sentence with the next step."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from quandary.base.characters import one_line, shortened
from quandary.base.problems import Problem, Refusal

SAID = {
    "lock timeout": ("another program is writing to it", "try again when it is done"),
    "locked": ("another program is writing to it", "try again when it is done"),
    "readonly": ("it may only be read", "name another place with --ledger, or make it writable"),
    "full": ("there is no room left", "make room; what was being added was not added, and nothing else was lost"),
    "no space left": ("there is no room left", "make room; what was being added was not added, and nothing was lost"),
    "not a database": ("it is no ledger, or it is damaged", "name another file, or restore a backup"),
    "malformed": ("it is damaged", "restore a backup: quandary ledger restore"),
    "unable to open": ("it cannot be opened", "see that its folder is there and may be written to"),
    "disk i/o": ("the disk failed", "see that there is room and that the disk is whole"),
    "password": ("the server does not know the user or the password", "see the address, or set PGPASSWORD"),
    "no pg_hba": ("the server does not let you in from here", "ask whoever keeps it"),
    "does not exist": ("the server has no such database or user", "see the address: postgresql://USER@HOST/DATABASE"),
    "could not connect": ("the server cannot be reached", "see that it runs and that the address is right"),
    "connection": ("the server cannot be reached", "see that it runs and that the address is right"),
    "permission denied": ("its owner does not let you", "ask whoever keeps it"),
}
"""Signs of what databases say, the telling ones first, with what that means and the next step."""


def refusal_of(fault: Exception, name: str) -> Refusal:
    """Return the refusal (Q906) that a fault of the database becomes, with the ledger's name."""
    told = str(fault.orig if isinstance(fault, DBAPIError) and fault.orig is not None else fault)
    lowered = told.lower().replace("read-only", "readonly")
    for sign, (reason, hint) in SAID.items():
        if sign in lowered:
            return Refusal(Problem("Q906", f"{name}: {reason}", hint=hint))
    return Refusal(Problem("Q906", f"{name}: {shortened(one_line(told), 300)}", hint="nothing was changed"))
