"""Random signed structures with their tables by enumeration: a reference that knows nothing of sign algebra.

Every table is made here from factors, and every answer is a sum over the joint distribution, cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from quandary.ask import ComparedSide, Sign, SignedNetwork, SignedNode
from quandary.base import Array

Function = Mapping[tuple[int, ...], float]


@dataclass(frozen=True)
class Push:
    """A factor of at least 1 on the cumulative odds, up or down, where all of some parents are in some states."""

    where: Mapping[str, frozenset[int]]
    sign: int | None  # None: either way


@dataclass(frozen=True)
class Mechanism:
    """A variable's table: an unknown base and factors; or ``free``: any row for any setting of its parents."""

    states: int
    parents: tuple[str, ...] = ()
    pushes: tuple[Push, ...] = ()
    free: bool = False


@dataclass(frozen=True)
class Structure:
    """Mechanisms by name, parents first."""

    mechanisms: Mapping[str, Mechanism]

    def network(self) -> SignedNetwork:
        """Return what is known of it by signs."""
        return SignedNetwork({name: self._node(one) for name, one in self.mechanisms.items()})

    def _node(self, one: Mechanism) -> SignedNode:
        if one.free:
            return SignedNode(one.states, dict.fromkeys(one.parents))
        signs: dict[str, Sign] = {}
        for parent in one.parents:
            size = self.mechanisms[parent].states
            found = {_sign(push, parent, size) for push in one.pushes} - {0}
            signs[parent] = 0 if not found else found.pop() if len(found) == 1 else None
        additive = one.states == 2 and all(len(push.where) == 1 for push in one.pushes)
        return SignedNode(one.states, signs, ratio=True, additive=additive)

    def tables(self, fillings: int, generator: np.random.Generator) -> dict[str, Array]:
        """Return each variable's table ``(fillings, *parents, own)`` at gridded numbers, corners among them."""
        return {name: self._table(one, fillings, generator) for name, one in self.mechanisms.items()}

    def _table(self, one: Mechanism, fillings: int, generator: np.random.Generator) -> Array:
        shape = tuple(self.mechanisms[parent].states for parent in one.parents)
        if one.free:
            return _rows((fillings, *shape, one.states), generator)
        base = _rows((fillings, one.states), generator)
        shift = np.zeros((fillings, *shape))
        for push in one.pushes:
            factor = generator.choice([1.0, 1.0, 1.05, 1.7, 4.0, 20.0], size=fillings)
            sign = generator.choice([-1, 1], size=fillings) if push.sign is None else push.sign
            for cell in product(*map(range, shape)):
                if all(cell[one.parents.index(p)] in states for p, states in push.where.items()):
                    shift[_at(cell)] += sign * np.log(factor)
        upper = np.cumsum(base[:, ::-1], axis=1)[:, ::-1][:, 1:]
        with np.errstate(divide="ignore", over="ignore"):
            odds = np.log(upper) - np.log1p(-upper)
            moved = 1.0 / (1.0 + np.exp(-(odds.reshape(fillings, *(1,) * len(shape), -1) + shift[..., None])))
        edges = np.concatenate([np.ones((*moved.shape[:-1], 1)), moved, np.zeros((*moved.shape[:-1], 1))], axis=-1)
        return np.asarray(np.maximum(edges[..., :-1] - edges[..., 1:], 0.0))


@dataclass(frozen=True)
class RandomClaim:
    """A comparison of expectations: two sides, and a function of some variables' states with its signs."""

    left: ComparedSide
    right: ComparedSide
    of: tuple[str, ...]
    function: Function = field(hash=False)
    signs: tuple[int, ...] = ()

    @property
    def aim(self) -> dict[str, Sign]:
        """Return how the function goes with each variable."""
        return dict(zip(self.of, self.signs, strict=True))


def differences(structure: Structure, tables: Mapping[str, Array], claim: RandomClaim) -> Array:
    """Return left minus right in every filling, ``(fillings,)``; NaN where a condition cannot be."""
    return _expected(structure, tables, claim.left, claim) - _expected(structure, tables, claim.right, claim)


def _expected(structure: Structure, tables: Mapping[str, Array], side: ComparedSide, claim: RandomClaim) -> Array:
    names = list(structure.mechanisms)
    fillings = len(next(iter(tables.values())))
    whole, part = np.zeros(fillings), np.zeros(fillings)
    sizes = [structure.mechanisms[name].states for name in names]
    for cell in product(*map(range, sizes)):
        at = dict(zip(names, cell, strict=True))
        if any(at[name] != state for name, state in side.settings.items()):
            continue
        if any(at[name] not in states for name, states in side.seen.items()):
            continue
        chance = np.ones(fillings)
        for name, one in structure.mechanisms.items():
            if name not in side.settings:
                chance = chance * tables[name][_at((*(at[p] for p in one.parents), at[name]))]
        whole += chance
        part += chance * claim.function[tuple(at[name] for name in claim.of)]
    return np.asarray(np.divide(part, whole, out=np.full(fillings, np.nan), where=whole > 1e-12))


def _at(cell: tuple[int, ...]) -> tuple[Any, ...]:
    return (slice(None), *cell)


def random_structure(generator: np.random.Generator) -> Structure:
    """Return a structure of 3 to 6 variables of two or three states, now and then with a table of free rows."""
    mechanisms: dict[str, Mechanism] = {}
    many = generator.random() < 0.4
    count = int(generator.integers(3, 5 if many else 7))
    for number in range(count):
        names = list(mechanisms)
        size = int(generator.integers(0, min(3, number) + 1)) if number else 0
        if number and size == 0 and generator.random() < 0.6:
            size = 1
        parents = tuple(sorted(generator.choice(names, size=size, replace=False))) if size else ()
        pushes = tuple(_push(mechanisms, parent, generator) for parent in parents)
        if len(parents) > 1 and generator.random() < 0.15:
            both = _push(mechanisms, parents[0], generator)
            pushes += (Push({**both.where, **_push(mechanisms, parents[1], generator).where}, both.sign),)
        states = 3 if many and generator.random() < 0.5 else 2
        free = bool(parents) and generator.random() < 0.1
        mechanisms[f"v{number}"] = Mechanism(states, parents, () if free else pushes, free)
    return Structure(mechanisms)


def random_claims(structure: Structure, count: int, generator: np.random.Generator) -> Iterator[RandomClaim]:
    """Yield comparisons of every form: set, set on one side only, two set, seen, with and without evidence."""
    names = list(structure.mechanisms)
    sizes = {name: one.states for name, one in structure.mechanisms.items()}
    for _ in range(count):
        order = list(generator.permutation(names))
        x, rest = order[0], order[1:]
        of = tuple(sorted(generator.choice(rest, size=min(len(rest), 1 + (generator.random() < 0.25)), replace=False)))
        signs = tuple(int(s) for s in generator.choice([-1, 1], size=len(of)))
        function = {
            cell: float(all(c >= 1 if s > 0 else c < sizes[n] - 1 for c, s, n in zip(cell, signs, of, strict=True)))
            for cell in product(*(range(sizes[n]) for n in of))
        }
        others = [name for name in rest if name not in of]
        common = {n: _some(sizes[n], generator) for n in others if generator.random() < 0.35}
        form = generator.integers(4)
        a, b = int(generator.integers(sizes[x])), int(generator.integers(sizes[x]))
        if form == 0:
            left, right = ComparedSide({x: a}, common), ComparedSide({x: b}, common)
        elif form == 1:
            left, right = ComparedSide({x: a}, common), ComparedSide({}, common)
        elif form == 2 and others:
            z = others[0]
            common = {n: s for n, s in common.items() if n != z}
            ends = [int(generator.integers(sizes[z])) for _ in range(2)]
            left, right = ComparedSide({x: a, z: ends[0]}, common), ComparedSide({x: b, z: ends[1]}, common)
        else:
            left = ComparedSide({}, {**common, x: _some(sizes[x], generator)})
            right = ComparedSide({}, {**common, x: _some(sizes[x], generator)})
            if generator.random() < 0.2:
                right = ComparedSide({}, common)
        yield RandomClaim(left, right, of, function, signs)


def _push(mechanisms: Mapping[str, Mechanism], parent: str, generator: np.random.Generator) -> Push:
    size = mechanisms[parent].states
    where = frozenset(range(int(generator.integers(1, size)), size))
    if generator.random() < 0.1:
        where = frozenset({int(generator.integers(size))})
    sign = None if generator.random() < 0.08 else int(generator.choice([-1, 1, 1]))
    return Push({parent: where}, sign)


def _sign(push: Push, parent: str, size: int) -> Sign:
    if parent not in push.where:
        return 0
    where = push.where[parent]
    upper, lower = where == frozenset(range(min(where), size)), where == frozenset(range(max(where) + 1))
    if push.sign is None or not (upper or lower):
        return None
    return push.sign if upper else -push.sign


def _some(size: int, generator: np.random.Generator) -> frozenset[int]:
    if size == 2 or generator.random() < 0.6:
        return frozenset({int(generator.integers(size))})
    left_out = int(generator.integers(size))
    return frozenset(set(range(size)) - {left_out})


def _rows(shape: tuple[int, ...], generator: np.random.Generator) -> Array:
    """Return rows that sum to one: flat on the simplex, and a good part of them near its corners."""
    rows = generator.dirichlet(np.ones(shape[-1]), size=shape[:-1])
    corner = np.eye(shape[-1])[generator.integers(shape[-1], size=shape[:-1])]
    near = generator.choice([0.0, 0.0, 0.5, 0.9, 0.999], size=(*shape[:-1], 1))
    return np.asarray((1 - near) * rows + near * corner)
