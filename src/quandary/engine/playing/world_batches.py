"""The worlds of a diagram game taken in batches that follow each other, all worked on in the same arrays.

A table of a large game takes gigabytes in all worlds at once, and most of the time of a pass over fresh memory goes by
until the system hands it out. In batches tables are made once; only numbers that differ from world to world are copied.
"""

from __future__ import annotations

import numpy as np

from quandary.base.arrays import Array
from quandary.base.memory import NUMBER
from quandary.engine.expressions import ExpressionStep
from quandary.engine.playing.diagram_play import DiagramPlay
from quandary.engine.playing.planned_diagram import PlannedDiagram
from quandary.game.protocol import Profile, WorldBatches

BATCH_BYTES = 128 << 20
"""The tables of one batch take about so much."""


class DiagramBatches(WorldBatches):
    """``game.protocol.WorldBatches`` for a diagram; it starts with the first batch. ``profile`` is changed in place."""

    def __init__(self, game: PlannedDiagram, profile: Profile) -> None:
        worlds = profile[0].shape[-1]
        self._whole = game
        self._part = game.in_worlds(np.arange(worlds, dtype=np.intp))
        self._profile = profile
        self._play = DiagramPlay(self._part, profile)
        self._worth = [self._worth_of(point) for point in range(len(profile))]

    def show(self, first: int) -> slice:
        """Put the batch that begins with this world in place, the last one back to a whole batch; return its worlds."""
        first = min(first, self._whole.worlds - self._part.worlds)
        some = slice(first, first + self._part.worlds)
        self._play.show(self._whole.constants.tables, some)
        return some

    def values(self, point: int) -> Array:
        """Return the point's action values; valid until the next change."""
        return self._play.values(point)

    def settle(self, point: int, choice: Array, best: Array) -> None:
        """Go on with a choice that gets ``best`` ``(sets, W)`` of the point's values, the same array in each batch."""
        node = self._worth[point]
        if node is None:
            np.copyto(self._profile[point], choice)
            self._play.set(point, self._profile[point])
        else:
            self._play.supply(node, best)

    def _worth_of(self, point: int) -> int | None:
        """Return the node of what the point's choice gets where nothing else asks for the choice itself."""
        game, decision = self._part, self._part.decisions[point]
        book, wanted = game.plan.book, game.wanted[point].node
        policy = game.plan.factor(decision.name)
        users = [n for n in book.needed(game.roots) if policy in book.nodes[n].operands]
        if wanted is None or len(users) != 1 or book.nodes[wanted].axes != (*decision.parents, decision.name):
            return None
        node = book.nodes[users[0]]
        alone = (
            node.step is ExpressionStep.PRODUCT
            and set(node.operands) == {policy, wanted}
            and node.axes == decision.parents
        )
        return users[0] if alone else None


def worlds_in_a_batch(game: PlannedDiagram) -> int:
    """Return the number of worlds in a batch: all of them where their tables are small enough."""
    book = game.plan.book
    sizes = [book.nodes[n].size for n in book.needed(game.roots) if book.nodes[n].source is None]
    per_world = NUMBER * (sum(sizes) + sum(game.size(d) for d in game.decisions))
    count = max(1, -(-game.worlds * per_world // BATCH_BYTES))
    return min(-(-game.worlds // min(count, game.worlds)), game.affordable)
