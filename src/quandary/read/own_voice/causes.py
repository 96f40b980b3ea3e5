"""Causes that an author claims: a thing or an act, no person, is the subject of a verb of effect in the main clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quandary.read.own_voice.main_clause import Sentence, is_agent
from quandary.read.parsing.subjects import agent_of, is_passive, own_subject
from quandary.read.statements.kinds import causal_strength
from quandary.read.words.wording import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

_REPORTING = {
    "see",
    "regard",
    "view",
    "consider",
    "say",
    "think",
    "believe",
    "fear",
    "report",
    "quote",
    "cite",
    "want",
    "wish",
    "hope",
    "oppose",
}
_EFFECTING = word_set("effecting")
_CAUSES = {
    "result",
    "consequence",
    "product",
    "cause",
    "reason",
    "driver",
    "root",
    "source",
    "outcome",
    "effect",
    "upshot",
}
_PARTS = {"role", "part"}
_GAINS = {
    "leverage",
    "reason",
    "incentive",
    "excuse",
    "pretext",
    "cover",
    "advantage",
    "edge",
    "momentum",
    "hope",
    "time",
    "confidence",
}
_MOODS = {
    "fear",
    "concern",
    "doubt",
    "question",
    "hope",
    "alarm",
    "problem",
    "tension",
    "pressure",
    "price",
    "cost",
    "risk",
    "expectation",
    "stake",
    "prospect",
}
_TOWARDS = {"to", "towards", "toward", "into", "over", "closer"}


def claims_a_cause(sentence: Sentence, text: str) -> bool:
    """Return whether a sentence says in its main clause that one thing brings about another."""
    verbs = sentence.mains
    if any(v.lemma_ in _REPORTING for v in verbs):
        return False
    if causal_strength(text) == 3 and _in_main_clause(sentence):
        return True
    inner = [t for v in verbs for c in v.rights if c.dep_ == "dobj" for t in c.rights if t.dep_ == "relcl"]
    return any(_brings_about(v) for v in [*verbs, *(inner if sentence.first_person else [])])


def _in_main_clause(sentence: Sentence) -> bool:
    """Return whether a word of cause is what the sentence asserts, not an aside in a relative clause."""
    doc = sentence.frame.doc
    for token in doc[sentence.start : sentence.end]:
        window = doc[token.i : min(sentence.end, token.i + 4)].text
        explicit = causal_strength(token.text) == 3 or causal_strength(window) == 3
        if explicit and not any(t.dep_ in {"relcl", "acl"} for t in (token, *token.ancestors)):
            return True
    return False


def _brings_about(verb: Token) -> bool:
    """Return whether a verb says what its subject, a thing, an act or a state of affairs, does to something else."""
    cause = agent_of(verb) if is_passive(verb) else own_subject(verb)
    if cause is None and verb.dep_ in {"xcomp", "acl"}:
        cause = (
            own_subject(verb.head) if verb.dep_ == "xcomp" else verb.head
        )  # "Higher tariffs tend to push up the price"
    if cause is None or (verb.i < cause.i and not is_passive(verb)):
        return False
    if cause.lower_ in {"that", "which"} and verb.dep_ == "relcl":
        cause = verb.head
    lemma = verb.lemma_.lower()
    if lemma == "be":
        return _is_called_cause(verb)
    if lemma == "play" and any(c.lemma_ in _PARTS for c in verb.rights if c.dep_ == "dobj"):
        return any(t.lower_ in {"in", "by"} for c in verb.rights for t in (c, *c.children))
    if is_agent(cause):
        return False
    return (lemma in _EFFECTING and _has_effect(verb)) or _in_phrase(verb, lemma)


def _has_effect(verb: Token) -> bool:
    return is_passive(verb) or any(c.dep_ in {"dobj", "ccomp", "xcomp", "dative"} and c.i > verb.i for c in verb.rights)


def _is_called_cause(verb: Token) -> bool:
    """Return whether a noun of cause joins what stands beside "is": "is the result of", "the reason for it is"."""
    nouns = [c for c in verb.children if c.dep_ in {"attr", "nsubj"} and c.lemma_.lower() in _CAUSES]
    if any(c.dep_ == "nsubj" and c.lemma_.lower() in {"result", "consequence", "upshot", "effect"} for c in nouns):
        return True  # "The result was a second war"
    if any(c.dep_ == "nsubj" and c.lemma_.lower() in {"reason", "cause"} for c in nouns) and ":" in verb.sent.text:
        return True  # "The reason is simple: they fear a trial"
    for noun in nouns:
        if any(c.dep_ == "prep" and c.lower_ in {"of", "for", "behind"} for c in noun.rights):
            return noun.dep_ == "attr" or noun.lemma_.lower() in {
                "cause",
                "reason",
                "driver",
                "source",
                "result",
                "effect",
            }
    too = any(c.dep_ == "acomp" and any(x.lower_ == "too" for x in c.lefts) for c in verb.rights)
    return too and any(t.tag_ == "TO" for c in verb.rights for t in c.subtree)


def _in_phrase(verb: Token, lemma: str) -> bool:
    """Return whether a common verb takes what makes it one of effect: "leaves it without", "adds to", "drives up"."""
    things = [c for c in verb.rights if c.dep_ in {"dobj", "dative", "ccomp", "nsubj"}]
    particles = {c.lower_ for c in verb.rights if c.dep_ in {"prt", "prep", "advmod"}}
    match lemma:
        case "add" | "contribute":
            return "to" in particles or any(c.dep_ == "dative" and c.lower_ == "to" for c in verb.rights)
        case "leave":
            state = any(c.dep_ in {"oprd", "acomp", "advcl", "xcomp", "ccomp"} for c in verb.rights)
            within = any(x.dep_ in {"prep", "acl", "amod"} and x.i > c.i for c in things for x in c.children)
            return bool(things) and (state or within or bool(particles & {"without", "with", "in"}))
        case "make":
            return any(c.dep_ in {"ccomp", "oprd"} for c in verb.rights)
        case "force" | "allow" | "help" | "let" | "lead" | "prompt" | "drive" | "push" | "encourage" | "compel":
            act = any(c.dep_ in {"ccomp", "xcomp", "advcl"} for c in verb.rights)
            return act or (bool(things) and bool(particles & (_TOWARDS | {"up", "down", "back", "out"})))
        case "pull" | "plunge" | "draw":
            return bool(things) and bool(particles & _TOWARDS)
        case "bring":
            return bool(things)
        case "raise":
            return any(c.lemma_.lower() in _MOODS for c in things)
        case "cost":
            return len(things) > 1 or any(x.pos_ == "NOUN" for x in things)
        case "come" | "deal" | "strike":
            blows = [*things, *(x for c in verb.rights if c.lower_ == "as" for x in c.children)]
            return any(c.lemma_.lower() in {"blow", "boost", "setback"} for c in blows)
        case "give":
            return any(c.lemma_.lower() in _GAINS for c in things)
        case "mean":
            return bool(things)
        case "stem" | "result" | "arise":
            return bool(particles & {"from", "in"})
    return False
