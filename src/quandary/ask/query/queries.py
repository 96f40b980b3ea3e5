"""A query made ready: its calls resolved against the case, its units checked, its faults gathered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from quandary.ask.answer import Remark, named_actor, named_variables
from quandary.ask.inquiry import EVERYTHING, ITSELF, Basis, Inquiry, based, resolve
from quandary.ask.query.combining import is_truth
from quandary.base.problems import CaseError
from quandary.case.logic.arising import asked_whether, below, condition_variables
from quandary.case.logic.conditions import mentioned
from quandary.case.logic.memory import observed
from quandary.case.logic.queries import names_for_queries, unanswerable
from quandary.case.model import Case, Claim, DecisionEvent
from quandary.language.heads import HEADS, Head, head_of, lists_options
from quandary.language.names import Names
from quandary.language.printing import written
from quandary.language.syntax import Ask, Expression, Is, Name, calls_in


@dataclass(frozen=True)
class Query:
    """A query that can be answered.

    ``inquiries`` resolves each of its calls. ``parts`` holds the parts of a dilemma (drop, margin, clash), whose calls
    are then the query's own; those of a ``listing``, which asks about all options of a decision, are one an option.
    ``notes`` are sentences for the answer.
    """

    expression: Expression
    text: str
    inquiries: Mapping[Ask, Inquiry] = field(hash=False)
    parts: tuple[Query, ...] = ()
    notes: tuple[Remark, ...] = ()
    listing: Ask | None = None

    @property
    def is_predictive(self) -> bool:
        """Return whether this is a single number about one call and condition, by which worlds then weigh too."""
        plain = not is_truth(self.expression) and len(self.inquiries) == 1
        return plain and not any(HEADS[inquiry.head].reference for inquiry in self.inquiries.values())

    @property
    def head(self) -> str:
        """Return the head of a query that is one call (``P``, ``drop``), else nothing."""
        return self.expression.head if isinstance(self.expression, Ask) else ""

    @property
    def basis(self) -> Basis:
        """Return which evidence stands in all of it."""
        return next((inquiry.basis for inquiry in self.inquiries.values()), EVERYTHING)

    @property
    def as_things_stand(self) -> bool:
        """Return whether some part asks about things as they stand, a ``would`` included, beside an intervention."""
        return any(inquiry.game == ITSELF for inquiry in self.inquiries.values())

    @property
    def all_inquiries(self) -> tuple[Inquiry, ...]:
        """Return the inquiries of the query and its parts."""
        return tuple(self.inquiries.values()) + tuple(i for part in self.parts for i in part.all_inquiries)


def asked_without(query: Query, aside: tuple[str, ...]) -> Query:
    """Return a query that leaves out these pieces of evidence too: what it is compared with sets them aside."""
    if not aside:
        return query
    inquiries = {
        ask: replace(inquiry, basis=replace(inquiry.basis, aside=aside)) for ask, inquiry in query.inquiries.items()
    }
    return replace(query, inquiries=inquiries, parts=tuple(asked_without(part, aside) for part in query.parts))


def prepare(
    case: Case,
    expression: Expression,
    text: str | None = None,
    *,
    evidence: bool = True,
    until: date | None = None,
    lists: bool = False,
) -> Query:
    """Return a query ready to be answered, with evidence up to a day (``None``: all that a study uses) or none.

    Where a list may be asked for (``lists``), ``best`` of a decision is prepared as one query an option. Raises
    ``CaseError`` with every fault in it (Q104, Q503 to Q507, ...).
    """
    text = written(expression) if text is None else text
    names = names_for_queries(case)
    if lists and isinstance(expression, Ask) and lists_options(expression):
        options = tuple(prepare(case, one, evidence=evidence, until=until) for one in _options(names, expression))
        return replace(options[0], text=text, parts=options, listing=expression)
    problems = tuple(dict.fromkeys(unanswerable(names, expression)))
    if problems:
        raise CaseError(problems)
    head = head_of(expression) if isinstance(expression, Ask) else None
    if isinstance(expression, Ask) and head is not None and head.parts:
        parts = tuple(prepare(case, part, evidence=evidence, until=until) for part in _parts(expression, head))
        return replace(parts[0], text=text, parts=parts)
    calls = tuple(dict.fromkeys(calls_in(expression)))
    found = based((resolve(names, ask) for ask in calls), evidence=evidence, until=until)
    inquiries = dict(zip(calls, found, strict=True))
    notes = dict.fromkeys(note for inquiry in inquiries.values() for note in _notes(case, inquiry))
    bounds: tuple[Query, ...] = ()
    if isinstance(expression, Ask) and head is not None:
        bounds = tuple(_bound(expression, inquiries[expression], name) for name in head.between)
    return Query(expression, text, inquiries, bounds, tuple(notes))


def until(case: Case, claim: Claim) -> date | None:
    """Return the last day whose evidence a claim is tested with: that on which it was made, or else the case's own.

    What was seen later never judges an older text. A study as of an earlier day has no later evidence to begin with.
    ``None`` where the case has none either.
    """
    day = case.as_of if claim.on is None else claim.on
    return day if any(item.on > day for item in case.evidence) else None


def _options(names: Names, ask: Ask) -> tuple[Ask, ...]:
    """Return a call about all options of a decision as one an option; raises ``CaseError`` (Q104) for no decision."""
    assert isinstance(ask.target, Name)
    decision = names.variable(ask.target.text)
    if decision is None or not decision.is_decision:
        raise CaseError([names.unknown_decision(ask.target.text, ask.target.place)])
    return tuple(replace(ask, target=Is(ask.target, (state,), place=ask.target.place)) for state in decision.states)


def _bound(ask: Ask, inquiry: Inquiry, head: str) -> Query:
    """Return the query for a bound on an answer, one of its parts."""
    part = replace(ask, head=head)
    return Query(part, written(part), {part: replace(inquiry, head=head)})


def _parts(ask: Ask, head: Head) -> Iterator[Ask]:
    """Yield the calls that a query without a number of its own is made of."""
    for part in (HEADS[name] for name in head.parts):
        against, stakes = ask.against if part.reference else (), ask.stakes if part.lists_stakes else ()
        yield replace(ask, head=part.name, against=against, stakes=stakes)


def _notes(case: Case, inquiry: Inquiry) -> list[Remark]:
    """Return what a reader must know of an inquiry: situations that are selected, conditions unseen by who chooses."""
    return [*_selecting(case, inquiry), *_unseen(case, inquiry)]


def _selecting(case: Case, inquiry: Inquiry) -> list[Remark]:
    """Return a remark where it is given that a decision arises, and what is set changes where it does."""
    given = (*inquiry.given, *inquiry.against)
    named = {name for condition in given for name in asked_whether(case, condition)}
    if not named or not any(inquiry.game):
        return []
    reached = below(case, {name for name, _ in inquiry.game.settings})
    moved = [v.id for v in case.story if v.id in named and v.id in reached and _is_moved(case, v.id, inquiry, reached)]
    if not moved:
        return []
    where, whether = named_variables(moved), "arises" if len(moved) == 1 else "arise"
    ends = ", so it is asked of other situations than without it, and the difference is not its effect alone"
    return [Remark(("what is set can change where ", where, f" {whether}", ends))]


def _is_moved(case: Case, name: str, inquiry: Inquiry, reached: frozenset[str]) -> bool:
    item = case.variable(name)
    is_set = {one for one, _ in inquiry.game.settings}
    return isinstance(item, DecisionEvent) and bool(set(condition_variables(case, item)) & (reached | is_set))


def _unseen(case: Case, inquiry: Inquiry) -> list[Remark]:
    if inquiry.decision is None:
        return []
    seen = {inquiry.decision, *observed(case, inquiry.decision)}  # nobody sees or overlooks its own answer
    unseen = {name for condition in (*inquiry.given, *inquiry.against) for name in mentioned(case, condition)} - seen
    names = [v.id for v in case.story if v.id in unseen]
    if not names:
        return []
    actor, at = named_actor(inquiry.actor or ""), named_variables([inquiry.decision])
    ends = "; its options are valued as it sees them"
    return [Remark((actor, " does not see ", named_variables(names), " at ", at, ends))]
