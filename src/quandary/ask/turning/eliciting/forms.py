"""Forms in which people answer well, turned into the 90 % range that a case is written in.

- *IDEA* (Hemming, Burgman, Hanea, McBride & Wintle 2018, *Methods in Ecology and Evolution* 9): the lowest and the
  highest plausible value, the best guess, and how sure one is (C %) that the truth lies between. The ends are moved to
  90 %: low' = best - (best - low) 90 / C, high' = best + (high - best) 90 / C; of factors on their logarithms.
- *SHELF* (O'Hagan 2019, *The American Statistician* 73): plausible limits first, then the middle, then quartiles. On
  the scale that the number is drawn on (log-odds, logarithms, or plain) each half is normal about the median m:
  low' = m - (m - q1) 1.645 / 0.674, high' = m + (q3 - m) 1.645 / 0.674, and neither goes beyond the plausible limits.
- a range that holds nine times of ten; a word of likelihood by the case's own table.
- a direction: more likely, less likely, or neither.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from quandary.base.problems import CaseError, Problem, Refusal, nearest
from quandary.language.parser import parse_quantity
from quandary.language.printing import written
from quandary.language.syntax import Factor, Interval, Number, Quantity, Shift
from quandary.quantities.estimate import Scale, log_odds, of_log_odds
from quandary.quantities.reading import LEAST, MOST, read_estimate
from quandary.quantities.words import table_named

NORMAL_TAIL, NORMAL_QUARTER = 1.6448536269514722, 0.6744897501960817
"""Normal scores of 95 % and of 75 %."""

LEAST_SURE = 50.0
"""One who is less sure than this that the truth lies between two values is asked for others."""

NUMBER = re.compile(r"x?\s*([-+]?(?:\d+(?:\.\d+)?|\.\d+))\s*%?")
RANGE = re.compile(rf"\s*{NUMBER.pattern}\s*(?:to|\.\.)\s*{NUMBER.pattern}\s*(?:points|%)?(?:\s*per\s*10)?\s*")
FOUR = re.compile(rf"\s*{'[,; ]+'.join([NUMBER.pattern] * 4)}\s*")
NAMED = re.compile(r"(low(?:est)?|high(?:est)?|best|sure)\s*[:=]?\s*" + NUMBER.pattern)

DontKnow = Literal["don't know"]
DONT_KNOW: DontKnow = "don't know"
NOT_KNOWN = frozenset({"d", "?", "dk", "don't know", "dont know", "do not know", "no idea"})
DIRECTIONS = {
    **dict.fromkeys(("m", "+", "more", "more likely", "up", "raises", "above", "higher"), 1),
    **dict.fromkeys(("l", "-", "less", "less likely", "down", "lowers", "below", "lower"), -1),
    **dict.fromkeys(("n", "0", "neither", "none", "no", "no effect"), 0),
}


@dataclass(frozen=True)
class AnswerUnit:
    """In which unit a number is answered: its ``scale``, whether in percent, and how it stands in a case.

    ``kind`` is the kind of its role; ``of_rest`` says that it is a share of what is left, ``unknown`` that nobody has
    put it, ``is_shift`` that it moves a whole scale of states.
    """

    scale: Scale
    kind: str
    percent: bool = False
    of_rest: bool = False
    words: str | None = None
    unknown: bool = False
    is_shift: bool = False

    @property
    def is_log(self) -> bool:
        """Return whether it is positive and counted by how many times."""
        return self.scale in (Scale.FACTOR, Scale.SHARE, Scale.PRECISION) or self.kind in ("factor", "rationality")

    @property
    def in_percent(self) -> bool:
        """Return whether it is told in percent."""
        return self.percent or self.scale is Scale.PROBABILITY

    def text(self, low: float, high: float) -> str:
        """Return a 90 % range as a case has it."""
        shown = [_digits(100 * end if self.in_percent else end) for end in (low, high)]
        if shown[0] == shown[1]:
            shown = [f"{100 * end if self.in_percent else end:.12g}" for end in (low, high)]
        if self.kind == "rationality":
            return f"x{shown[0]} to x{shown[1]} per 10"
        if self.kind == "factor":
            return f"x{shown[0]} to x{shown[1]}"
        if self.kind == "points":
            return f"{_signed(shown[0])} to {_signed(shown[1])} points"
        if self.in_percent:
            return f"{shown[0]}% to {shown[1]}%{' of rest' if self.of_rest else ''}"
        return f"{shown[0]} to {shown[1]}"


@dataclass(frozen=True)
class JudgedAnswer:
    """An answer as the case has it: its ``text``, and how that is read, in words."""

    text: str
    read_as: str


def bad_answer(message: str, hint: str) -> Refusal:
    """Return the refusal of an answer, which a person then gives anew."""
    return Refusal(Problem("Q575", message, hint=hint))


def judgement(unit: AnswerUnit, typed: str) -> JudgedAnswer | DontKnow:
    """Return what a typed answer to a size says, or that it is not known.

    It is a range, four numbers (low, high, best, how sure), a word of likelihood, or a number as a case has it, which
    may be exact only where it says so. Raises ``Refusal`` (Q575) with a sentence for anything else.
    """
    said = " ".join(typed.replace("–", " to ").replace("\N{MINUS SIGN}", "-").split())
    if said.lower() in NOT_KNOWN:
        return DONT_KNOW
    if not said:
        raise bad_answer("nothing was answered", _usual(unit))
    if (named := dict(_named_numbers(said))) and {"low", "high", "best", "sure"} <= named.keys():
        return idea(unit, named["low"], named["high"], named["best"], named["sure"], percent_sign="%" in said)
    if four := FOUR.fullmatch(said):
        low, high, best, sure = map(float, four.groups())
        return idea(unit, low, high, best, sure, percent_sign="%" in said)
    if found := RANGE.fullmatch(said):
        low, high = _in_unit(unit, [float(one) for one in found.groups()], sign="%" in said)
        return ninety(unit, low, high)
    return _as_written(unit, said)


def idea(
    unit: AnswerUnit, low: float, high: float, best: float, sure: float, *, percent_sign: bool = True
) -> JudgedAnswer:
    """Return the 90 % range of low, high, best guess and how sure in percent, as people give them (IDEA)."""
    if not LEAST_SURE <= sure <= 100:
        message = f"{sure:g} % sure that the truth lies between is no answer"
        raise bad_answer(message, "say how sure you are, from 50 to 100; where less, make the range wider")
    low, high, best = _in_unit(unit, [low, high, best], sign=percent_sign)
    if not low <= best <= high or low == high:
        message = "the best guess lies between the lowest and the highest value, which differ"
        raise bad_answer(message, "give them in the order low, high, best guess, how sure: 10 40 20 80")
    if unit.is_log:
        _positive(low)
        low, high, best = map(math.log, (low, high, best))
    grown = 90.0 / sure
    low, high = best - (best - low) * grown, best + (high - best) * grown
    if unit.is_log:
        low, high = math.exp(low), math.exp(high)
    return ninety(unit, *_bounded(unit, low, high))


def shelf(unit: AnswerUnit, limits: tuple[float, float], middle: float, quartiles: tuple[float, float]) -> JudgedAnswer:
    """Return the 90 % range of plausible limits, the middle and the quartiles, as people give them (SHELF)."""
    low, high, middle, first, third = _in_unit(unit, [*limits, middle, *quartiles], sign=True)
    if not (low <= first < middle < third <= high):
        message = "the quartiles lie on both sides of the middle, and within the plausible limits"
        raise bad_answer(message, "lowest plausible, lower quartile, middle, upper quartile, highest plausible: rising")
    scores = [_score(unit, one) for one in (first, middle, third)]
    grown = NORMAL_TAIL / NORMAL_QUARTER
    ends = scores[1] - (scores[1] - scores[0]) * grown, scores[1] + (scores[2] - scores[1]) * grown
    found = [_unscore(unit, end) for end in ends]
    return ninety(unit, *_bounded(unit, max(found[0], low), min(found[1], high)))


def ninety(unit: AnswerUnit, low: float, high: float) -> JudgedAnswer:
    """Return a 90 % range, its ends in the number's own unit; raises ``Refusal`` (Q575) for one that cannot be."""
    if low == high:
        raise bad_answer("both ends are the same: that leaves no doubt", _usual(unit))
    if low > high:
        raise bad_answer("the range runs downwards", f"write {unit.text(high, low)}")
    if unit.is_log:
        _positive(low)
    return _as_written(unit, unit.text(low, high))


def side(unit: AnswerUnit, direction: int, low: float, high: float, neutral: float) -> JudgedAnswer:
    """Return a number known to lie above (1), below (-1) or at (0) the value without effect: what is left of its range.

    What is left is even, since a direction says nothing about the size.
    """
    if unit.unknown and unit.kind == "factor" and direction:
        return JudgedAnswer(*(("raises", "more likely") if direction > 0 else ("lowers", "less likely")))
    prefix = "x" if unit.kind == "factor" else ""
    suffix = " points" if unit.kind == "points" else ""
    if direction == 0:
        return _as_written(unit, f"{prefix}{neutral:g}{suffix}", exact=True)
    ends = (neutral, high) if direction > 0 else (low, neutral)
    inner = f"uniform({', '.join(f'{end:.4g}' for end in ends)})"
    return _as_written(unit, f"x({inner})" if prefix else f"{inner}{suffix}")


def direction_of(typed: str) -> int | DontKnow:
    """Return the side that an answer names: 1 more, -1 less, 0 neither; raises ``Refusal`` (Q575) for none of them."""
    said = " ".join(typed.split()).lower()
    if said in NOT_KNOWN:
        return DONT_KNOW
    if said not in DIRECTIONS:
        raise bad_answer(f'"{typed.strip()[:60]}" names no side', "answer more, less, neither, or d for don't know")
    return DIRECTIONS[said]


def _as_written(unit: AnswerUnit, said: str, *, exact: bool = False) -> JudgedAnswer:
    """Return a number as a case has it, checked against the place where it is to stand."""
    certain = said.lower().startswith("exactly ")
    try:
        quantity: Quantity = parse_quantity(said[8:] if certain else said)
        estimate = read_estimate(quantity, _reading_scale(unit), unit.words)
    except CaseError as fault:
        near = nearest(said, table_named(unit.words).meanings) if unit.in_percent else None
        message = f"that is no answer here: {fault.problems[0].message}"
        raise bad_answer(message, near or _usual(unit)) from None
    if estimate.exact is not None and not (exact or certain):
        raise bad_answer("one number leaves no doubt", f"{_usual(unit)}, or write: exactly {written(quantity)}")
    return JudgedAnswer(_shift(quantity) if unit.is_shift else written(quantity), estimate.description)


def _shift(quantity: Quantity) -> str:
    """Return a factor as the shift of a scale; one below 1 shifts it down, so many times."""
    match quantity:
        case Shift():
            return written(quantity)
        case Factor(Interval(low, high)) if low > 0 and high <= 1:
            return f"lowers x{1 / high:.4g} to x{1 / low:.4g}"
        case Factor(Number(value)) if 0 < value < 1:
            return f"lowers x{1 / value:.12g}"
        case Factor(Number(value)) if value == 1:
            return written(quantity)  # no effect
        case _:
            return f"raises {written(quantity)}"


def _reading_scale(unit: AnswerUnit) -> Scale:
    return Scale.FACTOR if unit.kind == "factor" else unit.scale


def _named_numbers(said: str) -> list[tuple[str, float]]:
    short = {"lowest": "low", "highest": "high"}
    return [(short.get(name, name), float(value)) for name, value in NAMED.findall(said.lower())]


def _in_unit(unit: AnswerUnit, values: list[float], *, sign: bool) -> list[float]:
    """Return values in the number's own unit; refuses percentages that may have been meant as parts of one."""
    if not unit.in_percent:
        return values
    if not sign and max(values) <= 1:
        raise bad_answer("that may be percent, or parts of one", "write the percent sign: 10% to 30%")
    if min(values) < 0 or max(values) > 100:
        raise bad_answer("a probability lies between 0 % and 100 %", _usual(unit))
    return [value / 100 for value in values]


def _bounded(unit: AnswerUnit, low: float, high: float) -> tuple[float, float]:
    if unit.in_percent:
        return max(low, LEAST), min(high, MOST)
    if unit.kind in ("worth",):
        return max(low, 0.0), min(high, 100.0)
    return low, high


def _positive(low: float) -> None:
    if low <= 0:
        raise bad_answer("this counts how many times, which is above zero", "x0.5 halves, x1 changes nothing")


def _score(unit: AnswerUnit, value: float) -> float:
    if unit.in_percent:
        return float(log_odds(min(max(value, LEAST), MOST)))
    if unit.is_log:
        _positive(value)
        return math.log(value)
    return value


def _unscore(unit: AnswerUnit, score: float) -> float:
    if unit.in_percent:
        return float(of_log_odds(score))
    return math.exp(score) if unit.is_log else score


def _usual(unit: AnswerUnit) -> str:
    """Return what an answer looks like."""
    if unit.in_percent:
        return "give a range that holds nine times of ten, as 10% to 30%, or a word such as unlikely"
    shown = {"factor": "x2 to x5", "rationality": "x2 to x6 per 10", "points": "+5 to +20 points"}
    return f"give a range that holds nine times of ten, as {shown.get(unit.kind, '20 to 40')}"


def _digits(value: float) -> str:
    if abs(value) >= 99 and value != int(value):
        return f"{value:.4g}"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def _signed(shown: str) -> str:
    return shown if shown.startswith("-") else f"+{shown}"
