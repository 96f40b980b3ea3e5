"""Conditions and what hangs on them: the clauses of "if", "unless", "only after", "should X", "do that and we"."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from quandary.read.assertions.things import has_no, negated
from quandary.read.parsing.subjects import is_passive, own_subject

if TYPE_CHECKING:
    from spacy.tokens import Token

MODALS = frozenset(("will", "would", "'ll", "may", "might", "could", "can", "shall", "wo", "ca"))
_TELLING = frozenset(
    ("say", "tell", "warn", "argue", "write", "reply", "add", "note", "explain", "report", "think", "believe",
     "announce", "declare", "claim", "state", "insist", "predict", "stress", "acknowledge", "admit", "estimate",
     "know", "feel", "mention", "ask", "expect", "assume", "conclude", "indicate", "reveal", "repeat", "reiterate")
)  # fmt: skip
_ASKING = frozenset(("ask", "know", "see", "decide", "wonder", "discuss", "debate", "check", "tell", "say"))
_DOUBTS = frozenset(("doubt", "deny", "question", "dispute", "dismiss", "reject", "disagree", "wonder", "refuse"))
_DOUBTFUL = frozenset(("wrong", "false", "untrue", "unclear", "uncertain", "doubtful", "unsure", "mistaken", "naive",
                       "sceptical", "skeptical", "foolish"))  # fmt: skip
_TURNED = frozenset(("only", "nor", "neither", "so", "why", "how", "what", "where", "who", "when", "as", "than"))
_ADDRESSED = frozenset(
    ("look", "see", "think", "ask", "consider", "compare", "read", "want", "remember", "listen", "take")
)
_WORDS = {
    "open": ("even if", "whether or not", "regardless of", "if not", "if only", "even without", "even with",
             "even when",
             "even after", "even once", "even though", "with or without", "no matter whether"),
    "only": ("only if", "only after", "only when", "only once", "only with", "not until",
             "only on condition that", "only on the condition that", "only as long as"),
    "if": ("if", "provided that", "provided", "providing that", "providing", "so long as", "as long as", "in case",
           "assuming that", "assuming", "on condition that", "on the condition that", "in the event that",
           "in the event of", "in case of", "as soon as", "once", "the moment", "given"),
    "when": ("when", "whenever"),
    "unless": ("unless", "without", "absent", "barring", "in the absence of", "until"),
    "whether": ("depends on whether", "depend on whether", "hinges on whether", "hinge on whether"),
}  # fmt: skip
_MARKERS = tuple((tuple(words.split()), way) for way, phrases in _WORDS.items() for words in phrases)


@dataclass(frozen=True, slots=True)
class Clauses:
    """The heads of the clauses of a conditional; ``way`` is ``if``, ``unless``, ``only`` or, unclear, ``open``.

    ``subject`` is the condition's, where the parse has it elsewhere.
    """

    condition: Token
    consequence: Token
    way: str
    subject: Token | None = None

    @property
    def joint(self) -> list[Token]:
        """The heads of the conditions that an "and" joins to the first: "if A leaves and B stays"."""
        head, main = self.condition, self.consequence
        doc = head.doc
        stop = next((t.i for t in doc[head.i :] if t.text in {",", ".", ";"} or t == main), len(doc))
        joined = next((t for t in doc[head.i : stop] if t.lower_ == "and"), None)
        if joined is None:
            return []
        for verb in doc[joined.i : min(stop, joined.i + 12)]:
            subject = own_subject(verb) if verb.pos_ in {"VERB", "AUX"} else None
            own = subject is not None and subject.left_edge.i == joined.i + 1
            shared = verb.dep_ == "conj" and verb.head == head and verb.tag_ == head.tag_ and not has_subject(verb)
            if (own or shared) and not any(c.dep_ == "aux" and c.lower_ in MODALS for c in verb.children):
                return [verb]
        return []


def is_torn(clauses: Clauses) -> bool:
    """Return whether a second condition may stand after an "and" whose verb the parse did not find."""
    doc, head = clauses.condition.doc, clauses.condition
    stop = next((t.i for t in doc[head.i :] if t.text in {",", ".", ";"} or t == clauses.consequence), len(doc))
    joined = next((t.i for t in doc[head.i : stop] if t.lower_ == "and"), stop)
    after = doc[joined + 2 : stop]
    return not clauses.joint and any(t.tag_ == "DT" and t.nbor(-1).pos_ in {"ADJ", "NOUN", "VERB"} for t in after)


def conditions_in(tokens: list[Token]) -> list[Clauses]:
    """Return the conditions of a sentence; of several that no "or" joins, the first, its direction left open."""
    words = [t.lower_ for t in tokens]
    marked = [
        found
        for at in range(len(tokens))
        for marker, way in _MARKERS
        if tuple(words[at : at + len(marker)]) == marker
        and (len(marker) > 1 or _is_marker(tokens[at], way))
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


def _is_marker(word: Token, way: str) -> bool:
    """Return whether a word opens a clause: no "once expected", no "as if", no "provided the weapons"."""
    following = word.nbor() if word.i + 1 < len(word.doc) else word
    if word.lower_ == "if" and word.i > 0 and word.nbor(-1).lower_ == "as":
        return False
    if way == "when":
        return word.dep_ in {"advmod", "mark"} and word.head.dep_ == "advcl"
    if word.lower_ in {"provided", "providing", "assuming", "given"}:
        joined = word.pos_ == "SCONJ" or word.dep_ in {"mark", "prep"} or following.lower_ == "that"
        return joined or (own_subject(word) is None and word.dep_ == "advcl" and word.lower_ != "given")
    return word.dep_ != "advmod" or following.pos_ in {"DET", "NOUN", "PROPN", "PRON"}


def _clauses(tokens: list[Token], at: int, after: int, way: str) -> Clauses | None:
    if after >= len(tokens):
        return None
    last = tokens[after - 1]
    condition = _condition_head(tokens, after, last)
    if condition is None or _tells(condition):
        return None
    if condition.dep_ == "ccomp" and condition.head.lemma_ in _ASKING and last.lower_ == "if":
        return None  # "asked if China would attack"
    inside = {t.i for t in condition.subtree} | (set() if way == "whether" else {t.i for t in tokens[at:after]})
    main = _main(tokens, condition, inside)
    if main is None or (main in tokens[at:after] and way != "whether"):
        return None
    if way == "whether":
        noun = own_subject(main)
        return Clauses(condition, noun, "open") if noun is not None else None
    if way == "when":
        if not _looks_ahead(main) or condition.tag_ in {"VBG", "VBN"}:
            return None
        way = "only" if at > 0 and tokens[at - 1].lower_ == "only" else "if"
    if way == "if" and at > 0 and tokens[at - 1].lower_ == "only":
        way = "only"
    return Clauses(condition, main, "open" if _leaves_open(tokens, at, condition, main) else way)


def _looks_ahead(main: Token) -> bool:
    """Return whether a clause tells what is to come, so that "when" is as good as "if"."""
    return any(c.dep_ == "aux" and c.lower_ in MODALS - {"can", "ca"} for c in main.children)


def _tells(verb: Token) -> bool:
    """Return whether a verb reports a clause: "said that", but no "declares war"."""
    links = {c.dep_ for c in verb.rights}
    return verb.lemma_.lower() in _TELLING and not ("dobj" in links and not links & {"ccomp", "xcomp"})


def _leaves_open(tokens: list[Token], at: int, condition: Token, main: Token) -> bool:
    """Return whether words or place of a condition leave its direction open."""
    word = tokens[at].lower_
    if under_doubt(main, {t.i for t in tokens}):
        return True
    subject = own_subject(condition)
    if subject is not None and subject.lower_ in {"you", "one", "we"} and condition.lemma_ in _ADDRESSED:
        return True  # "if you look at the map" is a turn of phrase
    if word in {"without", "absent"} or (
        word == "in" and tokens[at + 1].lower_ == "the" and tokens[at + 2].lower_ == "absence"
    ):
        return not _is_needed(condition, main)
    return word == "in" and tokens[at + 1].lower_ == "case" and condition.i > main.i  # "stays in case fighting resumes"


def under_doubt(verb: Token, here: set[int]) -> bool:
    """Return whether a clause hangs on one that denies or doubts it: "I do not think that X will", "no sign that"."""
    up = verb
    while up.head != up and up.head.i in here and up.dep_ not in {"conj", "advcl", "parataxis"}:
        link, up = up.dep_, up.head
        if link in {"ccomp", "xcomp", "acl", "pcomp", "csubj", "relcl"} and (
            negated(up) or has_no(up) or up.lemma_.lower() in _DOUBTS or up.lower_ in _DOUBTFUL
        ):
            return True
        if up.pos_ == "AUX" and any(c.lower_ in _DOUBTFUL for c in up.children):
            return True
    return False


def _is_needed(condition: Token, main: Token) -> bool:
    """Return whether what "without" brings is a condition: "no deal will be reached without lifting it".

    "It will sail without asking" says how, "it cannot yield without losing face" says what follows, and "it can hold
    out without help" says that none is needed. A noun set first is a condition: "without aid the town will starve".
    """
    words = {t.lower_ for t in main.children} | {t.lower_ for s in main.lefts for t in s.children if t.dep_ == "det"}
    denied = bool(words & {"not", "n't", "n’t", "never", "no"}) or any(
        has_no(c) for c in main.rights if c.dep_ == "attr"
    )
    able = bool(words & {"can", "could", "ca"})
    if condition.tag_ == "VBG" and condition.dep_ == "pcomp":
        return denied and (is_passive(main) or (condition.i < main.i and not able))
    if denied or words & {"impossible", "unlikely", "unthinkable", "inconceivable"}:
        return True
    return condition.i < main.i and not words & {"can"}


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
        if token.pos_ in {"VERB", "AUX"} and has_subject(token):
            return token
    return None


def has_subject(verb: Token) -> bool:
    """Return whether a verb has a subject of its own, "there" among them."""
    return own_subject(verb) is not None or any(c.dep_ == "expl" or c.tag_ == "EX" for c in verb.children)


def _main(tokens: list[Token], condition: Token, inside: set[int]) -> Token | None:
    """Return the head of the main clause: the verb that the condition hangs on, else the one with a modal."""
    here = {t.i for t in tokens}
    for up in condition.ancestors:
        if _is_second_condition(up, condition, tokens, inside):
            continue
        if not _tells(up) and up.i in here and up.pos_ in {"VERB", "AUX"} and up.i not in inside:
            return _framed(up, here, inside)
    verbs = [t for t in tokens if t.i not in inside and t.pos_ in {"VERB", "AUX"}]
    outside = [t for t in verbs if has_subject(t) and not _tells(t)]
    ahead = [t for t in outside if any(c.lower_ in MODALS for c in t.children if c.dep_ == "aux")]
    promised = [t for t in verbs[:1] if t.dep_ == "xcomp" and t.i > tokens[0].i and tokens[0].lower_ == "to"]
    return next(iter(ahead or outside or promised), None)


def _is_second_condition(up: Token, condition: Token, tokens: list[Token], inside: set[int]) -> bool:
    """Return whether what a condition hangs on is a second condition: "it will sign only if A leaves and B stays"."""
    subject = own_subject(up)
    if up.i < condition.i or subject is None or subject.left_edge.i == 0:
        return False
    before = subject.left_edge.nbor(-1)
    told = any(t.i < min(inside) and t.pos_ in {"VERB", "AUX"} and has_subject(t) and not _tells(t) for t in tokens)
    return told and before.lower_ == "and" and "," not in {t.text for t in tokens if condition.i < t.i < before.i}


def obliges(verb: Token) -> bool:
    """Return whether a clause says what ought to be and not what will: "the fleet should leave"."""
    return any(c.dep_ == "aux" and c.lower_ in {"should", "must", "ought"} for c in verb.children)


LESSER = frozenset(("less", "fewer", "lower", "weaker", "smaller", "shorter", "slower", "rarer"))


def in_proportion(tokens: list[Token]) -> tuple[Token, Token] | None:
    """Return the comparatives of a sentence of two amounts: "the longer they wait, the more it costs"."""
    pairs = itertools.pairwise(tokens)
    at = [second for first, second in pairs if first.lower_ == "the" and _is_comparative(second)]
    if len(at) < 2 or not _parted(tokens, at[0].i, at[-1].i):
        return None
    return at[0], at[-1]


def _parted(tokens: list[Token], first: int, last: int) -> bool:
    return any(t.text == "," and first < t.i < last for t in tokens)


def _is_comparative(word: Token) -> bool:
    return word.tag_ in {"JJR", "RBR"} or (word.pos_ == "ADV" and word.lower_.endswith(("ther", "ier", "ger")))


def _framed(verb: Token, here: set[int], inside: set[int]) -> Token:
    """Return the verb that frames another one: "is unlikely to sign" is said by "is", "fails to sign" by "fails"."""
    while verb.dep_ in {"xcomp", "ccomp", "csubj"} and verb.head.i in here and verb.head.i not in inside:
        up = verb.head
        if verb.dep_ == "ccomp" and up.pos_ != "ADJ" and not (up.pos_ == "AUX" and _adjective_of(up) is not None):
            break  # "said that X will"
        if up.pos_ == "ADJ" and up.head.pos_ == "AUX" and up.head.i in here:
            up = up.head
        if up.pos_ not in {"VERB", "AUX"} or _tells(up):
            break
        verb = up
    return verb


def _adjective_of(verb: Token) -> Token | None:
    return next((c for c in verb.children if c.dep_ in {"acomp", "attr", "oprd"} and c.pos_ == "ADJ"), None)


def _inverted(tokens: list[Token]) -> Clauses | None:
    """Return the clauses of "Should the army cross, the League will ...", the condition first or last."""
    for at, token in enumerate(tokens[:-2]):
        if token.lower_ not in {"should", "were", "had"} or (at and tokens[at - 1].lower_ in _TURNED):
            continue
        subject = own_subject(token) or own_subject(token.head)
        if subject is None or subject.left_edge.i != token.i + 1:
            continue
        head = token if token.lower_ == "were" and own_subject(token) is not None else token.head
        if token.lower_ == "were":  # "were the army to cross"
            to = (c for c in (*token.children, *subject.children) if any(g.tag_ == "TO" for g in c.lefts))
            head = next(to, head)
        if head.pos_ not in {"VERB", "AUX"}:
            continue
        inside = {t.i for t in (*head.subtree, *subject.subtree)} | {token.i}
        main = _main(tokens, head, inside)
        if main is not None and main.i not in inside:
            way = "open" if under_doubt(main, {t.i for t in tokens}) else "if"
            return Clauses(head, main, way, subject)
    return None


def _imperative(tokens: list[Token]) -> Clauses | None:
    """Return the clauses of "Touch that bridge and we close the strait", and of the same with "or"."""
    first = next((t for t in tokens if t.is_alpha), None)
    if first is None or first.tag_ not in {"VB", "VBP"} or own_subject(first) is not None:
        return None
    for token in tokens:
        if token.pos_ in {"VERB", "AUX"} and token.i > first.i and has_subject(token):
            subject = own_subject(token) or token.left_edge
            joined = next(
                (t for t in tokens if first.i < t.i < subject.left_edge.i and t.lower_ in {"and", "or"}), None
            )
            if joined is not None:
                return Clauses(first, token, "if" if joined.lower_ == "and" else "unless")
    return None
