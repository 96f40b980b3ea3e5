"""The flagship's record: a ledger that ships, with what was forecast of January 2022 and what came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from quandary.case.shipped import shipped_folder
from quandary.use.ledger.opening import LedgerPlace, store
from quandary.use.ledger.scoring import LedgerScored, LedgerScoreRequest
from quandary.use.requests import About
from quandary.use.results import Hands, Piece

if TYPE_CHECKING:
    from quandary.ledger.histories import QuestionHistory
    from quandary.report.ledger.score_documents import LedgerDemoDocument

RECORD = Path("kazakhstan-2022") / "forecasts.csv"


@dataclass(frozen=True, kw_only=True)
class LedgerDemoRequest:
    """Where the record is to be kept."""

    ledger: LedgerPlace = None
    keep: Annotated[bool, About("Add it to the ledger instead of only showing it.")] = False


@dataclass(frozen=True, eq=False)
class LedgerDemo(LedgerScored):
    """The record's questions, and what each forecaster scored."""

    histories: tuple[QuestionHistory, ...] = ()
    kept: bool = False

    def document(self) -> LedgerDemoDocument:
        """Return what was found as ``quandary.ledger-demo/1``."""
        from quandary.report.ledger.score_documents import demo_document

        return demo_document(self.found, self.histories)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield what was asked, what everybody said of the question that most spoke of, and the scores."""
        from quandary.report.ledger.demo import demo_parts

        yield from demo_parts(self.histories, self.found, kept=self.kept)
        yield from super().pieces(code=code)


def run(request: LedgerDemoRequest, hands: Hands) -> LedgerDemo:
    """Return the flagship's record, scored. It is read into memory, or added to a ledger with ``keep``."""
    from quandary.ledger.histories import histories
    from quandary.ledger.importing import import_file
    from quandary.use.ledger.scoring import scored

    today = datetime.now(UTC).date()
    with store(request.ledger if request.keep else ":memory:", make=True) as kept:
        import_file(kept, shipped_folder() / RECORD, "csv", today=today)
        found = scored(kept, LedgerScoreRequest(), hands)
        every = tuple(sorted(histories(kept), key=lambda one: one.number))
        return LedgerDemo(found.found, histories=every, kept=request.keep)
