"""Our side of the jobs. Files are read once; a single game is solved from scratch each time, nothing planned before."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from games import chain, influence_diagram, line, one_world, signalling
from serve import CLOCK, serve, timed

from quandary.engine import Inference, plan_for
from quandary.game import Diagram, Profile, StrategicForm, StrategicGame, Table, Tree, TreeGame, unroll
from quandary.onegame import mixed, own_sets, read_game
from quandary.onegame import zero_sum as solved_zero_sum
from quandary.solve import LogitResult, LogitSettings, Solution, logit_rule, solve
from quandary.solve.logit import logit as solved_logit

Answer = dict[str, object]
GAMES: dict[str, Tree | StrategicForm] = {}


def opened(path: str) -> Tree | StrategicForm:
    if path not in GAMES:
        game = read_game(Path(path))
        assert isinstance(game, Tree | StrategicForm)
        GAMES[path] = game
    return replace(GAMES[path])  # without what a former solve noted on it


def logit(path: str) -> Answer:
    """The agent logit equilibrium (of a strategic form, where the file holds one) at precision 1."""

    def once() -> tuple[TreeGame | StrategicGame, LogitResult]:
        game = opened(path)
        playable = TreeGame(game) if isinstance(game, Tree) else StrategicGame(game)
        return playable, solved_logit(playable)

    seconds, (playable, found) = timed(once)
    if not found.converged.all():
        raise RuntimeError("did not converge")
    crossed = found.crossed is not None and bool(found.crossed.any())
    return {"seconds": seconds, "probabilities": _listed(playable, found.profile), "crossed": crossed}


def missed(path: str, found: list[float]) -> Answer:
    """By how much probabilities listed as ``logit`` lists them miss the logit rule at precision 1, at the most."""
    game = opened(path)
    playable = TreeGame(game) if isinstance(game, Tree) else StrategicGame(game)
    left = iter(found)
    if isinstance(playable, StrategicGame):
        profile = [np.array([[next(left)] for _ in own])[None] for own in playable.form.strategies]
    else:
        used = {which for sets in playable.sets_of for which in sets.tolist()}
        sets = playable.tree.sets
        order = [k for player in playable.tree.players for k in sorted(used) if sets[k].player == player]
        rules = {k: [[next(left)] for _ in sets[k].actions] for k in order}
        profile = [np.array([rules[k] for k in own.tolist()]) for own in playable.sets_of]
    worst = 0.0
    for point, values, choice in zip(playable.points, playable.values(profile), profile, strict=True):
        answer = np.empty_like(values)
        logit_rule(point)(values, np.ones(1), answer)
        worst = max(worst, float(np.abs(answer - choice).max()))
    return {"missed": worst}


def _listed(playable: TreeGame | StrategicGame, profile: Profile) -> list[float]:
    """Return all probabilities player by player, sets in the order of the file."""
    if isinstance(playable, StrategicGame):
        return [float(p) for choice in profile for p in choice[0, :, 0]]
    tree, rules = playable.tree, _rules(playable, profile)
    order = [k for player in tree.players for k, own in enumerate(tree.sets) if own.player == player and k in rules]
    return [p for k in order for p in rules[k]]


def _rules(playable: TreeGame, profile: Profile) -> dict[int, list[float]]:
    """Return each information set's probabilities."""
    rules = {}
    for sets, choice in zip(playable.sets_of, profile, strict=True):
        rules |= {which: choice[row, :, 0].tolist() for row, which in enumerate(sets.tolist())}
    return rules


@lru_cache(maxsize=1)
def drawn(states: int, draws: int, uniform: float | None) -> Diagram:
    """Return the draws, the last ones asked for kept; solved once before they are timed."""
    game = signalling(draws, states=states, uniform=uniform)
    solve(game)
    return game


def signalling_draws(states: int, draws: int, uniform: float | None, world: int, threads: int = 1) -> Answer:
    """Many draws of the signalling stage in one call, or draw number ``world`` alone, planned anew.

    Seconds are those of solving, as peers' games are read before. With the probabilities found in draw ``world``.
    """
    if draws == 1:
        return diagram(one_world(signalling(world + 1, states=states, uniform=uniform), world))
    game = drawn(states, draws, uniform)
    started = CLOCK()
    solution = solve(game, settings=LogitSettings(threads=threads))
    seconds = CLOCK() - started
    if not solution.converged.all():
        raise RuntimeError(f"{int((~solution.converged).sum())} of {draws} draws did not converge")
    probabilities = _listed_draw(solution, world)
    return {"seconds": seconds, "residual": float(solution.residual.max()), "probabilities": probabilities}


def _listed_draw(solution: Solution, world: int) -> list[float]:
    """Return one draw's probabilities in the order of its tree, as ``logit`` lists them."""
    unrolled = unroll(one_world(solution.diagram, world))
    playable = TreeGame(unrolled.tree)
    rules = solution.behaviour.items()
    behaviour = {name: Table(rule.axes, rule.values[..., world : world + 1]) for name, rule in rules}
    rules = _rules(playable, unrolled.profile(playable, behaviour))
    return [p for own in own_sets(unrolled.tree).values() for k in own for p in rules[k]]


def cold(states: int, draws: int) -> Answer:
    """The first solve of the process, and how long the same takes afterwards."""
    game = signalling(draws, states=states)
    started = CLOCK()
    solve(game)
    seconds = CLOCK() - started
    return {"seconds": seconds, "warm": timed(lambda: solve(game))[0]}


def diagram(game: Diagram, concept: str = "logit") -> Answer:
    """One diagram, planned anew each time."""

    def once() -> Solution:
        plan_for.cache_clear()
        return solve(game, concept)

    seconds, solution = timed(once)
    if not solution.converged.all():
        raise RuntimeError("did not converge")
    return {"seconds": seconds, "residual": float(solution.residual.max()), "value": float(_value(solution)[0])}


def influence(stages: int, signals: int, states: int, seed: int, draws: int) -> Answer:
    """The best policy of the influence diagram in every draw; raises where no draw needs memory."""
    game = influence_diagram(stages, signals, states, seed, draws)

    def once() -> Solution:
        if draws == 1:
            plan_for.cache_clear()
        return solve(game, "subgame")

    seconds, solution = timed(once)
    needs = _memory(solution)
    if not needs.any():
        raise RuntimeError("the best policy needs no memory in this diagram")
    if draws == 1:
        told = f"older signals change the best move at {int(needs.sum())} of {len(needs)} later moves"
    else:
        told = f"older signals change a best move in {needs.any(axis=0).mean():.0%} of the draws"
    return {"seconds": seconds, "values": _value(solution)[:100].tolist(), "memory": told}


def _memory(solution: Solution) -> np.ndarray:
    """Return by later decision and draw whether what is best in play depends on more than the stage's own signals."""
    inference, used = Inference(solution.diagram), []
    size, order = solution.diagram.cardinality, [v.name for v in solution.diagram.variables]
    for before, decision in pairwise(solution.diagram.decisions):
        fresh = [p for p in decision.parents if order.index(p) > order.index(before.name)]
        keep = (*fresh, *(p for p in decision.parents if p not in fresh))
        full = (*(size(p) for p in keep), solution.diagram.worlds)
        shape = (math.prod(size(p) for p in fresh), -1, solution.diagram.worlds)
        best = solution.behaviour[decision.name].over((*keep, decision.name)).argmax(axis=-2)
        best = np.broadcast_to(best, full).reshape(shape)
        seen = np.broadcast_to(inference.joint(solution.behaviour, keep).over(keep), full).reshape(shape) > 0.0
        highest = np.where(seen, best, -1).max(axis=1)
        lowest = np.where(seen, best, size(decision.name)).min(axis=1)
        used.append((highest > lowest).any(axis=0))
    return np.array(used)


def _value(solution: Solution) -> np.ndarray:
    inference = Inference(solution.diagram)
    return np.atleast_1d(inference.payoff(solution.behaviour, solution.diagram.players[0]))


def zero_sum(path: str) -> Answer:
    """The value of a two-player zero-sum game and maxmin behaviour."""
    seconds, found = timed(lambda: solved_zero_sum(opened(path)))
    return {"seconds": seconds, "value": next(iter(found.found[0].values.values()))}


def every_equilibrium(path: str) -> Answer:
    """Every extreme equilibrium of a bimatrix game, in exact arithmetic."""
    seconds, found = timed(lambda: mixed(opened(path)))
    if not found.complete:
        raise RuntimeError("not all were found")
    return {"seconds": seconds, "count": len(found.found)}


if __name__ == "__main__":
    serve(
        {
            "logit": logit,
            "missed": missed,
            "signalling": signalling_draws,
            "cold": cold,
            "chain": lambda length: diagram(chain(length)),
            "chain exactly": lambda length: diagram(chain(length), "subgame"),
            "line": lambda length: diagram(line(length), "subgame"),
            "influence": influence,
            "zero_sum": zero_sum,
            "every_equilibrium": every_equilibrium,
        }
    )
