"""The statements of an endpoint's answer: each field checked, each quote and speaker looked up in the article."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast, get_args

from quandary.read.endpoint.placing import is_named, is_pronoun, place, shown
from quandary.read.records import (
    KINDS,
    Article,
    ArticleStatement,
    AuthorClaim,
    Kind,
    Passage,
    Polarity,
    StatementType,
    Unplaced,
)
from quandary.read.statements.kinds import judge
from quandary.read.statements.links import causal_link, conditional_link
from quandary.read.words.cues import polarity_of
from quandary.read.words.hedges import find_hedge

NOT_THERE = "its words do not stand in the article"
_TYPES = get_args(StatementType)
_LONGEST_ROLE = 200
_LONGEST_CUE = 60


def statement_of(article: Article, item: Mapping[str, Any], around: tuple[int, int]) -> ArticleStatement | Unplaced:
    """Return a statement, or why it is none; kinds and types that there are not fall back on the rules."""
    said = f"statement “{shown(item.get('quote_text'))}”"
    speaker = item.get("speaker")
    if not isinstance(speaker, str) or not speaker.strip() or is_pronoun(speaker):
        return Unplaced(said, "no speaker is named")
    passage = place(article, item.get("quote_text"), around)
    if passage is None:
        return Unplaced(said, NOT_THERE)
    if not is_named(article, speaker, passage.end):
        where = "near it" if is_named(article, speaker) else "in the article"
        return Unplaced(said, f'its speaker "{shown(speaker)}" does not stand {where}')
    judged = judge(passage.text, None)
    kind = _kind(item.get("kind"), judged.kind)
    form = cast(StatementType, item["type"]) if item.get("type") in _TYPES else "indirect"
    role = item.get("role")
    cue = shown(item["cue"], _LONGEST_CUE) if isinstance(item.get("cue"), str) else ""
    return ArticleStatement(
        passage,
        shown(speaker),
        role[:_LONGEST_ROLE] if isinstance(role, str) and role in article.text else None,
        form,
        kind,
        tuple(k for k in (judged.kind, *judged.also) if k != kind),
        cue,
        find_hedge(article.text, passage.start, passage.end),
        conditional_link(article.text, passage.start, passage.end) if kind == "conditional" else None,
        causal_link(article.text, passage.start, passage.end) if kind == "causal" else None,
        rule="endpoint",
        polarity=_polarity(item.get("polarity"), polarity_of(cue, form, passage.text)),
    )


def author_claim_of(article: Article, item: Mapping[str, Any], around: tuple[int, int]) -> AuthorClaim | Unplaced:
    """Return a claim of the author's own, or why it is none."""
    passage = place(article, item.get("text"), around)
    if passage is None:
        return Unplaced(f"claim of the author “{shown(item.get('text'))}”", NOT_THERE)
    kind = _kind(item.get("kind"), judge(passage.text, None).kind)
    return AuthorClaim(
        passage,
        kind,
        (),
        find_hedge(article.text, passage.start, passage.end),
        conditional_link(article.text, passage.start, passage.end) if kind == "conditional" else None,
        causal_link(article.text, passage.start, passage.end) if kind == "causal" else None,
    )


def _kind(said: object, judged: Kind) -> Kind:
    return next((k for k in KINDS if k == said), judged)


def _polarity(said: object, judged: Polarity) -> Polarity:
    """Return what the speaker makes of the words: what the rules see is not talked away."""
    return judged if judged != "held" else next((p for p in get_args(Polarity) if p == said), judged)


def overlap(one: Passage, other: Passage) -> bool:
    """Return whether two passages share words."""
    return one.start < other.end and other.start < one.end
