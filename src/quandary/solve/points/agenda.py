"""In which order decision points are worked on, and which of them carry the fixed point.

Point p relies on q if p's values may depend on q's choices. Cut the reliance graph at a few *carriers* so that no
cycle is left: given the carriers' values, every other point follows in one pass. A fixed point of the carriers is then
a fixed point of the whole game, and the pass is exact, so only the carriers are iterated upon.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import combinations

from quandary.game.protocol import Agenda, DecisionPoint, Game
from quandary.solve.points.circles import Relied, circles, in_order, relied_upon

SEARCHED = 14
"""Up to this many points in one cycle-bound component, the cheapest set of carriers is searched completely."""


def agenda_of(game: Game) -> Agenda:
    """Return the order of work for a game.

    A point at which there is nothing to choose (one option at every set in play) relies on nobody and nobody on it: it
    is answered after all that it does rely on, for what it would do at sets out of play. Who relies on whom is not
    looked up where the game says that its order is one of stages.
    """
    if game.in_stages:
        return Agenda((), (), tuple(game.order))
    settled: set[int] = set()
    for point in game.order:
        if not game.reliance[point] <= settled:
            break
        settled.add(point)
    else:
        return Agenda((), (), tuple(game.order))
    weights = tuple(choices_at(p) for p in game.points)
    free = frozenset(p for p, weight in enumerate(weights) if weight)
    nothing: frozenset[int] = frozenset()
    reliance = tuple(relied & free if p in free else nothing for p, relied in enumerate(game.reliance))
    idle = tuple(nothing if p in free else relied for p, relied in enumerate(game.reliance))
    return _in_a_circle(tuple(game.order), reliance, weights, idle if any(idle) else ())


def choices_at(point: DecisionPoint) -> int:
    """Return how many log-odds a point has as a carrier: options at sets in play in some world, less one each."""
    allowed = point.allowed[point.reached]
    return int(allowed.sum()) - len(allowed)


@lru_cache(maxsize=256)
def _in_a_circle(
    order: tuple[int, ...],
    reliance: tuple[frozenset[int], ...],
    weights: tuple[int, ...],
    idle: tuple[frozenset[int], ...] = (),
) -> Agenda:
    """Return the order of work for a game in which points rely on each other; ``weights`` count a point's log-odds.

    ``idle`` names what points with nothing to choose come after, as far as they are in no circle of their own.
    """
    rank = [0] * len(weights)
    for place, p in enumerate(order):
        rank[p] = place
    carriers: set[int] = set()
    for component in circles(reliance):
        carriers |= _carriers(component, reliance, weights, rank)
    cut = [relied - carriers for relied in reliance]
    everybody = set(range(len(weights)))
    sorted_ = in_order(everybody, [own | late - carriers for own, late in zip(cut, idle or cut, strict=True)], rank)
    if len(sorted_) < len(everybody):
        sorted_ += in_order(everybody.difference(sorted_), cut, rank)
    wanted = relied_upon(carriers, reliance)
    return Agenda(
        tuple(p for p in sorted_ if p in carriers),
        tuple(p for p in sorted_ if p in wanted and p not in carriers),
        tuple(p for p in sorted_ if p not in wanted),
    )


def _carriers(component: frozenset[int], relied: Relied, weights: Sequence[int], rank: Sequence[int]) -> set[int]:
    """Return points without which the component has no cycle, of small total weight."""
    forced = {p for p in component if p in relied[p]}
    rest = component - forced
    if _acyclic(rest, relied):
        return forced
    if len(rest) <= SEARCHED:
        return forced | _cheapest(rest, relied, weights)
    return forced | {q for p in rest for q in relied[p] & rest if rank[q] > rank[p]}


def _cheapest(component: frozenset[int], relied: Relied, weights: Sequence[int]) -> set[int]:
    points = sorted(component)
    best: tuple[int, int, Collection[int]] | None = None
    for count in range(1, len(points) + 1):
        for chosen in combinations(points, count):
            cost = sum(weights[p] for p in chosen)
            if best is not None and (cost, count) >= best[:2]:
                continue
            if _acyclic(component.difference(chosen), relied):
                best = (cost, count, chosen)
    return set(best[2]) if best is not None else set(points)


def _acyclic(points: frozenset[int], relied: Relied) -> bool:
    return len(in_order(points, relied, range(len(relied)))) == len(points)
