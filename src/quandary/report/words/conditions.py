"""Conditions, and what numbers are of, in the case's own words: titles and states, no signs of the language."""

from __future__ import annotations

from quandary.case.model import Case, ChanceEvent
from quandary.compile.amounts import NumberRole
from quandary.language.printing import written
from quandary.language.syntax import And, Expression, Is, Name, Not, Or
from quandary.report.words.names import actor_name, spaced, variable_title
from quandary.report.words.wording import listing


def condition_words(case: Case, condition: Expression) -> str:
    """Return a condition as people read it: ``Unrest in Kazakhstan: contained, and not invasion``."""
    match condition:
        case Is(variable, states, negated):
            title = variable_title(case, variable.parts[-1])
            told = listing([spaced(state) for state in states], "or")
            return f"{title}: {'not ' if negated else ''}{told}"
        case Name():
            return spaced(condition.parts[-1])
        case Not(operand):
            return f"not {_bracketed(case, operand)}"
        case And(operands):
            return ", and ".join(_bracketed(case, one) for one in operands)
        case Or(operands):
            return ", or ".join(_bracketed(case, one) for one in operands)
        case _:
            return written(condition)


def _bracketed(case: Case, condition: Expression) -> str:
    told = condition_words(case, condition)
    return f"({told})" if isinstance(condition, And | Or) else told


def role_words(case: Case, role: NumberRole) -> str:
    """Return what a number is of: ``worth of ukraine influence; Russia's move on Ukraine: keep coercing``."""
    return f"{_subject(case, role)}{_when(case, role)}"


def _subject(case: Case, role: NumberRole) -> str:
    if role.kind == "assumption":
        return spaced(role.of[0])
    if role.kind == "rationality":
        return f"rationality of {owner(case, role.of[0])}"
    if role.kind in ("odds", "factor") or role.state is not None:
        title, state = variable_title(case, role.of[0]), spaced(role.state or "")
        chance = (
            "points on the odds" if role.kind == "points" else "odds" if role.kind == "odds" else "factor on the odds"
        )
        return f"{chance} of {title}: {state}{' (of the rest)' if role.of_rest else ''}"
    stake = spaced(role.of[-1])
    return f"points on {stake}" if role.kind == "points" else f"{role.kind} of {stake}"


def _when(case: Case, role: NumberRole) -> str:
    if role.condition is not None:
        return f", where {condition_words(case, role.condition)}"
    return ", otherwise" if has_others(case, role) else ""


def has_others(case: Case, role: NumberRole) -> bool:
    """Return whether a number without a condition is the last of several rules."""
    if role.kind == "odds":
        item = next(item for item in case.story if item.id == role.of[0])
        return isinstance(item, ChanceEvent) and max(len(item.odds), len(item.base)) > 1
    if role.kind in ("worth", "weight"):
        stake = next(one for one in case.stakes if (one.actor, one.id) == role.of)
        return len(stake.worth if role.kind == "worth" else stake.weight) > 1
    return False


def owner(case: Case, actor: str) -> str:
    """Return an actor's name as it stands inside a sentence: ``the Kremlin``."""
    name = actor_name(case, actor)
    return f"the {name[4:]}" if name[:4] == "The " else name
