"""The case: what an analyst wrote, checked and parsed, every item with its place.

The loader (``compile/loader.py``) makes a ``Case`` from YAML and gathers every fault; the compiler
(``compile/compiler.py``) makes a causal game from a ``Case`` and draws. Nothing here computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from quandary.base.places import NOWHERE, Place
from quandary.language.syntax import Condition, Expression, Quantity, calls_in

VERSION = 2
"""The newest version of the case language."""

Outcome = bool | Literal["void", "not_settled"]


@dataclass(frozen=True)
class Sourced:
    """A quantity with its reasons; ``path`` names it stably (``story.unrest.odds.regime_threat`` and condition).

    ``called`` is its name for people, where it has one of its own. ``judged_by`` is who gave it when asked,
    ``not_known_by`` who was asked and did not know.
    """

    quantity: Quantity
    path: str
    because: str | None = None
    source: str | None = None
    quote: str | None = None
    place: Place = NOWHERE
    called: str | None = None
    judged_by: str | None = None
    not_known_by: str | None = None


@dataclass(frozen=True)
class Rule:
    """``condition: value``; the condition may be ``Otherwise``."""

    condition: Condition
    value: Sourced
    place: Place = NOWHERE
    channel: str | None = None


@dataclass(frozen=True)
class OddsRule:
    """``condition: {state: quantity, ...}``, states (or options, or kinds of them) in the order written."""

    condition: Condition
    odds: tuple[tuple[str, Sourced], ...]
    place: Place = NOWHERE
    channel: str | None = None


@dataclass(frozen=True)
class Source:
    """A third-party text, named and not shipped."""

    id: str
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None
    sha256: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Conventions:
    """How numbers are read that nobody has put: guesses about sizes, which a case may change under ``unknown:``.

    ``factor``: an effect lies between one over it and it. ``rationality``: an option better by ``per`` points is chosen
    between the first and the second of these times as often.
    """

    factor: float = 20.0
    rationality: tuple[float, float] = (1.5, 10.0)
    per: float = 10.0
    place: Place = NOWHERE


@dataclass(frozen=True)
class Actor:
    """Someone who chooses; ``rationality`` is ``Likelier``, ``Exact`` or, with ``is_precision``, a logit precision.

    ``weights`` are stakes whose weights are unknown in all but their order, which rises.
    """

    id: str
    name: str
    rationality: Sourced
    is_precision: bool = False
    place: Place = NOWHERE
    weights: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assumption:
    """A named quantity the analyst is unsure of."""

    id: str
    value: Sourced
    place: Place = NOWHERE


@dataclass(frozen=True)
class Correlation:
    """Two assumptions drawn together through a Gaussian copula with this correlation of the normal scores."""

    first: str
    second: str
    value: float
    place: Place = NOWHERE


@dataclass(frozen=True)
class ChanceEvent:
    """A chance variable: either ``odds`` (first match) or ``base`` (first match) with ``effects`` (all that match).

    ``arcs`` says of some it depends on (``given``) which channel the arc from there belongs to. ``words`` are the names
    of states for people, of those that have one.
    """

    id: str
    states: tuple[str, ...]
    given: tuple[str, ...] = ()
    private: str | None = None
    odds: tuple[OddsRule, ...] = ()
    base: tuple[OddsRule, ...] = ()
    effects: tuple[OddsRule, ...] = ()
    arcs: tuple[tuple[str, str], ...] = ()
    title: str | None = None
    place: Place = NOWHERE
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class OnlyRule:
    """``condition: [options]``: what may be chosen where the condition holds."""

    condition: Condition
    options: tuple[str, ...]
    place: Place = NOWHERE


@dataclass(frozen=True)
class OptionKind:
    """Options of a decision that are of one kind: what is usual divides over kinds first, then inside them."""

    id: str
    options: tuple[str, ...]
    place: Place = NOWHERE


@dataclass(frozen=True)
class DecisionEvent:
    """A decision; ``sees`` is new to the actor, its memory (``logic/memory.py``) adds the rest, ``forgets`` removes.

    ``usual``: shares of the options where all are worth the same, first match; with ``kinds``, shares of these and,
    where a rule names a kind's options too, shares inside it. Without ``usual`` all are even. ``words`` are the names
    of options for people, of those that have one. ``when``: where this does not hold, the decision does not arise.
    """

    id: str
    by: str
    options: tuple[str, ...]
    sees: tuple[str, ...] = ()
    forgets: tuple[str, ...] = ()
    only: tuple[OnlyRule, ...] = ()
    usual: tuple[OddsRule, ...] = ()
    kinds: tuple[OptionKind, ...] = ()
    title: str | None = None
    place: Place = NOWHERE
    words: tuple[tuple[str, str], ...] = ()
    when: Condition | None = None


@dataclass(frozen=True)
class Stake:
    """One thing an actor wants.

    ``weight``: rules on chance states private to the actor (one ``Otherwise`` rule when it is plain), normalised over
    the actor's weighted stakes in every world and state; empty means the stake counts in points as it stands.
    ``worth``: rules, first match. ``effects``: all that match add points (``PointsChange``). ``ordered``: of the worths
    the order alone is known, which rises; the first is 0, the last 100, and those between are ``Unknown``.
    """

    actor: str
    id: str
    weight: tuple[Rule, ...]
    worth: tuple[Rule, ...]
    effects: tuple[Rule, ...] = ()
    channel: str | None = None
    place: Place = NOWHERE
    title: str | None = None
    ordered: bool = False


@dataclass(frozen=True)
class BelievedOdds:
    """Other odds that an actor believes in for a chance variable; of one state left out, what the others leave."""

    variable: str
    odds: tuple[OddsRule, ...]
    place: Place = NOWHERE


@dataclass(frozen=True)
class BelievedWorth:
    """Another worth that an actor believes another ``actor``'s stake to have: rules, first match."""

    actor: str
    stake: str
    worth: tuple[Rule, ...]
    place: Place = NOWHERE


@dataclass(frozen=True)
class Belief:
    """What an actor, the perceiver, sees otherwise than the case has it.

    It takes everybody to see things as it does, but for those in ``known_to``, who know how it sees them. Without what
    belongs to ``channel`` it sees everything as it is.
    """

    actor: str
    odds: tuple[BelievedOdds, ...] = ()
    worths: tuple[BelievedWorth, ...] = ()
    known_to: tuple[str, ...] = ()
    place: Place = NOWHERE
    channel: str | None = None


@dataclass(frozen=True)
class Channel:
    """A way by which one thing bears on another, which rules, stakes and arcs may belong to.

    ``voiced_by`` names a source or a claim's speaker: who says that it works so. ``claims`` are those that it bears on
    (``for``); without any it bears on all.
    """

    id: str
    says: str | None = None
    voiced_by: str | None = None
    claims: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True)
class EventDefinition:
    """A named condition; ``title`` is a noun phrase for people, such as "a full invasion"."""

    id: str
    condition: Condition
    place: Place = NOWHERE
    title: str | None = None


@dataclass(frozen=True)
class Evidence:
    """Something seen to have happened on a day."""

    on: date
    saw: Condition
    source: str | None = None
    because: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Resolution:
    """What history answered, used only with ``--as-of`` at or after ``on``.

    ``outcome`` is ``True`` / ``False`` (came true, did not; of a commitment: kept, broken), ``"void"`` (the condition
    did not happen) or ``"not_settled"`` (one history cannot show it).
    """

    on: date
    outcome: Outcome
    source: str | None = None
    because: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Test:
    """One formal reading of a claim, with what history answered of it, where that differs from the claim."""

    __test__ = False  # not a test of ours, whatever pytest thinks

    name: str
    query: Expression
    written: str
    place: Place = NOWHERE
    resolved: Resolution | None = None
    title: str | None = None


@dataclass(frozen=True)
class Claim:
    """A quoted statement; kind ``claim`` carries tests, the other kinds do not.

    ``span`` is (start, end) of the quote in its text when the text was at hand, else ``None``.
    ``not_testable`` says why a claim carries no test. ``on`` is the day it was made: it is tested with what had been
    seen by then. ``could`` marks words such as "could" or "may": that it does not happen does not refute them.
    ``joins`` are the claims that this one links, as an editor's "agrees" does.
    """

    id: str
    speaker: str
    quote: str
    kind: str = "claim"
    source: str | None = None
    paraphrase: bool = False
    tests: tuple[Test, ...] = ()
    note: str | None = None
    not_testable: str | None = None
    resolved: Resolution | None = None
    span: tuple[int, int] | None = None
    on: date | None = None
    could: bool = False
    joins: tuple[str, ...] = ()
    place: Place = NOWHERE
    title: str | None = None

    @property
    def is_commitment(self) -> bool:
        """Return whether its kind is a commitment, which is kept or broken."""
        return "commitment" in self.kind.split()

    @property
    def is_conditional(self) -> bool:
        """Return whether its kind says that it has a condition, without which it is void."""
        return "conditional" in self.kind.split()

    def may_be_void(self, reading: str | None = None) -> bool:
        """Return whether it, or one reading of it, has a condition that may not have happened.

        Its kind says so, or what is asked: a condition, or something that is set. A commitment says so in its kind.
        """
        if self.is_conditional or self.is_commitment:
            return self.is_conditional
        asked = [call for test in self.tests if reading in (None, test.name) for call in calls_in(test.query)]
        return not self.tests or any(call.given or call.intervenes or call.against for call in asked)


@dataclass(frozen=True)
class Question:
    """A named query the analyst wants answered each time.

    ``asks`` is the question in words, ``title`` a short name for where there is little room.
    """

    id: str
    query: Expression
    written: str
    asks: str | None = None
    place: Place = NOWHERE
    title: str | None = None


@dataclass(frozen=True)
class Check:
    """A range known from elsewhere that the solved probability is compared with, never an input.

    It is asked with the case's evidence, like everything else, or ``with_evidence`` is ``False``.
    """

    id: str
    query: Expression
    written: str
    range: Sourced
    with_evidence: bool = True
    place: Place = NOWHERE
    title: str | None = None


@dataclass(frozen=True)
class Forecast:
    """A question with a date and a rule by which history will answer it."""

    id: str
    query: Expression
    written: str
    until: date | None = None
    rule: str | None = None
    resolved: Resolution | None = None
    place: Place = NOWHERE
    title: str | None = None


@dataclass(frozen=True)
class OutsideView:
    """What others say of one event: what became of a class of cases like this one, or what somebody said.

    ``value`` is the rate of the class, or the probability that was said. ``name`` is the class, or who said it, and
    ``id`` the view's own name, or that. ``n`` counts the cases of a class; ``on`` and ``how`` say when and how it was
    said. ``same_as`` names the view that this one counts as one with. One that is not ``pooled`` is only shown.
    """

    id: str
    kind: Literal["class", "crowd"]
    of: Condition
    name: str
    value: Sourced
    n: int | None = None
    on: date | None = None
    how: str | None = None
    same_as: str | None = None
    pooled: bool = True
    place: Place = NOWHERE


@dataclass(frozen=True)
class PoolWeights:
    """What the case's own answer, classes of cases and what others said weigh in a pool; each of at least 0."""

    inside: float = 1.0
    of_class: float = 1.0
    crowd: float = 1.0
    because: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Case:
    """A whole case. Mappings keep the order of writing; ``path`` is where it was read, ``sha256`` of the bytes read.

    ``version`` is the one of the case language that the author had in mind; all are read the same.
    """

    title: str
    as_of: date
    path: str
    sha256: str
    text: str | None = None
    text_path: str | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)
    actors: Mapping[str, Actor] = field(default_factory=dict)
    assumptions: Mapping[str, Assumption] = field(default_factory=dict)
    correlations: tuple[Correlation, ...] = ()
    story: tuple[ChanceEvent | DecisionEvent, ...] = ()
    stakes: tuple[Stake, ...] = ()
    believes: Mapping[str, Belief] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    events: Mapping[str, EventDefinition] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    claims: tuple[Claim, ...] = ()
    questions: tuple[Question, ...] = ()
    checks: tuple[Check, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    outside: tuple[OutsideView, ...] = ()
    pool: PoolWeights = PoolWeights()
    words: str | None = None
    unknown: Conventions = Conventions()
    version: int = VERSION

    def variable(self, name: str) -> ChanceEvent | DecisionEvent:
        """Return the story's variable of that name, or raise ``KeyError``."""
        for item in self.story:
            if item.id == name:
                return item
        raise KeyError(name)
