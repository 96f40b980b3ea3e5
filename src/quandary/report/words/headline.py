"""The first line of every output: an English sentence with word, percent, interval and the nearest "unless"."""

from __future__ import annotations

import math

from quandary.ask.claims.headline import Unless
from quandary.case.model import Case
from quandary.compile.numbers import UncertainNumber
from quandary.language.heads import Unit
from quandary.report.record import Report
from quandary.report.words.names import number_name, verb_for
from quandary.report.words.questions import undefined_in_every_world
from quandary.report.words.units import likely, said, said_interval, unit_of
from quandary.report.words.wording import number, percent


def headline_sentence(report: Report) -> str:
    """Return the headline as one sentence; without a leading question it says what was run."""
    headline = report.headline
    if headline is None:
        return f"{report.case.title}: the case asks no question; what happens is below."
    answer, unit = headline.answer, unit_of(headline.query)
    if answer.mean is None:
        said_so = undefined_in_every_world(answer)
        return f"{headline.asks} {said_so[0].upper()}{said_so[1:]}."
    interval = f"90 % interval {said_interval(answer.low, answer.high, unit)}"
    sentence = f"{likely(answer.mean, headline.query)} ({interval})"
    if not headline.leading.named:
        sentence = f"{sentence[0].upper()}{sentence[1:]}"
    if headline.unless is not None:
        sentence += f", unless {unless_clause(headline.unless, report.case, unit)}"
    return f"{headline.asks} {sentence}."


def unless_clause(unless: Unless, case: Case, unit: Unit) -> str:
    """Return ``X is above 40 % (so in a fifth of worlds): then 61 %``."""
    side = "above" if unless.above else "below"
    name, verb = number_name(unless.number, case), verb_for(unless.number)
    threshold = quantity_value(unless.number, unless.threshold)
    return f"{name} {verb} {side} {threshold} (so in a fifth of worlds): then {said(unless.mean, unit)}"


ROUNDING = 1e-9
"""A value below this is zero: what reading a range leaves."""


def quantity_value(uncertain: UncertainNumber, value: float, *, about: bool = True) -> str:
    """Return a quantity's value as its own reading writes it: a percent where its median carries one; rationality as a
    factor for 10 points; ``about`` as in ``percent``.
    """
    if uncertain.role.kind == "rationality":
        return f"x{math.exp(10 * value):.3g} per 10"
    if uncertain.estimate.percent:
        return percent(max(value, 0.0), about=about)
    return number(0.0 if abs(value) < ROUNDING else value)
