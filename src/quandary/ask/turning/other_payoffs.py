"""What options are worth by another payoff than their owner's: E[Y | h, do(D = v)], as queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from quandary.ask.inquiry import Conditions
from quandary.ask.query.queries import Query, prepare
from quandary.ask.study import Study
from quandary.ask.turning.option_worths import FacedSets
from quandary.base.arrays import Array, Mask
from quandary.case.model import DecisionEvent
from quandary.language.syntax import (
    And,
    Arithmetic,
    Ask,
    Call,
    Compare,
    Expression,
    Is,
    Name,
    Negate,
    Not,
    Or,
    SetVariable,
)


def valued(
    study: Study, faced: FacedSets, decision: DecisionEvent, payoff: Expression, *, told: Conditions, evidence: bool
) -> FacedSets:
    """Return the sets with the worth of their options by a payoff, given what the owner was ``told``.

    With ``evidence`` all of it that the decision cannot change is given.
    """
    queries = {
        (i, v): prepare(study.case, with_do(payoff, decision.id, option, (*_at(faced, i), *told)), evidence=evidence)
        for i in range(len(faced.sets))
        for v, option in enumerate(decision.options)
        if faced.allowed[i, v]
    }
    study.need(list(queries.values()))
    worths = np.full((*faced.allowed.shape, study.worlds), np.nan)
    likely = faced.likely.copy()
    for (i, v), query in queries.items():
        worths[i, v], lost = _values(study, query)
        likely[i, lost] = 0.0
    return replace(faced, worths=worths, likely=likely)


def _values(study: Study, query: Query) -> tuple[Array, Mask]:
    draws, holds, lost = study.draws(query)
    return draws.values if holds is None else holds, lost


def with_do(expression: Expression, decision: str, option: str, given: Conditions = ()) -> Expression:
    """Return a query with the decision set to the option, and more given, in each of its calls."""

    def all_of(parts: Sequence[Expression]) -> tuple[Expression, ...]:
        return tuple(with_do(part, decision, option, given) for part in parts)

    match expression:
        case Ask():
            setting = SetVariable(Name((decision,)), option)
            return replace(expression, given=(*expression.given, *given), do=(*expression.do, setting))
        case Arithmetic(_, left, right) | Compare(_, left, right):
            first, second = all_of((left, right))
            return replace(expression, left=first, right=second)
        case Negate(operand) | Not(operand):
            return replace(expression, operand=with_do(operand, decision, option, given))
        case And(operands) | Or(operands):
            return replace(expression, operands=all_of(operands))
        case Call(_, args):
            return replace(expression, args=all_of(args))
        case _:
            return expression


def _at(faced: FacedSets, i: int) -> Conditions:
    """Return the conditions that hold at an information set."""
    return tuple(Is(Name((name,)), (state,)) for name, state in faced.states[i])
