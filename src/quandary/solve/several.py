"""Other quantal response equilibria than the principal branch's: a search by many starts, in all worlds at once.

The search runs over the log-odds of every decision point in a circle or, where those are too many, of the carriers
alone (``sweep.Sweep``): they hold the whole fixed point, but their map is steeper and what is unstable is missed more
often. Half of the starts are pure choices at random, followed by the map itself for a while; half are mixtures drawn
evenly from each simplex. From there Newton's method, its step halved while it does not help, goes on to a fixed point
or gives up. What is kept differs from everything kept before in some choice probability in play. The search says what
it found: it cannot show that nothing else is there, except where no decision is part of a circle:
then the fixed point is one pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.base.problems import Problem, Refusal
from quandary.game.protocol import Agenda, Game, Profile
from quandary.solve.branch.rules import NUDGE, NUDGED_SHARE
from quandary.solve.branch.sweep import Sweep
from quandary.solve.points.agenda import agenda_of

TOLERANCE = 1e-10
"""The residual of a fixed point: largest difference of a choice probability from the logit rule."""

APART = 1e-6
"""Fixed points that differ by more than this in some choice probability are two."""

LARGEST = 60
"""Up to this many log-odds in circles a game is searched."""

PURE = 30.0
"""Log-odds that stand for a pure choice."""

FARTHEST = 1e5
"""Log-odds that no state of the search passes."""

FOLLOWED = 12
ROUNDS = 40
HALVINGS = 6


@dataclass(frozen=True, eq=False)
class Several:
    """The equilibria found in W worlds.

    ``profiles[0]`` is the principal branch's, as handed in. In a world with ``count`` equilibria, shape ``(W,)``, the
    first ``count`` profiles are distinct and the others repeat the first. ``residual`` has shape ``(profiles, W)``.
    ``starts`` were made in every world and ``arrived`` is the share of them that led to a fixed point. ``size`` is the
    number of log-odds searched over; where it is 0 there is exactly one equilibrium and nothing was searched.
    """

    profiles: tuple[Profile, ...]
    count: NDArray[np.intp]
    residual: Array
    starts: int
    arrived: float
    size: int


def several(game: Game, principal: Profile, *, starts: int = 30, seed: int = 1) -> Several:
    """Return the logit equilibria that a search from so many starts finds beside the principal branch's.

    Raises ``Refusal`` (Q570) where the carriers hold more than ``LARGEST`` log-odds.
    """
    agenda = _widened(game, agenda_of(game))
    sweep = Sweep(game, agenda)
    one = np.ones(game.worlds)
    if sweep.size == 0:
        return Several((principal,), np.ones(game.worlds, np.intp), np.zeros((1, game.worlds)), 0, 1.0, 0)
    if sweep.size > LARGEST:
        message = f"circles of decisions hold {sweep.size} log-odds; other equilibria are searched for up to {LARGEST}."
        raise Refusal(Problem("Q570", message, hint="let some actor see less, or an option fewer"))
    began = beginnings(sweep, starts, np.random.default_rng(seed))
    ended = np.empty((starts, sweep.size, game.worlds))
    arrived = np.zeros((starts, game.worlds), dtype=np.bool_)
    together = max(1, min(8 * game.grain, game.affordable) // max(starts, 1))
    for worlds in np.array_split(np.arange(game.worlds, dtype=np.intp), -(-game.worlds // together)):
        ended[:, :, worlds], arrived[:, worlds] = _searched(game, agenda, worlds, began)
    kept, count = _distinct(sweep, np.array(sweep.start(principal)), ended, arrived)
    profiles, residuals = [principal], []
    for slot, state in enumerate(kept):
        residuals.append(sweep.difference(state, np.array(sweep(state, one)), one))
        if slot:
            found = [array.copy() for array in sweep.profile_at(state)]
            again = count <= slot
            profiles.append([np.where(again, own, other) for own, other in zip(principal, found, strict=True)])
    share = float(arrived.mean()) if arrived.size else 0.0
    return Several(tuple(profiles), count, np.stack(residuals), starts, share, sweep.size)


def _widened(game: Game, agenda: Agenda) -> Agenda:
    """Return the agenda on which every point of a circle is a carrier, where that is small enough to search.

    With all of them free the map is far less steep, so that Newton's method finds what lies between pure choices.
    """
    wide = Agenda((*agenda.carriers, *agenda.pass_), (), agenda.after)
    return wide if agenda.carriers and Sweep(game, wide).size <= LARGEST else agenda


def beginnings(sweep: Sweep, starts: int, rng: np.random.Generator) -> Array:
    """Return log-odds to start from, ``(starts, n)``: even numbers pure choices, odd ones mixtures."""
    began = np.empty((starts, sweep.size))
    for coordinates in sweep.coordinates:
        allowed = coordinates.point.allowed
        drawn = np.where(allowed, np.log(rng.standard_exponential((starts, *allowed.shape))), -np.inf)
        pure = np.where(drawn == drawn.max(axis=2, keepdims=True), PURE, 0.0)
        logs = np.where((np.arange(starts) % 2 == 0)[:, None, None], pure, drawn)
        rows = coordinates.sets
        began[:, coordinates.slice] = logs[:, rows, coordinates.options] - logs[:, rows, coordinates.first]
    return began


def _searched(game: Game, agenda: Agenda, worlds: NDArray[np.intp], began: Array) -> tuple[Array, Mask]:
    """Return where each start ends in each of the worlds, ``(starts, n, worlds)``, and whether at a fixed point."""
    starts, size = began.shape
    wide = game.in_worlds(np.tile(worlds, starts))
    state = np.repeat(began.T, len(worlds), axis=1)
    followed = np.repeat(np.arange(starts) % 2 == 0, len(worlds))
    sweep = Sweep(wide, agenda)
    for _ in range(FOLLOWED):
        state = np.where(followed, sweep(state, np.ones(1)), state)
    state = _newton(wide, agenda, state)
    one = np.ones(wide.worlds)
    image = np.array(sweep(state, one))
    arrived = sweep.difference(state, image, one) <= TOLERANCE
    return state.reshape(size, starts, len(worlds)).transpose(1, 0, 2), arrived.reshape(starts, len(worlds))


def _newton(game: Game, agenda: Agenda, state: Array) -> Array:
    """Return the states after Newton's method; worlds that are there, or that no step helps, leave the batch."""
    state = state.copy()
    active = np.arange(game.worlds, dtype=np.intp)
    sweep = Sweep(game, agenda)
    image = np.array(sweep(state, np.ones(1)))
    for _ in range(ROUNDS):
        own = state[:, active]
        step = _step(sweep, own, image)
        moved, now, helped = _halved(sweep, own, image, step)
        state[:, active] = moved
        one = np.ones(len(active))
        busy = helped & (sweep.difference(moved, now, one) > 1e-3 * TOLERANCE)
        if not busy.any():
            break
        image = now[:, busy]
        if not busy.all():
            active = active[busy]
            sweep = Sweep(game.in_worlds(active), agenda)
    return state


def _step(sweep: Sweep, state: Array, image: Array) -> Array:
    """Return Newton's step ``(n, W)`` by finite differences, zero where it is not finite."""
    size = len(state)
    slopes = np.empty((state.shape[1], size, size))
    for column in range(size):
        nudge = NUDGE + NUDGED_SHARE * np.abs(state[column])
        nudged = state.copy()
        nudged[column] += nudge
        slopes[:, :, column] = ((sweep(nudged, np.ones(1)) - image) / nudge).T
    matrix = np.eye(size) - np.where(np.isfinite(slopes), slopes, 0.0)
    gap = np.nan_to_num(image - state).T[:, :, None]
    try:
        step = np.linalg.solve(matrix, gap)
    except np.linalg.LinAlgError:
        step = np.linalg.pinv(matrix) @ gap
    found: Array = np.nan_to_num(step[:, :, 0].T, posinf=0.0, neginf=0.0)
    return found


def _halved(sweep: Sweep, state: Array, image: Array, step: Array) -> tuple[Array, Array, Mask]:
    """Return the states after the step, their images, and where it brought the two nearer; halved where needed."""
    one = np.ones(state.shape[1])
    gap = sweep.distance(state, image, one)
    helped = np.zeros(len(one), dtype=np.bool_)
    moved, now, part = state, image, one
    for _ in range(HALVINGS):
        proposal = np.clip(state + part * step, -FARTHEST, FARTHEST)
        proposed = np.array(sweep(proposal, np.ones(1)))
        better = ~helped & (sweep.distance(proposal, proposed, one) < gap)
        moved, now = np.where(better, proposal, moved), np.where(better, proposed, now)
        helped = helped | better
        if helped.all():
            break
        part = part / 2
    return moved, now, helped


def _distinct(sweep: Sweep, principal: Array, ended: Array, arrived: Mask) -> tuple[list[Array], NDArray[np.intp]]:
    """Return the distinct states, the principal's first, and how many each world has."""
    one = np.ones(principal.shape[1])
    kept, count = [principal], np.ones(len(one), dtype=np.intp)
    for state, there in zip(ended, arrived, strict=True):
        new = there.copy()
        for other in kept:
            new &= sweep.difference(np.where(new, state, principal), other, one) > APART
        if not new.any():
            continue
        if count[new].max() == len(kept):
            kept.append(principal.copy())
        for slot, other in enumerate(kept):
            here = new & (count == slot)
            other[:, here] = state[:, here]
        count[new] += 1
    return kept, count
