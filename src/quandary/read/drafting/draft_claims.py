"""Claims of a draft case: each statement with its quote, its kind and, where it says enough, a formal test."""

from __future__ import annotations

import re

from quandary.read.drafting.variables import VariablesFound, VariableState
from quandary.read.drafting.whereabouts import AROUND, agent_in
from quandary.read.intake.characters import in_one_line, quoted
from quandary.read.records import ArticleReading, ArticleStatement, AuthorClaim, Hedge, Link, Passage, Proposition
from quandary.read.words.concepts import slug
from quandary.read.words.cues import disowned

_GAP = "???"
_TESTABLE = ("conditional", "causal", "forecast")
_Claim = tuple[str, tuple[str, ...], Passage]
_PRONOUN = re.compile(r"^[‘'\"“]?(?:it|he|she|they)\b", re.I)


class ClaimWriter:
    """Writes the claims of a reading and draws their arcs on the board."""

    def __init__(self, board: VariablesFound, reading: ArticleReading) -> None:
        self.board = board
        self.reading = reading
        self.questions: list[_Claim] = []
        self._names: set[str] = set()

    def claims(self) -> list[_Claim]:
        """Return the claims in the order of the article: speakers' statements, then the author's own."""
        found: list[_Claim] = []
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
    ) -> _Claim:
        passage = part.passage
        name = self._name(speaker, passage.text)
        disown = whole is not None and disowned(whole)
        tests, comment = (_disowned_tests(part), None) if disown else self._tests(part)
        kind = "claim" if tests else part.kind
        quote = quoted(passage.text)
        lines = [f"- id: {name}", f"  speaker: {quoted(speaker)}", f"  quote: {quote}", "  source: article"]
        if kind != "claim":
            lines.append(f"  kind: {kind}")
        if tests:
            lines.append("  tests:")
            lines += [f"    {key}: {test}" for key, test in tests.items()]
        if comment:
            lines.append(f"  # {in_one_line(comment)}")
        if part.kind == "question":
            self._question(name, passage)
        if whole is not None and disown:
            lines.append(f"  note: {quoted(f'the speaker does not hold this; the article says: {whole.cue}')}")
        elif whole is not None and whole.type == "indirect":
            lines.append("  note: reported by the article, not in the speaker's own words")
        hedge = _hedge_comment(part.hedge)
        if hedge:
            lines.append(f"  # {in_one_line(hedge)}")
        lines.append("  status: proposed")
        return name, tuple(lines), passage

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

    def _tests(self, part: ArticleStatement | Proposition | AuthorClaim) -> tuple[dict[str, str], str | None]:
        """Return named tests and a comment; a claim that says too little gets a gap instead of a test."""
        if part.kind in ("question", "normative", "factual"):
            return {}, None
        if part.conditional is not None and part.kind == "conditional":
            return self._conditional(part.conditional, part.hedge)
        if part.causal is not None:
            return self._causal(part.causal)
        if (
            part.hedge is not None
            and part.hedge.direction is not None
            and part.hedge.direction.what
            and part.hedge.direction.because_of
        ):
            d = part.hedge.direction
            return self._causal(Link(d.because_of, d.what, d.sign)) if d.because_of and d.what else ({}, None)
        if part.kind == "forecast":
            return self._forecast(part.passage, part.hedge)
        return {"test": f"{_GAP}  # what would have to be true for this to hold?"}, None

    def _conditional(self, link: Link, hedge: Hedge | None) -> tuple[dict[str, str], str | None]:
        agent = agent_in(link.first.text, self.reading.actors)
        if "dilemma" in link.second.text.lower():
            return self._dilemma(link)
        situations = self._pair(link, agent)
        if situations is None:
            return {"raises": f"{_GAP}  # compare what follows with the condition and without it"}, None
        given, then = situations
        tests: dict[str, str] = {}
        for number, passage in enumerate(link.alternatives, start=2):
            pair = self._pair(Link(passage, link.second), agent_in(passage.text, self.reading.actors))
            if pair is not None:
                tests[f"raises_{number}"] = _raises(self.board, *pair)
        other = self.board.variables[given.variable].none
        if link.negated:
            other, given = given.state, VariableState(given.variable, other)
        raises = f"P({_is(then)} | do({_is(given)})) > P({_is(then)} | do({given.variable} = {other}))"
        tests = {"raises": raises, **tests}
        if hedge is None or hedge.range is None or hedge.range.median > 0.5:
            tests["more_likely_than_not"] = f"P({_is(then)} | do({_is(given)})) > 0.5"
        return tests, None

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

    def _causal(self, link: Link) -> tuple[dict[str, str], str | None]:
        situations = self._pair(link)
        if situations is None:
            return {"sign": f"{_GAP}  # P(effect | do(cause)) against P(effect | do(no cause))"}, None
        cause, effect = situations
        sign = "<" if link.sign == "lowers" else ">"
        none = self.board.variables[cause.variable].none
        return {
            "sign": f"P({_is(effect)} | do({_is(cause)})) {sign} P({_is(effect)} | do({cause.variable} = {none}))"
        }, None

    def _forecast(self, passage: Passage, hedge: Hedge | None) -> tuple[dict[str, str], str | None]:
        situation = self.board.situation(passage, around=self._around(passage), fallback=False)
        if situation is None:
            return {"likelihood": f"{_GAP}  # P(what is foretold) against a threshold"}, None
        least = hedge.range.low if hedge is not None and hedge.range is not None else 0.5
        most = hedge.range.high if hedge is not None and hedge.range is not None else 1.0
        if most < 0.5:
            return {"likelihood": f"P({_is(situation)}) < {most:g}"}, None
        return {"likelihood": f"P({_is(situation)}) > {least:g}"}, None

    def _dilemma(self, link: Link) -> tuple[dict[str, str], str | None]:
        """Return a gap, and the dilemma as a question: at which decision does the chooser lose whatever he does?"""
        given = self.board.situation(
            link.first, agent=agent_in(link.first.text, self.reading.actors), around=self._around(link.first)
        )
        if given is None:
            return {"dilemma": f"{_GAP}  # at which decision?"}, None
        agent = agent_in(link.second.text, self.reading.actors)
        choosers = (agent, agent_in(link.first.text, self.reading.actors))
        mine = [
            v
            for v in self.board.variables.values()
            if v.kind == "decision" and v.agent in choosers and v.name != given.variable
        ]
        none = self.board.variables[given.variable].none
        if mine:
            chosen = max(mine, key=lambda v: (len(v.passages), v.order))
            query = f"dilemma({chosen.agent}.{chosen.name} | {_is(given)}) against {given.variable} = {none}"
            self.board.link(given, VariableState(chosen.name, chosen.states[-1]))
            lines = (f"{slug('dilemma ' + given.variable)}: {query}",)
            self.questions.append((slug("dilemma " + given.variable), lines, link.second))
            gap = f"{_GAP}  # by how much the best value falls, or how thin the margin is: see the question below"
            return {"dilemma": gap}, None
        return {"dilemma": f"{_GAP}  # at which decision, given {_is(given)}?"}, None

    def _question(self, name: str, passage: Passage) -> None:
        situation = self.board.situation(passage, around=self._around(passage), fallback=False)
        query = f"P({_is(situation)})" if situation else f"{_GAP}  # the question as a query"
        key = slug(name)
        lines = (
            f"{key}:",
            f"  asks: {quoted(passage.text)}",
            f"  query: {query}",
            "  source: article",
            "  status: proposed",
        )
        self.questions.append((key, lines, passage))


def _disowned_tests(part: ArticleStatement | Proposition | AuthorClaim) -> dict[str, str]:
    """Return a gap for what the speaker doubts or denies: no words say what is held instead."""
    return (
        {"doubted": f"{_GAP}  # the speaker doubts or denies this: test what is held instead"}
        if (part.kind in _TESTABLE)
        else {}
    )


def _raises(board: VariablesFound, given: VariableState, then: VariableState) -> str:
    none = board.variables[given.variable].none
    return f"P({_is(then)} | do({_is(given)})) > P({_is(then)} | do({given.variable} = {none}))"


def _is(situation: VariableState) -> str:
    return f"{situation.variable} = {situation.state}"


def _hedge_comment(hedge: Hedge | None) -> str | None:
    """Return how a word of probability is read, for the comment beside the claim."""
    if hedge is None:
        return None
    if hedge.direction is not None:
        return f'"{hedge.passage.text}" gives a direction ({hedge.direction.sign} the probability), not a number'
    if hedge.range is not None:
        r = hedge.range
        return f'"{hedge.passage.text}" is read as {r.low:.0%} to {r.high:.0%} ({r.basis}, {r.source.split(" (")[0]})'
    return None
