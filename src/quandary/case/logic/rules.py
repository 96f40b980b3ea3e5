"""Rule lists planned once: which rule counts in which joint state of the variables it may look at.

A plan knows nothing of worlds. Joint states ("cells") are numbered in C order over the axes; cells in which
the same rules count share one *pattern*, so that numbers are computed once a pattern and then copied to their
cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Mask
from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem, nearest
from quandary.case.logic.conditions import indicator, mentioned, shape_of, states_of
from quandary.case.logic.possible_cells import around, known_in, possible_cells, possible_table
from quandary.case.model import Case
from quandary.language.syntax import Expression, Otherwise

Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Patterns:
    """The distinct ways in which rules combine.

    ``first`` (patterns,) is the index of the first-match rule, ``active`` (patterns, effects) which effects
    apply, and ``cell`` (cells,) the pattern of each joint state of ``axes``, whose cardinalities are
    ``shape``.
    """

    axes: tuple[str, ...]
    shape: tuple[int, ...]
    first: Index
    active: Mask
    cell: Index


def check_scope(case: Case, conditions: Iterable[Expression], allowed: Sequence[str], what: str) -> list[Problem]:
    """Return a fault (Q237) for each variable a condition mentions and the table cannot look at."""
    problems: list[Problem] = []
    for condition in conditions:
        try:
            names = mentioned(case, condition)
        except CaseError as error:
            problems.extend(error.problems)
            continue
        for name in names:
            if name not in allowed:
                message = f'a condition of {what} looks at "{name}", which {what} does not depend on'
                known = ", ".join(allowed) or "nothing"
                hint = nearest(name, allowed) or f"it may look at {known}"
                problems.append(Problem("Q237", message, condition.place, hint))
    return problems


def plan_rules(
    case: Case,
    axes: tuple[str, ...],
    rules: Sequence[Expression],
    effects: Sequence[Expression],
    *,
    place: Place,
    what: str,
) -> Patterns:
    """Return the patterns of a first-match list and a list of effects over ``axes``.

    Every condition must mention only ``axes``. Raises ``CaseError`` (Q233) naming a combination no rule
    covers.
    """
    shape = shape_of(case, axes)
    matches = matching(case, axes, rules)
    covered: Mask = np.logical_or.reduce(matches, axis=0)
    if not covered.all():
        covered = covered | ~possible_cells(case, axes)
    if not covered.all():
        raise CaseError([_uncovered(case, axes, covered, place, what)])
    first = matches.argmax(axis=0)
    active = matching(case, axes, effects)
    rows = np.concatenate([first[:, None], active.T], axis=1)
    distinct, cell = np.unique(rows, axis=0, return_inverse=True)
    return Patterns(axes, shape, distinct[:, 0], distinct[:, 1:].astype(np.bool_), cell.reshape(-1))


def matching(case: Case, axes: tuple[str, ...], conditions: Sequence[Expression]) -> Mask:
    """Return in which joint states of ``axes`` each condition holds, shape ``(conditions, cells)``.

    ``otherwise`` holds where no earlier condition of the list does.
    """
    shape = shape_of(case, axes)
    holds = np.zeros((len(conditions), prod(shape)), dtype=np.bool_)
    for row, condition in enumerate(conditions):
        if isinstance(condition, Otherwise):
            holds[row] = ~holds[:row].any(axis=0)
        else:
            values = indicator(case, condition).over(axes)[..., 0] > 0
            holds[row] = np.broadcast_to(values, shape).reshape(-1)
    return holds


def combination(case: Case, axes: tuple[str, ...], cell: int) -> str:
    """Return a joint state in words: ``unrest = none, deployment = large``."""
    joint = np.unravel_index(cell, shape_of(case, axes)) if axes else ()
    return ", ".join(
        f"{name} = {states_of(case.variable(name))[int(state)]}" for name, state in zip(axes, joint, strict=True)
    )


def unreachable(matches: Mask) -> list[int]:
    """Return the first-match rules that never count, because earlier ones cover all their combinations."""
    taken = np.zeros(matches.shape[1], dtype=np.bool_)
    idle = []
    for row, holds in enumerate(matches):
        if not (holds & ~taken).any():
            idle.append(row)
        taken |= holds
    return idle


def _uncovered(case: Case, axes: tuple[str, ...], covered: Mask, place: Place, what: str) -> Problem:
    missing = int(np.count_nonzero(~covered))
    cell = int(np.argmin(covered))
    where = combination(case, axes, cell)
    if not where:
        return Problem("Q233", f"{what} has no rule", place, "write one, or `otherwise: ...`")
    more = f" ({missing} of {len(covered)} combinations)" if missing > 1 else ""
    message = f"no rule of {what} covers {where}{more}"
    return Problem("Q233", message, place, "add a rule for it, or end the list with `otherwise: ...`")


def left_where_not_arising(case: Case, conditions: Sequence[Expression], decision: str) -> bool:
    """Return whether the last of some rules counts in a possible state in which a decision does not arise.

    ``False`` where they are faulty or look at too much.
    """
    named = [set(known_in(case, one)) for one in conditions if not isinstance(one, Otherwise)]
    axes = around(case, {decision, *set().union(*named)})
    possible = possible_table(case, axes) if all(named) else None
    if possible is None:
        return False
    left = possible & matching(case, axes, conditions)[-1].reshape(possible.shape)
    return bool(np.take(left, -1, axis=axes.index(decision)).any())
