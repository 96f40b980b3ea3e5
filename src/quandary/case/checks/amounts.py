"""Every number is of a kind that means something where it stands, and odds share out exactly everything."""

from __future__ import annotations

from collections.abc import Iterator

from quandary.base.problems import Problem
from quandary.case.checks.known import numbers
from quandary.case.checks.written import Written
from quandary.case.model import ChanceEvent, OddsRule, Sourced
from quandary.language.syntax import (
    Arithmetic,
    Exact,
    Expression,
    Factor,
    Influence,
    Interval,
    Likelier,
    Negate,
    Number,
    OfRest,
    OneSided,
    PointsChange,
    Rest,
    Unknown,
    is_open,
)

_TOLERANCE = 1e-9
_KINDS: tuple[tuple[type, str], ...] = (
    (Rest, "`rest`"),
    (OfRest, "a share of rest"),
    (Factor, "a factor"),
    (PointsChange, "added points"),
    (Likelier, "a rationality (x2 to x6 per 10)"),
    (Exact, "`exact`"),
    (Unknown, "`unknown`"),
    (Influence, "a direction (raises, lowers)"),
    (OneSided, "a number with one end"),
)
_ALLOWED: dict[str, tuple[type, ...]] = {
    "assumption": (Factor, PointsChange, Likelier, Unknown, Influence, OneSided),
    "rationality": (Likelier, Exact, Unknown, OneSided),
    "precision": (Unknown, OneSided),
    "odds": (Rest, OfRest, Unknown, OneSided),
    "effect": (Factor, PointsChange, Unknown, Influence, OneSided),
    "usual": (Unknown, OneSided),
    "weight": (Unknown, OneSided),
    "worth": (Unknown, OneSided),
    "stake_effect": (PointsChange, Unknown, OneSided),
    "range": (),
    "share": (),
}
_WANTED = {
    "assumption": "write a number or a range such as 20 to 60 or 15% to 40%",
    "rationality": "write x2 to x6 per 10, exact, or {precision: 0.05 to 0.2}",
    "precision": "write a plain number or range such as 0.05 to 0.2",
    "odds": "write a probability such as 20% to 40%, a share `10% to 45% of rest`, or rest",
    "effect": "write x2 to x5, or +1 to +6 points",
    "usual": "write a share such as 2, or 0.5 to 2",
    "weight": "write a number, or a range such as 10% to 25%",
    "worth": "write 40, or 20 to 60",
    "stake_effect": "write +10 to +25 points",
    "range": "write a range such as 20% to 60%",
    "share": "write a share such as 47%, or 6% to 10.4%",
}
_NAMES = {
    "assumption": "an assumption",
    "rationality": "a rationality",
    "precision": "a precision",
    "odds": "odds",
    "effect": "an effect",
    "usual": "a share of what is usual",
    "weight": "a weight",
    "worth": "a worth",
    "stake_effect": "an effect on a stake",
    "range": "a known range",
    "share": "a rate, or what was said",
}


def numbers_fit_their_use(written: Written) -> Iterator[Problem]:
    """Yield quantities of a kind that means nothing where they stand: a factor as a worth, `rest` as a weight."""
    for use, sourced in numbers(written.case):
        for kind, words in _KINDS:
            if isinstance(sourced.quantity, kind) and kind not in _ALLOWED[use]:
                message = f"{words} means nothing as {_NAMES[use]}"
                yield Problem("Q183", message, sourced.place, _WANTED[use])
        if use in ("rationality", "worth") and _is_percent(sourced.quantity):
            message = f"a percentage means nothing as {_NAMES[use]}"
            yield Problem("Q183", message, sourced.place, _WANTED[use])
        elif use == "rationality" and isinstance(sourced.quantity, Number | Interval):
            message = "a rationality says how many times as often a better option is chosen"
            yield Problem("Q183", message, sourced.place, _WANTED[use])


def _is_percent(node: Expression) -> bool:
    match node:
        case Number(percent=percent) | Interval(percent=percent):
            return percent
        case Negate(operand=inner):
            return _is_percent(inner)
        case Arithmetic(op="+" | "-", left=left, right=right):
            return _is_percent(left) or _is_percent(right)
        case _:
            return False


def odds_share_out_everything(written: Written) -> Iterator[Problem]:
    """Yield rules of odds without `rest` that are uncertain or do not sum to 100 %, and exact ones over 100 %."""
    for item in written.case.story:
        if not isinstance(item, ChanceEvent) or not written.is_complete(f"story.{item.id}"):
            continue
        for rule in (*item.odds, *item.base):
            if rule.odds and len(rule.odds) == len(dict(rule.odds)):
                yield from shares_of(item, rule)


def shares_of(item: ChanceEvent, rule: OddsRule) -> Iterator[Problem]:
    """Yield what is wrong with a rule of odds that does not share out exactly everything."""
    has_rest = any(isinstance(sourced.quantity, Rest) or is_open(sourced.quantity) for _, sourced in rule.odds)
    exact = [_exact(sourced) for _, sourced in rule.odds]
    if not all(_carries_percent(sourced) for _, sourced in rule.odds):
        return  # told by the compiler's plan
    total = sum(value for value in exact if value is not None)
    if total > 1 + _TOLERANCE:
        message = f'the odds of "{item.id}" sum to {total * 100:.6g} %'
        yield Problem("Q230", message, rule.place, "lower one of them, or give one state rest")
    elif not has_rest and None in exact:
        message = f'the odds of "{item.id}" have ranges and no rest, so they cannot sum to 100 %'
        yield Problem("Q231", message, rule.place, "give one state `rest`: it takes what the others leave")
    elif not has_rest and total < 1 - _TOLERANCE:
        message = f'the odds of "{item.id}" sum to {total * 100:.6g} %, not 100 %'
        yield Problem("Q231", message, rule.place, "give one state `rest`: it takes what the others leave")


def _exact(sourced: Sourced) -> float | None:
    quantity = sourced.quantity
    return quantity.value if isinstance(quantity, Number) else None


def _carries_percent(sourced: Sourced) -> bool:
    quantity = sourced.quantity
    return not isinstance(quantity, Number) or quantity.percent or quantity.value == 0
