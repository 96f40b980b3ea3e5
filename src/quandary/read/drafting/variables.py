"""Candidate variables of a case: what conditions, causes, effects and events of an article are about."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date

from quandary.read.drafting.whereabouts import agent_in, clause_around, home_of, last_country, place_in
from quandary.read.records import ArticleActor, Passage
from quandary.read.words.concepts import PhraseConcept, concept_of, core, slug
from quandary.read.words.wording import word_set

_SMALL = word_set("small_words")
MOST_VARIABLES = 200
"""So many variables are drafted from one article; ``VariablesFound.more`` says that there were others."""


@dataclass
class Variable:
    """A candidate variable: its concept, where, by whom, its states, and the passages it comes from."""

    name: str
    concept: str
    kind: str
    place: str | None
    agent: str | None
    states: list[str]
    passages: list[Passage] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    order: int = 0
    day: date | None = None

    @property
    def none(self) -> str:
        """The state in which it does not happen."""
        return self.states[0]


@dataclass(frozen=True, slots=True)
class VariableState:
    """A variable in one of its states: what a phrase says."""

    variable: str
    state: str


_NEGATED = re.compile(r"\b(?:not|never|no longer)\b|n['’]t\b", re.I)


class VariablesFound:
    """The variables found so far; phrases about the same thing in the same place become one variable."""

    def __init__(self, actors: tuple[ArticleActor, ...], text: str) -> None:
        self.variables: dict[str, Variable] = {}
        self.actors = actors
        self.text = text
        self.more = False
        self._known: set[tuple[str, Passage]] = set()
        self._placed: dict[str, dict[str, list[int]]] = {}

    def survey(self, passages: list[Passage]) -> None:
        """Note where the article places what its phrases are about, for phrases that leave the place out."""
        for passage in passages:
            concept = concept_of(passage.text)
            where = place_in(concept, clause_around(concept, passage.text)) if concept else None
            if concept and where:
                self._placed.setdefault(concept.name, {}).setdefault(where, []).append(passage.start)
        for places in self._placed.values():
            for starts in places.values():
                starts.sort()

    def situation(
        self, passage: Passage, *, agent: str | None = None, around: str = "", fallback: bool = True
    ) -> VariableState | None:
        """Return what a passage says, making the variable where it is new; ``None`` where it says too little."""
        phrase = core(passage.text)
        concept = concept_of(phrase)
        who = agent_in(phrase, self.actors, concept) or agent
        if concept is None:
            return self._unclassified(passage, who) if fallback else None
        where = self._place(concept, passage, who, around)
        name = slug(f"{concept.name} {where}" if where else concept.name)
        if concept.name == "economy" and len(phrase.split()) <= 4:
            name = slug(phrase)
        state = self._state(concept, phrase)
        denied = _NEGATED.search(phrase) is not None
        variable = self.variables.get(name)
        if variable is None and self._is_full():
            return None
        if variable is None:
            kind = concept.kind if concept.kind == "chance" or who else "chance"
            variable = Variable(name, concept.name, kind, where, who, [concept.none], order=passage.start)
            self.variables[name] = variable
        elif variable.agent is None and who and concept.kind == "decision":
            variable.agent, variable.kind = who, "decision"
        if state not in variable.states:
            variable.states.append(state)
        self._came_from(variable, passage)
        variable.order = min(variable.order, passage.start)
        return VariableState(name, concept.none if denied else state)

    def _state(self, concept: PhraseConcept, phrase: str) -> str:
        if concept.name != "request":
            return concept.state
        asked = re.search(
            r"\b(?:on|in|from|to|ask(?:s|ed)?|invite[sd]?)\s+(?:forces\s+from\s+)?(?:ally\s+)?((?:[A-Z][\w-]*)(?:\s+and\s+(?:the\s+)?[A-Z][\w-]*)?)",
            phrase,
        )
        return slug(asked.group(1)) if asked else concept.state

    def _place(self, concept: PhraseConcept, passage: Passage, who: str | None, around: str) -> str | None:
        """Return where it happens: as the phrase says, as the article says elsewhere, or as its sentence suggests."""
        if concept.name == "request":
            return home_of(who, self.actors)
        own = place_in(concept, core(passage.text))
        if own is not None and (concept.kind == "chance" or slug(own) != who):
            return own
        places = self._placed.get(concept.name, {})
        elsewhere = [(starts, where) for where, starts in places.items() if slug(where) != who]
        reached = [(starts[at - 1], where) for starts, where in elsewhere if (at := bisect_left(starts, passage.start))]
        before = max(reached, default=None)
        nearby = last_country(around, who, inside=concept.kind == "chance")
        if concept.kind == "decision" and nearby and not before:
            return nearby
        if elsewhere:
            return before[1] if before else min(elsewhere)[1]
        return nearby

    def _unclassified(self, passage: Passage, who: str | None) -> VariableState | None:
        """Return a yes-or-no variable named by the telling words of a phrase that fits no concept."""
        telling = core(passage.text)
        words = [
            w for w in re.findall(r"[A-Za-z][\w’'-]*", telling) if w.lower() not in _SMALL and not w.endswith("ly")
        ]
        if len(words) < 2:
            return None
        name = slug(" ".join(words[:4]))
        if name not in self.variables and self._is_full():
            return None
        variable = self.variables.setdefault(
            name, Variable(name, "other", "chance", None, who, ["absent"], order=passage.start)
        )
        if "present" not in variable.states:
            variable.states.append("present")
        self._came_from(variable, passage)
        return VariableState(name, "absent" if _NEGATED.search(telling) else "present")

    def _is_full(self) -> bool:
        self.more = len(self.variables) >= MOST_VARIABLES
        return self.more

    def _came_from(self, variable: Variable, passage: Passage) -> None:
        if (variable.name, passage) not in self._known:
            self._known.add((variable.name, passage))
            variable.passages.append(passage)

    def link(self, cause: VariableState, effect: VariableState) -> bool:
        """Draw an arc; return whether it could be drawn (never to itself, never in a circle)."""
        if cause.variable == effect.variable or self._reaches(effect.variable, cause.variable):
            return False
        parents = self.variables[effect.variable].parents
        if cause.variable not in parents:
            parents.append(cause.variable)
        return True

    def _reaches(self, start: str, goal: str) -> bool:
        """Return whether ``goal`` comes later than ``start`` along the arcs."""
        return start in self.ancestors(goal)

    def ancestors(self, name: str) -> set[str]:
        """Return every variable that comes before one along the arcs."""
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            for parent in self.variables[waiting.pop()].parents:
                if parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
        return seen

    def in_order(self) -> list[Variable]:
        """Return the variables so that causes come first, else in the order in which the article names them."""
        latest = date.max
        waiting = sorted(self.variables.values(), key=lambda v: (v.day or latest, v.order))
        done: list[Variable] = []
        names: set[str] = set()
        while waiting:
            ready = next((v for v in waiting if set(v.parents) <= names), waiting[0])
            waiting.remove(ready)
            done.append(ready)
            names.add(ready.name)
        return done
