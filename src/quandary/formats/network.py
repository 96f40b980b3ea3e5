"""A Bayesian network or influence diagram from a file: its variables put in order, as a diagram that is checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.graph import in_order_of_time
from quandary.game.table import Table
from quandary.game.validation import faults
from quandary.places import Place
from quandary.problems import CaseError, Problem

PLAYER = "decision maker"
"""The one player of an influence diagram."""


def network_of(
    variables: Sequence[Chance | Decision],
    tables: Mapping[str, Table],
    file: str,
    utilities: Iterable[Utility] = (),
) -> Diagram:
    """Return the diagram in one world, parents before children, otherwise in the order of the file.

    Raises ``CaseError`` for a circle and for anything that validation finds.
    """
    start = Place(file, 1, 1)
    by_name = {v.name: v for v in variables}
    order = [by_name[name] for name in in_order_of_time({v.name: v.parents for v in variables})]
    if len(order) < len(variables):
        raise CaseError([Problem("Q609", "the arrows run in a circle, or from something unknown.", start)])
    players = dict.fromkeys(v.player for v in order if isinstance(v, Decision))
    diagram = Diagram(tuple(order), tables, tuple(utilities), {p: np.ones(1) for p in players})
    found = [Problem(p.code, p.message, start, p.hint) for p in faults(diagram)]
    if found:
        raise CaseError(found)
    return diagram
