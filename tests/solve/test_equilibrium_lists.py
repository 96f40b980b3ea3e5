"""Pure, mixed and subgame-perfect lists against brute force; maxmin and correlated against their definitions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from tests.solve.games import matrix, random_form, random_tree

from quandary.base import Array, Refusal
from quandary.game import StrategicForm, Tree
from quandary.onegame import (
    Deviations,
    correlated,
    count_strategies,
    enumerated,
    form_regret,
    mixed,
    own_sets,
    pure,
    pure_subgame_perfect,
    strategic_form,
    subgame_roots,
    tree_regret,
    zero_sum,
)

CHICKEN = matrix([[6, 2], [7, 0]], [[6, 7], [2, 0]])


def plain_value(tree: Tree, rules: dict[int, Array]) -> list[float]:
    """Return the players' payoffs by walking every path, the slow obvious way."""
    total = np.zeros(len(tree.players))
    for leaf in np.flatnonzero(tree.set_of < 0).tolist():
        weight, paid, node = 1.0, np.zeros(len(tree.players)), leaf
        while node >= 0:
            outcome = int(tree.outcome[node])
            paid += tree.payoffs[:, outcome, 0] if outcome >= 0 else 0.0
            before = int(tree.parent[node])
            if before >= 0:
                which = int(tree.set_of[before])
                odds = tree.sets[which].chances
                weight *= float((rules[which] if odds is None else odds[:, 0])[int(tree.action[node])])
            node = before
        total += weight * paid
    return total.tolist()


def full_strategies(tree: Tree, player: str) -> list[dict[int, Array]]:
    """Return every map from the player's sets to actions, reduced or not."""
    sets = own_sets(tree)[player]
    options = [range(len(tree.sets[which].actions)) for which in sets]
    return [
        {which: np.eye(len(tree.sets[which].actions))[a] for which, a in zip(sets, chosen, strict=True)}
        for chosen in itertools.product(*options)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_the_independent_regret_is_the_best_of_all_strategies(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tree = random_tree(rng, players=int(rng.integers(1, 4)))
    while max(len(full_strategies(tree, p)) for p in tree.players) > 100:
        tree = random_tree(rng, players=int(rng.integers(1, 4)), depth=2)
    sets = [which for own in own_sets(tree).values() for which in own]
    rules = {which: rng.dirichlet(np.ones(len(tree.sets[which].actions))) for which in sets}
    regret = tree_regret(tree, rules)
    here = plain_value(tree, rules)
    for k, player in enumerate(tree.players):
        assert Deviations(tree, rules).value(player) == pytest.approx(here[k], abs=1e-12)
        best = max(plain_value(tree, rules | own)[k] for own in full_strategies(tree, player))
        assert regret[player] == pytest.approx(best - here[k], abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_pure_lists_are_those_of_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tree = random_tree(rng, players=2, depth=2)
    found = {_play(tree, e.rules) for e in pure(tree).found}
    slow = set()
    for combination in itertools.product(*(full_strategies(tree, p) for p in tree.players)):
        rules = {which: rule for own in combination for which, rule in own.items()}
        here = plain_value(tree, rules)
        if all(
            plain_value(tree, rules | own)[k] <= here[k] + 1e-12
            for k, p in enumerate(tree.players)
            for own in full_strategies(tree, p)
        ):
            slow.add(_play(tree, rules))
    assert found == slow


def _play(tree: Tree, rules: dict[int, Array] | object) -> tuple[tuple[int, int], ...]:
    """Return a pure profile without the sets that its owner's own moves rule out."""
    assert isinstance(rules, dict)
    return tuple(
        sorted(
            (which, int(np.argmax(rule)))
            for which, rule in rules.items()
            if not np.isnan(rule).any() and _allowed(tree, rules, which)
        )
    )


def _allowed(tree: Tree, rules: dict[int, Array], which: int) -> bool:
    node = int(np.flatnonzero(tree.set_of == which)[0])
    while (before := int(tree.parent[node])) >= 0:
        at = int(tree.set_of[before])
        if tree.sets[at].player == tree.sets[which].player and rules[at][int(tree.action[node])] == 0:
            return False
        node = before
    return True


@pytest.mark.parametrize("seed", range(40))
def test_counting_strategies_equals_listing_them(seed: int) -> None:
    tree = random_tree(np.random.default_rng(seed), players=2, depth=4)
    assert list(count_strategies(tree).values()) == [len(s.choices) for s in strategic_form(tree).strategies]


@pytest.mark.parametrize("seed", range(40))
def test_perfect_lists_are_the_pure_profiles_without_regret_in_any_subgame(seed: int) -> None:
    tree = random_tree(np.random.default_rng(seed), players=2, depth=2)
    found = {_choices(e.rules) for e in pure_subgame_perfect(tree).found}
    slow = set()
    for combination in itertools.product(*(full_strategies(tree, p) for p in tree.players)):
        rules = {which: rule for own in combination for which, rule in own.items()}
        if all(max(tree_regret(_below(tree, root), rules).values()) <= 1e-12 for root in subgame_roots(tree)):
            slow.add(_choices(rules))
    assert found == slow


def _choices(rules: object) -> tuple[tuple[int, int], ...]:
    assert isinstance(rules, dict)
    return tuple(sorted((which, int(np.argmax(rule))) for which, rule in rules.items()))


def _below(tree: Tree, root: int) -> Tree:
    nodes = [n for n in range(len(tree.parent)) if n == root or _under(tree, n, root)]
    place = {n: i for i, n in enumerate(nodes)}
    parent = np.array([-1 if n == root else place[int(tree.parent[n])] for n in nodes])
    index = np.array(nodes)
    return Tree(
        tree.players, tree.sets, parent, tree.action[index], tree.set_of[index], tree.outcome[index], tree.payoffs
    )


def _under(tree: Tree, node: int, root: int) -> bool:
    while node > root:
        node = int(tree.parent[node])
    return node == root


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_extreme_equilibria_hold_and_miss_nothing(seed: int, ties: bool) -> None:
    """Every equilibrium that solving one pair of supports gives is among ours, when it is alone there."""
    rng = np.random.default_rng(seed)
    form = random_form(rng, [int(rng.integers(1, 5)), int(rng.integers(1, 5))], ties=ties)
    first, second = form.payoffs[..., 0]
    listed = enumerated(first, second)
    pairs = listed.pairs
    assert listed.complete and pairs
    ours = [tuple(np.array([float(p) for p in side]) for side in (pair.first, pair.second)) for pair in pairs]
    for mixture in ours:
        assert max(form_regret(form, list(mixture)).values()) <= 1e-12
    for mixture in _support_by_support(form):
        assert any(all(np.allclose(a, b, atol=1e-9) for a, b in zip(mixture, pair, strict=True)) for pair in ours)
    if not ties:
        assert len(pairs) % 2 == 1


def _support_by_support(form: StrategicForm) -> list[tuple[Array, Array]]:
    first, second = form.payoffs[..., 0]
    found = []
    rows, columns = first.shape
    for size in range(1, min(rows, columns) + 1):
        for up in itertools.combinations(range(rows), size):
            for across in itertools.combinations(range(columns), size):
                y = _indifferent(first[np.ix_(up, across)])
                x = _indifferent(second[np.ix_(up, across)].T)
                if x is None or y is None:
                    continue
                full_x, full_y = np.zeros(rows), np.zeros(columns)
                full_x[list(up)], full_y[list(across)] = x, y
                if max(form_regret(form, [full_x, full_y]).values()) <= 1e-10:
                    found.append((full_x, full_y))
    return found


def _indifferent(payoffs: Array) -> Array | None:
    """Return the other's only mixture that makes all of these rows equally good, if there is one."""
    size = len(payoffs)
    matrix_ = np.block([[payoffs, -np.ones((size, 1))], [np.ones((1, size)), np.zeros((1, 1))]])
    if np.linalg.matrix_rank(matrix_) <= size:
        return None
    mixture = np.linalg.solve(matrix_, np.eye(size + 1)[-1])[:-1]
    return mixture if (mixture >= -1e-12).all() else None


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_maxmin_behaviour_is_an_equilibrium_with_the_value_of_the_matrix(seed: int) -> None:
    tree = random_tree(np.random.default_rng(seed), players=2, depth=3, zero_sum=True)
    solved = zero_sum(tree).found[0]
    assert solved.regret <= 1e-9 and solved.residual <= 1e-9
    matrix_ = zero_sum(strategic_form(tree).form).found[0]
    assert matrix_.values["p0"] == pytest.approx(solved.values["p0"], abs=1e-9)
    assert solved.values["p0"] == pytest.approx(-solved.values["p1"], abs=1e-9)


def test_a_constant_sum_need_not_be_zero() -> None:
    shifted = matrix([[3, 1], [1, 3]], [[2, 4], [4, 2]])
    assert zero_sum(shifted).found[0].values == pytest.approx({"row": 2.0, "column": 3.0})


def test_correlated_equilibrium_of_chicken() -> None:
    """Aumann's example (1974; Hart & Mas-Colell's numbers): no Nash equilibrium pays 10.5 together, this one does."""
    found = correlated(CHICKEN).found[0]
    assert sum(found.values.values()) == pytest.approx(10.5)
    assert found.correlation == pytest.approx({("r0", "c0"): 0.5, ("r0", "c1"): 0.25, ("r1", "c0"): 0.25})
    assert found.regret <= 1e-12
    assert max(sum(e.values.values()) for e in mixed(CHICKEN).found) < 10.5


@pytest.mark.parametrize("seed", range(20))
def test_correlated_equilibria_pay_at_least_the_best_nash_equilibrium(seed: int) -> None:
    form = random_form(np.random.default_rng(seed), [3, 3])
    best = max(sum(e.values.values()) for e in mixed(form).found)
    found = correlated(form).found[0]
    assert sum(found.values.values()) >= best - 1e-9
    assert found.regret <= 1e-9


def test_stopping_keeps_what_is_known_and_says_so() -> None:
    form = random_form(np.random.default_rng(0), [5, 5])
    stopped = mixed(form, proceed=lambda _what, done, _total: done < 1)
    assert not stopped.complete and stopped.limits

    def interrupted(_what: str, _done: int, _total: int) -> bool:
        raise KeyboardInterrupt

    assert not mixed(form, proceed=interrupted).complete


@pytest.mark.parametrize(("solver", "code"), [(mixed, "Q457"), (zero_sum, "Q457")])
def test_three_players_are_refused_with_a_reason(solver: object, code: str) -> None:
    assert callable(solver)
    with pytest.raises(Refusal) as refused:
        solver(random_form(np.random.default_rng(0), [2, 2, 2]))
    assert refused.value.problem.code == code


def test_general_sums_are_refused_by_the_linear_program() -> None:
    with pytest.raises(Refusal) as refused:
        zero_sum(CHICKEN)
    assert refused.value.problem.code == "Q457"
    assert "not to a constant" in refused.value.problem.message


def test_too_many_strategies_are_refused_before_anything_starts() -> None:
    tree = random_tree(np.random.default_rng(3), players=2, depth=3)
    with pytest.raises(Refusal) as refused:
        strategic_form(tree, limit=1)
    assert refused.value.problem.code == "Q456"
    assert " x " in refused.value.problem.message
