"""What a decision's ``usual`` and ``kinds`` say, and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from quandary.base.problems import Problem
from quandary.case.model import DecisionEvent, OddsRule, Sourced
from quandary.language.names import unknown
from quandary.language.syntax import Interval, Number
from quandary.language.vocabulary import RULE_NOTES


def faults_of_usual(decision: DecisionEvent) -> Iterator[Problem]:
    """Yield kinds that do not part the options, rules that do not name everything once, shares that are not above 0."""
    kinds = list(_faults_of_kinds(decision))
    yield from kinds
    if not kinds:
        for rule in decision.usual:
            yield from _unnamed(decision, rule)
    for rule in decision.usual:
        yield from _mixed(decision, rule)
        for name, sourced in rule.odds:
            if _nothing(sourced.quantity):
                message = f'the share of "{name}" in what is usual at "{decision.id}" is not above 0'
                hint = "bar an option that is never chosen with `only`; write a small share for a rare one"
                yield Problem("Q252", message, sourced.place, hint)


def _faults_of_kinds(decision: DecisionEvent) -> Iterator[Problem]:
    what = f'"{decision.id}"'
    times = Counter(option for kind in decision.kinds for option in kind.options)
    for kind in decision.kinds:
        for option in kind.options:
            if option not in decision.options:
                yield unknown(f"option of {what}:", option, kind.place, decision.options)
        if kind.id in decision.options:
            message = f'"{kind.id}" names a kind of {what} and an option of it'
            yield Problem("Q250", message, kind.place, "give the kind another name")
        if not kind.options:
            yield Problem("Q250", f'the kind "{kind.id}" of {what} has no option', kind.place, "name one, or remove it")
        twice = [option for option in kind.options if times[option] > 1]
        if twice and not any(twice[0] in other.options for other in decision.kinds[: decision.kinds.index(kind)]):
            message = f'"{twice[0]}" is of more than one kind at {what}'
            yield Problem("Q250", message, kind.place, "leave it in one of them")
    left = [option for option in decision.options if not times[option]]
    if decision.kinds and left:
        message = f"{_listed(left)} of {what} {'is' if len(left) == 1 else 'are'} of no kind"
        yield Problem("Q250", message, decision.kinds[0].place, "name every option in one kind; a kind may have one")


def _unnamed(decision: DecisionEvent, rule: OddsRule) -> Iterator[Problem]:
    """Yield names that a rule lacks or that stand for nothing."""
    what, kinds = f'"{decision.id}"', {kind.id: kind.options for kind in decision.kinds}
    named = dict(rule.odds)
    strange = [name for name in named if name not in kinds and name not in decision.options]
    for name in strange:
        of = f"{'kind or ' if kinds else ''}option of {what}:"
        yield unknown(of, name, named[name].place, [*kinds, *decision.options])
    if strange:
        return
    if not kinds:
        lacking = [option for option in decision.options if option not in named and option not in RULE_NOTES]
        hint = "give every option a share, those too that `only` bars in some cases"
    elif not any(kind in named for kind in kinds):
        message = f"`usual` of {what} divides over options, while `kinds` says that it divides over kinds first"
        hint = f"give shares to {_listed(list(kinds))} too, for what is inside them; or remove `kinds`"
        yield Problem("Q251", message, rule.place, hint)
        return
    else:
        lacking = [kind for kind in kinds if kind not in named]
        hint = "give every kind a share; inside a kind name all of its options, or none and they are even"
        for options in kinds.values():
            inside = [option for option in options if option in named]
            lacking += [option for option in options if inside and option not in named]
    if lacking:
        yield Problem("Q251", f"`usual` of {what} gives no share to {_listed(lacking)}", rule.place, hint)


def _mixed(decision: DecisionEvent, rule: OddsRule) -> Iterator[Problem]:
    """Yield a fault where shares of one whole are percentages in part, so that nobody can tell what they are of."""
    kind_of = {option: kind.id for kind in decision.kinds for option in kind.options}
    wholes: dict[str, list[Sourced]] = {}
    for name, sourced in rule.odds:
        wholes.setdefault(kind_of.get(name, ""), []).append(sourced)
    for shares in wholes.values():
        marks = [(own.place, own.quantity.percent) for own in shares if isinstance(own.quantity, Number | Interval)]
        percent = [place for place, yes in marks if yes]
        if percent and len(percent) < len(marks):
            message = f'`usual` of "{decision.id}" has percentages beside plain shares'
            yield Problem("Q254", message, percent[0], "write all of them in percent, or none: 75% and 25%, or 3 and 1")


def _nothing(quantity: object) -> bool:
    """Return whether a quantity as written is zero or less, or a range that begins there."""
    match quantity:
        case Number(value):
            return value <= 0.0
        case Interval(low, _, percent):
            return low < 0.0 or (low <= 0.0 and not percent)
        case _:
            return False


def _listed(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
