"""Uncertain numbers in words: what each is called or is of, and its values with their unit."""

from __future__ import annotations

import math

from quandary.case.model import ChanceEvent
from quandary.compile.amounts import Amount, NumberRole
from quandary.compile.numbers import UncertainNumber
from quandary.language.syntax import Is, Name
from quandary.quantities.estimate import Scale
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.wording import number, percent, percent_ends

ROUNDING = 1e-9
"""A value below this is zero: what reading a range leaves."""

ELSEWHERE = "in all other situations"
"""Of the last of several rules, which has no condition of its own."""

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def number_name(names: CaseNames, uncertain: UncertainNumber) -> str:
    """Return an uncertain number: what it is called, else what it is of, ``the worth of Arlan's peace when ...``.

    With code its name and its line stand behind it.
    """
    told = uncertain.called or role_name(names, uncertain.role)
    if uncertain.part is not None:
        at = uncertain.part
        which = ORDINALS[at - 1] if at <= len(ORDINALS) else f"{at}th"
        told = f"the {which} number in {told}"
    return f"{told} [{uncertain.name}, line {uncertain.place.line}]" if names.code else told


def amount_name(names: CaseNames, amount: Amount) -> str:
    """Return a number of the case, uncertain or not: what it is called, else what it is of; with code its line."""
    told = amount.sourced.called or role_name(names, amount.role)
    return f"{told} [{amount.sourced.path}, line {amount.sourced.place.line}]" if names.code else told


def role_name(names: CaseNames, role: NumberRole) -> str:
    """Return what a number is of, in the case's own words: ``the weight of the Kremlin's economy``."""
    return f"{_subject(names.plain, role)}{_where(names.plain, role)}"


def _subject(names: CaseNames, role: NumberRole) -> str:
    of = role.of
    seen = "" if role.believed_by is None else f", as {names.actor_inside(role.believed_by)} sees it,"
    if role.kind == "assumption":
        return names.assumption(of[0])
    if role.kind == "rationality":
        return f"how strongly {names.actor_inside(of[0])} prefers what is better"
    if role.state is None and role.kind in ("odds", "usual share"):
        return f"the {role.kind}{'s' if role.kind == 'usual share' else ''}{seen} of {names.variable_inside(of[0])}"
    if role.kind == "weight" and len(of) == 1:
        return f"what {names.actor_inside(of[0])} cares about most"
    if role.state is None:
        wanted = names.wanted(of[0], of[-1])
        return f"what is added to {wanted}" if role.kind == "points" else f"the {role.kind}{seen} of {wanted}"
    if role.kind == "usual share":
        option = names.option(of[0], role.state)
        return f"the usual share of {option} in {names.variable_inside(of[0])}"
    state = names.clause(Is(Name(of), (role.state,)))
    if role.kind == "factor":
        return f"the factor on the odds that {state}"
    if role.kind == "points":
        return f"what is added to the probability that {state}"
    return f"{'the share of what is left' if role.of_rest else 'the probability'}{seen} that {state}"


def _where(names: CaseNames, role: NumberRole) -> str:
    if role.condition is not None:
        return f" {names.when(role.condition)}"
    return f" {ELSEWHERE}" if has_others(names, role) else ""


def has_others(names: CaseNames, role: NumberRole) -> bool:
    """Return whether a number without a condition is the last of several rules."""
    if role.believed_by is not None:
        belief = names.case.believes[role.believed_by]
        rules = [len(own.odds) for own in belief.odds if (own.variable,) == role.of]
        rules += [len(own.worth) for own in belief.worths if (own.actor, own.stake) == role.of]
        return max(rules, default=0) > 1
    if role.kind in ("odds", "usual share"):
        item = next(item for item in names.case.story if item.id == role.of[0])
        if isinstance(item, ChanceEvent):
            return max(len(item.odds), len(item.base)) > 1
        return len(item.usual) > 1
    if role.kind in ("worth", "weight") and len(role.of) > 1:
        stake = next(one for one in names.case.stakes if (one.actor, one.id) == role.of)
        return len(stake.worth if role.kind == "worth" else stake.weight) > 1
    return False


def value_unit(uncertain: UncertainNumber) -> str:
    """Return the unit that stands behind a number's value; empty where the value carries its own, or has none."""
    role = uncertain.role
    if role.kind == "rationality":
        return "per 10 points of worth"
    if uncertain.estimate.percent or role.kind == "factor":
        return ""
    if role.kind == "points" and role.state is not None:
        return "percentage points"
    return "points of worth" if role.kind in ("points", "worth") else ""


def quantity_value(uncertain: UncertainNumber, value: float, *, about: bool = True) -> str:
    """Return a quantity's value as its own reading writes it, without its unit.

    A percent where its median carries one, a factor as ``x2.5``; rationality as the factor for 10 points; ``about`` as
    in ``percent``.
    """
    if uncertain.role.kind == "rationality":
        return f"x{math.exp(10 * value):.3g}"
    if uncertain.estimate.percent:
        return percent(max(value, 0.0), about=about)
    factor = uncertain.scale is Scale.FACTOR
    return f"{'x' if factor else ''}{number(0.0 if abs(value) < ROUNDING else value)}"


def value_said(uncertain: UncertainNumber, value: float) -> str:
    """Return a quantity's value with its unit: ``-2.03 points of worth``, ``x2.5``, ``40 %``."""
    return _with_unit(uncertain, quantity_value(uncertain, value))


def range_said(uncertain: UncertainNumber, low: float, high: float) -> str:
    """Return two values of a quantity with their unit: ``1 to 6 points of worth``."""
    if uncertain.estimate.percent and uncertain.role.kind != "rationality":
        return _with_unit(uncertain, " to ".join(percent_ends(max(low, 0.0), max(high, 0.0))))
    ends = (quantity_value(uncertain, end, about=False) for end in (low, high))
    return _with_unit(uncertain, " to ".join(ends))


def _with_unit(uncertain: UncertainNumber, told: str) -> str:
    unit = value_unit(uncertain)
    return f"{told} {unit}" if unit else told
