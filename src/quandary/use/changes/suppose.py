"""A policy announced, or something seen or hidden, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from quandary.base.places import NOWHERE, typed_text
from quandary.use.requests import QUESTION, About, AsOf, CaseName, Evidence, Memory, Seed, Worlds
from quandary.use.results import Hands, Piece, StudyResult
from quandary.use.studies import loaded_case, study_of, with_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quandary.ask.changes.commitment import Suppose, Supposition
    from quandary.ask.study import Study
    from quandary.case.model import Case
    from quandary.language.syntax import Expression
    from quandary.report.documents.changes import SupposeDocument
    from quandary.report.words.naming.names import CaseNames


@dataclass(frozen=True, kw_only=True)
class SupposeRequest:
    """A case, a query, and what is supposed."""

    case: CaseName
    query: Annotated[str, About('For example "P(invasion)".', positional=True)]
    announce: Annotated[tuple[str, ...], About('A policy known to all: "answer: strong if war = yes; else weak".')] = ()
    sees: Annotated[tuple[str, ...], About('Seen from then on: "answer: intent".')] = ()
    hides: Annotated[tuple[str, ...], About('No longer seen from then on: "answer: intent".')] = ()
    worlds: Worlds = 10_000
    seed: Seed = 1
    memory: Memory = None
    as_of: AsOf = None
    evidence: Evidence = True


@dataclass(frozen=True, eq=False)
class SupposeResult(StudyResult):
    """An answer as it is and as it would be."""

    case: Case
    query: Expression
    found: Suppose

    INDENT = "  "

    @property
    def complete(self) -> bool:
        """Return whether every world was solved, both times."""
        return self.found.complete

    def document(self) -> SupposeDocument:
        """Return what was found as ``quandary.suppose/1``."""
        from quandary.report.documents.changes import suppose_document

        return suppose_document(self.found, self.run.seed, self.work)

    def said(self, names: CaseNames) -> Iterator[Piece]:
        """Yield the lines."""
        from quandary.report.analyses.commitment import suppose_lines

        yield from suppose_lines(names, self.query, self.found, self.run.seed)


def run(request: SupposeRequest, hands: Hands) -> SupposeResult:
    """Return an answer if a policy were announced before others choose, or an actor saw more or less."""
    from quandary.language.parser import parse_query

    parsed = parse_query(request.query, typed_text(QUESTION, request.query))
    case = loaded_case(request.case)[0]
    study = study_of(case, request, request.worlds, hands)
    changes = _changes(case, request.announce, request.sees, request.hides)
    return _supposed(study, parsed, changes, request.case)


def suppose(
    study: Study, query: str, announce: Sequence[str], sees: Sequence[str], hides: Sequence[str]
) -> SupposeResult:
    """Return an answer of a study if rules were announced or sights changed."""
    from quandary.language.parser import parse_query

    return _supposed(study, parse_query(query, NOWHERE), _changes(study.case, announce, sees, hides), "CASE")


def _supposed(study: Study, query: Expression, changes: list[Supposition], named: str) -> SupposeResult:
    from quandary.ask.changes import commitment
    from quandary.case.model import DecisionEvent

    players = {item.by for item in study.case.story if isinstance(item, DecisionEvent)}
    asked = [study.prepared(query), *(study.prepared(f"E({player})") for player in sorted(players))]
    with_numbers(study, "a supposition", asked)
    found = commitment.suppose(study, query, changes)
    return SupposeResult(study.run, named, study.case, query, found)


def _changes(case: Case, announce: Sequence[str], sees: Sequence[str], hides: Sequence[str]) -> list[Supposition]:
    from quandary.ask.changes.commitment import read_announcement, read_sight

    return [
        *(read_announcement(case, text) for text in announce),
        *(read_sight(case, text, seen=True) for text in sees),
        *(read_sight(case, text, seen=False) for text in hides),
    ]
