"""The items of a critique: what is wrong, how much it matters, the numbers, and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from quandary.ask.answer import CountedChoice
from quandary.ask.changes.clones import Clones
from quandary.ask.outside import OutsideComparison, OutsideFigure
from quandary.ask.results import CheckResult, ClaimResult, JointChecks, TestResult
from quandary.ask.why.choice import ChoiceTable
from quandary.case.model import Channel, DecisionEvent, Question, Source, Stake
from quandary.compile.numbers import UncertainNumber
from quandary.language.syntax import Expression


class Grade(StrEnum):
    """How much an item matters, the worst first: the answer should not be used as it is; know it; a note."""

    SERIOUS = "serious"
    KNOW = "know"
    NOTE = "note"


@dataclass(frozen=True, eq=False)
class AsksNothing:
    """The case has no question, forecast or event, and no claim that is tested."""


@dataclass(frozen=True, eq=False)
class NumbersUnknown:
    """Nobody has put numbers to so many ``things``: what averages over worlds is not looked at."""

    things: int


@dataclass(frozen=True, eq=False)
class FarFromOutside:
    """An answer that lies far from what others say: ``far`` are the views, of all in ``compared``."""

    compared: OutsideComparison
    far: tuple[OutsideFigure, ...]
    is_headline: bool


@dataclass(frozen=True)
class AsKinds:
    """The headline, 0 to 1, were some options of a decision (``together``) of one kind, and each other of its own."""

    decision: DecisionEvent
    together: tuple[str, ...]
    mean: float


@dataclass(frozen=True, eq=False)
class HowListed:
    """A headline that depends on how options were listed; ``kinds`` is what it is by kinds, where that applies."""

    clones: Clones
    kinds: AsKinds | None


@dataclass(frozen=True, eq=False)
class NearCoinFlip:
    """An answer about a choice that is near what counting options gives; of the headline without a ``question``."""

    question: Question | None
    query: Expression
    counting: CountedChoice


@dataclass(frozen=True)
class CheckRemedy:
    """A number in whose outer part a missed check is met.

    ``above`` the threshold, or below it, so in a share ``beyond`` of the worlds: there the check's mean is ``mean``.
    """

    number: UncertainNumber
    above: bool
    threshold: float
    beyond: float
    mean: float


@dataclass(frozen=True)
class Carrying:
    """A number and the share of an answer's doubt that it carries."""

    number: UncertainNumber
    share: float


@dataclass(frozen=True, eq=False)
class MissedCheck:
    """A check whose range the answer misses; ``remedy`` meets it alone, else ``most`` carries most of its doubt."""

    result: CheckResult
    remedy: CheckRemedy | None
    most: Carrying | None


@dataclass(frozen=True)
class AnchoredHeadline:
    """The headline's mean where worlds weigh by the checks, and how many effective worlds that leaves."""

    mean: float
    effective_worlds: float


@dataclass(frozen=True, eq=False)
class ApartChecks:
    """Two checks that exclude each other most: in what share of worlds each is met, and both are."""

    first: CheckResult
    second: CheckResult
    first_met: float
    second_met: float
    both_met: float


@dataclass(frozen=True, eq=False)
class NotMetTogether:
    """Checks that hardly any world meets all of; ``anchored`` is the headline by them, where that can be told."""

    joint: JointChecks
    apart: ApartChecks | None
    anchored: AnchoredHeadline | None


@dataclass(frozen=True, eq=False)
class NearlyIndifferent:
    """An actor to whom the best options of a decision are nearly the same, in the table of its likeliest menu."""

    decision: DecisionEvent
    table: ChoiceTable


@dataclass(frozen=True)
class WithoutStake:
    """A decision that can change no stake of the actor who makes it."""

    decision: DecisionEvent


@dataclass(frozen=True)
class IdleVariables:
    """Variables on which nothing that is asked or was seen depends."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class StuckStake:
    """A stake that nothing moves, or (``by_anyone``) nothing that its keeper decides.

    ``weight`` is the mean of its weight, 0 to 1; ``None`` for one that counts in points as it stands.
    """

    stake: Stake
    by_anyone: bool
    weight: float | None


@dataclass(frozen=True, eq=False)
class Restating:
    """Claims of which every reading restates a line of the case; ``tested`` others are left, as a run counts them."""

    claims: tuple[ClaimResult, ...]
    readings: tuple[TestResult, ...]
    tested: int


@dataclass(frozen=True, eq=False)
class OneSidedSource:
    """A source that is used for one of its two sides; ``lines`` counts those that rest on it.

    Either a ``channel`` that it voices has no line in the case (``unused``), or has and none of its lines rests on the
    source: the source's own lines move the headline by ``own``, the channel by ``other``, the other way. Or the source
    itself makes a ``claim`` that holds in the share ``own`` of worlds, and without its lines in ``other``.
    """

    source: Source
    lines: int
    channel: Channel | None = None
    unused: bool = False
    claim: ClaimResult | None = None
    reading: TestResult | None = None
    own: float = 0.0
    other: float = 0.0


@dataclass(frozen=True)
class LateSources:
    """Sources that the case rests on and that were published after the day it speaks from."""

    sources: tuple[Source, ...]


@dataclass(frozen=True)
class UndatedSources:
    """Sources that the case rests on and whose day is not known."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, eq=False)
class IdleRanges:
    """Ranges that carry less than ``threshold`` of the doubt in the headline and in every reading of a claim.

    ``numbers`` of ``total``. With all of them at their medians at once the headline's mean and interval are ``after``
    instead of ``before``, and no reading's share of worlds moves by more than ``most_moved``.
    """

    numbers: tuple[UncertainNumber, ...]
    total: int
    threshold: float
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    most_moved: float


@dataclass(frozen=True)
class HeadlineBounds:
    """The least and the most that the ranges allow of the headline, searched; ``most`` carries most of its doubt."""

    low: float
    high: float
    searched: int
    most: Carrying | None


@dataclass(frozen=True)
class Unsourced:
    """Uncertain numbers, of ``total``, that carry neither a reason nor a source."""

    numbers: tuple[UncertainNumber, ...]
    total: int


Detail: TypeAlias = (
    AsksNothing
    | NumbersUnknown
    | FarFromOutside
    | HowListed
    | NearCoinFlip
    | MissedCheck
    | NotMetTogether
    | NearlyIndifferent
    | WithoutStake
    | IdleVariables
    | StuckStake
    | Restating
    | OneSidedSource
    | LateSources
    | UndatedSources
    | IdleRanges
    | HeadlineBounds
    | Unsourced
)


@dataclass(frozen=True, eq=False)
class CriticItem:
    """One item: how much it matters, and what it is."""

    grade: Grade
    detail: Detail


@dataclass(frozen=True, eq=False)
class Critique:
    """The items, worst first; ``total`` counts the uncertain numbers, of which ``sourced`` carry a reason or a source.

    ``headline`` is the headline's query, ``None`` without one. ``searched`` is in how many worlds the case was solved
    anew for it; ``complete`` says whether all of it was looked at.
    """

    items: tuple[CriticItem, ...]
    headline: Expression | None
    total: int
    sourced: int
    searched: int
    complete: bool

    def of(self, grade: Grade) -> tuple[CriticItem, ...]:
        """Return the items of one grade."""
        return tuple(item for item in self.items if item.grade is grade)
