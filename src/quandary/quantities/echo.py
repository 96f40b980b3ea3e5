"""How a reading is echoed: ``90 % interval, logit-normal, median 7.1 %``."""

from __future__ import annotations

from collections.abc import Iterable

from quandary.quantities.families import Family


def number_text(value: float, percent: bool = False) -> str:
    """Return a number for people: about three digits, a percentage with its sign."""
    shown = 100 * value if percent else value
    size = abs(shown)
    if percent and 10 <= size <= 90:
        text = f"{shown:.0f}"
    elif percent and size >= 1:
        text = f"{shown:.1f}".removesuffix(".0")
    elif size >= 1000:
        text = f"{shown:.0f}"
    else:
        text = f"{shown:.2g}" if percent else f"{shown:.3g}"
    return f"{text} %" if percent else text


def exact_text(value: float, percent: bool) -> str:
    """Return an exact number in full."""
    return f"{100 * value:.12g} %" if percent else f"{value:.12g}"


def echoed(family: Family, percent: bool, notes: Iterable[str] = (), *, from_interval: bool = True) -> str:
    """Return the description of a reading: what kind of statement, which family, its median, then notes."""
    if family.name == "exact":
        return "; ".join((exact_text(family.at(0.5), percent), *notes))
    median = number_text(family.at(0.5), percent)
    if from_interval:
        said = f"90 % interval, {family.name}, median {median}"
    else:
        low, high = (number_text(family.at(level), percent) for level in (0.05, 0.95))
        said = f"{family.name}, median {median}, 90 % interval {low} to {high}"
    return "; ".join((said, *notes))
