"""Decision rules as tables: what each actor does at the information sets that it most likely reaches.

A rule is averaged over worlds: world w counts with the probability that it reaches the information set (given the
evidence, where that leaves the choice open), or is conditioned on that by itself where an unknown number bears on it.
So a row is the analyst's forecast of the choice there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quandary.ask.games.fillings import within_each
from quandary.ask.games.situation import GameSituation
from quandary.ask.inquiry import EVERYTHING, Conditions
from quandary.ask.study import Study
from quandary.base.arrays import Array, Mask
from quandary.case.logic.arising import tells_of_asking
from quandary.case.logic.conditions import mentioned
from quandary.game.diagram import Decision

ROWS = 6
"""How many information sets are shown for a decision."""

AVERAGED = 1_000
"""Worlds over which rules are averaged: the first batches of the study that have so many, or all of them."""


@dataclass(frozen=True)
class RuleRow:
    """One information set: what is known there, how likely it is reached, each option's mean probability.

    Options that are barred there are missing from ``options``.
    """

    known: tuple[tuple[str, str], ...]
    reached: float
    options: Mapping[str, float]


@dataclass(frozen=True)
class DecisionRule:
    """A decision's rule at its likeliest information sets, of those that leave a choice.

    ``choosing`` is the probability that there is a choice at all; ``shown`` that of the rows together. ``settled`` says
    that the evidence names the choice, so that the rule is shown without it. ``sets`` counts the information sets with
    a choice that can be reached. ``worlds`` is how many worlds were averaged: the study's first thousand, or all.
    """

    decision: str
    actor: str
    rows: tuple[RuleRow, ...]
    choosing: float
    shown: float
    sets: int
    settled: bool
    worlds: int


def decision_rules(study: Study, most: int = ROWS) -> tuple[DecisionRule, ...]:
    """Return every decision's rule, in the order of the story; worlds that are not solved are left out."""
    situations = tuple(_first(study))
    evidence = situations[0].standing(EVERYTHING)
    seen = {name for condition in evidence for name in mentioned(study.case, condition)}
    return tuple(
        _rule(study, situations, decision, () if decision.name in seen else evidence, most)
        for decision in situations[0].played.diagram.decisions
    )


def _first(study: Study) -> Iterator[GameSituation]:
    """Yield the study's first batches of worlds, as many as have ``AVERAGED`` worlds."""
    worlds = 0
    for situation in study.situations():
        yield situation
        worlds += situation.worlds
        if worlds >= AVERAGED:
            return


def _rule(
    study: Study, situations: Sequence[GameSituation], decision: Decision, given: Conditions, most: int
) -> DecisionRule:
    situation = situations[0]
    axes = (*decision.parents, decision.name)
    options = len(decision.states)
    alike = study.fillings.bear_on(given)
    mass = np.zeros(tuple(situation.played.diagram.cardinality(name) for name in axes)).reshape(-1, options)
    for one in situations:
        joint = one.joint(axes, given).over(axes)
        found = joint.reshape(-1, joint.shape[-1])
        mass += _summed(one, within_each(found) if alike else found).reshape(-1, options)
    whole = mass.sum()
    allowed = _allowed(situation, decision)
    reached = np.where(allowed.sum(axis=1) > 1, mass.sum(axis=1), 0.0) / (whole if whole > 0 else 1.0)
    order = [int(i) for i in np.argsort(-reached, kind="stable")[:most] if reached[i] > 0]
    rows = tuple(
        _row(situation, decision, at, mass[at], allowed=allowed[at], reached=float(reached[at])) for at in order
    )
    return DecisionRule(
        decision.name,
        decision.player,
        rows,
        choosing=float(reached.sum()),
        shown=sum(row.reached for row in rows),
        sets=int(np.count_nonzero(reached > 0)),
        settled=not given and bool(situation.standing(EVERYTHING)),
        worlds=sum(int(np.count_nonzero(one.played.converged)) for one in situations),
    )


def _row(
    situation: GameSituation, decision: Decision, at: int, mass: Array, *, allowed: Mask, reached: float
) -> RuleRow:
    diagram = situation.played.diagram
    shape = tuple(diagram.cardinality(name) for name in decision.parents)
    states = np.unravel_index(at, shape) if shape else ()
    known = tuple(
        (name, diagram.variable(name).states[int(state)])
        for name, state in zip(decision.parents, states, strict=True)
        if not tells_of_asking(name)
    )
    shares = mass / mass.sum()
    return RuleRow(known, reached, {o: float(shares[i]) for i, o in enumerate(decision.states) if allowed[i]})


def _summed(situation: GameSituation, values: Array) -> Array:
    """Return the sum over the worlds that are solved, as they weigh; a table that does not vary counts for each."""
    solved = situation.played.converged
    wide = np.broadcast_to(values, (*values.shape[:-1], len(solved)))[..., solved]
    return np.asarray((wide if situation.weights is None else wide * situation.weights[solved]).sum(axis=-1))


def _allowed(situation: GameSituation, decision: Decision) -> Mask:
    diagram = situation.played.diagram
    shape = tuple(diagram.cardinality(name) for name in (*decision.parents, decision.name))
    allowed = np.ones(shape, dtype=np.bool_)
    if decision.name in diagram.allowed:
        allowed &= diagram.allowed[decision.name].over((*decision.parents, decision.name))[..., 0] > 0
    return allowed.reshape(-1, shape[-1])
