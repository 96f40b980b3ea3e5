"""Players whom a game treats alike, and worlds whose answer does not.

The principal branch starts at uniform play, or at what is usual, and is a curve of its own, so that it keeps every
symmetry of its game: two players who can change places in what every option brings, and to whom the same is usual,
choose alike on it, at every precision (McKelvey & Palfrey 1995, *Games and Economic Behavior* 10). Curves that branch
off it mostly break the symmetry. An answer that treats such players differently was therefore taken from another curve,
however small its residual.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.game.protocol import DecisionPoint, Game, Profile
from quandary.solve.points.choice import shares_of

APART = 1e-5
"""Choices farther apart than this differ; nearer to a crossing rounding may blur them by less."""

SAME = 1e-9
"""Worths nearer than this share of theirs are the same."""

TRIALS = 2


def unlike(game: Game, profile: Profile) -> Mask:
    """Return the worlds ``(W,)`` in which two players who can change places choose differently.

    That they can is seen from what every option brings, given its set, under some random play with their choices
    exchanged. Payoffs of the whole game do not tell: who moves less often has the same at stake less often.
    """
    broken = np.zeros(game.worlds, dtype=np.bool_)
    for first, second in _pairs(game):
        differing = np.zeros(game.worlds, dtype=np.bool_)
        for a, b in zip(first, second, strict=True):
            differing |= (np.abs(profile[a] - profile[b]) > APART).any(axis=(0, 1))
        some = np.flatnonzero(differing & ~broken)
        if len(some) and _exchanged(game.in_worlds(some[:1]), first, second)[0]:
            for part in np.array_split(some, -(-len(some) // game.grain)):
                broken[part] = _exchanged(game.in_worlds(part), first, second)
    return broken


def _pairs(game: Game) -> list[tuple[list[int], list[int]]]:
    """Return the points of every two players who have as many sets and options, and who rely on each other."""
    owned: dict[str, list[int]] = {}
    for number, point in enumerate(game.points):
        owned.setdefault(point.player, []).append(number)
    pairs = []
    for first, second in combinations(owned.values(), 2):
        same = len(first) == len(second) and all(
            np.array_equal(game.points[a].allowed, game.points[b].allowed) for a, b in zip(first, second, strict=True)
        )
        if same and any(b in game.reliance[a] for a in first for b in second):
            pairs.append((first, second))
    return pairs


def _exchanged(game: Game, first: list[int], second: list[int]) -> Mask:
    """Return the worlds in which exchanging the players' choices exchanges what their options bring, no one else's."""
    places = dict(zip((*first, *second), (*second, *first), strict=True))
    precision = [np.broadcast_to(game.points[p[0]].precision, (game.worlds,)) for p in (first, second)]
    same: Mask = np.abs(precision[0] - precision[1]) <= SAME * np.abs(precision[0])
    for a, b in zip(first, second, strict=True):
        same &= _as_usual(game.points[a], game.points[b])
    rng = np.random.default_rng(0)
    for _ in range(TRIALS):
        play = [_random(rng, point.allowed, game.worlds) for point in game.points]
        swapped = [play[places.get(number, number)] for number in range(len(play))]
        here, there = game.values(play), game.values(swapped)
        for number, point in enumerate(game.points):
            mine, then = here[number], there[places.get(number, number)]
            barred = ~point.allowed[:, :, None]
            size = np.abs(np.where(barred, 0.0, mine)).max(axis=(0, 1), initial=0.0)
            same &= (barred | (np.abs(mine - then) <= SAME * size)).all(axis=(0, 1))
    return same


def _as_usual(one: DecisionPoint, other: DecisionPoint) -> Mask:
    """Return in which worlds ``(W or 1,)`` the same is usual at two points with the same options."""
    if one.usual is None and other.usual is None:
        return np.ones(1, dtype=np.bool_)
    even = np.where(one.allowed, 0.0, -np.inf)[:, :, None]
    shares = [shares_of(even if point.usual is None else point.usual) for point in (one, other)]
    return np.asarray((np.abs(shares[0] - shares[1]) <= SAME).all(axis=(0, 1)))


def _random(rng: np.random.Generator, allowed: Mask, worlds: int) -> Array:
    weight = rng.uniform(0.2, 1.0, allowed.shape) * allowed
    total = weight.sum(axis=1, keepdims=True)
    share: Array = weight / np.where(total > 0.0, total, 1.0)
    return np.repeat(share[:, :, None], worlds, axis=2)
