"""Suppose a policy were announced, or an actor saw more or less: the game solved anew, beside the game as it is.

Two of the primitive interventions on a causal game (Mishra, Fox & Wooldridge 2024) that ``do`` and ``do_foreseen`` do
not reach, since both set a variable and these change a mechanism:

- *Announcing* fixes a decision's rule for good and lets everyone know before they choose their own (Stackelberg's
  leader). A rule may look at whatever its actor sees there. Its owner still chooses elsewhere. Announcing one option
  whatever happens is ``do_foreseen(decision = option)``.
- *Seeing* adds what an actor observes, from one decision on, or takes it away; the actor chooses anew, and so does
  everyone who thinks about that.

Evidence on what the change can affect, through the graph or through a rule that may change, is set aside and named, as
with ``do_foreseen``: it counts neither inside a world nor in its weight. It is set aside in the answer before as well,
so that the two differ by the change alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from quandary.ask.answer import Answer, AnswerDraws
from quandary.ask.changes.altering import AlteredStudy, from_then_on, not_observing, observing
from quandary.ask.changes.supposing import Supposed, supposed
from quandary.ask.games.evidence import conditions_of
from quandary.ask.query.combining import is_truth
from quandary.ask.query.queries import Query
from quandary.ask.query.summarising import answer
from quandary.ask.study import Study
from quandary.base.places import NOWHERE
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.case.logic.conditions import find_variable, in_story_order, indicator, mentioned, names_of, states_of
from quandary.case.logic.memory import observed
from quandary.case.model import Case, DecisionEvent
from quandary.game.arising import where_it_arises
from quandary.game.diagram import Chance, Diagram
from quandary.game.graphs.requisite import prune
from quandary.game.interventions import affected
from quandary.game.table import Table
from quandary.language.names import unknown
from quandary.language.parser import parse_condition
from quandary.language.printing import written
from quandary.language.syntax import Expression, Name
from quandary.quantities.arithmetic import difference

PART = re.compile(r"\s*(?:else\s+(?P<else>\w+)|(?P<option>\w+)(?:\s+if\s+(?P<condition>.+?))?)\s*", re.DOTALL)


@dataclass(frozen=True)
class Announcement:
    """A decision's rule, announced: the first condition that holds gives the option; the last has none."""

    decision: str
    rules: tuple[tuple[Expression | None, str], ...]


@dataclass(frozen=True)
class Sight:
    """An actor sees a variable at a decision and from then on, or no longer does."""

    decision: str
    variable: str
    seen: bool


Supposition = Announcement | Sight


@dataclass(frozen=True, eq=False)
class Suppose:
    """One query before and after, on the same evidence.

    ``difference`` is after minus before, world by world (``None`` for a query that is true or false). ``payoffs``
    holds, for each actor, its expected payoff's difference. ``aside`` is the evidence that the changes make void.
    """

    changes: tuple[Supposition, ...]
    before: Answer
    after: Answer
    difference: Answer | None
    payoffs: dict[str, Answer] = field(default_factory=dict)
    aside: tuple[Expression, ...] = ()
    complete: bool = True

    @property
    def dropped(self) -> tuple[str, ...]:
        """Return the evidence set aside, as the case writes it."""
        return tuple(written(condition) for condition in self.aside)


def read_announcement(case: Case, text: str) -> Announcement:
    """Return the announcement written ``decision: option if condition; else option``.

    Raises ``CaseError`` (Q546, Q104 and the faults of conditions) where it is none.
    """
    name, colon, rest = text.partition(":")
    item = find_variable(case, Name((name.strip(),)))
    if not isinstance(item, DecisionEvent):
        raise CaseError([names_of(case).unknown_decision(name.strip())])
    if not colon:
        hint = f'write "{item.id}: a if x = v; else b"'
        raise CaseError([Problem("Q546", f"No rule is announced for {item.id}.", hint=hint)])
    rules: list[tuple[Expression | None, str]] = []
    for part in rest.split(";"):
        match = PART.fullmatch(part)
        option = None if match is None else match["else"] or match["option"]
        if match is None or option is None:
            hint = f"its options are {', '.join(item.options)}"
            raise CaseError([Problem("Q546", f'"{part.strip()}" names no option of "{item.id}".', hint=hint)])
        if option not in item.options:
            raise CaseError([unknown(f'option of "{item.id}":', option, NOWHERE, item.options)])
        rules.append((parse_condition(match["condition"]) if match["condition"] else None, option))
    if rules[-1][0] is not None or any(condition is None for condition, _ in rules[:-1]):
        hint = f'end with what is done otherwise: "{item.id}: a if x = v; else b"'
        raise CaseError([Problem("Q546", "The rule does not say what is done in every case.", hint=hint)])
    known = observed(case, item.id)
    for condition, _ in rules:
        blind = set() if condition is None else set(mentioned(case, condition)) - set(known)
        if blind:
            hint = f"it may look at {', '.join(known)}" if known else "nothing is seen there; announce one option"
            message = f"{item.by} does not see {', '.join(sorted(blind))} at {item.id}."
            raise CaseError([Problem("Q546", message, hint=hint)])
    return Announcement(item.id, tuple(rules))


def read_sight(case: Case, text: str, *, seen: bool) -> Sight:
    """Return the sight written ``decision: variable``; raises ``CaseError`` (Q547, Q104) where it cannot be so."""
    decision, _, variable = (part.strip() for part in text.partition(":"))
    names, order = names_of(case), [item.id for item in case.story]
    item, other = find_variable(case, Name((decision,))), find_variable(case, Name((variable or "?",)))
    problem = None
    if not isinstance(item, DecisionEvent):
        problem = names.unknown_decision(decision)
    elif other is None and not variable:
        problem = Problem("Q547", f"Nothing is named that is seen at {item.id}.", hint='write "decision: variable"')
    elif other is None:
        problem = names.unknown_variable(variable)
    elif order.index(other.id) >= order.index(item.id):
        problem = Problem("Q547", f'"{other.id}" has not happened yet at {item.id}.', hint="name something earlier")
    elif (other.id in observed(case, item.id)) == seen:
        problem = Problem("Q547", f'"{other.id}" is {"" if seen else "not "}seen at {item.id} as it is.')
    elif not seen and other.id in _needed_later(case, item):
        what = f"Whether {item.id} or a later choice arises, what may be chosen there or what is usual"
        message = f"{what} depends on {other.id}, so it cannot be hidden."
        problem = Problem("Q547", message)
    if problem is not None:
        raise CaseError([problem])
    assert item is not None and other is not None
    return Sight(item.id, other.id, seen)


def _needed_later(case: Case, item: DecisionEvent) -> set[str]:
    """Return what says whether a decision or a later one of its actor arises, which options it has and are usual."""
    later = case.story[case.story.index(item) :]
    own = [one for one in later if isinstance(one, DecisionEvent) and one.by == item.by]
    conditions = [rule.condition for one in own for rule in one.only]
    conditions += [rule.condition for one in own for rule in one.usual]
    conditions += [one.when for one in own if one.when is not None]
    return {name for condition in conditions for name in mentioned(case, condition)}


def suppose(study: Study, query: str | Expression, changes: Sequence[Supposition]) -> Suppose:
    """Return a query's answer before and after the changes, solved in the same worlds.

    Raises ``CaseError`` for a fault in the query and Q548 for an announced option that ``only`` bars.
    """
    asked = study.prepared(query)
    _check(study, asked, changes)
    players = list(dict.fromkeys(d.player for d in study.probe.diagram.decisions))
    actors = [study.prepared(f"E({player})") for player in players]
    altered = AlteredStudy(study, lambda diagram, _: changed(study.case, diagram, changes))
    altered.evidence = ()
    touched = reach(study, altered, changes)
    evidence = conditions_of(study.evidence)
    kept = tuple(c for c in evidence if not touched & set(mentioned(study.case, c)))
    first, second = ([supposed(one, q, kept) for q in (asked, *actors)] for one in (study, altered))
    study.need([part for one in first for part in one.needs])
    altered.need([part for one in second for part in one.needs])
    gains = zip(players, first[1:], second[1:], strict=True)
    return Suppose(
        changes=tuple(changes),
        before=_answer(study, study, first[0]),
        after=_answer(study, altered, second[0]),
        difference=None if is_truth(asked.expression) else _difference(study, first[0], altered, second[0]),
        payoffs={player: _difference(study, then, altered, now) for player, then, now in gains},
        aside=tuple(dict.fromkeys([*(c for c in evidence if c not in kept), *second[0].aside])),
        complete=study.run.complete and altered.run.complete,
    )


def changed(case: Case, diagram: Diagram, changes: Sequence[Supposition]) -> Diagram:
    """Return the game with rules announced and sights changed."""
    for change in changes:
        if isinstance(change, Sight):
            alter = observing if change.seen else not_observing
            diagram = alter(diagram, change.variable, from_then_on(diagram, change.decision))
    for change in changes:
        if isinstance(change, Announcement):
            diagram = _announced(case, diagram, change)
    return diagram


def reach(study: Study, altered: Study, changes: Sequence[Supposition]) -> frozenset[str]:
    """Return the variables whose distribution the changes can alter, read off both games' graphs."""
    names: set[str] = set()
    for change in changes:
        whole = study.probe.diagram
        names.update([change.decision] if isinstance(change, Announcement) else from_then_on(whole, change.decision))
    graphs = (prune(one.probe.diagram, constants=False).diagram for one in (study, altered))
    return frozenset().union(*(affected(graph, names) for graph in graphs))


def _announced(case: Case, diagram: Diagram, change: Announcement) -> Diagram:
    table = where_it_arises(diagram, change.decision, _rule(case, change))
    made = Chance(change.decision, diagram.variable(change.decision).states, table.axes[:-1])
    return replace(
        diagram,
        variables=tuple(made if v.name == change.decision else v for v in diagram.variables),
        tables={**diagram.tables, change.decision: table},
        allowed={name: allowed for name, allowed in diagram.allowed.items() if name != change.decision},
        usual={name: usual for name, usual in diagram.usual.items() if name != change.decision},
        agent_form_only=tuple(name for name in diagram.agent_form_only if name != change.decision),
    )


def _rule(case: Case, change: Announcement) -> Table:
    """Return the announced rule as a table over what it looks at and the decision, one world, as if it always arose."""
    looked_at = {name for c, _ in change.rules if c is not None for name in mentioned(case, c)}
    axes = in_story_order(case, looked_at)
    options = states_of(case.variable(change.decision))
    shape = [len(states_of(case.variable(axis))) for axis in axes]
    values, left = np.zeros([*shape, len(options), 1]), np.ones([*shape, 1])
    for condition, option in change.rules:
        holds = left if condition is None else left * indicator(case, condition).over(axes)
        values[..., options.index(option), :] += holds
        left = left - holds
    return Table((*axes, change.decision), values)


def _answer(study: Study, solved: Study, made: Supposed) -> Answer:
    """Return the answer in either game, worlds weighing as in the case itself."""
    draws, holds, left_out = solved.draws(made.query)
    weights = np.where(left_out, 0.0, made.weights(solved.found.values, study.worlds) * study.check_weights)
    told = AnswerDraws(draws.values, weights)
    return answer(
        made.query.text,
        told,
        study.design.block(),
        left_out=left_out,
        asked=made.query.expression,
        truth=holds,
        why_undefined=solved.why_undefined(made.query, np.isnan(draws.values) & ~left_out),
    )


def _difference(study: Study, then: Supposed, altered: Study, now: Supposed) -> Answer:
    """Return after minus before, world by world, worlds weighing by the evidence alone."""
    first, _, left_out = study.draws(then.query)
    second, _, without = altered.draws(now.query)
    gone = left_out | without
    values = np.where(gone, np.nan, difference(second.values, first.values))
    weights = np.where(
        gone, 0.0, replace(then, own=None).weights(study.found.values, study.worlds) * study.check_weights
    )
    return answer(then.query.text, AnswerDraws(values, weights), study.design.block(), left_out=gone)


def _check(study: Study, asked: Query, changes: Sequence[Supposition]) -> None:
    announced = [change for change in changes if isinstance(change, Announcement)]
    problems = []
    for change in announced:
        allowed = study.probe.diagram.allowed.get(change.decision)
        rule = where_it_arises(study.probe.diagram, change.decision, _rule(study.case, change))
        if allowed is not None:
            axes = (*study.probe.diagram.variable(change.decision).parents, change.decision)
            if ((rule.over(axes) > 0) & (allowed.over(axes) <= 0)).any():
                message = f'The rule announced for {change.decision} names an option where "only" bars it.'
                problems.append(Problem("Q548", message, hint="say in which cases it is chosen, and end with else"))
        if any(inquiry.decision == change.decision for inquiry in asked.all_inquiries):
            message = f"{change.decision} is announced, so there is no choice to ask about."
            problems.append(Problem("Q506", message, hint="ask about an event, or about an actor's payoff"))
    if not changes:
        raise Refusal(Problem("Q549", "Nothing is supposed.", hint="name --announce, --sees or --hides"))
    if problems:
        raise CaseError(problems)
