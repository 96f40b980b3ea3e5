"""Tests in words: what each drafted comparison says, for a person to hold against the quote."""

from __future__ import annotations

from quandary.case.draft import Gap
from quandary.case.model import Test
from quandary.language.syntax import Ask, Compare, Is, Number


def sentence_of(test: Test) -> str | None:
    """Return what a drafted test says as a sentence; ``None`` for a gap and for a form that is not drafted."""
    query = test.query
    if isinstance(query, Gap) or not isinstance(query, Compare) or not isinstance(query.left, Ask):
        return None
    effect = _state(query.left)
    if effect is None:
        return None
    given = _setting(query.left)
    if isinstance(query.right, Number):
        bound = f"{query.right.value:.0%}".rstrip("%")
        how = f"{'more' if query.op in ('>', '>=') else 'less'} likely than {bound} in 100"
        return f"{effect} is {how}" + (f" if {given}" if given else "")
    if not isinstance(query.right, Ask) or given is None:
        return None
    other = _setting(query.right)
    way = "more" if query.op in (">", ">=") else "less"
    return f"{effect} is {way} likely if {given} than if {other}"


def _state(asked: Ask) -> str | None:
    match asked.target:
        case Is(variable, states):
            return _worded(variable.text, states[0])
        case _:
            return None


def _setting(asked: Ask) -> str | None:
    return " and ".join(_worded(one.variable.text, one.state) for one in asked.do) or None


def _worded(variable: str, state: str) -> str:
    """Return a variable in a state in words: "no invasion", "attack port: hold back"."""
    words, told = variable.replace("_", " "), state.replace("_", " ")
    if state == "none":
        return f"no {words}"
    return words if told in words else f"{words}: {told}"
