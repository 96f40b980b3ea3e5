"""Names as people read them: titles of variables, states without underscores, quantities in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from quandary.case.model import Case
from quandary.compile.numbers import UncertainNumber
from quandary.language.printing import written
from quandary.language.syntax import Expression, Is


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


def with_owners(case: Case, said: str) -> str:
    """Return words in which ``russia.momentum`` has become ``the Kremlin's momentum``, for every actor of the case."""

    def owned(found: re.Match[str]) -> str:
        owner = re.sub("^The ", "the ", actor_name(case, found[1]))
        return f"{owner}'{'' if owner.endswith('s') else 's'} {spaced(found[2])}"

    known = "|".join(map(re.escape, case.actors)) or "(?!)"
    return re.sub(rf"\b({known})\.(\w+)", owned, said)


def spaced(name: str) -> str:
    """Return a name with spaces for underscores."""
    return name.replace("_", " ")


PLURALS = ("the points ", "the odds ")
"""How the names of quantities begin that take a plural verb."""


def verb_for(quantity: str) -> str:
    """Return ``is`` or ``are``, as a quantity's name asks for."""
    return "are" if quantity.startswith(PLURALS) else "is"


def quantity_name(name: str, numbers: Mapping[str, UncertainNumber]) -> str:
    """Return an uncertain quantity in words: ``odds of unrest = contained, when fuel_price = raised (line 109)``."""
    uncertain = numbers.get(name)
    if uncertain is None:
        return name
    if uncertain.assumption is not None and uncertain.name == uncertain.assumption:
        return uncertain.name
    said = f"the {uncertain.what}"
    condition = re.search(r"\[(.*)\]", uncertain.path)
    if condition and condition[1] != "otherwise":
        said += f" when {condition[1]}"
    return f"{said} (line {uncertain.place.line})"
