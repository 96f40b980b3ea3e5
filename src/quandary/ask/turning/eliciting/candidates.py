"""What can be asked for: numbers of the case that stand alone and are wide, each with the classes of its answer."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from quandary.ask.turning.eliciting.separating import can_stand_alone
from quandary.ask.turning.eliciting.settling import Classes
from quandary.base.arrays import Array
from quandary.case.logic.conditions import find_variable, states_of
from quandary.case.model import Case, Sourced
from quandary.case.text import CaseText
from quandary.compile.compiler import Model
from quandary.compile.numbers import UncertainNumber
from quandary.language.syntax import Call, Expression, Factor, Influence, Name, Number, OneSided, PointsChange, Shift
from quandary.quantities.estimate import Scale
from quandary.quantities.families import BrokenShare, Uniform

WIDE_ODDS = 4.0
"""A range of probabilities whose ends' odds are this many times apart is wide."""

WIDE_FACTOR = 3.0
"""A range of factors, shares or other positive numbers whose ends are this many times apart is."""

WIDE_POINTS = 15.0
"""A range of worth, on its scale from 0 to 100, or of points added to it, that spans so many is."""

SIDE = 0.1
"""A direction is open where each side has at least this probability."""

SIZES = 3
"""How many classes a size falls in: the thirds of what is possible."""


class Aspect(StrEnum):
    """What of a number is asked: on which side of no effect it lies, or how large it is."""

    DIRECTION = "direction"
    SIZE = "size"


@dataclass(frozen=True, eq=False)
class Candidate:
    """One question that could be asked: for an ``aspect`` of a number.

    ``neutral`` is the value without effect; ``low`` and ``high`` are the ends of its 90 % range now. ``is_written``:
    the case has it as a number of its own; where not, it is one of those that unknown odds come to, and ``alike`` of
    them stand in the same place for its state. ``is_shift``: it moves a whole scale of states.
    """

    number: UncertainNumber
    aspect: Aspect
    low: float
    high: float
    neutral: float | None = None
    is_written: bool = True
    alike: int = 1
    is_shift: bool = False

    @property
    def name(self) -> str:
        """Return its name, by which an answer says what it answers."""
        return f"{self.number.name}:{self.aspect}" if self.aspect is Aspect.DIRECTION else self.number.name

    def classes(self, uniforms: Array) -> Classes:
        """Return the class that its answer would fall in, for uniforms of worlds, ``(W,)``."""
        if self.aspect is Aspect.DIRECTION and self.neutral is not None:
            return np.asarray(self.number.estimate.quantile(uniforms) > self.neutral, dtype=np.intp)
        return np.minimum((uniforms * SIZES).astype(np.intp), SIZES - 1)


def candidates(
    case: Case, model: Model, by: str | None = None, text: CaseText | None = None, *, every: bool = False
) -> tuple[Candidate, ...]:
    """Return what can still be asked, in the order of the case: what somebody judged is not asked again.

    What ``by`` did not know is not asked of him again; without a name, what anybody did not know. With its ``text``
    only what can be written there by itself. With ``every``, also what is not wide or was asked, and of each its size.
    """
    own = {sourced.path: sourced for sourced in written_numbers(case)}
    counts = Counter((number.place, number.role.state) for number in model.quantities)
    found: list[Candidate] = []
    for number in model.quantities:
        sourced = own.get(number.path)
        alike = counts[number.place, number.role.state]
        if not _stands_alone(number) or (sourced is None and not number.unknown):
            continue
        if number.unknown:
            if text is not None and not can_stand_alone(text, case, number, alike, is_written=sourced is not None):
                continue
            number = _asked_plainly(number)  # noqa: PLW2901
        written, shift = sourced is not None, _is_shift(case, number, sourced)
        asked = (
            replace(one, is_written=written, alike=alike, is_shift=shift) for one in _candidates(number, every=every)
        )
        found += [one for one in asked if every or not _was_asked(one, sourced, by)]
    return tuple(sorted(found, key=lambda one: one.number.place.line))


def wide(number: UncertainNumber) -> bool:
    """Return whether a number's 90 % range is so wide that it is worth asking for."""
    if number.unknown:
        return True
    low, high = ends(number)
    if number.scale is Scale.PROBABILITY or number.estimate.percent:
        low, high = (min(max(end, 1e-4), 1 - 1e-4) for end in (low, high))
        return math.log(high / (1 - high)) - math.log(low / (1 - low)) >= math.log(WIDE_ODDS)
    if number.role.kind in ("worth", "points"):
        return high - low >= WIDE_POINTS
    if low > 0:
        return high / low >= WIDE_FACTOR
    return high > low


def ends(number: UncertainNumber) -> tuple[float, float]:
    """Return the ends of a number's 90 % range."""
    low, high = number.estimate.quantile(np.array([0.05, 0.95])).tolist()
    return low, high


def written_numbers(node: object) -> Iterator[Sourced]:
    """Yield every number of a case as it was written."""
    if isinstance(node, Sourced):
        yield node
    elif isinstance(node, tuple | list):
        for one in node:
            yield from written_numbers(one)
    elif isinstance(node, dict):
        yield from written_numbers(list(node.values()))
    elif hasattr(node, "__dataclass_fields__"):
        for name in node.__dataclass_fields__:
            yield from written_numbers(getattr(node, name))


def _asked_plainly(number: UncertainNumber) -> UncertainNumber:
    """Return a number that nobody has put as what is asked: no share of what others leave."""
    plainly = replace(number, role=replace(number.role, of_rest=False))
    if number.role.kind == "worth" and isinstance(number.estimate.family, BrokenShare):  # of an order
        return replace(plainly, estimate=replace(number.estimate, family=Uniform(0.0, 100.0)))
    return plainly


def _is_shift(case: Case, number: UncertainNumber, sourced: Sourced | None) -> bool:
    """Return whether a number moves a whole scale: a known shift, or an unknown effect on an end of three or more."""
    quantity = None if sourced is None else sourced.quantity
    if isinstance(quantity, Shift):
        return True
    if not number.unknown or number.role.kind != "factor" or isinstance(quantity, OneSided):
        return False
    item = find_variable(case, Name(number.role.of))
    states = () if item is None else states_of(item)
    return len(states) > 2 and number.role.state in (states[0], states[-1])


def _stands_alone(number: UncertainNumber) -> bool:
    return number.name == number.path and number.part is None


def _was_asked(one: Candidate, sourced: Sourced | None, by: str | None) -> bool:
    """Return whether somebody judged what is asked, or who answers did not know it; a side alone leaves the size."""
    number = one.number
    if number.not_known_by is not None and by in (None, number.not_known_by):
        return True
    return number.judged_by is not None and (sourced is None or not is_side(sourced.quantity, one.neutral))


def is_side(quantity: Expression, neutral: float | None) -> bool:
    """Return whether a number says no more than on which side of no effect it lies, as ``forms.side`` writes it."""
    match quantity:
        case Influence():
            return True
        case Factor(amount) | PointsChange(amount):
            return is_side(amount, neutral)
        case Call("uniform", args):
            return neutral is not None and any(isinstance(end, Number) and end.value == neutral for end in args)
        case _:
            return False


def _candidates(number: UncertainNumber, *, every: bool) -> Iterator[Candidate]:
    if not every and not wide(number):
        return
    low, high = ends(number)
    neutral = _neutral(number)
    if neutral is not None:
        above = float(np.mean(number.estimate.quantile((np.arange(200) + 0.5) / 200) > neutral))
        if SIDE <= above <= 1 - SIDE:
            yield Candidate(number, Aspect.DIRECTION, low, high, neutral)
            if not every:
                return
    yield Candidate(number, Aspect.SIZE, low, high, neutral)


def _neutral(number: UncertainNumber) -> float | None:
    """Return the value at which a number has no effect; of an assumption zero, where that is a value like others."""
    match number.role.kind:
        case "factor":
            return 1.0
        case "points":
            return 0.0
        case "assumption":
            return None if number.estimate.percent else 0.0
        case _:
            return None
