"""Our side of the jobs. Files are read once; a single game is solved from scratch each time, nothing planned before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from games import chain, influence_diagram, line, signalling
from serve import CLOCK, serve, timed

from quandary.engine.inference import Inference
from quandary.engine.plan import plan_for
from quandary.formats.files import read_game
from quandary.game.diagram import Diagram
from quandary.game.strategic import StrategicForm, StrategicGame
from quandary.game.tree import Tree
from quandary.game.tree_game import TreeGame
from quandary.solve.choice import logit_rule
from quandary.solve.logit import LogitResult
from quandary.solve.logit import logit as solved_logit
from quandary.solve.mixed import mixed
from quandary.solve.solution import Solution
from quandary.solve.solver import solve
from quandary.solve.zero_sum import zero_sum as solved_zero_sum

Answer = dict[str, object]
GAMES: dict[str, Tree | StrategicForm] = {}
BLOCK = 10_000


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
    return {"seconds": seconds, "probabilities": _listed(playable, found), "crossed": crossed}


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


def _listed(playable: TreeGame | StrategicGame, found: LogitResult) -> list[float]:
    """Return all probabilities player by player, sets in the order of the file."""
    if isinstance(playable, StrategicGame):
        return [float(p) for choice in found.profile for p in choice[0, :, 0]]
    rules = {}
    for sets, choice in zip(playable.sets_of, found.profile, strict=True):
        rules |= {which: choice[row, :, 0].tolist() for row, which in enumerate(sets.tolist())}
    tree = playable.tree
    order = [k for player in tree.players for k, own in enumerate(tree.sets) if own.player == player and k in rules]
    return [p for k in order for p in rules[k]]


def signalling_draws(states: int, draws: int, uniform: float | None = None) -> Answer:
    """Many draws of the signalling stage in blocks; the seconds of solving only, as peers' games are read before."""
    if draws == 1:
        return diagram(signalling(1, states=states, uniform=uniform))
    solve(signalling(min(draws, BLOCK), states=states, seed=9, uniform=uniform))
    spent, worst, failed = 0.0, 0.0, 0
    for first in range(0, draws, BLOCK):
        block = signalling(min(BLOCK, draws - first), states=states, seed=10 + first, uniform=uniform)
        started = CLOCK()
        solution = solve(block)
        spent += CLOCK() - started
        worst = max(worst, float(solution.residual.max()))
        failed += int((~solution.converged).sum())
    if failed:
        raise RuntimeError(f"{failed} of {draws} draws did not converge")
    return {"seconds": spent, "residual": worst}


def diagram(game: Diagram, concept: str = "logit") -> Answer:
    """One diagram, planned anew each time."""

    def once() -> Solution:
        plan_for.cache_clear()
        return solve(game, concept)

    seconds, solution = timed(once)
    if not solution.converged.all():
        raise RuntimeError("did not converge")
    return {"seconds": seconds, "residual": float(solution.residual.max()), "value": float(_value(solution)[0])}


def influence(stages: int, states: int, draws: int) -> Answer:
    """The best policy of the influence diagram in every draw; in what share of the draws it needs memory."""
    game = influence_diagram(stages, states, draws=draws)
    if draws == 1:
        return diagram(game, "subgame")
    seconds, solution = timed(lambda: solve(game, "subgame"))
    return {"seconds": seconds, "value": float(_value(solution)[0]), "memory": _memory(solution)}


def _memory(solution: Solution) -> float:
    """Return the smallest share, over the later decisions, of draws in which the best move depends on older signals."""
    shares = []
    for decision in solution.diagram.decisions[1:]:
        latest = decision.parents.index(decision.parents[-1])
        best = solution.behaviour[decision.name].over((*decision.parents, decision.name)).argmax(axis=-2)
        best = np.moveaxis(best, latest, 0).reshape(best.shape[latest], -1, best.shape[-1])
        shares.append(float((best != best[:, :1]).any(axis=(0, 1)).mean()))
    return min(shares)


def _value(solution: Solution) -> np.ndarray:
    inference = Inference(solution.diagram)
    players = solution.diagram.players
    return np.atleast_1d(sum(inference.payoff(solution.behaviour, p) for p in players[:1]))


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
            "chain": lambda length: diagram(chain(length)),
            "line": lambda length: diagram(line(length), "subgame"),
            "influence": influence,
            "zero_sum": zero_sum,
            "every_equilibrium": every_equilibrium,
        }
    )
