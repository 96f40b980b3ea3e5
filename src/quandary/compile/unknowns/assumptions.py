"""Assumptions that nobody has put a number to: where they are used says what they are."""

from __future__ import annotations

from quandary.base.problems import CaseError, Problem
from quandary.case.checks.known import numbers
from quandary.case.model import Case
from quandary.compile.amounts import Amount, NumberRole
from quandary.compile.unknowns.readings import UnknownUse, open_amount
from quandary.language.printing import written
from quandary.language.syntax import (
    Expression,
    Factor,
    Influence,
    Likelier,
    Name,
    Number,
    OfRest,
    OneSided,
    PointsChange,
    is_open,
    names_in,
)

_USES = {
    "odds": UnknownUse.CHANCE,
    "weight": UnknownUse.CHANCE,
    "effect": UnknownUse.EFFECT,
    "worth": UnknownUse.WORTH,
    "rationality": UnknownUse.RATIONALITY,
    "precision": UnknownUse.PRECISION,
    "stake_effect": UnknownUse.POINTS,
}


def open_assumption(case: Case, name: str) -> Amount | None:
    """Return an assumption that nobody has put a number to, ``None`` for any other; raises ``CaseError`` (Q264)."""
    sourced = case.assumptions[name].value
    if not is_open(sourced.quantity):
        return None
    use = _own_use(sourced.quantity) or _use_of(case, name)
    return open_amount(case, sourced, use, NumberRole("assumption", (name,)))


def _own_use(quantity: Expression) -> UnknownUse | None:
    """Return what an open number is by its own text."""
    match quantity:
        case Influence() | OneSided(_, Factor()):
            return UnknownUse.EFFECT
        case OneSided(_, Likelier()):
            return UnknownUse.RATIONALITY
        case OneSided(_, PointsChange()):
            return UnknownUse.POINTS
        case OneSided(_, Number(_, True)):
            return UnknownUse.CHANCE
        case _:
            return None


def _use_of(case: Case, name: str) -> UnknownUse:
    """Return the one thing that an assumption is used as; raises ``CaseError`` where that is none, or several."""
    uses: dict[UnknownUse, None] = {}
    calculated = False
    for use, sourced in numbers(case):
        if all(reference.text != name for reference in names_in(sourced.quantity)):
            continue
        if isinstance(_bare(sourced.quantity), Name) and use in _USES:
            uses[UnknownUse.EFFECT if isinstance(sourced.quantity, Factor) else _USES[use]] = None
        else:
            calculated = True
    if len(uses) < 2 and not calculated:
        return next(iter(uses), UnknownUse.CHANCE)  # of one that is used nowhere nothing hangs on how it is read
    sourced = case.assumptions[name].value
    why = "calculated with" if calculated else "used as several things"
    message = f'the assumption "{name}" is {written(sourced.quantity)} and {why}, so that nothing says what it allows'
    raise CaseError([Problem("Q264", message, sourced.place, "write a range, or its ends: uniform(0, 100)")])


def _bare(quantity: Expression) -> Expression:
    match quantity:
        case Factor(inner) | OfRest(inner) | PointsChange(inner):
            return inner
        case _:
            return quantity
