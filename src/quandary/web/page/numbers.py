"""Numbers with a range as sliders: from where to where each goes, and how a place on it is written in the case."""

from __future__ import annotations

import math
from dataclasses import dataclass

from quandary.ask.turning.eliciting.forms import AnswerUnit
from quandary.base.problems import Problem, Refusal
from quandary.compile.numbers import UncertainNumber
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import number_name, quantity_value, range_said, value_said

STEPS = 100
"""Steps of a slider, about so many."""


@dataclass(frozen=True)
class NumberSlider:
    """A slider: its number's ``place`` among all, its ends, its step and where it stands as given, in its own unit."""

    place: int
    number: UncertainNumber
    name: str
    given: str
    reason: str
    least: float
    most: float
    step: float
    middle: float
    low: float
    high: float

    @property
    def ends(self) -> tuple[str, str]:
        """Return what stands at either end."""
        least, most = (quantity_value(self.number, self._value(at)) for at in (self.least, self.most))
        return least, most

    def told(self, at: float) -> str:
        """Return a place on the slider in words."""
        return value_said(self.number, self._value(at))

    def _value(self, at: float) -> float:
        if self.number.role.kind == "rationality":
            return math.log(max(at, 1e-9)) / 10
        return at / 100 if _unit(self.number).in_percent else at

    def text(self, at: float) -> str:
        """Return a place on the slider as the case language has it; refuses (Q806) what lies beyond its ends."""
        if not math.isfinite(at) or not self.least - 1e-9 <= at <= self.most + 1e-9:
            message = f"a slider of {self.name} ends at {self.ends[0]} and {self.ends[1]}"
            raise Refusal(Problem("Q806", message, hint="type the number instead"))
        shown, kind = f"{at:.6g}", self.number.role.kind
        if kind == "rationality":
            return f"x{shown} per 10"
        if kind == "factor":
            return f"x{shown}"
        if kind == "points":
            return f"{'' if shown.startswith('-') else '+'}{shown} points"
        if _unit(self.number).in_percent:
            return f"{shown}%{' of rest' if self.number.role.of_rest else ''}"
        return shown


def _unit(number: UncertainNumber) -> AnswerUnit:
    return AnswerUnit(number.scale, number.role.kind, number.estimate.percent, number.role.of_rest)


def slider_of(names: CaseNames, number: UncertainNumber, place: int) -> NumberSlider:
    """Return the slider of a number that has a range."""
    far, low, middle, high, farther = number.estimate.at(0.005, 0.05, 0.5, 0.95, 0.995)
    kind, percent = number.role.kind, _unit(number).in_percent
    if kind == "rationality":
        far, low, middle, high, farther = (math.exp(10 * one) for one in (far, low, middle, high, farther))
        step = _nice((farther - far) / STEPS)
        least, most = max(step, far), farther
    elif percent:
        far, low, middle, high, farther = (100 * one for one in (far, low, middle, high, farther))
        least, most = 0.0, 100.0 if farther > 20 else min(100.0, 2 * farther)
        step = 1.0 if most == 100.0 else _nice(most / STEPS)
    else:
        step = _nice((farther - far) / STEPS)
        least, most = (max(far, 0.0), min(farther, 100.0)) if kind == "worth" else (far, farther)
    least, most = (round(math.floor(least / step) * step, 10), round(math.ceil(most / step) * step, 10))
    if kind in ("rationality", "factor"):
        least = max(least, step)
    at = min(max(round(round(middle / step) * step, 10), least), most)
    given = range_said(number, *number.estimate.at(0.05, 0.95))
    reason = number.because or ("" if number.source is None else f"source: {number.source}")
    return NumberSlider(place, number, number_name(names, number), given, reason, least, most, step, at, low, high)


def value_now(number: UncertainNumber) -> str:
    """Return what a number is by now: its range, or its one value."""
    ends = number.estimate.at(0.05, 0.95)
    if ends[0] == ends[1]:
        return quantity_value(number, ends[0])
    return range_said(number, *ends)


def _nice(raw: float) -> float:
    """Return a round step of about that size."""
    size = 10.0 ** math.floor(math.log10(raw)) if raw > 0 else 1.0
    return float(next(size * one for one in (1, 2, 5, 10) if size * one >= raw * 0.999))
