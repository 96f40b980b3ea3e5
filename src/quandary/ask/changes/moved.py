"""A study of a case of which something was moved, in the same worlds: what it shares with the one before is kept.

Draws hang on seed, name and block alone, so that numbers of the same names have the same draws. Which games a set of
questions needs, and what is solved in them, hangs on the graph and on what is impossible, not on how likely the rest
is: after other ranges it is planned once more only where the tables of a few worlds have another pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from quandary.ask.games.gathered import GatheredAnswers
from quandary.ask.games.planned import PlannedGame
from quandary.ask.inquiry import Inquiry
from quandary.ask.study import Study
from quandary.compile.compiler import CompiledCase
from quandary.compile.drawing import WorldDraws
from quandary.game.table import Table

Plan = Callable[[tuple[Inquiry, ...]], tuple[PlannedGame, ...]]

MOST_PLANS = 8
"""Sets of questions of which the plans are kept."""


@dataclass(eq=False)
class KeptStructure:
    """What studies of one case with other ranges share: draws of all worlds, and plans by the questions asked."""

    draws: WorldDraws | None = None
    pattern: Hashable = None
    plans: dict[tuple[Inquiry, ...], tuple[PlannedGame, ...]] = field(default_factory=dict)

    def planned(self, probe: CompiledCase, asked: tuple[Inquiry, ...], plan: Plan) -> tuple[PlannedGame, ...]:
        """Return the games that inquiries need: as planned before for a few worlds of the same pattern, or now."""
        pattern = pattern_of(probe)
        if pattern != self.pattern:
            self.pattern = pattern
            self.plans = {}
        if asked not in self.plans:
            while len(self.plans) >= MOST_PLANS:
                del self.plans[next(iter(self.plans))]
            self.plans[asked] = plan(asked)
        return self.plans[asked]

    def drawn(self) -> KeptStructure:
        """Return the draws alone: what a case of another structure has in common with this one."""
        return KeptStructure(self.draws)


class MovedStudy(Study):
    """A study that takes from ``kept`` what is the same, and leaves there what the next one can take."""

    kept: KeptStructure = KeptStructure()

    @property
    def early(self) -> WorldDraws | None:
        """Return the draws before what is impossible is looked for, where there are such."""
        return (
            None
            if self.kept.draws is None
            else self.kept.draws.again(self.design, self.model.names, self.model.correlations)
        )

    @cached_property
    def uniforms(self) -> WorldDraws:
        """Return every quantity's uniform in every world, by name."""
        self.kept.draws = found = self.model.draw(self.design, self.kept.draws)
        return found

    def games(self, inquiries: Sequence[Inquiry]) -> tuple[PlannedGame, ...]:
        """Return the games that inquiries need, planned now or for the ranges before."""
        return self.kept.planned(self.probe, tuple(inquiries), super().games)

    def so_far(self, worlds: int) -> FirstWorlds | None:
        """Return the first worlds with what a pass that is under way found in them; ``None`` where not all are done."""
        partial = self._gathering.partial
        if partial is None or not partial.done[:worlds].all():
            return None
        return FirstWorlds(self, worlds, _first(partial, worlds))


class FirstWorlds(Study):
    """The first worlds of a study, each as it is there, for an answer at once; they are solved by themselves.

    Where what is impossible has not been looked for in all worlds yet, ``draws`` are those of the numbers.
    """

    def __init__(
        self, whole: MovedStudy, worlds: int, found: GatheredAnswers | None = None, draws: WorldDraws | None = None
    ) -> None:
        super().__init__(
            whole.case,
            worlds=min(worlds, whole.worlds),
            seed=whole.seed,
            as_of=whole.as_of,
            use_evidence=whole.use_evidence,
            threads=1,
            near=whole.near,
        )
        self._whole = whole
        self._draws = draws
        self._found = found
        self.model = whole.model

    @cached_property
    def uniforms(self) -> WorldDraws:
        """Return the draws of the study, of its first worlds."""
        return (self._whole.uniforms if self._draws is None else self._draws).first(self.worlds)

    def games(self, inquiries: Sequence[Inquiry]) -> tuple[PlannedGame, ...]:
        """Return the games that inquiries need, as the study plans them."""
        return self._whole.kept.planned(self.probe, tuple(inquiries), super().games)


def pattern_of(probe: CompiledCase) -> Hashable:
    """Return what plans hang on of the tables in a few worlds: over what they are, and where they are zero."""
    diagram = probe.diagram
    precision = tuple((name, bytes(np.isinf(value)), bytes(value == 0)) for name, value in diagram.precision.items())
    utilities = tuple((u.name, u.player, *_pattern(u.table)) for u in diagram.utilities)
    believed = tuple((actor, _patterns(own.odds), _patterns(own.worths)) for actor, own in probe.beliefs.items())
    tables = (_patterns(diagram.tables), _patterns(diagram.allowed), _patterns(diagram.usual))
    stakes = _patterns(probe.worths), _patterns(probe.weights)
    return diagram.variables, diagram.agent_form_only, tables, utilities, stakes, precision, believed


def _patterns(tables: Mapping[str, Table] | Mapping[tuple[str, str], Table]) -> Hashable:
    return tuple((name, *_pattern(table)) for name, table in tables.items())


def _pattern(table: Table) -> tuple[Hashable, ...]:
    return table.axes, table.values.shape, np.packbits(table.values != 0).tobytes()


def _first(found: GatheredAnswers, worlds: int) -> GatheredAnswers:
    """Return what was found in the first worlds."""
    known = {conditions: chance[:worlds] for conditions, chance in found.known.items()}
    return GatheredAnswers(
        worlds,
        found.evidence[:worlds],
        found.done[:worlds],
        known,
        {inquiry: values[:worlds] for inquiry, values in found.values.items()},
        {inquiry: chance[:worlds] for inquiry, chance in found.within.items()},
        {game: mask[:worlds] for game, mask in found.converged.items()},
        {inquiry: mask[:worlds] for inquiry, mask in found.solved.items()},
    )
