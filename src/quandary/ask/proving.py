"""Proof that a comparison comes out the same in every world: from the graph alone, or from what a quantity can be."""

from __future__ import annotations

from math import inf

from quandary.ask.evidence import conditions_of
from quandary.ask.games import ITSELF
from quandary.ask.inquiry import Inquiry, variables_of
from quandary.ask.queries import Query
from quandary.ask.results import ByConstruction, ByConstructionStatus
from quandary.ask.study import Study
from quandary.ask.worths import keeper, with_worths
from quandary.case.conditions import mentioned
from quandary.game.graph import graph_of
from quandary.game.interventions import affected
from quandary.game.requisite import prune
from quandary.language.syntax import Arithmetic, Ask, Call, Compare, Expression, Negate, Number

Bounds = tuple[float, float]

BOUNDS: dict[str, Bounds] = {
    "P": (0.0, 1.0),
    "weight": (0.0, 1.0),
    "best": (0.0, 1.0),
    "clash": (0.0, 1.0),
    "both": (0.0, 1.0),
    "swing": (0.0, inf),
    "margin": (0.0, inf),
}


def proved(study: Study, query: Query) -> ByConstruction | None:
    """Return a proof that the reading is the same in every world, ``None`` where none was found.

    Two arguments are tried, both sound and neither complete:

    1. the graph: both sides ask the same, and what tells them apart is an intervention that cannot reach it, so they
       are equal in every world;
    2. the range: the sides cannot overlap, whatever the world (a probability lies in 0..1, a margin is never negative).
    """
    comparison = query.expression
    if not isinstance(comparison, Compare):
        return None
    return _by_graph(study, query, comparison) or _by_range(comparison)


def _by_graph(study: Study, query: Query, comparison: Compare) -> ByConstruction | None:
    left, right = comparison.left, comparison.right
    if not isinstance(left, Ask) or not isinstance(right, Ask):
        return None
    essences = [essence(study, query.inquiries[side]) for side in (left, right)]
    if essences[0] != essences[1]:
        return None
    names = sorted({name for side in (left, right) for name in (s.variable.text for s in side.do)})
    what = " or ".join(names)
    reason = (
        f"in the graph {what} cannot reach what is asked, so both sides are equal"
        if names
        else "both sides ask the same"
    )
    return ByConstruction(ByConstructionStatus.PROVED, comparison.op in ("<=", ">=", "="), reason=reason)


def essence(study: Study, inquiry: Inquiry) -> object:
    """Return what an inquiry's answer depends on: equal essences have equal answers in every world.

    An intervention that cannot affect any variable that the answer looks at is left out of it.
    """
    evidence = conditions_of(study.evidence) if inquiry.evidence else ()
    opened = prune(with_worths(study.probe), constants=False).diagram
    looked_at = set(variables_of(study.case, inquiry))
    if inquiry.actor is not None:
        owners = {keeper(inquiry.actor)} if inquiry.stake else {inquiry.actor, keeper(inquiry.actor)}
        tables = [u.table for u in opened.utilities if u.player in owners]
        looked_at |= {axis for table in tables for axis in table.axes}
        tables = [t for key, t in study.probe.weights.items() if key[0] == inquiry.actor]
        looked_at |= {axis for table in tables for axis in table.axes}
    touched: set[str] = set()
    if inquiry.seen:
        touched |= affected(opened, [name for name, _ in inquiry.seen])
    if inquiry.unseen:
        touched |= graph_of(opened).descendants([name for name, _ in inquiry.unseen])
    kept = tuple(c for c in evidence if not touched & set(mentioned(study.case, c)))
    game = ITSELF if not touched & looked_at and inquiry.decision is None else inquiry.game
    return (
        inquiry.head,
        inquiry.target,
        frozenset(inquiry.given),
        frozenset(inquiry.against),
        inquiry.actor,
        inquiry.stake,
        frozenset(inquiry.stakes),
        inquiry.decision,
        inquiry.option,
        frozenset(kept),
        game,
    )


def _by_range(comparison: Compare) -> ByConstruction | None:
    low, high = _difference(bounds(comparison.left), bounds(comparison.right))
    sure = {
        "<": (high < 0, low >= 0),
        "<=": (high <= 0, low > 0),
        ">": (low > 0, high <= 0),
        ">=": (low >= 0, high < 0),
        "=": (low == high == 0, low > 0 or high < 0),
        "!=": (low > 0 or high < 0, low == high == 0),
    }[comparison.op]
    if not any(sure):
        return None
    reason = "the two sides cannot overlap, whatever the numbers"
    return ByConstruction(ByConstructionStatus.PROVED, sure[0], reason=reason)


def bounds(expression: Expression) -> Bounds:
    """Return between which numbers a query lies in every world (interval arithmetic; wide where in doubt)."""
    match expression:
        case Ask(head):
            return BOUNDS.get(head, (-inf, inf))
        case Number(value, _):
            return value, value
        case Negate(operand):
            low, high = bounds(operand)
            return -high, -low
        case Arithmetic("+", left, right):
            return _difference(bounds(left), bounds(Negate(right)))
        case Arithmetic("-", left, right):
            return _difference(bounds(left), bounds(right))
        case Call("abs", (operand,)):
            low, high = bounds(operand)
            return (0.0 if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))
        case _:
            return -inf, inf


def _difference(left: Bounds, right: Bounds) -> Bounds:
    return left[0] - right[1], left[1] - right[0]
