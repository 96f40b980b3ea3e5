"""Quantal response equilibria of textbook games against points computed with Gambit and polished independently.

Through the same door as ``quandary solve``, on the tree or matrix of the file and once more on a causal game that plays
as the tree does; tolerance 1e-8, as the collection's README says.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.formats.outside import at_hand
from tests.truth.gambit_games import game_of
from tests.truth.tree_as_diagram import TreeAsDiagram

from quandary.base import Refusal
from quandary.game import Decision, Diagram, StrategicForm, Table, Tree, Utility
from quandary.onegame import Equilibrium, Request, solved_at
from quandary.onegame.search import search
from quandary.solve import CONCEPTS, solve

EXACT = 1e-8
ROOT = Path(__file__).resolve().parents[1]


def _oracle(folder: Path) -> list[dict[str, Any]]:
    games: list[dict[str, Any]] = json.loads((folder / "qre_oracle.json").read_text(encoding="utf-8"))["games"]
    return games


def _where(tree: Tree, entry: dict[str, Any]) -> list[tuple[int, int]]:
    """Return for each number of the oracle the information set and the action that it is about."""
    sets = {tree.history(node): int(which) for node, which in enumerate(tree.set_of) if which >= 0}
    found = []
    for _, listed in entry["probability_order"]:
        for one in listed:
            which = sets[tuple(one["histories"][0])]
            found += [(which, tree.sets[which].actions.index(action)) for action in one["actions"]]
    return found


def test_every_point_on_trees_and_matrices(textbook: Path) -> None:
    compared = 0
    for entry in _oracle(textbook):
        game = game_of(textbook / entry["file"])
        points = solved_at(game, CONCEPTS["logit"], [float(p["lam"]) for p in entry["points"]])
        for listed, point in zip(entry["points"], points, strict=True):
            assert isinstance(point, Equilibrium)
            if isinstance(game, Tree):
                ours = [point.rules[which][action] for which, action in _where(game, entry)]
            else:
                ours = np.concatenate([point.rules[k] for k in range(len(game.players))]).tolist()
            np.testing.assert_allclose(ours, listed["polished"], atol=EXACT, rtol=0, err_msg=entry["game"])
            compared += 1
    assert compared == sum(len(entry["points"]) for entry in _oracle(textbook))


def test_every_point_on_causal_games(textbook: Path) -> None:
    compared = 0
    for entry in _oracle(textbook):
        tree = game_of(textbook / entry["file"])
        if not isinstance(tree, Tree):
            continue
        precision = np.array([float(p["lam"]) for p in entry["points"]])
        built = TreeAsDiagram(tree, dict.fromkeys(tree.players, precision))
        solution = solve(built.diagram)
        assert solution.converged.all()
        ours = []
        for which, action in _where(tree, entry):
            rule = solution.behaviour[f"d{which}"]
            axes = (*(a for a in (f"at{which}",) if a in rule.axes), f"d{which}")
            values = rule.over(axes)
            ours.append((values[1] if len(axes) == 2 else values)[action + 1])
        expected = np.array([p["polished"] for p in entry["points"]]).T
        np.testing.assert_allclose(ours, expected, atol=EXACT, rtol=0, err_msg=entry["game"])
        compared += len(precision)
    assert compared


def test_the_strategic_form_gives_other_numbers_and_is_told_apart(textbook: Path) -> None:
    """At a finite precision the two logits of a game with two moves of one player differ (Turocy 2010)."""
    game = game_of(at_hand(textbook / "games" / "centipede4.efg"))
    agent = search(game, Request("logit", precision=1.0)).equilibria
    whole = search(game, Request("logit", precision=1.0, strategic=True))
    assert isinstance(whole.game, StrategicForm)
    assert "not the agent form" in whole.equilibria.searched
    assert "agent" in agent.searched
    assert abs(agent.found[0].values["P1"] - whole.equilibria.found[0].values["P1"]) > 1e-2


STRATEGIC = {
    "centipede4.efg": (0.11526545, 0.30293588, 0.58179867, 0.16694036, 0.59751482, 0.23554482),
    "selten_horse.efg": (0.54169500, 0.45830500, 0.30424508, 0.69575492, 0.63174799, 0.36825201),
}
"""Logit of the reduced strategic form at precision 1, by pygambit 16.7.0 (``use_strategic=True``), rounded."""


@pytest.mark.parametrize("name", STRATEGIC)
def test_the_strategic_form_has_gambits_numbers(textbook: Path, name: str) -> None:
    path = at_hand(textbook / "games" / name)
    found = search(game_of(path), Request("logit", precision=1.0, strategic=True)).equilibria.found[0]
    ours = np.concatenate([found.rules[k] for k in sorted(found.rules)])
    np.testing.assert_allclose(ours, STRATEGIC[name], atol=2e-8, rtol=0)


@pytest.mark.parametrize("name", ["goeree_holt_mp_80.nfg", "goeree_holt_mp_320.nfg", "ochs_9.nfg"])
def test_a_traced_branch_passes_through_the_oracle(textbook: Path, name: str) -> None:
    game = game_of(at_hand(textbook / "games" / name))
    traced = search(game, Request("logit", trace=True))
    assert traced.precisions[0] == 0.0
    first = traced.equilibria.found[0]
    assert all(np.allclose(rule, 1.0 / len(rule)) for rule in first.rules.values())
    assert len(traced.precisions) == len(traced.equilibria.found)
    (entry,) = (e for e in _oracle(textbook) if e["file"].endswith(name))
    lams = np.array([float(p["lam"]) for p in entry["points"]])
    ours = np.array([e.rules[1][0] for e in traced.equilibria.found])
    theirs = np.array([p["polished"][2] for p in entry["points"]])
    between = np.interp(np.log(lams), np.log(np.maximum(traced.precisions, 1e-12)), ours)
    np.testing.assert_allclose(between, theirs, atol=0.02)


def test_a_strategic_form_has_no_place_for_what_is_usual_and_a_traced_branch_begins_there() -> None:
    pays = Utility("u", "me", Table(("move",), np.array([[50.0], [40.0]])))
    plain = Diagram((Decision("move", ("x", "y"), "me"),), {}, (pays,), {"me": np.array([np.log(3.0) / 10])})
    usual = replace(plain, usual={"move": Table(("move",), np.array([[1.0], [3.0]]))})
    assert search(plain, Request("logit", strategic=True)).equilibria.found
    with pytest.raises(Refusal, match="no place for what is usual at move") as refused:
        search(usual, Request("logit", strategic=True))
    assert refused.value.problem.code == "Q460"
    traced = search(usual, Request("logit", trace=True)).equilibria.found
    np.testing.assert_allclose(next(iter(traced[0].rules.values())), [0.25, 0.75], atol=1e-15)
    np.testing.assert_allclose(next(iter(traced[-1].rules.values())), [0.5, 0.5], atol=1e-12)
