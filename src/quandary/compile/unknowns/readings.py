"""How a number that nobody has put is read: it takes the whole of what its place allows, by a stated convention.

Odds and weights lie between 0 and 100 %, worths between 0 and 100, effects between one over the convention's factor and
that factor, flat on the scale of logarithms (so is rationality, as a factor per points). One that is known at one end
takes what is allowed on its side. The conventions of sizes stand in ``Case.unknown``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem
from quandary.case.model import Case, Sourced
from quandary.compile.amounts import Amount, NumberRole
from quandary.language.printing import written
from quandary.language.syntax import (
    Bound,
    Factor,
    Influence,
    Likelier,
    Number,
    OneSided,
    PointsChange,
    Quantity,
    Unknown,
    is_open,
)
from quandary.quantities.echo import number_text
from quandary.quantities.estimate import Estimate, Scale
from quandary.quantities.families import BrokenShare, Family, LogUniform, Uniform

UnknownKind = Literal["odds", "effect", "usual", "weight", "worth", "rationality", "assumption", "points"]


IN_ORDER = "unknown: flat between the worst (0) and the best (100), in the order written"


@dataclass(frozen=True)
class UnknownNumber:
    """One thing that nobody has put a number to, as plain data.

    ``path`` is its stable name in the case, and ``names`` are those of the numbers that are drawn for it (several where
    a whole is parted). ``parts`` are the states, options or stakes among which a whole is parted, and those that an
    order ranks. ``ends`` are the least and the most of what it allows, where it is one number. ``reading`` tells the
    convention in words. ``sign``: 1 for an effect that raises its state, -1 for one that lowers it, else 0.
    ``bound`` is set where one end is known.
    """

    path: str
    kind: UnknownKind
    role: NumberRole
    place: Place
    reading: str
    names: tuple[str, ...]
    parts: tuple[str, ...] = ()
    ends: tuple[float, float] | None = None
    sign: int = 0
    bound: Bound | None = None

    @property
    def what(self) -> str:
        """Return what it is: ``odds of unrest = contained``."""
        return str(self.role)


class UnknownUse(Enum):
    """What a number that nobody has put is used as; the value is what is wanted where its text does not fit."""

    CHANCE = "a probability such as at least 60%"
    EFFECT = "a factor such as at least x2"
    WORTH = "a number such as at least 60"
    RATIONALITY = "a rationality such as at least x2 per 10"
    PRECISION = "a precision such as at least 0.1"
    POINTS = "points such as at least +10 points"


def estimate_of(case: Case, quantity: Quantity, use: UnknownUse, place: Place, along: str = "") -> Estimate:
    """Return the distribution of an open number (``is_open``) in its place; raises ``CaseError`` (Q264).

    ``along`` says what an effect moves where that is not its own state.
    """
    low, high = ends_of(case, quantity, use, place)
    family: Family = LogUniform(low, high) if use is UnknownUse.EFFECT else Uniform(low, high)
    percent = use is UnknownUse.CHANCE
    return Estimate(family, f"{_said(quantity)}: flat over {_span(case, use, low, high)}{along}", percent=percent)


def ends_of(case: Case, quantity: Quantity, use: UnknownUse, place: Place) -> tuple[float, float]:
    """Return the least and the most of what an open number allows in its place; raises ``CaseError`` (Q264)."""
    low, high = _whole(case, use)
    match quantity:
        case Influence(direction) if use is UnknownUse.EFFECT:
            return (1.0, high) if direction == "raises" else (low, 1.0)
        case OneSided():
            end = _end(quantity, use)
            if end is None:
                raise _fault(f'"{written(quantity)}" means nothing here', place, f"write {use.value}, or unknown")
            left = (end, high) if quantity.is_least else (low, end)
            if not (low <= end <= high and left[0] < left[1]):
                beyond = f'"{written(quantity)}" leaves nothing of {_span(case, use, low, high)}'
                hint = "write a range, or change the convention at the top: unknown: {factor: x50}"
                if use not in (UnknownUse.EFFECT, UnknownUse.RATIONALITY, UnknownUse.PRECISION):
                    hint = f"write {use.value}, or a range"  # no convention moves these ends
                raise _fault(beyond, place, hint)
            return left
        case Unknown():
            return low, high
        case _:
            hint = "raises and lowers stand at an effect: - condition: {state: raises}"
            raise _fault(f'"{written(quantity)}" means nothing here', place, hint)


def _whole(case: Case, use: UnknownUse) -> tuple[float, float]:
    told = case.unknown
    match use:
        case UnknownUse.CHANCE:
            return 0.0, 1.0
        case UnknownUse.EFFECT:
            return 1.0 / told.factor, told.factor
        case UnknownUse.WORTH:
            return 0.0, 100.0
        case UnknownUse.POINTS:
            return -100.0, 100.0
        case UnknownUse.RATIONALITY | UnknownUse.PRECISION:
            low, high = told.rationality
            return math.log(low) / told.per, math.log(high) / told.per


def _end(quantity: OneSided, use: UnknownUse) -> float | None:
    """Return the known end in the unit of its use, ``None`` where it is of another kind."""
    match use, quantity.amount:
        case UnknownUse.CHANCE, Number(value, True):
            return value
        case UnknownUse.EFFECT, Factor(Number(value)) if value > 0:
            return value
        case ((UnknownUse.WORTH | UnknownUse.PRECISION), Number(value, False)):
            return value
        case ((UnknownUse.RATIONALITY | UnknownUse.PRECISION), Likelier(Number(value), per)) if value >= 1:
            return math.log(value) / per
        case UnknownUse.POINTS, PointsChange(Number(value)):
            return value
        case _:
            return None


def _span(case: Case, use: UnknownUse, low: float, high: float) -> str:
    match use:
        case UnknownUse.CHANCE:
            return f"{number_text(low, True)} to {number_text(high, True)}"
        case UnknownUse.EFFECT:
            return f"x{number_text(low)} to x{number_text(high)}, by its logarithm"
        case UnknownUse.WORTH:
            return f"{number_text(low)} to {number_text(high)}"
        case UnknownUse.POINTS:
            return f"{low:+.3g} to {high:+.3g} points"
        case UnknownUse.RATIONALITY | UnknownUse.PRECISION:
            per = case.unknown.per
            times = [number_text(math.exp(end * per)) for end in (low, high)]
            return f"x{times[0]} to x{times[1]} per {number_text(per)}, by its logarithm"


def _said(quantity: Quantity) -> str:
    return written(quantity) if is_open(quantity) else "unknown"


def share_estimate(after: int, among: int, *, beside_known: bool) -> Estimate:
    """Return how an unknown share is read of which ``after`` others follow, of ``among`` unknown ones in all.

    ``beside_known``: other shares of the whole are known.
    """
    if beside_known:
        said = f"unknown: flat over all ways to share what the known ones leave among {among}"
    elif among == 2:
        said = f"unknown: flat over {number_text(0.0, True)} to {number_text(1.0, True)}"
    else:
        said = f"unknown: flat over all ways to share the whole among {among}"
    return Estimate(BrokenShare(after), said, percent=True)


def ordered_estimate(after: int) -> Estimate:
    """Return how a worth between the worst and the best is read, of which ``after`` others follow below the best."""
    said = f"{IN_ORDER}; a share of what is left above"
    return Estimate(BrokenShare(after + 1), said)


def open_amount(case: Case, sourced: Sourced, use: UnknownUse, role: NumberRole, along: str = "") -> Amount:
    """Return an open number ready to be evaluated, ``along`` as ``estimate_of`` has it; raises ``CaseError`` (Q264)."""
    scales = {
        UnknownUse.CHANCE: Scale.PROBABILITY,
        UnknownUse.EFFECT: Scale.FACTOR,
        UnknownUse.WORTH: Scale.NUMBER,
        UnknownUse.POINTS: Scale.POINTS,
    }
    estimate = estimate_of(case, sourced.quantity, use, sourced.place, along)
    return Amount(sourced, scales.get(use, Scale.PRECISION), role, case.words, estimate)


def described(amount: Amount, kind: UnknownKind) -> UnknownNumber:
    """Return an open number of its own as one of the things unknown."""
    quantity, estimate = amount.quantity, amount.estimate
    assert estimate is not None
    bound = quantity.bound if isinstance(quantity, OneSided) else None
    family = estimate.family
    ends = (family.low, family.high) if isinstance(family, Uniform | LogUniform) else None
    sign = 0
    if isinstance(family, LogUniform):
        sign = 1 if family.low >= 1 else -1 if family.high <= 1 else 0
    path = amount.sourced.path
    place, said = amount.sourced.place, estimate.description
    return UnknownNumber(path, kind, amount.role, place, said, (path,), ends=ends, sign=sign, bound=bound)


def _fault(message: str, place: Place, hint: str | None = None) -> CaseError:
    return CaseError([Problem("Q264", message, place, hint)])
