"""Units of queries: shares and points can be multiplied, but neither added nor compared."""

from __future__ import annotations

from quandary.base.problems import Problem
from quandary.language.heads import Unit, head_of, names_of_heads
from quandary.language.syntax import And, Arithmetic, Ask, Call, Compare, Expression, Negate, Not, Number, Or

WORDS = {Unit.SHARE: "a probability or share", Unit.POINTS: "points"}


def query_unit(expression: Expression) -> Unit | None:
    """Return the unit of a query's number (a share or points), ``None`` where it has none of its own."""
    return _unit(expression, [])


def unit_faults(expression: Expression) -> tuple[Problem, ...]:
    """Return a fault (Q507) for every sum and comparison of shares with points."""
    problems: list[Problem] = []
    _unit(expression, problems)
    return tuple(problems)


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
        hint = f"shares (50%) are {shares}; points (5) are {points}"
        problems.append(Problem("Q507", message, expression.place, hint))
    return found[0] if found else None
