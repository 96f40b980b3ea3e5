"""What a ledger keeps as documents: questions, forecasts and resolutions, with the keys that their entries have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from quandary.ledger.histories import QuestionHistory
from quandary.ledger.lint import Flaw
from quandary.ledger.records import CaseLink, LedgerForecast, LedgerQuestion, LedgerResolution, body
from quandary.report.documents.document import document, key

Kept = TypeVar("Kept")


@document
class CaseLinkDocument:
    """Where in a case something comes from."""

    case: str = key("the case")
    digest: str = key("the digest of its text")
    name: str | None = key("the forecast or claim in it", left_out=True)


@document
class KeptQuestionDocument:
    """A question as it is kept; what does not apply is left out."""

    text: str = key("what is asked")
    kind: str | None = key("choice, ordered, number or day; left out: yes or no", left_out=True)
    options: tuple[str, ...] | None = key("its options", left_out=True)
    rule: str | None = key("what counts", left_out=True)
    source: str | None = key("who or what will tell", left_out=True)
    opened: str | None = key("the day it opened", left_out=True)
    closes: str | None = key("the day after which nothing said counts", left_out=True)
    until: str | None = key("the last day on which it can come", left_out=True)
    condition: str | None = key("what must happen for it to count", left_out=True)
    tags: tuple[str, ...] | None = key("its tags", left_out=True)
    set: str | None = key("the set that it is of", left_out=True)
    linked: str | None = key("what it hangs together with", left_out=True)
    low: float | None = key("the lower end of its scale (days: since the year 1)", left_out=True)
    high: float | None = key("the upper end", left_out=True)
    link: CaseLinkDocument | None = key("the forecast of a case that it is", left_out=True)
    same_as: str | None = key("the place that it was taken from, by which it is known again", left_out=True)
    unscorable: str | None = key("why it cannot be settled, so that it is not scored", left_out=True)
    amends: str | None = key("the key of the question of which this is a newer wording", left_out=True)
    notes: str | None = key("notes", left_out=True)


@document
class SaidDocument:
    """What somebody said, as it is kept; what does not apply is left out. Without any of probability, probabilities,
    points, range and words a forecast was withdrawn.
    """

    judge: str | None = key("organisation, crowd, model or base rate; left out: a person", left_out=True)
    probability: float | None = key("the probability of yes", left_out=True)
    probabilities: tuple[float, ...] | None = key("those of the options, in their order", left_out=True)
    points: tuple[float, ...] | None = key("points of a distribution, rising", left_out=True)
    cumulative: tuple[float, ...] | None = key("the cumulative probabilities at them", left_out=True)
    low: float | None = key("the lower end of a range", left_out=True)
    high: float | None = key("its upper end", left_out=True)
    share: float | None = key("what the range holds, 0 to 1", left_out=True)
    words: str | None = key("the words as they were said", left_out=True)
    read_low: float | None = key("the least that they were read as, or that a model's range holds", left_out=True)
    read_high: float | None = key("the most", left_out=True)
    quote: str | None = key("the sentence as it was said", left_out=True)
    source: str | None = key("where it was said", left_out=True)
    derived: str | None = key("how it was derived, where nobody said it so", left_out=True)
    model: CaseLinkDocument | None = key("the case that computed it", left_out=True)
    seed: int | None = key("with which seed", left_out=True)
    version: str | None = key("by which version", left_out=True)
    notes: str | None = key("notes", left_out=True)


@document
class ResolutionDocument:
    """How a question was settled, as it is kept; what does not apply is left out."""

    outcome: str = key("yes, no, option, value, share, void or ambiguous")
    day: str = key("the day or time on which it was known")
    option: str | None = key("the option that came", left_out=True)
    value: float | None = key("the number, the day since the year 1, or the share of yes", left_out=True)
    source: str | None = key("who or what told", left_out=True)
    corrects: str | None = key("the digest of the resolution in whose place it stands", left_out=True)
    notes: str | None = key("notes", left_out=True)


@document
class FlawDocument:
    """What is wrong with a question as it was asked."""

    what: str = key("what is wrong")
    mend: str = key("what would mend it")
    fatal: bool = key("whether nobody could settle it, so that it is not scored")


@document
class ForecastDocument:
    """One forecast."""

    who: str | None = key("who said it; null where the name was taken out")
    said: str = key("the day or time it was said")
    entered: str | None = key("when it was entered")
    values: SaidDocument = key("what was said")


@document
class LedgerQuestionDocument:
    """One question with all that was said of it."""

    number: int = key("its number in the ledger")
    identity: str = key("its key, which follows from what it first said", name="key")
    question: KeptQuestionDocument = key("the question as it stands")
    forecasts: tuple[ForecastDocument, ...] = key("what was said, in the order of saying")
    resolution: ResolutionDocument | None = key("how it was settled; null while it is open")
    flaws: tuple[FlawDocument, ...] = key("what was wrong with it when it was asked; empty where that is not told")


def question_document(history: QuestionHistory, names: Mapping[str, str]) -> LedgerQuestionDocument:
    """Return one question with all that was said of it."""
    said = tuple(
        ForecastDocument(names.get(one.forecast.by), one.forecast.said, one.entered, said_document(one.forecast))
        for one in history.said
    )
    resolution = None if history.resolution is None else resolution_document(history.resolution)
    return LedgerQuestionDocument(history.number, history.key, wording_document(history.question), said, resolution, ())


def wording_document(question: LedgerQuestion) -> KeptQuestionDocument:
    """Return a question in one wording."""
    return _kept(KeptQuestionDocument, question)


def said_document(forecast: LedgerForecast) -> SaidDocument:
    """Return what was said."""
    return _kept(SaidDocument, forecast)


def resolution_document(resolution: LedgerResolution) -> ResolutionDocument:
    """Return how a question was settled."""
    return _kept(ResolutionDocument, resolution)


def flaw_document(flaw: Flaw) -> FlawDocument:
    """Return what is wrong with a question."""
    return FlawDocument(flaw.what, flaw.mend, flaw.fatal)


def _kept(kind: type[Kept], record: LedgerQuestion | LedgerForecast | LedgerResolution | CaseLink) -> Kept:
    """Return a record as the document that has its keys: what stands at its default is left out."""
    data: dict[str, Any] = body(record)
    found: dict[str, Any] = {}
    for one in fields(kind):  # type: ignore[arg-type]
        value = data.get(one.name)
        if one.name in ("link", "model") and value is not None:
            value = _kept(CaseLinkDocument, CaseLink(**value))
        found[one.name] = tuple(value) if isinstance(value, list) else value
    return kind(**found)
