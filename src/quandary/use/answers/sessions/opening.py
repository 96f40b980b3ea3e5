"""Opening a case to move it: ``quandary.open``."""

from __future__ import annotations

from pathlib import Path

from quandary.base.problems import CaseError
from quandary.case.text import CaseText
from quandary.quantities.worlds import checked_worlds
from quandary.use import studies
from quandary.use.answers.run import RunRequest
from quandary.use.answers.sessions.answering import FIRST_HEADLINE, FIRST_VERDICTS, SessionSettings
from quandary.use.answers.sessions.session import Session
from quandary.use.requests import within


def open(
    case: str | Path | CaseText,
    *,
    worlds: int = 10_000,
    seed: int = 1,
    evidence: bool = True,
    threads: int | None = None,
    first_headline: int = FIRST_HEADLINE,
    first_verdicts: int = FIRST_VERDICTS,
) -> Session:
    """Return a case held open: a file, a folder with a ``case.yaml``, a case that ships, or a text already read.

    ``first_headline`` and ``first_verdicts`` are the worlds from which the first answers after a move are told. Raises
    ``CaseError`` where the case has errors, and ``Refusal`` where there is none, and for fewer than 16 worlds.
    """
    settings = SessionSettings(
        checked_worlds(worlds), within(RunRequest, "seed", seed), evidence, threads, first_headline, first_verdicts
    )
    if isinstance(case, CaseText):
        return Session(case, case.main.path, settings)
    loaded = studies.opened(str(case))
    if loaded.text is None:
        raise CaseError(loaded.problems)
    return Session(loaded.text, str(case), settings)
