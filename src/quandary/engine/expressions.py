"""Expressions over named axes: what has to be computed, written once per structure and shared between questions.

An expression is a node of a directed acyclic graph kept in a ``Book``. Equal expressions are one node, so that a
sub-contraction that two decisions or two queries need is planned, stored and computed once.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum


class ExpressionStep(Enum):
    """What a node does with its operands."""

    INPUT = "input"
    PRODUCT = "product"
    MARGINAL = "marginal"
    SUM = "sum"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Input:
    """A table from outside: ``kind`` is chance, utility, usual, policy or factor; ``name`` tells which one."""

    kind: str
    name: str | int


@dataclass(frozen=True, slots=True)
class ExpressionNode:
    """One expression: a step, its operands (earlier nodes), and the axes that remain.

    ``inputs`` are the changing tables (policies and factors) on which the value depends; without any, the value is
    computed once per block of worlds. ``size`` is the number of entries per world.
    """

    step: ExpressionStep
    operands: tuple[int, ...]
    axes: tuple[str, ...]
    inputs: frozenset[Input]
    size: int
    source: Input | None = None


class Book:
    """All expressions of one structure; nodes are only ever added, under a lock, so that threads may share it."""

    def __init__(self, cardinality: Mapping[str, int], order: Mapping[str, int]) -> None:
        self.nodes: list[ExpressionNode] = []
        self.cardinality = dict(cardinality)
        self.order = dict(order)
        self.lock = threading.RLock()
        self._index: dict[tuple[ExpressionStep, tuple[int, ...], tuple[str, ...], Input | None], int] = {}

    def input(self, kind: str, name: str | int, axes: tuple[str, ...]) -> int:
        """Return the node of a table from outside, whose axes stand in the order given."""
        source = Input(kind, name)
        changing = frozenset((source,)) if kind in ("policy", "factor") else frozenset()
        return self._add(ExpressionStep.INPUT, (), axes, changing, source)

    def product(self, left: int, right: int, keep: Iterable[str]) -> int:
        """Return left times right, summed over every axis not in ``keep``."""
        left, right = sorted((left, right))
        axes = self._axes((left, right), keep)
        return self._add(ExpressionStep.PRODUCT, (left, right), axes, self._inputs((left, right)))

    def marginal(self, node: int, keep: Iterable[str]) -> int:
        """Return the node summed over every axis not in ``keep``."""
        axes = self._axes((node,), keep)
        if len(axes) == len(self.nodes[node].axes):
            return node
        return self._add(ExpressionStep.MARGINAL, (node,), axes, self._inputs((node,)))

    def sum(self, parts: Iterable[int]) -> int:
        """Return the sum of the parts over the union of their axes."""
        operands = tuple(sorted(parts, key=lambda n: (self.nodes[n].size, n)))
        if len(operands) == 1:
            return operands[0]
        axes = self._axes(operands, None)
        return self._add(ExpressionStep.SUM, operands, axes, self._inputs(operands))

    def share(self, node: int, over: Iterable[str]) -> int:
        """Return the node divided by its sum over the axes ``over`` (0 where that sum is 0)."""
        given = [a for a in self.nodes[node].axes if a not in set(over)]
        whole = self.marginal(node, given)
        return self._add(ExpressionStep.SHARE, (node, whole), self.nodes[node].axes, self._inputs((node,)))

    def entries(self, axes: Iterable[str]) -> int:
        """Return how many entries a table over these axes has in one world."""
        size = 1
        for axis in axes:
            size *= self.cardinality[axis]
        return size

    def needed(self, roots: Iterable[int]) -> list[int]:
        """Return every node that the roots are computed from, themselves included, operands first."""
        seen: set[int] = set()
        stack = list(roots)
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                stack.extend(self.nodes[node].operands)
        return sorted(seen)

    def parts(self, node: int) -> list[int]:
        """Return the factors of which a node is a product (summed over what it lacks), itself if it is none."""
        found = self.nodes[node]
        if found.step is not ExpressionStep.PRODUCT or not found.inputs:
            return [node]
        return [part for operand in found.operands for part in self.parts(operand)]

    def work(self, root: int, known: Collection[int]) -> int:
        """Return how many multiplications lead from the known nodes to the root."""
        total, seen, stack = 0, set(known), [root]
        while stack:
            number = stack.pop()
            if number not in seen and self.nodes[number].operands:
                total += self.entries({a for n in self.nodes[number].operands for a in self.nodes[n].axes})
                stack.extend(self.nodes[number].operands)
            seen.add(number)
        return total

    def _axes(self, operands: tuple[int, ...], keep: Iterable[str] | None) -> tuple[str, ...]:
        found = {a for n in operands for a in self.nodes[n].axes}
        kept = found if keep is None else found & set(keep)
        return tuple(sorted(kept, key=self.order.__getitem__))

    def _inputs(self, operands: tuple[int, ...]) -> frozenset[Input]:
        return frozenset().union(*(self.nodes[n].inputs for n in operands))

    def _add(
        self,
        step: ExpressionStep,
        operands: tuple[int, ...],
        axes: tuple[str, ...],
        inputs: frozenset[Input],
        source: Input | None = None,
    ) -> int:
        key = (step, operands, axes, source)
        found = self._index.get(key)
        if found is None:
            found = len(self.nodes)
            self.nodes.append(ExpressionNode(step, operands, axes, inputs, self.entries(axes), source))
            self._index[key] = found
        return found
