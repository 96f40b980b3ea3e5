"""What a study hands back: frozen records, one for each kind of thing an analyst reads; ``report/`` words them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from quandary.ask.answer import Answer
from quandary.base.problems import Problem
from quandary.case.model import Check, Claim, Question

NAMED = 5
"""How many worlds that did not converge are named in words; JSON names all."""


class Verdict(Enum):
    """What the worlds say about one reading of a claim."""

    HOLDS = "holds"
    FRAGILE = "fragile"
    FAILS = "fails"
    BY_CONSTRUCTION_TRUE = "by_construction_true"
    BY_CONSTRUCTION_FALSE = "by_construction_false"
    NOT_TESTABLE = "not_testable"


class History(Enum):
    """What later events said, from resolutions dated up to ``as_of`` only."""

    OPEN = "open"
    VOID = "void"
    CAME_TRUE = "came_true"
    DID_NOT = "did_not"


class ByConstructionStatus(Enum):
    """How far the search for a counter-example got."""

    PROVED = "proved"
    NO_COUNTER_EXAMPLE = "no_counter_example"
    COUNTER_EXAMPLE = "counter_example"
    NOT_SEARCHED = "not_searched"


@dataclass(frozen=True)
class ByConstruction:
    """Whether a reading could come out otherwise at all, over the central 99.9 % box of every quantity.

    ``outcome`` is the answer that every world gives (``None`` with a counter-example or without a search).
    ``searched`` counts the worlds evaluated, those of the study included; ``smallest_margin`` is the smallest
    distance from the comparison's edge seen in them (``None`` where the reading is not one comparison).
    ``reason`` is one sentence. ``seconds`` is the search's own time.
    """

    status: ByConstructionStatus
    outcome: bool | None = None
    searched: int = 0
    smallest_margin: float | None = None
    reason: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Carrier:
    """The assumption that most separates the worlds, by the weighted rank correlation of its draws with the
    margin.

    ``name`` is the assumption's (or the anonymous range's) stable name; ``correlation`` is in -1..1; positive
    means that larger values help the reading to hold.
    """

    name: str
    correlation: float


@dataclass(frozen=True, eq=False)
class TestResult:
    """One reading of a claim, tested.

    ``holds_in`` is the weighted share of worlds in which it holds. ``effect`` is the left side minus the
    right side (``None`` where the reading is not one comparison). ``verdict_unseen`` and its companions use
    ``do_unseen`` for every ``do`` (``None`` without one). ``carrier`` is set for a fragile reading.
    """

    __test__ = False  # not a test of ours, whatever pytest thinks

    name: str
    query: str
    verdict: Verdict
    holds_in: float | None
    answer: Answer
    effect: Answer | None = None
    verdict_unseen: Verdict | None = None
    holds_in_unseen: float | None = None
    effect_unseen: Answer | None = None
    by_construction: ByConstruction = ByConstruction(ByConstructionStatus.NOT_SEARCHED)
    carrier: Carrier | None = None

    @property
    def forms_differ(self) -> bool:
        """Return whether the verdict depends on whether the actors learn of the intervention beforehand."""
        return self.verdict_unseen is not None and self.verdict_unseen is not self.verdict


@dataclass(frozen=True, eq=False)
class ClaimResult:
    """A claim with its tested readings, in the order written, and what history said.

    ``reason`` says why a claim without tests is not testable (``None`` with tests).
    """

    claim: Claim
    tests: tuple[TestResult, ...]
    history: History
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class QuestionResult:
    """A named question and its answer."""

    question: Question
    answer: Answer


@dataclass(frozen=True, eq=False)
class CheckResult:
    """A range known from elsewhere beside what the game gives.

    ``overlaps`` says whether the answer's 90 % interval over worlds meets the range; ``mean_inside`` whether
    its mean lies in it. Both are ``None`` when no world has an answer.
    """

    check: Check
    answer: Answer
    low: float
    high: float
    overlaps: bool | None
    mean_inside: bool | None


@dataclass(frozen=True, eq=False)
class VariableOutcome:
    """One variable's distribution given the evidence: a state's probability is itself a distribution over worlds."""

    variable: str
    decided_by: str | None
    states: Mapping[str, Answer]


@dataclass(frozen=True)
class Run:
    """How the numbers were made, and what is wrong with them.

    ``worlds`` were asked for, ``done`` finished (fewer after an interruption: ``complete`` is then false).
    ``unconverged`` are the numbers, from 0, of the worlds that the solver could not finish in some game that was asked
    for; they are left out of every answer that needs it. ``redrawn`` counts worlds whose odds could not be read and
    that were drawn again. ``probability_of_evidence`` is its mean over worlds. ``evidence`` names what was used, as
    written with its date. ``seconds`` is the time by stage, summed over workers.
    """

    worlds: int
    done: int
    seed: int
    effective_worlds: float
    probability_of_evidence: float | None
    unconverged: tuple[int, ...]
    redrawn: int
    evidence: tuple[str, ...]
    complete: bool
    warnings: tuple[Problem, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Findings:
    """Everything a run of a case finds, from one pass over the worlds."""

    run: Run
    outcomes: tuple[VariableOutcome, ...]
    claims: tuple[ClaimResult, ...]
    questions: tuple[QuestionResult, ...]
    checks: tuple[CheckResult, ...]
