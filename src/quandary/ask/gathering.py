"""Streaming worlds through the games: block by block over threads, so that memory grows with the answers only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from quandary.ask.games import ITSELF, Game, PlannedGame
from quandary.ask.heads import HEADS
from quandary.ask.inquiry import Inquiry
from quandary.ask.playing import Played, play, play_after
from quandary.ask.situation import Conditions, Situation, worlds_of
from quandary.ask.worths import with_worths
from quandary.case.compiler import Compiled, Model
from quandary.case.conditions import indicator
from quandary.game.table import Array, Mask, Table
from quandary.language.syntax import Expression

LARGEST_BLOCK = 1024
"""Worlds solved at a time by one thread."""

ASKED = 256
"""Worlds of a block that questions are put to at a time."""

SLICE = 128
"""Worlds in which a decision's information sets are looked at together."""

KEPT_BYTES = 32 << 20
"""Bytes of solved games kept between passes, so that a later question need not solve again.

Nothing is kept where less than half of the worlds would fit.
"""

_Found = tuple[Array, slice, Array]
"""An array of answers, the worlds found, and what was found in them."""

Progress = Callable[[int, int], None]
"""Called with the worlds done and the worlds in all."""


@dataclass(eq=False)
class Gathered:
    """What all inquiries found in all worlds.

    ``values`` and ``within`` hold ``(W,)`` arrays (``within`` only for inquiries with conditions of their own).
    ``evidence`` is P_w(e) in the case's own game. ``converged`` says per game in which worlds the solver got there.
    ``done``
    is false in worlds that an interruption left out. ``seconds`` sums the time of all threads by stage.
    """

    worlds: int
    evidence: Array
    done: Mask
    values: dict[Inquiry, Array] = field(default_factory=dict)
    within: dict[Inquiry, Array] = field(default_factory=dict)
    converged: dict[Game, Mask] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    interrupted: bool = False


@dataclass(frozen=True, eq=False)
class Block:
    """Some worlds compiled and their own game solved."""

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
        self._indicators: dict[Expression, Table] = {}
        self._lock = threading.Lock()

    def gather(self, games: Sequence[PlannedGame], progress: Progress | None = None) -> Gathered:
        """Return every inquiry's answer in every world.

        An interruption (``KeyboardInterrupt``) stops the work and returns what was done, ``interrupted`` set.
        """
        found = Gathered(self.worlds, np.zeros(self.worlds), np.zeros(self.worlds, dtype=np.bool_))
        for planned in games:
            found.converged[planned.game] = np.zeros(self.worlds, dtype=np.bool_)
            for inquiry in planned.inquiries:
                found.values[inquiry] = np.full(self.worlds, np.nan)
                if inquiry.given:
                    found.within[inquiry] = np.zeros(self.worlds)
        stop = threading.Event()
        starts = self._starts()

        def run(number: int) -> int:
            begin, end = starts[number]
            self._one_block(number, slice(begin, end), games, found, stop)
            return end - begin

        self._over_threads(run, len(starts), stop, found, progress)
        return found

    def first_situation(self) -> Situation:
        """Return the case's own game in its first block of worlds (a thousand or so), solved already or now."""
        begin, end = self._starts()[0]
        block = self._solved(0, slice(begin, end), _Clock())
        return Situation(block.base, block.compiled, self._indicator, self.evidence, self.near)

    def _starts(self) -> list[tuple[int, int]]:
        rounds = -(-self.worlds // (LARGEST_BLOCK * self.threads))
        count = min(self.worlds, rounds * self.threads)
        edges = np.linspace(0, self.worlds, count + 1).astype(int)
        return [(int(a), int(b)) for a, b in pairwise(edges)]

    def _over_threads(
        self,
        run: Callable[[int], int],
        blocks: int,
        stop: threading.Event,
        found: Gathered,
        progress: Progress | None,
    ) -> None:
        done = 0
        with ThreadPoolExecutor(max_workers=self.threads) as pool:
            waiting: list[Future[int]] = [pool.submit(run, number) for number in range(blocks)]
            try:
                for future in as_completed(waiting):
                    done += future.result()
                    if progress is not None:
                        progress(done, self.worlds)
            except KeyboardInterrupt:
                found.interrupted = True
            finally:
                if any(not future.done() for future in waiting):
                    stop.set()
                    pool.shutdown(wait=True, cancel_futures=True)

    def _one_block(
        self, number: int, where: slice, games: Sequence[PlannedGame], found: Gathered, stop: threading.Event
    ) -> None:
        clock = _Clock()
        block = self._solved(number, where, clock)
        answers: list[_Found] = []
        for planned in games:
            if stop.is_set():
                return
            played = block.base
            if planned.game != ITSELF:
                played = play_after(block.base, *planned.game, planned.again)
                clock.lap("solve again" if planned.again else "ask")
            for begin in range(where.start, where.stop, ASKED):
                some = slice(begin, min(begin + ASKED, where.stop))
                answers += self._asked(block, played, planned, some, where.start, found)
            clock.lap("ask")
            found.converged[planned.game][where] = played.converged
        for target, there, values in answers:
            target[there] = values
        found.done[where] = True
        with self._lock:
            for stage, seconds in clock.spent.items():
                found.seconds[stage] = found.seconds.get(stage, 0.0) + seconds

    def _asked(
        self, block: Block, played: Played, planned: PlannedGame, where: slice, first: int, found: Gathered
    ) -> Iterator[_Found]:
        """Yield every answer in some of a block's worlds, and where it belongs."""
        part = slice(where.start - first, where.stop - first)
        compiled, there = worlds_of(block.compiled, part), played.in_worlds(part)
        situation = Situation(there, compiled, self._indicator, planned.kept.conditions, self.near)
        if planned.game == ITSELF:
            yield found.evidence, where, situation.chance(self.evidence)
        for inquiry, values in _answers(planned.inquiries, situation):
            yield found.values[inquiry], where, values
            if inquiry.given:
                yield found.within[inquiry], where, situation.within(inquiry)

    def _solved(self, number: int, where: slice, clock: _Clock) -> Block:
        """Return the block's compiled and solved game, kept from an earlier pass where there was room."""
        block = self._kept.get(number)
        if block is not None:
            return block
        columns = {name: column[where] for name, column in self.uniforms.items()}
        compiled = self.model.diagram(columns, where.stop - where.start)
        clock.lap("compile")
        block = Block(compiled, play(with_worths(compiled)))
        clock.lap("solve")
        size = block.bytes()
        worth_keeping = size * self.worlds <= 2 * self.room * block.compiled.diagram.worlds
        with self._lock:
            if worth_keeping and self._kept_bytes + size <= self.room:
                self._kept[number] = block
                self._kept_bytes += size
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


def merged(first: Gathered, second: Gathered) -> Gathered:
    """Return two passes over the same worlds as one."""
    converged = dict(first.converged)
    for game, mask in second.converged.items():
        converged[game] = converged[game] & mask if game in converged else mask
    seconds = {
        stage: first.seconds.get(stage, 0.0) + second.seconds.get(stage, 0.0)
        for stage in _stages(first.seconds, second.seconds)
    }
    return Gathered(
        first.worlds,
        np.where(second.done, second.evidence, first.evidence),
        first.done & second.done,
        {**first.values, **second.values},
        {**first.within, **second.within},
        converged,
        seconds,
        first.interrupted or second.interrupted,
    )


def _stages(*timed: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(stage for one in timed for stage in one))
