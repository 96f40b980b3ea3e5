"""Changes of a case and of time, as documents: a supposition, an effect's paths, a timeline, and an older case anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Literal

from quandary.ask.answer import Answer
from quandary.ask.changes.clones import Clones
from quandary.ask.changes.commitment import Sight, Suppose, Supposition
from quandary.ask.changes.ladder import Ladder, LadderRow, LadderRung
from quandary.ask.changes.paths import Paths
from quandary.ask.changes.rereading import Rereading, Sense
from quandary.ask.changes.timeline import Line, Moment, Move, Timeline, TimelineStep
from quandary.ask.results import Verdict
from quandary.case.migration import WrittenQuery
from quandary.case.model import VERSION, Case, Channel
from quandary.language.printing import written
from quandary.language.syntax import Expression
from quandary.report.analyses import ladder as ladder_words
from quandary.report.documents.answers import (
    EFFECT,
    BoundsDocument,
    ErrorSpreadDocument,
    JudgementDocument,
    SpreadDocument,
    WorkDocument,
    WorldShareDocument,
    bounds_document,
    error_spread_document,
    judgement_document,
    share_document,
    spread_document,
    work_document,
)
from quandary.report.documents.cases import CaseDocument, case_document
from quandary.report.documents.document import ResultDocument, document, key
from quandary.report.documents.problems import ProblemDocument, problem_document
from quandary.report.words.naming.names import CaseNames


@document
class SupposedAnswerDocument(SpreadDocument):
    """An answer before or after what is supposed."""

    holds_in: float | None = key("of a truth: the weighted share of worlds, 0 to 1, in which it holds")


@document
class SupposeDocument(ResultDocument):
    """An answer before and after a policy is announced, or something is seen or hidden."""

    SCHEMA: ClassVar[str] = "quandary.suppose/1"
    query: str = key("the query")
    suppose: Sequence[str] = key("what is supposed, in words")
    before: SupposedAnswerDocument = key("the answer as the case stands")
    after: SupposedAnswerDocument = key("the answer as supposed")
    difference: SpreadDocument | None = key("after less before, world by world; null for a truth")
    payoffs: Mapping[str, SpreadDocument] = key("what each actor gains by it, in points of worth")
    dropped: Sequence[str] = key("evidence set aside, as the change can affect it")
    worlds: int = key("how many worlds were solved")
    effective_worlds: float = key("how many equally weighted worlds the evidence leaves them worth")
    seed: int = key("the seed of the draws")
    work: WorkDocument = key("how far the work came", inline=True)


@document
class ChangeDocument:
    """One variable set to another state."""

    variable: str = key("the variable")
    start: str = key("the state without the change", name="from")
    end: str = key("the state with it", name="to")


@document
class PathsDocument(ResultDocument):
    """How much of a change's effect runs through some variables: all shares, 0 to 1, or their differences."""

    SCHEMA: ClassVar[str] = "quandary.paths/1"
    asked: str = key("what is asked")
    change: ChangeDocument = key("what changes")
    mediators: Sequence[str] = key("the variables on the way")
    start: ErrorSpreadDocument = key("the answer without the change")
    end: ErrorSpreadDocument = key("the answer with it")
    total: ErrorSpreadDocument = key("the whole effect")
    direct: ErrorSpreadDocument = key("with the mediators as without the change")
    through: ErrorSpreadDocument = key("what the change of the mediators adds to that")
    alone: ErrorSpreadDocument = key("the mediators as with the change, all else without it")
    witnesses: Sequence[str] = key("variables whose shared noise the split rests on; none: no assumption on noise")
    on_the_way: bool = key("whether a mediator lies on any path at all")
    unplayed: Sequence[str] = key("decisions that the split takes to situations which never arise in the game")
    dropped: Sequence[str] = key("evidence set aside, as the change can reach it")
    worlds: int = key("how many worlds were solved")
    effective_worlds: float = key("how many equally weighted worlds the evidence leaves them worth")
    seed: int = key("the seed of the draws")
    work: WorkDocument = key("how far the work came", inline=True)


@document
class FollowedQuestionDocument:
    """A question followed through time."""

    asks: str = key("the question in words")
    query: str = key("the query")
    set_aside: Sequence[str] = key("the evidence that its interventions set aside of all that was seen")


@document
class MoveDocument:
    """How far one piece of evidence moved an answer's mean, in the query's unit."""

    total: float = key("the move")
    mc_error: float | None = key("its Monte Carlo standard error")
    inside_worlds: float | None = key("what of it lies in the actors' world once the piece is known")
    of_assumptions: float | None = key("what of it the piece teaches about the assumptions")


@document
class MomentDocument(ErrorSpreadDocument):
    """One answer after one step."""

    dropped: Sequence[str] = key("evidence set aside, as an intervention made it void")
    move: MoveDocument | None = key("how the step moved it; null at the start")


@document
class TimelineStepDocument:
    """What stood after a piece of evidence; at the start, before any, there is none."""

    on: date | None = key("its day")
    saw: str | None = key("what was seen")
    source: str | None = key("the source's name in the case")
    line: int | None = key("the line of the case")
    probability: float | None = key("how likely it was given those before it, 0 to 1")
    effective_worlds: float = key("how many equally weighted worlds are left")
    too_few: ProblemDocument | None = key("why there are no answers after it")
    answers: Mapping[str, MomentDocument] = key("the answer to each question, by its name")


@document
class TimelineDocument(ResultDocument):
    """How each dated piece of evidence moved the case's questions."""

    SCHEMA: ClassVar[str] = "quandary.timeline/1"
    case: CaseDocument = key("which case it was")
    as_of: date = key("evidence up to this day was used")
    worlds: int = key("how many worlds were solved in the end")
    asked_for: int = key("how many were asked for")
    least_effective_worlds: float = key("below so many equally weighted worlds a step has no answers")
    seed: int = key("the seed of the draws")
    questions: Mapping[str, FollowedQuestionDocument] = key("the questions followed, by their names")
    steps: Sequence[TimelineStepDocument] = key("the start and each piece of evidence, in order of day")
    work: WorkDocument = key("how far the work came", inline=True)


def suppose_document(found: Suppose, seed: int, work: WorkDocument) -> SupposeDocument:
    """Return an answer before and after a supposition; ``work`` says how its worlds were made."""
    return SupposeDocument(
        query=found.before.query,
        suppose=[_written(change) for change in found.changes],
        before=_supposed(found.before),
        after=_supposed(found.after),
        difference=None if found.difference is None else spread_document(found.difference),
        payoffs={actor: spread_document(gain) for actor, gain in found.payoffs.items()},
        dropped=[written(condition) for condition in found.aside],
        worlds=found.before.worlds,
        effective_worlds=found.before.effective_worlds,
        seed=seed,
        work=replace(work, complete=found.complete),
    )


def _written(change: Supposition) -> str:
    """Return what is supposed as code has it: ``push is announced: attack if reply = resist; else hold``."""
    if isinstance(change, Sight):
        return f"{change.variable} is {'seen' if change.seen else 'not seen'} at {change.decision}"
    parts = [option if c is None else f"{option} if {written(c)}" for c, option in change.rules]
    if len(parts) > 1:
        parts[-1] = f"else {parts[-1]}"
    return f"{change.decision} is announced: {'; '.join(parts)}"


def _supposed(answer: Answer) -> SupposedAnswerDocument:
    return SupposedAnswerDocument(answer.mean, answer.median, answer.low, answer.high, answer.holds_in)


def paths_document(found: Paths, seed: int, work: WorkDocument) -> PathsDocument:
    """Return how much of an effect runs through its mediators."""
    return PathsDocument(
        asked=found.asked,
        change=ChangeDocument(found.change.variable, found.change.start, found.change.end),
        mediators=found.through_what,
        start=error_spread_document(found.start),
        end=error_spread_document(found.end),
        total=error_spread_document(found.total),
        direct=error_spread_document(found.direct),
        through=error_spread_document(found.through),
        alone=error_spread_document(found.alone),
        witnesses=found.witnesses,
        on_the_way=found.on_the_way,
        unplayed=found.unplayed,
        dropped=[written(condition) for condition in found.aside],
        worlds=found.total.worlds,
        effective_worlds=found.total.effective_worlds,
        seed=seed,
        work=work,
    )


def timeline_document(case: Case, found: Timeline) -> TimelineDocument:
    """Return how evidence moved the case's questions."""
    return TimelineDocument(
        case=case_document(case),
        as_of=found.as_of,
        worlds=found.worlds,
        asked_for=found.asked_for,
        least_effective_worlds=found.least,
        seed=found.seed,
        questions={line.id: _followed(line, aside) for line, aside in zip(found.lines, found.asides, strict=True)},
        steps=[_step(found, step) for step in found.steps],
        work=work_document(found.unconverged, complete=found.complete),
    )


def _followed(line: Line, aside: Sequence[Expression]) -> FollowedQuestionDocument:
    return FollowedQuestionDocument(line.asks, written(line.query), [written(piece) for piece in aside])


def _step(found: Timeline, step: TimelineStep) -> TimelineStepDocument:
    item = step.item
    moments = zip(found.lines, step.moments, strict=True) if step.moments else ()
    return TimelineStepDocument(
        on=None if item is None else item.on,
        saw=None if item is None else written(item.saw),
        source=None if item is None else item.source,
        line=None if item is None else item.place.line or None,
        probability=step.probability,
        effective_worlds=step.effective_worlds,
        too_few=None if step.too_few is None else problem_document(step.too_few),
        answers={line.id: _moment(moment) for line, moment in moments},
    )


def _moment(moment: Moment) -> MomentDocument:
    answer, move = moment.answer, moment.move
    moved = None if move is None else _move(move)
    return MomentDocument(answer.mean, answer.median, answer.low, answer.high, answer.mc_error, answer.dropped, moved)


def _move(move: Move) -> MoveDocument:
    return MoveDocument(move.total, move.error, move.conditioning, move.reweighing)


@dataclass(frozen=True)
class FileChange:
    """One file's change, as the lines of a unified diff."""

    path: str
    diff: Sequence[str]


@document
class SenseDocument:
    """What a query says in one of its two senses."""

    query: str = key("the query in the words of today")
    evidence: bool = key("whether it is asked with the case's evidence")
    set_aside: Sequence[str] = key("the evidence that its interventions set aside, as the case writes it")
    answer: ErrorSpreadDocument | None = key("its answer; of a comparison, its left minus its right side")
    verdict: Verdict | None = key("of what is true or false: its verdict")
    share: WorldShareDocument | None = key("of what is true or false: the share of worlds in which it holds")
    few_worlds: bool = key("of what is true or false: whether fewer than 400 effective worlds count")
    few_edge: bool = key("whether as many other worlds may say otherwise of `few_worlds`")
    meets: bool | None = key("of a check: whether the answer's 90 % interval meets the range known")
    reason: str | None = key("why it has no answer, in words")


@document
class RereadingDocument:
    """A query that may have meant something else in version 1."""

    kind: Literal["claim", "question", "check", "forecast"] = key("what asks it")
    id: str = key("its name in the case")
    reading: str | None = key("of a claim: the reading's name")
    line: int | None = key("the line of the case")
    now: SenseDocument = key("as it is read now")
    meant: SenseDocument = key("as it was meant in version 1")
    differs: bool = key("whether its verdict, its answer, or what it says of a check differs")
    kept: bool = key("whether the change keeps its old sense")


@document
class ChangedFileDocument:
    """One file of the case that changes."""

    path: str = key("the file")
    diff: Sequence[str] = key("the change, as the lines of a unified diff")


@document
class ChannelDocument:
    """A way by which one thing bears on another."""

    id: str = key("its name in the case")
    says: str | None = key("how it works, in words")
    voiced_by: str | None = key("who says so: a source, or the speaker of a claim")


def channel_documents(channels: Sequence[Channel]) -> list[ChannelDocument]:
    """Return channels with who voiced each."""
    return [ChannelDocument(one.id, one.says, one.voiced_by) for one in channels]


@document
class LadderRowDocument:
    """One specification of a claim."""

    rung: LadderRung = key(
        "what it changes: `own channels` (the rivals off), `rival channel` (that one on too), `as it stands`, `even` "
        "(nothing usual), `best reply`, `no rationality`, `reading`, `form` (of `do`), `wide` (ranges)"
    )
    name: str | None = key("which channel, reading or form; null where there is one only")
    said: str = key("the same in words")
    judgement: JudgementDocument | None = key("what the worlds say; null where it has no answer")
    change: float | None = key("the share of worlds less that of the case as it stands, 0 to 1; null for the latter")
    difference: SpreadDocument | None = key(EFFECT)
    bounds: BoundsDocument | None = key("what the ranges allow that difference to be; null where it was not searched")
    set_aside: Sequence[str] = key("the evidence that its interventions set aside, as the case writes it")
    impossible: int = key("how many worlds the change makes impossible, which are left out")
    why_not: str | None = key("why it has no answer", left_out=True)


@document
class LadderDocument(ResultDocument):
    """A claim under each specification that a reader may prefer, in the same worlds."""

    SCHEMA: ClassVar[str] = "quandary.ladder/1"
    case: CaseDocument = key("which case it was")
    claim: str = key("the claim")
    test: str = key("the reading")
    said: str = key("the result in one sentence")
    own: Sequence[ChannelDocument] = key("the channels that the claim's speaker voices")
    rivals: Sequence[ChannelDocument] = key("the other channels that bear on it")
    opposite: ChannelDocument | None = key("the rival that alone turns most of what the speaker's channels give")
    rows: Sequence[LadderRowDocument] = key("the specifications, in order")
    worlds: int = key("how many worlds were solved, the same in every row")
    seed: int = key("the seed of the draws")
    work: WorkDocument = key("how far the work came", inline=True)


@document
class CloneMoveDocument:
    """One option listed twice."""

    decision: str = key("whose option")
    option: str = key("which option")
    mean: float = key("the answer then, 0 to 1")
    move: float = key("how far that is from the answer as the case stands")


@document
class ClonesDocument:
    """What an answer becomes where an option's share of what is usual is doubled, as if it were listed twice."""

    depends: bool = key("whether one of them moves the answer by more than .03: it depends on how options were listed")
    before: float = key("the answer as the case stands, in these worlds")
    counted: float | None = key("the answer where nobody minds what is best, so that options are counted, 0 to 1")
    near_counted: bool = key("whether the answer lies within .03 of that")
    worlds: int = key("how many worlds were solved")
    moves: Sequence[CloneMoveDocument] = key("each option in turn, the one that moves it most first")


def clones_document(found: Clones) -> ClonesDocument:
    """Return how far each option, listed twice, moves an answer."""
    moves = [CloneMoveDocument(one.decision, one.option, one.mean, one.move) for one in found.moves]
    return ClonesDocument(bool(found.depends), found.before, found.counted, found.near_counted, found.worlds, moves)


@document
class MigrateDocument(ResultDocument):
    """What changes in a case of an earlier version of the case language."""

    SCHEMA: ClassVar[str] = "quandary.migrate/1"
    case: CaseDocument = key("which case it was, before the change")
    from_version: int = key("the version of the case language that the case names")
    to_version: int = key("the version that it names after the change")
    queries: Sequence[RereadingDocument] = key("every query that may have meant something else, in the case's order")
    files: Sequence[ChangedFileDocument] = key("the files that change")
    written: bool = key("whether the change was written, or is only shown")
    work: WorkDocument = key("how far the work came", inline=True)


def migrate_document(
    case: Case,
    found: Sequence[Rereading],
    kept: Collection[WrittenQuery],
    files: Sequence[FileChange],
    work: WorkDocument,
    *,
    written: bool,
) -> MigrateDocument:
    """Return what changes in a case; ``kept`` are the queries that keep their old sense."""
    return MigrateDocument(
        case=case_document(case),
        from_version=case.version,
        to_version=VERSION,
        queries=[_rereading(one, one.query in kept) for one in found],
        files=[ChangedFileDocument(file.path, file.diff) for file in files],
        written=written,
        work=work,
    )


def _rereading(one: Rereading, kept: bool) -> RereadingDocument:
    query = one.query
    line = query.place.line or None
    now, meant = _sense(one.now), _sense(one.meant)
    return RereadingDocument(query.kind, query.id, query.reading, line, now, meant, one.differs, kept)


def _sense(sense: Sense) -> SenseDocument:
    return SenseDocument(
        query=sense.text,
        evidence=sense.evidence,
        set_aside=sense.answer.dropped,
        answer=None if sense.answer.mean is None else error_spread_document(sense.answer),
        verdict=sense.verdict,
        share=share_document(sense.share),
        few_worlds=sense.few_worlds,
        few_edge=sense.few_edge,
        meets=sense.meets,
        reason=sense.reason,
    )


def ladder_document(case: Case, found: Ladder, work: WorkDocument) -> LadderDocument:
    """Return a claim's ladder; ``work`` says how its worlds were made."""
    return LadderDocument(
        case=case_document(case),
        claim=found.claim.id,
        test=found.reading,
        said=ladder_words.sentence(CaseNames(case), found),
        own=channel_documents(found.own),
        rivals=channel_documents(found.rivals),
        opposite=None if found.opposite is None else channel_documents([found.opposite])[0],
        rows=[_rung(CaseNames(case), found, row) for row in found.rows],
        worlds=found.worlds,
        seed=found.seed,
        work=replace(work, complete=found.complete),
    )


def _rung(names: CaseNames, found: Ladder, row: LadderRow) -> LadderRowDocument:
    result = row.result
    return LadderRowDocument(
        rung=row.rung,
        name=row.name or None,
        said=ladder_words.row_said(names, found, row),
        judgement=None if result is None else judgement_document(result),
        change=row.change,
        difference=None if result is None or result.effect is None else spread_document(result.effect),
        bounds=bounds_document(row.bounds),
        set_aside=() if result is None else result.set_aside,
        impossible=row.impossible,
        why_not=None if row.why_not is None else row.why_not.text,
    )
