"""Players who can change places choose alike on the principal branch; an answer that does not is found out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.solve.test_crossings import _chance_to_volunteer, _crossing_of_volunteers, _diagram, _volunteers

import quandary.solve.logit as module
from quandary.base import Array
from quandary.engine import DiagramGame
from quandary.solve import LogitResult, unlike
from quandary.solve.logit import logit


def _play(*chances: float) -> list[Array]:
    return [np.array([p, 1.0 - p]).reshape(1, 2, 1) for p in chances]


def test_alike_players_must_choose_alike_and_others_need_not() -> None:
    payoffs = _volunteers(3, 8.0, 2.0)
    alike = DiagramGame(_diagram(payoffs, [1.0]))
    assert not unlike(alike, _play(0.3, 0.3, 0.3))[0]
    assert unlike(alike, _play(0.3, 0.3, 0.4))[0]
    payoffs[2] *= 2.0
    leaning = DiagramGame(_diagram(payoffs, [1.0]))
    assert not unlike(leaning, _play(0.3, 0.3, 0.4))[0]
    assert unlike(leaning, _play(0.3, 0.4, 0.4))[0]


def test_players_of_different_precision_may_differ() -> None:
    diagram = _diagram(_volunteers(3, 8.0, 2.0), [1.0, 1.0])
    game = DiagramGame(replace(diagram, precision={**diagram.precision, "p2": np.array([1.0, 1.5])}))
    play = [np.repeat(own, 2, axis=2) for own in _play(0.3, 0.3, 0.4)]
    assert unlike(game, play).tolist() == [True, False]


@pytest.mark.parametrize("share", [1.2, 1.5])
def test_a_world_taken_from_another_curve_is_followed_anew_or_not_claimed(
    monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    precision = share * _crossing_of_volunteers(5, 4.0, 1.0)
    game = DiagramGame(_diagram(_volunteers(5, 4.0, 1.0), [precision]))
    right = _chance_to_volunteer(5, 4.0, 1.0, precision)
    there = _play(*([0.0036] * 4 + [1.0 - 1e-6]))
    yes = np.ones(1, dtype=np.bool_)
    astray = LogitResult(there, np.zeros(1), yes, ~yes, 0)
    monkeypatch.setattr(module, "_solved", lambda *_: astray)
    found = logit(game)
    assert found.converged[0] and found.traced[0]
    np.testing.assert_allclose([own[0, 0, 0] for own in found.profile], right, atol=1e-8)
    astray = LogitResult(_play(*([0.0036] * 4 + [1.0 - 1e-6])), np.zeros(1), yes, ~yes, 0)
    monkeypatch.setattr(module, "_over_crossings", lambda *_: replace(astray, residual=np.zeros(1)))
    assert not logit(game).converged[0]
