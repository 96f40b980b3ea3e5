"""The pass of a diagram game as compiled code, where numba is installed (``quandary[fast]``) and the job is large.

NumPy stays the reference: a pass in which a probability gets too small for this way answers ``None``, and the solver
goes on with tables.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from quandary.engine.evaluation import Evaluation
from quandary.engine.expressions import Input
from quandary.engine.program import Point, Program, Rows, rows_over
from quandary.engine.writing import write_program
from quandary.game.protocol import Profile
from quandary.game.table import Array, Mask

if TYPE_CHECKING:
    from quandary.engine.diagram_game import DiagramGame

LANES = 8
WORTHWHILE = 1_500_000
"""Entries times worlds of a pass from which loading the compiled code pays."""

LogOdds = Sequence[tuple[Rows, Rows, Rows]]
"""Per carrier the sets, options and first options that its part of the state stands for."""


@cache
def compiled_code_available() -> bool:
    """Return whether numba is installed and not switched off (``QUANDARY_KERNEL=numpy``)."""
    return os.environ.get("QUANDARY_KERNEL", "") != "numpy" and find_spec("numba") is not None


def worthwhile(game: DiagramGame) -> bool:
    """Return whether the game is one that compiled code can and should solve."""
    if any(np.isinf(p).any() for p in game.diagram.precision.values()):
        return False
    return _entries(game) * game.worlds >= WORTHWHILE and compiled_code_available()


def _entries(game: DiagramGame) -> int:
    book = game.plan.book
    roots = [w.node for w in game._wanted if w.node is not None]
    changing = [book.nodes[n] for n in book.needed(roots) if book.nodes[n].inputs and book.nodes[n].operands]
    return sum(book.entries({a for n in node.operands for a in book.nodes[n].axes}) for node in changing)


def fused(
    game: DiagramGame, carriers: Sequence[int], others: Sequence[int], after: Sequence[int], odds: LogOdds
) -> FusedPass | None:
    """Return the pass from the carriers' log-odds to themselves, ``None`` where tables have to do."""
    if not game.compiled:
        return None
    possible = game.possible
    points = _points(game, carriers, odds)
    seen = tuple(mask.tobytes() for _, mask in sorted(possible.items()))
    key = (tuple(carriers), tuple(others), tuple(after), tuple(a.tobytes() for part in odds for a in part), seen)
    known = game.plan.programs.get(key)
    if known is None:
        book = game.plan.book
        inner = write_program(book, possible, [points[c] for c in carriers], [points[p] for p in others], whole=False)
        rest = [points[p] for p in (*others, *after)]
        outer = write_program(book, possible, [points[c] for c in carriers], rest, whole=True)
        known = None if inner is None or outer is None else (inner, outer)
        game.plan.programs[key] = known
    if known is None:
        return None
    return FusedPass(game, known[0], known[1], [*carriers, *others, *after])


def possible_entries(game: DiagramGame) -> dict[int, Mask]:
    """Return per input node which entries are not zero in every world."""
    book, found = game.plan.book, {}
    for number, node in enumerate(book.nodes):
        if node.source is None or node.source.kind == "factor":
            continue
        found[number] = np.ones(node.size, dtype=np.bool_)
        if node.source.kind == "chance":
            values = game.diagram.tables[str(node.source.name)].values
            found[number] = (values != 0.0).any(axis=-1).ravel()
        elif node.source.kind == "policy":
            index = [d.name for d in game.decisions].index(str(node.source.name))
            found[number] = game.points[index].allowed.ravel()
    return found


def _points(game: DiagramGame, carriers: Sequence[int], odds: LogOdds) -> list[Point]:
    book, structure = game.plan.book, game.structure
    start, where = 0, dict(zip(carriers, odds, strict=True))
    begins = {}
    for carrier in carriers:
        begins[carrier] = start
        start += len(where[carrier][0])
    nothing = np.zeros(0, dtype=np.intp)
    players = list(game.diagram.players)
    found = []
    for index, (decision, wanted) in enumerate(zip(game.decisions, game._wanted, strict=True)):
        allowed = game.points[index].allowed
        axes = (*decision.parents, decision.name)
        shape = tuple(structure.cardinality[a] for a in axes)
        values = np.zeros(allowed.shape, dtype=np.intp)
        if wanted.node is not None:
            values = rows_over(book, book.nodes[wanted.node], axes, shape).reshape(allowed.shape)
        sets, options, first = where.get(index, (nothing, nothing, nothing))
        policy = game.plan.factor(decision.name)
        player = players.index(decision.player)
        begin = begins.get(index, 0)
        found.append(Point(wanted.node, policy, allowed, values, player, sets, options, first, begin))
    return found


class FusedPass:
    """Both programs of a game bound to its numbers in all its worlds."""

    def __init__(self, game: DiagramGame, inner: Program, outer: Program, points: Sequence[int]) -> None:
        self._game = game
        self._inner = inner
        self._outer = outer
        self._points = list(points)
        self._blocks = -(-game.worlds // LANES)
        self._bound: dict[int, Array] = {}
        precision = [np.broadcast_to(game.diagram.precision[p], (game.worlds,)) for p in game.diagram.players]
        self._precision = self._in_blocks(np.stack(precision))

    def image(self, state: Array, scale: Array) -> Array | None:
        """Return the carriers' log-odds after one pass from ``state`` at ``scale``, or ``None``."""
        found = self._run(self._inner, state, scale)
        if found is None:
            return None
        return np.ascontiguousarray(found[0].transpose(1, 0, 2).reshape(len(state), -1)[:, : self._game.worlds])

    def profile(self, state: Array, scale: Array) -> Profile | None:
        """Return the whole profile that answers ``state`` at ``scale``, or ``None``."""
        found = self._run(self._outer, state, scale)
        if found is None:
            return None
        profile: Profile = [np.zeros(0)] * len(self._points)
        start, worlds = 0, self._game.worlds
        for index in self._points:
            sets, options = self._game.points[index].allowed.shape
            rows = found[1][start : start + sets * options, :worlds]
            profile[index] = rows.reshape(sets, options, worlds)
            start += sets * options
        return profile

    def _run(self, program: Program, state: Array, scale: Array) -> tuple[Array, Array] | None:
        from quandary.engine import kernel  # numba is loaded for large jobs only

        blocks = self._blocks
        start = self._in_blocks(np.concatenate([np.zeros((1, state.shape[1])), state]))
        image = np.empty((blocks, len(state), LANES))
        policies = np.empty((len(program.exports), blocks * LANES))
        hard = np.zeros(blocks, dtype=np.bool_)
        kernel.run(
            program.code,
            program.pointer,
            program.left,
            program.right,
            program.target,
            program.exports,
            np.empty(program.slots * LANES),
            max(len(d.states) for d in self._game.decisions),
            self._constants(program).reshape(blocks, -1),
            start.reshape(blocks, -1),
            self._in_blocks(np.broadcast_to(scale, (1, self._game.worlds)))[:, 0],
            self._precision,
            image,
            policies,
            hard,
        )
        return None if hard.any() else (image, policies)

    def _constants(self, program: Program) -> Array:
        key = id(program)
        if key not in self._bound:
            self._bound[key] = self._in_blocks(self._game.constant_rows(program))
        return self._bound[key]

    def _in_blocks(self, rows: Array) -> Array:
        """Return rows ``(n, W)`` as ``(blocks, n, 8)``, the last world repeated to fill the last block."""
        padded = np.empty((rows.shape[0], self._blocks * LANES))
        padded[:, : rows.shape[1]] = rows
        padded[:, rows.shape[1] :] = rows[:, -1:]
        return np.ascontiguousarray(padded.reshape(len(rows), self._blocks, LANES).transpose(1, 0, 2))


def constant_rows(game: DiagramGame, program: Program) -> Array:
    """Return the rows that a program loads, ``(rows, W)``."""
    parts = [np.empty((0, game.worlds))]
    for number, rows in program.constants:
        values = game.constants.value(number)
        flat = values.reshape(-1, values.shape[-1])[rows]
        parts.append(np.broadcast_to(flat, (len(rows), game.worlds)))
    return np.concatenate(parts)


def constants_of(game: DiagramGame) -> Evaluation:
    """Return the evaluation of what does not depend on any choice."""
    tables: Mapping[Input, Array] = {
        **{Input("chance", name): table.values for name, table in game.diagram.tables.items()},
        **{Input("utility", i): u.table.values for i, u in enumerate(game.diagram.utilities)},
    }
    return Evaluation(game.plan.book, tables)
