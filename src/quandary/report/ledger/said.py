"""What was said of a question and what came, in the words of a table's cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from quandary.ledger.histories import QuestionHistory
from quandary.ledger.moments import day
from quandary.ledger.records import LedgerForecast, LedgerQuestion, LedgerResolution, OutcomeKind, QuestionKind
from quandary.report.words.wording import day as day_said
from quandary.report.words.wording import number, percent, percent_interval

SHORT = 60
"""Signs of a question in a table."""


def day_told(written: str) -> str:
    """Return a day or time as people say it: ``8 January 2022``; a dash for none."""
    return day_said(date.fromisoformat(written[:10])) if written else "–"


def forecast_told(forecast: LedgerForecast, question: LedgerQuestion) -> str:
    """Return what was forecast: ``12 %``; ``talks 60 %, war 40 %``; ``10 to 25 (90 %)``."""
    if forecast.probability is not None:
        told = percent(forecast.probability)
        if forecast.words and forecast.read_low is not None and forecast.read_high is not None:
            return f"{told} (“{forecast.words}”, read as {percent_interval(forecast.read_low, forecast.read_high)})"
        if forecast.read_low is not None and forecast.read_high is not None:
            return f"{told} ({percent_interval(forecast.read_low, forecast.read_high)})"
        return told
    if forecast.probabilities:
        given = zip(question.options, forecast.probabilities, strict=False)
        return ", ".join(f"{option} {percent(value)}" for option, value in given)
    if forecast.low is not None and forecast.high is not None:
        ends = f"{value_told(forecast.low, question)} to {value_told(forecast.high, question)}"
        return f"{ends} ({percent(forecast.share)})"
    if forecast.points:
        middle = next(
            (point for point, held in zip(forecast.points, forecast.cumulative, strict=True) if held >= 0.5),
            forecast.points[-1],
        )
        return f"a distribution with its middle at {value_told(middle, question)}"
    return f"“{forecast.words}”" if forecast.words else "withdrawn"


def value_told(value: float, question: LedgerQuestion) -> str:
    """Return a number, or a day."""
    return day_said(day(value)) if question.kind == QuestionKind.DAY else number(value, 6)


def outcome_told(resolution: LedgerResolution | None, question: LedgerQuestion) -> str:
    """Return how a question was settled: ``yes``; ``30 % yes``; ``open``."""
    if resolution is None:
        return "open"
    if resolution.outcome == OutcomeKind.OPTION:
        return resolution.option
    if resolution.value is not None:
        told = resolution.value
        return f"{percent(told)} yes" if resolution.outcome == OutcomeKind.SHARE else value_told(told, question)
    return resolution.outcome.value


def short(text: str, most: int = SHORT) -> str:
    """Return a text cut at a word."""
    return text if len(text) <= most else f"{text[: most - 1].rsplit(' ', 1)[0]}…"


def name_of(key: str, names: Mapping[str, str]) -> str:
    """Return a forecaster's name, or that it was taken out."""
    return names.get(key, "someone forgotten")


def last_told(history: QuestionHistory, names: Mapping[str, str]) -> str:
    """Return what was said last, by whom where several spoke."""
    if not history.said:
        return "–"
    last = history.said[-1].forecast
    told = forecast_told(last, history.question)
    others = len(history.forecasters) - 1
    return f"{told}, {name_of(last.by, names)}" + (f" (+{others})" if others else "")
