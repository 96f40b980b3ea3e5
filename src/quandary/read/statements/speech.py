"""Direct speech: for every whole-sentence quote, the cue and the phrase that names its speaker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quandary.read.parsing.finds import ContentFound
from quandary.read.parsing.grammar import Frame
from quandary.read.parsing.marks import Quote
from quandary.read.parsing.subjects import TELLING, owner_of, phrase_beside, source_of
from quandary.read.words import cues

if TYPE_CHECKING:
    from spacy.tokens import Token

CONTINUED = "(continued)"
_REACH = 30
_DISTANT = {"find", "show", "reason"}
"""What one finds or shows is quoted right beside the verb only."""


def direct_speech(frame: Frame) -> Iterator[ContentFound]:
    """Yield every held quote of the frame with its cue; without one the speaker carries on from before."""
    for at, quote in frame.held.items():
        if quote.label is not None:
            yield _found(frame, at, quote, verb=None, source=None, cue=":")
            continue
        if quote.carries_on and not _cue_follows(frame, at):
            yield _found(frame, at, quote, verb=None, source=None, cue=CONTINUED)
            continue
        verb = cue_of(frame, at)
        if verb is not None:
            source = source_of(verb, inverted=True)
            if source is not None and _holds_quote(frame, source):
                source = _other_noun(frame, verb, at)
            if source is None or source.i in frame.held:
                source = phrase_beside(verb, *frame.sentence_of(verb.i), frame.held)
            yield _found(frame, at, quote, verb=verb, source=source, cue=verb.text)
            continue
        yield _without_verb(frame, at, quote)


def _found(frame: Frame, at: int, quote: Quote, *, verb: Token | None, source: Token | None, cue: str) -> ContentFound:
    return ContentFound(
        frame, quote.start, quote.end, (at, at + 1), "direct", cue, "direct speech", source, quote=quote, verb=verb
    )


def _cue_follows(frame: Frame, at: int) -> bool:
    """Return whether a cue with its own speaker follows a continued quote in the same sentence."""
    _, end = frame.sentence_of(at)
    return any(_is_quoting(t) and t.dep_ != "relcl" for t in frame.doc[at + 1 : min(end, at + 8)])


def _is_quoting(token: Token) -> bool:
    if token.tag_ == "VBN" and {c.lower_ for c in token.children} >= {"as", "by"}:
        return False  # "as reported by the Gazette" says where it was read
    return token.pos_ == "VERB" and token.lemma_.lower() in cues.QUOTING and token.dep_ not in {"amod", "compound"}


def _is_misread(token: Token) -> bool:
    """Return whether a cue right before a quote was taken for a noun: 'the office notes, "..."'."""
    after_name = token.i > 0 and token.nbor(-1).pos_ in {"NOUN", "PROPN"}
    return token.tag_ == "NNS" and after_name and token.lemma_.lower() in cues.SAYING


def cue_of(frame: Frame, at: int) -> Token | None:
    """Return the cue verb of the quote at token ``at``: by the parse, else the nearest on the side that asks for it."""
    start, end = frame.sentence_of(at)
    doc = frame.doc
    after = _after_quote(frame, at, end)
    if after is not None:
        return after
    before = _before_quote(frame, at, start)
    if before is not None:
        return before
    for ancestor in doc[at].ancestors:
        if start <= ancestor.i < end and _is_quoting(ancestor):
            return ancestor
    around = doc[max(start, at - _REACH) : min(end, at + _REACH + 1)]
    near = sorted((abs(t.i - at), t.i) for t in around if _is_quoting(t) and t.lemma_ not in _DISTANT)
    return doc[near[0][1]] if near else None


def _after_quote(frame: Frame, at: int, end: int) -> Token | None:
    """Return the cue of '"...," he said' and '"...," said the old minister': no other quote or verb comes between."""
    doc = frame.doc
    final = doc[at + 1].text if at + 1 < end else ""
    if final == "." or doc[at].text.endswith("."):
        return None
    for token in doc[at + 1 : min(end, at + _REACH)]:
        if (
            token.i in frame.held
            or token.text in {":", ";"}
            or (token.lower_ in {"and", "but"} and token.dep_ == "cc" and token.head.i == at)
        ):
            return None
        if _is_quoting(token) and token.tag_ in {"VBD", "VBZ", "VBP"} and token.dep_ not in {"relcl", "acl"}:
            return token
        if token.tag_ in {"VBD", "VBZ", "VBP", "MD"} and token.dep_ not in {"relcl", "acl", "auxpass", "aux"}:
            return None
    return None


def _before_quote(frame: Frame, at: int, start: int) -> Token | None:
    """Return the cue of 'he said: "..."' and 'adding that "..."': only a few words stand between."""
    doc = frame.doc
    place, steps = at - 1, 0
    while place >= start and steps < 12:
        token = doc[place]
        if token.i in frame.held:
            return None
        if _is_quoting(token) or (steps <= 2 and _is_misread(token)):
            return token
        if token.text == "." or (token.tag_ in {"VBD", "VBZ", "VBP", "MD"} and token.pos_ == "VERB"):
            return None
        place -= 1
        steps += 1
    return None


def _holds_quote(frame: Frame, source: Token) -> bool:
    """Return whether what the parse takes for a speaker is the word that stands for a quote, or has one in its name."""
    return any(t.i in frame.held for t in frame.doc[min(source.left_edge.i, source.i) : source.i + 1])


def _other_noun(frame: Frame, verb: Token, at: int) -> Token | None:
    """Return the noun beside the cue that names its speaker: never whom a verb of telling tells."""
    options = [
        c
        for c in verb.children
        if c.pos_ in {"PROPN", "NOUN", "PRON"}
        and c.i != at
        and c.dep_ != "pobj"
        and not _holds_quote(frame, c)
        and c.ent_type_ not in {"DATE", "TIME"}
    ]
    if verb.lemma_ in TELLING:
        options = [c for c in options if c.i < verb.i] or _named_between(frame, at, verb)
    return min(options, key=lambda c: abs(c.i - verb.i), default=None)


def _named_between(frame: Frame, at: int, verb: Token) -> list[Token]:
    """Return the noun that opens what stands between a quote and its cue: '"...," Ana Rolf, an analyst, told'."""
    nouns = (
        t for t in frame.doc[at + 1 : verb.i] if t.pos_ in {"PROPN", "NOUN"} and t.dep_ not in {"compound", "poss"}
    )
    return [t for t in (next(nouns, None),) if t is not None]


def _without_verb(frame: Frame, at: int, quote: Quote) -> ContentFound:
    """Return the quote by the source that a colon or "according to" names, else as a continuation."""
    start, end = frame.sentence_of(at)
    doc = frame.doc
    words = [t for t in doc[start:end] if t.is_alpha and t.i != at]
    according = next((t for t in words if t.lower_ == "according"), None)
    if according is not None:
        source = next((c for p in according.children for c in p.children if c.dep_ == "pobj"), None)
        if source is not None:
            return _found(frame, at, quote, verb=None, source=source, cue="according to")
    worded = _in_words_of(frame, at, start)
    if worded is not None:
        return _found(frame, at, quote, verb=None, source=worded, cue="in the words of")
    signed = _signed(frame, at, end)
    if signed is not None:
        return _found(frame, at, quote, verb=None, source=signed, cue="-")
    nouns = [t for t in doc[start:at] if t.pos_ in {"PROPN", "NOUN", "PRON"}]
    if nouns and any(t.text == ":" for t in doc[nouns[-1].i : at]):
        root = doc[start:at].root
        source = source_of(root) if root.pos_ in {"VERB", "AUX"} else root
        return _found(frame, at, quote, verb=None, source=source or nouns[0], cue=":")
    return _found(frame, at, quote, verb=None, source=None, cue=CONTINUED)


def _in_words_of(frame: Frame, at: int, start: int) -> Token | None:
    """Return whom "in the words of X" or "in X's words" names right before the quote."""
    for noun in reversed(frame.doc[max(start, at - 16) : at]):
        if noun.lower_ == "words" and noun.dep_ == "pobj" and noun.head.lower_ == "in":
            return owner_of(noun) or next(
                (c for p in noun.children if p.lower_ == "of" for c in p.children if c.dep_ == "pobj"), None
            )
    return None


def _signed(frame: Frame, at: int, end: int) -> Token | None:
    """Return who is named behind a dash after the quote, as under a motto: '"The strait stays open." - Ann Lee'."""
    rest = [t for t in frame.doc[at + 1 : len(frame.doc)] if t.text not in {'"', "'", "."} and not t.is_space]
    if not rest or rest[0].text not in {"-", "–", "—", "--"} or len(rest) > 14:
        return None
    names = rest[1:]
    if not names or any(t.tag_ in {"VBD", "VBZ", "VBP", "MD"} or t.i in frame.held for t in names):
        return None
    comma = next((n for n, t in enumerate(names) if t.text == ","), len(names))
    heads = [t for t in names[:comma] if t.pos_ in {"PROPN", "NOUN"}]
    return heads[-1] if heads and heads[-1].i < max(end, len(frame.doc)) else None
