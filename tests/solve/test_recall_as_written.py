"""Perfect recall is that of the game as written: what cannot matter is left out of choices, not out of memory."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from tests.laws.diagrams import random_diagram

from quandary.base import Refusal
from quandary.game import (
    Diagram,
    Tree,
    forgetful_sets,
    idle,
    prune,
    remembers,
    unroll,
    unrolled_with_recall,
    with_memory,
)
from quandary.onegame import Request, read_diagram, statements, tree_regret
from quandary.onegame.search import search


def _node(name: str, kind: str, **more: object) -> dict[str, object]:
    return {"name": name, "kind": kind, **more}


def _rows(names: list[str], states: list[str], values: list[float]) -> list[dict[str, object]]:
    cells = itertools.product(*([(n, s) for s in own] for n, own in zip(names, map(list, states), strict=True)))
    return [{"when": dict(cell), "value": v} for cell, v in zip(cells, values, strict=True)]


def investor(*, opponent: bool, remembers_its_move: bool = True) -> Diagram:
    """Return a game whose player pays for a better chance, sees how chance fell, and goes on or stops."""
    odds = [{"when": {"D1": d}, "p": {"h": p, "l": 1 - p}} for d, p in (("a", 0.8), ("b", 0.3))]
    seen = ["D1", "Q"] if remembers_its_move else ["Q"]
    nodes = [
        _node("D1", "decision", player="me", states=["a", "b"], parents=[]),
        _node("Q", "chance", states=["h", "l"], parents=["D1"], table=odds),
        _node("D2", "decision", player="me", states=["g", "s"], parents=seen),
        _node("U1", "utility", player="me", parents=["D1"], table=_rows(["D1"], ["ab"], [-1, 0])),
        _node("U2", "utility", player="me", parents=["Q", "D2"], table=_rows(["Q", "D2"], ["hl", "gs"], [4, 0, -2, 0])),
    ]
    if opponent:
        pair = ["E", "Q"]
        nodes += [
            _node("E", "decision", player="other", states=["x", "y"], parents=[]),
            _node("V", "utility", player="other", parents=pair, table=_rows(pair, ["xy", "hl"], [1, 0, 0, 1])),
            _node("W", "utility", player="me", parents=pair, table=_rows(pair, ["xy", "hl"], [-3, 0, 0, -3])),
        ]
    return read_diagram(json.dumps({"format": "maid-json/1", "nodes": nodes}), "game.json")


def test_a_player_alone_is_judged_with_what_it_remembers() -> None:
    for concept in ("logit", "sequential", "subgame", "pure", "perfect", "correlated"):
        listed = search(investor(opponent=False), Request(concept)).equilibria
        assert listed.found and all(not np.isnan(e.regret) for e in listed.found), concept
    pure = search(investor(opponent=False), Request("pure")).equilibria
    assert [e.values["me"] for e in pure.found] == [pytest.approx(0.8 * 4 - 1)]


def test_two_players_have_their_one_equilibrium_under_every_concept() -> None:
    """By hand: the other is indifferent where Q is even, the player where the other plays x 5/6 of the time."""
    game = investor(opponent=True)
    (mixed,) = search(game, Request("mixed")).equilibria.found
    (limit,) = search(game, Request("sequential")).equilibria.found
    for found in (mixed, limit):
        assert found.regret <= 1e-9 and found.values["other"] == pytest.approx(0.5)
        assert found.values["me"] == pytest.approx(0.1)
    said = statements(search(game, Request("sequential")))
    assert not said.reason and said.listed[0].sequential.holds
    assert not search(game, Request("pure")).equilibria.found and not search(game, Request("perfect")).equilibria.found


def test_true_forgetting_is_still_refused() -> None:
    game = investor(opponent=True, remembers_its_move=False)
    assert not remembers(game)
    for concept in ("mixed",):
        with pytest.raises(Refusal, match="Q453"):
            search(game, Request(concept))


def _brute_force_regret(written: Tree, labels: dict[str, np.ndarray]) -> float:
    """Return the largest regret on the whole tree of a behaviour by the labels of the sets that know less."""
    rules = {}
    for which in set(written.set_of[written.set_of >= 0].tolist()):
        own = written.sets[which]
        if own.player is None:
            continue
        name, _, seen = own.label.partition(" | ")
        known = set(seen.split(", ")) if seen else set()
        fits = [rule for label, rule in labels.items() if _fits(label, name, known)]
        assert len(fits) == 1, (own.label, sorted(labels))
        rules[which] = fits[0]
    return max(tree_regret(written, rules).values())


def _fits(label: str, name: str, known: set[str]) -> bool:
    own, _, seen = label.partition(" | ")
    return own == name and (set(seen.split(", ")) if seen else set()) <= known


@pytest.mark.slow
def test_equilibria_with_memory_restored_leave_no_regret_in_the_game_as_written() -> None:
    """On random diagrams of perfect recall that lose observations: every concept works, checked on the whole tree."""
    looked_at = 0
    for seed in range(40):
        written = with_memory(random_diagram(seed, players=2, variables=4, worlds=1, memory=True))
        slim = prune(written).diagram
        if not remembers(written) or not forgetful_sets(unroll(slim, without=idle(slim)).tree):
            continue
        whole = unroll(written).tree
        assert not forgetful_sets(whole) and not forgetful_sets(unrolled_with_recall(slim, written).tree)
        for concept in ("pure", "sequential"):
            try:
                found = search(written, Request(concept))
            except Refusal as refused:
                assert refused.problem.code in {"Q456", "Q457"}
                continue
            for equilibrium in found.equilibria.found[:10]:
                labels = {
                    found.names[k].name: np.where(np.isnan(rule), 1.0 / len(rule), rule)
                    for k, rule in equilibrium.rules.items()
                }
                assert _brute_force_regret(whole, labels) <= 1e-7, (seed, concept)
                looked_at += 1
    assert looked_at >= 5
