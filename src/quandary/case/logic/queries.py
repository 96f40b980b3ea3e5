"""What no answer can be given to: the faults of a query, the same for one in a case file and one asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from quandary.base.problems import Problem
from quandary.case.logic.beliefs import why_no_belief
from quandary.case.logic.conditions import names_of
from quandary.case.model import Case
from quandary.language.names import Names
from quandary.language.resolving import query_faults
from quandary.language.syntax import Expression, numbers_in
from quandary.quantities.arithmetic import breakdowns


def names_for_queries(case: Case, names: Names | None = None) -> Names:
    """Return what a query may name in a case, and what its actors may be set to believe."""
    return replace(names_of(case) if names is None else names, why_no_belief=partial(why_no_belief, case))


def unanswerable(names: Names, query: Expression) -> Iterator[Problem]:
    """Yield every fault of a query: its names, its units, and arithmetic without a value whatever its parts are."""
    yield from query_faults(names, query)
    for number in numbers_in(query):
        for broken in breakdowns(number, lambda _: np.array([np.nan]))[0]:
            hint = "change the numbers: this has no value whatever the case says"
            message = f"{broken.reason[0].upper()}{broken.reason[1:]}."
            yield Problem("Q152", message, broken.node.place, hint)
