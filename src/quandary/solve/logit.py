"""Agent logit quantal response equilibrium on the principal branch of the whole game.

1. ``agenda``: a few carriers hold the fixed point; everyone else follows from them in one pass.
2. ``walk``: from uniform play at t = 0 each world follows the branch by contraction to t = 1, all precisions being
   multiplied by t together.
3. ``trace``: worlds where the map does not contract are followed along the curve, turning points included, then
   polished at t = 1.

McKelvey & Palfrey (1998), *Experimental Economics* 1; Turocy (2010), "Computing sequential equilibria using agent
quantal response equilibria", *Economic Theory* 42.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from quandary.game.leaf_form import LeafForm
from quandary.game.protocol import Game, Profile, Window
from quandary.game.table import Array, Mask
from quandary.problems import Problem, Refusal
from quandary.solve.agenda import Agenda, agenda_of
from quandary.solve.compiled import Offer, offer_of
from quandary.solve.lanes import walk_in_lanes, window_of
from quandary.solve.polish import polish
from quandary.solve.sweep import Sweep
from quandary.solve.trace import Pace, trace
from quandary.solve.walk import Arrived, Stride, Walked, walk


@dataclass(frozen=True)
class LogitSettings:
    """``tolerance`` bounds the residual (largest difference of a choice probability from the logit rule).

    ``largest_traced`` is the number of carrier log-odds up to which the curve itself is followed where the walk gets
    stuck; in larger games such worlds are reported as not converged. ``always_trace`` skips the walk. ``threads``
    share the worlds of a game whose passes run as compiled code.
    """

    tolerance: float = 1e-10
    largest_traced: int = 400
    always_trace: bool = False
    threads: int = 1
    stride: Stride = field(default_factory=Stride)
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, eq=False)
class LogitResult:
    """A profile with its residual ``(W,)`` and whether each world converged; how much work it took.

    ``sweeps`` counts passes over one world in the walk; ``traced`` marks worlds whose curve was followed. ``crossed``
    marks those whose branch another curve crosses (a game with a symmetry), followed straight on.
    """

    profile: Profile
    residual: Array
    converged: Mask
    traced: Mask
    sweeps: int
    crossed: Mask | None = None


def logit(game: Game, settings: LogitSettings | None = None) -> LogitResult:
    """Return the logit equilibrium at the players' precisions, on the branch that starts from uniform play.

    Raises ``Refusal`` (Q451) where exact choice stands in a circle of decisions.
    """
    settings = settings or LogitSettings()
    if (lot := getattr(game, "at_once", game.worlds)) < game.worlds:
        return _in_lots(game, lot, settings)
    if game.worlds == 1 and (small := _small(game, settings)) is not None:
        return small
    agenda = agenda_of(game)
    _refuse_exact_circles(game, agenda)
    if (offer := offer_of(game, agenda)) is not None:
        return _compiled(offer, settings)
    if game.worlds == 1 and not settings.always_trace and (one := _carried(game, agenda, settings)) is not None:
        return one
    everyone = np.arange(game.worlds, dtype=np.intp)
    profile = [np.empty((*p.allowed.shape, game.worlds)) for p in game.points]
    residual = np.full(game.worlds, np.inf)
    walks = []
    walks_in_lanes = bool(agenda.carriers) and not settings.always_trace
    window = window_of(game, everyone[: game.grain]) if walks_in_lanes else None
    chunks = [everyone] if window is not None else _chunks(everyone, game.grain)
    for chunk in chunks:
        walked = _walked(game if len(chunk) == game.worlds else game.in_worlds(chunk), window, agenda, settings)
        for arrived in walked.arrived:
            _record(profile, residual, chunk, arrived)
        walks.append((chunk[walked.stuck], walked))
    hard = np.concatenate([worlds for worlds, _ in walks])
    if len(hard):
        together = max(1, 2 * game.grain // (walks[0][1].size + 2))
        for some in _chunks(hard, together):
            _record(profile, residual, some, _traced(game.in_worlds(some), agenda, settings))
    traced = np.zeros(game.worlds, dtype=np.bool_)
    traced[hard] = True
    sweeps = sum(walked.sweeps for _, walked in walks)
    crossed = _alone(game, profile, residual, settings) if game.worlds > 1 else None
    return LogitResult(profile, residual, residual <= settings.tolerance, traced, sweeps, crossed)


def _in_lots(game: Game, lot: int, settings: LogitSettings) -> LogitResult:
    """Return the result of a game whose worlds are too many to be held at once, lot by lot."""
    everyone = np.arange(game.worlds, dtype=np.intp)
    parts = [logit(game.in_worlds(some), settings) for some in _chunks(everyone, lot)]
    profile = [np.concatenate(own, axis=-1) for own in zip(*(part.profile for part in parts), strict=True)]
    crossed = [np.zeros_like(part.converged) if part.crossed is None else part.crossed for part in parts]
    return LogitResult(
        profile,
        np.concatenate([part.residual for part in parts]),
        np.concatenate([part.converged for part in parts]),
        np.concatenate([part.traced for part in parts]),
        sum(part.sweeps for part in parts),
        np.concatenate(crossed),
    )


def _alone(game: Game, profile: Profile, residual: Array, settings: LogitSettings) -> Mask:
    """Solve each world that is still lost by itself where it offers its leaves; return which crossed another curve."""
    crossed = np.zeros(game.worlds, dtype=np.bool_)
    for world in np.flatnonzero(residual > settings.tolerance):
        one = _small(game.in_worlds(np.array([world])), settings)
        if one is not None and one.converged[0]:
            residual[world] = one.residual[0]
            crossed[world] = one.crossed is not None and one.crossed[0]
            for whole, own in zip(profile, one.profile, strict=True):
                whole[..., world] = own[..., 0]
    return crossed


def _compiled(offer: Offer, settings: LogitSettings) -> LogitResult:
    """Return the result of a game followed in compiled code, a few worlds by tables where that cannot be."""
    traces = len(offer.counts) <= settings.largest_traced
    found = offer.solved(
        settings.tolerance,
        settings.stride,
        settings.pace,
        walks=not settings.always_trace,
        traces=traces,
        threads=settings.threads,
    )
    residual, traced, sweeps = found.residual, found.traced, found.sweeps
    left = np.flatnonzero(found.unfit)
    if len(left):
        rest = logit(offer.by_tables(left), settings)
        for whole, part in zip(found.profile, rest.profile, strict=True):
            whole[:, :, left] = part
        residual[left], traced[left] = rest.residual, rest.traced
        sweeps += rest.sweeps
    return LogitResult(found.profile, residual, residual <= settings.tolerance, traced, sweeps)


def _small(game: Game, settings: LogitSettings) -> LogitResult | None:
    """Return the result of a game that offers itself as its leaves, followed with exact derivatives (``single``)."""
    leaves = getattr(game, "leaves", None)
    form: LeafForm | None = leaves() if leaves is not None and not settings.always_trace else None
    if form is None:
        return None
    from quandary.solve.noting import noting
    from quandary.solve.single import single  # brings scipy.linalg, which solving many worlds need not wait for

    found = single(form, settings.tolerance, noting(game, form, "single"))
    if found is None:
        return None
    residual = np.array([found.residual])
    traced = np.array([found.steps > 0])
    return LogitResult(
        found.profile, residual, residual <= settings.tolerance, traced, found.steps, np.array([found.crossed])
    )


def _carried(game: Game, agenda: Agenda, settings: LogitSettings) -> LogitResult | None:
    """Return the result of one world followed along its carriers' curve, ``None`` where it is left to the walk."""
    from quandary.solve.carried import carried  # brings scipy.linalg, as above

    found = carried(game, agenda, settings.tolerance)
    if found is None:
        return None
    profile, residual, steps = found
    return LogitResult(profile, np.array([residual]), np.ones(1, dtype=np.bool_), np.ones(1, dtype=np.bool_), steps)


def _walked(game: Game, window: Window | None, agenda: Agenda, settings: LogitSettings) -> Walked:
    """Return the walk of a chunk of worlds, or nobody's walk where all are to be traced."""
    if window is not None:
        return walk_in_lanes(game, window, agenda, settings.tolerance, settings.stride)
    if not settings.always_trace:
        return walk(game, agenda, settings.tolerance, settings.stride)
    size = Sweep(game, agenda).size
    return Walked((), np.arange(game.worlds, dtype=np.intp), size, 0)


def _refuse_exact_circles(game: Game, agenda: Agenda) -> None:
    """Raise ``Refusal`` (Q451) where an exact choice stands between decisions that rely on each other."""
    behind: set[int] = set(agenda.carriers)
    for point in agenda.pass_:
        if game.reliance[point] & behind:
            behind.add(point)
    exact = [game.points[p].name for p in sorted(behind) if np.isinf(game.points[p].precision).any()]
    if exact:
        message = f"exact choice at {', '.join(exact)} is part of a circle of decisions that rely on each other."
        raise Refusal(Problem("Q451", message, hint="give that actor a finite rationality"))


def _traced(game: Game, agenda: Agenda, settings: LogitSettings) -> Arrived:
    """Return every world's profile at the end of its curve, or as near as it came."""
    everyone = np.arange(game.worlds, dtype=np.intp)
    sweep = Sweep(game, agenda)
    if sweep.size <= settings.largest_traced:
        followed = trace(game, agenda, np.zeros(game.worlds), sweep.start(sweep.profile), settings.pace)
        residual, profile = polish(game, agenda, followed.state, settings.tolerance)
        residual = np.where(followed.arrived, residual, np.inf)
        return Arrived(everyone, profile, residual)
    return Arrived(everyone, sweep.finish(np.ones(1)), np.full(game.worlds, np.inf))


def _record(profile: Profile, residual: Array, worlds: NDArray[np.intp], arrived: Arrived) -> None:
    target = worlds[arrived.worlds]
    together = len(target) > 1 and len(target) == target[-1] - target[0] + 1 and bool((np.diff(target) == 1).all())
    if together and len(target) == len(residual):
        profile[:] = arrived.profile
        residual[:] = arrived.residual
        return
    where = slice(target[0], target[-1] + 1) if together else target
    for whole, part in zip(profile, arrived.profile, strict=True):
        whole[:, :, where] = part
    residual[target] = arrived.residual


def _chunks(worlds: NDArray[np.intp], grain: int) -> Iterable[NDArray[np.intp]]:
    pieces = max(1, -(-len(worlds) // grain))
    return np.array_split(worlds, pieces)
