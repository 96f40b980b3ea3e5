"""A conversation with the analyst: each question in words, an answer that does not fit asked for again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quandary.base.problems import Refusal
from quandary.use.results import Dialogue

if TYPE_CHECKING:
    from quandary.ask.turning.eliciting.candidates import Candidate
    from quandary.ask.turning.eliciting.forms import DontKnow, JudgedAnswer
    from quandary.ask.turning.eliciting.gaps import StructureGap
    from quandary.ask.turning.eliciting.questions import ElicitedQuestion, TargetState
    from quandary.use.turning.session import ElicitationSession

QUIT = frozenset({"q", "quit", "stop"})
STEPS = (
    "lowest that is plausible",
    "highest that is plausible",
    "the middle, as likely too high as too low",
    "the lower quartile: below it one time of four",
    "the upper quartile: above it one time of four",
)


class _Ended(Exception):  # noqa: N818 - the end of a conversation is no error
    """The analyst wants to stop."""


def converse(session: ElicitationSession, dialogue: Dialogue, block: int) -> bool:
    """Hold a conversation, which ends with the questions, or when the analyst wants; return if it was interrupted.

    How the claims moved is told after each block of answers and at the end, never after one question.
    """
    talk = _Conversation(session, dialogue, block)
    try:
        talk.hold()
    except KeyboardInterrupt:
        dialogue.say("")
        return True
    return False


class _Conversation:
    def __init__(self, session: ElicitationSession, dialogue: Dialogue, block: int) -> None:
        self.session = session
        self.dialogue = dialogue
        self.block = block
        self.number = 0
        self.before: tuple[TargetState, ...] = ()
        self.since = 0

    def hold(self) -> None:
        """Ask until nothing is left that would settle anything, or the analyst stops."""
        from quandary.report.why.elicitation import opening_lines

        state = self.session.next
        self._say(opening_lines(state.case, state.asked, state.found, str(self.session.output)))
        self._mark()
        try:
            while not self.session.next.settled:
                self._one()
                if self.since >= self.block:
                    self._moved()
        except _Ended:
            pass
        if self.since:
            self._moved()

    def _one(self) -> None:
        from quandary.ask.turning.eliciting.gaps import StructureGap

        self.number += 1
        question = self.session.next.asked[0]
        if isinstance(question, StructureGap):
            self._gap(question)
        else:
            self._numbers(question)

    def _gap(self, gap: StructureGap) -> None:
        from quandary.report.why.elicitation import gap_question_lines

        self._say(gap_question_lines(self.number, gap))
        while True:
            try:
                self.session.fill(gap, self._answer())
                return
            except Refusal as refusal:
                self._refused(refusal)

    def _numbers(self, question: ElicitedQuestion) -> None:
        from quandary.report.why.elicitation import question_lines

        found = self.session.next.found
        case = self.session.next.case
        assert found is not None
        assert case is not None
        self._say(question_lines(case, found, question, self.number))
        for at, candidate in enumerate(question.asked):
            current = self._current(candidate)
            if current is None:  # the answer before it settled that it is not to be asked
                continue
            self._number(current, second=at > 0)

    def _current(self, candidate: Candidate) -> Candidate | None:
        """Return a candidate as the case stands now, whose lines may have moved."""
        found = self.session.state.found
        everything = () if found is None else (*found.questions, *found.others)
        return next((own for one in everything for own in one.asked if own.name == candidate.name), None)

    def _number(self, candidate: Candidate, *, second: bool) -> None:
        from quandary.report.why.elicitation import candidate_lines, written_lines

        case = self.session.next.case
        assert case is not None
        self._say(candidate_lines(case, candidate, first=self.number == 1 and not second))
        while True:
            try:
                found = self._judged(candidate)
                because = None if isinstance(found, str) else self._because()
                written = self.session.judge(candidate, found, because)
                break
            except Refusal as refusal:
                self._refused(refusal)
        self.since += 1
        self._say(written_lines(written.text, written.read_as, written.line))

    def _judged(self, candidate: Candidate) -> JudgedAnswer | DontKnow:
        from quandary.ask.turning.eliciting.candidates import Aspect

        if candidate.aspect is Aspect.ORDER:
            return self._in_pairs(candidate)
        typed = self._answer()
        if typed.strip().lower() in ("s", "steps") and candidate.aspect is Aspect.SIZE:
            return self.session.judged(candidate, self._in_steps())
        return self.session.judged(candidate, typed)

    def _in_pairs(self, candidate: Candidate) -> JudgedAnswer | DontKnow:
        """Return an order from pairs of which is worse, asked until they make one that contradicts itself nowhere."""
        from quandary.ask.turning.eliciting.orders import paired_order
        from quandary.report.why.elicitation import pair_words
        from quandary.report.words.naming.names import CaseNames

        case = self.session.next.case
        assert case is not None
        things = [str(number + 1) for number in range(len(candidate.things))]
        worse: list[tuple[str, str]] = []
        while (found := paired_order(things, worse)).order is None:
            if found.next is None:
                circle = " is worse than ".join((*found.circle, found.circle[0]))
                self.dialogue.say(f"  These contradict each other: {circle}. Please compare them again.")
                worse = []
                continue
            first, second = found.next
            self.dialogue.say(f"  {pair_words(CaseNames(case), candidate, int(first) - 1, int(second) - 1)}")
            typed = self._answer().strip()
            if typed not in found.next:
                try:
                    return self.session.judged(candidate, typed)  # it is not known, or a whole order
                except Refusal as refusal:
                    self._refused(refusal)
                    continue
            other = second if typed == first else first
            worse.append((typed, other) if candidate.asks_worse else (other, typed))
        return self.session.judged(candidate, " < ".join(found.order))

    def _in_steps(self) -> dict[str, object]:
        """Return plausible limits, the middle and quartiles, asked for in this order (SHELF)."""
        low, high, middle, first, third = (self._plain_number(asked) for asked in STEPS)
        return {"limits": [low, high], "middle": middle, "quartiles": [first, third]}

    def _plain_number(self, asked: str) -> float:
        while True:
            typed = self._answer(f"  {asked}: ")
            try:
                return float(typed.strip().lstrip("x+").rstrip("% "))
            except ValueError:
                self.dialogue.say("  Please give one number, such as 20.")

    def _because(self) -> str | None:
        return self._answer("  Why? (one line; Enter for none): ", or_nothing=True).strip() or None

    def _answer(self, prompt: str = "> ", *, or_nothing: bool = False) -> str:
        """Return a line that was typed; raises ``_Ended`` where the analyst stops or the input ends."""
        while True:
            typed = self.dialogue.ask(prompt)
            if typed is None or (typed.strip().lower() in QUIT and not or_nothing):
                raise _Ended
            if typed.strip() or or_nothing:
                return typed

    def _refused(self, refusal: Refusal) -> None:
        problem = refusal.problem
        said = f"  {problem.message[:1].upper()}{problem.message[1:]}"
        self.dialogue.say(f"{said}: {problem.hint}." if problem.hint else f"{said}.")

    def _mark(self) -> None:
        found = self.session.state.found
        self.before = () if found is None else found.targets
        self.since = 0

    def _moved(self) -> None:
        from quandary.report.why.elicitation import moved_lines
        from quandary.report.words.naming.names import CaseNames

        state = self.session.state
        if state.case is not None and state.found is not None:
            self.dialogue.say("")
            self._say(moved_lines(CaseNames(state.case), self.before, state.found, self.since))
        self._mark()

    def _say(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.dialogue.say(line)
