"""A chain of n decisions by two actors in turn, payoffs between neighbours only: cost should grow as n."""

from __future__ import annotations

import sys
import time

import numpy as np

from quandary.game import Decision, Diagram, Table, Utility
from quandary.solve import solve


def chain(length: int, *, worlds: int = 1, seed: int = 1, memory: bool = False, seen: bool = True) -> Diagram:
    """Return the chain; with ``memory`` each actor also recalls its own moves and all it saw."""
    rng = np.random.default_rng(seed)
    names = [f"d{i}" for i in range(length)]
    known: dict[str, list[str]] = {"a": [], "b": []}
    decisions = []
    for i, name in enumerate(names):
        player = "ab"[i % 2]
        fresh = [names[i - 1]] if i and seen else []
        parents = [n for n in names if n in fresh or (memory and n in known[player])]
        known[player] = [*parents, name]
        decisions.append(Decision(name, ("x", "y", "z"), player, tuple(parents)))
    utilities = tuple(
        Utility(f"{player}{i}", player, Table((names[i - 1], names[i]), rng.normal(size=(3, 3, worlds))))
        for player in "ab"
        for i in range(1, length)
    )
    return Diagram(tuple(decisions), {}, utilities, {"a": np.ones(1), "b": np.ones(1)}, worlds)


if __name__ == "__main__":
    for count in [int(a) for a in sys.argv[1:]] or [5, 10, 50, 100, 200]:
        for memory in (False, True):
            diagram = chain(count, memory=memory)
            begun = time.perf_counter()
            solution = solve(diagram)
            took = time.perf_counter() - begun
            print(f"n={count} memory={memory}: {took:.3f} s, residual {solution.residual.max():.1e}")
