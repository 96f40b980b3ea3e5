"""Every game and every listed equilibrium of Gambit's files: regret by our own check, pure and mixed lists exactly.

Tolerances: the lists are exact fractions, so that regret and payoffs agree to 1e-9 of the payoffs' size, and the
enumerations agree exactly. Where Gambit's test gives a probability tolerance (its logit tests), that one is used.
"""

from __future__ import annotations

import itertools
import json
import math
import re
import time
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.formats.outside import SOLVERS, expected_games, files_of, is_known_list, unknown_pieces
from tests.truth.gambit_games import exact, form_of, game_of, matrices_of, mixture_of, rules_of, spread_of

from quandary.base import Array, Refusal
from quandary.game import StrategicForm, Tree
from quandary.onegame import (
    Deviations,
    Equilibrium,
    agents,
    enumerated,
    equilibrium_cells,
    form_regret,
    gambit,
    installed,
    payoff_spread,
    pure,
    solved_at,
    strategic_form,
    tree_regret,
    zero_sum,
)
from quandary.solve import CONCEPTS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]

EXACT = 1e-9
LIMIT = 1e-7
"""How far the limit of the branch may be from exact, in probabilities and in shares of the payoffs' spread."""

GIVEN_UP_AT_MOST = 0.02
"""The limit is found in every game of the default folders; in games of another folder it may be given up this often."""

NEAR_LIMIT = 2e3
"""Precision, counted in the game's largest payoff difference, at which the branch stands for its limit."""


GAMBITS_SECONDS = 10.0
"""So long Gambit's enumeration in exact fractions may take where its library is installed."""

GAMBIT_FINDS_NONE = {"tests__large_payoff_game"}
"""Where pygambit 16.7 comes to no equilibrium at all (payoffs of 1e19), also on the file as it is."""

VERTICES = 5_000
"""So many vertices of a polytope are enumerated here; more would take minutes."""

LISTS = {
    "game_file": (),
    "pure_file": ("enumpure_solve",),
    "agent_file": ("enumpure_agent_solve",),
    "mixed_file": ("enummixed_solve",),
    "other_file": ("enumpoly_solve", "lcp_solve", "lp_solve", "gnm_solve", "ipa_solve"),
    "logit_file": ("logit_solve",),
}


CHECKED_FOR_REGRET_ONLY = {"liap_solve", "liap_agent_solve"}
"""Their lists are single points found by minimisation: regret and payoffs are all that can be compared."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "piece" in metafunc.fixturenames:
        metafunc.parametrize("piece", unknown_pieces(metafunc.config))
    for name, solvers in LISTS.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, files_of(metafunc.config, "*.?fg", partial(_has, solvers)))


def _has(solvers: tuple[str, ...], known: dict[str, Any]) -> bool:
    lists = known.get("equilibria", [])
    return any(is_known_list(e) and (not solvers or e.get("solver") in solvers) for e in lists)


def _lists(path: Path, *solvers: str) -> list[dict[str, Any]]:
    lists = expected_games(path)["equilibria"]
    return [e for e in lists if is_known_list(e) and (not solvers or e.get("solver") in solvers)]


def test_every_listed_profile_has_the_regret_and_payoffs_it_states(game_file: Path) -> None:
    game = game_of(game_file)
    size = spread_of(game)
    for listed in _lists(game_file):
        for entry in listed["profiles"]:
            payoffs = [float(Fraction(p)) for p in entry["payoffs"]]
            if listed["form"] == "behaviour":
                assert isinstance(game, Tree)
                rules = rules_of(game, entry["profile"])
            else:
                mixture = mixture_of(entry["profile"])
                regret = max(form_regret(form_of(game), mixture).values())
                assert abs(regret - float(Fraction(entry["max_regret"]))) <= EXACT * size
                if isinstance(game, StrategicForm):
                    np.testing.assert_allclose(_paid(game, mixture), payoffs, atol=EXACT * size, rtol=0)
                    continue
                rules = strategic_form(game).rules(mixture)
            regret = max(tree_regret(game, rules).values())
            assert abs(regret - float(Fraction(entry["max_regret"]))) <= EXACT * size
            deviations = Deviations(game, rules)
            for player, paid in zip(game.players, payoffs, strict=True):
                assert abs(deviations.value(player) - paid) <= EXACT * size
            if entry.get("agent_max_regret") is not None:
                agent_regret = max(tree_regret(agents(game), rules).values())
                assert abs(agent_regret - float(Fraction(entry["agent_max_regret"]))) <= EXACT * size


def _paid(form: StrategicForm, mixture: list[Array]) -> list[float]:
    """Return each player's expected payoff, cell by cell."""
    cells = itertools.product(*(range(len(own)) for own in mixture))
    weighed = [(cell, math.prod(float(own[s]) for own, s in zip(mixture, cell, strict=True))) for cell in cells]
    return [sum(weight * float(own[(*cell, 0)]) for cell, weight in weighed) for own in form.payoffs]


def test_every_entry_has_its_file(gambit: Path) -> None:
    """An entry without its file would not be tested by anything below."""
    games = json.loads((gambit / "expected.json").read_text(encoding="utf-8"))["games"]
    assert not [entry["file"] for entry in games if not (gambit / entry["file"]).exists()]


def test_what_is_not_known_here_is_counted_as_not_checked(piece: str) -> None:
    """Every unknown piece of an outside folder is a skipped test, listed in the closing lines with its reason."""
    assert not piece
    assert {solver for solvers in LISTS.values() for solver in solvers} | CHECKED_FOR_REGRET_ONLY == SOLVERS


def test_pure_enumeration_gives_exactly_the_list(pure_file: Path) -> None:
    lists = _lists(pure_file, "enumpure_solve")
    numbers = form_of(game_of(pure_file)).payoffs[..., 0]
    ours = {tuple(cell) for cell in np.argwhere(equilibrium_cells(numbers)).tolist()}
    for listed in lists:
        theirs = {tuple(own.index("1") for own in entry["profile"]) for entry in listed["profiles"]}
        assert ours == theirs


def test_pure_agent_form_gives_exactly_the_list(agent_file: Path) -> None:
    lists = _lists(agent_file, "enumpure_agent_solve")
    game = game_of(agent_file)
    assert isinstance(game, Tree)
    ours = {_choices(e.rules) for e in pure(game, agent_form=True).found}
    for listed in lists:
        theirs = {_choices(rules_of(game, entry["profile"])) for entry in listed["profiles"]}
        assert ours == theirs


def _choices(rules: Any) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((which, int(np.argmax(rule))) for which, rule in rules.items()))


def test_mixed_enumeration_gives_exactly_the_list(mixed_file: Path) -> None:
    lists = _lists(mixed_file, "enummixed_solve")
    game = game_of(mixed_file)
    form = form_of(game)
    found = enumerated(*matrices_of(game))
    pairs = found.pairs
    assert found.complete
    ours = {(pair.first, pair.second) for pair in pairs}
    assert len(ours) == len(pairs)
    size = spread_of(game)
    for first, second in ours:
        mixture = [np.array([float(p) for p in side]) for side in (first, second)]
        assert max(form_regret(form, mixture).values()) <= EXACT * size
    for listed in lists:
        theirs = {exact(entry["profile"]) for entry in listed["profiles"]}
        assert theirs <= ours
        if "listed" not in listed["what"] and "first" not in listed["what"]:
            assert theirs == ours


def test_equilibria_of_other_solvers_are_among_ours_where_ours_are_all(other_file: Path) -> None:
    """A listed equilibrium of a two-player game is a mixture of our extreme ones, vertex by vertex."""
    game = game_of(other_file)
    lists = _lists(other_file, "enumpoly_solve", "lcp_solve", "lp_solve", "gnm_solve", "ipa_solve")
    lists = [e for e in lists if e["form"] == "strategy"]
    if len(game.players) != 2:
        pytest.skip("all mixed equilibria are enumerated for two players; regret of the listed ones is checked")
    found = enumerated(*matrices_of(game), most=VERTICES)
    pairs = found.pairs
    if not found.complete:
        pytest.skip(f"more than {VERTICES} vertices; the regret of the listed equilibria is checked")
    for listed in lists:
        for entry in listed["profiles"]:
            first, second = exact(entry["profile"])
            played = [pair for pair in pairs if _supports(pair.first, first) and _supports(pair.second, second)]
            assert played
            assert {i for pair in played for i, p in enumerate(pair.first) if p} == {
                i for i, p in enumerate(first) if p
            }


def _supports(vertex: tuple[Fraction, ...], whole: tuple[Fraction, ...]) -> bool:
    """Return whether the vertex plays nothing that the whole does not play."""
    return all(w or not v for v, w in zip(vertex, whole, strict=True))


def test_the_linear_program_gives_the_listed_value(game_file: Path) -> None:
    game = game_of(game_file)
    try:
        solved = zero_sum(game).found[0]
    except Refusal as refusal:
        pytest.skip(f"not solved by linear programming: {refusal.problem.code}, not two players of constant sum")
    size = spread_of(game)
    assert solved.regret <= EXACT * size
    assert solved.residual <= EXACT * size
    for listed in _lists(game_file):
        for entry in listed["profiles"]:
            if Fraction(entry["max_regret"]) == 0:
                for value, paid in zip(solved.values.values(), entry["payoffs"], strict=True):
                    assert abs(value - float(Fraction(paid))) <= EXACT * size


def test_the_branch_ends_where_gambits_does(logit_file: Path) -> None:
    lists = _lists(logit_file, "logit_solve")
    game = game_of(logit_file)
    steep = NEAR_LIMIT / payoff_spread(game)
    for listed in lists:
        played = form_of(game) if listed["form"] == "strategy" else game
        point = solved_at(played, CONCEPTS["logit"], [steep])[0]
        assert point is not None
        for entry in listed["profiles"]:
            expected = (
                dict(enumerate(mixture_of(entry["profile"])))
                if isinstance(played, StrategicForm)
                else rules_of(played, entry["profile"])
            )
            for which, rule in expected.items():
                np.testing.assert_allclose(point.rules[which], rule, atol=listed["prob_tol"])


@cache
def _limit(path: Path) -> Equilibrium | None:
    return solved_at(game_of(path), CONCEPTS["sequential"])[0]


def _beyond_doubles(path: Path) -> bool:
    """Return whether payoffs lie so far apart that a double cannot hold the smallest beside the largest.

    Counted exactly, the branch's last point then leaves a gain (0.75 of payoffs of 1 beside 1e19): nothing is claimed.
    """
    outcomes = re.findall(r"^[tcp] .*\{([^{}]*)\}\s*$", path.read_text(encoding="utf-8"), re.MULTILINE)
    paid = sorted({Fraction(part) for text in outcomes for part in re.split(r"[,\s]+", text.strip()) if part})
    gaps = [high - low for low, high in itertools.pairwise(paid)]
    return path.suffix == ".efg" and bool(gaps) and paid[-1] - paid[0] > 2**52 * min(gaps)


def _may_give_up(path: Path) -> bool:
    data = ROOT.parent / "shared" / "data"
    return path.parent.resolve() not in [(data / name).resolve() for name in ("gambit", "textbook/games")]


def test_the_limit_of_the_branch_is_an_equilibrium(game_file: Path) -> None:
    """By our own check of whole strategies, in every file; where the list is of one equilibrium, it is that one."""
    found = _limit(game_file)
    if found is None and _beyond_doubles(game_file):
        return
    if found is None and _may_give_up(game_file):
        pytest.skip("the limit of the branch was not found; no more than one game in 50 may be so")
    assert found is not None
    game = game_of(game_file)
    allowed = LIMIT * max(1.0, payoff_spread(game))
    assert found.regret <= allowed
    for listed in _lists(game_file, "enummixed_solve"):
        if len(listed["profiles"]) == 1 and "listed" not in listed["what"]:
            (only,) = listed["profiles"]
            for value, paid in zip(found.values.values(), only["payoffs"], strict=True):
                assert abs(value - float(Fraction(paid))) <= allowed
            if isinstance(game, StrategicForm):
                for k, own in enumerate(mixture_of(only["profile"])):
                    np.testing.assert_allclose(found.rules[k], own, atol=LIMIT, rtol=0)


def test_the_limit_is_found_in_every_game_here_and_in_nearly_all_elsewhere(request: pytest.FixtureRequest) -> None:
    paths = [case.values[0] for case in files_of(request.config, "*.?fg", partial(_has, ()))]
    paths = [path for path in paths if isinstance(path, Path) and path.is_file()]
    if not paths:
        pytest.skip("outside truth not at hand: no game files beside the repository")
    lost = [path.name for path in paths if _limit(path) is None and not _beyond_doubles(path)]
    assert len(lost) <= len([path for path in paths if _may_give_up(path)]) * GIVEN_UP_AT_MOST, lost


def test_gambits_library_where_it_is_installed(game_file: Path) -> None:
    if not installed():
        pytest.skip("the extra quandary[gambit] is not installed")
    game = game_of(game_file)
    if len(game.players) > 2:
        pytest.skip("enumpoly of more than two players may take long")
    until = time.monotonic() + GAMBITS_SECONDS
    found = gambit(game, proceed=lambda *_: time.monotonic() < until)
    if found.stopped:
        pytest.skip(f"Gambit's own enumeration takes longer than {GAMBITS_SECONDS:.0f} s")
    if not found.found:
        assert not found.complete
        assert "a fault of its own" in found.searched
        assert game_file.stem in GAMBIT_FINDS_NONE, "Gambit finds no equilibrium, ours does"
        return
    assert max(e.regret for e in found.found) <= 1e-6 * spread_of(game)
