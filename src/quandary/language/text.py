"""A scalar being parsed and where it stands, so that a fault can point into it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from quandary.base.places import Place
from quandary.base.problems import Problem


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar being parsed and the place of its first character."""

    text: str
    place: Place

    def at(self, start: int, end: int) -> Place:
        """Return the place of the characters from ``start`` up to ``end`` (lines inside count)."""
        before = self.text[:start]
        lines = before.count("\n")
        if not lines:
            return self.place.shifted(start, max(end - start, 0))
        column = start - before.rfind("\n")
        return replace(self.place, line=self.place.line + lines, column=column, end_column=column + end - start)

    def problem(self, code: str, message: str, start: int, end: int, hint: str | None = None) -> Problem:
        """Return a fault at the characters from ``start`` up to ``end``."""
        return Problem(code, message, self.at(start, end), hint)
