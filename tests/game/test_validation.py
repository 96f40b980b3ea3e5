"""Every rule of validation fires on its own fault, and on a sound game none does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.game.random_diagrams import random_diagram
from tests.game.test_requisite import TWO, chance_table, diagram_of, table

from quandary.game import Chance, Decision, Diagram, Table, Utility, faults


def sound() -> Diagram:
    return diagram_of(
        [Chance("unrest", TWO), Decision("act", TWO, "me", ("unrest",))],
        [("me", ("act", "unrest"))],
    )


def broken(what: str) -> Diagram:
    diagram = sound()
    unrest, act = diagram.variables
    stake = diagram.utilities[0]
    assert isinstance(act, Decision)
    two_by_two = np.ones((2, 2, 1))
    cases = {
        "twice the name": replace(diagram, variables=(unrest, act, unrest)),
        "twice the state": replace(diagram, variables=(Chance("unrest", ("a", "a")), act)),
        "no states": replace(diagram, variables=(Chance("unrest", ()), act)),
        "unknown parent": replace(diagram, variables=(unrest, replace(act, parents=("unrset",)))),
        "later parent": replace(diagram, variables=(act, unrest)),
        "no table": replace(diagram, tables={}),
        "axes": replace(diagram, tables={"unrest": chance_table(("act", "unrest"))}),
        "shape": replace(diagram, tables={"unrest": Table(("unrest",), np.full((3, 1), 1 / 3))}),
        "worlds": replace(diagram, tables={"unrest": Table(("unrest",), np.full((2, 7), 0.5))}),
        "unknown argument": replace(diagram, utilities=(Utility("u", "me", table(("nobody",))),)),
        "twice the utility": replace(diagram, utilities=(stake, stake)),
        "options of a chance": replace(diagram, allowed={"unrest": Table(("unrest",), np.ones((2, 1)))}),
        "options on the unseen": replace(
            diagram,
            variables=(unrest, replace(act, parents=())),
            allowed={"act": Table(("unrest", "act"), two_by_two)},
        ),
        "halves of options": replace(diagram, allowed={"act": Table(("unrest", "act"), two_by_two / 2)}),
        "no option": replace(diagram, allowed={"act": Table(("unrest", "act"), two_by_two * 0)}),
        "no precision": replace(diagram, precision={}),
        "negative precision": replace(diagram, precision={"me": np.array([-1.0])}),
        "precisions of 3 worlds": replace(diagram, precision={"me": np.ones(3)}),
        "sum": replace(diagram, tables={"unrest": Table(("unrest",), np.full((2, 1), 0.6))}),
        "negative": replace(diagram, tables={"unrest": Table(("unrest",), np.array([[1.5], [-0.5]]))}),
        "infinite": replace(diagram, utilities=(Utility("u", "me", Table(("act",), np.full((2, 1), np.inf))),)),
    }
    return cases[what]


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("twice the name", "Q403"),
        ("twice the state", "Q403"),
        ("no states", "Q404"),
        ("unknown parent", "Q405"),
        ("later parent", "Q406"),
        ("no table", "Q407"),
        ("axes", "Q407"),
        ("shape", "Q413"),
        ("worlds", "Q413"),
        ("unknown argument", "Q405"),
        ("twice the utility", "Q403"),
        ("options of a chance", "Q408"),
        ("options on the unseen", "Q408"),
        ("halves of options", "Q408"),
        ("no option", "Q412"),
        ("no precision", "Q409"),
        ("negative precision", "Q409"),
        ("precisions of 3 worlds", "Q409"),
        ("sum", "Q410"),
        ("negative", "Q410"),
        ("infinite", "Q411"),
    ],
)
def test_each_fault_is_found(what: str, code: str) -> None:
    assert code in [problem.code for problem in faults(broken(what))]


@pytest.mark.parametrize("seed", range(10))
def test_sound_games_have_none(seed: int) -> None:
    assert faults(random_diagram(np.random.default_rng(seed), barred=0.5, worlds=3)) == ()
    assert faults(sound()) == ()


def test_all_faults_at_once() -> None:
    diagram = replace(sound(), tables={}, precision={})
    assert {problem.code for problem in faults(diagram)} == {"Q407", "Q409"}
