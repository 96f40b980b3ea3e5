"""A search that does not come to its end says what would settle it, and what it says can be done."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from tests.solve.games import matrix, random_form, random_tree

from quandary.base import OUT_OF_TIME
from quandary.game import StrategicForm, Tree
from quandary.onegame import NO_LONGER, EquilibriaFound, Equilibrium, Reached, Request, Searched, names_of
from quandary.onegame.listing import mixed as enumeration
from quandary.onegame.next_steps import next_steps
from quandary.onegame.search import search
from quandary.report import solve_document, solved_lines
from quandary.use import solve_file

FAR_APART = """EFG 2 R "payoffs that 16 digits cannot hold" { "1" "2" }
c "" 1 "" { "L" 1/2 "R" 1/2 } 0
p "" 1 1 "" { "A" "B" } 0
p "" 2 1 "" { "X" "Y" } 0
t "" 1 "" { 40000000000000000000, -40000000000000000000 }
t "" 2 "" { 1, -1 }
p "" 2 2 "" { "X" "Y" } 0
t "" 3 "" { -1, 1 }
t "" 4 "" { 0, 0 }
p "" 1 2 "" { "A" "B" } 0
p "" 2 1 "" { "X" "Y" } 0
t "" 5 "" { -1, 1 }
t "" 6 "" { 1, -1 }
p "" 2 2 "" { "X" "Y" } 0
t "" 7 "" { 0, 0 }
t "" 8 "" { 40000000000000000000, -40000000000000000000 }
"""
FEW = 15


def concepts_named(steps: tuple[str, ...]) -> list[str]:
    return re.findall(r"-c (\w+)", " ".join(steps))


def unfinished(game: Tree | StrategicForm, concept: str, reached: Reached | None = None) -> Searched:
    """Return a search that came to nothing, as a solver that gave up leaves it."""
    return Searched(game, names_of(game), EquilibriaFound(concept, (), False, "a branch", reached=reached))


def test_an_end_without_an_answer_names_what_has_one(tmp_path: Path) -> None:
    file = tmp_path / "far.efg"
    file.write_text(FAR_APART, encoding="utf-8")
    solved = solve_file(str(file), Request("sequential"))
    assert not solved.equilibria and not solved.stopped
    assert solved.next_steps[0] == NO_LONGER
    assert concepts_named(solved.next_steps) == ["zero_sum", "mixed"]
    told = "\n".join(solved_lines(solved))
    assert all(f"Next: {step}." in told for step in solved.next_steps)
    assert solve_document(solved).next_steps == solved.next_steps
    for concept in concepts_named(solved.next_steps):
        again = solve_file(str(file), Request(concept))
        assert again.equilibria and not again.next_steps


@pytest.mark.parametrize("zero_sum", [False, True])
@pytest.mark.parametrize("players", [2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_only_concepts_that_the_game_allows_are_named(seed: int, players: int, zero_sum: bool) -> None:
    if zero_sum and players == 3:
        return
    rng = np.random.default_rng(seed)
    game = random_tree(rng, players=players, depth=3, zero_sum=zero_sum)
    for concept in ("sequential", "gambit"):
        named = concepts_named(next_steps(unfinished(game, concept), Request(concept)))
        assert named and ("zero_sum" in named) == (zero_sum and concept == "sequential")
        for other in named:
            assert search(game, Request(other)).equilibria.done


@pytest.mark.slow
def test_too_many_strategies_leave_a_precision() -> None:
    rng = np.random.default_rng(1)
    game = random_form(rng, [60, 60, 60, 60])
    named = concepts_named(next_steps(unfinished(game, "sequential"), Request("sequential")))
    assert named == ["logit"]


@pytest.mark.parametrize("seed", range(4))
def test_where_time_ran_out_a_longer_limit_is_named_and_a_precision_that_was_come_to(seed: int) -> None:
    form = random_form(np.random.default_rng(seed), [3, 4])
    left = iter(range(FEW))
    request = Request("logit", precision=40.0, seconds=45.0)
    found = search(form, request, lambda *_: next(left, None) is not None)
    assert found.equilibria.stopped == OUT_OF_TIME and found.equilibria.reached is not None
    steps = next_steps(found, request)
    assert steps[0].endswith("--limit 3m")
    lower = float(re.findall(r": ([\d.e+-]+), for one", steps[1])[0])
    assert 0.0 < lower <= min(found.equilibria.reached.precision.values())
    assert search(form, replace(request, precision=lower)).equilibria.found


@pytest.mark.parametrize("concept", ["pure", "mixed", "zero_sum", "correlated", "sequential", "logit"])
def test_every_stopped_search_says_how_to_go_on(concept: str) -> None:
    form = matrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    found = search(form, Request(concept), lambda *_: False)
    assert found.equilibria.stopped == OUT_OF_TIME
    steps = next_steps(found, Request(concept))
    assert "--limit 2m" in steps[0] and NO_LONGER not in steps
    assert not next_steps(search(form, Request(concept)), Request(concept))


def test_a_branch_that_a_solver_lost_is_shown_and_answered_below() -> None:
    form = matrix([[4, 0], [3, 3]], [[4, 3], [0, 3]])
    point = Equilibrium({}, {}, 0.0)
    stood = Reached(point, dict.fromkeys(form.players, 1.2345))
    steps = next_steps(unfinished(form, "logit", reached=stood), Request("logit", precision=9.0))
    assert steps[0] == NO_LONGER
    assert "1.2, for one" in steps[1] and "--rationality trace" in steps[2]
    assert search(form, Request("logit", precision=1.2)).equilibria.found
    apart = Reached(point, dict(zip(form.players, (1.0, 2.0), strict=True)))
    assert len(next_steps(unfinished(form, "logit", reached=apart), Request("logit"))) == 2


def test_points_that_no_time_was_left_to_check_end_the_search() -> None:
    form = random_form(np.random.default_rng(2), [2, 3])
    request = Request("logit", trace=True)
    found = search(form, request, lambda what, done, _total: what != "points checked" or done < 2)
    assert found.equilibria.stopped == OUT_OF_TIME and not found.equilibria.done
    assert "--limit" in next_steps(found, request)[0]
    assert not next_steps(search(form, request), request)


def test_too_many_vertices_are_no_matter_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enumeration, "enumerated", partial(enumeration.enumerated, most=1))
    form = random_form(np.random.default_rng(3), [3, 3])
    for game, other in ((form, "pure"), (replace(form, payoffs=form.payoffs * 0.0), "zero_sum")):
        found = search(game, Request("mixed"))
        assert not found.equilibria.complete and not found.equilibria.stopped
        steps = next_steps(found, Request("mixed"))
        assert steps[0] == NO_LONGER and other in concepts_named(steps)
        assert search(game, Request(other)).equilibria.done
