"""Units of queries: shares and points can be multiplied, but neither added nor compared."""

from __future__ import annotations

from math import isfinite

from quandary.base.problems import Problem
from quandary.language.heads import Unit, head_of, names_of_heads
from quandary.language.syntax import And, Arithmetic, Ask, Call, Compare, Expression, Negate, Not, Number, Or, calls_in

Bounds = tuple[float, float]

WORDS = {Unit.SHARE: "a probability or share", Unit.POINTS: "points of worth"}


def query_unit(expression: Expression) -> Unit | None:
    """Return the unit of a query's number (a share or points), ``None`` where it has none of its own."""
    return _unit(expression, [])


def unit_faults(expression: Expression) -> tuple[Problem, ...]:
    """Return a fault (Q507) for every sum and comparison of shares with points."""
    problems: list[Problem] = []
    _unit(expression, problems)
    return tuple(problems)


def share_bounds(expression: Expression) -> Bounds | None:
    """Return between which numbers arithmetic over shares lies, whatever the case says; ``None`` for anything else."""
    asked = list(calls_in(expression))
    if not asked or any(head_of(ask).unit is not Unit.SHARE for ask in asked):
        return None
    found = _bounds(expression)
    return found if found is not None and all(map(isfinite, found)) else None


def _bounds(expression: Expression) -> Bounds | None:
    match expression:
        case Ask():
            return head_of(expression).bounds
        case Number(value, _):
            return value, value
        case Negate(operand):
            inner = _bounds(operand)
            return None if inner is None else (-inner[1], -inner[0])
        case Arithmetic("+" | "-" | "*" as op, left, right):
            first, second = _bounds(left), _bounds(right)
            if first is None or second is None:
                return None
            (a, b), (c, d) = first, second
            ends = {"+": (a + c, b + d), "-": (a - d, b - c), "*": (a * c, a * d, b * c, b * d)}[op]
            return min(ends), max(ends)
        case Call("abs", (operand,)):
            inner = _bounds(operand)
            return None if inner is None else (max(inner[0], -inner[1], 0.0), max(-inner[0], inner[1]))
        case Call("min" | "max" as name, args):
            parts = [_bounds(arg) for arg in args]
            known = [part for part in parts if part is not None]
            pick = min if name == "min" else max
            return (pick(a for a, _ in known), pick(b for _, b in known)) if len(known) == len(parts) else None
        case _:
            return None


def _unit(expression: Expression, problems: list[Problem]) -> Unit | None:
    """Return the unit of a number, ``None`` where it has none of its own; faults are added to ``problems``."""
    match expression:
        case Ask():
            return head_of(expression).unit
        case Number(_, percent):
            return Unit.SHARE if percent else None
        case Negate(operand):
            return _unit(operand, problems)
        case Arithmetic(op, left, right):
            units = _unit(left, problems), _unit(right, problems)
            if op in "+-":
                return _same(expression, units, f"{op} joins", problems)
            return None if None not in units else units[0] or units[1]
        case Compare(_, left, right):
            return _same(expression, (_unit(left, problems), _unit(right, problems)), "this compares", problems)
        case Call(name, args):
            inner = [_unit(arg, problems) for arg in args]
            return next((u for u in inner if u), None) if name in ("abs", "min", "max") else None
        case And(operands) | Or(operands):
            for operand in operands:
                _unit(operand, problems)
            return None
        case Not(operand):
            _unit(operand, problems)
            return None
        case _:
            return None


def _same(expression: Expression, units: tuple[Unit | None, ...], verb: str, problems: list[Problem]) -> Unit | None:
    found = list(dict.fromkeys(unit for unit in units if unit))
    if len(found) > 1:
        message = f"{verb} {WORDS[found[0]]} with {WORDS[found[1]]}"
        shares = ", ".join(names_of_heads(lambda head: head.unit is Unit.SHARE))
        points = ", ".join(names_of_heads(lambda head: head.unit is Unit.POINTS and not head.parts))
        hint = f"shares (50%) are {shares}; points of worth (5) are {points}"
        problems.append(Problem("Q507", message, expression.place, hint))
    return found[0] if found else None
