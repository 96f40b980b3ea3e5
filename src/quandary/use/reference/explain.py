"""What a fault code means, with a broken line and its mend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from quandary.base.faults import FaultEntry, catalogue, entry
from quandary.use.requests import About
from quandary.use.results import Document, Hands, Piece, Result
from quandary.version import __version__


@dataclass(frozen=True, kw_only=True)
class ExplainRequest:
    """A fault code; without one, all are listed."""

    code: Annotated[str, About("A fault code such as Q104; without one, all are listed.", positional=True)] = ""


@dataclass(frozen=True)
class ExplainResult(Result):
    """One entry of the catalogue of faults, or all."""

    entries: tuple[FaultEntry, ...]
    whole: bool

    def document(self) -> Document:
        """Return ``quandary.explain/1``."""
        faults = [vars(fault) for fault in self.entries]
        return {"schema": "quandary.explain/1", "version": __version__, "faults": faults}

    def pieces(self) -> Iterator[Piece]:
        """Yield the entry, or a line for each of all."""
        for fault in self.entries:
            yield from [f"{fault.code}  {fault.title}"] if self.whole else fault.told().split("\n")


def run(request: ExplainRequest, hands: Hands) -> ExplainResult:
    """Return what is wrong, why it matters, and a mended example."""
    code = request.code
    return ExplainResult((entry(code),) if code else tuple(catalogue().values()), not code)
