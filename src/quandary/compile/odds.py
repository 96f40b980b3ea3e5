"""One rule's odds over the states of a chance variable, in all worlds.

Entries count in the order written. A plain entry is a probability; ``q of rest`` is the share q of what the
entries before it leave; ``rest``, wherever it stands, is what all the others leave. A state that is not named
has odds 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem
from quandary.case.model import Case, ChanceEvent, OddsRule, Sourced
from quandary.compile.amounts import Amount, DrawnBlock, NumberRole, carries_percent, condition_of
from quandary.compile.validity import ROUNDING, TOLERANCE, Violation, violation
from quandary.language.names import unknown
from quandary.language.syntax import Expression, Name, Number, OfRest, Otherwise, Rest
from quandary.quantities.estimate import Scale


@dataclass(frozen=True, eq=False)
class StateOdds:
    """The odds of one state: ``state`` is its index, ``of_rest`` whether ``amount`` is a share of what is
    left.
    """

    state: int
    amount: Amount
    of_rest: bool


@dataclass(frozen=True, eq=False)
class OddsPlan:
    """One rule's odds, checked. ``rest`` is the index of the state that takes what is left, or ``None``."""

    what: str
    place: Place
    states: int
    entries: tuple[StateOdds, ...]
    rest: int | None

    def odds(self, drawn: DrawnBlock) -> tuple[Array, list[Violation]]:
        """Return probabilities of shape ``(states, W or 1)`` that sum to one, and the worlds where they
        cannot.

        In an impossible world they are cut off at zero and scaled to one, so that no later step meets a NaN.
        """
        values = [entry.amount.value(drawn) for entry in self.entries]
        worlds = max((len(value) for value in values), default=1)
        odds = np.zeros((self.states, worlds))
        left = np.ones(worlds)
        for entry, value in zip(self.entries, values, strict=True):
            odds[entry.state] = left * value if entry.of_rest else value
            left = left - odds[entry.state]
        violations = self._violations(odds, left)
        if self.rest is not None:
            odds[self.rest] = np.where(left < ROUNDING, 0.0, left)
        return settle(odds, 0), violations

    def _violations(self, odds: Array, left: Array) -> list[Violation]:
        below: Mask = ~np.logical_and.reduce(odds >= -TOLERANCE, axis=0)
        over = left < -TOLERANCE
        found = violation(
            "Q230",
            f"{self.what} has odds below zero",
            self.place,
            "keep every entry between 0% and 100%",
            below,
        )
        hint = "lower the upper ends, or give a later entry as a share: `10% to 40% of rest`"
        found += violation("Q230", f"{self.what} has odds that sum to over 100%", self.place, hint, over & ~below)
        if self.rest is None:
            hint = "give one state `rest`, which takes what the others leave"
            short = (left > TOLERANCE) & ~below
            found += violation("Q231", f"{self.what} has odds that sum to less than 100%", self.place, hint, short)
        return found


def settle(odds: Array, axis: int) -> Array:
    """Return odds cut off at zero and divided by their sum over ``axis``; uniform where nothing is left."""
    cut = np.maximum(np.nan_to_num(odds, nan=0.0, posinf=1.0), 0.0)
    total = cut.sum(axis=axis, keepdims=True)
    empty = total <= 0
    if empty.any():
        cut = np.where(empty, 1.0, cut)
        total = cut.sum(axis=axis, keepdims=True)
    return np.asarray(cut / total, dtype=np.float64)


def rule_name(event: ChanceEvent, condition: Expression) -> str:
    """Return what to call a rule in a fault: the variable and, unless it is ``otherwise``, where its rule
    stands.
    """
    if isinstance(condition, Otherwise):
        return f'"{event.id}" (otherwise)'
    line = f" on line {condition.place.line}" if condition.place.line else ""
    return f'"{event.id}" (the rule{line})'


def plan_odds(case: Case, event: ChanceEvent, rule: OddsRule, problems: list[Problem]) -> OddsPlan:
    """Return one rule's odds ready to evaluate; faults are added to ``problems``."""
    what = rule_name(event, rule.condition)
    entries: list[StateOdds] = []
    rest: int | None = None
    for state, sourced in rule.odds:
        if state not in event.states:
            problems.append(unknown(f'state of "{event.id}":', state, sourced.place, event.states))
            continue
        index = event.states.index(state)
        if isinstance(sourced.quantity, Rest):
            if rest is not None:
                message = f"{what} gives `rest` to two states"
                problems.append(Problem("Q243", message, sourced.place, "only one state can take what is left"))
            rest = index
            continue
        try:
            entries.append(_entry(case, event, index, sourced, condition_of(rule)))
        except CaseError as error:
            problems.extend(error.problems)
    return OddsPlan(what, rule.place, len(event.states), tuple(entries), rest)


def _entry(case: Case, event: ChanceEvent, index: int, sourced: Sourced, condition: Expression | None) -> StateOdds:
    quantity = sourced.quantity
    of_rest = isinstance(quantity, OfRest)
    role = NumberRole("odds", (event.id,), event.states[index], of_rest, condition)
    nothing = isinstance(quantity, Number) and quantity.value == 0
    if not nothing and not carries_percent(case, quantity):
        raise CaseError([_without_percent(quantity, str(role), sourced.place)])
    return StateOdds(index, Amount(sourced, Scale.PROBABILITY, role, case.words), of_rest)


def _without_percent(quantity: Expression, what: str, place: Place) -> Problem:
    if isinstance(quantity, Name):
        message = f'assumption "{quantity.text}" is used as the {what} and carries no %'
        return Problem("Q235", message, place, f"write `{quantity.text}: {{value: 15% to 40%}}`, with %")
    return Problem("Q235", f"the {what} carry no %", place, "write a probability as 30%, 20% to 40% or a word")
