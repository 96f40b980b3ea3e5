"""Where on the branch a solver stands, noted as it goes: what is left to show of a search that does not get there.

A solver notes the points that it accepts; where nobody keeps a trail that costs nothing. A way that has lost the branch
begins anew, and its earlier points with it are no longer kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from quandary.base.arrays import Array
from quandary.game.protocol import Game
from quandary.game.wrapped import Wrapped
from quandary.solve.points.agenda import Agenda

WAY = "the way to the asked rationality, in per cent"


@dataclass(frozen=True, eq=False)
class TrailPoint:
    """A point of the branch of a game of one world: all precisions times ``scale``, the carriers' log-odds at scale one
    ``state`` ``(n, 1)``."""

    game: Game
    agenda: Agenda
    scale: float
    state: Array


class Trail:
    """Keeps for each way of following the branch the steepest point that it came to.

    ``reasons`` say why there is no answer, where that is known.
    """

    def __init__(self, told: Callable[[str, int, int], object] | None = None) -> None:
        self._told = told
        self._marks: dict[str, TrailPoint] = {}
        self.reasons: tuple[str, ...] = ()

    def begin(self, way: str) -> None:
        """Forget what this way came to: it sets out anew."""
        self._marks.pop(way, None)

    def note(self, way: str, mark: TrailPoint) -> None:
        """Keep a point if it is the steepest of its way."""
        before = self._marks.get(way)
        if before is None or mark.scale > before.scale:
            self._marks[way] = mark
            if self._told is not None and mark.scale <= 1.0:
                self._told(WAY, int(100.0 * mark.scale), 100)

    @property
    def steepest(self) -> list[TrailPoint]:
        """Return the steepest point of every way, the steepest of all first."""
        return sorted(self._marks.values(), key=lambda mark: -mark.scale)


def trail_of(game: object) -> Trail | None:
    """Return the trail that is kept of a game of one world, if any is."""
    one: object = game
    while isinstance(one, Wrapped):
        if one.worlds == 1 and isinstance(found := getattr(one, "trail", None), Trail):
            return found
        one = one.game
    return None
