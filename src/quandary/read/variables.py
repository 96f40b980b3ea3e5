"""Candidate variables of a case: what conditions, causes, effects and events of an article are about."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from quandary.read.countries import Country, countries_in, country_of
from quandary.read.records import Actor, Passage

_SMALL = frozenset("""the a an of for to in on at and or its his her their this that these those is are was were be been it
he she they would will could may might must should has have had not now also more much very as by with from into inside
similar than then who which what there some any no than own new such our we i if do does did can""".split())
_REGION = re.compile(r"\b(?:in|across|to|of)\s+((?:Central|East(?:ern)?|West(?:ern)?|South(?:ern)?|North(?:ern)?|Middle)\s+(?:Asia|East|Europe|Africa|America))\b")
_AFTER = re.compile(r"\b(?:in|on|inside|against|into|across|from|over|to|with|of|lose[sd]?|lost|back|invades?|attacks?)\W+(?:(?:the|its|southern|northern|neighbou?r,?)\s+)*", re.I)


@dataclass(frozen=True, slots=True)
class Concept:
    """What a phrase may be about and how a case writes it."""

    name: str
    kind: str
    words: re.Pattern[str]
    none: str
    state: str


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

    @property
    def none(self) -> str:
        """The state in which it does not happen."""
        return self.states[0]


@dataclass(frozen=True, slots=True)
class Situation:
    """A variable in one of its states: what a phrase says."""

    variable: str
    state: str


@cache
def concepts() -> tuple[Concept, ...]:
    """Return the concepts in the order in which they are tried."""
    data = tomllib.loads((files("quandary.read") / "concepts.toml").read_text(encoding="utf-8"))
    return tuple(Concept(name, c["kind"], _pattern(c["words"]), c["none"], c["state"]) for name, c in data.items())


def _pattern(phrases: list[str]) -> re.Pattern[str]:
    """Return a pattern for whole words; the words of a phrase may have up to four others between them."""
    parts = [r"\W+(?:[\w’'-]+\W+){0,4}?".join(re.escape(w) + r"(?:s|es|ed|ing)?" for w in p.split()) for p in phrases]
    return re.compile(r"(?<![\w-])(?:" + "|".join(sorted(parts, key=len, reverse=True)) + r")(?![\w])", re.I)


def slug(words: str) -> str:
    """Return words as a name of the case language."""
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower().replace("’", "").replace("'", "")).strip("_")
    return ("v_" + plain if plain[:1].isdigit() else plain) or "unnamed"


def concept_of(phrase: str) -> Concept | None:
    """Return what a phrase is about: the concept named by the earliest telling words, the more particular one first."""
    best: tuple[int, int, Concept] | None = None
    for rank, concept in enumerate(concepts()):
        match = concept.words.search(phrase)
        if match and (best is None or (match.start(), rank) < best[:2] or concept.name in ("operation", "withdrawal", "request") and rank < best[1]):
            best = (match.start(), rank, concept)
    return best[2] if best else None


class Board:
    """The variables found so far; phrases about the same thing in the same place become one variable."""

    def __init__(self, actors: tuple[Actor, ...], text: str) -> None:
        self.variables: dict[str, Variable] = {}
        self.actors = actors
        self.text = text

    def situation(self, passage: Passage, *, agent: str | None = None, around: str = "", fallback: bool = True) -> Situation | None:
        """Return what a passage says, making the variable where it is new; ``None`` where it says too little."""
        phrase = passage.text
        concept = concept_of(phrase)
        who = agent_in(phrase, self.actors) or agent
        where = self._place(concept, phrase, who, around)
        if concept is None:
            return self._unclassified(passage, who) if fallback else None
        name = slug(f"{concept.name} {where}" if where else concept.name)
        if concept.kind == "decision" and where is None:
            name = self._latest(concept.name, who) or name
        state = self._state(concept, phrase)
        variable = self.variables.get(name)
        if variable is None:
            kind = concept.kind if concept.kind == "chance" or who else "chance"
            variable = Variable(name, concept.name, kind, where, who, [concept.none], order=passage.start)
            self.variables[name] = variable
        elif variable.agent is None and who and concept.kind == "decision":
            variable.agent, variable.kind = who, "decision"
        if state not in variable.states:
            variable.states.append(state)
        if passage not in variable.passages:
            variable.passages.append(passage)
        variable.order = min(variable.order, passage.start)
        return Situation(name, state)

    def _latest(self, concept: str, who: str | None) -> str | None:
        """Return the last variable of a concept, for a phrase that names no place ("Russian intervention could ...")."""
        same = [v for v in self.variables.values() if v.concept == concept and (who is None or v.agent in (None, who))]
        return same[-1].name if same else None

    def _state(self, concept: Concept, phrase: str) -> str:
        if concept.name != "request":
            return concept.state
        asked = re.search(r"\b(?:on|in|from|to|ask(?:s|ed)?|invite[sd]?)\s+(?:forces\s+from\s+)?(?:ally\s+)?((?:[A-Z][\w-]*)(?:\s+and\s+(?:the\s+)?[A-Z][\w-]*)?)", phrase)
        return slug(asked.group(1)) if asked else concept.state

    def _place(self, concept: Concept | None, phrase: str, who: str | None, around: str) -> str | None:
        """Return where it happens: a country after a preposition, else one that is not the agent's, else the sentence's."""
        region = _REGION.search(phrase)
        named = [c for m in _AFTER.finditer(phrase) for c in countries_in(_upto(phrase[m.end() :]))[:1]]
        others = [c for c in countries_in(phrase) if slug(c.name) != who]
        if region and not (named and phrase.find(named[0].name) < region.start()):
            return region.group(1)
        if concept is not None and concept.name == "request":
            return _home(who, self.actors)
        for options in (named, others):
            if options and slug(options[0].name) != who or (options and concept is not None and concept.kind == "chance"):
                return options[0].name
        if concept is not None and concept.kind == "chance" and named:
            return named[0].name
        nearby = [c for c in countries_in(around) if slug(c.name) != who]
        return nearby[0].name if nearby else None

    def _unclassified(self, passage: Passage, who: str | None) -> Situation | None:
        """Return a yes-or-no variable named by the telling words of a phrase that fits no concept."""
        words = [w for w in re.findall(r"[A-Za-z][\w’'-]*", passage.text) if w.lower() not in _SMALL]
        if len(words) < 2:
            return None
        name = slug(" ".join(words[:4]))
        variable = self.variables.setdefault(name, Variable(name, "other", "chance", None, who, ["no"], order=passage.start))
        if "yes" not in variable.states:
            variable.states.append("yes")
        if passage not in variable.passages:
            variable.passages.append(passage)
        return Situation(name, "yes")

    def link(self, cause: Situation, effect: Situation) -> bool:
        """Draw an arc; return whether it could be drawn (never to itself, never in a circle)."""
        if cause.variable == effect.variable or self._reaches(effect.variable, cause.variable):
            return False
        parents = self.variables[effect.variable].parents
        if cause.variable not in parents:
            parents.append(cause.variable)
        return True

    def _reaches(self, start: str, goal: str) -> bool:
        """Return whether ``goal`` comes later than ``start`` along the arcs."""
        return start in self._ancestors(goal)

    def _ancestors(self, name: str) -> set[str]:
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
        waiting = sorted(self.variables.values(), key=lambda v: v.order)
        done: list[Variable] = []
        names: set[str] = set()
        while waiting:
            ready = next((v for v in waiting if set(v.parents) <= names), waiting[0])
            waiting.remove(ready)
            done.append(ready)
            names.add(ready.name)
        return done


def _upto(rest: str) -> str:
    return re.split(r"[,;.]|\s+(?:and|that|which|who|to|similar)\s+", rest, maxsplit=1)[0]


def agent_in(phrase: str, actors: tuple[Actor, ...]) -> str | None:
    """Return the key of the actor that a phrase begins with or names by adjective: "Russian-led operation", "if Russia"."""
    for match in re.finditer(r"[A-Z][\w.-]*(?:\s+[A-Z][\w.-]*)*", phrase):
        words = match.group(0)
        first = words.split()[0].split("-")[0].removesuffix("'s").removesuffix("’s")
        hit = country_of(words.removesuffix("-led")) or country_of(first)
        if hit is not None:
            following = phrase[match.end() : match.end() + 2]
            if hit[1] == "demonym" or match.start() < 4 or following in ("’s", "'s"):
                return slug(hit[0].name)
            continue
        for actor in actors:
            if actor.type in ("leader", "person", "organisation") and words in (actor.name, *actor.aliases):
                return actor_key(actor)
    return None


def actor_key(actor: Actor) -> str:
    """Return the name of an actor in the case: a state's name, a person's last name, else all the words."""
    if actor.type == "state":
        return slug(actor.name)
    if actor.type in ("leader", "person"):
        return slug(actor.name.split()[-1])
    return slug(actor.name)


def _home(who: str | None, actors: tuple[Actor, ...]) -> str | None:
    for actor in actors:
        if actor_key(actor) == who:
            return actor.name if actor.type == "state" else actor.name.split()[-1]
    return None


def country_named(name: str) -> Country | None:
    """Return the country of that name."""
    hit = country_of(name)
    return hit[0] if hit else None
