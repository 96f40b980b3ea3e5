"""Cells of other programs as values: probabilities, days and times, lists, yes and no. ``ValueError`` says why not."""

from __future__ import annotations

import ast
import re
from datetime import UTC, date, datetime
from math import isfinite

STAMP = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(\.\d+)?)?\s*(Z|UTC|[-+]\d\d:?\d\d)?)?"
)
"""A day, or a time whose parts need no zeros before them, with a zone or without."""
NOTHING = ("", "n/a", "na", "none", "null")
"""How other programs write that there is no day."""
LONGEST_LIST = 200_000


def probability(cell: str) -> float:
    """Return a probability from ``0.3`` or ``30%``."""
    text = cell.strip()
    value = number(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    if not 0 <= value <= 1:
        message = f'"{text}" is no probability between 0 and 1, nor a percentage'
        raise ValueError(message)
    return value


def number(cell: str) -> float:
    """Return a finite number."""
    try:
        value = float(cell)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        message = f'"{cell.strip()}" is no number'
        raise ValueError(message)
    return value


def day_or_time(cell: str) -> str:
    """Return a day as ISO, or a time as ISO in UTC; a time without a zone is taken as UTC, empty stays empty."""
    text = cell.strip()
    if text.casefold() in NOTHING:
        return ""
    found = STAMP.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        year, month, day, hour, minute, second, fraction, zone = found.groups()
        if hour is None:
            return date(int(year), int(month), int(day)).isoformat()
        micro = int(float(fraction or 0) * 1e6)
        made = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micro, tzinfo=UTC)
        if zone not in (None, "Z", "UTC"):
            made = datetime.fromisoformat(f"{made:%Y-%m-%dT%H:%M:%S.%f}{zone}").astimezone(UTC)
        return made.isoformat()
    except (ValueError, OverflowError):
        message = f'"{text}" is no day or time'
        raise ValueError(message) from None


def day(cell: str) -> str:
    """Return the day of a day or time; empty stays empty."""
    return day_or_time(cell)[:10]


def time_of(milliseconds: object) -> str:
    """Return a time from milliseconds since 1970; empty where there is none."""
    if milliseconds is None:
        return ""
    if not isinstance(milliseconds, int | float) or isinstance(milliseconds, bool):
        message = f"{milliseconds!r} is no time in milliseconds"
        raise ValueError(message)
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        message = f"{milliseconds!r} is no time in milliseconds"
        raise ValueError(message) from None


def list_of(cell: str) -> list[object]:
    """Return a list written as Python or JSON does, of plain values; empty where the cell is."""
    text = cell.strip()
    if not text:
        return []
    try:
        found = ast.literal_eval(text.replace("null", "None")) if len(text) <= LONGEST_LIST else None
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        found = None
    if not isinstance(found, list):
        message = "a list cannot be read"
        raise ValueError(message)
    return found


def yes_or_no(cell: str) -> bool:
    """Return whether a cell says yes."""
    text = cell.strip().casefold()
    if text in ("yes", "true", "1", "1.0", "y"):
        return True
    if text in ("no", "false", "0", "0.0", "n"):
        return False
    message = f'"{cell.strip()}" is neither yes nor no'
    raise ValueError(message)


def tags_of(cell: str) -> tuple[str, ...]:
    """Return the tags that a cell joins by ``;`` or ``,``."""
    return tuple(dict.fromkeys(tag.strip() for tag in re.split(r"[;,]", cell) if tag.strip()))
