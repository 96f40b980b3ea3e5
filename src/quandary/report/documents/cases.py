"""Cases as documents: which one it was, its numbers, a stage on the way to an answer, and a new case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from quandary.case.model import Case
from quandary.compile.numbers import UncertainNumber
from quandary.language.printing import written
from quandary.report.documents.document import ResultDocument, document, key


@document
class CaseDocument:
    """Which case it was."""

    title: str = key("the case's title")
    path: str = key("the file it was read from")
    sha256: str = key("the digest of its text")


@document
class NumberReferenceDocument:
    """Which uncertain number of the case it is."""

    name: str = key("its name, which is also the name of its draws")
    what: str = key("what it is, in words")
    line: int | None = key("the line of the case")


@document
class NumberDocument:
    """An uncertain number: how it was read, where it stands, why it is believed."""

    name: str = key("its name, which is also the name of its draws")
    what: str = key("what it is, in words")
    read_as: str = key("the distribution that it was read as, in words")
    because: str | None = key("the reason given for it")
    source: str | None = key("the source's name in the case")
    quote: str | None = key("the words of the source")
    line: int | None = key("the line of the case")


@document
class ShowDocument(ResultDocument):
    """One stage on the way from the case's text to an answer, as it is printed."""

    SCHEMA: ClassVar[str] = "quandary.show/1"
    stage: str = key("case, game, relevance, worlds or solution")
    lines: Sequence[str] = key("its lines")


@document
class NewDocument(ResultDocument):
    """A new case."""

    SCHEMA: ClassVar[str] = "quandary.new/1"
    case: str = key("the file made")


def case_document(case: Case) -> CaseDocument:
    """Return which case it was."""
    return CaseDocument(case.title, case.path, case.sha256)


def reference_document(number: UncertainNumber) -> NumberReferenceDocument:
    """Return which number it is."""
    return NumberReferenceDocument(number.name, _written(number), number.place.line or None)


def _written(number: UncertainNumber) -> str:
    """Return a number as code has it: ``the odds of unrest = contained when fuel_price = raised (line 109)``."""
    if number.named:
        return number.name
    condition = number.role.condition
    when = "" if condition is None else f" when {written(condition)}"
    return f"the {number.role}{when} (line {number.place.line})"


def number_document(number: UncertainNumber) -> NumberDocument:
    """Return how a number was read, where it stands and why it is believed."""
    return NumberDocument(
        number.name,
        number.what,
        number.description,
        number.because,
        number.source,
        number.quote,
        number.place.line or None,
    )


def show_document(stage: str, lines: Iterable[str]) -> ShowDocument:
    """Return a stage as it is printed."""
    return ShowDocument(stage, list(lines))
