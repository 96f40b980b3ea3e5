"""An endpoint's answer made into a reading: each field checked, each quote looked up in the article."""

from __future__ import annotations

import re
from typing import Any, cast, get_args

from quandary.read.records import (
    KINDS,
    Article,
    ArticleReading,
    ArticleStatement,
    AuthorClaim,
    Passage,
    StatementType,
    Unplaced,
)
from quandary.read.statements.kinds import judge
from quandary.read.statements.links import causal_link, conditional_link
from quandary.read.words.cues import polarity_of
from quandary.read.words.hedges import find_hedge

_PRONOUNS = frozenset(["he", "she", "they", "it", "we", "i", "his", "her", "their", "who", "this", "that"])
_MOST = 500
_TYPES = get_args(StatementType)


def reading_from(article: Article, answer: dict[str, Any], extractor: str, model: str) -> ArticleReading:
    """Return the reading; what cannot be placed in the article, or lacks a speaker, is dropped and named."""
    statements: list[ArticleStatement] = []
    dropped: list[Unplaced] = []
    for item in answer["statements"][:_MOST]:
        found = _statement(article, item)
        if isinstance(found, Unplaced):
            dropped.append(found)
        elif not any(s.passage.start < found.passage.end and found.passage.start < s.passage.end for s in statements):
            statements.append(found)
    claims: list[AuthorClaim] = []
    raw = answer.get("author_claims")
    for item in raw[:_MOST] if isinstance(raw, list) else []:
        passage = place(article, item.get("text")) if isinstance(item, dict) else None
        if passage is None:
            dropped.append(Unplaced(_shown(item), "its words do not stand in the article"))
        else:
            claims.append(_claim(article, passage, item.get("kind")))
    statements.sort(key=lambda s: s.passage.start)
    return ArticleReading(article, tuple(statements), tuple(claims), (), (), tuple(dropped), extractor, model)


def _statement(article: Article, item: object) -> ArticleStatement | Unplaced:
    if not isinstance(item, dict):
        return Unplaced(_shown(item), "not an object")
    speaker = item.get("speaker")
    if not isinstance(speaker, str) or not speaker.strip() or speaker.strip().lower() in _PRONOUNS:
        return Unplaced(_shown(item.get("quote_text")), "no speaker is named")
    if not _is_named(article, speaker):
        return Unplaced(
            _shown(item.get("quote_text")), f'its speaker "{_shown(speaker)}" does not stand in the article'
        )
    passage = place(article, item.get("quote_text"))
    if passage is None:
        return Unplaced(_shown(item.get("quote_text")), "its words do not stand in the article")
    judged = judge(passage.text, None)
    kind = next((k for k in KINDS if k == item.get("kind")), judged.kind)
    also = tuple(k for k in (judged.kind, *judged.also) if k != kind)
    form = cast(StatementType, item["type"]) if item.get("type") in _TYPES else "indirect"
    role = item.get("role")
    cue = item.get("cue")
    return ArticleStatement(
        passage,
        _shown(speaker),
        role[:200] if isinstance(role, str) and role in article.text else None,
        form,
        kind,
        also,
        _shown(cue)[:60] if isinstance(cue, str) else "",
        find_hedge(article.text, passage.start, passage.end),
        conditional_link(article.text, passage.start, passage.end) if kind == "conditional" else None,
        causal_link(article.text, passage.start, passage.end) if kind == "causal" else None,
        rule="endpoint",
        polarity=polarity_of(_shown(cue) if isinstance(cue, str) else "", form, passage.text),
    )


def _claim(article: Article, passage: Passage, kind: object) -> AuthorClaim:
    chosen = next((k for k in KINDS if k == kind), judge(passage.text, None).kind)
    return AuthorClaim(
        passage,
        chosen,
        (),
        find_hedge(article.text, passage.start, passage.end),
        conditional_link(article.text, passage.start, passage.end) if chosen == "conditional" else None,
        causal_link(article.text, passage.start, passage.end) if chosen == "causal" else None,
    )


def place(article: Article, words: object) -> Passage | None:
    """Return where words stand in the article's body, white space and kinds of marks apart, or ``None``."""
    if not isinstance(words, str) or len(words.split()) < 2 or len(words) > 20_000:
        return None
    parts = re.findall(r"\w+|[^\w\s]", words.translate(_MARKS))
    pattern = r"\s*".join(re.escape(p) for p in parts).replace("'", "['’‘]").replace('"', '["“”„«»]')
    for match in re.finditer(pattern, article.text):
        if any(b.start <= match.start() and match.start() < b.end for b in article.body()):
            return article.passage(match.start(), match.end())
    return None


_MARKS = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'", "‘": "'"})


def _is_named(article: Article, speaker: str) -> bool:
    """Return whether the telling words of a speaker's name stand in the article."""
    words = [w for w in re.findall(r"\w+", speaker) if len(w) > 2]
    return bool(words) and all(re.search(rf"\b{re.escape(w)}", article.text, re.I) for w in words)


def _shown(value: object) -> str:
    return " ".join(str(value).split())[:120]
