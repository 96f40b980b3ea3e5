"""A window on a diagram game: a few worlds worked on side by side, whose places other worlds can take.

The arrays of a pass are made once for the window's width. When worlds have converged, others are shown in their
places: only numbers are copied, nothing is planned or allocated anew. What no choice changes is computed once, for the
whole game, and copied from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.engine.evaluating.evaluation import Evaluation
from quandary.engine.expressions import Input
from quandary.engine.playing.diagram_play import DiagramPlay
from quandary.engine.playing.planned_diagram import PlannedDiagram
from quandary.engine.support import barred_of
from quandary.game.protocol import DecisionPoint, Profile, Window

Lanes = NDArray[np.intp] | slice


class DiagramWindow(Window):
    """``game.protocol.Window`` for a diagram: ``index`` names the world of the whole game that each lane shows."""

    def __init__(self, game: PlannedDiagram, index: NDArray[np.intp]) -> None:
        self.game = game
        self.index = index.copy()
        self._copies: list[tuple[Array, Array]] = []
        self._marks: list[tuple[Mask, Mask]] = []
        precision = {player: self._precision(values) for player, values in game.diagram.precision.items()}
        self._points = tuple(
            replace(
                point,
                precision=precision[point.player],
                in_play=self._in_play(point.in_play),
                usual=None if point.usual is None else self._shown(point.usual),
            )
            for point in game.points
        )

    @property
    def points(self) -> Sequence[DecisionPoint]:
        """Return the game's points in the worlds shown."""
        return self._points

    @property
    def worlds(self) -> int:
        """Return the number of lanes."""
        return len(self.index)

    @property
    def uneven(self) -> bool:
        """Return whether the sets in play differ from world to world."""
        return bool(self._marks)

    def show(self, lanes: Lanes, worlds: Lanes) -> None:
        """Put the named worlds of the whole game into the lanes."""
        self.index[lanes] = np.arange(self.game.worlds, dtype=np.intp)[worlds] if isinstance(worlds, slice) else worlds
        for mine, theirs in self._copies:
            mine[..., lanes] = theirs[..., worlds]
        for shown, known in self._marks:
            shown[..., lanes] = known[..., worlds]

    def play(self, profile: Profile) -> DiagramPlay:
        """Return a play of the worlds shown, in the profile's own arrays."""
        return DiagramPlay(self.game, profile, self)

    def evaluation(self, policies: Mapping[Input, Array]) -> Evaluation:
        """Return the evaluation of what the policies change, in the worlds shown."""
        return _WindowEvaluation(self, policies)

    @cached_property
    def held(self) -> dict[int, Array]:
        """Return, for the nodes that no choice changes but a pass needs, their values in the worlds shown."""
        book = self.game.plan.book
        roots = self.game.roots
        needed = [book.nodes[n] for n in book.needed(roots)]
        constant = {n for node in needed if node.inputs for n in node.operands if not book.nodes[n].inputs}
        constant |= {n for n in roots if not book.nodes[n].inputs}
        return {number: self._shown(self.game.constants.value(number)) for number in sorted(constant)}

    def _shown(self, values: Array) -> Array:
        """Return the values in the worlds shown, kept up to date from now on."""
        if values.shape[-1] == 1:
            return values
        mine = np.ascontiguousarray(values[..., self.index])
        self._copies.append((mine, values))
        return mine

    def _precision(self, values: Array) -> Array:
        return values if len(values) == 1 else self._shown(values)

    def _in_play(self, marks: Mask) -> Mask:
        if marks.shape[-1] == 1:
            return marks
        mine = np.ascontiguousarray(marks[..., self.index])
        self._marks.append((mine, marks))
        return mine


class _WindowEvaluation(Evaluation):
    """An evaluation in which what no choice changes comes from the window."""

    def __init__(self, window: DiagramWindow, policies: Mapping[Input, Array]) -> None:
        game = window.game
        super().__init__(game.plan.book, {**game.constants.tables, **policies}, lambda: barred_of(game.diagram))
        self._window = window
        self._arrays.update(window.held)
        self._fresh.update(window.held)

    def tables_in(self, lanes: NDArray[np.intp]) -> Mapping[Input, Array]:
        """Return the tables in some lanes."""
        worlds = self._window.index[lanes]
        return {
            source: table if table.shape[-1] == 1 else table[..., lanes if source.kind == "policy" else worlds]
            for source, table in self.tables.items()
        }

    def possible(self, number: int) -> Mask:
        """Return where a joint probability is not zero by chance or by what is barred, in the worlds shown."""
        mask = self._window.game.possible_joint(number)
        return mask if mask.shape[-1] == 1 else mask[..., self._window.index]
