"""The grammar's terminals in words, for telling what was expected."""

from __future__ import annotations

from collections.abc import Iterable

TERMINALS = {
    "NUMBER": "a number",
    "NAME": "a name",
    "STATE": "a state",
    "EQUALS": '"="',
    "NOT_EQUALS": '"!="',
    "COMPARE": "a comparison (< or >)",
    "X": "a factor (x2)",
    "PHRASE": "a word of probability",
    "OTHERWISE": '"otherwise"',
    "REST": '"rest"',
    "EXACT": '"exact"',
    "UNKNOWN": '"unknown"',
    "OF_REST": '"of rest"',
    "POINTS": '"points"',
    "PERCENT": '"%"',
    "FAMILY": "a family in brackets",
    "_ARISES": "arises(...)",
    "DO": "do(...)",
    "SEEN": '"seen"',
    "_AND": '"and"',
    "_OR": '"or"',
    "_NOT": '"not"',
    "_IN": '"in"',
    "_TO": '"to"',
    "_PER": '"per"',
    "_AGAINST": '"against"',
    "CONDITION_HEAD": "a query such as P(...)",
    "FUNCTION": "a function such as abs(...)",
    "CALLEE": "a distribution",
    "LPAR": '"("',
    "RPAR": '")"',
    "COMMA": '","',
    "COLON": '":"',
    "VBAR": '"|"',
    "PLUS": '"+"',
    "MINUS": '"-"',
    "STAR": '"*"',
    "SLASH": '"/"',
    "CARET": '"^"',
    "$END": "the end",
}
KEYWORDS = {
    "_AND": "and",
    "_OR": "or",
    "_NOT": "not",
    "_IN": "in",
    "_TO": "to",
    "_PER": "per",
    "_AGAINST": "against",
    "OTHERWISE": "otherwise",
    "REST": "rest",
    "EXACT": "exact",
    "UNKNOWN": "unknown",
    "POINTS": "points",
    "OF_REST": "of rest",
}
SIGNS = frozenset({"PLUS", "MINUS", "STAR", "SLASH", "CARET"})


def listed(expected: Iterable[str]) -> str:
    """Return what was expected in words: the useful few, signs of arithmetic summed up."""
    names = set(expected)
    words = [text for name, text in TERMINALS.items() if name in names and name not in SIGNS]
    if "NUMBER" not in names and names & SIGNS:
        words.append("a sign of arithmetic")
    if not words:
        return "something else"
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]
