"""Titles and offices: which words before a name are not part of it, and which offices mean the same."""

from __future__ import annotations

import re

from quandary.read.words.countries import country_of
from quandary.read.words.wording import word_set

TITLES = word_set("titles")
NOT_A_PERSON = re.compile(
    r"\b(?:University|Council|Party|Ministry|Institute|Union|League|Court|Army|Bank|Agency|Center|Centre|House|Times|"
    r"Post|News|Group|Organi[sz]ation|Forum|Committee|Commission|Association|Foundation|Movement|Authority|Street)\b"
)
"""Words of a name that make it a body's."""

# offices that mean the same, as sets of words
_SAME = (
    ({"premier"}, {"prime", "minister"}),
    ({"pm"}, {"prime", "minister"}),
    ({"top", "diplomat"}, {"foreign", "minister"}),
    ({"chief", "diplomat"}, {"foreign", "minister"}),
    ({"foreign", "secretary"}, {"foreign", "minister"}),
    ({"secretary", "state"}, {"foreign", "minister"}),
    ({"head", "state"}, {"president"}),
    ({"defence", "secretary"}, {"defence", "minister"}),
    ({"defense", "secretary"}, {"defence", "minister"}),
    ({"un", "chief"}, {"un", "secretary", "general"}),
    ({"nato", "chief"}, {"nato", "secretary", "general"}),
    ({"spokesman"}, {"spokesperson"}),
    ({"spokeswoman"}, {"spokesperson"}),
    ({"defense"}, {"defence"}),
    ({"protestor"}, {"protester"}),
    ({"demonstrator"}, {"protester"}),
)
# words that stand in an office but do not make one
NOT_ALONE = frozenset(
    ("state", "home", "party", "army", "police", "special", "senior", "top", "labour", "republican", "democrat",
     "democratic", "crown", "supreme", "information", "foreign", "interior", "finance", "defence", "defense", "economy",
     "energy", "trade", "health", "education", "opposition", "former", "acting", "deputy", "vice", "prime")
)  # fmt: skip
LEADERS = frozenset(["president", "chancellor", "king", "queen", "emir", "sultan", "premier"])
_SMALL = word_set("small_words_of_roles")


def content_words(phrase: str) -> frozenset[str]:
    """Return the words of a description folded so that "Chinese ambassador" and "China's ambassador" agree."""
    text = phrase.lower().replace("’", "'").replace("'s", "").replace("-", " ").replace(",", " ")
    words: set[str] = set()
    for word in text.split():
        hit = country_of(word)
        if hit is not None:
            words.add(hit[0].code)
        elif word not in _SMALL:
            words.add(word.rstrip("s") if len(word) > 4 else word)
    for other, chosen in _SAME:
        if other <= words:
            words = (words - other) | chosen
    return frozenset(words)


def is_title(word: str) -> bool:
    """Return whether a word before a name is a title or an office."""
    return word.lower().rstrip(".") in TITLES
