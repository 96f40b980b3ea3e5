"""Streaming worlds through the games: block by block over workers, so that memory grows with the answers only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from quandary.ask.games import ITSELF, Game, PlannedGame
from quandary.ask.gathered import Gathered
from quandary.ask.heads import HEADS
from quandary.ask.inquiry import Inquiry
from quandary.ask.playing import Played, play, play_after
from quandary.ask.reckoning import Reckoned
from quandary.ask.situation import Conditions, Situation, worlds_of
from quandary.ask.workers import Stop, StoppedError, can_fork, over_forks, over_threads, shared_array, shared_mask
from quandary.ask.worths import with_worths
from quandary.case.compiler import Compiled, Model
from quandary.case.conditions import indicator
from quandary.engine.compiling_told import compiling_has_begun
from quandary.game.table import Array, Mask, Table
from quandary.language.syntax import Expression
from quandary.memory import allowance, shared_by
from quandary.solve.preparing import compile_all

LARGEST_BLOCK = 1280
"""Worlds solved at a time by one thread."""

ASKED = 1280
"""Worlds of a block that questions are put to at a time."""

SLICE = 256
"""Worlds in which a decision's information sets are looked at together."""

REHEARSED = 8
"""Worlds done ahead of forked workers."""

FORKED = 512
"""Worlds from which processes pay."""

HELD = 4
"""So many times its tables are held at most while a block is compiled and solved."""

KEPT_BYTES = 32 << 20
"""Bytes of solved games kept between passes, so that a later question need not solve again.

Nothing is kept where less than half of the worlds would fit.
"""

_Found = tuple[Array, slice, Array]
"""An array of answers, the worlds found, and what was found in them."""

Progress = Callable[[int, int], None]
"""Called with the worlds done and the worlds in all."""


@dataclass(frozen=True, eq=False)
class Block:
    """Some worlds compiled and their own game solved."""

    where: slice
    compiled: Compiled
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
class _Told:
    """What a block took: seconds by stage, and bytes a world to keep it."""

    seconds: dict[str, float]
    bytes: float


@dataclass(frozen=True, eq=False)
class _Posed:
    """A block's game and what is asked of it."""

    block: Block
    played: Played
    planned: PlannedGame


class Gathering:
    """One case's worlds: solves them block by block and asks them questions."""

    def __init__(
        self,
        model: Model,
        uniforms: Mapping[str, Array],
        worlds: int,
        *,
        evidence: Conditions,
        near: float,
        threads: int,
        keeps: bool = True,
    ) -> None:
        self.model = model
        self.uniforms = uniforms
        self.worlds = worlds
        self.evidence = evidence
        self.near = near
        self.threads = threads
        self.room = KEPT_BYTES if keeps else 0
        self._kept: dict[int, Block] = {}
        self._kept_bytes = 0
        self._bytes = float("inf")
        self.reckoned = Reckoned(0, 0)
        self._indicators: dict[Expression, Table] = {}
        self._lock = threading.Lock()

    def gather(self, games: Sequence[PlannedGame], progress: Progress | None = None) -> Gathered:
        """Return every inquiry's answer in every world.

        An interruption (``KeyboardInterrupt``) stops the work and returns what was done, ``interrupted`` set.
        """
        found = Gathered(self.worlds, shared_array(self.worlds, 0.0), shared_mask(self.worlds))
        for planned in games:
            found.converged[planned.game] = shared_mask(self.worlds)
            for inquiry in planned.inquiries:
                found.values[inquiry] = shared_array(self.worlds, np.nan)
                if inquiry.given:
                    found.within[inquiry] = shared_array(self.worlds, 0.0)
        stop, starts = Stop(), self._starts()
        forks = self._forks(len(starts))
        share = over_forks if forks else over_threads
        done = 0

        def work(number: int) -> _Told:
            clock = _Clock()
            return self._one_block(self._solved(number, starts[number], clock), games, found, stop, clock)

        try:
            if forks:
                found.spend(self._rehearsed(games, found, stop).seconds)
            workers = self._workers(min(self.threads, len(starts)))
            with shared_by(workers), closing(share(work, len(starts), workers, stop)) as blocks:
                for number, told in blocks:
                    found.add(starts[number], told.seconds)
                    self._bytes = told.bytes
                    done += starts[number].stop - starts[number].start
                    if progress is not None:
                        progress(done, self.worlds)
        except KeyboardInterrupt:
            found.interrupted = True
        return found

    def _forks(self, blocks: int) -> bool:
        """Return whether blocks go to processes: not where solved games are worth keeping for a later question."""
        enough = blocks > 1 and self.threads > 1 and self.worlds >= FORKED
        return enough and can_fork() and not self._worth_keeping(self._bytes)

    def _worth_keeping(self, size: float) -> bool:
        """Return whether at least half of the worlds would fit, at so many bytes a world."""
        return size * self.worlds <= 2 * self.room

    def _workers(self, most: int) -> int:
        """Return how many workers can share the memory allowed, two worlds each at least."""
        return max(1, min(most, allowance().bytes // max(1, 2 * self.reckoned.heaviest)))

    def _room_for(self, bytes_: int, most: int) -> int:
        """Return in how many worlds at once something that takes so many bytes a world may be worked out."""
        share = allowance().bytes // self._workers(self.threads)
        return max(1, min(most, share // max(1, HELD * bytes_)))

    def first_situation(self) -> Situation:
        """Return the case's own game in its first block of worlds (a thousand or so), solved already or now."""
        block = self._solved(0, self._starts()[0], _Clock())
        return Situation(block.base, block.compiled, self._indicator, self.evidence, self.near)

    def _starts(self) -> list[slice]:
        """Return the worlds of each block."""
        rounds = -(-self.worlds // (self._room_for(self.reckoned.tables, LARGEST_BLOCK) * self.threads))
        count = min(self.worlds, rounds * self.threads)
        edges = np.linspace(0, self.worlds, count + 1).astype(int)
        return [slice(int(a), int(b)) for a, b in pairwise(edges)]

    def _rehearsed(self, games: Sequence[PlannedGame], found: Gathered, stop: Stop) -> _Told:
        """Do a few worlds, which are done again: what is planned and loaded once is then there in forked workers.

        Nor do these compile the same code beside each other, where none is kept yet.
        """
        clock = _Clock()
        told = self._one_block(self._compiled(slice(0, REHEARSED), clock), games, found, stop, clock)
        if compiling_has_begun():
            compile_all()
        return told

    def _one_block(
        self, block: Block, games: Sequence[PlannedGame], found: Gathered, stop: Stop, clock: _Clock
    ) -> _Told:
        """Write every answer in a block's worlds, all of them or, when stopped, none."""
        where = block.where
        answers: list[_Found] = []
        converged: list[tuple[Game, Mask]] = []
        for planned in games:
            if stop.given():
                raise StoppedError
            played = block.base
            if planned.game != ITSELF:
                played = play_after(block.base, *planned.game, planned.again)
                clock.lap("solve again" if planned.again else "ask")
            answers += self._asked(_Posed(block, played, planned), found)
            clock.lap("ask")
            converged.append((planned.game, played.converged))
        for target, there, values in answers:
            target[there] = values
        for game, mask in converged:
            found.converged[game][where] = mask
        return _Told(clock.spent, block.bytes() / (where.stop - where.start))

    def _asked(self, posed: _Posed, found: Gathered) -> Iterator[_Found]:
        """Yield every answer in a block's worlds, and where it belongs."""
        planned, where = posed.planned, posed.block.where
        for begin in range(where.start, where.stop, ASKED):
            some = slice(begin, min(begin + ASKED, where.stop))
            part = slice(some.start - where.start, some.stop - where.start)
            compiled, played = worlds_of(posed.block.compiled, part), posed.played.in_worlds(part)
            situation = Situation(played, compiled, self._indicator, planned.kept.conditions, self.near)
            if planned.game == ITSELF:
                yield found.evidence, some, situation.chance(self.evidence)
            for inquiry, values in _answers(planned.inquiries, situation):
                yield found.values[inquiry], some, values
                if inquiry.given:
                    yield found.within[inquiry], some, situation.within(inquiry)

    def _solved(self, number: int, where: slice, clock: _Clock) -> Block:
        """Return the block's compiled and solved game, kept from an earlier pass where there was room."""
        block = self._kept.get(number)
        if block is not None:
            return block
        block = self._compiled(where, clock)
        size = block.bytes()
        with self._lock:
            fits = self._kept_bytes + size <= self.room
            if fits and self._worth_keeping(size / (where.stop - where.start)):
                self._kept[number] = block
                self._kept_bytes += size
        return block

    def _compiled(self, where: slice, clock: _Clock) -> Block:
        """Return a block compiled and its own game solved."""
        columns = {name: column[where] for name, column in self.uniforms.items()}
        compiled = self.model.diagram(columns, where.stop - where.start)
        clock.lap("compile")
        block = Block(where, compiled, play(with_worths(compiled), self.worlds))
        clock.lap("solve")
        return block

    def _indicator(self, condition: Expression) -> Table:
        table = self._indicators.get(condition)
        if table is None:
            table = indicator(self.model.case, condition)
            self._indicators[condition] = table
        return table


def _answers(inquiries: Sequence[Inquiry], situation: Situation) -> list[tuple[Inquiry, Array]]:
    """Return every inquiry's values in the situation's worlds.

    Questions at a decision hold a number for each option at each information set, so they go through the worlds in
    slices.
    """
    answers = [
        (inquiry, HEADS.find(inquiry.head).function(inquiry, situation))
        for inquiry in inquiries
        if inquiry.decision is None
    ]
    at_decisions = [inquiry for inquiry in inquiries if inquiry.decision is not None]
    pieces: dict[Inquiry, list[Array]] = {inquiry: [] for inquiry in at_decisions}
    for begin in range(0, situation.worlds if at_decisions else 0, SLICE):
        part = situation.in_worlds_of(slice(begin, begin + SLICE))
        for inquiry in at_decisions:
            pieces[inquiry].append(HEADS.find(inquiry.head).function(inquiry, part))
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
