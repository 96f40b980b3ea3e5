"""What solving a diagram of the flagship's structure costs: one sweep, one block, two threads over blocks.

python bench/engine/solving.py [worlds]
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from flagship_like import flagship_like

from quandary.engine import DiagramGame
from quandary.game import prune
from quandary.solve import Sweep, agenda_of
from quandary.solve.logit import logit


def sweep_cost(game: DiagramGame, worlds: int) -> float:
    """Return seconds a world for one sweep over that many worlds at once."""
    part = game.in_worlds(np.arange(worlds))
    sweep = Sweep(part, agenda_of(part))
    state, one = sweep.start(sweep.profile), np.ones(worlds)
    sweep(state, one)
    rounds = 10
    begun = time.perf_counter()
    for _ in range(rounds):
        sweep(state, one)
    return (time.perf_counter() - begun) / rounds / worlds


def main(worlds: int) -> None:
    """Print the costs."""
    game = DiagramGame(prune(flagship_like(worlds)).diagram)
    for count in (n for n in (32, 64, 128, 256) if n <= worlds):
        print(f"one sweep of {count} worlds: {1e6 * sweep_cost(game, count):.0f} microseconds a world")
    blocks = np.array_split(np.arange(worlds), max(1, worlds // 500))
    for threads in (1, 2):
        begun, used = time.perf_counter(), time.process_time()
        with ThreadPoolExecutor(threads) as pool:
            results = list(pool.map(lambda block: logit(game.in_worlds(block)), blocks))
        took, used = time.perf_counter() - begun, time.process_time() - used
        sweeps = sum(r.sweeps for r in results) / worlds
        worst = max(r.residual.max() for r in results)
        print(
            f"{worlds} worlds, {threads} threads: {took:.2f} s ({used:.2f} s of processor),"
            f" {sweeps:.1f} sweeps a world,"
            f" {sum(r.traced.sum() for r in results)} traced, worst residual {worst:.0e}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
