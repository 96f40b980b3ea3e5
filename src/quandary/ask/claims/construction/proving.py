"""Proof that a comparison comes out the same in every world: from the graph alone, or from what a quantity can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from quandary.ask.claims.construction.box import ANYTHING, Bounds, swing_bounds, weight_bounds, worth_bounds
from quandary.ask.games.evidence import reach
from quandary.ask.games.worths import keeper, with_worths
from quandary.ask.inquiry import ITSELF, Inquiry, variables_of
from quandary.ask.lines import CaseLine, Owner, case_lines
from quandary.ask.query.combining import comparison_of
from quandary.ask.query.queries import Query
from quandary.ask.results import ByConstruction, ByConstructionStatus
from quandary.ask.study import Study
from quandary.game.graphs.requisite import prune
from quandary.language import heads
from quandary.language.syntax import And, Arithmetic, Ask, Call, Compare, Expression, Negate, Not, Number, Or, calls_in

IN_THE_BOX = {heads.E.name: worth_bounds, heads.WEIGHT.name: weight_bounds, heads.SWING.name: swing_bounds}
"""What bounds a call about one stake, by its head."""


def proved(study: Study, query: Query) -> ByConstruction | None:
    """Return a proof that the reading is the same in every world, ``None`` where none was found.

    Two arguments are tried, both sound and neither complete:

    1. the graph: both sides ask the same, and what tells them apart is an intervention that cannot reach it, so they
       are equal in every world;
    2. the ranges: what both sides can be, with every number anywhere in its box, does not overlap. A probability lies
       in 0..1, an expected worth between the worths that the interventions leave possible, a margin above zero.
    """
    return _by_graph(study, query) or _by_range(study, query)


def _by_graph(study: Study, query: Query) -> ByConstruction | None:
    comparison = comparison_of(query.expression)
    if comparison is None:
        return None
    left, right = comparison.left, comparison.right
    if not isinstance(left, Ask) or not isinstance(right, Ask):
        return None
    sides = [query.inquiries[side] for side in (left, right)]
    if essence(study, sides[0]) != essence(study, sides[1]):
        return None
    changes = [side.changes for side in sides]
    apart = [set(one) ^ set(other) for one, other in zip(*changes, strict=True)]
    names = sorted({name for differing in apart for name, *_ in differing})
    what = " or ".join(names)
    reason = (
        f"in the graph {what} cannot reach what is asked, so both sides are equal"
        if names
        else "both sides ask the same"
    )
    return ByConstruction(ByConstructionStatus.PROVED, comparison.op in ("<=", ">=", "="), reason=reason)


def essence(study: Study, inquiry: Inquiry) -> object:
    """Return what an inquiry's answer depends on: equal essences have equal answers in every world.

    An intervention that cannot affect any variable that the answer looks at is left out of it. That of a
    counterfactual leaves alone what was seen, so that only the target looks at it.
    """
    opened = prune(with_worths(study.probe), constants=False).diagram
    changed = inquiry if inquiry.second_game == ITSELF else replace(inquiry, given=())
    looked_at = set(variables_of(study.case, changed))
    if inquiry.actor is not None:
        owners = {keeper(inquiry.actor)} if inquiry.stake else {inquiry.actor, keeper(inquiry.actor)}
        tables = [u.table for u in opened.utilities if u.player in owners]
        looked_at |= {axis for table in tables for axis in table.axes}
        tables = [t for key, t in study.probe.weights.items() if key[0] == inquiry.actor]
        looked_at |= {axis for table in tables for axis in table.axes}
    change = inquiry.changes
    touched = reach(study.case, opened, change)
    if not touched & looked_at and inquiry.decision is None and not inquiry.as_seen:
        change = ITSELF
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
        frozenset(study.standing.conditions(inquiry.basis)),
        tuple(map(frozenset, change)),
        inquiry.as_seen,
    )


def _by_range(study: Study, query: Query) -> ByConstruction | None:
    sure = certain(study, query, query.expression)
    if sure is None:
        return None
    lines = _lines_behind(study, query)
    reason = "the sides cannot overlap anywhere in the ranges given" if lines else "no numbers could make it otherwise"
    return ByConstruction(ByConstructionStatus.PROVED, sure, reason=reason, lines=lines)


def _lines_behind(study: Study, query: Query) -> tuple[CaseLine, ...]:
    """Return the lines of the case whose ranges bound a query that these settle, in the case's order.

    A weight is above zero by its own range; on which side of anything else it lies, the actor's other weights say too.
    """
    found: set[tuple[Owner, bool]] = set()
    for comparison in _deciding(study, query, query.expression):
        against_zero = any(isinstance(side, Number) and side.value == 0 for side in (comparison.left, comparison.right))
        for ask in calls_in(comparison):
            inquiry = query.inquiries[ask]
            if inquiry.actor is None or inquiry.stake is None or inquiry.head not in IN_THE_BOX:
                continue
            if inquiry.head != heads.WEIGHT.name:
                found.add(((inquiry.actor, inquiry.stake), False))
            if inquiry.head != heads.E.name:
                rivals = [stake.id for stake in study.case.stakes if stake.actor == inquiry.actor]
                found |= {((inquiry.actor, one), True) for one in ([inquiry.stake] if against_zero else rivals)}
    lines = (line for line in case_lines(study.model) if line.kind != "dependence")
    return tuple(line for line in lines if (line.owner, line.kind == "weight") in found)


def _deciding(study: Study, query: Query, expression: Expression) -> Iterator[Compare]:
    """Yield the comparisons that settle an expression: of several that would each do so, the first."""
    match expression:
        case Compare():
            yield expression
        case Not(operand):
            yield from _deciding(study, query, operand)
        case And(operands) | Or(operands):
            enough = isinstance(expression, Or)
            alone = next((one for one in operands if certain(study, query, one) is enough), None)
            for one in operands if alone is None else (alone,):
                yield from _deciding(study, query, one)


def certain(study: Study, query: Query, expression: Expression) -> bool | None:
    """Return the truth of an expression where its bounds alone settle it, else ``None``."""
    match expression:
        case Compare(op, left, right):
            return _compared(op, *_minus(bounds(study, query, left), bounds(study, query, right)))
        case Not(operand):
            inner = certain(study, query, operand)
            return None if inner is None else not inner
        case And(operands):
            parts = [certain(study, query, o) for o in operands]
            return False if False in parts else (None if None in parts else True)
        case Or(operands):
            parts = [certain(study, query, o) for o in operands]
            return True if True in parts else (None if None in parts else False)
        case _:
            return None


def _compared(op: str, low: float, high: float) -> bool | None:
    """Return whether ``difference op 0`` for every difference in low..high, or for none, ``None`` otherwise."""
    always, never = {
        "<": (high < 0, low >= 0),
        "<=": (high <= 0, low > 0),
        ">": (low > 0, high <= 0),
        ">=": (low >= 0, high < 0),
        "=": (low == high == 0, low > 0 or high < 0),
        "!=": (low > 0 or high < 0, low == high == 0),
    }[op]
    return True if always else (False if never else None)


def bounds(study: Study, query: Query, expression: Expression) -> Bounds:
    """Return between which numbers a query lies in every world of the box (wide where in doubt)."""
    match expression:
        case Ask():
            return _asked(study, query.inquiries[expression])
        case Number(value, _):
            return value, value
        case Negate(operand):
            low, high = bounds(study, query, operand)
            return -high, -low
        case Arithmetic("+", left, right):
            (a, b), (c, d) = bounds(study, query, left), bounds(study, query, right)
            return a + c, b + d
        case Arithmetic("-", left, right):
            return _minus(bounds(study, query, left), bounds(study, query, right))
        case Call("abs", (operand,)):
            low, high = bounds(study, query, operand)
            return (0.0 if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))
        case _:
            return ANYTHING


def _asked(study: Study, inquiry: Inquiry) -> Bounds:
    if inquiry.stake is not None and inquiry.head in IN_THE_BOX:
        return IN_THE_BOX[inquiry.head](study, inquiry)
    return heads.HEADS[inquiry.head].bounds


def _minus(left: Bounds, right: Bounds) -> Bounds:
    return left[0] - right[1], left[1] - right[0]
