"""Cases as documents: which one it was, its numbers, a stage on the way to an answer, a new case, and a critique."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from quandary.ask.lines import CaseLine, LineKind
from quandary.ask.results import ByConstruction, ByConstructionStatus, Run
from quandary.ask.why.critique.items import CriticItem, Critique, Grade
from quandary.case.model import Case
from quandary.compile.numbers import UncertainNumber
from quandary.language.printing import written
from quandary.language.syntax import Otherwise
from quandary.report.documents.answers import WorkDocument, anchored_document
from quandary.report.documents.document import ResultDocument, document, key
from quandary.report.why.critique import counts_said, item_words
from quandary.report.why.critique_contents import KINDS, contents
from quandary.report.words.naming.names import CaseNames


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


@document
class CaseLineDocument:
    """A line of the case that decides a reading."""

    line: int = key("its line in the case file")
    kind: LineKind = key("a `rule` of a list, an `effect`, a `weight`, or the `dependence` of a list on one variable")
    of: str = key("whose line it is: a variable, or an actor's stake")
    over: str | None = key("of a dependence: the variable that its rules tell apart")
    condition: str | None = key("its condition; null for what holds otherwise")
    numbers: Sequence[str] = key("the names of its uncertain numbers")


@document
class ByConstructionDocument:
    """Whether a reading could come out otherwise at all, within the ranges of the case's numbers."""

    status: ByConstructionStatus = key(
        "what forces it: a proof, ranges in which no counter-example was found, what was seen (`settled`), or nothing"
    )
    outcome: bool | None = key("the answer that is forced; null where none is")
    searched: int = key("how many worlds were looked at")
    smallest_margin: float | None = key("how near to the comparison's edge any of them came, in the query's unit")
    reason: str = key("the same in one sentence")
    lines: Sequence[CaseLineDocument] = key("the lines of the case whose ranges prove it; of a proof from ranges only")


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


@document
class CriticItemDocument:
    """One thing that a critic would say."""

    grade: Grade = key("how much it matters: the answer should not be used as it is, know it, or a note")
    kind: str = key(f"what kind of thing it is: {', '.join(f'`{kind}`' for kind in KINDS.values())}")
    said: str = key("the same in one sentence")
    do: str = key("what would mend it, in words; the numbers in it are computed")
    names: Sequence[str] = key("what of the case it is about, by name: checks, decisions, variables, numbers, sources")
    numbers: Mapping[str, float] = key(
        "its numbers: probabilities and shares from 0 to 1, answers in the query's own unit, worth in points"
    )


@document
class CritiqueDocument(ResultDocument):
    """What a critic would say of a case, worst first."""

    SCHEMA: ClassVar[str] = "quandary.critique/1"
    case: CaseDocument = key("which case it was")
    said: str = key("how many items there are of each grade")
    items: Sequence[CriticItemDocument] = key("the items, worst first")
    uncertain_numbers: int = key("how many uncertain numbers the case has")
    sourced: int = key("how many of them carry a reason or a source")
    worlds: int = key("how many worlds were solved")
    solved_anew: int = key("in how many worlds the case was solved anew for the critique")
    seed: int = key("the seed of the draws")
    work: WorkDocument = key("how far the work came", inline=True)


def critique_document(case: Case, found: Critique, run: Run) -> CritiqueDocument:
    """Return a critique; ``run`` says how its worlds were made."""
    return CritiqueDocument(
        case=case_document(case),
        said=counts_said(found),
        items=items_document(case, found),
        uncertain_numbers=found.total,
        sourced=found.sourced,
        worlds=run.done,
        solved_anew=found.searched,
        seed=run.seed,
        work=WorkDocument(found.complete, len(run.unconverged), run.unconverged, anchored_document(run)),
    )


def items_document(case: Case, found: Critique) -> list[CriticItemDocument]:
    """Return the items of a critique."""
    return [_item(case, found, item) for item in found.items]


def _item(case: Case, found: Critique, item: CriticItem) -> CriticItemDocument:
    words = item_words(CaseNames(case), found, item)
    names, numbers = contents(item.detail)
    return CriticItemDocument(item.grade, KINDS[type(item.detail)], words.said, words.do, names, numbers)


def line_document(line: CaseLine) -> CaseLineDocument:
    """Return a line of the case."""
    condition = None if isinstance(line.condition, Otherwise) else written(line.condition)
    return CaseLineDocument(line.place.line, line.kind, ".".join(line.owner), line.over, condition, sorted(line.names))


def construction_document(found: ByConstruction) -> ByConstructionDocument:
    """Return whether a reading could come out otherwise at all."""
    lines = [line_document(line) for line in found.lines]
    return ByConstructionDocument(
        found.status, found.outcome, found.searched, found.smallest_margin, found.reason, lines
    )
