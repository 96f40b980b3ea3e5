"""Games in which somebody sees things wrongly: all choose by the game as they see it, and what then happens.

A perceiver i plays its part of the principal branch of G_i, the case with i's believed tables put in for everybody. All
others play theirs of the case's own game G: they take i to see rightly. Those to whom a belief is known choose after
that: their sets are solved together in G, the perceivers held as chance at what they play, all others at what they
would play, and the branch starts at uniform play for them alone; one who sees things wrongly itself does so in its own
game. How likely anything is follows from G's tables and from what everybody chooses.

Every intervention is made in each of these games in the same way, and what they come to is put together again. What an
actor is set to believe changes its own game; those who know of it choose anew only where everybody had foreseen it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from quandary.ask.games.playing import (
    GameViews,
    Played,
    happened,
    play,
    play_after,
    support_of,
    to_solve_again,
    trembling,
)
from quandary.ask.games.reached import NO_SETS, Reach, SoughtSets, newly_reached
from quandary.ask.games.worths import of_choosers, with_worths
from quandary.ask.inquiry import Interventions
from quandary.base.arrays import Mask
from quandary.case.logic.beliefs import OWN_GAME, Perceivers, View, perceivers_of
from quandary.case.model import Case
from quandary.compile.beliefs import BelievedTables
from quandary.compile.compiler import CompiledCase
from quandary.game.diagram import Behaviour, Chance, Decision, Diagram
from quandary.game.graphs.requisite import prune
from quandary.game.interventions import do
from quandary.game.reduction.constants import constants_of, rule_at_states, settle_constants
from quandary.game.reduction.deferred import Deferred
from quandary.game.table import Table
from quandary.language.names import BeliefSettings
from quandary.solve.solver import solve

ALIKE = 1e-9
"""Chances of options that differ by less are those of one rule."""


IN_CONTROL = " in control"
"""Added to an actor's name: who sets, in its place, what it is given control of, and sees the game as it does."""


@dataclass(frozen=True, eq=False)
class PlannedView:
    """What has to be solved in a view after interventions, as ``PlannedGame`` says of the case's own game."""

    again: frozenset[str] = frozenset()
    sought: SoughtSets = NO_SETS


PlannedViews = Mapping[View, PlannedView]


def play_case(case: Case, compiled: CompiledCase, job: int | None = None) -> Played:
    """Return a case's own game, solved: each decision by the rule of its owner, who may see things wrongly."""
    if not compiled.beliefs:
        return play(with_worths(compiled), job)
    return _together(PlayedViews(_people(case, compiled), compiled, job), {})


def views_of(base: Played, compiled: CompiledCase) -> GameViews:
    """Return the views of a case's own game, which is played; where nobody sees it wrongly they are all that game."""
    if base.views is not None:
        return base.views
    views = PlayedViews(Perceivers(_owners(compiled)), compiled, base.job)
    views.made[OWN_GAME] = base
    return ViewsOfActors(views, {})


def _people(case: Case, compiled: CompiledCase) -> Perceivers:
    return perceivers_of(case, _owners(compiled))


def _owners(compiled: CompiledCase) -> dict[str, str]:
    """Return by whose view of the game each decision is made."""
    return {decision.name: decision.player.removesuffix(IN_CONTROL) for decision in compiled.diagram.decisions}


def views_planned(case: Case, probe: CompiledCase, game: Interventions) -> PlannedViews:
    """Return what has to be solved in each view after interventions; ``probe`` is the case in a few worlds."""
    if not probe.beliefs and not game.of_beliefs:
        return {}
    return _planned(PlayedViews(_people(case, probe), probe), game)


def _planned(views: PlayedViews, game: Interventions) -> PlannedViews:
    people, probe = views.people, views.compiled
    everyone = [people, *(one.people for one in _changed(views, game)[0])]
    found: dict[View, PlannedView] = {}
    for view in dict.fromkeys(view for some in everyone for view in some.views):
        own = tuple(actor for actor in view[0] if actor in probe.beliefs)
        base = support_of(with_worths(probe, own))
        every = frozenset(variable.name for variable in base.opened.variables)
        again = frozenset[str]()
        if game.foreseen and not view[1]:
            again = to_solve_again(base, game.foreseen, every)
        before = do(base.opened, dict(game.foreseen)) if game.foreseen else base.opened
        reached = newly_reached(Reach(before).after(game.unforeseen), every) if game.unforeseen else frozenset()
        found[view] = PlannedView(again, SoughtSets(every, reached, base.possible))
    return found


class PlayedViews:
    """The views of a game, each played once, when it is first asked for."""

    def __init__(self, people: Perceivers, compiled: CompiledCase, job: int | None = None) -> None:
        self.people = people
        self.compiled = compiled
        self.job = job
        self.made: dict[View, Played] = {}

    def seen_by(self, actor: str) -> Played:
        """Return the game as an actor sees it, everybody choosing as it takes them to."""
        return self.of(self.people.view_of(actor))

    def in_worlds(self, where: slice) -> PlayedViews:
        """Return the same in some of the worlds."""
        found = PlayedViews(self.people, self.compiled.in_worlds(where), self.job)
        found.made = {view: played.in_worlds(where) for view, played in self.made.items()}
        return found

    def of(self, view: View) -> Played:
        """Return one view, played."""
        if view not in self.made:
            self.made[view] = self._play(view)
        return self.made[view]

    def diagram(self, view: View) -> Diagram:
        """Return the game with the tables of a view, and nobody's rule."""
        return with_worths(self.compiled, view[0])

    def sources(self, view: View) -> dict[str, View]:
        """Return by which view each decision is made, as a view has it."""
        return {name: self.people.view_within(view, owner) for name, owner in self.people.owners.items()}

    def after(self, game: Interventions, planned: PlannedViews) -> Played:
        """Return what happens after interventions, by the rules of everybody's view of them."""
        (base, *apart), actors = _changed(self, game)
        after = [_ViewsAfter(views, game, planned) for views in (base, *apart)]
        return _together(after[0], dict(zip(actors, after[1:], strict=True)))

    def with_beliefs(self, beliefs: BeliefSettings) -> PlayedViews:
        """Return the views where some actors are set to believe something; those that this does not touch are kept."""
        if not beliefs:
            return self
        actors = frozenset(actor for actor, *_ in beliefs)
        held = {**self.compiled.beliefs, **{actor: self._believed(actor, beliefs) for actor in actors}}
        people = replace(self.people, seeing=self.people.seeing | actors)
        found = PlayedViews(people, replace(self.compiled, beliefs=held), self.job)
        found.made = {v: played for v, played in self.made.items() if not actors & {*v[0], *v[1]}}
        return found

    def _believed(self, actor: str, beliefs: BeliefSettings) -> BelievedTables:
        """Return what an actor believes in where it is set to; without a variable, nothing else than the case says."""
        own = self.compiled.beliefs.get(actor, BelievedTables())
        for who, name, state, chance in beliefs:
            if who != actor:
                continue
            if not name:
                return BelievedTables()
            states = self.compiled.diagram.variable(name).states
            table = own.odds.get(name, self.compiled.diagram.tables[name])
            own = replace(own, odds={**own.odds, name: _with_chance(table, states.index(state), chance)})
        return own

    def _play(self, view: View) -> Played:
        diagram = self.diagram(view)
        return self.joined(view, diagram) if view[1] else play(diagram, self.job)

    def joined(self, view: View, diagram: Diagram) -> Played:
        """Return a view in which others' beliefs are known: its own sets are solved, all else is held as chance.

        Where those others choose as they would if they saw rightly there is nothing to reply to.
        """
        sources = self.sources(view)
        others = {name: self.of(source) for name, source in sources.items() if source != view}
        unmoved = self.of((view[0], frozenset()))
        alike = _choosing_alike(diagram, {name: played.behaviour for name, played in others.items()}, unmoved)
        if alike.all():
            return unmoved
        held = _held(diagram, {name: played.behaviour for name, played in others.items()})
        opened = prune(held, constants=False).diagram
        slim = prune(opened).diagram
        solution = solve(of_choosers(slim), job=self.job)
        own = Played(opened, slim, solution.behaviour, solution.in_play, solution.converged, self.job)
        if alike.any():
            own = replace(own, behaviour=_mixed(diagram, unmoved.behaviour, own.behaviour, alike))
        return _put_together(diagram, {name: others.get(name, own) for name in sources}, self.job)


class _ViewsForeseen(PlayedViews):
    """The views of a game in which everybody had foreseen an intervention."""

    def __init__(self, base: PlayedViews, game: Interventions, planned: PlannedViews) -> None:
        super().__init__(base.people, base.compiled, base.job)
        self.base, self.foreseen, self.planned = base, game.foreseen, planned

    def _play(self, view: View) -> Played:
        if view[1]:
            return self.joined(view, do(self.diagram(view), dict(self.foreseen)))
        again = self.planned[view].again
        return play_after(self.base.of(view), Interventions(self.foreseen), again, NO_SETS)


class _ViewsAfter(PlayedViews):
    """The views of a game after interventions: those foreseen before rules are chosen, the others afterwards."""

    def __init__(self, base: PlayedViews, game: Interventions, planned: PlannedViews) -> None:
        super().__init__(base.people, base.compiled, base.job)
        self.first = _ViewsForeseen(base, game, planned) if game.foreseen else base
        self.game, self.planned = game, planned

    def diagram(self, view: View) -> Diagram:
        """Return the game after the interventions with the tables of a view, and nobody's rule."""
        return do(super().diagram(view), dict(self.game.settings)) if self.game.settings else super().diagram(view)

    def _play(self, view: View) -> Played:
        first, unforeseen = self.first.of(view), self.game.unforeseen
        if not unforeseen:
            return first
        sought = self.planned[view].sought
        if not view[1]:
            return happened(first, unforeseen, sought)
        sources = self.sources(view)
        free = frozenset(name for name, source in sources.items() if source == view)
        after = {name: self.of(source).behaviour for name, source in sources.items() if source != view}
        simple = (view[0], frozenset[str]())
        if first is self.first.of(simple):
            unmoved = self.of(simple)
            if _choosing_alike(unmoved.diagram, after, unmoved).all():
                return unmoved
        rules = Deferred(first.behaviour, lambda name: after.get(name, first.behaviour)[name])
        return happened(replace(first, behaviour=rules), unforeseen, sought, among=free)


def _changed(views: PlayedViews, game: Interventions) -> tuple[list[PlayedViews], tuple[str, ...]]:
    """Return the views by which all choose after what is set of beliefs, then those of each actor that is set alone.

    An actor whose belief is set without anybody having foreseen it chooses by what it now believes; nobody else knows.
    """
    base = views.with_beliefs(game.beliefs_foreseen)
    own: dict[str, BeliefSettings] = {}
    for setting in game.beliefs_unforeseen:
        own[setting[0]] = (*own.get(setting[0], ()), setting)
    return [base, *(base.with_beliefs(settings) for settings in own.values())], tuple(own)


def _together(views: PlayedViews, apart: Mapping[str, PlayedViews]) -> Played:
    """Return what happens: each decision by the rule of its owner's view; some actors have views ``apart``."""
    sources = {name: apart.get(owner, views).seen_by(owner) for name, owner in views.people.owners.items()}
    found = _put_together(views.diagram(OWN_GAME), sources, views.job)
    return replace(found, views=ViewsOfActors(views, apart))


@dataclass(frozen=True, eq=False)
class ViewsOfActors:
    """By which view each actor chooses: those that all share, and those of actors whose belief was set alone."""

    shared: PlayedViews
    apart: Mapping[str, PlayedViews]

    def seen_by(self, actor: str) -> Played:
        """Return the game as an actor sees it, everybody choosing as it takes them to."""
        return self.apart.get(actor, self.shared).seen_by(actor)

    def in_worlds(self, where: slice) -> ViewsOfActors:
        """Return the same in some of the worlds."""
        apart = {actor: views.in_worlds(where) for actor, views in self.apart.items()}
        return ViewsOfActors(self.shared.in_worlds(where), apart)

    @property
    def games(self) -> tuple[Played, ...]:
        """Return the games that were played."""
        return tuple(played for views in (self.shared, *self.apart.values()) for played in views.made.values())

    def planned(self, game: Interventions) -> PlannedViews:
        """Return what has to be solved in each view after interventions."""
        return _planned(self.shared, game)

    def after(self, game: Interventions, planned: PlannedViews) -> Played:
        """Return what happens after interventions, by the rules of everybody's view of them."""
        return self.shared.after(game, planned)


def _with_chance(table: Table, state: int, chance: float) -> Table:
    """Return odds in which a state has a chance everywhere; the others share the rest as they did."""
    values = table.values.copy()
    left = 1.0 - values[..., state, :]
    others = np.delete(values, state, axis=-2)
    even = np.full(others.shape, 1.0 / others.shape[-2])
    shares = np.where(left[..., None, :] > 0, others / np.where(left > 0, left, 1.0)[..., None, :], even)
    return Table(table.axes, np.insert((1.0 - chance) * shares, state, chance, axis=-2))


def _held(diagram: Diagram, rules: Mapping[str, Behaviour]) -> Diagram:
    """Return a game in which some decisions follow rules, as chance would, by what the rules look at alone."""
    variables: list[Chance | Decision] = []
    tables = dict(diagram.tables)
    for variable in diagram.variables:
        if isinstance(variable, Decision) and variable.name in rules:
            rule = trembling(rules[variable.name][variable.name], diagram.allowed.get(variable.name))
            tables[variable.name] = rule
            variables.append(Chance(variable.name, variable.states, rule.axes[:-1]))
        else:
            variables.append(variable)
    return replace(
        diagram,
        variables=tuple(variables),
        tables=tables,
        allowed={name: table for name, table in diagram.allowed.items() if name not in rules},
        usual={name: table for name, table in diagram.usual.items() if name not in rules},
        agent_form_only=tuple(name for name in diagram.agent_form_only if name not in rules),
    )


def _choosing_alike(diagram: Diagram, rules: Mapping[str, Behaviour], unmoved: Played) -> Mask:
    """Return the worlds, ``(W,)``, in which decisions are made by these rules as by those of a game."""
    alike = np.ones(diagram.worlds, dtype=np.bool_)
    for name in (decision.name for decision in diagram.decisions if decision.name in rules):
        one, other = rules[name][name], unmoved.behaviour[name]
        axes = (*dict.fromkeys((*one.axes[:-1], *other.axes[:-1])), name)
        apart = np.abs(one.over(axes) - other.over(axes))
        alike &= apart.reshape(-1, apart.shape[-1]).max(axis=0) < ALIKE
    return alike


def _mixed(diagram: Diagram, first: Behaviour, second: Behaviour, where: Mask) -> Behaviour:
    """Return rules that are the ``first`` in some worlds, the ``second`` in all others."""

    def of(name: str) -> Table:
        one, other = first[name], second[name]
        axes = (*dict.fromkeys((*one.axes[:-1], *other.axes[:-1])), name)
        return Table(axes, np.where(where, one.over(axes), other.over(axes)))

    return Deferred([decision.name for decision in diagram.decisions], of)


def _put_together(diagram: Diagram, sources: Mapping[str, Played], job: int | None) -> Played:
    """Return a game in which each decision, by name, is made by the rule of one that was played."""
    variables: list[Chance | Decision] = []
    decisions = [decision.name for decision in diagram.decisions]
    for variable in diagram.variables:
        if isinstance(variable, Decision):
            parents = sources[variable.name].opened.variable(variable.name).parents
            variables.append(replace(variable, parents=parents))
        else:
            variables.append(variable)
    opened = replace(diagram, variables=tuple(variables))
    settled = settle_constants(opened)
    known = constants_of(settled)
    behaviour = Deferred(decisions, lambda name: rule_at_states(sources[name].behaviour[name], known))
    in_play = {name: sources[name].in_play[name] for name in decisions}
    return Played(opened, settled, behaviour, in_play, _all(sources[name].converged for name in decisions), job)


def _all(converged: Iterable[Mask]) -> Mask:
    return np.asarray(np.logical_and.reduce(list(converged)))
