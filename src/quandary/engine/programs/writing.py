"""Writing a program: backwards from what is asked for to the entries it needs, then forwards line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from quandary.base.arrays import Mask
from quandary.engine.expressions import Book, ExpressionStep
from quandary.engine.programs.program import Do, Point, Program, Rows, lead_first, rows_over

LARGEST = 1 << 21
"""Programs whose tables have more entries than this in all are not written: contraction by tables is meant for them."""

MOST_COUNTS = 8
"""A line whose rows have more different numbers of operands than this stays one line."""


def write_programs(
    book: Book, possible: Mapping[int, Mask], carriers: Sequence[Point], others: Sequence[Point], after: Sequence[Point]
) -> tuple[Program, Program] | None:
    """Return two programs that load the same constants, or ``None`` where they would be too long.

    The first answers the carriers' log-odds with their own; the second gives every set of every point. ``possible``
    holds per input node which entries can be other than zero. A point of ``after`` at which there is nothing to choose
    may be relied on by points answered before it: until its turn comes it plays evenly, as tables begin.
    """
    rest = [*others, *after]
    everybody = [*carriers, *rest]
    roots = [p.node for p in (*carriers, *rest) if p.node is not None]
    if sum(book.entries(_union(book, n)) for n in _nodes(book, roots)) > LARGEST:
        return None
    inner = _Writer(book, dict(possible), carriers, others, everybody, whole=False)
    outer = _Writer(book, inner.possible, carriers, rest, everybody, whole=True)
    for one, other in ((inner, outer), (outer, inner)):
        for number, mask in other.needed.items():
            if not book.nodes[number].inputs:
                one.needed[number] = one.needed.get(number, np.zeros_like(mask)) | mask
    return inner.write(), outer.write()


def _nodes(book: Book, roots: Sequence[int]) -> list[int]:
    return [n for n in book.needed(roots) if book.nodes[n].operands and book.nodes[n].inputs]


def _union(book: Book, number: int) -> tuple[str, ...]:
    found = {a for n in (*book.nodes[number].operands, number) for a in book.nodes[n].axes}
    return tuple(sorted(found, key=book.order.__getitem__))


@dataclass(frozen=True, eq=False)
class _ProgramLine:
    """One instruction with its rows: per row its target and the number of its operands, which follow each other."""

    do: Do
    player: int
    targets: Rows
    counts: Rows
    left: Rows
    right: Rows

    def by_counts(self) -> list[_ProgramLine]:
        """Return lines that do the same together, in each of which every row has as many operands."""
        different = np.unique(self.counts)
        if len(different) < 2 or len(different) > MOST_COUNTS:
            return [self]
        begins, parts = np.cumsum(self.counts) - self.counts, []
        for count in different.tolist():
            rows = np.flatnonzero(self.counts == count)
            items = (begins[rows][:, None] + np.arange(count)).ravel()
            left, right = self.left[items], self.right[items]
            parts.append(_ProgramLine(self.do, self.player, self.targets[rows], self.counts[rows], left, right))
        return parts


class _Writer:
    """Works out backwards which entries are needed, then numbers the slots and writes the lines."""

    def __init__(
        self,
        book: Book,
        possible: dict[int, Mask],
        carriers: Sequence[Point],
        others: Sequence[Point],
        everybody: Sequence[Point],
        *,
        whole: bool,
    ) -> None:
        self.book = book
        self.possible = possible
        self.points = [*carriers, *others]
        self.complete = len(self.points) == len(everybody)
        self.needed: dict[int, Mask] = {}
        self.slots: dict[int, Rows] = {}
        self._worked: dict[int, list[Rows]] = {}
        self._unanswered: dict[int, Mask] = {}
        self.steps = self._steps(carriers, others, whole=whole)
        for kind, what in reversed(self.steps):
            self._ask(kind, what, whole=whole)
        self._play_evenly_at_first(everybody)

    def write(self) -> Program:
        """Return the program for what ``needed`` names."""
        constants = self._constants()
        lines: list[_ProgramLine] = []
        answered = [what for _, what in self.steps if isinstance(what, Point)]
        for number in dict.fromkeys(point.policy for point in (*self.points, *answered)):
            self._number(number)
        for kind, what in self.steps:
            if isinstance(what, int) and what not in self.slots:
                self._number(what)
            lines.extend(self._lines(kind, what))
        full = all((self.slots[p.policy] >= 0).sum() == p.allowed.sum() for p in self.points)
        return self._bound(lines, constants, [p.policy for p in self.points] if self.complete and full else [])

    def _steps(
        self, carriers: Sequence[Point], others: Sequence[Point], *, whole: bool
    ) -> list[tuple[str, int | Point]]:
        """Return the steps in order; what relies on a policy that is answered after its use is worked out again."""
        steps: list[tuple[str, int | Point]] = [("choose", point) for point in carriers]
        emitted: set[int] = set()
        for point in (*others, *(() if whole else carriers)):
            for number in _nodes(self.book, [] if point.node is None else [point.node]):
                if number not in emitted:
                    emitted.add(number)
                    steps.append(("node", number))
            if point in others:
                steps.append(("respond", point))
                (own,) = self.book.nodes[point.policy].inputs
                emitted = {number for number in emitted if own not in self.book.nodes[number].inputs}
        if not whole:
            steps += [("pack", point) for point in carriers]
        return steps

    def _may(self, number: int) -> Mask:
        """Return which of the node's entries can be other than zero, flat."""
        if number not in self.possible:
            node = self.book.nodes[number]
            grid = [self._grid(number, n) for n in node.operands]
            out = self._grid(number, number)
            parts = [self._may(n)[g] for n, g in zip(node.operands, grid, strict=True)]
            join = np.logical_or if node.step is ExpressionStep.SUM else np.logical_and
            joined: Mask = np.asarray(join.reduce(parts))
            may = np.zeros(node.size, dtype=np.bool_)
            may[out[joined]] = True
            self.possible[number] = may
        return self.possible[number]

    def _grid(self, number: int, part: int) -> Rows:
        """Return, for every combination of all axes the node's step runs over, the entry of one of its parts."""
        axes = _union(self.book, number)
        shape = tuple(self.book.cardinality[a] for a in axes)
        return rows_over(self.book, self.book.nodes[part], axes, shape)

    def _mark(self, number: int, rows: Rows) -> None:
        if number not in self.needed:
            self.needed[number] = np.zeros(self.book.nodes[number].size, dtype=np.bool_)
        self.needed[number][rows] = True

    def _ask(self, kind: str, what: int | Point, *, whole: bool) -> None:
        """Mark what one step needs of earlier ones."""
        if isinstance(what, int):
            self._worked[what] = self._items(what)
            for part, rows in zip(self.book.nodes[what].operands, self._worked[what][1:], strict=True):
                self._mark(part, rows)
                if self.book.nodes[part].inputs and not self.book.nodes[part].operands:
                    self._unanswered.setdefault(part, np.zeros(self.book.nodes[part].size, dtype=np.bool_))[rows] = True
            return
        if kind == "pack" and what.node is not None:
            self._mark(what.node, what.values[what.sets, what.options])
            self._mark(what.node, what.values[what.sets, what.first])
        if kind in ("respond", "choose"):
            wanted = self.needed.get(what.policy, np.zeros(what.allowed.size, dtype=np.bool_))
            sets: Mask = np.ones(len(what.allowed), dtype=np.bool_)
            if not whole:
                sets = np.any(wanted.reshape(what.allowed.shape), axis=1)
            rows = np.flatnonzero((what.allowed & sets[:, None]).ravel())
            self.needed.pop(what.policy, None)
            self._unanswered.pop(what.policy, None)
            self._mark(what.policy, rows)
            if what.usual is not None:
                self._mark(what.usual, what.shares.ravel()[rows])
            if kind == "respond" and what.node is not None:
                self._mark(what.node, what.values.ravel()[rows])

    def _play_evenly_at_first(self, everybody: Sequence[Point]) -> None:
        """Begin with even choices at the points whose policies are read before they are answered, or never are."""
        nothing = np.zeros(0, dtype=np.intp)
        for point in everybody:
            if point.policy in self._unanswered:
                even = replace(point, sets=nothing, options=nothing, first=nothing)
                self._ask("choose", even, whole=False)
                self.steps.insert(0, ("choose", even))

    def _items(self, number: int) -> list[Rows]:
        """Return the entries (target, operand, ...) of a node's step that are needed and not zero."""
        node = self.book.nodes[number]
        out = self._grid(number, number)
        grids = [self._grid(number, n) for n in node.operands]
        wanted = self.needed.get(number, np.zeros(node.size, dtype=np.bool_)) & self._may(number)
        keep = wanted[out]
        if node.step is not ExpressionStep.SUM:
            for part, grid in zip(node.operands, grids, strict=True):
                keep = keep & self._may(part)[grid]
        chosen = np.flatnonzero(keep)
        chosen = chosen[np.argsort(out[chosen], kind="stable")]
        return [out[chosen], *(grid[chosen] for grid in grids)]

    def _constants(self) -> tuple[tuple[int, Rows], ...]:
        found = []
        self.next = 0
        for number in sorted(self.needed):
            if not self.book.nodes[number].inputs:
                rows = np.flatnonzero(self.needed[number] & self._may(number))
                self._number(number)
                found.append((number, rows))
        self.loaded = self.next
        self.zero = self.next
        self.next += 1
        return tuple(found)

    def _number(self, number: int) -> None:
        """Give every needed entry of a node its slot."""
        slots = np.full(self.book.nodes[number].size, -1, dtype=np.intp)
        wanted = np.flatnonzero(self.needed.get(number, np.zeros(len(slots), dtype=np.bool_)) & self._may(number))
        slots[wanted] = self.next + np.arange(len(wanted))
        self.next += len(wanted)
        self.slots[number] = slots

    def _slot(self, number: int | None, rows: Rows) -> Rows:
        if number is None:
            return np.full(len(rows), self.zero, dtype=np.intp)
        slots = self.slots[number][rows]
        return np.where(slots < 0, self.zero, slots)

    def _lines(self, kind: str, what: int | Point) -> list[_ProgramLine]:
        if isinstance(what, int):
            return [self._node_line(what)]
        if kind == "pack":
            packed = _ProgramLine(
                Do.PACK,
                what.player,
                what.start + np.arange(len(what.sets)),
                np.ones(len(what.sets), dtype=np.intp),
                self._slot(what.node, what.values[what.sets, what.options]),
                self._slot(what.node, what.values[what.sets, what.first]),
            )
            return [packed]
        used = self.slots[what.policy].reshape(what.allowed.shape)
        wanted = used >= 0
        counts = wanted.sum(axis=1)
        counts = counts[counts > 0]
        if kind == "choose":
            state = np.zeros(what.allowed.shape, dtype=np.intp)
            state[what.sets, what.options] = what.start + np.arange(len(what.sets)) + 1
            left = state[wanted]
        else:
            left = self._slot(what.node, what.values[wanted])
        do = Do.CHOOSE if kind == "choose" else Do.RESPOND
        if what.usual is None:
            return [_ProgramLine(do, what.player, np.zeros_like(counts), counts, left, used[wanted])]
        shares = self._slot(what.usual, what.shares[wanted])
        return self._tilted(_ProgramLine(do, what.player, np.zeros_like(counts), counts, left, used[wanted]), shares)

    def _tilted(self, line: _ProgramLine, shares: Rows) -> list[_ProgramLine]:
        """Return lines whose answer is that of a line without what is usual, times what is usual, divided by the sum.

        ``shares`` are the slots of what is usual, as many as the line's right operands.
        """
        size, sets = len(shares), len(line.counts)
        plain, weighed = self.next + np.arange(size), self.next + size + np.arange(size)
        total = self.next + 2 * size + np.arange(sets)
        self.next += 2 * size + sets
        one, nothing = np.ones(size, dtype=np.intp), np.zeros(size, dtype=np.intp)
        return [
            replace(line, right=plain),
            _ProgramLine(Do.MULTIPLY, 0, weighed, one, plain, shares),
            _ProgramLine(Do.ADD, 0, total, line.counts, weighed, nothing),
            _ProgramLine(Do.DIVIDE, 0, line.right, one, weighed, np.repeat(total, line.counts)),
        ]

    def _node_line(self, number: int) -> _ProgramLine:
        node = self.book.nodes[number]
        out, *parts = self._worked[number]
        kind = {
            ExpressionStep.PRODUCT: Do.MULTIPLY,
            ExpressionStep.MARGINAL: Do.ADD,
            ExpressionStep.SUM: Do.ADD,
            ExpressionStep.SHARE: Do.DIVIDE,
        }[node.step]
        if node.step is ExpressionStep.SUM:
            grouped = np.stack([self.slots[n][rows] for n, rows in zip(node.operands, parts, strict=True)], axis=1)
            real = grouped >= 0
            left = grouped[real]
            return _ProgramLine(kind, 0, self.slots[number][out], real.sum(axis=1), left, np.zeros_like(left))
        targets, counts = np.unique(out, return_counts=True)
        left = self._slot(node.operands[0], parts[0])
        right = self._slot(node.operands[1], parts[1]) if len(parts) > 1 else np.zeros_like(left)
        return _ProgramLine(kind, 0, self.slots[number][targets], counts, left, right)

    def _bound(
        self, lines: Sequence[_ProgramLine], constants: tuple[tuple[int, Rows], ...], exported: Sequence[int]
    ) -> Program:
        code, first = [], 0
        lines = [part for line in lines for part in line.by_counts()]
        for line in lines:
            code.append((int(line.do), first, first + len(line.targets), line.player))
            first += len(line.targets)
        counts = np.concatenate([line.counts for line in lines])
        pointer = np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32)
        left, right, target = (
            np.concatenate(parts).astype(np.uint32)
            for parts in zip(*((line.left, line.right, line.targets) for line in lines), strict=True)
        )
        exports = [np.where(self.slots[n] < 0, self.zero, self.slots[n]) for n in exported]
        ordered, lead = lead_first(np.array(code, dtype=np.int64).reshape(-1, 4), pointer, left, right, target)
        return Program(
            constants,
            self.next,
            ordered,
            lead,
            pointer,
            left,
            right,
            target,
            np.concatenate(exports).astype(np.int64) if exports else np.zeros(0, dtype=np.int64),
        )
