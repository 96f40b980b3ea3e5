"""Being watched on the way along the curve of a small game: whether to go on, and where one stands."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from quandary.base.arrays import Array
from quandary.game.protocol import Game
from quandary.game.trees.leaf_form import LeafForm
from quandary.solve.branch.trail import TrailPoint, trail_of
from quandary.solve.branch.watched import watch_of
from quandary.solve.points.agenda import Agenda


def noting(game: Game, form: LeafForm, way: str) -> Callable[[float, Array], None] | None:
    """Return what asks the game's watch at every step and keeps its trail, ``None`` where nobody watches."""
    watch, trail = watch_of(game), trail_of(game)
    if watch is None:
        return None
    together = Agenda(tuple(range(len(game.points))), (), ())
    others = np.delete(np.arange(len(form.set_of)), form.starts)
    first = form.starts[form.set_of]

    def note(scale: float, odds: Array) -> None:
        watch.step()
        if trail is not None and scale == 0.0:
            trail.begin(way)
        if trail is not None:
            trail.note(way, TrailPoint(game, together, scale, (odds - odds[first])[others][:, None]))

    return note


def asking(game: Game) -> Callable[[float, Array], None] | None:
    """Return what asks the game's watch at every step and keeps nothing, ``None`` where nobody watches."""
    watch = watch_of(game)
    return None if watch is None else lambda scale, odds: watch.step()
