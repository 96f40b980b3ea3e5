"""Queries in words: what a call asks as a noun phrase, what a comparison says as a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from quandary.case.model import DecisionEvent
from quandary.language import heads
from quandary.language.printing import written
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
    Number,
    Or,
)
from quandary.language.vocabulary import REPLAN
from quandary.report.words.naming.letters import sentence
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.wording import listing, number, percent

COMPARED = {
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
    "=": "is the same as",
    "!=": "differs from",
}
CALCULATED = {"+": "plus", "*": "times", "/": "divided by", "^": "to the power of"}
FUNCTIONS = {
    "abs": "the size of",
    "min": "the least of",
    "max": "the greatest of",
    "exp": "the exponential of",
    "log": "the logarithm of",
    "sqrt": "the square root of",
}


def query_title(names: CaseNames, query: Expression) -> str:
    """Return a query as it begins a line: ``The probability of a full invasion``; with code the query behind it."""
    told = sentence(query_words(names, query))
    return f"{told} [{written(query)}]" if names.code else told


def query_words(names: CaseNames, query: Expression) -> str:
    """Return a query in words, as it stands inside a sentence: a noun phrase, of a truth a clause."""
    return _words(names.plain, query)


def _words(names: CaseNames, query: Expression) -> str:
    match query:
        case Ask():
            return _call(names, query)
        case Compare(op, left, right):
            return _comparison(names, op, left, right)
        case And(operands):
            return " and ".join(_joined(names, operands))
        case Or(operands):
            return f"either {' or '.join(_joined(names, operands))}"
        case Not(operand):
            return f"it is not so that {_words(names, operand)}"
        case Arithmetic(op, left, right):
            return _calculation(names, op, left, right)
        case Negate(operand):
            return f"the opposite in sign of {_words(names, operand)}"
        case Number(value, is_percent):
            return percent(value) if is_percent else number(value)
        case Call(name, args):
            return f"{FUNCTIONS.get(name, name)} {listing(_joined(names, args))}"
        case _:
            return written(query)


def _comparison(names: CaseNames, op: str, left: Expression, right: Expression) -> str:
    """Return a comparison as a clause; two calls that differ in their conditions only name what they share once."""
    if isinstance(left, Ask) and isinstance(right, Ask) and _alike(left, right) and op in "<>":
        how = "lower" if op == "<" else "higher"
        first, second, both = _two_limits(names, left, right)
        if first != second:
            return f"{_subject(names, left)}{',' * left.as_seen} is {how} {first} than {second}{both}"
    return f"{_followed(names, left)} {COMPARED[op]} {_words(names, right)}"


def _followed(names: CaseNames, query: Expression) -> str:
    """Return a query in words that more follows on: what stands apart at its end is closed by a comma."""
    return f"{_words(names, query)}{',' * _ends_apart(query)}"


def _ends_apart(query: Expression) -> bool:
    """Return whether a query in words ends with a phrase that a comma opens: ``..., as Moscow sees it``."""
    match query:
        case Ask():
            return query.as_seen and not (query.given or query.do or query.beliefs or query.against)
        case Compare(right=last) | Arithmetic(right=last) | Negate(last) | Not(last):
            return _ends_apart(last)
        case And((*_, last)) | Or((*_, last)) | Call(_, (*_, last)):
            return _ends_apart(last)
        case _:
            return False


def _joined(names: CaseNames, queries: Sequence[Expression]) -> list[str]:
    return [*(_followed(names, one) for one in queries[:-1]), *(_words(names, one) for one in queries[-1:])]


def _calculation(names: CaseNames, op: str, left: Expression, right: Expression) -> str:
    if op == "-":
        if isinstance(left, Ask) and isinstance(right, Ask) and _alike(left, right):
            first, second, both = _two_limits(names, left, right)
            if first != second:
                return f"how much higher {_subject(names, left)}{',' * left.as_seen} is {first} than {second}{both}"
        if isinstance(left, Number) and left.value == 1 and isinstance(right, Ask) and heads.P.asks(right):
            return f"the probability of the opposite of this: {_words(names, right)}"
        return f"the difference between {_followed(names, left)} and {_words(names, right)}"
    return f"{_followed(names, left)} {CALCULATED[op]} {_words(names, right)}"


def _alike(left: Ask, right: Ask) -> bool:
    """Return whether two calls ask the same of the same, under whatever conditions."""
    chances = (heads.P.name, heads.WOULD.name)
    same_head = left.head == right.head or (left.head in chances and right.head in chances)
    return same_head and _asked(left) == _asked(right)


def _asked(ask: Ask) -> tuple[object, ...]:
    return ask.target, ask.stakes, ask.against, ask.as_seen


def _call(names: CaseNames, ask: Ask) -> str:
    limits = _limits(names, ask)
    told = f"{_subject(names, ask)}{',' * ask.as_seen * bool(limits)}{f' {limits}' if limits else ''}"
    return f"{told}, against the situation {names.all_of(ask.against)}" if ask.against else told


def _limits(names: CaseNames, ask: Ask) -> str:
    """Return the conditions and interventions of a call, as they limit a sentence."""
    counterfactual = heads.head_of(ask).counterfactual
    given = [one for one in ask.given if not (isinstance(one, Name) and one.text == REPLAN)]
    parts = []
    if given:
        told = names.all_of(given)
        parts.append(f"given what happens {told}" if counterfactual else told)
    if counterfactual:
        changed = [f"{names.variable_inside(name)} been {names.state(name, state)}" for name, state in _set(ask)]
        changed += [names.believing_instead(one) for one in ask.beliefs]
        parts += [f"had {' and '.join(changed)}"] if changed else []
        if len(given) < len(ask.given):
            parts.append("with everybody choosing anew")
    else:
        settings = [names.setting(one.variable.parts[-1], one.state, foreseen=one.foreseen) for one in ask.do]
        settings += [names.believing(one) for one in ask.beliefs]
        parts += [" and ".join(settings)] if settings else []
    return " ".join(parts)


def _two_limits(names: CaseNames, left: Ask, right: Ask) -> tuple[str, str, str]:
    """Return the limits of two calls; what actors are set to believe in both stands apart, to be said once."""
    told_apart = (left.do or left.given) and (right.do or right.given)
    if not left.beliefs or left.beliefs != right.beliefs or not told_apart:
        return _limits(names, left) or "as things stand", _limits(names, right) or "as things stand", ""
    first, second = (_limits(names, replace(one, beliefs=())) for one in (left, right))
    believing = " and ".join(names.believing(one) for one in left.beliefs)
    return first, second, f", both {believing}"


def _set(ask: Ask) -> list[tuple[str, str]]:
    return [(one.variable.parts[-1], one.state) for one in ask.do]


def _subject(names: CaseNames, ask: Ask) -> str:
    """Return what a call asks, without its conditions."""
    target = ask.target
    match ask.head:
        case heads.P.name | heads.WOULD.name | heads.NESTED.name:
            return f"the probability {event_words(names, target)}"
        case heads.LOWEST.name:
            return f"the least probability {event_words(names, target)}"
        case heads.HIGHEST.name:
            return f"the greatest probability {event_words(names, target)}"
        case heads.E.name:
            seen = f", as {names.actor_inside(_owner(target))} sees it" if ask.as_seen else ""
            return f"the expected worth {_payoff(names, target)}{seen}"
        case heads.WEIGHT.name:
            return f"the share of {_concern(names, target)}"
        case heads.SWING.name:
            return f"what hangs on {_wanted(names, target)}"
    return _at_decision(names, ask, target)


def _at_decision(names: CaseNames, ask: Ask, target: Expression) -> str:
    match target:
        case Is(variable, states, negated):
            decision, option = variable.parts[-1], names.states(variable.parts[-1], states)
            owner = _chooser(names, decision)
            no = "not " if negated else ""
            return f"how often {option} is {no}the best choice of {owner} for {names.variable_inside(decision)}"
        case Name(parts):
            where = f"for {names.variable_inside(parts[-1])}"
        case _:
            where = written(target)
    owner = _chooser(names, parts[-1])
    stakes = stakes_listed(names, ask)
    match ask.head:
        case heads.MARGIN.name:
            return f"by how much the best option of {owner} leads the second {where}"
        case heads.DROP.name:
            return f"how far the worth of the best option of {owner} falls {where}"
        case heads.CLASH.name:
            return f"how often no option of {owner} {where} is near best for {stakes} at once"
        case heads.BOTH.name:
            return f"how often some option of {owner} {where} is near best for {stakes} at once"
        case heads.DILEMMA.name:
            return f"how torn {owner} is {where}"
        case _:
            return f"how often each option is the best choice of {owner} {where}"


def event_words(names: CaseNames, condition: Expression) -> str:
    """Return an event as what a probability is of: ``of a full invasion``, ``that the dam is shared``."""
    return (
        f"of {names.event(condition.parts[-1])}" if isinstance(condition, Name) else f"that {names.clause(condition)}"
    )


def _payoff(names: CaseNames, target: Expression) -> str:
    if isinstance(target, Name) and len(target.parts) == 2:
        return f"of {names.wanted(*target.parts)}"
    return f"of what comes for {names.actor_inside(target.parts[0])}" if isinstance(target, Name) else written(target)


def _owner(target: Expression) -> str:
    return target.parts[0] if isinstance(target, Name) else written(target)


def _concern(names: CaseNames, target: Expression) -> str:
    if isinstance(target, Name) and len(target.parts) == 2:
        actor, stake = target.parts
        return f"{names.owner(actor)} concern that {names.stake(actor, stake)} takes"
    return written(target)


def _wanted(names: CaseNames, target: Expression) -> str:
    return names.wanted(*target.parts) if isinstance(target, Name) and len(target.parts) == 2 else written(target)


def _chooser(names: CaseNames, decision: str) -> str:
    by = _chooses(names, decision)
    return names.actor_inside(by) if by else "whoever chooses"


def _chooses(names: CaseNames, decision: str) -> str:
    item = next((item for item in names.case.story if item.id == decision), None)
    return item.by if isinstance(item, DecisionEvent) else ""


def stakes_listed(names: CaseNames, ask: Ask) -> str:
    """Return the stakes that a call lists, those that count together joined; every stake without a list."""
    target = ask.target.variable if isinstance(ask.target, Is) else ask.target
    by = _chooses(names, target.parts[-1]) if isinstance(target, Name) else ""
    groups = [" with ".join(names.stake(by, stake) for stake in group) for group in ask.stakes]
    return listing(groups) or "every stake"
