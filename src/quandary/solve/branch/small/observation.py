"""Being watched on the way along the curve of a small game: whether to go on, and where one stands."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from quandary.base.arrays import Array
from quandary.game.protocol import Agenda, Game, LeafForm, TrailPoint


def note_keeper(game: Game, form: LeafForm, method: str) -> Callable[[float, Array], None] | None:
    """Return what asks the game's watch at every step and keeps its trail, ``None`` where nobody watches."""
    watch, trail = game.watch, game.trail
    if watch is None:
        return None
    together = Agenda(tuple(range(len(game.points))), (), ())
    others = np.delete(np.arange(len(form.set_of)), form.starts)
    first = form.starts[form.set_of]

    def note(scale: float, odds: Array) -> None:
        watch.step()
        if trail is not None and scale == 0.0:
            trail.begin(method)
        if trail is not None:
            trail.note(method, TrailPoint(game, together, scale, (odds - odds[first])[others][:, None]))

    return note


def stop_asker(game: Game) -> Callable[[float, Array], None] | None:
    """Return what asks the game's watch at every step and keeps nothing, ``None`` where nobody watches."""
    watch = game.watch
    return None if watch is None else lambda scale, odds: watch.step()
