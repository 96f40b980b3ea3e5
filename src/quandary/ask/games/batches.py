"""Batches of worlds: the case's own game compiled and solved in each, and kept where there is room."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from quandary.ask.games.perceived import play_case
from quandary.ask.games.playing import Played
from quandary.compile.compiler import CompiledCase, Model
from quandary.compile.counting import Counted, counted
from quandary.language.syntax import Expression
from quandary.worlds.job import UniformDraws

KEPT_BYTES = 32 << 20
"""Bytes of solved games kept between passes, so that a later question need not solve again.

Nothing is kept where less than half of the worlds would fit.
"""


@dataclass(frozen=True, eq=False)
class Batch:
    """Some worlds compiled and their own game solved."""

    where: slice
    compiled: CompiledCase
    base: Played

    @property
    def worlds(self) -> int:
        """Return how many worlds it has."""
        return int(self.where.stop - self.where.start)

    def bytes(self) -> int:
        """Return the memory its arrays take."""
        arrays: dict[int, int] = {}
        games = (self.base, *(() if self.base.views is None else self.base.views.games))
        diagrams = (diagram for game in games for diagram in (game.opened, game.diagram))
        for diagram in (self.compiled.diagram, *diagrams):
            tables = [*diagram.tables.values(), *(u.table for u in diagram.utilities)]
            arrays |= {id(table.values): table.values.nbytes for table in tables}
        for game in games:
            arrays |= {id(table.values): table.values.nbytes for table in game.behaviour.values()}
        return sum(arrays.values())


class StageTimes:
    """Time spent, by stage."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Count the time since the last lap to a stage."""
        now = time.perf_counter()
        self.spent[stage] = self.spent.get(stage, 0.0) + now - self._last
        self._last = now


class SolvedBatches:
    """The case's own game in one batch of worlds or the other: solved when it is asked for, kept where there is room.

    Threads may ask at once. What is kept is not sent to another process.
    """

    def __init__(self, model: Model, draws: UniformDraws, room: int = KEPT_BYTES) -> None:
        self.model = model
        self.draws = draws
        self.room = room
        self._kept: dict[int, Batch] = {}
        self._kept_bytes = 0
        self._conditions: dict[Expression, Counted] = {}
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        return SolvedBatches, (self.model, self.draws, self.room)

    def worth_keeping(self, size: float) -> bool:
        """Return whether at least half of the worlds would fit, at so many bytes a world."""
        return size * self.draws.worlds <= 2 * self.room

    def forget(self) -> None:
        """Keep nothing of what was solved: worlds are divided otherwise from now on."""
        self._kept.clear()
        self._kept_bytes = 0

    def solved(self, number: int, where: slice, times: StageTimes | None = None) -> Batch:
        """Return the batch's compiled and solved game, kept from an earlier pass where there was room."""
        batch = self._kept.get(number)
        if batch is not None:
            return batch
        batch = self.compiled(where, times)
        size = batch.bytes()
        with self._lock:
            fits = self._kept_bytes + size <= self.room
            if fits and self.worth_keeping(size / batch.worlds):
                self._kept[number] = batch
                self._kept_bytes += size
        return batch

    def compiled(self, where: slice, times: StageTimes | None = None) -> Batch:
        """Return some worlds compiled and their own game solved."""
        times = times or StageTimes()
        columns = self.draws.between(where.start, where.stop)
        times.lap("draw")
        compiled = self.model.diagram(columns, where.stop - where.start)
        times.lap("compile")
        batch = Batch(where, compiled, play_case(self.model.case, compiled, self.draws.worlds))
        times.lap("solve")
        return batch

    def counted(self, condition: Expression) -> Counted:
        """Return a condition ready to be asked of a game, made once."""
        found = self._conditions.get(condition)
        if found is None:
            found = self._conditions[condition] = counted(self.model.case, condition)
        return found
