"""The variables of the environment that Quandary heeds, and what each may say; anything else is a fault."""

from __future__ import annotations

import os

from quandary.base.problems import Problem, Refusal, nearest

KERNEL = "QUANDARY_KERNEL"
"""``numpy`` leaves compiled code out."""

RUNNER = "QUANDARY_RUNNER"
"""Who works on the worlds."""

DEBUG = "QUANDARY_DEBUG"
"""``1`` shows where a fault of the program itself lies."""

VALUES: dict[str, tuple[str, ...]] = {
    KERNEL: ("numpy", "numba"),
    RUNNER: ("fork", "threads", "spawn", "thread"),
    DEBUG: ("1", "0"),
}
"""What each variable may say; where it is not there or empty it says nothing."""


def setting(name: str) -> str:
    """Return what a variable says, empty where it says nothing. Raises ``Refusal`` (Q820) for what means nothing."""
    value = os.environ.get(name, "")
    values = VALUES[name]
    if value and value not in values:
        hint = nearest(value, values) or f"it may be {' or '.join(values)}, or not be there"
        raise Refusal(Problem("Q820", f'{name} is "{value}", which means nothing', hint=hint))
    return value


def checked_settings() -> None:
    """Refuse (Q820) a variable that says what means nothing, before any work is done."""
    for name in VALUES:
        setting(name)
