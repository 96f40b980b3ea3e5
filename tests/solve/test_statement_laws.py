"""Statements on random games: against lists by definition, along real trembles, and under other names and units."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.solve.games import random_tree
from tests.solve.judged_games import answers, judged
from tests.solve.trees_by_hand import ragged_tree

from quandary.base import Array
from quandary.game import Tree
from quandary.onegame import (
    Deviations,
    Equilibrium,
    Extensive,
    JudgedEquilibrium,
    extensive,
    pure_subgame_perfect,
    subgame_part,
    subgame_roots,
    undetermined,
)
from quandary.solve import assessed_gains, beliefs_of


@pytest.mark.slow
@pytest.mark.parametrize("players", [2, 3])
def test_pure_statements_are_those_of_the_list_of_pure_subgame_perfect_equilibria(players: int) -> None:
    rng = np.random.default_rng(players)
    counts = {True: 0, False: 0, None: 0}
    for _ in range(35):
        tree = ragged_tree(rng, players, nodes=int(rng.integers(2, 7)))
        perfect = [e.rules for e in pure_subgame_perfect(tree).found]
        found, told = judged(tree, "pure")
        for e, own in zip(found.equilibria.found, told.listed, strict=True):
            holds = own.subgame_perfect.holds
            listed = any(_completes(rules, e) for rules in perfect)
            mixes = any(0 < p < 1 for rule in own.filled.values() for p in rule)
            assert holds is not False or not listed
            assert holds is not True or listed or mixes, tree
            assert not own.sequential.holds or holds
            counts[holds] += 1
            if holds:
                whole = {w: own.filled.get(w, r) for w, r in e.rules.items()}
                assert max(subgame_gains(extensive(tree), whole).values()) <= 1e-8
    assert min(counts[True], counts[False]) > 20
    assert counts[None] <= 0.02 * sum(counts.values()), counts


def _completes(rules: object, e: Equilibrium) -> bool:
    assert isinstance(rules, dict)
    return all(undetermined(own) or np.array_equal(own, rules[w]) for w, own in e.rules.items())


def subgame_gains(game: Extensive, rules: dict[int, Array]) -> dict[int, float]:
    """Return the most that anyone gains in each subgame, which is cut out whole; open sets do not matter there."""
    tree, found = game.tree, {}
    for root in subgame_roots(tree):
        inside = {root}
        for node, before in enumerate(tree.parent.tolist()):
            if before in inside:
                inside.add(node)
        left = Deviations(subgame_part(tree, sorted(inside), {}), rules)
        found[root] = max(left.gain(p) for p in tree.players)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("concept", ["pure", "mixed"])
def test_with_perfect_information_sequential_is_subgame_perfect(concept: str) -> None:
    rng = np.random.default_rng(11)
    counts = {True: 0, False: 0, None: 0}
    for k in range(40):
        tree = ragged_tree(rng, 2, nodes=int(rng.integers(2, 6)), hidden=0.0)
        if k % 2:
            tree = replace(tree, payoffs=rng.normal(size=tree.payoffs.shape))
        for own in judged(tree, concept)[1].listed:
            assert own.subgame_perfect.holds is own.sequential.holds
            assert own.sequential.holds is not None or not k % 2, "only ties can leave it open"
            counts[own.sequential.holds] += 1
    assert min(counts[True], counts[False]) > 20, counts
    assert counts[None] <= 0.05 * sum(counts.values()), counts


@pytest.mark.slow
def test_every_limit_is_sequential() -> None:
    rng = np.random.default_rng(5)
    for k in range(40):
        tree = random_tree(rng, 2, depth=3) if k % 2 else ragged_tree(rng, 3, nodes=5)
        for own in judged(tree, "sequential")[1].listed:
            assert own.sequential.holds and own.subgame_perfect.holds and own.logit_limit.holds


@pytest.mark.slow
@pytest.mark.parametrize(("players", "concept"), [(2, "mixed"), (2, "pure"), (3, "pure")])
def test_certificates_hold_along_real_trembles_and_no_is_never_refuted_by_random_ones(
    players: int, concept: str
) -> None:
    """Bayes' rule along a sequence of full mixtures gives the beliefs of every yes; random ones refute no no."""
    rng = np.random.default_rng(players + len(concept))
    counts = {True: 0, False: 0, None: 0}
    for _ in range(22):
        tree = ragged_tree(rng, players, nodes=int(rng.integers(3, 7)), hidden=0.8)
        found, told = judged(tree, concept)
        assert told.game is not None
        for e, own in list(zip(found.equilibria.found, told.listed, strict=True))[:12]:
            counts[own.sequential.holds] += 1
            if own.sequential.holds and own.trembles:
                _follows(told.game, {w: own.filled.get(w, e.rules[w]) for w in told.game.members}, own)
            elif own.sequential.holds is False:
                assert not _random_trembles_serve(told.game, e, rng)
    assert counts[True] > 20 and counts[False] > 10
    assert counts[None] <= 0.05 * sum(counts.values()), counts


def _follows(game: Extensive, rules: dict[int, Array], own: JudgedEquilibrium) -> None:
    assert own.trembles is not None
    eps = 1e-7
    mixed = {}
    for which, rule in rules.items():
        full = np.array(rule)
        for action in np.flatnonzero(full == 0.0).tolist():
            full[action] = own.trembles.weight(which, action) * eps ** own.trembles.orders[which, action]
        mixed[which] = full / full.sum()
    reach = game.reach(mixed)
    beliefs = {
        which: dict(zip(nodes, (reach[list(nodes)] / reach[list(nodes)].sum()).tolist(), strict=True))
        for which, nodes in game.members.items()
    }
    for which, belief in own.beliefs.items():
        assert belief == pytest.approx(beliefs[which], abs=1e-4)
    gains = assessed_gains(game.tree, rules, beliefs)
    assert max((gain / game.span(which) for which, gain in gains.items()), default=0.0) <= 1e-4


def _random_trembles_serve(game: Extensive, e: Equilibrium, rng: np.random.Generator) -> bool:
    for _ in range(60):
        logs, rules = {}, {}
        for which in game.members:
            rule = np.asarray(e.rules[which])
            actions = len(rule)
            rules[which] = np.eye(actions)[int(rng.integers(actions))] if undetermined(rule) else rule
            drawn = -200.0 * rng.integers(1, 4, size=actions) + rng.normal(size=actions)
            with np.errstate(divide="ignore"):
                logs[which] = np.where(rules[which] > 0.0, np.log(rules[which]), drawn)
        gains = assessed_gains(game.tree, rules, beliefs_of(game.tree, rules, logs))
        if max((gain / game.span(which) for which, gain in gains.items()), default=0.0) <= 1e-9:
            return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("concept", ["pure", "mixed"])
def test_statements_do_not_depend_on_names_order_or_units(concept: str) -> None:
    rng = np.random.default_rng(3)
    shared = listed = 0
    for _ in range(7):
        tree = ragged_tree(rng, 2, nodes=5)
        scaled = replace(tree, payoffs=tree.payoffs * 4.0 + np.array([8.0, -16.0])[:, None, None])
        turned = replace(tree, players=tree.players[::-1], payoffs=tree.payoffs[::-1])
        first = _by_rules(tree, concept)
        for other, count in ((_by_rules(scaled, concept), 4), (_by_rules(turned, concept), 2)):
            common = first.keys() & other.keys()
            assert {k: first[k][:count] for k in common} == {k: other[k][:count] for k in common}
            shared, listed = shared + len(common), listed + len(first)
    assert shared > 0.8 * listed, "the rounding of chance moves makes and breaks a few ties of exact lists"


def _by_rules(tree: Tree, concept: str) -> dict[tuple[tuple[int, bytes], ...], tuple[bool | None, ...]]:
    found, told = judged(tree, concept)
    return {
        tuple(sorted((w, np.round(np.nan_to_num(r, nan=-1.0), 9).tobytes()) for w, r in e.rules.items())): answers(own)
        for e, own in zip(found.equilibria.found, told.listed, strict=True)
    }
