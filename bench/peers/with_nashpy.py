"""Nashpy's side of the jobs; runs in its own environment."""

import json
from pathlib import Path

import nashpy
import numpy as np
from serve import serve, timed


def every_equilibrium(path, exact):
    """Every extreme equilibrium by vertex enumeration, in floats."""
    if exact:
        raise NotImplementedError("vertex_enumeration works in floats")
    first, second = (np.array(own) for own in json.loads(Path(path).read_text(encoding="utf-8")))
    game = nashpy.Game(first, second)
    seconds, found = timed(lambda: list(game.vertex_enumeration()))
    return {"seconds": seconds, "count": len(found)}


def one_equilibrium(path):
    """One equilibrium by the algorithm of Lemke and Howson."""
    first, second = np.load(path)
    game = nashpy.Game(first, second)
    seconds, found = timed(lambda: game.lemke_howson(initial_dropped_label=0))
    if not all(np.isfinite(own).all() for own in found):
        raise RuntimeError("the answer is not a number (a degenerate game)")
    return {"seconds": seconds, "count": 1}


if __name__ == "__main__":
    serve({"one_equilibrium": one_equilibrium, "every_equilibrium": every_equilibrium})
