"""What a page shows at one moment: the last answers from all worlds, with first answers of a newer state laid over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from quandary.ask.changes.timeline import Timeline
from quandary.ask.results import ClaimResult, TestResult, Verdict
from quandary.ask.why.choice import ChoiceExplanation
from quandary.base.problems import Problem
from quandary.report.dossier import Dossier
from quandary.report.words.record import Report
from quandary.use.answers.sessions.events import HeadlineEvent, NamedVerdict, SessionAnswers, VerdictsEvent

SETTLED, SETTLING, FAULTY = "settled", "settling", "fault"


@dataclass
class ShownCase:
    """``answers`` are from all worlds; ``headline`` and ``verdicts`` the first ones of the state that is worked on.

    ``choices`` and ``timeline`` are worked out when nothing waits: those of an earlier state are kept until then.
    """

    answers: SessionAnswers | None = None
    headline: HeadlineEvent | None = None
    verdicts: Mapping[tuple[str, str], NamedVerdict] = field(default_factory=dict)
    phase: str = SETTLING
    version: int = 0
    worlds: int = 0
    total: int = 0
    faults: tuple[Problem, ...] = ()
    conflict: tuple[Problem, ...] = ()
    choices: tuple[ChoiceExplanation, ...] = ()
    timeline: Timeline | None = None
    first: str = ""

    def begin(self, version: int) -> None:
        """Note that the state is another: nothing is settled any more."""
        if version == self.version:
            return
        self.version = version
        self.phase, self.worlds, self.faults = SETTLING, 0, ()
        self.headline, self.verdicts = None, {}

    def take_headline(self, event: HeadlineEvent) -> None:
        """Note a first answer."""
        self.headline = event
        self.worlds, self.total = event.worlds, event.total

    def take_verdicts(self, event: VerdictsEvent) -> None:
        """Note first verdicts."""
        self.verdicts = {(one.claim, one.test): one for one in event.verdicts}
        self.worlds, self.total = max(self.worlds, event.worlds), event.total

    def take_all(self, answers: SessionAnswers) -> None:
        """Note the answers from all worlds."""
        self.answers, self.headline, self.verdicts = answers, None, {}
        self.phase, self.faults = SETTLED, ()
        self.worlds = self.total = answers.study.worlds

    def fail(self, problems: tuple[Problem, ...]) -> None:
        """Note that the state has no answers."""
        self.phase, self.faults = FAULTY, problems
        self.headline, self.verdicts = None, {}

    @property
    def report(self) -> Report | None:
        """Return the report with first answers in the place of those they renew; ``None`` before there is one."""
        if self.answers is None:
            return None
        report = self.answers.report
        told = None if self.headline is None else self.headline.answer
        if told is not None and report.headline is not None and told.mean is not None:
            # what a first answer may be wrong by is no range of worlds: the one before stays, greyed, until all are in
            answer = replace(report.headline.answer, mean=told.mean)
            report = replace(report, headline=replace(report.headline, answer=answer, unlesses=()))
        if self.verdicts:
            claims = tuple(self._coarse(one) for one in report.findings.claims)
            report = replace(report, findings=replace(report.findings, claims=claims))
        return report

    @property
    def dossier(self) -> Dossier | None:
        """Return the report with what stands beside it."""
        from quandary.ask.games.evidence import conditions_of
        from quandary.report.dossier import seen_states

        report = self.report
        if report is None or self.answers is None:
            return None
        study = self.answers.study
        seen = seen_states(report.names, conditions_of(study.evidence))
        return Dossier(report, (), study.evidence, seen, choices=self.choices, timeline=self.timeline)

    def is_settling(self, claim: str) -> bool:
        """Return whether other worlds may well say otherwise of a claim."""
        return any(one.settling for (name, _), one in self.verdicts.items() if name == claim)

    def _coarse(self, result: ClaimResult) -> ClaimResult:
        return replace(result, tests=tuple(self._test(result, test) for test in result.tests))

    def _test(self, result: ClaimResult, test: TestResult) -> TestResult:
        found = self.verdicts.get((result.claim.id, test.name))
        if found is None or found.verdict is None or test.share is None or found.share is None:
            return test
        if found.low is None or found.high is None:
            return test
        share = replace(test.share, share=found.share, low=found.low, high=found.high)
        return replace(test, verdict=Verdict(found.verdict), share=share, edge=None, rests_on=None)
