"""Titles and offices: which words before a name are not part of it, and which offices mean the same."""

from __future__ import annotations

from quandary.read.countries import country_of

TITLES = frozenset(
    """mr mrs ms miss dr sir lord lady dame president vice vice-president prime minister premier chancellor
secretary general gen lieutenant lt colonel col major maj captain capt sergeant sgt admiral adm brigadier brig commander
cmdr marshal senator sen representative rep congressman congresswoman governor gov mayor judge justice chief king
queen prince princess emperor sultan emir sheikh sheik ayatollah imam rabbi reverend rev father archbishop bishop
cardinal pope ambassador envoy consul professor prof spokesman spokeswoman spokesperson foreign defence defense
interior finance deputy acting former ex-president leader chairman chairwoman director speaker attorney state home
economy energy trade health education information opposition party mp mep lawmaker negotiator presidential top senior
special commissioner police army tory labour republican democrat democratic taoiseach crown supreme analyst economist
correspondent reporter author historian editor columnist head founder""".split()
)

# offices that mean the same, as sets of words
_SAME = (
    ({"premier"}, {"prime", "minister"}),
    ({"pm"}, {"prime", "minister"}),
    ({"top", "diplomat"}, {"foreign", "minister"}),
    ({"chief", "diplomat"}, {"foreign", "minister"}),
    ({"foreign", "secretary"}, {"foreign", "minister"}),
    ({"secretary", "state"}, {"foreign", "minister"}),
    ({"head", "state"}, {"president"}),
    ({"spokesman"}, {"spokesperson"}),
    ({"spokeswoman"}, {"spokesperson"}),
    ({"defense"}, {"defence"}),
    ({"protestor"}, {"protester"}),
    ({"demonstrator"}, {"protester"}),
)
LEADERS = frozenset("president chancellor king queen emir sultan premier".split())
_SMALL = frozenset("the a an of for to at in on and or 's ' s its his her their new".split())


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
