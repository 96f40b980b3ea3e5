"""Who a verb's subject is, looking up through participles, relative clauses, passives and nouns of saying."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from quandary.read.words import cues

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

_SUBJECTS = {"nsubj", "nsubjpass"}
_TIDINGS = {"news", "word"}
_RELATIVES = {"who", "which", "that", "whom"}


def subject_of(verb: Token, depth: int = 0) -> Token | None:
    """Return the head of the noun phrase that says, thinks or does what ``verb`` says; ``None`` when there is none."""
    if depth > 6:
        return None
    agent = agent_of(verb) if depth == 0 else None
    if agent is not None:
        return agent
    own = own_subject(verb)
    if own is not None:
        if own.lower_ in _RELATIVES and not own.text.isupper() and own.tag_ in {"WP", "WDT", "IN", "DT"}:
            noun = _antecedent(verb)
            return speaker_of_noun(noun, depth + 1) if noun is not None and _is_text(noun) else noun
        return own
    if verb.dep_ == "acl" and verb.tag_ == "VBG" and verb.head.lemma_.lower() in cues.OCCASIONS:
        up = next((t for t in verb.head.ancestors if t.pos_ in {"VERB", "AUX"}), None)
        return subject_of(up, depth + 1) if up is not None else None  # "went into talks accusing ...": not the talks
    if verb.dep_ == "relcl" or (verb.dep_ == "acl" and verb.tag_ == "VBG"):
        return speaker_of_noun(verb.head, depth + 1)
    if verb.dep_ == "acl":
        return subject_of_noun_verb(verb.head, depth + 1)
    if verb.dep_ in {"conj", "xcomp", "advcl", "parataxis", "dep"} and verb.head.pos_ in {"VERB", "AUX"}:
        return subject_of(verb.head, depth + 1)
    if verb.dep_ == "conj" and verb.head.pos_ in {"NOUN", "PROPN", "ADJ"}:
        return subject_of(verb.head.head, depth + 1) if verb.head.head is not verb.head else None
    if verb.dep_ == "ccomp" and not _is_finite(verb):
        return subject_of(verb.head, depth + 1)
    if verb.dep_ in {"pcomp", "prep"}:
        up = verb.head
        quoted = _quoted(up) if verb.dep_ == "pcomp" else None
        if quoted is not None:
            return quoted
        while up.dep_ in {"prep", "pcomp"} and up.head is not up:
            up = up.head
        if up.pos_ == "ADP" and up.head is not up:
            up = up.head
        if up.pos_ == "ADJ" and up.dep_ in {"acomp", "oprd"}:
            up = up.head  # "was more forceful in blaming"
        return subject_of(up, depth + 1) if up.pos_ in {"VERB", "AUX"} else speaker_of_noun(up, depth + 1)
    return None


def _quoted(preposition: Token) -> Token | None:
    """Return whom "quoted X as saying" quotes."""
    up = preposition.head
    if preposition.lower_ != "as" or up.lemma_ not in {"quote", "cite"} or is_passive(up):
        return None
    return next((c for c in up.rights if c.dep_ == "dobj" and c.i < preposition.i), None)


def _is_text(noun: Token) -> bool:
    """Return whether a noun is of a text that its subject gives out: "released a statement which said"."""
    return noun.pos_ == "NOUN" and noun.dep_ in {"dobj", "pobj"} and noun.lemma_.lower() in cues.DOCUMENT_NOUNS


def own_subject(verb: Token) -> Token | None:
    """Return the subject that hangs on the verb itself."""
    subject = next((c for c in verb.children if c.dep_ in _SUBJECTS and c.tag_ != "EX"), None)
    if subject is not None and subject.tag_ == "VBG" and subject.is_sent_start and subject.i < verb.i:
        return _first_name(verb.doc, subject.i, verb.i) or subject  # "Briefing members, Ann Lee reiterated"
    return subject


def agent_of(verb: Token) -> Token | None:
    """Return who a passive verb's "by" names."""
    for child in verb.children:
        if child.dep_ == "agent":
            return next((c for c in child.children if c.dep_ == "pobj"), None)
    return None


def is_passive(verb: Token) -> bool:
    """Return whether the verb is passive."""
    return any(c.dep_ in {"auxpass", "nsubjpass"} for c in verb.children)


def _is_finite(verb: Token) -> bool:
    return verb.tag_ in {"VBD", "VBZ", "VBP"} or any(c.tag_ in {"MD", "VBD", "VBZ", "VBP"} for c in verb.children)


def _antecedent(verb: Token) -> Token | None:
    up = verb
    while up.dep_ == "conj":
        up = up.head
    return up.head if up.dep_ in {"relcl", "acl"} else None


def speaker_of_noun(noun: Token, depth: int = 0) -> Token | None:
    """Return who stands behind a noun: its owner, its "by" or "from", or itself."""
    if noun.pos_ in {"VERB", "AUX"}:
        return subject_of(noun, depth + 1)
    if noun.lemma_.lower() in cues.CLAIM_NOUNS | cues.DOCUMENT_NOUNS:
        owner = owner_of(noun)
        if owner is not None:
            return owner
        up = noun.head
        while up.dep_ == "prep" or up.pos_ == "ADP":
            if up.head is up:
                break
            up = up.head
        if noun.dep_ not in _SUBJECTS and up.pos_ in {"VERB", "AUX"} and up is not noun:
            return subject_of(up, depth + 1) or noun
    return noun


def owner_of(noun: Token) -> Token | None:
    """Return the possessor of a noun, or whom "by" or "from" (or a writer's "of") names."""
    for child in noun.children:
        if child.dep_ == "poss" and child.tag_ != "PRP$":
            return child
        if child.dep_ in {"prep", "agent"} and child.lower_ in {"by", "from"}:
            return next((c for c in child.children if c.dep_ == "pobj"), None)
    return next((c for c in noun.children if c.tag_ == "PRP$"), None)


def subject_of_noun_verb(noun: Token, depth: int = 0) -> Token | None:
    """Return who makes the claim that a noun names: its owner, else the subject of the verb that carries it."""
    carrier = noun.head
    while carrier.dep_ == "conj":
        carrier = carrier.head
    by_verb = subject_of(carrier, depth + 1) if carrier.pos_ in {"VERB", "AUX"} else None
    if noun.dep_ in {"dobj", "attr"} and carrier.lemma_ in cues.CARRIERS | cues.SAYING and by_verb is not None:
        return by_verb
    if noun.lemma_.lower() in _TIDINGS:
        return None  # "reacted to the news that ...": whose news it is is not said
    owner = owner_of(noun)
    if owner is not None:
        return owner
    if noun.dep_ == "pobj" and carrier.pos_ == "ADP":
        up = carrier.head
        if up.pos_ in {"VERB", "AUX"}:
            return subject_of(up, depth + 1)
    return None


TELLING = frozenset(("tell", "inform", "assure", "remind", "warn", "brief"))


def _noun_before(verb: Token) -> Token | None:
    """Return the noun that heads the phrase before a verb of telling whose subject the parse lost."""
    start = verb.sent.start
    for token in verb.doc[start : verb.i]:
        if token.pos_ in {"PROPN", "NOUN"} and token.text != "Quote" and token.dep_ not in {"compound", "poss", "amod"}:
            return token
    return None


_ASIDE = {"who", "whom", "whose", "which", "that", "where"}
_FRONTED = {"VBG", "VBN", "VB", "TO", "RB"}
_FINITE = {"VBD", "VBZ", "VBP", "MD"}


def phrase_beside(verb: Token, start: int, end: int, held: Container[int] = ()) -> Token | None:
    """Return who is named right before a cue, else right after it, where the parse gave the cue no subject.

    ``start`` and ``end`` bound the sentence, ``held`` are the words that stand for quotes. Before the cue the commas
    part a fronted phrase, the name and what is set beside it: "Asked about it, the minister, Ann Lee, said".
    """
    doc = verb.doc
    first = verb.i
    while first > start and (doc[first - 1].dep_ in {"aux", "neg", "advmod"} or doc[first - 1].tag_ == "MD"):
        first -= 1
    low = next((t.i + 1 for t in reversed(doc[start:first]) if t.i in held), start)
    before = _first_name(doc, low, first)
    return before if before is not None else _noun_after(verb, end, held)


def _first_name(doc: Doc, low: int, high: int) -> Token | None:
    """Return the head of the first of the phrases between commas that end at ``high`` and name one subject."""
    named: Token | None = None
    end = high
    while end > low:
        if doc[end - 1].text in {",", '"', "-"}:
            end -= 1
            continue
        begin = end
        while begin > low and doc[begin - 1].text not in {",", '"', ";", ":"}:
            begin -= 1
        piece = doc[begin:end]
        aside = piece[0].lower_ in _ASIDE or any(t.lower_ in _ASIDE for t in piece[:3])
        if piece[0].tag_ in _FRONTED or (piece[0].pos_ in {"ADP", "SCONJ", "CCONJ"} and not aside):
            break
        if not aside:
            if any(t.tag_ in _FINITE for t in piece) or piece.root.pos_ not in {"NOUN", "PROPN", "PRON", "NUM"}:
                break
            named = piece.root
        else:
            nouns = [t for t in piece if t.pos_ in {"NOUN", "PROPN"} and t.i < _first_aside(piece)]
            named = nouns[-1] if nouns else named
        end = begin
    return named


def _first_aside(piece: Span) -> int:
    return next((t.i for t in piece if t.lower_ in _ASIDE), piece[-1].i + 1)


def _noun_after(verb: Token, end: int, held: Container[int]) -> Token | None:
    """Return the head of the noun phrase right after a cue: "warned the head of the office, Ann Lee"."""
    for token in verb.doc[verb.i + 1 : min(end, verb.i + 8)]:
        if token.i in held or token.is_punct or token.pos_ in {"VERB", "AUX", "ADP", "SCONJ"}:
            return None
        if token.pos_ in {"NOUN", "PROPN", "PRON"} and token.dep_ not in {"compound", "poss", "amod", "nmod"}:
            return token
    return None


def source_of(verb: Token, *, inverted: bool = False) -> Token | None:
    """Return the head of the phrase that names who speaks."""
    found = subject_of(verb)
    if found is not None or not inverted:
        return found
    before = _noun_before(verb) if verb.lemma_ in TELLING else None
    nouns = (c for c in verb.rights if c.dep_ in {"dobj", "attr", "npadvmod"} and c.pos_ in {"PROPN", "NOUN", "PRON"})
    return before or next((c for c in nouns if c.ent_type_ not in {"DATE", "TIME"}), None)  # not "said last week"
