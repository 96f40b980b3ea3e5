"""The weights of trembles, given which nodes carry belief: what beliefs they can make, and whether none will do.

The logarithm of a node's weight is a sum of logarithms of trembles and a constant, so differences inside a set are
linear in what is looked for. What sequential rationality asks of beliefs at a set with two nodes is that such a
difference lies between two bounds: a linear program decides. At a set with more nodes the bounds on all pairs are
necessary; beliefs that meet all conditions are then looked for from the middle of what each set allows.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.optimize import least_squares

from quandary.base.arrays import Array
from quandary.onegame.judging.extensive import Work
from quandary.onegame.programs.linear_program import smallest

PAIR = 2
WIDEST = 1e6
"""Two nodes' beliefs in a larger ratio than this are not bounded against each other."""

MISSED = 1e-9
STEPS = 200
WORK_OF_A_SEARCH = 20


@dataclass(frozen=True, eq=False)
class Nodes:
    """The nodes of one set that carry belief: each action's lead there ``(actions, nodes)``, none of which may be above
    zero on average; the constants ``(nodes,)``; and how often each tremble leads there ``(nodes, trembles)``."""

    leads: Array
    logs: Array
    counts: Array


@dataclass(frozen=True, eq=False)
class Weights:
    """The logarithms of the trembles' weights, or ``None``; then ``refuted`` says whether there are none."""

    logs: Array | None
    refuted: bool = False


def weights_of(sets: Sequence[Nodes], trembles: int, work: Work) -> Weights:
    """Return weights under which no action at any of the sets leads. Raises ``TooMuch``, ``Stopped``."""
    bounds = [bound for own in sets for bound in _bounds(own, work)]
    within = _within(bounds, trembles, work)
    if within is None:
        return Weights(None, refuted=True)
    if all(own.leads.shape[1] <= PAIR for own in sets) or _missed(sets, within) <= 0.0:
        return Weights(within)
    for start in (_at_targets(sets, trembles, work), within):
        if _missed(sets, start) <= 0.0:
            return Weights(start)
        work.spend(WORK_OF_A_SEARCH)
        found = least_squares(partial(_excesses, sets), start, max_nfev=STEPS).x
        if _missed(sets, found) <= 0.0:
            return Weights(np.asarray(found))
    return Weights(None)


def beliefs_at(own: Nodes, logs: Array) -> Array:
    """Return the beliefs that the weights mean at a set."""
    heights = own.logs + own.counts @ logs
    weights = np.exp(heights - heights.max())
    return np.asarray(weights / weights.sum())


def _missed(sets: Sequence[Nodes], logs: Array) -> float:
    return max(float((own.leads @ beliefs_at(own, logs)).max(initial=-1.0)) for own in sets)


def _excesses(sets: Sequence[Nodes], logs: Array) -> Array:
    """Return by how much every lead is too high, a little inside what is allowed."""
    return np.concatenate([np.maximum(own.leads @ beliefs_at(own, logs) + 1e-10, 0.0) for own in sets])


@dataclass(frozen=True, eq=False)
class _Bound:
    """``low <= constant + row @ logs <= high``."""

    row: Array
    constant: float
    low: float
    high: float


def _bounds(own: Nodes, work: Work) -> list[_Bound]:
    count = own.leads.shape[1]
    found = []
    for first, second in itertools.combinations(range(count), PAIR):
        low = -_log_ratio(own.leads, second, first, work)
        high = _log_ratio(own.leads, first, second, work)
        row, constant = own.counts[first] - own.counts[second], float(own.logs[first] - own.logs[second])
        found.append(_Bound(row, constant, low, high))
    return found


def _log_ratio(leads: Array, first: int, second: int, work: Work) -> float:
    """Return the logarithm of the largest ratio of two nodes' beliefs under which no action leads."""
    count = leads.shape[1]
    if count == PAIR:
        ratio = math.inf
        for row in leads.tolist():
            if row[first] > 0.0:
                ratio = min(ratio, -row[second] / row[first])
        return math.log(ratio) if ratio > 0.0 else -math.inf
    work.spend()
    capped = np.zeros((count, count))
    capped[np.arange(count), np.arange(count)] = 1.0
    capped[:, second] -= WIDEST
    equal = np.eye(count)[[second]]
    rows = np.vstack([leads, capped])
    shortfall = np.concatenate([-np.ones(len(leads)), np.zeros(count)])[:, None]
    aim = np.array([*-np.eye(count)[first], 1e9])
    table, total = np.hstack([rows, shortfall]), np.hstack([equal, [[0.0]]])
    largest = float(smallest(aim, at_most_zero=table, equal=total, right=np.ones(1)).x[first])
    return math.inf if largest > 0.9 * WIDEST else math.log(largest * (1.0 + 1e-6) + 1e-12)


def _within(bounds: Sequence[_Bound], trembles: int, work: Work) -> Array | None:
    """Return logarithms inside all bounds, as far from their ends as they can all be up to one, or ``None``.

    Variables: the room s, the miss v, a one, and the logarithms (free).
    """
    if not bounds:
        return np.zeros(trembles)
    work.spend()
    rows = [np.array([1.0, 0.0, -1.0, *np.zeros(trembles)])]
    for bound in bounds:
        if bound.low == math.inf or bound.high == -math.inf:
            return None
        room = min(1.0, max(0.0, (bound.high - bound.low) / 2.0))
        if bound.low > -math.inf:
            rows.append(np.array([room, -1.0, bound.low - bound.constant, *-bound.row]))
        if bound.high < math.inf:
            rows.append(np.array([room, -1.0, bound.constant - bound.high, *bound.row]))
    aim = np.array([-1.0, 100.0, 0.0, *np.zeros(trembles)])
    one = np.eye(3 + trembles)[[2]]
    found = smallest(aim, at_most_zero=np.array(rows), equal=one, right=np.ones(1), free=trembles).x
    return np.asarray(found[3:]) if found[1] <= MISSED else None


def _at_targets(sets: Sequence[Nodes], trembles: int, work: Work) -> Array:
    """Return the logarithms that come nearest to beliefs in the middle of what each set allows."""
    rows, right = [], []
    for own in sets:
        count = own.leads.shape[1]
        work.spend()
        aim = np.array([*np.zeros(count), -1.0, 1e3])
        table = np.block(
            [
                [own.leads, np.zeros((len(own.leads), 1)), -np.ones((len(own.leads), 1))],
                [-np.eye(count), np.ones((count, 1)), np.zeros((count, 1))],
            ]
        )
        equal = np.array([[*np.ones(count), 0.0, 0.0]])
        found = smallest(aim, at_most_zero=table, equal=equal, right=np.ones(1)).x
        target = np.log(np.maximum(found[:count], 1e-12)) - own.logs
        rows += [own.counts[k] - own.counts[0] for k in range(1, count)]
        right += [float(target[k] - target[0]) for k in range(1, count)]
    if not rows:
        return np.zeros(trembles)
    return np.asarray(np.linalg.lstsq(np.array(rows), np.array(right), rcond=None)[0])
