"""What can be asked for: numbers of the case that stand alone and are wide, each with the classes of its answer."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

import numpy as np

from quandary.ask.turning.eliciting.separating import can_stand_alone
from quandary.ask.turning.eliciting.settling import Classes
from quandary.base.arrays import Array
from quandary.case.logic.conditions import find_variable, states_of
from quandary.case.model import Case, Sourced
from quandary.case.text import CaseText
from quandary.compile.amounts import NumberRole
from quandary.compile.compiler import Model
from quandary.compile.numbers import UncertainNumber
from quandary.language.syntax import (
    Call,
    Expression,
    Factor,
    Influence,
    Name,
    Number,
    OneSided,
    PointsChange,
    Shift,
    Unknown,
)
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

RANKED = 3
"""So many unknown worths of a stake can be put in order: the worst and the best are then known, one lies between."""

SIZES = 3
"""How many classes a size falls in: the thirds of what is possible."""


class Aspect(StrEnum):
    """What is asked: on which side of no effect a number lies, how some lie to each other, or how large one is."""

    DIRECTION = "direction"
    ORDER = "order"
    SIZE = "size"


@dataclass(frozen=True, eq=False)
class Candidate:
    """One question that could be asked: for an ``aspect`` of a number.

    ``neutral`` is the value without effect; ``low`` and ``high`` are the ends of its 90 % range now. ``is_written``:
    the case has it as a number of its own; where not, it is one of those that unknown odds come to, and ``alike`` of
    them stand in the same place for its state. ``is_shift``: it moves a whole scale of states.
    Of an order ``things`` are what is put in order, and ``ranked`` the numbers that say how they lie.
    """

    number: UncertainNumber
    aspect: Aspect
    low: float
    high: float
    neutral: float | None = None
    is_written: bool = True
    alike: int = 1
    is_shift: bool = False
    ranked: tuple[UncertainNumber, ...] = ()
    things: tuple[NumberRole, ...] = ()

    @property
    def name(self) -> str:
        """Return its name, by which an answer says what it answers."""
        if self.aspect is Aspect.ORDER:
            of = self.number.role.of
            return f"stakes.{of[0]}:order" if self.number.role.kind == "weight" else f"stakes.{'.'.join(of)}:order"
        return f"{self.number.name}:{self.aspect}" if self.aspect is Aspect.DIRECTION else self.number.name

    @property
    def asks_worse(self) -> bool:
        """Return whether pairs of an order are asked for the worse of both; of swings it is the one rather made."""
        return self.number.role.kind != "weight"

    def classes(self, drawn: Drawn) -> Classes:
        """Return the class that its answer would fall in, for the uniforms of worlds, ``(W,)`` each."""
        if self.aspect is Aspect.ORDER:
            return self._best(drawn)
        uniforms = drawn[self.number.name]
        if self.aspect is Aspect.DIRECTION and self.neutral is not None:
            return np.asarray(self.number.estimate.quantile(uniforms) > self.neutral, dtype=np.intp)
        return np.minimum((uniforms * SIZES).astype(np.intp), SIZES - 1)

    def _best(self, drawn: Drawn) -> Classes:
        """Return which of what is ranked is the best; of two shares the first where it is more than half."""
        values = np.stack([one.estimate.quantile(drawn[one.name]) for one in self.ranked])
        return np.asarray(values[0] < 0.5 if len(values) == 1 else values.argmax(axis=0), dtype=np.intp)


class Drawn(Protocol):
    """The uniforms of numbers in worlds, by their names."""

    def __getitem__(self, name: str, /) -> Array:
        """Return those of one number, ``(W,)``."""


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
    orders = tuple(_orders(case, model, by, text))
    within = {one.name for order in orders for one in order.ranked}
    found = [*orders, *(one for one in found if every or one.number.name not in within)]
    return tuple(sorted(found, key=lambda one: one.number.place.line))


def _orders(case: Case, model: Model, by: str | None, text: CaseText | None) -> Iterator[Candidate]:
    """Yield what can be put in order: the unknown worths of a stake, and an actor's two weights, by their swings."""
    numbers = {number.name: number for number in model.quantities if number.unknown}
    for stake in case.stakes:
        names = [rule.value.path for rule in stake.worth if isinstance(rule.value.quantity, Unknown)]
        if not stake.ordered and 1 < len(names) == len(stake.worth) <= RANKED and numbers.keys() >= set(names):
            ranked = tuple(numbers[name] for name in names)
            yield from _order(case, ranked, tuple(one.role for one in ranked), by, text)
    for actor in case.actors:
        own = [stake for stake in case.stakes if stake.actor == actor and stake.weight]
        values = [rule.value for stake in own for rule in stake.weight]
        if len(own) == len(values) == 2 and all(isinstance(one.quantity, Unknown) for one in values):
            ranked = tuple(numbers[one.path] for one in values if one.path in numbers)
            things = tuple(NumberRole("weight", (actor, stake.id)) for stake in own)
            yield from _order(case, ranked, things, by, text)


def _order(
    case: Case,
    ranked: tuple[UncertainNumber, ...],
    things: tuple[NumberRole, ...],
    by: str | None,
    text: CaseText | None,
) -> Iterator[Candidate]:
    """Yield the question for an order that was not asked yet, and that can be written."""
    asked = any(one.not_known_by is not None and by in (None, one.not_known_by) for one in ranked)
    if not ranked or asked or not all(map(_stands_alone, ranked)):
        return
    if text is None or all(can_stand_alone(text, case, one, 1, is_written=True) for one in ranked):
        yield Candidate(ranked[0], Aspect.ORDER, *ends(ranked[0]), ranked=ranked, things=things)


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
        case Influence() | OneSided():
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
