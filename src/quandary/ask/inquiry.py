"""An inquiry: one call of a query (``P(...)``, ``margin(...)``), its names checked against the case."""

from __future__ import annotations

from dataclasses import dataclass, replace

from quandary.base.problems import CaseError
from quandary.case.logic.conditions import mentioned
from quandary.case.model import Case
from quandary.language.heads import head_of
from quandary.language.names import Names, Settings
from quandary.language.resolving import ResolvedCall, resolve_call
from quandary.language.syntax import And, Arithmetic, Ask, Call, Compare, Expression, Negate, Not, Or, calls_in


@dataclass(frozen=True)
class Inquiry(ResolvedCall):
    """One call, resolved, as the study is asked it.

    ``evidence`` says whether the case's evidence is used. ``first`` and ``mediators`` belong to path effects
    (``paths.py``).
    """

    evidence: bool = True
    first: Settings = ()
    mediators: tuple[str, ...] = ()

    @property
    def game(self) -> tuple[Settings, Settings]:
        """Return what tells the solved games apart: the interventions of either form."""
        return self.seen, self.unseen


def has_do(expression: Expression) -> bool:
    """Return whether a query holds a ``do`` that the actors learn of beforehand; the change of a ``would`` is none."""
    asked = [ask for ask in calls_in(expression) if not head_of(ask).counterfactual]
    return any(not setting.unseen for ask in asked for setting in ask.do)


def all_unseen(expression: Expression) -> Expression:
    """Return the query with every ``do`` read as ``do_unseen``."""
    match expression:
        case Ask():
            return replace(expression, do=tuple(replace(s, unseen=True) for s in expression.do))
        case Arithmetic(_, left, right) | Compare(_, left, right):
            return replace(expression, left=all_unseen(left), right=all_unseen(right))
        case Negate(operand) | Not(operand):
            return replace(expression, operand=all_unseen(operand))
        case And(operands) | Or(operands):
            return replace(expression, operands=tuple(all_unseen(o) for o in operands))
        case Call(_, operands):
            return replace(expression, args=tuple(all_unseen(o) for o in operands))
        case _:
            return expression


def resolve(names: Names, ask: Ask, *, evidence: bool = True) -> Inquiry:
    """Return the inquiry of one call; raises ``CaseError`` with every fault in it."""
    call, problems = resolve_call(names, ask)
    if problems:
        raise CaseError(problems)
    return Inquiry(**vars(call), evidence=evidence)


def variables_of(case: Case, inquiry: Inquiry) -> frozenset[str]:
    """Return every variable an inquiry's conditions, target and decision name, events expanded."""
    found: set[str] = set()
    for condition in (*inquiry.given, *inquiry.against, *((inquiry.target,) if inquiry.target else ())):
        found.update(mentioned(case, condition))
    if inquiry.decision is not None:
        found.add(inquiry.decision)
    return frozenset(found)
