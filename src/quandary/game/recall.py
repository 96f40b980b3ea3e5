"""Memory: what a player has forgotten at a decision, and whether it could matter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quandary.game.diagram import Chance, Decision, Diagram
from quandary.game.requisite import requisite_observations
from quandary.game.table import Mask


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
