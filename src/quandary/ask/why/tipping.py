"""Which single number, and at which value, would make a decision's second option as good as its best.

Candidates are read off the worlds already drawn: the lead is fitted by least squares as a sum of one curve for each
number, a parabola in the number's normal score (on a range's own scale: the logarithm of a factor, log-odds of a
probability, points as they are). That holds every other number where it is, as the others' curves take up what they do.
Where a curve takes the lead to nothing inside 99 % of the analyst's range, the number is tried: the case is solved anew
with it at that value in every world, and the value is moved along the secant. What does not take the lead away when
solved is not told. So each value told is a solution in drawn worlds, and none rests on the fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.games.situation import ratio
from quandary.ask.study import Study
from quandary.ask.turning.swings import noise
from quandary.ask.why.choice_look import ChoiceLook, surveyed
from quandary.base.arrays import Array
from quandary.base.problems import CaseError, Refusal
from quandary.base.stopping import STOPS, heed
from quandary.compile.compiler import CompiledCase, Model
from quandary.compile.numbers import UncertainNumber
from quandary.compile.validity import Violation
from quandary.quantities.estimate import standard_scores, uniforms_of
from quandary.quantities.summary import weighted_mean

LeadAt = Callable[[float], float | None]
"""The lead with a number at a standard score in every world, ``None`` where the case then says the impossible."""

FITTED = 40
"""Numbers at most whose curves are fitted, those that go most with the lead."""

EACH = 25
"""Effective worlds at least for each number that is fitted."""

FARTHEST = 2.5758
"""How far from its middle a number may have to go, in standard scores: 99 % of the analyst's range lies inside."""

TRIED = 5
"""How many numbers are tried, those that need to go least far."""

TRIED_WORLDS = 1_000
"""Worlds at most in which they are."""

MOVES = 3
"""How often a value is moved along the secant at most."""

LEFT = 0.02
"""The share of the lead that may be left when a value counts as taking it away."""


@dataclass(frozen=True, eq=False)
class NumberChange:
    """One number that alone would make the second option as good as the best.

    ``stands`` is its middle value as the evidence leaves it, ``needed`` that at which the two are worth the same:
    ``above`` or below it the second is better. ``beyond`` is how likely the analyst's own range makes that; ``low`` and
    ``high`` are the ends of that range (90 %). ``lead`` is what is left of the lead at ``needed``; ``worlds`` says in
    how many worlds the case was solved anew to find it.
    """

    number: UncertainNumber
    stands: float
    needed: float
    above: bool
    beyond: float
    low: float
    high: float
    lead: float
    worlds: int


@dataclass(frozen=True, eq=False)
class SettledModel(Model):
    """A compiled case in which one number has the same value in every world: that of its uniform."""

    settled: tuple[str, float]

    def diagram(self, uniforms: Mapping[str, Array], worlds: int | None = None) -> CompiledCase:
        """Return the game in the worlds of ``uniforms``, but for the one number."""
        return super().diagram(self._set(uniforms), worlds)

    def impossible(self, uniforms: Mapping[str, Array]) -> list[Violation]:
        """Return what is impossible in which of these worlds."""
        return super().impossible(self._set(uniforms))

    def _set(self, uniforms: Mapping[str, Array]) -> dict[str, Array]:
        name, uniform = self.settled
        return {**uniforms, name: np.full(1, uniform)}


class SettledStudy(Study):
    """A study of the same case in the first of its worlds, one number set in all of them."""

    def __init__(self, study: Study, number: UncertainNumber, uniform: float, worlds: int) -> None:
        super().__init__(
            study.case,
            worlds=worlds,
            seed=study.seed,
            as_of=study.as_of,
            use_evidence=bool(study.evidence),
            threads=study.threads,
            near=study.near,
            stop=study.stop,
            anchored=study.anchored,
        )
        self._original = study.model
        self._settled = number.name, uniform

    @cached_property
    def model(self) -> Model:
        """Return the compiled case with the number set."""
        own = {field.name: getattr(self._original, field.name) for field in fields(Model)}
        return SettledModel(**own, settled=self._settled)


@dataclass(frozen=True, eq=False)
class LeadAnew:
    """The lead of a menu's best over its second (a ``pair``, by number), solved anew with one number set.

    ``level`` is what the lead in all worlds has above that in the first ``worlds``, in which it is solved.
    """

    study: Study
    look: ChoiceLook
    menu: int
    pair: tuple[int, int]
    level: float
    worlds: int

    def __call__(self, number: UncertainNumber, score: float) -> float | None:
        """Return the lead with the number at a standard score in every world; ``None`` where that is impossible."""
        heed(self.study.stop)
        settled = SettledStudy(self.study, number, float(uniforms_of(score)), self.worlds)
        try:
            anew = surveyed(settled, self.look)
        except (CaseError, Refusal):
            return None
        best, second = self.pair
        totals = ratio(anew.worths[self.menu], anew.likely[self.menu]).sum(axis=1)
        return self.level + _mean_lead(totals[best] - totals[second], anew.likely[self.menu])


def turning_numbers(
    study: Study, look: ChoiceLook, menu: int, pair: tuple[int, int], lead: Answer
) -> tuple[NumberChange, ...]:
    """Return the single numbers that would make the second option of a menu as good as its best, the likeliest first.

    ``pair`` are the best and the second, by number; ``lead`` is the one less the other. An interruption leaves those
    found by then.
    """
    assert lead.mean is not None
    worlds = min(study.worlds, TRIED_WORLDS)
    level = lead.mean - _mean_lead(lead.draws[:worlds], lead.weights[:worlds])
    lead_at = LeadAnew(study, replace(look, by_line=False, by_pair=False), menu, pair, level, worlds)
    found = []
    try:
        for number, score in _candidates(study, lead)[:TRIED]:
            middle = _middle(study, number, lead)
            solved = _solved(partial(lead_at, number), middle, lead.mean, score)
            if solved is not None:
                found.append(_change(number, middle, *solved, worlds))
    except STOPS:
        study.search_interrupted = True
    return tuple(sorted(found, key=lambda one: (-one.beyond, one.number.name)))


def _solved(lead_at: LeadAt, start: float, lead: float, score: float) -> tuple[float, float] | None:
    """Return the score that takes the lead away and what is left of it there; ``None`` where none is found."""
    before, at_before = start, lead
    for _ in range(MOVES):
        there = lead_at(score)
        if there is None:
            return None
        if abs(there) <= LEFT * lead:
            return score, there
        if there == at_before:
            return None
        after = score - there * (score - before) / (there - at_before)
        before, at_before, score = score, there, after
        if not abs(score) <= FARTHEST or (score - start) * (before - start) < 0:
            return None
    return None


def _change(number: UncertainNumber, start: float, score: float, left: float, worlds: int) -> NumberChange:
    above = score > start
    ends = np.array([0.05, 0.95, uniforms_of(start), uniforms_of(score)])
    low, high, stands, needed = (float(value) for value in number.estimate.quantile(ends))
    beyond = float(uniforms_of(-score if above else score))
    return NumberChange(number, stands, needed, needed > stands, beyond, low, high, left, worlds)


def _candidates(study: Study, lead: Answer) -> list[tuple[UncertainNumber, float]]:
    """Return the numbers whose own curve takes the lead to nothing, with the score where it does, the nearest first."""
    numbers = {number.name: number for number in study.model.quantities}
    ranked = study.ranked.correlations(lead.draws, lead.weights)
    limit = noise(lead)
    most = min(FITTED, int(lead.effective_worlds / EACH))
    names = sorted((n for n in ranked if abs(ranked[n]) > limit), key=lambda n: (-abs(ranked[n]), n))[:most]
    kept = ~np.isnan(lead.draws) & (lead.weights > 0)
    if not names:
        return []
    mass = lead.weights[kept] / lead.weights[kept].sum()
    scores = np.stack([standard_scores(study.uniforms[name][kept]) for name in names])
    centres = scores @ mass
    squares = (scores - centres[:, None]) ** 2
    middles = squares @ mass
    columns = np.concatenate([np.ones((1, len(mass))), scores - centres[:, None], squares - middles[:, None]])
    fitted = np.linalg.lstsq((columns * np.sqrt(mass)).T, lead.draws[kept] * np.sqrt(mass), rcond=None)[0]
    slopes, bends = fitted[1 : 1 + len(names)], fitted[1 + len(names) :]
    found = []
    for row, name in enumerate(names):
        roots = np.roots([bends[row], slopes[row], fitted[0] - bends[row] * middles[row]])
        real = [float(root.real) + centres[row] for root in roots if abs(root.imag) < 1e-12]
        near = min(
            (root for root in real if abs(root) <= FARTHEST), key=lambda root: abs(root - centres[row]), default=None
        )
        if near is not None:
            found.append((numbers[name], float(near), abs(float(near) - float(centres[row]))))
    found.sort(key=lambda one: (one[2], one[0].name))
    return [(number, score) for number, score, _ in found]


def _middle(study: Study, number: UncertainNumber, lead: Answer) -> float:
    """Return the mean score of a number, as the evidence leaves it."""
    mean = weighted_mean(standard_scores(study.uniforms[number.name]), lead.weights)
    assert mean is not None
    return mean


def _mean_lead(draws: Array, weights: Array) -> float:
    return weighted_mean(draws, weights) or 0.0
