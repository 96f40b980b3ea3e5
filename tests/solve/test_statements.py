"""Statements beside equilibria: games by hand with derivations, and where statements end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.solve.games import matrix
from tests.solve.judged_games import THREE, TWO, answers, at, by_cell, judged, playing
from tests.solve.trees_by_hand import tree_of

from quandary.base import OUT_OF_TIME, Array
from quandary.game import StrategicForm, Tree
from quandary.onegame import Request, own_sets, statements, undetermined
from quandary.onegame.search import search

# Kreps and Wilson (1982) ask for more than beliefs that follow from Bayes' rule where it applies. One does not see the
# toss; two sees only that one went in. Both nodes of two's set lie behind one tremble, so belief there is one half.
# "a" is worth 1 after heads and -5 after tails: it needs a belief in heads of 5/6. So (out, a) is a weak perfect
# Bayesian equilibrium (belief 1 on heads) and, having no proper subgame, subgame perfect, but it is not sequential.
# "b" is worth nothing to two: with it one goes in for 3.
UNSEEN_TOSS = tree_of(
    TWO,
    (None, {
        "heads": (0.5, ("one", "enter", {"out": (1, 9), "in": ("two", "reply", {"a": (0, 1), "b": (3, 0)})})),
        "tails": (0.5, ("one", "enter", {"out": (1, 9), "in": ("two", "reply", {"a": (0, -5), "b": (3, 0)})})),
    }),
)  # fmt: skip


def test_a_weak_perfect_bayesian_equilibrium_that_is_not_sequential() -> None:
    _, threat = playing(UNSEEN_TOSS, "pure", enter="out", reply="a")
    assert answers(threat) == (True, False, False, False)
    assert "two at reply" in threat.sequential.because and "whatever it believes" not in threat.sequential.because
    _, other = playing(UNSEEN_TOSS, "pure", enter="in", reply="b")
    assert answers(other) == (True, True, True, True)


# Two and three move one after the other, neither seeing whether one made mistake "l" or "r". Two's "stop" is best only
# if l is at least twice as likely as r, three's "halt" only if r is at least twice as likely as l: each has beliefs
# that serve, but consistent ones are the same for both. (out, stop, halt) is Nash and not sequential.
def _crossed(two: float, three: float) -> Tree:
    def third(left: bool, paid: float) -> object:
        halt = (0, paid, -three) if left else (0, paid, 1)
        return ("three", "last", {"halt": halt, "go": (9, paid, 0)})

    left = ("two", "next", {"stop": third(True, 1), "on": third(True, 0)})
    right = ("two", "next", {"stop": third(False, -two), "on": third(False, 0)})
    return tree_of(THREE, ("one", "first", {"out": (1, 1, 1), "l": left, "r": right}))


def test_beliefs_have_to_fit_together_across_sets() -> None:
    _, threat = playing(_crossed(2, 2), "pure", first="out", next="stop", last="halt")
    assert threat.subgame_perfect.holds and threat.sequential.holds is False
    assert "two at next" in threat.sequential.because and "three at last" in threat.sequential.because


def test_the_same_sets_are_sequential_once_one_belief_serves_both() -> None:
    tree = _crossed(0.5, 0.5)
    _, kept = playing(tree, "pure", first="out", next="stop", last="halt")
    assert kept.sequential.holds and kept.trembling_hand.holds
    left, right = (kept.beliefs[at(tree, "next")][n] for n in tree.members(at(tree, "next")))
    assert left >= 0.5 * right and right >= 0.5 * left
    assert sum(kept.beliefs[at(tree, "last")].values()) == pytest.approx(1.0)


# Three nodes behind one tremble each. "m" is worth nothing; x, y and z are worth 3 on one node each and cost 2 on the
# others, so m is best only if no node has more belief than 2/5: no two nodes serve, and weights have to be found.
def test_beliefs_on_many_nodes_at_once() -> None:
    replies = {"m": [0, 0, 0], "x": [3, -2, -2], "y": [-2, 3, -2], "z": [-2, -2, 3]}
    behind = {
        name: ("two", "reply", {r: (9 * (r != "m"), paid[k]) for r, paid in replies.items()})
        for k, name in enumerate("abc")
    }
    _, own = playing(tree_of(TWO, ("one", "first", {"out": (1, 0), **behind})), "pure", first="out", reply="m")
    assert own.sequential.holds
    (beliefs,) = own.beliefs.values()
    assert len(beliefs) == 3 and max(beliefs.values()) <= 0.4 + 1e-8


def test_off_path_mixing_needs_exact_beliefs() -> None:
    """Where two mixes after a mistake, its belief makes both replies equally good: 2 mu = 1 - mu, 1/3 on l."""
    behind = {
        "l": ("two", "reply", {"a": (4, 2), "b": (0, 0)}),
        "r": ("two", "reply", {"a": (0, 0), "b": (4, 1)}),
    }
    tree = tree_of(TWO, ("one", "first", {"out": (3, 0), **behind}))
    found, told = judged(tree, "mixed")
    rows = [
        (e.rules[at(tree, "reply")], own)
        for e, own in zip(found.equilibria.found, told.listed, strict=True)
        if e.rules[at(tree, "first")][0] == 1.0
    ]
    mixing = [own for rule, own in rows if 0 < rule[0] < 1]
    assert mixing
    for own in mixing:
        assert own.sequential.holds
        assert own.beliefs[at(tree, "reply")][tree.members(at(tree, "reply"))[0]] == pytest.approx(1 / 3, abs=1e-7)


def test_selten_horse() -> None:
    """Selten (1975): (R, R, L) is perfect; (L, R, R) is Nash, and the game is its own only subgame."""
    last = ("three", "c", {"L": (0, 0, 0), "R": (3, 2, 2)})
    other = ("three", "c", {"L": (0, 0, 1), "R": (4, 4, 0)})
    tree = tree_of(THREE, ("one", "a", {"R": ("two", "b", {"R": (1, 1, 1), "L": other}), "L": last}))
    _, good = playing(tree, "pure", a="R", b="R", c="L")
    assert answers(good) == (True, True, True, True)
    _, bad = playing(tree, "pure", a="L", b="R", c="R")
    assert answers(bad) == (True, False, False, False)


def test_what_a_player_rules_out_for_itself_is_filled_in() -> None:
    """Take at once; what the same player does later is open, and only "grab" there makes the whole subgame perfect."""
    later = ("one", "third", {"grab": (3, 0), "leave": (0, 5)})
    tree = tree_of(TWO, ("one", "first", {"take": (2, 0), "pass": ("two", "second", {"stop": (0, 2), "go": later})}))
    found, said = playing(tree, "pure", first="take", second="stop")
    assert undetermined(found.rules[at(tree, "third")])
    assert answers(said) == (True, True, True, True)
    np.testing.assert_array_equal(said.filled[at(tree, "third")], [1.0, 0.0])


def test_a_free_players_mixing_is_found() -> None:
    """Behind a move that both rule out lies matching pennies: only the mixed equilibrium fills it in."""
    pennies = ("one", "c", {
        "h": ("two", "d", {"h": (1, 0), "t": (0, 1)}),
        "t": ("two", "d", {"h": (0, 1), "t": (1, 0)}),
    })  # fmt: skip
    tree = tree_of(TWO, ("one", "a", {"out": (2, 2), "in": ("two", "b", {"out": (0, 3), "in": pennies})}))
    _, said = playing(tree, "pure", a="out", b="out")
    assert answers(said)[:3] == (True, True, True)
    for name in "cd":
        np.testing.assert_allclose(said.filled[at(tree, name)], [0.5, 0.5])


def test_no_way_to_fill_in_is_a_proof() -> None:
    """One's later choice would reward two for going on, whichever it is: two's "stop" is a threat nobody would keep."""
    later = ("one", "third", {"x": (1, 4), "y": (1, 3)})
    tree = tree_of(TWO, ("one", "first", {"out": (2, 9), "in": ("two", "second", {"stop": (0, 2), "go": later})}))
    _, said = playing(tree, "pure", first="out", second="stop")
    assert answers(said) == (False, False, True, False)
    assert said.subgame_perfect.because


@pytest.mark.parametrize(("second", "wanted"), [(1.0, True), (0.0, False)])
def test_weak_dominance_decides_perfection_of_a_matrix(second: float, wanted: bool) -> None:
    """van Damme (1991), theorem 3.2.2: (r1, c1) is an equilibrium of undominated or of dominated strategies."""
    form = matrix([[0, 0], [-second, 1 - second]], [[0, -second], [0, 1 - second]])
    found, told = judged(form, "pure")
    both = by_cell(found, told)
    assert both[0, 0].trembling_hand.holds is wanted
    assert both[0, 0].subgame_perfect.holds is None and "does not apply" in both[0, 0].sequential.because


def test_three_players_undominated_and_not_perfect_is_not_claimed() -> None:
    """(D, L, M1) is undominated, and yet U is better than D against all small trembles (as in van Damme 1991, ch. 1).

    U pays as much as D at (L, M1), one more at (L, M2) and at (R, M1), one less at (R, M2): a tremble of two or of
    three makes a gain of first order, and the loss needs both.
    """
    one = np.array([[[1, 1], [1, 0]], [[1, 0], [0, 1]]], dtype=np.float64)
    two = np.array([[[1, 1], [0, 0]], [[1, 1], [0, 0]]], dtype=np.float64)
    three = np.array([[[1, 0], [1, 0]], [[1, 0], [1, 0]]], dtype=np.float64)
    names = (("U", "D"), ("L", "R"), ("M1", "M2"))
    form = StrategicForm(THREE, names, np.stack([one, two, three])[..., None])
    found, told = judged(form, "pure")
    both = by_cell(found, told)
    assert both[1, 0, 0].trembling_hand.holds is None
    assert both[0, 0, 0].trembling_hand.holds is not False


SIGNAL = ("sender", "receiver")


def _signalling(strong: float) -> Tree:
    """Return beer and quiche (Cho & Kreps 1987); ``strong`` is what the strong type likes its breakfast by."""

    def meal(kind: str, worth: tuple[float, float]) -> object:
        right = {"weak": (1, 0), "strong": (0, 1)}[kind]
        return ("sender", kind, {
            name: ("receiver", name, {"duel": (own, right[0]), "none": (own + 2, right[1])})
            for name, own in zip(("beer", "quiche"), worth, strict=True)
        })  # fmt: skip

    return tree_of(SIGNAL, (None, {"weak": (0.1, meal("weak", (0, 1))), "strong": (0.9, meal("strong", (strong, 0)))}))


def test_both_outcomes_of_beer_and_quiche_pool_and_are_sequential() -> None:
    _, told = judged(_signalling(1), "mixed")
    assert len(told.listed) == 4
    for own in told.listed:
        assert own.sequential.holds and [signal.kind for signal in own.signals] == ["pooling"]
        assert own.signals[0].prior == pytest.approx((0.1, 0.9))
    assert sum(own.logit_limit.holds is True for own in told.listed) == 2


def test_a_type_that_does_not_mind_separates() -> None:
    """With a taste of 3 for beer the strong type has it whatever follows, and the weak one would not join for 2 - 1."""
    tree = _signalling(3)
    _, told = judged(replace(tree, payoffs=tree.payoffs - 1.5 * _beer_for_the_weak(tree)), "pure")
    assert {signal.kind for own in told.listed for signal in own.signals} == {"separating"}
    (signal,) = told.listed[0].signals
    assert sorted(own for _, own in signal.posteriors) == [(0.0, 1.0), (1.0, 0.0)]


def _beer_for_the_weak(tree: Tree) -> Array:
    found = np.zeros_like(tree.payoffs)
    for leaf in np.flatnonzero(tree.set_of < 0):
        if tree.history(int(leaf))[:2] == ("weak", "beer"):
            found[0, tree.outcome[leaf]] = 1.0
    return found


def test_moves_that_nobody_sees_signal_nothing() -> None:
    """Both learn their own type and move at once: what either does is seen by nobody before it moves."""

    def second(one: str) -> object:
        return (None, {
            two: (0.5, ("two", f"knows {two}", {a: (a == one, a == two) for a in "xy"})) for two in "xy"
        })  # fmt: skip

    tree = tree_of(TWO, (None, {t: (0.5, ("one", f"knows {t}", {a: second(t) for a in "xy"})) for t in "xy"}))
    _, told = judged(tree, "pure")
    assert told.listed and all(not own.signals for own in told.listed)


def test_a_branch_that_chance_never_takes_is_no_part_of_the_game() -> None:
    threat = ("two", "never", {"good": (0, 5), "bad": (9, 0)})
    root = ("one", "first", {"out": (1, 1), "in": (None, {"usual": (1.0, (0, 0)), "other": (0.0, threat)})})
    _, said = judged(tree_of(TWO, root), "pure")
    assert [answers(own)[:2] for own in said.listed] == [(True, True)] * len(said.listed)


@pytest.mark.slow
def test_statements_stop_when_told_to() -> None:
    """Wherever they are stopped: what was reached is kept, the rest is said to be late."""
    found = search(_signalling(1), Request("mixed"))
    for steps in range(1000):
        left = iter(range(steps))
        told = statements(found, lambda *_, left=left: next(left, None) is not None)
        assert len(told.listed) == len(found.equilibria.found)
        if not told.stopped:
            break
        assert told.stopped == OUT_OF_TIME
        late = [own for own in told.listed if own.sequential.holds is None]
        assert late and all(own.sequential.because == "not reached in time" for own in late)
    assert 50 < steps < 999


@pytest.mark.slow
def test_a_diagrams_equilibrium_is_judged_on_its_histories() -> None:
    from tests.laws.diagrams import random_diagram

    for seed in range(6):
        diagram = random_diagram(seed)
        found = search(diagram, Request("sequential"))
        told = statements(found)
        if found.equilibria.found and not told.reason:
            assert told.listed[0].sequential.holds and told.game is not None


def test_other_concepts_say_nothing() -> None:
    for request in (Request("logit", 2.0), Request("logit", trace=True), Request("correlated")):
        assert not statements(search(UNSEEN_TOSS, request)).listed


def test_own_sets_are_the_judged_ones() -> None:
    _, told = judged(UNSEEN_TOSS, "pure")
    assert told.game is not None
    assert set(told.game.members) == {w for own in own_sets(UNSEEN_TOSS).values() for w in own}
