"""What actors see otherwise than the case has it, in words."""

from __future__ import annotations

from collections.abc import Iterator

from quandary.case.model import Belief, Case
from quandary.language.syntax import Interval, Number, Otherwise, Quantity, Rest
from quandary.report.words.naming.letters import sentence as capitalised
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.quantities import quantity_words
from quandary.report.words.wording import listing, percent

EQUILIBRIA_OF = "the game as the case has it, in which everybody sees rightly"


def belief_lines(names: CaseNames, actor: str | None = None) -> Iterator[str]:
    """Yield what each actor, or one, sees otherwise, by which it chooses, and who knows of it."""
    for belief in names.case.believes.values():
        if actor in (None, belief.actor):
            yield _said(names.plain, belief)
        elif actor in belief.known_to:
            who, whom = names.plain.actor(actor or ""), names.plain.actor_inside(belief.actor)
            yield f"{who} chooses knowing how {whom} sees things: {_seen(names.plain, belief)}."


def _said(names: CaseNames, belief: Belief) -> str:
    who = names.actor(belief.actor)
    known = [names.actor_inside(actor) for actor in belief.known_to]
    verb = "knows" if len(known) == 1 else "know"
    others = f"{capitalised(listing(known))} {verb} that it does" if known else "All others take it to see rightly"
    return f"{who} chooses by the game as it sees it: {_seen(names, belief)}. {others}."


def _seen(names: CaseNames, belief: Belief) -> str:
    """Return what an actor takes to be so: odds where they are plain, else what it has beliefs of its own about."""
    told = []
    for own in belief.odds:
        (first, *more) = own.odds
        plain = [(state, n) for state, n in first.odds if not isinstance(n.quantity, Rest)]
        if more or not isinstance(first.condition, Otherwise) or len(plain) != 1:
            told.append(f"it has its own odds for {names.variable_inside(own.variable)}")
        else:
            state, number = plain[0]
            told.append(
                f"to it the probability that {names.is_state(own.variable, state)} is {_chance(names, number.quantity)}"
            )
    told += [f"it has its own idea of the worth of {names.wanted(one.actor, one.stake)}" for one in belief.worths]
    return listing(told)


def _chance(names: CaseNames, quantity: Quantity) -> str:
    match quantity:
        case Interval(low, high, True):
            return f"{100 * low:g} to {100 * high:g} %"
        case Number(value, True):
            return percent(value)
        case _:
            return quantity_words(names, quantity)


def equilibria_line(case: Case) -> str | None:
    """Return which game a search for equilibria looks at, where somebody sees things wrongly."""
    if not case.believes:
        return None
    names = CaseNames(case)
    who = listing([names.actor_inside(actor) for actor in case.believes])
    verb = "sees" if len(case.believes) == 1 else "see"
    return (
        f"{capitalised(who)} {verb} some things otherwise than the case has them, and what all play together is then "
        f"no equilibrium of one game. Looked at here is {EQUILIBRIA_OF}: its answers are not those of a run."
    )
