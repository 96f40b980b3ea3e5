"""Rows on one axis drawn with letters: a line for each range, a dot for its middle, a disc for the verdict."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType
from rich.text import Text

from quandary.report.media.marks import VERDICT_MARKS
from quandary.report.sheets import Strip, StripSpan

NARROWEST = 80
"""Columns below which a table stands in place of the strip."""

MOST_LABEL, AXIS = 36, 45
"""Columns of a row's label at most, and of the axis at most."""

LEFT, RIGHT, RANGE, ZERO, CROSSED = "○", "●", "━", "│", "┿"

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
TICKS = 5
"""Numbers under the axis at most."""


@dataclass(frozen=True)
class StripAxis:
    """An axis from ``low`` to ``high`` over so many ``columns``, with a number at every ``step``."""

    low: float
    high: float
    step: float
    columns: int

    def at(self, value: float) -> int:
        """Return the column of a value."""
        return round((value - self.low) / (self.high - self.low) * (self.columns - 1))


@dataclass(frozen=True)
class StripLines:
    """A strip for the width at hand; where there is too little, its ``table``."""

    strip: Strip
    table: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield the lines."""
        spans = self.strip.spans
        beside = max(len(self.strip.beside), *(len(span.beside) for span in spans))
        told = max(len(self.strip.told), *(2 + len(span.told) for span in spans))
        label = min(MOST_LABEL, max(len(span.label) for span in spans) + 2)
        columns = min(AXIS, options.max_width - label - told - beside - 6)
        axis = axis_of(spans, columns)
        if options.max_width < NARROWEST or axis is None:
            yield self.table
            return
        yield from self._head(axis, label, told)
        heading = ""
        for span in spans:
            if span.heading != heading:
                heading = span.heading
                yield Text(heading, style="bold")
            first, *more = textwrap.wrap(span.label, label - 2) or [""]
            mark, colour = VERDICT_MARKS[span.mark]
            line = Text(f"  {first:{label - 2}}  {drawn(span, axis)}  ")
            line.append(mark, style=colour)
            line.append(f"{span.told:>{told - 1}}  {span.beside:>{beside}}".rstrip())
            yield line
            yield from (Text(f"    {part}") for part in more)

    def _head(self, axis: StripAxis, label: int, told: int) -> Iterator[Text]:
        zero = axis.at(0.0)
        sides = [" "] * (axis.columns + 2)
        for begin, word in ((zero - 1 - len(self.strip.below), self.strip.below), (zero + 2, self.strip.above)):
            if begin >= 0 and begin + len(word) <= len(sides):
                sides[begin : begin + len(word)] = word
        numbers = [" "] * (axis.columns + 2)
        for value in ticks(axis):
            word = f"{value:+g}" if value else "0"
            begin = min(max(axis.at(value) - len(word) // 2, 0), len(numbers) - len(word))
            if not "".join(numbers[max(begin - 1, 0) : begin + len(word) + 1]).strip():
                numbers[begin : begin + len(word)] = word
        yield Text(f"{'':{label}}  {''.join(sides)}".rstrip(), style="dim")
        yield Text(
            f"{'':{label}}  {''.join(numbers)}{self.strip.told:>{told}}  {self.strip.beside}".rstrip(), style="dim"
        )


def axis_of(spans: Sequence[StripSpan], columns: int) -> StripAxis | None:
    """Return the axis that all rows and zero lie on; ``None`` without a row to draw, or without room."""
    ends = [end for span in spans for end in (span.low, span.middle, span.high) if end is not None]
    if not ends or columns < TICKS * 3:
        return None
    low, high = min(0.0, *ends), max(0.0, *ends)
    if low == high:
        low, high = -1.0, 1.0
    least = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(least))
    step = next(power * one for one in STEPS if power * one >= least)
    return StripAxis(low, high, step, columns)


def ticks(axis: StripAxis) -> list[float]:
    """Return the numbers under an axis, zero first, as that is never left out."""
    first, last = math.ceil(axis.low / axis.step - 1e-9), math.floor(axis.high / axis.step + 1e-9)
    return sorted((round(number * axis.step, 10) for number in range(first, last + 1)), key=abs)


def drawn(span: StripSpan, axis: StripAxis) -> str:
    """Return a row of the strip: the zero line, a line for the range, a dot for the middle, hollow below zero."""
    line = [" "] * axis.columns
    if span.low is not None and span.high is not None:
        begin, end = axis.at(span.low), axis.at(span.high)
        line[begin : end + 1] = RANGE * (end + 1 - begin)
    zero = axis.at(0.0)
    line[zero] = CROSSED if line[zero] == RANGE else ZERO
    if span.middle is not None:
        line[axis.at(span.middle)] = LEFT if span.middle < 0 else RIGHT
    return "".join(line)
