"""What the numbers of a case come to: arithmetic that has no value or no mean, worths and effects beyond 0 to 100."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np

from quandary.base.arrays import Array
from quandary.base.problems import Problem, Severity
from quandary.compile.amounts import Amount, DrawnBlock
from quandary.compile.beliefs import BeliefPlan
from quandary.compile.chances import ChancePlan
from quandary.compile.choices.usual import UsualPlan
from quandary.compile.compiler import Model
from quandary.compile.stakes import WeightsPlan, WorthPlan
from quandary.compile.validity import LARGEST_SHARE
from quandary.language.syntax import (
    Arithmetic,
    Call,
    Expression,
    Factor,
    Interval,
    Likelier,
    Negate,
    Number,
    OfRest,
    PointsChange,
    names_in,
)
from quandary.quantities.arithmetic import Divided
from quandary.quantities.design import Design
from quandary.quantities.evaluate import breakdowns_of

WORLDS = 4096
"""Worlds that the numbers are drawn in."""

NEAREST, NEAR = 8, 64
"""The ranks, among a divisor's values by size, between which its density near zero is read off."""

STEEPEST = 1.2
"""A divisor whose chance of lying below t grows like t to this power or a lower one leaves no mean.

One over it has a mean where the power is above one; the margin is what so many draws leave open.
"""

LARGE = 1e50
"""A number beyond which even sums and products are watched."""

LOWEST, HIGHEST = 0.0, 100.0
ENDS = np.array([0.05, 0.95])
ROUNDING = 1.0
"""By how many points a worth may pass the ends of its scale, read off draws, before it is told."""


def arithmetic_faults(model: Model) -> Iterator[Problem]:
    """Yield arithmetic that has no value in more than 0.1 % of worlds, and divisions that leave no mean."""
    drawn = _Few(model)
    for amount in _amounts(model):
        if not any(_breakable(node) for node in _nodes(amount.quantity)):
            continue
        path, words = amount.sourced.path, amount.words
        found, divided = breakdowns_of(amount.quantity, path, *drawn.of(amount), words=words)
        broken = [one for one in found if np.mean(one.worlds) > LARGEST_SHARE]
        for one in broken:
            share = float(np.mean(one.worlds))
            often = "" if share == 1 else f" in {100 * share:.3g} % of worlds"
            hint = "keep the numbers away from where this has no value"
            yield Problem("Q219", f"{amount.what} has {one.reason}{often}", one.node.place, hint)
        if not broken:
            yield from _without_mean(amount, divided)


def _without_mean(amount: Amount, divided: Iterable[Divided]) -> Iterator[Problem]:
    for one in divided:
        near = np.sort(np.abs(one.by))
        if len(near) < WORLDS or near[NEAR] == near[NEAREST]:
            continue
        if near[NEAREST] == 0 or np.log(NEAR / NEAREST) / np.log(near[NEAR] / near[NEAREST]) <= STEEPEST:
            message = (
                f"{amount.what} divides by a number that comes as near to zero as it likes, so that it has no mean"
            )
            hint = "keep it away from zero: a range above zero as (lognormal), or a `max` with the least it can be"
            yield Problem("Q218", message, one.node.place, hint)


def worths_beyond_their_scale(model: Model) -> Iterator[Problem]:
    """Yield worths that lie below 0 or above 100 for certain, or by an end of their range."""
    drawn = _Few(model)
    for plan in (*model.worths, *(plan for belief in model.beliefs for plan in belief.worths)):
        for amount in plan.worth:
            low, high = _ends(amount, drawn)
            if low < LOWEST - ROUNDING or high > HIGHEST + ROUNDING:
                message = f"{amount.what} lies beyond 0 to 100 ({low:,.4g} to {high:,.4g})"
                if low == high:
                    message = f"{amount.what} lies beyond 0 to 100 ({low:,.6g})"
                hint = "worth is on 0 to 100; a stake that counts more gets a larger weight"
                yield Problem("Q127", message, amount.sourced.place, hint, Severity.WARNING)


def effects_beyond_their_scale(model: Model) -> Iterator[Problem]:
    """Yield points that effects add and that no chance or worth, which lie on 0 to 100, can move by."""
    drawn = _Few(model)
    scaled = [("a chance", amount) for plan in model.chances for rule in plan.effects for _, amount in rule.points]
    scaled += [("a worth", amount) for plan in model.worths for amount in plan.effects]
    for what, amount in scaled:
        low, high = _ends(amount, drawn)
        if max(abs(low), abs(high)) > HIGHEST - LOWEST + ROUNDING:
            ends = f"{low:+,.6g}" if low == high else f"{low:+,.4g} to {high:+,.4g}"
            message = f"{amount.what} ({ends}) are more than {what} of 0 to 100 can move by"
            hint = "write at most 100 points" + (", or x2 to x5 to multiply odds" if what == "a chance" else "")
            yield Problem("Q127", message, amount.sourced.place, hint, Severity.WARNING)


def _ends(amount: Amount, drawn: _Few) -> tuple[float, float]:
    """Return the 5 % and 95 % points of a number: those of its own reading, or of its arithmetic in a few worlds."""
    for name, estimate in amount.leaves():
        if name == amount.sourced.path:
            low, high = estimate.quantile(ENDS)
            return float(low), float(high)
    with np.errstate(all="ignore"):
        values = amount.value(DrawnBlock(*drawn.of(amount)))
    low, high = np.quantile(values, ENDS) if np.isfinite(values).all() else (LOWEST, HIGHEST)
    return float(low), float(high)


class _Few:
    """The numbers of a case in a few worlds, each evenly spread, drawn when first asked for, correlations left out."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._uniforms: dict[str, Array] = {}
        self._values: dict[str, Array] = {}

    @cached_property
    def design(self) -> Design:
        return Design(0, WORLDS)

    def of(self, amount: Amount) -> tuple[dict[str, Array], dict[str, Array]]:
        """Return the uniforms and the assumptions that an amount needs."""
        for name, _ in amount.leaves():
            if name not in self._uniforms:
                ranks = self.design.column(name).argsort().argsort()
                self._uniforms[name] = (ranks + 0.5) / WORLDS
        for reference in names_in(amount.quantity):
            if reference.text not in self._values:
                assumption = self.model.assumptions[reference.text]
                self._values[reference.text] = np.zeros(1)
                with np.errstate(all="ignore"):
                    self._values[reference.text] = assumption.value(DrawnBlock(*self.of(assumption)))
        return self._uniforms, self._values


def _amounts(model: Model) -> Iterator[Amount]:
    yield from model.assumptions.values()
    yield from (amount for amount in model.rationality.values() if amount is not None)
    plans: list[ChancePlan | WorthPlan | WeightsPlan | UsualPlan | BeliefPlan]
    plans = [*model.chances, *model.worths, *model.weights, *model.usual, *model.beliefs]
    for plan in plans:
        yield from plan.amounts()


def _nodes(node: Expression) -> Iterator[Expression]:
    yield node
    match node:
        case Arithmetic(_, left, right):
            yield from (*_nodes(left), *_nodes(right))
        case Call(_, args):
            for arg in args:
                yield from _nodes(arg)
        case Negate(inner) | Factor(inner) | PointsChange(inner) | OfRest(inner) | Likelier(inner, _):
            yield from _nodes(inner)


def _breakable(node: Expression) -> bool:
    """Return whether a step of arithmetic may have no value: all but a plain sum of small numbers."""
    match node:
        case Arithmetic(op):
            return op in "/^*"
        case Call(name):
            return name in ("log", "sqrt", "exp")
        case Number(value):
            return abs(value) > LARGE
        case Interval(low, high):
            return max(abs(low), abs(high)) > LARGE
        case _:
            return False
