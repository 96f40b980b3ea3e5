"""Content that stands before its cue, "X must stop, said the Union", or around it, "X, he said, will follow"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quandary.read.parsing.finds import ContentFound, content
from quandary.read.parsing.grammar import Frame
from quandary.read.parsing.subjects import TELLING, own_subject
from quandary.read.words import cues

if TYPE_CHECKING:
    from spacy.tokens import Token

_AUTHOR = {"i", "we"}
_RELATIVES = {"who", "which", "that"}
_SOMEONE = {"person", "people", "man", "woman", "someone"}
_INTRODUCING = {"while", "although", "though", "whereas", "when", "after", "before", "since", "as"}
_CONDITIONS = {"if", "unless", "because", "until"}


def preposed(frame: Frame, verb: Token) -> ContentFound | None:
    """Return content that stands before its cue: "X must stop, said the Union", or around it: "X, he said, will"."""
    perfect = verb.tag_ == "VBN" and any(c.lemma_ == "have" and c.dep_ == "aux" for c in verb.children)
    if verb.lemma_.lower() not in cues.CLAUSE or not (perfect or verb.tag_ in {"VBD", "VBZ", "VBP"}):
        return None
    start, end = frame.sentence_of(verb.i)
    source = _speaker(verb)
    if source is None or source.lower_ in _AUTHOR | _RELATIVES or not start <= source.i < end:
        return None  # "..., according to a man who asked not to be named"
    opens = min(verb.i, source.left_edge.i)
    closes = max(verb.i, _phrase_end(source)) if source.i > verb.i else verb.i
    if not _comma_before(frame, start, opens):
        return None
    between = frame.doc[source.i + 1 : verb.i]
    if any(
        (t.pos_ in {"VERB", "SCONJ"} and not source.is_ancestor(t)) or (t.pos_ == "AUX" and t.head != verb)
        for t in between
    ):
        return None
    told = verb.lemma_ in TELLING
    if any(t.i in frame.held for t in (*frame.doc[start:opens], *frame.doc[verb.i + 1 : min(end, verb.i + 6)])):
        return None
    if not told and any(c.dep_ == "dobj" for c in verb.rights if c != source):
        return None
    if told:
        closes = max(
            [closes, *(c.right_edge.i for c in verb.rights if c.dep_ in {"dobj", "dative"} and c.i - verb.i < 6)]
        )
    if not _has_finite_verb(frame, start, opens) and not _resumes(frame, closes, end):
        return None
    if _only_introduces(frame, verb, start, opens) and not _resumes(frame, closes, end):
        return None
    stop = end if _resumes(frame, closes, end) else opens
    place = content(frame, start, stop)
    if place is None:
        return None
    begins, ends, form, tokens = place
    return ContentFound(frame, begins, ends, tokens, form, verb.text, "preposed", source, verb=verb)


def _speaker(verb: Token) -> Token | None:
    """Return the cue's own subject, or the noun phrase right after it: "warned the minister"."""
    own = own_subject(verb)
    behind = next((c for c in verb.rights if c.dep_ == "nsubj" and c.pos_ in {"PROPN", "NOUN", "PRON"}), None)
    if behind is not None and verb.i and verb.nbor(-1).text in {",", '"'} and behind.left_edge.i == verb.i + 1:
        return behind  # "recipients, said Roe, must pay"
    if own is not None:
        return own
    nouns = (c for c in verb.rights if c.pos_ in {"PROPN", "NOUN", "PRON"} and c.dep_ not in {"pobj", "punct", "conj"})
    near = next(nouns, None)
    if near is not None and near.left_edge.i - verb.i <= 2:
        return near
    return _last_phrase(verb)


def _last_phrase(verb: Token) -> Token | None:
    """Return who speaks where a cue ends its sentence and the parse lost its subject: ", an aide who knows said."""
    doc, start = verb.doc, verb.sent.start
    if verb.i + 1 < len(doc) and doc[verb.i + 1].text not in {".", ","}:
        return None
    comma = next((t for t in reversed(doc[start : verb.i]) if t.text == ","), None)
    if comma is None:
        return None
    first = doc[comma.i + 1]
    if first.lower_ in {"one", "two", "three", "several", "some", "many", "another"} and first.nbor().lower_ == "of":
        return first
    for noun in doc[comma.i + 1 : verb.i]:
        if noun.pos_ in {"NOUN", "PROPN"} and noun.left_edge.i == comma.i + 1 and noun.dep_ not in {"poss", "compound"}:
            speaks = noun.pos_ == "PROPN" or noun.lemma_.lower() in cues.SPEAKING_NOUNS | cues.PEOPLE_NOUNS | _SOMEONE
            return noun if speaks else None
    return None


def is_parenthetical(frame: Frame, verb: Token) -> bool:
    """Return whether a cue stands between commas with nothing of its own: ", officials said,"."""
    start, end = frame.sentence_of(verb.i)
    source = _speaker(verb)
    if source is None or not start < source.i < end:
        return False
    following = frame.doc[verb.i + 1].text if verb.i + 1 < end else "."
    opens = min(verb.i, source.left_edge.i)
    return source.i < verb.i and following in {",", "."} and _comma_before(frame, start, opens)


def _comma_before(frame: Frame, start: int, opens: int) -> bool:
    """Return whether a comma stands before the cue, perhaps inside a closing quotation mark."""
    doc = frame.doc
    before = opens - 1
    if before > start and doc[before].text in {'"', "'"}:
        before -= 1
    return before > start and (doc[before].text in {",", "-"} or doc[before].text.endswith(","))


def _only_introduces(frame: Frame, verb: Token, start: int, opens: int) -> bool:
    """Return whether what stands before only gives a time or contrast: "While talks go on, the League vowed"."""
    first = frame.doc[start]
    if first.lower_ not in _INTRODUCING:
        return False
    clause = next((c for c in verb.lefts if c.dep_ == "advcl" and c.left_edge.i == start), None)
    return clause is not None and clause.right_edge.i >= opens - 2


def _phrase_end(noun: Token) -> int:
    return max(t.i for t in noun.subtree)


def _has_finite_verb(frame: Frame, start: int, end: int) -> bool:
    return any(t.tag_ in {"VBD", "VBZ", "VBP", "MD"} for t in frame.doc[start:end])


def _resumes(frame: Frame, closes: int, end: int) -> bool:
    """Return whether the sentence goes on with its own verb after the cue."""
    following = closes + 1
    if following >= end - 1 or frame.doc[following].text != ",":
        return False
    rest = frame.doc[following + 1 : end]
    if len(rest) and (
        rest[0].text == '"'
        or rest[0].tag_ in {"VBG", "VBN"}
        or (rest[0].pos_ == "SCONJ" and rest[0].lower_ not in _CONDITIONS)
        or rest[0].lower_ in {"who", "which"}
    ):
        return False
    return any(t.tag_ in {"VBD", "VBZ", "VBP", "MD"} for t in rest)
