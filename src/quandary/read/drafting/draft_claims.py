"""Claims of a draft case: each statement with its quote, its kind and, where it says enough, a formal test."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quandary.case.draft import Proposal, gap
from quandary.case.model import Claim, Question, Test
from quandary.language.printing import written
from quandary.language.syntax import Ask, Compare, Comparison, Expression, Name, Number, SetVariable
from quandary.read.drafting.draft_sections import ARTICLE, condition, span_of
from quandary.read.drafting.sentences import sentence_of
from quandary.read.drafting.variables import VariablesFound, VariableState
from quandary.read.drafting.whereabouts import AROUND, agent_in
from quandary.read.intake.characters import in_one_line
from quandary.read.records import (
    ArticleReading,
    ArticleStatement,
    Assertion,
    AuthorClaim,
    Hedge,
    Link,
    Passage,
    Proposition,
)
from quandary.read.words.concepts import slug
from quandary.read.words.cues import disowned

_TESTABLE = ("conditional", "causal", "forecast")
_POSSIBLE = frozenset(("could happen", "may happen", "might happen", "possibly", "maybe")) | {
    f"{kind} possibility" for kind in ("real", "realistic", "serious")
}
_AMOUNTS = frozenset(("more", "less"))
"""States of what is compared alone: "the longer they wait, the more it costs" says nothing of how likely either is."""
_BOTH_WAYS: tuple[Comparison, Comparison] = (">", "<")
_DENIES = re.compile(r"\b(?:not|no|never|hardly)\b|n['’]t\b", re.I)
_AGAINST = re.compile(r"\b(?:vot|rul|decid|argu|advis|recommend|speak|spoke|campaign)\w*\s+(?:\w+\s+)?against\b", re.I)
"""An act that a word behind it turns round: a state named after the verb alone would say the opposite."""
_FELT_THEN = re.compile(
    r"\bthere\s+(?:was|were|had\s+been)\s+(?:\w+\s+){0,3}(?:fears?|hopes?|worr(?:y|ies)|concerns?|expectations?)\b",
    re.I,
)
"""What was feared or hoped at a time, which may be over: nothing says that it is held still."""
_NOBODY = re.compile(r"\b(?:no\s+one|nobody|none|neither|no\s+\w+|few)\b[^.!?]{0,80}$", re.I)


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
        name = claim_name(speaker, passage.text, self._names)
        disown = whole is not None and (disowned(whole) or self._said_by_nobody(whole))
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
            could=only_possible(part.hedge),
        )
        hedge = hedge_remark(part.hedge)
        remarks = {f"test {test.name}": told for test in tests if (told := sentence_of(test))}
        if hedge:
            remarks["hedge"] = in_one_line(hedge)
        return Proposal(claim, claim.quote, span_of(passage), remarks)

    def _said_by_nobody(self, whole: ArticleStatement) -> bool:
        """Return whether the cue's subject is empty: "No one in the ministry said that ..."."""
        text, start = self.reading.article.text, whole.passage.start
        before = re.split(r"[.!?]\s|\n", text[max(0, start - AROUND) : start])[-1]
        return whole.type != "direct" and _NOBODY.search(before) is not None

    def _tests(self, part: ArticleStatement | Proposition | AuthorClaim) -> Iterator[Test]:
        """Yield the tests of a claim; one that says too little gets a gap instead of a test."""
        here = (a for a in self.reading.assertions if a.passage.within(part.passage.start, part.passage.end))
        said = [a for a in here if a.form != "norm"]
        linked = [a for a in said if a.form != "forecast"]
        if part.kind in ("question", "normative") or (part.kind == "factual" and not linked):
            return
        if part.conditional is not None and "dilemma" in part.conditional.second.text.lower():
            yield self._dilemma(part.conditional)
            return
        for number, one in enumerate(linked or said[:1], start=1):
            suffix = f"_{number}" if number > 1 else ""
            name = "likelihood" if one.form == "forecast" else f"sign{suffix}"
            if _FELT_THEN.search(part.passage.text):
                yield _open(name, "it was feared or hoped then: is it still held?")
            elif _AGAINST.search(part.passage.text):
                yield _open(name, "an act against something: say which way each state goes")
            elif one.form == "forecast":
                yield self._forecast(one, part.hedge)
            else:
                yield from self._linked(one, part.hedge, suffix)
        if not said:
            yield _open("test", "what would have to be true for this to hold?")

    def _linked(self, one: Assertion, hedge: Hedge | None, suffix: str) -> Iterator[Test]:
        """Yield the comparison of an effect under its cause and without it; both readings where the sign is open."""
        name = ("raises" if one.form == "conditional" else "sign") + suffix
        effect = self.board.told(one.effect) if one.effect is not None else None
        cause = self.board.told(one.cause) if one.cause is not None else None
        if effect is None or cause is None:
            end = "what follows" if effect is None else "the condition" if one.form == "conditional" else "the cause"
            yield _open(name, f"{end} is not plain: compare what follows with the condition and without it")
            return
        if effect[0].variable == cause[0].variable or not self.board.link(cause[0], effect[0]):
            yield _open(name, "cause and effect are one thing here, or go in a circle: name two")
            return
        joint = [self.board.told(other) for other in one.joint]
        if any(o is None or not self.board.link(o[0], effect[0]) for o in joint):
            yield _open(name, "of the conditions that must hold together one is not plain")
            return
        lowers = one.sign == "lowers"
        said = _chance(effect[0], cause[0], *(o[0] for o in joint if o))
        if self.board.is_opposite(effect[0]):  # "will not return": the thing itself is compared
            effect, lowers = effect[::-1], not lowers
        if self.board.is_opposite(cause[0]) and not joint:
            cause, lowers = cause[::-1], not lowers
        causes = [cause, *(o for o in joint if o)]
        sides = (_chance(effect[0], *(c[0] for c in causes)), _chance(effect[0], *(c[1] for c in causes)))
        if one.sign is None:
            yield _either(name, *(_test(name, op, *sides) for op in _BOTH_WAYS))
            return
        yield _test(name, "<" if lowers else ">", *sides)
        sure = hedge is None or hedge.range is None or hedge.range.median > 0.5
        if one.form == "conditional" and sure and one.sign == "raises" and cause[0].state not in _AMOUNTS:
            yield _test(f"more_likely_than_not{suffix}", ">", said, Number(0.5))

    def _forecast(self, one: Assertion, hedge: Hedge | None) -> Test:
        told = self.board.told(one.effect) if one.effect is not None else None
        if told is None:
            return _open("likelihood", "how likely is it said to be? a probability against a threshold")
        least, most = 0.5, 1.0
        if hedge is not None and hedge.range is not None:
            least, most = hedge.range.low, hedge.range.high
        if one.sign is None or (most < 0.5 and _DENIES.search(hedge.passage.text if hedge else "")):
            return _either("likelihood", *(_test("", op, _chance(told[0]), Number(0.5)) for op in _BOTH_WAYS))
        if most < 0.5:
            return _test("likelihood", "<", _chance(told[0]), Number(most))
        return _test("likelihood", ">", _chance(told[0]), Number(least))

    def _around(self, passage: Passage) -> str:
        text = self.reading.article.text
        first = max(0, passage.start - AROUND)
        start = max(text.rfind("\n", first, passage.start) + 1, text.rfind(". ", first, passage.start) + 1, first)
        return text[start : passage.end]

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
        query = Ask(
            "dilemma",
            decision,
            (condition(given),),
            against=(condition(VariableState(given.variable, self.board.variables[given.variable].none)),),
        )
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


def claim_name(speaker: str, text: str, taken: set[str]) -> str:
    """Return a new name for a claim, of its speaker's last name and its first telling words; it is taken then."""
    words = [
        w
        for w in re.findall(r"[A-Za-z]{4,}", text)
        if w.lower() not in ("that", "this", "will", "would", "with", "have")
    ]
    base = slug(f"{speaker.rsplit(maxsplit=1)[-1]} {' '.join(words[:3])}").replace("_", "-")
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    taken.add(name)
    return name


def _disowned_tests(part: ArticleStatement | Proposition | AuthorClaim) -> Iterator[Test]:
    """Yield a gap for what the speaker doubts or denies: no words say what is held instead."""
    if part.kind in _TESTABLE:
        yield _open("doubted", "the speaker doubts or denies this: test what is held instead")


def _open(name: str, asks: str) -> Test:
    """Return a test that the analyst has to write."""
    return Test(name, gap(asks), "")


def _either(name: str, *readings: Test) -> Test:
    """Return a gap that offers both readings in words."""
    told = ", or ".join(filter(None, map(sentence_of, readings)))
    return _open(name, f"the words leave the direction open: either {told}")


def _test(name: str, sign: Comparison, left: Expression, right: Expression) -> Test:
    query = Compare(sign, left, right)
    return Test(name, query, written(query))


def _chance(effect: VariableState, *causes: VariableState) -> Ask:
    """Return the probability of an effect, after its causes are set where there are any."""
    do = tuple(SetVariable(Name((cause.variable,)), cause.state) for cause in causes)
    return Ask("P", condition(effect), do=do)


def only_possible(hedge: Hedge | None) -> bool:
    """Return whether a hedge says no more than that something can happen."""
    return hedge is not None and hedge.range is not None and hedge.range.phrase in _POSSIBLE


def hedge_remark(hedge: Hedge | None) -> str | None:
    """Return how a word of probability is read."""
    if hedge is None:
        return None
    if hedge.direction is not None:
        return f'"{hedge.passage.text}" gives a direction ({hedge.direction.sign} the probability), not a number'
    if hedge.range is not None:
        r = hedge.range
        return f'"{hedge.passage.text}" is read as {r.low:.0%} to {r.high:.0%} ({r.basis}, {r.author})'
    return None
