"""What every check is handed: the case as far as it could be read, and where its names were written."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from quandary.base.places import Place
from quandary.case.model import Case


@dataclass(frozen=True)
class Written:
    """A case with the places of names that its records do not carry; parts with faults of shape are missing.

    ``source_names`` holds what stands after each `source:`, by path; ``incomplete`` the paths under which
    something could not be read, where a missing rule is no fault of its own. ``start`` is where its file begins.
    """

    case: Case
    start: Place
    places: Mapping[str, Place]
    source_names: Mapping[str, str]
    incomplete: AbstractSet[str] = frozenset()

    def place(self, path: str, default: Place) -> Place:
        """Return where the name at ``path`` was written."""
        return self.places.get(path, default)

    def has(self, path: str) -> bool:
        """Return whether something was written at ``path``, readable or not."""
        return path in self.places

    def is_complete(self, path: str) -> bool:
        """Return whether everything below ``path`` could be read."""
        return not any(lost == path or lost.startswith((f"{path}.", f"{path}[")) for lost in self.incomplete)
