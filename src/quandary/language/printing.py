"""The syntax tree back as text, in one stable form: ``parse(written(node)) == node`` up to places."""

from __future__ import annotations

import re
from decimal import Decimal

from quandary.language import syntax
from quandary.language.heads import head_of
from quandary.language.syntax import Expression

LOOSEST, ADDITIVE, MULTIPLICATIVE, UNARY, ATOM = range(5)
PLAIN_NAME, PLAIN_STATE = re.compile(r"[^\W\d]\w*"), re.compile(r"\w+")
_JOINING = ("and", "or", "not", "in")
STRENGTH = {"+": ADDITIVE, "-": ADDITIVE, "*": MULTIPLICATIVE, "/": MULTIPLICATIVE, "^": UNARY}


def written(node: Expression | syntax.SetVariable | syntax.SetBelief) -> str:
    """Return the text that parses to ``node``."""
    match node:
        case syntax.SetBelief():
            return _believing(node)
        case syntax.SetVariable():
            return _setting(node)
        case syntax.Ask():
            return _ask(node)
        case syntax.Compare():
            return f"{_held(node.left, ADDITIVE)} {node.op} {_held(node.right, ADDITIVE)}"
        case syntax.And() | syntax.Or() | syntax.Not() | syntax.Is() | syntax.Otherwise():
            return _condition(node)
        case syntax.Name():
            return _name(node)
        case syntax.Call():
            return f"{node.name}({', '.join(written(argument) for argument in node.args)})"
        case syntax.Negate() | syntax.Arithmetic() | syntax.Number():
            return _calculation(node)
        case _:
            return _quantity(node)


def _quantity(node: syntax.Quantity) -> str:
    match node:
        case syntax.Interval():
            return _interval(node)
        case syntax.Shift():
            return f"{node.direction} {_factor(node.amount)}"
        case syntax.Factor():
            return _factor(node.amount)
        case syntax.PointsChange():
            return _points(node.amount)
        case syntax.OfRest():
            return f"{written(node.share)} of rest"
        case syntax.Rest():
            return "rest"
        case syntax.Exact():
            return "exact"
        case syntax.Likelier():
            return f"{_factor(node.factor)} per {_literal(node.per)}"
        case syntax.ProbabilityWord():
            return node.phrase
        case syntax.Unknown():
            return "unknown"
        case syntax.Influence():
            return node.direction
        case syntax.OneSided():
            return f"{node.bound} {written(node.amount)}"
        case _:
            return written(node)


def _literal(value: float, percent: bool = False) -> str:
    """Return the shortest text of a number that reads back to the same float."""
    exact = Decimal(repr(value)) * (100 if percent else 1)
    shortest = exact.normalize()
    plain = abs(shortest.adjusted()) < 16
    return (f"{shortest:f}" if plain else f"{shortest}".lower()) + ("%" if percent else "")


def _interval(node: syntax.Interval, sign: str = "") -> str:
    family = f" ({node.family})" if node.family else ""
    low, high = (sign + _literal(end, node.percent) for end in (node.low, node.high))
    return f"{low} to {high}{family}"


def _factor(amount: syntax.Quantity) -> str:
    match amount:
        case syntax.Number() if amount.value >= 0:
            return "x" + written(amount)
        case syntax.Interval() if amount.low >= 0 and amount.high >= 0:
            return _interval(amount, sign="x")
        case _:
            return f"x({written(amount)})"


def _points(amount: syntax.Quantity) -> str:
    match amount:
        case syntax.Number():
            return _signed(written(amount)) + " points"
        case syntax.Interval():
            low, high = (_signed(_literal(end, amount.percent)) for end in (amount.low, amount.high))
            family = f" ({amount.family})" if amount.family else ""
            return f"{low} to {high}{family} points"
        case syntax.ProbabilityWord() if " " in amount.phrase:
            return f"({amount.phrase}) points"
        case _:
            return written(amount) + " points"


def _signed(text: str) -> str:
    return text if text.startswith("-") else "+" + text


def _strength(node: Expression) -> int:
    match node:
        case syntax.Arithmetic():
            return STRENGTH[node.op]
        case syntax.Negate():
            return UNARY
        case syntax.Number():
            return ATOM if node.value >= 0 else UNARY
        case syntax.Name() | syntax.Call():
            return ATOM
        case syntax.Ask():
            return LOOSEST if node.against else ATOM
        case syntax.ProbabilityWord() if " " not in node.phrase:
            return ATOM
        case _:
            return LOOSEST


def _held(node: Expression, least: int) -> str:
    """Return an operand, in brackets where it binds more loosely than ``least``."""
    text = written(node)
    return text if _strength(node) >= least else f"({text})"


def _calculation(node: syntax.Negate | syntax.Arithmetic | syntax.Number) -> str:
    match node:
        case syntax.Number():
            return _literal(node.value, node.percent)
        case syntax.Negate():
            if isinstance(node.operand, syntax.Number):
                return f"-({written(node.operand)})"
            return "-" + _held(node.operand, UNARY)
        case _:
            strength = STRENGTH[node.op]
            least_left, least_right = (ATOM, UNARY) if node.op == "^" else (strength, strength + 1)
            return f"{_held(node.left, least_left)} {node.op} {_held(node.right, least_right)}"


def _condition(node: syntax.And | syntax.Or | syntax.Not | syntax.Is | syntax.Otherwise) -> str:
    match node:
        case syntax.And():
            return " and ".join(_bracketed(part, (syntax.And, syntax.Or)) for part in node.operands)
        case syntax.Or():
            return " or ".join(_bracketed(part, (syntax.Or,)) for part in node.operands)
        case syntax.Not():
            return "not " + _bracketed(node.operand, (syntax.And, syntax.Or))
        case syntax.Otherwise():
            return "otherwise"
        case syntax.Is() if syntax.is_arising(node):
            return f"{'' if node.negated else 'not '}arises({_name(node.variable)})"
        case syntax.Is():
            if len(node.states) == 1:
                return f"{_name(node.variable)} {'!=' if node.negated else '='} {_state(node.states[0])}"
            word = "not in" if node.negated else "in"
            return f"{_name(node.variable)} {word} ({', '.join(map(_state, node.states))})"


def _bracketed(node: Expression, kinds: tuple[type[syntax.SyntaxNode], ...]) -> str:
    return f"({written(node)})" if isinstance(node, kinds) else written(node)


def _setting(node: syntax.SetVariable) -> str:
    return f"{'do_foreseen' if node.foreseen else 'do'}({_name(node.variable)} = {_state(node.state)})"


def _believing(node: syntax.SetBelief) -> str:
    form = "do_foreseen" if node.foreseen else "do"
    if node.variable is None or node.chance is None:
        return f"{form}(true_beliefs({_name(node.actor)}))"
    what = syntax.Name((*node.actor.parts, *node.variable.parts, node.state or ""))
    return f"{form}(believes {_name(what)} = {written(node.chance)})"


def _name(name: syntax.Name) -> str:
    """Return a name as it is written, in quotation marks where it is not plain."""
    plain = all(PLAIN_NAME.fullmatch(part) for part in name.parts) and name.parts[0] not in _JOINING
    return name.text if plain else f'"{name.text}"'


def _state(state: str) -> str:
    return state if PLAIN_STATE.fullmatch(state) and state not in _JOINING else f'"{state}"'


def _ask(node: syntax.Ask) -> str:
    stakes = f": {', '.join(' + '.join(group) for group in node.stakes)}" if node.stakes else ""
    given = [_bracketed(condition, (syntax.And,)) for condition in node.given]
    if head_of(node).counterfactual and given:
        given[0] = "seen " + given[0]
    parts = given + [_setting(setting) for setting in node.do] + [_believing(one) for one in node.beliefs]
    seen = ", as it sees it" if node.as_seen else ""
    bar = f" | {', '.join(parts)}" if parts else ""
    against = " and ".join(_bracketed(condition, (syntax.And, syntax.Or)) for condition in node.against)
    reference = f" against {against}" if against else ""
    return f"{node.head}({written(node.target)}{stakes}{seen}{bar}){reference}"
