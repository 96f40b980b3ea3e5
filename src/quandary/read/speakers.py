"""Who said it: the phrase beside the cue made into a name, pronouns and offices included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quandary.read import cues
from quandary.read.countries import country_of
from quandary.read.finds import Found
from quandary.read.grammar import Frame, Page
from quandary.read.names import People, Person, trim_name
from quandary.read.roles import content_words, is_title
from quandary.read.subjects import own_subject
from quandary.read.wording import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

_HE = {"he", "him", "his", "himself"}
_SHE = {"she", "her", "hers", "herself"}
_THEY = {"they", "them", "their", "those", "these", "both", "who"}
_IT = {"it", "its", "itself", "this", "which", "that"}
_PRONOUNS = _HE | _SHE | _THEY | _IT
_GROUPS = word_set("bodies")
_LOOK_BACK = 8


@dataclass(frozen=True, slots=True)
class Speaker:
    """A resolved speaker: the name, the office the article gives it, and whether it is a single person."""

    name: str
    role: str | None = None
    person: bool = False
    plural: bool = False


UNNAMED = Speaker("unnamed")


class Speakers:
    """Resolves the source of each statement in the order of the article."""

    def __init__(self, page: Page, people: People, *, pronouns: bool = True) -> None:
        self.page = page
        self.people = people
        self.pronouns = pronouns
        self.said: list[tuple[Found, Speaker]] = []

    def resolve(self, found: Found) -> Speaker:
        """Return the speaker of a candidate; call it in the order of the article."""
        source = self._true_source(found)
        if isinstance(source, Speaker):
            speaker = source
        elif source is None and (opening := self._opening(found)) is not None:
            speaker = self._single(found.frame, opening)
        elif source is None:
            speaker = self._carried_on(found)
        else:
            speaker = self.of_phrase(found.frame, source)
        self.said.append((found, speaker))
        return speaker

    def _true_source(self, found: Found) -> Token | Speaker | None:
        """Return the source, or the speaker of the statement out of which a participle ("adding") was parsed."""
        source = found.source
        if source is None or found.verb is None:
            return source
        for other, speaker in reversed(self.said[-4:]):
            if other.frame is not found.frame or other.quote is not None:
                continue
            inside = other.tokens[0] <= source.i < other.tokens[1]
            if inside and source.i < found.verb.i:
                return speaker
        return source

    def _opening(self, found: Found) -> Token | None:
        """Return the name that opens the cue's sentence, where the parse found the cue no subject."""
        if found.verb is None:
            return None
        start, _ = found.frame.sentence_of(found.verb.i)
        return _opening_name(found.frame, start, found.verb.i)

    def _carried_on(self, found: Found) -> Speaker:
        """Return who goes on speaking: the last speaker, or the subject of the sentence just before."""
        frame, at = found.frame, found.tokens[0]
        start, _ = frame.sentence_of(at)
        last = self.said[-1] if self.said else None
        if last is not None and last[0].frame.block >= frame.block - 2:
            same_block = last[0].frame is frame
            if same_block or found.quote is None or found.quote.carries_on or start == 0:
                return last[1]
        if start > 0 and self.pronouns:
            for speaker in self._topics(frame, start, ""):
                if speaker.person:
                    return speaker
        return last[1] if last is not None else UNNAMED

    def of_phrase(self, frame: Frame, head: Token) -> Speaker:
        """Return the speaker that the noun phrase around ``head`` names."""
        word = head.lower_
        if (
            head.pos_ == "PRON"
            or head.tag_ in {"PRP", "PRP$", "WP", "WDT"}
            or (word in _PRONOUNS and head.pos_ == "DET")
        ):
            return self._pronoun(frame, head)
        joined = [t for t in head.children if t.dep_ == "conj" and t.pos_ in {"PROPN", "NOUN"}]
        if joined and any(c.dep_ == "cc" and c.lower_ in {"and", "&", "nor", "or"} for c in head.children):
            first = self._single(frame, head)
            names = [first.name] + [self._single(frame, t).name for t in joined]
            return Speaker(" and ".join(names), None, plural=True)
        return self._single(frame, head)

    def _single(self, frame: Frame, head: Token) -> Speaker:
        person = self._person_in(head)
        if person is not None:
            return Speaker(person.name, self._role_of(person, head), person=True)
        description = self._description(frame, head)
        first = head.left_edge
        definite = first.lower_ not in {"a", "an", "some", "many", "one", "another"}
        if definite and head.tag_ not in {"NNS", "NNPS"} and _is_office(head, description):
            by_role = self.people.by_role(description, frame.start_of(head))
            if by_role is not None:
                return Speaker(by_role.name, description, person=True)
        human = head.lemma_.lower() in cues.SPEAKING_NOUNS and head.lemma_.lower() not in _GROUPS
        plural = head.tag_ in {"NNS", "NNPS"} or head.lower_ in {"police", "people"}
        name = self._fullest(description)
        return Speaker(name, None, person=human and not plural and head.pos_ == "NOUN", plural=plural)

    def _person_in(self, head: Token) -> Person | None:
        """Return the person a phrase names: in its own name, in apposition, or after the office."""
        for token in (head, *(c for c in head.children if c.dep_ == "appos" and c.pos_ == "PROPN")):
            chain = _name_chain(token)
            if chain:
                person = self.people.by_name(" ".join(t.text for t in chain).replace(" - ", "-"))
                if person is not None:
                    return person
                for ent in token.doc.ents:
                    if ent.label_ == "PERSON" and ent.start <= token.i < ent.end:
                        kept = trim_name(list(ent))
                        return self.people.by_name(" ".join(t.text for t in kept).replace(" - ", "-"))
        return None

    def _role_of(self, person: Person, head: Token) -> str | None:
        near = [r for r in person.roles if r and any(w in head.sent.text for w in [r])]
        chosen = (near or person.roles)[:1]
        return _without_article(chosen[0]) if chosen else None

    def _description(self, frame: Frame, head: Token) -> str:
        """Return the words of the phrase without article, relative clause or apposition."""
        doc = head.doc
        start, end = head.left_edge.i, head.i + 1
        for child in head.rights:
            if child.left_edge.i != end or child.dep_ not in {"prep", "flat", "compound", "nummod", "case"}:
                break
            if child.dep_ == "prep" and child.lower_ not in {"of", "for", "to", "in", "at", "from", "on"}:
                break
            end = _before_clause(child)
        while start < end - 1 and (
            doc[start].dep_ in {"det", "advmod", "predet", "cc", "mark"}
            or doc[start].is_punct
            or (doc[start].dep_ == "poss" and doc[start].tag_ == "PRP$")
        ):
            start += 1
        words = self.page.article.text[frame.start_of(doc[start]) : frame.end_of(doc[end - 1])]
        return re.sub(r"\s+", " ", words).strip(' ,."“”')

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
            spelled = re.search(
                rf"((?:[A-Z]\w+\s+(?:(?:of|for|and|the)\s+)?){{2,7}})\({description}\)", self.page.article.text
            )
            if spelled:
                return spelled.group(1).strip()
        return description

    def _pronoun(self, frame: Frame, token: Token) -> Speaker:
        """Return whom a pronoun means: the subject of the sentence before that agrees with it."""
        if not self.pronouns:
            return UNNAMED
        word = token.lower_
        start, _ = frame.sentence_of(token.i)
        for speaker in self._same_sentence(frame, token, start):
            if self._agrees(speaker, word):
                return speaker
        for back in range(_LOOK_BACK):
            block = frame.block - back
            if block < 0:
                break
            earlier = self.page.frames[block]
            upto = start if back == 0 else len(earlier.doc)
            for speaker in self._topics(earlier, upto, word):
                return speaker
        return UNNAMED

    def _same_sentence(self, frame: Frame, token: Token, start: int) -> Iterator[Speaker]:
        for noun in frame.doc[start : token.i]:
            if noun.dep_ in {"nsubj", "nsubjpass"} and noun.pos_ in {"PROPN", "NOUN"} and noun.i not in frame.held:
                yield self._single(frame, noun)

    def _topics(self, frame: Frame, upto: int, word: str) -> Iterator[Speaker]:
        """Yield what the sentences before token ``upto`` are about, the nearest first: speakers, subjects, others."""
        for start, end in reversed([s for s in frame.sentences if s[1] <= upto]):
            spoken = [sp for f, sp in self.said if f.frame is frame and start <= f.tokens[0] < end]
            subjects = [self._single(frame, t) for t in _subjects(frame, start, end)]
            others = [self._single(frame, t) for t in _other_nouns(frame, start, end)]
            ordered: Sequence[Speaker] = [*reversed(spoken), *subjects, *others]
            for speaker in ordered:
                if self._agrees(speaker, word):
                    yield speaker

    def _agrees(self, speaker: Speaker, word: str) -> bool:
        if speaker.name == UNNAMED.name or speaker.name.lower() in _PRONOUNS:
            return False
        if word in _HE | _SHE:
            person = self.people.by_name(speaker.name)
            gender = person.gender if person else None
            wrong = "she" if word in _HE else "he"
            return speaker.person and gender != wrong
        if word in _THEY:
            return speaker.plural or _is_group(speaker.name)
        if word in _IT:
            known = speaker.name[:1].isupper() or _is_group(speaker.name)
            return known and not speaker.person and not speaker.plural
        return True


def _is_office(head: Token, description: str) -> bool:
    """Return whether a description is of an office that a person holds, not of a country or a body."""
    if country_of(description) is not None or head.lemma_.lower() in _GROUPS:
        return False
    return head.pos_ == "NOUN" or is_title(head.text)


def _initials(name: str) -> str:
    return "".join(w[0] for w in name.split() if w[0].isupper())


_LONG_NAMES = {"EU": "European Union", "UN": "United Nations", "AU": "African Union", "NATO": "NATO"}


def _is_group(name: str) -> bool:
    return bool(content_words(name) & {g.rstrip("s") if len(g) > 4 else g for g in _GROUPS})


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


def _subjects(frame: Frame, start: int, end: int) -> list[Token]:
    """Return the subjects of a sentence, the main verb's first."""
    roots = [t for t in frame.doc[start:end] if t.dep_ == "ROOT"]
    main = [s for r in roots if (s := own_subject(r)) is not None and start <= s.i < end and s.i not in frame.held]
    opening = _opening_name(frame, start, end)
    if opening is not None:
        main = [opening, *(t for t in main if t != opening)]
    rest = [
        t for t in frame.doc[start:end] if t.dep_ in {"nsubj", "nsubjpass"} and t not in main and t.i not in frame.held
    ]
    return [t for t in main + rest if t.pos_ in {"PROPN", "NOUN"}]


def _opening_name(frame: Frame, start: int, end: int) -> Token | None:
    """Return the person whose name opens a sentence: its topic even where the parse goes astray."""
    for ent in frame.doc.ents:
        if ent.label_ == "PERSON" and start <= ent.start < end:
            before = frame.doc[start : ent.start]
            plain = all(
                t.pos_ in {"PROPN", "ADJ", "DET", "NOUN", "ADV", "CCONJ"} or t.text in {"'s", "-"} for t in before
            )
            return ent[-1] if plain and len(before) <= 6 else None
    return None


def _other_nouns(frame: Frame, start: int, end: int) -> list[Token]:
    return [
        t for t in frame.doc[start:end]
        if t.pos_ in {"PROPN", "NOUN"} and t.dep_ in {"dobj", "pobj", "appos", "agent", "conj", "poss"} and t.i not in frame.held
    ]  # fmt: skip
