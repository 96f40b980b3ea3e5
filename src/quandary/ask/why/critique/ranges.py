"""Ranges that never matter: what they carry of any doubt is told, and that fixing all of them changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial

import numpy as np

from quandary.ask.changes.apart import found_apart
from quandary.ask.changes.variants import VariantStudy
from quandary.ask.query.queries import Query
from quandary.ask.study import Study
from quandary.ask.why.critique.items import CriticItem, Grade, IdleRanges
from quandary.base.arrays import Array
from quandary.base.problems import CaseError, Refusal
from quandary.base.stopping import Stopped
from quandary.compile.compiler import CompiledCase, Model
from quandary.compile.validity import Violation
from quandary.language.heads import Unit
from quandary.language.units import query_unit
from quandary.quantities.influence import Columns, Sample, first_order
from quandary.quantities.summary import weighted_mean

THRESHOLD = 0.01
"""A range that carries less than this of every doubt, one by one, matters to none."""

FEWEST = 400
"""Effective worlds below which shares of doubt are not told."""

UNMOVED, UNMOVED_END, UNMOVED_SHARE = 0.01, 0.03, 0.05
"""How far the headline, the ends of its interval, and a reading's share of worlds may move with all of them fixed."""

LEAST_SPREAD = 1e-9
"""An answer that spreads less than this over worlds has no doubt to carry."""

RARELY = 0.01
"""Nor has a truth that comes out otherwise in less than this of the worlds."""

ROUNDS = 3
"""How often the number of ranges is halved until fixing them changes nothing."""

FIXED_WORLDS = 500
"""Worlds in which the case is solved with ranges at their medians, and without, the same in both."""


@dataclass(frozen=True, eq=False)
class FixedModel(Model):
    """A compiled case some of whose numbers are at their medians in every world."""

    fixed: frozenset[str]

    def diagram(self, uniforms: Mapping[str, Array], worlds: int | None = None) -> CompiledCase:
        """Return the game in the worlds of ``uniforms``, but for the fixed numbers."""
        return super().diagram(self._set(uniforms), worlds)

    def impossible(self, uniforms: Mapping[str, Array]) -> list[Violation]:
        """Return what is impossible in which of these worlds."""
        return super().impossible(self._set(uniforms))

    def _set(self, uniforms: Mapping[str, Array]) -> dict[str, Array]:
        return {**uniforms, **{name: np.full(1, 0.5) for name in self.fixed}}


class FixedStudy(VariantStudy):
    """A study of the same case in the same worlds, some of its numbers at their medians."""

    def __init__(self, study: Study, fixed: frozenset[str]) -> None:
        super().__init__(study)
        self._fixed = fixed

    @cached_property
    def model(self) -> Model:
        """Return the compiled case with these numbers fixed."""
        own = {field.name: getattr(self._original, field.name) for field in fields(Model)}
        return FixedModel(**own, fixed=self._fixed)


def idle_ranges(study: Study, few: Study, headline: Query | None, readings: Sequence[Query]) -> Iterator[CriticItem]:
    """Yield the ranges that carry hardly any of the doubt in the headline and in every reading of a claim.

    First-order shares say what each carries alone. So all of them are fixed at once, in ``few`` worlds: where that
    moves an answer, the half that carries least is looked at.
    """
    if headline is None or query_unit(headline.expression) is Unit.NUMBER:
        return  # a plain number has no scale on which hardly any move could be told
    queries = [headline, *readings]
    worst = _largest_shares(study, queries)
    if worst is None:
        return
    few = few if few.worlds <= FIXED_WORLDS else few.with_worlds(FIXED_WORLDS)
    idle = sorted((name for name, share in worst.items() if share < THRESHOLD), key=lambda name: (worst[name], name))
    numbers = {number.name: number for number in study.model.quantities}
    asked = [headline, *(query for query in readings if few.refusal(query) is None)]
    before: _ComparedAnswers | None = None
    for turn in range(ROUNDS):
        if not idle:
            return
        fixed = [*([frozenset[str]()] if turn == 0 else []), frozenset(idle)]
        told = list(found_apart(few, len(fixed), partial(_told_with, few, fixed, asked)))
        if len(told) < len(fixed):
            raise Stopped
        before, after = told[0] if turn == 0 else before, told[-1]
        found = None if before is None or after is None else _unmoved(headline, before, after)
        if found is not None:
            kept = tuple(number for name, number in numbers.items() if name in idle)
            yield CriticItem(Grade.NOTE, replace(found, numbers=kept, total=len(numbers)))
            return
        idle = idle[: len(idle) // 2]


def _largest_shares(study: Study, queries: Sequence[Query]) -> dict[str, float] | None:
    """Return the largest share of an answer's doubt that each number carries; ``None`` if too few worlds count."""
    worst = dict.fromkeys(study.model.names, 0.0)
    for number, query in enumerate(queries):
        draws, holds, _ = study.draws(query)
        values = draws.values if holds is None else holds
        kept = ~np.isnan(values) & (draws.weights > 0)
        sample = Sample(values[kept], draws.weights[kept], study.design.group()[kept])
        if not kept.any() or sample.effective < FEWEST:
            if number == 0:
                return None
            continue
        if _is_settled(sample, is_truth=holds is not None):
            continue
        for name, index in first_order(Columns(study.uniforms, kept), sample).items():
            worst[name] = max(worst[name], index.value)
    return worst


def _is_settled(sample: Sample, *, is_truth: bool) -> bool:
    """Return whether an answer has no doubt that a number could carry."""
    if not is_truth:
        return bool(np.ptp(sample.values) <= LEAST_SPREAD)
    share = float(np.average(sample.values, weights=sample.weights))
    return min(share, 1.0 - share) < RARELY


@dataclass(frozen=True)
class _ComparedAnswers:
    """What is compared: the headline with the ends of its interval, and each reading's share of worlds."""

    ends: tuple[float, float, float]
    shares: tuple[float, ...]


def _told_with(
    few: Study, fixed: Sequence[frozenset[str]], asked: Sequence[Query], turn: int
) -> _ComparedAnswers | None:
    """Return the headline, asked first, and readings with some numbers fixed; ``None`` where they have none."""
    study = FixedStudy(few, fixed[turn]) if fixed[turn] else few
    try:
        study.need(asked)
        headline = study.answer(asked[0])
    except (CaseError, Refusal):
        return None
    mean, low, high = headline.mean, headline.low, headline.high
    if mean is None or low is None or high is None:
        return None
    return _ComparedAnswers((mean, low, high), tuple(_share(study, query) for query in asked[1:]))


def _unmoved(headline: Query, before: _ComparedAnswers, after: _ComparedAnswers) -> IdleRanges | None:
    """Return what fixing numbers does, ``None`` where it moves an answer."""
    (mean, low, high), (now, low_now, high_now) = before.ends, after.ends
    scale = 100.0 if query_unit(headline.expression) is Unit.POINTS else 1.0
    if abs(now - mean) > scale * UNMOVED or max(abs(low_now - low), abs(high_now - high)) > scale * UNMOVED_END:
        return None
    most = max((abs(one - other) for one, other in zip(before.shares, after.shares, strict=True)), default=0.0)
    return None if most > UNMOVED_SHARE else IdleRanges((), 0, THRESHOLD, before.ends, after.ends, most)


def _share(study: Study, query: Query) -> float:
    draws, holds, _ = study.draws(query)
    return weighted_mean(draws.values if holds is None else holds, draws.weights) or 0.0
