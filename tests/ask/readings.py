"""One reading of a case, judged."""

from __future__ import annotations

from quandary.ask import Study, TestResult, judged, reading_of
from quandary.case import Case
from quandary.language import parse_query


def result_of(case: Case, query: str, worlds: int = 400, seed: int = 1, **asked: object) -> TestResult:
    study = Study(case, worlds=worlds, seed=seed, threads=1, **asked)  # type: ignore[arg-type]
    reading = reading_of(case, parse_query(query), query)
    study.need(list(reading.queries))
    return judged(study, reading)
