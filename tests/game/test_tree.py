"""The tree's passes against enumeration, in all worlds, and beliefs where a set is hardly reached."""

from __future__ import annotations

import numpy as np
import pytest
from tests.game.random_diagrams import (
    joint,
    marginal,
    payoff,
    random_behaviour,
    random_diagram,
    reach_and_values,
)
from tests.game.test_relevance import road, tree_killer
from tests.game.test_requisite import TWO, diagram_of

from quandary.base import Refusal
from quandary.game import (
    Chance,
    Decision,
    Game,
    InformationSet,
    Profile,
    Tree,
    TreeGame,
    do,
    forgetful_sets,
    idle,
    set_names,
    unroll,
)


@pytest.mark.parametrize("seed", range(25))
def test_tree_agrees_with_enumeration(seed: int) -> None:
    rng = np.random.default_rng(seed)
    diagram = random_diagram(rng, variables=5, worlds=3, barred=0.4)
    rules = random_behaviour(rng, diagram)
    unrolled = unroll(diagram)
    game = TreeGame(unrolled.tree)
    profile = unrolled.profile(game, rules)
    expected = {p: (joint(diagram, rules) * payoff(diagram, p)).sum(axis=(0, 1, 2, 3, 4)) for p in diagram.players}
    for player, value in game.payoffs(profile).items():
        np.testing.assert_allclose(value, expected[player], atol=1e-12)
    reach, values = game.reach(profile), game.values(profile)
    truth = {d.name: reach_and_values(diagram, rules, d) for d in diagram.decisions}
    for k, sets in enumerate(game.sets_of):
        for row, which in enumerate(sets.tolist()):
            name, states, branches = unrolled.origin[which]
            np.testing.assert_allclose(reach[k][row], truth[name][0][states], atol=1e-12)
            np.testing.assert_allclose(values[k][row], truth[name][1][states][list(branches)], atol=1e-11)


@pytest.mark.parametrize("seed", range(10))
def test_behaviour_there_and_back(seed: int) -> None:
    rng = np.random.default_rng(seed)
    diagram = random_diagram(rng, variables=5, barred=0.4)
    rules = random_behaviour(rng, diagram)
    unrolled = unroll(diagram)
    game = TreeGame(unrolled.tree)
    back = unrolled.behaviour(game, unrolled.profile(game, rules))
    for d in diagram.decisions:
        reached = reach_and_values(diagram, rules, d)[0] > 0
        assert (back[d.name].values[reached[..., 0]] == rules[d.name].values[reached[..., 0]]).all()
    for v in diagram.variables:
        assert np.abs(marginal(diagram, back, v.name) - marginal(diagram, rules, v.name)).max() < 1e-15


@pytest.mark.parametrize("seed", range(10))
def test_one_world_at_a_time_is_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    diagram = random_diagram(rng, variables=5, worlds=4)
    unrolled = unroll(diagram)
    game: Game = TreeGame(unrolled.tree)
    assert game.worlds == 4
    profile = [np.asarray(rng.dirichlet(np.ones(p.allowed.shape[1]), (len(p.allowed), 4))) for p in game.points]
    profile = [np.moveaxis(choice, -1, -2) for choice in profile]
    together = game.values(profile)
    for world in range(4):
        alone = game.in_worlds(np.array([world])).values([choice[..., [world]] for choice in profile])
        for k in range(len(game.points)):
            assert np.abs(alone[k][..., 0] - together[k][..., world]).max() < 1e-14


@pytest.mark.parametrize("seed", range(10))
def test_values_move_only_with_what_they_rely_on(seed: int) -> None:
    rng = np.random.default_rng(seed)
    game = TreeGame(unroll(random_diagram(rng, variables=5, decisions=0.8)).tree)
    profile = [np.full((*p.allowed.shape, 1), 1.0 / p.allowed.shape[1]) for p in game.points]
    before = game.values(profile)
    for changed, point in enumerate(game.points):
        other = np.moveaxis(rng.dirichlet(np.ones(point.allowed.shape[1]), (len(point.allowed), 1)), -1, -2)
        play = game.play(profile)
        play.set(changed, other)
        for k, relied in enumerate(game.reliance):
            moved = np.abs(play.values(k) - before[k]).max() > 1e-12
            assert moved <= (changed in relied)


def signalling(first: float) -> TreeGame:
    """Two types, of which the receiver sees only the move: left or right."""
    sets = (
        InformationSet(None, ("strong", "weak"), chances=np.array([[first], [1 - first]])),
        InformationSet("sender", ("left", "right"), "strong"),
        InformationSet("sender", ("left", "right"), "weak"),
        InformationSet("receiver", ("fight", "yield"), "after left"),
        InformationSet("receiver", ("fight", "yield"), "after right"),
    )
    payoffs = np.zeros((2, 8, 1))
    payoffs[1, :, 0] = [0, 1, 0, 1, 1, 0, 1, 0]
    tree = Tree(
        ("sender", "receiver"),
        sets,
        parent=np.array([-1, 0, 0, 1, 1, 2, 2, *np.repeat([3, 4, 5, 6], 2)]),
        action=np.array([-1, 0, 1, *[0, 1] * 6]),
        set_of=np.array([0, 1, 2, 3, 4, 3, 4, *[-1] * 8]),
        outcome=np.array([*[-1] * 7, *range(8)]),
        payoffs=payoffs,
    )
    return TreeGame(tree)


def profile_of(strong_left: float, weak_left: float) -> Profile:
    sender = np.array([[strong_left, 1 - strong_left], [weak_left, 1 - weak_left]])[..., None]
    return [sender, np.full((2, 2, 1), 0.5)]


def test_beliefs_follow_bayes() -> None:
    game = signalling(0.9)
    _, values = game.values(profile_of(0.5, 1.0))
    weak_after_left = 0.1 / (0.1 + 0.45)
    assert values[0, 0, 0] == pytest.approx(weak_after_left)
    assert values[1, 0, 0] == pytest.approx(0.0)


@pytest.mark.parametrize("tiny", [1e-150, 1e-250, 1e-308])
def test_beliefs_survive_underflow(tiny: float) -> None:
    """Both types hardly ever go left; the weak one twice as often. Products like tiny * 1e-300 are 0 as floats."""
    game = signalling(0.5)
    _, values = game.values(profile_of(tiny, 2 * tiny))
    assert values[0, 0, 0] == pytest.approx(2 / 3)


def test_at_zero_the_fewest_trembles_count() -> None:
    game = signalling(0.25)
    _, both = game.values(profile_of(0.0, 0.0))
    assert both[0, 0, 0] == pytest.approx(0.75)
    _, one = game.values(profile_of(1e-300, 0.0))
    assert one[0, 0, 0] == pytest.approx(0.0)


def test_what_chance_never_reaches_is_out_of_play() -> None:
    game = signalling(1.0)
    assert [p.in_play[:, 0].tolist() for p in game.points] == [[True, False], [True, True]]
    values = game.values(profile_of(0.5, 0.5))
    assert all(np.isfinite(v).all() for v in values)
    assert values[1][0, 0, 0] == 0.0


def test_sets_get_names_of_their_own() -> None:
    labels = [("a", "x"), ("a", ""), ("a", "x"), ("b", "x"), ("a", "x 3"), ("a", ""), (None, "")]
    sets = tuple(InformationSet(player, ("l",), label, decision=str(i)) for i, (player, label) in enumerate(labels))
    none = np.zeros(0, dtype=np.intp)
    tree = Tree(("a", "b"), sets, none, none, none, none, np.zeros((2, 0, 1)))
    names = set_names(tree)
    assert names == ("x 1", "set 2", "x 3'", "x", "x 3", "set 5", "set 1")


def test_points_and_order() -> None:
    game = TreeGame(unroll(tree_killer()).tree)
    assert [p.name for p in game.points] == ["alice: poison", "bob: doctor", "alice: patio"]
    assert [game.points[k].name for k in game.order] == ["alice: patio", "bob: doctor", "alice: poison"]
    assert forgetful_sets(game.tree) == ()


def test_forgetting_is_found() -> None:
    forgetful = diagram_of([Decision("one", TWO, "me"), Decision("two", TWO, "me")], [("me", ("one", "two"))])
    tree = unroll(forgetful).tree
    assert [tree.sets[i].label for i in forgetful_sets(tree)] == ["two"]


def test_histories_have_labels() -> None:
    diagram = diagram_of(
        [Chance("unrest", ("none", "some")), Decision("act", ("stay", "go"), "me", ("unrest",))],
        [("me", ("act", "unrest"))],
    )
    tree = unroll(diagram).tree
    assert tree.history(len(tree.parent) - 1) == ("some", "go")
    assert [s.label for s in tree.sets] == ["unrest", "act | unrest=none", "act | unrest=some"]
    assert [tree.history(n) for n in tree.members(2)] == [("some",)]


def test_a_certain_event_has_one_branch_and_idle_chance_none() -> None:
    diagram = diagram_of(
        [Chance("unrest", TWO), Decision("act", TWO, "me"), Chance("echo", TWO, ("act",))],
        [("me", ("act", "unrest"))],
    )
    assert idle(diagram) == ("echo",)
    assert len(unroll(diagram).tree.parent) == 1 + 2 + 4 + 8
    assert len(unroll(do(diagram, {"unrest": "b"}), without=idle(diagram)).tree.parent) == 1 + 1 + 2


def test_too_many_histories_are_refused() -> None:
    with pytest.raises(Refusal, match="Q420"):
        unroll(road(8), limit=10_000)


@pytest.mark.parametrize("seed", range(10))
def test_a_play_that_changes_agrees_with_one_made_anew(seed: int) -> None:
    rng = np.random.default_rng(seed)
    game = TreeGame(unroll(random_diagram(rng, variables=5, decisions=0.8, worlds=2)).tree)
    profile = [np.full((*p.allowed.shape, 2), 1.0 / p.allowed.shape[1]) for p in game.points]
    play = game.play(profile)
    for _ in range(30):
        changed = int(rng.integers(len(profile)))
        sets, options = game.points[changed].allowed.shape
        profile[changed] = np.moveaxis(rng.dirichlet(np.ones(options), (sets, 2)), -1, -2)
        play.set(changed, profile[changed])
        asked = int(rng.integers(len(profile)))
        assert np.abs(play.values(asked) - game.values(profile, [asked])[0]).max() < 1e-14
        assert np.abs(play.reach(asked) - game.reach(profile)[asked]).max() < 1e-15


def test_beliefs_sum_to_one() -> None:
    game = signalling(0.3)
    for rule in (profile_of(0.2, 0.9), profile_of(0.0, 0.0), profile_of(1e-300, 0.0)):
        for group, belief in zip(game.layout.groups, game.beliefs(rule), strict=True):
            assert np.add.reduceat(belief, group.runs.starts, axis=0) == pytest.approx(1.0)
