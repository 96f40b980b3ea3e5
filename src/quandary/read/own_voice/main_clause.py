"""The main clause of an author's sentence: what it narrates, and how it looks ahead or states a condition.

Narration is what has happened, what is arranged, what a text lays down, and what others fear, plan or withhold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from quandary.read.parsing.grammar import Frame
from quandary.read.parsing.subjects import agent_of, is_passive, own_subject
from quandary.read.people.voices import is_human
from quandary.read.words import cues
from quandary.read.words.wording import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

AUTHOR = frozenset(("i", "we"))
_AHEAD = {"will", "may", "might", "could", "shall", "would", "'ll", "wo", "ca"}
_EXPECTED = word_set("expected")
_CHANCES = {
    "chance",
    "odds",
    "odd",
    "probability",
    "likelihood",
    "risk",
    "danger",
    "possibility",
    "prospect",
    "outcome",
}
_RAISING = {"tend", "seem", "appear", "continue", "begin", "start", "serve", "help", "manage"}
_LOOKING = {"look", "seem", "appear", "remain"}
_OPEN = {
    "possible",
    "inevitable",
    "unavoidable",
    "imminent",
    "unlikely",
    "likely",
    "ready",
    "willing",
    "doubtful",
    "uncertain",
}
_HEADING = {"head", "drift", "slide", "hurtle", "lurch", "sleepwalk"}
_BEING_SURE = {
    "confident",
    "certain",
    "sure",
    "convinced",
    "hopeful",
    "afraid",
    "optimistic",
    "pessimistic",
    "doubtful",
}
_ARRANGED = word_set("arranged")
_ARRANGING = {"set", "due", "expected", "scheduled", "slated"}
_HEDGES = {"may", "might", "could", "probably", "likely", "unlikely", "perhaps", "possibly"}
_WITHHOLDING = {
    "say",
    "comment",
    "tell",
    "confirm",
    "discuss",
    "disclose",
    "answer",
    "reveal",
    "specify",
    "elaborate",
    "give",
}
_RULES = re.compile(
    r"^\W*(?:(?:and|but|also),?\s+)?(?:under|per|by|in)\s+(?:(?:the|a|an|its|her|his|their|this|that|new|current|proposed|draft|same|terms|of)\s+)*"
    r"(?:\w+['’]s\s+)?(?:\w+[\s-]+){0,3}?(?:law|laws|treaty|treaties|truce|deal|accords?|agreements?|plan|plans|terms|rules?|constitution|proposals?|"
    r"request|decree|bill|act|ceasefire|cease-fire|pact|charter|regulations?|system|scheme|arrangement|resolution)\b",
    re.I,
)
_SPELL = re.compile(r"^\W*(?:during|in)\s+(?:(?:a|an|the)\s+)?[\w\s]{3,40}?,?\s", re.I)
_FOUND_GUILTY = re.compile(r"\bif\s+(?:they\s+are\s+|he\s+is\s+|she\s+is\s+)?(?:found\s+guilty|convicted)\b", re.I)
_WENT_ON = re.compile(
    r"\bwould\s+(?:(?:later\s+|then\s+|eventually\s+)?(?:go\s+on\s+to|come\s+to\s+be|later\b)|(?:often|always|sometimes|usually|never|regularly)\b)|"
    r"\b(?:you|one|we|few|some|many)\s+(?:might|may|could|would)\s+(?:call|think|say|argue|expect|wonder|ask|add)\b",
    re.I,
)

_DAY = re.compile(
    r"\b(?:today|tonight|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:in|on|by|until|since|early|late|mid|of)\s+(?:\d{1,2}\s+)?"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)|next\s+(?:week|month|year|spring|summer|autumn|fall|"
    r"winter)|(?:later\s+)?this\s+(?:week|month|year|morning|afternoon|evening)|at\s+\d|(?:january|february|march|april|june|july|august|september|october|november|december)\s+\d)\b",
    re.I,
)
_DEPENDS = re.compile(r"\b(?:depend|hinge|turn|rest)s?\s+(?:\w+ly\s+|in\s+part\s+)?(?:up)?on\b", re.I)


@dataclass(frozen=True)
class Sentence:
    """A sentence of the author's, by its tokens."""

    frame: Frame
    start: int
    end: int

    @cached_property
    def text(self) -> str:
        """Return the sentence as it was parsed."""
        return str(self.frame.doc[self.start : self.end].text)

    @cached_property
    def mains(self) -> list[Token]:
        """Return its main verbs: the root, what is joined to it, and what the author says that he believes."""
        roots = [t for t in self.frame.doc[self.start : self.end] if t.dep_ == "ROOT"]
        roots = [_own_opinion(r) or _hidden(r) or r for r in roots]
        verbs = roots + [t for r in roots for t in r.conjuncts if t.pos_ in {"VERB", "AUX"}]
        verbs += [c for v in verbs if v.lemma_ in _RAISING for c in v.rights if c.dep_ == "xcomp" and c.pos_ == "VERB"]
        return [t for t in verbs if self.start <= t.i < self.end]

    @cached_property
    def first_person(self) -> bool:
        """Return whether the author says it of himself: his subject is "I" or "we"."""
        roots = [t for t in self.frame.doc[self.start : self.end] if t.dep_ == "ROOT"]
        return any((s := own_subject(r)) is not None and s.lower_ in AUTHOR for r in roots)

    @cached_property
    def settled(self) -> bool:
        """Return whether a main verb stands in the present, the past or the perfect."""
        return any(not _modal(v) and v.tag_ in {"VBD", "VBZ", "VBP", "VBN", "VBG"} for v in self.mains)

    @cached_property
    def expects(self) -> bool:
        """Return whether a word that is no mark of a forecast elsewhere makes it one here."""
        return any(_expects(v) for v in self.mains)


def _own_opinion(root: Token) -> Token | None:
    """Return the verb of what the author says he believes or has told: "I believe the treaty must be renewed"."""
    subject = own_subject(root)
    if subject is None or subject.lower_ not in AUTHOR:
        return None
    sure = next((c for c in root.rights if c.dep_ == "acomp" and c.lower_ in _BEING_SURE), None)
    head = sure if sure is not None else root if root.lemma_ in cues.CLAUSE else None
    return next((c for c in head.rights if c.dep_ == "ccomp"), None) if head is not None else None


def _hidden(root: Token) -> Token | None:
    """Return the verb that the parser took for a participle: "The raid added to tensions"."""
    if root.pos_ != "NOUN" or any(t.tag_ in {"VBD", "VBZ", "VBP", "MD"} for t in root.subtree):
        return None
    return next((c for c in root.rights if c.dep_ == "acl" and c.tag_ == "VBN"), None)


def _modal(verb: Token) -> bool:
    return any(c.lower_ in _AHEAD and c.dep_ == "aux" for c in verb.children)


def _have(verb: Token) -> bool:
    return any(c.lower_ == "have" and c.dep_ == "aux" for c in verb.children)


def is_agent(noun: Token) -> bool:
    """Return whether a subject is somebody: a person, a body, a state; not a thing or an act."""
    if noun.pos_ == "PRON":
        return noun.lower_ not in {"it", "this", "that", "which", "these", "what"}
    if noun.pos_ == "PROPN":
        return bool(noun.ent_type_) or not noun.is_sent_start
    lemma = noun.lemma_.lower()
    return is_human(noun) or lemma in _AGENTS or noun.lower_ in _AGENTS


_AGENTS = (
    word_set("bodies")
    | word_set("group_nouns")
    | cues.SPEAKING_NOUNS
    | word_set("acting_bodies")
    | word_set("bands")
    | {"side"}
)


def is_narration(sentence: Sentence) -> bool:
    """Return whether a sentence tells what is arranged or laid down, or what others fear or keep to themselves."""
    mains = sentence.mains
    if not mains:
        return True
    if any(_is_hearsay(v) for v in mains[:1]):
        return True
    text = sentence.text
    if _FOUND_GUILTY.search(text) or _WENT_ON.search(text):
        return True
    bound = any(
        c.dep_ == "aux" and c.lower_ in {"may", "must", "can", "would", "shall", "will"}
        for v in mains
        for c in v.children
    )
    if bound and _RULES.match(text):
        return True  # "Under the truce, both armies must ..."
    if _SPELL.match(text) and any(_is_barred(v) for v in mains):
        return True
    if any(_withholds(v) for v in mains[:1]):
        return True
    return _is_arranged(sentence)


def _is_hearsay(verb: Token) -> bool:
    """Return whether nobody in particular fears, says or expects it: "it is feared that the dam will burst"."""
    subject = own_subject(verb)
    told = verb.lemma_ in cues.CLAUSE and is_passive(verb) and agent_of(verb) is None
    return told and subject is not None and subject.lower_ == "it" and any(c.dep_ == "ccomp" for c in verb.children)


def _is_barred(verb: Token) -> bool:
    """Return whether somebody may not or must do something, as a rule has it."""
    words = {c.lower_ for c in verb.children if c.dep_ in {"aux", "neg"}}
    subject = own_subject(verb)
    agent = subject is not None and is_agent(subject)
    return agent and verb.lemma_ != "be" and ("must" in words or ("may" in words and bool(words & {"not", "n't"})))


def _withholds(verb: Token) -> bool:
    words = {c.lower_ for c in verb.children if c.dep_ in {"aux", "neg"}}
    return "would" in words and bool(words & {"not", "n't"}) and verb.lemma_ in _WITHHOLDING


def _is_arranged(sentence: Sentence) -> bool:
    """Return whether all its main verbs tell of what is arranged for a day: "will meet again on Thursday"."""
    if not _DAY.search(sentence.text) or any(
        t.lower_ in _HEDGES and t.text != "May" for t in sentence.frame.doc[sentence.start : sentence.end]
    ):
        return False
    return all(_on_the_calendar(v) for v in sentence.mains)


def _on_the_calendar(verb: Token) -> bool:
    ahead = any(c.lower_ in {"will", "would", "shall"} and c.dep_ == "aux" for c in verb.children)
    act = verb
    if not ahead:
        arranged = [verb, *(c for c in verb.rights if c.dep_ in {"acomp", "oprd"})]
        heads = [t for t in arranged if t.lower_ in _ARRANGING]
        acts = [c for t in heads for c in t.rights if c.dep_ == "xcomp"]
        if not acts:
            return False
        act = acts[0]
    taken = act.lemma_ != "take" or any(c.lower_ in {"place", "office", "part"} for c in act.rights)
    return taken and act.lemma_ in _ARRANGED and not any(c.dep_ == "neg" for c in verb.children)


def looks_ahead(sentence: Sentence) -> bool:
    """Return whether a main verb of the sentence is in the future or hedged."""
    for verb in sentence.mains:
        if not _have(verb) and _modal(verb):
            return True
        if any(c.dep_ in {"attr", "nsubj"} and c.lemma_.lower() in _CHANCES - {"outcome"} for c in verb.children):
            return True  # "there is a 70 percent chance that ..."
        if verb.lower_ in _EXPECTED and any(c.dep_ == "xcomp" for c in verb.children):
            return True
        if any(c.lower_ in _EXPECTED and c.dep_ in {"acomp", "advmod", "oprd"} for c in verb.children):
            return True
        if _expects(verb):
            return True
    return False


def _expects(verb: Token) -> bool:
    """Return whether a verb looks ahead by itself: "threatens to split", "is heading for", "remains possible"."""
    subject = own_subject(verb)
    if verb.lemma_ == "threaten" and verb.tag_ in {"VBZ", "VBP"} and any(c.dep_ == "xcomp" for c in verb.rights):
        return subject is not None and not is_agent(subject)
    if verb.lemma_ in _HEADING and verb.tag_ in {"VBG", "VBN"}:
        return any(c.dep_ == "prep" and c.lower_ in {"for", "toward", "towards", "into"} for c in verb.rights) and any(
            c.tag_ in {"VBZ", "VBP"} for c in verb.lefts
        )
    if verb.lemma_ in {"loom", "risk"} and verb.tag_ in {"VBZ", "VBP"}:
        return True
    if verb.lemma_ == "stand" and any(c.dep_ == "xcomp" for c in verb.rights):
        return True
    complement = [c for c in verb.rights if c.dep_ in {"acomp", "oprd", "attr"}]
    if verb.tag_ in {"VBZ", "VBP"} and verb.lemma_ in _LOOKING and any(c.lower_ in _OPEN for c in complement):
        return True
    if verb.lemma_ == "be" and verb.tag_ in {"VBZ", "VBP"}:
        hard = any(
            c.lower_ in {"hard", "difficult"} and any(x.lemma_ in {"see", "imagine"} for x in c.children)
            for c in complement
        )
        hard = hard or (
            any(c.lower_ in {"hard", "difficult"} for c in complement)
            and any(x.lemma_ in {"see", "imagine"} and x.dep_ == "xcomp" for x in verb.rights)
        )
        likely = (
            subject is not None
            and subject.lemma_ in _CHANCES
            and any(c.lower_ in {"likely", "likeliest"} for c in subject.children)
        )
        return hard or likely or any(c.lower_ in {"inevitable", "unavoidable", "imminent"} for c in complement)
    return False


def holds_always(sentence: Sentence) -> bool:
    """Return whether a sentence that opens with a condition holds at any time: "If they try, they have a chance"."""
    if not re.match(
        r"\W*(?:but\s+|and\s+)?(?:if|unless|without|as\s+long\s+as|so\s+long\s+as|provided|only\s+if)\b",
        sentence.text,
        re.I,
    ):
        return False
    return any(v.tag_ in {"VBZ", "VBP"} or any(c.lower_ in {"can", "ca"} for c in v.children) for v in sentence.mains)


def depends(text: str) -> bool:
    """Return whether a sentence says in the present what something depends on."""
    return _DEPENDS.search(text) is not None
