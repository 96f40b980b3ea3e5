"""A case's game altered: an arc or an observation cut or added, a variable put under an actor's control.

Each alteration is a function of the causal game and of the draws behind it; an ``AlteredStudy`` answers the case's
questions in the game so altered, in the same worlds as before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from quandary.ask.answer import Remark, named_variables
from quandary.ask.games.perceived import IN_CONTROL
from quandary.ask.games.playing import play
from quandary.ask.query.ordered import DrawnOrder
from quandary.ask.query.queries import Query
from quandary.ask.study import Study
from quandary.base.arrays import Array
from quandary.compile.beliefs import BelievedTables
from quandary.compile.compiler import CompiledCase, Model
from quandary.compile.drawing import WorldDraws
from quandary.engine.inference import Inference
from quandary.game.diagram import Chance, Decision, Diagram
from quandary.game.graphs.requisite import binding
from quandary.game.table import Table

CONTROL_PRECISION = 3.0
"""How surely a controlled variable is set to what is best: an option better by one point, e^3 times as often."""

Alteration = Callable[[Diagram, Mapping[str, Array]], Diagram]
"""From a game and the uniforms of its worlds to the game altered."""


@dataclass(frozen=True, eq=False)
class AlteredModel(Model):
    """A compiled case whose games are altered."""

    alteration: Alteration

    def diagram(self, uniforms: Mapping[str, Array], worlds: int | None = None) -> CompiledCase:
        """Return the altered game in the worlds of ``uniforms``."""
        compiled = super().diagram(uniforms, worlds)
        altered = self.alteration(compiled.diagram, uniforms)
        beliefs = {actor: self._altered(own, compiled.diagram, uniforms) for actor, own in compiled.beliefs.items()}
        return replace(compiled, diagram=altered, beliefs=beliefs)

    def _altered(self, own: BelievedTables, diagram: Diagram, uniforms: Mapping[str, Array]) -> BelievedTables:
        """Return what an actor believes in of the altered game: of what is no chance there any more, nothing."""
        seen = self.alteration(replace(diagram, tables={**diagram.tables, **own.odds}), uniforms)
        return replace(own, odds={name: seen.tables[name] for name in own.odds if name in seen.tables})


class AlteredStudy(Study):
    """A study of the same case in the same worlds, its game altered."""

    def __init__(self, study: Study, alteration: Alteration) -> None:
        super().__init__(
            study.case,
            worlds=study.worlds,
            seed=study.seed,
            as_of=study.as_of,
            use_evidence=bool(study.evidence),
            threads=study.threads,
            near=study.near,
            stop=study.stop,
            anchored=study.anchored,
        )
        self._study = study
        self._original = study.model
        self._alteration = alteration

    @cached_property
    def model(self) -> Model:
        """Return the compiled case, altered."""
        own = {field.name: getattr(self._original, field.name) for field in fields(Model)}
        return AlteredModel(**own, alteration=self._alteration)

    @cached_property
    def uniforms(self) -> WorldDraws:
        """Return the draws of the study that is altered."""
        return self._study.uniforms

    @cached_property
    def order(self) -> DrawnOrder:
        """Return the order of the same draws."""
        return self._study.order if self.model.names == self._study.model.names else super().order

    def need(self, queries: Sequence[Query]) -> None:
        """Solve what the queries need; worlds that do not converge are told by the study that is altered too."""
        super().need(queries)
        self._study.failed_when_altered |= self.found.done & ~self.found.everywhere


def observing(diagram: Diagram, variable: str, decisions: tuple[str, ...]) -> Diagram:
    """Return the game in which the variable is observed at these decisions too."""
    order = [v.name for v in diagram.variables]
    return _with_parents(
        diagram,
        {
            d.name: tuple(sorted({*d.parents, variable}, key=order.index))
            for d in diagram.decisions
            if d.name in decisions
        },
    )


def not_observing(diagram: Diagram, variable: str, decisions: tuple[str, ...]) -> Diagram:
    """Return the game in which the variable is not observed at these decisions."""
    return _with_parents(
        diagram,
        {d.name: tuple(p for p in d.parents if p != variable) for d in diagram.decisions if d.name in decisions},
    )


def from_then_on(diagram: Diagram, decision: str) -> tuple[str, ...]:
    """Return the decision and all later ones of the same player, in order of time."""
    own = diagram.variable(decision)
    assert isinstance(own, Decision)
    names = [d.name for d in diagram.decisions if d.player == own.player]
    return tuple(names[names.index(decision) :])


def under_control(diagram: Diagram, variable: str, player: str) -> Diagram:
    """Return the game in which a chance variable is set by the player, all but without error.

    It is set knowing what the variable depended on and what the player knew before; the player later remembers what
    was set. The one who sets it is a player of its own with the same payoffs, so that its precision can be
    ``CONTROL_PRECISION`` (or exact, where the player is) and the player's other choices are made as before.
    """
    order = [v.name for v in diagram.variables]
    place = order.index(variable)
    chance = diagram.variable(variable)
    own = [d for d in diagram.decisions if d.player == player]
    earlier = {name for d in own if order.index(d.name) < place for name in (d.name, *d.parents)}
    known = {*chance.parents, *earlier}
    setter = player + IN_CONTROL
    made = Decision(variable, chance.states, setter, tuple(sorted(known, key=order.index)))
    altered = replace(
        diagram,
        variables=tuple(made if v.name == variable else v for v in diagram.variables),
        tables={name: table for name, table in diagram.tables.items() if name != variable},
        utilities=diagram.utilities + tuple(replace(u, player=setter) for u in diagram.utilities if u.player == player),
        precision={**diagram.precision, setter: np.maximum(diagram.precision[player], CONTROL_PRECISION)},
    )
    later = {d.name: tuple(sorted({*d.parents, variable}, key=order.index)) for d in own if order.index(d.name) > place}
    return _with_parents(altered, later)


def without_arc(diagram: Diagram, parent: str, child: str, likely: Table) -> Diagram:
    """Return the game in which a chance variable no longer listens to one of its parents.

    Its odds are averaged over that parent. ``likely`` is P(parents of the child), not normalised; where the other
    parents have probability zero, the parent's states weigh alike.
    """
    chance = diagram.variable(child)
    rest = tuple(name for name in chance.parents if name != parent)
    axes = (*rest, parent)
    weights = np.asarray(likely.over(axes))
    total = weights.sum(axis=-2, keepdims=True)
    even = 1.0 / weights.shape[-2]
    shares = np.where(total > 0, weights / np.where(total > 0, total, 1.0), even)
    table = diagram.tables[child].over((*axes, child))
    averaged = Table((*rest, child), np.asarray((shares[..., None, :] * table).sum(axis=len(rest))))
    variables = tuple(replace(v, parents=rest) if v.name == child else v for v in diagram.variables)
    return replace(diagram, variables=variables, tables={**diagram.tables, child: averaged})


class Likely:
    """How likely the parents' states of each chance variable are in the case's own game, solved once a block."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, bytes], dict[str, Table]] = {}

    def of(self, child: str, diagram: Diagram, uniforms: Mapping[str, Array]) -> Table:
        """Return P(parents of the child), ``(*cards, W)``; blocks are told apart by the draws of their numbers."""
        first = next(iter(uniforms.values()), np.zeros(0))
        key = diagram.worlds, np.ascontiguousarray(first).tobytes()
        if key not in self._known:
            played = play(diagram)
            inference = Inference(played.diagram)
            self._known[key] = {
                chance.name: inference.joint(played.behaviour, chance.parents)
                for chance in diagram.chances
                if chance.parents
            }
        return self._known[key][child]


def needed_at(diagram: Diagram, variable: str, decisions: Sequence[str]) -> tuple[str, Remark] | None:
    """Return the first decision whose rules look at an observation, and why it cannot do without it."""
    for name in decisions:
        known = diagram.variable(name)
        if isinstance(known, Decision) and variable in binding(diagram, name):
            barred = name in diagram.allowed and variable in diagram.allowed[name].axes
            what = "what may be chosen at " if barred else "what is usual at "
            return name, Remark((what, named_variables([name]), " depends on it"))
    return None


def _with_parents(diagram: Diagram, parents: Mapping[str, tuple[str, ...]]) -> Diagram:
    variables: list[Chance | Decision] = [
        replace(v, parents=parents[v.name]) if v.name in parents else v for v in diagram.variables
    ]
    return replace(diagram, variables=tuple(variables))
