"""What actors believe: of what is there and they cannot know, never for certain, known to others in no circle."""

from __future__ import annotations

from collections.abc import Iterator

from quandary.base.places import Place
from quandary.base.problems import Problem, Severity
from quandary.case.checks.amounts import shares_of
from quandary.case.checks.circles import circle_through
from quandary.case.checks.known import Known
from quandary.case.checks.written import Written
from quandary.case.logic.beliefs import completed, why_no_belief
from quandary.case.model import Belief, BelievedWorth, ChanceEvent, DecisionEvent, OddsRule
from quandary.language.names import unknown
from quandary.language.syntax import Number, Rest

HELD = "a belief is about a chance event that its actor cannot see for itself, or about what another actor wants"


def names_in_beliefs(written: Written) -> Iterator[Problem]:
    """Yield believers, chance events, states, stakes and actors in the know that nobody declared."""
    known = Known(written)
    for belief in written.case.believes.values():
        path = f"believes.{belief.actor}"
        if belief.actor not in known.actors:
            yield unknown("actor", belief.actor, belief.place, known.actors)
        for own in belief.odds:
            item = known.variables.get(own.variable)
            if item is None:
                yield known.names.unknown_variable(own.variable, own.place)
            elif isinstance(item, ChanceEvent) and item.states:
                for rule in own.odds:
                    for state, sourced in rule.odds:
                        if state not in item.states:
                            yield unknown(f'state of "{item.id}":', state, sourced.place, item.states)
        for worth in belief.worths:
            yield from _stake(known, worth)
        for actor in belief.known_to:
            if actor not in known.actors:
                yield unknown("actor", actor, written.place(f"{path}.known_to.{actor}", belief.place), known.actors)


def _stake(known: Known, worth: BelievedWorth) -> Iterator[Problem]:
    if worth.actor not in known.actors:
        yield unknown("actor", worth.actor, worth.place, known.actors)
    elif worth.stake not in known.names.stakes.get(worth.actor, {}):
        yield known.names.unknown_stake(worth.actor, worth.stake, worth.place)


def beliefs_can_be_held(written: Written) -> Iterator[Problem]:
    """Yield beliefs that their actor cannot hold, and believers who believe nothing."""
    known = Known(written)
    for belief in written.case.believes.values():
        if not belief.odds and not belief.worths and written.is_complete(f"believes.{belief.actor}"):
            message = f'nothing is said of what "{belief.actor}" believes'
            hint = "write {variable: {state: 10% to 30%}}, or another_actor.stake: rules of worth"
            yield Problem("Q260", message, belief.place, hint)
        if belief.actor not in known.actors:
            continue
        for own in belief.odds:
            if own.variable in known.variables:
                why = why_no_belief(written.case, belief.actor, own.variable)
                if why is not None:
                    yield Problem("Q260", why, own.place, HELD)
        for worth in belief.worths:
            if worth.actor == belief.actor:
                message = f'"{belief.actor}" knows what it wants itself, and can have no other belief about it'
                yield Problem("Q260", message, worth.place, HELD)


def beliefs_are_uncertain(written: Written) -> Iterator[Problem]:
    """Yield believed odds of 0 or 100 %, and states that are left out so that they have none."""
    known = Known(written)
    for belief in written.case.believes.values():
        for own in belief.odds if belief.actor in known.actors else ():
            item = known.variables.get(own.variable)
            if not isinstance(item, ChanceEvent) or not written.is_complete(f"believes.{belief.actor}.{item.id}"):
                continue
            for rule in own.odds:
                if not set(dict(rule.odds)) <= set(item.states):
                    continue
                found = [*_certain(belief, item, rule)]
                yield from found or shares_of(item, completed(item, rule))


def _certain(belief: Belief, item: ChanceEvent, rule: OddsRule) -> Iterator[Problem]:
    why = "what then came about would tell it that all it believes is wrong, and nothing says what it would do"
    for state, sourced in rule.odds:
        quantity = sourced.quantity
        if isinstance(quantity, Number) and quantity.value in (0.0, 1.0):
            message = (
                f'"{belief.actor}" believes for certain in "{item.id} {"!=" if quantity.value == 0 else "="} {state}"'
            )
            yield Problem("Q261", f"{message}: {why}", sourced.place, "write a small chance, such as 1%, or 99%")
    left = [state for state in item.states if state not in dict(completed(item, rule).odds)]
    rests = any(isinstance(sourced.quantity, Rest) for _, sourced in rule.odds)
    if left:
        listed = ", ".join(f'"{state}"' for state in left)
        message = f'"{belief.actor}" gives {listed} of "{item.id}" no chance at all: {why}'
        hint = "give each a small chance" if rests else "give all but one state odds; one left out takes the rest"
        yield Problem("Q261", message, rule.place, hint)


def beliefs_are_known_to_who_decides(written: Written) -> Iterator[Problem]:
    """Yield a warning for each actor that knows how another sees things, and decides nothing."""
    known = Known(written)
    deciding = {item.by for item in known.variables.values() if isinstance(item, DecisionEvent)}
    for belief in written.case.believes.values():
        for actor in belief.known_to:
            if actor in known.actors and actor not in deciding and actor != belief.actor:
                place = written.place(f"believes.{belief.actor}.known_to.{actor}", belief.place)
                message = f'"{actor}" decides nothing, so that nothing hangs on what it knows of "{belief.actor}"'
                yield Problem("Q263", message, place, f"take {actor} out of known_to", Severity.WARNING)


def beliefs_are_known_in_no_circle(written: Written) -> Iterator[Problem]:
    """Yield beliefs that are known to their own actor, and believers who know of each other's beliefs."""
    believes = written.case.believes
    knows: dict[str, list[str]] = {
        actor: [b.actor for b in believes.values() if actor in b.known_to and b.actor != actor] for actor in believes
    }
    for actor, belief in believes.items():
        place = written.place(f"believes.{actor}.known_to", belief.place)
        if actor in belief.known_to:
            place = written.place(f"believes.{actor}.known_to.{actor}", belief.place)
            message = f'"{actor}" cannot know that it sees things wrongly, and go on seeing them so'
            yield Problem("Q262", message, place, f"take {actor} out of its own known_to")
    done: set[str] = set()
    for start in believes:
        chain = [] if start in done else circle_through(start, knows)
        done.update(chain)
        if len(chain) > 1:
            yield _circle(chain, start, believes[start].place)


def _circle(chain: list[str], start: str, place: Place) -> Problem:
    shown = " -> ".join((*chain, start))
    message = (
        f"those who see things wrongly know of each other ({shown}): what each would do hangs on what the other would "
        "do knowing of it, and so on without end"
    )
    return Problem("Q262", message, place, "leave one of them out of the other's known_to")
