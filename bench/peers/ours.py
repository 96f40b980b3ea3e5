"""Time our solver on one job: ``python ours.py JOB SIZE``; prints seconds per game and what it cost in all as JSON."""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from games import chain, influence_diagram, signalling

from quandary.solve.solver import solve


def timed(make, repeats: int) -> tuple[float, float]:
    walls = []
    residual = 0.0
    for _ in range(repeats + 1):
        diagram = make()
        before = time.perf_counter()
        solution = solve(diagram, "subgame" if np.isinf(next(iter(diagram.precision.values()))[0]) else "logit")
        walls.append(time.perf_counter() - before)
        residual = max(residual, float(solution.residual.max()))
        if not solution.converged.all():
            raise SystemExit(f"{int((~solution.converged).sum())} worlds did not converge")
    return float(np.median(walls[1:])), residual


def main() -> None:
    job, size = sys.argv[1], int(sys.argv[2])
    states = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    if job in ("signalling", "signalling-steep"):
        steep = 5.0 if job.endswith("steep") else None
        wall, residual = timed(lambda: signalling(size, states=states, uniform=steep), 3 if size <= 1_000 else 1)
        games = size
    elif job == "chain":
        wall, residual = timed(lambda: chain(size), 3)
        games = 1
    elif job == "influence":
        wall, residual = timed(lambda: influence_diagram(size, states), 5)
        games = 1
    elif job == "influence-draws":
        games = 1_000
        wall, residual = timed(lambda: influence_diagram(size, states, draws=games), 3)
    else:
        raise SystemExit(f"no job {job}")
    print(json.dumps({"seconds_per_game": wall / games, "seconds": wall, "residual": residual}))


if __name__ == "__main__":
    main()
