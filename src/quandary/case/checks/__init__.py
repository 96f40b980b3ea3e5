"""The checks of a case: one rule, one function, in one visible list. Each yields the faults it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from quandary.case.checks.written import Written
from quandary.problems import Problem

__all__ = ["CHECKS", "Check", "Written", "check_case"]

Check = Callable[[Written], Iterator[Problem]]

CHECKS: tuple[Check, ...] = ()


def check_case(written: Written) -> Iterator[Problem]:
    """Yield the faults that the checks find."""
    for check in CHECKS:
        yield from check(written)
