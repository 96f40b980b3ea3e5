"""The numbers of a case, each ready to be evaluated in all worlds: what it is used as, and what it is
called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from quandary.base.arrays import Array
from quandary.case.model import Actor, Case, OddsRule, Rule, Sourced
from quandary.language.syntax import (
    Arithmetic,
    Call,
    Expression,
    Factor,
    Interval,
    Likelier,
    Name,
    Negate,
    Number,
    OfRest,
    OneSided,
    Otherwise,
    PointsChange,
    ProbabilityWord,
    Quantity,
    Unknown,
    is_open,
)
from quandary.quantities.estimate import Estimate, Scale
from quandary.quantities.evaluate import evaluate, leaves


@dataclass(frozen=True, eq=False)
class DrawnBlock:
    """A block of worlds: uniforms by the name of the number, and the assumptions' values by theirs."""

    uniforms: Mapping[str, Array]
    assumptions: Mapping[str, Array]


NumberKind = Literal["assumption", "rationality", "odds", "points", "factor", "usual share", "weight", "worth"]


@dataclass(frozen=True)
class NumberRole:
    """What a number is in its case; as text ``odds of unrest = contained``, without the rule's condition.

    ``of`` is a variable with the ``state`` that it bears on, an actor and its stake, an actor, or an assumption;
    ``condition`` is that of its rule, ``None`` where the rule holds otherwise; ``believed_by`` an actor who alone takes
    it to be so.
    """

    kind: NumberKind
    of: tuple[str, ...]
    state: str | None = None
    of_rest: bool = False
    condition: Expression | None = None
    believed_by: str | None = None

    def __str__(self) -> str:
        link = " " if self.kind == "assumption" else " on " if self.kind in ("points", "factor") else " of "
        state = "" if self.state is None else f" = {self.state}"
        return f"{self._kind_said}{link}{'.'.join(self.of)}{state}{', of rest' if self.of_rest else ''}{self._believer}"

    @property
    def _believer(self) -> str:
        return "" if self.believed_by is None else f", as {self.believed_by} sees it"

    @property
    def _kind_said(self) -> str:
        """Return its kind in words: points of a chance are percentage points, those of a stake are of worth."""
        if self.kind != "points":
            return self.kind
        return "points of worth" if self.state is None else "percentage points"

    @property
    def plural(self) -> bool:
        """Return whether its kind takes a plural verb."""
        return self.kind in ("points", "odds")


def condition_of(rule: Rule | OddsRule) -> Expression | None:
    """Return a rule's condition, ``None`` where it holds otherwise."""
    return None if isinstance(rule.condition, Otherwise) else rule.condition


@dataclass(frozen=True, eq=False)
class Amount:
    """One number, the scale it is read on, and its role in the case.

    ``estimate`` is how it is read where its place says so and not its text: one that nobody has put a number to.
    """

    sourced: Sourced
    scale: Scale
    role: NumberRole
    words: str | None = None
    estimate: Estimate | None = None

    @property
    def what(self) -> str:
        """Return for people what it is: ``odds of unrest = contained``."""
        return str(self.role)

    @property
    def quantity(self) -> Quantity:
        """Return what was written."""
        return self.sourced.quantity

    def leaves(self) -> tuple[tuple[str, Estimate], ...]:
        """Return the uncertain numbers in it, each with its stable name; raises ``CaseError`` where one is
        faulty.
        """
        if self.estimate is not None:
            return ((self.sourced.path, self.estimate),)
        if is_open(self.quantity):
            return ()  # it takes what others leave
        return leaves(self.quantity, self.sourced.path, self.scale, self.words)

    def value(self, drawn: DrawnBlock) -> Array:
        """Return the value in every world, shape ``(W,)``, or ``(1,)`` where it does not vary."""
        path, scale = self.sourced.path, self.scale
        if self.estimate is not None:
            return self.estimate.quantile(drawn.uniforms[path])
        return evaluate(self.quantity, path, scale, drawn.uniforms, drawn.assumptions, words=self.words)


def carries_percent(case: Case, node: Expression) -> bool:
    """Return whether a quantity is a probability by its own text, or by that of an assumption it names."""
    match node:
        case Number(_, percent) | Interval(_, _, percent):
            return percent
        case ProbabilityWord():
            return True
        case Arithmetic(_, left, right):
            return carries_percent(case, left) or carries_percent(case, right)
        case Negate(operand):
            return carries_percent(case, operand)
        case Call(name, args):
            return name == "beta" or any(carries_percent(case, arg) for arg in args)
        case OfRest(share):
            return carries_percent(case, share)
        case Unknown():
            return True
        case OneSided(_, amount):
            return carries_percent(case, amount)
        case Name():
            assumption = case.assumptions.get(node.text)
            return assumption is not None and carries_percent(case, assumption.value.quantity)
        case _:
            return False


def underlying(case: Case, node: Expression) -> Expression:
    """Return the quantity an assumption's name stands for, or the quantity itself."""
    while isinstance(node, Name) and node.text in case.assumptions:
        node = case.assumptions[node.text].value.quantity
    return node


def assumption_amount(case: Case, name: str) -> Amount:
    """Return a named assumption, read on the scale its own text implies."""
    sourced = case.assumptions[name].value
    return Amount(sourced, _own_scale(case, sourced.quantity), NumberRole("assumption", (name,)), case.words)


def number_amount(case: Case, sourced: Sourced, role: NumberRole) -> Amount:
    """Return a weight, a worth or another plain number: a probability where it carries ``%``, else a number."""
    scale = Scale.PROBABILITY if carries_percent(case, sourced.quantity) else Scale.NUMBER
    return Amount(sourced, scale, role, case.words)


def share_amount(case: Case, sourced: Sourced, role: NumberRole) -> Amount:
    """Return a share of what is usual: a probability where it carries ``%``, else a number above 0."""
    scale = Scale.PROBABILITY if carries_percent(case, sourced.quantity) else Scale.SHARE
    return Amount(sourced, scale, role, case.words)


def _own_scale(case: Case, quantity: Quantity) -> Scale:
    match quantity:
        case Factor():
            return Scale.FACTOR
        case PointsChange():
            return Scale.POINTS
        case Likelier():
            return Scale.PRECISION
        case _:
            return Scale.PROBABILITY if carries_percent(case, quantity) else Scale.NUMBER


def precision_amount(case: Case, actor: Actor) -> Amount:
    """Return an actor's logit precision: ln(x)/N for ``x.. per N``, else the number as it stands."""
    return Amount(actor.rationality, Scale.PRECISION, NumberRole("rationality", (actor.id,)), case.words)
