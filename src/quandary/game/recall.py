"""Memory: what a player has forgotten at a decision, and whether it could matter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quandary.base.arrays import Mask
from quandary.base.problems import Refusal
from quandary.game.diagram import Chance, Decision, Diagram
from quandary.game.graphs.requisite import requisite_observations
from quandary.game.trees.tree import forgetful_sets
from quandary.game.trees.unroll import HISTORIES_AT_MOST, Unrolled, idle, unroll

HISTORIES_JUDGED = 200_000
"""Up to so many histories it is looked at whether a player forgets where the arrows do not say so."""


def with_memory(diagram: Diagram) -> Diagram:
    """Return the diagram in which every player remembers its own moves and what it saw (*no-forgetting*)."""
    known: dict[str, dict[str, None]] = {}
    variables: list[Chance | Decision] = []
    for variable in diagram.variables:
        if isinstance(variable, Chance):
            variables.append(variable)
            continue
        memory = known.setdefault(variable.player, {})
        memory.update(dict.fromkeys(variable.parents))
        variables.append(replace(variable, parents=tuple(memory)))
        memory[variable.name] = None
    return replace(diagram, variables=tuple(variables))


def truly_forgotten(diagram: Diagram) -> dict[str, tuple[str, ...]]:
    """Return the decisions at which something their player saw or did earlier is unknown and could matter, and what.

    A memory could matter if it is requisite in the diagram in which nothing is ever forgotten. What is seen may
    imply what was done: a test's result shows that a test was made (``implied``).
    """
    complete = requisite_observations(with_memory(diagram))
    found = {}
    for decision in diagram.decisions:
        unknown = set(complete[decision.name]) - set(decision.parents) - implied(diagram, decision)
        if unknown:
            found[decision.name] = tuple(name for name in complete[decision.name] if name in unknown)
    return found


def with_implied_memory(diagram: Diagram) -> Diagram:
    """Return the diagram in which memories that observations imply are observed too: the same game, said in full."""
    complete = with_memory(diagram)
    variables: list[Chance | Decision] = []
    for variable in diagram.variables:
        if isinstance(variable, Decision):
            said = implied(diagram, variable)
            more = tuple(p for p in complete.variable(variable.name).parents if p in said)
            variables.append(replace(variable, parents=(*variable.parents, *more)))
        else:
            variables.append(variable)
    return replace(diagram, variables=tuple(variables))


def remembers(diagram: Diagram) -> bool:
    """Return whether every player has perfect recall in the diagram as it is written (Kuhn 1953).

    Where the arrows do not say so, its tree of histories does; of one that is too large it is not known, and denied.
    """
    if diagram.agent_form_only:
        return False
    complete = with_memory(diagram)
    if all(set(complete.variable(d.name).parents) <= {*d.parents, *implied(diagram, d)} for d in diagram.decisions):
        return True
    try:
        return not forgetful_sets(unroll(diagram, without=idle(diagram), limit=HISTORIES_JUDGED).tree)
    except Refusal:
        return False


def unrolled_with_recall(slim: Diagram, written: Diagram, *, limit: int = HISTORIES_AT_MOST) -> Unrolled:
    """Return the histories of a diagram without the observations that cannot matter, perfect recall kept.

    What cannot matter to a choice may still be needed to remember one's own: where ``written``, the diagram before it
    was made slim, has perfect recall and the slim one's tree has not, players remember there what they saw and did.
    Raises ``Refusal`` (Q420) for a diagram with more histories than ``limit``.
    """
    plain = unroll(slim, without=idle(slim), limit=limit)
    if not forgetful_sets(plain.tree) or not remembers(written):
        return plain
    fuller = with_memory(slim)
    return unroll(fuller, without=idle(fuller), limit=limit)


def implied(diagram: Diagram, decision: Decision) -> set[str]:
    """Return variables that are no observation of the decision but are certain given its observations.

    Sound, not complete: a variable counts if some known chance variable depends on it and each of that one's states
    is possible under only one of its states.
    """
    known = set(decision.parents)
    found: set[str] = set()
    while True:
        more = {
            parent
            for child in diagram.chances
            if child.name in known
            for parent in child.parents
            if parent not in known and _reveals(diagram, child, parent)
        }
        if not more:
            return found
        known |= more
        found |= more


def _reveals(diagram: Diagram, child: Chance, parent: str) -> bool:
    table = diagram.tables[child.name]
    possible: Mask = np.moveaxis(table.values > 0, table.axes.index(parent), 0)
    pairs = np.moveaxis(possible, -2, 1).reshape(possible.shape[0], possible.shape[-2], -1).any(axis=-1)
    return bool((pairs.sum(axis=0) <= 1).all())
