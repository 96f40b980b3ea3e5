"""What a server serves, to whom, and how much it takes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class ServerLimits:
    """How much one server takes: bytes of a body, seconds for one to arrive, requests a second, jobs.

    ``grace`` are the seconds after which a job that was asked to stop is ended, ``cases`` how many are open for pages.
    """

    body: int = 4 * MEGABYTE
    arriving: float = 20.0
    rate: float = 60.0
    burst: float = 240.0
    workers: int = 2
    waiting: int = 32
    grace: float = 10.0
    kept: int = 200
    kept_bytes: int = 128 * MEGABYTE
    cases: int = 10


@dataclass(frozen=True)
class ServerSettings:
    """A folder that is served, the names by which the server may be called, and its secret.

    ``case`` is the case that the page opens with: a shipped name, or a path from the folder on. ``ledger`` is the place
    of the ledger that requests mean; ``None``: the usual one. ``worlds`` are those of a page's answers.
    """

    folder: Path
    hosts: tuple[str, ...]
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    case: str | None = None
    ledger: str | None = None
    read_only: bool = False
    worlds: int = 10_000
    limits: ServerLimits = field(default_factory=ServerLimits)

    @property
    def cookie(self) -> str:
        """Return the name of the cookie, which cookies of other servers on this machine do not have."""
        return "quandary-" + self.hosts[0].rpartition(":")[2]
