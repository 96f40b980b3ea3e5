"""Which nouns can speak: people, bodies and texts, not sums, results or moods."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quandary.read.words import cues
from quandary.read.words.roles import LEADERS, is_title
from quandary.read.words.wording import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

_HUMAN = cues.PEOPLE_NOUNS | word_set("human_nouns")
_BODIES = word_set("bodies") | word_set("group_nouns") | cues.SPEAKING_NOUNS
_OFFICES = LEADERS | word_set("sole_offices")
_ASKING = word_set("asking_labels")
_AGED = re.compile(r"\d{1,3}-year-old$")
_THING = re.compile(r"(?:tion|sion|ment|ness|ity|ance|ence|ism|ship|ure|age|acy|ing|result|finding|figure)s?$")


def is_human(noun: Token) -> bool:
    """Return whether a noun is of persons: "surgeon", "villagers", "61-year-old"."""
    words = noun.lemma_.lower()
    return (
        words in _HUMAN
        or words.endswith(("man", "woman", "men", "women", "people", "maker", "worker", "keeper", "holder"))
        or is_aged(noun)
    )


_MALE = word_set("male_nouns")
_FEMALE = word_set("female_nouns")


def gender_of(description: str) -> str | None:
    """Return "he" or "she" where a description of a person says which: "one woman", "Roe's brother"."""
    words = set(description.lower().split())
    if words & _FEMALE:
        return "she"
    return "he" if words & _MALE else None


def is_aged(noun: Token) -> bool:
    """Return whether a noun names a person by age: "the 61-year-old"."""
    return _AGED.search(noun.doc[max(0, noun.i - 4) : noun.i + 1].text) is not None


def may_mean(noun: Token, *, strict: bool) -> bool:
    """Return whether "they", "he" or "it" of someone who speaks may mean a noun.

    ``strict`` asks for a name, a person, a body or a text; else what is no person is barred only by its ending.
    """
    if noun.pos_ != "NOUN":
        return True
    lemma = noun.lemma_.lower()
    if is_human(noun) or lemma in _BODIES or noun.lower_ in _BODIES:
        return True
    return not strict and _THING.search(lemma) is None


def is_description(noun: Token) -> bool:
    """Return whether a phrase speaks again of a person named before: "the surgeon", "the 61-year-old".

    An office of which there is one, "the president", may be of anybody and is none.
    """
    if noun.pos_ not in {"NOUN", "ADJ"} or noun.tag_ == "NNS" or noun.left_edge.lower_ != "the":
        return False
    if is_aged(noun):
        return True
    plain = all(c.dep_ in {"det", "amod", "punct", "compound"} for c in noun.children)
    return plain and noun.lemma_.lower() in _HUMAN - _OFFICES - _ASKING and not (is_title(noun.text) and noun.i == 0)
