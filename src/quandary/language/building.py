"""From the parser's trees to the nodes of ``syntax.py``, with every fault the grammar cannot see."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import cast

from lark import Token, Tree

from quandary.base.places import Place
from quandary.base.problems import Problem, nearest
from quandary.language import syntax
from quandary.language.text import Text
from quandary.language.vocabulary import (
    DISTRIBUTIONS,
    FAMILY_SPELLINGS,
    FUNCTIONS,
    NUMBER_WORDS,
    ONE_WORD_ODDS,
    RESERVED,
    SIGNATURES,
)

Parsed = Tree[Token]
Child = Parsed | Token | None
OPERATORS = {"−": "-", "**": "^"}


class Builder:
    """What all builders share: places, numbers, names, arithmetic, and the faults found."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.problems: list[Problem] = []

    def span(self, item: Parsed | Token) -> tuple[int, int]:
        """Return the start and end of a tree or token as offsets into the text."""
        if isinstance(item, Token):
            return item.start_pos or 0, item.end_pos or 0
        return item.meta.start_pos, item.meta.end_pos

    def place(self, item: Parsed | Token) -> Place:
        """Return where a tree or token was written."""
        return self.text.at(*self.span(item))

    def fault(self, code: str, message: str, item: Parsed | Token, hint: str | None = None) -> None:
        """Note a fault at a tree or token."""
        self.problems.append(self.text.problem(code, message, *self.span(item), hint))

    def source(self, item: Parsed | Token) -> str:
        """Return the text of a tree or token as written."""
        start, end = self.span(item)
        return self.text.text[start:end]

    def name(self, token: Token) -> syntax.Name:
        """Return the name a token writes; in quotation marks it is one part, whatever it holds."""
        parts = (str(token),) if token.type == "QUOTED" else tuple(token.split("."))
        return syntax.Name(parts, place=self.place(token))

    def amount(self, token: Token, percent: bool) -> float:
        """Return the value of an unsigned literal, divided by 100 where it is a percentage."""
        value = float(token)
        if math.isinf(value):
            self.fault("Q139", f"the number {_shortened(token)} is too large", token)
            return 0.0
        return float(Decimal(str(token)) / 100) if percent else value

    def number(self, tree: Parsed) -> syntax.Number:
        """Return a literal number."""
        token, percent = tree.children
        value = self.amount(cast(Token, token), percent is not None)
        return syntax.Number(value, percent is not None, place=self.place(tree))

    def arithmetic(self, tree: Parsed, part: Callable[[Parsed], syntax.Expression]) -> syntax.Expression:
        """Return ``left op right``, ``-x`` or ``+x`` with operands built by ``part``."""
        children = tree.children
        if tree.data == "arithmetic":
            left, sign, right = children
            written = OPERATORS.get(str(sign), str(sign))
            operator = cast("syntax.Operator", written)
            return syntax.Arithmetic(
                operator, part(cast(Parsed, left)), part(cast(Parsed, right)), place=self.place(tree)
            )
        operand = cast(Parsed, children[1])
        inner = part(operand)
        if tree.data == "positive":
            return inner
        if operand.data == "number" and isinstance(inner, syntax.Number):
            return syntax.Number(-inner.value, inner.percent, place=self.place(tree))
        return syntax.Negate(inner, place=self.place(tree))


class QuantityBuilder(Builder):
    """Builds quantities."""

    def quantity(self, tree: Parsed) -> syntax.Quantity:
        """Return the node of a quantity's tree."""
        place = self.place(tree)
        children = tree.children
        match tree.data:
            case "rest":
                return syntax.Rest(place=place)
            case "exact":
                return syntax.Exact(place=place)
            case "unknown":
                return syntax.Unknown(place=place)
            case "influence":
                return syntax.Influence(cast("syntax.Direction", str(children[0])), place=place)
            case "shift":
                amount = self.factor(cast(Parsed, children[1])).amount
                return syntax.Shift(amount, cast("syntax.Direction", str(children[0])), place=place)
            case "one_sided":
                return self.one_sided(tree)
            case "half":
                return syntax.Number(0.5, percent=True, place=place)
            case "of_rest":
                return syntax.OfRest(self.quantity(cast(Parsed, children[0])), place=place)
            case "points":
                return syntax.PointsChange(self.quantity(cast(Parsed, children[0])), place=place)
            case "phrase":
                return syntax.ProbabilityWord(" ".join(children[0].split()).casefold(), place=place)  # type: ignore[union-attr]
            case "likelier":
                factor = self.factor(cast(Parsed, children[0]))
                return syntax.Likelier(factor.amount, self.per(cast(Token, children[1])), place=place)
            case "factor" | "factor_range":
                return self.factor(tree)
            case "interval":
                return self.interval(tree, children[0], children[1], children[2])
            case "number":
                return self.number(tree)
            case "name":
                return self.name_or_word(cast(Token, children[0]))
            case "paren":
                return self.quantity(cast(Parsed, children[0]))
            case "call":
                return self.call(tree)
            case _:
                return cast("syntax.Quantity", self.arithmetic(tree, self.quantity))

    def one_sided(self, tree: Parsed) -> syntax.Quantity:
        """Return ``at least 60%``, ``more than half`` and the like: their end is a plain number."""
        token, inner = cast(Token, tree.children[0]), cast(Parsed, tree.children[1])
        bound = cast("syntax.Bound", " ".join(token.split()))
        amount = self.quantity(inner)
        match amount:
            case syntax.Factor(end) | syntax.PointsChange(end) | syntax.Likelier(end, _):
                pass
            case end:
                pass
        if not isinstance(end, syntax.Number):
            written = _shortened(self.source(inner))
            hint = f"write {bound} and one number, or a range: 20% to 60%"
            self.fault("Q134", f'the end of "{bound} ..." must be a plain number, not "{written}"', inner, hint)
        return syntax.OneSided(bound, amount, place=self.place(tree))

    def name_or_word(self, token: Token) -> syntax.Name | syntax.ProbabilityWord:
        """Return a word of probability where the name is one, else the name."""
        if token.casefold() in ONE_WORD_ODDS:
            return syntax.ProbabilityWord(token.casefold(), place=self.place(token))
        if str(token) in RESERVED or str(token) in NUMBER_WORDS:
            self.fault("Q130", f'"{token}" cannot be calculated with', token, "it stands alone, as a whole entry")
        return self.name(token)

    def per(self, token: Token) -> float:
        """Return the points of ``per N``, which must be above zero."""
        value = self.amount(token, percent=False)
        if value <= 0:
            self.fault("Q149", 'the points after "per" must be above zero', token, "write x2 to x6 per 10")
            return 1.0
        return value

    def factor(self, tree: Parsed) -> syntax.Factor:
        """Return ``x2``, ``x2 to x5`` or ``x(...)``."""
        children = tree.children
        if tree.data == "factor":
            amount = self.quantity(cast(Parsed, children[1]))
        else:
            _, low, _, high, family = children
            amount = self.interval(tree, low, high, family)
        return syntax.Factor(amount, place=self.place(tree))

    def interval(self, tree: Parsed, low: Child, high: Child, family: Child) -> syntax.Interval:
        """Return ``low to high``; a percent sign on either end holds for both."""
        ends = [self.literal(cast(Parsed, end)) for end in (low, high)]
        percent = any(percent for _, _, percent in ends)
        values = [sign * self.amount(token, percent) if token else 0.0 for sign, token, _ in ends]
        chosen = self.family(cast(Token, family)) if family is not None else None
        return syntax.Interval(values[0], values[1], percent, chosen, place=self.place(tree))

    def literal(self, tree: Parsed) -> tuple[float, Token | None, bool]:
        """Return sign, digits and percent of an interval's end, or a fault where it is not a plain number."""
        sign, inner = 1.0, tree
        if tree.data in ("negate", "positive"):
            sign = -1.0 if tree.data == "negate" else 1.0
            inner = cast(Parsed, tree.children[1])
        if inner.data == "number":
            token, percent = inner.children
            return sign, cast(Token, token), percent is not None
        self.fault(
            "Q134",
            f'an end of "... to ..." must be a plain number, not "{_shortened(self.source(tree))}"',
            tree,
            "put the range in brackets, as in 100 - (20 to 60), or name it as an assumption",
        )
        return 1.0, None, False

    def family(self, token: Token) -> str | None:
        """Return the family named after an interval."""
        written = token.strip("() \t\r\n")
        family = FAMILY_SPELLINGS.get(written.casefold())
        if family is None:
            hint = nearest(written, FAMILY_SPELLINGS) or "known: " + ", ".join(sorted(set(FAMILY_SPELLINGS.values())))
            self.fault("Q133", f'"{written}" is not a family for a range', token, hint)
        return family

    def call(self, tree: Parsed) -> syntax.Call:
        """Return a distribution or function of quantities, its number of arguments checked."""
        callee = cast(Token, tree.children[0])
        arguments = [cast(Parsed, child) for child in tree.children[1:] if child is not None]
        known = {**FUNCTIONS, **DISTRIBUTIONS}
        if callee not in known:
            hint = nearest(str(callee), known) or "known: " + ", ".join(known)
            self.fault("Q132", f'"{callee}" is not a distribution or function', callee, hint)
        else:
            check_count(self, callee, len(arguments), known[callee])
        return syntax.Call(str(callee), tuple(self.quantity(a) for a in arguments), place=self.place(tree))


def check_count(builder: Builder, callee: Token, count: int, allowed: tuple[int, int]) -> None:
    """Note a fault where a function has too few or too many arguments."""
    low, high = allowed
    if not low <= count <= high:
        wanted = f"{low}" if low == high else f"at least {low}"
        builder.fault(
            "Q147",
            f"{callee} takes {wanted} {'number' if wanted == '1' else 'numbers'}, not {count}",
            callee,
            f"write {SIGNATURES[callee]}",
        )


def _shortened(text: str, limit: int = 30) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
