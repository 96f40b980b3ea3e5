"""From any number in the output back to what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from quandary.use.requests import About, AsOf, CaseName, Evidence, Memory, Seed, Worlds
from quandary.use.results import Hands, Piece, StudyResult
from quandary.use.studies import loaded_case, study_of

if TYPE_CHECKING:
    from quandary.report.documents.explanation import WhyDocument
    from quandary.report.why.why import AnswerExplanation, NumberExplanation


@dataclass(frozen=True, kw_only=True)
class WhyRequest:
    """A case, and the thing in its output that is to be explained."""

    case: CaseName
    thing: Annotated[
        str,
        About("A claim, question, check, x=v, event, number, line, `headline`, or a query.", positional=True),
    ]
    worlds: Worlds = 10_000
    seed: Seed = 1
    memory: Memory = None
    as_of: AsOf = None
    evidence: Evidence = True


@dataclass(frozen=True, eq=False)
class WhyResult(StudyResult):
    """What a thing rests on."""

    found: tuple[AnswerExplanation | NumberExplanation, ...]

    INDENT = ""

    def document(self) -> WhyDocument:
        """Return what was found as ``quandary.why/2``."""
        from quandary.report.documents.explanation import why_document

        return why_document(self.found, self.work)

    def said(self) -> Iterator[Piece]:
        """Yield the lines of every explanation."""
        from quandary.report.why.wording import explanation_lines

        for one in self.found:
            yield from explanation_lines(one)


def run(request: WhyRequest, hands: Hands) -> WhyResult:
    """Return why a thing in the output is what it is; only what it needs is solved."""
    from quandary.report.why.why import explain

    case, _ = loaded_case(request.case)
    study = study_of(case, request, request.worlds, hands)
    found = explain(study, request.thing)
    return WhyResult(study.run, request.case, found)
