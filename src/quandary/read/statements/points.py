"""Content carried by nouns: "its position that ...", "another reason is that ...", "stressed the need for".

Also by verbs that the parser took for nouns, "local media report that ...", and by texts: "the letter reads".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quandary.read.parsing.finds import ContentFound, content, inside_quote, quotes_in
from quandary.read.parsing.grammar import Frame
from quandary.read.parsing.subjects import is_passive, own_subject, source_of, subject_of_noun_verb
from quandary.read.statements.clauses import is_clause, is_cue, is_marked
from quandary.read.statements.cutting import cut, without_that
from quandary.read.words import cues
from quandary.read.words.wording import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

_AUTHOR = {"i", "we"}
_FINITE = {"VBD", "VBZ", "VBP", "MD"}
_STRESSING = word_set("stressing")
_WEIGHTY = {"need": ("for", "to"), "importance": ("of",), "necessity": ("of", "for"), "urgency": ("of",)}
_NOBODY = {"i", "we", "you", "it", "there"}
_FURTHER = {"another", "second", "third", "further", "other", "additional", "final", "main"}
_POINTS = {"reason", "factor", "argument", "point", "concern", "risk", "problem", "danger", "question", "worry", "fear"}


def further_points(frame: Frame) -> Iterator[ContentFound]:
    """Yield "Another reason is that ..." right after a source was named: the author goes on with the source's case."""
    for noun in frame.doc:
        if noun.lower_ not in _POINTS or noun.dep_ != "nsubj" or noun.head.lemma_ != "be":
            continue
        start, end = frame.sentence_of(noun.i)
        opens = {t.lower_ for t in frame.doc[start : noun.i]}
        clause = next((c for c in noun.head.rights if c.dep_ == "ccomp" and is_marked(c)), None)
        if clause is None or not opens & _FURTHER or not _has_cue_before(frame, start):
            continue
        place = content(frame, without_that(frame, clause.left_edge.i), cut(frame, noun.head, clause.left_edge.i, end))
        if place is not None:
            begins, ends, form, tokens = place
            yield ContentFound(frame, begins, ends, tokens, form, "(continued)", "further point")


def _has_cue_before(frame: Frame, start: int) -> bool:
    """Return whether the sentence before ``start`` in the same paragraph gives its content to a source."""
    before = [s for s in frame.sentences if s[1] <= start]
    if not before:
        return False
    return any(is_cue(frame, t) for t in frame.doc[before[-1][0] : before[-1][1]])


def claim_nouns(frame: Frame) -> Iterator[ContentFound]:
    """Yield the content of nouns of saying: "reiterated its position that ...", "the minister's claim that ..."."""
    for noun in frame.doc:
        if noun.pos_ != "NOUN" or noun.lemma_.lower() not in cues.CLAIM_NOUNS or inside_quote(frame, noun):
            continue
        for clause in noun.rights:
            if clause.dep_ not in {"acl", "ccomp", "relcl"} or not (is_clause(clause) or _is_asked(clause)):
                continue
            marks = [c for c in clause.children if c.lower_ == "that"]
            if clause.dep_ == "relcl" and any(c.dep_ in {"nsubj", "dobj", "nsubjpass"} for c in marks):
                continue
            if (not marks and frame.doc[clause.left_edge.i].lower_ != "that") or _lacks_object(clause):
                continue
            source = subject_of_noun_verb(noun)
            if noun.lower_ == "point" and noun.head.lower_ == "to":
                continue  # "it got worse, to the point that ...": nobody's point
            if source is None or source.lower_ in _AUTHOR:
                continue
            _, sentence_end = frame.sentence_of(noun.i)
            start = clause.left_edge.i
            end = cut(frame, noun, start, min(clause.right_edge.i + 1, sentence_end))
            place = content(frame, without_that(frame, start), end)
            if place is not None:
                begins, ends, form, tokens = place
                carrier = noun.head.text if noun.head.pos_ == "VERB" else noun.text
                if _is_asked(clause) and carrier != noun.text:
                    carrier += f" {noun.text}"  # what is asked is a norm by its noun, and denied or not by its verb
                yield ContentFound(frame, begins, ends, tokens, form, carrier, "claim noun", source)


def _is_asked(clause: Token) -> bool:
    """Return whether a clause says what is asked for, in the bare form: "a request that people stop"."""
    bare = clause.tag_ == "VB" and not any(c.dep_ == "aux" for c in clause.children)
    return bare and is_marked(clause) and own_subject(clause) is not None


def _lacks_object(clause: Token) -> bool:
    """Return whether a clause only describes the noun, as its verb lacks the object: "a claim that the rebels deny"."""
    takes = {"dobj", "ccomp", "xcomp", "oprd", "prep", "attr", "acomp"}
    return clause.lemma_ in cues.CLAUSE and not is_passive(clause) and not any(c.dep_ in takes for c in clause.rights)


_OUTLOOKS = word_set("outlooks")


def outlooks(frame: Frame) -> Iterator[ContentFound]:
    """Yield what someone is afraid, confident or hopeful of: "analysts are concerned that it may spread"."""
    for word in frame.doc:
        if word.lower_ not in _OUTLOOKS or word.pos_ not in {"ADJ", "VERB"} or inside_quote(frame, word):
            continue
        clause = next((c for c in word.rights if c.dep_ == "ccomp" and is_clause(c)), None)
        source = own_subject(word) or own_subject(word.head)
        if clause is None or source is None or source.lower_ in {"i", "we", "it", "there"}:
            continue
        _, end = frame.sentence_of(word.i)
        place = content(
            frame,
            without_that(frame, clause.left_edge.i),
            cut(frame, word, clause.left_edge.i, min(clause.right_edge.i + 1, end)),
        )
        if place is not None:
            begins, ends, form, tokens = place
            yield ContentFound(frame, begins, ends, tokens, form, word.text, "outlook", source)


def put_so(frame: Frame) -> Iterator[ContentFound]:
    """Yield the quoted words of "as the minister put it"."""
    for verb in frame.doc:
        if verb.lemma_ != "put" or not any(c.dep_ == "dobj" and c.lower_ == "it" for c in verb.children):
            continue
        source = own_subject(verb)
        start, end = frame.sentence_of(verb.i)
        low, high = frame.start_of(frame.doc[start]), frame.end_of(frame.doc[end - 1])
        if source is None:
            continue
        for quote in quotes_in(frame, low, high):
            tokens = [t.i for t in frame.doc[start:end] if quote.start <= frame.start_of(t) < quote.end]
            if tokens:
                place = (tokens[0], tokens[-1] + 1)
                yield ContentFound(frame, quote.start, quote.end, place, "direct", verb.text, "put so", source)


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
        yield from _carried(frame, noun, before, place, rule="noun cue")


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
            yield from _carried(frame, verb, source_of(verb), place, rule="need")


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


def _carried(
    frame: Frame, cue: Token, source: Token | None, place: tuple[int, int], *, rule: str
) -> Iterator[ContentFound]:
    kept = content(frame, *place) if source is not None and source.lower_ not in _NOBODY else None
    if kept is not None:
        begins, ends, form, tokens = kept
        yield ContentFound(frame, begins, ends, tokens, form, cue.text, rule, source, verb=cue)
