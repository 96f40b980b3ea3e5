"""The questions that are worth most to ask of an analyst next, of a case that stands in many worlds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from quandary.ask.claims.headline import headline_query
from quandary.ask.claims.judging import accepted
from quandary.ask.query.combining import is_truth
from quandary.ask.query.queries import Query, prepare, until
from quandary.ask.study import Study
from quandary.ask.turning.eliciting.candidates import Aspect, Candidate, candidates
from quandary.ask.turning.eliciting.forms import AnswerUnit
from quandary.ask.turning.eliciting.settling import RankedQuestion, Targets, ranked, settling
from quandary.ask.turning.flips import level_of
from quandary.base.arrays import Array
from quandary.case.text import CaseText
from quandary.quantities.estimate import Scale

SHUFFLING = 0x656C
"""Goes with a study's seed, so that worlds are shuffled by numbers of their own."""


@dataclass(frozen=True, eq=False)
class Target:
    """What questions are to settle: a claim's reading, or the headline (``claim`` is then ``None``)."""

    claim: str | None
    reading: str
    query: Query


@dataclass(frozen=True, eq=False)
class TargetState:
    """How a target stands: the weighted share of worlds in which it is true, ``None`` where none has an answer."""

    target: Target
    share: float | None


@dataclass(frozen=True, eq=False)
class ElicitedQuestion:
    """One question to ask: a candidate, with its ``partner`` where the two are asked as a pair.

    ``bits`` is what its answer tells of the headline and the claims; 0 where that is no more than chance gives.
    """

    candidate: Candidate
    partner: Candidate | None
    bits: float

    @property
    def asked(self) -> tuple[Candidate, ...]:
        """Return what is asked: one number, or the two of a pair."""
        return (self.candidate,) if self.partner is None else (self.candidate, self.partner)


@dataclass(frozen=True, eq=False)
class NextQuestions:
    """What to ask next, the question worth most first: those that tell more than chance, then the ``others``.

    Directions come before sizes. ``targets`` is how the headline and the claims stand now, ``counted`` how many of them
    count after those that agree are one, ``open_bits`` how much of these is open: the sum of their entropies.
    ``has_unknowns``: nobody has put some of the numbers, so that shares of worlds say nothing by themselves.
    """

    questions: tuple[ElicitedQuestion, ...]
    others: tuple[ElicitedQuestion, ...]
    targets: tuple[TargetState, ...]
    counted: int
    open_bits: float
    has_unknowns: bool
    worlds: int
    seed: int
    complete: bool


def next_questions(study: Study, by: str | None = None, text: CaseText | None = None) -> NextQuestions:
    """Return what to ask next about a case, in the study's worlds; with its ``text``, what can be written there.

    Raises as ``Study.need`` does.
    """
    states, values = target_states(study)
    asked = candidates(study.case, study.model, by, text)
    found = settling(
        [one.classes(study.uniforms) for one in asked],
        values,
        np.random.default_rng([study.seed, SHUFFLING]),
        {at for at, one in enumerate(asked) if one.aspect is not Aspect.SIZE},
    )
    order = in_order(ranked(found), asked)
    first = tuple(_question(asked, one) for one in order)
    taken = {candidate.name for one in first for candidate in one.asked}
    others = tuple(ElicitedQuestion(one, None, 0.0) for one in asked if one.name not in taken)
    once = values.once()
    return NextQuestions(
        first,
        others,
        states,
        len(once.truths),
        once.entropy,
        any(number.unknown for number in study.model.quantities),
        study.worlds,
        study.seed,
        study.run.complete,
    )


def target_states(study: Study) -> tuple[tuple[TargetState, ...], Targets]:
    """Return how the headline and the claims stand, and what is true of them in each world."""
    targets = tuple(targets_of(study))
    study.need([target.query for target in targets])
    values = _truths(study, targets)
    rows = zip(targets, values.truths, values.weights, strict=True)
    return tuple(TargetState(one, _share(truths, weights)) for one, truths, weights in rows), values


def in_order(found: Sequence[RankedQuestion], asked: Sequence[Candidate]) -> tuple[RankedQuestion, ...]:
    """Return ranked questions with directions and orders before sizes, each kind as it was ranked."""
    return tuple(sorted(found, key=lambda one: asked[one.at].aspect is Aspect.SIZE))


def targets_of(study: Study) -> Iterator[Target]:
    """Yield the headline and every reading of a claim that the study does not refuse."""
    case = study.case
    leading = headline_query(case)
    if leading is not None:
        query = prepare(case, leading.query)
        if accepted(study, [query]):
            yield Target(None, leading.title, query)
    for claim in case.claims:
        for test in claim.tests:
            query = prepare(case, test.query, test.written, until=until(case, claim))
            if is_truth(test.query) and accepted(study, [query]):
                yield Target(claim.id, test.name, query)


def unit_of_answer(study_words: str | None, candidate: Candidate) -> AnswerUnit:
    """Return in which unit a candidate is answered; ``study_words`` names the case's table of words."""
    number = candidate.number
    scale = number.scale
    percent = number.estimate.percent or scale is Scale.PROBABILITY
    return AnswerUnit(
        scale, number.role.kind, percent, number.role.of_rest, study_words, number.unknown, candidate.is_shift
    )


def _question(asked: Sequence[Candidate], one: RankedQuestion) -> ElicitedQuestion:
    partner = None if one.partner is None else asked[one.partner]
    return ElicitedQuestion(asked[one.at], partner, one.bits)


def _truths(study: Study, targets: Sequence[Target]) -> Targets:
    """Return what is true in each world: of a number whether it lies above its level."""
    truths, weights = np.zeros((len(targets), study.worlds)), np.zeros((len(targets), study.worlds))
    for at, target in enumerate(targets):
        draws, holds, _ = study.draws(target.query)
        values = (draws.values > level_of(target.query)) + 0.0 if holds is None else holds
        defined = ~np.isnan(draws.values if holds is None else holds)
        truths[at] = np.where(defined, values > 0.5, 0.0)
        weights[at] = np.where(defined, draws.weights, 0.0)
    return Targets(truths, weights)


def _share(truths: Array, weights: Array) -> float | None:
    total = float(weights.sum())
    return float((truths * weights).sum()) / total if total > 0 else None
