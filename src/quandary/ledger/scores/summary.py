"""What a ledger's settled questions scored, all together and told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quandary.ledger.histories import History
from quandary.ledger.scores.beside import Beside, Published
from quandary.ledger.scores.calibration import Reliability
from quandary.ledger.scores.card import ScoreLine
from quandary.ledger.scores.confidence import Confidence
from quandary.ledger.scores.scored import Scored


@dataclass(frozen=True, eq=False)
class ScoreSummary:
    """``skipped`` counts questions that are not scored, by the reason; ``names`` are of forecasters by key.

    ``beside`` is the comparison with another forecaster; ``why`` one question's scores part by part. ``by`` says what
    the
    ``lines`` are told apart by; ``head`` is the ledger's.
    """

    place: str
    names: Mapping[str, str]
    by: str
    head: str
    whole: ScoreLine | None = None
    lines: tuple[ScoreLine, ...] = ()
    confidence: Confidence | None = None
    reliability: Reliability | None = None
    published: tuple[Published, ...] = ()
    beside: Beside | None = None
    skipped: Mapping[str, int] | None = None
    why: tuple[History, tuple[Scored, ...]] | None = None
