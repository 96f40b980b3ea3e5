"""Words that give content to a source: verbs of saying and thinking, and what each of them takes (``words.toml``)."""

from __future__ import annotations

import re

from quandary.read.records import ArticleStatement
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

_DISOWNING = re.compile(r"\bnot\b|n['’]t\b|\bdoubt|\bden(?:y|ie)|\bdismiss|\breject|\bdisput|\brefut|\brebut", re.I)


def disowned(statement: ArticleStatement) -> bool:
    """Return whether the cue says that the speaker does not hold the content: "doubt", "denied", "not believe".

    Whole sentences in quotation marks are the speaker's own words, whatever the cue.
    """
    return statement.type != "direct" and _DISOWNING.search(statement.cue) is not None
