"""Cues that are no verbs of saying to the parser: verbs taken for nouns, "stressed the need", "the letter reads"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quandary.read.parsing.finds import ContentFound, content, inside_quote, quotes_in
from quandary.read.parsing.grammar import Frame
from quandary.read.parsing.subjects import source_of
from quandary.read.statements.cutting import cut
from quandary.read.words import cues
from quandary.read.words.wording import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

_FINITE = {"VBD", "VBZ", "VBP", "MD"}
_STRESSING = word_set("stressing")
_WEIGHTY = {"need": ("for", "to"), "importance": ("of",), "necessity": ("of", "for"), "urgency": ("of",)}
_AUTHOR = {"i", "we", "you", "it", "there"}


def noun_cues(frame: Frame) -> Iterator[ContentFound]:
    """Yield the clause after a verb that the parser took for a noun: "local media report that ..."."""
    for noun in frame.doc:
        lemma = noun.lemma_.lower()
        if noun.pos_ != "NOUN" or lemma not in cues.SAYING or inside_quote(frame, noun) or noun.i == 0:
            continue
        start, end = frame.sentence_of(noun.i)
        that = next((t for t in frame.doc[noun.i + 1 : min(noun.i + 6, end)] if t.lower_ == "that"), None)
        before = noun.nbor(-1)
        agrees = (noun.tag_ == "NNS") == (before.tag_ not in {"NNS", "NNPS"}) or before.lower_ == "media"
        named = before.pos_ in {"NOUN", "PROPN"} and agrees and before.i >= start
        if that is None or not named or that.dep_ in {"nsubj", "dobj", "nsubjpass"}:
            continue
        clause = that.head
        if any(t.tag_ in _FINITE for t in frame.doc[start : that.i]) or clause.i <= that.i:
            continue
        if clause.right_edge.i < end - 2 or not any(t.tag_ in _FINITE for t in frame.doc[that.i : end]):
            continue  # "the ministry report that the bridge fell was wrong"
        place = (that.i + 1, cut(frame, noun, that.i + 1, end))
        yield from _found(frame, noun, before, place, rule="noun cue")


def needs(frame: Frame) -> Iterator[ContentFound]:
    """Yield "the need for talks" of "stressed the need for talks"."""
    for noun in frame.doc:
        wanted = _WEIGHTY.get(noun.lemma_.lower())
        verb = noun.head
        if wanted is None or noun.dep_ != "dobj" or verb.lemma_ not in _STRESSING or inside_quote(frame, noun):
            continue
        if any(c.dep_ == "neg" for c in verb.children):
            continue
        _, end = frame.sentence_of(noun.i)
        last = max([noun.right_edge.i, *(c.right_edge.i for c in verb.rights if c.dep_ in {"xcomp", "advcl"})])
        if any(t.lower_ in wanted for t in frame.doc[noun.i + 1 : noun.i + 3]):
            first = noun.left_edge.i
            place = (first, cut(frame, verb, first, min(last + 1, end)))
            yield from _found(frame, verb, source_of(verb), place, rule="need")


def readings(frame: Frame) -> Iterator[ContentFound]:
    """Yield the quoted words of "the letter reads "we may extend it"": what a text says."""
    for verb in frame.doc:
        if verb.lemma_ != "read" or verb.pos_ != "VERB" or inside_quote(frame, verb):
            continue
        source = source_of(verb)
        if source is None or source.lemma_.lower() not in cues.DOCUMENT_NOUNS | {"sign", "banner", "clause", "draft"}:
            continue
        _, end = frame.sentence_of(verb.i)
        after = frame.doc[verb.i + 1 : end]
        first = next((t for t in after if inside_quote(frame, t)), None)
        if first is None or first.i > verb.i + 4:
            continue
        quote = quotes_in(frame, frame.start_of(first), frame.end_of(first))[0]
        tokens = [t.i for t in after if quote.start <= frame.start_of(t) < quote.end]
        place = (tokens[0], tokens[-1] + 1)
        yield ContentFound(frame, quote.start, quote.end, place, "direct", verb.text, "reading", source, verb=verb)


def _found(
    frame: Frame, cue: Token, source: Token | None, place: tuple[int, int], *, rule: str
) -> Iterator[ContentFound]:
    kept = content(frame, *place) if source is not None and source.lower_ not in _AUTHOR else None
    if kept is not None:
        begins, ends, form, tokens = kept
        yield ContentFound(frame, begins, ends, tokens, form, cue.text, rule, source, verb=cue)
