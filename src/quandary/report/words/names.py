"""Names as people read them: titles of variables, states without underscores, quantities in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from quandary.case.model import Case
from quandary.compile.numbers import UncertainNumber
from quandary.language.printing import written
from quandary.language.syntax import And, Expression, Is, Name, Not, Or


def variable_title(case: Case, name: str) -> str:
    """Return a variable's title, or its name with spaces."""
    for item in case.story:
        if item.id == name:
            return item.title or spaced(name)
    return spaced(name)


def actor_name(case: Case, actor: str) -> str:
    """Return an actor's full name."""
    known = case.actors.get(actor)
    return known.name if known else spaced(actor)


def in_titles(case: Case, condition: Expression) -> str:
    """Return a condition as people read it: ``Unrest in Kazakhstan: regime threat``; what is not plain as written."""
    if isinstance(condition, Is) and not condition.negated:
        title = variable_title(case, condition.variable.parts[-1])
        return f"{title}: {' or '.join(spaced(state) for state in condition.states)}"
    return written(condition)


def owned(case: Case, parts: Sequence[str]) -> str:
    """Return a name as people read it where an actor of the case owns it: ``the Kremlin's momentum``; else as written.

    ``parts`` are those of a dotted name: ``("russia", "momentum")``.
    """
    if len(parts) != 2 or parts[0] not in case.actors:
        return ".".join(parts)
    owner = actor_name(case, parts[0])
    owner = f"the {owner[4:]}" if owner[:4] == "The " else owner
    return f"{owner}'{'' if owner[-1:] == 's' else 's'} {spaced(parts[1])}"


@dataclass(frozen=True, slots=True)
class OwnedName(Name):
    """A name that reads as one of its owner's."""

    phrase: str = ""

    @property
    def text(self) -> str:
        """Return the name as people read it."""
        return self.phrase


def with_owners(case: Case, condition: Expression) -> Expression:
    """Return a condition in which ``russia.momentum`` reads ``the Kremlin's momentum``, for every actor of the case."""
    match condition:
        case Name(parts):
            return OwnedName(parts, phrase=owned(case, parts))
        case Is():
            return replace(
                condition, variable=OwnedName(condition.variable.parts, phrase=owned(case, condition.variable.parts))
            )
        case Not(operand):
            return Not(with_owners(case, operand))
        case And(operands) | Or(operands):
            return replace(condition, operands=tuple(with_owners(case, part) for part in operands))
        case _:
            return condition


def spaced(name: str) -> str:
    """Return a name with spaces for underscores."""
    return name.replace("_", " ")


def verb_for(number: UncertainNumber) -> str:
    """Return ``is`` or ``are``, as a number's name asks for."""
    return "are" if number.role.plural and not number.named else "is"


def number_label(number: UncertainNumber, case: Case | None = None) -> str:
    """Return an uncertain number in words: ``odds of unrest = contained when fuel_price = raised``.

    With its ``case``, what an actor wants is told by the actor's name.
    """
    if number.named:
        return number.name
    role = number.role
    said = str(role if case is None else replace(role, of=(owned(case, role.of),)))
    if role.condition is None:
        return said
    return f"{said} when {written(role.condition if case is None else with_owners(case, role.condition))}"


def number_name(number: UncertainNumber, case: Case | None = None) -> str:
    """Return an uncertain number in words, with its line: ``the odds of unrest = contained (line 109)``."""
    label = number_label(number, case)
    return label if number.named else f"the {label} (line {number.place.line})"
