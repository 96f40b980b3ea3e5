"""Regret at information sets that a behaviour never reaches: beliefs follow from what is played, not from chance."""

from __future__ import annotations

import numpy as np

from quandary.game import Chance, Decision, Diagram, Table, Utility
from quandary.solve import regret


def _rule(*axes: str, values: list[object]) -> Table:
    return Table(axes, np.asarray(values, dtype=np.float64)[..., None])


def test_beliefs_at_an_unreached_set_keep_what_is_still_played() -> None:
    """The first mover stays out; the second always plays b; the third sees only whether the first came in.

    Off the path the third must still expect b, and matching it is best. Were the second taken to mix evenly there,
    a (3 on average) would look better than b (1 on average): a gain of 2 that nobody can have.
    """
    decisions = (
        Decision("first", ("out", "in"), "one"),
        Decision("second", ("a", "b"), "two"),
        Decision("third", ("a", "b"), "three", ("first",)),
    )
    utilities = (
        Utility("stays", "one", _rule("first", values=[1, 0])),
        Utility("likes", "two", _rule("second", values=[0, 1])),
        Utility("match", "three", _rule("second", "third", values=[[6, 0], [0, 2]])),
    )
    diagram = Diagram(decisions, {}, utilities, {p: np.ones(1) for p in ("one", "two", "three")})
    behaviour = {
        "first": _rule("first", values=[1, 0]),
        "second": _rule("second", values=[0, 1]),
        "third": _rule("first", "third", values=[[0, 1], [0, 1]]),
    }
    assert all(gain[0] <= 1e-9 for gain in regret(diagram, behaviour).largest.values())
    wrong = {**behaviour, "third": _rule("first", "third", values=[[0, 1], [1, 0]])}
    np.testing.assert_allclose(regret(diagram, wrong).largest["three"], [2.0], atol=1e-9)


def test_two_mistakes_are_infinitely_rarer_than_one() -> None:
    """Two guards never sound; a third hears only whether anybody did. Should one sound, it was one of them, not both.

    Option b pays 100 if both sounded and nothing otherwise, a pays 1: a is right, and b gives up 1.
    """
    guards = tuple(Decision(name, ("calm", "sound"), name) for name in ("east", "west"))
    alarm = Chance("alarm", ("quiet", "heard"), ("east", "west"))
    third = Decision("third", ("a", "b"), "third", ("alarm",))
    heard = np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]])[..., None]
    pays = np.zeros((2, 2, 2, 1))
    pays[..., 0, :], pays[1, 1, 1] = 1.0, 100.0
    diagram = Diagram(
        (*guards, alarm, third),
        {"alarm": Table(("east", "west", "alarm"), heard)},
        (
            *(Utility("calm", name, _rule(name, values=[1, 0])) for name in ("east", "west")),
            Utility("right", "third", Table(("east", "west", "third"), pays)),
        ),
        {p: np.ones(1) for p in ("east", "west", "third")},
    )
    calm = {name: _rule(name, values=[1, 0]) for name in ("east", "west")}
    right = {**calm, "third": _rule("alarm", "third", values=[[1, 0], [1, 0]])}
    np.testing.assert_allclose(regret(diagram, right).largest["third"], [0.0], atol=1e-9)
    wrong = {**calm, "third": _rule("alarm", "third", values=[[1, 0], [0, 1]])}
    np.testing.assert_allclose(regret(diagram, wrong).largest["third"], [1.0], atol=1e-9)
