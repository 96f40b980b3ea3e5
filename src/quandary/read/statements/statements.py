"""From candidates to statements: speaker, kind, hedge, condition, cause, and the propositions of long quotes."""

from __future__ import annotations

from quandary.read.parsing.finds import ContentFound
from quandary.read.parsing.grammar import Page
from quandary.read.people.naming import Speaker
from quandary.read.people.speakers import Speakers
from quandary.read.records import ArticleStatement, Link, Proposition
from quandary.read.statements.extract import candidates
from quandary.read.statements.kinds import JudgedKind, judge, sentences
from quandary.read.statements.links import causal_link, conditional_link
from quandary.read.words.cues import polarity_of
from quandary.read.words.hedges import find_hedge

_NOMINAL = {"warning": "warn", "complaining": "complain", "caution": "warn", "call": "call", "appeal": "call",
            "plea": "plead", "demand": "demand", "request": "demand"}  # fmt: skip
_STANDS_FOR = {"ruled out": "rule out", "put at": "estimate"}
_NO_ORDERS = {"look", "see", "thank", "imagine", "say", "suppose", "listen", "believe", "guess", "be", "have", "hope"}
_SHIFTED = {"VBD", "VBN"}


def statements_of(page: Page, speakers: Speakers, without: frozenset[str] = frozenset()) -> list[ArticleStatement]:
    """Return every attributed statement of the page, in order.

    ``without`` switches rule families off, for measuring what each contributes.
    """
    return [_statement(page, f, speakers.resolve(f)) for f in candidates(page, without)]


def _statement(page: Page, found: ContentFound, speaker: Speaker) -> ArticleStatement:
    article = page.article
    text = article.text
    passage = article.passage(found.start, found.end)
    lemma = _lemma(found)
    reported = found.type == "indirect" and found.verb is not None and found.verb.tag_ in _SHIFTED
    parts = sentences(passage.text)
    propositions = (
        tuple(_proposition(page, found.start + a, found.start + b) for a, b in parts) if len(parts) > 1 else ()
    )
    judged = judge(passage.text, lemma, reported=reported, orders=_orders(page, found))
    conditional, causal = _links(text, found, judged, propositions, lemma)
    return ArticleStatement(
        passage=passage,
        speaker=speaker.name,
        role=speaker.role,
        type=found.type,
        kind=judged.kind,
        kind_also=judged.also,
        cue=found.cue,
        hedge=find_hedge(text, found.start, found.end),
        conditional=conditional,
        causal=causal,
        propositions=propositions,
        rule=found.rule,
        polarity=polarity_of(found.cue, found.type, passage.text),
    )


def _orders(page: Page, found: ContentFound) -> bool:
    """Return whether a quote is in the imperative: its first sentence's verb is bare and has no subject."""
    part = page.speech.get(found.quote.start) if found.quote is not None else None
    if part is None:
        return False
    first = next((s for s in part.doc.sents), None)
    if first is None or first.text.rstrip("\"'").endswith("?"):
        return False
    root = first.root
    bare = root.tag_ in {"VB", "VBP"} and root.lower_ == root.lemma_.lower() and root.lemma_.lower() not in _NO_ORDERS
    alone = not any(c.dep_ in {"nsubj", "nsubjpass", "expl", "csubj"} for c in root.children)
    before = [t for t in first if t.i < root.i and not t.is_punct]
    plain = all(t.lower_ in {"do", "n't", "not", "please", "just", "never", "so", "and", "but"} for t in before)
    return bare and alone and plain


def _lemma(found: ContentFound) -> str | None:
    """Return the verb that the cue is or stands for, by which the kind is judged."""
    if found.rule in _STANDS_FOR:
        return _STANDS_FOR[found.rule]
    if found.rule == "phrase" and found.verb is not None and found.verb.lemma_ in {"ask", "beg", "beseech", "exhort"}:
        return "urge"  # "asked them to go" is no question
    if found.rule == "need":
        return "need"
    if found.verb is not None:
        return found.verb.lemma_.lower()
    return _NOMINAL.get(found.cue.lower().split()[-1].removesuffix("s")) if found.cue.split() else None


def _proposition(page: Page, start: int, end: int) -> Proposition:
    text = page.article.text
    judged = judge(text[start:end], None)
    conditional, causal = _own_links(text, start, end, judged, None)
    return Proposition(
        page.article.passage(start, end), judged.kind, judged.also, find_hedge(text, start, end), conditional, causal
    )


def _own_links(text: str, start: int, end: int, judged: JudgedKind, cue: str | None) -> tuple[Link | None, Link | None]:
    kinds = {judged.kind, *judged.also}
    conditional = conditional_link(text, start, end) if "conditional" in kinds else None
    causal = causal_link(text, start, end, cue) if "causal" in kinds else None
    return conditional, causal


def _links(
    text: str, found: ContentFound, judged: JudgedKind, propositions: tuple[Proposition, ...], cue: str | None
) -> tuple[Link | None, Link | None]:
    """Return the links of a statement; a long quote has those of its first sentence that has one."""
    if not propositions:
        return _own_links(text, found.start, found.end, judged, cue)
    conditional = next((p.conditional for p in propositions if p.conditional), None)
    causal = next((p.causal for p in propositions if p.causal), None)
    return conditional, causal
