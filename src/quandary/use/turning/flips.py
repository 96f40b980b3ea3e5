"""Which assumptions would change an answer, and where; with ``structure``, which arcs, observations and options."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from quandary.base.places import typed_text
from quandary.use.requests import (
    DISCREPANCY,
    QUESTION,
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
from quandary.use.values import read_level

if TYPE_CHECKING:
    from quandary.ask.query.subject import AskedSubject
    from quandary.ask.study import Study
    from quandary.ask.turning.flips import Flips
    from quandary.ask.turning.structure import StructureTable
    from quandary.report.documents.turning.flips import FlipsDocument, StructureDocument
    from quandary.report.words.naming.names import CaseNames

WORLDS = 10_000
STRUCTURE_WORLDS = 500


@dataclass(frozen=True, kw_only=True)
class FlipsRequest:
    """A case, what is asked of it, and the level that the answer must cross."""

    case: CaseName
    thing: Annotated[
        str,
        About(
            "A claim, question, forecast or event, or a query.",
            metavar="CLAIM-OR-QUERY",
            positional=True,
        ),
    ]
    reading: Reading = None
    level: Annotated[
        float | None,
        About("What the answer must cross, e.g. 30% or 0.3 (default: one half, or zero).", read=read_level),
    ] = None
    structure: Annotated[bool, About("Cut arcs, sights, options, stakes, beliefs and the like instead.")] = False
    worlds: Annotated[
        int | None, About(f"How many worlds ({WORLDS:,}; with --structure {STRUCTURE_WORLDS}).", "-w")
    ] = None
    seed: Seed = 1
    memory: Memory = None
    as_of: AsOf = None
    evidence: Evidence = True
    anchored: Anchored = False
    discrepancy: Discrepancy = DISCREPANCY


@dataclass(frozen=True, eq=False)
class FlipsResult(StudyResult):
    """For every subject, which uncertain numbers would turn its answer, and where."""

    found: tuple[tuple[AskedSubject, Flips], ...]

    def document(self) -> FlipsDocument:
        """Return what was found as ``quandary.flips/1``."""
        from quandary.report.documents.turning.flips import flips_document

        return flips_document(self.case, self.found, self.run)

    def said(self, names: CaseNames) -> Iterator[Piece]:
        """Yield the sentences and tables."""
        from quandary.report.analyses.flips import flips_parts

        yield from flips_parts(names, self.found, self.run)


@dataclass(frozen=True, eq=False)
class StructureResult(StudyResult):
    """Which part of the structure would turn the answers; each was cut and solved anew."""

    found: StructureTable

    @property
    def complete(self) -> bool:
        """Return whether every cut was solved."""
        return self.found.complete

    def document(self) -> StructureDocument:
        """Return what was found as ``quandary.structure/2``."""
        from quandary.report.documents.turning.flips import structure_document

        return structure_document(self.case, self.found, self.work)

    def said(self, names: CaseNames) -> Iterator[Piece]:
        """Yield the sentences and tables."""
        from quandary.report.analyses.structure import structure_parts

        yield from structure_parts(names, self.found)


def run(request: FlipsRequest, hands: Hands) -> FlipsResult | StructureResult:
    """Return which assumptions would change an answer: ranked, with the value at which it flips."""
    from quandary.ask.query.subject import subjects
    from quandary.ask.turning.flips import level_of

    case, _ = loaded_case(request.case)
    asked = subjects(case, request.thing, request.reading, typed_text(QUESTION, request.thing))
    for subject in asked:
        level_of(subject.query, request.level)
    worlds, anchored = request.worlds, anchored_by(request)
    if request.structure:
        worlds = STRUCTURE_WORLDS if worlds is None else worlds
        study = study_of(case, request, worlds, hands, saying=None, anchored=anchored)
        return structure(study, asked, request.level, hands, named=request.case)
    study = study_of(case, request, WORLDS if worlds is None else worlds, hands, anchored=anchored)
    return flips(study, asked, request.level, named=request.case)


def flips(study: Study, asked: Sequence[AskedSubject], level: float | None, *, named: str = "CASE") -> FlipsResult:
    """Return which uncertain numbers would turn the answers of a study."""
    from quandary.ask.turning import flips as turning

    with_numbers(study, "what would turn an answer", [subject.query for subject in asked])
    study.need([subject.query for subject in asked])
    found = tuple((subject, turning.flips(study, subject.query, level)) for subject in asked)
    return FlipsResult(study.run, named, study.case, found)


def structure(
    study: Study, asked: Sequence[AskedSubject], level: float | None, hands: Hands = HANDS, *, named: str = "CASE"
) -> StructureResult:
    """Return which parts of the structure would turn the answers of a study."""
    from quandary.ask.turning.structure import structural_flips

    with_numbers(study, "what would turn an answer", [subject.query for subject in asked])
    found = structural_flips(study, asked, level, hands.telling("Solving anew"))
    return StructureResult(study.run, named, study.case, found)
