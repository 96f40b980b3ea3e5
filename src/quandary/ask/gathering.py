"""Streaming worlds through the games: batch by batch over workers, so that memory grows with the answers only.

A batch is a few whole blocks of the design, solved together. Which worlds make one follows from their number alone
(``quantities.design.batches_of``): so an answer is the same to the last bit on any number of processors, in threads or
in processes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from quandary.ask.games.gathered import GatheredAnswers
from quandary.ask.games.planned import ITSELF, Game, PlannedGame
from quandary.ask.games.playing import Played, play, play_after
from quandary.ask.games.reckoning import Reckoned
from quandary.ask.games.situation import Conditions, GameSituation, worlds_of
from quandary.ask.games.worths import with_worths
from quandary.ask.inquiry import Inquiry
from quandary.ask.query.measures import MEASURES
from quandary.base.arrays import Array, Mask
from quandary.base.isolation import can_fork
from quandary.base.memory import allowance, shared_by
from quandary.compile.compiler import CompiledCase, Model
from quandary.compile.counting import Counted, counted
from quandary.engine.compilation import compiling_has_begun
from quandary.language.syntax import Expression
from quandary.quantities.design import batches_of
from quandary.solve.preparing import compile_all
from quandary.worlds.workers import StoppedError, StopToken, over_forks, over_threads, shared_array, shared_mask

ASKED = 1280
"""Worlds of a batch that questions are put to at a time."""

SLICE = 256
"""Worlds in which a decision's information sets are looked at together."""

REHEARSED = 8
"""Worlds done ahead of forked workers."""

FORKED = 512
"""Worlds from which processes pay."""

HELD = 4
"""So many times its tables are held at most while a block is compiled and solved."""

AT_ONCE = 1 << 30
"""Bytes of tables worked out in one batch at most: a sign to stop is seen between batches, and what is done is kept."""

KEPT_BYTES = 32 << 20
"""Bytes of solved games kept between passes, so that a later question need not solve again.

Nothing is kept where less than half of the worlds would fit.
"""

_Found = tuple[Array, slice, Array]
"""An array of answers, the worlds found, and what was found in them."""

Progress = Callable[[int, int], None]
"""Called with the worlds done and the worlds in all."""


class UniformDraws(Protocol):
    """Uniforms of every uncertain number in so many ``worlds``."""

    worlds: int

    def between(self, start: int, stop: int) -> Mapping[str, Array]:
        """Return those of the worlds ``start`` to ``stop`` (exclusive)."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Some worlds compiled and their own game solved."""

    where: slice
    compiled: CompiledCase
    base: Played

    def bytes(self) -> int:
        """Return the memory its arrays take."""
        arrays: dict[int, int] = {}
        for diagram in (self.compiled.diagram, self.base.opened, self.base.diagram):
            tables = [*diagram.tables.values(), *(u.table for u in diagram.utilities)]
            arrays |= {id(table.values): table.values.nbytes for table in tables}
        arrays |= {id(table.values): table.values.nbytes for table in self.base.behaviour.values()}
        return sum(arrays.values())


@dataclass(frozen=True)
class _BatchCost:
    """What a batch took: seconds by stage, and bytes a world to keep it."""

    seconds: dict[str, float]
    bytes: float


@dataclass(frozen=True, eq=False)
class _Posed:
    """A batch's game and what is asked of it."""

    batch: Batch
    played: Played
    planned: PlannedGame


class Gathering:
    """One case's worlds: solves them batch by batch and asks them questions."""

    def __init__(
        self,
        model: Model,
        draws: UniformDraws,
        *,
        evidence: Conditions,
        near: float,
        threads: int,
        keeps: bool = True,
    ) -> None:
        self.model = model
        self.draws = draws
        self.worlds = draws.worlds
        self._batches = batches_of(draws.worlds)
        self.evidence = evidence
        self.near = near
        self.threads = threads
        self.room = KEPT_BYTES if keeps else 0
        self._kept: dict[int, Batch] = {}
        self._kept_bytes = 0
        self._bytes = float("inf")
        self.reckoned = Reckoned(0, 0)
        self._conditions: dict[Expression, Counted] = {}
        self._lock = threading.Lock()

    def gather(self, games: Sequence[PlannedGame], progress: Progress | None = None) -> GatheredAnswers:
        """Return every inquiry's answer in every world.

        An interruption (``KeyboardInterrupt``) stops the work and returns what was done, ``interrupted`` set.
        """
        self._fit()
        found = GatheredAnswers(self.worlds, shared_array(self.worlds, 0.0), shared_mask(self.worlds))
        for planned in games:
            found.converged[planned.game] = shared_mask(self.worlds)
            for inquiry in planned.inquiries:
                found.values[inquiry] = shared_array(self.worlds, np.nan)
                if inquiry.given:
                    found.within[inquiry] = shared_array(self.worlds, 0.0)
        stop, batches = StopToken(), self._batches
        forks = self._forks(len(batches))
        share = over_forks if forks else over_threads
        done = 0

        def work(number: int) -> _BatchCost:
            clock = _Clock()
            return self._one_batch(self._solved(number, batches[number], clock), games, found, stop, clock)

        try:
            if forks:
                found.spend(self._rehearsed(games, found, stop).seconds)
            workers = self._workers()
            with shared_by(workers), closing(share(work, len(batches), workers, stop)) as shares:
                for number, told in shares:
                    found.add(batches[number], told.seconds)
                    self._bytes = told.bytes
                    done += batches[number].stop - batches[number].start
                    if progress is not None:
                        progress(done, self.worlds)
        except KeyboardInterrupt:
            found.interrupted = True
        return found

    def _forks(self, batches: int) -> bool:
        """Return whether batches go to processes: not where solved games are worth keeping for a later question."""
        enough = batches > 1 and self.threads > 1 and self.worlds >= FORKED
        return enough and can_fork() and not self._worth_keeping(self._bytes)

    def _worth_keeping(self, size: float) -> bool:
        """Return whether at least half of the worlds would fit, at so many bytes a world."""
        return size * self.worlds <= 2 * self.room

    def _workers(self) -> int:
        """Return how many workers can share the memory allowed: a batch each, and two worlds at once of all else."""
        longest = max((where.stop - where.start for where in self._batches), default=1)
        one = max(1, 2 * self.reckoned.heaviest, HELD * self.reckoned.tables * longest)
        return max(1, min(self.threads, allowance().bytes // one))

    def _fit(self) -> None:
        """Divide batches that would not fit in the memory allowed or take long; that hangs on no processor."""
        fitting = allowance().bytes // max(1, HELD * self.reckoned.tables)
        most = max(1, min(fitting, AT_ONCE // max(1, self.reckoned.heaviest)))
        if any(where.stop - where.start > most for where in self._batches):
            self._batches = tuple(
                slice(first, min(first + most, where.stop))
                for where in self._batches
                for first in range(where.start, where.stop, most)
            )
            self._kept.clear()
            self._kept_bytes = 0

    def situations(self) -> Iterator[GameSituation]:
        """Yield the case's own game in one batch of worlds after the other, solved already or now."""
        for number, where in enumerate(self._batches):
            batch = self._solved(number, where, _Clock())
            yield GameSituation(batch.base, batch.compiled, self._counted, self.evidence, self.near)

    def converges(self, world: int) -> bool:
        """Return whether the case's own game is solved in a world, by solving it beside the same others as ever."""
        number = next(i for i, where in enumerate(self._batches) if world < where.stop)
        where = self._batches[number]
        return bool(self._solved(number, where, _Clock()).base.converged[world - where.start])

    def _rehearsed(self, games: Sequence[PlannedGame], found: GatheredAnswers, stop: StopToken) -> _BatchCost:
        """Do a few worlds, which are done again: what is planned and loaded once is then there in forked workers.

        Nor do these compile the same code beside each other, where none is kept yet.
        """
        clock = _Clock()
        told = self._one_batch(self._compiled(slice(0, REHEARSED), clock), games, found, stop, clock)
        if compiling_has_begun():
            compile_all()
        return told

    def _one_batch(
        self, batch: Batch, games: Sequence[PlannedGame], found: GatheredAnswers, stop: StopToken, clock: _Clock
    ) -> _BatchCost:
        """Write every answer in a batch's worlds, all of them or, when stopped, none."""
        where = batch.where
        answers: list[_Found] = []
        converged: list[tuple[Game, Mask]] = []
        for planned in games:
            if stop.given():
                raise StoppedError
            played = batch.base
            if planned.game != ITSELF:
                played = play_after(batch.base, *planned.game, planned.again)
                clock.lap("solve again" if planned.again else "ask")
            answers += self._asked(_Posed(batch, played, planned), found)
            clock.lap("ask")
            converged.append((planned.game, played.converged))
        for target, there, values in answers:
            target[there] = values
        for game, mask in converged:
            found.converged[game][where] = mask
        return _BatchCost(clock.spent, batch.bytes() / (where.stop - where.start))

    def _asked(self, posed: _Posed, found: GatheredAnswers) -> Iterator[_Found]:
        """Yield every answer in a batch's worlds, and where it belongs."""
        planned, where = posed.planned, posed.batch.where
        for begin in range(where.start, where.stop, ASKED):
            some = slice(begin, min(begin + ASKED, where.stop))
            part = slice(some.start - where.start, some.stop - where.start)
            compiled, played = worlds_of(posed.batch.compiled, part), posed.played.in_worlds(part)
            situation = GameSituation(played, compiled, self._counted, planned.kept.conditions, self.near)
            if planned.game == ITSELF:
                yield found.evidence, some, situation.chance(self.evidence)
            for inquiry, values in _answers(planned.inquiries, situation):
                yield found.values[inquiry], some, values
                if inquiry.given:
                    yield found.within[inquiry], some, situation.within(inquiry)

    def _solved(self, number: int, where: slice, clock: _Clock) -> Batch:
        """Return the batch's compiled and solved game, kept from an earlier pass where there was room."""
        batch = self._kept.get(number)
        if batch is not None:
            return batch
        batch = self._compiled(where, clock)
        size = batch.bytes()
        with self._lock:
            fits = self._kept_bytes + size <= self.room
            if fits and self._worth_keeping(size / (where.stop - where.start)):
                self._kept[number] = batch
                self._kept_bytes += size
        return batch

    def _compiled(self, where: slice, clock: _Clock) -> Batch:
        """Return a batch compiled and its own game solved."""
        columns = self.draws.between(where.start, where.stop)
        clock.lap("draw")
        compiled = self.model.diagram(columns, where.stop - where.start)
        clock.lap("compile")
        batch = Batch(where, compiled, play(with_worths(compiled), self.worlds))
        clock.lap("solve")
        return batch

    def _counted(self, condition: Expression) -> Counted:
        found = self._conditions.get(condition)
        if found is None:
            found = counted(self.model.case, condition)
            self._conditions[condition] = found
        return found


def _answers(inquiries: Sequence[Inquiry], situation: GameSituation) -> list[tuple[Inquiry, Array]]:
    """Return every inquiry's values in the situation's worlds.

    Questions at a decision hold a number for each option at each information set, so they go through the worlds in
    slices.
    """
    answers = [
        (inquiry, MEASURES[inquiry.head](inquiry, situation)) for inquiry in inquiries if inquiry.decision is None
    ]
    at_decisions = [inquiry for inquiry in inquiries if inquiry.decision is not None]
    pieces: dict[Inquiry, list[Array]] = {inquiry: [] for inquiry in at_decisions}
    for begin in range(0, situation.worlds if at_decisions else 0, SLICE):
        part = situation.in_worlds_of(slice(begin, begin + SLICE))
        for inquiry in at_decisions:
            pieces[inquiry].append(MEASURES[inquiry.head](inquiry, part))
    return answers + [(inquiry, np.concatenate(found)) for inquiry, found in pieces.items()]


class _Clock:
    """Time spent, by stage."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.spent[stage] = self.spent.get(stage, 0.0) + now - self._last
        self._last = now
