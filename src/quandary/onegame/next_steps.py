"""What would settle a search that did not come to its end: a longer limit where time ran out, and else what can.

Work that ended by itself ends in the same place again, however long it is given. So a longer limit is named only where
the limit ended the search, and another concept only where that concept can be had of this game.
"""

from __future__ import annotations

from math import floor, isfinite, log10, prod

from quandary.base.problems import Refusal
from quandary.base.stopping import OUT_OF_TIME
from quandary.game.diagram import Diagram
from quandary.game.strategic import StrategicForm
from quandary.game.trees.tree import Tree, forgetful_sets
from quandary.onegame.equilibria import EquilibriaFound, Reached
from quandary.onegame.listing.mixed import STRATEGIES_AT_MOST
from quandary.onegame.listing.zero_sum import sums_to_constant
from quandary.onegame.search import Request, Searched, as_tree
from quandary.onegame.strategies import COMBINATIONS_AT_MOST, count_strategies

HISTORIES_AT_MOST = 100_000
"""A diagram of more histories is not unrolled to see which concepts it allows."""

NO_LONGER = "a longer --limit changes nothing: the work came to its end"
TELLS = {
    "zero_sum": "-c zero_sum gives the value and a behaviour for each player that secures it, an equilibrium",
    "mixed": "-c mixed lists every extreme equilibrium in exact arithmetic",
    "pure": "-c pure lists the equilibria in pure strategies, if there are any",
    "sequential": "-c sequential follows one branch to its limit",
    "logit": "-c logit answers at a precision (--rationality), not in the limit",
}


def next_steps(found: Searched, request: Request) -> tuple[str, ...]:
    """Return what the reader can do about a search that did not come to its end, nothing after one that did.

    An interruption is the reader's own: what it cut off is known.
    """
    listed = found.equilibria
    if listed.stopped:
        return _after_the_limit(found, request) if listed.stopped == OUT_OF_TIME else ()
    if request.trace:
        return () if listed.complete else (NO_LONGER, *_along_the_branch(found))
    if request.concept == "mixed" and not listed.complete:
        return (NO_LONGER, *_others(found, ("zero_sum", "pure")))
    if request.concept == "gambit" and not listed.complete and (not listed.found or len(found.game.players) == 2):
        return (NO_LONGER, *_others(found, ("mixed", "pure", "sequential")))
    if listed.found or listed.complete:
        return ()
    return (NO_LONGER, *_without_a_limit(found, request))


def longer_limit(seconds: float | None) -> str:
    """Return four times a time limit as it is written after ``--limit``."""
    longer = 4.0 * (seconds or 30.0)
    return f"{longer / 60.0:g}m" if longer >= 60.0 else f"{longer:g}s"


def _after_the_limit(found: Searched, request: Request) -> tuple[str, ...]:
    steps = [f"a longer limit goes further: --limit {longer_limit(request.seconds)}"]
    listed = found.equilibria
    if request.concept == "sequential":
        steps += _others(found, ("zero_sum",))
    elif request.concept == "logit" and not request.trace:
        steps += _lower(listed, "takes less time")
    return tuple(steps)


def _without_a_limit(found: Searched, request: Request) -> tuple[str, ...]:
    """Return what helps where a selecting concept did not converge."""
    if request.concept == "logit":
        form = " --form strategic" if request.strategic else ""
        trace = f"--rationality trace{form} shows the branch from uniform play up to where it was lost"
        return (*_lower(found.equilibria, "lies on the part of the branch that was followed"), trace)
    return _others(found, ("zero_sum", "mixed", "pure", "logit"))


def _along_the_branch(found: Searched) -> tuple[str, ...]:
    end = found.precisions[-1] if found.precisions else 0.0
    if not end or end == 1.0:
        return ()
    return (f"the points shown stand; beyond {end:.4g} this branch is not known",)


def _lower(listed: EquilibriaFound, why: str) -> tuple[str, ...]:
    """Return a lower precision to ask for: just below the one that was come to, where that is one for all."""
    precision = None if listed.reached is None else common_precision(listed.reached)
    if precision is None:
        return (f"a smaller --rationality {why}",) if listed.stopped else ()
    return (f"a smaller --rationality {why}: {_rounded_down(precision)}, for one",)


def common_precision(stood: Reached) -> float | None:
    """Return the precision of a point if it is one for all players and finite."""
    values = list(stood.precision.values())
    if not values or not all(isfinite(value) and value > 0.0 for value in values):
        return None
    return min(values) if max(values) - min(values) <= 1e-9 * max(values) else None


def _rounded_down(value: float) -> str:
    unit = 10.0 ** (floor(log10(value)) - 1)
    return f"{floor(value / unit) * unit:.4g}"


def _others(found: Searched, concepts: tuple[str, ...]) -> tuple[str, ...]:
    """Return what each of these concepts tells that this game allows, the first one and no more than two."""
    allowed = _allowed(found)
    return tuple(TELLS[concept] for concept in concepts if concept in allowed)[:2]


def _allowed(found: Searched) -> set[str]:
    """Return the concepts that can be had of the game."""
    game = found.game
    if isinstance(game, Diagram):
        if prod(len(v.states) for v in game.variables) > HISTORIES_AT_MOST:
            return {"logit"}
        try:
            game = as_tree(found.written if isinstance(found.written, Diagram) else game)
        except Refusal:
            return {"logit"}
    forgets = isinstance(game, Tree) and bool(forgetful_sets(game))
    counts = game.payoffs.shape[1:-1] if isinstance(game, StrategicForm) else tuple(count_strategies(game).values())
    allowed = {"logit"} if forgets else {"logit", "sequential"}
    if prod(counts) <= COMBINATIONS_AT_MOST:
        allowed.add("pure")
        if len(counts) == 2 and sum(counts) <= STRATEGIES_AT_MOST and not forgets:
            allowed.add("mixed")
    if not forgets and sums_to_constant(game):
        allowed.add("zero_sum")
    return allowed
