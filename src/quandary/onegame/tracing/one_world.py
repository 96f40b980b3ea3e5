"""The concepts that run on any game (``solve/concepts.py``) applied to one world, as equilibria with their own check.

``precisions`` solves the game once for each of several logit precisions, side by side on the worlds axis: points of the
principal branch, each the one that the branch from uniform play comes to first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from quandary.base.arrays import Array
from quandary.base.problems import Problem, Refusal
from quandary.base.stopping import OUT_OF_TIME, STOPS, Proceed, always, reason
from quandary.engine.playing.diagram_game import DiagramGame
from quandary.game.diagram import Diagram
from quandary.game.graphs.requisite import prune
from quandary.game.protocol import Game
from quandary.game.strategic import StrategicForm, StrategicGame
from quandary.game.trees.tree import Tree, forgetful_sets
from quandary.game.trees.tree_game import TreeGame
from quandary.onegame.checks.regret_check import RegretCheck
from quandary.onegame.equilibria import Equilibrium
from quandary.onegame.strategies import leaf_gains
from quandary.onegame.tracing.branch import branch
from quandary.solve.branch.trail import Trail
from quandary.solve.branch.watched import Watch, Watched
from quandary.solve.concepts import Concept, ConceptResult
from quandary.solve.logit import LogitSettings

AnyGame = Tree | StrategicForm | Diagram

TOO_FAR_APART = "the payoffs are too far apart for numbers of 16 digits"

STEEPEST = 1e3
"""A traced branch ends at this precision, counted in the game's largest difference of payoffs."""


def solved_at(
    game: AnyGame,
    concept: Concept,
    precisions: Sequence[float] | None = None,
    *,
    proceed: Proceed = always,
    trail: Trail | None = None,
) -> list[Equilibrium | None]:
    """Return the concept's equilibrium of the game's only world, once per precision (or at the game's own).

    ``None`` stands where the solver did not converge; ``trail`` keeps how far it came. Raises ``Refusal`` as the
    concept does, and Q453 where a player has forgotten something that the concept cannot do with; ``Stopped`` where
    ``proceed`` says no.
    """
    _refuse_forgetting(game, concept)
    count = 1 if precisions is None else len(precisions)
    playable, slim = _playable(game, precisions)
    check = RegretCheck(slim, playable, game)
    found = concept.find(_watched(playable, proceed, trail), LogitSettings())
    payoffs = playable.payoffs(found.profile)
    equilibria: list[Equilibrium | None] = []
    for world in range(count):
        if not found.converged[world]:
            equilibria.append(None)
            if trail is not None and count == 1 and concept.name != "logit":
                trail.reasons = found.warnings
            continue
        one = record(check, found, payoffs, world)
        if concept.name != "logit" and (gain := check.gain(found, dict(one.rules), world)) is not None:
            if not gain.rounding:
                equilibria.append(None)
                if trail is not None and count == 1:
                    trail.reasons = (f"{TOO_FAR_APART}: counted exactly, a gain of {gain.regret:.3g} is left",)
                continue
            values = dict(zip(payoffs, gain.values, strict=True))
            one = replace(one, regret=gain.regret, values=values, one_choice=False)
        equilibria.append(replace(one, remarks=_told(found)) if count == 1 else one)
    return equilibria


def record(check: RegretCheck, found: ConceptResult, payoffs: Mapping[str, Array], world: int) -> Equilibrium:
    """Return one world of what was found with its own check of regret."""
    rules = _rules(check.playable, found, world)
    values = {player: float(paid[world]) for player, paid in payoffs.items()}
    left, one_choice = check.regret(found, rules, world)
    return Equilibrium(rules, values, left, float(found.residual[world]), one_choice=one_choice)


@dataclass(frozen=True, eq=False)
class TracedBranch:
    """Points of the principal branch, their precisions, whether it was followed to its end; if not, whether it was
    stopped (``stopped``) or lost. ``unchecked`` points have no regret (NaN): there was no time left."""

    points: tuple[Equilibrium, ...]
    precisions: tuple[float, ...]
    arrived: bool
    stopped: str = ""
    unchecked: int = 0


def traced(game: AnyGame, *, proceed: Proceed = always) -> TracedBranch:
    """Return the principal branch, as far as ``proceed`` lets it be followed.

    A game whose players all have precision 1 (as game files give it) is followed to where precision times the largest
    payoff difference is ``STEEPEST``, any other to its own precisions; a point's precision is then its share of these.
    """
    playable, slim = _playable(game, None)
    check = RegretCheck(slim, playable, game)
    own = {point.player: float(point.precision[0]) for point in playable.points}
    plain = all(value == 1.0 for value in own.values())
    found = branch(_watched(playable, proceed), STEEPEST / (payoff_spread(slim) or 1.0) if plain else 1.0)
    points, stopped, late, unchecked = [], found.stopped, bool(found.stopped), 0
    last = len(found.scale) - 1
    for k in range(len(found.scale)):
        shown = ConceptResult(
            [choice[..., [k]] for choice in found.profile], found.residual[[k]], np.ones(1, dtype=np.bool_)
        )
        rules = _rules(playable, shown, 0)
        left, one_choice = float("nan"), False
        try:
            if not late and not proceed("points checked", k, last + 1):
                stopped, late = OUT_OF_TIME, True
            if k == last or not late:
                left, one_choice = check.regret(shown, rules, 0)
        except STOPS as stop:
            stopped, late = reason(stop), True
        unchecked += np.isnan(left)
        values = {player: float(paid[k]) for player, paid in found.payoffs.items()}
        remarks = ("the branch turns here",) if k in found.turns else ()
        residual = float(found.residual[k])
        points.append(Equilibrium(rules, values, left, residual, one_choice=one_choice, remarks=remarks))
    return TracedBranch(tuple(points), tuple(found.scale.tolist()), found.arrived, stopped, unchecked)


def _told(found: ConceptResult) -> tuple[str, ...]:
    """Return what a concept says of the equilibrium itself."""
    return (*found.notes.get("trembling", {}), *found.warnings)


def slimmed(game: AnyGame) -> AnyGame:
    """Return the game that is solved: a diagram without observations that cannot matter, anything else as it is."""
    return prune(game).diagram if isinstance(game, Diagram) else game


def payoff_spread(game: AnyGame) -> float:
    """Return the largest difference between two payoffs of one player (for a diagram an upper bound of it)."""
    if isinstance(game, StrategicForm):
        return float(max((np.ptp(own) for own in game.payoffs), default=0.0))
    if isinstance(game, Tree):
        return float(np.ptp(leaf_gains(game)[2], axis=1).max(initial=0.0))
    ranges = dict.fromkeys(game.players, 0.0)
    for utility in game.utilities:
        ranges[utility.player] += float(np.ptp(utility.table.values))
    return max(ranges.values(), default=0.0)


def _watched(game: Game, proceed: Proceed, trail: Trail | None = None) -> Game:
    return game if proceed is always else Watched(game, Watch(proceed, trail))


def _playable(game: AnyGame, precisions: Sequence[float] | None) -> tuple[Game, AnyGame]:
    slim = slimmed(game)
    given = None if precisions is None else dict.fromkeys(game.players, np.array(precisions, dtype=np.float64))
    if isinstance(slim, Tree):
        return TreeGame(slim, given), slim
    if isinstance(slim, StrategicForm):
        return StrategicGame(slim if given is None else replace(slim, precision=given)), slim
    if given is None or precisions is None:
        return DiagramGame(slim), slim
    return DiagramGame(replace(slim, precision=given, worlds=len(precisions))), slim


def _rules(playable: Game, found: ConceptResult, world: int) -> dict[int, Array]:
    """Return one world of a profile by the numbers of ``names_of``; NaN at sets that no behaviour reaches."""
    rules: dict[int, Array] = {}
    for point, numbers, choice in zip(playable.points, playable.sets_of, found.profile, strict=True):
        for row in range(choice.shape[0]):
            which = int(numbers[row])
            reached = bool(point.in_play[row, 0 if point.in_play.shape[-1] == 1 else world])
            rules[which] = choice[row, :, world] if reached else np.full(choice.shape[1], np.nan)
    return rules


def _refuse_forgetting(game: AnyGame, concept: Concept) -> None:
    if concept.forgetting:
        return
    names: tuple[str, ...] = ()
    if isinstance(game, Diagram):
        names = game.agent_form_only
    elif isinstance(game, Tree):
        names = tuple(f"set {which + 1}" for which in forgetful_sets(game))
    if names:
        message = (
            f'at {", ".join(names)} the player has forgotten something it knew, which "{concept.name}" does not allow.'
        )
        raise Refusal(Problem("Q453", message, hint='use the concept "logit", which solves the agent form'))
