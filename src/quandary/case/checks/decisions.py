"""Decisions: what is usual at them, and when they arise.

Of what is usual: kinds part the options, every share has a name and is above 0, and counts somewhere. The condition of
one that arises only sometimes is earlier, can hold and can fail; nothing contradicts it. A decision that does not arise
has none of its options, so that ``otherwise`` and ``not d = o`` are so there too, which is easily overlooked: that is a
warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from quandary.base.problems import CaseError, Problem, Severity
from quandary.case.checks.known import Known
from quandary.case.checks.written import Written
from quandary.case.logic.arising import asked_whether
from quandary.case.logic.conditions import LARGEST_TABLE, in_story_order, mentioned, shape_of
from quandary.case.logic.possible_cells import around, known_in, may_be
from quandary.case.logic.rules import left_where_not_arising, matching, unreachable
from quandary.case.logic.usual import faults_of_usual
from quandary.case.model import Case, ChanceEvent, DecisionEvent, Evidence, OddsRule, OnlyRule, Rule
from quandary.language.printing import written as text_of
from quandary.language.syntax import And, Expression, Is, Name, Not, Or, Otherwise, calls_in

AnyRule = Rule | OddsRule | OnlyRule


def told_before_it_arises(written: Written) -> Iterator[Problem]:
    """Yield conditions of decisions on what the story tells later, or on the decision itself."""
    known = Known(written)
    told: set[str] = set()
    for item in written.case.story:
        for name in _looked_at(written.case, item):
            place = written.place(f"story.{item.id}.when", item.place)
            line = known.variables[name].place.line
            if name == item.id:
                message = f'whether "{name}" arises cannot depend on itself'
                yield Problem("Q121", message, place, "name what happens before it")
            elif name not in told:
                message = f'whether "{item.id}" arises depends on "{name}", which the story tells only on line {line}'
                yield Problem("Q121", message, place, "the story is in order of time: move one of them")
        told.add(item.id)


def _looked_at(case: Case, item: ChanceEvent | DecisionEvent) -> tuple[str, ...]:
    """Return the variables of a decision's condition; none where it has faults that other checks tell."""
    if not isinstance(item, DecisionEvent) or item.when is None:
        return ()
    return known_in(case, item.when)


def sometimes_and_not_always(written: Written) -> Iterator[Problem]:
    """Yield conditions of decisions that hold whatever happens, or never."""
    for item in _sound(written):
        assert item.when is not None
        may = may_be(written.case, item.when)
        if may is None or all(may):
            continue
        place = written.place(f"story.{item.id}.when", item.place)
        if may[0]:
            message = f'"{item.id}" always arises: its condition holds whatever happens before it'
            yield Problem("Q193", message, place, "leave `when` out, or name a condition that may fail")
        else:
            message = f'"{item.id}" never arises: its condition contradicts itself'
            yield Problem("Q193", message, place, "write a condition that can hold, or leave the decision out")


def seen_where_it_arises(written: Written) -> Iterator[Problem]:
    """Yield evidence that says what was decided, where the evidence up to it says that the decision did not arise."""
    case = written.case
    told: set[Evidence] = set()
    for decision in _sound(written):
        assert decision.when is not None
        near = set(around(case, {decision.id}))
        seen: tuple[Expression, ...] = ()
        for item in (item for item in case.evidence if item.on <= case.as_of):
            parts = item.saw.operands if isinstance(item.saw, And) else (item.saw,)
            seen += tuple(one for one in parts if (own := set(known_in(case, one))) and own <= near)
            if seen and _only_without_conditions(case, seen):
                if item not in told:
                    message = f'what was seen says that "{decision.id}" did not arise, and what was decided there'
                    hint = f"it arises when {text_of(decision.when)}: change the evidence, or the condition"
                    yield Problem("Q194", message, item.place, hint)
                told.add(item)
                break


def _only_without_conditions(case: Case, seen: tuple[Expression, ...]) -> bool:
    """Return whether pieces of evidence go together only if decisions could arise where their conditions fail."""
    whole = seen[0] if len(seen) == 1 else And(seen)
    bound, free = may_be(case, whole), may_be(case, whole, bound=False)
    return bound is not None and free is not None and free[0] and not bound[0]


def not_arising_is_meant(written: Written) -> Iterator[Problem]:
    """Yield a warning for each rule and condition that takes in, unsaid, that a decision does not arise."""
    case = written.case
    if not any(isinstance(item, DecisionEvent) and item.when is not None for item in case.story):
        return
    if len(Known(written).variables) < len(case.story):
        return
    for rules in _first_match(case):
        yield from _left_over(case, rules)
    told: set[Expression] = set()
    for condition in _conditions(case):
        for name in sorted(_negated(case, condition, ()) - asked_whether(case, condition)):
            if condition not in told and left_where_not_arising(case, (condition,), name):
                told.add(condition)
                message = f'"{text_of(condition)}" is also so where "{name}" does not arise'
                hint = f"say which is meant: add `and arises({name})`, or `or not arises({name})`"
                yield Problem("Q195", message, condition.place, hint, Severity.WARNING)


def _left_over(case: Case, rules: Sequence[AnyRule]) -> Iterator[Problem]:
    """Yield the `otherwise` of a list that takes in, unsaid, that some decision does not arise."""
    last = rules[-1] if len(rules) > 1 else None
    if last is None or not isinstance(last.condition, Otherwise):
        return
    conditions = [rule.condition for rule in rules]
    asked = frozenset().union(*(asked_whether(case, one) for one in conditions))
    for name in in_story_order(case, {name for one in conditions for name in known_in(case, one)} - asked):
        item = case.variable(name)
        if isinstance(item, DecisionEvent) and item.when is not None and left_where_not_arising(case, conditions, name):
            message = f'`otherwise` is also where "{name}" does not arise'
            hint = f"say so before it: `not arises({name})` with a value of its own, or with the same"
            yield Problem("Q195", message, last.place, hint, Severity.WARNING)
            return


def _negated(case: Case, node: Expression, within: tuple[str, ...], *, inside: bool = False) -> frozenset[str]:
    """Return the decisions that may not arise of which a condition says that an option was not chosen."""
    match node:
        case Is():
            items = (item for item in case.story if isinstance(item, DecisionEvent) and item.when is not None)
            parts = node.variable.parts[-1]
            return frozenset({parts} & {item.id for item in items}) if inside or node.negated else frozenset()
        case Not(operand):
            return _negated(case, operand, within, inside=True)
        case And(operands) | Or(operands):
            return frozenset().union(*(_negated(case, one, within, inside=inside) for one in operands))
        case Name() if inside and node.text in case.events and node.text not in within:
            return _negated(case, case.events[node.text].condition, (*within, node.text), inside=True)
        case _:
            return frozenset()


def _conditions(case: Case) -> Iterator[Expression]:
    """Yield the conditions of the case, those of its queries included."""
    for rules in _first_match(case):
        yield from (rule.condition for rule in rules)
    for item in case.story:
        if isinstance(item, ChanceEvent):
            yield from (rule.condition for rule in item.effects)
        elif item.when is not None:
            yield item.when
    for stake in case.stakes:
        yield from (rule.condition for rule in stake.effects)
    yield from (event.condition for event in case.events.values())
    yield from (item.saw for item in case.evidence)
    asked = [test.query for claim in case.claims for test in claim.tests]
    asked += [one.query for some in (case.questions, case.checks, case.forecasts) for one in some]
    for call in (call for query in asked for call in calls_in(query)):
        yield from (one for one in (call.target, *call.given, *call.against) if isinstance(one, Is | Not | And | Or))


def _first_match(case: Case) -> Iterator[Sequence[AnyRule]]:
    for item in case.story:
        if isinstance(item, ChanceEvent):
            yield from (rules for rules in (item.odds, item.base) if rules)
        else:
            yield from (rules for rules in (item.only, item.usual) if rules)
    for stake in case.stakes:
        yield from (rules for rules in (stake.weight, stake.worth) if rules)


def _sound(written: Written) -> Iterator[DecisionEvent]:
    """Yield the decisions whose condition can be read and looks at what is earlier only."""
    if len(Known(written).variables) < len(written.case.story):
        return
    told: set[str] = set()
    for item in written.case.story:
        names = _looked_at(written.case, item)
        if isinstance(item, DecisionEvent) and names and set(names) <= told:
            yield item
        told.add(item.id)


def usual_names_everything(written: Written) -> Iterator[Problem]:
    """Yield what is wrong with what is usual at a decision, and with its kinds."""
    for item in written.case.story:
        complete = written.is_complete(f"story.{item.id}")
        if isinstance(item, DecisionEvent) and (item.usual or item.kinds) and item.options and complete:
            yield from faults_of_usual(item)


def usual_can_be_chosen(written: Written) -> Iterator[Problem]:
    """Yield options with a share of what is usual that ``only`` bars whatever is seen: the share never counts."""
    known = Known(written)
    if len(known.variables) < len(written.case.story):
        return
    for item in written.case.story:
        if isinstance(item, DecisionEvent) and item.usual and item.only:
            closed = _never_open(written.case, item)
            for name in dict.fromkeys(name for rule in item.usual for name, _ in rule.odds if name in closed):
                place = next(sourced.place for rule in item.usual for own, sourced in rule.odds if own == name)
                message = f'"{name}" has a share of what is usual at "{item.id}", where `only` bars it everywhere'
                hint = "the share never counts: open the option somewhere, or take it off the options"
                yield Problem("Q253", message, place, hint, Severity.WARNING)


def _never_open(case: Case, item: DecisionEvent) -> set[str]:
    """Return the options that no rule of ``only`` that is ever reached leaves open, nor the absence of a rule."""
    conditions = [rule.condition for rule in item.only]
    try:
        axes = in_story_order(case, {name for one in conditions for name in mentioned(case, one)})
    except CaseError:
        return set()  # unknown names and circles are told by other checks
    if prod(shape_of(case, axes)) > LARGEST_TABLE:
        return set()
    holds = matching(case, axes, conditions)
    if not holds.any(axis=0).all():
        return set()
    idle = unreachable(holds)
    return set(item.options) - {o for row, rule in enumerate(item.only) if row not in idle for o in rule.options}
