"""Scores: by who, tag, horizon or source; calibration; one forecaster beside another; each day's part of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from quandary.base.problems import Problem, Refusal, nearest
from quandary.use.answers.drawing import check_chart
from quandary.use.ledger.opening import LedgerPlace, store
from quandary.use.requests import About, Force, NamedPlace, Seed
from quandary.use.results import Hands, Piece, Result

if TYPE_CHECKING:
    from quandary.ledger.histories import QuestionHistory
    from quandary.ledger.scores.card import Row
    from quandary.ledger.scores.summary import ScoreSummary
    from quandary.ledger.store.store import Store
    from quandary.report.ledger.score_documents import LedgerScoreDocument

CHARTS = ("calibration", "discrimination", "months")
MOST_BESIDE = 20
"""Forecasters who are set beside one at once."""


@dataclass(frozen=True, kw_only=True)
class LedgerScoreRequest:
    """What to score, how, and what to tell apart."""

    by: Annotated[
        str, About("Tell apart by who, tag, horizon, set, source or month.", metavar="NAME", written="who")
    ] = "who"
    of: Annotated[str, About("Only this forecaster's.", metavar="NAME")] = ""
    tag: Annotated[str, About("Only questions with this tag.", metavar="TAG")] = ""
    set: Annotated[str, About("Only questions of this set.", metavar="NAME")] = ""
    take: Annotated[
        str,
        About(
            "Of several forecasts of one question: the last, time-weighted, or each.", metavar="WHICH", written="last"
        ),
    ] = "last"
    days_before: Annotated[
        float | None, About("What stood so many days before the end.", metavar="DAYS", least=0.0)
    ] = None
    against: Annotated[str, About("Beside this forecaster, on the same questions and days.", metavar="NAME")] = ""
    why: Annotated[str, About("Each day's part of the scores of one question.", metavar="QUESTION")] = ""
    chart: Annotated[
        Path | None, About("Also draw: .svg, .png, .pdf or .vl.json.", metavar="FILE", names=NamedPlace.WRITTEN)
    ] = None
    draw: Annotated[
        str, About("What to draw: calibration, discrimination or months.", metavar="WHAT", written="calibration")
    ] = "calibration"
    force: Force = False
    seed: Seed = 1
    ledger: LedgerPlace = None


@dataclass(frozen=True, eq=False)
class LedgerScored(Result):
    """Scores of the settled questions and the rows behind them; ``drawn`` is the file of a chart."""

    found: ScoreSummary
    drawn: Path | None = None
    rows: tuple[Row, ...] = ()

    def document(self) -> LedgerScoreDocument:
        """Return what was found as ``quandary.ledger-score/1``."""
        from quandary.report.ledger.score_documents import score_document

        return score_document(self.found)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield the scores in words, and as tables."""
        from quandary.report.ledger.scores import score_parts, why_parts

        if self.found.why is not None:
            yield from why_parts(*self.found.why, self.found.names)
            return
        yield from score_parts(self.found)
        if self.drawn is not None:
            yield f"Wrote {self.drawn}."


def run(request: LedgerScoreRequest, hands: Hands) -> LedgerScored:
    """Return what a ledger's forecasts scored. Of little the answer says that it is little, and names nobody better."""
    from quandary.ledger.scores.card import Taken

    taken = {one.value: one for one in Taken}
    if request.take not in taken:
        raise Refusal(Problem("Q912", f'"{request.take}" is no way to take forecasts', hint=", ".join(taken)))
    if request.draw not in CHARTS:
        raise Refusal(Problem("Q912", f'"{request.draw}" is nothing to draw', hint=", ".join(CHARTS)))
    if request.chart is not None:
        check_chart(request.chart, force=request.force)
    with store(request.ledger) as kept:
        if request.why:
            return day_scores(kept, request)
        return scored(kept, request, hands)


def scored(kept: Store, request: LedgerScoreRequest, hands: Hands) -> LedgerScored:
    """Return what the forecasts of an open ledger scored."""
    from quandary.ledger.scores.beside import BesideOne, PublishedScores
    from quandary.ledger.scores.calibration import reliability
    from quandary.ledger.scores.card import Taken, binary_of, grouped, line, rows
    from quandary.ledger.scores.confidence import confidence
    from quandary.ledger.scores.scored import scored as scores_on
    from quandary.ledger.scores.summary import ScoreSummary

    names = kept.people()
    of, against = (_person(names, name, kept.name) if name else "" for name in (request.of, request.against))
    skipped: dict[str, int] = {}
    given: list[Row] = []
    published, beside = PublishedScores(), BesideOne(against) if against else None
    for history in _wanted(kept, request, skipped):  # memory holds one question and the rows of the others
        several = list(scores_on(history))
        given += [
            row for row in rows(history, several, Taken(request.take), request.days_before) if not of or row.by == of
        ]
        published.add(history, several)
        if beside is not None:
            beside.add(history, several)
    said, came = binary_of(given)
    found = reliability(said, came, request.seed) if len(said) else None
    people = list(dict.fromkeys(row.by for row in given))
    groups = grouped(given, _grouping(request.by, names, several=len(people) > 1))
    others = [person for person in ([of] if of else people) if person != against] if against else []
    made = ScoreSummary(
        place=kept.name,
        names=names,
        by=request.by,
        whole=line("all", given) if given else None,
        lines=tuple(line(name, some) for name, some in groups.items()),
        confidences=tuple(confidence(some, request.seed) for some in groups.values()),
        who=names.get(people[0], people[0]) if len(people) == 1 else "",
        tag=request.tag,
        reliability=found,
        published=tuple(one for one in published.all() if not of or one.by == of),
        beside=() if beside is None else tuple(beside.of(other, request.seed) for other in others[:MOST_BESIDE]),
        skipped=skipped,
        head=kept.head()[1],
    )
    if request.chart is not None:
        from quandary.report.charts.rendering import save_chart
        from quandary.report.ledger.charts import score_chart

        with hands.writing():
            save_chart(score_chart(request.draw, made, given), request.chart, force=request.force)
    return LedgerScored(made, request.chart, tuple(given))


def day_scores(kept: Store, request: LedgerScoreRequest) -> LedgerScored:
    """Return each day's part of the scores of one question of an open ledger."""
    from quandary.ledger.histories import history
    from quandary.ledger.scores.scored import scored
    from quandary.ledger.scores.summary import ScoreSummary

    found = history(kept, request.why)
    if not found.settled:
        message = f"{found.question.text} has no outcome to score against"
        raise Refusal(Problem("Q915", message, hint="settle it: quandary ledger resolve"))
    if found.question.unscorable:
        hint = "ask it better: quandary ledger add ... --amends"
        raise Refusal(Problem("Q915", f"{found.question.text} is not scored: {found.question.unscorable}", hint=hint))
    head = kept.head()[1]
    why = found, tuple(scored(found))
    return LedgerScored(ScoreSummary(kept.name, kept.people(), request.by, head, why=why))


def _wanted(kept: Store, request: LedgerScoreRequest, skipped: dict[str, int]) -> Iterator[QuestionHistory]:
    """Yield the histories that are to be scored; counts the others by why they are not."""
    from quandary.ledger.histories import histories
    from quandary.ledger.records import OutcomeKind

    skipped.clear()
    reasons = {OutcomeKind.VOID: "void", OutcomeKind.AMBIGUOUS: "ambiguous"}
    for history in histories(kept):
        question = history.question
        if (request.tag and request.tag not in question.tags) or (request.set and request.set != question.set):
            continue
        reason = "unscorable" if question.unscorable else ""
        if not reason:
            reason = "open" if history.resolution is None else reasons.get(history.resolution.outcome, "")
        if not reason and not any(one.at < history.ends for one in history.said):
            reason = "without a forecast in time"
        if reason:
            skipped[reason] = skipped.get(reason, 0) + 1
        else:
            yield history


def _person(names: Mapping[str, str], told: str, place: str) -> str:
    known = {name.casefold(): key for key, name in names.items()}
    if told.casefold() not in known:
        hint = nearest(told, list(names.values())) or "quandary ledger score tells who there is"
        raise Refusal(Problem("Q915", f'nobody is called "{told}" in {place}', hint=hint))
    return known[told.casefold()]


def _grouping(by: str, names: Mapping[str, str], *, several: bool) -> Callable[[Row], tuple[str, ...]]:
    """Return the groups of a row by a name; of several forecasters each has groups of their own, since a mixture is
    nobody's skill.
    """
    from quandary.ledger.moments import day
    from quandary.ledger.scores.card import Grouping, horizon_name

    groups: dict[str, Callable[[Row], tuple[str, ...]]] = {
        Grouping.WHO: lambda row: (names.get(row.by, row.by),),
        Grouping.TAG: lambda row: row.tags or ("no tag",),
        Grouping.HORIZON: lambda row: (horizon_name(row.horizon),),
        Grouping.SET: lambda row: (row.set or "no set",),
        Grouping.SOURCE: lambda row: (row.source or "no source",),
        Grouping.MONTH: lambda row: (f"{day(row.ended):%Y-%m}",),
    }
    if by not in groups:
        raise Refusal(Problem("Q912", f'scores cannot be told apart by "{by}"', hint=", ".join(map(str, groups))))
    group = groups[by]
    if by == Grouping.WHO or not several:
        return group
    return lambda row: tuple(f"{name}, {names.get(row.by, row.by)}" for name in group(row))
