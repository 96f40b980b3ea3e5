"""Words that give content to a source: verbs of saying and thinking, and what each of them takes (``words.toml``)."""

from __future__ import annotations

import re

from quandary.read.records import ArticleStatement, Polarity, StatementType
from quandary.read.words.wording import word_set

SAYING = word_set("cue_saying")
THINKING = word_set("cue_thinking")
CLAUSE = SAYING | THINKING
QUOTING = SAYING | THINKING | word_set("cue_quoting_only")
NEED_THAT = word_set("cue_need_that")
COMMITTING = word_set("cue_committing")
URGED_AS_CONTENT = word_set("cue_urged_as_content")
NAMING = word_set("cue_naming")
NAMED_WITH_AS = word_set("cue_named_with_as")
ACCUSING = frozenset(("accuse",))
BLAMING = frozenset(("blame",))
WITH_QUOTED_OBJECT = word_set("cue_with_quoted_object")
CLAIM_NOUNS = word_set("cue_claim_nouns")
CARRIERS = word_set("cue_carriers")
SPEAKING_NOUNS = word_set("cue_speaking_nouns")
PEOPLE_NOUNS = word_set("cue_people_nouns")
DOCUMENT_NOUNS = word_set("cue_document_nouns")
OCCASIONS = word_set("cue_occasions")

_NEGATED = re.compile(r"\bnot\b|n['’]t\b", re.I)
_DENYING = re.compile(
    r"\bden(?:y|ie)|\bdismiss|\breject|\bdisput|\brefut|\brebut|\brul(?:e[sd]?|ing)\s+out|\bexclud", re.I
)
_DOUBTING = re.compile(r"\bdoubt|\bs[ck]eptical|\bpessimistic|\bunconvinced", re.I)
_AVOIDING = re.compile(r"\b(?:refus|declin|hesitat|avoid|stopp?(?:ed|s)?\b)\w*\s+(?:to|short)\b", re.I)
_TAKEN_BACK = re.compile(
    r"^doubts?\s+(?:remain|persist|linger)|^(?:(?:that|and|but)\s+)?(?:it|that|this|there)\s+(?:is|was|remains?|remained)\s+(?:still\s+)?(?:far\s+from|anything\s+but|by\s+no\s+means|"
    r"not\s+(?:yet\s+|at\s+all\s+|entirely\s+)?(?:certain|sure|clear|known|settled|guaranteed)|unclear|uncertain|unknown|no\s+"
    r"(?:guarantee|certainty)|an\s+open\s+question|too\s+(?:early|soon)\s+to|in\s+doubt|to\s+be\s+seen)",
    re.I,
)
_OWN_DOUBT = re.compile(
    r"^(?:he|she|they|it|we|I)\s+(?:\w+ly\s+)?(?:doubt(?:s|ed)?|(?:do|does|did)(?:\s+not|n['’]t)\s+(?:believe|think|expect))\b",
    re.I,
)


def polarity_of(cue: str, form: StatementType, content: str) -> Polarity:
    """Return what the speaker makes of the content, by the cue and by how the content begins."""
    if form == "direct":
        return "held"
    denies, negated = _DENYING.search(cue) is not None, _NEGATED.search(cue) is not None
    if denies:
        return "open" if negated or _AVOIDING.search(cue) else "denied"
    if negated or _DOUBTING.search(cue) or _OWN_DOUBT.match(content):
        return "doubted"
    return "open" if _TAKEN_BACK.match(content) else "held"


def disowned(statement: ArticleStatement) -> bool:
    """Return whether the speaker does not hold the content: denies it, doubts it or leaves it open."""
    return statement.polarity != "held"
