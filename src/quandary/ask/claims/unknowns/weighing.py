"""A second way of counting fillings: states that nothing asked tells apart count as one.

Flat odds over states hang on how the states are split: "no attack, limited, full" makes an attack twice as likely as
"no attack, attack". Counted by kinds, each kind of states has a flat share, however many states are in it; inside a
kind the states stay as they were drawn. A kind is what no condition asked tells apart (of a variable that the reading
does not name: what no rule of the case does).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt

import numpy as np

from quandary.ask.study import Study
from quandary.base.arrays import Array
from quandary.case.model import Case
from quandary.compile.amounts import DrawnBlock
from quandary.compile.chances import ChancePlan
from quandary.language.syntax import And, Arithmetic, Ask, Call, Compare, Expression, Is, Name, Negate, Not, Or

Kinds = tuple[tuple[int, ...], ...]
"""States of a variable by number, those of one kind together."""


def by_kinds(study: Study, expression: Expression) -> Array | None:
    """Return what each world weighs where kinds of states count and not states, ``(W,)``; ``None`` where all are alike.

    Worlds weigh what the one way of drawing has over the other, cut off at the square root of their number (truncated
    importance sampling, Ionides 2008), since a kind of many states is seldom drawn small.
    """
    asked = _told_apart(study.case, [expression])
    told = {**_told_apart(study.case, _conditions(study.case)), **asked}
    ratio: Array | None = None
    for plan in study.model.chances:
        kinds = _kinds(plan, told.get(plan.event.id, ()))
        for rule in plan.rules:
            shares = rule.shares
            if shares is None or shares.unknown is None or any(shares.lower) or min(shares.upper) < 1.0:
                continue
            groups = [[i for i, s in enumerate(shares.members) if s in kind] for kind in kinds]
            groups = [group for group in groups if group]
            if all(len(group) == 1 for group in groups) or len(groups) < 2:
                continue
            drawn = DrawnBlock(
                {amount.sourced.path: study.uniforms[amount.sourced.path] for amount in shares.amounts}, {}
            )
            parts = shares.values(drawn, np.ones(1))
            for group in groups:
                own = np.maximum(parts[group].sum(axis=0), 1e-12) ** (1 - len(group))
                ratio = own if ratio is None else ratio * own
    if ratio is None:
        return None
    ratio = np.broadcast_to(ratio, (study.worlds,))
    ratio = ratio / ratio.mean()
    return np.minimum(ratio, sqrt(study.worlds))


def _kinds(plan: ChancePlan, sets: Sequence[frozenset[str]]) -> Kinds:
    """Return the states, those together that are in the same of some sets."""
    found: dict[tuple[bool, ...], list[int]] = {}
    for number, state in enumerate(plan.event.states):
        found.setdefault(tuple(state in one for one in sets), []).append(number)
    return tuple(tuple(group) for group in found.values())


def _conditions(case: Case) -> Iterable[Expression]:
    for item in case.story:
        for name in ("odds", "base", "effects", "only", "usual"):
            yield from (rule.condition for rule in getattr(item, name, ()))
    for stake in case.stakes:
        yield from (rule.condition for rule in (*stake.weight, *stake.worth, *stake.effects))
    yield from (item.saw for item in case.evidence)


def _told_apart(case: Case, expressions: Iterable[Expression]) -> Mapping[str, tuple[frozenset[str], ...]]:
    """Return the sets of states that conditions in some expressions name, by variable."""
    found: dict[str, dict[frozenset[str], None]] = {}
    for expression in expressions:
        for one in _atoms(case, expression, 0):
            found.setdefault(one.variable.parts[-1], {})[frozenset(one.states)] = None
    return {name: tuple(sets) for name, sets in found.items()}


def _atoms(case: Case, node: object, depth: int) -> Iterable[Is]:
    match node:
        case Is():
            yield node
        case Name() if node.text in case.events and depth < 20:
            yield from _atoms(case, case.events[node.text].condition, depth + 1)
        case Not(operand) | Negate(operand):
            yield from _atoms(case, operand, depth)
        case And(operands) | Or(operands) | Call(_, operands):
            for one in operands:
                yield from _atoms(case, one, depth)
        case Compare(_, left, right) | Arithmetic(_, left, right):
            yield from _atoms(case, left, depth)
            yield from _atoms(case, right, depth)
        case Ask():
            for one in (node.target, *node.given, *node.against):
                yield from _atoms(case, one, depth)
            for setting in node.do:
                yield Is(setting.variable, (setting.state,))
        case _:
            return
