"""What a study hands back: frozen records, one for each kind of thing an analyst reads; ``report/`` words them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Literal

from quandary.ask.answer import Answer
from quandary.ask.lines import CaseLine
from quandary.base.problems import Problem
from quandary.case.model import Channel, Check, Claim, Question
from quandary.compile.unknowns.readings import UnknownNumber
from quandary.language.heads import Unit
from quandary.language.printing import written
from quandary.language.syntax import Expression
from quandary.quantities.separating.boxes import Boxes
from quandary.quantities.separating.inequalities import Cut, Inequality
from quandary.quantities.shares import Share

NAMED = 5
"""How many worlds that did not converge are named in words; JSON names all."""


class Verdict(Enum):
    """What the worlds say about one reading of a claim, by the weighted share of them in which it holds.

    The last four are those of readings that hang on numbers that nobody has put: it follows whatever they are, it is
    open, or no filling makes it true (``CONTRADICTS``: what the case says in directions and orders rules it out).
    """

    HOLDS = "holds"
    LEANS_TRUE = "leans_true"
    TOSS_UP = "toss_up"
    LEANS_FALSE = "leans_false"
    FAILS = "fails"
    NOT_TESTABLE = "not_testable"
    FOLLOWS_PROVED = "follows_proved"
    FOLLOWS_SEARCHED = "follows_searched"
    FOLLOWS_UNSEARCHED = "follows_unsearched"
    OPEN = "open"
    CONTRADICTS = "contradicts"


class History(Enum):
    """What later events said, from resolutions dated up to ``as_of`` only.

    A commitment is kept or broken, anything else came true or did not; what one history cannot show is not settled.
    """

    OPEN = "open"
    VOID = "void"
    CAME_TRUE = "came_true"
    DID_NOT = "did_not"
    NOT_SETTLED = "not_settled"
    KEPT = "kept"
    BROKEN = "broken"


class ByConstructionStatus(Enum):
    """What forces a reading: a proof, ranges without a counter-example, what was seen, or nothing that was found."""

    PROVED = "proved"
    NO_COUNTER_EXAMPLE = "no_counter_example"
    COUNTER_EXAMPLE = "counter_example"
    NOT_SEARCHED = "not_searched"
    SETTLED = "settled"


@dataclass(frozen=True)
class ByConstruction:
    """Whether a reading could come out otherwise at all, over the central 99.9 % box of every quantity.

    ``PROVED`` and ``NO_COUNTER_EXAMPLE`` hold without the evidence; ``SETTLED`` is forced by the evidence alone.
    ``outcome`` is the answer that is forced: ``None`` with a counter-example, without a search, or where no
    counter-example was found but some world came within a thousandth of the scale of one. ``searched`` counts the
    worlds evaluated, those of the study included; ``smallest_margin`` is the smallest distance from the comparison's
    edge seen in them (``None`` where the reading is not one comparison). ``reason`` is one sentence. ``lines`` are
    those of the case whose ranges a proof rests on; without any it holds whatever the case's numbers are. ``seconds``
    is the search's own time.
    """

    status: ByConstructionStatus
    outcome: bool | None = None
    searched: int = 0
    smallest_margin: float | None = None
    reason: str = ""
    lines: tuple[CaseLine, ...] = ()
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


SizeUnit = Literal["percentage points", "points of worth"]


@dataclass(frozen=True)
class Size:
    """How large the difference is that a single comparison is about.

    ``difference`` is its weighted mean, left minus right: a difference of probabilities (0.01 is one percentage point),
    points of worth, or of plain numbers (``unit`` is then ``None``). ``small_in`` is the weighted share of worlds in
    which it is hardly any; ``hardly_any`` says that these are most, ``edge`` that other worlds might say otherwise.
    """

    difference: float
    unit: SizeUnit | None
    small_in: float
    hardly_any: bool
    edge: bool = False


@dataclass(frozen=True, eq=False)
class OtherForm:
    """A reading with every ``do`` in the other form: ``form`` is what stands in this one.

    ``effect`` is as in ``TestResult``; ``edge`` is the verdict on the other side of a border that its share's interval
    reaches. ``few_worlds`` says that under 400 effective worlds count, ``few_edge`` that of other worlds the other may
    be so. ``aside`` is the evidence that it sets aside.
    """

    form: Literal["do", "do_foreseen"]
    verdict: Verdict
    share: Share | None
    effect: Answer | None = None
    edge: Verdict | None = None
    few_worlds: bool = False
    few_edge: bool = False
    aside: tuple[Expression, ...] = ()

    @property
    def set_aside(self) -> tuple[str, ...]:
        """Return the evidence that it sets aside, as it is written in the case."""
        return tuple(written(condition) for condition in self.aside)


@dataclass(frozen=True, eq=False)
class RestsOn:
    """What the verdict on one reading rests on.

    ``restates`` are lines of the case that already say what the reading says: it is then no test of anything. It hangs
    on ``lines``, of which each, or each group together, turns it where it says nothing; and on ``numbers``, whose
    values sort 95 % of the worlds where it holds and 95 % of those where it does not: by the ``cut`` of a single one,
    by ``break_even``, or by ``boxes``. ``break_even`` is the best inequality, whatever it sorts (``None`` where the
    reading comes out alike nearly everywhere: ``everywhere``); ``boxes`` stand where it sorts less than 85 % of either
    side. Of the lines of ``edge`` it is open whether it restates them; those of ``perhaps`` turn it in about half
    of the worlds. Where no few numbers sort 85 %, ``carrying`` are those that carry most of what is open, each with its
    share of the variance of the difference that the reading is about.
    """

    everywhere: bool
    restates: tuple[CaseLine, ...] = ()
    lines: tuple[tuple[CaseLine, ...], ...] = ()
    numbers: tuple[str, ...] = ()
    cut: Cut | None = None
    break_even: Inequality | None = None
    boxes: Boxes | None = None
    edge: tuple[CaseLine, ...] = ()
    perhaps: tuple[tuple[CaseLine, ...], ...] = ()
    carrying: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, eq=False)
class OverFillings:
    """What a reading, or an answer, is over fillings of the numbers that nobody has put.

    ``low`` and ``high`` are the least and the most found of what is asked: of a comparison with a plain number its
    other side, of any other its left less its right side (``None`` where there is no one number). ``decides`` are the
    unknown things that decide most, two where only both together tell, and ``explained`` the share of the variance
    that they do. A reading holds in ``share`` of the ``tried`` fillings drawn, each counted once, and in ``by_kinds``
    of them where states that nothing asked tells apart count as one. ``searched`` counts the worlds looked at beyond:
    corners, and a search against it. With ranges beside the unknowns ``least_share`` is the least share of their worlds
    in which it was found to hold in one filling. ``proved`` says that signs prove it.
    """

    low: float | None
    high: float | None
    tried: int
    searched: int
    decides: tuple[UnknownNumber, ...] = ()
    explained: float | None = None
    share: float | None = None
    by_kinds: float | None = None
    least_share: float | None = None
    proved: bool = False


@dataclass(frozen=True)
class Contradiction:
    """Two readings of claims, each by claim and name, that no filling makes both true.

    It is ``proved`` by signs, or else no such filling was found among those drawn and ``searched``.
    """

    first: tuple[str, str]
    second: tuple[str, str]
    proved: bool
    searched: int


@dataclass(frozen=True)
class UnknownsFound:
    """What a run says of numbers that nobody has put: the things, and the claims that contradict each other.

    ``beside`` are what was asked beside the case's own questions, where it hangs on them.
    """

    things: tuple[UnknownNumber, ...]
    contradictions: tuple[Contradiction, ...] = ()
    beside: tuple[tuple[Expression, OverFillings], ...] = ()

    def of(self, query: Expression) -> OverFillings | None:
        """Return what a query that was asked beside is over fillings, ``None`` where it hangs on no unknown number."""
        return next((over for expression, over in self.beside if expression == query), None)


@dataclass(frozen=True, eq=False)
class TestResult:
    """One reading of a claim, tested.

    ``share`` is the weighted share of worlds in which it holds, with its interval (``None`` where it is not testable:
    ``reason`` says why). ``edge`` is the verdict on the other side of a border that the interval reaches.
    ``few_worlds`` says that under 400 effective worlds count and nothing is proved, ``few_edge`` that of other worlds
    the other may be so. ``undefined`` are the numbers, from
    0, of the worlds that count and in which it has no value. ``effect`` is the difference that it is about: the
    left side minus the right, of ``not`` the other way round, and of a difference that is compared with a number that
    difference itself (``None`` where the reading is not one comparison). ``size`` says how large its mean is; ``joins``
    that the reading joins several comparisons, which have no one size. ``aside`` is the evidence that its
    interventions set aside. ``other`` is the same reading with the other form of ``do`` (``None`` without one).
    ``carrier`` is set for a reading that neither holds nor fails. ``rests_on`` is what its verdict rests on (``None``
    where that was not looked into). ``bounds`` are the least and the most that the ranges allow the difference to be
    (``None`` where they were not searched, or it is not one comparison).
    """

    __test__ = False  # not a test of ours, whatever pytest thinks

    name: str
    query: str
    verdict: Verdict
    share: Share | None
    answer: Answer
    edge: Verdict | None = None
    few_worlds: bool = False
    few_edge: bool = False
    effective_worlds: float = 0.0
    undefined: tuple[int, ...] = ()
    effect: Answer | None = None
    size: Size | None = None
    aside: tuple[Expression, ...] = ()
    other: OtherForm | None = None
    by_construction: ByConstruction = ByConstruction(ByConstructionStatus.NOT_SEARCHED)
    carrier: Carrier | None = None
    history: History = History.OPEN
    reason: str | None = None
    rests_on: RestsOn | None = None
    joins: bool = False
    bounds: AnswerBounds | None = None
    fillings: OverFillings | None = None

    @property
    def set_aside(self) -> tuple[str, ...]:
        """Return the evidence that the reading's interventions set aside, as it is written in the case."""
        return tuple(written(condition) for condition in self.aside)

    @property
    def is_forced(self) -> bool:
        """Return whether nothing that the ranges allow, or nothing that was found, lets it come out otherwise."""
        found = self.by_construction
        forced = (ByConstructionStatus.PROVED, ByConstructionStatus.NO_COUNTER_EXAMPLE)
        return found.status in forced and found.outcome is not None

    @property
    def restates(self) -> bool:
        """Return whether a line of the case already says what it says."""
        return self.rests_on is not None and bool(self.rests_on.restates)

    @property
    def is_test(self) -> bool:
        """Return whether it counts as tested: it restates no line, whatever its verdict, and is not forced to hold."""
        return not self.restates and not (self.verdict is Verdict.HOLDS and self.is_forced)

    @property
    def forms_differ(self) -> bool:
        """Return whether the verdict depends on whether everybody had foreseen the intervention, beyond the noise."""
        if self.other is None or self.other.verdict is self.verdict:
            return False
        return self.edge is not self.other.verdict and self.other.edge is not self.verdict


@dataclass(frozen=True, eq=False)
class ClaimResult:
    """A claim with its tested readings, in the order written, and what history said of the claim as a whole.

    ``reason`` says why a claim without tests is not testable (``None`` with tests). ``on`` is the day it was made, and
    ``days_late`` how many days after the day of the case that was, below 0 before it (``None`` without a day). ``own``
    are the channels that its speaker voices, ``rivals`` the others that bear on it, with who voiced each.
    """

    claim: Claim
    tests: tuple[TestResult, ...]
    history: History
    reason: str | None = None
    on: date | None = None
    days_late: int | None = None
    own: tuple[Channel, ...] = ()
    rivals: tuple[Channel, ...] = ()


@dataclass(frozen=True)
class AnswerBounds:
    """The least and the most that an answer was found to be, of a comparison its left less its right side.

    ``searched`` counts the worlds looked at beyond those drawn.
    """

    low: float
    high: float
    searched: int


@dataclass(frozen=True, eq=False)
class AnswerSide:
    """What decides on which side of ``level`` an answer lies in a world; of a truth (``None``) whether it is so."""

    level: float | None
    rests_on: RestsOn


@dataclass(frozen=True, eq=False)
class QuestionResult:
    """A named question and its answer.

    ``side`` is what decides on which side of its level it lies (``None`` where that was not looked into, or there is no
    such level), ``bounds`` the least and the most that the ranges allow (``None`` where they were not searched).
    ``fillings`` is set where it hangs on numbers that nobody has put, ``parts`` then has what those of its parts are
    that do.
    """

    question: Question
    answer: Answer
    side: AnswerSide | None = None
    bounds: AnswerBounds | None = None
    fillings: OverFillings | None = None
    parts: Mapping[str, OverFillings] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class CheckResult:
    """A range known from elsewhere beside what the game gives.

    ``overlaps`` says whether the answer's 90 % interval over worlds meets the range; ``mean_inside`` whether
    its mean lies in it. Both are ``None`` when no world has an answer. ``edge`` says that other worlds may put an end
    of the interval on the other side of an end of the range, so that ``overlaps`` turns.

    Where it hangs on numbers that nobody has put, ``fillings`` is set: ``overlaps`` then says whether the answer lies
    in the range in all fillings looked at, or in none; ``None`` where that is open.
    """

    check: Check
    answer: Answer
    low: float
    high: float
    overlaps: bool | None
    mean_inside: bool | None
    edge: bool = False
    fillings: OverFillings | None = None


@dataclass(frozen=True, eq=False)
class JointChecks:
    """Checks looked at together, world by world: in a world a check is met where its answer there lies in the range.

    ``checks`` is how many there are, ``all_met`` the weighted share of worlds in which all are, ``mean`` how many are
    in a world on average. What is so or not so in a world has no range there and is left out.
    """

    checks: int
    all_met: Share
    mean: float


@dataclass(frozen=True, eq=False)
class VariableOutcome:
    """One variable's distribution given the evidence: a state's probability is itself a distribution over worlds.

    ``fillings`` are those of the states that hang on numbers that nobody has put.
    """

    variable: str
    decided_by: str | None
    states: Mapping[str, Answer]
    fillings: Mapping[str, OverFillings] = field(default_factory=dict)


@dataclass(frozen=True)
class AnchoredBy:
    """What worlds are weighed by beside the evidence: checks, by name, the case missing each by a ``discrepancy``.

    That is a factor on the odds; a check of anything but a probability may be missed by so much in its own unit
    (``off``: differences of probabilities 0 to 1, worth 0 to 100). ``left_out`` are checks that weigh no world, each
    with why. ``plausible`` worlds miss
    none by more than three deviations; ``effective_before`` is how many counted by the evidence alone.
    """

    checks: tuple[str, ...]
    discrepancy: float
    left_out: tuple[tuple[str, str], ...]
    plausible: int
    effective_before: float
    off: tuple[tuple[Unit, float], ...] = ()


@dataclass(frozen=True)
class Run:
    """How the numbers were made, and what is wrong with them.

    ``worlds`` were drawn, ``done`` finished (fewer after an interruption: ``complete`` is then false). More were drawn
    than the ``asked_for`` where too few counted; ``asked_edge`` says that of other worlds too few, or enough, may.
    ``unconverged`` are the numbers, from 0, of the worlds that the solver could not finish in some game that was asked
    for; they are left out of every answer that needs it. ``redrawn`` counts worlds whose odds could not be read and
    that were drawn again. ``probability_of_evidence`` is its mean over worlds. ``evidence`` names what was used, as
    written with its date. ``seconds`` is the time by stage, summed over workers. ``anchored`` says by which checks
    worlds were weighed besides.
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
    asked_for: int | None = None
    asked_edge: bool = False
    seconds: Mapping[str, float] = field(default_factory=dict)
    anchored: AnchoredBy | None = None


@dataclass(frozen=True, eq=False)
class Findings:
    """Everything a run of a case finds, from one pass over the worlds; ``unknowns`` where there are any."""

    run: Run
    outcomes: tuple[VariableOutcome, ...]
    claims: tuple[ClaimResult, ...]
    questions: tuple[QuestionResult, ...]
    checks: tuple[CheckResult, ...]
    joint: JointChecks | None = None
    unknowns: UnknownsFound | None = None
