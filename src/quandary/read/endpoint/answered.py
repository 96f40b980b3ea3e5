"""The parts of a case that an endpoint answered: each checked by itself, pieces of an article put together.

What cannot be used is set aside with its reason; nothing is left out in silence. Two parts for one thing become one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from quandary.read.endpoint import request
from quandary.read.endpoint.endpoint_answer import NOT_THERE, author_claim_of, overlap, statement_of
from quandary.read.endpoint.placing import is_about, is_named, is_pronoun, place, shown
from quandary.read.records import Article, ArticleStatement, AuthorClaim, Passage, Unplaced
from quandary.read.words.concepts import slug

MOST = 500
"""So many parts of one kind are read."""
MOST_VARIABLES = 40
MOST_CAUSES = 8
"""So many arcs lead to one variable: its table grows with every one."""
MOST_STATES = 8
MOST_NAMES = 20
_PLAIN_STATES = {"true": "yes", "false": "no", "null": "none"}
"""Words that YAML takes for something else than a name."""
_MORE, _LESS = (
    re.compile(r"\bmore\s+(?:\w+\s+)?likely|\blikelier", re.I),
    re.compile(r"\bless\s+(?:\w+\s+)?likely", re.I),
)


@dataclass(frozen=True, slots=True)
class AnsweredActor:
    """An actor with its name in the case and those in the article."""

    key: str
    name: str
    aliases: tuple[str, ...]
    type: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class AnsweredVariable:
    """A variable; ``by`` is the actor who decides, ``None`` where it happens."""

    key: str
    by: str | None
    states: tuple[str, ...]
    passage: Passage


@dataclass(frozen=True, slots=True)
class AnsweredArc:
    """One variable bears on another; without ``state`` the effect's decider sees the cause."""

    cause: str
    effect: str
    passage: Passage
    state: str | None = None
    toward: str | None = None
    sign: Literal["raises", "lowers", "unknown"] = "unknown"


@dataclass(frozen=True, slots=True)
class AnsweredStake:
    """What an actor wants of a variable, its states from the worst to the best."""

    actor: str
    key: str
    variable: str
    order: tuple[str, ...]
    passage: Passage


@dataclass(frozen=True, slots=True)
class AnsweredTest:
    """What is more (or less) likely under some settings than under others, or than not, if a claim holds.

    ``claim`` is where the claim stands.
    """

    claim: Passage
    sentence: str
    effect: tuple[str, str]
    more: bool
    given: tuple[tuple[str, str], ...]
    against: tuple[tuple[str, str], ...]

    def variables(self) -> set[str]:
        """Return the variables that it is about."""
        return {self.effect[0], *(name for name, _ in (*self.given, *self.against))}


class _Unusable(Exception):  # noqa: N818 - it is caught where it is raised
    """A part of an answer cannot be used; the reason is its text."""


@dataclass
class AnsweredCase:
    """What has been taken from the answers so far, and what was set aside."""

    article: Article
    statements: list[ArticleStatement] = field(default_factory=list)
    claims: list[AuthorClaim] = field(default_factory=list)
    actors: dict[str, AnsweredActor] = field(default_factory=dict)
    variables: dict[str, AnsweredVariable] = field(default_factory=dict)
    arcs: list[AnsweredArc] = field(default_factory=list)
    stakes: list[AnsweredStake] = field(default_factory=list)
    tests: list[AnsweredTest] = field(default_factory=list)
    dropped: list[Unplaced] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _same: dict[str, str] = field(default_factory=dict)  # other ids of an actor or a variable

    def copy(self) -> AnsweredCase:
        """Return the same, to be changed apart."""
        return AnsweredCase(
            self.article,
            *(list(one) if isinstance(one, list) else dict(one) for one in list(vars(self).values())[1:]),  # type: ignore[arg-type]
        )

    def size(self) -> int:
        """Return how many parts have been taken."""
        return sum(map(len, self.parts().values()))

    def parts(self) -> dict[str, list[str]]:
        """Return what has been taken, each part in few words, by the list it came in."""
        return {
            "statements": [shown(s.passage.text) for s in self.statements],
            "author_claims": [shown(c.passage.text) for c in self.claims],
            "actors": list(self.actors),
            "variables": list(self.variables),
            "arcs": [f"{a.cause} to {a.effect}" for a in self.arcs],
            "stakes": [f"{s.actor}: {s.variable}" for s in self.stakes],
            "tests": [shown(t.sentence) for t in self.tests],
        }

    def known(self) -> dict[str, list[str]]:
        """Return the actors and variables with their states, for who reads the next piece."""
        told = [
            f"{v.key} ({', '.join(v.states)}; {'by ' + v.by if v.by else 'chance'})" for v in self.variables.values()
        ]
        return {"actors": [f"{a.key} ({a.name})" for a in self.actors.values()], "variables": told}

    def take(self, answer: Mapping[str, Any], around: tuple[int, int]) -> None:
        """Take what an answer about the text in ``around`` gives."""
        strays = [shown(key, 40) for key in answer if key not in request.LISTS]
        if strays:
            self.notes.append(f"the answer also holds what was not asked for: {', '.join(strays[:5])}")
        lacking = request.lacking(answer)
        if lacking:
            self.notes.append(lacking)
        for item in self._items(answer, "statements"):
            self._statement(item, around)
        for item in self._items(answer, "author_claims"):
            self._author_claim(item, around)
        for actor in self._read(answer, request.ActorPart):
            self._try(f'actor "{shown(actor.name)}"', self._actor, actor, around)
        variables = list(self._read(answer, request.VariablePart))
        for variable in variables:
            self._try(f'variable "{shown(variable.id)}"', self._variable, variable, around)
        for variable in variables:
            for cause in variable.sees[: MOST_VARIABLES + 1]:
                self._try(f'"{shown(variable.id)}" sees "{shown(cause)}"', self._sight, variable, cause)
        for arc in self._read(answer, request.ArcPart):
            self._try(f'arc from "{shown(arc.cause)}" to "{shown(arc.effect)}"', self._arc, arc, around)
        for stake in self._read(answer, request.StakePart):
            self._try(f'stake "{shown(stake.id)}" of "{shown(stake.actor)}"', self._stake, stake, around)
        for test in self._read(answer, request.TestPart):
            self._try(f"test “{shown(test.sentence)}”", self._test, test, around)

    def drop(self, what: str, reason: str) -> None:
        """Name something that is not used."""
        self.dropped.append(Unplaced(what, reason))

    def without_variable(self, key: str, reason: str) -> None:
        """Leave out a variable and all that speaks of it."""
        del self.variables[key]
        self.drop(f'variable "{key}"', reason)
        gone = f'"{key}" is left out'
        for arc in [a for a in self.arcs if key in (a.cause, a.effect)]:
            self.arcs.remove(arc)
            self.drop(f'arc from "{arc.cause}" to "{arc.effect}"', gone)
        for stake in [s for s in self.stakes if s.variable == key]:
            self.stakes.remove(stake)
            self.drop(f'stake "{stake.key}" of "{stake.actor}"', gone)
        for test in [t for t in self.tests if key in t.variables()]:
            self.without_test(test, gone)

    def without_actor(self, key: str, reason: str) -> None:
        """Leave out an actor with its stakes; what it decides is drafted as something that happens."""
        del self.actors[key]
        self.drop(f'actor "{key}"', reason)
        self.without_stakes(key, f'"{key}" is left out')
        for variable in [v for v in self.variables.values() if v.by == key]:
            self.variables[variable.key] = replace(variable, by=None)
            self.drop(f'owner of "{variable.key}"', f'"{key}" is left out: it is drafted as something that happens')

    def without_stakes(self, actor: str, reason: str) -> None:
        """Leave out all that an actor wants."""
        for stake in [s for s in self.stakes if s.actor == actor]:
            self.stakes.remove(stake)
            self.drop(f'stake "{stake.key}" of "{actor}"', reason)

    def without_test(self, test: AnsweredTest, reason: str) -> None:
        """Leave out a test."""
        self.tests.remove(test)
        self.drop(f"test “{shown(test.sentence)}”", reason)

    def causes(self, key: str) -> list[str]:
        """Return the variables with an arc to one, each once, in the order of the answer."""
        return list(dict.fromkeys(a.cause for a in self.arcs if a.effect == key))

    def _items(self, answer: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
        raw = answer.get(name)
        if not isinstance(raw, list):
            return
        for item in raw[:MOST]:
            if isinstance(item, dict):
                yield item
            else:
                self.drop(f"{name}: {shown(item)}", "not an object")
        if len(raw) > MOST:
            self.drop(f"{len(raw) - MOST} of the {name}", f"more than {MOST} are too many")

    def _read(self, answer: Mapping[str, Any], part: type[request.P]) -> Iterator[request.P]:
        name = request.list_of(part)
        for item in self._items(answer, name):
            found = request.part_of(item, part)
            if isinstance(found, str):
                told = next((item[key] for key in ("id", "name", "sentence", "cause") if key in item), item)
                self.drop(f"{name}: {shown(told)}", found)
            else:
                yield found

    def _try(self, what: str, taken: Any, *given: Any) -> None:  # noqa: ANN401 - one of the methods below
        try:
            taken(*given)
        except _Unusable as fault:
            self.drop(what, str(fault))

    def _quote(self, words: str, around: tuple[int, int]) -> Passage:
        passage = place(self.article, words, around)
        if passage is None:
            raise _Unusable(f"{NOT_THERE}: “{shown(words)}”" if words.strip() else "it has no quote")
        return passage

    def _statement(self, item: dict[str, Any], around: tuple[int, int]) -> None:
        found = statement_of(self.article, item, around)
        if isinstance(found, Unplaced):
            self.dropped.append(found)
            return
        other = next((s for s in self.statements if overlap(s.passage, found.passage)), None)
        if other is None:
            self.statements.append(found)
        elif (other.passage, other.speaker) != (found.passage, found.speaker):
            self.drop(f"statement “{shown(found.passage.text)}”", f"it overlaps one of {other.speaker}")

    def _author_claim(self, item: dict[str, Any], around: tuple[int, int]) -> None:
        found = author_claim_of(self.article, item, around)
        if isinstance(found, Unplaced):
            self.dropped.append(found)
        elif any(overlap(s.passage, found.passage) for s in self.statements):
            self.drop(f"claim of the author “{shown(found.passage.text)}”", "it overlaps a statement of somebody else")
        elif all(c.passage != found.passage for c in self.claims):
            self.claims.append(found)

    def _actor(self, part: request.ActorPart, around: tuple[int, int]) -> None:
        if len(part.aliases) > MOST_NAMES:
            raise _Unusable(f"it has more than {MOST_NAMES} other names")
        aliases = tuple(a for a in dict.fromkeys(part.aliases) if a != part.name and is_named(self.article, a))
        for alias in set(part.aliases) - {*aliases, part.name}:
            self.drop(f'name "{shown(alias)}" of "{shown(part.name)}"', "it does not stand in the article")
        names = (part.name, *aliases)
        if is_pronoun(part.name) or not (aliases or is_named(self.article, part.name)):
            raise _Unusable("its name does not stand in the article")
        passage = self._quote(part.quote, around)
        if not is_about(passage.text, names):
            raise _Unusable(f"its quote does not name it: “{shown(passage.text)}”")
        key = slug(part.id or part.name)
        known = next((a for a in self.actors.values() if self._is_same(a, part.name, key)), None)
        if known is None and (key in self.actors or key in self.variables):
            raise _Unusable(f'another thing has the id "{key}"')
        if known is None:
            self.actors[key] = AnsweredActor(key, shown(part.name), aliases, part.type, passage)
            return
        self._same[f"actor {key}"] = known.key
        added = tuple(n for n in names if n not in (known.name, *known.aliases))
        self.actors[known.key] = AnsweredActor(
            known.key, known.name, (*known.aliases, *added), known.type, known.passage
        )

    def _is_same(self, known: AnsweredActor, name: str, key: str) -> bool:
        """Return whether an actor is one that is known: by one of its names, or by its id and a word of one."""
        others = {slug(one) for one in (known.name, *known.aliases)}
        words = {word for one in others for word in one.split("_")}
        return slug(name) in others or (key == known.key and bool(words & set(slug(name).split("_"))))

    def _variable(self, part: request.VariablePart, around: tuple[int, int]) -> None:
        passage = self._quote(part.quote, around)
        key, states = slug(part.id), tuple(dict.fromkeys(map(_state_name, part.states)))
        if len(states) < 2:
            raise _Unusable("it has fewer than two states")
        if len(states) > MOST_STATES:
            raise _Unusable(f"it has more than {MOST_STATES} states")
        known = self.variables.get(key) or next(
            (v for v in self.variables.values() if set(v.states) == set(states) and _words(v.key) == _words(key)), None
        )
        if known is not None:
            self._same[f"variable {key}"] = known.key
            if set(known.states) != set(states):
                self.drop(f'states of "{key}": {", ".join(states)}', f"it is known with {', '.join(known.states)}")
        elif key in self.actors:
            raise _Unusable("an actor has the same id")
        elif len(self.variables) == MOST_VARIABLES:
            raise _Unusable(f"there are {MOST_VARIABLES} variables already")
        by = self._owner(part, known)
        if known is None or (known.by is None and by is not None):
            base = known or AnsweredVariable(key, None, states, passage)
            self.variables[base.key] = AnsweredVariable(base.key, by, base.states, base.passage)

    def _owner(self, part: request.VariablePart, known: AnsweredVariable | None) -> str | None:
        if part.kind == "chance":
            return None
        by = self._actor_key(part.by or "")
        what = f'owner of "{shown(part.id)}"'
        if by is None:
            named = f'"{shown(part.by)}" is no actor of the answer' if part.by else "nobody is named who decides"
            self.drop(what, f"{named}: it is drafted as something that happens")
        elif known is not None and known.by not in (None, by):
            self.drop(what, f'"{known.by}" decides it already')
        return by

    def _actor_key(self, told: str) -> str | None:
        key = self._same.get(f"actor {slug(told)}", slug(told))
        if key in self.actors:
            return key
        named = (a.key for a in self.actors.values() if slug(told) in map(slug, (a.name, *a.aliases)))
        return next(named, None)

    def _known(self, told: str) -> AnsweredVariable:
        key = self._same.get(f"variable {slug(told)}", slug(told))
        if key not in self.variables:
            raise _Unusable(f'"{shown(told)}" is no variable of the answer')
        return self.variables[key]

    def _state(self, variable: AnsweredVariable, told: str) -> str:
        state = _state_name(told)
        if state not in variable.states:
            raise _Unusable(f'"{shown(told)}" is no state of "{variable.key}" ({", ".join(variable.states)})')
        return state

    def _sight(self, part: request.VariablePart, cause: str) -> None:
        if part.kind == "chance":
            raise _Unusable("only who decides sees: give an arc instead")
        effect = self._known(part.id)
        self._drawn(AnsweredArc(self._known(cause).key, effect.key, effect.passage))

    def _arc(self, part: request.ArcPart, around: tuple[int, int]) -> None:
        cause, effect = self._known(part.cause), self._known(part.effect)
        state, toward = self._state(cause, part.state), self._state(effect, part.toward)
        if effect.by is None and toward not in (effect.states[0], effect.states[-1]):
            ends = f'"{effect.states[0]}" or "{effect.states[-1]}"'
            raise _Unusable(f'"{toward}" has states of "{effect.key}" on both sides: say it of {ends}')
        self._drawn(AnsweredArc(cause.key, effect.key, self._quote(part.quote, around), state, toward, part.sign))

    def _drawn(self, arc: AnsweredArc) -> None:
        if arc.cause == arc.effect:
            raise _Unusable("it leads from a thing to itself")
        for other in self.arcs:
            if (other.cause, other.effect, other.state) == (arc.cause, arc.effect, arc.state):
                if self._upward(other) == self._upward(arc):
                    return
                raise _Unusable("it says another sign than the arc before it")
        causes = self.causes(arc.effect)
        if arc.cause not in causes and len(causes) == MOST_CAUSES:
            raise _Unusable(f"more than {MOST_CAUSES} things bear on one")
        if arc.effect in self._before(arc.cause):
            raise _Unusable(f'it closes a circle: "{arc.effect}" bears on "{arc.cause}" already')
        self.arcs.append(arc)

    def _upward(self, arc: AnsweredArc) -> bool | None:
        """Return whether an arc lifts its effect on its scale; ``None`` where that is unknown."""
        if arc.sign == "unknown" or arc.toward is None:
            return None
        return (arc.sign == "raises") == (arc.toward != self.variables[arc.effect].states[0])

    def _before(self, key: str) -> set[str]:
        """Return all that bears on a variable, and itself."""
        found, waiting = {key}, [key]
        while waiting:
            for cause in self.causes(waiting.pop()):
                if cause not in found:
                    found.add(cause)
                    waiting.append(cause)
        return found

    def _stake(self, part: request.StakePart, around: tuple[int, int]) -> None:
        actor, variable = self._actor_key(part.actor), self._known(part.variable)
        if actor is None:
            raise _Unusable(f'"{shown(part.actor)}" is no actor of the answer')
        order = tuple(self._state(variable, one) for one in part.order)
        if sorted(order) != sorted(variable.states):
            raise _Unusable(f'its order must have each state of "{variable.key}" once ({", ".join(variable.states)})')
        passage = self._quote(part.quote, around)
        for other in self.stakes:
            if (other.actor, other.variable) == (actor, variable.key):
                if other.order == order:
                    return
                raise _Unusable(f'"{actor}" has another order of "{variable.key}" already')
        taken = {s.key for s in self.stakes if s.actor == actor}
        key = next(one for one in _spare(slug(part.id), variable.key) if one not in taken)
        self.stakes.append(AnsweredStake(actor, key, variable.key, order, passage))

    def _test(self, part: request.TestPart, around: tuple[int, int]) -> None:
        claim = self._claim(part, around)
        more = part.likely == "more"
        says_more, says_less = _MORE.search(part.sentence) is not None, _LESS.search(part.sentence) is not None
        if not (says_more or says_less):
            raise _Unusable('its sentence says neither "more likely" nor "less likely"')
        if says_more not in (says_less, more):
            raise _Unusable(f"its sentence says {'more' if says_more else 'less'} likely, its sign the other")
        effect = self._setting(part.effect)
        given, against = (tuple(map(self._setting, some)) for some in (part.given, part.than_given))
        names, others = [name for name, _ in given], [name for name, _ in against]
        if effect[0] in names or len(set(names)) < len(names):
            raise _Unusable("it sets one variable twice, or asks of what it sets")
        if against and sorted(names) != sorted(others):
            raise _Unusable("its two sides set different variables")
        if against and set(given) == set(against):
            raise _Unusable("its two sides are the same")
        made = AnsweredTest(claim, shown(part.sentence, 300), effect, more, given, against)
        turned = AnsweredTest(claim, made.sentence, effect, not more, against, given)
        for other in self.tests:
            if other.claim == claim and _asks(other) in (_asks(made), _asks(turned)):
                return
        self.tests.append(made)

    def _setting(self, part: request.SettingPart) -> tuple[str, str]:
        variable = self._known(part.variable)
        return variable.key, self._state(variable, part.state)

    def _claim(self, part: request.TestPart, around: tuple[int, int]) -> Passage:
        """Return the passage of the claim that a test is of, which its speaker must hold or deny."""
        said = self._quote(part.claim, around)
        both: list[ArticleStatement | AuthorClaim] = [*self.statements, *self.claims]
        shared = {one.passage: min(one.passage.end, said.end) - max(one.passage.start, said.start) for one in both}
        best = max(both, key=lambda one: shared[one.passage], default=None)
        if best is None or shared[best.passage] <= 0:
            raise _Unusable("its claim is no statement or claim of the answer")
        if isinstance(best, ArticleStatement) and best.polarity in ("doubted", "open"):
            raise _Unusable("the speaker doubts this or leaves it open, so that it says nothing to test")
        return best.passage


def _state_name(told: str) -> str:
    return _PLAIN_STATES.get(slug(told), slug(told))


def _asks(test: AnsweredTest) -> tuple[object, ...]:
    return test.effect, test.more, frozenset(test.given), frozenset(test.against)


def _spare(*names: str) -> Iterator[str]:
    yield from names
    number = 2
    while True:
        yield f"{names[-1]}_{number}"
        number += 1


def _words(key: str) -> set[str]:
    """Return the words of an id, plurals folded."""
    return {word.removesuffix("s") for word in key.split("_")}
