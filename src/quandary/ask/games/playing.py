"""Games played: the case's own game and the same game after interventions, each with the rules that hold in
it.

What happens unforeseen (``do``) leaves every rule as it is; only information sets that it newly reaches are solved
(``reached.py``).

What everybody had foreseen (``do_foreseen``) has everybody choose anew, but only what can matter is solved again. A
decision is solved anew when its rule may change (``game.interventions.rules_that_may_change``), or when the
intervention leads it to information sets that the original game never reaches; and only if it bears on what is asked:
as an ancestor of it in the graph, or because such a decision relies on it. What a decision solved anew relies on is
solved with it: the branch followed is that of all of them together, and a rule held at its end would bend it. All other
decisions keep their rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from quandary.ask.games.reached import Possible, Reach, SoughtSets, evenly, opened_anew, possible_in
from quandary.ask.games.worths import of_choosers
from quandary.ask.inquiry import Game
from quandary.base.arrays import Mask
from quandary.engine.inference import Inference
from quandary.engine.playing.diagram_game import DiagramGame
from quandary.game.diagram import Behaviour, Chance, Decision, Diagram
from quandary.game.graphs.graph import closure, graph_of
from quandary.game.graphs.relevance import reliances
from quandary.game.graphs.requisite import prune
from quandary.game.interventions import affected, do, rules_that_may_change
from quandary.game.reduction.constants import constants_of, rule_at_states
from quandary.game.reduction.deferred import Deferred
from quandary.game.table import Table
from quandary.language.names import Settings
from quandary.solve.solver import solve

TREMBLE = 1e-12
"""The chance of what somebody who is held at its rule would never do."""


class GameViews(Protocol):
    """A game as its actors see it, where somebody sees it wrongly (``perceived.py``)."""

    def seen_by(self, actor: str) -> Played:
        """Return the game as an actor sees it, everybody choosing as it takes them to."""

    @property
    def games(self) -> tuple[Played, ...]:
        """Return the games that were played."""

    def in_worlds(self, where: slice) -> GameViews:
        """Return the same in some of the worlds."""

    def planned(self, game: Game) -> Any:  # noqa: ANN401 - what ``after`` takes
        """Return what has to be solved in each view after interventions."""

    def after(self, game: Game, planned: Any) -> Played:  # noqa: ANN401 - what ``perceived.views_planned`` made
        """Return what happens after interventions, by the rules of everybody's view of them."""


@dataclass(frozen=True, eq=False)
class Played:
    """A game and the rules played in it.

    ``opened`` is the game with requisite observations only, ``diagram`` the same with constants settled,
    which is what probabilities are computed in. ``behaviour`` may leave out parents on which a choice does
    not depend. ``in_play`` is 0 at information sets that are never reached. ``converged`` has shape ``(W,)``.
    ``job`` is the number of worlds of the whole job, which these may be a part of. ``views`` are what its actors take
    it to be, where somebody sees it wrongly.
    """

    opened: Diagram
    diagram: Diagram
    behaviour: Behaviour
    in_play: Mapping[str, Table]
    converged: Mask
    job: int | None = None
    views: GameViews | None = None

    @cached_property
    def possible(self) -> Possible:
        """Return what is possible in it."""
        return possible_in(self.opened)

    @cached_property
    def reach(self) -> Reach:
        """Return what some behaviour leads to in it."""
        return Reach(self.opened)

    def in_worlds(self, where: slice) -> Played:
        """Return the same in some of the worlds only."""
        if where.indices(self.diagram.worlds) == (0, self.diagram.worlds, 1):
            return self
        opened = self.opened.in_worlds(where)
        return Played(
            opened,
            opened if self.diagram is self.opened else self.diagram.in_worlds(where),
            Deferred(self.behaviour, lambda name: self.behaviour[name].take_worlds(where)),
            {name: table.take_worlds(where) for name, table in self.in_play.items()},
            self.converged[where],
            self.job,
            None if self.views is None else self.views.in_worlds(where),
        )


def play(diagram: Diagram, job: int | None = None) -> Played:
    """Return the diagram's own game, solved; its worlds may be a part of a ``job`` of more."""
    opened = prune(diagram, constants=False).diagram
    slim = prune(opened).diagram
    solution = solve(of_choosers(slim), job=job)
    return Played(opened, slim, solution.behaviour, solution.in_play, solution.converged, job)


def support_of(diagram: Diagram) -> Played:
    """Return the diagram's own game with no rules in it: enough to plan with."""
    opened = prune(diagram, constants=False).diagram
    slim = prune(opened).diagram
    in_play = DiagramGame(of_choosers(slim)).in_play
    return Played(opened, slim, {}, in_play, np.ones(diagram.worlds, dtype=np.bool_))


def play_after(base: Played, game: Game, again: frozenset[str], sought: SoughtSets) -> Played:
    """Return the game after interventions: those foreseen before rules are chosen, the others afterwards.

    ``again`` names the decisions to solve anew after what was foreseen (``to_solve_again``); where sets that are
    ``sought`` are newly reached, they are solved.
    """
    foreseen, unforeseen = game.foreseen, game.unforeseen
    played = _replayed(base, dict(foreseen), again) if foreseen else base
    return happened(played, unforeseen, sought) if unforeseen else played


def happened(played: Played, unforeseen: Settings, sought: SoughtSets, among: frozenset[str] | None = None) -> Played:
    """Return the game after what nobody foresaw: every rule stays, newly reached sets are solved, ``among`` some."""
    changed = played.reach.after(unforeseen)
    reached = sought.found(changed, played.possible)
    reached = reached if among is None else reached & among
    opened, settled = changed.opened, changed.settled
    if not reached:
        known = constants_of(settled)
        choosing = [decision.name for decision in settled.decisions]
        kept = Deferred(choosing, lambda name: rule_at_states(played.behaviour[name], known))
        return Played(opened, settled, kept, played.in_play, played.converged, played.job)
    anew = opened_anew(changed, played.behaviour, reached)
    solution = solve(of_choosers(anew.diagram), job=played.job)
    return replace(
        played,
        opened=opened,
        diagram=anew.settled,
        behaviour=anew.behaviour(solution.behaviour),
        in_play={**played.in_play, **anew.where},
        converged=played.converged & solution.converged,
    )


def to_solve_again(base: Played, foreseen: Settings, needed: frozenset[str]) -> frozenset[str]:
    """Return the decisions to solve anew after ``do_foreseen`` for questions about ``needed`` variables."""
    names = [name for name, _ in foreseen]
    slim = prune(do(base.opened, dict(foreseen))).diagram
    changing = rules_that_may_change(base.opened, names) | _newly_reached(base, slim, names)
    graph = graph_of(slim)
    relied = reliances(slim)
    wanted = closure(graph.ancestors(needed & set(graph.parents)) & set(relied), relied)
    return frozenset(closure(wanted & changing, relied))


def _newly_reached(base: Played, slim: Diagram, names: list[str]) -> set[str]:
    """Return the decisions that the intervention leads to information sets the original game never reaches."""
    even = {decision.name: evenly(slim, decision) for decision in slim.decisions}
    inference = Inference(of_choosers(slim))
    reached = affected(base.opened, names)
    found = set()
    for decision in slim.decisions:
        original = base.diagram.variable(decision.name)
        opened = base.opened.variable(decision.name)
        settled = set(opened.parents) - set(original.parents)
        before = base.in_play[decision.name]
        if settled & reached:
            found.add(decision.name)
        elif not (before.values > 0).all():
            now = inference.joint(even, before.axes).values > 0
            if (now & ~(before.values > 0)).any():
                found.add(decision.name)
    return found


def _replayed(base: Played, states: dict[str, str], again: frozenset[str]) -> Played:
    opened = do(base.opened, states)
    slim = prune(opened).diagram
    known = constants_of(slim)
    decisions = {decision.name: decision for decision in slim.decisions}
    kept = Deferred(
        decisions, lambda name: _fitted(base.behaviour[name], base.in_play[name], decisions[name], slim, known)
    )
    if not again:
        return Played(opened, slim, kept, base.in_play, base.converged, base.job)
    solution = solve(of_choosers(with_rules(slim, kept, again)), job=base.job)
    behaviour = Deferred(decisions, lambda name: (solution.behaviour if name in again else kept)[name])
    in_play = {**base.in_play, **{name: solution.in_play[name] for name in again}}
    return Played(opened, slim, behaviour, in_play, base.converged & solution.converged, base.job)


def with_rules(diagram: Diagram, rules: Behaviour, free: frozenset[str]) -> Diagram:
    """Return the diagram in which every decision but the ``free`` ones follows its given rule, as chance would.

    What a rule never takes has a chance of ``TREMBLE``, so that the free ones have a rule for where it is taken.
    """
    variables: list[Chance | Decision] = []
    tables = dict(diagram.tables)
    for variable in diagram.variables:
        if isinstance(variable, Decision) and variable.name not in free:
            own = diagram.allowed.get(variable.name)
            tables[variable.name] = trembling(rules[variable.name], own, variable.parents)
            variables.append(Chance(variable.name, variable.states, variable.parents))
        else:
            variables.append(variable)
    return replace(
        diagram,
        variables=tuple(variables),
        tables=tables,
        allowed={name: table for name, table in diagram.allowed.items() if name in free},
        usual={name: table for name, table in diagram.usual.items() if name in free},
        agent_form_only=tuple(name for name in diagram.agent_form_only if name in free),
    )


def trembling(rule: Table, allowed: Table | None, parents: tuple[str, ...] = ()) -> Table:
    """Return a rule in which every option that is open has some chance, ``TREMBLE`` where it is never taken.

    Who sees it taken would else have no rule for that. ``parents`` say in which order it looks at what.
    """
    if (rule.values > 0).all():
        return rule
    looked_at = dict.fromkeys((*(() if allowed is None else allowed.axes[:-1]), *rule.axes[:-1]))
    axes = (*(sorted(looked_at, key=parents.index) if parents else looked_at), rule.axes[-1])
    floor = np.full(1, TREMBLE) if allowed is None else np.where(allowed.over(axes) > 0, TREMBLE, 0.0)
    values = np.maximum(rule.over(axes), floor)
    return Table(axes, values / values.sum(axis=-2, keepdims=True))


def _fitted(rule: Table, in_play: Table, decision: Decision, diagram: Diagram, known: Mapping[str, int]) -> Table:
    """Return a rule over exactly the decision's parents: constants inserted, what no longer matters left out.

    An observation that no longer matters is averaged out over the information sets in play, which agree. The rest is a
    view of the rule.
    """
    axes = (*decision.parents, decision.name)
    at = tuple(known[n] if n in known and n not in axes else slice(None) for n in rule.axes)
    values = rule.values[at]
    names = [n for n in rule.axes if n in axes or n not in known]
    gone = tuple(i for i, n in enumerate(names) if n not in axes)
    if gone:
        reached = (in_play.over(rule.axes[:-1])[..., None, :] > 0)[at]
        weight = np.where(reached.any(axis=gone, keepdims=True), reached, True).astype(np.float64)
        values = (values * weight).sum(axis=gone) / weight.sum(axis=gone)
        names = [n for n in names if n in axes]
    table = Table(tuple(names), values)
    shape = tuple(diagram.cardinality(name) for name in axes)
    return Table(axes, np.broadcast_to(table.over(axes), (*shape, table.worlds)))
