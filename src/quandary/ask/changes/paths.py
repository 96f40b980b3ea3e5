"""How much of a change's effect runs through a mediator: natural direct and indirect effects (Pearl 2001).

With c changed from ``start`` to ``end``, y asked and M the mediator, write P(a, b) for the probability of y with c at a
and M at what it would have been with c at b, each case by itself:

    total    P(end, end) - P(start, start)
    direct   P(end, start) - P(start, start)     M stays as it would have been without the change
    through  P(end, end) - P(end, start)         the rest: what M's own change adds; direct + through = total
    alone    P(start, end) - P(start, start)     M changes as it would, c itself does not

Rules are those of the case's own game: nobody knew of the change when choosing them. Where no variable between c and M
also bears on y by a way around M, the mediation formula gives P(a, b) from tables alone. Where one does (a *recanting
witness*: Avin, Shpitser & Pearl 2005) no data and no tables settle it: it is then computed with shared Gumbel-max noise
(``twin.py``), and the witnesses are named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from quandary.ask.answer import Answer, AnswerDraws
from quandary.ask.changes.supposing import asked_as, chance_of
from quandary.ask.games.evidence import conditions_of, kept_under
from quandary.ask.games.playing import support_of
from quandary.ask.games.worths import with_worths
from quandary.ask.inquiry import ITSELF, WITHOUT, Inquiry, Interventions
from quandary.ask.query.counterfactual.nested import unplayed
from quandary.ask.query.summarising import answer
from quandary.ask.study import Study
from quandary.base.arrays import Array
from quandary.base.places import NOWHERE
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.case.logic.arising import tells_of_asking
from quandary.case.logic.conditions import mentioned, names_of
from quandary.case.model import Case
from quandary.game.graphs.graph import Graph, graph_of
from quandary.language import heads
from quandary.language.printing import written
from quandary.language.syntax import Expression
from quandary.quantities.arithmetic import difference

CHANGE = re.compile(r"\s*(\w+(?:\.\w+)?)\s*:\s*(\w+)\s+to\s+(\w+)\s*")


@dataclass(frozen=True)
class Change:
    """One variable set to ``end`` instead of ``start``."""

    variable: str
    start: str
    end: str


@dataclass(frozen=True, eq=False)
class Paths:
    """The effect of a change on what is asked, and how much of it runs through the mediators.

    ``start`` and ``end`` are the answers with the change and without. ``witnesses`` are the variables whose shared
    noise the split rests on (empty: the split needs no assumption on noise). ``on_the_way`` says whether a mediator
    lies on any path at all. ``unplayed`` are decisions that the split takes to information sets which never arise in
    the game itself, where a rule says nothing that anyone had reason to choose. ``aside`` is the evidence that the
    change makes void.
    """

    asked: str
    target: Expression
    change: Change
    through_what: tuple[str, ...]
    start: Answer
    end: Answer
    total: Answer
    direct: Answer
    through: Answer
    alone: Answer
    witnesses: tuple[str, ...]
    on_the_way: bool
    unplayed: tuple[str, ...]
    aside: tuple[Expression, ...]

    @property
    def dropped(self) -> tuple[str, ...]:
        """Return the evidence set aside, as the case writes it."""
        return tuple(written(condition) for condition in self.aside)


def read_change(written_change: str) -> Change:
    """Return the change written as ``unrest: none to regime_threat``; raises ``Refusal`` (Q545) for anything else."""
    match = CHANGE.fullmatch(written_change)
    if match is None:
        message = f'"{written_change}" does not say what changes'
        raise Refusal(Problem("Q545", message, hint='write it as "variable: state to another state"'))
    return Change(match[1], match[2], match[3])


def paths(study: Study, target: Expression, change: Change, mediators: Iterable[str]) -> Paths:
    """Return the effect of a change split by mediators; raises ``CaseError`` (Q104, Q544) for names unknown."""
    case = study.case
    change, through = _named(case, target, change, tuple(dict.fromkeys(mediators)))
    opened = support_of(with_worths(study.probe)).opened
    kept = kept_under(
        case, conditions_of(study.evidence), opened, [Interventions(unforeseen=((change.variable, change.end),))]
    )
    plain = Inquiry(heads.NESTED.name, target, kept.conditions, basis=WITHOUT, mediators=through)
    pairs = {(a, b): _nested(plain, change, a, b) for a in ("start", "end") for b in ("start", "end")}
    known = chance_of(kept.conditions) if kept.conditions else None
    study.need([*(asked_as(inquiry) for inquiry in pairs.values()), *([known] if known else [])])
    found = study.found
    likely = study.draws(known)[0].values if known else np.ones(study.worlds)
    values = {key: found.values[inquiry] for key, inquiry in pairs.items()}
    solved = found.done & found.converged[ITSELF]

    def told(drawn: Array) -> Answer:
        draws = AnswerDraws(np.where(solved, drawn, np.nan), np.where(solved, likely, 0.0))
        return answer(written(target), draws, study.design.block(), left_out=~solved, aside=kept.aside)

    start, end = values["start", "start"], values["end", "end"]
    crossed, alone = values["end", "start"], values["start", "end"]
    asked = frozenset(mentioned(case, target))
    graph = graph_of(opened)
    between = graph.descendants([change.variable]) & set(through) & graph.ancestors(asked)
    order = tuple(v.name for v in opened.variables if not tells_of_asking(v.name))
    situation = study.first_situation()
    return Paths(
        asked=written(target),
        target=target,
        change=change,
        through_what=through,
        start=told(start),
        end=told(end),
        total=told(difference(end, start)),
        direct=told(difference(crossed, start)),
        through=told(difference(end, crossed)),
        alone=told(difference(alone, start)),
        witnesses=witnesses(graph, order, change.variable, frozenset(between), asked),
        on_the_way=bool(between),
        unplayed=tuple(dict.fromkeys(name for inquiry in pairs.values() for name in unplayed(inquiry, situation))),
        aside=kept.aside,
    )


def witnesses(
    graph: Graph, order: tuple[str, ...], cause: str, mediators: frozenset[str], asked: frozenset[str]
) -> tuple[str, ...]:
    """Return what the cause changes on the way to a mediator that also bears on what is asked around all mediators."""
    below = graph.descendants([cause])
    before = graph.ancestors(mediators)
    around: set[str] = set()
    stack = list(asked)
    while stack:
        name = stack.pop()
        if name not in around and name not in mediators:
            around.add(name)
            stack.extend(graph.parents[name])
    return tuple(name for name in order if name in below & before & around and name != cause)


def _nested(plain: Inquiry, change: Change, c: str, mediator: str) -> Inquiry:
    state = {"start": change.start, "end": change.end}
    return replace(plain, instead=((change.variable, state[c]),), first=((change.variable, state[mediator]),))


def _named(
    case: Case, target: Expression, change: Change, mediators: tuple[str, ...]
) -> tuple[Change, tuple[str, ...]]:
    """Return the change and the mediators by their variables' own names, which may be written with their actors."""
    names = names_of(case)
    problems = list(names.condition_faults(target))
    changed = names.variable(change.variable)
    if changed is None:
        problems.append(names.unknown_variable(change.variable))
    else:
        problems.extend(changed.unknown_states((change.start, change.end), NOWHERE))
    for name in mediators:
        if (known := names.variable(name)) is None:
            problems.append(names.unknown_variable(name))
        elif known == changed:
            hint = "name a variable between the change and what is asked"
            problems.append(Problem("Q544", f'"{name}" is what changes, so nothing runs through it', hint=hint))
    if not mediators:
        problems.append(Problem("Q544", "no mediator is named", hint="name one with --through"))
    if problems or changed is None:
        raise CaseError(problems)
    found = (variable.name for name in mediators if (variable := names.variable(name)) is not None)
    return replace(change, variable=changed.name), tuple(dict.fromkeys(found))
