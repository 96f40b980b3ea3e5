"""A claim under each specification that a reader may prefer: channels, rules of choice, readings, forms, ranges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from quandary.use.requests import (
    DISCREPANCY,
    About,
    Anchored,
    AsOf,
    CaseName,
    Discrepancy,
    Evidence,
    Memory,
    Reading,
    Seed,
)
from quandary.use.results import HANDS, Hands, Piece, StudyResult
from quandary.use.studies import anchored_by, loaded_case, study_of, with_numbers

if TYPE_CHECKING:
    from quandary.ask.changes.ladder import Ladder
    from quandary.ask.study import Study
    from quandary.report.documents.changes import LadderDocument
    from quandary.report.words.naming.names import CaseNames

LADDER_WORLDS = 1_000


@dataclass(frozen=True, kw_only=True)
class LadderRequest:
    """A case, one of its claims, and the reading that is meant."""

    case: CaseName
    claim: Annotated[str, About("A claim of the case, by its id.", metavar="CLAIM", positional=True)]
    reading: Reading = None
    worlds: Annotated[int, About("How many worlds to draw, the same in every row.", "-w")] = LADDER_WORLDS
    seed: Seed = 1
    memory: Memory = None
    as_of: AsOf = None
    evidence: Evidence = True
    anchored: Anchored = False
    discrepancy: Discrepancy = DISCREPANCY


@dataclass(frozen=True, eq=False)
class LadderResult(StudyResult):
    """A claim's ladder."""

    found: Ladder

    @property
    def complete(self) -> bool:
        """Return whether every row was solved."""
        return self.found.complete

    def document(self) -> LadderDocument:
        """Return what was found as ``quandary.ladder/1``."""
        from quandary.report.documents.changes import ladder_document

        return ladder_document(self.case, self.found, self.work)

    def said(self, names: CaseNames) -> Iterator[Piece]:
        """Yield the sentence and the table."""
        from quandary.report.analyses.ladder import ladder_parts

        yield from ladder_parts(names, self.found)


def run(request: LadderRequest, hands: Hands) -> LadderResult:
    """Return how a claim fares under each specification, one at a time."""
    case, _ = loaded_case(request.case)
    study = study_of(case, request, request.worlds, hands, saying=None, anchored=anchored_by(request))
    return ladder(study, request.claim, request.reading, hands, named=request.case)


def ladder(
    study: Study, claim: str, reading: str | None = None, hands: Hands = HANDS, *, named: str = "CASE"
) -> LadderResult:
    """Return the ladder of one reading of a claim (its first by default) in the worlds of a study."""
    from quandary.ask.changes.ladder import claim_asked, ladders

    asked = claim_asked(study.case, claim, reading)
    with_numbers(study, "a ladder", [asked.query])
    found = ladders(study, [asked], hands.telling("Solving anew"))[0]
    return LadderResult(study.run, named, study.case, found)
