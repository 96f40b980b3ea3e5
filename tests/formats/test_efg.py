"""Gambit's extensive games: every file at hand reads with the structure and payoffs it is known to have."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.outside import expected_games, files_of

from quandary.base import Array, CaseError
from quandary.game import Tree, TreeGame, forgetful_sets
from quandary.onegame import (
    EfgNode,
    EfgOutcome,
    EfgSet,
    ExtensiveFile,
    as_decimal,
    decoded,
    efg_of,
    exact_probabilities,
    read_efg,
    read_game,
    tree_of,
    write_efg,
    written_as,
)

POKER = r"""EFG 2 R "Poker \"stripped\"" { "Alice" "Bob" }
"one card"

c "deal" 1 "" { "King" 1/2 "Queen" 0.5 } 0
p "" 1 1 "King" { "Bet" "Fold" } 0
p "" 2 1 "Bob" { "Call" "Fold" } 0
t "" 1 "big" { 2, -2 }
t "" 2 "" { 1 -1 }
t "" 2
p "" 1 2 "Queen" { "Bet" "Fold" } 0
p "" 2 1 0
t "" 3 "lost" { -2, 2 }
t "" 2 "" { 1, -1 }
t "" 4 "" { -1, 1 }
"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "game_file" in metafunc.fixturenames:
        metafunc.parametrize("game_file", files_of(metafunc.config, "*.efg"))
    if "listed_file" in metafunc.fixturenames:
        metafunc.parametrize("listed_file", files_of(metafunc.config, "*.efg", lists_sets))
    if "paid_file" in metafunc.fixturenames:
        metafunc.parametrize("paid_file", files_of(metafunc.config, "*.efg", behaviour_profiles))


def lists_sets(known: dict[str, Any]) -> list[Any]:
    return list(known.get("infosets", []))


def behaviour_profiles(known: dict[str, Any]) -> list[dict[str, Any]]:
    listed = [p for e in known.get("equilibria", []) if e["form"] == "behaviour" for p in e["profiles"]]
    return listed + [a for a in known.get("answers", []) if a.get("form") == "behaviour" and "payoffs" in a]


def test_outside_file_is_read_and_written(game_file: Path) -> None:
    text = decoded(game_file.read_bytes())
    game = read_efg(text, game_file.name)
    assert read_efg(write_efg(game)) == game
    tree = tree_of(game)
    again = tree_of(read_efg(write_efg(efg_of(tree))))
    for field in ("parent", "action", "set_of"):
        assert (getattr(tree, field) == getattr(again, field)).all()
    assert same_payoffs(tree, again)


def same_payoffs(one: Tree, two: Tree) -> bool:
    uniform = [np.full((*p.allowed.shape, 1), 1.0 / p.allowed.shape[1]) for p in TreeGame(one).points]
    first, second = TreeGame(one).payoffs(uniform), TreeGame(two).payoffs(uniform)
    return all(np.allclose(a, b, rtol=1e-12) for a, b in zip(first.values(), second.values(), strict=True))


def test_outside_file_has_the_expected_sets(listed_file: Path) -> None:
    known = expected_games(listed_file)
    tree = tree_of(read_efg(decoded(listed_file.read_bytes())))
    told = known.get("players", list(tree.players))
    assert len(tree.players) == len(told)
    for name, listed_name in zip(tree.players, told, strict=True):
        assert name == listed_name or not listed_name or told.count(listed_name) > 1, (
            "only the nameless are given names"
        )
    assert forgetful_sets(tree) == () or not known.get("perfect_recall", True)
    for player, listed in zip(tree.players, known["infosets"], strict=True):
        own = [i for i, s in enumerate(tree.sets) if s.player == player]
        assert len(own) == len(listed["sets"])
        for which, facts in zip(own, listed["sets"], strict=True):
            assert tree.sets[which].label == facts["label"]
            assert list(tree.sets[which].actions) == facts["actions"]
            histories = sorted(list(tree.history(node)) for node in tree.members(which))
            assert histories == sorted(facts["histories"])


def profile_from(game: TreeGame, written: list[list[list[str]]]) -> list[Array]:
    tree = game.tree
    rules = {}
    for player, sets in zip(tree.players, written, strict=True):
        own = [i for i, s in enumerate(tree.sets) if s.player == player]
        rules.update({i: [float(Fraction(p)) for p in rule] for i, rule in zip(own, sets, strict=True)})
    return [np.array([rules[i] for i in sets.tolist()])[..., None] for sets in game.sets_of]


def test_outside_file_pays_what_is_known(paid_file: Path) -> None:
    """Payoffs of the published behaviour profiles, and no action at a reached set does better by itself."""
    game = TreeGame(tree_of(read_efg(decoded(paid_file.read_bytes()))))
    for facts in behaviour_profiles(expected_games(paid_file)):
        profile = profile_from(game, facts["profile"])
        payoffs = [float(v[0]) for v in game.payoffs(profile).values()]
        truth = [float(Fraction(p)) for p in facts["payoffs"]]
        tolerance = 1e-9 * max(1.0, *(abs(v) for v in truth))
        assert payoffs == pytest.approx(truth, abs=max(tolerance, 1e-6))
        if "0" in (facts.get("agent_max_regret"), facts.get("max_regret")):
            for values, rule, reach in zip(game.values(profile), profile, game.reach(profile), strict=True):
                gain = reach * (values.max(axis=1) - (values * rule).sum(axis=1))
                assert gain.max() < 1e-5 * max(1.0, np.abs(values).max())


def test_everything_optional_is_read() -> None:
    game = read_efg(POKER)
    assert game.title == 'Poker "stripped"'
    assert game.comment == "one card"
    assert game.sets[0, 1].chances == ("1/2", "0.5")
    assert game.outcomes[2].payoffs == ("1", "-1")
    tree = tree_of(game)
    assert [s.label for s in tree.sets] == ["", "King", "Bob", "Queen"]
    assert tree.history(int(tree.members(2)[1])) == ("Queen", "Bet")
    assert read_efg(write_efg(game)) == game


def test_payoffs_on_the_way_add_up_and_may_lack_at_the_end() -> None:
    text = 'EFG 2 R "" { "A" } p "" 1 1 "" { "x" "y" } 1 "on the way" { 3 } t "" 0 t "" 2 "" { -.5 }'
    game = TreeGame(tree_of(read_efg(text)))
    assert game.values([np.full((1, 2, 1), 0.5)])[0].ravel().tolist() == [3.0, 2.5]


def test_players_without_distinct_names_are_numbered() -> None:
    tree = tree_of(read_efg('EFG 2 R "" { "" "A" "A" } t "" 1 "" { 1 2 3 }'))
    assert tree.players == ("Player 1", "A (2)", "A (3)")


@pytest.mark.parametrize(
    ("text", "code", "place", "words"),
    [
        ("", "Q603", (1, 1), "EFG"),
        ('EFG 3 R "" { "A" } t "" 0', "Q603", (1, 5), "version 2"),
        ('EFG 2 R "" { "A }', "Q603", (1, 14), "never closed"),
        ('EFG 2 R "" { "A" }\np "" 1 1 "" { "x" "y" } 0\nt "" 0', "Q603", (3, 7), "some action has no node"),
        ('EFG 2 R "" { "A" }\nt "" 0\nt "" 0', "Q603", (3, 1), "end of the file"),
        ('EFG 2 R "" { "A" }\nq "" 0', "Q603", (2, 1), "c, p or t"),
        ('EFG 2 R "" { "A" }\np "" 2 1 "" { "x" } 0 t "" 0', "Q605", (2, 6), "no player 2"),
        ('EFG 2 R "" { "A" }\np "" 1 1 "" { } 0', "Q605", (2, 13), "no actions"),
        ('EFG 2 R "" { "A" }\np "" 1 1 0', "Q605", (2, 1), "no actions yet"),
        (
            'EFG 2 R "" { "A" }\np "" 1 1 "" { "x" } 0\np "" 1 1 "" { "x" "y" } 0',
            "Q605",
            (3, 13),
            "had 1 actions",
        ),
        ('EFG 2 R "" { "A" "B" }\nt "" 1 "" { 2 }', "Q606", (2, 6), "pays 1 players"),
        ('EFG 2 R "" { "A" }\nt "" 1', "Q606", (2, 6), "never given"),
        (
            'EFG 2 R "" { "A" }\np "" 1 1 "" { "x" "y" } 0\nt "" 1 "" { 2 }\nt "" 1 "" { 3 }',
            "Q606",
            (4, 6),
            "something else",
        ),
        ('EFG 2 R "" { "A" }\nc "" 1 "" { "x" 0.6 "y" 0.6 } 0 t "" 0 t "" 0', "Q607", (2, 11), "sum to 1.2"),
        ('EFG 2 R "" { "A" }\nt "" 1 "" { 1/0 }', "Q604", (2, 13), "no finite value"),
        ('EFG 2 R "" { "A" }\nt "" 1 "" { 1e999999999 }', "Q604", (2, 13), "no finite value"),
        ('EFG 2 R "" { "A" }\nt "" -1', "Q603", (2, 6), "whole number"),
    ],
)
def test_broken_files_say_where_and_why(text: str, code: str, place: tuple[int, int], words: str) -> None:
    with pytest.raises(CaseError) as raised:
        read_efg(text, "broken.efg")
    problem = raised.value.problems[0]
    assert problem.code == code
    assert (problem.place.line, problem.place.column) == place
    assert words in problem.message


@given(st.data())
def test_damaged_files_give_problems_never_a_crash(data: st.DataObject) -> None:
    text = POKER
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 12))
        text = text[:at] + data.draw(st.text('{}"\\ 0123456789./-ecpt\n\x00é', max_size=6)) + text[at + cut :]
    try:
        game = read_efg(text, "damaged.efg")
    except CaseError as error:
        lines = text.count("\n") + 1
        assert all(1 <= p.place.line <= lines and p.place.column >= 1 and p.code for p in error.problems)
    else:
        assert read_efg(write_efg(game)) == game


@st.composite
def extensive_files(draw: st.DrawFn) -> ExtensiveFile:
    """Return a random game: any labels, sets shared between nodes, outcomes anywhere."""
    label = st.text(max_size=4)
    number = st.one_of(st.integers(-99, 99).map(str), st.sampled_from(["1/3", "-2/7", ".5", "1.25", "1e-3", "-1.5E2"]))
    players = tuple(draw(st.lists(label, min_size=1, max_size=3)))
    outcomes = {
        i: EfgOutcome(draw(label), tuple(draw(number) for _ in players))
        for i in draw(st.sets(st.integers(1, 9), max_size=3))
    }
    sets: dict[tuple[int, int], EfgSet] = {}
    nodes: list[EfgNode] = []
    missing = 1
    while missing:
        missing -= 1
        outcome = draw(st.sampled_from([0, *outcomes]))
        player = -1 if len(nodes) > 6 else draw(st.integers(-1, len(players)))
        if player < 0:
            nodes.append(EfgNode(draw(label), -1, 0, outcome))
            continue
        key = (player, draw(st.integers(1, 3)))
        if key not in sets:
            actions = tuple(draw(st.lists(label, min_size=1, max_size=3)))
            equal = tuple(f"1/{len(actions)}" for _ in actions)
            sets[key] = EfgSet(draw(label), actions, None if player else equal)
        nodes.append(EfgNode(draw(label), player, key[1], outcome))
        missing += len(sets[key].actions)
    used = {node.outcome for node in nodes}
    return ExtensiveFile(
        draw(label), players, tuple(nodes), sets, {i: o for i, o in outcomes.items() if i in used}, draw(label)
    )


@given(extensive_files())
def test_what_is_written_reads_back(game: ExtensiveFile) -> None:
    assert read_efg(write_efg(game)) == game


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6).filter(lambda v: sum(v) > 1e-3))
def test_exported_probabilities_sum_to_exactly_one(weights: list[float]) -> None:
    total = sum(weights)
    written = exact_probabilities([w / total for w in weights])
    assert sum(Fraction(p) for p in written) == 1
    assert all(Fraction(p) >= 0 for p in written)
    assert [float(Fraction(p)) for p in written] == pytest.approx([w / total for w in weights], abs=1e-14)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_exported_payoffs_are_the_same_floats(value: float) -> None:
    assert float(as_decimal(value)) == value
    assert "e" not in as_decimal(value).lower()


def test_a_tree_from_disk_and_back(tmp_path: Path) -> None:
    path = tmp_path / "poker.efg"
    path.write_text(POKER, encoding="utf-8")
    tree = read_game(path)
    assert isinstance(tree, Tree)
    path.write_text(written_as(tree, ".efg"), encoding="latin-1")
    again = read_game(path)
    assert isinstance(again, Tree)
    assert [s.actions for s in again.sets] == [s.actions for s in tree.sets]
    assert json.dumps(again.title) == json.dumps(tree.title)


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([1 / 3, 1 / 3, 1 / 3], ("1/3", "1/3", "1/3")),
        ([0.3, 0.7], ("0.3", "0.7")),
        ([2 / 7, 0.0, 5 / 7], ("2/7", "0", "5/7")),
        ([0.5, 0.25, 0.25], ("0.5", "0.25", "0.25")),
        ([1.0], ("1",)),
    ],
)
def test_probabilities_are_written_as_they_are_meant(values: list[float], written: tuple[str, ...]) -> None:
    assert exact_probabilities(values) == written


def test_a_tie_behind_a_draw_of_thirds_is_a_tie_in_the_file() -> None:
    text = """EFG 2 R "thirds" { "A" "B" }
c "" 1 "" { "x" 1/3 "y" 1/3 "z" 1/3 } 0
t "" 1 "" { 3, 0 } t "" 2 "" { -1, 0 } t "" 3 "" { -2, 0 }
"""
    again = read_efg(write_efg(efg_of(tree_of(read_efg(text)))))
    (chance,) = again.sets.values()
    assert chance.chances is not None
    assert sum(Fraction(p) * n for p, n in zip(chance.chances, (3, -1, -2), strict=True)) == 0
