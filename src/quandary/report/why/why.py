"""Why: from a number in the output back to lines of the case, reasons, sources, dates, and the draws behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.claims.construction.by_construction import Budget, by_construction
from quandary.ask.claims.judging import Reading, accepted, enlarged, judged, reading_of
from quandary.ask.claims.resting.bounds import answer_bounds
from quandary.ask.claims.resting.rests import rests_on
from quandary.ask.claims.unknowns.hanging import hanging
from quandary.ask.query.combining import is_truth
from quandary.ask.query.queries import Query, prepare
from quandary.ask.results import AnswerBounds, TestResult
from quandary.ask.study import Study
from quandary.ask.turning.swings import NumberSwing, noise, swings
from quandary.base.places import Place
from quandary.case.model import Case, Evidence, Source
from quandary.compile.numbers import UncertainNumber
from quandary.language.syntax import Expression
from quandary.quantities.summary import weighted_quantiles
from quandary.report.why.subjects import ExplainedSubject, every_reading, named
from quandary.report.words.claims import verdict_said
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.rests import Rests

MOST = 8
"""How many numbers behind an answer are named."""

LEVELS = (0.05, 0.5, 0.95)
"""Which worlds are shown: one low, one in the middle, one high."""


@dataclass(frozen=True, eq=False)
class Behind:
    """One uncertain number behind an answer, with its line of the case and its source."""

    swing: NumberSwing
    line: str
    source: Source | None


@dataclass(frozen=True)
class ExampleWorld:
    """One drawn world: its number (from 0), the answer in it, and the values of the numbers behind the answer."""

    world: int
    answer: float
    values: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class AnswerExplanation:
    """Why an answer is what it is. ``behind`` are the numbers that go most with it, the largest correlation first.

    ``others`` counts the uncertain numbers whose rank correlation chance alone would explain (at most ``noise``).
    ``line`` is the line of the case where the query stands. ``judged`` is what the worlds say of what is true or false,
    and ``rests`` what that rests on; ``on`` is the day on which a claim was made. ``bounds`` is what the ranges allow,
    ``None`` for what is no number. ``case`` is the one that was asked.
    """

    kind: str
    id: str
    what: str
    query: Expression
    answer: Answer
    place: Place
    line: str
    because: str | None
    source: Source | None
    quote: str | None
    judged: TestResult | None
    rests: Rests | None
    bounds: AnswerBounds | None
    seed: int
    evidence: tuple[str, ...]
    seen: tuple[Evidence, ...]
    behind: tuple[Behind, ...]
    others: int
    noise: float
    worlds: tuple[ExampleWorld, ...]
    case: Case
    on: date | None = None

    @property
    def verdict(self) -> str | None:
        """Return the verdict in words; ``None`` for what is not true or false."""
        return None if self.judged is None else verdict_said(self.judged)

    @property
    def days_late(self) -> int | None:
        """Return how many days after that of the case a claim was made; ``None`` without a day."""
        return None if self.on is None else (self.on - self.case.as_of).days


@dataclass(frozen=True, eq=False)
class NumberExplanation:
    """Where an uncertain number comes from, and which answers go with it (id, rank correlation; strongest first).

    ``titles`` says by id what those answers are.
    """

    number: UncertainNumber
    line: str
    source: Source | None
    low: float
    median: float
    high: float
    moves: tuple[tuple[str, float], ...]
    titles: Mapping[str, str]
    noise: float
    seed: int
    worlds: int


def enough(study: Study, thing: str) -> Study:
    """Return the study, or one of more worlds where too few count for the verdict on what a name stands for."""
    found = named(study.case, study.model.quantities, thing)
    readings = [_reading(study, subject) for subject in found.subjects if is_truth(subject.query)]
    if not readings:
        return study
    return enlarged(study, readings, [query for one in readings for query in accepted(study, one.queries)])


def explained_queries(study: Study, thing: str) -> list[Query]:
    """Return the queries that ``explain`` will explain; refuses (Q852) a name that stands for nothing."""
    return [_query(study, subject) for subject in named(study.case, study.model.quantities, thing).subjects]


def explain(study: Study, thing: str) -> tuple[AnswerExplanation | NumberExplanation, ...]:
    """Return an explanation of everything a name stands for; refuses (Q852) a name that stands for nothing."""
    found = named(study.case, study.model.quantities, thing)
    queries = {s: _query(study, s) for s in found.subjects}
    readings = list(every_reading(study.case)) if found.numbers else []
    moved = {s: query for s in readings if study.refusal(query := _query(study, s)) is None}
    moved = {s: query for s, query in moved.items() if not hanging(study, [query])}
    study.need([*queries.values(), *moved.values()])
    told: list[AnswerExplanation | NumberExplanation] = [
        explain_answer(study, study.answer(query), subject) for subject, query in queries.items()
    ]
    called = {s: f"{s.kind} {s.id}" if s.kind != s.id else s.id for s in moved}
    answers = {called[s]: study.answer(query) for s, query in moved.items()}
    titles = {called[s]: s.what for s in moved}
    correlated = {name: _correlations(study, answer) for name, answer in answers.items()}
    return (*told, *(_of_number(study, number, correlated, answers, titles) for number in found.numbers))


def explain_answer(study: Study, answer: Answer, subject: ExplainedSubject) -> AnswerExplanation:
    """Return why an answer of the study is what it is."""
    limit = noise(answer)
    found = [s for s in swings(study, answer, len(study.model.quantities)) if abs(s.correlation) > limit]
    behind = tuple(
        Behind(swing, swing.number.place.written, _source(study, swing.number.source)) for swing in found[:MOST]
    )
    found_so, rests = _verdict(study, subject) if is_truth(subject.query) else (None, None)
    return AnswerExplanation(
        kind=subject.kind,
        id=subject.id,
        what=subject.what,
        query=subject.query,
        answer=answer,
        place=subject.place,
        line=subject.place.written,
        because=subject.because,
        source=_source(study, subject.source),
        quote=subject.quote,
        judged=found_so,
        rests=rests,
        bounds=answer_bounds(study, _query(study, subject)),
        seed=study.seed,
        evidence=study.evidence_until(subject.until, answer.dropped) if subject.evidence else (),
        seen=study.seen_until(subject.until, answer.dropped) if subject.evidence else (),
        behind=behind,
        others=len(study.model.quantities) - len(found),
        noise=limit,
        worlds=_worlds(study, answer, [b.swing.number for b in behind]),
        case=study.case,
        on=subject.on,
    )


def _reading(study: Study, subject: ExplainedSubject) -> Reading:
    return reading_of(study.case, subject.query, subject.written, evidence=subject.evidence, until=subject.until)


def _query(study: Study, subject: ExplainedSubject) -> Query:
    return prepare(study.case, subject.query, subject.written, evidence=subject.evidence, until=subject.until)


def _verdict(study: Study, subject: ExplainedSubject) -> tuple[TestResult, Rests | None]:
    """Return what the worlds say, whether it is so by construction, as in a run, and what it rests on."""
    asked = _reading(study, subject)
    study.need(accepted(study, asked.queries))
    (construction,) = by_construction(study, [asked], Budget())
    (found,) = rests_on(study, [asked])
    numbers = {number.name: number for number in study.model.quantities}
    rests = None if found is None else Rests(CaseNames(study.case), numbers, found)
    return replace(judged(study, asked, construction), rests_on=found), rests


def _worlds(study: Study, answer: Answer, numbers: Sequence[UncertainNumber]) -> tuple[ExampleWorld, ...]:
    """Return the worlds whose answers lie nearest to the 5 %, 50 % and 95 % quantiles."""
    kept = ~np.isnan(answer.draws) & (answer.weights > 0)
    found: dict[int, ExampleWorld] = {}
    for level in weighted_quantiles(answer.draws, answer.weights, LEVELS):
        if level is None:
            continue
        distance = np.where(kept, np.abs(answer.draws - level), np.inf)
        at = int(np.argmin(distance))
        drawn = study.uniforms.between(at, at + 1)
        values = tuple(float(n.estimate.quantile(drawn[n.name])[0]) for n in numbers)
        found[at] = ExampleWorld(at, float(answer.draws[at]), values)
    return tuple(found.values())


def _correlations(study: Study, answer: Answer) -> dict[str, float]:
    return {s.number.name: s.correlation for s in swings(study, answer, len(study.model.quantities))}


def _of_number(
    study: Study,
    number: UncertainNumber,
    correlated: dict[str, dict[str, float]],
    answers: dict[str, Answer],
    titles: dict[str, str],
) -> NumberExplanation:
    moves = [
        (name, found[number.name])
        for name, found in correlated.items()
        if abs(found.get(number.name, 0.0)) > noise(answers[name])
    ]
    low, median, high = (float(v) for v in number.estimate.quantile(np.array(LEVELS)))
    limit = max((noise(answer) for answer in answers.values()), default=0.0)
    return NumberExplanation(
        number,
        number.place.written,
        _source(study, number.source),
        low,
        median,
        high,
        tuple(sorted(moves, key=lambda m: (-abs(m[1]), m[0]))[:MOST]),
        titles,
        limit,
        study.seed,
        study.worlds,
    )


def _source(study: Study, name: str | None) -> Source | None:
    return None if name is None else study.case.sources.get(name)
