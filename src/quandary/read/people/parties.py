"""Names that act or are acted upon: subjects, owners, parties to a war or a truce, whatever a model calls them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quandary.read.parsing.grammar import Frame
from quandary.read.people.agents import proper_name
from quandary.read.words import cues
from quandary.read.words.countries import country_of
from quandary.read.words.predicates import predicates
from quandary.read.words.roles import LEADERS, is_title
from quandary.read.words.wording import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

_THINGS = frozenset(
    ("DATE", "TIME", "MONEY", "PERCENT", "LANGUAGE", "LAW", "WORK_OF_ART", "PRODUCT", "FAC", "EVENT", "QUANTITY")
)
_PARTIES = frozenset(("against", "between", "with", "on", "in", "by", "from", "to", "of"))
_NO_PARTIES = word_set("no_parties")
_DAYS = word_set("months_and_days")
_RULERS = LEADERS | word_set("ranks")
_BODIES = word_set("names_of_bodies")
_KINDS_OF_BODY = word_set("kinds_of_bodies")


def parties_in(frame: Frame) -> Iterator[tuple[str, str, int, int]]:
    """Yield the name and type of each party, with the tokens where it stands."""
    for token in frame.doc:
        if token.i in frame.held or not _is_name(token):
            continue
        first, last = _reach(token)
        words = frame.doc[first : last + 1].text
        if country_of(words) or country_of(words.split()[0]):
            continue
        kind = _kind(token, frame.doc[first])
        if kind is not None:
            start = first
            if kind == "leader":
                while start < token.i and is_title(frame.doc[start].text):
                    start += 1
            yield frame.doc[start : last + 1].text, kind, start, last


def _is_name(token: Token) -> bool:
    text = token.text
    if not text[:1].isupper() or not text.replace("-", "").isalpha() or token.lower_ in predicates().events:
        return False
    if token.dep_ in {"compound", "nmod"} and not _acts_next(token):
        return False
    if token.ent_type_ == "LOC" or token.lower_ in _NO_PARTIES:
        return False
    if (
        (token.ent_type_ in _THINGS and not _acts_next(token))
        or text.casefold() in _DAYS
        or is_title(text)
        or (text.isupper() and len(text) > 6)
    ):
        return False
    if token.pos_ == "PROPN":
        return not (token.is_sent_start and token.dep_ == "ROOT")
    return token.i > 0 and token.nbor(-1).lower_ in {"with", "against"} and not token.is_sent_start


def _acts_next(token: Token) -> bool:
    """Return whether a name is the subject of the verb right after it, whatever the parse hangs it on."""
    following = token.nbor() if token.i + 1 < len(token.doc) else None
    return token.pos_ == "PROPN" and following is not None and following.tag_ in {"VBD", "VBZ", "VBN", "MD"}


def _reach(token: Token) -> tuple[int, int]:
    """Return the first and the last token of a name: "the Red Delta Movement", "Assembly of Caro"."""
    words = len(proper_name(token).split())
    last = token.i
    doc = token.doc
    if (
        token.lower_ in _BODIES
        and last + 2 < len(doc)
        and doc[last + 1].lower_ == "of"
        and doc[last + 2].pos_ == "PROPN"
    ):
        last += 2
    first = max(0, token.i - words + 1)
    while first < token.i and not doc[first].text[:1].isupper():
        first += 1
    return first, last


def _kind(token: Token, first: Token) -> str | None:
    """Return what sort of party a name is by its place in the clause; ``None`` where it is none."""
    if any(t.lower_ in _RULERS for t in token.doc[first.i : token.i]):
        return "leader"
    before = first.nbor(-1) if first.i > 0 else None
    if before is not None and before.lower_ in _KINDS_OF_BODY:
        return "organisation"
    if not _takes_part(token):
        return None
    determined = before is not None and before.lower_ == "the"
    return "organisation" if determined or token.lower_ in _BODIES else "state"


def _takes_part(token: Token) -> bool:
    head = token.head
    following = token.nbor() if token.i + 1 < len(token.doc) else None
    if token.ent_type_ == "PERSON" and token.dep_ not in {"pobj", "conj"}:
        alone = (
            len(proper_name(token).split()) == 1
        )  # a person is first named in full; who is not, and acts, is a party
        return alone and token.dep_ == "nsubj" and head.pos_ == "VERB" and head.lemma_ not in cues.QUOTING
    if (
        following is not None
        and following.text == "-"
        and token.i + 2 < len(token.doc)
        and token.doc[token.i + 2].lower_ == "led"
    ):
        return True
    if token.dep_ in {"compound", "nmod"}:
        return True
    if token.dep_ in {"nsubj", "nsubjpass"}:
        return head.pos_ in {"VERB", "AUX"} and (
            head.lemma_ not in cues.QUOTING or token.ent_type_ in {"ORG", "GPE", "NORP", "LOC"}
        )
    if token.dep_ in {"poss", "dobj", "dative"}:
        return token.dep_ != "poss" or head.pos_ in {"NOUN", "PROPN"}
    if token.dep_ == "conj":
        return _takes_part(head) if head.pos_ == "PROPN" else False
    if following is not None and following.tag_ in {"VBD", "VBZ"} and token.dep_ == "pobj" and head.head == following:
        return True
    before = token.doc[token.left_edge.i - 1] if token.left_edge.i else None
    prep = head if token.dep_ == "pobj" else before
    if prep is None or prep.lower_ not in _PARTIES:
        return False
    if prep.lower_ in {"against", "between"} or prep.dep_ == "agent":
        return True
    noun = prep.head if prep.head.pos_ == "NOUN" else (prep.nbor(-1) if prep.i else prep)
    events = predicates().events
    if prep.lower_ == "with" and prep.head.pos_ == "NOUN":
        return True
    return noun.lemma_.lower() in events or noun.lower_ in events
