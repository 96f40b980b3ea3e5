"""From a steep point of the principal branch to its limit, in one world: further up the branch, then exactly.

1. ``climb``: Newton's method on the log-odds of all decisions that rely on each other, up to double the precision from
   rung to rung, each rung predicted by the two before as a straight line in 1 / precision (values of options converge
   like that line). No decision answers another inside a step: Newton's method gets lost in steep answers to answers.
2. ``supports``: the options whose probability does not die away over the last rungs.
3. ``level``: all other options get probability zero; the log-odds are moved by the least that makes the options of
   every support exactly equal (Gauss-Newton with minimal norm). Log-probabilities of what has probability zero stay in
   the unknowns: they say which of two never-made mistakes is the likelier, and so the beliefs at unreached sets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quandary.game.protocol import Game, Play, Profile
from quandary.game.table import Array, Mask
from quandary.solve.agenda import Agenda
from quandary.solve.polish import polish
from quandary.solve.steepness import Steep
from quandary.solve.sweep import Sweep
from quandary.solve.trail import Mark, trail_of

RUNGS = 200
STEEPEST = 2.0**10
"""The highest rung: farther up, the rounding of payoffs times precision is larger than what is still to come."""

BACK = 8.0
"""The last rung is compared with one of so many times smaller a precision."""

GROWTH = (0.002, 0.03, 0.7)
"""The smallest, first and largest step from rung to rung in the logarithm of precision."""

UNKNOWNS_AT_MOST = 600

NUDGE = 1e-4
SETTLED = 1e-5
FARTHEST = 3.0
"""A rung is refused if Newton's method ends farther than this (in log-odds, where a choice is mixed) from its start."""

GONE = 1e-12
DYING = 0.5
SIZEABLE = 1e-4
LIVELY = -20.0


@dataclass(frozen=True, eq=False)
class Rung:
    """A point of the branch: the scale of all precisions, and every option's log-odds against its set's best.

    ``odds`` has one array ``(sets, options)`` per decision point, ``-inf`` for barred options.
    """

    scale: float
    odds: tuple[Array, ...]


@dataclass(frozen=True, eq=False)
class Levelled:
    """An assessment: exact choices ``(sets, options)`` per point, and the log-odds that rank what is never chosen.

    ``equations`` counts the equalities of options to be met, ``missed`` is the largest inequality left as a share of
    the player's payoff range, ``rank`` how many of them can be met independently by moving any log-odds, ``loose`` in
    how many directions the mixing can change, to first order, with all of them met.
    """

    choice: tuple[Array, ...]
    odds: tuple[Array, ...]
    equations: int
    missed: float
    rank: int
    loose: int


def climb(game: Steep, agenda: Agenda, state: Array) -> list[Rung]:
    """Return points of the branch from scale 1 on, as far up as it can be seen.

    ``state`` ``(n, 1)`` is a point of the branch at scale 1; the game has one world.
    """
    _, profile = polish(game, agenda, state, 1e-10)
    together = Agenda((*agenda.carriers, *agenda.pass_), (), agenda.after)
    sweep = Sweep(game, together)
    if sweep.size > UNKNOWNS_AT_MOST:
        return []
    wide = Sweep(game.in_worlds(np.zeros(sweep.size + 1, dtype=np.intp)), together)
    guess = sweep.start([own.copy() for own in profile])
    rungs: list[Rung] = []
    done: list[tuple[float, Array]] = []
    scale, growth = 1.0, GROWTH[1]
    trail = trail_of(game)
    for _ in range(RUNGS):
        found = _settled(wide, _predicted(done, scale) if done else guess, scale)
        if found is None:
            growth /= 4.0
            if not done or growth < GROWTH[0]:
                break
        else:
            done.append((scale, found))
            rungs.append(_rung(game, sweep, found, scale))
            if trail is not None:
                trail.note("climb", Mark(game, together, scale, found))
            if scale >= STEEPEST:
                break
            growth = min(growth * 1.6, GROWTH[2])
        scale = min(done[-1][0] * float(np.exp(growth)), STEEPEST)
    return rungs


def _predicted(done: list[tuple[float, Array]], scale: float) -> Array:
    """Return the state at a scale, as a straight line in 1 / scale through the last two (or towards zero odds)."""
    last, state = done[-1]
    if len(done) == 1:
        flat: Array = np.where(np.abs(state) * last < 30.0, state * last / scale, state)
        return flat
    before, earlier = done[-2]
    slope = (state - earlier) / (1.0 / last - 1.0 / before)
    ahead: Array = state + slope * (1.0 / scale - 1.0 / last)
    return ahead


def _settled(wide: Sweep, guess: Array, scale: float) -> Array | None:
    """Return the fixed point at the scale near the guess, or ``None`` if Newton's method does not settle close by."""
    size = wide.size
    state = guess.copy()
    if not size:
        return state
    for _ in range(12):
        many = np.repeat(state, size + 1, axis=1)
        nudge = NUDGE / scale
        many[np.arange(size), np.arange(1, size + 1)] += nudge
        images = wide(many, np.array([scale]))
        slopes = (images[:, 1:] - images[:, :1]) / nudge
        try:
            step = np.linalg.solve(np.eye(size) - slopes, images[:, :1] - state)
        except np.linalg.LinAlgError:
            return None
        if not np.isfinite(step).all():
            return None
        state = state + step
        if np.abs(step).max() * scale <= SETTLED * max(1.0, float(np.abs(state).max()) * scale * 1e-9):
            before, after = np.exp(-np.abs(guess * scale)), np.exp(-np.abs(state * scale))
            mixed = np.maximum(before, after) > 1e-3
            moved = np.abs(state - guess) * scale
            return state if moved[mixed].max(initial=0.0) <= FARTHEST else None
    return None


def _rung(game: Steep, sweep: Sweep, state: Array, scale: float) -> Rung:
    sweep(state, np.array([scale]))
    profile = [own.copy() for own in sweep.finish(np.array([scale]))]
    values = _last_values(game, sweep, len(profile))
    odds = []
    for point, value in zip(game.points, values, strict=True):
        steep = value[..., 0] * float(point.precision[0]) * scale
        steep = np.where(point.allowed, steep, -np.inf)
        odds.append(steep - steep.max(axis=1, keepdims=True))
    return Rung(scale, tuple(odds))


def _last_values(game: Game, sweep: Sweep, count: int) -> Profile:
    """Return every point's values under the profile that the sweep has left, logarithms included."""
    return [sweep.play.values(point).copy() for point in range(count)]


def supports(rungs: list[Rung]) -> list[tuple[Mask, ...]]:
    """Return which options may keep a probability in the limit, likeliest guess first; none where too few rungs tell.

    First those that do not die away over the last rungs, then all that are not small at the last.
    """
    if not rungs or rungs[-1].scale < BACK:
        return []
    late = rungs[-1]
    early = _before(rungs)
    lasting, sizeable = [], []
    for after, before in zip(late.odds, early.odds, strict=True):
        chosen, chosen_before = _shares(after), _shares(before)
        lasting.append((chosen > GONE) & (chosen > DYING * chosen_before))
        sizeable.append(chosen > SIZEABLE)
    return [tuple(lasting), tuple(sizeable)]


def ahead(rungs: list[Rung]) -> tuple[Array, ...]:
    """Return the log-odds that the last rungs lead to: lines in 1 / precision, where an option does not die away."""
    late, early = rungs[-1], _before(rungs)
    share = early.scale / (late.scale - early.scale)
    found = []
    for after, before in zip(late.odds, early.odds, strict=True):
        finite = (after > LIVELY) & (before > LIVELY)
        drift = np.where(finite, after, 0.0) - np.where(finite, before, 0.0)
        found.append(np.where(np.abs(drift) < 1.0, after + drift * share, after))
    return tuple(found)


def _before(rungs: list[Rung]) -> Rung:
    """Return the steepest rung of at most a ``BACK``-th of the last one's precision."""
    return [rung for rung in rungs if rung.scale * BACK <= rungs[-1].scale * 1.001][-1]


def _shares(odds: Array) -> Array:
    weights = np.exp(odds)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def level(game: Game, odds: tuple[Array, ...], kept: tuple[Mask, ...], ranges: dict[str, float]) -> Levelled:
    """Return the equilibrium on the given supports that is nearest to the log-odds, with the beliefs that they mean."""
    system = _System(game, odds, kept, ranges)
    unknown = system.start()
    gaps, slopes = system.linearised(unknown)
    best, missed = unknown, float(np.abs(gaps).max(initial=0.0))
    for _ in range(10):
        if missed <= 1e-15:
            break
        step = np.linalg.lstsq(slopes, gaps, rcond=1e-7)[0]
        unknown = unknown - step
        gaps, slopes = system.linearised(unknown)
        now = float(np.abs(gaps).max(initial=0.0))
        if not now < missed:
            break
        best, missed = unknown, now
    _, slopes = system.linearised(best)
    own = slopes[:, system.mixing]
    rank = int(np.linalg.matrix_rank(slopes, tol=1e-6)) if slopes.size else 0
    loose = int(system.mixing.sum()) - (int(np.linalg.matrix_rank(own, tol=1e-6)) if own.size else 0)
    choice, levelled = system.assessment(best[:, None])
    flat = tuple(c[..., 0] for c in choice), tuple(o[..., 0] for o in levelled)
    return Levelled(*flat, len(gaps), missed, rank, loose)


class _System:
    """The equalities of options inside supports, as functions of all log-odds; one world, copied as needed."""

    def __init__(self, game: Game, odds: tuple[Array, ...], kept: tuple[Mask, ...], ranges: dict[str, float]) -> None:
        self.game = game
        self.odds = odds
        self.kept = kept
        self.spread = [ranges[p.player] or 1.0 for p in game.points]
        best = [own.argmax(axis=1) for own in odds]
        self.free: list[tuple[int, int, int]] = []
        self.equal: list[tuple[int, int, int, int]] = []
        for k, point in enumerate(game.points):
            played = point.in_play[:, 0]
            for s, a in np.argwhere(np.isfinite(odds[k]) & played[:, None]).tolist():
                if a != best[k][s]:
                    self.free.append((k, s, a))
                    if kept[k][s, a]:
                        self.equal.append((k, s, a, int(best[k][s])))
        self.mixing = np.array([bool(kept[k][s, a]) for k, s, a in self.free], dtype=np.bool_)
        if not self.equal:
            self.free = []
            self.mixing = self.mixing[:0]

    def start(self) -> Array:
        """Return the unknowns as the odds given."""
        return np.array([self.odds[k][s, a] for k, s, a in self.free])

    def assessment(self, unknowns: Array) -> tuple[Profile, Profile]:
        """Return choices and log-probabilities ``(sets, options, copies)`` for unknowns ``(n, copies)``."""
        copies = unknowns.shape[1]
        many = [np.repeat(own[..., None], copies, axis=2) for own in self.odds]
        for (k, s, a), row in zip(self.free, unknowns, strict=True):
            many[k][s, a] = row
        choices, logs = [], []
        for own, kept in zip(many, self.kept, strict=True):
            weights = np.where(kept[..., None], np.exp(own), 0.0)
            choices.append(weights / weights.sum(axis=1, keepdims=True))
            logs.append(own - np.log(np.exp(own).sum(axis=1, keepdims=True)))
        return choices, logs

    def linearised(self, unknown: Array) -> tuple[Array, Array]:
        """Return the inequalities inside supports as shares of payoff ranges, and their derivative."""
        copies = len(unknown) + 1
        nudges = 1e-5
        many = np.repeat(unknown[:, None], copies, axis=1)
        many[np.arange(len(unknown)), np.arange(1, copies)] += nudges
        game = self.game.in_worlds(np.zeros(copies, dtype=np.intp))
        play = playing(game, *self.assessment(many))
        gaps = np.zeros((len(self.equal), copies))
        values = {k: play.values(k).copy() for k in {k for k, *_ in self.equal}}
        for row, (k, s, a, b) in enumerate(self.equal):
            gaps[row] = (values[k][s, a] - values[k][s, b]) / self.spread[k]
        return gaps[:, 0], (gaps[:, 1:] - gaps[:, :1]) / nudges


def playing(game: Game, choices: Profile, logs: Profile) -> Play:
    """Return a play of choices in which whatever has probability zero is as unlikely as its logarithm says."""
    play = game.play([own.copy() for own in choices])
    for point, (choice, log) in enumerate(zip(choices, logs, strict=True)):
        rare = (choice == 0.0) & np.isfinite(log)
        play.set(point, choice, log if rare.any() else None)
    return play
