"""A job: what is to be worked out in many worlds, as plain data that goes to any process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from quandary.base.arrays import Array
from quandary.language.syntax import Expression

Asked = TypeVar("Asked")
"""A game and the queries asked of it."""


class UniformDraws(Protocol):
    """Uniforms of every uncertain number in so many ``worlds``."""

    @property
    def worlds(self) -> int:
        """Return how many worlds are drawn."""

    def between(self, start: int, stop: int) -> Mapping[str, Array]:
        """Return those of the worlds ``start`` to ``stop`` (exclusive)."""


@dataclass(frozen=True, eq=False)
class Job(Generic[Asked]):
    """Games and what is asked of them, in worlds drawn by one design; it makes sense with the case's ``Model``.

    ``case`` is the digest of the case, ``draws`` how its worlds are drawn (design and redrawn worlds; what was drawn
    stays behind where a job is sent away). ``batches`` are the worlds solved together, one after the other.
    ``evidence`` are sets of conditions whose probability in the case's own game weighs worlds, everything seen first;
    ``near`` is an option of the queries at decisions.
    """

    case: str
    draws: UniformDraws
    batches: tuple[slice, ...]
    games: tuple[Asked, ...]
    evidence: tuple[tuple[Expression, ...], ...]
    near: float

    @property
    def worlds(self) -> int:
        """Return how many worlds there are in all."""
        return self.draws.worlds
