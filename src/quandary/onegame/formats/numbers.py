"""Numbers as files write them, held as floats: read as they stand, or refused with the reason.

Only plain ASCII decimals are numbers (``3``, ``-.5``, ``1e-3``), in Gambit's files fractions too (``1/3``). What Python
would also take (``nan``, ``inf``, ``1_000``, digits of other scripts, ``0x10``) is none.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from quandary.base.arrays import Array

EXPONENT_AT_MOST = 400
LENGTH_AT_MOST = 500
"""Longer numbers are refused: no measured or chosen number needs so many digits."""

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SIGNS = frozenset("0123456789+-.eE")
_PLAIN = 30
"""Up to so many characters without a fraction, Python's own reading is used: it rounds correctly."""


def decimal(written: str) -> float | None:
    """Return the nearest float of a decimal number, ``None`` where ``written`` is none or has no such float."""
    if len(written) > LENGTH_AT_MOST or not _DECIMAL.fullmatch(written):
        return None
    value = float(written)
    return value if unfit(written, value) is None else None


def is_meant_as_number(written: str) -> bool:
    """Return whether a word that is no number was meant as one, going by how it begins."""
    return re.match(r"[+-]?\.?(?:\d|inf|nan|infinity)", written, re.IGNORECASE) is not None


def written_value(written: str) -> Fraction | None:
    """Return the exact value of a decimal or a fraction, ``None`` if it has none that a float can stand for."""
    return None if why_not(written) else _value(written)


def why_not(written: str) -> str | None:
    """Return why a decimal or a fraction cannot be held as a float, as an end of a sentence; ``None`` if it can."""
    top, slash, bottom = written.partition("/")
    if len(written) > LENGTH_AT_MOST:
        return f"has more than {LENGTH_AT_MOST} characters"
    if not _DECIMAL.fullmatch(top) or (slash and not _DECIMAL.fullmatch(bottom)):
        return "is no number"
    if len(written) <= _PLAIN and not slash:
        return unfit(written, float(written))
    exponent = re.search(r"[eE]([+-]?[0-9]+)", written)
    if exponent and (len(exponent[1]) > 6 or abs(int(exponent[1])) > EXPONENT_AT_MOST):
        return "is too large or too small to be held"
    if slash and not Fraction(bottom):
        return "divides by zero"
    value = _value(written)
    try:
        held = float(value)
    except OverflowError:
        return "is too large to be held (the largest number is about 1.8e308)"
    return unfit(written if value else "0", held)


def unfit(written: str, held: float) -> str | None:
    """Return why ``held`` does not stand for the number written, ``None`` if it does."""
    if sys.float_info.min <= abs(held) <= sys.float_info.max:
        return None
    if abs(held) > sys.float_info.max:
        return "is too large to be held (the largest number is about 1.8e308)"
    if held or re.search("[1-9]", re.split("[eE]", written, maxsplit=1)[0]):
        return "is too small to be held (the smallest number but zero is about 2.2e-308)"
    return None


def _value(written: str) -> Fraction:
    top, _, bottom = written.partition("/")
    return Fraction(top) / Fraction(bottom or "1")


def decimals(words: Sequence[str]) -> tuple[Array, int | None]:
    """Return the floats of decimal numbers, and the index of the first word that is none or cannot be held."""
    if all(_SIGNS.issuperset(word) and len(word) <= LENGTH_AT_MOST for word in words):
        try:
            values = np.array([float(word) for word in words])
        except ValueError:
            pass
        else:
            doubtful = np.flatnonzero(~np.isfinite(values) | (np.abs(values) < sys.float_info.min)).tolist()
            bad = (i for i in doubtful if unfit(words[i], float(values[i])))
            return values, next(bad, None)
    return np.zeros(len(words)), next((i for i, word in enumerate(words) if decimal(word) is None), None)
