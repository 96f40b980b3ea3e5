"""What is wrong with text the grammar refuses: likely mistakes first, then what was expected.

A rule looks at the text and the position where parsing stopped and returns a ``Problem`` or ``None``; the
first that speaks is believed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from quandary.base.problems import Problem, nearest
from quandary.language.expectations import KEYWORDS, listed
from quandary.language.heads import names_of_heads
from quandary.language.hints import slip
from quandary.language.text import Text
from quandary.language.vocabulary import DISTRIBUTIONS, FUNCTIONS, INTERVENTIONS


@dataclass(frozen=True, slots=True)
class ParseStop:
    """Where the parser stopped, in what kind of text, and the terminals it would have taken."""

    text: Text
    kind: str
    position: int
    expected: frozenset[str]

    @property
    def written(self) -> str:
        """Return the whole text."""
        return self.text.text

    @property
    def word(self) -> str:
        """Return the word or sign at the position, empty at the end of the text."""
        found = re.compile(r"\s*([^\W\d]\w*|[\d.]+\w*|[<>=!≤≥≠&|]{1,2}|\S)").match(self.written, self.position)
        return found[1] if found else ""

    @property
    def start(self) -> int:
        """Return the position of the word itself, white space skipped."""
        rest = self.written[self.position :]
        return self.position + len(rest) - len(rest.lstrip())

    def problem(self, code: str, message: str, hint: str | None = None) -> Problem:
        """Return a fault at the word where parsing stopped."""
        return self.text.problem(code, message, self.start, self.start + len(self.word), hint)


def diagnose(stop: ParseStop) -> Problem:
    """Return the most telling fault for text that does not parse."""
    hint = slip(stop.kind, stop.written[: stop.start], stop.written[stop.start :])
    for rule in RULES:
        problem = rule(stop)
        if problem is not None:
            return problem if hint is None or problem.hint is not None else replace(problem, hint=hint)
    return _unexpected(stop, hint)


def unbalanced(text: Text) -> Problem | None:
    """Return a fault for a bracket that is never closed or never opened."""
    opened: list[tuple[str, int]] = []
    closing = {")": "(", "]": "[", "}": "{"}
    for position, sign in enumerate(text.text):
        if sign in "([{":
            opened.append((sign, position))
        elif sign in closing:
            if not opened or opened[-1][0] != closing[sign]:
                return text.problem("Q131", f'this "{sign}" closes nothing', position, position + 1)
            opened.pop()
    if opened:
        sign, position = opened[-1]
        return text.problem("Q131", f'this "{sign}" is never closed', position, position + 1)
    return None


def _brackets(stop: ParseStop) -> Problem | None:
    return unbalanced(stop.text)


def _quotation_marks(stop: ParseStop) -> Problem | None:
    if stop.word == '"' and stop.text.text.count('"') % 2:
        return stop.problem("Q130", "this quotation mark is not closed", "close it, or drop it: plain names need none")
    if stop.word in ("'", '"', "“", "”", "‘", "’", "`"):
        return stop.problem("Q130", f"names stand without quotation marks ({stop.word})", "drop the marks")
    return None


def _square_brackets(stop: ParseStop) -> Problem | None:
    if stop.word in ("[", "{"):
        return stop.problem("Q130", f'"{stop.word}" has no meaning here', "use round brackets: x in (v, w)")
    return None


_NUMERAL = r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)\s*(?:%|percent)?"
_DASHED = re.compile(rf"({_NUMERAL})\s*(?:–|—|\.\.+|\bup to\b|\buntil\b|\band\b)\s*({_NUMERAL})")


def _dashed_range(stop: ParseStop) -> Problem | None:
    found = _DASHED.search(stop.written) if stop.kind == "quantity" else None
    if found is None:
        return None
    message = 'a range is written with "to"'
    return stop.text.problem("Q135", message, *found.span(), f"write {found[1].strip()} to {found[2]}")


def _thousands(stop: ParseStop) -> Problem | None:
    found = re.search(r"\d{1,3}(?:[,'_ ]\d{3})+\b", stop.written)
    if found is None or not found.start() <= stop.position <= found.end():
        return None
    plain = re.sub(r"\D", "", found[0])
    return stop.text.problem(
        "Q139", f'"{found[0]}" is not a number', *found.span(), f"write {plain}, without separators"
    )


def _malformed_number(stop: ParseStop) -> Problem | None:
    if not re.match(r"\.?\d", stop.word) or "NUMBER" not in stop.expected:
        return None
    found = re.compile(r"[\w.]+").match(stop.written, stop.start)
    written = found[0] if found else stop.word
    end = stop.start + len(written)
    factor = re.fullmatch(r"([\d.]+)x", written)
    hint = f"write x{factor[1]}" if factor else "leave a space between a number and a word"
    return stop.text.problem("Q139", f'"{written}" is not a number', stop.start, end, hint)


def _joined_by_signs(stop: ParseStop) -> Problem | None:
    words = {"&": "and", "&&": "and", "||": "or"} | ({"!": "not", "~": "not"} if "_NOT" in stop.expected else {})
    if stop.word in words and stop.kind != "quantity":
        word = words[stop.word]
        return stop.problem("Q130", f'"{stop.word}" is not understood', f'write "{word}"')
    return None


def _ordered_states(stop: ParseStop) -> Problem | None:
    inside = stop.kind == "condition" or stop.expected & {"EQUALS", "NOT_EQUALS"}
    if inside and stop.word in ("<", "<=", ">", ">=", "≤", "≥"):
        hint = "write a = b, a != b or a in (b, c)"
        return stop.problem("Q140", f'states have no order, so "{stop.word}" has no meaning', hint)
    return None


def _query_in_condition(stop: ParseStop) -> Problem | None:
    heads = rf"\b({'|'.join(names_of_heads())})\s*\("
    found = re.search(heads, stop.written) if stop.kind == "condition" else None
    if stop.kind == "query" and "CONDITION_HEAD" not in stop.expected and stop.word == "(":
        found = re.search(rf"{heads}$", stop.written[: stop.start + 1])
    if found is None:
        return None
    message = f"{found[1]}(...) is a query, and a condition is wanted here"
    hint = "write it as variable = state, or the name of an event"
    return stop.text.problem("Q140", message, found.start(), found.end() - 1, hint)


def _chained_comparison(stop: ParseStop) -> Problem | None:
    signs = ("<", "<=", ">", ">=", "=", "==", "!=", "≤", "≥", "≠")
    if stop.kind != "quantity" and stop.word in signs and "_AND" in stop.expected:
        hint = "write two comparisons joined by and"
        return stop.problem("Q145", "a comparison has two sides, not three", hint)
    return None


def _unknown_call(stop: ParseStop) -> Problem | None:
    found = re.compile(r"\s*([^\W\d]\w*)\s*\(").match(stop.written, stop.position)
    if found is None and stop.word == "(":
        found = re.search(r"([^\W\d]\w*)\s*\($", stop.written[: stop.start + 1])
    if found is None:
        return None
    if stop.kind == "query" and "CONDITION_HEAD" in stop.expected:
        known, what = (*names_of_heads(), *FUNCTIONS), "a query or function"
    elif stop.kind == "quantity":
        known, what = (*FUNCTIONS, *DISTRIBUTIONS), "a distribution or function"
    else:
        known, what = INTERVENTIONS, "an intervention"
    if found[1] in (*known, "in"):
        return None
    if found[1] in INTERVENTIONS:
        hint = f"an intervention follows the bar: P(event | {found[1]}(x = v))"
        return stop.text.problem("Q142", f"{found[1]}(...) is no query of its own", *found.span(1), hint)
    hint = nearest(found[1], known) or "known: " + ", ".join(known)
    return stop.text.problem("Q132", f'"{found[1]}" is not {what}', *found.span(1), hint)


def _bare_condition(stop: ParseStop) -> Problem | None:
    bare = re.match(r"[^\W\d]", stop.word) and stop.word not in (*names_of_heads(), *FUNCTIONS)
    if stop.kind == "query" and "CONDITION_HEAD" in stop.expected and bare:
        message = f'a query asks for a number, and "{stop.word}" is none'
        alone = stop.written.strip() == stop.word
        hint = f"for an event ask P({stop.word})" if alone else "ask for its probability: P(x = v)"
        return stop.problem("Q148", message, hint)
    return None


def _do_without_brackets(stop: ParseStop) -> Problem | None:
    found = re.search(r"\b(do|do_foreseen|do_unseen)\s+[^\W\d]", stop.written[: stop.start + 1])
    if stop.kind != "query" or found is None or found.end() != stop.start + 1:
        return None
    message = f'"{found[1]}" needs brackets'
    return stop.text.problem("Q130", message, *found.span(1), f"write {found[1]}(x = v)")


def _missing_equals(stop: ParseStop) -> Problem | None:
    if stop.word in ("is", "was", "are", ":", ":=") and "EQUALS" in stop.expected:
        return stop.problem("Q130", f'"{stop.word}" is not understood here', 'write "="')
    return None


def _near_keyword(stop: ParseStop) -> Problem | None:
    if stop.word == "rest":
        return None  # it is a keyword, in the wrong place: the hint of the slip tells more
    valid = [KEYWORDS[name] for name in stop.expected if name in KEYWORDS]
    hint = nearest(stop.word, valid) if re.match(r"[^\W\d]", stop.word) else None
    if hint is None:
        return None
    return stop.problem("Q130", f'"{stop.word}" is not understood here', hint)


def _range_in_query(stop: ParseStop) -> Problem | None:
    if stop.kind == "query" and stop.word == "to":
        hint = "compare twice: P(...) > 20% and P(...) < 60%"
        return stop.problem("Q130", "a query holds no ranges", hint)
    return None


Rule = Callable[[ParseStop], Problem | None]
RULES: tuple[Rule, ...] = (
    _brackets,
    _quotation_marks,
    _square_brackets,
    _dashed_range,
    _thousands,
    _joined_by_signs,
    _query_in_condition,
    _ordered_states,
    _chained_comparison,
    _unknown_call,
    _do_without_brackets,
    _missing_equals,
    _near_keyword,
    _range_in_query,
    _bare_condition,
    _malformed_number,
)


def _unexpected(stop: ParseStop, hint: str | None) -> Problem:
    wanted = listed(stop.expected)
    if not stop.word:
        return stop.problem("Q130", f"the text ends where {wanted} was expected", hint)
    return stop.problem("Q130", f'"{stop.word}" is not expected here; expected {wanted}', hint)
