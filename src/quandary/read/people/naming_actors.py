"""Which of the names found are no actor's, and how an actor's name is written: without offices, brackets and halves."""

from __future__ import annotations

import re

from quandary.read.people.names import folded
from quandary.read.records import Passage
from quandary.read.words.countries import country_of
from quandary.read.words.roles import is_title
from quandary.read.words.wording import word_set

_THINGS = word_set("named_things")
_NO_PARTIES = word_set("no_parties")
_ABSTRACT = ("ism", "ity", "tion", "ment", "ness", "ship")
_SOME = frozenset(("one", "another", "some", "many", "most", "several", "both", "more", "other", "few"))
_OWNED = re.compile(r"['’] (?:Party|Union|League|Front|Council|Association|Congress|Movement|Alliance)\b")
_REPORTS = re.compile(r"(?:['’]s)?,? (?:also |later |first )?(?:reported|reports|wrote|writes|published|publishes)\b")
_TOLD = re.compile(r"\b(?:told|reported by|quoted by|interview with|citing|cited by|published by) (?:the )?$")
_FILED = re.compile(
    r"(?: and [A-Z]\w+ [A-Z][\w-]+)? (?:reported|wrote|adapted|contributed|prepared|edited)\b"
    r"[^.\n]{0,30}\b(?:story|report|article|VOA)"
)


def whole_name(text: str, name: str, places: list[Passage]) -> str:
    """Return an actor's name without what a bracket opened and with what an apostrophe cut off."""
    name = name.split(" (", maxsplit=1)[0].strip(' ,;:[]()“”"')
    for place in places:
        cut = _OWNED.match(text, place.end) if place.text.endswith("s") and place.text.endswith(name) else None
        if cut is not None:
            return name + cut.group()
    return name


def without_office(name: str) -> str:
    """Return a person's name without the office or country before it: "First Minister of Scotland Ann Lee"."""
    words = name.split()
    last = max((i for i, w in enumerate(words) if is_title(w) or country_of(w) or w in {"of", "the", "to"}), default=-1)
    rest = words[last + 1 :]
    return " ".join(rest) if last >= 0 and 2 <= len(rest) <= 4 and all(w[:1].isupper() for w in rest) else name


def is_common(text: str, name: str) -> bool:
    """Return whether a capital letter is all that makes a word a name: "Flights", "Tourism", "One interviewee"."""
    words = name.split()
    first, last = words[0].casefold(), words[-1].casefold()
    if (
        first in _SOME
        or ((len(words) == 1 or last == "embassy") and last in _NO_PARTIES)
        or re.match(r"[A-Z]-\d|[\w.]+-(?:designated|based|listed|backed)\b", name)
    ):
        return True
    if first in _THINGS and " of " in name:
        return True  # "Economy of Sorland"
    if len(words) > 1:
        return False
    if (hit := country_of(name.removesuffix("s"))) is not None and hit[1] == "demonym" and name.endswith("s"):
        return True  # a people is no actor
    if name.isupper() or (name.endswith(_ABSTRACT) and len(name) > 6):
        return not name.isupper()
    forms = {first, first.removesuffix("s"), f"{first}s"}
    return any(re.search(rf"\b{re.escape(form)}\b", text) for form in forms if form)


def only_reports(text: str, places: list[Passage]) -> bool:
    """Return whether a body without a known kind does nothing but report, or is only told something."""
    told = [
        _REPORTS.match(text, p.end) is not None or _TOLD.search(text[max(0, p.start - 20) : p.start]) is not None
        for p in places
    ]
    return any(told) and len(told) < 4


def filed_the_story(text: str, name: str) -> bool:
    """Return whether a person only wrote the article: "Ann Lee and Bo Reiss reported on this story from Loma"."""
    last = re.escape(name)
    return any(_FILED.match(text, found.end()) for found in re.finditer(last, text)) and folded(name) != ""
