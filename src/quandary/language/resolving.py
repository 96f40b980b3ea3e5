"""What the calls of a query mean by their names, and every fault in them: the same for a case file and a question."""

from __future__ import annotations

from dataclasses import dataclass, replace

from quandary.base.problems import Problem
from quandary.language.heads import QueryTarget, head_of, lists_options, of_one_option
from quandary.language.names import BeliefSettings, Names, Settings
from quandary.language.syntax import Ask, Expression, Is, Name, calls_in
from quandary.language.units import unit_faults
from quandary.language.vocabulary import REPLAN

"""How an actor is set to believe something."""


def query_faults(names: Names, query: Expression) -> tuple[Problem, ...]:
    """Return every fault of a query's names and units."""
    found = [problem for ask in calls_in(query) for problem in resolve_call(names, ask)[1]]
    return tuple(dict.fromkeys((*found, *unit_faults(query))))


@dataclass(frozen=True)
class ResolvedCall:
    """What a call means by its names.

    ``target`` is a condition; ``actor``, ``stake``, ``decision`` and ``option`` are set where the head needs them.
    ``given`` are the conditions, without the word ``replan``, and ``against`` those of the reference. ``foreseen``
    are the interventions of ``do_foreseen``, ``unforeseen`` those of ``do``; those of a counterfactual, which is asked
    of the game itself, stand in ``instead`` and ``beliefs_instead``, and ``replan`` says that its rules are chosen
    knowing of them. ``stakes``
    are those looked at, in groups that count together. ``beliefs_foreseen`` and ``beliefs_unforeseen`` are what actors
    are set to believe; ``as_seen`` asks of the game as the actor sees it.
    """

    head: str
    target: Expression | None = None
    given: tuple[Expression, ...] = ()
    against: tuple[Expression, ...] = ()
    foreseen: Settings = ()
    unforeseen: Settings = ()
    actor: str | None = None
    stake: str | None = None
    stakes: tuple[tuple[str, ...], ...] = ()
    decision: str | None = None
    option: str | None = None
    instead: Settings = ()
    beliefs_instead: BeliefSettings = ()
    replan: bool = False
    beliefs_foreseen: BeliefSettings = ()
    beliefs_unforeseen: BeliefSettings = ()
    as_seen: bool = False


def resolve_call(names: Names, ask: Ask) -> tuple[ResolvedCall, tuple[Problem, ...]]:
    """Return a call with its names resolved, and every fault in it; of a faulty call only what is known is set."""
    head = head_of(ask)
    foreseen, unforeseen = (names.settings(ask.do, foreseen=known) for known in (True, False))
    call = ResolvedCall(ask.head, given=ask.given, against=ask.against, foreseen=foreseen, unforeseen=unforeseen)
    if ask.beliefs:
        known, unknown = (names.belief_settings(ask.beliefs, foreseen=known) for known in (True, False))
        call = replace(call, beliefs_foreseen=known, beliefs_unforeseen=unknown)
    call = replace(call, as_seen=True) if ask.as_seen else call
    problems: list[Problem] = []
    if head.counterfactual:
        given = tuple(condition for condition in ask.given if condition != Name((REPLAN,)))
        call = replace(
            call,
            given=given,
            foreseen=(),
            unforeseen=(),
            instead=unforeseen,
            beliefs_foreseen=(),
            beliefs_unforeseen=(),
            beliefs_instead=call.beliefs_unforeseen,
            replan=given != ask.given,
        )
        if foreseen or any(setting.foreseen for setting in ask.beliefs):
            hint = "write do(...) and the word replan"
            problems.append(Problem("Q543", f"{head.name}(...) takes no do_foreseen(...)", ask.place, hint))
        elif not ask.do and not ask.beliefs:
            example = f"{head.name}(x = v | seen a = b, do(c = d))"
            hint = f"say what would have been otherwise: {example}; or ask P(x = v | a = b)"
            problems.append(Problem("Q543", f"{head.name}(...) needs a do(...)", ask.place, hint))
    if head.target is QueryTarget.CONDITION:
        call = replace(call, target=ask.target)
        problems += names.condition_faults(ask.target)
    elif head.at_decision:
        call, found = _at_decision(names, ask, call)
        problems += found
    elif isinstance(ask.target, Name):
        actor, stake = names.payoff(head, ask.target.text)
        call = replace(call, actor=actor, stake=stake)
        problems += names.payoff_faults(head, ask.target)
    problems += [problem for c in (*call.given, *ask.against) for problem in names.condition_faults(c)]
    problems += names.setting_faults(ask.do)
    problems += names.belief_faults(ask.beliefs)
    return call, tuple(problems)


def _at_decision(names: Names, ask: Ask, call: ResolvedCall) -> tuple[ResolvedCall, list[Problem]]:
    name = ask.target.variable if isinstance(ask.target, Is) else ask.target
    text = name.text if isinstance(name, Name) else ""
    decision = names.variable(text)
    if decision is None or not decision.is_decision:
        return call, [names.unknown_decision(text, name.place)]
    actor, problems = decision.actor or "", []
    if decision.name in dict((*call.foreseen, *call.unforeseen)):
        message = f'"{decision.name}" is set by do(...), so there is no choice to ask about'
        problems.append(Problem("Q506", message, ask.place, f"leave the do(...) out, or ask E({actor} | do(...))"))
    option = None
    if lists_options(ask):
        problems.append(of_one_option(ask))
    if isinstance(ask.target, Is):
        option = ask.target.states[0]
        problems += decision.unknown_states(ask.target.states, ask.target.place)
    own = names.stakes.get(actor, {})
    stakes = tuple(tuple(stake.removeprefix(f"{actor}.") for stake in group) for group in ask.stakes)
    for stake in dict.fromkeys(stake for group in stakes for stake in group):
        if stake not in own:
            problems.append(names.unknown_stake(actor, stake, ask.place))
    if len({frozenset(group) for group in stakes}) < len(stakes) or any(len(set(g)) < len(g) for g in stakes):
        message = "a stake, or a group of stakes, stands twice in this list"
        problems.append(Problem("Q151", message, ask.place, "remove one of them"))
    every = stakes or tuple((stake,) for stake in own)
    return replace(call, actor=actor, decision=decision.name, option=option, stakes=every), problems
