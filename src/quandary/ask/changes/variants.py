"""A case asked otherwise in the same worlds: channels or stakes switched off, another rule of choice, wider ranges."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np

from quandary.ask.answer import AnswerDraws
from quandary.ask.changes.altering import CONTROL_PRECISION, Alteration, AlteredStudy, Likely, without_arc
from quandary.ask.query.queries import Query
from quandary.ask.study import Study
from quandary.base.arrays import Array, Mask
from quandary.case.logic.channels import without_channels
from quandary.case.model import Case, DecisionEvent
from quandary.compile.compiler import CompiledCase, Model, compile_case
from quandary.compile.validity import Violation, any_world
from quandary.game.diagram import Diagram
from quandary.game.table import Table
from quandary.quantities.design import stretched

WIDER = 1.5
"""How many times as wide ranges are made."""

BEST_REPLY, NO_RATIONALITY = CONTROL_PRECISION, 0.0
"""The logit precision of all but exact choice, which circles of decisions allow too, and of none."""


@dataclass(frozen=True, eq=False)
class StretchedModel(Model):
    """A compiled case each of whose numbers lies so many times as far from its median, in normal scores.

    Of normal, lognormal and logit-normal numbers, as ranges are read, that is a range so many times as wide on their
    own scale. Numbers with ends of their own (uniform, triangular) stay between these, nearer to them.
    """

    factor: float

    def diagram(self, uniforms: Mapping[str, Array], worlds: int | None = None) -> CompiledCase:
        """Return the game in the worlds of ``uniforms``, stretched."""
        return super().diagram(self._stretched(uniforms), worlds)

    def impossible(self, uniforms: Mapping[str, Array]) -> list[Violation]:
        """Return what is impossible in which of these worlds, stretched."""
        return super().impossible(self._stretched(uniforms))

    def _stretched(self, uniforms: Mapping[str, Array]) -> dict[str, Array]:
        return {name: stretched(column, self.factor) for name, column in uniforms.items()}


class VariantStudy(AlteredStudy):
    """A study of another case, of its game altered, or of its ranges stretched, in the worlds of a study.

    Worlds that the change makes impossible are left out of every answer: ``impossible`` (W,). Raises ``CaseError``
    where the case cannot be compiled.
    """

    def __init__(
        self, study: Study, *, case: Case | None = None, alteration: Alteration | None = None, stretch: float = 1.0
    ) -> None:
        super().__init__(study, alteration or _as_it_is)
        self._stretch = stretch
        if case is not None:
            self.case = case
            self._original: Model = compile_case(case)

    @cached_property
    def model(self) -> Model:
        """Return the compiled case, altered or stretched."""
        if self._stretch == 1.0:
            return super().model
        own = {field.name: getattr(self._original, field.name) for field in fields(Model)}
        return StretchedModel(**own, factor=self._stretch)

    @property
    def is_exact(self) -> bool:
        """Return whether everybody all but surely chooses what is best."""
        return isinstance(self._alteration, _Precisely) and self._alteration.precision > 0

    @cached_property
    def impossible(self) -> Mask:
        """Return the worlds in which the changed case says something impossible, ``(W,)``."""
        return any_world(self.model.impossible(self.uniforms.between(0, self.worlds)), self.worlds)

    def draws(self, query: Query) -> tuple[AnswerDraws, Array | None, Mask]:
        """Return a query's draws, its truth and the worlds left out, the impossible ones among them."""
        draws, holds, left_out = super().draws(query)
        if not self.impossible.any():
            return draws, holds, left_out
        made = AnswerDraws(
            np.where(self.impossible, np.nan, draws.values), np.where(self.impossible, 0.0, draws.weights)
        )
        return made, holds, left_out | self.impossible


def without(study: Study, channels: Collection[str]) -> Study:
    """Return the study with these channels switched off; the study itself where there are none."""
    if not channels:
        return study
    switched = without_channels(study.case, channels)
    return VariantStudy(study, case=switched.case, alteration=WithoutArcs(switched.arcs) if switched.arcs else None)


def choosing_by(study: Study, precision: float) -> Study:
    """Return the study in which every actor chooses with this logit precision: ``BEST_REPLY``, ``NO_RATIONALITY``."""
    return VariantStudy(study, alteration=_Precisely(precision))


def choosing_evenly(study: Study) -> Study | None:
    """Return the study with nothing usual at any decision, ``None`` where nothing is."""
    case = study.case
    decisions = [item for item in case.story if isinstance(item, DecisionEvent)]
    if not any(item.usual or item.kinds for item in decisions):
        return None
    story = tuple(replace(i, usual=(), kinds=()) if isinstance(i, DecisionEvent) else i for i in case.story)
    return VariantStudy(study, case=replace(case, story=story))


def with_wider_ranges(study: Study) -> Study:
    """Return the study with every range ``WIDER`` times as wide, on its own scale, about its median."""
    return VariantStudy(study, stretch=WIDER)


def with_clones(study: Study, decision: str, option: str) -> Study:
    """Return the study in which an option's share of what is usual is doubled, wherever it is allowed.

    That is what two clones of it make that nobody can tell apart.
    """
    return VariantStudy(study, alteration=_Doubled(decision, option))


def _as_it_is(diagram: Diagram, _uniforms: Mapping[str, Array]) -> Diagram:
    return diagram


@dataclass(frozen=True)
class _Precisely:
    precision: float

    def __call__(self, diagram: Diagram, _uniforms: Mapping[str, Array]) -> Diagram:
        precision = {
            actor: np.maximum(own, self.precision) if self.precision else np.zeros(1)
            for actor, own in diagram.precision.items()
        }
        return replace(diagram, precision=precision)


@dataclass(frozen=True)
class _Doubled:
    decision: str
    option: str

    def __call__(self, diagram: Diagram, _uniforms: Mapping[str, Array]) -> Diagram:
        options = diagram.variable(self.decision).states
        even = Table((self.decision,), np.ones((len(options), 1)))
        table = diagram.usual.get(self.decision, even)
        twice = np.array([2.0 if option == self.option else 1.0 for option in options])[:, None]
        return replace(diagram, usual={**diagram.usual, self.decision: Table(table.axes, table.values * twice)})


@dataclass(frozen=True, eq=False)
class WithoutArcs:
    """Takes away arcs (parent, child), each child's odds averaged over the parent."""

    arcs: tuple[tuple[str, str], ...]
    likely: Likely = field(default_factory=Likely)

    def __call__(self, diagram: Diagram, uniforms: Mapping[str, Array]) -> Diagram:
        """Return the game without the arcs."""
        made = diagram
        for parent, child in self.arcs:
            likely = self.likely.of(child, diagram, uniforms)
            gone = tuple(name for name in likely.axes if name not in made.variable(child).parents)
            made = without_arc(made, parent, child, _without_axes(likely, gone))
        return made


def _without_axes(table: Table, gone: tuple[str, ...]) -> Table:
    places = tuple(table.axes.index(name) for name in gone)
    rest = tuple(name for name in table.axes if name not in gone)
    return Table(rest, np.asarray(table.values.sum(axis=places))) if gone else table
