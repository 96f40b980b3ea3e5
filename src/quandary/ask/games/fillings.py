"""What worlds weigh where nobody has put numbers: each filling of what is unknown is conditioned on what is known.

A case with unknown numbers is many cases, one for each filling; none of them is likelier than another, for that they
are drawn flat is a convention. So a world, which is one filling and one draw of the ranges, is conditioned by itself
and counts as every other that allows what was seen: weighed by how probable that is in it, the convention would be
turned into knowledge of the fillings. Where no unknown number bears on what is conditioned on, worlds differ in their
ranges alone there, which the analyst stands by, and weigh by its probability as ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from quandary.base.arrays import Array
from quandary.case.logic.conditions import mentioned
from quandary.compile.amounts import Amount
from quandary.compile.compiler import Model
from quandary.game.diagram import Diagram
from quandary.game.graphs.graph import graph_of
from quandary.game.interventions import rules_that_may_change
from quandary.language.syntax import Expression, names_in


class Fillings:
    """Which variables unknown numbers bear on, in a case's own game with requisite observations (``opened``)."""

    def __init__(self, model: Model, opened: Diagram) -> None:
        self._case = model.case
        self.moved = frozenset(_moved(model, opened)) if model.unknowns else frozenset[str]()

    def bear_on(self, conditions: Iterable[Expression]) -> bool:
        """Return whether how probable the conditions are hangs on a number that nobody has put."""
        return bool(self.moved) and any(self.moved & set(mentioned(self._case, one)) for one in conditions)

    def weights(self, conditions: Iterable[Expression], chances: Array) -> Array:
        """Return what worlds weigh by conditions that have these ``chances`` (W,) in them.

        That is the chances, or 1 in each world that allows the conditions where an unknown number bears on them.
        """
        return np.where(chances > 0, 1.0, 0.0) if self.bear_on(conditions) else chances

    def of_history(self, names: Iterable[str], seen: Iterable[Expression], chances: Array) -> Array:
        """Return what worlds weigh where some variables are in known states and ``seen`` holds, with these chances."""
        alike = bool(self.moved & set(names)) or self.bear_on(seen)
        return np.where(chances > 0, 1.0, 0.0) if alike else chances


def within_each(chances: Array) -> Array:
    """Return the chances ``(things, W)`` of things that exclude each other, given in each world that one of them is."""
    whole = chances.sum(axis=0)
    return np.asarray(np.divide(chances, whole, out=np.zeros_like(chances), where=whole > 0))


def _moved(model: Model, opened: Diagram) -> Iterator[str]:
    """Yield the variables whose distribution hangs on an unknown number: by their odds, or by what somebody chooses."""
    chances, actors = _sources(model)
    deciding = {decision.name for decision in opened.decisions if decision.player in actors}
    sources = (chances & {variable.name for variable in opened.variables}) | deciding
    sources |= rules_that_may_change(opened, sources)
    yield from sources
    yield from graph_of(opened).descendants(sources)


def _sources(model: Model) -> tuple[set[str], set[str]]:
    """Return the chance variables, and the actors of whom something is unknown that bears on what they choose."""
    chances = {plan.event.id for plan in model.chances if _unknown(model, plan.amounts())}
    actors = {actor for actor, amount in model.rationality.items() if amount is not None and _unknown(model, [amount])}
    actors |= {plan.stake.actor for plan in model.worths if _unknown(model, plan.amounts())}
    actors |= {plan.actor for plan in model.weights if _unknown(model, plan.amounts())}
    actors |= {plan.decision.by for plan in model.usual if _unknown(model, plan.amounts())}
    believing = {plan.actor for plan in model.beliefs if _unknown(model, plan.amounts())}
    knowing = {actor for who in believing for actor in model.case.believes[who].known_to}
    return chances, actors | believing | knowing


def _unknown(model: Model, amounts: Iterable[Amount]) -> bool:
    """Return whether one of some numbers is unknown, or names an assumption that is."""
    waiting, seen = list(amounts), set[str]()
    while waiting:
        amount = waiting.pop()
        if amount.estimate is not None:
            return True
        for name in {reference.text for reference in names_in(amount.quantity)} - seen:
            seen.add(name)
            if name in model.assumptions:
                waiting.append(model.assumptions[name])
    return False
