"""CaseNames for people: actors, variables, states, stakes, events and conditions in the case's own words.

With ``code`` the code name or the condition as written stands beside the words, in brackets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from quandary.ask.answer import Remark, RemarkedName
from quandary.ask.games.evidence import pieces
from quandary.case.model import (
    Case,
    ChanceEvent,
    Check,
    Claim,
    DecisionEvent,
    Evidence,
    Forecast,
    Question,
    Stake,
)
from quandary.language.printing import written
from quandary.language.syntax import (
    And,
    Expression,
    Is,
    Name,
    Not,
    Or,
    Otherwise,
    SetBelief,
    SetVariable,
)
from quandary.language.vocabulary import NOT_ARISING
from quandary.report.words.naming.letters import Capitals, sentence
from quandary.report.words.wording import day, listing, percent


def spaced(name: str) -> str:
    """Return a name with spaces for underscores and hyphens."""
    return name.replace("_", " ").replace("-", " ")


@dataclass(frozen=True, eq=False)
class CaseNames:
    """The words of one case; with ``code``, code names, queries and lines beside them."""

    case: Case
    code: bool = False

    # --- things of the case ---------------------------------------------------------------------------------

    def actor(self, actor: str) -> str:
        """Return an actor's name, as it begins a line: ``The Kremlin``."""
        known = self.case.actors.get(actor)
        return self.marked(sentence(known.name if known and known.name != actor else spaced(actor)), actor)

    def actor_inside(self, actor: str) -> str:
        """Return an actor's name as it stands inside a sentence: ``the Kremlin``."""
        known = self.case.actors.get(actor)
        name = known.name if known and known.name != actor else spaced(actor)
        return f"the {name[4:]}" if name[:4] == "The " else name

    def owner(self, actor: str) -> str:
        """Return an actor as the owner of what follows: ``the Kremlin's``."""
        name = self.actor_inside(actor)
        return f"{name}'{'' if name[-1:] == 's' else 's'}"

    def variable(self, name: str) -> str:
        """Return a variable's title, as it begins a line."""
        item = self._story.get(name)
        return self.marked((item.title if item else None) or spaced(name), name)

    def variable_inside(self, name: str) -> str:
        """Return a variable's title as it stands inside a sentence: ``unrest in Kazakhstan``."""
        item = self._story.get(name)
        return self.capitals.inside(item.title) if item and item.title else spaced(name)

    def state(self, variable: str, state: str) -> str:
        """Return the words of a state or option."""
        return self._words.get((variable, state)) or spaced(state)

    def states(self, variable: str, states: Sequence[str], last: str = "or") -> str:
        """Return some states of a variable: ``contained or quiet``."""
        return listing([self.state(variable, state) for state in states], last)

    def option(self, decision: str, option: str) -> str:
        """Return an option of a decision; a kind of them by what belongs to it."""
        item = self._story.get(decision)
        kinds = item.kinds if isinstance(item, DecisionEvent) else ()
        kind = next((kind.options for kind in kinds if kind.id == option), (option,))
        return self.states(decision, kind)

    def stake(self, actor: str, stake: str) -> str:
        """Return what an actor wants, without the actor: ``influence in Ukraine``."""
        found = self._stakes.get((actor, stake))
        return self.capitals.inside(found.title) if found and found.title else spaced(stake)

    def wanted(self, actor: str, stake: str) -> str:
        """Return what an actor wants as its own: ``the Kremlin's influence in Ukraine``."""
        return f"{self.owner(actor)} {self.stake(actor, stake)}"

    def owned(self, dotted: str) -> str:
        """Return what an actor wants by its dotted name, ``actor.stake``; one that the case has not, as it is."""
        found = next((stake for key, stake in self._stakes.items() if ".".join(key) == dotted), None)
        return dotted if found is None else self.wanted(found.actor, found.id)

    def event(self, name: str) -> str:
        """Return an event's title, a noun phrase: ``a full invasion``."""
        found = self.case.events.get(name)
        return self.capitals.inside(found.title) if found and found.title else spaced(name)

    def assumption(self, name: str) -> str:
        """Return what an assumption is called."""
        found = self.case.assumptions.get(name)
        return found.value.called if found and found.value.called else spaced(name)

    def channel(self, name: str) -> str:
        """Return how a channel works, or its name."""
        found = self.case.channels.get(name)
        return found.says if found and found.says else spaced(name)

    def reading(self, claim: Claim, name: str) -> str:
        """Return the name of one reading of a claim."""
        found = next((test.title for test in claim.tests if test.name == name), None)
        return found or spaced(name)

    def titled(self, item: Claim | Check | Forecast | Question) -> str:
        """Return the title of a claim, check, forecast or question, or its name with spaces."""
        return self.marked(item.title or spaced(item.id), item.id)

    # --- conditions -----------------------------------------------------------------------------------------

    def clause(self, condition: Expression) -> str:
        """Return a condition as a clause: ``unrest in Kazakhstan is a threat to the regime``."""
        return self._bracketed(self._clause(condition), condition)

    def happening(self, condition: Expression) -> str:
        """Return a condition as something that comes about: an event by its title, anything else as a clause."""
        return self.event(condition.parts[-1]) if isinstance(condition, Name) else self.clause(condition)

    def when(self, condition: Expression) -> str:
        """Return a condition as it limits a sentence: ``after a full invasion when the operation is a success``."""
        return self._bracketed(self._when(condition), condition)

    def all_of(self, conditions: Iterable[Expression]) -> str:
        """Return conditions that hold together, as they limit a sentence; empty without any."""
        operands = tuple(conditions)
        return "" if not operands else self.when(operands[0] if len(operands) == 1 else And(operands))

    def setting(self, variable: str, state: str, *, foreseen: bool = False) -> str:
        """Return an intervention as it limits a sentence: ``if it happens that the dam is shared``."""
        clause = f"{self.variable_inside(variable)} is {self.state(variable, state)}"
        told = f"if everybody had foreseen that {clause}" if foreseen else f"if it happens that {clause}"
        return self._bracketed(told, SetVariable(Name((variable,)), state, foreseen))

    def believing(self, setting: SetBelief) -> str:
        """Return what an actor is set to believe as it limits a sentence."""
        actor = self.actor_inside(setting.actor.text)
        if setting.variable is None or setting.chance is None:
            told = f"if {actor} saw everything as it is"
        else:
            clause = self.plain.is_state(setting.variable.text, setting.state or "")
            told = f"if {actor} took it to be {percent(setting.chance.value)} likely that {clause}"
        whoever = ", and whoever knows what it believes had foreseen it" if setting.foreseen else ""
        return self._bracketed(f"{told}{whoever}", setting)

    def believing_instead(self, setting: SetBelief) -> str:
        """Return what an actor would have believed, after "had"."""
        actor = self.actor_inside(setting.actor.text)
        if setting.variable is None or setting.chance is None:
            told = f"{actor} seen everything as it is"
        else:
            clause = self.plain.is_state(setting.variable.text, setting.state or "")
            told = f"{actor} taken it to be {percent(setting.chance.value)} likely that {clause}"
        return self._bracketed(told, setting)

    def is_state(self, variable: str, state: str) -> str:
        """Return that a variable is in a state, as a clause."""
        return self.clause(Is(Name((variable,)), (state,)))

    def seen(self, piece: str) -> str:
        """Return a piece of the evidence, named as it is written in the case, as a clause."""
        found = self._evidence.get(piece)
        return piece if found is None else self.clause(found)

    def days(self, seen: Iterable[Evidence]) -> str:
        """Return what was seen on which day: ``5 January 2022: unrest in Kazakhstan is a threat to the regime``."""
        return "; ".join(f"{day(item.on)}: {self.clause(item.saw)}" for item in seen)

    def remark(self, remark: Remark) -> str:
        """Return a remark on an answer, its names in words."""
        return "".join(part if isinstance(part, str) else self._named(part) for part in remark.parts)

    def _named(self, named: RemarkedName) -> str:
        match named.kind:
            case "actor":
                return self.actor_inside(named.names[0])
            case "variables":
                return listing([self.variable_inside(name) for name in named.names])
            case "condition":
                return " and ".join(self._clause(condition) for condition in named.conditions)

    def _clause(self, condition: Expression) -> str:
        match condition:
            case Is(variable, states, negated):
                return self._is(variable.parts[-1], states, negated)
            case Name(parts):
                return f"it comes to {self.event(parts[-1])}"
            case Not(Is(variable, states, negated)):
                return self._is(variable.parts[-1], states, not negated)
            case Not(Name(parts)):
                return f"it does not come to {self.event(parts[-1])}"
            case Not(operand):
                return f"it is not so that {self._clause(operand)}"
            case And(operands):
                return " and ".join(self._within(one) for one in operands)
            case Or(operands):
                return f"either {' or '.join(self._within(one) for one in operands)}"
            case Otherwise():
                return "nothing else holds"
            case _:
                return written(condition)

    def _is(self, variable: str, states: tuple[str, ...], negated: bool) -> str:
        if states == (NOT_ARISING,):
            return f"{self.variable_inside(variable)} {'arises' if negated else NOT_ARISING}"
        told = self.states(variable, states, "nor" if negated and len(states) > 1 else "or")
        no = "" if not negated else "neither " if len(states) > 1 else "not "
        return f"{self.variable_inside(variable)} is {no}{told}"

    def _within(self, operand: Expression) -> str:
        told = self._clause(operand)
        return f"both {told}" if isinstance(operand, And) else told

    def _when(self, condition: Expression) -> str:
        operands = condition.operands if isinstance(condition, And) else (condition,)
        after = [self.event(one.parts[-1]) for one in operands if isinstance(one, Name)]
        without = [
            self.event(one.operand.parts[-1])
            for one in operands
            if isinstance(one, Not) and isinstance(one.operand, Name)
        ]
        rest = [
            self._within(one)
            for one in operands
            if not isinstance(one, Name) and not (isinstance(one, Not) and isinstance(one.operand, Name))
        ]
        parts = [f"after {listing(after)}"] if after else []
        parts += [f"without {listing(without)}"] if without else []
        parts += [f"when {' and '.join(rest)}"] if rest else []
        return " ".join(parts)

    # --- code beside words ----------------------------------------------------------------------------------

    def marked(self, words: str, code: str) -> str:
        """Return words with a code name beside them, where code is asked for and reads otherwise."""
        return f"{words} [{code}]" if self.code and words != code else words

    def _bracketed(self, words: str, condition: Expression | SetVariable | SetBelief) -> str:
        return f"{words} [{written(condition)}]" if self.code else words

    @cached_property
    def plain(self) -> CaseNames:
        """Return the same words without code."""
        return CaseNames(self.case) if self.code else self

    # --- what is looked up ----------------------------------------------------------------------------------

    @cached_property
    def capitals(self) -> Capitals:
        """Return which of the case's words keep their capital inside a sentence."""
        return Capitals(self.case)

    @cached_property
    def _story(self) -> Mapping[str, ChanceEvent | DecisionEvent]:
        return {item.id: item for item in self.case.story}

    @cached_property
    def _words(self) -> Mapping[tuple[str, str], str]:
        return {(item.id, state): said for item in self.case.story for state, said in item.words if said != state}

    @cached_property
    def _stakes(self) -> Mapping[tuple[str, str], Stake]:
        return {(stake.actor, stake.id): stake for stake in self.case.stakes}

    @cached_property
    def _evidence(self) -> Mapping[str, Expression]:
        seen = (item.saw for item in self.case.evidence)
        return {written(piece): piece for whole in seen for piece in (whole, *pieces(whole))}
