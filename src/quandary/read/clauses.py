"""Reported content in clauses: "said that ...", "..., said the minister", "he said", with quoted fragments or without."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quandary.read import cues
from quandary.read.finds import Found, content, inside_quote
from quandary.read.grammar import Frame
from quandary.read.subjects import agent_of, is_passive, own_subject, subject_of, subject_of_noun_verb

if TYPE_CHECKING:
    from spacy.tokens import Token

_AVOIDING = {"decline", "refuse", "fail", "avoid", "stop", "hesitate"}
_AUTHOR = {"i", "we"}


def reported_clauses(frame: Frame) -> Iterator[Found]:
    """Yield the content of every verb of saying or thinking in the frame, outermost first."""
    for verb in frame.doc:
        if not is_cue(frame, verb):
            continue
        complement = clause_complement(frame, verb)
        if complement is not None:
            yield from _after(frame, verb, complement)
        else:
            before = _before(frame, verb)
            if before is not None:
                yield before


def is_cue(frame: Frame, verb: Token) -> bool:
    """Return whether a token is a verb that gives content to a source here."""
    if verb.lemma_.lower() not in cues.CLAUSE or verb.pos_ not in {"VERB", "AUX"} or inside_quote(frame, verb):
        return False
    if verb.dep_ in {"amod", "compound"}:
        return False
    if verb.dep_ == "xcomp" and verb.head.lemma_ in _AVOIDING:
        return False
    if is_passive(verb) and agent_of(verb) is None and not _is_quoted_as(verb):
        return _announced(verb)
    negated = any(c.dep_ == "neg" for c in verb.children)
    return not negated or verb.lemma_ in cues.THINKING


def _is_quoted_as(verb: Token) -> bool:
    return verb.dep_ == "pcomp" and verb.head.lower_ == "as"


def _announced(verb: Token) -> bool:
    return any(c.dep_ == "agent" for c in verb.children)


def clause_complement(frame: Frame, verb: Token) -> Token | None:
    """Return the head of the clause that follows the verb as what is said, or ``None``."""
    _, end = frame.sentence_of(verb.i)
    for child in verb.rights:
        if child.i >= end or child.i in frame.held:
            continue
        if child.dep_ == "ccomp" and (_marked(child) or (_is_clause(child) and verb.lemma_ not in cues.NEED_THAT)):
            return child
        if child.dep_ in {"dep", "advcl"} and _marked(child):
            return child
    return None


def _marked(verb: Token) -> bool:
    return any(c.dep_ == "mark" and c.lower_ in {"that", "whether"} for c in verb.children)


def _is_clause(head: Token) -> bool:
    if any(c.dep_ == "aux" and c.tag_ == "TO" for c in head.children):
        return False
    has_subject = any(c.dep_ in {"nsubj", "nsubjpass", "expl", "csubj", "attr"} for c in head.children)
    finite = head.tag_ in {"VBD", "VBZ", "VBP", "MD"} or any(
        c.tag_ in {"VBD", "VBZ", "VBP", "MD"} for c in head.children if c.dep_ in {"aux", "auxpass", "cop"}
    )
    return has_subject and finite


def _after(frame: Frame, verb: Token, head: Token) -> Iterator[Found]:
    """Yield the content after a cue; a second "that" starts another statement."""
    _, sentence_end = frame.sentence_of(verb.i)
    start = min(t.i for t in head.subtree if t.i > verb.i)
    for token in frame.doc[verb.i + 1 : start]:
        if token.lower_ in {"that", "if", "as"} and token.i >= start - 2 and token.dep_ in {"mark", "advmod"}:
            start = token.i
            break
    end = head.right_edge.i + 1
    for sibling in verb.rights:
        if sibling.i > head.i and _belongs(sibling):
            end = max(end, sibling.right_edge.i + 1)
    end = min(end, sentence_end)
    source = source_of(verb)
    for low, high in _split_at_that(frame, head, start, cut(frame, verb, start, end)):
        low = _without_that(frame, low)
        place = content(frame, low, high)
        if place is not None:
            begins, ends, form, tokens = place
            yield Found(frame, begins, ends, tokens, form, verb.text, "clause", source, verb=verb)


def _belongs(sibling: Token) -> bool:
    """Return whether a later part of the cue's clause is part of what was said (a wrongly attached adjunct)."""
    after_comma = sibling.left_edge.i > 0 and sibling.left_edge.nbor(-1).text in {",", "-"}
    if sibling.dep_ in {"prep", "advmod", "npadvmod", "agent"}:
        return not after_comma
    if sibling.dep_ == "advcl":
        return not after_comma or any(c.lower_ in {"if", "unless", "because"} for c in sibling.children)
    if sibling.dep_ in {"ccomp", "conj"}:
        return sibling.lemma_.lower() not in cues.QUOTING and own_subject(sibling) is not None
    return sibling.dep_ in {"dobj", "acomp", "oprd", "xcomp", "dep"}


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
        if token.lemma_.lower() not in cues.QUOTING or token.pos_ != "VERB":
            continue
        if token.tag_ == "VBG" and _after_comma(doc, at) and token.lemma_.lower() in cues.SAYING:
            subject = own_subject(token)
            return _back_to_join(frame, subject.left_edge.i if subject is not None else at, start)
        if token.tag_ == verb.tag_ and token.dep_ == "conj" and _has_content(frame, token):
            subject = own_subject(token)
            joined = subject.left_edge.i if subject is not None else at
            if subject is None or subject.lower_ not in {"it", "they"}:
                return _back_to_join(frame, joined, start)
        if token.dep_ == "advcl" and any(c.lower_ in {"while", "whereas"} for c in token.children):
            return _back_to_join(frame, token.left_edge.i, start)
    return end


def _after_comma(doc: object, at: int) -> bool:
    tokens = doc[max(0, at - 14) : at]  # type: ignore[index]
    words = [t for t in tokens if not t.is_space]
    while words and words[-1].pos_ == "ADV":
        words.pop()
    if words and words[-1].text in {",", '"', "-"}:
        return True
    subject = own_subject(doc[at])  # type: ignore[index]
    return subject is not None and any(
        t.lower_ == "with"
        for t in doc[max(0, subject.left_edge.i - 1) : subject.left_edge.i]  # type: ignore[index]
    )


def _has_content(frame: Frame, verb: Token) -> bool:
    if any(c.dep_ in {"ccomp", "xcomp", "oprd"} or c.i in frame.held for c in verb.rights):
        return True
    return any(c.dep_ in {"dobj", "prep"} and any(inside_quote(frame, t) for t in c.subtree) for c in verb.rights)


def _back_to_join(frame: Frame, at: int, start: int) -> int:
    """Return the place of the comma or conjunction that joins what begins at ``at``."""
    joiners = {",", "and", "but", "while", "with", "-", ";", "whereas", "as", "though", "although"}
    while at > start and (frame.doc[at - 1].lower_ in joiners or frame.doc[at - 1].pos_ == "ADV"):
        at -= 1
    while at > start and frame.doc[at - 1].text == '"' and not _closes(frame, at - 1):
        at -= 1
    return at


def _closes(frame: Frame, token: int) -> bool:
    at = frame.start_of(frame.doc[token])
    return any(q.outer_end - 1 == at for q in frame.inline)


def _without_that(frame: Frame, start: int) -> int:
    doc = frame.doc
    while start < len(doc) - 1 and doc[start].text in {",", ":"}:
        start += 1
    follows = doc[start + 1] if start + 1 < len(doc) else doc[start]
    if doc[start].lower_ == "that" and (doc[start].tag_ == "IN" or follows.tag_ not in {"VBZ", "VBD", "VBP", "MD"}):
        return start + 1
    return start


def _split_at_that(frame: Frame, head: Token, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the range, in two where a second "that" repeats the cue: "said that A and that B"."""
    for conjunct in head.conjuncts:
        mark = next((c for c in conjunct.children if c.dep_ == "mark" and c.lower_ == "that"), None)
        if mark is not None and start < mark.i < end and conjunct.i > head.i:
            at = mark.i
            while at > start and frame.doc[at - 1].lower_ in {"and", "but", ",", "or"}:
                at -= 1
            yield start, at
            yield mark.i, end
            return
    yield start, end


def _before(frame: Frame, verb: Token) -> Found | None:
    """Return content that stands before its cue: "X must stop, said the Union", or around it: "X, he said, will"."""
    if verb.lemma_.lower() not in cues.SAYING | cues.THINKING or verb.tag_ not in {"VBD", "VBZ", "VBP"}:
        return None
    start, end = frame.sentence_of(verb.i)
    source = source_of(verb, inverted=True)
    if source is None or source.lower_ in _AUTHOR or not start <= source.i < end:
        return None
    opens = min(verb.i, source.left_edge.i)
    closes = max(verb.i, _phrase_end(source)) if source.i > verb.i else verb.i
    if opens == start or frame.doc[opens - 1].text not in {",", "-"}:
        return None
    if source.i < verb.i and any(t.pos_ in {"VERB", "AUX", "SCONJ"} for t in frame.doc[source.i : verb.i]):
        return None
    if any(t.i in frame.held for t in frame.doc[start:opens]) or any(
        c.dep_ == "dobj" for c in verb.rights if c != source
    ):
        return None
    if not _has_finite_verb(frame, start, opens) and not _resumes(frame, closes, end):
        return None
    stop = end if _resumes(frame, closes, end) else opens
    place = content(frame, start, stop)
    if place is None:
        return None
    begins, ends, form, tokens = place
    return Found(frame, begins, ends, tokens, form, verb.text, "preposed", source, verb=verb)


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
    if len(rest) and (rest[0].tag_ == "VBG" or rest[0].pos_ in {"SCONJ"} or rest[0].lower_ in {"who", "which"}):
        return False
    return any(t.tag_ in {"VBD", "VBZ", "VBP", "MD"} for t in rest)


def source_of(verb: Token, *, inverted: bool = False) -> Token | None:
    """Return the head of the phrase that names who speaks."""
    found = subject_of(verb)
    if found is None and inverted:
        found = next(
            (c for c in verb.rights if c.dep_ in {"dobj", "attr", "npadvmod"} and c.pos_ in {"PROPN", "NOUN", "PRON"}),
            None,
        )
    return found


_FURTHER = {"another", "second", "third", "further", "other", "additional", "final", "main"}
_POINTS = {"reason", "factor", "argument", "point", "concern", "risk", "problem", "danger", "question", "worry", "fear"}


def further_points(frame: Frame) -> Iterator[Found]:
    """Yield "Another reason is that ..." right after a source was named: the author goes on with the source's case."""
    for noun in frame.doc:
        if noun.lower_ not in _POINTS or noun.dep_ != "nsubj" or noun.head.lemma_ != "be":
            continue
        start, end = frame.sentence_of(noun.i)
        opens = {t.lower_ for t in frame.doc[start : noun.i]}
        clause = next((c for c in noun.head.rights if c.dep_ == "ccomp" and _marked(c)), None)
        if clause is None or not opens & _FURTHER or not _has_cue_before(frame, start):
            continue
        place = content(frame, _without_that(frame, clause.left_edge.i), cut(frame, noun.head, clause.left_edge.i, end))
        if place is not None:
            begins, ends, form, tokens = place
            yield Found(frame, begins, ends, tokens, form, "(continued)", "further point")


def _has_cue_before(frame: Frame, start: int) -> bool:
    """Return whether the sentence before ``start`` in the same paragraph gives its content to a source."""
    before = [s for s in frame.sentences if s[1] <= start]
    if not before:
        return False
    return any(is_cue(frame, t) for t in frame.doc[before[-1][0] : before[-1][1]])


def claim_nouns(frame: Frame) -> Iterator[Found]:
    """Yield the content of nouns of saying: "reiterated its position that ...", "the minister's claim that ..."."""
    for noun in frame.doc:
        if noun.pos_ != "NOUN" or noun.lemma_.lower() not in cues.CLAIM_NOUNS or inside_quote(frame, noun):
            continue
        for clause in noun.rights:
            if clause.dep_ not in {"acl", "ccomp", "relcl"} or not _is_clause(clause):
                continue
            marks = [c for c in clause.children if c.lower_ == "that"]
            if clause.dep_ == "relcl" and any(c.dep_ in {"nsubj", "dobj", "nsubjpass"} for c in marks):
                continue
            if not marks and frame.doc[clause.left_edge.i].lower_ != "that":
                continue
            source = subject_of_noun_verb(noun)
            if source is None or source.lower_ in _AUTHOR:
                continue
            _, sentence_end = frame.sentence_of(noun.i)
            start = clause.left_edge.i
            end = cut(frame, noun, start, min(clause.right_edge.i + 1, sentence_end))
            place = content(frame, _without_that(frame, start), end)
            if place is not None:
                begins, ends, form, tokens = place
                carrier = noun.head.text if noun.head.pos_ == "VERB" else noun.text
                yield Found(frame, begins, ends, tokens, form, carrier, "claim noun", source)
