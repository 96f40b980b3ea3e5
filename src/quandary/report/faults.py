"""The one renderer of faults: place, severity, code and sentence; two source lines with a caret; the hint.

A fault with a place shows its line and the one before; warnings take one line each, and many of one code are
cut short with their number.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from quandary.base.characters import Excerpt, one_line, shortened
from quandary.base.places import Place
from quandary.base.problems import Problem, Severity, counted
from quandary.language.printing import written

if TYPE_CHECKING:
    from rich.text import Text

    from quandary.compile.loader import Loaded
    from quandary.compile.unknowns.readings import UnknownNumber

MOST_OF_ONE_WARNING = 3
MOST_ERRORS = 100
WIDEST_THING = 50
WIDEST_LINE = 100
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow"}

Piece = tuple[str, str]
"""A piece of text and its style for rich; an empty style is plain."""


def render(problems: Sequence[Problem]) -> str:
    """Return the faults as plain text, in the order given, with the lines of their places as they were read."""
    return "\n".join(fault_lines(problems))


def fault_lines(problems: Sequence[Problem]) -> Iterator[str]:
    """Yield the lines of ``render``; those that show a file are ``Excerpt``."""
    for line in _lines(problems):
        text = "".join(part for part, _ in line).rstrip()
        yield Excerpt(text) if isinstance(line[0][0], Excerpt) else text


def styled(problems: Sequence[Problem]) -> Text:
    """Return the faults for a rich console; colour repeats what the words say."""
    from rich.text import Text

    lines = [Text.assemble(*line) for line in _lines(problems)]
    return Text("\n").join(lines)


def summary(loaded: Loaded) -> str:
    """Return the closing line: how many errors and warnings, and how many uncertain numbers are sourced."""
    counts = Counter(problem.severity for problem in loaded.problems)
    errors, warnings = counts[Severity.ERROR], counts[Severity.WARNING]
    if not errors and not warnings:
        line = "No faults."
    else:
        line = f"{counted(errors, 'error')}, {counted(warnings, 'warning')}."
    if loaded.case is None or errors:
        return line
    from quandary.compile.compiler import compile_case

    numbers = [number for number in compile_case(loaded.case).quantities if not number.unknown]
    if not numbers:
        return line
    sourced = sum(not number.unsourced for number in numbers)
    return f"{line} {carrying(sourced, len(numbers))}."


def unknown_lines(things: Sequence[UnknownNumber]) -> Iterator[str]:
    """Yield what nobody has put numbers to, and how each is read, by its line."""
    if not things:
        return
    yield f"Nobody has put numbers to {counted(len(things), 'thing')}. Each takes the whole of what its place allows:"
    named = [(f"line {one.place.line}", _thing(one), one.reading) for one in things]
    widths = [max(len(row[column]) for row in named) for column in (0, 1)]
    for line, what, reading in named:
        yield f"  {line:<{widths[0]}}  {what:<{min(widths[1], WIDEST_THING)}}  {reading}"


def _thing(one: UnknownNumber) -> str:
    condition = one.role.condition
    where = "" if condition is None else f" where {written(condition)}"
    return one_line(f"{one.what}{where}")


def carrying(sourced: int, total: int) -> str:
    """Return how many uncertain numbers say why they are what they are, without a full stop."""
    verb = "carries" if 1 in (sourced, total) else "carry"
    return f"{sourced:,} of {counted(total, 'uncertain number')} {verb} a reason or a source"


def _lines(problems: Sequence[Problem]) -> Iterator[list[Piece]]:
    totals = Counter(p.code for p in problems if not p.is_error)
    shown: Counter[str] = Counter()
    for problem in problems:
        group, most = ("", MOST_ERRORS) if problem.is_error else (problem.code, MOST_OF_ONE_WARNING)
        shown[group] += 1
        if shown[group] <= most:
            yield from _fault(problem)
    if shown[""] > MOST_ERRORS:
        yield [(f"... and {shown[''] - MOST_ERRORS} more errors", "bold red")]
    for code, total in totals.items():
        if total > MOST_OF_ONE_WARNING:
            more = f"... and {total - MOST_OF_ONE_WARNING} more of "
            yield [(more, "dim"), (code, "dim"), (f" (quandary explain {code})", "dim")]


def _fault(problem: Problem) -> Iterator[list[Piece]]:
    style = _STYLES[problem.severity]
    where = _where(problem.place)
    head: list[Piece] = [(f"{where}  ", "bold")] if where else []
    hint = one_line(problem.hint or "")
    yield [
        *head,
        (f"{problem.severity.value} {problem.code}", style),
        (f"  {one_line(problem.message)}", ""),
        ("" if problem.is_error or not hint else f" ({hint})", "cyan"),
    ]
    excerpt = list(_excerpt(problem)) if problem.is_error else []
    yield from excerpt
    if hint and not excerpt and problem.is_error:
        yield [("    ", ""), (hint, "cyan")]


def _where(place: Place) -> str:
    if place.line <= 0:
        return one_line(shortened(place.file))
    return one_line(str(replace(place, file=shortened(place.file)))) if place.file else f"{place.line}:{place.column}"


def _excerpt(problem: Problem) -> Iterator[list[Piece]]:
    """Yield the line of the fault with the one before it, and the caret with the hint below."""
    place = problem.place
    if place.column <= 0:
        return
    lines = place.lines
    number = max(place.line, 1)
    if not 1 <= number <= len(lines):
        return
    margin = max(5, len(str(number)) + 2)
    if number > 1 and lines[number - 2].strip():
        yield [(Excerpt(f"{number - 1:>{margin}} │ "), "dim"), (_clipped(lines[number - 2]), "dim")]
    line = lines[number - 1]
    start = min(place.column - 1, len(line))
    end = len(line) if place.end_column is None else min(place.end_column - 1, len(line))
    if place.end_column is None or end <= start:
        end = start + 1
    skipped = 0 if end <= WIDEST_LINE else max(0, min(start - 20, len(line) - WIDEST_LINE))
    window = line[skipped : skipped + WIDEST_LINE]
    yield [(Excerpt(f"{number:>{margin}} │ "), "dim"), (one_line(window), "")]
    before = _width(line[skipped:start])
    carets = max(1, _width(line[start : min(end, skipped + WIDEST_LINE)]))
    pieces = [(Excerpt(f"{'':>{margin}} │ "), "dim"), (" " * before + "^" * carets, _STYLES[problem.severity])]
    if problem.hint:
        pieces.append((f"  {one_line(problem.hint)}", "cyan"))
    yield pieces


def _clipped(line: str) -> str:
    return one_line(line if len(line) <= WIDEST_LINE else line[: WIDEST_LINE - 1] + "…")


def _width(text: Iterable[str]) -> int:
    """Return how many terminal cells the text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
