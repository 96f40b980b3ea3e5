"""Bodies of people without a name of their own: the coast guard, the election commission, the opposition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quandary.read.parsing.grammar import ParsedPart
from quandary.read.people.taking_part import BANDS, BODIES, MEMBERS, takes_part
from quandary.read.words.countries import Country, country_of
from quandary.read.words.wording import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

_SORTS = word_set("sorts_of_bodies")
_STATE = frozenset(("government", "authorities", "authority", "administration", "regime", "leadership"))
_FIGHTING = frozenset(
    ("fighters", "fighter", "militants", "forces", "troops", "soldiers", "leaders", "commander", "spokesman")
)
_NAMED_KINDS = frozenset(("party", "parties", "movement", "front", "group", "union", "alliance", "coalition", "league"))
_KINDS = frozenset(("ruling", "opposition", "main", "governing", "rebel"))
_LINKS = frozenset(("of", "for", "and", "&"))
_UNTOLD = word_set("untold_bodies")


@dataclass(frozen=True, slots=True)
class BodyFound:
    """A body of people: its words without the country, the country, whether it is its government, its place."""

    words: str
    country: Country | None
    is_state: bool
    is_band: bool
    first: Token
    last: Token


def bodies_in(part: ParsedPart) -> Iterator[BodyFound]:
    """Yield the bodies of people that take part in what a part of the page tells."""
    for token in part.doc:
        if token.pos_ not in {"NOUN", "PROPN"} or not takes_part(token):
            continue
        lower = token.lower_
        if lower in BODIES or lower in BANDS:
            found = _body(token)
            if found is not None:
                yield found
        elif lower in MEMBERS:
            whose = _country_of(token)
            named = [t for t in token.lefts if t.dep_ == "compound" and t.pos_ == "PROPN"]
            if whose is not None:
                yield BodyFound("", whose, True, False, token, token)
            elif named and lower in _FIGHTING and (named[-1].ent_type_ != "PERSON" or token.tag_ == "NNS"):
                words = " ".join(t.text for t in named[-1].subtree if t.text != "-" and t.lower_ != "the")
                yield BodyFound(words.replace(" - ", "-"), None, False, True, named[-1].left_edge, named[-1])


def _body(token: Token) -> BodyFound | None:
    """Return the body that a noun heads; ``None`` where it only says what another is or which one is not told."""
    lower = token.lower_
    if any(c.dep_ == "appos" and c.pos_ == "PROPN" and c.left_edge.i == token.i + 1 for c in token.rights):
        return None  # "the aid group Harbor Light"
    if token.dep_ == "appos" and not any(t.text[:1].isupper() for t in token.lefts):
        return None  # "the Arakan Army, a rebel group"
    told_of = token.dep_ == "appos" or (token.dep_ in {"compound", "nmod"} and token.text.islower())
    if told_of and not any(t.text[:1].isupper() or t.dep_ == "compound" for t in token.lefts):
        return None
    first, country = _first_of(token), _country_of(token)
    named = token.doc[first.i : token.i + 1]
    keeps = lower in _NAMED_KINDS and len([t for t in named if t.text[:1].isupper()]) > 1
    if keeps and (country is None or not any(t.dep_ == "poss" for t in named)):
        country = None
    words = [t for t in named if t.lower_ != "the" and (keeps or not _is_of_country(t))]
    while len(words) > 1 and (words[0].lower_ in _KINDS or words[0].text in {"'s", "-"}):
        if words[0].lower_ in _KINDS and not words[1].text[:1].isupper():
            break
        words = words[1:]
    told = " ".join(t.text for t in words).replace(" - ", "-").strip(" '-")
    if lower in _STATE and country is not None:
        return BodyFound("", country, True, False, first, token)
    if len(words) > 1 or lower not in _UNTOLD or country is not None:
        return BodyFound(told, country, False, lower in BANDS, first, token)
    return None


def _is_of_country(token: Token) -> bool:
    """Return whether a word is of a country's name: "South" and "Sudanese" in "South Sudanese army"."""
    doc, at = token.doc, token.i
    if token.text in {"'s", "’s"} or country_of(token.text) is not None:
        return True
    pairs = (doc[max(0, at - 1) : at + 1].text, doc[at : at + 2].text)
    return token.text[:1].isupper() and any(country_of(pair) is not None for pair in pairs if " " in pair)


def _first_of(noun: Token) -> Token:
    """Return the first word of a body's name: "opposition Citizens Coalition for Change party"."""
    doc = noun.doc
    at = noun.i
    while at > max(0, noun.sent.start):
        before = doc[at - 1]
        capital = before.text[:1].isupper() and before.pos_ in {"PROPN", "ADJ", "NOUN"} and before.i != noun.sent.start
        named = before.pos_ == "PROPN" or (capital and before.dep_ in {"compound", "amod", "nmod"})
        plain = before.dep_ in {"compound", "amod"} and (before.lower_ in _SORTS or before.pos_ == "NOUN")
        linked = before.lower_ in _LINKS and at > 1 and doc[at].text[:1].isupper() and doc[at - 2].text[:1].isupper()
        person = before.ent_type_ == "PERSON" and noun.lower_ not in BANDS
        if not (named or plain or linked) or person or before.ent_type_ == "DATE":
            break
        at -= 1
    return doc[at]


def _country_of(noun: Token) -> Country | None:
    """Return whose a body is: "Chinese coast guard", "China's coast guard", "the army of Mali"."""
    for child in (*noun.lefts, *(g for c in noun.lefts for g in c.lefts if c.dep_ in {"compound", "amod"})):
        if child.dep_ not in {"amod", "compound", "poss", "nmod"}:
            continue
        pair = f"{child.nbor(-1).text} {child.text}" if child.i else child.text
        hit = country_of(pair) or country_of(child.text)
        if hit is not None:
            return hit[0]
    for prep in noun.rights:
        if prep.lower_ == "of":
            for goal in prep.children:
                hit = country_of(goal.text) or country_of(" ".join(t.text for t in goal.subtree))
                if hit is not None:
                    return hit[0]
    return None
