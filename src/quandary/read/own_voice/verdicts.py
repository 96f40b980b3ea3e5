"""Judgements that an author passes: what must or should be, what deserves praise or blame, what he welcomes himself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quandary.read.own_voice.main_clause import AUTHOR, Sentence
from quandary.read.parsing.finds import inside_quote
from quandary.read.parsing.subjects import own_subject
from quandary.read.statements.kinds import normative_strength
from quandary.read.words.wording import lexicon, word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

_VERDICTS = word_set("verdicts")
_PERFORMING = word_set("performing")
_ADVISING = re.compile(
    r"\b(?:(?:cannot|can['’]t|can\s+not|can\s+no\s+longer|can\s+ill)\s+(?:afford\s+to|remain\s+silent|stand\s+by|look\s+away)|"
    r"would\s+(?:do\s+well|be\s+wise)\s+to|had\s+better|(?:it|there)\s+(?:is|would\s+be)\s+(?:high\s+)?(?:time|no\s+time)\s+"
    r"(?:to|for|that)|time\s+has\s+come|nothing\s+wrong|worst\s+mistake|(?:has|have)\s+no\s+place\s+in|"
    r"(?:does|do|did|will)\s+not\s+(?:hold\s+water|stand\s+up|add\s+up)|"
    r"(?:does|do|did|will\s+do|has\s+done|have\s+done)\s+(?:nothing|little)\s+to)\b",
    re.I,
)
_LET_US = re.compile(r"^\W*(?:but\s+|so\s+|and\s+)?let\s+us\b|^\W*let['’]s\b", re.I)


def judges(sentence: Sentence, text: str) -> int:
    """Return 2 where a sentence says what ought to be or passes judgement in its main clause, 1 in passing, else 0."""
    if _LET_US.match(text):
        return 2
    if _ADVISING.search(text) or _performs(sentence):
        return 2
    if normative_strength(text) == 2 and _obliges(sentence):
        return 2
    return 2 if any(_passes_judgement(sentence, v) for v in sentence.mains) else 0


def _performs(sentence: Sentence) -> bool:
    """Return whether the author does by saying so what he says: "We condemn the raid", "I call on both sides"."""
    for verb in sentence.frame.doc[sentence.start : sentence.end]:
        if verb.dep_ not in {"ROOT", "conj"} or verb.lemma_ not in _PERFORMING:
            continue
        subject = own_subject(verb) or own_subject(verb.head)
        if subject is None or subject.lower_ not in AUTHOR or verb.tag_ not in {"VBP", "VBG", "VB"}:
            continue
        if verb.lemma_ != "call" or any(c.lower_ in {"on", "upon", "for"} for c in verb.rights):
            return True
    return False


def _obliges(sentence: Sentence) -> bool:
    for verb in sentence.mains:
        if any(c.lower_ in {"must", "should", "ought"} for c in verb.children):
            return not any(c.lower_ == "have" and c.dep_ == "aux" for c in verb.children) or _blames(verb)
        if verb.lemma_ in {"need", "have"} and any(c.dep_ == "xcomp" for c in verb.children):
            return verb.tag_ in {"VBP", "VBZ"}
        if verb.lemma_ == "deserve" or verb.lower_ in {"ought", "must"}:
            return True
    return False


def _blames(verb: Token) -> bool:
    """Return whether "should have" finds fault; "must have" concludes."""
    return any(c.lower_ in {"should", "ought"} for c in verb.children)


def _passes_judgement(sentence: Sentence, verb: Token) -> bool:
    """Return whether a word of praise or blame is what the verb says of its subject: "is a disgrace"."""
    if verb.lemma_ not in {"be", "remain", "become", "seem", "look", "prove", "have"}:
        return False
    for said in verb.rights:
        wanted = {"dobj"} if verb.lemma_ == "have" else {"attr", "acomp", "oprd"}
        if said.dep_ not in wanted or inside_quote(sentence.frame, said):
            continue
        words = [said, *(c for c in said.children if c.dep_ in {"amod", "conj"})]
        words += [
            t for c in said.rights if c.dep_ == "prep" and c.lower_ == "of" for t in c.children if verb.lemma_ == "be"
        ]
        if any(t.lower_ in _VERDICTS or _in_list(t) for t in words if not inside_quote(sentence.frame, t)):
            return verb.lemma_ != "have" or said.lemma_.lower() in _VERDICTS
    return False


def _in_list(token: Token) -> bool:
    return token.text.islower() and lexicon("normative").words.fullmatch(token.text) is not None
