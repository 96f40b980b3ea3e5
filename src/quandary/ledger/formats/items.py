"""What a format's reader yields: what one row says, or why it could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from quandary.ledger.records import LedgerForecast, LedgerQuestion, LedgerResolution


@dataclass(frozen=True)
class Item:
    """What one row says. Forecasts stand under the names of who made them; keys are given when they are stored.

    The question's key is left out of its forecasts and resolution, since it follows from the question.
    """

    question: LedgerQuestion
    forecasts: tuple[tuple[str, LedgerForecast], ...] = ()
    resolution: LedgerResolution | None = None


@dataclass(frozen=True)
class UnreadRow:
    """A row that could not be read: its line (from 1) in a file, and why."""

    file: str
    line: int
    reason: str


@dataclass
class Tally:
    """What became of the rows of an import, counted as they pass; of those unread the first are kept whole."""

    KEPT = 100

    rows: int = 0
    unread: int = 0
    first: list[UnreadRow] = field(default_factory=list)

    def items(self, found: Iterator[Item | UnreadRow]) -> Iterator[Item]:
        """Yield what could be read, and count."""
        for one in found:
            self.rows += 1
            if isinstance(one, Item):
                yield one
                continue
            self.unread += 1
            if len(self.first) < self.KEPT:
                self.first.append(one)
