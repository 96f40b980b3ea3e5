"""Every concept at every edge, on a tree, a diagram and a strategic form, through the command.

Each gets a right answer or a clear refusal, and JSON without a NaN.

The tree and the diagram of an edge are one game, so that what a concept finds in them must agree; exact concepts leave
no regret, which the program computes apart from its solvers.
"""

from __future__ import annotations

import json
import math
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import pytest
from tests.solve.edge_games import EDGES, KINDS, Edge
from typer.testing import CliRunner

from quandary.base import StopToken
from quandary.cli import Exit, build_app
from quandary.use import TaskProgress, TimeLimit

APP = build_app()
CONCEPTS = ("sequential", "subgame", "pure", "perfect", "mixed", "zero_sum", "correlated", "gambit")
LOGITS = {
    "logit": (),
    "logit at 1e6": ("--rationality", "1e6"),
    "trace": ("--rationality", "trace"),
    "strategic": ("--form", "strategic"),
}
CONSTANT = {"constant sum", "nothing to choose", "ties everywhere"}
INDUCTION = {("one player", kind) for kind in KINDS} | {
    (edge, "diagram") for edge in ("chance of zero", "single options", "nothing to choose")
}
"""Where no two decisions rely on each other, a diagram seeing through single options and chance that is certain."""

ANYWHERE = {"single options", "nothing to choose"}
"""Where a decision has one option only, which carries no circle in any game."""

MANY = "seven players"
LISTS = {"pure", "perfect"}
"""Concepts whose lists are long among many players: they are cut off."""

NOT_REACHED = {(MANY, "diagram", "logit at 1e6")}
"""Where the branch is lost on the way, and this is said: a ring of seven is symmetric, so that other curves cross."""


def refusal(edge: str, kind: str, concept: str) -> str:
    """Return the code with which a concept is refused, or nothing."""
    two = len(EDGES[edge].moves) == 2
    if concept == "gambit" and find_spec("pygambit") is None:
        return "Q801"
    if (
        (concept == "perfect" and kind == "form")
        or (concept == "mixed" and not two)
        or (concept == "zero_sum" and edge not in CONSTANT)
    ):
        return "Q457"
    return "Q452" if concept == "subgame" and (edge, kind) not in INDUCTION and edge not in ANYWHERE else ""


class Counting(TimeLimit):
    """A limit on how often a search asks, which is reached at the same place however fast the machine is."""

    most = 10_000

    def __init__(self, seconds: float, progress: TaskProgress | None = None, stop: StopToken | None = None) -> None:
        super().__init__(3600.0, progress, stop)
        self._left = self.most

    def proceed(self, what: str, done: int, total: int) -> bool:
        self._left -= 1
        return self._left > 0 and super().proceed(what, done, total)


def no_constant(name: str) -> NoReturn:
    raise AssertionError(f"{name} in JSON")


def solved(path: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(APP, ["solve", str(path), *arguments, "--json", "--quiet"])
    found: dict[str, Any] = json.loads(done.stdout, parse_constant=no_constant)
    return done.exit_code, found


def scale_of(edge: Edge) -> float:
    plays = [edge.pays(c, done) for c, p in enumerate(edge.odds) if p for done in every(edge.moves)]
    return max(abs(v) for own in plays for v in own)


def every(moves: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [()] if not moves else [(*before, a) for before in every(moves[:-1]) for a in range(moves[-1])]


def check(found: dict[str, Any], scale: float, *, exact: bool) -> None:
    for equilibrium in found["equilibria"]:
        for sets in equilibrium["behaviour"].values():
            for rule in sets.values():
                shares = list(rule.values())
                assert None in shares or math.isclose(sum(shares), 1.0, abs_tol=1e-9)
                assert all(p is None or 0.0 <= p <= 1.0 for p in shares)
                assert None not in shares or set(shares) == {None}
        assert equilibrium["residual"] <= 1e-9
        assert not exact or equilibrium["regret"] <= 1e-8 * scale
        assert all(abs(v) <= scale * (1 + 1e-12) for v in equilibrium["values"].values())


def close(one: dict[str, Any], other: dict[str, Any], scale: float) -> bool:
    return all(abs(v - other["values"][player]) <= 1e-7 * scale for player, v in one["values"].items())


@pytest.fixture
def files(tmp_path: Path, edge: str) -> dict[str, Path]:
    made = {}
    for kind, (ending, written) in KINDS.items():
        made[kind] = tmp_path / f"{kind}{ending}"
        made[kind].write_text(written(EDGES[edge]), encoding="utf-8")
    return made


@pytest.mark.slow
@pytest.mark.parametrize("edge", EDGES)
def test_exact_concepts(edge: str, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    scale, limit = scale_of(EDGES[edge]), edge == MANY
    if limit:
        monkeypatch.setattr("quandary.use.results.TimeLimit", Counting)
    for concept in CONCEPTS:
        monkeypatch.setattr(Counting, "most", 1_000 if concept in LISTS else 10_000)
        answers = {}
        for kind, path in files.items():
            code, found = solved(path, "-c", concept)
            refused = refusal(edge, kind, concept)
            if refused:
                assert [p["code"] for p in found["problems"]] == [refused], (kind, concept)
                assert code == Exit.USAGE and found["problems"][0]["message"] and found["problems"][0]["hint"]
                continue
            if concept == "gambit" and code == Exit.UNSOLVED:  # Gambit finds nothing, or takes too long: it is said
                assert found["stopped"] or "a fault of its own" in found["searched"]
                continue
            assert code == Exit.FINE or (limit and concept in LISTS and found["stopped"]), (kind, concept, found)
            assert found["searched"] and (found["complete"] or found["not_searched"])
            check(found, scale, exact=True)
            answers[kind] = found
        if {"tree", "diagram"} <= answers.keys() and not any(a["stopped"] for a in answers.values()):
            ours, theirs = (answers[kind]["equilibria"] for kind in ("tree", "diagram"))
            if concept in {"sequential", "subgame", "zero_sum"}:
                assert close(ours[0], theirs[0], scale)
            if concept == "correlated":
                assert sum(ours[0]["values"].values()) == pytest.approx(sum(theirs[0]["values"].values()))


@pytest.mark.slow
@pytest.mark.parametrize("edge", EDGES)
def test_logit(edge: str, files: dict[str, Path]) -> None:
    scale = scale_of(EDGES[edge])
    for name, options in LOGITS.items():
        answers = {}
        for kind, path in files.items():
            code, found = solved(path, *options)
            if code == Exit.UNSOLVED and (edge, kind, name) in NOT_REACHED:
                assert not found["equilibria"] and not found["complete"] and found["not_searched"]
                continue
            assert code == Exit.FINE, (kind, name, found)
            assert found["equilibria"] and (name != "trace" or found["complete"])
            check(found, scale, exact=False)
            answers[kind] = found["equilibria"]
        assert len(answers) < len(files) or close(answers["tree"][-1], answers["diagram"][-1], scale), name
        if name == "logit at 1e6" and scale >= 1.0:
            assert all(own[0]["regret"] <= 1e-4 * scale for own in answers.values())
        if name == "trace":
            assert all(own[0]["precision"] == 0.0 for own in answers.values())


def test_a_branch_of_no_probability_counts_for_nothing(tmp_path: Path) -> None:
    """What would be paid there is a million times what is paid elsewhere, and its sets stay open."""
    path = tmp_path / "tree.efg"
    path.write_text(KINDS["tree"][1](EDGES["chance of zero"]), encoding="utf-8")
    for concept in ("sequential", "pure", "perfect", "mixed"):
        _, found = solved(path, "-c", concept)
        for equilibrium in found["equilibria"]:
            assert equilibrium["values"] == {"P1": 3.0, "P2": 1.0}
        assert found["equilibria"]


NOTHING_PAID = """EFG 2 R "nothing is paid" { "a" "b" }
p "" 1 1 "" { "l" "r" } 0
p "" 2 1 "" { "l" "r" } 0
t "" 0
t "" 0
t "" 0
"""


@pytest.mark.parametrize(
    "concept", ["logit", "sequential", "subgame", "perfect", "pure", "mixed", "zero_sum", "correlated"]
)
def test_a_tree_without_any_outcome_is_a_game_in_which_nothing_is_paid(tmp_path: Path, concept: str) -> None:
    path = tmp_path / "nothing.efg"
    path.write_text(NOTHING_PAID, encoding="utf-8")
    result = CliRunner().invoke(APP, ["solve", str(path), "--concept", concept, "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["equilibria"]
    assert all(set(e["values"].values()) == {0.0} and e["regret"] == 0.0 for e in found["equilibria"])
