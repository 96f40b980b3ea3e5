"""What the author claims in his own voice: forecasts, conditionals, causes and judgements, never plain narration."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from quandary.read.parsing.grammar import Frame, Page
from quandary.read.parsing.subjects import own_subject
from quandary.read.records import ArticleStatement, AuthorClaim, Kind
from quandary.read.statements.kinds import causal_strength, is_conditional, is_forecast, is_question, normative_strength
from quandary.read.statements.links import causal_link, conditional_link
from quandary.read.words import cues
from quandary.read.words.hedges import find_hedge

if TYPE_CHECKING:
    from spacy.tokens import Token

_AHEAD = {"will", "may", "might", "could", "shall", "would", "'ll", "wo", "ca"}
_EXPECTED = {"expected", "likely", "unlikely", "set", "poised", "due", "bound", "certain", "sure", "destined", "going"}
_CHANCES = {"chance", "odds", "odd", "probability", "likelihood", "risk", "danger", "possibility"}
_REPORTING = {"see", "regard", "view", "consider", "say", "think", "believe", "fear", "report"}


def author_claims(page: Page, statements: Sequence[ArticleStatement]) -> list[AuthorClaim]:
    """Return the author's own claims: sentences without a source that go beyond narration."""
    claims: list[AuthorClaim] = []
    taken = sorted((s.passage.start, s.passage.end) for s in statements)
    reach = list(accumulate((end for _, end in taken), max))
    for frame in page.frames:
        for start, end in frame.sentences:
            if any(t.i in frame.held for t in frame.doc[start:end]):
                continue
            low, high = frame.start_of(frame.doc[start]), frame.end_of(frame.doc[end - 1])
            before = bisect.bisect_left(taken, (high, 0))
            if before and reach[before - 1] > low:
                continue
            claim = _claim(page, frame, (start, end), (low, high))
            if claim is not None:
                claims.append(claim)
    return claims


def _claim(page: Page, frame: Frame, tokens: tuple[int, int], place: tuple[int, int]) -> AuthorClaim | None:
    low, high = place
    text = page.article.text
    sentence = text[low:high]
    if len(sentence.split()) < 4:
        return None
    kinds = _kinds(frame, *tokens, sentence)
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


def _kinds(frame: Frame, start: int, end: int, sentence: str) -> list[Kind]:
    """Return the kinds of an author's sentence by its main clause; empty for narration."""
    kinds: list[Kind] = []
    if is_question(sentence):
        kinds.append("question")
    ahead = _looks_ahead(frame, start, end)
    if is_conditional(sentence) and (ahead or is_forecast(sentence) or _holds_always(frame, start, end)):
        kinds.append("conditional")
    strong = causal_strength(sentence) == 3 and _cause_in_main_clause(frame, start, end, sentence)
    if ahead and is_forecast(sentence):
        kinds.append("forecast")
    if strong:
        kinds.append("causal")
    if normative_strength(sentence) == 2 and _obliges(frame, start, end):
        kinds.append("normative")
    return kinds


def _holds_always(frame: Frame, start: int, end: int) -> bool:
    """Return whether a sentence that opens with a condition holds at any time: "If they try, they have a chance"."""
    if frame.doc[start].lower_ not in {"if", "unless", "without"}:
        return False
    verbs = [frame.doc[at] for at in _main_verbs(frame, start, end)]
    return any(v.tag_ in {"VBZ", "VBP"} or any(c.lower_ == "can" for c in v.children) for v in verbs)


def _main_verbs(frame: Frame, start: int, end: int) -> list[int]:
    roots = [t for t in frame.doc[start:end] if t.dep_ == "ROOT"]
    roots = [_own_opinion(r) or r for r in roots]
    verbs = roots + [t for r in roots for t in r.conjuncts if t.pos_ in {"VERB", "AUX"}]
    return [t.i for t in verbs if start <= t.i < end]


def _own_opinion(root: Token) -> Token | None:
    """Return the verb of what the author says he believes: "I believe the treaty must be renewed"."""
    subject = own_subject(root)
    if subject is None or subject.lower_ not in {"i", "we"} or root.lemma_ not in cues.CLAUSE:
        return None
    return next((c for c in root.rights if c.dep_ == "ccomp"), None)


def _looks_ahead(frame: Frame, start: int, end: int) -> bool:
    """Return whether a main verb of the sentence is in the future or hedged."""
    for at in _main_verbs(frame, start, end):
        verb = frame.doc[at]
        have = any(c.lower_ == "have" and c.dep_ == "aux" for c in verb.children)
        if not have and any(c.lower_ in _AHEAD and c.dep_ == "aux" for c in verb.children):
            return True
        if any(c.dep_ in {"attr", "nsubj"} and c.lemma_.lower() in _CHANCES for c in verb.children):
            return True  # "there is a 70 percent chance that ..."
        if verb.lower_ in _EXPECTED and any(c.dep_ == "xcomp" for c in verb.children):
            return True
        if any(c.lower_ in _EXPECTED and c.dep_ in {"acomp", "advmod", "oprd"} for c in verb.children):
            return True
    return False


def _obliges(frame: Frame, start: int, end: int) -> bool:
    for at in _main_verbs(frame, start, end):
        if any(c.lower_ in {"must", "should", "ought"} for c in frame.doc[at].children):
            return True
        if frame.doc[at].lemma_ in {"need", "have"} and any(c.dep_ == "xcomp" for c in frame.doc[at].children):
            return frame.doc[at].tag_ in {"VBP", "VBZ"}
    return False


def _cause_in_main_clause(frame: Frame, start: int, end: int, sentence: str) -> bool:
    """Return whether the cause is what the sentence asserts, not an aside in a relative clause or after "seen as"."""
    verbs = [frame.doc[at] for at in _main_verbs(frame, start, end)]
    if any(v.lemma_ in _REPORTING for v in verbs):
        return False
    aside = {"relcl", "acl"}
    for token in frame.doc[start:end]:
        if causal_strength(token.text) == 3 or causal_strength(frame.doc[token.i : min(end, token.i + 4)].text) == 3:
            chain = [token, *token.ancestors]
            if not any(t.dep_ in aside for t in chain):
                return True
    return False
