"""``would(x = v | seen ..., do(c = d))``: what would have been, given what was seen.

Abduction, action, prediction (Pearl 2009, *Causality*, section 7.1.3): what was seen, the case's evidence included,
says which chance events and choices lay behind it; then c is set to d and everything below it is played again on the
same noise. Chance tables and decision rules are Gumbel-max mechanisms (Oberst & Sontag 2019). Rules stay those of the
case's own game, for nobody knew of the change when choosing them; with ``replan`` the rules in the second world are
those of the game after ``do``, solved anew, and each choice still draws on its own noise. What an actor is set to
believe is the case of a rule that differs: its own, by what it then believes; with ``replan`` also those of whoever
knows of it.

The noise is an assumption that no data can test; ``lowest`` and ``highest`` do without it (``coupling_bounds.py``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quandary.ask.games.perceived import views_of
from quandary.ask.games.playing import Played, play_after, to_solve_again
from quandary.ask.games.reached import NO_SETS
from quandary.ask.games.situation import GameSituation, ratio
from quandary.ask.inquiry import Inquiry, Interventions
from quandary.ask.query.counterfactual.coupling_bounds import bound
from quandary.ask.query.counterfactual.twin import Mechanisms, Twin, network, pattern
from quandary.base.arrays import Array
from quandary.compile.counting import CountingStep
from quandary.engine.inference import Inference
from quandary.game.arising import set_table
from quandary.game.diagram import Diagram
from quandary.game.graphs.graph import graph_of
from quandary.game.table import Table
from quandary.language.names import Settings


def would(inquiry: Inquiry, situation: GameSituation) -> Array:
    """Return the probability in each world, NaN where what was seen has probability zero. Raises Q542."""
    twin = _twin(inquiry, situation)
    both = situation.in_worlds(twin.probability())
    return ratio(both, situation.chance(situation.given(inquiry)))


def lowest(inquiry: Inquiry, situation: GameSituation) -> Array:
    """Return a lower bound on ``would`` whatever ties the two worlds' outcomes together."""
    part = situation.in_worlds(bound(_twin(inquiry, situation), upper=False))
    return ratio(part, situation.chance(situation.given(inquiry)))


def highest(inquiry: Inquiry, situation: GameSituation) -> Array:
    """Return an upper bound on ``would`` whatever ties the two worlds' outcomes together."""
    known = situation.chance(situation.given(inquiry))
    part = situation.in_worlds(bound(_twin(inquiry, situation), upper=True))
    return ratio(np.minimum(part, known), known)


def unplayed(inquiry: Inquiry, situation: GameSituation) -> tuple[str, ...]:
    """Return the decisions that the change may take to information sets which never arise in the game itself.

    A rule says nothing there that anyone had reason to choose. Read off what is possible at all, in any world here.
    """
    if inquiry.replan:
        return ()
    twin = _twin(inquiry, situation)
    outside = [table for table in twin.seen if not set(table.axes) & twin.changed]
    possible = Inference(network([(name, pattern(twin.second.table(name))) for name in twin.second.names]))
    found = []
    for decision in situation.played.opened.decisions:
        reached = situation.played.in_play.get(decision.name)
        if decision.name in twin.changed and reached is not None and decision.name not in twin.second.settings:
            never = Table(reached.axes, 1.0 - pattern(reached).values)
            if never.values.any() and possible.joint({}, (), (never, *outside)).values.any():
                found.append(decision.name)
    return tuple(found)


def mechanisms_of(played: Played, steps: Sequence[CountingStep] = ()) -> Mechanisms:
    """Return a played game as a causal model: chance tables as they are, decisions following their rules.

    ``steps`` of conditions over many variables stand behind it, each once.
    """
    opened = played.opened
    tables = {}
    for variable in opened.variables:
        rule = played.behaviour.get(variable.name)
        tables[variable.name] = opened.tables[variable.name] if rule is None else rule
    tables |= {step.variable.name: step.table for step in steps}
    variables = dict.fromkeys((*opened.variables, *(step.variable for step in steps)))
    return Mechanisms(tuple(v.name for v in variables), {v.name: len(v.states) for v in variables}, tables)


def settings_in(diagram: Diagram, settings: Settings) -> dict[str, Table]:
    """Return the mechanisms of what is set."""
    return {name: set_table(diagram, name, diagram.variable(name).states.index(state)) for name, state in settings}


def _twin(inquiry: Inquiry, situation: GameSituation) -> Twin:
    assert inquiry.target is not None
    played = situation.played
    target = situation.counted(inquiry.target)
    given = [situation.counted(condition) for condition in situation.given(inquiry)]
    steps = tuple(step for one in (target, *given) for step in one.steps)
    first = mechanisms_of(played, steps)
    settings = settings_in(played.opened, inquiry.instead)
    changed = set(settings)
    tables = first.tables
    if inquiry.solves_anew:
        key = (inquiry.second_game, frozenset(target.variables))
        if key not in situation.second_worlds:
            situation.second_worlds[key] = _replayed(inquiry, situation, target.variables)
        again, replayed = situation.second_worlds[key]
        situation.unsolved[inquiry] = ~replayed.converged
        anew = mechanisms_of(replayed, steps)
        tables = {name: anew.tables[name] if name in again else table for name, table in first.tables.items()}
        changed |= again
    second = Mechanisms(first.names, first.cards, tables, settings)
    children = graph_of(second.diagram(second.names))
    seen = tuple(one.table for one in given)
    return Twin(first, second, frozenset(children.descendants(changed)), seen, (target.table,))


def _replayed(inquiry: Inquiry, situation: GameSituation, wanted: frozenset[str]) -> tuple[frozenset[str], Played]:
    """Return the decisions that are made otherwise in the second world, and the game in which they are.

    Where an actor believes something else its own are, as it takes the game to be; where everybody knows of the change
    all may be, where somebody sees things wrongly each by its owner's view.
    """
    played = situation.played
    if inquiry.replan and played.views is None and not inquiry.beliefs_instead:
        again = to_solve_again(played, inquiry.instead, wanted)
        return again, play_after(played, inquiry.second_game, again, NO_SETS)
    beliefs_alone = Interventions(beliefs_unforeseen=inquiry.beliefs_instead)
    views, game = views_of(played, situation.compiled), inquiry.second_game if inquiry.replan else beliefs_alone
    replayed = views.after(game, views.planned(game))
    actors = {actor for actor, *_ in inquiry.beliefs_instead}
    return frozenset(d.name for d in replayed.opened.decisions if inquiry.replan or d.player in actors), replayed
