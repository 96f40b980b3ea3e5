"""Days and times as they are written, as numbers that can be compared: days since year 1, in UTC, with fractions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache


@lru_cache(maxsize=65_536)
def moment(written: str, *, end: bool = False) -> float:
    """Return a day (ISO) as the moment at which it begins, or with ``end`` ends; a time with a zone as it is.

    A time without a zone is taken as UTC. Raises ``ValueError`` where it is neither.
    """
    if len(written) == len("2022-01-08"):
        return date.fromisoformat(written).toordinal() + (1.0 if end else 0.0)
    read = datetime.fromisoformat(written)
    read = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    midnight = read.replace(hour=0, minute=0, second=0, microsecond=0)
    return read.toordinal() + (read - midnight).total_seconds() / 86_400


def day(at: float) -> date:
    """Return the day of a moment."""
    return date.fromordinal(int(at))
