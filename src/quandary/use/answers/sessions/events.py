"""What a session tells of its answers, one event after the other: at once, then better, then done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from quandary.base.problems import Problem
from quandary.use.answers.run import AskedBeside, RunResult

if TYPE_CHECKING:
    from quandary.ask.claims.findings import CaseQueries
    from quandary.ask.results import Findings
    from quandary.ask.study import Study
    from quandary.report.words.record import Report


@dataclass(frozen=True)
class NamedAnswer:
    """The answer to a question, or the headline, in the worlds done so far: between ``low`` and ``high`` for all.

    Of probabilities and truths 0 to 1, of worth points. All are ``None`` where no world has an answer.
    """

    id: str
    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class NamedVerdict:
    """The verdict on one reading of a claim, in the worlds done so far; the share of worlds in which it holds.

    It is ``settling`` where other worlds may well say otherwise: the border of a verdict lies between ``low`` and
    ``high``. ``verdict`` is ``None`` where unknown numbers decide, of which only the last event tells.
    """

    claim: str
    test: str
    verdict: str | None
    settling: bool
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class SessionEvent:
    """Something told of the case as it stood with ``version``; ``worlds`` of ``total`` are done."""

    kind: ClassVar[str] = ""
    version: int
    worlds: int
    total: int

    def to_dict(self) -> dict[str, Any]:
        """Return the event as JSON has it."""
        return {"kind": self.kind, **{one.name: _plain(getattr(self, one.name)) for one in fields(self)}}


@dataclass(frozen=True)
class HeadlineEvent(SessionEvent):
    """The leading question's answer; ``None`` where the case asks nothing."""

    kind: ClassVar[str] = "headline"
    asks: str | None
    answer: NamedAnswer | None


@dataclass(frozen=True)
class VerdictsEvent(SessionEvent):
    """Every reading's verdict and every question's answer."""

    kind: ClassVar[str] = "verdicts"
    verdicts: tuple[NamedVerdict, ...]
    questions: tuple[NamedAnswer, ...]


@dataclass(frozen=True)
class StoppedEvent(SessionEvent):
    """The work ended early: something newer waits."""

    kind: ClassVar[str] = "stopped"


@dataclass(frozen=True)
class FailedEvent(SessionEvent):
    """The case as it stands has no answers, for faults that only its worlds show; moves can be undone as ever."""

    kind: ClassVar[str] = "failed"
    problems: tuple[Problem, ...]


@dataclass(frozen=True, eq=False)
class SessionAnswers:
    """All answers, from all worlds: those of a run of the case's text, to the last bit.

    ``report`` is what the run's screen and document are made of, without searches; ``study`` can be asked on;
    ``asked`` and ``queries`` are what it was asked.
    """

    study: Study
    report: Report
    asked: AskedBeside
    queries: CaseQueries

    @property
    def findings(self) -> Findings:
        """Return outcomes, claims with verdicts, questions and checks."""
        return self.report.findings

    @property
    def result(self) -> RunResult:
        """Return the same as the task ``run`` returns it: a document, or words for people."""
        return RunResult(self.report)


@dataclass(frozen=True, eq=False)
class DoneEvent(SessionEvent):
    """All worlds are in."""

    kind: ClassVar[str] = "done"
    answers: SessionAnswers

    def to_dict(self) -> dict[str, Any]:
        """Return the event as JSON has it, its answers as the document ``quandary.run/2``."""
        from quandary.report.documents.document import plain

        told = {"kind": self.kind, "version": self.version, "worlds": self.worlds, "total": self.total}
        return told | {"answers": plain(self.answers.result.document())}


def _plain(value: Any) -> Any:  # noqa: ANN401 - a field of any kind
    if isinstance(value, Problem):
        return _problem(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return dict(_items(value)) if is_dataclass(value) and not isinstance(value, type) else value


def _items(value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - a record of any kind
    for one in fields(value):
        yield one.name, _plain(getattr(value, one.name))


def _problem(problem: Problem) -> dict[str, Any]:
    """Return a fault with its place, reason and next step."""
    from quandary.report.documents.document import plain
    from quandary.report.documents.problems import problem_document

    found: dict[str, Any] = plain(problem_document(problem))
    return found
