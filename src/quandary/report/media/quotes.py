"""Quotes cut to a width without changing what they say."""

from __future__ import annotations

import re

from rich.cells import cell_len

TURNS = re.compile(
    r"no|not|never|none|nobody|nothing|nor|neither|without|cannot|unless|except|but|although|though|however|hardly|"
    r"barely|scarcely|only|if|when|until|could|may|might|can|would|should|must|likely|unlikely|perhaps|possibly|"
    r"probably|almost|nearly|less|more|fewer|difficult|hard|fail(s|ed|ure)?|refus(e|es|ed|al)|den(y|ies|ied|ial)|"
    r"lack(s|ed|ing)?|\w+n['’]t"
)
"""Words that turn or hedge what is said: they are never left out of a quote that is cut."""

HANGING = frozenset(
    {"a", "an", "the", "of", "in", "on", "at", "to", "for", "from", "by", "with", "and", "or", "its", "his"}
)
"""Words that no cut follows: what they lead to would be missed."""

_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def cut_quote(quote: str, width: int) -> str | None:
    """Return the beginning of a quote in at most that many columns; ``None`` where no cut is honest.

    It ends in three dots, so that nobody takes it for the whole. Nothing is left out of its middle: what is joined over
    a gap is a sentence that nobody said. What is left out has no word that turns or hedges the sentence.
    """
    if cell_len(quote) <= width:
        return quote
    words = quote.split()
    for end in range(len(words) - 1, 0, -1):
        if any(map(_turns, words[end:])):
            return None
        told = f"{' '.join(words[:end])} …"
        if cell_len(told) <= width and words[end - 1].lower() not in HANGING:
            return told
    return None


def _turns(word: str) -> bool:
    return any(TURNS.fullmatch(one) for one in _LETTERS.findall(word.lower()))
