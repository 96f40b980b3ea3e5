"""A query made ready: its calls resolved against the case, its units checked, its faults gathered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from quandary.ask.inquiry import Inquiry, asks, resolve
from quandary.ask.query.combining import is_truth, without_value
from quandary.base.problems import CaseError, Problem
from quandary.case.logic.conditions import mentioned
from quandary.case.logic.memory import observed
from quandary.case.model import Case
from quandary.language.printing import written
from quandary.language.syntax import And, Arithmetic, Ask, Call, Compare, Expression, Negate, Not, Number, Or

SHARE, POINTS = "a probability or share", "points"
UNITS = {
    "P": SHARE,
    "would": SHARE,
    "weight": SHARE,
    "best": SHARE,
    "clash": SHARE,
    "both": SHARE,
    "E": POINTS,
    "swing": POINTS,
    "margin": POINTS,
    "drop": POINTS,
}
DILEMMA = ("drop", "margin", "clash")


@dataclass(frozen=True)
class Query:
    """A query that can be answered.

    ``inquiries`` resolves each of its calls. ``parts`` holds the parts of a dilemma (drop, margin, clash), whose calls
    are then the query's own. ``notes`` are sentences for the answer.
    """

    expression: Expression
    text: str
    inquiries: Mapping[Ask, Inquiry] = field(hash=False)
    parts: tuple[Query, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_predictive(self) -> bool:
        """Return whether this is a single number about one call: worlds then also weigh its own condition."""
        return not is_truth(self.expression) and len(self.inquiries) == 1

    @property
    def head(self) -> str:
        """Return the head of a query that is one call (``P``, ``drop``), else nothing."""
        return self.expression.head if isinstance(self.expression, Ask) else ""

    @property
    def all_inquiries(self) -> tuple[Inquiry, ...]:
        """Return the inquiries of the query and its parts."""
        return tuple(self.inquiries.values()) + tuple(i for part in self.parts for i in part.all_inquiries)


def prepare(case: Case, expression: Expression, text: str | None = None, *, evidence: bool = True) -> Query:
    """Return a query ready to be answered; raises ``CaseError`` with every fault in it (Q501 to Q509, Q238)."""
    text = written(expression) if text is None else text
    if isinstance(expression, Ask) and expression.head == "dilemma":
        return _dilemma(case, expression, text, evidence=evidence)
    problems: list[Problem] = []
    inquiries: dict[Ask, Inquiry] = {}
    for ask in asks(expression):
        try:
            inquiries[ask] = resolve(case, ask, evidence=evidence)
        except CaseError as fault:
            problems.extend(fault.problems)
    _unit(expression, problems)
    for place, reason in without_value(expression):
        hint = "change the numbers: this has no value whatever the case says"
        problems.append(Problem("Q152", f"{reason[0].upper()}{reason[1:]}.", place, hint))
    if problems:
        raise CaseError(dict.fromkeys(problems))
    notes = dict.fromkeys(note for inquiry in inquiries.values() for note in _notes(case, inquiry))
    parts: tuple[Query, ...] = ()
    if isinstance(expression, Ask) and expression.head == "would":
        parts = tuple(_bound(expression, inquiries[expression], head) for head in ("lowest", "highest"))
    return Query(expression, text, inquiries, parts, tuple(notes))


def _bound(ask: Ask, inquiry: Inquiry, head: str) -> Query:
    """Return the query for a bound on a ``would``, one of its parts."""
    part = replace(ask, head=head)
    return Query(part, written(part), {part: replace(inquiry, head=head)})


def faults(case: Case, expression: Expression) -> tuple[Problem, ...]:
    """Return every fault of a query, none for a good one."""
    try:
        prepare(case, expression)
    except CaseError as fault:
        return fault.problems
    return ()


def _dilemma(case: Case, ask: Ask, text: str, *, evidence: bool) -> Query:
    parts = []
    for head in DILEMMA:
        against = ask.against if head == "drop" else ()
        part = replace(ask, head=head, against=against, stakes=ask.stakes if head == "clash" else ())
        parts.append(prepare(case, part, evidence=evidence))
    first = parts[0]
    return Query(first.expression, text, first.inquiries, tuple(parts), first.notes)


def _notes(case: Case, inquiry: Inquiry) -> list[str]:
    """Return what a reader must know of an inquiry: conditions that the one who chooses does not see."""
    if inquiry.decision is None:
        return []
    seen = set(observed(case, inquiry.decision))
    unseen = {name for condition in (*inquiry.given, *inquiry.against) for name in mentioned(case, condition)} - seen
    names = ", ".join(v.id for v in case.story if v.id in unseen)
    if not names:
        return []
    return [f"{inquiry.actor} does not see {names} at {inquiry.decision}; its options are valued as it sees them"]


def query_unit(expression: Expression) -> str | None:
    """Return the unit of a query's number (``SHARE`` or ``POINTS``), ``None`` where it has none of its own."""
    return _unit(expression, [])


def _unit(expression: Expression, problems: list[Problem]) -> str | None:
    """Return the unit of a number, ``None`` where it has none of its own; faults are added to ``problems``."""
    match expression:
        case Ask(head):
            return UNITS.get(head)
        case Number(_, percent):
            return SHARE if percent else None
        case Negate(operand):
            return _unit(operand, problems)
        case Arithmetic(op, left, right):
            units = _unit(left, problems), _unit(right, problems)
            if op in "+-":
                return _same(expression, units, f"{op} joins", problems)
            return None if None not in units else units[0] or units[1]
        case Compare(_, left, right):
            _check_size(left, right, problems)
            _check_size(right, left, problems)
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


def _same(expression: Expression, units: tuple[str | None, ...], verb: str, problems: list[Problem]) -> str | None:
    found = list(dict.fromkeys(unit for unit in units if unit))
    if len(found) > 1:
        message = f"{verb[0].upper()}{verb[1:]} {found[0]} with {found[1]}."
        hint = "P, weight, best, clash and both are shares (50%); E, swing, margin and drop are points (5)"
        problems.append(Problem("Q507", message, expression.place, hint))
    return found[0] if found else None


def _check_size(side: Expression, other: Expression, problems: list[Problem]) -> None:
    if isinstance(side, Ask) and UNITS.get(side.head) == SHARE and isinstance(other, Number):
        if 0 <= other.value <= 1:
            return
        message = f"{side.head}(...) lies between 0 and 1, so comparing it with {other.value:g} says nothing."
        hint = f"write {other.value:g}%" if 1 < other.value <= 100 else None
        problems.append(Problem("Q508", message, other.place, hint))
