"""quantecon's side of the jobs; runs in its own environment. Its kernels are compiled by numba on first use."""

import json
from pathlib import Path

import numpy as np
import quantecon.game_theory as qe
from serve import serve, timed


def every_equilibrium(path, exact):
    """Every extreme equilibrium by vertex enumeration, in floats."""
    if exact:
        raise NotImplementedError("vertex_enumeration works in floats")
    first, second = (np.array(own) for own in json.loads(Path(path).read_text(encoding="utf-8")))
    game = qe.NormalFormGame((qe.Player(first), qe.Player(second.T.copy())))
    seconds, found = timed(lambda: qe.vertex_enumeration(game))
    return {"seconds": seconds, "count": len(found)}


if __name__ == "__main__":
    qe.vertex_enumeration(qe.NormalFormGame(np.eye(2)[:, :, None] * np.ones(2)))  # compiled here, before the clock runs
    serve({"every_equilibrium": every_equilibrium})
