"""Checks from a critic's side: which are missed and what would meet them; which exclude each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from quandary.ask.claims.checks import within_ranges
from quandary.ask.query.queries import Query
from quandary.ask.results import CheckResult, JointChecks
from quandary.ask.study import Study
from quandary.ask.turning.flips import sample_of, turn_of
from quandary.ask.turning.headline import Headline
from quandary.ask.why.critique.headline import most_carrying
from quandary.ask.why.critique.items import (
    AnchoredHeadline,
    ApartChecks,
    CheckRemedy,
    CriticItem,
    Grade,
    MissedCheck,
    NotMetTogether,
)
from quandary.base.problems import Refusal
from quandary.quantities.influence import Columns, first_order
from quandary.quantities.summary import effective_number, weighted_mean

HARDLY, SELDOM = 0.01, 0.1
"""Shares of worlds below which meeting all checks is serious, and below which it is to be known."""

TRIED = 12
"""Numbers that are tried as a remedy for a missed check: those that carry most of its doubt."""

DISCREPANCY = 1.5
"""The factor on the odds by which the case may miss a check, where the headline is told as the checks leave it."""


def missed_checks(study: Study, checks: Sequence[tuple[CheckResult, Query]]) -> Iterator[CriticItem]:
    """Yield each check whose range no middle 90 % of the worlds meets."""
    for result, query in checks:
        if result.overlaps is False:
            remedy = None if result.answer.is_truth else _remedy(study, result, query)
            most = most_carrying(study, query) if remedy is None else None
            yield CriticItem(Grade.SERIOUS, MissedCheck(result, remedy, most))


def _remedy(study: Study, result: CheckResult, query: Query) -> CheckRemedy | None:
    """Return the number in whose outer part the check's mean lies in its range, the likeliest; read off the worlds."""
    try:
        sample, kept = sample_of(study, query)
    except Refusal:
        return None
    columns = Columns(study.uniforms, kept)
    shares = first_order(columns, sample)
    numbers = {number.name: number for number in study.model.quantities}
    level = result.low if (result.answer.mean or 0.0) < result.low else result.high
    found = []
    for name in sorted(shares, key=lambda one: -shares[one].value)[:TRIED]:
        turn = turn_of(columns[name], numbers[name].estimate, sample, level)
        if turn is not None and result.low <= turn.mean <= result.high:
            found.append(CheckRemedy(numbers[name], turn.above, turn.threshold, turn.beyond_weighted, turn.mean))
    return max(found, key=lambda one: one.beyond, default=None)


def not_met_together(
    study: Study, results: Sequence[CheckResult], joint: JointChecks | None, headline: Headline | None
) -> Iterator[CriticItem]:
    """Yield that hardly any world meets all checks, with the two that exclude each other most."""
    if joint is None or joint.all_met.share >= SELDOM:
        return
    grade = Grade.SERIOUS if joint.all_met.share < HARDLY else Grade.KNOW
    yield CriticItem(grade, NotMetTogether(joint, _apart(study, results), _anchored(study, headline)))


def _apart(study: Study, results: Sequence[CheckResult]) -> ApartChecks | None:
    """Return the two checks that fall shortest of being met together as often as by chance; ``None`` without two."""
    within, weights = within_ranges(results), study.evidence_weights
    if weights.sum() <= 0:
        return None
    found = []
    for (one, first), (other, second) in combinations(within, 2):
        alone = [float(weights[met].sum() / weights.sum()) for met in (first, second)]
        both = float(weights[first & second].sum() / weights.sum())
        by_chance = alone[0] * alone[1]
        if by_chance > 0:
            found.append((both - by_chance, ApartChecks(one, other, alone[0], alone[1], both)))
    return min(found, key=lambda one: one[0], default=(0.0, None))[1]


def _anchored(study: Study, headline: Headline | None) -> AnchoredHeadline | None:
    """Return the headline where worlds weigh by the checks; ``None`` where they do already, or none is left."""
    if headline is None or headline.answer.mean is None or study.anchored is not None:
        return None
    try:
        found = study.weighed_by_checks(DISCREPANCY)
    except Refusal:
        return None
    if not found.anchor.checks:
        return None
    answer = headline.answer
    weights = np.where(np.isnan(answer.draws), 0.0, answer.weights * found.weights)
    mean = weighted_mean(answer.draws, weights)
    return None if mean is None else AnchoredHeadline(mean, effective_number(weights))
