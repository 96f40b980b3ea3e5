"""Probabilities that a speaker gives as a number: "30 percent", "one in three", "three to one against"."""

from __future__ import annotations

import re

from quandary.read.records import ProbabilityRange
from quandary.read.words.wording import word_set

STATED = "stated"
"""The basis of a probability that the speaker gave as a number."""
_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
)
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100}
_NUMBERS = {word: number for number, word in enumerate(_UNITS.split())} | _TENS
_NUMBER = rf"(?:\d{{1,3}}(?:\.\d+)?|(?:{'|'.join(_NUMBERS)})(?:[- ](?:{'|'.join(list(_NUMBERS)[1:10])}))?)"
_PER_CENT = (
    rf"(?P<low>{_NUMBER})(?:\s*(?:%|per\s*cent|percent)?\s*(?:to|-|–|and|or)\s*(?P<high>{_NUMBER}))?"
    r"\s*(?:%|per[\s-]*cent\b|percent\b)"
)
_OUT_OF = rf"(?P<part>{_NUMBER})(?:\s+chances?)?[\s-]+(?:in|out\s+of)(?:\s+(?:a|every))?[\s-]+(?P<whole>{_NUMBER})"
_EVEN = r"(?P<even>fifty[- ]fifty|50[-/– ]50|even(?=\s+(?:chance|odds|money)))"
_AGAINST = rf"(?P<against>{_NUMBER})(?:[\s-]+to[\s-]+|[-/])(?P<for>{_NUMBER})\s+(?P<way>against|on|in\s+favou?r)"
_STATED = re.compile(rf"(?<![\w.-])(?P<words>(?:{_PER_CENT}|{_OUT_OF}|{_EVEN}|{_AGAINST}))(?!\w)", re.I)
_CHANCE = re.compile(r"\b(?:chances?|odds|probabilit(?:y|ies)|likelihood|risk|(?:un)?likely|probable|certain)\b", re.I)
_CHANGES = "|".join(sorted(word_set("changes")))
_CHANGED = re.compile(rf"\b(?:{_CHANGES})\s+(?:\w+\s+)?$")
_AT_LEAST = re.compile(r"(?:at\s+least|more\s+than|over|above)\s+(?:an?\s+)?$")
_AT_MOST = re.compile(r"(?:at\s+most|less\s+than|under|below|up\s+to|no\s+more\s+than)\s+(?:an?\s+)?$")
_BEFORE, _BEHIND = 60, 40
"""So many characters around a number a word of chance is looked for."""


def stated_in(body: str) -> tuple[re.Match[str], ProbabilityRange] | None:
    """Return the first probability said as a number, with the match whose group "words" says it."""
    for match in _STATED.finditer(body):
        near = body[max(0, match.start() - _BEFORE) : match.end() + _BEHIND]
        before = body[: match.start()].lower()
        if _CHANCE.search(near) is None or _CHANGED.search(before):
            continue  # "30 percent" of something else, or a change by it
        low, high = _ends(match.groupdict())
        if not 0 <= low <= high <= 1:
            continue
        if _AT_LEAST.search(before):
            high = 1.0
        elif _AT_MOST.search(before):
            low = 0.0
        words = match.group("words")
        return match, ProbabilityRange(low, (low + high) / 2, high, STATED, "said by the speaker", words, "the speaker")
    return None


def _ends(given: dict[str, str | None]) -> tuple[float, float]:
    """Return both ends of what the words say; a number above 1 where they say none."""
    if given["even"]:
        return 0.5, 0.5
    if given["low"]:
        low = _number(given["low"]) / 100
        return low, _number(given["high"]) / 100 if given["high"] else low
    if given["part"] and given["whole"]:
        whole = _number(given["whole"])
        share = _number(given["part"]) / whole if whole else 2.0
        return share, share
    against, favour = _number(given["against"] or "0"), _number(given["for"] or "0")
    if (given["way"] or "").lower() != "against":
        against, favour = favour, against
    share = favour / (against + favour) if against + favour else 2.0
    return share, share


def _number(words: str) -> float:
    """Return a number in figures or in words up to ninety-nine."""
    if words[0].isdigit():
        return float(words)
    return float(sum(_NUMBERS[part] for part in re.split(r"[- ]", words.lower())))
