"""Which combinations of a variable's parents can come about at all: support, not probability.

Zeros of chance tables and barred options are followed through the graph by eliminating all other variables from 0/1
tables, one after the other, the cheapest first. Decisions may take every option that is not barred.
"""

from __future__ import annotations

from math import prod

import numpy as np

from quandary.base.arrays import Mask
from quandary.game.diagram import Chance, Diagram
from quandary.game.graphs.graph import graph_of

CELLS_AT_MOST = 20_000_000

Factor = tuple[tuple[str, ...], Mask]
"""Names of axes, and 0/1 over them."""


def possible_cases(diagram: Diagram, name: str) -> Mask | None:
    """Return, over the parents of ``name``, which combinations of their states have a positive chance in any world.

    ``None`` where the tables in between would grow beyond ``CELLS_AT_MOST``.
    """
    parents = diagram.variable(name).parents
    relevant = graph_of(diagram).ancestors(parents) | set(parents)
    sizes = {v.name: len(v.states) for v in diagram.variables}
    factors: list[Factor] = []
    for variable in diagram.variables:
        known = diagram.tables if isinstance(variable, Chance) else diagram.allowed
        if variable.name in relevant and variable.name in known:
            table = known[variable.name]
            factors.append((table.axes, np.asarray((table.values > 0).any(axis=-1))))
    hidden = relevant - set(parents)
    while hidden:
        scopes = {gone: {a for axes, _ in factors if gone in axes for a in axes} for gone in hidden}
        cheapest = min(sorted(hidden), key=lambda gone: prod(sizes[a] for a in scopes[gone]))
        hidden.remove(cheapest)
        if prod(sizes[a] for a in scopes[cheapest]) > CELLS_AT_MOST:
            return None
        touched = [f for f in factors if cheapest in f[0]]
        factors = [f for f in factors if cheapest not in f[0]]
        if touched:
            axes = tuple(sorted(scopes[cheapest]))
            whole = _together(touched, axes, sizes)
            factors.append((tuple(a for a in axes if a != cheapest), np.asarray(whole.any(axis=axes.index(cheapest)))))
    if prod(sizes[p] for p in parents) > CELLS_AT_MOST:
        return None
    return _together(factors, parents, sizes)


def _together(factors: list[Factor], axes: tuple[str, ...], sizes: dict[str, int]) -> Mask:
    """Return where all factors hold, over ``axes``."""
    whole: Mask = np.ones(tuple(sizes[a] for a in axes), dtype=bool)
    for own, values in factors:
        order = sorted(range(len(own)), key=lambda i: axes.index(own[i]))
        shape = tuple(sizes[a] if a in own else 1 for a in axes)
        whole &= values.transpose(order).reshape(shape)
    return whole
