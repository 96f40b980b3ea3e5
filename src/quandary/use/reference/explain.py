"""What a fault code means, with a broken line and its mend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from quandary.base.faults import FaultEntry, catalogue, entry
from quandary.use.requests import About
from quandary.use.results import Hands, Piece, Result

if TYPE_CHECKING:
    from quandary.report.documents.problems import ExplainDocument


@dataclass(frozen=True, kw_only=True)
class ExplainRequest:
    """A fault code; without one, all are listed."""

    code: Annotated[str, About("A fault code such as Q104; without one, all are listed.", positional=True)] = ""


@dataclass(frozen=True)
class ExplainResult(Result):
    """One entry of the catalogue of faults, or all."""

    entries: tuple[FaultEntry, ...]
    whole: bool

    def document(self) -> ExplainDocument:
        """Return what was found as ``quandary.explain/1``."""
        from quandary.report.documents.problems import explain_document

        return explain_document(self.entries)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield the entry, or a line for each of all."""
        for fault in self.entries:
            yield from [f"{fault.code}  {fault.title}"] if self.whole else fault.text().split("\n")


def run(request: ExplainRequest, hands: Hands) -> ExplainResult:
    """Return what is wrong, why it matters, and a mended example."""
    code = request.code
    return ExplainResult((entry(code),) if code else tuple(catalogue().values()), not code)
