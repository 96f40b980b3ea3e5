"""A trial of a case: what a run would find wrong with it, from a few worlds.

Loading a case finds what is wrong with its text. What is left is wrong with its numbers: odds above 100 %, weights of
nothing, evidence that cannot be, questions that cannot be put, choices that cannot be solved. A run would find it; so
the case is run, in as few worlds as can be drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from quandary.ask.findings import findings
from quandary.ask.queries import faults
from quandary.ask.study import Study
from quandary.case.model import Case
from quandary.problems import CaseError, Problem, Refusal
from quandary.quantities.design import Design
from quandary.quantities.worlds import FEWEST_WORLDS

DRAWN = 10_000
"""Worlds drawn and not solved: as many as a run draws, for what may be wrong with one in a thousand."""

ENOUGH = 500
"""Worlds in which something has to go wrong in every one before a case is blamed for it."""


def trial(case: Case) -> tuple[Problem, ...]:
    """Return the faults that a run of the case would find, none for a case that runs.

    Evidence later than the case's own day is tried too: it waits for a later ``--as-of``.
    """
    found = dict.fromkeys(problem for forecast in case.forecasts for problem in faults(case, forecast.query))
    study = Study(case, worlds=FEWEST_WORLDS, threads=1)
    found |= dict.fromkeys(_told(lambda: study.model.draw(Design(study.seed, DRAWN))))
    if not found:
        found |= dict.fromkeys(_in_few_worlds(case, case.as_of, findings))
    last = max((item.on for item in case.evidence), default=case.as_of)
    if not found and last > case.as_of:
        found |= dict.fromkeys(_in_few_worlds(case, last, lambda study: study.need([])))
    return tuple(found)


def _in_few_worlds(case: Case, day: date, ask: Callable[[Study], object]) -> tuple[Problem, ...]:
    """Return the faults of asking in a few worlds, where more worlds have them too."""
    found: tuple[Problem, ...] = ()
    for worlds in (FEWEST_WORLDS, ENOUGH):
        found = _told(partial(ask, Study(case, worlds=worlds, as_of=day, threads=1)))
        if not found:
            break
    return found


def _told(work: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        work()
    except CaseError as error:
        return error.problems
    except Refusal as refusal:
        return (refusal.problem,)
    return ()
