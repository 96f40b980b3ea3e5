"""Noun phrases made into names: a person's full name, an office's holder, an organisation spelled out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quandary.read.parsing.grammar import Frame, Page
from quandary.read.people.names import People, Person, grown_name, trim_name
from quandary.read.people.voices import is_human
from quandary.read.words import cues
from quandary.read.words.countries import country_of
from quandary.read.words.roles import LEADERS, NOT_A_PERSON, NOT_ALONE, content_words, is_title
from quandary.read.words.wording import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

BODIES = word_set("bodies")
_HONORIFICS = {"mr", "mrs", "ms", "miss", "dr", "sir", "dame", "lord", "lady"}
_HELD_ALONE = LEADERS | {"minister", "senator", "governor", "mayor", "spokesman", "spokeswoman", "spokesperson"}
"""Offices before which a name of two or three words is a person's."""
_LONG_NAMES = {"EU": "European Union", "UN": "United Nations", "AU": "African Union"}


@dataclass(frozen=True, slots=True)
class Speaker:
    """A resolved speaker: the name, the office, and whether it is a person, a plural, or a body such as a ministry."""

    name: str
    role: str | None = None
    person: bool = False
    plural: bool = False
    body: bool = False
    person_named: bool = False


UNNAMED = Speaker("unnamed")
_ABBREVIATED = re.compile(r"(?:\b[A-Z]\.){2,}$")
_REACH = 200
"""How many characters before a name are looked at."""
_CAPITALS = re.compile(r"(?:[A-Z][\w’'.-]+[ ]){1,3}$")
_SPELLED = re.compile(r"((?:[A-Z]\w+\s+(?:(?:of|for|and|the)\s+)?){2,7})\($")


class Naming:
    """Names what single noun phrases of a page stand for."""

    def __init__(self, page: Page, people: People) -> None:
        self.page = page
        self.people = people
        self._full_names: dict[str, str | None] = {}

    def name(self, frame: Frame, head: Token) -> Speaker:
        """Return what the noun phrase around ``head`` stands for."""
        beside = next((c for c in head.rights if c.dep_ == "appos" and c.pos_ == "PROPN"), None)
        if head.lower_ == "one" and beside is not None:
            return self.name(frame, beside)  # "one of these groups, the Hill Front"
        person = self._person_in(head)
        if person is not None:
            return Speaker(person.name, self._role_of(person, head), person=True, person_named=True)
        description = self._description(frame, head)
        first = head.left_edge
        definite = first.lower_ not in {"a", "an", "some", "many", "one", "another"}
        if definite and head.tag_ not in {"NNS", "NNPS"} and _is_office(head, description):
            by_role = self.people.by_role(description, frame.start_of(head))
            if by_role is not None:
                return Speaker(by_role.name, description, person=True, person_named=True)
        human = is_human(head)
        body = head.pos_ == "PROPN" or head.lemma_.lower() in (BODIES | cues.SPEAKING_NOUNS) - cues.DOCUMENT_NOUNS
        plural = head.tag_ in {"NNS", "NNPS"} or head.lower_ in {"police", "people"}
        named = _named_beside(head)
        if named is not None:
            return Speaker(named, description, person=True, person_named=True)
        ending = self._ending_name(description)
        if ending is not None:
            return ending
        full = self._full_name(description)
        if full is not None:
            return Speaker(full, None, person=True, person_named=True)
        name = self._fullest(description)
        return Speaker(name, None, person=human and not plural and head.pos_ == "NOUN", plural=plural, body=body)

    def _ending_name(self, description: str) -> Speaker | None:
        """Return the person at the end of an office that was taken for one name: "Former Envoy to Velm Lena Marsh"."""
        words = description.split()
        for first in range(max(1, len(words) - 4), len(words) - 1):
            office, name = words[:first], words[first:]
            plain = [w.lower().strip(",.") for w in office]
            link = max(
                (n for n, w in enumerate(plain) if w in {"to", "for", "of", "by", "from", "with", "in"}), default=None
            )
            if link is not None and (link == len(plain) - 1 or any(is_title(w) for w in plain[link + 1 :])):
                continue  # "an aide to Prime Minister Rowe" is another
            titled = any(is_title(w.removesuffix("-elect")) or w in cues.PEOPLE_NOUNS for w in plain)
            person = self.people.by_name(" ".join(name))
            if titled and person is not None and not any(is_title(w) for w in name):
                return Speaker(person.name, " ".join(office), person=True, person_named=True)
            held = plain[-1].removesuffix("-elect") in _HELD_ALONE
            if held and len(name) in {2, 3} and all(w.istitle() for w in name) and not NOT_A_PERSON.search(description):
                return Speaker(" ".join(name), " ".join(office), person=True, person_named=True)
        return None

    def _person_in(self, head: Token) -> Person | None:
        """Return the person a phrase names: in its own name, in apposition, or after the office."""
        if head.pos_ == "NOUN" or is_title(head.text):
            trailing = self._trailing_name(head)
            if trailing is not None:
                return trailing
        for token in (head, *(c for c in head.children if c.dep_ == "appos" and c.pos_ == "PROPN")):
            chain = _name_chain(token)
            if chain:
                words = " ".join(t.text for t in chain).replace(" - ", "-").split()
                for first in range(max(1, len(words) - 1)):  # "United Nations Secretary-General Ban Ki-moon"
                    person = self.people.by_name(" ".join(words[first:]))
                    if person is not None:
                        return person
                for ent in token.doc.ents:
                    if ent.label_ == "PERSON" and ent.start <= token.i < ent.end:
                        kept = grown_name(trim_name(list(ent)))
                        return self.people.by_name(" ".join(t.text for t in kept).replace(" - ", "-"))
        return None

    def _trailing_name(self, head: Token) -> Person | None:
        """Return who is named at the end of a long office: "assistant under the last government Ann Lee"."""
        doc = head.doc
        for ent in doc.ents:
            if ent.label_ != "PERSON" or not head.i < ent.start <= head.i + 25 or ent.sent != head.sent:
                continue
            if doc[ent.start - 1].lower_ == "the":
                return None  # "the Sahel" is nobody
            between = doc[head.i + 1 : ent.start]
            if len(between) and between[-1].text == "," and doc[ent.end : ent.end + 1].text == ",":
                between = between[:-1]
            if any(t.text in {",", ";", ":", "-"} or t.tag_ in {"VBD", "VBZ", "VBP", "MD", "WP"} for t in between):
                return None
            final = ent.end >= len(doc) or doc[ent.end].pos_ in {"VERB", "ADV", "PUNCT", "AUX"}
            attached = doc[ent.start - 1].pos_ in {"ADP", "CCONJ", "SCONJ"} or is_title(doc[ent.start - 1].text)
            if final and doc[ent.end - 1].tag_ != "POS" and (not attached or ent.start - 1 == head.i):
                kept = grown_name(trim_name(list(ent)))
                return self.people.by_name(" ".join(t.text for t in kept).replace(" - ", "-"))
        return None

    def _role_of(self, person: Person, head: Token) -> str | None:
        near = [r for r in person.roles if r and any(w in head.sent.text for w in [r])]
        offices = [r for r in (*near, *person.roles) if r.lower().rstrip(".") not in _HONORIFICS]
        chosen = offices[:1]
        return _without_article(chosen[0]) if chosen else None

    def _description(self, frame: Frame, head: Token) -> str:
        """Return the words of the phrase without article, relative clause or apposition."""
        doc = head.doc
        start, end = max(head.left_edge.i, frame.sentence_of(head.i)[0]), head.i + 1
        for child in head.rights:
            if child.left_edge.i != end or child.dep_ not in {"prep", "flat", "compound", "nummod"}:
                break
            if child.dep_ == "prep" and child.lower_ not in {"of", "for", "to", "in", "at", "from", "on"}:
                break
            if any(c.dep_ == "pcomp" for c in child.children):
                break  # "by the minister of moving tanks": no part of his name
            end = _before_clause(child)
        while start < head.i and (
            doc[start].dep_ in {"det", "advmod", "predet", "cc", "mark"}
            or doc[start].is_punct
            or (doc[start].dep_ == "poss" and doc[start].tag_ == "PRP$")
        ):
            start += 1
        while head.text[:1].isupper() and head.pos_ == "PROPN" and start < head.i and doc[start].is_lower:
            start += 1  # "ally Russia"
        words = self.page.article.text[frame.start_of(doc[start]) : frame.end_of(doc[end - 1])]
        words = re.split(r"\s+[–—-]+\s+", words)[0]
        words = re.sub(r"\s*\((?:[^()]*\)?)?\s*$", "", words)  # "Institute for Sea Studies (ISS)"
        words = re.sub(r"\s+", " ", words)
        return words.strip(' ,"“”„«»') if _ABBREVIATED.search(words) else words.strip(' ,."“”„«»')

    def _full_name(self, description: str) -> str | None:
        """Return the full name that the article gives before a last name on its own."""
        if description not in self._full_names:
            self._full_names[description] = self._full_name_of(description)
        return self._full_names[description]

    def _full_name_of(self, description: str) -> str | None:
        if not re.fullmatch(r"[A-Z][\w’'-]{2,}", description) or country_of(description) or description.isupper():
            return None
        for start, _ in self.page.occurrences(description):
            before = _CAPITALS.search(self.page.text[max(0, start - _REACH) : start])
            words = before.group().split() if before else []
            while words and (is_title(words[0].removesuffix("-elect")) or country_of(words[0])):
                words.pop(0)
            if words and words[0].lower() not in {"the", "but", "and", "if", "as", "when", "mr", "ms"}:
                return " ".join([*words, description])
        return None

    def _fullest(self, description: str) -> str:
        """Return an acronym's full name where the article spells it out just before: "Court (ICC)"."""
        if re.fullmatch(r"[A-Z]{2,6}", description):
            country = country_of(description)
            options = (
                [n for n in country[0].names if _initials(n) == description]
                if country
                else [_LONG_NAMES[description]]
                if description in _LONG_NAMES
                else []
            )
            for name in options:
                if len(name) > len(description) and name in self.page.article.text:
                    return name
            text = self.page.article.text
            for start, _ in self.page.occurrences(description):
                spelled = _SPELLED.search(text[max(0, start - _REACH) : start])
                if spelled and spelled.group(1).strip()[:1] != description[0]:
                    continue  # the end of a longer name: "Educational, Scientific and Cultural Organization (UNESCO)"
                if spelled and text[start + len(description) : start + len(description) + 1] == ")":
                    return _without_article(spelled.group(1).strip())
        return description


def _named_beside(head: Token) -> str | None:
    """Return the name set beside an office, where no list of names knew it: "the foreign minister, Ivo Marsh"."""
    if not is_human(head):
        return None
    for child in head.children:
        chain = _name_chain(child) if child.dep_ == "appos" and child.pos_ == "PROPN" else _hyphened(child)
        words = " ".join(t.text for t in chain).replace(" - ", "-")
        if (
            2 <= len(chain) <= 5
            and (all(t.text[:1].isupper() for t in chain) or "-" in words)
            and not NOT_A_PERSON.search(words)
        ):
            return words
    return None


def _hyphened(noun: Token) -> list[Token]:
    """Return the name set beside an office that ends in small letters behind a hyphen: "expert, Bong Young-shik"."""
    doc = noun.doc
    if noun.dep_ != "appos" or noun.i < 3 or doc[noun.i - 1].text != "-" or not noun.text.islower():
        return []
    chain = [*doc[noun.left_edge.i : noun.i + 1]]
    return chain if chain[0].pos_ == "PROPN" and doc[noun.i - 2].pos_ == "PROPN" else []


def _is_office(head: Token, description: str) -> bool:
    """Return whether a description is of an office that a person holds, not of a country or a body."""
    if country_of(description) is not None or head.lemma_.lower() in BODIES:
        return False
    return is_human(head) or (is_title(head.text) and head.lower_ not in NOT_ALONE)


def _initials(name: str) -> str:
    return "".join(w[0] for w in name.split() if w[0].isupper())


def is_group(name: str) -> bool:
    """Return whether a name is of a body of people."""
    return bool(content_words(name) & {g.rstrip("s") if len(g) > 4 else g for g in BODIES})


def _without_article(words: str) -> str:
    return re.sub(r"^(?:the|an?)\s+", "", words, flags=re.I)


def _name_chain(token: Token) -> list[Token]:
    """Return the proper-noun chain that ends at a token."""
    if token.pos_ not in {"PROPN", "NOUN", "ADJ"} or not token.text[:1].isupper():
        return []
    doc = token.doc
    start = token.i
    while start > 0 and (
        doc[start - 1].pos_ == "PROPN" or (doc[start - 1].text == "-" and not doc[start - 1].whitespace_)
    ):
        start -= 1
    end = token.i + 1
    while (
        end < len(doc)
        and doc[end].pos_ == "PROPN"
        and doc[end].head.i >= token.i
        and doc[end].dep_ in {"flat", "appos"}
    ):
        end += 1
    return trim_name(list(doc[start:end]))


def _before_clause(child: Token) -> int:
    """Return the end of a prepositional phrase, before any relative clause or comma in it."""
    for token in child.doc[child.i : child.right_edge.i + 1]:
        if token.text in {",", ";"} or token.dep_ in {"relcl", "acl"}:
            stop: int = token.left_edge.i if token.dep_ in {"relcl", "acl"} else token.i
            return max(stop, child.i)
    end: int = child.right_edge.i + 1
    return end
