"""Where on the branch a solver stands, noted as it goes: what is left to show of a search that does not get there.

A solver notes the points that it accepts; where nobody keeps a trail that costs nothing. A way that has lost the branch
begins anew, and its earlier points with it are no longer kept.
"""

from __future__ import annotations

from collections.abc import Callable

from quandary.game.protocol import TrailPoint

WAY = "the way to the asked rationality, in per cent"


class Trail:
    """Keeps for each way of following the branch the steepest point that it came to.

    ``reasons`` say why there is no answer, where that is known.
    """

    def __init__(self, progress: Callable[[str, int, int], object] | None = None) -> None:
        self._progress = progress
        self._marks: dict[str, TrailPoint] = {}
        self.reasons: tuple[str, ...] = ()

    def begin(self, method: str) -> None:
        """Forget what this method came to: it sets out anew."""
        self._marks.pop(method, None)

    def note(self, method: str, point: TrailPoint) -> None:
        """Keep a point if it is the steepest of its method."""
        before = self._marks.get(method)
        if before is None or point.scale > before.scale:
            self._marks[method] = point
            if self._progress is not None and point.scale <= 1.0:
                self._progress(WAY, int(100.0 * point.scale), 100)

    @property
    def steepest(self) -> list[TrailPoint]:
        """Return the steepest point of every way, the steepest of all first."""
        return sorted(self._marks.values(), key=lambda mark: -mark.scale)
