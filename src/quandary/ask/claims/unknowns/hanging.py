"""Which queries hang on numbers that nobody has put: what averages over worlds may say nothing of them."""

from __future__ import annotations

from collections.abc import Iterable

from quandary.ask.claims.unknowns.judging_fillings import FillingsOf, about
from quandary.ask.query.queries import Query
from quandary.ask.results import OverFillings
from quandary.ask.study import Study


def over_fillings(study: Study, query: Query) -> OverFillings | None:
    """Return what an answer is over fillings of the unknown numbers; ``None`` where it hangs on none.

    The query is solved where it was not. Raises as ``Study.need`` does.
    """
    if not study.model.unknowns:
        return None
    study.need([query])
    fillings = FillingsOf(study, [query])
    return fillings.over(query, about(query)) if fillings.hangs(query) else None


def hanging(study: Study, queries: Iterable[Query]) -> bool:
    """Return whether one of some queries hangs on a number that nobody has put; they are solved where they were not.

    Raises as ``Study.need`` does.
    """
    asked = list(queries)
    if not study.model.unknowns or not asked:
        return False
    study.need(asked)
    fillings = FillingsOf(study, asked)
    return any(fillings.hangs(query) for query in asked)
