"""Claims of a draft case: each statement with its quote, its kind and, where it says enough, a formal test."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quandary.case.draft import Proposal, gap
from quandary.case.model import Claim, Question, Test
from quandary.language.printing import written
from quandary.language.syntax import Ask, Compare, Comparison, Expression, Name, Number, SetVariable
from quandary.read.drafting.draft_sections import ARTICLE, condition, span_of
from quandary.read.drafting.variables import VariablesFound, VariableState
from quandary.read.drafting.whereabouts import AROUND, agent_in
from quandary.read.intake.characters import in_one_line
from quandary.read.records import ArticleReading, ArticleStatement, AuthorClaim, Hedge, Link, Passage, Proposition
from quandary.read.words.concepts import slug
from quandary.read.words.cues import disowned

_TESTABLE = ("conditional", "causal", "forecast")
_POSSIBLE = frozenset(("could happen", "may happen", "might happen", "possibly", "maybe")) | {
    f"{kind} possibility" for kind in ("real", "realistic", "serious")
}
_PRONOUN = re.compile(r"^[‘'\"“]?(?:it|he|she|they)\b", re.I)


class ClaimsFound:
    """The claims of a reading, and the questions that come of them; their arcs are drawn on the board."""

    def __init__(self, board: VariablesFound, reading: ArticleReading) -> None:
        self.board = board
        self.reading = reading
        self.questions: list[Proposal] = []
        self._names: set[str] = set()

    def claims(self) -> list[Proposal]:
        """Return the claims in the order of the article: speakers' statements, then the author's own."""
        found: list[Proposal] = []
        for statement in self.reading.statements:
            parts = [p for p in statement.propositions if len(p.passage.text.split()) > 3]
            if len(parts) > 1 and any(p.kind in (*_TESTABLE, "question") for p in parts):
                found.extend(self._claim(statement.speaker, p, statement) for p in parts)
            else:
                found.append(self._claim(statement.speaker, statement, statement))
        for claim in self.reading.author_claims:
            found.append(self._claim(self.reading.article.author or "the article", claim, None))
        return found

    def _claim(
        self, speaker: str, part: ArticleStatement | Proposition | AuthorClaim, whole: ArticleStatement | None
    ) -> Proposal:
        passage = part.passage
        name = self._name(speaker, passage.text)
        disown = whole is not None and disowned(whole)
        tests = tuple(_disowned_tests(part) if disown else self._tests(part))
        if part.kind == "question":
            self._question(name, passage)
        said = None
        if whole is not None and disown:
            said = in_one_line(f"the speaker does not hold this; the article says: {whole.cue}")
        elif whole is not None and whole.type == "indirect":
            said = "reported by the article, not in the speaker's own words"
        claim = Claim(
            name,
            in_one_line(speaker),
            in_one_line(passage.text),
            kind="claim" if tests else part.kind,
            source=ARTICLE,
            tests=tests,
            note=said,
            could=_only_possible(part.hedge),
        )
        hedge = _hedge_remark(part.hedge)
        return Proposal(claim, claim.quote, span_of(passage), {"hedge": in_one_line(hedge)} if hedge else {})

    def _name(self, speaker: str, text: str) -> str:
        words = [
            w
            for w in re.findall(r"[A-Za-z]{4,}", text)
            if w.lower() not in ("that", "this", "will", "would", "with", "have")
        ]
        base = slug(f"{speaker.rsplit(maxsplit=1)[-1]} {' '.join(words[:3])}").replace("_", "-")
        name, number = base, 2
        while name in self._names:
            name, number = f"{base}-{number}", number + 1
        self._names.add(name)
        return name

    def _tests(self, part: ArticleStatement | Proposition | AuthorClaim) -> Iterator[Test]:
        """Yield the tests of a claim; one that says too little gets a gap instead of a test."""
        if part.kind in ("question", "normative", "factual"):
            return
        direction = part.hedge.direction if part.hedge is not None else None
        if part.conditional is not None and part.kind == "conditional":
            yield from self._conditional(part.conditional, part.hedge)
        elif part.causal is not None:
            yield self._causal(part.causal)
        elif direction is not None and direction.what and direction.because_of:
            yield self._causal(Link(direction.because_of, direction.what, direction.sign))
        elif part.kind == "forecast":
            yield self._forecast(part.passage, part.hedge)
        else:
            yield _open("test", "what would have to be true for this to hold?")

    def _conditional(self, link: Link, hedge: Hedge | None) -> Iterator[Test]:
        agent = agent_in(link.first.text, self.reading.actors)
        if "dilemma" in link.second.text.lower():
            yield self._dilemma(link)
            return
        situations = self._pair(link, agent)
        if situations is None:
            yield _open("raises", "compare what follows with the condition and without it")
            return
        given, then = situations
        others = []
        for number, passage in enumerate(link.alternatives, start=2):
            pair = self._pair(Link(passage, link.second), agent_in(passage.text, self.reading.actors))
            if pair is not None:
                others.append(self._differs(f"raises_{number}", pair[1], pair[0]))
        reference = self._without(given)
        if link.negated:
            given, reference = reference, given
        yield _test("raises", ">", _chance(then, given), _chance(then, reference))
        yield from others
        if hedge is None or hedge.range is None or hedge.range.median > 0.5:
            yield _test("more_likely_than_not", ">", _chance(then, given), Number(0.5))

    def _without(self, cause: VariableState) -> VariableState:
        """Return the variable of a cause in the state in which it does not happen."""
        return VariableState(cause.variable, self.board.variables[cause.variable].none)

    def _differs(self, name: str, effect: VariableState, cause: VariableState, sign: Comparison = ">") -> Test:
        """Return the test that compares an effect with its cause and without it."""
        return _test(name, sign, _chance(effect, cause), _chance(effect, self._without(cause)))

    def _pair(self, link: Link, agent: str | None = None) -> tuple[VariableState, VariableState] | None:
        """Return both ends of a link as situations, an arc between them; ``None`` where one says too little."""
        first = self.board.situation(link.first, agent=agent, around=self._around(link.first))
        heir = agent if _PRONOUN.match(link.second.text) else None
        second = self.board.situation(
            link.second, agent=heir or agent_in(link.second.text, self.reading.actors), around=self._around(link.second)
        )
        if first is None or second is None or first.variable == second.variable:
            return None
        return (first, second) if self.board.link(first, second) else None

    def _around(self, passage: Passage) -> str:
        text = self.reading.article.text
        first = max(0, passage.start - AROUND)
        start = max(text.rfind("\n", first, passage.start) + 1, text.rfind(". ", first, passage.start) + 1, first)
        return text[start : passage.end]

    def _causal(self, link: Link) -> Test:
        situations = self._pair(link)
        if situations is None:
            return _open("sign", "P(effect | do(cause)) against P(effect | do(no cause))")
        cause, effect = situations
        return self._differs("sign", effect, cause, "<" if link.sign == "lowers" else ">")

    def _forecast(self, passage: Passage, hedge: Hedge | None) -> Test:
        situation = self.board.situation(passage, around=self._around(passage), fallback=False)
        if situation is None:
            return _open("likelihood", "P(what is foretold) against a threshold")
        least = hedge.range.low if hedge is not None and hedge.range is not None else 0.5
        most = hedge.range.high if hedge is not None and hedge.range is not None else 1.0
        if most < 0.5:
            return _test("likelihood", "<", _chance(situation), Number(most))
        return _test("likelihood", ">", _chance(situation), Number(least))

    def _dilemma(self, link: Link) -> Test:
        """Return a gap, and the dilemma as a question: at which decision does the chooser lose whatever he does?"""
        given = self.board.situation(
            link.first, agent=agent_in(link.first.text, self.reading.actors), around=self._around(link.first)
        )
        if given is None:
            return _open("dilemma", "at which decision?")
        agent = agent_in(link.second.text, self.reading.actors)
        choosers = (agent, agent_in(link.first.text, self.reading.actors))
        mine = [
            v
            for v in self.board.variables.values()
            if v.kind == "decision" and v.agent in choosers and v.name != given.variable
        ]
        if not mine:
            return _open("dilemma", f"at which decision, given {written(condition(given))}?")
        chosen = max(mine, key=lambda v: (len(v.passages), v.order))
        self.board.link(given, VariableState(chosen.name, chosen.states[-1]))
        decision = Name((str(chosen.agent), chosen.name))
        query = Ask("dilemma", decision, (condition(given),), against=(condition(self._without(given)),))
        question = Question(slug(f"dilemma {given.variable}"), query, written(query))
        self.questions.append(Proposal(question, span=span_of(link.second)))
        return _open("dilemma", "by how much the best value falls, or how thin the margin is: see the question below")

    def _question(self, name: str, passage: Passage) -> None:
        situation = self.board.situation(passage, around=self._around(passage), fallback=False)
        query = _chance(situation) if situation else None
        question = Question(
            slug(name),
            query or gap("the question as a query"),
            written(query) if query else "",
            asks=in_one_line(passage.text),
        )
        self.questions.append(Proposal(question, span=span_of(passage)))


def _disowned_tests(part: ArticleStatement | Proposition | AuthorClaim) -> Iterator[Test]:
    """Yield a gap for what the speaker doubts or denies: no words say what is held instead."""
    if part.kind in _TESTABLE:
        yield _open("doubted", "the speaker doubts or denies this: test what is held instead")


def _open(name: str, asks: str) -> Test:
    """Return a test that the analyst has to write."""
    return Test(name, gap(asks), "")


def _test(name: str, sign: Comparison, left: Expression, right: Expression) -> Test:
    query = Compare(sign, left, right)
    return Test(name, query, written(query))


def _chance(effect: VariableState, cause: VariableState | None = None) -> Ask:
    """Return the probability of an effect, after its cause is set where there is one."""
    do = () if cause is None else (SetVariable(Name((cause.variable,)), cause.state),)
    return Ask("P", condition(effect), do=do)


def _only_possible(hedge: Hedge | None) -> bool:
    """Return whether a hedge says no more than that something can happen."""
    return hedge is not None and hedge.range is not None and hedge.range.phrase in _POSSIBLE


def _hedge_remark(hedge: Hedge | None) -> str | None:
    """Return how a word of probability is read."""
    if hedge is None:
        return None
    if hedge.direction is not None:
        return f'"{hedge.passage.text}" gives a direction ({hedge.direction.sign} the probability), not a number'
    if hedge.range is not None:
        r = hedge.range
        return f'"{hedge.passage.text}" is read as {r.low:.0%} to {r.high:.0%} ({r.basis}, {r.author})'
    return None
