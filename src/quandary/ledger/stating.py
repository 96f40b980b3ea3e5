"""What a person states, read: ``12%``, ``1 in 8``, ``likely``, ``10 to 20 (80%)``, ``yes 60%, no 30%``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from quandary.base.problems import CaseError, Problem, Refusal, nearest
from quandary.ledger.records import QuestionKind
from quandary.quantities.words import look_up

NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
PERCENT = re.compile(rf"({NUMBER})\s*%")
PLAIN = re.compile(NUMBER)
ONE_IN = re.compile(rf"({NUMBER})\s*(?:in|/|out of)\s*({NUMBER})", re.IGNORECASE)
PERCENT_RANGE = re.compile(rf"({NUMBER})\s*%?\s*(?:to|-|–)\s*({NUMBER})\s*%", re.IGNORECASE)
RANGE = re.compile(
    rf"({NUMBER}|\d{{4}}-\d\d-\d\d)\s*(?:to|\.\.|–)\s*({NUMBER}|\d{{4}}-\d\d-\d\d)\s*(?:\(?\s*({NUMBER})\s*%\s*\)?)?",
    re.IGNORECASE,
)
ASSIGNED = re.compile(rf"(.+?)\s*[:=]?\s+({NUMBER})\s*%|(.+?)\s*[:=]\s*({NUMBER})\s*%")
USUAL_SHARE = 0.9
"""What a range holds where nothing else is said, as everywhere in Quandary."""
SUM = 0.015
"""How far probabilities of options, which people round, may be from adding up to one; they are then scaled."""


@dataclass(frozen=True)
class Stated:
    """What was stated, as fields of a forecast: each is ``None`` or empty where it does not apply."""

    probability: float | None = None
    probabilities: tuple[float, ...] = ()
    low: float | None = None
    high: float | None = None
    share: float | None = None
    words: str = ""
    read_low: float | None = None
    read_high: float | None = None


def stated(told: str, kind: QuestionKind, options: Sequence[str] = ()) -> Stated:
    """Return what was stated of a question of a kind; raises ``Refusal`` (Q910) where it cannot be read."""
    text = " ".join(told.split())
    if kind == QuestionKind.BINARY:
        return _binary(text)
    if kind in (QuestionKind.CHOICE, QuestionKind.ORDERED):
        return _of_options(text, options)
    return _range(text, kind)


def in_order(probabilities: Mapping[str, float], options: Sequence[str]) -> tuple[float, ...]:
    """Return the probabilities of all options in their order; what is not named shares what is left, evenly.

    Raises ``Refusal`` (Q910) for options that there are not, or that do not add up to one.
    """
    known = {option.casefold(): option for option in options}
    given: dict[str, float] = {}
    for name, value in probabilities.items():
        option = known.get(name.casefold())
        if option is None:
            hint = nearest(name, options) or f"options: {', '.join(options)}"
            raise Refusal(Problem("Q910", f'"{name}" is no option of the question', hint=hint))
        given[option] = value
    total, missing = sum(given.values()), [option for option in options if option not in given]
    if min(given.values(), default=0) < 0 or total > 1 + SUM or (total < 1 - SUM and not missing):
        message = f"the options add up to {100 * total:.4g} %"
        raise Refusal(Problem("Q910", message, hint="they must add up to 100 %"))
    left = max(1 - total, 0.0) / len(missing) if missing else 0.0
    whole = total + left * len(missing)
    return tuple(given.get(option, left) / whole for option in options)


def _binary(text: str) -> Stated:
    if found := PERCENT_RANGE.fullmatch(text):
        low, high = (_probability(float(part) / 100, text) for part in found.groups())
        if low > high:
            raise _unread(text, "the lower end comes first")
        return Stated((low + high) / 2, words=text, read_low=low, read_high=high)
    if found := PERCENT.fullmatch(text):
        return Stated(_probability(float(found[1]) / 100, text))
    if found := ONE_IN.fullmatch(text):
        whole = float(found[2])
        return Stated(_probability(float(found[1]) / whole if whole else -1, text))
    if PLAIN.fullmatch(text):
        value = float(text)
        if value in (0.0, 1.0) or not 0 <= value <= 1:
            hint = f"write {value:g}% if that is meant, or a number between 0 and 1 such as 0.12"
            raise Refusal(Problem("Q910", f'"{text}" can be read in two ways or none', hint=hint))
        return Stated(value)
    try:
        meaning, _ = look_up(text.casefold())
    except CaseError as fault:
        hint = fault.problems[0].hint or "write it as 12%, 1 in 8, or a word such as likely"
        raise Refusal(Problem("Q910", f'"{text}" is no probability', hint=hint)) from None
    return Stated(meaning.middle, words=text, read_low=meaning.low, read_high=meaning.high)


def _of_options(text: str, options: Sequence[str]) -> Stated:
    given: dict[str, float] = {}
    for part in re.split(r"[,;]", text):
        found = ASSIGNED.fullmatch(part.strip())
        if found is None:
            hint = f'write it as "{options[0] if options else "talks"} 60%, {options[-1] if options else "war"} 40%"'
            raise _unread(part.strip(), hint)
        name, value = (found[1], found[2]) if found[1] is not None else (found[3], found[4])
        if name.strip().casefold() in map(str.casefold, given):
            raise _unread(text, "an option stands there twice")
        given[name.strip()] = _probability(float(value) / 100, part)
    return Stated(probabilities=in_order(given, options))


def _range(text: str, kind: QuestionKind) -> Stated:
    found = RANGE.fullmatch(text)
    if found is None:
        example = "2027-01-01 to 2027-06-30" if kind == QuestionKind.DAY else "10 to 25"
        raise _unread(text, f'write a range, for example "{example}", and what it holds if not 90 %: "{example} (80%)"')
    low, high = (_number(part, kind, text) for part in found.group(1, 2))
    share = float(found[3]) / 100 if found[3] else USUAL_SHARE
    if not low <= high:
        raise _unread(text, "the lower end comes first")
    if not 0 < share < 1:
        raise _unread(text, "a range holds more than 0 % and less than 100 %")
    return Stated(low=low, high=high, share=share)


def _number(written: str, kind: QuestionKind, text: str) -> float:
    try:
        return float(date.fromisoformat(written).toordinal()) if kind == QuestionKind.DAY else float(written)
    except ValueError:
        raise _unread(text, "write days as 2027-01-31") from None


def _probability(value: float, text: str) -> float:
    if not 0 <= value <= 1:
        raise _unread(text, "a probability lies between 0 and 100 %")
    return value


def _unread(text: str, hint: str) -> Refusal:
    return Refusal(Problem("Q910", f'"{text}" is no forecast of this question', hint=hint))
