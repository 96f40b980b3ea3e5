"""Who takes part: a name or a body that acts, decides, is acted upon or is spoken to, by its place in the clause.

A place, a dateline, an adjective such as "London-based", a broadcaster that is told something and a thing take no part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quandary.read.words import cues
from quandary.read.words.predicates import predicates
from quandary.read.words.wording import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

MEMBERS = word_set("members")
BODIES = word_set("acting_bodies")
BANDS = word_set("bands")
_BEING = frozenset(
    ("be", "have", "seem", "remain", "include", "contain", "number", "lie", "border", "resemble", "become")
)
_REACHING = frozenset(
    ("visit", "leave", "enter", "reach", "cross", "tour", "flee", "include", "mention", "border", "approach",
     "near", "call", "name", "travel", "tell", "have", "see", "like", "watch", "read", "inform")
)  # fmt: skip
_GIVING = frozenset(
    ("appeal", "give", "sell", "lend", "send", "supply", "offer", "hand", "speak", "talk", "respond", "surrender",
     "turn", "listen", "appear", "submit", "apologise", "apologize", "belong", "pay", "owe", "provide", "grant")
)  # fmt: skip
_TAKING = frozenset(("get", "receive", "win", "buy", "obtain", "borrow", "demand", "seek"))
_TIES = word_set("ties")
_BURDENS = word_set("burdens")


def takes_part(token: Token, depth: int = 0) -> bool:
    """Return whether what a noun names does something, or has something done or said to it."""
    if depth > 4:
        return False
    head, dep = token.head, token.dep_
    if _is_cut_off(token) or token.doc[token.i + 1 : token.i + 3].text.lower() == "-led":
        return True
    if dep == "nsubj":
        return _acts(head, token)
    if dep == "nsubjpass":
        return head.lemma_.lower() not in {"locate", "situate", "hold", "base", "call", "name", "see"}
    if dep in {"dobj", "dative"}:
        if head.lemma_ in {"tell", "inform"}:
            return token.lower_ in BODIES | BANDS  # a parliament is told as a party, a paper is not
        return head.lemma_.lower() not in _REACHING
    if dep in {"conj", "appos"}:
        return head.pos_ in {"NOUN", "PROPN"} and takes_part(head, depth + 1)
    if dep == "poss" and head.pos_ in {"NOUN", "PROPN"}:
        return _is_doing_of(head) or (_is_member(head) and takes_part(head, depth + 1))
    if dep in {"compound", "nmod", "amod"}:
        return (_is_member(head) or head.pos_ == "PROPN") and takes_part(head, depth + 1)
    if dep == "pobj":
        return _is_party(head, token, depth)
    return False


def _is_cut_off(token: Token) -> bool:
    """Return whether a name after "On Wednesday" has its verb behind a clause: "the Council, meeting in X, voted"."""
    doc, at = token.doc, token.i + 1
    if token.dep_ != "pobj" or token.ent_type_ != "ORG" or at >= len(doc) or doc[at].text != ",":
        return False
    return any(t.tag_ == "VBD" and t.nbor(-1).text == "," for t in doc[at + 1 : at + 12])


def _acts(verb: Token, subject: Token) -> bool:
    if verb.pos_ not in {"VERB", "AUX"}:
        return False
    if verb.lemma_.lower() not in _BEING or any(c.dep_ == "xcomp" for c in verb.children):
        return verb.dep_ != "relcl" or verb.head != subject
    return any(c.lower_ in predicates().frames for c in verb.children)


def _is_member(noun: Token) -> bool:
    """Return whether a noun is of who or what acts for somebody: ships, troops, a spokesman, a government."""
    return noun.lemma_.lower() in MEMBERS | BODIES | BANDS or noun.lower_ in MEMBERS | BODIES | BANDS


def _is_doing_of(noun: Token) -> bool:
    """Return whether a noun is a deed: "Kora's attack", "the Union's decision"."""
    words = predicates()
    lemma = noun.lemma_.lower()
    return lemma in words.events or lemma in words.nominal_carriers or lemma in cues.CLAIM_NOUNS or lemma in words.nouns


def _is_party(prep: Token, token: Token, depth: int) -> bool:
    word, ruler = prep.lower_, prep.head
    lemma = ruler.lemma_.lower()
    if word in {"to", "from"} and (token.lower_ in BODIES | BANDS or (word == "from" and lemma in _TAKING)):
        return True
    if prep.dep_ == "agent" or word == "against":
        return True
    if word == "by":
        return ruler.tag_ == "VBN" or _is_doing_of(ruler)
    if word in {"between", "among"}:
        return lemma not in {"border", "distance", "road", "line", "flight", "area", "sea", "strait", "river"}
    if word == "with":
        return lemma in _TIES or (
            word == "with" and ruler.pos_ == "VERB" and lemma not in {"do", "begin", "start", "end"}
        )
    if word in {"on", "upon"}:
        return lemma in _BURDENS or lemma in {"call", "depend", "rely", "impose", "put", "press", "wage", "declare"}
    if word in {"of", "for"}:
        if _is_member(ruler) or lemma in cues.PEOPLE_NOUNS:
            return takes_part(ruler, depth + 1) or lemma in cues.PEOPLE_NOUNS
        return lemma in _BURDENS
    if word == "to":
        return lemma in _GIVING or lemma in _BURDENS
    if word in {"in", "from"} and lemma in {"war", "withdraw", "withdrawal"}:
        return token.ent_type_ in {"GPE", "NORP"} and (word == "in") == (lemma == "war")
    return word == "from" and lemma in _BURDENS
