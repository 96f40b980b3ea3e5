"""Which numbers each world draws: Latin hypercube columns, one for each name, block by block.

Worlds come in contiguous blocks of ``BLOCK`` (the last may be smaller) or, below ``BLOCKS`` such blocks, in ``BLOCKS``
blocks of equal size give or take one. In each block a column is a Latin hypercube sample (McKay, Beckman & Conover
1979): one draw in each of n equal strata, in random order, at a random point of its stratum. Order and point are seeded
by (seed, name, block) alone: another name changes nothing, no block hangs on another, so that any can be drawn alone,
anywhere, and the spread between blocks measures the Monte Carlo error.

Correlated names are joined by a Gaussian copula with the rank method of Iman & Conover (1982): within each block
every column keeps its own stratified draws and only their order changes, to that of correlated normal scores whose
sample correlation is corrected. Blocks too small for ranks to carry a correlation use the correlated scores
themselves: their copula is exact, their strata are not kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from quandary.base.arrays import Array
from quandary.base.problems import CaseError, Problem

Index = NDArray[np.intp]
Link = tuple[str, str, float]

BLOCK = 500
"""Worlds in a block."""

BLOCKS = 16
"""The fewest blocks, of fewer worlds each where there are not enough: so many tell the Monte Carlo error."""

GROUPS = 64
"""The most groups of blocks that are left out one by one (a jackknife): more would tell no more, and take memory."""

TOGETHER = 1000
"""Worlds that are solved together, by one worker."""

WORTH_A_START = 250
"""Worlds from which a last block is solved apart, not with those before it."""

SMALLEST_RANKED = 100
"""The fewest worlds in a block for which ranks carry a correlation."""

CORRECTED = 2
"""How often the order of ranks is corrected."""

EDGE = 2.0**-53


@dataclass(frozen=True)
class Design:
    """The draws of ``worlds`` worlds: a uniform number in (0, 1) for each world and name."""

    seed: int
    worlds: int

    @cached_property
    def blocks(self) -> tuple[slice, ...]:
        """Return the worlds of each block; none is empty."""
        return blocks_of(self.worlds)

    def block(self) -> Index:
        """Return to which block each world belongs, shape ``(W,)``."""
        return np.repeat(np.arange(len(self.blocks)), [own.stop - own.start for own in self.blocks])

    def group(self) -> Index:
        """Return to which of ``GROUPS`` groups of blocks each world belongs, shape ``(W,)``: to its block if few."""
        return self.block() // -(-len(self.blocks) // GROUPS)

    def drawn(self, block: int, names: Iterable[str], correlations: Sequence[Link] = ()) -> dict[str, Array]:
        """Return the uniforms of several names in one block, ``(n,)`` each, those in ``correlations`` joined.

        ``correlations`` are (name, name, correlation of the normal scores). A name without a correlation has the draws
        it has alone. Raises ``CaseError`` where no joint distribution has these correlations.
        """
        size, stream = self._size(block), _Stream()
        return _joined(
            names,
            correlations,
            lambda name: _stratified(stream.of(self._key(name, block)), size),
            lambda uniforms, factor: _ranked(uniforms, factor) if _carries(uniforms) else _scored(uniforms, factor),
        )

    def redrawn(
        self, block: int, attempt: int, names: Iterable[str], correlations: Sequence[Link] = ()
    ) -> dict[str, Array]:
        """Return fresh uniforms of several names for every world of a block, others for each ``attempt`` (from 1).

        A world's own hang on nothing but seed, name, block, attempt and its place in the block.
        """
        size, stream = self._size(block), _Stream()
        return _joined(names, correlations, lambda n: stream.of(self._key(n, block, attempt)).random(size), _scored)

    def columns(self, names: Iterable[str], correlations: Sequence[Link] = ()) -> dict[str, Array]:
        """Return the uniforms of several names in all worlds, ``(W,)`` each; see ``drawn``."""
        names = tuple(names)
        found = {name: np.empty(self.worlds) for name in names}
        for number, where in enumerate(self.blocks):
            for name, column in self.drawn(number, names, correlations).items():
                found[name][where] = column
        return found

    def column(self, name: str) -> Array:
        """Return the uniforms of one name alone, shape ``(W,)``: a Latin hypercube sample in each block."""
        return self.columns([name])[name]

    def _size(self, block: int) -> int:
        return int(self.blocks[block].stop - self.blocks[block].start)

    def _key(self, name: str, block: int, attempt: int = 0) -> bytes:
        return f"{self.seed}\n{block}\n{attempt}\n{name}".encode(errors="surrogatepass")


def blocks_of(worlds: int) -> tuple[slice, ...]:
    """Return the worlds of each block in a design of so many; none is empty."""
    if worlds >= BLOCK * BLOCKS:
        return tuple(slice(begin, min(begin + BLOCK, worlds)) for begin in range(0, worlds, BLOCK))
    count = max(min(BLOCKS, worlds), 1)
    small, extra = divmod(worlds, count)
    ends = np.cumsum([small + (block < extra) for block in range(count)]).tolist()
    return tuple(slice(begin, end) for begin, end in zip([0, *ends], ends, strict=False))


def batches_of(worlds: int) -> tuple[slice, ...]:
    """Return the worlds that are solved together: whole blocks, about ``TOGETHER`` worlds, fewer of few.

    It follows from the number of worlds alone, so that an answer never hangs on how many processors share the work.
    """
    blocks = blocks_of(worlds)
    if worlds < BLOCK * BLOCKS:
        count = 1 if worlds < BLOCK else 2 if worlds < 4 * BLOCK else 4 if worlds < 8 * BLOCK else 8
        each = -(-len(blocks) // count)
    else:
        each = TOGETHER // BLOCK
    found = list(runs(blocks, each))
    if len(found) > 1 and found[-1].stop - found[-1].start < WORTH_A_START:
        found[-2:] = [slice(found[-2].start, found[-1].stop)]
    return tuple(found)


def runs(blocks: Sequence[slice], each: int) -> Iterator[slice]:
    """Yield the worlds of so many blocks at a time."""
    for first in range(0, len(blocks), each):
        some = blocks[first : first + each]
        yield slice(some[0].start, some[-1].stop)


def stretched(uniforms: Array, factor: float) -> Array:
    """Return uniforms whose normal scores are ``factor`` times as far from the median."""
    return np.asarray(np.clip(ndtr(factor * ndtri(uniforms)), EDGE, 1.0 - EDGE))


class _Stream:
    """Random numbers from a key, through SHA-256 the same on every machine; the next key begins anew."""

    def __init__(self) -> None:
        self._bits = np.random.PCG64(0)
        self._generator = np.random.Generator(self._bits)

    def of(self, key: bytes) -> np.random.Generator:
        """Return the generator set to the start of the key's stream."""
        digest = hashlib.sha256(key).digest()
        first, step = (int.from_bytes(half, "little") for half in (digest[:16], digest[16:]))
        begin: Any = {"state": first, "inc": step | 1}  # any odd step makes a stream of its own
        self._bits.state = {"bit_generator": "PCG64", "state": begin, "has_uint32": 0, "uinteger": 0}
        return self._generator


def _stratified(generator: np.random.Generator, size: int) -> Array:
    return np.asarray((generator.permutation(size) + generator.random(size)) / size)


def _joined(
    names: Iterable[str],
    correlations: Sequence[Link],
    alone: Callable[[str], Array],
    together: Callable[[Array, Array], Array],
) -> dict[str, Array]:
    """Return what each name draws ``alone``, those of a correlated group put ``together`` (rows of a group, factor)."""
    drawn = {name: alone(name) for name in names}
    for group, factor in _factors(tuple(correlations)):
        if not drawn.keys().isdisjoint(group):
            uniforms = np.stack([drawn[name] if name in drawn else alone(name) for name in group])
            drawn.update((n, row) for n, row in zip(group, together(uniforms, factor), strict=True) if n in drawn)
    return {name: np.clip(column, EDGE, 1 - EDGE) for name, column in drawn.items()}


def _carries(uniforms: Array) -> bool:
    """Return whether there are worlds enough, shape (names, n), for ranks to carry a correlation."""
    return int(uniforms.shape[1]) >= max(SMALLEST_RANKED, 2 * len(uniforms))


def _scored(uniforms: Array, factor: Array) -> Array:
    """Return uniforms whose normal scores are the given ones times the factor: an exact Gaussian copula."""
    return np.asarray(ndtr(_times(factor, ndtri(np.clip(uniforms, EDGE, 1 - EDGE)))))


def _ranked(uniforms: Array, factor: Array) -> Array:
    """Return the uniforms of each row in the order of correlated scores: Iman & Conover's method.

    Ranks of few worlds carry a little less than the correlation they come from, so that the order is found anew from as
    much more as the last one lacked.
    """
    scores = ndtri(np.clip(uniforms, EDGE, 1 - EDGE))
    centred = (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, keepdims=True)
    loose = np.linalg.solve(_factor(np.asarray(np.corrcoef(scores))), centred)
    given, rising = factor @ factor.T, np.sort(uniforms, axis=1)
    aimed, own = given, factor
    for turn in range(CORRECTED + 1):
        found = np.take_along_axis(rising, _times(own, loose).argsort(axis=1).argsort(axis=1), axis=1)
        if turn < CORRECTED:
            aimed = aimed + given - np.corrcoef(ndtri(np.clip(found, EDGE, 1 - EDGE)))
            own = _root(aimed)
    return found


def _root(matrix: Array) -> Array:
    """Return the triangular factor of the correlations nearest to a matrix that may ask for more than there can be."""
    values, vectors = np.linalg.eigh(matrix)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    rows = np.asarray(np.linalg.qr((root / np.sqrt((root**2).sum(axis=1, keepdims=True))).T, mode="r"))
    return np.asarray((rows * np.where(np.diag(rows) < 0, -1.0, 1.0)[:, None]).T, dtype=np.float64)


def _times(factor: Array, rows: Array) -> Array:
    """Return a triangular factor times rows, summed one after the other: the same in whatever company a world is."""
    found = np.zeros_like(rows)
    for i, weights in enumerate(factor):
        for j in range(i + 1):
            found[i] += weights[j] * rows[j]
    return found


@lru_cache(maxsize=16)
def _factors(correlations: tuple[Link, ...]) -> tuple[tuple[tuple[str, ...], Array], ...]:
    """Return each connected group of names with the Cholesky factor of its correlations."""
    return tuple((names, _factor(matrix)) for names, matrix in correlated_groups(correlations))


def _factor(matrix: Array) -> Array:
    return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)


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


def _impossible(code: str, message: str) -> Problem:
    hints = {
        "Q213": "a with b and b with c bound a with c; weaken one, or give the missing pair",
        "Q214": "a correlation lies strictly between -1 and 1 and joins two names once",
    }
    return Problem(code, message, hint=hints[code])
