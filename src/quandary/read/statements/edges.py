"""Where the author, or the cue's own subject, takes the word again inside what the parser hangs on a cue.

Reported speech after a past cue is shifted back ("would", "had", "was"): a clause joined to it that stands in the
present is not under the cue. Nor is a clause that tells what the speaker kept to himself, a noun phrase that sums up
the content in a third party's words, or a verb without a subject of its own in the tense of the cue alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quandary.read.parsing.finds import inside_quote
from quandary.read.parsing.grammar import Frame
from quandary.read.parsing.subjects import own_subject
from quandary.read.words import cues
from quandary.read.words.wording import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

_CONTRAST = {"but", "yet", "though", "although", "while", "whereas"}
_PRESENT, _PAST = {"VBZ", "VBP"}, {"VBD"}
_SHIFTED = {"would", "could", "might", "had", "'d"}
_NOW = {"will", "can", "may", "'ll", "wo", "ca", "shall"}
_PERSONS = {"he", "she", "they", "it"}
_SUMMING = word_set("summing_nouns")
_DETAILS = word_set("details")
_WITHHOLDING = word_set("withholding")
_GIVING = {"give", "offer", "provide", "add", "supply", "release", "present", "cite"}


def tense(verb: Token) -> str | None:
    """Return whether a finite clause stands in the "present" (or future) or in the "past"; ``None`` for neither."""
    words = [verb, *(c for c in verb.children if c.dep_ in {"aux", "auxpass", "cop"})]
    for token in words:
        if token.tag_ == "MD":
            return "past" if token.lower_ in _SHIFTED else "present" if token.lower_ in _NOW else None
    for token in words:
        if token.tag_ in _PAST:
            return "past"
        if token.tag_ in _PRESENT:
            return "present"
    return None


def author_resumes(frame: Frame, cue: Token, head: Token, end: int) -> int:
    """Return the token of the content's range at which someone else than the speaker has the word; ``end`` for none."""
    told, inside = tense(cue), tense(head)
    for token in frame.doc[head.i + 1 : end]:
        if inside_quote(frame, token):
            continue
        if _sums_up(token):
            return int(token.left_edge.i)
        if (
            token.pos_ not in {"VERB", "AUX"}
            or token == cue
            or any(c.lower_ == "that" and c.dep_ == "mark" for c in token.lefts)
        ):
            continue
        at = _joined(frame, token, cue, head)
        if at is None or at <= head.i:
            continue
        subject, now = own_subject(token), tense(token)
        if subject is None:
            if token.dep_ == "conj" and told == now and (inside not in (now, None) or _modal(head, token)):
                return _before_joiners(frame, at)
            if token.dep_ == "conj" and _contrasts(frame, at) and _withholds(token, None):
                return _before_joiners(frame, at)
        elif _contrasts(frame, at) and ((told == inside == "past" and now == "present") or _withholds(token, subject)):
            return _before_joiners(frame, at)
        if subject is not None and [told, inside, now] == ["past", "present", "past"] and _behind_quote(frame, at):
            return _before_joiners(frame, at)
    return end


def _modal(head: Token, verb: Token) -> bool:
    """Return whether a plain past stands beside a "would" that it cannot continue: "would hold it and left"."""
    return verb.tag_ == "VBD" and any(c.tag_ == "MD" for c in head.children)


def _before_joiners(frame: Frame, at: int) -> int:
    while at > 0 and frame.doc[at - 1].lower_ in _CONTRAST | {"and", ","}:
        at -= 1
    return at


def _joined(frame: Frame, verb: Token, cue: Token, head: Token) -> int | None:
    """Return where a clause begins that is joined to the content's own verb or to the cue."""
    if verb.dep_ not in {"conj", "advcl"} or verb.head not in (cue, head, *head.conjuncts):
        return None
    subject = own_subject(verb)
    first = min([verb.i, *(c.left_edge.i for c in verb.lefts if c.dep_ != "punct")])
    return subject.left_edge.i if subject is not None and verb.dep_ == "conj" else first


def _behind_quote(frame: Frame, at: int) -> bool:
    """Return whether a clause with "but" follows a closing mark at once: 'is "open again," but the news came late'."""
    doc = frame.doc
    if at < 2 or doc[at - 1].lower_ not in _CONTRAST:
        return False
    closing = frame.start_of(doc[at - 2])
    return any(closing in (q.outer_end - 1, q.outer_end) for q in frame.inline)


def _contrasts(frame: Frame, at: int) -> bool:
    """Return whether a clause from ``at`` stands behind a comma and a word of contrast (or "and")."""
    doc = frame.doc
    words = [t for t in doc[max(0, at - 3) : at + 1] if t.lower_ in _CONTRAST | {"and"}]
    if not words:
        return False
    before = words[0].i - 1
    while before > 0 and (doc[before].pos_ == "ADV" or doc[before].text == '"'):
        before -= 1
    return doc[before].text in {",", ";", "-"} or doc[before].text.endswith(",")


def _withholds(verb: Token, subject: Token | None) -> bool:
    """Return whether a clause says what the speaker did not say: "but he gave no details", "but declined to"."""
    if subject is not None and subject.lower_ not in _PERSONS:
        return False
    if verb.lemma_ in _WITHHOLDING:
        return (verb.lemma_ not in cues.SAYING and verb.lemma_ != "elaborate") or _negated(verb)
    given = next((c for c in verb.rights if c.dep_ == "dobj"), None)
    if verb.lemma_ not in _GIVING or given is None or given.lemma_.lower() not in _DETAILS:
        return False
    return _negated(verb) or any(c.lower_ in {"no", "few", "little"} for c in given.children)


def _negated(verb: Token) -> bool:
    return any(c.dep_ == "neg" for c in verb.children)


def _sums_up(noun: Token) -> bool:
    """Return whether a noun phrase names the content as others see it: "a move that officials have called rash"."""
    if noun.lemma_.lower() not in _SUMMING or noun.left_edge.lower_ not in {"a", "an", "something"}:
        return False
    if noun.left_edge.i == 0 or noun.left_edge.nbor(-1).text != ",":
        return False
    for clause in noun.rights:
        if clause.dep_ in {"relcl", "acl"} and clause.lemma_ in cues.QUOTING | cues.NAMING | _WITHHOLDING:
            subject = own_subject(clause)
            by = any(c.dep_ == "agent" for c in clause.children)
            return by or (subject is not None and subject.lower_ not in {"that", "which", *_PERSONS})
    return False
