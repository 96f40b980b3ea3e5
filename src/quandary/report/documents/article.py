"""What an article says, as a document; every ``start`` and ``end`` is an offset into its text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from quandary.ask.turning.eliciting.complete_part import LeftOut
from quandary.base.problems import Problem
from quandary.read.intake.intake import sha256
from quandary.read.records import (
    ArticleActor,
    ArticleReading,
    ArticleStatement,
    AuthorClaim,
    Direction,
    Event,
    Link,
    Polarity,
    ProbabilityRange,
    Proposition,
    Sign,
    StatementType,
)
from quandary.read.records import Kind as StatementKind
from quandary.report.documents.document import ResultDocument, document, key
from quandary.report.documents.runs.run import RunDocument
from quandary.report.documents.turning.elicitation import NextDocument

DIGITS = 4
"""Of the probabilities that hedges are read as."""


@document
class ProbabilityRangeDocument:
    """The probabilities that a hedge is read as, 0 to 1."""

    low: float = key("the lower end")
    median: float = key("the middle")
    high: float = key("the upper end")
    basis: str = key("what the range is: percentiles of a survey, a prescribed band, or stated")
    source: str = key("where it is from")
    phrase: str = key("the phrase that was looked up")


@document
class DirectionDocument:
    """A hedge that compares."""

    sign: Sign = key("raises or lowers")
    what: str | None = key("what became more or less likely")
    because_of: str | None = key("because of what")


@document
class ConditionDocument:
    """A condition and its consequence."""

    condition: str = key("the condition")
    consequence: str = key("its consequence")
    other_conditions: Sequence[str] | None = key("other conditions that would do", left_out=True)
    condition_negated: bool | None = key("that the condition is one that does not hold", left_out=True)


@document
class CauseDocument:
    """A cause and its effect."""

    cause: str = key("the cause")
    effect: str = key("its effect")
    sign: Sign | None = key("raises or lowers")


@document
class WordingDocument:
    """How something is said: hedged, on a condition, with a cause."""

    hedge: str | None = key("the words that weaken or strengthen it")
    range: ProbabilityRangeDocument | None = key("the probabilities that these are read as")
    direction: DirectionDocument | None = key("of a hedge that compares: what became how likely", left_out=True)
    conditional: ConditionDocument | None = key("the condition", inline=True, left_out=True)
    causal: CauseDocument | None = key("the cause", inline=True, left_out=True)


@document
class PropositionDocument:
    """A sentence with its kind: part of a longer statement, or the author's own claim."""

    text: str = key("its words")
    start: int = key("where they begin")
    end: int = key("where they end")
    kind: StatementKind = key("what kind of sentence it is")
    kind_also: Sequence[StatementKind] = key("what else it is")
    wording: WordingDocument = key("how it is said", inline=True)


@document
class ArticleStatementDocument:
    """What the article gives to a source other than its author."""

    speaker: str = key("who says it")
    role: str | None = key("the speaker's role")
    quote_text: str = key("the words")
    start: int = key("where they begin")
    end: int = key("where they end")
    type: StatementType = key("direct, indirect or mixed speech")
    kind: StatementKind = key("what kind of statement it is")
    kind_also: Sequence[StatementKind] = key("what else it is")
    cue: str = key("the word that gives it to the speaker")
    polarity: Polarity = key("whether the speaker holds it, denies it, doubts it or leaves it open")
    wording: WordingDocument = key("how it is said", inline=True)
    propositions: Sequence[PropositionDocument] | None = key("its sentences, where they are several", left_out=True)


@document
class ArticleActorDocument:
    """Someone or something that acts."""

    name: str = key("the name")
    aliases: Sequence[str] = key("other names in the article")
    type: str = key("what it is")
    country: str | None = key("its country")
    role: str | None = key("its role")
    mentions: int = key("how often it is named")
    start: int = key("where it is first named")
    end: int = key("where that ends")


@document
class EventDocument:
    """Who did what to whom, when and where."""

    trigger: str = key("the word that tells of it")
    start: int = key("where it begins")
    end: int = key("where it ends")
    actor: str | None = key("who did it")
    target: str | None = key("to whom")
    plover: str = key("the kind of event in the PLOVER ontology")
    mode: str | None = key("its mode there")
    on: date | None = key("its day", name="date")
    date_text: str | None = key("the words that give it")
    date_precision: str | None = key("how exact they are")
    place: str | None = key("where it was")
    attributed_to: str | None = key("of what is only claimed: who claims it")


@document
class UnplacedDocument:
    """A sentence that could not be used."""

    text: str = key("its words")
    reason: str = key("why")
    start: int | None = key("where they begin")
    end: int | None = key("where they end")


@document
class LeftOutDocument:
    """What a run leaves out of a draft, or takes otherwise."""

    what: str = key("what it is")
    why: str = key("why")
    line: int = key("the line of the draft")
    question: str | None = key("the question whose answer would bring it in; null where there is none")


@document
class FirstAnswerDocument:
    """A draft before any number is known: how its claims stand, and what to ask next."""

    case: str = key("the draft's file")
    run: RunDocument | None = key("a run of what can run; null where nothing can")
    left_out: Sequence[LeftOutDocument] = key("what the run leaves out of the draft, or takes otherwise")
    why_no_run: Sequence[str] = key("why nothing can run")
    next: NextDocument | None = key("what to ask next")


@document
class ReadDocument(ResultDocument):
    """Who says what in an article, who acts, and what happened; of a draft that was written, its first answer."""

    SCHEMA: ClassVar[str] = "quandary.read/1"
    id: str = key("the article's name")
    title: str | None = key("its title")
    author: str | None = key("its author")
    publisher: str | None = key("its publisher")
    published: date | None = key("the day it was published")
    published_text: str | None = key("the words that give it")
    text_sha256: str = key("the digest of its text")
    extractor: str = key("what read it")
    model: str = key("with which model")
    statements: Sequence[ArticleStatementDocument] = key("what others say")
    author_claims: Sequence[PropositionDocument] = key("what the author claims")
    actors: Sequence[ArticleActorDocument] = key("who acts")
    events: Sequence[EventDocument] = key("what happened")
    sentences_not_placed: Sequence[UnplacedDocument] = key("sentences that could not be used")
    notes: Sequence[str] = key("what else is to be known about the reading, in words")
    first_answer: FirstAnswerDocument | None = key("of a draft that was written: how it stands", left_out=True)


def first_answer_document(
    case: str,
    run: RunDocument | None,
    left_out: Sequence[LeftOut],
    problems: Sequence[Problem],
    questions: NextDocument | None,
) -> FirstAnswerDocument:
    """Return a draft's first answer, or why there is none."""
    left = [LeftOutDocument(one.what, one.why, one.line, one.gap) for one in left_out]
    return FirstAnswerDocument(case, run, left, [one.message for one in problems], questions)


def read_document(reading: ArticleReading, answer: FirstAnswerDocument | None = None) -> ReadDocument:
    """Return what an article says, and the first answer of its draft."""
    article = reading.article
    return ReadDocument(
        id=article.id,
        title=article.title,
        author=article.author,
        publisher=article.publisher,
        published=article.published,
        published_text=article.published_text,
        text_sha256=sha256(article),
        extractor=reading.extractor,
        model=reading.model,
        statements=[_statement(statement) for statement in reading.statements],
        author_claims=[_proposition(claim) for claim in reading.author_claims],
        actors=[_actor(actor) for actor in reading.actors],
        events=[_event(event) for event in reading.events],
        sentences_not_placed=[UnplacedDocument(u.text, u.reason, u.start, u.end) for u in reading.not_placed],
        notes=[*article.notes, *reading.notes],
        first_answer=answer,
    )


def _wording(said: ArticleStatement | Proposition | AuthorClaim) -> WordingDocument:
    hedge = said.hedge
    return WordingDocument(
        hedge=None if hedge is None else hedge.passage.text,
        range=None if hedge is None or hedge.range is None else _range(hedge.range),
        direction=None if hedge is None or hedge.direction is None else _direction(hedge.direction),
        conditional=None if said.conditional is None else _condition(said.conditional),
        causal=None if said.causal is None else _cause(said.causal),
    )


def _range(own: ProbabilityRange) -> ProbabilityRangeDocument:
    low, median, high = (round(p, DIGITS) for p in (own.low, own.median, own.high))
    return ProbabilityRangeDocument(low, median, high, own.basis, own.source, own.phrase)


def _direction(own: Direction) -> DirectionDocument:
    because = own.because_of.text if own.because_of else None
    return DirectionDocument(own.sign, own.what.text if own.what else None, because)


def _condition(link: Link) -> ConditionDocument:
    others = [passage.text for passage in link.alternatives]
    return ConditionDocument(link.first.text, link.second.text, others or None, link.negated or None)


def _cause(link: Link) -> CauseDocument:
    return CauseDocument(link.first.text, link.second.text, link.sign)


def _statement(said: ArticleStatement) -> ArticleStatementDocument:
    return ArticleStatementDocument(
        speaker=said.speaker,
        role=said.role,
        quote_text=said.passage.text,
        start=said.passage.start,
        end=said.passage.end,
        type=said.type,
        kind=said.kind,
        kind_also=said.kind_also,
        cue=said.cue,
        polarity=said.polarity,
        wording=_wording(said),
        propositions=[_proposition(one) for one in said.propositions] or None,
    )


def _proposition(said: Proposition | AuthorClaim) -> PropositionDocument:
    passage = said.passage
    return PropositionDocument(passage.text, passage.start, passage.end, said.kind, said.kind_also, _wording(said))


def _actor(actor: ArticleActor) -> ArticleActorDocument:
    return ArticleActorDocument(
        name=actor.name,
        aliases=actor.aliases,
        type=actor.type,
        country=actor.country,
        role=actor.role,
        mentions=actor.mentions,
        start=actor.first.start,
        end=actor.first.end,
    )


def _event(event: Event) -> EventDocument:
    return EventDocument(
        trigger=event.trigger.text,
        start=event.trigger.start,
        end=event.trigger.end,
        actor=event.actor,
        target=event.target,
        plover=event.plover,
        mode=event.mode,
        on=event.on,
        date_text=event.date_text,
        date_precision=event.precision,
        place=event.place,
        attributed_to=event.attributed_to,
    )
