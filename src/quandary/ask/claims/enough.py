"""Enough worlds for a verdict: where too few count, the study is made anew with more."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from quandary.ask.claims.judging import Reading, counted_worlds
from quandary.ask.claims.verdicts import ENOUGH
from quandary.ask.query.queries import Query
from quandary.ask.study import Study
from quandary.quantities.worlds import MOST_TIMES, more_worlds


def enlarged(study: Study, readings: Sequence[Reading], queries: Sequence[Query]) -> Study:
    """Return the study, asked the queries, or one of more worlds where too few count for some reading.

    Where under 400 effective worlds count, more are drawn from the same seed, up to ten times those asked for: what
    comes back is what a study of so many worlds gives. Who asks for fewer than 400 in the first place gets them.
    ``queries`` are all that is to be answered, those of the readings included. Raises as ``Study.need`` does.
    """
    while True:
        study.need(queries)
        if study.asked_for < ENOUGH or not study.run.complete:
            return study
        counts = (counted_worlds(study, query) for one in readings for query in (one.query, one.other) if query)
        fewest = min((count for count in counts if count is not None), default=inf)
        more = more_worlds(study.worlds, fewest, ENOUGH, study.asked_for * MOST_TIMES)
        if more is None:
            return study
        study = study.with_worlds(more)
