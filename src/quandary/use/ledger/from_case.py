"""What a case forecasts: its questions, its own answers as of its day, and what others said of the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quandary.ask.outside import outside_queries, outside_results
from quandary.base.problems import Problem, Refusal
from quandary.base.stopping import Stopped
from quandary.language.heads import P
from quandary.language.printing import written
from quandary.use.results import Hands
from quandary.use.studies import loaded_case, study
from quandary.version import __version__

if TYPE_CHECKING:
    from quandary.ask.answer import Answer
    from quandary.ask.outside import OutsideFigure
    from quandary.ask.study import Study
    from quandary.case.model import Case, Source
    from quandary.case.model import Forecast as CaseForecast
    from quandary.ledger.records import CaseLink, LedgerForecast, LedgerQuestion, LedgerResolution
    from quandary.report.words.naming.names import CaseNames

Taken = tuple["LedgerQuestion", tuple[tuple[str, "LedgerForecast"], ...]]


def taken(
    named: str, worlds: int, seed: int, hands: Hands
) -> tuple[tuple[Taken, ...], tuple[LedgerResolution | None, ...]]:
    """Return the questions of a case's forecasts with what the case and others say, and how each was settled.

    The case's own answer is the mean over its worlds as of its day, with the range that holds 90 % of them. Raises
    ``Refusal`` (Q913) where the case has no forecast, ``Stopped`` where not all its worlds could be solved.
    """
    case, _ = loaded_case(named)
    if not case.forecasts:
        hint = "add forecasts: to the case, each with until: and rule:"
        raise Refusal(Problem("Q913", f"{case.title or named} has no forecasts to take", hint=hint))
    asking = study(case, worlds, seed, hands=hands)
    ready = outside_queries(case)
    queries = [asking.prepared(forecast.query) for forecast in case.forecasts]
    asking.need([*queries, *(query for _, query in ready)])
    if not asking.run.complete:
        raise Stopped
    answers = [asking.answer(query) for query in queries]
    beside = {written(P.of(one.event)): one.figures for one in outside_results(asking, ready)}
    found = []
    for forecast, answer in zip(case.forecasts, answers, strict=True):
        link = _link(case, forecast.id)
        own = _own(case, answer, asking, link, seed)
        others = tuple((one.view.name, _other(case, one)) for one in beside.get(written(forecast.query), ()))
        found.append((_question(case, forecast, link), (*own, *others)))
    return tuple(found), tuple(_resolution(case, forecast) for forecast in case.forecasts)


def _question(case: Case, forecast: CaseForecast, link: CaseLink) -> LedgerQuestion:
    from quandary.ledger.records import LedgerQuestion
    from quandary.report.words.naming.names import CaseNames

    names = CaseNames(case)
    return LedgerQuestion(
        text=names.titled(forecast),
        rule=forecast.rule or "",
        source=case.title,
        opened=case.as_of.isoformat(),
        until=forecast.until.isoformat() if forecast.until else "",
        condition=_condition(names, forecast),
        linked=case.title,
        link=link,
        set=case.title,
    )


def _condition(names: CaseNames, forecast: CaseForecast) -> str:
    """Return what a conditional forecast waits for, in words; empty for others."""
    from quandary.language.syntax import Ask

    query = forecast.query
    if not isinstance(query, Ask) or not query.given:
        return ""
    return names.all_of(query.given)


def _own(
    case: Case, answer: Answer, asking: Study, link: CaseLink, seed: int
) -> tuple[tuple[str, LedgerForecast], ...]:
    """Return the case's own answer, where it has one."""
    from quandary.ledger.records import ForecasterKind, LedgerForecast

    if answer.mean is None:
        return ()
    own = LedgerForecast(
        "",
        "",
        asking.as_of.isoformat(),
        judge=ForecasterKind.MODEL,
        probability=min(max(answer.mean, 0.0), 1.0),
        read_low=answer.low,
        read_high=answer.high,
        source=case.title,
        model=link,
        seed=seed,
        version=__version__,
        notes=f"the mean over {asking.worlds:,} worlds; the range holds 90 % of them",
    )
    return ((case.title, own),)


def _other(case: Case, figure: OutsideFigure) -> LedgerForecast:
    """Return what a class of cases or somebody else said of the same event."""
    from quandary.ledger.records import ForecasterKind, LedgerForecast

    view = figure.view
    source = case.sources.get(view.value.source) if view.value.source else None
    of_class = view.kind == "class"
    return LedgerForecast(
        "",
        "",
        (view.on or case.as_of).isoformat(),
        judge=ForecasterKind.BASE_RATE if of_class else ForecasterKind.CROWD,
        probability=figure.probability,
        read_low=figure.low,
        read_high=figure.high,
        source=_named(source),
        notes=" ".join(part for part in (view.how, f"{view.n} cases" if view.n else "") if part),
    )


def _resolution(case: Case, forecast: CaseForecast) -> LedgerResolution | None:
    """Return how a case's author settled a forecast; ``None`` where that is open."""
    from quandary.ledger.records import LedgerResolution, OutcomeKind

    found = forecast.resolved
    if found is None:
        return None
    kinds = {"void": OutcomeKind.VOID, "not_settled": OutcomeKind.AMBIGUOUS}
    outcome = kinds.get(str(found.outcome)) or (OutcomeKind.YES if found.outcome is True else OutcomeKind.NO)
    source = case.sources.get(found.source) if found.source else None
    return LedgerResolution("", outcome, found.on.isoformat(), source=_named(source), notes=found.because or "")


def _named(source: Source | None) -> str:
    """Return a source by its title, publisher and address; empty where there is none."""
    return (
        "" if source is None else ", ".join(str(part) for part in (source.title, source.publisher, source.url) if part)
    )


def _link(case: Case, name: str) -> CaseLink:
    from quandary.ledger.records import CaseLink

    return CaseLink(case.title, case.sha256, name)
