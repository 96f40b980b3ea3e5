"""Conditions and what hangs on them: the clauses of "if", "unless", "only after", "should X", "do that and we"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from quandary.read.parsing.subjects import is_passive, own_subject

if TYPE_CHECKING:
    from spacy.tokens import Token

MODALS = frozenset(("will", "would", "'ll", "may", "might", "could", "can", "shall", "wo", "ca"))
_TELLING = frozenset(
    ("say", "tell", "warn", "argue", "write", "reply", "add", "note", "explain", "report", "think", "believe")
)
_WORDS = {
    "open": ("even if", "whether or not", "regardless of", "if not"),
    "only": ("only if", "only after", "only when", "only once", "only with", "not until", "only on condition that"),
    "if": ("if", "provided that", "provided", "providing", "so long as", "as long as", "in case", "assuming that",
           "assuming", "on condition that", "in the event that", "in the event of", "in case of", "as soon as",
           "once"),
    "unless": ("unless", "without", "absent", "barring", "in the absence of", "until"),
    "whether": ("depends on whether", "depend on whether", "hinges on whether", "hinge on whether"),
}  # fmt: skip
_MARKERS = tuple((tuple(words.split()), way) for way, phrases in _WORDS.items() for words in phrases)


@dataclass(frozen=True, slots=True)
class Clauses:
    """The heads of the clauses of a conditional; ``way`` is ``if``, ``unless``, ``only`` or, unclear, ``open``."""

    condition: Token
    consequence: Token
    way: str


def conditions_in(tokens: list[Token]) -> list[Clauses]:
    """Return the conditions of a sentence; of several that no "or" joins, the first, its direction left open."""
    words = [t.lower_ for t in tokens]
    marked = [
        found
        for at in range(len(tokens))
        for marker, way in _MARKERS
        if tuple(words[at : at + len(marker)]) == marker
        and (len(marker) > 1 or not _is_adverb(tokens[at]))
        and (found := _clauses(tokens, at, at + len(marker), way)) is not None
    ]
    apart = list({found.condition.i: found for found in reversed(marked)}.values())[::-1]
    if len(apart) > 1:
        joined = sum(words[at] == "or" and words[at + 1] in {"if", "unless"} for at in range(len(words) - 1))
        if joined == len(apart) - 1:
            return [replace(one, consequence=apart[0].consequence) for one in apart]
        return [replace(apart[0], way="open")]
    one = next(iter(apart), None) or _inverted(tokens) or _imperative(tokens)
    return [one] if one is not None else []


def _is_adverb(word: Token) -> bool:
    """Return whether a word opens no clause: "once expected", where a condition has "once the pact is signed"."""
    following = word.nbor() if word.i + 1 < len(word.doc) else word
    return word.dep_ == "advmod" and following.pos_ not in {"DET", "NOUN", "PROPN", "PRON"}


def _clauses(tokens: list[Token], at: int, after: int, way: str) -> Clauses | None:
    if after >= len(tokens):
        return None
    condition = _condition_head(tokens, after, tokens[after - 1])
    if condition is None or condition.lemma_.lower() in _TELLING:
        return None
    inside = {t.i for t in condition.subtree} | (set() if way == "whether" else {t.i for t in tokens[at:after]})
    main = _main(tokens, condition, inside)
    if main is None or (main in tokens[at:after] and way != "whether"):
        return None
    if way == "whether":
        noun = own_subject(main)
        return Clauses(condition, noun, "open") if noun is not None else None
    if way == "if" and at > 0 and tokens[at - 1].lower_ == "only":
        way = "only"
    if tokens[at].lower_ == "without" and condition.tag_ == "VBG" and not _is_needed(condition, main):
        way = "open"
    return Clauses(condition, main, way)


def _is_needed(gerund: Token, main: Token) -> bool:
    """Return whether what "without" and a gerund say is a condition: "no deal will be reached without lifting it".

    "It will sail without asking" says how, and "it cannot yield without losing face" says what follows.
    """
    words = {t.lower_ for t in main.children} | {t.lower_ for s in main.lefts for t in s.children if t.dep_ == "det"}
    if not words & {"not", "n't", "n’t", "never", "no"}:
        return False
    return is_passive(main) or (gerund.i < main.i and not words & {"can", "could", "ca"})


def _condition_head(tokens: list[Token], after: int, last: Token) -> Token | None:
    """Return the head of the condition: the marked clause's verb, or the noun after "without" or "in the event of"."""
    goal = next((c for c in last.children if c.dep_ in {"pobj", "pcomp"}), None)
    if goal is not None:
        return goal if goal.pos_ in {"NOUN", "VERB", "AUX"} else None
    if last.lower_ in {"absent", "barring"}:
        return next((c for c in last.children if c.dep_ == "dobj" and c.pos_ == "NOUN"), None)
    head = last.head
    if head.i > last.i and head.pos_ in {"VERB", "AUX"} and last.dep_ != "prep":
        return head
    for token in tokens[after:]:
        if token.text == ",":
            break
        if token.pos_ in {"VERB", "AUX"} and own_subject(token) is not None:
            return token
    return None


def _main(tokens: list[Token], condition: Token, inside: set[int]) -> Token | None:
    """Return the head of the main clause: the verb that the condition hangs on, else the one with a modal."""
    here = {t.i for t in tokens}
    for up in condition.ancestors:
        if up.lemma_.lower() not in _TELLING and up.i in here and up.pos_ in {"VERB", "AUX"} and up.i not in inside:
            return up
    outside = [t for t in tokens if t.i not in inside and t.pos_ in {"VERB", "AUX"} and own_subject(t) is not None]
    outside = [t for t in outside if t.lemma_.lower() not in _TELLING]
    ahead = [t for t in outside if any(c.lower_ in MODALS for c in t.children if c.dep_ == "aux")]
    return next(iter(ahead or outside), None)


def _inverted(tokens: list[Token]) -> Clauses | None:
    """Return the clauses of "Should the army cross, the League will ..."."""
    for at, token in enumerate(tokens[:-2]):
        if token.lower_ not in {"should", "were", "had"} or (
            at and tokens[at - 1].text not in {",", "that", "and", "but"}
        ):
            continue
        head = token if token.pos_ == "VERB" and token.lower_ == "were" else token.head
        if token.lower_ == "were":
            head = next((c for c in token.children if c.dep_ == "xcomp"), token)
        subject = own_subject(head) or own_subject(token)
        if subject is None or subject.i < token.i or head.pos_ not in {"VERB", "AUX"}:
            continue
        inside = {t.i for t in head.subtree} | {token.i}
        main = _main(tokens, head, inside)
        if main is not None and main.i > subject.i:
            return Clauses(head, main, "if")
    return None


def _imperative(tokens: list[Token]) -> Clauses | None:
    """Return the clauses of "Touch that bridge and we close the strait", and of the same with "or"."""
    first = next((t for t in tokens if t.is_alpha), None)
    if first is None or first.tag_ not in {"VB", "VBP"} or own_subject(first) is not None:
        return None
    for token in tokens:
        if token.pos_ == "VERB" and token.i > first.i and (subject := own_subject(token)) is not None:
            joined = next(
                (t for t in tokens if first.i < t.i < subject.left_edge.i and t.lower_ in {"and", "or"}), None
            )
            if joined is not None:
                return Clauses(first, token, "if" if joined.lower_ == "and" else "unless")
    return None
