"""All mixed equilibria of a two-player game: its extreme equilibria, exactly, degenerate games included.

1. Payoffs as fractions, shifted to be positive (no equilibrium changes).
2. For each player the vertices of its best-answer polytope, with the constraints that are tight there.
3. A pair of vertices is an extreme equilibrium exactly if every strategy of either player is unplayed or a best answer
   there (Mangasarian 1964; von Stengel 2002, *Handbook of Game Theory* 3, section 2).
4. Every equilibrium is a mixture of extreme ones within a component: a maximal set of pairs of which each can be
   exchanged with each (Winkels 1979; Jansen 1981). ``components`` numbers them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from quandary.game.strategic import StrategicForm
from quandary.game.table import Array
from quandary.game.tree import Tree, forgetful_sets
from quandary.problems import Problem, Refusal
from quandary.solve.equilibria import Equilibria, Equilibrium, Proceed, always
from quandary.solve.pure import of_mixture
from quandary.solve.strategies import Strategic, strategic_form
from quandary.solve.vertices import RAYS_AT_MOST, TooMany, Vertex, best_answer_vertices, exact

STRATEGIES_AT_MOST = 400
PAIRS_EACH_STEP = 2_000


@dataclass(frozen=True)
class Pair:
    """An extreme equilibrium: exact weights of both players' strategies, and which vertices they are."""

    first: tuple[Fraction, ...]
    second: tuple[Fraction, ...]
    vertices: tuple[int, int]


def mixed(game: Tree | StrategicForm, world: int = 0, *, proceed: Proceed = always) -> Equilibria:
    """Return every extreme Nash equilibrium of a two-player game, on a tree those of the reduced strategic form.

    Raises ``Refusal``: Q457 unless two play, Q456 for a game too large, Q453 where a player has forgotten something.
    """
    if len(game.players) != 2:
        message = f"the game has {len(game.players)} players; all mixed equilibria are enumerated for two."
        raise Refusal(Problem("Q457", message, hint='use "pure", "logit" or "gambit"'))
    if isinstance(game, Tree) and (bad := forgetful_sets(game)):
        message = f'"{game.sets[bad[0]].player}" has forgotten something it knew at set {bad[0] + 1}.'
        raise Refusal(Problem("Q453", message, hint='use the concept "logit", which solves the agent form'))
    strategic: Strategic | StrategicForm = strategic_form(game, world) if isinstance(game, Tree) else game
    form = strategic.form if isinstance(strategic, Strategic) else strategic
    numbers = form.payoffs[..., 0 if form.payoffs.shape[-1] == 1 else world]
    if sum(numbers.shape[1:]) > STRATEGIES_AT_MOST:
        message = f"the players have {numbers.shape[1]} and {numbers.shape[2]} strategies, too many to enumerate."
        raise Refusal(Problem("Q456", message, hint='use "pure", "logit" or, for a constant sum, "zero_sum"'))
    pairs, complete = extreme_pairs(numbers[0], numbers[1], proceed)
    number_of = components(pairs)
    found = []
    for pair, number in zip(pairs, number_of, strict=True):
        mixture = [np.array([float(w) for w in side]) for side in (pair.first, pair.second)]
        found.append(_remark(of_mixture(strategic, mixture, world), number_of, number))
    sizes = f"{numbers.shape[1]} x {numbers.shape[2]} strategies"
    searched = f"all pairs of vertices of the best-answer polytopes ({sizes}), in exact arithmetic"
    told = f"{searched}, complete for this game: every equilibrium is a mixture of these within a component"
    if complete:
        return Equilibria("mixed", tuple(found), True, told)
    return Equilibria(
        "mixed",
        tuple(found),
        False,
        searched,
        ("the enumeration was stopped before its end: out of time, or too many vertices",),
    )


def extreme_pairs(
    first: Array, second: Array, proceed: Proceed = always, *, most: int = RAYS_AT_MOST
) -> tuple[list[Pair], bool]:
    """Return the extreme equilibria of a bimatrix game, and whether all of them were found."""
    ours, theirs = _positive(first), _positive(second)
    rows, columns = first.shape
    pairs: list[Pair] = []
    try:
        x_side = best_answer_vertices(theirs, proceed, what="vertices of the first player", most=most)
        transposed = [[ours[i][j] for i in range(rows)] for j in range(columns)]
        y_side = best_answer_vertices(transposed, proceed, what="vertices of the second player", most=most)
        pairs = _complementary(x_side, y_side, rows, columns, proceed)
    except (TooMany, KeyboardInterrupt):
        return pairs, False
    return pairs, True


def components(pairs: Sequence[Pair]) -> list[int]:
    """Return the number of the connected component that each extreme equilibrium lies in.

    Two extreme equilibria that share a vertex are joined by a segment of equilibria.
    """
    names: dict[tuple[int, int], int] = {}

    def root(key: tuple[int, int]) -> tuple[int, int]:
        while parent[key] != key:
            key = parent[key]
        return key

    parent = {key: key for pair in pairs for key in ((0, pair.vertices[0]), (1, pair.vertices[1]))}
    for pair in pairs:
        parent[root((0, pair.vertices[0]))] = root((1, pair.vertices[1]))
    return [names.setdefault(root((0, pair.vertices[0])), len(names) + 1) for pair in pairs]


def _positive(payoffs: Array) -> list[list[Fraction]]:
    """Return payoffs as fractions, shifted and scaled to between one and two."""
    values = [[exact(float(v)) for v in row] for row in payoffs]
    low = min(min(row) for row in values)
    spread = max(max(row) for row in values) - low or Fraction(1)
    return [[1 + (v - low) / spread for v in row] for row in values]


def _complementary(
    x_side: Sequence[Vertex], y_side: Sequence[Vertex], rows: int, columns: int, proceed: Proceed
) -> list[Pair]:
    """Return the pairs in which every strategy is unplayed or a best answer."""
    every = (1 << (rows + columns)) - 1
    turned = [_turned(y.tight, rows, columns) for y in y_side]
    pairs = []
    for a, x in enumerate(x_side):
        if a % PAIRS_EACH_STEP == 0 and not proceed("pairs of vertices", a, len(x_side)):
            raise TooMany
        missing = every & ~x.tight
        for b, tight in enumerate(turned):
            if missing & ~tight == 0:
                pairs.append(Pair(_shares(x), _shares(y_side[b]), (a, b)))
    return pairs


def _turned(tight: int, rows: int, columns: int) -> int:
    """Return the second player's tight constraints in the first one's numbering: rows first, then columns."""
    unplayed, best = tight & ((1 << columns) - 1), tight >> columns
    return best | unplayed << rows


def _shares(vertex: Vertex) -> tuple[Fraction, ...]:
    total = sum(vertex.weights)
    return tuple(w / total for w in vertex.weights)


def _remark(found: Equilibrium, number_of: Sequence[int], number: int) -> Equilibrium:
    """Say which component an equilibrium belongs to, where that component holds more than itself."""
    if number_of.count(number) == 1:
        return found
    remarks = (f"one end of a set of equilibria, component {number}",)
    return Equilibrium(found.rules, found.values, found.regret, found.residual, remarks=remarks)
