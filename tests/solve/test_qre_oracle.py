"""Quantal response equilibria against points computed with Gambit and polished independently."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from quandary.base import Array
from quandary.game import StrategicGame, TreeGame
from quandary.onegame import read_efg, read_nfg, strategic_form_of, tree_of
from quandary.solve import LogitSettings
from quandary.solve.logit import logit


def _of_tree(text: str, order: list[Any], precision: Array, settings: LogitSettings) -> tuple[Array, Array]:
    """Return the probabilities in the oracle's order, one column per precision, and the residuals."""
    tree = tree_of(read_efg(text))
    game = TreeGame(tree, dict.fromkeys(tree.players, precision))
    result = logit(game, settings)
    where = {tree.history(node): int(which) for node, which in enumerate(tree.set_of) if which >= 0}
    rules = {}
    for sets, choice in zip(game.sets_of, result.profile, strict=True):
        for row, which in enumerate(sets.tolist()):
            rules[which] = choice[row]
    found = []
    for _, sets_listed in order:
        for listed in sets_listed:
            which = where[tuple(listed["histories"][0])]
            actions = tree.sets[which].actions
            found += [rules[which][actions.index(action)] for action in listed["actions"]]
    return np.array(found), result.residual


def _of_form(text: str, precision: Array, settings: LogitSettings) -> tuple[Array, Array]:
    form = strategic_form_of(read_nfg(text))
    result = logit(StrategicGame(replace(form, precision=dict.fromkeys(form.players, precision))), settings)
    return np.concatenate([choice[0] for choice in result.profile]), result.residual


def test_every_point_of_the_oracle(textbook: Path) -> None:
    oracle = json.loads((textbook / "qre_oracle.json").read_text())
    compared = 0
    for settings in (LogitSettings(tolerance=1e-12), LogitSettings(tolerance=1e-12, always_trace=True)):
        for entry in oracle["games"]:
            text = (textbook / entry["file"]).read_text(encoding="utf-8")
            precision = np.array([point["lam"] for point in entry["points"]], dtype=np.float64)
            expected = np.array([point["polished"] for point in entry["points"]]).T
            if entry["file"].endswith(".efg"):
                found, residual = _of_tree(text, entry["probability_order"], precision, settings)
            else:
                found, residual = _of_form(text, precision, settings)
            assert (residual <= 1e-12).all(), (entry["game"], residual)
            gap = np.abs(found - expected).max(axis=0)
            assert (gap <= 1e-8).all(), (entry["game"], gap)
            compared += len(precision)
    assert compared == 2 * sum(len(entry["points"]) for entry in oracle["games"])
