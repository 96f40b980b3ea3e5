"""Steep games: points at precision a million are on the principal branch, and as exact as their residual says.

The branch is followed by another, slow way that shares no code with the solvers: all probabilities' logarithms as
unknowns, the logarithm of precision beside them, null vectors by singular values, and small steps of one length.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from tests.solve.games import random_form, random_tree

from quandary.base import Array
from quandary.game import StrategicForm, StrategicGame, TreeGame
from quandary.solve.logit import logit

STEP = 0.2


def _at(form: StrategicForm, precision: float) -> StrategicGame:
    return StrategicGame(replace(form, precision=dict.fromkeys(form.players, np.full(1, precision))))


def _values(form: StrategicForm, logs: list[Array]) -> tuple[list[Array], dict[tuple[int, int], Array]]:
    """Return every strategy's payoff, and its derivative by another player's log-probabilities."""
    numbers, count = form.payoffs[..., 0], len(logs)
    values = [np.zeros(len(own)) for own in logs]
    slopes = {(k, j): np.zeros((len(logs[k]), len(logs[j]))) for k in range(count) for j in range(count) if j != k}
    for cell in itertools.product(*(range(len(own)) for own in logs)):
        for k in range(count):
            part = float(numbers[(k, *cell)]) * np.exp(sum(logs[j][cell[j]] for j in range(count) if j != k))
            values[k][cell[k]] += part
            for j in range(count):
                if j != k:
                    slopes[k, j][cell[k], cell[j]] += part
    return values, slopes


def _gap(form: StrategicForm, sizes: list[int], point: Array) -> tuple[Array, Array]:
    """Return by how much log-probabilities and log-precision miss the logit rule, and the derivative of that.

    One equation per player says that probabilities sum to one, the others compare each strategy with the likeliest.
    """
    ends = np.cumsum([0, *sizes])
    logs = [point[a:b] for a, b in itertools.pairwise(ends)]
    values, slopes = _values(form, logs)
    scale = np.exp(point[-1])
    gaps, rows = np.zeros(ends[-1]), np.zeros((ends[-1], ends[-1] + 1))
    for k, (first, last) in enumerate(itertools.pairwise(ends)):
        best = int(np.argmax(logs[k]))
        for a in range(sizes[k]):
            row = first + a
            if a == best:
                gaps[row] = np.exp(logs[k]).sum() - 1.0
                rows[row, first:last] = np.exp(logs[k])
                continue
            better = values[k][a] - values[k][best]
            gaps[row] = logs[k][a] - logs[k][best] - scale * better
            rows[row, first + a] += 1.0
            rows[row, first + best] -= 1.0
            rows[row, -1] = -scale * better
            for j, (one, other) in enumerate(itertools.pairwise(ends)):
                if j != k:
                    rows[row, one:other] = -scale * (slopes[k, j][a] - slopes[k, j][best])
        size = 1.0 + np.abs(rows[first:last]).max(axis=1)
        gaps[first:last] /= size
        rows[first:last] /= size[:, None]
    return gaps, rows


def slowly(form: StrategicForm, precision: float) -> list[Array]:
    """Return the first point of the branch at the precision."""
    sizes = [len(own) for own in form.strategies]
    point = np.concatenate([*(np.full(n, -np.log(n)) for n in sizes), [np.log(1e-6)]])
    heading = np.eye(len(point))[-1]
    for _ in range(40_000):
        _, rows = _gap(form, sizes, point)
        weights = 1.0 / np.maximum(1.0, np.abs(point) / 20.0)
        weights[-1] = 1.0
        ahead = np.linalg.svd(rows / weights)[2][-1]
        heading = ahead if ahead @ heading > 0 else -ahead
        step = STEP * heading / weights
        share = (np.log(precision) - point[-1]) / step[-1]
        border = heading * weights
        if 0.0 < share <= 1.0:
            step, border = step * share, np.eye(len(point))[-1]
        point = point + step
        for _ in range(8):
            gaps, rows = _gap(form, sizes, point)
            move = np.linalg.solve(np.vstack([rows, border]), np.append(gaps, 0.0))
            point = point - move
            if np.abs(move * weights).max() < 1e-9:
                break
        if 0.0 < share <= 1.0:
            ends = np.cumsum([0, *sizes])
            return [np.exp(point[a:b]) for a, b in itertools.pairwise(ends)]
    raise AssertionError("so many steps should do")


@pytest.mark.slow
@pytest.mark.parametrize("number", range(6))
def test_points_at_a_million_are_on_the_branch(number: int) -> None:
    sizes = [[2, 2], [3, 3], [2, 2, 2]][number % 3]
    form = random_form(np.random.default_rng([5, number]), sizes)
    found = logit(_at(form, 1e6))
    assert found.converged[0]
    for choice, expected in zip(found.profile, slowly(form, 1e6), strict=True):
        np.testing.assert_allclose(choice[0, :, 0], expected, atol=1e-7)


@pytest.mark.slow
def test_random_games_at_a_million_all_settle() -> None:
    """Trees among them in which a belief rests on the difference of two log-odds of a million."""
    for number in range(80):
        rng = np.random.default_rng([6, number])
        if number % 2:
            tree = random_tree(rng, players=2 + number % 4 // 2, depth=3)
            game: TreeGame | StrategicGame = TreeGame(tree, dict.fromkeys(tree.players, np.full(1, 1e6)))
        else:
            game = _at(random_form(rng, [[2, 2], [3, 3], [2, 2, 2]][number % 3]), 1e6)
        found = logit(game)
        assert found.converged[0] and found.residual[0] <= 1e-10, number
        assert all(np.isfinite(choice).all() for choice in found.profile)


@pytest.mark.parametrize("precision", [1e7, 1e9])
def test_precisions_beyond_a_million(precision: float) -> None:
    for number in range(12):
        form = random_form(np.random.default_rng([7, number]), [[2, 2], [3, 3], [2, 2, 2]][number % 3])
        found = logit(_at(form, precision))
        assert found.converged[0], number
        values = StrategicGame(form).values(found.profile)
        for own, choice in zip(values, found.profile, strict=True):
            gain = own[0, :, 0].max() - own[0, :, 0] @ choice[0, :, 0]
            assert gain <= np.log(3) / precision + 1e-12
