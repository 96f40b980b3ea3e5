"""Which numbers each world draws: Latin hypercube columns, one for each name, in independent replicates.

The ``worlds`` are split into ``replicates`` contiguous groups of equal size (up to one world). In each group a
column is a Latin hypercube sample (McKay, Beckman & Conover 1979): one draw in each of n equal strata, in random
order, at a random point of its stratum. Order and point are seeded by (seed, name) alone, so another name changes
nothing, and the groups are independent, so that their spread measures the Monte Carlo error.

Correlated names are joined by a Gaussian copula with the rank method of Iman & Conover (1982): within each group
every column keeps its own stratified draws and only their order changes, to that of correlated normal scores whose
sample correlation is corrected. Groups too small for ranks to carry a correlation use the correlated scores
themselves: their copula is exact, their strata are not kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from quandary.problems import CaseError, Problem
from quandary.quantities.estimate import Array

Index = NDArray[np.intp]
Link = tuple[str, str, float]
SMALLEST_RANKED = 32
"""The fewest worlds in a group for which ranks carry a correlation."""
EDGE = 2.0**-53


@dataclass(frozen=True)
class Design:
    """The draws of ``worlds`` worlds: a uniform number in (0, 1) for each world and name."""

    seed: int
    worlds: int
    replicates: int = 16

    def sizes(self) -> list[int]:
        """Return how many worlds each replicate has; they differ by one at most, and none is empty."""
        groups = max(min(self.replicates, self.worlds), 1)
        small, extra = divmod(self.worlds, groups)
        return [small + (group < extra) for group in range(groups)]

    def replicate(self) -> Index:
        """Return to which replicate each world belongs, shape ``(W,)``."""
        sizes = self.sizes()
        return np.repeat(np.arange(len(sizes)), sizes)

    def column(self, name: str) -> Array:
        """Return the uniforms of one name, shape ``(W,)``: a Latin hypercube sample in each replicate."""
        generator = self._generator(name)
        pieces = [(generator.permutation(n) + generator.random(n)) / n for n in self.sizes()]
        return np.clip(np.concatenate(pieces), EDGE, 1 - EDGE)

    def columns(self, names: Iterable[str], correlations: Sequence[Link] = ()) -> dict[str, Array]:
        """Return the uniforms of several names, those in ``correlations`` joined by a Gaussian copula.

        ``correlations`` are (name, name, correlation of the normal scores). A name without a correlation has the
        column it has alone. Raises ``CaseError`` where no joint distribution has these correlations.
        """
        drawn = {name: self.column(name) for name in names}
        for group, matrix in correlated_groups(correlations):
            missing = {name: self.column(name) for name in group if name not in drawn}
            uniforms = np.stack([(drawn | missing)[name] for name in group])
            joined = self._joined(uniforms, _factor(matrix))
            drawn.update((name, row) for name, row in zip(group, joined, strict=True) if name in drawn)
        return drawn

    def redraw(self, name: str, attempt: int, index: Index) -> Array:
        """Return fresh uniforms of one name for the worlds ``index``, another set for each ``attempt`` (from 1)."""
        generator = self._generator(name, attempt)
        return np.clip(generator.random(self.worlds)[index], EDGE, 1 - EDGE)

    def redraws(
        self, names: Iterable[str], correlations: Sequence[Link], attempt: int, index: Index
    ) -> dict[str, Array]:
        """Return fresh uniforms of several names for the worlds ``index``, correlated as in ``columns``."""
        drawn = {name: self.redraw(name, attempt, index) for name in names}
        for group, matrix in correlated_groups(correlations):
            missing = {name: self.redraw(name, attempt, index) for name in group if name not in drawn}
            scores = np.stack([ndtri((drawn | missing)[name]) for name in group])
            joined = np.clip(ndtr(_factor(matrix) @ scores), EDGE, 1 - EDGE)
            drawn.update((name, row) for name, row in zip(group, joined, strict=True) if name in drawn)
        return drawn

    def _generator(self, name: str, attempt: int = 0) -> np.random.Generator:
        """Return the generator of (seed, name, attempt), through SHA-256 the same on every machine."""
        key = f"{self.seed}\n{attempt}\n{name}".encode(errors="surrogatepass")
        digest = hashlib.sha256(key).digest()
        words = [int.from_bytes(digest[start : start + 4], "little") for start in range(0, len(digest), 4)]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))

    def _joined(self, uniforms: Array, factor: Array) -> Array:
        """Return correlated uniforms from independent ones, shape (names, W), replicate by replicate."""
        pieces = []
        for own in np.split(uniforms, np.cumsum(self.sizes())[:-1], axis=1):
            scores = ndtri(own)
            if own.shape[1] < max(SMALLEST_RANKED, 2 * len(own)):
                pieces.append(ndtr(factor @ scores))
                continue
            centred = (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, keepdims=True)
            spread = _factor(np.atleast_2d(np.corrcoef(scores)))
            wanted = factor @ np.linalg.solve(spread, centred)
            ranks = wanted.argsort(axis=1).argsort(axis=1)
            pieces.append(np.take_along_axis(np.sort(own, axis=1), ranks, axis=1))
        return np.clip(np.concatenate(pieces, axis=1), EDGE, 1 - EDGE)


def correlated_groups(correlations: Sequence[Link]) -> list[tuple[tuple[str, ...], Array]]:
    """Return each connected group of names, sorted, with its correlation matrix.

    Raises ``CaseError`` for a correlation outside -1..1, of a name with itself, given twice, or together impossible
    (a matrix that is not positive definite).
    """
    given: dict[frozenset[str], float] = {}
    problems = []
    for first, second, value in correlations:
        if not -1 < value < 1:
            problems.append(_impossible("Q214", f"the correlation of {first} and {second} is {value:g}"))
        if first == second:
            problems.append(_impossible("Q214", f"{first} cannot be correlated with itself"))
        if frozenset((first, second)) in given:
            problems.append(_impossible("Q214", f"the correlation of {first} and {second} is given twice"))
        given[frozenset((first, second))] = value
    if problems:
        raise CaseError(problems)
    groups = []
    for names in _connected(given):
        matrix = np.eye(len(names))
        for i, first in enumerate(names):
            for j, second in enumerate(names[:i]):
                matrix[i, j] = matrix[j, i] = given.get(frozenset((first, second)), 0.0)
        if np.linalg.eigvalsh(matrix)[0] < 1e-9:
            message = f"no joint distribution has these correlations of {', '.join(names)}"
            raise CaseError([_impossible("Q213", message)])
        groups.append((names, matrix))
    return groups


def _connected(pairs: Iterable[frozenset[str]]) -> list[tuple[str, ...]]:
    """Return the groups of names that pairs connect, each sorted."""
    groups: list[frozenset[str]] = []
    for pair in pairs:
        apart = [group for group in groups if not group & pair]
        groups = [*apart, pair.union(*(group for group in groups if group & pair))]
    return sorted(tuple(sorted(group)) for group in groups)


def _factor(matrix: Array) -> Array:
    return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)


def _impossible(code: str, message: str) -> Problem:
    hints = {
        "Q213": "a with b and b with c bound a with c; weaken one, or give the missing pair",
        "Q214": "a correlation lies strictly between -1 and 1 and joins two names once",
    }
    return Problem(code, message, hint=hints[code])
