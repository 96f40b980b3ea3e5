"""What hangs on numbers that nobody has put, as a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quandary.ask.results import Contradiction
from quandary.compile.unknowns.readings import UnknownKind, UnknownNumber
from quandary.report.documents.document import document, key
from quandary.report.documents.fillings import FillingsDocument, filled_document, fillings_document
from quandary.report.words.record import Report
from quandary.report.words.unknowns import contradiction_lines, thing_name


@document
class UnknownThingDocument:
    """One thing that nobody has put a number to."""

    path: str = key("its name in the case")
    kind: UnknownKind = key("what it is")
    said: str = key("what it is, in words")
    reading: str = key("how it is read: the convention, in words")
    line: int = key("its line in the case")


@document
class ContradictionDocument:
    """Two readings of claims that no numbers make both true."""

    first: Sequence[str] = key("the one: its claim and its reading, by name")
    second: Sequence[str] = key("the other")
    proved: bool = key("whether signs prove it; else a search found no such numbers")
    searched: int = key("how many worlds were looked at")
    said: str = key("the same in words")


@document
class UnknownsDocument:
    """What a run says of numbers that nobody has put."""

    things: Sequence[UnknownThingDocument] = key("the things, in the case's order")
    headline: FillingsDocument | None = key("the leading question over fillings; null where it hangs on none")
    outcomes: Mapping[str, Mapping[str, FillingsDocument]] = key("by variable and state: those that hang on them")
    contradictions: Sequence[ContradictionDocument] = key("pairs of readings that no numbers make both true")


def unknowns_document(report: Report) -> UnknownsDocument | None:
    """Return what a run says of unknown numbers, ``None`` where there are none."""
    found = report.findings.unknowns
    if found is None:
        return None
    lines = contradiction_lines(report.names, found, report.findings.claims)
    pairs = zip(found.contradictions, lines, strict=True)
    return UnknownsDocument(
        things=[_thing(report, thing) for thing in found.things],
        headline=fillings_document(report.over_fillings),
        outcomes={
            one.variable: {state: filled_document(over) for state, over in one.fillings.items()}
            for one in report.findings.outcomes
            if one.fillings
        },
        contradictions=[_contradiction(one, said) for one, said in pairs],
    )


def _thing(report: Report, thing: UnknownNumber) -> UnknownThingDocument:
    return UnknownThingDocument(
        thing.path, thing.kind, thing_name(report.names.plain, thing), thing.reading, thing.place.line
    )


def _contradiction(one: Contradiction, said: str) -> ContradictionDocument:
    return ContradictionDocument(one.first, one.second, one.proved, one.searched, said)
