"""What a critic of models would say of a case: a checklist, worst first, each item with what would mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quandary.use.answers.run import run_request, studied
from quandary.use.requests import (
    DISCREPANCY,
    Anchored,
    ArticleText,
    AsOf,
    CaseName,
    Discrepancy,
    Evidence,
    Memory,
    Search,
    Seed,
    Worlds,
)
from quandary.use.results import Hands, Piece, StudyResult

if TYPE_CHECKING:
    from quandary.ask.why.critique.items import Critique
    from quandary.report.documents.cases import CritiqueDocument
    from quandary.report.words.naming.names import CaseNames


@dataclass(frozen=True, kw_only=True)
class CritiqueRequest:
    """A case, and how it is to be run."""

    case: CaseName
    worlds: Worlds = 10_000
    seed: Seed = 1
    memory: Memory = None
    as_of: AsOf = None
    evidence: Evidence = True
    anchored: Anchored = False
    discrepancy: Discrepancy = DISCREPANCY
    search: Search = True
    text: ArticleText = None


@dataclass(frozen=True, eq=False)
class CritiqueResult(StudyResult):
    """A critique of a case."""

    found: Critique

    @property
    def complete(self) -> bool:
        """Return whether all of it was looked at."""
        return self.found.complete

    def document(self) -> CritiqueDocument:
        """Return what was found as ``quandary.critique/1``."""
        from quandary.report.documents.cases import critique_document

        return critique_document(self.case, self.found, self.run)

    def said(self, names: CaseNames) -> Iterator[Piece]:
        """Yield each item with what would mend it."""
        from quandary.report.why.critique import critique_parts

        yield from critique_parts(names, self.found)


def run(request: CritiqueRequest, hands: Hands) -> CritiqueResult:
    """Return what a critic would say of a case: it is run, and looked at from its weak sides."""
    from quandary.ask.why.critique.critique import critique

    study, report = studied(run_request(request), hands)
    telling = hands.telling("Criticising")
    found = critique(study, report.findings, report.headline, report.outside, listed=report.clones, progress=telling)
    return CritiqueResult(study.run, request.case, study.case, found)
