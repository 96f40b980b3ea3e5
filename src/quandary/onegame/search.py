"""One game, one concept, all the equilibria that it gives: to ``EquilibriaFound`` from any game by any concept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from quandary.base.problems import Problem, Refusal, nearest
from quandary.base.stopping import INTERRUPTED, OUT_OF_TIME, STOPS, Proceed, always, reason
from quandary.game.diagram import Diagram
from quandary.game.graphs.requisite import prune
from quandary.game.recall import unrolled_with_recall
from quandary.game.reduction.averaging import average_out
from quandary.game.strategic import StrategicForm
from quandary.game.trees.tree import Tree
from quandary.onegame.equilibria import EquilibriaFound
from quandary.onegame.listing.correlated import correlated
from quandary.onegame.listing.gambit import gambit
from quandary.onegame.listing.mixed import mixed
from quandary.onegame.listing.perfect import pure_subgame_perfect
from quandary.onegame.listing.pure import pure
from quandary.onegame.listing.zero_sum import zero_sum
from quandary.onegame.naming import Names, names_of
from quandary.onegame.programs.linear_program import NO_PART
from quandary.onegame.strategies import Strategic, strategic_form
from quandary.onegame.tracing.one_world import AnyGame, slimmed, solved_at, traced
from quandary.onegame.tracing.unfinished import reached
from quandary.solve.branch.trail import Trail
from quandary.solve.concepts import CONCEPTS, Concept

LISTING: Mapping[str, str] = {
    "pure": "every pure-strategy Nash equilibrium (of the reduced strategic form)",
    "perfect": "every pure subgame-perfect equilibrium",
    "mixed": "every extreme Nash equilibrium of two players, in exact arithmetic",
    "zero_sum": "the value and one maxmin behaviour each, for two players and a constant sum",
    "correlated": "the correlated equilibrium of largest total payoff",
    "gambit": "all mixed equilibria through Gambit's library (extra)",
}
"""Concepts that list equilibria of one world, beside those of ``solve/concepts.py``."""


PAYOFF_AT_MOST = 1e50

STOPPED_HOW = {OUT_OF_TIME: "stopped by the time limit", INTERRUPTED: "interrupted"}


@dataclass(frozen=True, eq=False)
class Request:
    """What is asked: a concept; ``precision`` for every player (``None``: the game's own), ``trace`` for the branch;
    ``strategic``: the logit of the strategic form, which differs from the agent form's."""

    concept: str = "logit"
    precision: float | None = None
    trace: bool = False
    strategic: bool = False
    seconds: float = 30.0


@dataclass(frozen=True, eq=False)
class Searched:
    """The game as it was solved, its sets' names, what was found, and on a traced branch each point's precision.

    ``written``: a diagram before it lost the observations that cannot matter.
    """

    game: AnyGame
    names: Names
    equilibria: EquilibriaFound
    precisions: tuple[float, ...] = ()
    written: AnyGame | None = None


def concept_names() -> tuple[str, ...]:
    """Return the names of all concepts."""
    return (*CONCEPTS, *LISTING)


def summary_of(concept: str) -> str:
    """Return one line on what a concept is. Raises ``Refusal`` (Q450) for an unknown one."""
    if concept in LISTING:
        return LISTING[concept]
    if concept not in CONCEPTS:
        hint = nearest(concept, concept_names()) or f"there are {', '.join(concept_names())}"
        raise Refusal(Problem("Q450", f'there is no solution concept "{concept}".', hint=hint))
    return CONCEPTS[concept].summary


def search(game: AnyGame, request: Request, proceed: Proceed = always) -> Searched:
    """Return what a concept finds in a game of one world. Raises ``Refusal`` where it cannot be applied."""
    summary_of(request.concept)
    _refuse_without_players(game)
    _refuse_overflow(game)
    if request.concept in CONCEPTS:
        return _selected(game, request, proceed)
    if request.precision is not None or request.trace or request.strategic:
        message = f'"{request.concept}" has no rationality and is not a logit of a strategic form.'
        raise Refusal(Problem("Q460", message, hint='leave the option out, or use the concept "logit"'))
    return _listed(as_tree(game), request, proceed)


def _refuse_without_players(game: AnyGame) -> None:
    if isinstance(game, Diagram):
        decided = bool(game.decisions)
    elif isinstance(game, Tree):
        decided = any(game.sets[which].player is not None for which in set(game.set_of[game.set_of >= 0].tolist()))
    else:
        decided = bool(game.players)
    if not decided:
        hint = "give a player something to choose between"
        if isinstance(game, Diagram):
            hint = "add decisions and what they pay: quandary export FILE --to json, then edit (docs: game files)"
        raise Refusal(Problem("Q462", "nobody decides anything in this game: there is nothing to solve.", hint=hint))


def _refuse_overflow(game: AnyGame) -> None:
    tables = [u.table.values for u in game.utilities] if isinstance(game, Diagram) else [game.payoffs]
    largest = max((float(np.abs(values).max(initial=0.0)) for values in tables), default=0.0)
    if largest > PAYOFF_AT_MOST:
        message = f"a payoff of {largest:.3g} is too large to be reckoned with; {PAYOFF_AT_MOST:g} is the most."
        hint = "divide the player's payoffs by the same number: the unit of payoffs is free"
        raise Refusal(Problem("Q463", message, hint=hint))


def as_tree(game: AnyGame) -> Tree | StrategicForm:
    """Return a diagram as the tree of its histories, pruned, chance that nobody sees averaged out."""
    if not isinstance(game, Diagram):
        return game
    return unrolled_with_recall(average_out(prune(game).diagram)[0], game).tree


def _listed(game: Tree | StrategicForm, request: Request, proceed: Proceed) -> Searched:
    concept = request.concept
    solved: Tree | StrategicForm = game
    try:
        if concept == "pure":
            found = pure(game, proceed=proceed)
        elif concept == "mixed":
            found = mixed(game, proceed=proceed)
        elif concept == "zero_sum":
            found = zero_sum(game, proceed=proceed, seconds=request.seconds)
        elif concept == "gambit":
            found = gambit(game, proceed=proceed)
        elif concept == "correlated":
            played = game if isinstance(game, StrategicForm) else strategic_form(game, proceed=proceed)
            solved = played if isinstance(played, StrategicForm) else replace(played.form, precision=game.precision)
            found = correlated(played, proceed=proceed, seconds=request.seconds)
        elif isinstance(game, Tree):
            found = pure_subgame_perfect(game, proceed=proceed)
        else:
            message = "a strategic form has no subgames."
            raise Refusal(Problem("Q457", message, hint='use "pure": it lists the same equilibria'))
    except STOPS as stop:
        found = _nothing(concept, reason(stop), LISTING[concept])
        if concept == "correlated":
            found = replace(found, limits=(NO_PART,))
    return Searched(solved, names_of(solved), found)


def _nothing(concept: str, stopped: str, what: str) -> EquilibriaFound:
    """Return what there is to say of a search that was stopped before it had found anything."""
    told = f"nothing to its end ({what}): the search was {STOPPED_HOW[stopped]}"
    return EquilibriaFound(concept, (), False, told, ("no equilibrium was ruled out",), stopped=stopped)


def _selected(game: AnyGame, request: Request, proceed: Proceed) -> Searched:
    """Return the one equilibrium that a selecting concept gives, or the points of the traced branch."""
    try:
        solved: AnyGame = _form_of(as_tree(game), proceed) if request.strategic else slimmed(game)
        written = solved if request.strategic else game
    except STOPS as stop:
        return Searched(game, names_of(game), _nothing(request.concept, reason(stop), "the strategic form"))
    concept = CONCEPTS[request.concept]
    if request.concept != "logit" and (request.trace or request.precision is not None):
        message = f'"{request.concept}" takes no rationality.'
        raise Refusal(Problem("Q460", message, hint='leave --rationality out, or use the concept "logit"'))
    names = names_of(solved)
    how = concept.summary
    if request.concept == "logit" and isinstance(solved, StrategicForm):
        how = "logit quantal response equilibrium of the strategic form, on the principal branch"
        how += " (not the agent form)" if request.strategic else ""
    if request.trace:
        return _along(solved, written, names, how, concept, proceed)
    precisions = None if request.precision is None else [request.precision]
    trail = Trail(proceed)
    try:
        single = solved_at(written, concept, precisions, proceed=proceed, trail=trail)[0]
    except STOPS as stop:
        found = _nothing(request.concept, reason(stop), how)
    else:
        if single is not None:
            listed = EquilibriaFound(request.concept, (single,), False, how, (concept.limits,), finished=True)
            return Searched(solved, names, listed, written=written)
        limits = ("the solver did not converge; nothing is claimed", *trail.reasons)
        found = EquilibriaFound(request.concept, (), False, how, limits)
    return Searched(solved, names, replace(found, reached=reached(written, trail)), written=written)


def _along(  # noqa: PLR0917 - the search's own state
    solved: AnyGame, written: AnyGame, names: Names, how: str, concept: Concept, proceed: Proceed
) -> Searched:
    """Return the points of the traced branch, up to where it ended, was lost or was stopped."""
    found = traced(written, proceed=proceed)
    end = found.precisions[-1] if found.precisions else 0.0
    where = "the players' own precisions" if end == 1.0 else f"precision {end:.4g}"
    told = f"{how}: followed by arclength through {len(found.points)} points, up to {where}"
    limits = [concept.limits]
    if found.stopped and not found.arrived:
        limits.append(f"the branch was {STOPPED_HOW[found.stopped]} at precision {found.precisions[-1]:.4g}")
    elif not found.arrived:
        limits.append("the branch was lost before its end")
    if found.unchecked:
        why = "no time was left" if found.stopped != INTERRUPTED else "the check was interrupted"
        limits.append(f"regret was not computed at {found.unchecked:,} points: {why}")
    whole = found.arrived and not found.stopped
    listed = EquilibriaFound("logit", found.points, whole, told, tuple(limits), stopped=found.stopped)
    return Searched(solved, names, listed, found.precisions, written)


def _form_of(game: Tree | StrategicForm, proceed: Proceed) -> StrategicForm:
    if isinstance(game, StrategicForm):
        return game
    usual = dict.fromkeys(s.decision or s.label or "a set" for s in game.sets if s.usual is not None)
    if usual:
        message = f"a strategic form has no place for what is usual at {', '.join(usual)}."
        raise Refusal(Problem("Q460", message, hint='leave the strategic form out: "logit" takes it in the agent form'))
    strategic: Strategic = strategic_form(game, proceed=proceed)
    return replace(strategic.form, precision=game.precision)
