"""The value of knowing and of controlling a variable, for the one who decides.

First the structure, which needs no numbers. *Knowing* x at a decision can matter only if the observation is requisite
there (``game.graphs.requisite``): if not, the game with and without it has the same solutions, and the value is zero
exactly. *Controlling* x can matter only if a change of x can reach the actor's payoffs at all, through the graph or
through a rule that may change (``game.interventions.affected``), or if what was set is worth remembering. After the
criteria for one decision of Everitt et al. (2021), *AAAI 35*.

Then how much: the actor's expected payoff in the game solved with the observation, less that in the game solved
without, world by world. In a game both may be negative: others know that the actor knows, and act on it. With choices
that are not exact, more to see may also cost a little by the noise of choice alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from quandary.ask.answer import Answer, AnswerDraws, Remark, reason_of
from quandary.ask.changes.altering import (
    Alteration,
    AlteredStudy,
    from_then_on,
    needed_at,
    not_observing,
    observing,
    under_control,
)
from quandary.ask.query.queries import Query, prepare
from quandary.ask.query.summarising import answer
from quandary.ask.study import Study
from quandary.base.problems import CaseError, Refusal
from quandary.base.stopping import STOPS, heed
from quandary.case.logic.conditions import find_variable, names_of
from quandary.case.logic.memory import observed
from quandary.case.model import Case, ChanceEvent, DecisionEvent
from quandary.game.diagram import Diagram
from quandary.game.graphs.requisite import prune
from quandary.game.interventions import affected
from quandary.language import heads
from quandary.language.syntax import Name
from quandary.worlds.gathering import Progress

KNOWING, CONTROL = "knowing", "control"


@dataclass(frozen=True, eq=False)
class Worth:
    """What knowing (or controlling) one variable is worth to an actor, in points of its payoff.

    ``known`` says whether the actor sees it already, as the case stands: the value is then that of what it has.
    ``admits`` says whether the structure lets it be worth anything; if not, ``gain`` is ``None`` and the value is zero.
    ``gain`` is the expected payoff with less that without, over worlds. ``why_not`` says why it could not be computed.
    """

    kind: str
    variable: str
    known: bool
    admits: bool
    gain: Answer | None
    why_not: Remark | None = None


@dataclass(frozen=True, eq=False)
class Information:
    """What an actor could know at a decision, and control from there: the most valuable first."""

    actor: str
    decision: str
    payoff: Answer
    knowing: tuple[Worth, ...]
    control: tuple[Worth, ...]
    worlds: int
    seed: int
    complete: bool


def decision_named(case: Case, text: str) -> DecisionEvent:
    """Return the decision written ``actor.decision`` or ``decision``; Q104 where there is none."""
    item = find_variable(case, Name(tuple(text.split("."))))
    if isinstance(item, DecisionEvent):
        return item
    raise Refusal(names_of(case).unknown_decision(text))


def is_decision(case: Case, text: str) -> bool:
    """Return whether the text names a decision."""
    return isinstance(find_variable(case, Name(tuple(text.split(".")))), DecisionEvent)


def information(
    study: Study,
    decision: DecisionEvent,
    variables: tuple[str, ...] = (),
    *,
    control: bool = False,
    progress: Progress | None = None,
) -> Information:
    """Return what knowing each variable is worth at the decision, all that come before it or the ones named.

    With ``control`` also what each chance variable (or the ones named) would be worth under the actor's control.

    Raises ``Refusal`` (Q104) for a variable that is not there.
    """
    query = payoff_query(study.case, decision.by)
    before = _before(study.case, decision, variables)
    chances = [item.id for item in study.case.story if isinstance(item, ChanceEvent)]
    controlled = [name for name in (variables or chances) if name in chances] if control else []
    study.need([query])
    tasks: list[Callable[[], Worth]] = [partial(_knowing, study, query, decision, name) for name in before]
    tasks += [partial(_control, study, query, decision, name) for name in controlled]
    found: list[Worth] = []
    complete = study.run.complete
    try:
        for number, task in enumerate(tasks):
            heed(study.stop)
            found.append(task())
            if progress is not None:
                progress(number + 1, len(tasks))
    except STOPS:
        complete = False
    return Information(
        decision.by,
        decision.id,
        study.answer(query),
        _ranked(found, KNOWING),
        _ranked(found, CONTROL),
        study.worlds,
        study.seed,
        complete,
    )


def payoff_query(case: Case, actor: str) -> Query:
    """Return the query for an actor's expected payoff before anything was seen: without evidence."""
    return prepare(case, heads.E.of(Name((actor,))), evidence=False)


def can_be_worth_knowing(diagram: Diagram, decision: str, variable: str) -> bool:
    """Return whether the graph lets the variable, observed at the decision from then on, change anything."""
    later = from_then_on(diagram, decision)
    pruned = prune(observing(diagram, variable, later), constants=False).diagram
    return any(variable in d.parents for d in pruned.decisions if d.name in later)


def can_be_worth_controlling(diagram: Diagram, player: str, variable: str) -> bool:
    """Return whether the graph lets control of the variable change the player's payoffs.

    Either a change of the variable can reach them, or the player could learn something later from what was set.
    """
    own = {axis for u in diagram.utilities if u.player == player for axis in u.table.axes}
    if affected(diagram, [variable]) & own:
        return True
    seen = {d.name: variable in d.parents for d in prune(diagram, constants=False).diagram.decisions}
    held = prune(under_control(diagram, variable, player), constants=False).diagram
    return any(variable in d.parents and not seen[d.name] for d in held.decisions if d.player == player)


def gain(study: Study, more: Alteration, less: Alteration | None, query: Query) -> Answer:
    """Return the query in the game altered by ``more`` minus that in the game altered by ``less`` (``None``: as it is).

    Both are solved in the same worlds. A world that is not solved in both is left out.
    """
    first = AlteredStudy(study, more)
    second = study if less is None else AlteredStudy(study, less)
    for one in (first, second):
        one.need([query])
        if not one.run.complete:
            raise KeyboardInterrupt
    (high, _, one_out), (low, _, other_out) = first.draws(query), second.draws(query)
    left_out = one_out | other_out
    draws = AnswerDraws(
        np.where(left_out, np.nan, high.values - low.values), np.where(left_out, 0.0, first.draws(query)[0].weights)
    )
    return answer(query.text, draws, study.design.block(), left_out=left_out)


def _knowing(study: Study, query: Query, decision: DecisionEvent, name: str) -> Worth:
    diagram = study.probe.diagram
    known = name in observed(study.case, decision.id)
    if not can_be_worth_knowing(diagram, decision.id, name):
        return Worth(KNOWING, name, known, False, None)
    later = from_then_on(diagram, decision.id)
    needing = needed_at(diagram, name, later)
    if known and needing:
        return Worth(KNOWING, name, known, True, None, needing[1])
    if known and any(name in observed(study.case, d) for d in _earlier(diagram, decision)):
        earlier = Remark(("the actor knows it from an earlier decision of its own",))
        return Worth(KNOWING, name, known, True, None, earlier)
    more: Alteration = lambda game, _: observing(game, name, later)  # noqa: E731 - a one-line game
    less: Alteration = lambda game, _: not_observing(game, name, later)  # noqa: E731
    return _with_worth(Worth(KNOWING, name, known, True, None), study, query, more, less if known else None)


def _control(study: Study, query: Query, decision: DecisionEvent, name: str) -> Worth:
    if not can_be_worth_controlling(study.probe.diagram, decision.by, name):
        return Worth(CONTROL, name, False, False, None)
    more: Alteration = lambda game, _: under_control(game, name, decision.by)  # noqa: E731 - a one-line game
    return _with_worth(Worth(CONTROL, name, False, True, None), study, query, more, None)


def _with_worth(worth: Worth, study: Study, query: Query, more: Alteration, less: Alteration | None) -> Worth:
    why_not = None
    found = None
    try:
        found = gain(study, more, less, query)
    except (CaseError, Refusal) as fault:
        why_not = reason_of(fault)
    return Worth(worth.kind, worth.variable, worth.known, worth.admits, found, why_not)


def _earlier(diagram: Diagram, decision: DecisionEvent) -> Iterator[str]:
    for other in diagram.decisions:
        if other.name == decision.id:
            return
        if other.player == decision.by:
            yield other.name


def _before(case: Case, decision: DecisionEvent, variables: tuple[str, ...]) -> list[str]:
    """Return the variables that come before the decision and are no moves of its own actor, those named only."""
    order = [item.id for item in case.story]
    earlier = order[: order.index(decision.id)]
    for name in variables:
        if name not in order:
            raise Refusal(names_of(case).unknown_variable(name))
    own = {item.id for item in case.story if isinstance(item, DecisionEvent) and item.by == decision.by}
    return [name for name in earlier if name not in own and (not variables or name in variables)]


def _ranked(found: list[Worth], kind: str) -> tuple[Worth, ...]:
    """Return the worths of one kind: those computed from the highest on, then those that could not be, then none."""

    def order(worth: Worth) -> tuple[int, float]:
        if worth.gain is not None and worth.gain.mean is not None:
            return 0, -worth.gain.mean
        return (1 if worth.admits else 2), 0.0

    return tuple(sorted((worth for worth in found if worth.kind == kind), key=order))
