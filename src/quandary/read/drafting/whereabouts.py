"""Where a phrase places what it is about, and whose doing it is."""

from __future__ import annotations

import re

from quandary.read.records import ArticleActor
from quandary.read.words.concepts import PhraseConcept, slug
from quandary.read.words.countries import countries_in, country_of

_REGION = (
    r"(?:Central|East(?:ern)?|West(?:ern)?|South(?:ern)?|North(?:ern)?|Middle|Southeast)\s+"
    r"(?:Asia|East|Europe|Africa|America)\b"
)
_PREPOSITION = re.compile(
    rf"\b(?:in|on|inside|against|into|across|from|over|of|to|with|toward|towards)\W+(?:(?:the|its|southern|northern|eastern|western|"
    rf"neighbou?r)\W+)*(?P<place>{_REGION}|[A-Z][\w.’'-]*(?:\s+[A-Z][\w.’'-]*)*)(?P<after>\s+(?:territory|soil|borders?))?"
)
_REACH = 60
AROUND = 1000
"""So many characters on either side of a passage may tell of its circumstances."""
_OBJECTS = (" in", " from", " on", " of", " to", " against", " with", " into")


def place_in(concept: PhraseConcept | None, phrase: str) -> str | None:
    """Return the country or region that a phrase places its subject in, looking beside the telling words first."""
    match = concept.words.search(phrase) if concept else None
    at = match.end() if match else 0
    before = phrase[: match.start() if match else 0].rstrip(" “‘\"'").split()
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
    if concept is not None and concept.kind == "chance":
        named = [c.name for c in countries_in(phrase) if any(n in phrase for n in c.names)]
        return named[0] if named else None
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


def clause_around(concept: PhraseConcept, phrase: str) -> str:
    """Return the clause of a long phrase that holds the telling words."""
    match = concept.words.search(phrase)
    if match is None:
        return phrase
    start = max(phrase.rfind(sign, 0, match.start()) + 1 for sign in ",;:.")
    ends = [at for sign in ",;:." if (at := phrase.find(sign, match.end())) >= 0]
    return phrase[start : min(ends, default=len(phrase))]


def last_country(text: str, who: str | None, *, inside: bool = False) -> str | None:
    """Return the last country after a preposition (``inside``: after "in" or "across" alone), not the agent's own."""
    names: list[str] = []
    for match in _PREPOSITION.finditer(text):
        if inside and not re.match(r"(?:in|inside|across|within)\b", match.group(0), re.I):
            continue
        hit = country_of(match.group("place")) or country_of(match.group("place").split()[0])
        if hit and hit[1] == "name" and slug(hit[0].name) != who:
            names.append(hit[0].name)
    return names[-1] if names else None


def agent_in(phrase: str, actors: tuple[ArticleActor, ...], concept: PhraseConcept | None = None) -> str | None:
    """Return the key of whose doing a phrase is: "Russian-led operation", "if Russia ...", "Would Putin ..."."""
    match = concept.words.search(phrase) if concept else None
    for found in re.finditer(r"[A-Z][\w.’'-]*(?:\s+[A-Z][\w.’'-]*)*", phrase[: match.start() + 20 if match else None]):
        words = re.sub(r"^(?:If|The|A|Would|Could|Should|Will|Can|But|When|As|In|On)\s+", "", found.group(0))
        words = re.sub(r"[’']s$", "", words)
        if phrase[: found.start()].rstrip().lower().endswith(_OBJECTS):
            continue
        for actor in actors:
            if actor.type in ("leader", "person", "organisation") and words in (actor.name, *actor.aliases):
                return actor_key(actor)
        hit = country_of(words.removesuffix("-led")) or country_of(words.split()[0].removesuffix("-led"))
        if hit is None:
            continue
        if concept is not None and concept.kind == "chance" and hit[1] == "name":
            continue
        return slug(hit[0].name)
    return None


def actor_key(actor: ArticleActor) -> str:
    """Return the name of an actor in the case: a state's name, a person's last name, else all the words."""
    if actor.type == "state":
        return slug(actor.name)
    if actor.type in ("leader", "person"):
        return slug(actor.name.split()[-1])
    return slug(actor.name)


def home_of(who: str | None, actors: tuple[ArticleActor, ...]) -> str | None:
    """Return the name of the actor with a key."""
    for actor in actors:
        if actor_key(actor) == who:
            return actor.name if actor.type == "state" else actor.name.split()[-1]
    return None
