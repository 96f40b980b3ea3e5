"""The principal branch of a small game whose histories are enumerated, followed by a continuation of its own.

The agent form of McKelvey & Palfrey (1998, *Experimental Economics* 1); the branch is the curve of Turocy (2005, *Games
and Economic Behavior* 51) from t = 0, and may turn back in t.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import log

import numpy as np
from tests.meaning.histories import Array, Rules, Set, Tree


class Equations:
    """z(a) = t lambda V(a) for every open option: what it is worth to its owner given that it is asked there.

    V(a) = sum over histories with a of their probability times payoff / the same without payoff. ``fixed`` are the
    rules of all other sets, which are as chance.
    """

    def __init__(self, tree: Tree, free: Sequence[Set], fixed: Rules) -> None:
        self.actions = [(which, option) for which in free for option in tree.sets[which]]
        place = {action: number for number, action in enumerate(self.actions)}
        self.group = np.array([free.index(which) for which, _ in self.actions])
        self.usual = np.array([log(tree.sets[which][option]) for which, option in self.actions])
        self.same = self.group[:, None] == self.group[None, :]
        self.with_action = np.zeros((len(tree.histories), len(self.actions)))
        chance = []
        for number, history in enumerate(tree.histories):
            weight = history.chance
            for move in history.moves:
                if move in place:
                    self.with_action[number, place[move]] = 1.0
                else:
                    weight *= fixed[move[0]][move[1]]
            chance.append(weight)
        self.chance = np.array(chance)
        owners = [tree.owner(which) for which, _ in self.actions]
        paid = {actor: tree.paid[actor] for actor in set(owners)}
        self.paid = np.stack([paid[owner] for owner in owners], axis=1)
        self.precision = np.array([log(tree.story.actors[owner]) / 10 for owner in owners])

    def choices(self, z: Array) -> Array:
        odds = z + self.usual
        top = np.where(self.same, odds[None, :], -np.inf).max(axis=1)
        weight = np.exp(odds - top)
        return np.asarray(weight / (self.same @ weight))

    def at(self, z: Array, t: float) -> tuple[Array, Array, Array]:
        """Return how far the equations are off, their derivative by z, and by t."""
        p = self.choices(z)
        likely = self.chance * np.exp(self.with_action @ np.log(p))
        reach = self.with_action.T @ likely
        worth = ((self.paid * likely[:, None]) * self.with_action).sum(axis=0) / reach
        together = self.with_action.T @ (likely[:, None] * self.with_action)
        paid = (self.with_action * self.paid * likely[:, None]).T @ self.with_action
        by_log = (paid - worth[:, None] * together) / reach[:, None]
        by_z = by_log - (by_log @ self.same) * p[None, :]
        gap = z - t * self.precision * worth
        return gap, np.eye(len(z)) - t * self.precision[:, None] * by_z, -self.precision * worth

    def corrected(self, z: Array, t: float) -> Array:
        """Return the solution near z at t, by Newton's method."""
        for _ in range(50):
            gap, by_z, _ = self.at(z, t)
            z = z - np.linalg.solve(by_z, gap)
            if np.abs(gap).max() < 1e-12:
                return z
        raise AssertionError("no solution was found")


class BranchLostError(AssertionError):
    """The branch was lost: a case that is no example."""


def branch(tree: Tree, free: Collection[Set], fixed: Rules) -> dict[Set, dict[str, float]]:
    """Return the rules at the end of the principal branch: t from 0 to 1 scales what the free sets' owners are after.

    Followed by pseudo-arclength, so that it may turn back in t (Turocy 2005).
    """
    order = sorted(free, key=str)
    if not order:
        return {}
    equations = Equations(tree, order, fixed)
    z, t = np.zeros(len(equations.actions)), 0.0
    way = _tangent(equations, z, t, np.append(np.zeros(len(z)), 1.0))
    step = 0.05
    for _ in range(100_000):
        found = _stepped(equations, z, t, way, step)
        turned = None if found is None else _tangent(equations, *found, way)
        if found is None or turned is None or turned @ way < STRAIGHT:
            step /= 2
            if step < 1e-9:
                break
        elif found[1] < 1.0:
            z, t, way = *found, turned
            step = min(step * 1.5, 1.0)
        elif step < 1e-4 or found[1] < 1.0 + 1e-9:
            return _rules(equations, equations.corrected(found[0], 1.0))
        else:
            step = min(step / 2, step * (1.0 - t) / (found[1] - t) + 5e-5)
    raise BranchLostError


STRAIGHT = 0.97
"""A step is too long where the branch turns by more than this cosine: it might have led to another."""


def _tangent(equations: Equations, z: Array, t: float, ahead: Array) -> Array:
    """Return the direction of the branch, of length one, that goes on ``ahead``."""
    _, by_z, by_t = equations.at(z, t)
    whole = np.vstack([np.column_stack([by_z, by_t]), ahead])
    way = np.linalg.solve(whole, np.append(np.zeros(len(by_t)), 1.0))
    return np.asarray(way / np.linalg.norm(way))


def _stepped(equations: Equations, z: Array, t: float, way: Array, step: float) -> tuple[Array, float] | None:
    """Return the point of the branch a step ahead, or nothing where Newton's method leads away."""
    start = np.append(z, t) + step * way
    here = start.copy()
    for _ in range(8):
        gap, by_z, by_t = equations.at(here[:-1], here[-1])
        off = np.append(gap, way @ (here - start))
        change = np.linalg.solve(np.vstack([np.column_stack([by_z, by_t]), way]), off)
        here = here - change
        if np.abs(change).max() < 1e-9:
            return (here[:-1], float(here[-1])) if np.linalg.norm(here - start) < step / 2 else None
    return None


def _rules(equations: Equations, z: Array) -> dict[Set, dict[str, float]]:
    found: dict[Set, dict[str, float]] = {}
    for (which, option), chance in zip(equations.actions, equations.choices(z), strict=True):
        found.setdefault(which, {})[option] = float(chance)
    return found
