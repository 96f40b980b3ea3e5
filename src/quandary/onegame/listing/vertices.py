"""The vertices of a player's best-answer polytope, in exact arithmetic, by the double description method.

The polytope {x >= 0 : x A_j <= 1 for every strategy j of the other player}, A > 0, is built one inequality at a time:
vertices that break it are replaced by where its hyperplane cuts the edges to those that keep it (Motzkin, Raiffa,
Thompson & Thrall 1953; Fukuda & Prodon 1996). Two vertices share an edge exactly if no third one is tight wherever both
are. Rays are integer vectors without a common factor, so that ties and degenerate games are told apart exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import gcd, lcm

import numpy as np

from quandary.base.stopping import Proceed, Stopped, go_on

RAYS_AT_MOST = 20_000


@dataclass(frozen=True)
class Vertex:
    """``weights``: x, not yet divided by its sum. ``tight``: bit i if x_i = 0, bit m + j if x A_j = 1."""

    weights: tuple[Fraction, ...]
    tight: int


@dataclass(frozen=True)
class _Ray:
    vector: tuple[int, ...]
    tight: int


class TooMany(Stopped):
    """The search was stopped because there are too many vertices."""


def best_answer_vertices(
    matrix: Sequence[Sequence[Fraction]], proceed: Proceed, *, what: str, most: int = RAYS_AT_MOST
) -> list[Vertex]:
    """Return every vertex but the origin; ``matrix[i][j] > 0``, rows the own strategies.

    Raises ``TooMany`` beyond ``most`` vertices on the way, ``Stopped`` when ``proceed`` says no.
    """
    own, other = len(matrix), len(matrix[0])
    rays = [_Ray(tuple(int(k == i) for k in range(own + 1)), _all_but(own, i)) for i in range(own)]
    rays.append(_Ray((*(0,) * own, 1), _all_but(own, own)))
    for j in range(other):
        column = [matrix[i][j] for i in range(own)]
        common = lcm(*(c.denominator for c in column))
        normal = (*(-int(c * common) for c in column), common)
        rays = _cut(rays, normal, own + j, partial(_goes_on, proceed, what, j, other, most))
    found = []
    for ray in rays:
        top = ray.vector[own]
        if top and any(ray.vector[:own]):
            found.append(Vertex(tuple(Fraction(v, top) for v in ray.vector[:own]), ray.tight))
    return found


def _goes_on(proceed: Proceed, what: str, done: int, total: int, most: int, made: int) -> None:  # noqa: PLR0917
    if made > most:
        raise TooMany
    go_on(proceed, what, done, total)


def _all_but(own: int, i: int) -> int:
    """Return the constraints x_k = 0 for all k but i; the ray of the last unit vector is tight at all of them."""
    every = (1 << own) - 1
    return every & ~(1 << i) if i < own else every


def _cut(rays: list[_Ray], normal: tuple[int, ...], bit: int, going_on: Callable[[int], None]) -> list[_Ray]:
    """Return the extreme rays of the cone cut by ``normal . ray >= 0``, which becomes constraint number ``bit``."""
    values = [sum(n * v for n, v in zip(normal, ray.vector, strict=True) if v) for ray in rays]
    keep = [ray for ray, v in zip(rays, values, strict=True) if v > 0]
    on = [_Ray(ray.vector, ray.tight | 1 << bit) for ray, v in zip(rays, values, strict=True) if v == 0]
    good = [i for i, v in enumerate(values) if v > 0]
    bad = [i for i, v in enumerate(values) if v < 0]
    if not bad:
        return keep + on
    words = _words([ray.tight for ray in rays], bit)
    made: list[_Ray] = []
    for b in bad:
        going_on(len(keep) + len(made))
        for g in _neighbours(words, b, good, len(normal) - 2):
            first, second = rays[g], rays[b]
            vector = [values[g] * y - values[b] * x for x, y in zip(first.vector, second.vector, strict=True)]
            common = gcd(*vector)
            made.append(_Ray(tuple(v // common for v in vector), first.tight & second.tight | 1 << bit))
    return keep + on + made


def _words(tights: list[int], bits: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint64]]:
    """Return bit sets as rows of 64-bit words."""
    count = bits // 64 + 1
    mask = (1 << 64) - 1
    return np.array([[(tight >> 64 * w) & mask for w in range(count)] for tight in tights], dtype=np.uint64)


def _neighbours(
    words: np.ndarray[tuple[int, int], np.dtype[np.uint64]], which: int, others: list[int], least: int
) -> list[int]:
    """Return those of ``others`` that share an edge with ray ``which``."""
    if not others:
        return []
    shared = words[others] & words[which]
    enough = np.bitwise_count(shared).sum(axis=1) >= least if hasattr(np, "bitwise_count") else np.ones(len(others))
    found = []
    for place in np.flatnonzero(enough).tolist():
        common = shared[place]
        holding = ((words & common) == common).all(axis=1)
        if int(holding.sum()) == 2:
            found.append(others[place])
    return found
