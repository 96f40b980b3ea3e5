"""Which joint states are possible at all where decisions arise only under their conditions, whatever the odds are."""

from __future__ import annotations

from collections.abc import Collection
from math import prod

import numpy as np

from quandary.base.arrays import Mask
from quandary.base.problems import CaseError
from quandary.case.logic.conditions import LARGEST_TABLE, in_story_order, indicator, mentioned, shape_of
from quandary.case.model import Case, DecisionEvent
from quandary.language.syntax import Expression


def known_in(case: Case, condition: Expression) -> tuple[str, ...]:
    """Return the variables that a condition mentions, none where it has faults."""
    try:
        return mentioned(case, condition)
    except CaseError:
        return ()


def around(case: Case, names: Collection[str]) -> tuple[str, ...]:
    """Return the names and all by which decisions among them arise, in the order of the story."""
    found = set(names)
    for item in reversed(_sometimes(case)):
        if item.id in found and item.when is not None:
            found |= set(known_in(case, item.when))
    return in_story_order(case, found)


def may_be(case: Case, condition: Expression, *, bound: bool = True) -> tuple[bool, bool] | None:
    """Return whether a condition can hold, and whether it can fail; ``None`` where it is faulty or looks at too much.

    Without ``bound`` decisions may arise where their conditions fail, and not where they hold.
    """
    names = known_in(case, condition)
    axes = around(case, names) if bound else names
    possible = possible_table(case, axes, bound=bound) if names else None
    if possible is None:
        return None
    holds = np.broadcast_to(indicator(case, condition).over(axes)[..., 0] > 0, possible.shape)
    return bool((possible & holds).any()), bool((possible & ~holds).any())


def possible_cells(case: Case, axes: tuple[str, ...]) -> Mask:
    """Return which joint states of some variables are possible, in C order over ``axes``; all where it is too much."""
    every = around(case, axes)
    possible = possible_table(case, every)
    if possible is None:
        return np.ones(prod(shape_of(case, axes)), dtype=np.bool_)
    kept = np.asarray(possible.any(axis=tuple(number for number, name in enumerate(every) if name not in axes)))
    left = [name for name in every if name in axes]
    return kept.transpose([left.index(name) for name in axes]).reshape(-1)


def _sometimes(case: Case) -> list[DecisionEvent]:
    return [item for item in case.story if isinstance(item, DecisionEvent) and item.when is not None]


def possible_table(case: Case, axes: tuple[str, ...], *, bound: bool = True) -> Mask | None:
    """Return which cells are possible: decisions arise exactly where their condition holds, if they are ``bound``.

    A condition that has faults bounds nothing.
    """
    shape = shape_of(case, axes)
    if prod(shape) > LARGEST_TABLE:
        return None
    possible: Mask = np.ones(shape, dtype=np.bool_)
    for item in _sometimes(case) if bound else ():
        named = () if item.when is None else known_in(case, item.when)
        if item.id in axes and item.when is not None and named and set(named) <= set(axes):
            place = axes.index(item.id)
            there = np.arange(shape[place]) < shape[place] - 1
            own = there.reshape([-1 if number == place else 1 for number in range(len(axes))])
            possible = possible & (own == (indicator(case, item.when).over(axes)[..., 0] > 0))
    return possible
