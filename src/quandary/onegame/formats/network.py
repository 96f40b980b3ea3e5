"""A Bayesian network or influence diagram from a file: its variables checked and put in order, as a diagram."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem, nearest
from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.graphs.graph import in_order_of_time
from quandary.game.graphs.possible import possible_cases
from quandary.game.table import Table
from quandary.game.validation import faults

PLAYER = "decision maker"
"""The one player of an influence diagram."""

CELLS_AT_MOST = 5_000_000
"""So many numbers the tables of a network may hold together."""

TOO_LARGE = f"{CELLS_AT_MOST:,} are read: give it fewer parents, or fewer states"
VARIABLES_AT_MOST = 10_000
PARENTS_AT_MOST = 30
"""Arrays have no more axes than numpy allows (32 in its oldest version used here)."""

SUM_TOLERANCE = 1e-3
"""So far from one a row of a network's table may sum, as printed decimals do; it is then divided by its sum."""

EXACT_SUM = 1e-12
"""Rows that sum to one as nearly as floats do stay as they are, so that what is written reads back the same."""

SUMS = f"write probabilities that sum to one, to {SUM_TOLERANCE:g}"


@dataclass(frozen=True, eq=False)
class Rows:
    """Probabilities whose last axis sums to one. ``blank`` marks rows that were all zero and now are even."""

    values: Array
    blank: Mask | None


def checked_rows(values: Array) -> Rows | str:
    """Return probabilities, each row divided by its sum, or what is wrong with them as the end of a sentence.

    Rows of zeros are kept: GeNIe, Hugin and others write them where the parents' states cannot come together
    (``network_of`` checks that).
    """
    if (values < 0).any():
        return "one of them is negative"
    sums = values.sum(axis=-1, keepdims=True)
    blank = sums == 0
    wrong = ~blank & (np.abs(sums - 1) > SUM_TOLERANCE)
    if wrong.any():
        first = int(np.flatnonzero(wrong.ravel())[0])
        which = f"row {first + 1} of {sums.size} sums" if sums.size > 1 else "they sum"
        return f"{which} to {float(sums.ravel()[first]):.6g}"
    exact = np.abs(sums - 1) <= EXACT_SUM
    even = np.where(blank, 1.0 / values.shape[-1], np.where(exact, values, values / np.where(blank, 1.0, sums)))
    return Rows(even, blank[..., 0] if blank.any() else None)


def variable_fault(
    name: str, states: Sequence[str] | None, parents: Sequence[str], known: Mapping[str, Sequence[str]]
) -> tuple[str, str, str] | None:
    """Return what is wrong with a variable's states and parents, ``None`` if nothing is: code, sentence, next step.

    ``states`` is ``None`` for a utility; ``known`` holds the states of every variable that can be a parent.
    """
    if states is not None and not states:
        return "Q609", f'"{name[:40]}" has no states.', "list its states"
    if states is not None and not all(states):
        return "Q609", f'"{name[:40]}" has a state without a name.', "name every state"
    twice = next((s for i, s in enumerate(states or ()) if s in (states or ())[:i]), None)
    if twice is not None:
        return "Q609", f'"{name[:40]}" has the state "{twice[:40]}" twice.', "give each state its own name"
    if len(parents) > PARENTS_AT_MOST:
        return "Q602", f'"{name[:40]}" has {len(parents)} parents.', f"give it {PARENTS_AT_MOST} at most"
    for i, parent in enumerate(parents):
        if parent not in known:
            hint = nearest(parent, known) or "declare it, or leave it out"
            return "Q609", f'the parent "{parent[:40]}" of "{name[:40]}" is no variable with states.', hint
        if parent in parents[:i]:
            return "Q609", f'"{name[:40]}" has the parent "{parent[:40]}" twice.', "name each parent once"
    return None


def parents_fault(name: str, parents: Sequence[str], known: Mapping[str, Sequence[str]]) -> tuple[str, str, str] | None:
    """Return what is wrong with the parents of a node, itself among them, where no two nodes share a name."""
    fault = variable_fault(name, None, parents, known)
    if fault is None and name in parents:
        return "Q609", f'"{name[:40]}" is a parent of itself.', "name other variables as its parents"
    return fault


def network_of(
    variables: Sequence[Chance | Decision],
    tables: Mapping[str, Table],
    file: str,
    utilities: Iterable[Utility] = (),
    *,
    blank: Mapping[str, Table] | None = None,
    places: Mapping[str, Place] | None = None,
) -> Diagram:
    """Return the diagram in one world, parents before children, otherwise in the order of the file.

    ``blank`` marks, over a variable's parents, the rows that the file leaves all zero; ``places`` says where variables
    stand. Raises ``CaseError`` for a circle, for a blank row that can be reached, and for what validation finds.
    """
    where = places or {}
    start = Place(file, 1, 1)
    if not variables:
        hint = "get the file whole, or declare the variables"
        raise CaseError([Problem("Q608", "the file holds no variables.", start, hint)])
    if len(variables) > VARIABLES_AT_MOST:
        message = f"the network has {len(variables):,} variables."
        raise CaseError([Problem("Q602", message, start, f"{VARIABLES_AT_MOST:,} are read: cut it down")])
    by_name = {v.name: v for v in variables}
    order = [by_name[name] for name in in_order_of_time({v.name: v.parents for v in variables})]
    if len(order) < len(variables):
        circling = next(v.name for v in variables if v not in order)
        message = f'the arrows run in a circle, through "{circling[:40]}" or from it.'
        hint = "take an arrow away: what comes later cannot act on what came before"
        raise CaseError([Problem("Q609", message, where.get(circling, start), hint)])
    players = dict.fromkeys(v.player for v in order if isinstance(v, Decision))
    diagram = Diagram(tuple(order), tables, tuple(utilities), {p: np.ones(1) for p in players}, blank=blank or {})
    found = [Problem(p.code, p.message, start, p.hint or "mend the file there") for p in faults(diagram)]
    if found:
        raise CaseError(found)
    for name in diagram.blank:
        check_blank(diagram, name, where.get(name, start))
    return diagram


def check_blank(diagram: Diagram, name: str, place: Place) -> None:
    """Refuse rows of zeros unless the parents' states of each have no chance to come together."""
    possible = possible_cases(diagram, name)
    parents = diagram.variable(name).parents
    if possible is None:
        message = f'the table of "{name[:40]}" has rows of zeros, and whether they can be reached is too much to tell.'
        raise CaseError([Problem("Q607", message, place, "write any probabilities there that sum to one")])
    reached = np.argwhere(possible & (diagram.blank[name].values[..., 0] > 0))
    if len(reached):
        states = [diagram.variable(p).states[i] for p, i in zip(parents, reached[0], strict=True)]
        case = ", ".join(f"{p} = {s}" for p, s in zip(parents, states, strict=True)) or "always"
        message = f'the probabilities of "{name[:40]}" are all zero where {case[:80]}, which can happen.'
        raise CaseError([Problem("Q607", message, place, SUMS)])
