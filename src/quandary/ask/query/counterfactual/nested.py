"""A nested counterfactual: a condition's probability with c at one state and mediators as they would be with c at
another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quandary.ask.games.situation import GameSituation, ratio
from quandary.ask.inquiry import Inquiry
from quandary.ask.query.counterfactual.twin import Twin
from quandary.ask.query.counterfactual.would import mechanisms_of, settings_in
from quandary.base.arrays import Array
from quandary.compile.counting import CountingStep
from quandary.game.graphs.graph import graph_of
from quandary.game.table import Table


def nested(inquiry: Inquiry, situation: GameSituation) -> Array:
    """Return P(target) with the inquiry's ``instead`` set and its ``mediators`` as they would be with ``first`` set."""
    assert inquiry.target is not None
    target = situation.counted(inquiry.target)
    both = _twin(inquiry, situation, target.table, target.steps).probability()
    return ratio(situation.in_worlds(both), situation.chance(inquiry.given))


def unplayed(inquiry: Inquiry, situation: GameSituation) -> tuple[str, ...]:
    """Return the decisions that come to information sets which never arise in the game itself, in any world here.

    A rule says nothing there that anyone had reason to choose.
    """
    found = []
    for decision in situation.played.opened.decisions:
        table = situation.played.in_play.get(decision.name)
        if table is None or decision.name in dict(inquiry.instead):
            continue
        never = Table(table.axes, np.asarray((table.values <= 0).all(axis=-1, keepdims=True), dtype=np.float64))
        if never.values.any() and _twin(inquiry, situation, never).probability().any():
            found.append(decision.name)
    return tuple(found)


def _twin(inquiry: Inquiry, situation: GameSituation, asked: Table, steps: tuple[CountingStep, ...] = ()) -> Twin:
    given = [situation.counted(condition) for condition in inquiry.given]
    model = mechanisms_of(situation.played, (*steps, *(step for one in given for step in one.steps)))
    opened = situation.played.opened
    first = replace(model, settings=settings_in(opened, inquiry.first))
    second = replace(model, settings=settings_in(opened, inquiry.instead))
    changed = frozenset(graph_of(model.diagram(model.names)).descendants(second.settings))
    seen = tuple(one.table for one in given)
    mediators = frozenset(inquiry.mediators) & changed if dict(inquiry.first) != dict(inquiry.instead) else frozenset()
    return Twin(first, second, changed, seen, (asked,), mediators)
