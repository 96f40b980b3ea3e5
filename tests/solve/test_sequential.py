"""The limit of the principal branch: exact, optimal at every information set, with beliefs that are limits."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.formats.outside import at_hand
from tests.laws.diagrams import random_diagram
from tests.solve.trees_by_hand import tree_of
from typer.testing import CliRunner

from quandary.base import Array, Refusal
from quandary.cli import build_app
from quandary.engine import DiagramGame
from quandary.game import Decision, Diagram, StrategicForm, StrategicGame, Table, Tree, TreeGame, Utility, prune, unroll
from quandary.onegame import own_sets, read_game, strategic_form, tree_regret, zero_sum
from quandary.solve import (
    LogitSettings,
    Sequential,
    Trembling,
    assessed_gains,
    beliefs_of,
    largest_share,
    playing,
    regret,
    solve,
)
from quandary.solve.branch.far import climb
from quandary.solve.logit import logit
from quandary.solve.sequential import sequential
from quandary.use import subject


def _tree(folder: Path, name: str) -> Tree:
    game = read_game(at_hand(folder / "games" / f"{name}.efg"))
    assert isinstance(game, Tree)
    return game


def _rules(game: TreeGame, found: Sequential, world: int = 0) -> tuple[dict[int, Array], dict[int, Array]]:
    """Return choices and log-probabilities by the tree's sets."""
    rules: dict[int, Array] = {}
    logs: dict[int, Array] = {}
    for sets, choice, log in zip(game.sets_of, found.profile, found.logarithms, strict=True):
        for row, which in enumerate(sets.tolist()):
            rules[which], logs[which] = choice[row, :, world], log[row, :, world]
    return rules, logs


def _listed(tree: Tree, rules: dict[int, Array]) -> list[list[list[float]]]:
    """Return a behaviour by player, set and action, as the files list it."""
    return [[rules[which].tolist() for which in sets] for sets in own_sets(tree).values()]


TREES = (
    "bagwell",
    "beer_quiche",
    "centipede4",
    "entry_deterrence",
    "myerson_fig4_2",
    "selten_horse",
    "signorino_deterrence",
    "stripped_down_poker",
    "unilateral_deterrence_hard_hard",
    "unilateral_deterrence_hard_soft",
    "unilateral_deterrence_soft_hard",
    "watson_job_market",
)


@pytest.mark.parametrize("name", TREES)
def test_textbook_trees_have_no_gain_at_any_set(textbook: Path, name: str) -> None:
    tree = _tree(textbook, name)
    game = TreeGame(tree)
    found = sequential(game)
    assert found.converged.all()
    rules, logs = _rules(game, found)
    span = max(1.0, float(np.ptp(tree.payoffs)))
    beliefs = beliefs_of(tree, rules, logs)
    assert set(beliefs) == {int(w) for sets in game.sets_of for w in sets}, "beliefs at every set, reached or not"
    assert max(assessed_gains(tree, rules, beliefs).values()) <= 1e-8 * span
    assert max(tree_regret(tree, rules).values()) <= 1e-8 * span
    _assert_listed(textbook, name, tree, game, found)


def _assert_listed(folder: Path, name: str, tree: Tree, game: TreeGame, found: Sequential) -> None:
    """Payoffs are those of a listed equilibrium; where a subgame-perfect one is listed, it is that one."""
    told = json.loads((folder / "games" / f"{name}.json").read_text())
    answers = {a["id"]: a for a in told["answers"]}
    paid = [float(game.payoffs(found.profile)[p][0]) for p in tree.players]
    if "spe" in answers:
        expected = [[[_number(p) for p in rule] for rule in own] for own in answers["spe"]["profile"]]
        assert _listed(tree, _rules(game, found)[0]) == expected
    listed = answers.get("extreme_nash", answers["pure_nash"])["equilibria"]
    distances = [max(abs(_number(v) - w) for v, w in zip(e["payoffs"], paid, strict=True)) for e in listed]
    assert min(distances) < 1e-9


def _number(written: str) -> float:
    top, _, bottom = written.partition("/")
    return float(top) / float(bottom or 1)


def test_seltens_horse_ends_in_the_perfect_component(textbook: Path) -> None:
    tree = _tree(textbook, "selten_horse")
    game = TreeGame(tree)
    found = sequential(game)
    first, second, third = (_listed(tree, _rules(game, found)[0])[k][0] for k in range(3))
    assert first == [1.0, 0.0] and second == [1.0, 0.0]
    assert third[1] >= 0.75
    assert found.limits[0].trembling is Trembling.PURE
    assert found.limits[0].unreached == 1


def test_the_check_refuses_the_horses_other_equilibrium(textbook: Path) -> None:
    tree = _tree(textbook, "selten_horse")
    one, two, three = (sets[0] for sets in own_sets(tree).values())
    rules = {one: np.array([0.0, 1.0]), two: np.array([1.0, 0.0]), three: np.array([1.0, 0.0])}
    assert max(tree_regret(tree, rules).values()) <= 1e-12, "a Nash equilibrium"
    logs = {which: np.where(rule > 0, 0.0, -50.0) for which, rule in rules.items()}
    assert assessed_gains(tree, rules, beliefs_of(tree, rules, logs))[two] == pytest.approx(3.0)


def test_beer_and_quiche_pools_on_beer(textbook: Path) -> None:
    tree = _tree(textbook, "beer_quiche")
    game = TreeGame(tree)
    found = sequential(game)
    rules, logs = _rules(game, found)
    sender, receiver = _listed(tree, rules)
    assert sender == [[1.0, 0.0], [1.0, 0.0]]
    assert receiver[0] == [0.0, 1.0] and receiver[1][0] >= 0.5
    after_quiche = list(own_sets(tree).values())[1][1]
    believed = beliefs_of(tree, rules, logs)[after_quiche]
    assert max(believed.values()) == pytest.approx(1.0), "quiche can only come from the type that loses less by it"


def test_beliefs_are_limits_of_those_along_the_branch(textbook: Path) -> None:
    for name in TREES:
        game = TreeGame(_tree(textbook, name))
        rules, logs = _rules(game, sequential(game))
        final = beliefs_of(game.tree, rules, logs)
        span = float(np.ptp(game.tree.payoffs))
        gaps = []
        for steepness in (30.0, 600.0):
            steep = TreeGame(game.tree, dict.fromkeys(game.tree.players, np.array([steepness / span])))
            result = logit(steep, LogitSettings(always_trace=True))
            assert result.converged.all()
            there = {
                which: dict(zip(group.nodes[group.set_of == row].tolist(), belief[group.set_of == row, 0], strict=True))
                for group, belief in zip(steep.layout.groups, steep.beliefs(result.profile), strict=True)
                for row, which in enumerate(group.sets.tolist())
            }
            node_at = steep.layout.order
            gaps.append(
                max(
                    abs(p - final[which][int(node_at[position])])
                    for which, belief in there.items()
                    for position, p in belief.items()
                )
            )
        assert gaps[1] < 0.02 and gaps[1] <= gaps[0] + 1e-12, name


def _plain(seed: int, worlds: int = 1) -> Diagram:
    diagram = random_diagram(seed, worlds=worlds, players=2 + seed % 2, variables=4 + seed % 2, bars=seed % 4 == 0)
    return replace(diagram, precision={p: np.ones(1) for p in diagram.players})


@pytest.mark.slow
def test_random_diagrams_and_their_trees_have_the_same_limit() -> None:
    for seed in range(40):
        diagram = _plain(seed)
        game = DiagramGame(prune(diagram).diagram)
        found = sequential(game)
        tree_game = TreeGame(unroll(diagram).tree)
        there = sequential(tree_game)
        assert found.converged.all() and there.converged.all(), seed
        assert largest_share(tree_game.tree, *_rules(tree_game, there)) <= 1e-8
        paid, other = game.payoffs(found.profile), tree_game.payoffs(there.profile)
        for player, value in paid.items():
            assert value[0] == pytest.approx(other[player][0], abs=1e-5), seed


@pytest.mark.slow
def test_the_limit_of_a_diagram_is_optimal_at_every_set_of_its_tree() -> None:
    for seed in range(30):
        diagram = prune(_plain(seed)).diagram
        game = DiagramGame(diagram)
        found = sequential(game)
        unrolled = unroll(diagram)
        tree_game = TreeGame(unrolled.tree)
        rules: dict[int, Array] = {}
        logs: dict[int, Array] = {}
        for target, source in ((rules, found.profile), (logs, found.logarithms)):
            profile = unrolled.profile(tree_game, game.behaviour(source))
            for sets, choice in zip(tree_game.sets_of, profile, strict=True):
                target.update({which: choice[row, :, 0] for row, which in enumerate(sets.tolist())})
        assert largest_share(unrolled.tree, rules, logs) <= 1e-8, seed


def test_several_worlds_at_once_are_each_solved_alone() -> None:
    diagram = _plain(5, worlds=3)
    game = DiagramGame(diagram)
    together = sequential(game)
    for world in range(3):
        alone = sequential(game.in_worlds(np.array([world])))
        assert together.converged[world] == alone.converged[0]
        for many, one in zip(together.profile, alone.profile, strict=True):
            np.testing.assert_allclose(many[..., world], one[..., 0], atol=1e-6)


@pytest.mark.slow
def test_zero_sum_games_have_the_value_of_the_linear_program() -> None:
    solved = 0
    for seed in range(40):
        diagram = random_diagram(seed, worlds=1, players=2, variables=4)
        first = tuple(u for u in diagram.utilities if u.player == "p0")
        against = tuple(
            replace(u, name=f"minus {u.name}", player="p1", table=Table(u.table.axes, -u.table.values)) for u in first
        )
        even = replace(diagram, utilities=first + against, precision={p: np.ones(1) for p in ("p0", "p1")})
        if {d.player for d in even.decisions} != {"p0", "p1"}:
            continue
        game = DiagramGame(prune(even).diagram)
        found = sequential(game)
        value = zero_sum(unroll(even).tree).found[0].values["p0"]
        assert found.converged.all(), seed
        assert game.payoffs(found.profile)["p0"][0] == pytest.approx(value, abs=1e-7), seed
        solved += 1
    assert solved >= 20


def test_a_continuum_is_reported_as_one() -> None:
    """The second player decides something that matters to the first only: any mixture of it is in equilibrium."""
    diagram = Diagram(
        (Decision("act", ("x", "y"), "a"), Decision("idle", ("l", "r"), "b", ("act",))),
        {},
        (Utility("a", "a", Table(("act", "idle"), np.array([[2.0, 1.0], [1.0, 0.0]])[..., None])),),
        {"a": np.ones(1), "b": np.ones(1)},
    )
    found = sequential(DiagramGame(diagram))
    assert found.converged.all()
    assert found.limits[0].loose == 2
    assert found.limits[0].trembling is Trembling.UNKNOWN
    assert "continuum" in " ".join(found.warnings)


def test_payoffs_of_any_size_give_the_same_limit(textbook: Path) -> None:
    tree = _tree(textbook, "bagwell")
    expected = sequential(TreeGame(tree))
    for factor in (1e-9, 1e9):
        found = sequential(TreeGame(replace(tree, payoffs=tree.payoffs * factor)))
        assert found.converged.all()
        for one, other in zip(expected.profile, found.profile, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-9)


def test_the_strategic_forms_limit_is_a_nash_equilibrium(textbook: Path) -> None:
    form = strategic_form(_tree(textbook, "selten_horse")).form
    found = sequential(StrategicGame(form))
    assert found.converged.all()
    rock = np.array([[0.0, -1.0, 2.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]])
    names = ("rock", "paper", "scissors")
    mixed = sequential(StrategicGame(StrategicForm(("a", "b"), (names, names), np.stack([rock, -rock])[..., None])))
    own = mixed.profile[0][0, :, 0]
    np.testing.assert_allclose(own @ rock, np.full(3, own @ rock[:, 0]), atol=1e-12)
    assert mixed.limits[0].trembling is Trembling.REGULAR


def test_forgetting_and_no_rationality_are_refused() -> None:
    circle = _plain(3)
    forgetful = replace(circle, agent_form_only=(circle.decisions[-1].name,))
    with pytest.raises(Refusal) as refused:
        sequential(DiagramGame(forgetful))
    assert refused.value.problem.code == "Q453"
    with pytest.raises(Refusal) as refused:
        sequential(DiagramGame(replace(circle, precision={p: np.zeros(1) for p in circle.players})))
    assert refused.value.problem.code == "Q454"


def test_solve_knows_the_concept() -> None:
    solution = solve(_plain(2, worlds=2), "sequential")
    assert solution.converged.all()
    assert solution.residual.max() <= 1e-8
    assert "sequential equilibrium" in str(solution.settings["limit"])


@pytest.mark.parametrize("size", [1e-14, 1e-9, 1.0, 1e9])
def test_a_player_who_is_always_paid_the_same_does_not_hold_the_others_back(size: float) -> None:
    """One likes left by ever so little; two, who moves after right, gets nothing anywhere."""
    root = ("one", "first", {"left": (size, 0.0), "right": ("two", "second", {"up": (0.0, 0.0), "down": (0.0, 0.0)})})
    found = sequential(TreeGame(tree_of(("one", "two"), root)))
    assert found.converged.all()
    np.testing.assert_array_equal(found.profile[0][0, :, 0], [1.0, 0.0])


@pytest.mark.slow
def test_a_case_too_large_for_the_limit_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(climb, "UNKNOWNS_AT_MOST", 600)
    result = CliRunner().invoke(build_app(), ["solve", "kazakhstan-2022", "--concept", "sequential", "--json"])
    told = json.loads(result.stdout)
    assert told["equilibria"] == [] and told["reached"]["regret"] > 0.0
    assert any("too many to follow" in reason for reason in told["not_searched"])


@pytest.mark.slow
def test_the_shipped_case_has_a_limit() -> None:
    """Some choices are mixed in it, each between options that are worth the same to the last digits."""
    diagram = subject("kazakhstan-2022").game
    assert isinstance(diagram, Diagram)
    game = DiagramGame(prune(diagram).diagram)
    found = sequential(game)
    (limit,) = found.limits
    assert limit.converged and limit.gain <= 1e-12 and limit.steepest > 1e6 and not limit.crossed
    behaviour = game.behaviour(found.profile)
    reached = dict(zip((d.name for d in game.decisions), game.reach(found.profile), strict=True))
    for name, gains in regret(game.diagram, behaviour).gains.items():
        own = np.nan_to_num(gains.values.reshape(len(reached[name]), -1))
        assert own[reached[name][:, 0] > 0.0].max(initial=0.0) <= 1e-9, name
    number = {decision.name: k for k, decision in enumerate(game.decisions)}
    play = playing(game, found.profile, found.logarithms)
    for name in ("talks", "ukraine"):
        chances, values = found.profile[number[name]][:, :, 0], play.values(number[name])[:, :, 0]
        mixed = ((chances > 1e-6) & (chances < 1.0 - 1e-6)).any(axis=1) & (reached[name][:, 0] > 0.0)
        assert mixed.any(), name
        for row in np.flatnonzero(mixed):
            assert np.ptp(values[row][chances[row] > 1e-6]) <= 1e-9, (name, row)
