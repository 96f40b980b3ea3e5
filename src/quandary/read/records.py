"""What the reading stage hands on: an article, what it says, and who says it.

Every record that quotes carries ``start`` and ``end`` so that ``article.text[start:end]`` is the quoted text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from quandary.case.draft import Draft

BlockKind = Literal["title", "header", "body", "heading", "furniture"]
StatementType = Literal["direct", "indirect", "mixed"]
Kind = Literal["question", "conditional", "forecast", "causal", "normative", "factual"]
Sign = Literal["raises", "lowers"]
Polarity = Literal["held", "denied", "doubted", "open"]
"""What a speaker makes of the content: holds it, denies it, doubts it, or leaves it open ("refused to rule out").

Whole sentences in quotation marks are the speaker's own words and held, whatever the cue.
"""

KINDS: tuple[Kind, ...] = ("question", "conditional", "forecast", "causal", "normative", "factual")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the article: ``text`` is ``article.text[start:end]``."""

    start: int
    end: int
    text: str

    def within(self, start: int, end: int) -> bool:
        """Return whether the passage lies inside ``start``..``end``."""
        return start <= self.start and self.end <= end


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or line of the article and what it is; only ``body`` blocks are read for statements."""

    start: int
    end: int
    kind: BlockKind


@dataclass(frozen=True, slots=True)
class Article:
    """An article as plain text with its furniture marked; ``published`` is ``None`` when no date was found."""

    id: str
    text: str
    blocks: tuple[Block, ...]
    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: date | None = None
    published_text: str | None = None
    format: str = "text"
    notes: tuple[str, ...] = ()

    def passage(self, start: int, end: int) -> Passage:
        """Return ``text[start:end]`` with its place."""
        return Passage(start, end, self.text[start:end])

    def body(self) -> tuple[Block, ...]:
        """Return the blocks that are read for statements, in order."""
        return tuple(b for b in self.blocks if b.kind == "body")


@dataclass(frozen=True, slots=True)
class ProbabilityRange:
    """The probabilities a hedge word is read as, between 0 and 1.

    ``basis`` tells survey percentiles (5th to 95th of what people say they mean) from prescribed bands; ``author`` is
    the ``source`` in few words.
    """

    low: float
    median: float
    high: float
    basis: str
    source: str
    phrase: str
    author: str


@dataclass(frozen=True, slots=True)
class Direction:
    """A hedge that compares: ``what`` became less or more likely, ``because_of`` what (where the text says it)."""

    sign: Sign
    what: Passage | None
    because_of: Passage | None


@dataclass(frozen=True, slots=True)
class Hedge:
    """Words that weaken or strengthen a statement, with the range or the direction they are read as."""

    passage: Passage
    range: ProbabilityRange | None = None
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A condition with its consequence, or a cause with its effect and sign."""

    first: Passage
    second: Passage
    sign: Sign | None = None
    negated: bool = False
    alternatives: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """What a clause or an event noun says of one thing: it is in the state ``said`` rather than ``other``.

    ``theme`` names the thing in the article's words; ``agent`` is whose doing it is, where the grammar says; ``chosen``
    tells what somebody does from what happens. ``holds`` tells which of two states of being (there or gone) is said;
    ``axis`` whether the states are those, or two ways of doing; ``turned`` that ``other`` is what the words name.
    """

    passage: Passage
    theme: str
    said: str
    other: str
    agent: str | None = None
    chosen: bool = False
    holds: bool = True
    axis: Literal["there", "way"] = "way"
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a claim says that can be tested: an effect, and where it is said the cause and how the cause moves it.

    ``passage`` is the sentence. ``sign`` compares the effect's ``said`` under the cause's ``said`` with that under its
    ``other``; it is ``None`` where the grammar leaves the direction open. An end that cannot be told is ``None``.
    A norm, what somebody ought to do, is no test: it tells what there is to decide.
    ``joint`` are the conditions that must hold beside the cause: "if A leaves and B stays".
    """

    passage: Passage
    form: Literal["conditional", "causal", "forecast", "norm"]
    effect: Situation | None
    cause: Situation | None = None
    sign: Sign | None = None
    joint: tuple[Situation, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposition:
    """One sentence of a longer statement, with its own kind."""

    passage: Passage
    kind: Kind
    kind_also: tuple[Kind, ...] = ()
    hedge: Hedge | None = None
    conditional: Link | None = None
    causal: Link | None = None


@dataclass(frozen=True, slots=True)
class ArticleStatement:
    """Content that the article gives to a source other than its author."""

    passage: Passage
    speaker: str
    role: str | None
    type: StatementType
    kind: Kind
    kind_also: tuple[Kind, ...]
    cue: str
    hedge: Hedge | None = None
    conditional: Link | None = None
    causal: Link | None = None
    propositions: tuple[Proposition, ...] = ()
    rule: str = ""
    polarity: Polarity = "held"


@dataclass(frozen=True, slots=True)
class AuthorClaim:
    """A forecast, a conditional, a causal or a normative claim that the author makes in his own voice."""

    passage: Passage
    kind: Kind
    kind_also: tuple[Kind, ...] = ()
    hedge: Hedge | None = None
    conditional: Link | None = None
    causal: Link | None = None


@dataclass(frozen=True, slots=True)
class ArticleActor:
    """Someone or something that acts; ``mentions`` counts the places, ``first`` is the earliest one."""

    name: str
    aliases: tuple[str, ...]
    type: str
    country: str | None
    role: str | None
    mentions: int
    first: Passage


@dataclass(frozen=True, slots=True)
class Event:
    """Who did what to whom, when and where; ``attributed_to`` names the speaker of an event that is only claimed."""

    trigger: Passage
    actor: str | None
    target: str | None
    plover: str
    mode: str | None
    on: date | None
    date_text: str | None
    precision: str | None
    place: str | None
    attributed_to: str | None = None


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Something an extractor proposed or a sentence the rules could not use, with the reason."""

    text: str
    reason: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class ArticleReading:
    """Everything the reading stage found in one article; ``drafted`` is the draft of one that makes its own."""

    article: Article
    statements: tuple[ArticleStatement, ...] = ()
    author_claims: tuple[AuthorClaim, ...] = ()
    actors: tuple[ArticleActor, ...] = ()
    events: tuple[Event, ...] = ()
    not_placed: tuple[Unplaced, ...] = ()
    extractor: str = "rules"
    model: str = ""
    notes: tuple[str, ...] = field(default=())
    assertions: tuple[Assertion, ...] = ()
    drafted: Draft | None = None
