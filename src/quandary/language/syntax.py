"""The one syntax tree of quantities, conditions and queries: frozen nodes that know their place.

``language/parser.py`` makes these nodes from text; ``language/printing.py`` writes them back in one stable
form (parse(written(x)) == x up to places, which never take part in equality).

Grammar in words::

    quantity    40 % | 20 | a to b | a to b (lognormal) | x2 to x5 | +1 to +6 points | q of rest | rest
                | unlikely | normal(0, 1) | 100 - war_cost | exact | x2 to x6 per 10
                | unknown | raises | lowers | raises x2 to x5 | at least q | at most q | more than q | less than q
    condition   name | name = state | name != state | name in (a, b) | not c | c and c | c or c | otherwise
                | arises(name)        ("any name" = "any state" in quotation marks)
    query       P(c | d, do(x = v)) | E(actor | ...) | E(actor.stake | ...) | weight(...) | swing(...)
                | best(...) | ... and arithmetic, comparison, and/or/not over them
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from quandary.base.places import NOWHERE, Place
from quandary.language.vocabulary import NOT_ARISING

Operator = Literal["+", "-", "*", "/", "^"]
Comparison = Literal["<", "<=", ">", ">=", "=", "!="]
Direction = Literal["raises", "lowers"]
Bound = Literal["at least", "at most", "more than", "less than"]


@dataclass(frozen=True, slots=True)
class SyntaxNode:
    """The base of every node: its place, which equality ignores."""

    place: Place = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


# --- quantities --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number(SyntaxNode):
    """A number as written; ``40%`` is ``Number(0.4, percent=True)``."""

    value: float
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Interval(SyntaxNode):
    """``low to high``: the central 90 % interval; ``family`` overrides the family the context implies.

    Both ends are in the unit of use (0..1 where ``percent``).
    """

    low: float
    high: float
    percent: bool = False
    family: str | None = None


@dataclass(frozen=True, slots=True)
class Factor(SyntaxNode):
    """``x2`` or ``x2 to x5``: a factor on odds; ``amount`` is the factor itself."""

    amount: Quantity


@dataclass(frozen=True, slots=True)
class Shift(Factor):
    """``raises x2 to x5``: a factor on the odds of "this state or beyond", up the scale or (``lowers``) down."""

    direction: Direction


@dataclass(frozen=True, slots=True)
class PointsChange(SyntaxNode):
    """``+1 to +6 points`` (or ``points`` of a stake): an addition; ``amount`` in points as written."""

    amount: Quantity


@dataclass(frozen=True, slots=True)
class OfRest(SyntaxNode):
    """``10% to 45% of rest``: a share of what earlier entries leave."""

    share: Quantity


@dataclass(frozen=True, slots=True)
class Rest(SyntaxNode):
    """``rest``: what the other entries leave."""


@dataclass(frozen=True, slots=True)
class ProbabilityWord(SyntaxNode):
    """A word of estimative probability (``unlikely``), read from one cited table."""

    phrase: str


@dataclass(frozen=True, slots=True)
class Likelier(SyntaxNode):
    """``x2 to x6 per 10``: an option better by ``per`` points is chosen ``factor`` times as often.

    ``factor`` is the amount itself (``Interval(2, 6)``), not a ``Factor``.
    """

    factor: Quantity
    per: float


@dataclass(frozen=True, slots=True)
class Exact(SyntaxNode):
    """``exact``: the actor always picks a best option."""


@dataclass(frozen=True, slots=True)
class Unknown(SyntaxNode):
    """``unknown``: nobody has put a number here; it takes the whole of what the place allows."""


@dataclass(frozen=True, slots=True)
class Influence(SyntaxNode):
    """``raises`` or ``lowers``: an effect of known direction and unknown size."""

    direction: Direction


@dataclass(frozen=True, slots=True)
class OneSided(SyntaxNode):
    """``at least 60%``, ``at most x3``, ``more than half``: one end is known, the place says where the other lies.

    ``amount`` is a ``Number``, or a ``Factor``, ``PointsChange`` or ``Likelier`` of one.
    """

    bound: Bound
    amount: Quantity

    @property
    def is_least(self) -> bool:
        """Return whether the known end is the lower one."""
        return self.bound in ("at least", "more than")


# --- shared ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name(SyntaxNode):
    """A name, dotted where it has parts: a variable, state, event, assumption, actor, ``actor.stake``."""

    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the name as written, parts joined by dots."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Call(SyntaxNode):
    """A named function of quantities: a distribution (``pert(1, 2, 5)``) or ``min``, ``max``, ``abs``, ..."""

    name: str
    args: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Negate(SyntaxNode):
    """``-x``."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Arithmetic(SyntaxNode):
    """``left op right`` with ``op`` one of ``+ - * / ^``."""

    op: Operator
    left: Expression
    right: Expression


# --- conditions --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Is(SyntaxNode):
    """``variable = state`` or ``variable in (a, b)`` (``!=`` when ``negated``)."""

    variable: Name
    states: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Otherwise(SyntaxNode):
    """``otherwise``: what no earlier rule matched."""


@dataclass(frozen=True, slots=True)
class Not(SyntaxNode):
    """``not x``."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class And(SyntaxNode):
    """``a and b and ...``."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or(SyntaxNode):
    """``a or b or ...``."""

    operands: tuple[Expression, ...]


def arises(decision: Name, *, place: Place = NOWHERE) -> Is:
    """Return the condition that a decision arises: ``arises(d)``."""
    return Is(decision, (NOT_ARISING,), True, place=place)


def is_arising(node: object) -> bool:
    """Return whether a condition is ``arises(d)`` or ``not arises(d)``."""
    return isinstance(node, Is) and node.states == (NOT_ARISING,)


def negated(operand: Expression, *, place: Place = NOWHERE) -> Is | Not:
    """Return ``not`` of a condition; that a decision does not arise is a state of it."""
    if isinstance(operand, Is) and is_arising(operand) and operand.negated:
        return Is(operand.variable, operand.states, place=place)
    return Not(operand, place=place)


# --- queries -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetVariable(SyntaxNode):
    """``do(x = v)``, also spelled ``do_unseen``: one variable set to one state; ``foreseen`` for ``do_foreseen``."""

    variable: Name
    state: str
    foreseen: bool = False


@dataclass(frozen=True, slots=True)
class SetBelief(SyntaxNode):
    """``do(believes actor.variable.state = 70%)``: odds that an actor believes in; ``do(true_beliefs(actor))``: none.

    Without a ``variable`` the actor sees everything as the case has it.
    """

    actor: Name
    variable: Name | None = None
    state: str | None = None
    chance: Number | None = None
    foreseen: bool = False


@dataclass(frozen=True, slots=True)
class Ask(SyntaxNode):
    """A query call ``head(target | given..., do(...))``.

    ``head`` is a name in ``heads.py``, which says whether ``target`` is a condition (``P``), an option (an ``Is``, as
    in ``best``) or a ``Name``. ``given`` holds conditions (to be joined by ``and``); ``do`` the interventions.
    ``against`` is the reference of a dilemma or drop, joined by ``and``:
    ``dilemma(russia.ukraine | operation = fail) against operation = success``. ``stakes`` limits
    ``clash``, ``both`` and ``dilemma`` to some stakes, each alone or several that count together:
    ``both(russia.ukraine: ukraine_influence + economy, central_asia_influence | ...)``. ``beliefs`` are interventions
    on what actors believe; ``as_seen`` asks of the game as the actor itself sees it: ``E(russia, as it sees it)``.
    """

    head: str
    target: Expression
    given: tuple[Expression, ...] = ()
    do: tuple[SetVariable, ...] = ()
    against: tuple[Expression, ...] = ()
    stakes: tuple[tuple[str, ...], ...] = ()
    beliefs: tuple[SetBelief, ...] = ()
    as_seen: bool = False

    @property
    def intervenes(self) -> bool:
        """Return whether it asks what something that is set makes of the game."""
        return bool(self.do or self.beliefs)

    @property
    def foresees(self) -> bool:
        """Return whether something that is set had been foreseen."""
        return any(one.foreseen for one in self.do) or any(one.foreseen for one in self.beliefs)


@dataclass(frozen=True, slots=True)
class Compare(SyntaxNode):
    """``left op right`` between numbers or queries; ``op`` one of ``< <= > >= = !=``."""

    op: Comparison
    left: Expression
    right: Expression


Quantity = (
    Number
    | Interval
    | Factor
    | Shift
    | PointsChange
    | OfRest
    | Rest
    | ProbabilityWord
    | Likelier
    | Exact
    | Unknown
    | Influence
    | OneSided
    | Name
    | Call
    | Negate
    | Arithmetic
)
Condition = Name | Is | Otherwise | Not | And | Or
Query = Ask | Compare | Arithmetic | Negate | Number | Call | And | Or | Not
Expression = Quantity | Condition | Query


def calls_in(query: Expression) -> Iterator[Ask]:
    """Yield every call inside a query, from left to right."""
    match query:
        case Ask():
            yield query
        case Arithmetic(_, left, right) | Compare(_, left, right):
            yield from calls_in(left)
            yield from calls_in(right)
        case Negate(operand) | Not(operand):
            yield from calls_in(operand)
        case And(operands) | Or(operands) | Call(_, operands):
            for operand in operands:
                yield from calls_in(operand)
        case _:
            return


def numbers_in(query: Expression) -> Iterator[Expression]:
    """Yield the numbers that a query compares, or itself where it is a number."""
    match query:
        case Compare(_, left, right):
            yield from (left, right)
        case Not(operand):
            yield from numbers_in(operand)
        case And(operands) | Or(operands):
            for operand in operands:
                yield from numbers_in(operand)
        case _:
            yield query


def is_open(node: Expression) -> bool:
    """Return whether nobody has put a number to a quantity: unknown, of known direction only, or known at one end."""
    return isinstance(node, Unknown | Influence | OneSided)


def names_in(node: Expression) -> tuple[Name, ...]:
    """Return the references to assumptions inside a quantity, in the order written."""
    match node:
        case Name():
            return (node,)
        case Arithmetic(_, left, right):
            return names_in(left) + names_in(right)
        case Negate(operand):
            return names_in(operand)
        case Call(_, args):
            return tuple(name for arg in args for name in names_in(arg))
        case Factor(amount) | PointsChange(amount):
            return names_in(amount)
        case OfRest(share):
            return names_in(share)
        case Likelier(factor, _):
            return names_in(factor)
        case _:
            return ()
