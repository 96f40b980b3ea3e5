"""What it costs that a decision says what is usual: the same diagram solved without and with, pair by pair.

python bench/engine/usual.py [worlds] [pairs]; the first of two numbers is by tables, the second by compiled code.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from dataclasses import replace

import numpy as np
from flagship_like import flagship_like

from quandary.engine import compiled_code_available
from quandary.game import Diagram, Table, prune
from quandary.solve import solve


def with_shares(diagram: Diagram, worlds: int) -> Diagram:
    """Return the diagram with shares of its own at every decision in every world."""
    rng = np.random.default_rng(0)
    usual = {
        d.name: Table((d.name,), np.exp(0.5 * rng.normal(size=(len(d.states), worlds)))) for d in diagram.decisions
    }
    return replace(diagram, usual=usual)


def seconds(diagram: Diagram) -> float:
    """Return the processor's seconds for one solution."""
    begun = time.process_time()
    assert solve(diagram).converged.all()
    return time.process_time() - begun


def main(worlds: int, pairs: int) -> None:
    """Print the ratio of the seconds with what is usual to those without, median (smallest to largest)."""
    plain = prune(flagship_like(worlds)).diagram
    usual = with_shares(plain, worlds)
    for way in ("numpy", ""):
        os.environ["QUANDARY_KERNEL"] = way
        compiled_code_available.cache_clear()
        seconds(plain), seconds(usual)  # compiled, and in the caches
        ratios = [seconds(usual) / seconds(plain) for _ in range(pairs)]
        told = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        print(f"{'tables' if way else 'compiled code'}, {worlds} worlds, {pairs} pairs: {told}")


if __name__ == "__main__":
    main(*(int(sys.argv[i]) if len(sys.argv) > i else default for i, default in ((1, 4000), (2, 7))))
