"""What solving the signalling stage costs (three types, moves, replies, chance, second move), and with which code.

    python bench/engine/signalling.py [worlds]

prints processor time a world by tables and by compiled code on one core, wall time a world on two, and one game alone.
Payoffs are unit normal or, the steep case, uniform on (-5, 5); precision is 1.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "peers"))

from games import signalling

from quandary.engine import compiled_code_available
from quandary.solve import LogitSettings, solve

RUNS = 5


def best(clock: Callable[[], float], work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the least that the work took on the clock, after once for nothing."""
    work()
    took = []
    for _ in range(runs):
        begun = clock()
        work()
        took.append(clock() - begun)
    return min(took)


def compared(worlds: int, spread: float | None) -> None:
    """Print one line for a kind of payoffs."""
    name = "unit-normal payoffs" if spread is None else f"payoffs uniform to {spread:g}"
    few, many = signalling(max(1000, worlds // 10), uniform=spread), signalling(worlds, uniform=spread)
    os.environ["QUANDARY_KERNEL"] = "numpy"
    compiled_code_available.cache_clear()
    tables = best(time.process_time, lambda: solve(few), 2) / few.worlds
    alone = [signalling(1, seed=seed, uniform=spread) for seed in range(30)]
    single = statistics.median(best(time.process_time, lambda own=own: solve(own), 1) for own in alone)
    os.environ["QUANDARY_KERNEL"] = ""
    compiled_code_available.cache_clear()
    one = best(time.process_time, lambda: solve(many)) / worlds
    wall = best(time.perf_counter, lambda: solve(many)) / worlds
    two = best(time.perf_counter, lambda: solve(many, settings=LogitSettings(threads=2))) / worlds
    solved = solve(many)
    print(
        f"{name}: {1e6 * tables:.0f} us a world by tables, {1e6 * one:.1f} compiled ({tables / one:.1f} times faster);"
        f" two threads {wall / two:.2f} times; one game {1e3 * single:.1f} ms; converged {solved.converged.mean():.3%},"
        f" worst residual {solved.residual.max():.0e}"
    )


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for kind in (None, 5.0):
        compared(count, kind)
