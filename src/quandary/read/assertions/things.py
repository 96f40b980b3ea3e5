"""How the parse names a thing and what is said of it: objects, particles, places, whose doing a noun is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from quandary.read.parsing.grammar import ParsedPart
from quandary.read.parsing.subjects import agent_of, is_passive, own_subject, subject_of
from quandary.read.words.predicates import predicates

if TYPE_CHECKING:
    from spacy.tokens import Token

_MORE = frozenset(("more", "greater", "higher", "increased", "additional", "bigger", "heavier", "growing", "rising"))
_LESS = frozenset(("few", "fewer", "less", "lower", "reduced", "smaller", "lighter", "shrinking", "falling"))
_OF = frozenset(("of", "on", "in", "against", "over", "with", "to", "from", "for", "between", "into", "onto", "at"))
TURNS_OBJECT = frozenset(("reject", "approve", "hold", "spare"))


def has_no(noun: Token) -> bool:
    """Return whether "no" or "neither" stands before a noun."""
    return any(c.lower_ in {"no", "neither"} and c.dep_ in {"det", "neg"} for c in noun.children)


def object_of(verb: Token) -> Token | None:
    """Return the object of a verb: of two, the second, since the first is to whom."""
    found = [c for c in verb.rights if c.dep_ == "dobj" and c.lower_ not in {"itself", "themselves"}]
    if found:
        return found[-1]  # of two, the first is to whom
    second = next((c for c in verb.rights if c.dep_ == "conj" and c.tag_ == verb.tag_), None)
    between = [
        t for t in verb.rights if second is not None and t.i < second.i and t.dep_ not in {"cc", "advmod", "punct"}
    ]
    if second is None or between or own_subject(second) is not None or second.i - verb.i > 3:
        return None
    return next((c for c in second.rights if c.dep_ == "dobj"), None)  # "destroy and burn the harbour"


def lost_object(verb: Token) -> bool:
    """Return whether a noun stands right after a verb that the parse gave to another word."""
    after = list(verb.doc[verb.i + 1 : verb.i + 3])
    if after and after[0].tag_ in {"DT", "PRP$"}:
        after = after[1:]
    return bool(after) and after[0].pos_ in {"NOUN", "PROPN"} and not verb.is_ancestor(after[0])


def lemma_of(verb: Token) -> str:
    """Return the dictionary form of a verb: "lay down arms" is no lying."""
    if verb.lower_ in {"lay", "lays", "laying", "laid"} and object_of(verb) is not None:
        return "lay"
    lemma: str = verb.lemma_.lower()
    return lemma


def with_particle(verb: Token) -> str:
    """Return a verb with its particle: "lay down"."""
    after = next((c for c in verb.children if c.dep_ == "prt"), None)
    lemma = lemma_of(verb)
    return f"{lemma} {after.lower_}" if after is not None else lemma


def named_state(verb: Token) -> tuple[str, str, str] | None:
    """Return the state that a verb of a known class gives, its class, and the other state."""
    states = predicates().states
    lemma = verb.lemma_.lower()
    near = [c.lower_ for c in verb.rights if c.dep_ in {"prt", "prep", "advmod"}]
    for particle in near:
        if (found := states.get(f"{lemma}+{particle}")) is not None:
            return f"{lemma} {particle}", found[0], found[1]
    if any(c.dep_ == "prt" for c in verb.children) or (lemma == "pass" and {"on", "onto", "to", "down"} & set(near)):
        return None
    found = states.get(lemma)
    if found is None:
        return None
    if found[0] == "turns" and found[1] == "stay" and (left := object_of(verb)) is not None:
        return (lemma, "turns", "stay") if is_left(verb, left) else (lemma, "ends", "keep")
    return lemma, found[0], found[1]


def is_left(verb: Token, theme: Token) -> bool:
    """Return whether a verb says that somebody goes from a place, and not that a thing is withdrawn."""
    return lemma_of(verb) in {"leave", "quit", "exit", "evacuate"} and theme.ent_type_ in {"GPE", "LOC"}


def to_place(last: Token) -> Token:
    """Return the end of "in X" right after a phrase, where the parse may hang it on the verb."""
    doc = last.doc
    if (
        last.i + 2 < len(doc)
        and doc[last.i + 1].lower_ in {"in", "inside", "across"}
        and doc[last.i + 2].pos_ == "PROPN"
    ):
        return next(t for t in doc[last.i + 2 :] if t.i + 1 == len(doc) or doc[t.i + 1].pos_ != "PROPN")
    return last


def idiom_of(verb: Token) -> str | None:
    """Return the noun that a common turn of phrase stands for: "onto the streets", "to the table"."""
    for prep in verb.rights:
        if prep.dep_ in {"prep", "dative"}:
            words = " ".join(t.lower_ for t in prep.subtree)
            plain = re.sub(r"\b(?:the|a|its|their|his|her)\b ?", "the ", words)
            for name, phrases in predicates().idioms.items():
                if any(phrase in plain for phrase in phrases):
                    return name
    return None


def is_event_noun(noun: Token) -> bool:
    """Return whether a noun names something that happens or is done, and no one who acts."""
    words = predicates()
    lemma = noun.lemma_.lower()
    if lemma in words.bodies or noun.lower_ in words.bodies:
        return False
    return lemma in words.events or noun.lower_ in words.events or lemma.endswith(words.endings)


def amount_of(noun: Token) -> int:
    """Return 1 for "more X", -1 for "fewer X", else 0."""
    words = {c.lower_ for c in noun.lefts}
    return bool(words & _MORE) - bool(words & _LESS)


_NO_PLACES = frozenset(("condition", "case", "event", "time", "order", "way", "addition", "regard", "term", "reason"))


def place_words(verb: Token) -> str:
    """Return the words of where an action goes: "to the talks", "across the river"."""
    for prep in verb.rights:
        if prep.dep_ == "prep" and prep.lower_ in {
            "to",
            "into",
            "onto",
            "in",
            "on",
            "against",
            "from",
            "across",
            "over",
            "with",
        }:
            goal = next((c for c in prep.children if c.dep_ == "pobj" and c.ent_type_ not in {"DATE", "TIME"}), None)
            if goal is not None and goal.pos_ in {"NOUN", "PROPN"} and goal.lemma_.lower() not in _NO_PLACES:
                return f"{prep.lower_} {phrase_of(goal)}"
    return ""


def phrase_of(noun: Token, depth: int = 0) -> str:
    """Return the words that name a thing: its compounds and telling adjectives, and what it is of, on or against."""
    if noun.pos_ not in {"NOUN", "PROPN", "VERB", "ADJ", "NUM"}:
        return ""
    words: list[str] = []
    for child in noun.lefts:
        if child.dep_ == "compound" or (
            child.dep_ == "amod" and child.tag_ == "JJ" and child.lower_ not in _MORE | _LESS
        ):
            words += (
                [t.lower_ for t in child.subtree if t.is_alpha or "-" in t.text]
                if child.dep_ == "compound"
                else [child.lower_]
            )
    words.append(noun.lower_)
    if depth == 0:
        for prep in noun.rights:
            if prep.dep_ == "prep" and prep.lower_ in _OF:
                goal = next(
                    (c for c in prep.children if c.dep_ == "pobj" and c.ent_type_ not in {"DATE", "TIME"}), None
                )
                if goal is not None and goal.lemma_.lower() in _NO_PLACES:
                    continue
                if goal is not None and goal.pos_ in {"NOUN", "PROPN"} and (told := phrase_of(goal, depth + 1)):
                    pair = (
                        next((c for c in goal.children if c.dep_ == "conj"), None) if prep.lower_ == "between" else None
                    )
                    words += [prep.lower_, told] if pair is None else []
                    break
    return " ".join(words)


def doer_of(noun: Token) -> Token | None:
    """Return whose doing an event noun is: "the Union's sanctions", "sanctions imposed by the Union", "a raid by X"."""
    for child in noun.children:
        if child.dep_ == "poss":
            return child
        if child.dep_ in {"prep", "agent"} and child.lower_ == "by":
            return next((c for c in child.children if c.dep_ == "pobj"), None)
    for part in noun.subtree:  # "a ban on exports adopted by X": whatever noun the parse hangs it on
        if part.dep_ == "acl" and part.tag_ == "VBN" and part.lemma_.lower() in predicates().states:
            return agent_of(part)
    return None


_PUTTING = frozenset(("put", "call", "bring", "order", "announce", "declare", "make", "see"))
"""With these verbs "a halt to the raids" may hang on the verb."""


def nominal_end(noun: Token) -> tuple[Token, str, str, bool] | None:
    """Return what a noun made from a verb says of another: "an end to the blockade", "the lifting of sanctions"."""
    states = predicates().states
    lemma = predicates().nouns.get(noun.lower_, noun.lemma_.lower())
    found = states.get(lemma)
    if found is None:
        return None
    put = noun.dep_ == "dobj" and noun.head.lemma_.lower() in _PUTTING
    for prep in (*noun.rights, *(c for c in noun.head.rights if put and c.i > noun.i)):
        if prep.dep_ in {"prep", "dative"} and prep.lower_ in {"of", "to"}:
            goal = next((c for c in prep.children if c.dep_ == "pobj" and c.pos_ == "NOUN"), None)
            if goal is not None and (found[0] != "turns" or found[1] in TURNS_OBJECT):
                return goal, lemma, found[1], found[0] != "ends"
    return None


def is_nominal_end(noun: Token) -> bool:
    """Return whether a noun says that another ends or goes on: "the end of the war", "a renewal of the truce"."""
    return nominal_end(noun) is not None


def tokens_in(part: ParsedPart, start: int, end: int) -> Sequence[Token]:
    """Return the tokens of a part that lie between two places of the article."""
    return [t for t in part.doc if start <= part.start_of(t) and part.end_of(t) <= end]


_NEVER = frozenset(("never", "hardly", "scarcely"))


def _is_also(no: Token) -> bool:
    """Return whether a "not" goes on with "only": "will not only march but strike" denies nothing."""
    return no.i + 1 < len(no.doc) and no.nbor().lower_ in {"only", "just", "merely", "simply"}


def negated(verb: Token) -> bool:
    """Return whether a verb is denied: by "not", "never", "no longer", or by a subject or object with "no"."""
    if any((c.dep_ == "neg" and not _is_also(c)) or c.lower_ in _NEVER for c in verb.children):
        return True
    if any(c.lower_ == "longer" and any(g.lower_ == "no" for g in c.children) for c in verb.children):
        return True
    parts = [c for c in verb.children if c.dep_ in {"nsubj", "nsubjpass", "dobj", "attr"}]
    return any(has_no(c) for c in parts) != any(c.lower_ in {"nobody", "nothing"} for c in parts)


def is_doing(token: Token) -> bool:
    """Return whether a token is a verb in "-ing" after a preposition."""
    return token.dep_ == "pcomp" or (token.dep_ == "pobj" and token.tag_ == "VBG")


_HELD = frozenset(("hold", "stage", "conduct", "organise", "organize", "convene", "wage", "mount"))
_STANDING = frozenset(("ceasefire", "cease", "truce", "peace", "siege", "blockade", "pact", "alliance"))
_CHOICES = frozenset(("choice", "option", "alternative"))


def is_held(verb: Token, thing: Token) -> bool:
    """Return whether a verb only says that an event takes place: "hold elections", "stage a coup"."""
    return lemma_of(verb) in _HELD and is_event_noun(thing) and thing.lemma_.lower() not in _STANDING


def kept_as(verb: Token) -> Token | None:
    """Return the adjective in which a verb puts or keeps its object: "keep the port closed"."""
    if verb.lemma_.lower() not in {"keep", "leave", "make", "render", "hold"}:
        return None
    return next((c for c in verb.rights if c.dep_ == "oprd" and (c.pos_ == "ADJ" or c.tag_ == "VBN")), None)


def has_state(verb: Token) -> bool:
    """Return whether a verb says something of its subject by an adjective or a turn of phrase."""
    return any(c.dep_ in {"acomp", "attr", "oprd"} for c in verb.children) or idiom_of(verb) is not None


def inner_of(verb: Token) -> Token | None:
    """Return the verb that another one carries: "agree to lift", "insist on lifting", "no choice but to lift"."""
    chosen = next((c for c in verb.rights if c.dep_ == "dobj" and c.lemma_.lower() in _CHOICES), None)
    if verb.lemma_ == "have" and chosen is not None:
        but = next((t for t in chosen.subtree if t.lower_ == "but"), None)
        return next((t for t in verb.subtree if but is not None and t.i > but.i and t.tag_ == "VB"), None)
    inner = next((c for c in verb.children if c.dep_ in {"xcomp", "pcomp"} and c.pos_ == "VERB" and c.i > verb.i), None)
    if inner is None and object_of(verb) is not None and verb.lemma_.lower() in predicates().causes["permits"]:
        inner = next((c for c in verb.rights if c.dep_ == "ccomp" and c.tag_ == "VB"), None)
    if inner is None:
        inner = next(
            (c for c in verb.rights if c.dep_ == "ccomp" and c.tag_ == "VB" and own_subject(c) is not None), None
        )
    if inner is not None or verb.lemma_ == "be":
        return inner
    preps = (c for c in verb.rights if c.dep_ == "prep" and c.lower_ in {"on", "to", "in", "from", "at"})
    prep = next((c for c in preps if any(map(is_doing, c.children))), None)
    return next(filter(is_doing, prep.children), None) if prep is not None else None


def moved_by(verb: Token, inner: Token) -> Token | None:
    """Return whom a verb moves to do something, or keeps from it: "force X to leave", "stop X from leaving"."""
    words = predicates().causes
    if verb.lemma_.lower() not in words["moves"] | words["blocks"] | words["permits"]:
        return None
    return own_subject(inner) or next((c for c in verb.rights if c.dep_ == "dobj" and c.i < inner.i), None)


def way_of(verb: Token, inner: Token) -> str | None:
    """Return whether a verb says that what it carries is done (``do``) or is not; ``None`` where it says neither."""
    words = predicates()
    if verb.lemma_ == "have" and any(c.dep_ == "dobj" and c.lemma_.lower() in _CHOICES for c in verb.rights):
        return "not"  # "no choice but to": its "no" is counted with the verb
    lemma = verb.lemma_.lower()
    if is_passive(verb) and lemma in words.causes["moves"] and inner.dep_ == "xcomp":
        return "do"  # "would be forced to leave"
    if lemma in {"use", "mean", "design", "intend"} and is_passive(verb) and inner.dep_ in {"xcomp", "advcl"}:
        return "do"  # "will be used to silence them"
    if moved_by(verb, inner) is not None:
        return "not" if lemma in words.causes["blocks"] else "do"
    return words.carriers.get(lemma)


def promised_by(verb: Token) -> Token | None:
    """Return who is to do what stands with "to" and no subject: "Kora threatened to close the strait"."""
    if verb.dep_ != "xcomp" or not any(c.tag_ == "TO" for c in verb.lefts):
        return None
    return subject_of(verb)
