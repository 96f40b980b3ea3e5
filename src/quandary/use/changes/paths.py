"""How much of a change's effect runs through a variable on the way, and how much around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from quandary.base.places import typed_text
from quandary.use.requests import QUESTION, About, AsOf, CaseName, Evidence, Memory, Seed, Worlds
from quandary.use.results import Hands, Piece, StudyResult
from quandary.use.studies import loaded_case, study_of, with_numbers

if TYPE_CHECKING:
    from quandary.ask.changes.paths import Paths
    from quandary.ask.study import Study
    from quandary.case.model import Case
    from quandary.language.syntax import Condition
    from quandary.report.documents.changes import PathsDocument
    from quandary.report.words.naming.names import CaseNames


@dataclass(frozen=True, kw_only=True)
class PathsRequest:
    """A case, an event, what changes, and the variables on the way."""

    case: CaseName
    event: Annotated[str, About('What is asked: a condition such as "invasion".', positional=True)]
    change: Annotated[str, About('What changes, for example "unrest: none to regime_threat".')]
    through: Annotated[tuple[str, ...], About("A variable on the way; may be given again.")]
    worlds: Worlds = 10_000
    seed: Seed = 1
    memory: Memory = None
    as_of: AsOf = None
    evidence: Evidence = True


@dataclass(frozen=True, eq=False)
class PathsResult(StudyResult):
    """How much of a change's effect runs through some variables."""

    case: Case
    found: Paths

    INDENT = "  "

    def document(self) -> PathsDocument:
        """Return what was found as ``quandary.paths/1``."""
        from quandary.report.documents.changes import paths_document

        return paths_document(self.found, self.run.seed, self.work)

    def said(self, names: CaseNames) -> Iterator[Piece]:
        """Yield the lines."""
        from quandary.report.analyses.paths import path_lines

        yield from path_lines(names, self.found, self.run.seed)


def run(request: PathsRequest, hands: Hands) -> PathsResult:
    """Return a change's effect, split: how much runs through variables on the way, and how much around them."""
    from quandary.language.parser import parse_condition

    target = parse_condition(request.event, typed_text(QUESTION, request.event))
    case = loaded_case(request.case)[0]
    study = study_of(case, request, request.worlds, hands)
    return paths(study, target, request.change, request.through, named=request.case)


def paths(study: Study, event: Condition, change: str, through: Sequence[str], *, named: str = "CASE") -> PathsResult:
    """Return how much of a change's effect on an event of a study runs through some variables."""
    from quandary.ask.changes import paths as split
    from quandary.case.logic.conditions import mentioned

    with_numbers(study, "a split of effects", variables=mentioned(study.case, event))
    found = split.paths(study, event, split.read_change(change), through)
    return PathsResult(study.run, named, study.case, found)
