"""Content that "according to" gives to a source: the rest of its sentence, or of the clause in which it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quandary.read.parsing.finds import ContentFound, content, inside_quote
from quandary.read.parsing.grammar import Frame
from quandary.read.parsing.subjects import owner_of
from quandary.read.words import cues

if TYPE_CHECKING:
    from spacy.tokens import Token

_FINITE = {"VBD", "VBZ", "VBP", "MD"}
_OPENERS = {"that", "which", "who", "whom", "and", "but", "because", "as", "while", "although", "though", "since", "if"}
_PASSING_ON = {"quote", "cite"}


def according_to(frame: Frame) -> Iterator[ContentFound]:
    """Yield the rest of a sentence that "according to" gives to a source."""
    doc = frame.doc
    if "according" not in doc.text.lower():
        return
    for token in doc:
        if token.lower_ != "according" or token.i + 1 >= len(doc) or doc[token.i + 1].lower_ != "to":
            continue
        source = next((c for c in doc[token.i + 1].children if c.dep_ == "pobj"), None)
        if source is None:
            source = next((c for p in token.children for c in p.children if c.dep_ == "pobj"), None)
        if source is None or inside_quote(frame, token):
            continue
        named = owner_of(source) if source.lemma_.lower() in cues.DOCUMENT_NOUNS else None
        place = _place(frame, token, source)
        kept = content(frame, *place)
        if kept is None or any(t.i in frame.held for t in doc[place[0] : place[1]]):
            continue
        begins, ends, form, tokens = kept
        if any(t.tag_ in _FINITE for t in doc[tokens[0] : tokens[1]]):
            yield ContentFound(frame, begins, ends, tokens, form, "according to", "according to", named or source)


def _place(frame: Frame, token: Token, source: Token) -> tuple[int, int]:
    """Return the token range of the content: before the phrase, after it, or on both sides."""
    doc = frame.doc
    start, end = frame.sentence_of(token.i)
    glosses = (
        t.i - 1 for t in doc[source.i : end] if t.lower_ == "meaning" and t.tag_ == "VBG" and t.nbor(-1).text == ","
    )
    end = next((at for at in glosses if any(t.tag_ in _FINITE for t in doc[source.i : at])), end)
    after = _behind_source(frame, source, end)
    opener = doc[token.i - 1] if token.i > start else None
    if opener is not None and opener.text == "," and token.i - 1 > start:
        opener = doc[token.i - 2]
    if opener is not None and opener.lower_ in _OPENERS and any(t.tag_ in _FINITE for t in doc[after:end]):
        return after, end  # "..., which, according to the bank, had failed"
    if any(t.tag_ in _FINITE for t in doc[start : token.i]):
        return start, token.i
    subjects = (t for t in doc[start : token.i] if t.dep_ in {"nsubj", "nsubjpass"})
    parted = any(t.head.i >= after for t in subjects) and token.i > start and doc[token.i - 1].text == ","
    return (start, end) if parted else (after, end)


def _behind_source(frame: Frame, source: Token, end: int) -> int:
    """Return where the source's phrase is over: behind what is set beside it, and behind whom it quotes."""
    doc = frame.doc
    comma = next((t.i for t in doc[source.i : end] if t.text == ","), None)
    if comma is None or any(t.tag_ in _FINITE for t in doc[source.i + 1 : comma]):
        return _phrase_end(source)  # no comma parts the source from what it says
    beside = next(
        (c for c in source.rights if c.dep_ in {"appos", "relcl", "acl"} and c.left_edge.i == comma + 1), None
    )
    if beside is not None:
        last = comma if beside.dep_ == "appos" else min(beside.right_edge.i, end - 1)
        following = next((t.i for t in doc[last + 1 : end] if t.text == ","), None)
        if following is not None and any(t.tag_ in _FINITE for t in doc[following:end]):
            comma = following
    if comma + 1 < end and doc[comma + 1].tag_ == "VBN":  # "a group, made up of teachers, ..."
        following = next((t.i for t in doc[comma + 1 : end] if t.text == ","), None)
        comma = following if following and any(t.tag_ in _FINITE for t in doc[following:end]) else comma
    if comma + 1 < end and doc[comma + 1].tag_ == "VBG" and doc[comma + 1].lemma_ in _PASSING_ON:
        comma = next((t.i for t in doc[comma + 1 : end] if t.text == ","), comma)
    return comma


def _phrase_end(source: Token) -> int:
    """Return the end of a source's phrase that no comma ends: its name, and what "of" or "in" adds to it."""
    for child in source.rights:
        if child.dep_ == "prep" and child.i == source.i + 1:
            return int(child.right_edge.i) + 1
    return source.i + 1
