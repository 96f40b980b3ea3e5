"""A session's answers: the first worlds at once, then batch after batch, at last what a fresh run says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from quandary.base.problems import CaseError, Problem, Refusal
from quandary.base.stopping import Stopped, StopToken
from quandary.use.answers.run import AskedBeside, asked_beside, reported
from quandary.use.answers.sessions.events import (
    DoneEvent,
    FailedEvent,
    HeadlineEvent,
    NamedAnswer,
    NamedVerdict,
    SessionAnswers,
    SessionEvent,
    StoppedEvent,
    VerdictsEvent,
)

if TYPE_CHECKING:
    from quandary.ask.changes.moved import KeptStructure, MovedStudy
    from quandary.ask.claims.findings import CaseQueries
    from quandary.ask.claims.judging import Reading
    from quandary.ask.query.queries import Query
    from quandary.ask.study import Study
    from quandary.case.model import Case
    from quandary.compile.compiler import Model
    from quandary.compile.drawing import WorldDraws

Tell = Callable[[SessionEvent], None]
"""Told each event as it comes, in the thread that works."""

FIRST_HEADLINE = 250
"""Worlds from which the headline is told at once."""

FIRST_VERDICTS = 100
"""Worlds from which verdicts are told at once: each of dozens of games costs more to set up than to solve in so few."""


@dataclass(frozen=True, eq=False)
class SessionState:
    """A case as a session holds it: how it was read, and up to which day its evidence is seen."""

    version: int
    case: Case
    model: Model
    named: str
    problems: tuple[Problem, ...]
    as_of: date | None


@dataclass(frozen=True)
class SessionSettings:
    """How a session's worlds are made, and from how many the first answers are told."""

    worlds: int
    seed: int
    evidence: bool = True
    threads: int | None = None
    first_headline: int = FIRST_HEADLINE
    first_verdicts: int = FIRST_VERDICTS


class StagedAnswers:
    """Works out the answers of one state. ``before`` are those of another, from all worlds, where there are some."""

    def __init__(
        self,
        state: SessionState,
        settings: SessionSettings,
        kept: KeptStructure,
        before: SessionAnswers | None,
        tell: Tell,
    ) -> None:
        self.state = state
        self.settings = settings
        self.kept = kept
        self.tell = tell
        self._before = before
        self._controls: _Controls | None = None

    def answers(self, stop: StopToken | None = None) -> SessionAnswers | None:
        """Return all answers, each stage told; ``None`` where ``stop`` was given, seen between two batches of worlds.

        The first answers are finished whatever the token says. What only worlds show to be wrong is told too: ``None``.
        """
        try:
            return self._answers(stop)
        except Stopped:
            self.tell(StoppedEvent(self.state.version, 0, self.settings.worlds))
        except CaseError as fault:
            self.tell(FailedEvent(self.state.version, 0, self.settings.worlds, fault.problems))
        except Refusal as fault:
            self.tell(FailedEvent(self.state.version, 0, self.settings.worlds, (fault.problem,)))
        return None

    def _answers(self, stop: StopToken | None) -> SessionAnswers | None:
        from quandary.ask.claims.findings import case_queries, with_enough_worlds

        study = self._study()
        asked = asked_beside(study)
        self._controls = _Controls.of(self._before, study)
        draws = study.early
        self._headline_at_once(study, asked, draws)
        queries = case_queries(self.state.case)
        self._verdicts_at_once(study, queries, draws)
        study.stop = stop
        study.progress = self._between(study, asked, queries)
        if stop is not None and stop.given():
            raise Stopped
        whole = with_enough_worlds(study, asked.queries)
        if not whole.run.complete:
            raise Stopped
        whole.stop = whole.progress = None
        found = SessionAnswers(whole, reported(whole, asked, self.state.named, self.state.problems), asked, queries)
        self.tell(DoneEvent(self.state.version, whole.worlds, whole.worlds, found))
        return found

    def _study(self) -> MovedStudy:
        from quandary.ask.changes.moved import MovedStudy

        own = self.settings
        study = MovedStudy(
            self.state.case,
            worlds=own.worlds,
            seed=own.seed,
            as_of=self.state.as_of,
            use_evidence=own.evidence,
            threads=own.threads,
        )
        study.kept, study.model = self.kept, self.state.model
        return study

    def _headline_at_once(self, study: MovedStudy, asked: AskedBeside, draws: WorldDraws | None) -> None:
        from quandary.ask.changes.moved import FirstWorlds

        if asked.headline is None or study.refusal(asked.headline) is not None:
            self.tell(HeadlineEvent(self.state.version, 0, self.settings.worlds, None, None))
            return
        few = FirstWorlds(study, self.settings.first_headline, draws=draws)
        few.need([asked.headline])
        self._tell_headline(few, asked)

    def _verdicts_at_once(self, study: MovedStudy, queries: CaseQueries, draws: WorldDraws | None) -> None:
        from quandary.ask.changes.moved import FirstWorlds

        few = FirstWorlds(study, self.settings.first_verdicts, draws=draws)
        few.need([query for query in queries.decided if few.refusal(query) is None])
        self._tell_verdicts(few, queries)

    def _between(self, study: MovedStudy, asked: AskedBeside, queries: CaseQueries) -> Callable[[int, int], None]:
        """Return what tells better answers when twice as many worlds are done as when it last did."""
        told = 0

        def progress(done: int, total: int) -> None:
            nonlocal told
            few = study.so_far(done) if told * 2 <= done < total == study.worlds else None
            if few is None:
                return
            told = done
            if asked.headline is not None:
                self._tell_headline(few, asked)
            self._tell_verdicts(few, queries)

        return progress

    def _tell_headline(self, few: Study, asked: AskedBeside) -> None:
        from quandary.ask.changes.estimates import coarse_mean

        assert asked.headline is not None
        assert asked.leading is not None
        answer = coarse_mean(few, asked.headline, *self._controlled().headline(few, asked))
        told = NamedAnswer("headline", answer.mean, answer.low, answer.high)
        self.tell(HeadlineEvent(self.state.version, few.worlds, self.settings.worlds, asked.leading.asks, told))

    def _tell_verdicts(self, few: Study, queries: CaseQueries) -> None:
        verdicts, answers = tuple(self._verdicts(few, queries)), tuple(self._questions(few, queries))
        self.tell(VerdictsEvent(self.state.version, few.worlds, self.settings.worlds, verdicts, answers))

    def _verdicts(self, few: Study, queries: CaseQueries) -> Iterator[NamedVerdict]:
        from quandary.ask.changes.estimates import coarse_verdict

        for one in queries.tests:
            found = coarse_verdict(few, one.reading, *self._controlled().reading(few, one.claim.id, one.test.name))
            verdict = None if found.verdict is None else found.verdict.value
            share = found.share
            yield NamedVerdict(one.claim.id, one.test.name, verdict, found.settling, share.mean, share.low, share.high)

    def _questions(self, few: Study, queries: CaseQueries) -> Iterator[NamedAnswer]:
        from quandary.ask.changes.estimates import coarse_mean

        for question, query in queries.questions:
            if few.refusal(query) is not None:
                yield NamedAnswer(question.id, None, None, None)
                continue
            answer = coarse_mean(few, query, *self._controlled().question(few, question.id))
            yield NamedAnswer(question.id, answer.mean, answer.low, answer.high)

    def _controlled(self) -> _Controls:
        return self._controls or NO_CONTROLS


@dataclass(frozen=True, eq=False)
class _Controls:
    """What is known of all worlds of the case as it was, where their first worlds are those of the case as it is."""

    study: Study | None = None
    asked: AskedBeside | None = None
    queries: CaseQueries | None = None
    blocks: tuple[slice, ...] = ()

    @classmethod
    def of(cls, before: SessionAnswers | None, now: Study) -> _Controls:
        """Return what answers of all worlds know; nothing where unknown numbers make fillings of them."""
        if before is None or before.study.model.unknowns:
            return NO_CONTROLS
        return cls(before.study, before.asked, before.queries, now.design.blocks)

    def headline(self, few: Study, asked: AskedBeside) -> tuple[Study | None, Query | None]:
        """Return the study and its headline, where it asks the same."""
        if self.asked is None or self.asked.leading is None or asked.leading is None:
            return None, None
        same = self.asked.leading.query == asked.leading.query and self._reaches(few)
        return (self.study, self.asked.headline) if same else (None, None)

    def reading(self, few: Study, claim: str, test: str) -> tuple[Study | None, Reading | None]:
        """Return the study and its reading of that name."""
        tests = () if self.queries is None else self.queries.tests
        found = [one for one in tests if (one.claim.id, one.test.name) == (claim, test)]
        return (self.study, found[0].reading) if found and self._reaches(few) else (None, None)

    def question(self, few: Study, name: str) -> tuple[Study | None, Query | None]:
        """Return the study and its question of that name."""
        found = [query for one, query in self.queries.questions if one.id == name] if self.queries else []
        usable = found and self.study is not None and self.study.refusal(found[0]) is None and self._reaches(few)
        return (self.study, found[0]) if usable else (None, None)

    def _reaches(self, few: Study) -> bool:
        """Return whether the blocks are alike as far as the first worlds go."""
        if self.study is None or self.study.worlds < few.worlds:
            return False
        reached = [where for where in self.blocks if where.start < few.worlds]
        return list(self.study.design.blocks[: len(reached)]) == reached


NO_CONTROLS = _Controls()
