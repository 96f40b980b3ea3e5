"""Candidate variables of a case: what conditions, causes, effects and events of an article are about."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date

from quandary.read.drafting.whereabouts import actor_key, clause_around, home_of, last_country, place_in
from quandary.read.records import ArticleActor, Passage, Situation
from quandary.read.words.concepts import PhraseConcept, concept_of, core, slug
from quandary.read.words.countries import country_of
from quandary.read.words.predicates import predicates
from quandary.read.words.wording import word_set

_SMALL = word_set("small_words")
MOST_VARIABLES = 9
"""So many variables are drafted from one article, those that most claims refer to; ``more``: there were others."""


OFTEN = 3
"""What is named so often is more than mentioned in passing."""


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
    axis: str = "there"
    holding: str = ""
    claims: int = 0
    told: int = 0
    tested: int = 0
    theme: str = ""
    named: str = ""

    @property
    def none(self) -> str:
        """The state in which it does not happen."""
        return self.states[0]


@dataclass(frozen=True, slots=True)
class VariableState:
    """A variable in one of its states: what a phrase says."""

    variable: str
    state: str


_NO_MATTER = word_set("no_matters")
_NO_ACTS = word_set("no_acts")
_BARE_ACTS = frozenset(("go", "come", "make", "do", "keep", "take", "give", "put", "move", "work", "act", "turn"))


def is_matter(one: Situation) -> bool:
    """Return whether a situation is of something that may happen or be decided.

    What is only there, thought, said or needed is none: "lack credibility", "require approval", "an apparent thought".
    """
    head = _content(one.theme)[:1]
    if not head or head[0] in _NO_MATTER:
        return False
    words = {slug(one.said), slug(one.other)}
    if one.said in _BARE_ACTS and one.axis == "way" and one.theme.split()[-1] == one.said:
        return False  # "China would go": where, is not said
    return one.axis != "way" or not words & _NO_ACTS


_LOSING = frozenset(("lose", "lost", "forfeit", "squander"))
_NEGATED = re.compile(r"\b(?:not|never|no longer)\b|n['’]t\b", re.I)


def _content(theme: str) -> list[str]:
    """Return the telling words of a theme, the thing itself first, its plurals folded."""
    first = re.split(r"\s(?:of|on|in|against|over|with|to|from|for|between|into|onto|at|across)\s", theme)[0].split()
    words = [*reversed(first), *(w for w in theme.split() if w not in first)]
    return [w.removesuffix("s") for w in words if w not in _SMALL and len(w) > 1]


_OWN_NAMES = frozenset(("airstrike", "offensive", "raid", "bombing", "shelling", "truce", "bombardment", "strike"))
"""What somebody does under such a name is drafted by it, since two may do it."""
_SEEN_ONLY = frozenset(("attack_casualties", "economy", "attention"))
"""Of these a report alone makes no variable: how many died is evidence at most."""


class VariablesFound:
    """The variables found so far; phrases about the same thing in the same place become one variable."""

    def __init__(self, actors: tuple[ArticleActor, ...], text: str) -> None:
        self.variables: dict[str, Variable] = {}
        self.actors = actors
        self.text = text
        self.more = False
        self._closed = False
        self.deciders: dict[str, str] = {}
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

    def told(self, one: Situation) -> tuple[VariableState, VariableState] | None:
        """Return the state that a situation says and the one it is set against, making the variable where it is new."""
        if not is_matter(one):
            return None
        classed = self._of_concept(one)
        if classed is not None:
            return classed
        variable = self._same_thing(one)
        if variable is None:
            variable = self._new(one)
        if variable is None:
            return None
        if one.agent and one.chosen:
            self._given_owner(variable, one)
        self._came_from(variable, one.passage)
        variable.order = min(variable.order, one.passage.start)
        said = one.said if slug(one.said) in variable.states else None
        if said is not None:
            state = slug(said)
        elif slug(one.other) in variable.states:
            state = next(s for s in variable.states if s != slug(one.other))
        else:
            state = variable.holding if one.holds else next(s for s in variable.states if s != variable.holding)
        other = next(s for s in variable.states if s != state)
        return VariableState(variable.name, state), VariableState(variable.name, other)

    def _given_owner(self, variable: Variable, one: Situation) -> None:
        key = self.key_of(one.agent)
        if variable.kind == "chance" or variable.agent is None:
            variable.kind, variable.agent = "decision", key
        elif variable.agent != key and variable.axis == "there":
            variable.agent = None  # two do it: the analyst says whose it is

    def key_of(self, name: str | None) -> str | None:
        """Return the key of the actor with a name, noting it as one who acts."""
        if name is None:
            return None
        actor = next((a for a in self.actors if name == a.name or name in a.aliases), None)
        key = actor_key(actor) if actor is not None else slug(name)
        self.deciders.setdefault(key, actor.name if actor is not None else name)
        return key

    def _same_thing(self, one: Situation) -> Variable | None:
        """Return the variable of the same thing: the same words, or some of them, where that leaves one alone."""
        words = _content(one.theme)
        instruments = predicates().instruments
        if {slug(one.said), slug(one.other)} == {"pass", "reject"} and words and words[0] in instruments:
            bills = [v for v in self.variables.values() if set(v.states) == {"pass", "reject"}]
            bills = [v for v in bills if _content(v.theme)[:1] and _content(v.theme)[0] in instruments]
            if len(bills) == 1 and 1 in (len(words), len(_content(bills[0].theme))):
                return bills[0]  # "the measure" is the bill told of
        found = []
        for variable in self.variables.values():
            if len(variable.states) != 2 or variable.concept != "thing":
                continue
            named = _content(variable.theme)
            part = named[:1] == words[:1] and (set(named) <= set(words) or set(words) <= set(named))
            if named != words and not part:
                continue
            states = {slug(one.said), slug(one.other)}
            fits = (states & set(variable.states)) - {"none"} or (one.axis == variable.axis == "there")
            owner = self.key_of(one.agent) if one.agent else None
            if fits and not (one.axis == "way" and owner and variable.agent and owner != variable.agent):
                found.append((named != words, variable))
        exact = [v for other, v in found if not other]
        return exact[0] if exact else found[0][1] if len(found) == 1 else None

    def _new(self, one: Situation) -> Variable | None:
        said, other = slug(one.said), slug(one.other)
        name = slug("_".join(one.theme.split()[:6]))
        if self._closed or not _content(one.theme) or said == other:
            return None
        owner = self.key_of(one.agent) if one.chosen else None
        keys = {actor_key(a) for a in self.actors} | set(self.deciders)
        named = other if one.turned else said
        for longer in (f"{name}_{named}", f"{owner or 'other'}_{name}", f"{owner or 'other'}_{name}_{named}"):
            if name not in self.variables and name not in keys:
                break
            name = slug(longer)
        if name in self.variables:
            return None
        kind = "decision" if one.chosen else "chance"
        states = [other, said] if one.holds else [said, other]
        if one.axis == "way":
            states = [other, said] if said != "none" else [said, other]
        holding = said if one.holds else other
        made = Variable(
            name, "thing", kind, None, owner, states, order=one.passage.start, axis=one.axis, holding=holding
        )
        made.theme = one.theme
        made.named = named
        self.variables[name] = made
        return made

    def _of_concept(self, one: Situation) -> tuple[VariableState, VariableState] | None:
        """Return a situation in the terms of a known concept, where the article places it in a country it knows."""
        both = (f"{one.theme} {one.said}", f"{one.theme} {one.other}")
        concept = concept_of(both[0]) or concept_of(f"{one.said} {one.theme}") or concept_of(f"{one.other} {one.theme}")
        if concept is None or concept.name in ("request", "economy"):
            return None
        words = concept.words
        if one.agent and _content(one.theme)[0] in _OWN_NAMES:
            return None  # the article's own name for it: "Kora's airstrikes", "its offensive"
        thing = " ".join(w for w in one.theme.split() if w not in (*one.said.split(), *one.other.split()))
        lost = one.said in _LOSING or one.other in _LOSING
        if (
            concept.name == "influence"
            and lost
            and not words.search(one.theme)
            and country_of(one.theme.title()) is None
        ):
            return None  # "lose its aid" is about the aid
        if concept.name in ("war", "influence") and one.axis == "way" and thing and country_of(thing.title()) is None:
            return None  # "take back the freedoms" is about them, and no war
        there = words.search(one.theme) is not None and (one.axis == "there" or slug(one.theme) == slug(one.said))
        if words.search(one.said):
            holds = True
        elif words.search(one.other) and one.other != "none":
            holds = False
        elif there:
            holds = one.holds
        elif any(words.search(text) for text in both):
            holds = words.search(both[0]) is not None
        else:
            return None
        phrase = core(one.passage.text)
        where = place_in(concept, clause_around(concept, phrase))
        if where is None or (one.agent and slug(where) == self.key_of(one.agent)):
            where = self._placed_once(concept)
        if where is None:
            return None
        found = self.situation(one.passage, agent=self.key_of(one.agent), where=where, concept=concept)
        if found is None:
            return None
        variable = self.variables[found.variable]
        on = VariableState(variable.name, concept.state)
        off = VariableState(variable.name, concept.none)
        if concept.state not in variable.states:
            variable.states.append(concept.state)
        return (on, off) if holds else (off, on)

    def _placed_once(self, concept: PhraseConcept) -> str | None:
        """Return the place of a concept that the article puts in one place only."""
        places = self._placed.get(concept.name, {})
        return next(iter(places)) if len(places) == 1 else None

    def situation(
        self,
        passage: Passage,
        *,
        agent: str | None = None,
        around: str = "",
        fallback: bool = True,
        where: str | None = None,
        concept: PhraseConcept | None = None,
    ) -> VariableState | None:
        """Return what a passage says, making the variable where it is new; ``None`` where it says too little."""
        phrase = core(passage.text)
        concept = concept or concept_of(phrase)
        who = agent
        if concept is None:
            return self._unclassified(passage, who) if fallback else None
        where = where or self._place(concept, passage, who, around)
        name = slug(f"{concept.name} {where}" if where else concept.name)
        if concept.name == "economy" and len(phrase.split()) <= 4:
            name = slug(phrase)
        state = self._state(concept, phrase)
        denied = _NEGATED.search(phrase) is not None
        variable = self.variables.get(name)
        if variable is None and self._closed:
            return None
        if variable is None:
            kind = concept.kind if concept.kind == "chance" or who else "chance"
            variable = Variable(
                name, concept.name, kind, where, who, [concept.none], order=passage.start, holding=state
            )
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
        variable = self.variables.setdefault(
            name, Variable(name, "other", "chance", None, who, ["absent"], order=passage.start)
        )
        if "present" not in variable.states:
            variable.states.append("present")
        self._came_from(variable, passage)
        return VariableState(name, "absent" if _NEGATED.search(telling) else "present")

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

    def is_opposite(self, found: VariableState) -> bool:
        """Return whether a state is only the opposite of the one that the article names, and no plain absence."""
        variable = self.variables[found.variable]
        exists = variable.axis == "there" and variable.named in _content(variable.theme)
        return variable.concept == "thing" and found.state != variable.named and not (found.state == "none" and exists)

    def keep(self, most: int) -> None:
        """Leave the variables that most claims refer to, and the arcs among them."""
        self._without_unclaimed()
        self._without_passing()
        ranked = sorted(self.variables.values(), key=lambda v: (-v.claims, v.order))
        self.more = self.more or len(ranked) > most
        kept = {v.name for v in ranked[:most]}
        self.variables = {name: v for name, v in self.variables.items() if name in kept}
        self._closed = True
        for variable in self.variables.values():
            variable.parents = [p for p in variable.parents if p in kept]

    def _without_unclaimed(self) -> None:
        """Leave out what only events without a day are about, where claims are about enough and none hangs on it."""
        told = {name for name, v in self.variables.items() if v.told}
        if not told:
            return
        tied = {p for v in self.variables.values() for p in v.parents} | {
            n for n, v in self.variables.items() if v.parents
        }
        self.variables = {
            n: v
            for n, v in self.variables.items()
            if n in told or n in tied or (v.concept not in _SEEN_ONLY and v.agent and v.day is not None)
        }

    def _without_passing(self) -> None:
        """Leave out what no test says anything of, nobody named decides, and the article mentions in passing alone."""
        tied = {p for v in self.variables.values() for p in v.parents}
        self.variables = {
            name: v
            for name, v in self.variables.items()
            if v.tested
            or not v.told
            or v.parents
            or name in tied
            or (v.agent and v.kind == "decision")
            or v.claims > 1
            or self._mentions(v) >= OFTEN
        }

    def _mentions(self, variable: Variable) -> int:
        """Return how often the article names the thing that a variable is of."""
        words = _content(variable.theme) or [variable.concept]
        return len(re.findall(rf"\b{re.escape(words[0])}", self.text, re.I))

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
