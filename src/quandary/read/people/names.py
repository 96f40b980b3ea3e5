"""The people of an article: full names by last name, and the offices the article gives them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quandary.read.parsing.grammar import Frame, Page, ParsedPart
from quandary.read.people.voices import is_human
from quandary.read.words.countries import country_of
from quandary.read.words.cues import PEOPLE_NOUNS
from quandary.read.words.roles import LEADERS, NOT_A_PERSON, NOT_ALONE, content_words, is_title
from quandary.read.words.wording import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

_NICKNAME = re.compile(r'" ([^"]+) "')
_MALE = {"mr", "sir", "lord", "king", "prince", "spokesman", "chairman", "father", "congressman", "strongman"}
_MEN, _WOMEN = word_set("mens_names"), word_set("womens_names")
_FEMALE = {"mrs", "ms", "miss", "lady", "dame", "queen", "princess", "spokeswoman", "chairwoman", "congresswoman"}

MOST_PERSONS = 400
"""So many people are known by name in one article; ``People.more`` says that there were others."""


@dataclass
class Person:
    """A person: ``name`` in its fullest form, every form seen, the offices given, and the gender where words tell."""

    name: str
    forms: list[str] = field(default_factory=list)
    folded: list[list[str]] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    first: int = 0
    gender: str | None = None


def folded(name: str) -> str:
    """Return a name without case and accents: the same person is written Guaidó and Guaido."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


class People:
    """Everyone the article names, found again by last name, by full name or by office."""

    def __init__(self, page: Page, *, offices: bool = True) -> None:
        self.offices = offices
        self.persons: list[Person] = []
        self.more = False
        self._by_form: dict[str, Person] = {}
        for part in page.parts():
            for chain in _chains(part):
                if len(chain) > 1 or next(page.occurrences(chain[0].lower_), None) is None:
                    self._learn(part, chain)  # "Iodine" is nobody where "iodine" stands too
        for person in self.persons:
            person.name = max(person.forms, key=lambda f: (len(f.split()), len(f)))
        self._by_last: dict[str, Person] = {}
        for person in self.persons:
            self._by_last.setdefault(folded(person.name).split()[-1], person)

    def _learn(self, part: ParsedPart, chain: list[Token]) -> None:
        words = [t.text for t in chain]
        name = " ".join(" ".join(words).split()).replace(" - ", "-").replace(" '", "'")
        name = _NICKNAME.sub(r'"\1"', name)
        if not name or NOT_A_PERSON.search(name) or country_of(name):
            return
        person = self._by_form.get(folded(name)) or self._same_person(name)
        if person is None and len(self.persons) >= MOST_PERSONS:
            self.more = True
            return
        if person is None:
            person = Person(name, first=part.start_of(chain[0]))
            self.persons.append(person)
        if name not in person.forms:
            person.forms.append(name)
            person.folded.append(folded(name).split())
        self._by_form[folded(name)] = person
        if person.gender is None and len(chain) > 1:
            person.gender = "she" if folded(words[0]) in _WOMEN else "he" if folded(words[0]) in _MEN else None
        if isinstance(part, Frame):
            for role in _roles(chain):
                if role not in person.roles:
                    person.roles.append(role)
                low = {w.lower().rstrip(".") for w in role.split()}
                person.gender = person.gender or ("he" if low & _MALE else "she" if low & _FEMALE else None)

    def _same_person(self, name: str) -> Person | None:
        words = folded(name).split()
        for person in self.persons:
            for other in person.folded:
                short, full = sorted((words, other), key=len)
                if len(short) > 1 and full[-len(short) :] == short:
                    return person  # "Grlic Radman" is Gordan Grlic Radman
                if len(words) == 1 or len(other) == 1:
                    if words[-1] == other[-1] or (
                        len(words) == 1 and words[0] == other[0] and len(other) <= 3 and "-" not in name
                    ):
                        return person
                elif (
                    words[-1] == other[-1]
                    and words[0][0] == other[0][0]
                    and (words[0] == other[0] or len(words[0].rstrip(".")) == 1 or len(other[0].rstrip(".")) == 1)
                ):
                    return person
        return None

    def by_name(self, name: str) -> Person | None:
        """Return the person a name means: the full name, the last name, or a first name alone."""
        found = self._by_form.get(folded(name))
        if found is not None or not name or " " in name.strip():
            return found
        first = [p for p in self.persons if len(p.folded[0]) > 1 and folded(p.name).split()[0] == folded(name)]
        return self._by_last.get(folded(name)) or (first[0] if len(first) == 1 else None)

    def by_role(self, description: str, before: int) -> Person | None:
        """Return whom a definite description ("the Atlantic Council's director") means, if one person fits best."""
        wanted = content_words(description)
        if not wanted or not self.offices:
            return None
        choices = [wanted]
        if "leader" in wanted:
            rest = wanted - {"leader"}
            choices += [rest | {"president"}, rest | {"prime", "minister"}]
        fits = [p for p in self.persons if any(w <= content_words(role) for role in p.roles for w in choices)]
        earlier = [p for p in fits if p.first < before]
        pool = earlier or fits
        return pool[-1] if len(pool) == 1 or (pool and len(wanted) == 1 and wanted & LEADERS) else None


def _chains(part: ParsedPart) -> list[list[Token]]:
    """Return the token chains that are names of people: entities, and names that a title or an office introduces."""
    chains: list[list[Token]] = []
    used: set[int] = set()
    for ent in part.doc.ents:
        if ent.label_ != "PERSON":
            continue
        chain = trim_name(list(ent))
        if len(chain) == 1 and chain[0].i > 0 and chain[0].nbor(-1).lower_ == "the":
            continue  # "the Sahel" is nobody
        if chain and chain[0].text[0].isupper():
            chains.append(grown_name(_with_first_names(chain)))
            used.update(t.i for t in chains[-1])
    for token in part.doc:
        if token.i in used:
            continue
        chain = _described(token) or []
        if not chain and token.ent_type_ not in {"GPE", "LOC", "DATE", "EVENT", "LAW"}:
            chain = _titled(token) or _after_office(token) or []
        if chain and not used & {t.i for t in chain}:
            chains.append(chain)
            used.update(t.i for t in chain)
    chains = [c for c in chains if not _is_stage_direction(c)]
    return sorted(chains, key=lambda c: c[0].i)


def _is_stage_direction(chain: list[Token]) -> bool:
    """Return whether a chain is a sentence in brackets: "(Laughs.)"."""
    doc, end = chain[0].doc, chain[-1].i + 1
    return chain[0].i > 0 and doc[chain[0].i - 1].text in {"(", "["} and doc[end : end + 2].text in {".)", ".]"}


def _with_first_names(chain: list[Token]) -> list[Token]:
    """Return the chain with the first names that the entity left out: "Ilse" before "Bergan"."""
    doc, start = chain[0].doc, chain[0].i
    while start > 0 and _is_first_name(doc[start - 1], chain[-1]):
        start -= 1
    return list(doc[start : chain[-1].i + 1]) if chain[-1].i - start < 4 else chain


def _is_first_name(token: Token, last: Token) -> bool:
    proper = token.pos_ == "PROPN" and token.dep_ == "compound" and token.head.i <= last.i
    plain = proper and token.text.isalpha() and token.text.istitle() and token.ent_type_ == ""
    return plain and not is_title(token.text) and not is_human(token) and country_of(token.text) is None


_OTHER_NAMES = {"LOC", "DATE", "EVENT", "LAW", "FAC", "NORP", "PRODUCT", "WORK_OF_ART", "TIME"}


def _described(token: Token) -> list[Token] | None:
    """Return a name of two or three words that its description makes a person's: an age, an office, or "who"."""
    doc = token.doc
    if token.pos_ != "PROPN" or token.dep_ == "compound" or token.i == 0 or not token.text.istitle():
        return None
    start = token.i
    while start > 0 and doc[start - 1].pos_ == "PROPN" and doc[start - 1].dep_ == "compound":
        start -= 1
    chain = trim_name(list(doc[start : token.i + 1]))
    if not 2 <= len(chain) <= 3 or any(not t.text.istitle() or t.ent_type_ in _OTHER_NAMES for t in chain):
        return None
    return chain if _tells_of_a_person(token, chain) else None


def _tells_of_a_person(token: Token, chain: list[Token]) -> bool:
    doc, at = token.doc, token.i + 1
    if doc[chain[0].i - 1].lower_ == "the" and chain[0].i > 0:
        return False
    before = doc[chain[0].i - 1]
    if before.dep_ == "compound" and before.pos_ == "NOUN" and is_human(before):
        return True  # "ministry spokesman Sediq Sediqqi"
    set_beside = [c for c in token.children if c.dep_ == "appos" and c.i > token.i]
    if any(is_human(c) and c.pos_ == "NOUN" and c.tag_ != "NNS" for c in set_beside):
        return True
    if token.dep_ == "appos" and token.head.i < chain[0].i and token.head.pos_ == "NOUN" and is_human(token.head):
        return token.head.tag_ != "NNS"
    if at + 2 >= len(doc) or doc[at].text != ",":
        return False
    aged = doc[at + 1].like_num and doc[at + 2].text in {",", "-"} and doc[at + 1].text.isdigit()
    return aged or doc[at + 1].lower_ in {"who", "whose", "himself", "herself"}


def trim_name(tokens: list[Token]) -> list[Token]:
    """Return the tokens of a name without titles, demonyms, possessive endings and punctuation around it."""
    tokens = list(tokens)
    while tokens and (tokens[-1].tag_ == "POS" or tokens[-1].is_punct or tokens[-1].text in {"'s", "'"}):
        tokens.pop()
    while len(tokens) > 1 and (
        is_title(tokens[0].text)
        or country_of(tokens[0].text)
        or not tokens[0].text[0].isalpha()
        or tokens[0].text.islower()
    ):
        tokens = tokens[1:]
    return tokens


def grown_name(chain: list[Token]) -> list[Token]:
    """Return the chain with the parts that the entity left out: "Hau" "-" "yip", "Al" "-Sisi"."""
    if not chain:
        return chain
    doc = chain[0].doc
    end = chain[-1].i + 1
    while end + 1 < len(doc) and doc[end].text == "-" and not doc[end - 1].whitespace_ and not doc[end].whitespace_:
        end += 2
    while end < len(doc) and end - chain[0].i < 4 and doc[end - 1].dep_ == "compound" and doc[end - 1].head.i >= end:
        following = doc[end]
        plain = following.pos_ == "PROPN" and following.text.istitle() and not following.ent_type_
        if (
            not plain
            or is_title(following.text)
            or country_of(following.text) is not None
            or NOT_A_PERSON.search(following.text)
        ):
            break
        end += 1  # "Yoon Suk" of "Yoon Suk Yeol"
    return list(doc[chain[0].i : end])


def _after_office(token: Token) -> list[Token] | None:
    """Return the name set after an office between commas: "the foreign minister, Ivo Marsh,"."""
    doc = token.doc
    if token.pos_ != "NOUN" or token.lemma_.lower() not in PEOPLE_NOUNS or token.i + 3 >= len(doc):
        return None
    at = token.i + 1
    if doc[at].text != ",":
        return None
    chain: list[Token] = []
    while at + 1 < len(doc) and len(chain) < 7 and (doc[at + 1].pos_ == "PROPN" or _is_inner_hyphen(doc[at + 1])):
        at += 1
        chain.append(doc[at])
    ends = at + 1 >= len(doc) or doc[at + 1].text in {",", "."}
    return chain if 2 <= len(chain) <= 6 and ends and not any(is_title(t.text) for t in chain) else None


def _is_inner_hyphen(token: Token) -> bool:
    return token.text == "-" and not token.whitespace_ and not token.nbor(-1).whitespace_


def _titled(token: Token) -> list[Token] | None:
    """Return the capitalised words after a title: the name it introduces."""
    doc = token.doc
    if token.pos_ != "PROPN" or not is_title(token.text) or token.i + 1 >= len(doc):
        return None
    at = token.i + 1
    while at < len(doc) and doc[at].pos_ == "PROPN" and is_title(doc[at].text):
        at += 1
    chain: list[Token] = []
    while (
        at < len(doc)
        and (doc[at].pos_ == "PROPN" or doc[at].text == "-")
        and doc[at].ent_type_ not in {"GPE", "LOC", "ORG"}
    ):
        chain.append(doc[at])
        at += 1
    return chain if chain and chain[0].text[0].isupper() and len(chain) <= 5 else None


def _roles(chain: list[Token]) -> list[str]:
    """Return the offices written around a name: before it, in apposition to it, or as its head."""
    head = chain[-1]
    found = [_before_name(chain)]
    found.extend(_phrase(c) for c in head.children if c.dep_ == "appos" and c.pos_ in {"NOUN", "PROPN"})
    if head.dep_ == "appos" and head.head.i < chain[0].i and head.head.lemma_.lower() in PEOPLE_NOUNS:
        found.append("".join(t.text_with_ws for t in head.head.subtree if t.i <= head.head.i).strip(" ,-"))
    after = _after_name(chain)
    if after:
        found.append(after)
    return [r for r in dict.fromkeys(found) if r and _names_office(r)]


def _names_office(words: str) -> bool:
    plain = [w.lower().strip(",.") for w in words.replace("-", " ").split()]
    return any((is_title(w) and w not in NOT_ALONE) or w in PEOPLE_NOUNS for w in plain)


_LINKS = {"for", "of", "to", "at", "and", "the", "'s", "'", "-", "in"}


def _before_name(chain: list[Token]) -> str:
    """Return what stands before a name and names an office: "French Minister for Europe and Foreign Affairs"."""
    doc = chain[0].doc
    at = chain[0].i
    while at > 0 and chain[0].i - at < 14:
        token = doc[at - 1]
        if token.pos_ in {"PROPN", "NOUN", "ADJ", "DET"} or token.lower_ in _LINKS:
            at -= 1
        else:
            break
    while at < chain[0].i and (
        doc[at].lower_ in _LINKS - {"the"} or (doc[at].pos_ == "DET" and doc[at].lower_ not in {"the", "a", "an"})
    ):
        at += 1
    words = doc[at : chain[0].i]
    firsts = [
        k
        for k, t in enumerate(words)
        if t.lower_ in {"in", "at", "to", "for", "of"} and k and _is_other_phrase(words[k - 1])
    ]
    if firsts:
        words = words[firsts[-1] + 1 :]
    text: str = words.text.strip(" ,-")
    return text


def _is_other_phrase(token: Token) -> bool:
    """Return whether a preposition after ``token`` cannot belong to an office ("talks in Berlin Chancellor Merkel")."""
    return not (is_title(token.text) or token.lower_ in PEOPLE_NOUNS) and token.pos_ == "NOUN" and token.tag_ == "NNS"


def _after_name(chain: list[Token]) -> str:
    """Return what follows a name between commas and names an office: ", the commander of Kowloon West district,"."""
    doc = chain[-1].doc
    at = chain[-1].i + 1
    if at + 1 >= len(doc) or doc[at].text != ",":
        return ""
    end = at + 1
    while end < len(doc) and end - at < 25 and not doc[end].is_sent_start:
        token = doc[end]
        if token.text in {",", ";", ":", ".", "-", "(", '"'} and doc[end - 1].whitespace_ == "" and token.text != "-":
            break
        if token.tag_ in {"VBD", "VBZ", "VBP", "MD", "WP", "WDT"}:
            break
        end += 1
    words = doc[at + 1 : end]
    if (
        not len(words)
        or words[0].pos_ not in {"DET", "NOUN", "PROPN", "ADJ"}
        or (words[0].pos_ == "PROPN" and not is_title(words[0].text) and "'s" not in words.text)
    ):
        return ""
    text: str = words.text.strip(" ,-")
    return text


def _phrase(noun: Token) -> str:
    tokens = list(noun.subtree)
    stop = min((t.left_edge.i for t in tokens if t.dep_ in {"relcl", "appos"}), default=tokens[-1].i + 1)
    kept = [t for t in tokens if t.i < stop]
    return "".join(t.text_with_ws for t in kept).strip(" ,-")
