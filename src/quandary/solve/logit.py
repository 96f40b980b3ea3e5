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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.base.problems import Problem, Refusal
from quandary.game.protocol import Agenda, Game, Profile, Window
from quandary.solve.branch.alike import unlike
from quandary.solve.branch.compiled.game import Offer, offer_of
from quandary.solve.branch.crossing import SUSPECT, meeting
from quandary.solve.branch.polish import polish
from quandary.solve.branch.rules import Pace, Stride
from quandary.solve.branch.sweep import Sweep
from quandary.solve.branch.trace import trace
from quandary.solve.branch.walking.lanes import walk_in_lanes
from quandary.solve.branch.walking.walk import Arrived, Walked, walk
from quandary.solve.points.agenda import agenda_of


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
    marks those whose branch another curve crosses on the way (a game with a symmetry), followed straight on; ``met``
    those in which one crosses it exactly at the players' precisions. ``None``: nowhere.
    """

    profile: Profile
    residual: Array
    converged: Mask
    traced: Mask
    sweeps: int
    crossed: Mask | None = None
    met: Mask | None = None


def logit(game: Game, settings: LogitSettings | None = None) -> LogitResult:
    """Return the logit equilibrium at the players' precisions, on the branch that starts from uniform play.

    Raises ``Refusal`` (Q451) where exact choice stands in a circle of decisions.
    """
    settings = settings or LogitSettings()
    found = _solved(game, settings)
    return _on_the_branch(game, found, settings)


def _solved(game: Game, settings: LogitSettings) -> LogitResult:
    """Return what ``logit`` does before it is known whether a walk left the branch."""
    if game.at_once < game.worlds:
        return _in_batches(game, game.at_once, settings)
    if game.worlds == 1 and (small := _small(game, settings)) is not None:
        return small
    agenda = agenda_of(game)
    _refuse_exact_circles(game, agenda)
    if (offer := offer_of(game, agenda)) is not None:
        return _compiled(offer, settings)
    if game.worlds == 1 and not settings.always_trace:
        one, lost = _carried(game, agenda, settings)
        if one is not None:
            return one
        settings = replace(settings, always_trace=lost)  # where others cross the curve a walk may take one of those
    everyone = np.arange(game.worlds, dtype=np.intp)
    profile = [np.empty((*p.allowed.shape, game.worlds)) for p in game.points]
    residual = np.full(game.worlds, np.inf)
    walks = []
    walks_in_lanes = bool(agenda.carriers) and not settings.always_trace
    window = game.window(everyone[: game.grain]) if walks_in_lanes else None
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
    result = LogitResult(profile, residual, residual <= settings.tolerance, traced, sweeps)
    return _over_crossings(game, agenda, result, settings)


def _in_batches(game: Game, size: int, settings: LogitSettings) -> LogitResult:
    """Return the result of a game whose worlds are too many to be held at once, batch by batch."""
    everyone = np.arange(game.worlds, dtype=np.intp)
    parts = [logit(game.in_worlds(some), settings) for some in _chunks(everyone, size)]
    profile = [np.concatenate(own, axis=-1) for own in zip(*(part.profile for part in parts), strict=True)]
    return LogitResult(
        profile,
        np.concatenate([part.residual for part in parts]),
        np.concatenate([part.converged for part in parts]),
        np.concatenate([part.traced for part in parts]),
        sum(part.sweeps for part in parts),
        _marks([part.crossed for part in parts], parts),
        _marks([part.met for part in parts], parts),
    )


def _marks(found: Sequence[Mask | None], parts: Sequence[LogitResult]) -> Mask:
    nobody = [np.zeros_like(part.converged) for part in parts]
    return np.concatenate([none if some is None else some for some, none in zip(found, nobody, strict=True)])


def _over_crossings(game: Game, agenda: Agenda, found: LogitResult, settings: LogitSettings) -> LogitResult:
    """Return the result with the worlds that are still lost followed over the curves that cross their branch.

    Where a world offers its leaves it is followed on them, else all these worlds together.
    """
    profile, residual = found.profile, found.residual
    crossed, met = (np.zeros(game.worlds, dtype=np.bool_) for _ in range(2))
    for world in np.flatnonzero(~found.converged) if game.worlds > 1 else ():
        one = _small(game.in_worlds(np.array([world])), settings)
        if one is None:
            break
        _record(profile, residual, np.array([world]), Arrived(np.zeros(1, dtype=np.intp), one.profile, one.residual))
        crossed[world] = one.crossed is not None and one.crossed[0]
        met[world] = one.met is not None and one.met[0]
    if not found.traced.any():
        return found
    size = Sweep(game, agenda).size
    if not 0 < size <= settings.largest_traced:
        return found
    bad = residual > settings.tolerance
    slow = np.flatnonzero(found.converged & found.traced)
    for some in _chunks(slow, max(1, game.grain // (2 * size + 2))) if len(slow) else ():
        bad[some] = meeting(game.in_worlds(some), agenda, [own[..., some] for own in profile], SUSPECT)
    lost = np.flatnonzero(bad)
    for some in _chunks(lost, max(1, 2 * game.grain // (size + 2))) if len(lost) else ():
        part = game.in_worlds(some)
        sweep = Sweep(part, agenda)
        straight = settings.pace._replace(crossing=True)
        followed = trace(part, agenda, np.zeros(len(some)), sweep.start(sweep.profile), straight)
        unit = np.ones(len(some))
        left = sweep.difference(followed.state, sweep(followed.state, unit), unit)
        choices = [own.copy() for own in sweep.finish(unit)]
        if (left > settings.tolerance).any():
            polished, others = polish(part, agenda, followed.state, settings.tolerance)
            rough = left > settings.tolerance
            left = np.where(rough, polished, left)
            choices = [np.where(rough, new, old) for new, old in zip(others, choices, strict=True)]
        left = np.where(followed.arrived, left, np.inf)
        better = np.flatnonzero((left <= settings.tolerance) | (residual[some] > settings.tolerance))
        kept = [own[..., better] for own in choices]
        if len(better):
            arrived = Arrived(np.arange(len(better), dtype=np.intp), kept, left[better])
            _record(profile, residual, some[better], arrived)
        crossed[some] |= followed.crossed & followed.arrived
    converged = residual <= settings.tolerance
    for some in _chunks(lost, max(1, game.grain // (2 * size + 2))) if len(lost) else ():
        met[some] = meeting(game.in_worlds(some), agenda, [own[..., some] for own in profile])
    return replace(found, residual=residual, converged=converged, crossed=crossed & converged & ~met, met=met)


def _on_the_branch(game: Game, found: LogitResult, settings: LogitSettings) -> LogitResult:
    """Return the result with the worlds followed anew whose answer breaks a symmetry that the branch keeps.

    If it still does, nothing is claimed for them.
    """
    wrong = unlike(game, found.profile) & found.converged
    if not wrong.any():
        return found
    worlds = np.flatnonzero(wrong)
    part, nobody = game.in_worlds(worlds), np.zeros(len(worlds), dtype=np.bool_)
    lost = LogitResult([own[..., worlds] for own in found.profile], np.full(len(worlds), np.inf), nobody, ~nobody, 0)
    again = _over_crossings(part, agenda_of(part), lost, settings)
    again.residual[unlike(part, again.profile)] = np.inf
    marks = [np.zeros_like(wrong) if some is None else some.copy() for some in (found.crossed, found.met)]
    result = replace(found, residual=found.residual.copy(), crossed=marks[0], met=marks[1])
    _take(result, worlds, again)
    return replace(result, converged=result.residual <= settings.tolerance, traced=found.traced | wrong)


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
    crossed, met = (np.zeros(len(residual), dtype=np.bool_) for _ in range(2))
    result = LogitResult(found.profile, residual, residual <= settings.tolerance, traced, sweeps, crossed, met)
    left = np.flatnonzero(found.unfit)
    if len(left):
        rest = logit(offer.by_tables(left), settings)
        _take(result, left, rest)
        traced[left] = rest.traced
        result = replace(result, sweeps=sweeps + rest.sweeps)
    slow = np.flatnonzero((found.suspect | (residual > settings.tolerance)) & ~found.unfit)
    if len(slow):
        tables, own = offer.by_tables(slow), [choice[..., slow] for choice in result.profile]
        rest = LogitResult(own, residual[slow], residual[slow] <= settings.tolerance, traced[slow] | True, 0)
        _take(result, slow, _over_crossings(tables, agenda_of(tables), rest, settings))
    return replace(result, converged=residual <= settings.tolerance)


def _take(result: LogitResult, worlds: NDArray[np.intp], part: LogitResult) -> None:
    """Put the result of some worlds into that of all."""
    for whole, own in zip(result.profile, part.profile, strict=True):
        whole[:, :, worlds] = own
    result.residual[worlds] = part.residual
    for marks, some in ((result.crossed, part.crossed), (result.met, part.met)):
        if marks is not None:
            marks[worlds] = False if some is None else some


def _small(game: Game, settings: LogitSettings) -> LogitResult | None:
    """Return the result of a game that offers itself as its leaves, followed with exact derivatives (``single``)."""
    form = None if settings.always_trace else game.leaves()
    if form is None:
        return None
    from quandary.solve.branch.small.observation import note_keeper
    from quandary.solve.branch.small.single import (
        single,  # brings scipy.linalg, which solving many worlds need not wait for
    )

    found = single(form, settings.tolerance, note_keeper(game, form, "single"))
    if found is None:
        return None
    residual = np.array([found.residual])
    traced = np.array([found.steps > 0])
    crossed, met = np.array([found.crossed]), np.array([found.met])
    return LogitResult(found.profile, residual, residual <= settings.tolerance, traced, found.steps, crossed, met)


def _carried(game: Game, agenda: Agenda, settings: LogitSettings) -> tuple[LogitResult | None, bool]:
    """Return the result of one world followed along its carriers' curve, ``None`` where there is none.

    Then also whether the curve was lost, which makes it one to trace; it may not fit, and is left to the walk.
    """
    from quandary.solve.branch.small.carriers import carried, fits  # brings scipy.linalg, as above

    if not fits(game, agenda):
        return None, False
    found = carried(game, agenda, settings.tolerance)
    if found is None:
        return None, True
    profile, residual, steps = found
    if meeting(game, agenda, profile, SUSPECT)[0]:
        return None, True
    yes = np.ones(1, dtype=np.bool_)
    return LogitResult(profile, np.array([residual]), yes, yes, steps), False


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
