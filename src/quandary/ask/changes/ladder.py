"""A claim's ladder: its verdict under each specification that a reader may prefer, in the same worlds.

A specification curve (Simonsohn, Simmons & Nelson 2020) of a causal game: the channels that the claim's author names
alone, each rival channel added alone, all of them; each rule of choice; each reading; the other form of ``do``; wider
ranges. A rung differs from the case in this one thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from quandary.ask.answer import Remark, reason_of
from quandary.ask.changes.apart import found_apart
from quandary.ask.changes.variants import (
    BEST_REPLY,
    NO_RATIONALITY,
    VariantStudy,
    choosing_by,
    choosing_evenly,
    with_wider_ranges,
    without,
)
from quandary.ask.claims.claims import channels_of
from quandary.ask.claims.judging import CARRIED, Reading, judged
from quandary.ask.claims.resting.bounds import SEARCHED, bounds_of
from quandary.ask.claims.resting.rests import rests_on
from quandary.ask.inquiry import other_form
from quandary.ask.query.queries import Query, asked_without, prepare, until
from quandary.ask.query.subject import AskedSubject, subjects
from quandary.ask.results import AnswerBounds, ClaimResult, RestsOn, TestResult
from quandary.ask.study import Study
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.base.stopping import STOPS, heed
from quandary.case.model import Case, Channel, Claim, DecisionEvent
from quandary.compile.numbers import UncertainNumber
from quandary.language.syntax import calls_in
from quandary.quantities.arithmetic import difference
from quandary.worlds.gathering import Progress

LADDER_WORLDS = 1_000
"""Worlds in which a ladder is told, unless more are asked for."""

LEAST_TURNED = 0.05
"""A share of worlds that moves by less than this is turned by nothing."""

SEARCHED_IN_A_ROW = 640
"""Worlds searched for the bounds of a row, but for those as the case stands."""

SEARCHED_EXACTLY = 320
"""Worlds searched for bounds where everybody chooses what is best: such games take longest to solve."""


class LadderRung(StrEnum):
    """What a row of a ladder changes."""

    OWN = "own channels"
    RIVAL = "rival channel"
    ALL = "as it stands"
    EVEN = "even"
    BEST_REPLY = "best reply"
    NO_RATIONALITY = "no rationality"
    READING = "reading"
    FORM = "form"
    WIDE = "wide"


LONGEST = (LadderRung.BEST_REPLY, "", LadderRung.WIDE)
"""Studies that take longest, which are begun first: exact choice, the case as it stands, wider ranges."""


@dataclass(frozen=True, eq=False)
class LadderRow:
    """One specification of a claim: ``name`` is a channel, a reading or a form of ``do``, where the rung is of one.

    ``change`` is the share of worlds less that of the case as it stands, 0 to 1. ``result`` is ``None`` where the
    specification has no answer, for the reason ``why_not``. ``bounds`` are the least and the most that the ranges allow
    the difference of its two sides to be, ``None`` where it is not one comparison. ``impossible`` worlds are left out:
    there the change makes the case say something that cannot be.
    """

    rung: LadderRung
    name: str
    result: TestResult | None
    change: float | None = None
    why_not: Remark | None = None
    impossible: int = 0
    bounds: AnswerBounds | None = None


@dataclass(frozen=True, eq=False)
class Ladder:
    """A claim's rows for one of its readings; ``own`` and ``rivals`` are the channels that bear on it.

    ``rests_on`` is what its verdict rests on as the case stands, ``numbers`` the uncertain numbers by name that it is
    told with.
    """

    claim: Claim
    reading: str
    own: tuple[Channel, ...]
    rivals: tuple[Channel, ...]
    rows: tuple[LadderRow, ...]
    worlds: int
    seed: int
    complete: bool
    rests_on: RestsOn | None = None
    numbers: Mapping[str, UncertainNumber] = field(default_factory=dict)

    @property
    def stands(self) -> LadderRow:
        """Return the row of the case as it stands."""
        return next(row for row in self.rows if row.rung is LadderRung.ALL)

    @property
    def opposite(self) -> Channel | None:
        """Return the rival channel that alone turns most of what the author's own channels give; ``None`` if none does.

        One that moves the share of worlds by less than ``LEAST_TURNED``, or to the same side only, turns nothing.
        """
        shares = {
            (row.rung, row.name): row.result.share.share
            for row in self.rows
            if row.result is not None and row.result.share is not None
        }
        own = shares.get((LadderRung.OWN, ""))
        if own is None:
            return None
        away = -1.0 if own > 0.5 else 1.0
        alone = len(self.rivals) == 1
        moved = {
            one.id: away * (shares.get((LadderRung.ALL, "") if alone else (LadderRung.RIVAL, one.id), own) - own)
            for one in self.rivals
        }
        most = max(self.rivals, key=lambda one: moved[one.id], default=None)
        return most if most is not None and moved[most.id] >= LEAST_TURNED else None


def claim_asked(case: Case, name: str, test: str | None = None) -> AskedSubject:
    """Return the reading of a claim that is named, or its first.

    Raises ``Refusal``: Q569 for what is no claim of the case, and what ``subjects`` refuses.
    """
    asked = subjects(case, name, test)[0]
    if asked.claim is None:
        claims = ", ".join(claim.id for claim in case.claims if claim.tests)
        hint = f"name one of {claims}" if claims else "the case has none: write one under `claims`, with its tests"
        raise Refusal(Problem("Q569", f'"{name}" is no claim of the case, and a ladder is of a claim', hint=hint))
    return asked


def claims_to_show(case: Case, results: Sequence[ClaimResult]) -> tuple[AskedSubject, ...]:
    """Return the readings that lean or are tossed, whose ladders a report shows."""
    return tuple(
        claim_asked(case, result.claim.id, test.name)
        for result in results
        for test in result.tests
        if test.verdict in CARRIED
    )


def in_few_worlds(study: Study) -> Study:
    """Return the study in so many worlds as a ladder is told in; itself where it has no more."""
    return study if study.worlds <= LADDER_WORLDS else study.with_worlds(LADDER_WORLDS)


@dataclass(frozen=True, eq=False)
class _Specification:
    """A row to be: which study answers it (made when it is needed), and which query."""

    rung: LadderRung
    name: str
    study: str
    query: Query


def ladders(
    study: Study, asked: Sequence[AskedSubject], progress: Progress | None = None, *, search: bool = True
) -> tuple[Ladder, ...]:
    """Return the ladder of each reading asked about, in the study's worlds; each variant is solved once for all.

    What the ranges allow in each row is searched for, unless ``search`` is false.
    An interruption leaves rows out, and the ladder is not ``complete``. Raises as ``Study.need`` does.
    """
    makers: dict[str, Callable[[], Study]] = {"": lambda: study}
    planned = [list(_specifications(study, subject, makers)) for subject in asked]
    needed: dict[str, dict[Query, None]] = {"": {}}  # as it stands comes first: all else is compared with it
    for rows in planned:
        for row in rows:
            needed.setdefault(row.study, {})[row.query] = None
    heed(study.stop)
    asked_of_it = tuple(needed.pop(""))
    stands = _answered(makers[""], asked_of_it, search=False)
    found = {("", query): row for query, row in stands.items()}
    rest = [(name, tuple(queries)) for name, queries in needed.items()]
    if search and any(row.result is not None for row in stands.values()):
        rest.append(("", asked_of_it))  # solved already, but for its bounds
    rest.sort(key=lambda one: LONGEST.index(one[0]) if one[0] in LONGEST else len(LONGEST))
    answered = 0
    try:
        others = found_apart(study, len(rest), lambda at: _answered(makers[rest[at][0]], rest[at][1], search=search))
        for (name, _), own in zip(rest, others, strict=False):
            found |= {(name, query): row for query, row in own.items()}
            answered += 1
            if progress is not None:
                progress(answered, len(rest))
    except STOPS:
        pass
    complete = answered == len(rest)
    rests: Sequence[RestsOn | None] = [None] * len(asked)
    if complete and study.run.complete:
        rests = rests_on(study, [Reading("", one.query, None, one.query, None) for one in asked])
    numbers = {number.name: number for number in study.model.quantities}
    return tuple(
        replace(_ladder(study, subject, rows, found, complete), rests_on=rest, numbers=numbers)
        for subject, rows, rest in zip(asked, planned, rests, strict=True)
    )


def _specifications(
    study: Study, subject: AskedSubject, makers: dict[str, Callable[[], Study]]
) -> Iterator[_Specification]:
    """Yield the rows of a ladder in order, and add the studies that they need."""
    case, claim, query = study.case, subject.claim, subject.query
    assert claim is not None
    stands, query = query, asked_without(query, study.dropped(query))  # the same evidence in every row
    _, rivals = channels_of(case, claim)
    if rivals:
        yield _Specification(LadderRung.OWN, "", _without(study, [one.id for one in rivals], makers), query)
        for rival in rivals if len(rivals) > 1 else ():
            off = [one.id for one in rivals if one is not rival]
            yield _Specification(LadderRung.RIVAL, rival.id, _without(study, off, makers), query)
    yield _Specification(LadderRung.ALL, "", "", stands)
    decisions = [item for item in case.story if isinstance(item, DecisionEvent)]
    if any(item.usual or item.kinds for item in decisions):
        makers.setdefault(LadderRung.EVEN, lambda: choosing_evenly(study) or study)
        yield _Specification(LadderRung.EVEN, "", LadderRung.EVEN, query)
    makers.setdefault(LadderRung.BEST_REPLY, lambda: choosing_by(study, BEST_REPLY))
    makers.setdefault(LadderRung.NO_RATIONALITY, lambda: choosing_by(study, NO_RATIONALITY))
    if decisions:
        yield _Specification(LadderRung.BEST_REPLY, "", LadderRung.BEST_REPLY, query)
        yield _Specification(LadderRung.NO_RATIONALITY, "", LadderRung.NO_RATIONALITY, query)
    for other in subjects(case, claim.id):
        if other.test != subject.test:
            yield _Specification(LadderRung.READING, other.test or "", "", other.query)
    turned = other_form(query.expression)
    if turned is not None:
        foreseen = any(ask.foresees for ask in calls_in(turned))
        form = prepare(case, turned, until=until(case, claim))
        yield _Specification(LadderRung.FORM, "do_foreseen" if foreseen else "do", "", form)
    makers.setdefault(LadderRung.WIDE, lambda: with_wider_ranges(study))
    yield _Specification(LadderRung.WIDE, "", LadderRung.WIDE, query)


def _without(study: Study, off: Sequence[str], makers: dict[str, Callable[[], Study]]) -> str:
    name = f"without {', '.join(sorted(off))}"
    makers.setdefault(name, lambda: without(study, off))
    return name


def _answered(make: Callable[[], Study], queries: Sequence[Query], *, search: bool) -> dict[Query, LadderRow]:
    """Return each query's row of one study; what the study refuses is why a row has no answer."""
    try:
        made = make()
        accepted = [query for query in queries if made.refusal(query) is None]
        made.need(accepted)
        found = {query: judged(made, Reading("", query, None, query, None)) for query in queries}
        searched = SEARCHED
        if isinstance(made, VariantStudy):
            searched = SEARCHED_EXACTLY if made.is_exact else SEARCHED_IN_A_ROW
        bounds = dict(zip(queries, bounds_of(made, queries, searched), strict=True)) if search else {}
    except (CaseError, Refusal) as fault:
        return {query: LadderRow(LadderRung.ALL, "", None, why_not=reason_of(fault)) for query in queries}
    if not made.run.complete:
        raise KeyboardInterrupt
    lost = int(made.impossible.sum()) if isinstance(made, VariantStudy) else 0
    return {
        query: LadderRow(LadderRung.ALL, "", result, impossible=lost, bounds=bounds.get(query))
        for query, result in found.items()
    }


def _ladder(
    study: Study,
    subject: AskedSubject,
    planned: Sequence[_Specification],
    found: dict[tuple[str, Query], LadderRow],
    complete: bool,
) -> Ladder:
    assert subject.claim is not None
    own, rivals = channels_of(study.case, subject.claim)
    stands = found.get(("", subject.query))
    rows = tuple(
        replace(row, rung=one.rung, name=one.name, change=_change(row, stands, one.rung))
        for one in planned
        if (row := found.get((one.study, one.query))) is not None
    )
    return Ladder(
        subject.claim, subject.test or "", own, rivals, rows, study.worlds, study.seed, complete and study.run.complete
    )


def _change(row: LadderRow, stands: LadderRow | None, rung: LadderRung) -> float | None:
    if rung is LadderRung.ALL or stands is None or row.result is None or stands.result is None:
        return None
    now, then = row.result.share, stands.result.share
    return None if now is None or then is None else difference(now.share, then.share)
