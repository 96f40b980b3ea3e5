"""What a ledger's settled questions scored, all together and told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quandary.ledger.histories import QuestionHistory
from quandary.ledger.scores.beside import Beside, Published
from quandary.ledger.scores.calibration import Reliability
from quandary.ledger.scores.card import ScoreLine
from quandary.ledger.scores.confidence import Confidence
from quandary.ledger.scores.scored import Scored


@dataclass(frozen=True, eq=False)
class ScoreSummary:
    """``skipped`` counts questions that are not scored, by the reason; ``names`` are of forecasters by key.

    ``who`` is the one forecaster whose all scores are, empty where there are several: then ``whole`` is of them
    together, and each of the ``lines`` of one of them. ``confidences`` stand beside the ``lines``. ``beside`` are
    comparisons with another forecaster; ``why`` one question's scores part by part. ``by`` says what the lines are told
    apart by, ``tag`` to which questions all is held; ``head`` is the ledger's.
    """

    place: str
    names: Mapping[str, str]
    by: str
    head: str
    whole: ScoreLine | None = None
    lines: tuple[ScoreLine, ...] = ()
    confidences: tuple[Confidence | None, ...] = ()
    who: str = ""
    tag: str = ""
    reliability: Reliability | None = None
    published: tuple[Published, ...] = ()
    beside: tuple[Beside, ...] = ()
    skipped: Mapping[str, int] | None = None
    why: tuple[QuestionHistory, tuple[Scored, ...]] | None = None
