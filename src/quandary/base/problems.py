"""Faults as data: what is wrong, where, why, and what to do next.

The rule that finds a fault writes its sentence; one renderer (``report/faults.py``) adds the place and the
source line. Codes are catalogued in ``faults/*.toml``, which ``quandary explain`` prints.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from quandary.base.characters import one_line, repeated, shortened
from quandary.base.places import NOWHERE, Place

LONGEST_SENTENCE = 1_000
LONGEST_PROPOSAL = 300
"""Signs of a quote that a hint proposes, which is meant to be copied."""


class Severity(Enum):
    """How much a fault matters: an error stops the work, a warning is shown and counted."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in something a person wrote.

    ``code`` is stable (``Q104``), ``message`` one sentence, ``hint`` the next step or the nearest valid name. What
    both repeat of somebody's text is cut short here, for people and programs alike.
    """

    code: str
    message: str
    place: Place = NOWHERE
    hint: str | None = None
    severity: Severity = Severity.ERROR

    def __post_init__(self) -> None:
        """Cut short what is repeated of somebody's text."""
        object.__setattr__(self, "message", shortened(repeated(self.message), LONGEST_SENTENCE))
        if self.hint:
            object.__setattr__(self, "hint", shortened(repeated(self.hint, LONGEST_PROPOSAL), LONGEST_SENTENCE))

    @property
    def is_error(self) -> bool:
        """Return whether this fault stops the work."""
        return self.severity is Severity.ERROR

    def with_lines(self, lines: tuple[str, ...]) -> Problem:
        """Return the fault with the lines of its file."""
        return replace(self, place=replace(self.place, lines=lines))


def _told(problem: Problem) -> str:
    """Return one line for a traceback: place, code, sentence and hint."""
    place = f"{problem.place} " if problem.place.file else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    return one_line(f"{place}{problem.code} {problem.message}{hint}")


class CaseError(Exception):
    """A case (or query, or file) has errors; ``problems`` holds every fault found, warnings included."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(map(_told, self.problems)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what it is made of in another process."""
        return type(self), (self.problems,)


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a bug
    """A call that is understood but cannot be answered; ``problem`` says why and what to do instead."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(one_line(f"{problem.code} {problem.message}"))

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what it is made of in another process, whatever it was made from."""
        return _refusal, (type(self), self.args, self.__dict__)


def _refusal(kind: type[Refusal], words: tuple[str, ...], said: dict[str, Any]) -> Refusal:
    made = kind.__new__(kind, *words)
    made.__dict__.update(said)
    return made


def clause(message: str) -> str:
    """Return a message as part of a longer sentence: without the full stop that it may end with."""
    return message.rstrip(".")


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return ``1 world`` or ``3 worlds``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """Return ``did you mean "..."?`` for the valid name nearest to ``name``, or ``None`` when none is near.

    The very name that was given is never proposed.
    """
    valid = [one for one in valid if one != name]
    close = difflib.get_close_matches(name, valid, n=1, cutoff=0.6)
    if not close:
        folded = {v.casefold(): v for v in valid}
        close = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.6)
        close = [folded[c] for c in close]
    return f'did you mean "{close[0]}"?' if close else None
