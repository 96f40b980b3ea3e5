"""Games at the edge, by every concept: a right answer or a clear refusal, never a crash or a NaN."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.solve.games import matrix, random_form, random_tree

from quandary.base import Refusal
from quandary.game import InformationSet, StrategicForm, Tree
from quandary.onegame import Request, correlated, mixed, payoff_spread, pure, pure_subgame_perfect, solved_at, zero_sum
from quandary.onegame.search import search
from quandary.solve import CONCEPTS

PENNIES = matrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
STAG = matrix([[4, 0], [3, 3]], [[4, 3], [0, 3]])
DILEMMA = matrix([[3, 0], [5, 1]], [[3, 5], [0, 1]])


def scaled(form: StrategicForm, factor: float) -> StrategicForm:
    return replace(form, payoffs=form.payoffs * factor)


@pytest.mark.parametrize("factor", [1e-9, 1.0, 1e9])
def test_payoffs_of_any_size_have_the_same_equilibria(factor: float) -> None:
    form = scaled(STAG, factor)
    assert len(pure(form).found) == 2
    found = mixed(form).found
    assert len(found) == 3
    inner = next(e for e in found if 0 < e.rules[0][0] < 1)
    np.testing.assert_allclose(inner.rules[0], [0.75, 0.25])
    assert inner.regret <= 1e-12 * factor
    value = zero_sum(scaled(PENNIES, factor)).found[0]
    np.testing.assert_allclose(value.rules[0], [0.5, 0.5], atol=1e-9)
    assert abs(value.values["row"]) <= 1e-9 * factor
    best = correlated(form).found[0]
    assert sum(best.values.values()) == pytest.approx(8 * factor)


@pytest.mark.parametrize("factor", [1e-9, 1.0, 1e9])
def test_logit_of_payoffs_of_any_size_depends_on_their_product_with_precision(factor: float) -> None:
    point = solved_at(scaled(STAG, factor), CONCEPTS["logit"], [2.0 / factor])[0]
    plain = solved_at(STAG, CONCEPTS["logit"], [2.0])[0]
    assert point is not None and plain is not None
    np.testing.assert_allclose(point.rules[0], plain.rules[0], atol=1e-9)


@pytest.mark.parametrize("form", [PENNIES, DILEMMA, STAG], ids=["pennies", "dilemma", "stag"])
def test_a_precision_of_a_million_is_near_an_equilibrium(form: StrategicForm) -> None:
    point = solved_at(form, CONCEPTS["logit"], [1e6])[0]
    assert point is not None
    assert point.regret <= 2e-6
    assert point.residual <= 1e-10


def lone(payoffs: list[float]) -> Tree:
    """Return one player's single choice among so many options."""
    actions = tuple(f"a{i}" for i in range(len(payoffs)))
    sets = (InformationSet("me", actions, "choice"),)
    count = len(payoffs)
    return Tree(
        ("me",),
        sets,
        np.array([-1, *[0] * count]),
        np.array([-1, *range(count)]),
        np.array([0, *[-1] * count]),
        np.array([-1, *range(count)]),
        np.array([payoffs])[..., None],
    )


def test_one_player_chooses_the_best_and_ties_are_all_listed() -> None:
    tree = lone([1.0, 3.0, 3.0])
    assert len(pure(tree).found) == 2
    assert len(pure_subgame_perfect(tree).found) == 2
    backward = solved_at(tree, CONCEPTS["subgame"])[0]
    assert backward is not None
    np.testing.assert_allclose(backward.rules[0], [0.0, 0.5, 0.5])
    with pytest.raises(Refusal, match="Q457"):
        mixed(tree)


def test_a_single_option_is_taken() -> None:
    tree = lone([2.0])
    assert pure(tree).found[0].values == {"me": 2.0}
    point = solved_at(tree, CONCEPTS["logit"])[0]
    assert point is not None and point.rules[0].tolist() == [1.0]
    assert search(tree, Request("logit", trace=True)).equilibria.complete


def test_seven_players() -> None:
    """Each of seven is paid one for doing as the next one does: all alike are the pure equilibria, and no others."""
    payoffs = np.zeros((7, *(2,) * 7, 1))
    for cell in np.ndindex(*(2,) * 7):
        for k in range(7):
            payoffs[(k, *cell, 0)] = float(cell[k] == cell[(k + 1) % 7])
    names = tuple(f"p{k}" for k in range(7))
    form = StrategicForm(names, tuple(("x", "y") for _ in names), payoffs)
    found = pure(form)
    assert found.complete
    assert {tuple(int(np.argmax(e.rules[k])) for k in range(7)) for e in found.found} == {(0,) * 7, (1,) * 7}
    point = solved_at(form, CONCEPTS["logit"])[0]
    assert point is not None
    assert all(np.allclose(rule, 0.5) for rule in point.rules.values())


def test_dominated_actions_are_in_no_list() -> None:
    for e in (*pure(DILEMMA).found, *mixed(DILEMMA).found, *correlated(DILEMMA).found, *pure(DILEMMA).found):
        assert e.rules[0].tolist() == [0.0, 1.0]
        assert e.rules[1].tolist() == [0.0, 1.0]


def test_ties_everywhere_make_everything_an_equilibrium() -> None:
    flat = matrix([[0, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 0]])
    assert len(pure(flat).found) == 6
    found = mixed(flat)
    assert len(found.found) == 6 and found.complete
    assert all("component 1" in e.remarks[0] for e in found.found)
    assert zero_sum(flat).found[0].values == {"row": 0.0, "column": 0.0}
    point = solved_at(flat, CONCEPTS["logit"], [1e6])[0]
    assert point is not None and np.allclose(point.rules[1], 1 / 3)
    assert payoff_spread(flat) == 0.0
    assert search(flat, Request("logit", trace=True)).equilibria.complete


def test_chance_of_probability_zero_changes_nothing() -> None:
    """A branch that chance never takes pays fortunes and has its own information set; play elsewhere is as without."""
    sets = (
        InformationSet(None, ("never", "always"), "", np.array([[0.0], [1.0]])),
        InformationSet("a", ("x", "y"), "lost"),
        InformationSet("a", ("x", "y"), "here"),
    )
    tree = Tree(
        ("a", "b"),
        sets,
        np.array([-1, 0, 0, 1, 1, 2, 2]),
        np.array([-1, 0, 1, 0, 1, 0, 1]),
        np.array([0, 1, 2, -1, -1, -1, -1]),
        np.array([-1, -1, -1, 0, 1, 2, 3]),
        np.array([[1e9, -1e9, 2.0, 1.0], [-1e9, 1e9, -2.0, -1.0]])[..., None],
    )
    assert zero_sum(tree).found[0].values == {"a": 2.0, "b": -2.0}
    assert {round(e.values["a"], 9) for e in pure(tree).found} == {2.0}
    point = solved_at(tree, CONCEPTS["logit"], [1.0])[0]
    assert point is not None
    assert point.rules[2][0] == pytest.approx(1 / (1 + np.exp(-1)))
    assert np.isnan(point.rules[1]).all()
    assert payoff_spread(tree) == 1.0


def test_forgetting_is_refused_where_it_matters_and_pure_lists_still_stand() -> None:
    """A player that moves twice and has forgotten its first move when it makes the second."""
    sets = (InformationSet("a", ("l", "r"), "first"), InformationSet("a", ("l", "r"), "second"))
    tree = Tree(
        ("a",),
        sets,
        np.array([-1, 0, 0, 1, 1, 2, 2]),
        np.array([-1, 0, 1, 0, 1, 0, 1]),
        np.array([0, 1, 1, -1, -1, -1, -1]),
        np.array([-1, -1, -1, 0, 1, 2, 3]),
        np.array([[1.0, 0.0, 0.0, 2.0]])[..., None],
    )
    assert [e.values["a"] for e in pure(tree).found] == [2.0]
    agent = pure(tree, agent_form=True)
    assert sorted(e.values["a"] for e in agent.found) == [1.0, 2.0]
    with pytest.raises(Refusal, match="Q453"):
        solved_at(tree, CONCEPTS["subgame"])
    point = solved_at(tree, CONCEPTS["logit"], [0.1])[0]
    assert point is not None and np.isnan(point.regret)


@pytest.mark.parametrize("concept", ["pure", "perfect", "mixed", "zero_sum", "correlated", "subgame", "gambit"])
def test_exact_concepts_take_no_rationality(concept: str) -> None:
    with pytest.raises(Refusal) as refused:
        search(random_tree(np.random.default_rng(1)), Request(concept, precision=2.0))
    assert refused.value.problem.code == "Q460"


def test_an_unknown_concept_is_refused_with_the_nearest() -> None:
    with pytest.raises(Refusal) as refused:
        search(PENNIES, Request("corelated"))
    assert refused.value.problem.code == "Q450"
    assert "correlated" in str(refused.value.problem.hint)


def test_a_strategic_form_has_no_subgames() -> None:
    with pytest.raises(Refusal) as refused:
        search(random_form(np.random.default_rng(0), [2, 2]), Request("perfect"))
    assert refused.value.problem.code == "Q457"
