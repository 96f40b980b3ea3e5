"""What changes in a case of version 1, as a document: its queries in both senses, and the change of its files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from quandary.ask.claims.rereading import Rereading, Sense
from quandary.ask.results import Verdict
from quandary.case.migration import WrittenQuery
from quandary.case.model import VERSION, Case
from quandary.report.documents.answers import (
    ErrorSpreadDocument,
    ShareDocument,
    WorkDocument,
    error_spread_document,
    share_document,
)
from quandary.report.documents.cases import CaseDocument, case_document
from quandary.report.documents.document import ResultDocument, document, key


@dataclass(frozen=True)
class FileChange:
    """One file's change, as the lines of a unified diff."""

    path: str
    diff: Sequence[str]


@document
class SenseDocument:
    """What a query says in one of its two senses."""

    query: str = key("the query in the words of today")
    evidence: bool = key("whether it is asked with the case's evidence")
    answer: ErrorSpreadDocument | None = key("its answer; of a comparison, its left minus its right side")
    verdict: Verdict | None = key("of what is true or false: its verdict")
    share: ShareDocument | None = key("of what is true or false: the share of worlds in which it holds")
    meets: bool | None = key("of a check: whether the answer's 90 % interval meets the range known")
    reason: str | None = key("why it has no answer, in words")


@document
class RereadingDocument:
    """A query that may have meant something else in version 1."""

    kind: Literal["claim", "question", "check", "forecast"] = key("what asks it")
    id: str = key("its name in the case")
    reading: str | None = key("of a claim: the reading's name")
    line: int | None = key("the line of the case")
    now: SenseDocument = key("as it is read now")
    meant: SenseDocument = key("as it was meant in version 1")
    differs: bool = key("whether its verdict, its answer, or what it says of a check differs")
    kept: bool = key("whether the change keeps its old sense")


@document
class ChangedFileDocument:
    """One file of the case that changes."""

    path: str = key("the file")
    diff: Sequence[str] = key("the change, as the lines of a unified diff")


@document
class MigrateDocument(ResultDocument):
    """What changes in a case of an earlier version of the case language."""

    SCHEMA: ClassVar[str] = "quandary.migrate/1"
    case: CaseDocument = key("which case it was, before the change")
    from_version: int = key("the version of the case language that the case names")
    to_version: int = key("the version that it names after the change")
    queries: Sequence[RereadingDocument] = key("every query that may have meant something else, in the case's order")
    files: Sequence[ChangedFileDocument] = key("the files that change")
    written: bool = key("whether the change was written, or is only shown")
    work: WorkDocument = key("how far the work came", inline=True)


def migrate_document(
    case: Case,
    found: Sequence[Rereading],
    kept: Collection[WrittenQuery],
    files: Sequence[FileChange],
    work: WorkDocument,
    *,
    written: bool,
) -> MigrateDocument:
    """Return what changes in a case; ``kept`` are the queries that keep their old sense."""
    return MigrateDocument(
        case=case_document(case),
        from_version=case.version,
        to_version=VERSION,
        queries=[_rereading(one, one.query in kept) for one in found],
        files=[ChangedFileDocument(file.path, file.diff) for file in files],
        written=written,
        work=work,
    )


def _rereading(one: Rereading, kept: bool) -> RereadingDocument:
    query = one.query
    line = query.place.line or None
    now, meant = _sense(one.now), _sense(one.meant)
    return RereadingDocument(query.kind, query.id, query.reading, line, now, meant, one.differs, kept)


def _sense(sense: Sense) -> SenseDocument:
    return SenseDocument(
        query=sense.text,
        evidence=sense.evidence,
        answer=None if sense.answer.mean is None else error_spread_document(sense.answer),
        verdict=sense.verdict,
        share=share_document(sense.share),
        meets=sense.meets,
        reason=sense.reason,
    )
