"""Sequential equilibrium: the limit of the principal branch as rationality grows, made exact, with its beliefs.

Every limit of agent quantal response equilibria is a sequential equilibrium: all choices are played along the branch,
so beliefs there follow from Bayes' rule, and their limits are consistent (McKelvey & Palfrey 1998, *Experimental
Economics* 1; Turocy 2010, *Economic Theory* 42). All precisions grow together, in the ratios given.

Trembling-hand perfection (Selten 1975) in the agent form is claimed in two cases only. Where every choice of the limit
is pure, it is the likeliest on the branch, hence best against the branch itself, which is a sequence of full mixtures.
Where every option outside the supports is strictly worse and the equalities inside them are independent, full mixtures
near by meet the equalities exactly (implicit function theorem), and the limit is best against them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.base.problems import Problem, Refusal
from quandary.game.protocol import Game, Profile
from quandary.game.trees.tree_game import TreeGame
from quandary.solve.branch.crossing import CROSSED, of_worlds
from quandary.solve.branch.far.approach import Rung, approaches
from quandary.solve.branch.far.histories import nothing_told
from quandary.solve.branch.far.level import Levelled, level, playing
from quandary.solve.branch.far.routes import BranchRoute, other_routes, routes_of
from quandary.solve.branch.far.steepness import Steep, payoff_ranges
from quandary.solve.checks.assessment import largest_share

STEEP = 1e3
"""Scale one of the branch, as a precision counted in payoff ranges (``routes``)."""

ALLOWED_GAIN = 1e-8
"""An equilibrium leaves no gain larger than this share of the player's payoff range at any information set."""

NEAR, AWAY = 1e-3, 0.03
"""A limit is looked for until one is found so near to the branch where it was seen last; one farther off is none."""

STRICT = 1e-6


class Trembling(StrEnum):
    """What is known of trembling-hand perfection, in the agent form."""

    PURE = "trembling-hand perfect: every choice is the best one all along the branch"
    REGULAR = "trembling-hand perfect: the mixing is regular and everything else is strictly worse"
    UNKNOWN = "not known to be trembling-hand perfect"


@dataclass(frozen=True, eq=False)
class Limit:
    """The limit of the branch in one world, or how far it was followed.

    ``gain`` is the largest gain left at any information set, as a share of its player's payoff range. ``steepest`` is
    the highest precision reached, in payoff ranges. ``loose``: in how many directions the mixing could change, to first
    order, and leave all equalities as they are: above zero the limit is one of a continuum. ``unreached`` counts
    information sets in play that the limit never reaches; what is chosen there rests on beliefs that are limits along
    the branch. ``crossed``: the branch could only be followed straight on over a point where curves cross.
    """

    converged: bool
    gain: float
    steepest: float
    trembling: Trembling = Trembling.UNKNOWN
    loose: int = 0
    unreached: int = 0
    crossed: bool = False
    reason: str = ""


@dataclass(frozen=True, eq=False)
class Sequential:
    """``profile`` holds exact choices, one array ``(sets, options, W)`` per decision point.

    ``logarithms`` holds the log-probabilities that every option has on the branch near the limit: among things never
    done, they say which is infinitely likelier, and so what is believed at sets that are never reached. Together they
    are the assessment. ``limits`` has one entry per world.
    """

    profile: Profile
    logarithms: Profile
    limits: tuple[Limit, ...]
    warnings: tuple[str, ...] = field(default_factory=tuple)

    @property
    def gain(self) -> Array:
        """Return each world's largest gain as a share of the payoff range, ``(W,)``."""
        return np.array([limit.gain for limit in self.limits])

    @property
    def converged(self) -> Mask:
        """Return in which worlds the limit was found and checked, ``(W,)``."""
        return np.array([limit.converged for limit in self.limits], dtype=np.bool_)


def sequential(game: Game) -> Sequential:
    """Return the limit of the principal branch in every world, exact, checked at every information set.

    Raises ``Refusal``: Q453 where a player has forgotten what it knew, Q454 where a player's rationality is zero.
    """
    refuse_forgetting(game)
    ranges = payoff_ranges(game)
    steep = Steep(game, _precisions(game, ranges))
    routes = routes_of(steep)
    profile = [np.full((*p.allowed.shape, game.worlds), np.nan) for p in game.points]
    logarithms = [np.full((*p.allowed.shape, game.worlds), np.nan) for p in game.points]
    limits = []
    for world, route in enumerate(routes):
        alone = steep.in_worlds(np.array([world]))
        own = {player: float(value[world]) for player, value in ranges.items()}
        found = _found(game, alone, route, own, world)
        for other in () if found[0].converged else other_routes(alone, route):
            again = _found(game, alone, other, own, world)
            if again[0].converged:
                found = again
                break
        limits.append(found[0])
        for k in range(len(profile)):
            profile[k][..., world], logarithms[k][..., world] = found[1][k], found[2][k]
    return Sequential(profile, logarithms, tuple(limits), _warnings(limits))


def refuse_forgetting(game: Game) -> None:
    """Raise ``Refusal`` (Q453) where a player has forgotten what it knew or did."""
    if names := game.forgetful():
        message = f"at {', '.join(names)} the player has forgotten something it knew; beliefs are not defined then."
        raise Refusal(Problem("Q453", message, hint='use the concept "logit", which solves the agent form'))


def _precisions(game: Game, ranges: Mapping[str, Array]) -> dict[str, Array]:
    """Return precisions in the ratios given, the largest worth ``STEEP`` payoff ranges; exact choice counts as such.

    A player who is paid the same whatever happens has no say in what is the largest.
    """
    given = {p.player: p.precision for p in game.points}
    never = [player for player, value in given.items() if (value == 0.0).any()]
    if never:
        message = f"the rationality of {', '.join(never)} is zero and does not grow, so the branch has no such limit."
        raise Refusal(Problem("Q454", message, hint='give that actor some rationality, or use the concept "logit"'))
    sizes = {}
    for player, value in given.items():
        spread = np.where(ranges[player] > 0.0, ranges[player], np.nan)
        sizes[player] = np.broadcast_to(np.where(np.isinf(value), np.nan, value) * spread, (game.worlds,))
    with np.errstate(all="ignore"):
        known = np.stack(list(sizes.values())) if sizes else np.ones((1, game.worlds))
        largest = np.where(np.isnan(known).all(axis=0), 1.0, np.max(np.nan_to_num(known, nan=0.0), axis=0))
    found = {}
    for player, size in sizes.items():
        spread = np.where(ranges[player] > 0.0, ranges[player], 1.0)
        found[player] = STEEP * np.where(np.isnan(size), 1.0, size / largest) / spread
    return found


Arrays = tuple[Array, ...]


def _found(
    game: Game, alone: Steep, route: BranchRoute, ranges: dict[str, float], world: int
) -> tuple[Limit, Arrays, Arrays]:
    """Return what a route leads to in a world, doubted."""
    limit, choices, logs = _limit_of(alone, route, ranges)
    return _doubted(game, limit, choices, logs, world), choices, logs


def _limit_of(game: Steep, route: BranchRoute, ranges: dict[str, float]) -> tuple[Limit, Arrays, Arrays]:
    """Return one world's limit with its choices and log-probabilities ``(sets, options)`` per point.

    Among guesses that pass the check the one is taken that lies nearest to where the branch was seen last.
    """
    rungs, crossed = route.rungs, route.crossed
    steepest = STEEP * rungs[-1].scale if rungs else 0.0
    reason = "the branch could not be followed far enough to tell its limit" if rungs else route.reason
    worst = Limit(False, float("nan"), steepest, crossed=crossed, reason=reason)
    best, assessed, apart = None, None, AWAY
    for guess in approaches(rungs):
        found = level(game, guess, ranges)
        choices, logs = [c[..., None] for c in found.choice], [o[..., None] for o in found.odds]
        gain, strict, unreached = _checked(game, choices, logs, guess.kept, ranges)
        away = _apart(found.choice, rungs[-1])
        if gain <= ALLOWED_GAIN and away < apart:
            limit = Limit(True, gain, steepest, _trembling(found, strict), found.loose, unreached, crossed)
            best, apart = (limit, found.choice, found.odds), away
        if best is not None and apart <= NEAR:
            break
        if assessed is None or gain < worst.gain:
            reason = f"a gain of {gain:.2e} of the payoff range is left, where {ALLOWED_GAIN:.0e} is allowed"
            if gain <= ALLOWED_GAIN:
                reason = f"the nearest equilibrium found is {away:.2g} away from the branch"
            worst, assessed = replace(worst, gain=gain, reason=reason), (found.choice, found.odds)
    if best is not None:
        return best
    return worst, *(assessed or _unsettled(game, rungs[-1] if rungs else None))


def _apart(choice: Arrays, rung: Rung) -> float:
    """Return the largest difference of a probability from the branch at the rung."""
    there = [np.exp(own) / np.exp(own).sum(axis=1, keepdims=True) for own in rung.odds]
    return max((float(np.abs(a - b).max(initial=0.0)) for a, b in zip(choice, there, strict=True)), default=0.0)


def _unsettled(game: Steep, rung: Rung | None) -> tuple[Arrays, Arrays]:
    """Return the last point of the branch that was reached, or what is usual, where there is no limit to hand back."""
    odds = rung.odds if rung else tuple(nothing_told(point) for point in game.points)
    choices = tuple(np.exp(own) / np.exp(own).sum(axis=1, keepdims=True) for own in odds)
    return choices, odds


def _trembling(found: Levelled, strict: bool) -> Trembling:
    if found.equations == found.fading:
        return Trembling.PURE
    return Trembling.REGULAR if strict and found.rank == found.equations else Trembling.UNKNOWN


def _checked(
    game: Steep, choices: Profile, logs: Profile, kept: tuple[Mask, ...], ranges: Mapping[str, float]
) -> tuple[float, bool, int]:
    """Return the largest gain, whether all that is never chosen is strictly worse, and the number of unreached sets."""
    play = playing(game, choices, logs)
    reach = game.reach(choices)
    gain, strict, unreached = 0.0, True, 0
    for k, point in enumerate(game.points):
        spread = ranges[point.player] or 1.0
        values = np.where(point.allowed, play.values(k)[..., 0], -np.inf)
        best = values.max(axis=1)
        chosen = choices[k][..., 0]
        own = (np.where(chosen > 0.0, values, 0.0) * chosen).sum(axis=1)
        played = point.in_play[:, 0]
        gain = max(gain, float(((best - own)[played]).max(initial=0.0)) / spread)
        worse = (best[:, None] - values)[played[:, None] & point.allowed & ~kept[k]]
        strict = strict and bool((worse > STRICT * spread).all())
        unreached += int((played & (reach[k][:, 0] <= 0.0)).sum())
    return gain, strict, unreached


def _doubted(game: Game, limit: Limit, choices: Arrays, logs: Arrays, world: int) -> Limit:
    """Return the limit with the gain that ``assessment`` finds on a tree, where that is the larger one."""
    inner = game.plain
    if not limit.converged or not isinstance(inner, TreeGame) or inner.tree.worlds not in (1, inner.worlds):
        return limit
    rules, ranks = {}, {}
    for sets, choice, log in zip(inner.sets_of, choices, logs, strict=True):
        for row, which in enumerate(sets.tolist()):
            rules[which], ranks[which] = choice[row], log[row]
    gain = max(limit.gain, largest_share(inner.tree, rules, ranks, world))
    if gain <= ALLOWED_GAIN:
        return replace(limit, gain=gain)
    return replace(limit, gain=gain, converged=False, reason=f"checking node by node finds a gain of {gain:.2e}")


def _warnings(limits: list[Limit]) -> tuple[str, ...]:
    told = []
    reasons = Counter(limit.reason for limit in limits if not limit.converged)
    for reason, count in reasons.items():
        told.append(f"no limit in {count} of {len(limits)} worlds: {reason}" if len(limits) > 1 else reason)
    if crossed := sum(limit.crossed for limit in limits):
        told.append(of_worlds(crossed, len(limits), CROSSED))
    if loose := sum(limit.converged and limit.loose > 0 for limit in limits):
        told.append(of_worlds(loose, len(limits), "the limit is one of a continuum of equilibria"))
    return tuple(told)
