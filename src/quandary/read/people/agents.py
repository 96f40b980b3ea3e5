"""Whose doing something is: the actor that a noun phrase names, through possessives and "X-led"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quandary.read.people.taking_part import BANDS, BODIES
from quandary.read.records import ArticleActor
from quandary.read.words import cues
from quandary.read.words.countries import country_of
from quandary.read.words.predicates import predicates

if TYPE_CHECKING:
    from spacy.tokens import Token

_ARTICLES = re.compile(r"^(?:the|a|an)\s+", re.I)


class Agents:
    """The actors of an article, by the words that name them."""

    def __init__(self, actors: tuple[ArticleActor, ...]) -> None:
        self.actors = actors
        self._named = {form.casefold(): actor for actor in reversed(actors) for form in (*actor.aliases, actor.name)}

    def known(self, name: str) -> tuple[str, str | None]:
        """Return the name and the type of the actor that a name means; the name itself where it is no actor's."""
        actor = self._named.get(name.casefold())
        return (actor.name, actor.type) if actor is not None else (name, None)

    def name_of(self, noun: Token) -> str | None:
        """Return the name of the actor that a noun phrase means; ``None`` where it names no one who acts."""
        if noun.pos_ == "PROPN":
            return self.proper(noun)
        bodies = predicates().bodies | BODIES | BANDS
        if noun.pos_ != "NOUN" or (noun.lemma_.lower() not in bodies and noun.lower_ not in bodies):
            return None
        led = next((c for c in noun.lefts if c.lower_.endswith("-led")), None)
        if led is not None:
            hit = country_of(led.text[:-4])
            return hit[0].name if hit else led.text[:-4]
        owner = next((c for c in noun.children if c.dep_ == "poss"), None)
        if noun.lemma_.lower() in cues.PEOPLE_NOUNS:  # "Guyana's president" decides for it
            for child in noun.lefts:
                hit = country_of(child.text)
                if hit is not None:
                    return hit[0].name
        if noun.lower_ in predicates().forces:
            if owner is not None:
                return self.proper(owner) if owner.pos_ == "PROPN" else None
            for child in noun.lefts:
                hit = country_of(child.text) if child.text[:1].isupper() else None
                if hit is not None:
                    return hit[0].name
        words = [c.lower_ for c in noun.lefts if c.dep_ in {"compound", "amod"} and c.tag_ in {"NN", "JJ", "NNP"}]
        told = " ".join([*words, noun.lower_])
        known = self._named.get(told)
        return known.name if known is not None else told

    def proper(self, noun: Token) -> str | None:
        """Return the actor that a proper name means, else the name itself."""
        if noun.ent_type_ in {"DATE", "TIME", "LANGUAGE", "MONEY"}:
            return None
        words = proper_name(noun)
        plain = _ARTICLES.sub("", words)
        for form in (words, plain, noun.text):
            actor = self._named.get(form.casefold())
            if actor is not None:
                return actor.name
        hit = country_of(plain)
        return hit[0].name if hit else plain or None


def proper_name(noun: Token) -> str:
    """Return the whole of a proper name: its compounds and, for bodies, "of X" ("Assembly of Caro")."""
    first = noun.i
    while (
        first > 0
        and noun.doc[first - 1].dep_ in {"compound", "nmod", "amod"}
        and noun.doc[first - 1].text[:1].isupper()
    ):
        first -= 1
    return noun.doc[first : noun.i + 1].text
