"""What books say of their equilibria against what is said beside ours: the files' answers that state a property."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.formats.outside import at_hand
from tests.truth.gambit_games import game_of, rules_of

from quandary.game import Tree
from quandary.onegame import (
    Deviations,
    EquilibriaFound,
    Equilibrium,
    Request,
    Searched,
    names_of,
    solved_at,
    statements,
)
from quandary.onegame.search import search
from quandary.solve import CONCEPTS

LISTED = (
    ("centipede4", "spe", (True, True, True)),
    ("entry_deterrence", "spe", (True, True, True)),
    ("entry_deterrence", "threat", (False, False, False)),
    ("selten_horse", "type1", (True, True, True)),
    ("selten_horse", "type2", (True, False, False)),
    ("selten_horse", "type2_edge", (True, False, False)),
    ("signorino_deterrence", "spe", (True, True, True)),
    ("unilateral_deterrence_hard_hard", "spe", (True, True, True)),
    ("unilateral_deterrence_hard_soft", "spe", (True, True, True)),
    ("unilateral_deterrence_soft_hard", "spe", (True, True, True)),
    ("beer_quiche", "pool_beer", (True, True, None)),
    ("beer_quiche", "pool_quiche", (True, True, None)),
)
"""Game, answer, and: subgame perfect, sequential, trembling-hand perfect; ``None`` where the book does not say."""

KINDS: tuple[tuple[str, set[str]], ...] = (
    ("beer_quiche", {"pooling"}),
    ("watson_job_market", {"separating", "pooling"}),
    ("stripped_down_poker", {"semi-separating"}),
    ("bagwell", set()),
    ("myerson_fig4_2", set()),
)
"""Bagwell's follower hears of a move, not of a chance move; the Queen of the poker game bets one time in three."""


@pytest.mark.parametrize(("name", "answer", "wanted"), LISTED, ids=lambda own: own if isinstance(own, str) else "")
def test_properties_that_books_state(textbook: Path, name: str, answer: str, wanted: tuple[bool | None, ...]) -> None:
    tree = game_of(at_hand(textbook / "games" / f"{name}.efg"))
    assert isinstance(tree, Tree)
    told = json.loads((textbook / "games" / f"{name}.json").read_text(encoding="utf-8"))
    (profile,) = (entry["profile"] for entry in told["answers"] if entry["id"] == answer)
    rules = rules_of(tree, profile)
    values = {p: Deviations(tree, rules).value(p) for p in tree.players}
    listed = EquilibriaFound("pure", (Equilibrium(rules, values, 0.0),), True, "as the book has it")
    (said,) = statements(Searched(tree, names_of(tree), listed)).listed
    found = (said.subgame_perfect.holds, said.sequential.holds, said.trembling_hand.holds)
    assert all(own is other or other is None for own, other in zip(found, wanted, strict=True)), said
    assert wanted[2] is not None or said.trembling_hand.holds is not False


@pytest.mark.parametrize(("name", "wanted"), KINDS, ids=[name for name, _ in KINDS])
def test_what_senders_signal(textbook: Path, name: str, wanted: set[str]) -> None:
    found = statements(search(game_of(at_hand(textbook / "games" / f"{name}.efg")), Request("mixed")))
    assert {signal.kind for own in found.listed for signal in own.signals} == wanted


def test_every_equilibrium_without_a_proper_subgame_or_a_set_off_the_path_is_sequential(textbook: Path) -> None:
    """Bagwell (1995) and Myerson's figure 4.2: every set is reached, so Bayes' rule gives all beliefs."""
    for name in ("bagwell", "myerson_fig4_2", "stripped_down_poker"):
        for own in statements(search(game_of(at_hand(textbook / "games" / f"{name}.efg")), Request("mixed"))).listed:
            assert own.subgame_perfect.holds and own.sequential.holds


@pytest.mark.slow
def test_the_logit_limit_is_one_of_the_listed(textbook: Path) -> None:
    """All of two players' are listed, of more players' the pure ones."""
    for path in sorted((textbook / "games").glob("*.?fg")):
        game = game_of(path)
        told = statements(search(game, Request("mixed" if len(game.players) == 2 else "pure")))
        assert not told.limit_missing
        limit = solved_at(game, CONCEPTS["sequential"])[0]
        assert limit is not None
        pure = all(np.nan_to_num(rule, nan=1.0).max() == 1.0 for rule in limit.rules.values())
        there = any(own.logit_limit.holds for own in told.listed)
        assert there or not told.listed or (len(game.players) > 2 and not pure), path.name
        assert all(own.logit_limit.holds is not None for own in told.listed)


def test_beliefs_after_the_message_that_is_not_sent(textbook: Path) -> None:
    """Cho & Kreps (1987): the receiver has to believe in the weak type with at least one half."""
    tree = game_of(at_hand(textbook / "games" / "beer_quiche.efg"))
    assert isinstance(tree, Tree)
    told = statements(search(tree, Request("mixed")))
    for own in told.listed:
        (nodes,) = own.beliefs.values()
        weak = sum(p for node, p in nodes.items() if tree.history(node)[0] == "weak")
        assert weak >= 0.5 - 1e-8
        np.testing.assert_allclose(sum(nodes.values()), 1.0)
