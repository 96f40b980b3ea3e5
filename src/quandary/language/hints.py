"""Next steps for common slips: what stands before and at the place where reading stopped, and what to write."""

from __future__ import annotations

import re

from quandary.language.heads import QueryTarget, names_of_heads
from quandary.language.vocabulary import FUNCTIONS

ANY = ("quantity", "condition", "query")
LOGIC = ("condition", "query")

SLIPS: tuple[tuple[tuple[str, ...], str, str, str], ...] = (
    # kinds of text, pattern that ends before the place, pattern that begins there, hint; @...@ stands for names
    (("quantity",), r"^\s*(?:the|all|any|what)\s+(?:the\s+)?", r"(?:rest|remainder|others?)\b", "write rest"),
    (("quantity",), r"\b(?:unknown|raises|lowers)\s*", r"\S", "it stands alone, as a whole entry"),
    (
        ("quantity",),
        r"\b(?:at least|at most|more than|less than)\s+",
        r"",
        "write one number: at least 60%, at most x3",
    ),
    (("quantity",), r"x[\d.]+\s*", r"[-–]\s*x?[\d.]", "write x2 to x5"),
    (("quantity",), r"", r"[±~≈<>≤≥]", "write a range: 15 to 25"),
    (
        ("quantity",),
        r"\b(?:about|around|circa|roughly|over|under)\s+",
        r"\d",
        "write a range: 15 to 25",
    ),
    (("quantity",), r"\d\s*%?\s*", r"or\b", "write a range: 20 to 30"),
    (
        ("quantity",),
        r"",
        r",?\s*\(?(?:log-?|logit-?)?(?:normal|uniform|beta)\b",
        "name it in brackets: 20 to 60 (lognormal)",
    ),
    (("quantity",), r"", r"per\b", "write x2 to x6 per 10"),
    (("quantity",), r"x[\d.]+\s*", r"points?\b", "a factor has no points: write x2 to x5, or +1 to +6 points"),
    (("quantity",), r"points?\s+", r"to\b", 'write "points" once: +1 to +6 points'),
    (("quantity",), r"points?\s+|pts?\s+", r"of\b", "write a share, 10% of rest, or points, +1 to +6 points"),
    (("quantity",), r"", r"of\b", 'a share is one "of rest"'),
    (("quantity",), r"\([^)]*\w\s*", r"=", "numbers stand in order: normal(0, 1)"),
    (("quantity",), r"", r"=", "a condition does not belong here; a rule is written condition: quantity"),
    (LOGIC, r"\w", r"-\s*\w", "names are written with underscores: stay_out"),
    (("condition",), r"", r"[,;]", "join conditions with and"),
    (LOGIC, r"=\s*", r"\(", "for several states write in: x in (v, w)"),
    (LOGIC, r"=\s*\w+\s+", r"(?!(?:and|or|against)\b)[^\W\d]", "a state is one word: regime_threat"),
    (LOGIC, r"", r"equals?\b|is\b", 'write "="'),
    (
        LOGIC,
        r"\b(?:if|when|where)\s+|",
        r"(?:if|when|where|given)\b",
        'leave the word out; in a query conditions follow "|"',
    ),
    (("condition",), r"\b(?:if|when|where)\s+", r"", "leave the first word out"),
    (("query",), r"\b(?:@CONDITION@)\s*\([^|()]*", r"[,;]", "join conditions with and"),
    (("query",), r"\|.*", r"\|", "join conditions with commas"),
    (
        ("query",),
        r"\bdo(?:_unseen|_foreseen)?\s*\([^()]*",
        r"\)|!=|≠|in\b|,",
        "an intervention sets a variable to one state: do(x = v)",
    ),
    (("query",), r"", r"points?\b", "write the number alone"),
    (("query",), r"\([^()]*", r"against\b", '"against" follows the closing bracket'),
    (("query",), r"\b(?:@PAYOFF@)\s*\([\w.\s]*", r",", "one actor, or one stake, at a time: E(one) - E(other)"),
    (
        ("query",),
        r"",
        r"(?:@CALLEE@)\b(?!\s*\()",
        "put it in brackets: P(...)",
    ),
)


def slip(kind: str, before: str, after: str) -> str | None:
    """Return the hint for a slip in a text of that kind, read up to ``before`` and stuck at ``after``."""
    for kinds, ending, beginning, hint in SLIPS:
        ends, begins = _with_names(rf"(?:{ending})$"), _with_names(beginning)
        if kind in kinds and re.search(ends, before) and re.match(begins, after):
            return hint
    return None


def _with_names(pattern: str) -> str:
    """Return a pattern with the names it stands for."""
    names = {
        "@CONDITION@": names_of_heads(lambda head: head.target is QueryTarget.CONDITION),
        "@OPTION@": names_of_heads(lambda head: head.target is QueryTarget.OPTION),
        "@PAYOFF@": names_of_heads(lambda head: head.target is QueryTarget.PAYOFF),
        "@CALLEE@": (*names_of_heads(), *FUNCTIONS),
    }
    for mark, known in names.items():
        pattern = pattern.replace(mark, "|".join(known))
    return pattern
