"""Where another curve of equilibria crosses the branch: what can be solved at the very point, and what is said of it.

At such a point (a pitchfork of a symmetric game, say) the equations at a fixed precision are singular, so that
Newton's method has no step. The branch itself is smooth there: a point predicted along it lies off it by the square of
the step, in directions in which the equations are not singular. The shortest step that meets the equations in those
directions leads back to it (Allgower & Georg 2003, *Introduction to Numerical Continuation Methods*, chapters 3 and 8).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.game.protocol import Agenda, Game, Profile
from quandary.solve.branch.sweep import Sweep, Wide

AT_A_CROSSING = 1e-3
"""A step over a crossing, or onto one, is at most so long."""

SINGULAR = 1e-6
"""Directions in which the equations change by less than this a unit of log-odds, or by a thousandth of this share of
their largest change (so much finite differences blur), are those of a curve that crosses."""

FIRM = 1e-5
"""Above this size of a change Newton's method leads to the branch, with central differences."""

ONTO = 3e-5
"""The last step onto a point where curves meet: the branch is off its tangent by the square of it."""

SUSPECT = 1e-3
"""Below this size of a change a point is landed on anew: what Newton's method made of it may lie beside the branch."""

MEETING = 1e-6
"""Below this size of a change curves are said to meet: the precision is that of the meeting to some six digits."""

LEAP = 3e-2
"""A step over a crossing may be so long where the curve beyond lies so straight ahead (``STRAIGHT`` of the step)."""

STRAIGHT = 0.05

TURNED = 0.1
"""An eigenvalue counts as real whose imaginary part is below this share of it: equal ones are split by rounding."""

WATCHED_AT_MOST = 100
"""With more unknowns than these several curves that cross at one point are told by the determinant alone."""

LOOKED_AT = 1.01
"""So many times the size below which curves are said to meet is looked at, that no rounding hides one."""

CENTRAL = 1e-5
ROUNDS = 6
STILL = 1e-10

CROSSED = "another curve crosses the branch; it was followed straight on"
MET = (
    "another curve crosses the branch at this very precision (a bifurcation, as where a symmetric game's equilibrium "
    "forks): this is the point that they share"
)


def turned(before: Array, after: Array) -> Mask:
    """Return in which worlds a step passed over another curve, or onto it; ``(W, n, n)`` are its ends' derivatives.

    These are bordered by a row along the step. The determinant's sign tells one curve. In a game with a symmetry
    several cross at one point, and its sign may stay: then some eigenvalues of the change from one end to the other,
    all of which are one for a short step elsewhere, are negative.
    """
    size = after.shape[-1]
    over = np.zeros(len(after), dtype=np.bool_)
    if size > WATCHED_AT_MOST:
        return over
    finite = np.isfinite(before).all(axis=(1, 2)) & np.isfinite(after).all(axis=(1, 2))
    for world in np.flatnonzero(finite):
        try:
            change = np.linalg.solve(before[world], after[world])
        except np.linalg.LinAlgError:
            over[world] = True
            continue
        if not np.square(change - np.eye(size)).sum() < 1.0:  # else none can be negative
            roots = np.linalg.eigvals(change)
            over[world] = bool(((roots.real < 0.0) & (np.abs(roots.imag) <= TURNED * np.abs(roots.real))).any())
    return over


def landed(at: Callable[[Array], tuple[Array, Array]], state: Array) -> tuple[Array, Mask]:
    """Return states ``(n, W)`` brought onto the branch at t = 1, and which of them settled.

    ``at`` gives for states the gap (state less image) ``(n, W)`` and its derivatives by the state ``(W, n, n)``.
    """
    state = state.copy()
    still = np.zeros(state.shape[-1], dtype=np.bool_)
    for _ in range(ROUNDS):
        gap, slopes = at(state)
        step = np.stack([shortest_step(own, gap[:, world]) for world, own in enumerate(slopes)], axis=1)
        state -= step
        still = np.abs(step).max(axis=0, initial=0.0) <= STILL * (1.0 + np.abs(state).max(axis=0, initial=0.0))
        if still.all():
            break
    return state, still


def shortest_step(slopes: Array, gap: Array) -> Array:
    """Return the shortest step in the state that closes the gap ``(n,)`` as far as it can be closed.

    ``slopes`` ``(n, n)`` are the gap's derivatives.
    """
    if not (np.isfinite(slopes).all() and np.isfinite(gap).all()):
        return np.full_like(gap, np.nan)
    left, sizes, right = np.linalg.svd(slopes)
    kept = sizes > max(SINGULAR, 1e-3 * SINGULAR * float(sizes[:1].sum()))
    step: Array = right[kept].T @ ((left[:, kept].T @ gap) / sizes[kept])
    return step


def meeting(game: Game, agenda: Agenda, profile: Profile, least: float = MEETING) -> Mask:
    """Return in which worlds an equilibrium at t = 1 is a point where curves meet; nearly so for a larger ``least``."""
    sweep = Sweep(game, agenda)
    if not sweep.size:
        return np.zeros(game.worlds, dtype=np.bool_)
    point = np.vstack([sweep.start(profile), np.ones((1, game.worlds))])
    rows, worlds = point.shape
    nudges = CENTRAL * np.maximum(1.0, np.abs(point))
    many = np.repeat(point[:, None, :], 2 * rows, axis=1)
    for column in range(rows):
        many[column, 2 * column] += nudges[column]
        many[column, 2 * column + 1] -= nudges[column]
    wide = Wide(game, agenda, np.tile(np.arange(worlds, dtype=np.intp), 2 * rows))
    flat = many.reshape(rows, -1)
    gaps = (flat[:-1] - wide(flat[:-1], flat[-1])).reshape(rows - 1, 2 * rows, worlds)
    slopes = np.moveaxis((gaps[:, ::2] - gaps[:, 1::2]) / (2.0 * nudges[None]), -1, 0)
    return np.array([curves_meet(own, least) for own in slopes], dtype=np.bool_)


def curves_meet(slopes: Array, least: float = MEETING) -> bool:
    """Return whether curves meet at a point of the branch, to some six digits of the precision.

    ``slopes`` ``(n, n + 1)`` are the derivatives of state less image by the state and, last, by t. Curves meet where
    these are singular both at fixed t and along it; where only the former, the branch turns.
    """
    if not np.isfinite(slopes).all():
        return False
    left, sizes, _ = np.linalg.svd(slopes[:, :-1])
    null = sizes <= least * max(1.0, float(sizes[:1].sum()))
    along = np.abs(left[:, null].T @ slopes[:, -1])
    return bool(null.any() and (along <= np.sqrt(least) * (1.0 + np.abs(slopes[:, -1]).max())).all())


def may_meet(slopes: Array, least: float) -> Mask:
    """Return in which worlds curves can meet, of the derivatives ``(W, n, n)`` of state less image by the state.

    True wherever ``meeting`` is, and where the derivatives are near singular beside that; a few, to be looked at.
    """
    told: Mask = np.logical_and.reduce(np.isfinite(slopes), axis=(1, 2))
    found: Mask = np.logical_not(told)
    if told.any():
        sizes = np.linalg.svd(slopes[told], compute_uv=False)
        found[told] = sizes[:, -1] <= LOOKED_AT * least * np.maximum(1.0, sizes[:, 0])
    return found


def of_worlds(count: int, worlds: int, what: str) -> str:
    """Return what holds in so many of the worlds, with their number unless there is one world only."""
    return what if worlds == 1 else f"in {count} of {worlds} worlds {what}"
