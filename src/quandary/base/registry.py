"""Named things: a mapping from a name to an entry that help, documents and tests read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from quandary.base.problems import Problem, Refusal, nearest

F = TypeVar("F", bound=Callable[..., object])


@dataclass(frozen=True)
class RegistryEntry(Generic[F]):
    """One registered function: its name, one line on what it does, what it cannot do, and an example."""

    name: str
    function: F
    summary: str
    limits: str = ""
    example: str = ""


class Registry(Generic[F]):
    """Entries by name, in order of registration. Names are compared without case, ``-`` and ``_`` alike."""

    def __init__(self, kind: str, code: str) -> None:
        self._kind = kind
        self._code = code
        self._entries: dict[str, RegistryEntry[F]] = {}

    def add(self, name: str, *, summary: str, limits: str = "", example: str = "") -> Callable[[F], F]:
        """Return a decorator that registers a function; a name taken already raises ``ValueError``."""
        key = _normal(name)

        def register(function: F) -> F:
            if key in self._entries:
                raise ValueError(f"{self._kind} {name!r} is registered already")
            self._entries[key] = RegistryEntry(name, function, summary, limits, example)
            return function

        return register

    def find(self, name: str) -> RegistryEntry[F]:
        """Return the entry of that name, or raise ``Refusal`` with the nearest valid name."""
        entry = self._entries.get(_normal(name))
        if entry is None:
            names = ", ".join(self.names())
            hint = nearest(name, self.names()) or f"known: {names}"
            raise Refusal(Problem(self._code, f'unknown {self._kind} "{name}"', hint=hint))
        return entry

    def names(self) -> tuple[str, ...]:
        """Return the names in order of registration."""
        return tuple(entry.name for entry in self._entries.values())

    def __iter__(self) -> Iterator[RegistryEntry[F]]:
        return iter(self._entries.values())


def _normal(name: str) -> str:
    return name.strip().casefold().replace("-", "_")
