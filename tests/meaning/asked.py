"""Random cases asked: the program's answers beside the reference, in the same worlds."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, cached_property

import numpy as np
from hypothesis import assume, settings
from hypothesis import strategies as st
from tests.meaning.random_cases import (
    Condition,
    RandomCase,
    Settings,
    do_text,
    is_,
    query_text,
    random_case,
    state,
    text,
)
from tests.meaning.reference import Array, Mask, Reference, Set, reference_of, seeing

from quandary.ask import Answer, Study
from quandary.base import CaseError
from quandary.game import Diagram, Table, TreeGame, unroll
from quandary.game import do as intervened
from quandary.language import parse_query
from quandary.solve import CONCEPTS, ConceptResult, LogitSettings, solve

CASES = int(os.environ.get("QUANDARY_LAWS", "40"))
"""Random cases that every law is tried on; ``make laws`` tries 300."""

EXACT = 1e-9
"""Rounding of one solution, asked in two ways."""

SOLVED = 2e-7
"""Rounding of two solutions of one game, found in two ways."""

query_of = cache(parse_query)

many = settings(max_examples=CASES, deadline=None)
seeds = st.integers(0, 10**9)


def on_the_branch(game: TreeGame) -> ConceptResult:
    """Return the logit equilibrium of a tree; a tree that is not solved is no example."""
    found = CONCEPTS["logit"].find(game, LogitSettings())
    assume(found.converged.all())
    return found


class Asked:
    """A random case as a study, and the reference in the same worlds under the rules of the case's own game."""

    def __init__(self, drawn: RandomCase, worlds: int = 4) -> None:
        self.drawn = drawn
        self.study = Study(drawn.case, worlds=worlds, threads=1)

    @cached_property
    def diagram(self) -> Diagram:
        return self.study.model.diagram(self.study.uniforms, self.study.worlds).diagram

    @cached_property
    def structure(self) -> Reference:
        """Return the reference with no rules in it: enough for what the graph says."""
        even = {
            d.name: Table((d.name,), np.full((len(d.states), 1), 1 / len(d.states))) for d in self.diagram.decisions
        }
        return reference_of(self.diagram, even)

    @cached_property
    def reference(self) -> Reference:
        """Return the reference under rules that were solved as a diagram."""
        solution = solve(self.diagram)
        assume(solution.converged.all())
        return reference_of(self.diagram, solution.behaviour)

    @cached_property
    def by_tree(self) -> Reference:
        """Return the reference under rules that were solved on the tree of all histories."""
        unrolled = unroll(self.diagram)
        game = TreeGame(unrolled.tree)
        found = on_the_branch(game)
        return reference_of(self.diagram, unrolled.behaviour(game, found.profile)).settled()

    def answers(self, queries: Sequence[str], *, evidence: bool = False) -> list[Answer]:
        """Return answers from one pass; a case whose evidence is impossible is no example."""
        try:
            return list(self.study.answers(list(map(query_of, queries)), evidence=evidence))
        except CaseError as error:
            assume(not {"Q522"} & {problem.code for problem in error.problems})
            raise

    def values(self, queries: Sequence[str], *, evidence: bool = False) -> list[Array]:
        return [answer.draws for answer in self.answers(queries, evidence=evidence)]

    def rules_after(self, do: Settings, sets: Sequence[Set]) -> list[Array]:
        """Return the program's rules at information sets of the game after ``do``, each ``(options, W)``."""
        cards = self.drawn.cards
        queries = [
            query_text(f"P({text(is_(name, k))})", text(seeing((name, seen))), do_text(do))
            for name, seen in sets
            for k in range(cards[name])
        ]
        values = iter(self.values(queries))
        return [np.stack([next(values) for _ in range(cards[name])]) for name, _ in sets]


def asked_case(seed: int, worlds: int = 4, **how: object) -> Asked:
    return Asked(random_case(seed, **how), worlds)  # type: ignore[arg-type]


def newly_reached(reference: Reference, do: Settings) -> dict[Set, Mask]:
    """Return the information sets that are newly reached in some worlds, and in which."""
    return {which: worlds for which, worlds in reference.newly_reached(do).items() if worlds.any()}


def after(asked: Asked, reference: Reference, do: Settings) -> Reference:
    """Return the reference with the program's rules at newly reached sets; all others are those of the own game."""
    newly = newly_reached(reference, do)
    for (which, worlds), rule in zip(newly.items(), asked.rules_after(do, list(newly)), strict=True):
        reference = reference.with_rule(which, rule, worlds)
    return reference


def leading_astray(asked: Asked, reference: Reference) -> Settings:
    """Return an intervention after which some sets are newly reached, where there is one among a few."""
    tried = [asked.drawn.settings() for _ in range(8)]
    return next((do for do in tried if newly_reached(reference, do)), tried[0])


def probability(target: Condition, *given: Condition, do: Settings = (), form: str = "do") -> str:
    """Return the query P(target | given, do)."""
    return query_text(f"P({text(target)})", *(text(g) for g in given), do_text(do, form))


def same(found: Array, wanted: Array, room: float = SOLVED) -> None:
    """Assert that two arrays over worlds agree, undefined in the same worlds."""
    np.testing.assert_allclose(found, np.broadcast_to(wanted, found.shape), rtol=0, atol=room)


def solved_on_a_tree(asked: Asked, reference: Reference, do: Settings) -> Reference:
    """Return the reference with sets that are newly reached in all worlds solved on the tree of histories after ``do``.

    Every other information set is a move of chance there, which follows its rule.
    """
    newly = newly_reached(reference, do)
    unrolled = unroll(intervened(asked.diagram, {name: state(number) for name, number in do}))
    where = {
        number: reference.set_at(name, full)
        for number, (name, full, _) in enumerate(unrolled.origin)
        if name in reference.owners and name not in dict(do)
    }
    sets = list(unrolled.tree.sets)
    for number, which in where.items():
        if which not in newly:
            chances = reference.rule(which)[list(unrolled.origin[number][2])]
            sets[number] = replace(sets[number], player=None, chances=chances)
    tree = replace(unrolled.tree, sets=tuple(sets))
    game = TreeGame(tree)
    found = on_the_branch(game)
    rules = replace(unrolled, tree=tree).behaviour(game, found.profile)
    for number, which in where.items():
        if which in newly:
            name, full, _ = unrolled.origin[number]
            reference = reference.with_rule(which, rules[name].values[full], newly[which])
    return reference
