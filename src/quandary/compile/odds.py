"""One rule's odds over the states of a chance variable, in all worlds.

Entries count in the order written. A plain entry is a probability; ``q of rest`` is the share q of what the
entries before it leave; ``rest``, wherever it stands, is what all the others leave. A state that is not named
has odds 0. Unknown entries share what the known ones leave, flat over all ways to do so; ``rest`` is then one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem
from quandary.case.model import Case, ChanceEvent, OddsRule, Sourced
from quandary.compile.amounts import Amount, DrawnBlock, NumberRole, carries_percent, condition_of
from quandary.compile.unknowns.sharing import SharesPlan, plan_shares
from quandary.compile.validity import ROUNDING, TOLERANCE, Violation, violation
from quandary.language.names import unknown
from quandary.language.syntax import Expression, Name, Number, OfRest, Otherwise, Rest, is_open
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
    """One rule's odds, checked. ``rest`` is the index of the state that takes what is left, or ``None``.

    ``shares`` are the states whose odds are unknown, which then take it.
    """

    what: str
    place: Place
    states: int
    entries: tuple[StateOdds, ...]
    rest: int | None
    shares: SharesPlan | None = None

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
        if self.shares is not None:
            return self._shared(drawn, odds, left)
        violations = self._violations(odds, left)
        if self.rest is not None:
            odds[self.rest] = np.where(left < ROUNDING, 0.0, left)
        return settle(odds, 0), violations

    def amounts(self) -> tuple[Amount, ...]:
        """Return every number of the rule: those written, then those drawn for what is unknown."""
        return tuple(entry.amount for entry in self.entries) + (() if self.shares is None else self.shares.amounts)

    def _shared(self, drawn: DrawnBlock, odds: Array, left: Array) -> tuple[Array, list[Violation]]:
        """Return the same where some states are unknown."""
        assert self.shares is not None
        violations = self._violations(odds, np.where(left > 0, 0.0, left))
        hint = "leave more for what is unknown, or widen its ends"
        wrong = self.shares.impossible(left) & (left >= -TOLERANCE)
        violations += violation("Q230", f"{self.what} leaves no room for what is unknown", self.place, hint, wrong)
        parts = self.shares.values(drawn, np.where(left < ROUNDING, 0.0, left))
        if parts.shape[-1] > odds.shape[-1]:
            odds = np.repeat(odds, parts.shape[-1], axis=-1)
        odds[list(self.shares.members)] = parts
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
    some_open = any(is_open(sourced.quantity) for _, sourced in rule.odds)
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
        if is_open(sourced.quantity):
            continue
        if some_open and isinstance(sourced.quantity, OfRest):
            hint = "write it as a probability of its own, such as 10% to 20%"
            message = f"{what} gives a share of rest beside unknown odds, which share the rest themselves"
            problems.append(Problem("Q264", message, sourced.place, hint))
            continue
        try:
            entries.append(_entry(case, event, index, sourced, condition_of(rule)))
        except CaseError as error:
            problems.extend(error.problems)
    plan = OddsPlan(what, rule.place, len(event.states), tuple(entries), rest)
    return _with_unknown(event, rule, plan, case, problems) if some_open else plan


def _with_unknown(event: ChanceEvent, rule: OddsRule, plan: OddsPlan, case: Case, problems: list[Problem]) -> OddsPlan:
    """Return a rule's odds with those of its states that are unknown, ``rest`` among them."""
    members = [
        (event.states.index(state), state, sourced)
        for state, sourced in rule.odds
        if state in event.states and (is_open(sourced.quantity) or isinstance(sourced.quantity, Rest))
    ]
    if not members:
        return plan
    _, name, first = members[0]
    if len(members) == 1 and not plan.entries and len(event.states) > 1:
        others = ", ".join(f"{state}: unknown" for state in event.states if state != name)
        message = f"{plan.what} has one unknown state and nothing that shares with it, so that it would be certain"
        problems.append(Problem("Q264", message, first.place, f"write the others too ({others}), or rest"))
        return plan
    role = NumberRole("odds", (event.id,), None, condition=condition_of(rule))
    path = first.path.removesuffix(f".{name}")
    try:
        shares = plan_shares(case, members, role, "odds", path, beside_known=bool(plan.entries))
    except CaseError as error:
        problems.extend(error.problems)
        return plan
    return replace(plan, rest=None, shares=shares)


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
