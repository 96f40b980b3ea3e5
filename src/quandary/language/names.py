"""The names that something declares, a case or a game file, and what is wrong with text that uses others.

The one place where a name in a query or condition is found to stand for nothing, so that a mistake has one code and
one sentence in a case file, in a question asked of it, and in a question to a game file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from quandary.base.places import NOWHERE, Place
from quandary.base.problems import Problem, nearest
from quandary.language.heads import Head, QueryTarget
from quandary.language.printing import PLAIN_NAME, written
from quandary.language.syntax import (
    And,
    Expression,
    Is,
    Name,
    Not,
    Number,
    Or,
    Otherwise,
    SetBelief,
    SetVariable,
    is_arising,
)
from quandary.language.vocabulary import NOT_KNOWN, NUMBER_WORDS

Settings = tuple[tuple[str, str], ...]
"""Interventions as (variable, state), in order of the variable's name."""

BeliefSettings = tuple[tuple[str, str, str, float], ...]
"""What actors are set to believe, as (actor, variable, state, chance), in order; all but the actor empty: nothing else
than the case says."""

MOST_COMPARED = 500
"""How many valid names are searched for the nearest one."""


def unknown(kind: str, name: str, place: Place, valid: Iterable[str]) -> Problem:
    """Return the fault for a name that nothing has, with the nearest one that something has."""
    valid = sorted(valid)[:MOST_COMPARED]
    listed = ", ".join(valid[:12]) + (", ..." if len(valid) > 12 else "")
    hint = nearest(name, valid) or (f"known are: {listed}" if valid else None)
    return Problem("Q104", f'unknown {kind} "{name}"', place, hint)


def unknown_assumption(reference: Name, valid: Iterable[str]) -> Problem:
    """Return the fault for a name in a number that no assumption has; it may be a slip for a word, such as unknown."""
    problem = unknown("assumption", reference.text, reference.place, valid)
    near = nearest(reference.text, valid)
    word = None if near is not None else nearest(reference.text, NUMBER_WORDS)
    if near is None and reference.text.casefold() in NOT_KNOWN:
        word = "write unknown, where nobody has put a number"
    return problem if word is None else replace(problem, hint=word)


@dataclass(frozen=True)
class NamedVariable:
    """A variable as queries name it. ``states`` are empty where they are not known; ``actor`` decides or knows it.

    ``sometimes``: a decision that may not arise, which is no state by name.
    """

    name: str
    states: tuple[str, ...]
    is_decision: bool = False
    actor: str | None = None
    sometimes: bool = False

    @property
    def full_name(self) -> str:
        """Return the name with its actor's before it, where it has one."""
        return self.name if self.actor is None else f"{self.actor}.{self.name}"

    def unknown_states(self, states: Iterable[str], place: Place) -> Iterator[Problem]:
        """Yield a fault for each state, or option of a decision, that the variable does not have."""
        kind = "option" if self.is_decision else "state"
        for state in states:
            if self.states and state not in self.states:
                yield unknown(f'{kind} of "{self.name}":', state, place, self.states)

    def arising_faults(self, place: Place) -> Iterator[Problem]:
        """Yield a fault where it is asked whether the variable arises, and it is no decision that may not."""
        if not self.is_decision:
            message = f'"{self.name}" is a chance event, and only a decision arises or does not'
            state = self.states[0] if self.states else "state"
            yield Problem("Q154", message, place, f"ask for one of its states: {self.name} = {state}")
        elif not self.sometimes:
            message = f'"{self.name}" always arises: it has no `when`'
            yield Problem("Q154", message, place, "leave arises(...) out, or write `when:` at the decision")


LEAST_BELIEF = 1e-12
"""The least chance that an actor can be taken to give to a state: below it rounding would make it impossible."""


def _belief_chance(chance: Number | None) -> Iterator[Problem]:
    """Yield a fault (Q261) where an actor is set to believe what is no chance, or is certain."""
    if chance is None or (chance.percent and LEAST_BELIEF <= chance.value <= 1.0 - LEAST_BELIEF):
        return
    told = written(chance)
    if chance.percent and 0.0 < chance.value < 1.0:
        message = f"{told} is too near to certain for a belief: it leaves one state less than 1 in a trillion"
        hint = "write a small chance, such as 1%, or 99%"
    else:
        message = f"{told} is no belief: it is more than 0% and less than 100%"
        plain = not chance.percent and 1 < chance.value < 100
        hint = f"write {told}%" if plain else "write it in percent, such as 70%"
    yield Problem("Q261", message, chance.place, hint)


def _any_belief(_actor: str, _variable: str) -> None:
    return None


@dataclass(frozen=True)
class Names:
    """What names there are. ``stakes`` says for each actor's stakes whether they have a weight, ``None`` not known.

    ``believers`` are the actors that see something otherwise; ``why_no_belief`` says why an actor can have no beliefs
    about a variable, ``None`` where it can.
    """

    variables: Mapping[str, NamedVariable]
    events: Collection[str] = ()
    actors: Collection[str] = ()
    stakes: Mapping[str, Mapping[str, bool | None]] = field(default_factory=dict)
    believers: Collection[str] = ()
    why_no_belief: Callable[[str, str], str | None] = _any_belief

    def variable(self, name: str) -> NamedVariable | None:
        """Return the variable of that name, written with its actor or without."""
        found = self.variables.get(name)
        return found or next((v for v in self.variables.values() if v.full_name == name), None)

    def unknown_variable(self, name: str, place: Place = NOWHERE) -> Problem:
        """Return the fault for a name that no variable has."""
        if name in self.events:
            hint = "an event stands alone in a condition, and do(...) sets one of its variables"
            return Problem("Q104", f'"{name}" is an event, not a variable', place, hint)
        problem = unknown("variable", name, place, self.variables)
        if problem.hint and not all(PLAIN_NAME.fullmatch(known) for known in self.variables):
            problem = replace(problem, hint=f"{problem.hint}; put odd names in quotation marks")
        return problem

    def unknown_decision(self, name: str, place: Place = NOWHERE) -> Problem:
        """Return the fault for a name that no decision has."""
        problem = unknown("decision", name, place, (v.full_name for v in self.variables.values() if v.is_decision))
        if self.variable(name) is not None:
            return replace(problem, message=f'"{name}" is a chance event, not a decision')
        return problem

    # --- conditions -----------------------------------------------------------------------------------------

    def condition_faults(self, node: Expression) -> Iterator[Problem]:
        """Yield the unknown variables, states and events in a condition."""
        match node:
            case Is(variable, states):
                found = self.variable(variable.text)
                if found is None:
                    yield self.unknown_variable(variable.text, variable.place)
                elif is_arising(node):
                    yield from found.arising_faults(node.place)
                else:
                    yield from found.unknown_states(states, node.place)
            case Not(operand):
                yield from self.condition_faults(operand)
            case And(operands) | Or(operands):
                for operand in operands:
                    yield from self.condition_faults(operand)
            case Name():
                if node.text not in self.events:
                    yield self._no_event(node)
            case Otherwise():
                return
            case _:
                message = "a number or query stands where a condition is wanted"
                yield Problem("Q140", message, node.place, "write it as variable = state, or the name of an event")

    def _no_event(self, node: Name) -> Problem:
        name = node.text
        found = self.variable(name)
        if found is not None:
            hint = f"a variable needs a state: {name} = {found.states[0] if found.states else 'state'}"
            return Problem("Q104", f'"{name}" is a variable, not an event', node.place, hint)
        owner = next((v.name for v in self.variables.values() if name in v.states), None)
        if owner is not None:
            return Problem("Q104", f'"{name}" is a state, not an event', node.place, f"write {owner} = {name}")
        return unknown("event", name, node.place, self.events)

    # --- what is set ----------------------------------------------------------------------------------------

    def setting_faults(self, settings: Iterable[SetVariable]) -> Iterator[Problem]:
        """Yield the unknown variables and states of interventions, and variables set twice (Q505)."""
        found: set[str] = set()
        for setting in settings:
            place = setting.variable.place if setting.variable.place.line else setting.place
            variable = self.variable(setting.variable.text)
            if variable is None:
                yield self.unknown_variable(setting.variable.text, place)
                continue
            yield from variable.unknown_states((setting.state,), setting.place)
            if variable.name in found:
                message = f'"{variable.name}" is set twice in one question'
                yield Problem("Q505", message, setting.place, "set each variable once")
            found.add(variable.name)

    def settings(self, settings: Iterable[SetVariable], *, foreseen: bool) -> Settings:
        """Return the known variables that are set in one of the two ways."""
        every = ((self.variable(one.variable.text), one) for one in settings if one.foreseen is foreseen)
        return tuple(sorted({found.name: one.state for found, one in every if found is not None}.items()))

    def belief_faults(self, settings: Iterable[SetBelief]) -> Iterator[Problem]:
        """Yield what is wrong with what actors are set to believe: names (Q104), what no belief is about."""
        found: dict[tuple[str, str], str | None] = {}
        for setting in settings:
            actor, place = setting.actor.text, setting.place
            if actor not in self.actors:
                yield unknown("actor", actor, place, self.actors)
                continue
            if setting.variable is None:
                if actor not in self.believers:
                    message = f'"{actor}" sees everything as the case has it, so it has no other beliefs to lose'
                    known = ", ".join(sorted(self.believers))
                    yield Problem("Q155", message, place, f"those who do not are: {known}" if known else None)
            else:
                about_it = [*self._belief_about(actor, setting.variable.text, (setting.state or "",), place)]
                yield from about_it or _belief_chance(setting.chance)
            about = (actor, "" if setting.variable is None else setting.variable.text)
            before = {what for who, what in found if who == actor}
            if before and (about[1] in before or not about[1] or "" in before):
                yield self._believed_twice(setting, about[1], found.get(about))
            found[about] = setting.state

    def _believed_twice(self, setting: SetBelief, variable: str, before: str | None) -> Problem:
        """Return the fault of a belief set beside another about the same, of which a ``state`` was set before."""
        actor = setting.actor.text
        if before is None or before == setting.state:
            message = f'what "{actor}" believes is set twice in one question'
            return Problem("Q505", message, setting.place, "set each belief once")
        message = f'of what "{actor}" believes about "{variable}" one state can be set: its other states share the rest'
        return Problem("Q505", message, setting.place, f"set {before} or {setting.state}, not both")

    def _belief_about(self, actor: str, variable: str, states: tuple[str, ...], place: Place) -> Iterator[Problem]:
        known = self.variable(variable)
        stakes = [stake for own in self.stakes.values() for stake in own]
        if known is None and (variable in stakes or set(states) & set(self.stakes.get(variable, ()))):
            message = f'what "{actor}" believes of what somebody wants is no chance, and cannot be set in a question'
            yield Problem("Q155", message, place, "write it under `believes`, and ask a changed copy of the case")
            return
        if known is None:
            yield self.unknown_variable(variable, place)
            return
        yield from known.unknown_states(states, place)
        why = self.why_no_belief(actor, known.name)
        if why is not None:
            yield Problem("Q260", why, place, "a belief is about a chance event that its actor cannot see for itself")

    def belief_settings(self, settings: Iterable[SetBelief], *, foreseen: bool) -> BeliefSettings:
        """Return the known beliefs that are set in one of the two ways."""
        made = []
        for one in settings:
            if one.foreseen is not foreseen:
                continue
            variable = None if one.variable is None else self.variable(one.variable.text)
            if one.variable is None:
                made.append((one.actor.text, "", "", 0.0))
            elif variable is not None and one.chance is not None:
                made.append((one.actor.text, variable.name, one.state or "", one.chance.value))
        return tuple(sorted(set(made)))

    # --- payoffs --------------------------------------------------------------------------------------------

    def payoff(self, head: Head, name: str) -> tuple[str | None, str | None]:
        """Return the actor and stake that a name stands for: ``actor.stake``, a stake only one has, or an actor."""
        if head.target is QueryTarget.PAYOFF and name in self.actors:
            return name, None
        known = self._owners(name)
        return known[0] if len(known) == 1 else (None, None)

    def _owners(self, name: str) -> list[tuple[str, str]]:
        """Return the actors and stakes that may be meant by a name."""
        every = [(actor, stake) for actor, own in self.stakes.items() for stake in own]
        full = [pair for pair in every if ".".join(pair) == name]
        return full or [pair for pair in every if pair[1] == name]

    def payoff_faults(self, head: Head, target: Name) -> Iterator[Problem]:
        """Yield what is wrong with the target of a query about an actor's payoff or stakes."""
        name, place = target.text, target.place
        actor, stake = self.payoff(head, name)
        if actor is not None:
            if head.of_weights and stake is not None and self.stakes[actor][stake] is False:
                message = f'"{actor}.{stake}" has no weight: it counts in points of worth as it stands'
                yield Problem("Q503", message, place, "ask for its swing instead")
            return
        several = [".".join(pair) for pair in self._owners(name)]
        owner, *rest = target.parts
        if several:
            yield Problem("Q104", f'"{name}" is a stake of several actors', place, f"write {' or '.join(several)}")
        elif name in self.actors:
            own = ", ".join(self.stakes.get(name, ()))
            message = f"{head.name}(...) asks about a stake: write {name}.stake"
            yield Problem("Q104", message, place, f"its stakes are: {own}" if own else None)
        elif rest and owner in self.actors:
            yield self.unknown_stake(owner, ".".join(rest), place)
        elif rest:
            yield unknown("actor", owner, place, self.actors)
        else:
            stakes = [stake for own in self.stakes.values() for stake in own]
            actors = self.actors if head.target is QueryTarget.PAYOFF else ()
            kind = "actor or stake" if head.target is QueryTarget.PAYOFF else "stake"
            problem = unknown(kind, name, place, {*actors, *stakes})
            yield problem if problem.hint else replace(problem, hint="nothing here has a payoff; ask P(...) instead")

    def unknown_stake(self, actor: str, stake: str, place: Place) -> Problem:
        """Return the fault for a stake that an actor does not have."""
        return unknown(f'stake of "{actor}":', stake, place, self.stakes.get(actor, ()))
