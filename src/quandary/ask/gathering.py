"""Streaming worlds through the games: batch by batch over workers, so that memory grows with the answers only.

A batch is a few whole blocks of the design, solved together. Which worlds make one follows from their number alone
(``quantities.design.batches_of``): so an answer is the same to the last bit on any number of processors, in this
thread, in threads or in processes (``worlds.runners``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from quandary.ask.games.batches import KEPT_BYTES, Batch, SolvedBatches, StageTimes
from quandary.ask.games.evidence import StandingEvidence
from quandary.ask.games.gathered import BatchAnswers, GameAnswers, GatheredAnswers
from quandary.ask.games.planned import PlannedGame
from quandary.ask.games.playing import Played
from quandary.ask.games.reckoning import Reckoned
from quandary.ask.games.situation import GameSituation
from quandary.ask.inquiry import EVERYTHING, ITSELF, Inquiry
from quandary.ask.query.measures import MEASURES
from quandary.base.arrays import Array
from quandary.base.memory import allowance, shared_by
from quandary.base.stopping import STOPS, Stopped, StopToken
from quandary.compile.compiler import Model
from quandary.engine.compilation import compiling_has_begun
from quandary.quantities.design import batches_of
from quandary.solve.preparing import compile_all
from quandary.worlds.choice import runner_for
from quandary.worlds.gathering import Progress, gather
from quandary.worlds.job import Job, UniformDraws

Look = Callable[[GameSituation], Any]
"""What is found in the case's own game in a batch of worlds; it can be sent to another process, and so can its find."""

Take = Callable[[slice, Any], None]
"""Takes what was found in a batch, with its worlds."""

ASKED = 1280
"""Worlds of a batch that questions are put to at a time."""

SLICE = 256
"""Worlds in which a decision's information sets are looked at together."""

REHEARSED = 8
"""Worlds done ahead of workers in other processes."""

APART = 512
"""Worlds from which processes pay."""

HELD = 4
"""So many times its tables are held at most while a block is compiled and solved."""

AT_ONCE = 1 << 30
"""Bytes of tables worked out in one batch at most: a sign to stop is seen between batches, and what is done is kept."""


@dataclass(frozen=True, eq=False)
class Answering:
    """Answers a job's questions in one batch of worlds after the other; it can be sent to another process.

    ``look`` is what else is found in the case's own game there, each world weighing ``weights`` (W,) beside the
    evidence.
    """

    job: Job[PlannedGame]
    batches: SolvedBatches
    look: Look | None = None
    weights: Array | None = None

    def __call__(self, number: int, stop: StopToken) -> BatchAnswers:
        """Return every answer in a batch's worlds. Raises ``Stopped``."""
        times = StageTimes()
        return self.answers(self.batches.solved(number, self.job.batches[number], times), stop, times)

    def answers(self, batch: Batch, stop: StopToken, times: StageTimes) -> BatchAnswers:
        """Return every answer in the worlds of a batch that is solved. Raises ``Stopped``."""
        games = []
        evidence = tuple(np.empty(batch.worlds) for _ in self.job.evidence)
        for planned in self.job.games:
            if stop.given():
                raise Stopped
            played = batch.base
            if planned.game != ITSELF:
                played = planned.after(batch.base, batch.compiled)
                times.lap("solve again" if planned.is_solved else "ask")
            values = tuple(np.empty(batch.worlds) for _ in planned.inquiries)
            within = tuple(np.empty(batch.worlds) if inquiry.given else None for inquiry in planned.inquiries)
            solved = tuple(np.ones(batch.worlds, dtype=np.bool_) if i.solves_anew else None for i in planned.inquiries)
            for part, situation in self._situations(batch, played, planned):
                if planned.game == ITSELF:
                    for conditions, chance in zip(self.job.evidence, evidence, strict=True):
                        chance[part] = situation.chance(conditions)
                for found, own in zip(_values(planned.inquiries, situation), values, strict=True):
                    own[part] = found
                for inquiry, own_chance in zip(planned.inquiries, within, strict=True):
                    if own_chance is not None:
                        own_chance[part] = situation.within(inquiry)
                for inquiry, there in zip(planned.inquiries, solved, strict=True):
                    if there is not None and inquiry in situation.unsolved:
                        there[part] = ~situation.unsolved[inquiry]
            times.lap("ask")
            games.append(GameAnswers(np.array(played.converged), values, within, solved))
        beside = None
        if self.look is not None:
            standing = self.job.games[0].conditions  # the case's own game comes first
            weights = None if self.weights is None else self.weights[batch.where]
            found_there = GameSituation(
                batch.base, batch.compiled, self.batches.counted, standing, self.job.near, weights=weights
            )
            beside = self.look(found_there)
            times.lap("ask")
        return BatchAnswers(evidence, tuple(games), times.spent, batch.bytes() / batch.worlds, beside)

    def _situations(self, batch: Batch, played: Played, planned: PlannedGame) -> Iterator[tuple[slice, GameSituation]]:
        """Yield a game in some of a batch's worlds after the other, and which they are, counted in the batch."""
        for begin in range(0, batch.worlds, ASKED):
            part = slice(begin, min(begin + ASKED, batch.worlds))
            compiled, some = batch.compiled.in_worlds(part), played.in_worlds(part)
            yield part, GameSituation(some, compiled, self.batches.counted, planned.conditions, self.job.near)


def _values(inquiries: Sequence[Inquiry], situation: GameSituation) -> list[Array]:
    """Return every inquiry's values in the situation's worlds.

    Questions at a decision hold a number for each option at each information set, so they go through the worlds in
    slices.
    """
    found = {i: MEASURES[i.head](i, _asked_of(situation, i)) for i in inquiries if i.decision is None}
    at_decisions = [inquiry for inquiry in inquiries if inquiry.decision is not None]
    pieces: dict[Inquiry, list[Array]] = {inquiry: [] for inquiry in at_decisions}
    for begin in range(0, situation.worlds if at_decisions else 0, SLICE):
        part = situation.in_worlds_of(slice(begin, begin + SLICE))
        for inquiry in at_decisions:
            pieces[inquiry].append(MEASURES[inquiry.head](inquiry, part))
    found.update((inquiry, np.concatenate(some)) for inquiry, some in pieces.items())
    return [found[inquiry] for inquiry in inquiries]


def _asked_of(situation: GameSituation, inquiry: Inquiry) -> GameSituation:
    """Return the situation that an inquiry is asked of: as it is, as its actor sees it, with some choosing blindly."""
    seen = situation.seen_by(inquiry.actor) if inquiry.as_seen and inquiry.actor is not None else situation
    return seen.blind(inquiry.blindly)


class Gathering:
    """One case's worlds: solves them batch by batch and asks them questions.

    ``partial`` is what the last pass found so far, for whoever looks on between two batches.
    """

    def __init__(
        self,
        model: Model,
        draws: UniformDraws,
        *,
        standing: StandingEvidence,
        near: float,
        threads: int,
        keeps: bool = True,
        stop: StopToken | None = None,
    ) -> None:
        self.model = model
        self.draws = draws
        self.worlds = draws.worlds
        self._batches = batches_of(draws.worlds)
        self.standing = standing
        self.near = near
        self.threads = threads
        self.stop = stop
        self._solved = SolvedBatches(model, draws, KEPT_BYTES if keeps else 0)
        self._bytes = float("inf")
        self.reckoned = Reckoned(0, 0)
        self.partial: GatheredAnswers | None = None

    def gather(
        self,
        games: Sequence[PlannedGame],
        progress: Progress | None = None,
        *,
        look: Look | None = None,
        hand: Take | None = None,
        weights: Array | None = None,
    ) -> GatheredAnswers:
        """Return every inquiry's answer in every world, and ``hand`` over, batch by batch, what a ``look`` finds there.

        ``weights`` (W,) are what worlds weigh there beside the evidence.

        An interruption (``KeyboardInterrupt``, or the token that was handed in) stops the work and returns what was
        done, ``interrupted`` set.
        """
        self._fit()
        kept = (one.conditions for planned in games for one in planned.kept.values())
        evidence = tuple(dict.fromkeys((self.standing.kept(EVERYTHING).conditions, *kept)))
        found = self.partial = GatheredAnswers.of(self.worlds, games, evidence)
        job = Job(self.model.case.sha256, self.draws, self._batches, tuple(games), evidence, self.near)
        work = Answering(job, self._solved, look, weights)
        workers = self.workers()
        heavy = self.worlds >= APART and not self._solved.worth_keeping(self._bytes)
        runner, apart = runner_for(len(self._batches), workers, heavy=heavy)

        def take(number: int, answers: BatchAnswers) -> None:
            found.add(self._batches[number], games, answers)
            self._bytes = answers.bytes
            if hand is not None:
                hand(self._batches[number], answers.found)

        try:
            if apart:
                found.spend(self._rehearsed(work).seconds)
            with shared_by(workers):
                whole = gather(runner, work, self._batches, take, stop=self.stop, progress=progress)
        except STOPS:
            whole = False
        found.interrupted = not whole
        return found

    def workers(self) -> int:
        """Return how many workers can share the memory allowed: a batch each, and two worlds at once of all else."""
        longest = max((where.stop - where.start for where in self._batches), default=1)
        one = max(1, 2 * self.reckoned.heaviest, HELD * self.reckoned.tables * longest)
        return max(1, min(self.threads, allowance().bytes // one))

    def forget(self) -> None:
        """Keep no solved game, nor what the last pass found."""
        self._solved.forget()
        self.partial = None

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
            self._solved.forget()

    def situations(self, weights: Array | None = None) -> Iterator[GameSituation]:
        """Yield the case's own game in one batch of worlds after the other, solved already or now.

        ``weights`` (W,) are what worlds weigh beside the evidence.
        """
        for number, where in enumerate(self._batches):
            batch = self._solved.solved(number, where)
            own = None if weights is None else weights[where]
            counted, standing = self._solved.counted, self.standing.conditions
            yield GameSituation(batch.base, batch.compiled, counted, standing, self.near, weights=own)

    def converges(self, world: int) -> bool:
        """Return whether the case's own game is solved in a world, by solving it beside the same others as ever."""
        number = next(i for i, where in enumerate(self._batches) if world < where.stop)
        where = self._batches[number]
        return bool(self._solved.solved(number, where).base.converged[world - where.start])

    def _rehearsed(self, work: Answering) -> BatchAnswers:
        """Do a few worlds, which are done again: what is planned and loaded once is then there in forked workers.

        Nor do processes compile the same code beside each other, where none is kept yet.
        """
        times = StageTimes()
        answers = work.answers(self._solved.compiled(slice(0, REHEARSED), times), StopToken(outer=self.stop), times)
        if compiling_has_begun():
            compile_all()
        return answers
