"""A critique of a case: all items, worst first, from a run that is there already and few worlds solved anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quandary.ask.changes.clones import Clones, clones
from quandary.ask.changes.ladder import in_few_worlds
from quandary.ask.claims.checks import check_queries
from quandary.ask.claims.claims import readings
from quandary.ask.claims.questions import question_queries
from quandary.ask.claims.resting.bounds import answer_bounds
from quandary.ask.outside import OutsideComparison, outside_queries
from quandary.ask.query.counting import counted_choice
from quandary.ask.query.queries import Query, prepare
from quandary.ask.results import Findings
from quandary.ask.study import Study
from quandary.ask.turning.headline import Headline
from quandary.ask.why.critique.checks import missed_checks, not_met_together
from quandary.ask.why.critique.headline import bounds_of, far_from_outside, how_listed, near_coin_flips
from quandary.ask.why.critique.items import (
    AsksNothing,
    CriticItem,
    Critique,
    Grade,
    NumbersUnknown,
    Restating,
    Unsourced,
)
from quandary.ask.why.critique.ranges import idle_ranges
from quandary.ask.why.critique.sources import ReadyReading, late_and_undated, one_sided
from quandary.ask.why.critique.structure import idle_variables, nearly_indifferent, stuck_stakes, without_stakes
from quandary.base.stopping import STOPS, heed
from quandary.worlds.gathering import Progress

ORDER = tuple(Grade)


def critique(
    study: Study,
    findings: Findings,
    headline: Headline | None,
    outside: Sequence[OutsideComparison],
    *,
    listed: Clones | None = None,
    progress: Progress | None = None,
) -> Critique:
    """Return what a critic would say of a case that was run: its ``findings``, headline and outside views.

    ``listed`` is what listing options twice does to the headline, where that is known already. An interruption leaves
    the items found by then, and the critique is not ``complete``.
    """
    few = in_few_worlds(study)
    query = None if headline is None else study.prepared(headline.query)
    parts = _parts(Criticised(study, few, findings, headline, query, tuple(outside), listed))
    items: list[CriticItem] = []
    complete = True
    try:
        for number, part in enumerate(parts):
            heed(study.stop)
            items += part
            if progress is not None:
                progress(number + 1, len(parts))
    except STOPS:
        complete = False
    items.sort(key=lambda item: ORDER.index(item.grade))
    numbers = study.model.quantities
    sourced = sum(not number.unsourced for number in numbers)
    leading = None if headline is None else headline.query
    whole = complete and few.run.complete and findings.run.complete
    return Critique(tuple(items), leading, len(numbers), sourced, few.worlds, whole)


@dataclass(frozen=True, eq=False)
class Criticised:
    """What is looked at: a run, and the same case in ``few`` worlds, which are solved anew."""

    study: Study
    few: Study
    findings: Findings
    headline: Headline | None
    query: Query | None
    outside: tuple[OutsideComparison, ...]
    listed: Clones | None


def _parts(one: Criticised) -> list[Iterator[CriticItem]]:
    """Return what is looked at, one after the other; nothing is done before it is asked for."""
    study, findings, headline, query = one.study, one.findings, one.headline, one.query
    checks = [(result, ready) for result, (_, ready) in zip(findings.checks, check_queries(study.case), strict=True)]
    tests = _ready_readings(study, findings)
    accepted = [ready for _, _, ready in tests if study.refusal(ready) is None]
    if study.fillings.moved:  # no filling is likelier than another, so that nothing is said that averages over them
        unknown = CriticItem(Grade.SERIOUS, NumbersUnknown(len(study.model.unknowns)))
        return [
            iter([unknown]),
            _asks_nothing(one),
            without_stakes(study),
            restating(findings),
            late_and_undated(study),
            unsourced(study),
            idle_variables(study, asked_queries(study)),
        ]
    return [
        _asks_nothing(one),
        without_stakes(study),
        far_from_outside(one.outside, None if headline is None else headline.query),
        missed_checks(study, checks),
        not_met_together(study, findings.checks, findings.joint, headline),
        _how_listed(one),
        near_coin_flips(headline, findings.questions),
        nearly_indifferent(one.few, query, _choices(study)),
        stuck_stakes(study),
        restating(findings),
        one_sided(one.few, query, tests),
        late_and_undated(study),
        unsourced(study),
        idle_variables(study, asked_queries(study)),
        idle_ranges(study, one.few, query, accepted),
        _bounds(one),
    ]


def _asks_nothing(one: Criticised) -> Iterator[CriticItem]:
    asked = (one.headline is not None, one.findings.questions, *(claim.tests for claim in one.findings.claims))
    if not any(asked):
        yield CriticItem(Grade.SERIOUS, AsksNothing())


def _how_listed(one: Criticised) -> Iterator[CriticItem]:
    if one.query is not None:
        yield from how_listed(one.few, one.query, clones(one.few, one.query) if one.listed is None else one.listed)


def _bounds(one: Criticised) -> Iterator[CriticItem]:
    if one.query is not None:
        one.few.need([one.query])
        yield from bounds_of(one.study, one.query, answer_bounds(one.few, one.query))


def _choices(study: Study) -> list[Query]:
    """Return the queries of the case's questions that are about a choice."""
    ready = (query for _, query in question_queries(study.case))
    return [query for query in ready if counted_choice(study.case, query) is not None and study.refusal(query) is None]


def _ready_readings(study: Study, findings: Findings) -> list[ReadyReading]:
    """Return each tested reading with its claim and its query, in the order of the case."""
    ready = iter(readings(study.case))
    return [(claim, test, next(ready).reading.query) for claim in findings.claims for test in claim.tests]


def asked_queries(study: Study) -> list[Query]:
    """Return every query by which a case asks something, all but its list of what happens."""
    case = study.case
    found = [one.reading.query for one in readings(case)]
    found += [query for _, query in (*question_queries(case), *check_queries(case))]
    found += [prepare(case, one.query, one.written) for one in case.forecasts]
    found += [query for _, query in outside_queries(case)]
    return found


def restating(findings: Findings) -> Iterator[CriticItem]:
    """Yield the claims of which every reading restates a line of the case."""
    judged = [claim for claim in findings.claims if claim.tests]
    found = tuple(claim for claim in judged if all(test.restates for test in claim.tests))
    if found:
        tests = tuple(test for claim in found for test in claim.tests)
        left = sum(any(test.is_test for test in claim.tests) for claim in judged)
        yield CriticItem(Grade.KNOW, Restating(found, tests, left))


def unsourced(study: Study) -> Iterator[CriticItem]:
    """Yield the uncertain numbers that carry neither a reason nor a source."""
    numbers = study.model.quantities
    found = tuple(number for number in numbers if number.unsourced)
    if found:
        yield CriticItem(Grade.KNOW, Unsourced(found, len(numbers)))
