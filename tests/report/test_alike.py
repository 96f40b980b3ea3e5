"""Long lists of equilibria: those that are told alike are told together, and nothing is lost in doing so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from quandary.onegame import Request
from quandary.report import NamedEquilibrium, SolvedGame, plain, solve_document, solved_lines, told_alike
from quandary.use import solve_file

OFF_THE_PATH = """EFG 2 R "Off the path" { "a" "b" }
""
p "" 1 1 "" { "out" "in" } 0
t "" 1 "" { 5, 5 }
p "" 2 1 "" { "x" "y" "z" "w" } 0
p "" 1 2 "" { "l" "r" } 0
t "" 2 "" { 0, 1 }
t "" 3 "" { 0, 1 }
p "" 1 3 "" { "l" "r" } 0
t "" 4 "" { 0, 1 }
t "" 5 "" { 0, 1 }
t "" 6 "" { 1, 0 }
t "" 7 "" { 2, 1 }
"""


def key(found: NamedEquilibrium) -> tuple[str, ...]:
    return tuple(f"{value:.6g}" for value in found.values.values())


@pytest.fixture
def solved(tmp_path: Path) -> SolvedGame:
    path = tmp_path / "off.efg"
    path.write_text(OFF_THE_PATH)
    found = solve_file(str(path), Request("pure"))
    assert found.complete
    return found


def many(solved: SolvedGame, copies: int) -> SolvedGame:
    return replace(solved, equilibria=solved.equilibria * copies)


def test_a_short_list_is_told_one_by_one(solved: SolvedGame) -> None:
    groups = told_alike(solved, key, len(solved.equilibria))
    assert [group.places for group in groups] == [(k,) for k in range(len(solved.equilibria))]
    assert [group.label for group in groups] == [f"E{k + 1}" for k in range(len(solved.equilibria))]


def test_a_long_list_is_told_in_groups_that_hold_everyone_once(solved: SolvedGame) -> None:
    groups = told_alike(solved, key, 1)
    places = sorted(place for group in groups for place in group.places)
    assert places == list(range(len(solved.equilibria)))
    assert len(groups) < len(solved.equilibria)
    for group in groups:
        members = [solved.equilibria[place] for place in group.places]
        assert len({key(member) for member in members}) == 1
        assert len({member.said.subgame_perfect.holds for member in members if member.said}) <= 1


def test_where_members_differ_is_said_and_only_there(solved: SolvedGame) -> None:
    for group in told_alike(solved, key, 1):
        members = [solved.equilibria[place] for place in group.places]
        for player, sets in members[0].behaviour.items():
            for name in sets:
                rules = [member.behaviour[player][name] for member in members]
                assert ((player, name) in group.apart) == any(rule != rules[0] for rule in rules)
                for action in (
                    {a for rule in rules for a, p in rule.items() if p} if (player, name) in group.apart else ()
                ):
                    assert action in group.apart[player, name] or "left open" in group.apart[player, name]


def test_the_page_stays_short_and_the_json_holds_all(solved: SolvedGame) -> None:
    long = many(solved, 60)
    lines = list(solved_lines(long))
    assert len(lines) < 100
    assert len(solve_document(long).equilibria) == 60 * len(solved.equilibria)
    assert any("told alike" in line for line in lines)


def test_a_statement_says_in_one_word_how_it_stands(solved: SolvedGame) -> None:
    for own in plain(solve_document(solved))["equilibria"]:
        assert own["logit_limit"]["answer"] in {"yes", "no", "open", "joined", "in play"}
        assert (own["logit_limit"]["answer"] == "no") == (own["logit_limit"]["holds"] is False)
