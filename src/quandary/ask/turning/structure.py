"""Structural flips: does an answer change when an arc, an observation, an option or a channel is cut?

Every cut (``cuts.py``) that can bear on the answer at all is solved anew, in the same worlds with the same draws, so
that a difference is the cut's and not the draws', and with the same evidence: what the case as it stands sets aside for
a query's interventions stays aside where a cut ends what they reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quandary.ask.answer import Answer, AnswerDraws, Remark, reason_of
from quandary.ask.changes.timeline import Move, move_between
from quandary.ask.claims.verdicts import few_count_for, verdict_of
from quandary.ask.inquiry import variables_of
from quandary.ask.query.combining import is_truth
from quandary.ask.query.queries import Query, asked_without
from quandary.ask.query.subject import AskedSubject
from quandary.ask.query.summarising import answer
from quandary.ask.results import Verdict
from quandary.ask.study import Study
from quandary.ask.turning.cuts import StructuralCut, cuts_of
from quandary.ask.turning.flips import level_of
from quandary.base.problems import CaseError, Refusal
from quandary.base.stopping import STOPS, heed
from quandary.case.logic.conditions import mentioned
from quandary.case.logic.memory import observed
from quandary.language.syntax import Expression
from quandary.quantities.shares import REPLICATE_ERRORS
from quandary.worlds.gathering import Progress


@dataclass(frozen=True, eq=False)
class CutAnswer:
    """One answer after a cut. ``mean`` is a truth's share of worlds, or a number's mean.

    ``flipped`` says whether the verdict changed, by more than the noise of the draws, or a number crossed the level.
    ``verdict`` is set for truths, ``few_worlds`` says that under 400 effective worlds count for it, ``few_edge``
    that of other worlds the other may be so.
    """

    mean: float | None
    verdict: Verdict | None
    move: Move | None
    flipped: bool
    few_worlds: bool = False
    few_edge: bool = False


@dataclass(frozen=True, eq=False)
class CutRow:
    """One cut and the answers after it, one for each subject; none where ``why_not`` says why."""

    cut: StructuralCut
    answers: tuple[CutAnswer, ...]
    why_not: Remark | None = None


@dataclass(frozen=True, eq=False)
class StructureTable:
    """What each cut does. ``before`` are the answers of the case as it stands, ``rows`` the cuts made.

    ``cannot_matter`` lists the cuts that the graph shows to leave every subject as it is, ``not_made`` those that
    could not be made or leave nothing to answer. ``levels`` are what numbers must cross, ``aside`` the evidence
    that each subject's interventions set aside, with every cut as without one.
    """

    subjects: tuple[AskedSubject, ...]
    levels: tuple[float, ...]
    aside: tuple[tuple[Expression, ...], ...]
    before: tuple[CutAnswer, ...]
    rows: tuple[CutRow, ...]
    cannot_matter: tuple[StructuralCut, ...]
    not_made: tuple[CutRow, ...]
    worlds: int
    effective_worlds: float
    seed: int
    complete: bool


def structural_flips(
    study: Study, asked: Sequence[AskedSubject], level: float | None = None, progress: Progress | None = None
) -> StructureTable:
    """Return what each cut of the case's structure does to the subjects' answers, those that flip one first."""
    queries = [subject.query for subject in asked]
    levels = tuple(level_of(query, level) for query in queries)
    study.need(queries)
    before = [truth_or_number(study, query) for query in queries]
    wanted = looked_at(study, queries)
    cuts = list(cuts_of(study))
    bearing = [cut for cut in cuts if cut.made is not None and (cut.reaches is None or cut.reaches & wanted)]
    rows: list[CutRow] = []
    complete = study.run.complete
    try:
        for number, cut in enumerate(bearing):
            heed(study.stop)
            rows.append(_row(study, cut, asked, before, levels))
            if progress is not None:
                progress(number + 1, len(bearing))
    except STOPS:
        complete = False
    made = [row for row in rows if row.answers]
    made.sort(key=lambda row: (-sum(a.flipped for a in row.answers), -max(_size(a) for a in row.answers)))
    return StructureTable(
        subjects=tuple(asked),
        levels=levels,
        aside=tuple(study.set_aside(query) for query in queries),
        before=tuple(_plain(query, answered) for query, answered in zip(queries, before, strict=True)),
        rows=tuple(made),
        cannot_matter=tuple(c for c in cuts if c.made is not None and not (c.reaches is None or c.reaches & wanted)),
        not_made=tuple(row for row in rows if not row.answers)
        + tuple(CutRow(cut, (), cut.why_not) for cut in cuts if cut.made is None),
        worlds=study.worlds,
        effective_worlds=study.run.effective_worlds,
        seed=study.seed,
        complete=complete,
    )


def looked_at(study: Study, queries: Sequence[Query]) -> frozenset[str]:
    """Return every variable that queries and evidence look at, those of the payoffs they name included."""
    found: set[str] = set()
    utilities = study.probe.diagram.utilities
    for query in queries:
        for inquiry in query.all_inquiries:
            found |= variables_of(study.case, inquiry)
            if inquiry.actor is not None:
                found |= {axis for u in utilities if u.player == inquiry.actor for axis in u.table.axes}
            if inquiry.decision is not None:
                found |= set(observed(study.case, inquiry.decision))
    for item in study.evidence:
        found |= set(mentioned(study.case, item.saw))
    return frozenset(found)


def truth_or_number(study: Study, query: Query) -> Answer:
    """Return a truth as 1 or 0 in every world, or a number, summed up; the study must have answered the query."""
    draws, holds, left_out = study.draws(query)
    values = draws.values if holds is None else np.where(left_out, np.nan, holds)
    return answer(
        query.text,
        AnswerDraws(values, draws.weights),
        study.design.block(),
        left_out=left_out,
        aside=study.set_aside(query),
        spread=False,
    )


def _row(
    study: Study, cut: StructuralCut, asked: Sequence[AskedSubject], before: list[Answer], levels: tuple[float, ...]
) -> CutRow:
    assert cut.made is not None
    queries = [asked_without(subject.query, study.dropped(subject.query)) for subject in asked]
    try:
        altered = cut.made()
        altered.need(queries)
        after = [truth_or_number(altered, query) for query in queries]
    except (CaseError, Refusal) as fault:
        return CutRow(cut, (), reason_of(fault))
    if not altered.run.complete:
        raise KeyboardInterrupt
    block = study.design.block()
    return CutRow(
        cut,
        tuple(
            _compared(query, then, now, level, block)
            for query, then, now, level in zip(queries, before, after, levels, strict=True)
        ),
    )


def _plain(query: Query, found: Answer) -> CutAnswer:
    verdict = verdict_of(found.mean) if is_truth(query.expression) else None
    return CutAnswer(found.mean, verdict, None, False, *_counted_by_few(verdict, found))


def _compared(query: Query, then: Answer, now: Answer, level: float, block: NDArray[np.intp]) -> CutAnswer:
    if then.mean is None or now.mean is None:
        return CutAnswer(now.mean, Verdict.NOT_TESTABLE if is_truth(query.expression) else None, None, False)
    move = move_between(then, now, block)
    if is_truth(query.expression):
        verdict = verdict_of(now.mean)
        flipped = verdict is not verdict_of(then.mean) and _is_beyond_noise(move)
        return CutAnswer(now.mean, verdict, move, flipped, *_counted_by_few(verdict, now))
    return CutAnswer(now.mean, None, move, (now.mean > level) != (then.mean > level))


def _counted_by_few(verdict: Verdict | None, found: Answer) -> tuple[bool, bool]:
    return (False, False) if verdict in (None, Verdict.NOT_TESTABLE) else few_count_for(found)


def _is_beyond_noise(move: Move) -> bool:
    """Return whether a move is more than drawing other worlds would make of it."""
    return abs(move.total) > REPLICATE_ERRORS * (move.error or 0.0)


def _size(found: CutAnswer) -> float:
    return 0.0 if found.move is None else abs(found.move.total)
