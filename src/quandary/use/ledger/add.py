"""A forecast in one line; or all forecasts of a case, with what it answers as of its day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from quandary.base.problems import Problem, Refusal
from quandary.use.ledger.asked import LedgerAddRequest
from quandary.use.ledger.opening import day_of, store
from quandary.use.results import Hands, Piece, Result

if TYPE_CHECKING:
    from quandary.ledger.histories import QuestionHistory
    from quandary.ledger.lint import Flaw
    from quandary.ledger.records import LedgerForecast, LedgerQuestion, LedgerResolution, Record
    from quandary.ledger.store.store import Appended, Store
    from quandary.report.ledger.documents import LedgerAddDocument


@dataclass(frozen=True, eq=False)
class LedgerAdded(Result):
    """What was added: each question with its number, its forecasts (by forecaster) and what is wrong with it."""

    place: str
    appended: Appended
    entries: tuple[tuple[int, LedgerQuestion, tuple[tuple[str, LedgerForecast], ...], tuple[Flaw, ...]], ...]

    def document(self) -> LedgerAddDocument:
        """Return what was found as ``quandary.ledger-add/1``."""
        from quandary.report.ledger.documents import add_document

        return add_document(self.place, self.appended, self.entries)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield each question with what was forecast, and what will keep it from being settled."""
        from quandary.report.ledger.entries import added_parts

        yield from added_parts(self.place, self.appended, self.entries)


def run(request: LedgerAddRequest, hands: Hands) -> LedgerAdded:
    """Return what was added to the ledger, which is made where there is none. Lint is told, and kept where fatal.

    A question that is asked there already is not asked again: what is forecast is added to it, and what it lacked.
    """
    today = day_of(request.on)
    if request.from_case is None and not request.text.strip():
        hint = 'quandary ledger add "Will troops cross the line?" 12% --until 2027-03-31'
        raise Refusal(Problem("Q912", "there is neither a question nor a case to take forecasts from", hint=hint))
    if request.from_case is not None:
        from quandary.use.ledger.from_case import taken

        found, resolutions = taken(request.from_case, request.worlds, request.seed, hands)
    else:
        from quandary.use.ledger.wording import worded

        found, resolutions = (worded(request, today, hands),), (None,)
    with store(request.ledger, make=True) as kept:
        return _added(kept, found, resolutions, today, hands)


def _added(
    kept: Store,
    found: tuple[tuple[LedgerQuestion, tuple[tuple[str, LedgerForecast], ...]], ...],
    resolutions: tuple[LedgerResolution | None, ...],
    today: date,
    hands: Hands,
) -> LedgerAdded:
    from quandary.ledger.histories import histories, same_asked
    from quandary.ledger.lint import flaws, unscorable
    from quandary.ledger.store.store import key_of

    asked: list[tuple[str, LedgerQuestion, bool, LedgerResolution | None]] = []
    for (question, _), settled in zip(found, resolutions, strict=True):
        if question.amends:
            standing = next(histories(kept, question.amends))
            asked.append((standing.key, question, question != standing.question, settled))
        elif (known := same_asked(kept, question)) is not None:
            asked.append((known.key, known.question, False, _still(settled, known)))
        else:
            new = replace(question, unscorable=unscorable(flaws(question, today)))
            asked.append((key_of(new), new, True, settled))

    def made(key_of_name: Callable[[str], str]) -> Iterator[Record]:
        for (key, question, is_new, settled), (_, forecasts) in zip(asked, found, strict=True):
            if is_new:
                yield question
            yield from (replace(forecast, question=key, by=key_of_name(name)) for name, forecast in forecasts)
            if settled is not None:
                yield replace(settled, question=key)

    with hands.writing():
        appended = kept.append_by(made)
    entries = []
    for (key, question, _, settled), (_, forecasts) in zip(asked, found, strict=True):
        # what is settled needs no advice on how to settle it
        wrong = tuple(flaw for flaw in flaws(question, today) if flaw.fatal or settled is None)
        entries.append((next(histories(kept, key)).number, question, forecasts, wrong))
    return LedgerAdded(kept.name, appended, tuple(entries))


def _still(settled: LedgerResolution | None, standing: QuestionHistory) -> LedgerResolution | None:
    """Return how a case settles a question that stands in the ledger, where that is new: a correction says that it is
    one."""
    before = standing.resolution
    if settled is None or before is None:
        return settled
    same = (settled.outcome, settled.day) == (before.outcome, before.day)
    return None if same else replace(settled, corrects=standing.resolved_by)
