"""One doubt, two spellings: a root on which no rule depends may be written as chance or as an assumption."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from tests.meaning.asked import Asked, many, probability, same, seeds
from tests.meaning.random_cases import (
    Condition,
    RandomCase,
    do_text,
    query_text,
    random_case,
    sourced,
    text,
    with_evidence,
)

from quandary.case import ChanceEvent, OddsRule
from quandary.language import Otherwise


def with_root_sure(drawn: RandomCase, root: str, sure: int) -> RandomCase:
    """Return the case in which a root is in one state: one world of the doubt written as an assumption."""
    item = drawn.case.variable(root)
    assert isinstance(item, ChanceEvent)
    chances = [sourced("100%" if k == sure else "0%", f"story.{root}.{name}") for k, name in enumerate(item.states)]
    odds = OddsRule(Otherwise(), tuple(zip(item.states, chances, strict=True)))
    sure_of_it = replace(item, odds=(odds,))
    story = tuple(sure_of_it if other is item else other for other in drawn.case.story)
    return replace(drawn, case=replace(drawn.case, story=story))


def among(drawn: RandomCase, names: tuple[str, ...]) -> RandomCase:
    """Return the case with evidence and all that is asked of it about some of its variables only."""
    some = replace(drawn, cards={name: drawn.cards[name] for name in names})
    evidence = tuple(some.piece() for _ in range(int(drawn.rng.integers(0, 4))))
    return replace(with_evidence(drawn, evidence), cards=some.cards)


@pytest.mark.slow
@many
@given(seeds)
def test_a_root_on_which_no_rule_depends_is_written_as_chance_or_as_an_assumption(seed: int) -> None:
    """As a chance it is averaged over inside a world, as an assumption over worlds, each with what it weighs: both give
    the same answer and weigh the same. With no evidence set aside, some, or all; with a condition or without."""
    whole = random_case(seed, deciding=0.25, seen=0.0, variables=(4, 5))
    structure = Asked(whole, worlds=2).structure
    known = {name for decision in whole.owners for name in whole.parents[decision]}
    roots = [r for r in whole.roots() if not (r in whole.owners or r in known or structure.relevant(r))]
    assume(roots)
    root = str(whole.rng.choice(roots))
    drawn = among(whole, tuple(name for name in whole.names if name != root))
    do, target = drawn.settings(), (drawn.piece(),)
    given_: Condition = (drawn.piece(),) if drawn.rng.random() < 0.5 else ()
    queries = [probability(target, given_, do=do), query_text("E(north)", text(given_), do_text(do))]
    asked = Asked(drawn, worlds=2)
    answers = asked.answers(queries, evidence=True)
    table = np.broadcast_to(asked.diagram.tables[root].values, (whole.cards[root], 2))
    apart = [Asked(with_root_sure(drawn, root, k), worlds=2).answers(queries, evidence=True) for k in range(len(table))]
    for number, answer in enumerate(answers):
        weights = np.stack([odds * one[number].weights for odds, one in zip(table, apart, strict=True)])
        values = np.stack([one[number].draws for one in apart])
        total = weights.sum(axis=0)
        same(answer.weights, total)
        with np.errstate(invalid="ignore"):
            mixed = np.where(weights > 0, weights * values, 0.0).sum(axis=0) / np.where(total > 0, total, np.nan)
        scale = 100.0 if number else 1.0
        same(answer.draws / scale, mixed / scale, 1e-6)
