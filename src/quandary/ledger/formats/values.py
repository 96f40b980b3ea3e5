"""Cells of other programs as values: probabilities, days and times, lists, yes and no. ``ValueError`` says why not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import pairwise
from math import isfinite

STAMP = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(\.\d+)?)?\s*(Z|UTC|[-+]\d\d:?\d\d)?)?"
)
"""A day, or a time whose parts need no zeros before them, with a zone or without."""
NOTHING = ("", "n/a", "na", "none", "null")
"""How other programs write that there is no day."""
LONGEST_LIST = 200_000
ROUNDED = 0.015
"""How far probabilities of options, which people round, may be from adding up to 1; they are then scaled."""
SAME = 1e-9


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


@lru_cache(maxsize=4_096)
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
        # to the millisecond, as the program itself writes it, or as exact as it is
        told = made.isoformat(timespec="milliseconds")
        return told if told == text else made.isoformat()
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
    """Return the tags that a cell joins by ``;`` or ``,``, each once."""
    return tuple(dict.fromkeys(split(cell, ";,")))


def split(cell: str, signs: str) -> list[str]:
    """Return the parts that a cell joins by one of the signs, which a part has after a backslash; none is empty."""
    if "\\" not in cell and not any(sign in cell for sign in signs):
        return [whole] if (whole := cell.strip()) else []
    parts = [""]
    for piece in re.findall(rf"\\[\\{re.escape(signs)}]|.", cell, re.DOTALL):
        if piece in signs:
            parts.append("")
        else:
            parts[-1] += piece[-1]
    return [part.strip() for part in parts if part.strip()]


def joined(parts: Iterable[str], sign: str, signs: str) -> str:
    """Return parts in one cell so that ``split`` finds them again."""
    return sign.join(re.sub(rf"[\\{re.escape(signs)}]", r"\\\g<0>", part) for part in parts)


def text(value: object) -> str:
    """Return text without space around it; raises ``ValueError`` where it holds what is no text."""
    found = str(value).strip()
    if "\0" in found or any("\ud800" <= sign <= "\udfff" for sign in found):
        message = "it holds signs that are no text"
        raise ValueError(message)
    return found


def shares(parts: Sequence[float], options: Sequence[str]) -> tuple[float, ...]:
    """Return the probabilities of options, which add up to 1 but for rounding."""
    total = sum(parts)
    if len(parts) != len(options) or min(parts, default=-1) < 0 or not abs(total - 1) <= ROUNDED:
        message = f"{len(parts)} probabilities for {len(options)} options, or they do not add up to 1"
        raise ValueError(message)
    return tuple(part / total for part in parts) if abs(total - 1) > SAME else tuple(parts)


def distribution(points: Sequence[float], cumulative: Sequence[float]) -> None:
    """Raise ``ValueError`` where probabilities at points are not those of a distribution."""
    rising = all(first <= second for numbers in (points, cumulative) for first, second in pairwise(numbers))
    fits = len(points) == len(cumulative) > 1 and rising
    if not fits or not 0 <= cumulative[0] <= cumulative[-1] <= 1 + SAME:
        message = "its cumulative distribution does not fit its points"
        raise ValueError(message)
