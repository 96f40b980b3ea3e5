"""Values as people write them: days, sizes of memory, times, levels and precisions, each read in one place."""

from __future__ import annotations

import re
from datetime import date
from math import isfinite

from quandary.base.problems import Problem, Refusal

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DURATION = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(ms|s|m|h|)\s*")
SECONDS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0}
SIZE = re.compile(r"\s*([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*([KMGT]iB)\s*", re.ASCII)
BYTES = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}

STEEPEST = 1e100
"""Beyond this precision the numbers of a solver overflow."""

TRACE = "trace"


def read_day(written: str) -> date:
    """Return the day written as YYYY-MM-DD; anything else is refused (Q806)."""
    try:
        if DAY.fullmatch(written):
            return date.fromisoformat(written)
        raise ValueError
    except ValueError:
        message = f'"{written}" is not a day'
        raise Refusal(Problem("Q806", message, hint="write it as YYYY-MM-DD, for example 2022-01-19")) from None


def read_size(written: str) -> int:
    """Return the bytes of a size written as a number with its unit, as ``8GiB``; anything else is refused (Q810)."""
    found = SIZE.fullmatch(written)
    size = int(float(found[1]) * BYTES[found[2]]) if found else 0
    if size < BYTES["MiB"]:
        message = f'"{written}" is not a size of memory from 1MiB on'
        raise Refusal(Problem("Q810", message, hint="write a number and KiB, MiB, GiB or TiB, for example 8GiB"))
    return size


def read_level(written: str) -> float:
    """Return a number or a percentage as a number; Q563 for anything else."""
    text = written.strip()
    try:
        level = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
        if isfinite(level):
            return level
        raise ValueError
    except ValueError:
        message = f'"{written}" is neither a number nor a percentage'
        hint = "write it as 30% or 0.3, for points of worth as a plain number"
        raise Refusal(Problem("Q563", message, hint=hint)) from None


def read_duration(written: str) -> float:
    """Return seconds from ``30s``, ``2m``, ``500ms`` or a plain number of seconds; anything else is refused."""
    match = DURATION.fullmatch(written)
    seconds = float(match[1]) * SECONDS[match[2]] if match else 0.0
    if not (seconds > 0 and isfinite(seconds)):
        hint = "write it as 30s, 2m or 500ms"
        raise Refusal(Problem("Q806", f'"{written}" is no time limit', hint=hint))
    return seconds


def read_rationality(written: str) -> float | str:
    """Return a logit precision from zero to ``STEEPEST``, or ``TRACE``; anything else is refused."""
    if written == TRACE:
        return TRACE
    try:
        value = float(written)
    except ValueError:
        value = float("nan")
    if not 0 <= value < float("inf"):
        hint = 'name a number, zero or more (per unit of payoff), or "trace"'
        raise Refusal(Problem("Q806", f'"{written}" is no rationality', hint=hint))
    if value > STEEPEST:
        hint = 'for exact choice use the concept "sequential", which takes no rationality'
        raise Refusal(
            Problem("Q806", f"a rationality of more than {STEEPEST:g} cannot be told from exact choice", hint=hint)
        )
    return value
