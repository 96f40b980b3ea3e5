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


def one_equilibrium(path):
    """One equilibrium by the algorithm of Lemke and Howson."""
    first, second = np.load(path)
    game = qe.NormalFormGame((qe.Player(first), qe.Player(second.T.copy())))
    seconds, (_, told) = timed(lambda: qe.lemke_howson(game, full_output=True))
    if not told.converged:
        raise RuntimeError(f"no equilibrium after {told.num_iter} steps")
    return {"seconds": seconds, "count": 1}


if __name__ == "__main__":
    small = qe.NormalFormGame(np.eye(2)[:, :, None] * np.ones(2))
    qe.vertex_enumeration(small)  # compiled here, before the clock runs
    qe.lemke_howson(small, full_output=True)
    serve({"one_equilibrium": one_equilibrium, "every_equilibrium": every_equilibrium})
