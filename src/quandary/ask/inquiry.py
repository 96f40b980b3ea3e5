"""An inquiry: one call of a query (``P(...)``, ``margin(...)``), its names checked against the case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from quandary.base.problems import CaseError, Problem, nearest
from quandary.case.logic.conditions import find_variable, mentioned, states_of
from quandary.case.model import Case, DecisionEvent, Stake
from quandary.language.syntax import (
    And,
    Arithmetic,
    Ask,
    Call,
    Compare,
    Expression,
    Is,
    Name,
    Negate,
    Not,
    Or,
    SetVariable,
)
from quandary.language.vocabulary import REPLAN

Settings = tuple[tuple[str, str], ...]
"""Interventions as (variable, state), in order of the variable's name."""

AT_DECISIONS = ("best", "margin", "dilemma", "drop", "clash", "both")
OF_STAKES = ("weight", "swing")


@dataclass(frozen=True)
class Inquiry:
    """One call, resolved.

    ``variables`` are all it looks at (the target's, the conditions', a decision's); ``actor``, ``stake``,
    ``decision`` and ``option`` are set where the head needs them. ``seen`` and ``unseen`` are the
    interventions of ``do`` and ``do_unseen``. ``stakes`` are those looked at, in groups that count together.
    ``evidence`` says whether the case's evidence is used. ``target`` is the condition of a ``P`` or a ``would``.
    ``instead`` are the interventions of a ``would``, which is asked of the game itself; ``replan`` says that its rules
    are chosen knowing of them. ``first`` and ``carried`` belong to path effects (``paths.py``).
    """

    head: str
    target: Expression | None = None
    given: tuple[Expression, ...] = ()
    against: tuple[Expression, ...] = ()
    seen: Settings = ()
    unseen: Settings = ()
    actor: str | None = None
    stake: str | None = None
    stakes: tuple[tuple[str, ...], ...] = ()
    decision: str | None = None
    option: str | None = None
    evidence: bool = True
    instead: Settings = ()
    replan: bool = False
    first: Settings = ()
    carried: tuple[str, ...] = ()

    @property
    def game(self) -> tuple[Settings, Settings]:
        """Return what tells the solved games apart: the interventions of either form."""
        return self.seen, self.unseen


def asks(expression: Expression) -> Iterator[Ask]:
    """Yield every call inside a query, from left to right."""
    match expression:
        case Ask():
            yield expression
        case Arithmetic(_, left, right) | Compare(_, left, right):
            yield from asks(left)
            yield from asks(right)
        case Negate(operand) | Not(operand):
            yield from asks(operand)
        case And(operands) | Or(operands) | Call(_, operands):
            for operand in operands:
                yield from asks(operand)
        case _:
            return


def has_do(expression: Expression) -> bool:
    """Return whether a query holds a ``do`` that the actors learn of beforehand; the change of a ``would`` is none."""
    return any(not setting.unseen for ask in asks(expression) for setting in ask.do if ask.head != "would")


def all_unseen(expression: Expression) -> Expression:
    """Return the query with every ``do`` read as ``do_unseen``."""
    match expression:
        case Ask():
            return replace(expression, do=tuple(replace(s, unseen=True) for s in expression.do))
        case Arithmetic(_, left, right) | Compare(_, left, right):
            return replace(expression, left=all_unseen(left), right=all_unseen(right))
        case Negate(operand) | Not(operand):
            return replace(expression, operand=all_unseen(operand))
        case And(operands) | Or(operands):
            return replace(expression, operands=tuple(all_unseen(o) for o in operands))
        case Call(_, operands):
            return replace(expression, args=tuple(all_unseen(o) for o in operands))
        case _:
            return expression


def resolve(case: Case, ask: Ask, *, evidence: bool = True) -> Inquiry:
    """Return the inquiry of one call; raises ``CaseError`` (Q501 to Q506, Q509, Q238) with every fault in it."""
    problems: list[Problem] = []
    replan = tuple(c for c in ask.given if ask.head == "would" and c == Name((REPLAN,)))
    if replan:
        ask = replace(ask, given=tuple(c for c in ask.given if c not in replan))
    for condition in (*ask.given, *ask.against):
        _check_condition(case, condition, problems)
    seen, unseen = _interventions(case, ask.do, problems)
    inquiry = Inquiry(ask.head, None, ask.given, ask.against, seen, unseen, evidence=evidence)
    if ask.head == "P":
        _check_condition(case, ask.target, problems)
        inquiry = replace(inquiry, target=ask.target)
    elif ask.head == "would":
        _check_condition(case, ask.target, problems)
        instead = tuple(sorted((*seen, *unseen)))
        inquiry = replace(inquiry, target=ask.target, seen=(), unseen=(), instead=instead, replan=bool(replan))
        if not ask.do:
            hint = "say what would have been otherwise: would(x = v | seen a = b, do(c = d)); or ask P(x = v | a = b)"
            problems.append(Problem("Q543", "would(...) needs a do(...).", ask.place, hint))
    elif ask.head == "E":
        inquiry = _of_actor(case, ask, inquiry, problems)
    elif ask.head in OF_STAKES:
        inquiry = _of_stake(case, ask, inquiry, problems)
    elif ask.head in AT_DECISIONS:
        inquiry = _at_decision(case, ask, inquiry, problems)
    else:
        hint = "the questions are P, E, weight, swing, best, margin, drop, clash, both, dilemma and would"
        problems.append(Problem("Q509", f"{ask.head}(...) is no question.", ask.place, hint))
    if problems:
        raise CaseError(problems)
    return inquiry


def variables_of(case: Case, inquiry: Inquiry) -> frozenset[str]:
    """Return every variable an inquiry's conditions, target and decision name, events expanded."""
    found: set[str] = set()
    for condition in (*inquiry.given, *inquiry.against, *((inquiry.target,) if inquiry.target else ())):
        found.update(mentioned(case, condition))
    if inquiry.decision is not None:
        found.add(inquiry.decision)
    return frozenset(found)


def _check_condition(case: Case, condition: Expression, problems: list[Problem]) -> None:
    try:
        mentioned(case, condition)
    except CaseError as fault:
        problems.extend(fault.problems)


def _interventions(case: Case, settings: tuple[SetVariable, ...], problems: list[Problem]) -> tuple[Settings, Settings]:
    found: dict[bool, dict[str, str]] = {False: {}, True: {}}
    for setting in settings:
        item = find_variable(case, setting.variable)
        place = setting.variable.place if setting.variable.place.line else setting.place
        if item is None:
            known = [variable.id for variable in case.story]
            message = f'There is no variable "{setting.variable.text}" to set.'
            if setting.variable.text in case.events:
                hint: str | None = "an event cannot be set; set one of its variables to one state"
            else:
                hint = nearest(setting.variable.text, known) or f"the variables are {', '.join(known)}"
            problems.append(Problem("Q504", message, place, hint))
            continue
        states = states_of(item)
        if setting.state not in states:
            hint = nearest(setting.state, states) or f"its states are {', '.join(states)}"
            message = f'"{item.id}" has no state "{setting.state}".'
            problems.append(Problem("Q504", message, setting.place, hint))
        if item.id in found[False] or item.id in found[True]:
            message = f'"{item.id}" is set twice in one question.'
            problems.append(Problem("Q505", message, setting.place, "set each variable once"))
        found[setting.unseen][item.id] = setting.state
    return tuple(sorted(found[False].items())), tuple(sorted(found[True].items()))


def _of_actor(case: Case, ask: Ask, inquiry: Inquiry, problems: list[Problem]) -> Inquiry:
    if isinstance(ask.target, Name) and len(ask.target.parts) == 1 and ask.target.text in case.actors:
        return replace(inquiry, actor=ask.target.text)
    return _of_stake(case, ask, inquiry, problems)


def _of_stake(case: Case, ask: Ask, inquiry: Inquiry, problems: list[Problem]) -> Inquiry:
    stake = _find_stake(case, ask, problems)
    if stake is None:
        return inquiry
    if ask.head == "weight" and not stake.weight:
        message = f'"{stake.actor}.{stake.id}" has no weight: it counts in points as it stands.'
        problems.append(Problem("Q503", message, ask.target.place, "ask for its swing instead"))
    return replace(inquiry, actor=stake.actor, stake=stake.id)


def _find_stake(case: Case, ask: Ask, problems: list[Problem]) -> Stake | None:
    text = ask.target.text if isinstance(ask.target, Name) else ""
    known = {f"{stake.actor}.{stake.id}": stake for stake in case.stakes}
    if text in known:
        return known[text]
    alone = [stake for stake in case.stakes if stake.id == text]
    if len(alone) == 1:
        return alone[0]
    names = [*known, *(case.actors if ask.head == "E" else ())]
    what = "actor or stake" if ask.head == "E" else "stake"
    hint = nearest(text, names) or f"write {ask.head}(actor.stake); the stakes are {', '.join(known)}"
    problems.append(Problem("Q501", f'There is no {what} "{text}".', ask.target.place, hint))
    return None


def _at_decision(case: Case, ask: Ask, inquiry: Inquiry, problems: list[Problem]) -> Inquiry:
    name = ask.target.variable if isinstance(ask.target, Is) else ask.target
    item = find_variable(case, name) if isinstance(name, Name) else None
    decisions = [f"{d.by}.{d.id}" for d in case.story if isinstance(d, DecisionEvent)]
    if not isinstance(item, DecisionEvent):
        text = name.text if isinstance(name, Name) else ""
        message = f'"{text}" is no decision.' if item is not None else f'There is no decision "{text}".'
        hint = nearest(text, decisions) or f"the decisions are {', '.join(decisions)}"
        problems.append(Problem("Q502", message, ask.target.place, hint))
        return inquiry
    if item.id in dict((*inquiry.seen, *inquiry.unseen)):
        message = f'"{item.id}" is set by do(...), so there is no choice to ask about.'
        hint = f"leave the do(...) out, or ask E({item.by} | do(...))"
        problems.append(Problem("Q506", message, ask.place, hint))
    option = None
    if isinstance(ask.target, Is):
        option = ask.target.states[0]
        if option not in item.options or ask.target.negated or len(ask.target.states) != 1:
            hint = nearest(option, item.options) or f"its options are {', '.join(item.options)}"
            problems.append(Problem("Q502", f'"{item.id}" has no option "{option}".', ask.target.place, hint))
    own = [stake.id for stake in case.stakes if stake.actor == item.by]
    stakes = tuple(tuple(text.removeprefix(f"{item.by}.") for text in group) for group in ask.stakes)
    for stake in dict.fromkeys(stake for group in stakes for stake in group):
        if stake not in own:
            hint = nearest(stake, own) or f"its stakes are {', '.join(own)}"
            problems.append(Problem("Q501", f'"{item.by}" has no stake "{stake}".', ask.place, hint))
    if len({frozenset(group) for group in stakes}) < len(stakes) or any(len(set(g)) < len(g) for g in stakes):
        message = "A stake, or a group of stakes, stands twice in this list."
        problems.append(Problem("Q151", message, ask.place, "remove one of them"))
    every = stakes or tuple((stake,) for stake in own)
    return replace(inquiry, actor=item.by, decision=item.id, option=option, stakes=every)
