"""What is usual at a decision: laws of p proportional to usual times exp(precision times worth), by every way to solve.

The reference is the definition itself: action values by enumeration of every play.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.laws.diagrams import (
    barred_diagram,
    diagrams,
    in_world,
    random_diagram,
    slow_action_values,
    tied_diagram,
    with_usual,
)
from tests.laws.solutions import assert_same, polished
from tests.tried import tried

from quandary.base import Array, Refusal
from quandary.engine import DiagramGame
from quandary.game import (
    Behaviour,
    Chance,
    Decision,
    Diagram,
    Table,
    TreeGame,
    Utility,
    affected,
    faults,
    prune,
    unroll,
    usual_rule,
)
from quandary.onegame import read_diagram, write_diagram, written_as
from quandary.solve import LogitSettings, solve, usual_choice

few = settings(max_examples=tried(40), deadline=None)
needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason='the compiled pass needs "quandary[fast]"')
EXACTLY = LogitSettings(tolerance=1e-13)
Usual = st.integers(0, 2**32 - 1)
WORTHWHILE = "quandary.engine.playing.diagram_game.worthwhile"


def assert_answers(diagram: Diagram, behaviour: Behaviour, room: float = 1e-11) -> None:
    """Assert that every choice in play is as is usual times the exponential of what enumeration gives."""
    in_play = DiagramGame(diagram).in_play
    for decision in diagram.decisions:
        axes = (*decision.parents, decision.name)
        own = [u for u in diagram.utilities if u.player == decision.player]
        worth = slow_action_values(diagram, behaviour, decision, own) * diagram.precision[decision.player]
        weights = usual_rule(diagram, decision).over(axes) * np.exp(worth - worth.max(axis=-2, keepdims=True))
        gap = np.abs(behaviour[decision.name].over(axes) - weights / weights.sum(axis=-2, keepdims=True))
        assert np.where(in_play[decision.name].values[..., None, :] > 0.0, gap, 0.0).max() <= room


@few
@given(diagrams(), Usual)
def test_the_rule_holds_against_enumeration(diagram: Diagram, seed: int) -> None:
    diagram = with_usual(diagram, seed)
    assert not faults(diagram)
    game = DiagramGame(diagram)
    assert_answers(diagram, game.behaviour(polished(game).profile))


@few
@given(diagrams(worlds=1), Usual)
def test_the_rule_holds_against_enumeration_in_one_world(diagram: Diagram, seed: int) -> None:
    """One world is followed on its leaves, or along its carriers' curve."""
    diagram = with_usual(diagram, seed)
    game = DiagramGame(diagram)
    assert_answers(diagram, game.behaviour(polished(game).profile))


@few
@given(diagrams(), Usual)
def test_pruning_keeps_what_is_usual(diagram: Diagram, seed: int) -> None:
    diagram = with_usual(diagram, seed)
    whole, slim = DiagramGame(diagram), DiagramGame(prune(diagram).diagram)
    fitted = slim.behaviour(polished(slim).profile)
    assert_same(whole, polished(whole).profile, whole.profile(fitted))


@few
@given(diagrams(worlds=1), Usual)
def test_diagrams_and_trees_agree(diagram: Diagram, seed: int) -> None:
    diagram = with_usual(diagram, seed)
    game, unrolled = DiagramGame(diagram), unroll(diagram)
    tree = TreeGame(unrolled.tree)
    assert_same(game, polished(game).profile, game.profile(unrolled.behaviour(tree, polished(tree).profile)))


@few
@given(diagrams(), Usual)
def test_trees_of_many_worlds_agree_with_trees_of_one(diagram: Diagram, seed: int) -> None:
    diagram = with_usual(diagram, seed)
    unrolled = unroll(diagram)
    tree = TreeGame(unrolled.tree)
    found = unrolled.behaviour(tree, polished(tree).profile)
    game = DiagramGame(diagram)
    assert_same(game, polished(game).profile, game.profile(found))
    for world in range(diagram.worlds):
        alone = TreeGame(unroll(in_world(diagram, world)).tree)
        again = tree.in_worlds(np.array([world]))
        for one, other in zip(alone.points, again.points, strict=True):
            assert (one.usual is None) == (other.usual is None)
            np.testing.assert_array_equal(usual_choice(one, 1), usual_choice(other, 1))


@few
@given(diagrams(), st.floats(1e-3, 1e3))
def test_even_is_the_plain_rule_to_the_last_bit(diagram: Diagram, share: float) -> None:
    even = {d.name: Table((d.name,), np.full((len(d.states), 1), share)) for d in diagram.decisions}
    plain, same = DiagramGame(diagram), DiagramGame(replace(diagram, usual=even))
    for mine, theirs in zip(polished(plain).profile, polished(same).profile, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@few
@given(diagrams(), Usual)
def test_at_zero_rationality_the_choice_is_what_is_usual(diagram: Diagram, seed: int) -> None:
    still = replace(with_usual(diagram, seed), precision={p: np.zeros(1) for p in diagram.players})
    solution = solve(still, settings=EXACTLY)
    for decision in solution.diagram.decisions:
        expected = usual_rule(solution.diagram, decision).values
        np.testing.assert_allclose(
            solution.behaviour[decision.name].values, np.broadcast_to(expected, (*expected.shape[:-1], 3)), atol=1e-15
        )


@few
@given(diagrams(), Usual, st.floats(-50.0, 50.0))
def test_a_constant_added_to_a_worth_changes_nothing(diagram: Diagram, seed: int, constant: float) -> None:
    diagram = with_usual(diagram, seed)
    first = diagram.utilities[0]
    raised = replace(first, table=Table(first.table.axes, first.table.values + constant))
    game = DiagramGame(diagram)
    other = DiagramGame(replace(diagram, utilities=(raised, *diagram.utilities[1:])))
    assert_same(game, polished(game).profile, polished(other).profile)


@few
@given(diagrams(), Usual, st.floats(1e-3, 1e3))
def test_only_proportions_count(diagram: Diagram, seed: int, factor: float) -> None:
    diagram = with_usual(diagram, seed)
    scaled = {name: Table(table.axes, table.values * factor) for name, table in diagram.usual.items()}
    game, other = DiagramGame(diagram), DiagramGame(replace(diagram, usual=scaled))
    assert_same(game, polished(game).profile, polished(other).profile)


def split(diagram: Diagram, name: str, option: int, share: float) -> Diagram:
    """Return the game in which an option stands twice, its usual divided; nobody can tell the two apart.

    The decision keeps its name for what others see of it; the choice itself is called ``name choice``.
    """
    decision = diagram.variable(name)
    assert isinstance(decision, Decision)
    choice, count = f"{name} choice", len(decision.states)
    which = [*range(count), option]
    seen = np.zeros((count + 1, count, 1))
    seen[np.arange(count + 1), which] = 1.0

    def wider(table: Table) -> Table:
        axes = tuple(choice if axis == name else axis for axis in table.axes)
        return Table(axes, np.take(table.values, which, axis=-2))

    usual = wider(diagram.usual.get(name, Table((name,), np.ones((count, 1)))))
    usual.values[..., option, :] *= share
    usual.values[..., count, :] *= 1.0 - share
    variables: list[Chance | Decision] = []
    for variable in diagram.variables:
        if variable is decision:
            variables.append(replace(decision, name=choice, states=(*decision.states, "again")))
            variables.append(Chance(name, decision.states, (choice,)))
        else:
            variables.append(variable)
    kept = {known: table for known, table in diagram.usual.items() if known != name}
    allowed = {known: table for known, table in diagram.allowed.items() if known != name}
    if name in diagram.allowed:
        allowed[choice] = wider(diagram.allowed[name])
    return replace(
        diagram,
        variables=tuple(variables),
        tables={**diagram.tables, name: Table((choice, name), seen)},
        allowed=allowed,
        usual={**kept, choice: usual},
    )


def joined(behaviour: Behaviour, name: str, option: int) -> Table:
    """Return the rule of the split decision over the options that there were."""
    own = behaviour[f"{name} choice"]
    values = own.values[..., :-1, :].copy()
    values[..., option, :] += own.values[..., -1, :]
    return Table((*own.axes[:-1], name), values)


@few
@given(diagrams(), Usual, st.floats(0.05, 0.95))
def test_splitting_an_option_changes_nothing_outside_it(diagram: Diagram, seed: int, share: float) -> None:
    diagram = with_usual(diagram, seed)
    rng = np.random.default_rng(seed)
    name = diagram.decisions[int(rng.integers(len(diagram.decisions)))].name
    option = int(rng.integers(diagram.cardinality(name)))
    game, other = DiagramGame(diagram), DiagramGame(split(diagram, name, option, share))
    found = other.behaviour(polished(other).profile)
    rules = {known: rule for known, rule in found.items() if known in {d.name for d in diagram.decisions}}
    assert_same(game, polished(game).profile, game.profile({**rules, name: joined(found, name, option)}))


@few
@given(diagrams(worlds=1, bars=False), Usual, st.floats(0.1, 0.9))
def test_splitting_an_option_changes_nothing_on_the_tree(diagram: Diagram, seed: int, share: float) -> None:
    diagram = with_usual(diagram, seed)
    name = diagram.decisions[0].name
    unrolled = unroll(split(diagram, name, 0, share))
    tree = TreeGame(unrolled.tree)
    found = unrolled.behaviour(tree, polished(tree).profile)
    rules = {known: rule for known, rule in found.items() if known in {d.name for d in diagram.decisions}}
    game = DiagramGame(diagram)
    assert_same(game, polished(game).profile, game.profile({**rules, name: joined(found, name, 0)}))


def test_two_clones_without_what_is_usual_change_the_answer() -> None:
    """What the law rests on: an option that merely stands twice is chosen twice as often."""
    diagram = alone((40.0, 40.0), None)
    plain, twice = (solve(d, settings=EXACTLY).behaviour for d in (diagram, split(diagram, "move", 1, 0.5)))
    assert plain["move"].values.ravel() == pytest.approx([0.5, 0.5])
    assert joined(twice, "move", 1).values.ravel() == pytest.approx([0.5, 0.5])
    even = replace(split(diagram, "move", 1, 0.5), usual={})
    assert joined(solve(even).behaviour, "move", 1).values.ravel() == pytest.approx([1 / 3, 2 / 3])


def alone(worths: tuple[float, ...], usual: Array | None, precision: float = np.log(3.0) / 10) -> Diagram:
    """Return the game of one who chooses once."""
    states = tuple(f"s{k}" for k in range(len(worths)))
    table = Table(("move",), np.array(worths)[:, None])
    given_usual = {} if usual is None else {"move": Table(("move",), np.asarray(usual)[:, None])}
    precisions = {"me": np.array([precision])}
    return Diagram(
        (Decision("move", states, "me"),), {}, (Utility("u", "me", table),), precisions, 1, usual=given_usual
    )


def ways_to_solve() -> list[Callable[..., Behaviour]]:
    """Return: as a diagram by tables, compiled, many worlds by tables, as a tree, and along the traced curve."""

    def diagram_by(*, compiled: bool, worlds: int = 1, trace: bool = False) -> Callable[..., Behaviour]:
        def found(diagram: Diagram, patch: pytest.MonkeyPatch) -> Behaviour:
            patch.setattr(WORTHWHILE, lambda _: compiled)
            wide = replace(diagram, worlds=worlds)
            solution = solve(wide, settings=replace(EXACTLY, always_trace=trace))
            assert solution.converged.all()
            return {name: Table(t.axes, t.values[..., -1:]) for name, t in solution.behaviour.items()}

        return found

    def as_tree(diagram: Diagram, _patch: pytest.MonkeyPatch) -> Behaviour:
        unrolled = unroll(diagram)
        game = TreeGame(unrolled.tree)
        return unrolled.behaviour(game, polished(game).profile)

    ways: list[Callable[..., Behaviour]]
    ways = [diagram_by(compiled=False), diagram_by(compiled=False, worlds=80), as_tree]
    ways.append(diagram_by(compiled=False, trace=True))
    if find_spec("numba") is not None:
        ways += [diagram_by(compiled=True, worlds=19), diagram_by(compiled=True, worlds=9, trace=True)]
    return ways


WAYS = ways_to_solve()


@pytest.mark.parametrize("way", WAYS)
def test_three_times_as_usual_makes_up_for_ten_points(
    way: Callable[..., Behaviour], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Worth 50 and 40 at x3 for 10 points, usual 1 : 3: one half."""
    found = way(alone((50.0, 40.0), np.array([1.0, 3.0])), monkeypatch)
    assert found["move"].values.ravel() == pytest.approx([0.5, 0.5], abs=1e-14)


def coordination(usual: Array | None = None, worth: Array | None = None, precision: float = 0.6) -> Diagram:
    """Return two who are paid 12 or 8 if they choose alike, with what is usual or worth added to both."""
    both = np.array([[12.0, 0.0], [0.0, 8.0]])[..., None]
    utilities = [Utility("together", p, Table(("a move", "b move"), both)) for p in "ab"]
    if worth is not None:
        utilities += [Utility("habit", p, Table((f"{p} move",), worth[:, None])) for p in "ab"]
    shares = {} if usual is None else {f"{p} move": Table((f"{p} move",), usual[:, None]) for p in "ab"}
    variables = tuple(Decision(f"{p} move", ("x", "y"), p) for p in "ab")
    precisions = {p: np.array([precision]) for p in "ab"}
    return Diagram(variables, {}, tuple(utilities), precisions, 1, usual=shares)


HABIT = np.array([0.3, 0.7])


@pytest.mark.parametrize("way", WAYS)
def test_what_is_usual_decides_which_equilibrium_the_branch_comes_to(
    way: Callable[..., Behaviour], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Payoffs 12 and 8, precision .6, usual .3 / .7: .996 of the second; the same written as worth: .0018.

    Both solve the equations at t = 1: with t that multiplies worth only, one branch starts at what is usual.
    """
    habit, worth = coordination(usual=HABIT), coordination(worth=np.log(HABIT) / 0.6)
    second, first = way(habit, monkeypatch), way(worth, monkeypatch)
    for player in "ab":
        assert second[f"{player} move"].values[1, 0] == pytest.approx(0.996, abs=5e-4)
        assert first[f"{player} move"].values[1, 0] == pytest.approx(0.0018, abs=5e-5)
    for diagram in (habit, worth):
        for found in (first, second):
            assert_answers(diagram, found)


def test_symmetric_players_keep_alike_only_if_the_same_is_usual() -> None:
    """At a precision beyond the pitchfork of matching choices the branch of equals stays between; of others it ends."""
    even = coordination()
    paid = tuple(replace(u, table=Table(u.table.axes, np.eye(2)[..., None] * 10.0)) for u in even.utilities)
    equals = replace(even, utilities=paid)
    alike = {f"{p} move": Table((f"{p} move",), np.array([[0.5], [0.5]])) for p in "ab"}
    assert solve(replace(equals, usual=alike)).behaviour["a move"].values.ravel() == pytest.approx([0.5, 0.5])
    other = {"a move": Table(("a move",), np.array([[0.55], [0.45]]))}
    solution = solve(replace(equals, usual=other), settings=EXACTLY)
    assert solution.converged.all()
    assert solution.behaviour["a move"].values[0, 0] > 0.99
    assert solution.behaviour["b move"].values[0, 0] > 0.99


def test_worlds_that_take_each_others_lanes_bring_what_is_usual_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """More worlds than lanes, each with shares of its own: every world's answer is what it is alone."""
    monkeypatch.setattr(WORTHWHILE, lambda _: False)
    monkeypatch.setattr("quandary.engine.playing.diagram_game.MOST_LANES", 64)
    rng = np.random.default_rng(5)
    shares = {f"{p} move": Table((f"{p} move",), np.exp(rng.normal(size=(2, 300)))) for p in "ab"}
    wide = replace(coordination(precision=0.3), worlds=300, usual=shares)
    game = DiagramGame(wide)
    assert game.grain == 64
    found = game.behaviour(polished(game).profile)
    assert_answers(wide, found)
    for world in range(0, 300, 37):
        alone = DiagramGame(in_world(wide, world))
        np.testing.assert_allclose(polished(alone).profile[0][..., 0], game.profile(found)[0][..., world], atol=1e-9)


# Compiled code.


@needs_numba
@pytest.mark.parametrize("seed", range(24))
def test_compiled_code_agrees(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    worlds = (1, 7, 8, 9, 17)[seed % 5]
    diagram = barred_diagram(seed, worlds) if seed % 2 else random_diagram(seed, worlds=worlds, bars=True)
    diagram = prune(with_usual(diagram, seed)).diagram
    found = []
    for compiled in (False, True):
        monkeypatch.setattr(WORTHWHILE, lambda _, compiled=compiled: compiled)
        game = DiagramGame(diagram)
        found.append(polished(game))
        assert found[-1].converged.all()
    for point, mine, theirs in zip(game.points, found[0].profile, found[1].profile, strict=True):
        assert (np.abs(mine - theirs) * point.in_play[:, None, :]).max(initial=0.0) < 1e-10


@needs_numba
def test_programs_are_not_shared_by_games_that_differ_in_what_is_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same structure solved with and without, in both orders: plans are kept by structure."""
    monkeypatch.setattr(WORTHWHILE, lambda _: True)
    plain = replace(coordination(), worlds=9)
    habit = replace(coordination(usual=HABIT), worlds=9)
    part = replace(habit, usual={"b move": habit.usual["b move"]})
    first = [solve(d, settings=EXACTLY).behaviour for d in (plain, habit, part, plain, part, habit)]
    for one, other in ((0, 3), (1, 5), (2, 4)):
        for name in first[one]:
            np.testing.assert_array_equal(first[one][name].values, first[other][name].values)
    assert first[0]["a move"].values[0, 0] > 0.99
    assert first[1]["a move"].values[1, 0] > 0.99


@needs_numba
def test_what_hardly_ever_happens_is_left_to_tables() -> None:
    rare = replace(coordination(usual=np.array([1e-13, 1.0])), worlds=9)
    many = replace(coordination(usual=HABIT), worlds=10_000_000)
    assert DiagramGame(many).compiled
    assert not DiagramGame(replace(many, usual=rare.usual)).compiled
    game = DiagramGame(rare)
    found = game.behaviour(polished(game).profile)
    assert_answers(rare, {name: Table(t.axes, t.values[..., :1]) for name, t in found.items()})


# Exact choice.


@few
@given(st.integers(0, 2**20), st.integers(1, 3), Usual)
def test_exact_choice_divides_ties_as_is_usual_which_is_where_the_branch_ends(
    seed: int, payoffs: int, usual: int
) -> None:
    diagram = with_usual(tied_diagram(seed, payoffs), usual)
    try:
        exact = solve(diagram, "subgame")
    except Refusal:
        assume(False)
    steep = solve(replace(diagram, precision={p: np.array([1e7]) for p in diagram.players}))
    game = DiagramGame(diagram)
    assert steep.converged.all()
    reached = game.reach(game.profile(exact.behaviour))
    limit = game.profile(steep.behaviour)
    for mine, theirs, there in zip(game.profile(exact.behaviour), limit, reached, strict=True):
        assert (np.abs(mine - theirs) * (there > 0.0)[:, None, :]).max(initial=0.0) < 1e-6


def test_ties_at_exact_choice_by_hand() -> None:
    """Two of three options tie: they divide 3 : 1; by backward induction, exact rationality and the limit alike."""
    diagram = alone((50.0, 50.0, 20.0), np.array([3.0, 1.0, 6.0]))
    expected = pytest.approx([0.75, 0.25, 0.0], abs=1e-12)
    assert solve(diagram, "subgame").behaviour["move"].values.ravel() == expected
    limit = solve(diagram, "sequential").behaviour["move"].values.ravel()
    assert limit == pytest.approx([0.75, 0.25, 0.0], abs=1e-9)
    exact = replace(diagram, precision={"me": np.array([np.inf])})
    assert solve(exact).behaviour["move"].values.ravel() == expected
    assert solve(replace(exact, worlds=70)).behaviour["move"].values[..., 69] == expected
    unrolled = unroll(exact)
    game = TreeGame(unrolled.tree)
    assert unrolled.behaviour(game, polished(game).profile)["move"].values.ravel() == expected


def test_the_sequential_limit_keeps_the_odds_of_ties_and_the_choice_of_equilibrium() -> None:
    habit = coordination(usual=HABIT)
    assert solve(habit, "sequential").behaviour["a move"].values.ravel() == pytest.approx([0.0, 1.0])
    assert solve(coordination(), "sequential").behaviour["a move"].values.ravel() == pytest.approx([1.0, 0.0])


# What the graph says.


def watcher(usual: bool) -> Diagram:
    """Return a game in which somebody sees what cannot matter to it, though it may say what is usual."""
    variables = (Chance("sky", ("red", "grey")), Decision("go", ("stay", "leave"), "me", ("sky",)))
    worth = Utility("u", "me", Table(("go",), np.array([[1.0], [2.0]])))
    odds = {"sky": Table(("sky",), np.array([[0.3], [0.7]]))}
    shares = {"go": Table(("sky", "go"), np.array([[[1.0], [1.0]], [[5.0], [1.0]]]))} if usual else {}
    return Diagram(variables, odds, (worth,), {"me": np.ones(1)}, 1, usual=shares)


def test_an_observation_that_says_what_is_usual_is_requisite() -> None:
    assert prune(watcher(False)).dropped == {"go": ("sky",)}
    assert prune(watcher(True)).dropped == {}
    assert affected(watcher(False), ["sky"]) == {"sky"}
    assert affected(watcher(True), ["sky"]) == {"sky", "go"}
    found = solve(watcher(True)).behaviour["go"].values[..., 0]
    assert found[:, 0] == pytest.approx([1 / (1 + np.e), 5 / (5 + np.e)])


# Files.


@few
@given(diagrams(worlds=1), Usual)
def test_a_game_file_keeps_what_is_usual(diagram: Diagram, seed: int) -> None:
    diagram = with_usual(diagram, seed)
    again = read_diagram(write_diagram(diagram))
    assert set(again.usual) == set(diagram.usual)
    for name, table in diagram.usual.items():
        order = again.usual[name].axes
        np.testing.assert_array_equal(again.usual[name].values, table.over(order))


def test_what_does_not_fit_is_a_fault() -> None:
    good = coordination(usual=HABIT)
    for wrong in (
        {"c move": Table(("c move",), HABIT[:, None])},
        {"a move": Table(("b move", "a move"), np.ones((2, 2, 1)))},
        {"a move": Table(("a move",), np.array([[0.0], [1.0]]))},
    ):
        assert [fault.code for fault in faults(replace(good, usual=wrong))] == ["Q414"]
    assert [f.code for f in faults(replace(good, usual={"a move": Table(("a move",), np.ones((3, 1)))}))] == ["Q413"]
    assert not faults(good)


def test_what_has_no_place_for_it_says_so() -> None:
    good = coordination(usual=HABIT)
    assert "not written, for want of a place: what is usual at a move, b move" in written_as(good, ".efg")
    assert "usual" not in written_as(coordination(), ".efg")
