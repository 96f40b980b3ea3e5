"""What the author claims in his own voice: forecasts, conditionals, causes and judgements, never plain narration."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from itertools import accumulate

from quandary.read.own_voice.causes import claims_a_cause
from quandary.read.own_voice.main_clause import Sentence, depends, holds_always, is_narration, looks_ahead
from quandary.read.own_voice.verdicts import judges
from quandary.read.parsing.grammar import Frame, Page
from quandary.read.records import ArticleStatement, AuthorClaim, Kind
from quandary.read.statements.kinds import is_conditional, is_forecast, is_question
from quandary.read.statements.links import causal_link, conditional_link
from quandary.read.words.hedges import find_hedge

_SHORTEST = 4  # words


def author_claims(page: Page, statements: Sequence[ArticleStatement]) -> list[AuthorClaim]:
    """Return the author's own claims: sentences whose main clause has no other source and goes beyond narration."""
    claims: list[AuthorClaim] = []
    taken = sorted(statements, key=lambda s: (s.passage.start, s.passage.end))
    starts = [s.passage.start for s in taken]
    reach = list(accumulate((s.passage.end for s in taken), max))
    for frame in page.frames:
        for start, end in frame.sentences:
            if any(t.i in frame.held for t in frame.doc[start:end]):
                continue
            low, high = frame.start_of(frame.doc[start]), frame.end_of(frame.doc[end - 1])
            before = bisect.bisect_left(starts, high)
            if before and reach[before - 1] > low:
                within = [s for s in taken[:before] if s.passage.end > low]
                if any(_takes_main_clause(frame, (start, end), s) for s in within):
                    continue
            claim = _claim(page, Sentence(frame, start, end), (low, high))
            if claim is not None:
                claims.append(claim)
    return claims


def _takes_main_clause(frame: Frame, sentence: tuple[int, int], said: ArticleStatement) -> bool:
    """Return whether a statement is more than an aside of a sentence: all but what a relative clause tells."""
    start, end = sentence
    low, high = frame.start_of(frame.doc[start]), frame.end_of(frame.doc[end - 1])
    if said.passage.start < low or 2 * (said.passage.end - said.passage.start) >= high - low:
        return True
    first = next((t for t in frame.doc[start:end] if frame.start_of(t) >= said.passage.start), None)
    return first is None or not any(t.dep_ == "relcl" for t in first.ancestors)


def _claim(page: Page, sentence: Sentence, place: tuple[int, int]) -> AuthorClaim | None:
    low, high = place
    text = page.article.text
    if len(text[low:high].split()) < _SHORTEST:
        return None
    kinds = _kinds(sentence, text[low:high])
    if not kinds:
        return None
    return AuthorClaim(
        page.article.passage(low, high),
        kinds[0],
        tuple(kinds[1:]),
        find_hedge(text, low, high),
        conditional_link(text, low, high) if "conditional" in kinds else None,
        causal_link(text, low, high) if "causal" in kinds else None,
    )


def _kinds(sentence: Sentence, text: str) -> list[Kind]:
    """Return the kinds of an author's sentence by its main clause; empty for narration."""
    kinds: list[Kind] = []
    if is_question(text):
        kinds.append("question")
    if is_narration(sentence):
        return kinds
    ahead = looks_ahead(sentence)
    forecast = ahead and (is_forecast(text) or sentence.expects)
    cause = claims_a_cause(sentence, text)
    norm = judges(sentence, text)
    if is_conditional(text) and (ahead or is_forecast(text) or holds_always(sentence) or depends(text)):
        kinds.append("conditional")
    if cause and not (ahead and not sentence.settled):
        kinds.append("causal")
    if norm == 2:
        kinds.append("normative")
    if forecast:
        kinds.append("forecast")
    if cause and "causal" not in kinds:
        kinds.append("causal")
    if norm == 1:
        kinds.append("normative")
    return kinds
