"""Checks: ranges known from elsewhere, compared with what the game gives and never put in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.claims.judging import answer_or_refusal
from quandary.ask.query.anchoring import range_of
from quandary.ask.query.queries import Query, prepare
from quandary.ask.results import CheckResult, JointChecks
from quandary.ask.study import Study
from quandary.base.arrays import Mask
from quandary.base.problems import CaseError, Problem
from quandary.case.model import Case, Check
from quandary.language.heads import Unit
from quandary.language.syntax import Ask, Interval, Number
from quandary.language.units import query_unit
from quandary.quantities.shares import share_of
from quandary.quantities.summary import student, weighted_quantiles

TAIL = 0.05
"""The share of worlds beyond either end of an answer's interval."""

Ready = tuple[tuple[Check, Query], ...]


def check_queries(case: Case) -> Ready:
    """Return every check ready to be answered, with the case's evidence unless it is told to leave that out.

    Raises ``CaseError`` with all their faults.
    """
    problems: list[Problem] = []
    found: list[tuple[Check, Query]] = []
    for check in case.checks:
        try:
            found.append((check, prepare(case, check.query, check.written, evidence=check.with_evidence)))
        except CaseError as fault:
            problems.extend(fault.problems)
            continue
        problems.extend(_range_faults(check, query_unit(check.query)))
    if problems:
        raise CaseError(dict.fromkeys(problems))
    return tuple(found)


def check_results(study: Study, ready: Ready) -> tuple[CheckResult, ...]:
    """Return each check with its answer: does the 90 % interval over worlds meet the range, is the mean inside it.

    What is so or not so in a world has no interval: its share of worlds is looked for in the range.
    """
    results = []
    for check, query in ready:
        answer = answer_or_refusal(study, query)
        low, high = range_of(check) or (0.0, 0.0)
        overlaps = inside = None
        ends = (answer.share, answer.share) if answer.is_truth else answer.interval
        mean = answer.share if answer.is_truth else answer.mean
        if mean is not None and ends[0] is not None and ends[1] is not None:
            overlaps = ends[0] <= high and ends[1] >= low
            inside = low <= mean <= high
        edge = overlaps is not None and _on_edge(study, query, answer, (low, high))
        results.append(CheckResult(check, answer, low, high, overlaps, inside, edge))
    return tuple(results)


def _on_edge(study: Study, query: Query, answer: Answer, known: tuple[float, float]) -> bool:
    """Return whether other worlds may put an end of an answer's interval on the other side of the range known.

    An end's own interval is that of a quantile: between the values at the levels that lie as far above and below as
    chance moves a share of so many effective worlds. Of a truth it is that of its share of worlds.
    """
    draws, truth, _ = study.draws(query)
    low, high = known
    if answer.is_truth:
        share = None if truth is None else share_of(truth, draws.weights, study.design.block())
        return share is not None and (share.low <= high < share.high or share.low < low <= share.high)
    off = student(max(answer.effective_worlds - 1, 1.0)) * np.sqrt(TAIL * (1 - TAIL) / answer.effective_worlds)
    levels = [max(TAIL - off, 0.0), TAIL + off, 1 - TAIL - off, min(1 - TAIL + off, 1.0)]
    ends = weighted_quantiles(draws.values, draws.weights, levels)
    lowest, low_most, high_least, highest = (0.0 if end is None else end for end in ends)
    return lowest <= high < low_most or high_least < low <= highest


def joint_checks(study: Study, results: Sequence[CheckResult]) -> JointChecks | None:
    """Return in what share of worlds, as they weigh given the evidence, checks are met together.

    ``None`` where fewer than two have a value in some world. A check without a value in a world is not met there.
    """
    told = within_ranges(results)
    weights = study.evidence_weights
    if len(told) < 2 or not weights.any():
        return None
    counts = np.sum([met for _, met in told], axis=0)
    share = share_of((counts == len(told)).astype(np.float64), weights, study.design.block())
    assert share is not None
    return JointChecks(len(told), share, float(np.average(counts, weights=weights)))


def within_ranges(results: Sequence[CheckResult]) -> list[tuple[CheckResult, Mask]]:
    """Return in which worlds each check is met, ``(W,)``; without those that have no range in a world."""
    return [
        (one, (one.answer.draws >= one.low) & (one.answer.draws <= one.high))
        for one in results
        if not one.answer.is_truth and one.overlaps is not None
    ]


def _range_faults(check: Check, unit: Unit | None) -> Iterator[Problem]:
    """Yield what makes a known range none: no numbers, ends that run downwards, or ends that no answer reaches."""
    known, place = check.range.quantity, check.range.place
    ends = range_of(check)
    if ends is None:
        message = f'The range of check "{check.id}" is no range.'
        yield Problem("Q511", message, place, "write it as 20% to 60%, or as one number")
        return
    low, high = ends
    percent = isinstance(known, Interval | Number) and known.percent
    if low > high:
        message = f'The range of check "{check.id}" runs downwards.'
        yield Problem("Q511", message, place, f"write {_written(high, percent)} to {_written(low, percent)}")
    elif percent and unit is Unit.POINTS:
        message = f'The range of check "{check.id}" is in percent, and its answer is in points of worth.'
        yield Problem("Q511", message, place, f"write {_written(low, False)} to {_written(high, False)}")
    elif isinstance(check.query, Ask) and unit is Unit.SHARE and not 0 <= low <= high <= 1:
        message = f'The range of check "{check.id}" leaves what a probability can be.'
        mended = f"write {low:g}% to {high:g}%" if not percent and low >= 0 and 1 < high <= 100 else None
        yield Problem("Q511", message, place, mended or "a probability lies between 0% and 100%")


def _written(value: float, percent: bool) -> str:
    return f"{100 * value:.10g}%" if percent else f"{value:.10g}"
