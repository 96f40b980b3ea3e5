"""What each claim says that can be tested: an effect, its cause or condition, and how the one moves the other.

Found in the parse, clause by clause. Where the grammar leaves it open, the direction is ``None``: it is asked.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from quandary.read.assertions.causes import (
    LIKELY,
    caused_in,
    is_aside,
    is_event,
    of_cause,
    unframed,
    without_cause,
)
from quandary.read.assertions.conditions import (
    LESSER,
    MODALS,
    Clauses,
    conditions_in,
    has_subject,
    in_proportion,
    is_torn,
    obliges,
    under_doubt,
)
from quandary.read.assertions.situations import SituationsFound, Teller, turned
from quandary.read.assertions.things import (
    named_state,
    negated,
    tokens_in,
)
from quandary.read.parsing.grammar import Page, ParsedPart
from quandary.read.parsing.subjects import own_subject
from quandary.read.people.agents import Agents
from quandary.read.records import ArticleActor, ArticleStatement, Assertion, AuthorClaim, Passage, Sign, Situation
from quandary.read.words.predicates import predicates

if TYPE_CHECKING:
    from spacy.tokens import Token

_BINDS = re.compile(
    r"\b(?:if|unless|provided(?:\s+that)?|as\s+long\s+as|so\s+long\s+as|in\s+case|in\s+the\s+event|on\s+condition|"
    r"only\s+(?:after|once|when)|when(?:ever)?|in\s+(?:that|this|such\s+an?|any)\s+(?:case|event)|in\s+(?:exchange|return)\s+for|"
    r"failing\s+that|(?:were|had)\s+(?:it|he|she|they|the|an?)\s|once\s+(?:the|an?|its|their)|assuming|until|without|absent|barring|depends?\s+on|hinges?\s+on|otherwise|should)\b",
    re.I,
)
_VAGUE = frozenset(("it", "this", "that", "these", "those", "which", "such", "nothing", "nobody", "none",
                    "anything", "everything", "anyone", "few", "little", "one"))  # fmt: skip


def assertions_of(
    page: Page, statements: Sequence[ArticleStatement], claims: Sequence[AuthorClaim], actors: tuple[ArticleActor, ...]
) -> list[Assertion]:
    """Return what the statements and the author's claims say that can be tested, in order."""
    agents = Agents(actors)
    parts = sorted(page.parts(), key=lambda p: p.place(0) if len(p.doc) else 0)
    found: list[Assertion] = []
    passages: list[tuple[Passage, Teller | None]] = [
        (part.passage, Teller(*agents.known(s.speaker), direct=s.type == "direct"))
        for s in statements
        for part in (s.propositions or (s,))
    ]
    passages += [(c.passage, None) for c in claims]
    before: Token | None = None
    for passage, teller in sorted(passages, key=lambda p: p[0].start):
        for part in _parts_at(parts, passage):
            for tokens in _sentences(part, passage):
                reader = SituationsFound(page.article, part, agents, teller)
                reader.theme_of_it = before
                found += _said(reader, part, tokens)
                before = _theme_of(tokens) or before
    return found


def _parts_at(parts: Sequence[ParsedPart], passage: Passage) -> Iterator[ParsedPart]:
    """Yield the parsed part that holds a passage: the quote itself, else the paragraph."""
    at = bisect.bisect_right([p.place(0) if len(p.doc) else 0 for p in parts], passage.start)
    for part in reversed(parts[max(0, at - 3) : at]):
        if len(part.doc) and tokens_in(part, passage.start, passage.end):
            yield part
            return


def _sentences(part: ParsedPart, passage: Passage) -> Iterator[list[Token]]:
    tokens = tokens_in(part, passage.start, passage.end)
    if not tokens:
        return
    start = 0
    for at, token in enumerate(tokens):
        if token.text in {".", "!", "?"} and at + 1 < len(tokens) and tokens[at + 1].text[:1].isupper():
            yield list(tokens[start : at + 1])
            start = at + 1
    yield list(tokens[start:])


def _theme_of(tokens: Sequence[Token]) -> Token | None:
    """Return what the subject of a sentence does something to: "it" in the same place of the next one means that."""
    for token in tokens:
        if token.tag_ == "VBG" and token.dep_ in {"csubj", "advcl", "nsubj", "amod"}:
            if token.dep_ == "amod":
                return token.head
            return next((c for c in token.children if c.dep_ == "dobj" and c.pos_ == "NOUN"), None)
    return None


def _said(reader: SituationsFound, part: ParsedPart, tokens: list[Token]) -> list[Assertion]:
    """Return what a sentence says: its conditions, else its cause, else its forecast."""
    if tokens[-1].text == "?" or not any(t.is_alpha for t in tokens):
        return []
    low, high = part.start_of(tokens[0]), part.end_of(tokens[-1])
    passage = reader.article.passage(low, high)
    unsure = _is_open(passage.text)
    if (amounts := in_proportion(tokens)) is not None:
        more, yields = (_amount(reader, amount) for amount in amounts)
        return [Assertion(passage, "conditional", yields, more, None if unsure or None in (more, yields) else "raises")]
    conditions = conditions_in(tokens)
    if conditions and all(obliges(c.consequence) for c in conditions):
        reason = caused_in(
            reader, tokens
        )  # "if peace is the goal, they should leave, as their presence could cause war"
        if reason is not None and None not in reason:
            return [Assertion(passage, "causal", reason[1], reason[0], None if unsure else reason[2])]
    if conditions:
        return [_of_condition(reader, passage, clauses, unsure=unsure) for clauses in conditions]
    caused = caused_in(reader, tokens)
    if caused is not None:
        cause, effect, sign = caused
        return [Assertion(passage, "causal", effect, cause, None if unsure else sign)]
    if _binds(passage.text, tokens) or _whoever(tokens):  # a condition whose clauses were not found is never left out
        return [Assertion(passage, "conditional", None)]
    unknown = without_cause(reader, tokens)
    if unknown is not None:
        return [Assertion(passage, "causal", unknown)]
    foretold = _forecast(reader, passage, tokens, unsure=unsure) or _norm(reader, passage, tokens)
    return [foretold] if foretold is not None else []


def _binds(text: str, tokens: list[Token]) -> bool:
    """Return whether words of a sentence bind it to a condition; a "should" after its subject says what ought to be."""
    found = [m.group().lower() for m in _BINDS.finditer(text)]
    turned_round = any(t.lower_ == "should" and _starts_clause(t) for t in tokens)
    return any(word != "should" for word in found) or turned_round


def _starts_clause(word: Token) -> bool:
    following = word.nbor() if word.i + 1 < len(word.doc) else word
    return following.pos_ in {"DET", "PRON", "PROPN", "NOUN"} and (own_subject(word.head) or word).i > word.i


_ASKING = frozenset(("urge", "ask", "call", "demand", "press", "order", "invite", "implore", "pressure", "appeal"))


def _norm(reader: SituationsFound, passage: Passage, tokens: list[Token]) -> Assertion | None:
    """Return what somebody named ought to do or is asked to do: it is theirs to decide."""
    here = {t.i for t in tokens}
    for verb in tokens:
        if verb.pos_ != "VERB" or verb.tag_ != "VB" or is_aside(verb, here):
            continue
        asked = None
        if verb.dep_ in {"xcomp", "ccomp"} and verb.head.lemma_.lower() in _ASKING:
            whom = (c for c in verb.head.rights if c.dep_ == "dobj" and c.i < verb.i)
            asked = own_subject(verb) or next(whom, None)
        needs = (
            verb.dep_ == "xcomp" and verb.head.lemma_.lower() in {"need", "have"} and verb.head.tag_ in {"VBZ", "VBP"}
        )
        if not (obliges(verb) or needs or asked is not None):
            continue
        effect = reader.read(verb, subject=asked)
        if effect is not None and effect.agent is not None and effect.chosen:
            return Assertion(passage, "norm", effect)
    return None


def _has_article(word: Token, noun: Token) -> bool:
    return noun.pos_ == "NOUN" and any(t.tag_ in {"DT", "PRP$"} for t in noun.doc[word.i + 1 : noun.i])


def _amount(reader: SituationsFound, word: Token) -> Situation | None:
    """Return what "the longer they wait" or "the more it costs" says there is more of, or less."""
    said, other = ("less", "more") if word.lower_ in LESSER else ("more", "less")
    up = word
    while (up.pos_ not in {"NOUN", "VERB", "AUX"} or _has_article(word, up)) and up.head != up:
        up = up.head
    if up.pos_ == "NOUN" and (up.dep_ != "nsubj" or named_state(up.head) is not None):
        up = up.head  # "the more exports will fall": it falls more
    apart = up.i < word.i or any(t.text == "," for t in up.doc[word.i : up.i])
    found = reader.read(up) if up.pos_ != "AUX" and not apart and word.dep_ not in {"acomp", "oprd"} else None
    if found is None or found.turned or up.lemma_ == "become":
        return None
    if found.other != "none":  # "the more its exports will fall"
        return turned(found) if said == "less" else found
    return replace(found, said=said, other=other, holds=said == "more", axis="way")


def _whoever(tokens: list[Token]) -> bool:
    """Return whether a sentence is of whatever fits a clause: "will shoot down any missile that enters"."""
    if any(t.lower_ in {"whoever", "whichever", "whatever"} for t in tokens):
        return True
    return any(
        t.lower_ in {"any", "every", "anyone", "anybody", "whoever", "those"}
        and any(c.dep_ == "relcl" for c in (*t.children, *t.head.children))
        for t in tokens
    )


def _is_open(text: str) -> bool:
    plain = " ".join(text.lower().split())
    if re.search(r"\bwhether\b|\b(?:depend|hinge)(?:s|ed|ing)?\b", plain):
        return True
    return any(re.search(rf"\b{re.escape(phrase)}\b", plain) for phrase in predicates().open)


def _of_condition(reader: SituationsFound, passage: Passage, clauses: Clauses, *, unsure: bool) -> Assertion:
    head = clauses.condition
    reader.meant = _meant(clauses)
    if head.tag_ == "VBN" and not has_subject(head) and not any(c.dep_ in {"aux", "auxpass"} for c in head.children):
        cause = reader.done(head, own_subject(clauses.consequence))  # "the deal, if signed, would"
    else:
        cause = unframed(reader, head) if clauses.subject is None else reader.read(head, subject=clauses.subject)
    effect = unframed(reader, clauses.consequence)
    if clauses.way == "unless" and cause is not None:
        cause = turned(cause)
    sign: Sign | None = "raises"
    subject = own_subject(clauses.consequence)
    if subject is not None and subject.pos_ == "NOUN" and is_event(subject) and has_subject(head):
        caused = of_cause(reader, clauses.consequence, subject)
        if caused is not None:  # "if X, the sanctions will cause Y" names two causes
            effect, unsure = caused[1], True
    if clauses.way == "only" and effect is not None and not effect.holds and negated(clauses.consequence):
        effect = turned(effect)
    if clauses.way == "open" or unsure:
        sign = None
    if obliges(clauses.consequence):
        effect = None  # a norm: nobody says what follows
    joint = [reader.read(token) for token in clauses.joint]
    if is_torn(clauses):
        cause = None
    if clauses.way not in {"if", "only"} and joint:
        sign = None
    told = [one for one in joint if one is not None]
    return Assertion(passage, "conditional", effect, None if len(told) < len(joint) else cause, sign, tuple(told))


_SINGULAR, _PLURAL = frozenset(("NN", "NNP")), frozenset(("NNS", "NNPS"))


def _meant(clauses: Clauses) -> dict[int, Token]:
    """Return the pronouns of one clause of a conditional that mean the subject of the other."""
    one, other = clauses.subject or own_subject(clauses.condition), own_subject(clauses.consequence)
    found: dict[int, Token] = {}
    for noun, verb in ((other, clauses.condition), (one, clauses.consequence)):
        if noun is None or noun.pos_ not in {"NOUN", "PROPN"} or noun.ent_type_ == "PERSON":
            continue
        if verb.lemma_ == "be" and any(c.dep_ == "acomp" for c in verb.children):
            continue  # "as soon as it is possible" means nothing
        for child in verb.children:
            if child.dep_ not in {"nsubj", "nsubjpass", "dobj"} or child.pos_ != "PRON" or child.i < noun.i:
                continue
            one_only = child.lower_ == "it" and noun.tag_ in _SINGULAR
            if one_only or (child.lower_ in {"they", "them"} and noun.tag_ in _PLURAL):
                found[child.i] = noun
    return found


def _forecast(reader: SituationsFound, passage: Passage, tokens: list[Token], *, unsure: bool) -> Assertion | None:
    here = {t.i for t in tokens}
    for verb in tokens:
        ahead = any(c.dep_ == "aux" and c.lower_ in MODALS for c in verb.children)
        framed = verb.lemma_ == "be" and any(c.lower_ in LIKELY | {"about"} for c in verb.children)
        ahead = ahead or _is_coming(verb)
        if verb.pos_ in {"VERB", "AUX"} and (ahead or framed) and not is_aside(verb, here):
            weak = negated(verb) and any(c.lower_ in {"could", "may", "might", "can"} for c in verb.children)
            subject = own_subject(verb)
            vague = subject is not None and subject.lower_ in _VAGUE and (subject.lower_ != "it" or not framed)
            effect = unframed(reader, verb, hedged=True)
            if under_doubt(verb, here):
                unsure = True
            empty = subject is not None and subject.lower_ in {"nothing", "nobody", "none"}
            if vague and (effect is None or effect.agent is None or empty):
                effect = None  # "that would help": what it hangs on stands elsewhere
            return Assertion(passage, "forecast", effect, None, None if unsure or weak else "raises")
    return None


_MEANING_TO = frozenset(("plan", "intend", "threaten", "vow", "promise", "pledge", "prepare"))


def _is_coming(verb: Token) -> bool:
    """Return whether a verb tells what is next: "is going to strike", "plans to strike"."""
    meant = next((c for c in verb.rights if c.dep_ == "xcomp" and c.tag_ == "VB"), None)
    if meant is None or negated(verb):
        return False
    going = verb.lower_ == "going" and any(c.dep_ == "aux" and c.lemma_ == "be" for c in verb.children)
    return going or (verb.lemma_.lower() in _MEANING_TO and verb.tag_ in {"VBZ", "VBP", "VBG"})
