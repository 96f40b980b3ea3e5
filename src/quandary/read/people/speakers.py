"""Who said it: the phrase beside the cue made into a name, pronouns and continued quotes included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from quandary.read.parsing.finds import ContentFound
from quandary.read.parsing.grammar import Frame, Page
from quandary.read.parsing.subjects import own_subject, owner_of, phrase_beside
from quandary.read.people.labelled import Labels, in_small
from quandary.read.people.names import People
from quandary.read.people.naming import UNNAMED, Naming, Speaker, is_group
from quandary.read.people.voices import gender_of, is_aged, is_description, may_mean
from quandary.read.words import cues
from quandary.read.words.countries import country_of
from quandary.read.words.roles import NOT_A_PERSON, is_title
from quandary.read.words.wording import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

_HE = {"he", "him", "his", "himself"}
_SHE = {"she", "her", "hers", "herself"}
_THEY = {"they", "them", "their", "those", "these", "both", "who"}
_IT = {"it", "its", "itself", "this", "which", "that"}
_HE_OR_SHE = {"he or she"}
_PRONOUNS = _HE | _SHE | _THEY | _IT
_NO_SPEAKERS = {"DATE", "TIME", "MONEY", "PERCENT", "QUANTITY", "CARDINAL", "ORDINAL"}
_BESIDE = {"clause", "preposed"}
_SOMEBODY = {"someone", "somebody", "anyone", "anybody", "everyone", "everybody", "nobody"}
_REPLYING = {"reply", "answer", "respond", "say"}
_OWN_TEXTS = word_set("own_texts")
_LOOK_BACK = 8
_SENTENCES_BACK = 15


class Speakers:
    """Resolves the source of each statement in the order of the article."""

    def __init__(self, page: Page, people: People, *, pronouns: bool = True) -> None:
        self.page = page
        self.people = people
        self.naming = Naming(page, people)
        self.labels = Labels(page, people)
        self.pronouns = pronouns
        self.said: list[tuple[ContentFound, Speaker]] = []
        self._said_in: dict[int, list[tuple[ContentFound, Speaker]]] = {}

    def resolve(self, found: ContentFound) -> Speaker:
        """Return the speaker of a candidate; call it in the order of the article."""
        source = self._true_source(found)
        if source is not None and not isinstance(source, Speaker) and source.i in found.frame.held:
            source = None  # the word that stands for a quote speaks for nobody
        if found.quote is not None and found.quote.label is not None:
            source = self.labels.speaker(found.quote.label, signed=found.quote.signed)
        if source is None and found.verb is not None and found.rule in _BESIDE:
            source = phrase_beside(found.verb, *found.frame.sentence_of(found.verb.i), found.frame.held)
        if isinstance(source, Speaker):
            speaker = source
        elif source is None and (opening := self._opening(found)) is not None:
            speaker = self._single(found.frame, opening)
        elif source is None:
            speaker = self._carried_on(found)
        elif (asked := self._asked(found, source)) is not None:
            speaker = asked
        else:
            speaker = self.of_phrase(found.frame, source, outside=_cue_comes_after(found))
        if self.page.in_capitals(found.frame.block):
            speaker = replace(speaker, name=in_small(speaker.name))
        self.said.append((found, speaker))
        self._said_in.setdefault(found.frame.block, []).append((found, speaker))
        return speaker

    def _true_source(self, found: ContentFound) -> Token | Speaker | None:
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

    def _asked(self, found: ContentFound, source: Token) -> Speaker | None:
        """Return whom the last speaker asked, where "he" or "she" replies: it is not the one who asked."""
        if found.verb is None or found.verb.lemma_ not in _REPLYING or source.lower_ not in _HE | _SHE | _THEY | _IT:
            return None
        last = next((f for f, _ in reversed(self.said[-1:]) if f.verb is not None and f.verb.lemma_ == "ask"), None)
        if last is None or last.verb is None or found.frame.block - last.frame.block > 1:
            return None
        asked = next((c for c in last.verb.rights if c.dep_ in {"dobj", "dative"} and c.i not in last.frame.held), None)
        return self._single(last.frame, asked) if asked is not None and asked.pos_ in {"PROPN", "NOUN"} else None

    def _opening(self, found: ContentFound) -> Token | None:
        """Return the name that opens the cue's sentence, where the parse found the cue no subject."""
        if found.verb is None:
            return None
        start, _ = found.frame.sentence_of(found.verb.i)
        return _opening_name(found.frame, start, found.verb.i)

    def opening_person(self, frame: Frame, start: int) -> str | None:
        """Return the person whose name, after titles alone, opens the sentence at token ``start``."""
        opening = frame.doc[start : start + 12].text
        for person in self.people.persons:
            for form in sorted(person.forms, key=len, reverse=True):
                at = opening.find(form)
                if at >= 0 and all(is_title(w) or w[:1].isupper() for w in opening[:at].split()):
                    return person.name
        return None

    def _carried_on(self, found: ContentFound) -> Speaker:
        """Return who goes on speaking: the last speaker, or the subject of the sentence just before."""
        frame, at = found.frame, found.tokens[0]
        start, _ = frame.sentence_of(at)
        if found.quote is not None and not found.quote.carries_on and (named := self._in_line_before(frame, at)):
            return named
        last = self.said[-1] if self.said else None
        told = self._told_of_before(found, last[0] if last is not None else None)
        if told is not None:
            return told
        if last is not None and last[0].frame.block >= frame.block - 2:
            same_block = last[0].frame is frame
            if same_block or found.quote is None or found.quote.carries_on or start == 0:
                return last[1]
        if start > 0 and self.pronouns:
            for speaker in self._topics(frame, start, ""):
                if speaker.person:
                    return speaker
        return last[1] if last is not None else UNNAMED

    def _told_of_before(self, found: ContentFound, last: ContentFound | None) -> Speaker | None:
        """Return the person of whose mind the paragraph before tells, where a quote is a paragraph without a cue.

        "Another expert, Ann Lee, doubts it." stands between the last speaker and the quote.
        """
        frame = found.frame
        alone = (
            found.quote is not None
            and not found.quote.carries_on
            and not any(t.is_alpha for t in frame.doc if t.i not in frame.held)
        )
        if not alone or frame.block == 0 or (last is not None and last.frame.block >= frame.block - 1):
            return None
        before = self.page.frames[frame.block - 1]
        if not before.sentences:
            return None
        root = next((t for t in before.doc[slice(*before.sentences[-1])] if t.dep_ == "ROOT"), None)
        subject = own_subject(root) if root is not None and root.lemma_ in cues.THINKING | cues.QUOTING else None
        speaker = self._single(before, subject) if subject is not None else UNNAMED
        return speaker if speaker.person else None

    def _in_line_before(self, frame: Frame, at: int) -> Speaker | None:
        """Return whom a line of its own before the quote names: "From the desk of Jon Dole:"."""
        if frame.block == 0 or any(t.is_alpha for t in frame.doc[:at]):
            return None
        before = self.page.frames[frame.block - 1]
        if before.held or before.doc[-1].text != ":":
            return None
        names = [e for e in before.doc.ents if e.label_ == "PERSON"]
        if names:
            return self._single(before, names[0][-1])
        nouns = [t for t in before.doc if t.dep_ == "ROOT" and t.pos_ in {"PROPN", "NOUN"}]
        nouns += [t for t in before.doc if t.pos_ == "PROPN" and t.dep_ != "compound"]
        nouns += [t for t in before.doc if t.dep_ in {"nsubj", "pobj"} and t.pos_ == "NOUN"]
        return self._single(before, nouns[0]) if nouns else None

    def of_phrase(self, frame: Frame, head: Token, *, outside: bool = False) -> Speaker:
        """Return whom the phrase around ``head`` names; ``outside`` bars a pronoun from its own sentence."""
        word = head.lower_
        if head.pos_ in {"PRON", "DET", "NUM"} and word not in _PRONOUNS and head.tag_ not in {"PRP", "PRP$"}:
            return (
                UNNAMED if word in _SOMEBODY else self.naming.name(frame, head)
            )  # "others", "another", "many in the town"
        if (
            head.pos_ == "PRON"
            or head.tag_ in {"PRP", "PRP$", "WP", "WDT"}
            or (word in _PRONOUNS and head.pos_ == "DET")
        ) and not (head.text.isupper() and len(head.text) > 2):  # "WHO says" names a body
            return self._pronoun(frame, head, outside=outside)
        joined = [t for t in head.children if t.dep_ == "conj" and t.pos_ in {"PROPN", "NOUN"}]
        if joined and any(c.dep_ == "cc" and c.lower_ in {"and", "&", "nor", "or"} for c in head.children):
            first = self._single(frame, head)
            names = list(dict.fromkeys([first.name, *(self._single(frame, t).name for t in joined)]))
            if len(names) == 1:
                return first  # "the academic and writer Ann Lee"
            return Speaker(" and ".join(names), None, plural=True)
        return self._single(frame, head)

    def _single(self, frame: Frame, head: Token, *, before: bool = True) -> Speaker:
        """Return whom one noun phrase names; ``before`` lets it mean someone named earlier."""
        alone = all(c.dep_ in {"det", "punct"} for c in head.children)
        lemma = head.lemma_.lower()
        if lemma in cues.DOCUMENT_NOUNS and head.pos_ == "NOUN":
            owner = owner_of(head)
            if owner is not None and owner.ent_type_ not in _NO_SPEAKERS:
                return self.of_phrase(frame, owner)  # "Roe's statement", "a report by the harbour office"
            if lemma in _OWN_TEXTS and head.left_edge.lower_ == "the" and alone and self.said:
                return self.said[-1][1]  # "the statement said": of whoever spoke last
        speaker = self.naming.name(frame, head)
        if before and not speaker.person_named and is_description(head) and not self._named_before(frame, head):
            start, _ = frame.sentence_of(head.i)
            return next((s for s in self._earlier(frame, start, "he or she")), speaker)
        return speaker

    def _named_before(self, frame: Frame, noun: Token) -> bool:
        """Return whether the noun of a description was used before, so that it means whomever it meant then."""
        at = frame.start_of(noun)
        words = noun.doc[noun.left_edge.i + 1 : noun.i + 1].text  # "UN official" of "the UN official"
        return not is_aged(noun) and any(start < at for start, _ in self.page.occurrences(words))

    def _pronoun(self, frame: Frame, token: Token, *, outside: bool) -> Speaker:
        """Return whom a pronoun means: the subject of the sentence before that agrees with it."""
        if not self.pronouns:
            return UNNAMED
        word = token.lower_
        start, _ = frame.sentence_of(token.i)
        for speaker in () if outside else self._same_sentence(frame, token, start):
            if self._agrees(speaker, word):
                return speaker
        return next((s for s in self._earlier(frame, start, word)), UNNAMED)

    def _earlier(self, frame: Frame, start: int, word: str) -> Iterator[Speaker]:
        """Yield whom a pronoun may mean, paragraph by paragraph back; in each first who surely speaks."""
        blocks = [frame.block - back for back in range(_LOOK_BACK) if back <= frame.block]
        near = 1 if word in _THEY | _IT else 3  # a name that may be anything is no better than a person before it
        for first in range(0, len(blocks), near):
            for strict in (True, False):
                for block in blocks[first : first + near]:
                    earlier = self.page.frames[block]
                    upto = start if block == frame.block else len(earlier.doc)
                    yield from self._topics(earlier, upto, word, strict=strict)

    def _same_sentence(self, frame: Frame, token: Token, start: int) -> Iterator[Speaker]:
        for noun in frame.doc[start : token.i]:
            if noun.dep_ in {"nsubj", "nsubjpass"} and _may_speak(frame, noun) and may_mean(noun, strict=True):
                yield self._single(frame, noun, before=False)

    def _topics(self, frame: Frame, upto: int, word: str, *, strict: bool = True) -> Iterator[Speaker]:
        """Yield what the sentences before token ``upto`` are about, the nearest first: speakers, subjects, others."""
        for start, end in reversed([s for s in frame.sentences if s[1] <= upto][-_SENTENCES_BACK:]):
            said = self._said_in.get(frame.block, ())
            here = [sp for f, sp in said if f.frame is frame and start <= f.tokens[0] < end]
            spoken = [replace(sp, body=not sp.person and not sp.plural) for sp in here]
            nouns = _subjects(frame, start, end)
            if not _is_about(frame, start, end, word):
                nouns += _other_nouns(frame, start, end)
            named = [self._single(frame, t, before=False) for t in nouns if self._may_mean(t, strict=strict)]
            ordered: Sequence[Speaker] = [*reversed(spoken), *named]
            for speaker in ordered:
                if self._agrees(speaker, word) or (not strict and self._might_agree(speaker, word)):
                    yield speaker

    def _may_mean(self, noun: Token, *, strict: bool) -> bool:
        """Return whether a pronoun may mean a noun; a surname that was taken for a common noun is a name."""
        return may_mean(noun, strict=strict) or (noun.text[:1].isupper() and self.people.by_name(noun.text) is not None)

    def _might_agree(self, speaker: Speaker, word: str) -> bool:
        """Return whether a pronoun may mean a name of which nothing says what it is, or a body meant as its people."""
        if speaker.name == UNNAMED.name or not speaker.body or is_group(speaker.name):
            return word in _THEY and speaker.body and speaker.name != UNNAMED.name
        words = speaker.name.split()
        if country_of(speaker.name) or NOT_A_PERSON.search(speaker.name) or speaker.name.isupper():
            return word in _THEY
        named = 2 <= len(words) <= 3 and all(w[:1].isupper() and w.replace("-", "").isalpha() for w in words)
        return word in _THEY or (word in _HE | _SHE | _HE_OR_SHE and (named or len(words) == 1))

    def _agrees(self, speaker: Speaker, word: str) -> bool:
        if speaker.name == UNNAMED.name or speaker.name.lower() in _PRONOUNS:
            return False
        if word in _HE | _SHE | _HE_OR_SHE:
            person = self.people.by_name(speaker.name)
            gender = person.gender if person else gender_of(speaker.name)
            wrong = "she" if word in _HE else "he" if word in _SHE else ""
            return speaker.person and gender != wrong
        if word in _THEY:
            return speaker.plural or is_group(speaker.name)
        if word in _IT:
            return speaker.body and not speaker.person and not speaker.plural
        return True


def _cue_comes_after(found: ContentFound) -> bool:
    """Return whether the content stands before its cue, so that a pronoun there means someone named earlier."""
    if found.rule == "preposed":
        return True
    return found.quote is not None and found.verb is not None and found.verb.i > found.tokens[0]


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
    return [t for t in main + rest if _may_speak(frame, t)]


def _is_about(frame: Frame, start: int, end: int, word: str) -> bool:
    """Return whether a sentence's subject is the pronoun itself, so that it means someone before the sentence."""
    kind = next((k for k in (_HE, _SHE, _THEY, _IT) if word in k), frozenset[str]())
    roots = [t for t in frame.doc[start:end] if t.dep_ == "ROOT"]
    return any(subject.lower_ in kind for r in roots if (subject := own_subject(r)) is not None)


def _may_speak(frame: Frame, token: Token) -> bool:
    """Return whether a word can name someone: a noun, no day, sum or number, nor what stands for a quote."""
    return token.pos_ in {"PROPN", "NOUN"} and token.ent_type_ not in _NO_SPEAKERS and token.i not in frame.held


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
    places = {"dobj", "pobj", "appos", "agent", "conj", "poss"}
    return [t for t in frame.doc[start:end] if t.dep_ in places and _may_speak(frame, t)]
