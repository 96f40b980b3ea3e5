"""All mixed equilibria of a two-player game: its extreme equilibria, exactly, degenerate games included.

1. Payoffs as fractions (``exact_form``), shifted to be positive (no equilibrium changes).
2. For each player the vertices of its best-answer polytope, with the constraints that are tight there.
3. A pair of vertices is an extreme equilibrium exactly if every strategy of either player is unplayed or a best answer
   there (Mangasarian 1964; von Stengel 2002, *Handbook of Game Theory* 3, section 2).
4. Every equilibrium is a mixture of extreme ones within a component: a maximal set of pairs of which each can be
   exchanged with each (``components``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from quandary.base.arrays import Array
from quandary.base.problems import Problem, Refusal
from quandary.base.stopping import STOPS, Proceed, always, go_on, reason
from quandary.game.strategic import StrategicForm
from quandary.game.trees.tree import Tree, forgetful_sets
from quandary.onegame.checks.exact_regret import FormGains, TreeGains, gains_of
from quandary.onegame.components import SETS_AT_MOST, Component, components_of
from quandary.onegame.equilibria import EquilibriaFound, Equilibrium
from quandary.onegame.listing.lemke_howson import paths
from quandary.onegame.listing.pure import left_open, of_mixture
from quandary.onegame.listing.vertices import RAYS_AT_MOST, TooMany, Vertex, best_answer_vertices
from quandary.onegame.programs.exact_form import exact, exact_payoffs
from quandary.onegame.strategies import Strategic, strategic_form

Payoffs = Array | Sequence[Sequence[Fraction]]
STRATEGIES_AT_MOST = 400
COMPARED_EACH_STEP = 100_000
NAMED = 6
NOT_NUMBERED = (-1, -1)

RECORDED_LATE = 200
"""So many equilibria are still checked and listed after a search was stopped."""

EARLY_FROM = 14
"""In games of so many strategies some equilibria are found before the enumeration, which may take long."""


@dataclass(frozen=True)
class Pair:
    """An extreme equilibrium: exact weights of both players' strategies, and which vertices they are."""

    first: tuple[Fraction, ...]
    second: tuple[Fraction, ...]
    vertices: tuple[int, int]


@dataclass(frozen=True)
class Enumerated:
    """Extreme equilibria, whether these are all, why the search stopped early (if it did), and who makes the game
    degenerate: whose mixture of k strategies has more than k best answers (``None`` where that was not seen)."""

    pairs: tuple[Pair, ...]
    complete: bool
    stopped: str = ""
    degenerate: tuple[bool, bool] | None = None


def mixed(game: Tree | StrategicForm, world: int = 0, *, proceed: Proceed = always) -> EquilibriaFound:
    """Return every extreme Nash equilibrium of a two-player game, on a tree those of the reduced strategic form.

    A search that is stopped returns those that it had found. Raises ``Refusal``: Q457 unless two play, Q456 for a game
    too large, Q453 where a player has forgotten something; ``Stopped`` before the strategic form is there.
    """
    if len(game.players) != 2:
        message = f"the game has {len(game.players)} players; all mixed equilibria are enumerated for two."
        raise Refusal(Problem("Q457", message, hint='use "pure", "logit" or "gambit"'))
    if isinstance(game, Tree) and (bad := forgetful_sets(game)):
        message = f'"{game.sets[bad[0]].player}" has forgotten something it knew at set {bad[0] + 1}.'
        raise Refusal(Problem("Q453", message, hint='use the concept "logit", which solves the agent form'))
    strategic: Strategic | StrategicForm = (
        strategic_form(game, world, proceed=proceed) if isinstance(game, Tree) else game
    )
    form = strategic.form if isinstance(strategic, Strategic) else strategic
    numbers = form.payoffs[..., 0 if form.payoffs.shape[-1] == 1 else world]
    if sum(numbers.shape[1:]) > STRATEGIES_AT_MOST:
        message = f"the players have {numbers.shape[1]} and {numbers.shape[2]} strategies, too many to enumerate."
        raise Refusal(Problem("Q456", message, hint='use "pure", "logit" or, for a constant sum, "zero_sum"'))
    first, second = exact_payoffs(strategic, world, proceed)
    searched = enumerated(first, second, proceed)
    return _told(strategic, searched, world, f"{numbers.shape[1]} x {numbers.shape[2]} strategies", proceed)


def enumerated(
    first: Payoffs, second: Payoffs, proceed: Proceed = always, *, most: int = RAYS_AT_MOST, early: int = EARLY_FROM
) -> Enumerated:
    """Return the extreme equilibria of a bimatrix game, as many as the search comes to.

    In games of ``early`` strategies or more some are found first on shorter ways, so that a search that is stopped is
    left with these: the pure ones, and the ends of Lemke and Howson's paths.
    """
    ours, theirs = _positive(first), _positive(second)
    rows, columns = len(first), len(first[0])
    soon: list[Pair] = []
    pairs: list[Pair] = []
    try:
        if rows + columns >= early:
            _find_early(ours, theirs, proceed, soon)
        x_side = best_answer_vertices(theirs, proceed, what="vertices of the first player", most=most)
        transposed = [[ours[i][j] for i in range(rows)] for j in range(columns)]
        y_side = best_answer_vertices(transposed, proceed, what="vertices of the second player", most=most)
        for pair in _complementary(x_side, y_side, rows, columns, proceed):
            pairs.append(pair)
    except STOPS as stop:
        known = {(pair.first, pair.second) for pair in pairs}
        kept = (*pairs, *(pair for pair in soon if (pair.first, pair.second) not in known))
        return Enumerated(kept, False, "" if isinstance(stop, TooMany) else reason(stop))
    crowded = (any(v.tight.bit_count() > n for v in side) for side, n in ((x_side, rows), (y_side, columns)))
    return Enumerated(tuple(pairs), True, degenerate=(next(crowded), next(crowded)))


def _find_early(
    ours: Sequence[Sequence[Fraction]], theirs: Sequence[Sequence[Fraction]], proceed: Proceed, into: list[Pair]
) -> None:
    """Add the pure equilibria, then the ends of the paths, each once."""
    columns = list(zip(*ours, strict=True))
    for i, row in enumerate(theirs):
        for j, paid in enumerate(row):
            if paid == max(row) and ours[i][j] == max(columns[j]):
                into.append(Pair(_unit(len(ours), i), _unit(len(row), j), NOT_NUMBERED))
    known = {(pair.first, pair.second) for pair in into}
    for x, y in paths(ours, theirs, proceed):
        if (x, y) not in known:
            known.add((x, y))
            into.append(Pair(x, y, NOT_NUMBERED))


def _unit(size: int, place: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(int(k == place)) for k in range(size))


def _told(
    strategic: Strategic | StrategicForm, searched: Enumerated, world: int, sizes: str, proceed: Proceed
) -> EquilibriaFound:
    """Return the equilibria as records, with components where all are known."""
    how = f"all pairs of vertices of the best-answer polytopes ({sizes}), in exact arithmetic"
    found: list[Equilibrium] = []
    gains = gains_of(strategic.tree if isinstance(strategic, Strategic) else strategic, world)
    try:
        for pair in searched.pairs[: RECORDED_LATE if searched.stopped else None]:
            if not searched.stopped:
                go_on(proceed, "equilibria checked", len(found), len(searched.pairs))
            mixture = [np.array([float(w) for w in side]) for side in (pair.first, pair.second)]
            found.append(_recorded(strategic, mixture, world, gains))
    except STOPS as stop:
        searched = replace(searched, complete=False, stopped=reason(stop))
    if not searched.complete:
        why = searched.stopped or "there are too many vertices"
        told = f"not all pairs of vertices of the best-answer polytopes ({sizes}): {why}"
        limits = ("other extreme equilibria, and how these hang together, were not searched to the end",)
        return EquilibriaFound("mixed", tuple(found), False, told, limits, stopped=searched.stopped)
    parts = components_of([pair.vertices for pair in searched.pairs])
    number_of = {k: part for part in parts for k in part.members}
    marked = tuple(_remark(e, number_of[k], k) for k, e in enumerate(found))
    told = f"{how}, complete for this game: every equilibrium is a mixture of these within a component"
    form = strategic.form if isinstance(strategic, Strategic) else strategic
    assert searched.degenerate is not None
    who = tuple(player for player, yes in zip(form.players, searched.degenerate, strict=True) if yes)
    open_ = left_open(marked)
    if sum(len(part.sets) for part in parts) >= SETS_AT_MOST:
        open_ += (f"of the sets that are mixed freely the first {SETS_AT_MOST} are listed; there may be more",)
    return EquilibriaFound("mixed", marked, True, told, open_, components=parts, degenerate=who)


def _recorded(
    strategic: Strategic | StrategicForm, mixture: list[Array], world: int, gains: TreeGains | FormGains
) -> Equilibrium:
    """Return an exact equilibrium, its weights rounded. Raises ``Refusal`` (Q464) where rounding leaves none."""
    found = of_mixture(strategic, mixture, world, gains)
    if found is None:
        message = "an exact equilibrium has weights that lose their meaning in numbers of 16 digits."
        raise Refusal(Problem("Q464", message, hint="bring the payoffs nearer to each other in size"))
    return found


def _positive(payoffs: Payoffs) -> list[list[Fraction]]:
    """Return payoffs as fractions, shifted and scaled to between one and two."""
    values = [[v if isinstance(v, Fraction) else exact(float(v)) for v in row] for row in payoffs]
    low = min(min(row) for row in values)
    spread = max(max(row) for row in values) - low or Fraction(1)
    return [[1 + (v - low) / spread for v in row] for row in values]


def _complementary(
    x_side: Sequence[Vertex], y_side: Sequence[Vertex], rows: int, columns: int, proceed: Proceed
) -> Iterator[Pair]:
    """Yield the pairs in which every strategy is unplayed or a best answer. Raises ``Stopped``."""
    every = (1 << (rows + columns)) - 1
    turned = [_turned(y.tight, rows, columns) for y in y_side]
    each = max(1, COMPARED_EACH_STEP // max(1, len(y_side)))
    for a, x in enumerate(x_side):
        if a % each == 0:
            go_on(proceed, "pairs of vertices", a, len(x_side))
        missing = every & ~x.tight
        for b, tight in enumerate(turned):
            if missing & ~tight == 0:
                yield Pair(_shares(x), _shares(y_side[b]), (a, b))


def _turned(tight: int, rows: int, columns: int) -> int:
    """Return the second player's tight constraints in the first one's numbering: rows first, then columns."""
    unplayed, best = tight & ((1 << columns) - 1), tight >> columns
    return best | unplayed << rows


def _shares(vertex: Vertex) -> tuple[Fraction, ...]:
    total = sum(vertex.weights)
    return tuple(w / total for w in vertex.weights)


def _remark(found: Equilibrium, part: Component, place: int) -> Equilibrium:
    """Say which component an equilibrium belongs to, where that component holds more than itself."""
    if part.isolated:
        return found
    joined = {k for own in part.sets if place in own for k in own} - {place}
    names = ", ".join(f"E{k + 1}" for k in sorted(joined)[:NAMED])
    more = f" and {len(joined) - NAMED} more" if len(joined) > NAMED else ""
    told = f"a corner of component {part.number}, a continuum" + (f": mixes with {names}{more}" if names else "")
    return replace(found, remarks=(told,))
