"""Where reported content ends: at another cue, another voice or another "that"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quandary.read.parsing.finds import inside_quote
from quandary.read.parsing.grammar import Frame
from quandary.read.parsing.subjects import own_subject
from quandary.read.words import cues

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_ADDING = {"accuse", "blame", "call", "describe", "brand", "urge", "cite", "quote", "label", "dub", "denounce"}

_FINDINGS = {"data", "evidence", "figure", "estimate", "account", "finding", "record", "image", "footage", "number"}


def cut(frame: Frame, verb: Token, start: int, end: int) -> int:
    """Return where the content ends because another voice or another cue begins inside ``start``..``end``."""
    doc = frame.doc
    for at in range(start + 1, end):
        token = doc[at]
        if inside_quote(frame, token):
            continue
        if token.lower_ == "according" and at + 1 < end and doc[at + 1].lower_ == "to":
            return _back_to_join(frame, at, start)
        if token.i in frame.held:
            return _back_to_join(frame, at, start)
        if token.lower_ == "meaning" and token.tag_ == "VBG" and doc[at - 1].text == ",":
            return _back_to_join(frame, at, start)  # what the article adds to say what it comes to
        if token.lemma_.lower() not in cues.QUOTING | _ADDING or token.pos_ != "VERB":
            continue
        if (
            token.tag_ == "VBG"
            and not _shows(token)
            and _after_comma(doc, at)
            and token.lemma_.lower() in cues.SAYING | _ADDING
        ):
            subject = own_subject(token)
            return _back_to_join(frame, subject.left_edge.i if subject is not None else at, start)
        if token.tag_ == verb.tag_ and token.dep_ == "conj" and _has_content(frame, token):
            subject = own_subject(token)
            joined = subject.left_edge.i if subject is not None else at
            if subject is None or subject.lower_ not in {"it", "they"}:
                return _back_to_join(frame, joined, start)
        bare = token.dep_ == "conj" and token.head.tag_ == "VB"  # "did not sign the deal, and mentioned a vote"
        if bare and token.tag_ == verb.tag_ == "VBD" and own_subject(token) is None:
            return _back_to_join(frame, at, start)
        if token.dep_ == "advcl" and any(c.lower_ in {"while", "whereas"} for c in token.children):
            return _back_to_join(frame, token.left_edge.i, start)
    return end


def _shows(verb: Token) -> bool:
    """Return whether papers and figures, not people, are what speaks: "with some reports suggesting ..."."""
    subject = own_subject(verb)
    return subject is not None and subject.lemma_.lower() in cues.DOCUMENT_NOUNS | _FINDINGS


def _after_comma(doc: Doc, at: int) -> bool:
    tokens = doc[max(0, at - 14) : at]
    words = [t for t in tokens if not t.is_space]
    while words and words[-1].pos_ == "ADV":
        words.pop()
    if words and words[-1].text in {",", '"', "-"}:
        return True
    subject = own_subject(doc[at])
    return subject is not None and any(
        t.lower_ == "with" for t in doc[max(0, subject.left_edge.i - 1) : subject.left_edge.i]
    )


def _has_content(frame: Frame, verb: Token) -> bool:
    if any(c.dep_ in {"ccomp", "xcomp", "oprd"} or c.i in frame.held for c in verb.rights):
        return True
    return any(c.dep_ in {"dobj", "prep"} and any(inside_quote(frame, t) for t in c.subtree) for c in verb.rights)


def _back_to_join(frame: Frame, at: int, start: int) -> int:
    """Return the place of the comma or conjunction that joins what begins at ``at``."""
    joiners = {",", "and", "but", "while", "with", "-", ";", "whereas", "as", "though", "although"}
    while at > start and frame.doc[at - 1].pos_ == "ADV":
        at -= 1
    while at > start and frame.doc[at - 1].lower_ in joiners:
        at -= 1
    while at > start and frame.doc[at - 1].text == '"' and not _closes(frame, at - 1):
        at -= 1
    return at


def _closes(frame: Frame, token: int) -> bool:
    at = frame.start_of(frame.doc[token])
    return any(q.outer_end - 1 == at for q in frame.inline)


def without_that(frame: Frame, start: int) -> int:
    """Return ``start`` past a comma, a colon and the word "that"."""
    doc = frame.doc
    while start < len(doc) - 1 and doc[start].text in {",", ":"}:
        start += 1
    follows = doc[start + 1] if start + 1 < len(doc) else doc[start]
    if doc[start].lower_ == "that" and (doc[start].tag_ == "IN" or follows.tag_ not in {"VBZ", "VBD", "VBP", "MD"}):
        return start + 1
    return start


def split_at_that(frame: Frame, head: Token, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the range, in two where a second "that" repeats the cue: "said that A and that B"."""
    beside = [c for c in head.head.rights if c.dep_ == "conj" and head.dep_ == "ccomp"]
    for conjunct in (*head.conjuncts, *beside):
        mark = next((c for c in conjunct.children if c.dep_ == "mark" and c.lower_ == "that"), None)
        if mark is not None and start < mark.i < end and conjunct.i > head.i:
            at = mark.i
            while at > start and frame.doc[at - 1].lower_ in {"and", "but", ",", "or"}:
                at -= 1
            yield start, at
            yield mark.i, end
            return
    yield start, end
