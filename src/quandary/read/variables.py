"""Candidate variables of a case: what conditions, causes, effects and events of an article are about."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files

from quandary.read.countries import country_of
from quandary.read.records import Actor, Passage
from quandary.read.wording import word_set

_SMALL = word_set("small_words")
_REGION = (
    r"(?:Central|East(?:ern)?|West(?:ern)?|South(?:ern)?|North(?:ern)?|Middle|Southeast)\s+"
    r"(?:Asia|East|Europe|Africa|America)\b"
)
_PREPOSITION = re.compile(
    rf"\b(?:in|on|inside|against|into|across|from|over|of|to|with|toward|towards)\W+(?:(?:the|its|southern|northern|eastern|western|"
    rf"neighbou?r)\W+)*(?P<place>{_REGION}|[A-Z][\w.’'-]*(?:\s+[A-Z][\w.’'-]*)*)(?P<after>\s+(?:territory|soil|borders?))?"
)
_FIRST = ("operation", "withdrawal", "request", "regime")


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
    day: date | None = None

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
    found = [
        (c.name not in _FIRST, m.start(), rank, c) for rank, c in enumerate(concepts()) if (m := c.words.search(phrase))
    ]
    return min(found, key=lambda f: f[:3])[3] if found else None


class Board:
    """The variables found so far; phrases about the same thing in the same place become one variable."""

    def __init__(self, actors: tuple[Actor, ...], text: str) -> None:
        self.variables: dict[str, Variable] = {}
        self.actors = actors
        self.text = text
        self._placed: list[tuple[str, int, str]] = []

    def survey(self, passages: list[Passage]) -> None:
        """Note where the article places what its phrases are about, for phrases that leave the place out."""
        for passage in passages:
            concept = concept_of(passage.text)
            where = place_in(concept, passage.text) if concept else None
            if concept and where:
                self._placed.append((concept.name, passage.start, where))

    def situation(
        self, passage: Passage, *, agent: str | None = None, around: str = "", fallback: bool = True
    ) -> Situation | None:
        """Return what a passage says, making the variable where it is new; ``None`` where it says too little."""
        phrase = passage.text
        concept = concept_of(phrase)
        who = agent_in(phrase, self.actors, concept) or agent
        if concept is None:
            return self._unclassified(passage, who) if fallback else None
        where = self._place(concept, passage, who, around)
        name = slug(f"{concept.name} {where}" if where else concept.name)
        if concept.name == "economy" and len(phrase.split()) <= 4:
            name = slug(phrase)
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

    def _state(self, concept: Concept, phrase: str) -> str:
        if concept.name != "request":
            return concept.state
        asked = re.search(
            r"\b(?:on|in|from|to|ask(?:s|ed)?|invite[sd]?)\s+(?:forces\s+from\s+)?(?:ally\s+)?((?:[A-Z][\w-]*)(?:\s+and\s+(?:the\s+)?[A-Z][\w-]*)?)",
            phrase,
        )
        return slug(asked.group(1)) if asked else concept.state

    def _place(self, concept: Concept, passage: Passage, who: str | None, around: str) -> str | None:
        """Return where it happens: as the phrase says, as the article says elsewhere, or as its sentence suggests."""
        if concept.name == "request":
            return _home(who, self.actors)
        own = place_in(concept, passage.text)
        if own is not None and (concept.kind == "chance" or slug(own) != who):
            return own
        elsewhere = [(at, where) for name, at, where in self._placed if name == concept.name and slug(where) != who]
        before = [where for at, where in elsewhere if at < passage.start]
        nearby = _last_country(around, who)
        if concept.kind == "decision" and nearby and not before:
            return nearby
        if elsewhere:
            return before[-1] if before else elsewhere[0][1]
        return nearby

    def _unclassified(self, passage: Passage, who: str | None) -> Situation | None:
        """Return a yes-or-no variable named by the telling words of a phrase that fits no concept."""
        words = [w for w in re.findall(r"[A-Za-z][\w’'-]*", passage.text) if w.lower() not in _SMALL]
        if len(words) < 2:
            return None
        name = slug(" ".join(words[:4]))
        variable = self.variables.setdefault(
            name, Variable(name, "other", "chance", None, who, ["absent"], order=passage.start)
        )
        if "present" not in variable.states:
            variable.states.append("present")
        if passage not in variable.passages:
            variable.passages.append(passage)
        return Situation(name, "present")

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


_REACH = 60


def place_in(concept: Concept | None, phrase: str) -> str | None:
    """Return the country or region that a phrase places its subject in, looking beside the telling words first."""
    match = concept.words.search(phrase) if concept else None
    at = match.end() if match else 0
    before = phrase[: match.start() if match else 0].split()
    hit = country_of(before[-1]) if before else None
    if hit and hit[1] == "name":
        return hit[0].name  # "the Kazakhstan crisis"
    direct = re.match(r"\W+([A-Z][\w-]*)", phrase[at:])
    if match and direct and (hit := country_of(direct.group(1))) and hit[1] == "name":
        return hit[0].name  # "lose Kazakhstan"
    for text in (phrase[at : at + _REACH], phrase[: at + _REACH]):
        found = _first_place(text)
        if found is not None:
            return found
    return None


def _first_place(text: str) -> str | None:
    for found in _PREPOSITION.finditer(text):
        words = found.group("place")
        region = re.match(_REGION, words)
        if region:
            return region.group(0)
        hit = country_of(words) or country_of(words.split()[0])
        if hit and (hit[1] == "name" or found.group("after")):
            return hit[0].name
    return None


def _last_country(text: str, who: str | None) -> str | None:
    """Return the last country that a text puts after a preposition, other than the agent's own."""
    found = [
        country_of(m.group("place")) or country_of(m.group("place").split()[0]) for m in _PREPOSITION.finditer(text)
    ]
    names = [hit[0].name for hit in found if hit and hit[1] == "name" and slug(hit[0].name) != who]
    return names[-1] if names else None


def agent_in(phrase: str, actors: tuple[Actor, ...], concept: Concept | None = None) -> str | None:
    """Return the key of whose doing a phrase is: "Russian-led operation", "if Russia ...", "Would Putin ..."."""
    match = concept.words.search(phrase) if concept else None
    for found in re.finditer(r"[A-Z][\w.’'-]*(?:\s+[A-Z][\w.’'-]*)*", phrase[: match.start() + 20 if match else None]):
        words = re.sub(r"^(?:If|The|A|Would|Could|Should|Will|Can|But|When|As|In|On)\s+", "", found.group(0))
        words = re.sub(r"[’']s$", "", words)
        for actor in actors:
            if actor.type in ("leader", "person", "organisation") and words in (actor.name, *actor.aliases):
                return actor_key(actor)
        hit = country_of(words.removesuffix("-led")) or country_of(words.split()[0].removesuffix("-led"))
        if hit is None or phrase[: found.start()].rstrip().lower().endswith(
            (" in", " from", " on", " of", " to", " against")
        ):
            continue
        if concept is not None and concept.kind == "chance" and hit[1] == "name":
            continue
        return slug(hit[0].name)
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
