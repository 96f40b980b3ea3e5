"""How two cases answer one question, and what makes the difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Annotated

from quandary.base.places import typed_text
from quandary.use.requests import QUESTION, About, AsOf, Evidence, Memory, NamedPlace, Seed, Worlds
from quandary.use.results import HANDS, Hands, Piece, Result, unconverged
from quandary.use.studies import loaded_case, study, with_numbers

if TYPE_CHECKING:
    from quandary.ask.turning.compare import Comparison
    from quandary.case.model import Case
    from quandary.language.syntax import Expression
    from quandary.report.documents.turning.flips import ComparisonDocument


@dataclass(frozen=True, kw_only=True)
class CompareRequest:
    """Two cases and a query."""

    first: Annotated[
        str,
        About(
            "A case file, its folder, or a case that ships.", metavar="CASE_A", positional=True, names=NamedPlace.CASE
        ),
    ]
    second: Annotated[
        str, About("The case to compare it with.", metavar="CASE_B", positional=True, names=NamedPlace.CASE)
    ]
    query: Annotated[str, About('For example "P(invasion)".', positional=True)]
    worlds: Worlds = 1_000
    seed: Seed = 1
    memory: Memory = None
    as_of: AsOf = None
    evidence: Evidence = True


@dataclass(frozen=True, eq=False)
class CompareResult(Result):
    """How two cases differ on a question, shared among the parts that differ."""

    first: Case
    second: Case
    query: Expression
    found: Comparison
    worlds: int
    seed: int
    named: str

    def document(self) -> ComparisonDocument:
        """Return what was found as ``quandary.compare/1``."""
        from quandary.report.documents.turning.flips import comparison_document

        return comparison_document(self.first, self.second, self.found, self.seed)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield the sentences and tables."""
        from quandary.report.analyses.compare import comparison_parts
        from quandary.report.words.naming.names import CaseNames

        first, second = CaseNames(self.first, code), CaseNames(self.second, code)
        yield from comparison_parts(first, second, self.query, self.found)
        yield from unconverged(self.found.unconverged, self.worlds, self.seed, self.named)


def run(request: CompareRequest, hands: Hands) -> CompareResult:
    """Return how two cases answer one question, the difference shared among the assumptions that differ."""
    from quandary.language.parser import parse_query

    cases = loaded_case(request.first)[0], loaded_case(request.second)[0]
    parsed = parse_query(request.query, typed_text(QUESTION, request.query))
    return compared(
        cases,
        parsed,
        worlds=request.worlds,
        seed=request.seed,
        as_of=request.as_of,
        evidence=request.evidence,
        hands=hands,
        named=request.first,
    )


def compared(
    cases: tuple[Case, Case],
    query: Expression,
    *,
    worlds: int,
    seed: int,
    as_of: date | None,
    evidence: bool,
    hands: Hands = HANDS,
    named: str = "CASE",
) -> CompareResult:
    """Return how two cases differ on a question, shared among the parts that differ."""
    from quandary.ask.turning.compare import compare

    study_of = partial(study, worlds=worlds, seed=seed, as_of=as_of, evidence=evidence, hands=hands, saying=None)
    for case in cases:
        alone = study_of(case)
        with_numbers(alone, "a comparison of cases", [alone.prepared(query)])
    found = compare(*cases, query, study_of, seed=seed, progress=hands.telling("Exchanging parts"))
    return CompareResult(*cases, query, found, worlds, seed, named)
