"""Conditions as tables: 1 where a condition holds, 0 where it does not, over the variables it mentions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import prod

import numpy as np

from quandary.base.arrays import Mask
from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem
from quandary.case.model import Case, ChanceEvent, DecisionEvent
from quandary.game.table import Table
from quandary.language.names import NamedVariable, Names
from quandary.language.syntax import And, Expression, Is, Name, Not, Or
from quandary.language.vocabulary import NOT_ARISING

LARGEST_TABLE = 50_000
"""How many numbers a table may hold in one world; beyond it a case is refused, with the variable to cut."""


def states_of(item: ChanceEvent | DecisionEvent) -> tuple[str, ...]:
    """Return the states of a chance variable, or the options of a decision; last, that it does not arise, if it may."""
    if isinstance(item, ChanceEvent):
        return item.states
    return item.options if item.when is None else (*item.options, NOT_ARISING)


def options_of(item: ChanceEvent | DecisionEvent) -> tuple[str, ...]:
    """Return what a condition or a query may name of a variable: its states, or the options of a decision."""
    return item.states if isinstance(item, ChanceEvent) else item.options


def names_of(case: Case, declared: Mapping[str, Collection[str]] | None = None) -> Names:
    """Return the names of a case, with those of actors and events that are ``declared`` beyond its records."""
    variables: dict[str, NamedVariable] = {}
    for item in case.story:
        is_decision = isinstance(item, DecisionEvent)
        actor = item.by if isinstance(item, DecisionEvent) else item.private
        sometimes = isinstance(item, DecisionEvent) and item.when is not None
        variables.setdefault(item.id, NamedVariable(item.id, options_of(item), is_decision, actor, sometimes))
    stakes: dict[str, dict[str, bool | None]] = {}
    for stake in case.stakes:
        stakes.setdefault(stake.actor, {})[stake.id] = bool(stake.weight)
    more = declared or {}
    actors = {*case.actors, *more.get("actors", ())}
    return Names(variables, {*case.events, *more.get("events", ())}, actors, stakes, tuple(case.believes))


def shape_of(case: Case, axes: Sequence[str]) -> tuple[int, ...]:
    """Return how many states each of the named variables has."""
    return tuple(len(states_of(case.variable(name))) for name in axes)


def in_story_order(case: Case, names: set[str]) -> tuple[str, ...]:
    """Return the names in the order of the story."""
    return tuple(item.id for item in case.story if item.id in names)


def mentioned(case: Case, condition: Expression) -> tuple[str, ...]:
    """Return the variables a condition mentions, events expanded, in the order of the story.

    Raises ``CaseError`` with every name in it that is no variable, state or event.
    """
    found: set[str] = set()
    problems: list[Problem] = []
    _collect(case, condition, found, problems, ())
    if problems:
        raise CaseError(problems)
    return in_story_order(case, found)


def indicator(case: Case, condition: Expression) -> Table:
    """Return 1 where the condition holds and 0 elsewhere, over ``mentioned(case, condition)``; the last axis
    is 1.

    ``otherwise`` alone holds everywhere. Raises ``CaseError`` for an unknown name or a table beyond
    ``LARGEST_TABLE``.
    """
    axes = mentioned(case, condition)
    refuse_large(case, axes, condition.place, "this condition")
    shape = shape_of(case, axes)
    holds = np.broadcast_to(_holds(case, condition, axes), shape)
    return Table(axes, holds[..., None].astype(np.float64))


def refuse_large(case: Case, axes: Sequence[str], place: Place, what: str, per_cell: int = 1) -> None:
    """Raise ``CaseError`` (Q234) when a table over ``axes`` holds more than ``LARGEST_TABLE`` numbers."""
    shape = shape_of(case, axes)
    size = prod(shape) * per_cell
    if size <= LARGEST_TABLE:
        return
    widest = axes[int(np.argmax(shape))]
    message = f"{what} needs {size:,} numbers over {len(axes)} variables; the limit is {LARGEST_TABLE:,}"
    hint = f'drop "{widest}" ({max(shape)} states) from it, or give that variable fewer states'
    raise CaseError([Problem("Q234", message, place, hint)])


def find_variable(case: Case, name: Name) -> ChanceEvent | DecisionEvent | None:
    """Return the variable a name stands for (``ukraine``, or ``russia.ukraine`` with its actor), or
    ``None``.
    """
    for item in case.story:
        owner = item.by if isinstance(item, DecisionEvent) else item.private
        if name.text == item.id or (owner is not None and name.text == f"{owner}.{item.id}"):
            return item
    return None


def _collect(case: Case, node: Expression, found: set[str], problems: list[Problem], within: tuple[str, ...]) -> None:
    """Gather the variables below ``node`` into ``found`` and its faults into ``problems``."""
    match node:
        case Is():
            item = find_variable(case, node.variable)
            if item is not None:
                found.add(item.id)
            if item is None or not set(node.states) <= set(states_of(item)):
                problems.extend(names_of(case).condition_faults(node))
        case Not(operand):
            _collect(case, operand, found, problems, within)
        case And(operands) | Or(operands):
            for operand in operands:
                _collect(case, operand, found, problems, within)
        case Name() if node.text in within:
            chain = " -> ".join((*within, node.text))
            problems.append(Problem("Q239", f"an event is defined by itself: {chain}", node.place))
        case Name() if node.text in case.events:
            _collect(case, case.events[node.text].condition, found, problems, (*within, node.text))
        case _:
            problems.extend(names_of(case).condition_faults(node))


def _holds(case: Case, node: Expression, axes: tuple[str, ...]) -> Mask:
    """Return where a checked condition holds, broadcastable over ``axes`` (length one where it does not
    matter).
    """
    match node:
        case Is():
            item = find_variable(case, node.variable)
            assert item is not None  # mentioned() has checked the names
            states = states_of(item)
            chosen = np.array([(state in node.states) != node.negated for state in states], dtype=np.bool_)
            shape = [len(states) if axis == item.id else 1 for axis in axes]
            return chosen.reshape(shape)
        case Not(operand):
            return ~_holds(case, operand, axes)
        case And(operands):
            return np.asarray(_combined(case, operands, axes, np.logical_and), dtype=np.bool_)
        case Or(operands):
            return np.asarray(_combined(case, operands, axes, np.logical_or), dtype=np.bool_)
        case Name():
            return _holds(case, case.events[node.text].condition, axes)
        case _:
            return np.ones([1] * len(axes), dtype=np.bool_)


def _combined(case: Case, operands: Sequence[Expression], axes: tuple[str, ...], join: np.ufunc) -> Mask:
    whole = _holds(case, operands[0], axes)
    for operand in operands[1:]:
        whole = join(whole, _holds(case, operand, axes))
    return whole
