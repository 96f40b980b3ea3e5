"""The pass of a diagram game as compiled code, where numba is installed (``quandary[fast]``) and the job is large.

NumPy stays the reference: a pass in which a probability gets too small for this way answers ``None``, and the solver
goes on with tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array, Mask
from quandary.base.environment import KERNEL, setting
from quandary.engine.compilation import CompilingError, give_up_compiling, given_up
from quandary.engine.playing.planned_diagram import PlannedDiagram
from quandary.engine.programs.program import LANES, Point, Program, from_a_line, rows_over
from quandary.engine.programs.sources import Sources, sources_of
from quandary.engine.programs.writing import LARGEST, write_programs
from quandary.game.protocol import Agenda, Fused, LogOdds, Profile

WORTHWHILE = 1_500_000
"""Entries times worlds of a job from which loading the compiled code pays."""


RARE = 1e-12
"""What is usual may be so rare: then no probability that compiled code lets pass (``VANISHING``) leaves the floats."""


@cache
def compiled_code_available() -> bool:
    """Return whether numba is installed, can be loaded, and is not switched off (``QUANDARY_KERNEL=numpy``).

    Raises ``Refusal`` (Q820) where that variable says what means nothing.
    """
    if setting(KERNEL) == "numpy" or find_spec("numba") is None:
        return False
    try:
        from quandary.engine.compiled import kernel, linear  # noqa: F401 - whether they can be loaded is the question
    except Exception as fault:  # for example a numba that is too old for the NumPy beside it
        give_up_compiling(fault)
        return False
    return True


def worthwhile(game: PlannedDiagram) -> bool:
    """Return whether the game is one that compiled code can and should solve."""
    if any(np.isinf(p).any() for p in game.diagram.precision.values()):
        return False
    if any(table.values.min() < RARE * table.values.max() for table in game.diagram.usual.values()):
        return False
    entries = _entries(game)
    large = entries * game.job >= WORTHWHILE and entries <= LARGEST
    return large and compiled_code_available() and not given_up()


def _entries(game: PlannedDiagram) -> int:
    book = game.plan.book
    changing = [book.nodes[n] for n in book.needed(game.roots) if book.nodes[n].inputs and book.nodes[n].operands]
    return sum(book.entries({a for n in node.operands for a in book.nodes[n].axes}) for node in changing)


def fused_pass(game: PlannedDiagram, agenda: Agenda, odds: LogOdds) -> FusedPass | None:
    """Return the pass from the carriers' log-odds to themselves, ``None`` where tables have to do."""
    if not game.compiled:
        return None
    possible = game.possible
    points = _points(game, agenda.carriers, odds)
    seen = tuple(mask.tobytes() for _, mask in sorted(possible.items()))
    tilted = tuple(sorted(game.usual_nodes.items()))
    key = (agenda, tuple(a.tobytes() for part in odds for a in part), seen, tilted)
    known = game.plan.programs.get(key)
    if known is None:
        chosen = ([points[p] for p in some] for some in (agenda.carriers, agenda.pass_, agenda.after))
        known = write_programs(game.plan.book, possible, *chosen)
        game.plan.programs[key] = known
    if known is None:
        return None
    return FusedPass(game, known[0], known[1], [*agenda.carriers, *agenda.pass_, *agenda.after])


def possible_entries(game: PlannedDiagram) -> dict[int, Mask]:
    """Return per input node which entries are not zero in every world."""
    book = game.plan.book
    found = {node: np.ones(book.nodes[node].size, dtype=np.bool_) for node in game.usual_nodes.values()}
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


def _points(game: PlannedDiagram, carriers: Sequence[int], odds: LogOdds) -> list[Point]:
    book, structure = game.plan.book, game.structure
    start, where = 0, dict(zip(carriers, odds, strict=True))
    begins = {}
    for carrier in carriers:
        begins[carrier] = start
        start += len(where[carrier][0])
    nothing = np.zeros(0, dtype=np.intp)
    players = list(game.diagram.players)
    found = []
    for index, (decision, wanted) in enumerate(zip(game.decisions, game.wanted, strict=True)):
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
        usual, shares = game.usual_nodes.get(decision.name), values
        if usual is not None:
            shares = rows_over(book, book.nodes[usual], axes, shape).reshape(allowed.shape)
        found.append(Point(wanted.node, policy, allowed, values, player, sets, options, first, begin, usual, shares))
    return found


class _Sheet(NamedTuple):
    """Where a pass writes: the image in blocks, policies ``(exports, W)`` from world ``first``, in wanted blocks."""

    image: Array
    policies: Array
    first: int = 0
    wanted: Mask | None = None


class FusedPass(Fused):
    """Both programs of a game bound to its numbers in all its worlds."""

    def __init__(self, game: PlannedDiagram, inner: Program, outer: Program, points: Sequence[int]) -> None:
        self._game = game
        self._held: list[Array] = []
        self.inner = inner
        self.outer = outer
        self._points = list(points)
        self.widest = max(len(d.states) for d in game.decisions)
        self._cover(0, game.worlds)

    def _cover(self, first: int, worlds: int) -> None:
        """Stand for so many of the game's worlds from ``first`` on."""
        self._first, self.worlds = first, worlds
        self._blocks = -(-worlds // LANES)

    @cached_property
    def precision(self) -> Array:
        """Return the players' precisions, ``(blocks, players, 8)``."""
        players = self._game.diagram.players
        own = [np.broadcast_to(self._game.diagram.precision[p], (self.worlds,)) for p in players]
        return self.in_blocks(np.stack(own))

    @cached_property
    def sources(self) -> Sources:
        """Return where both programs find what they load."""
        constants = self._game.constants
        found, self._held = sources_of(((constants.value(n), rows) for n, rows in self.inner.constants), self.worlds)
        return found

    @cached_property
    def _in_place(self) -> bool:
        """Return whether all that is loaded stands in the game's own tables as they are."""
        values = (self._game.constants.value(number) for number, _ in self.inner.constants)
        return not self.computed and all(v.shape[-1] == 1 or v.strides[-1] == v.itemsize for v in values)

    def image(self, state: Array, scale: Array) -> Array | None:
        """Return the carriers' log-odds after one pass from ``state`` at ``scale``, or ``None``."""
        n = len(state)
        image = self._image(n)
        fit = self._run(self.inner, state, scale, _Sheet(image, np.empty((0, 0))))
        return np.ascontiguousarray(image.transpose(1, 0, 2).reshape(n, -1)[:, : self.worlds]) if fit.all() else None

    def profile(self, state: Array, scale: Array) -> Profile | None:
        """Return the whole profile that answers ``state`` at ``scale``, or ``None``."""
        policies = self.room()
        fit = self._run(self.outer, state, scale, _Sheet(self._image(len(state)), policies))
        return self.as_profile(policies) if fit.all() else None

    def export(self, state: Array, policies: Array, first: int, wanted: Mask) -> Mask:
        """Write the profile that answers ``state`` at scale one to ``policies`` ``(exports, W)`` from world ``first``.

        Written are the wanted worlds and those in one block with them. Return in which worlds every probability was
        large enough.
        """
        blocks = np.logical_or.reduceat(wanted, np.arange(0, self.worlds, LANES))
        return self._run(self.outer, state, np.ones(1), _Sheet(self._image(len(state)), policies, first, blocks))

    def room(self) -> Array:
        """Return room for whole profiles, ``(exports, W or more)``.

        Every row begins where a line of the cache does, and rows are an odd number of lines apart, so that the same
        worlds of many rows do not compete for one place in the caches.
        """
        rows, width = len(self.outer.exports), LANES * (self._blocks | 1)
        return from_a_line(np.empty(rows * width + LANES))[: rows * width].reshape(rows, width)

    @property
    def computed(self) -> int:
        """Return the number of rows loaded that are not the game's own tables but computed from them."""
        nodes = self._game.plan.book.nodes
        return sum(len(rows) for number, rows in self.inner.constants if nodes[number].operands)

    def by_tables(self, worlds: NDArray[np.intp]) -> PlannedDiagram:
        """Return the game in the named worlds, its passes worked out by tables."""
        return self._game.by_tables(worlds + self._first)

    def part(self, first: int, last: int) -> FusedPass:
        """Return the pass in some worlds that follow each other, ``first`` being a multiple of eight."""
        if not self._in_place:
            part = self._game.in_worlds(np.arange(first, last, dtype=np.intp))
            return FusedPass(part, self.inner, self.outer, self._points)
        own = FusedPass(self._game, self.inner, self.outer, self._points)
        own._cover(first, last - first)
        own.precision = self.precision[first // LANES : -(-last // LANES)]
        own.sources = self.sources.part(first, last)
        return own

    def as_profile(self, policies: Array) -> Profile:
        """Return exported rows ``(exports, W or more)`` as views, one for each point."""
        profile: Profile = [np.zeros(0)] * len(self._points)
        start = 0
        for index in self._points:
            sets, options = self._game.points[index].allowed.shape
            profile[index] = policies[start : start + sets * options, : self.worlds].reshape(sets, options, -1)
            start += sets * options
        return profile

    def _run(self, program: Program, state: Array, scale: Array, sheet: _Sheet) -> Mask:
        """Run a program in all worlds; return in which of them every probability was large enough for it."""
        from quandary.engine.compiled import instructions, kernel, workspace

        start = self.in_blocks(np.concatenate([np.zeros((1, state.shape[1])), state])).reshape(self._blocks, -1)
        scale = self.in_blocks(np.broadcast_to(scale, (1, self.worlds)))[:, 0]
        smallest = np.ones((self._blocks, LANES))
        wanted = np.ones(self._blocks, dtype=np.bool_) if sheet.wanted is None else sheet.wanted
        exports = program.exports if len(sheet.policies) else program.exports[:0]
        where = sheet.image, sheet.policies, sheet.first, wanted, smallest
        room = workspace.workspace_for(program.slots, self.widest, self.precision.shape[1], len(state))
        try:
            kernel.run(program.compiled, exports, room, self.sources, start, scale, self.precision, *where)
        except CompilingError as fault:
            give_up_compiling(fault)
            return np.zeros(self.worlds, dtype=np.bool_)
        fit: Mask = smallest.reshape(-1)[: self.worlds] >= instructions.VANISHING
        return fit

    def _image(self, n: int) -> Array:
        return np.empty((self._blocks, n, LANES))

    def in_blocks(self, rows: Array) -> Array:
        """Return rows ``(n, W)`` as ``(blocks, n, 8)``, the last world repeated to fill the last block."""
        padded = np.empty((rows.shape[0], self._blocks * LANES))
        padded[:, : rows.shape[1]] = rows
        padded[:, rows.shape[1] :] = rows[:, -1:]
        return np.ascontiguousarray(padded.reshape(len(rows), self._blocks, LANES).transpose(1, 0, 2))
