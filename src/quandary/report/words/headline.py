"""The first line of every output: an English sentence with word, percent, interval and the nearest "unless"."""

from __future__ import annotations

import math

from quandary.ask.answer import Answer
from quandary.ask.claims.headline import Unless
from quandary.case.model import Case
from quandary.compile.numbers import UncertainNumber
from quandary.language.heads import Unit
from quandary.report.record import Report
from quandary.report.words.names import number_name, verb_for
from quandary.report.words.questions import aside_sentence, undefined_in_every_world
from quandary.report.words.units import interval_said, likely, said, said_interval, unit_told
from quandary.report.words.wording import number, percent


def headline_sentence(report: Report) -> str:
    """Return the headline as one sentence; without a leading question it says what was run."""
    headline = report.headline
    if headline is None:
        return f"{report.case.title}: the case asks no question; what happens is below."
    answer, unit = headline.answer, unit_told(headline.query)
    before = f"{aside} " if (aside := headline_aside(report)) else ""
    if answer.mean is None:
        said_so = undefined_in_every_world(answer)
        return f"{before}{headline.asks} {said_so[0].upper()}{said_so[1:]}."
    sentence = likely(answer, headline.query, report.case.words)
    if not answer.is_truth:
        sentence += f" ({interval_titled(answer, unit)})"
    if not headline.leading.named:
        sentence = f"{sentence[0].upper()}{sentence[1:]}"
    if headline.unless is not None:
        sentence += f", unless {unless_clause(headline.unless, report.case, unit)}"
    return f"{before}{headline.asks} {sentence}."


def headline_aside(report: Report) -> str:
    """Return what the leading question's interventions set aside, as it is said before the answer; empty for none."""
    if report.headline is None or not report.headline.answer.aside:
        return ""
    return aside_sentence(report.case, report.headline.answer.aside)


def interval_titled(answer: Answer, unit: Unit) -> str:
    """Return ``90 % interval 34 to 82 %``; what is no such interval speaks for itself."""
    told = interval_said(answer, unit)
    return f"90 % interval {told}" if told == said_interval(answer.low, answer.high, unit) else told


def unless_clause(unless: Unless, case: Case, unit: Unit) -> str:
    """Return ``X is above 40 % (so in a fifth of worlds): then 61 %``."""
    side = "above" if unless.above else "below"
    name, verb = number_name(unless.number, case), verb_for(unless.number)
    threshold = quantity_value(unless.number, unless.threshold)
    then = f"{'in ' if unit is Unit.WORLDS else ''}{said(unless.mean, unit)}"
    return f"{name} {verb} {side} {threshold} (so in a fifth of worlds): then {then}"


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
