"""Quotes cut to a width without changing what they say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len

GAP = "…"

TURNS = re.compile(
    r"no|not|never|none|nobody|nothing|nor|neither|without|cannot|unless|except|but|although|though|however|hardly|"
    r"barely|scarcely|only|if|when|until|could|may|might|can|would|should|must|likely|unlikely|perhaps|possibly|"
    r"probably|almost|nearly|less|more|fewer|fail(s|ed|ure)?|refus(e|es|ed|al)|den(y|ies|ied|ial)|lack(s|ed|ing)?|"
    r"\w+n['’]t"
)
"""Words that turn or hedge what is said: they are never left out of a quote that is cut."""

HANGING = frozenset(
    {"a", "an", "the", "of", "in", "on", "at", "to", "for", "from", "by", "with", "and", "or", "its", "his"}
)
"""Words that no gap follows: what they lead to would be missed."""

_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
LEAST_LEFT = 2
"""Words that a quote keeps at either end of its gap, and that a gap is worth."""


def cut_quote(quote: str, width: int) -> str | None:
    """Return a quote of at most that many columns, its middle or end left out; ``None`` where none can be honest.

    What is left out has no word that turns or hedges the sentence. Most is kept.
    """
    if cell_len(quote) <= width:
        return quote
    words = quote.split()
    best: str | None = None
    for begin in range(LEAST_LEFT, len(words)):
        for end in range(len(words), begin, -1):
            if words[begin - 1].lower() in HANGING or any(map(_turns, words[begin:end])):
                continue
            if 0 < len(words) - end < LEAST_LEFT or end - begin < LEAST_LEFT:
                continue
            told = _joined(words[:begin], words[end:])
            if cell_len(told) <= width and (best is None or cell_len(told) > cell_len(best)):
                best = told
    return best


def _joined(first: Sequence[str], last: Sequence[str]) -> str:
    return " ".join((*first, GAP, *last))


def _turns(word: str) -> bool:
    return any(TURNS.fullmatch(one) for one in _LETTERS.findall(word.lower()))
