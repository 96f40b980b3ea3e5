"""The JSON that ``quandary read --json`` prints: one plain object for an article."""

from __future__ import annotations

from typing import Any

from quandary.read.intake.intake import sha256
from quandary.read.records import (
    ArticleActor,
    ArticleReading,
    ArticleStatement,
    AuthorClaim,
    Event,
    Hedge,
    Link,
    Proposition,
)

SCHEMA = "quandary.read/1"


def to_json(reading: ArticleReading, version: str = "") -> dict[str, Any]:
    """Return the reading as plain data; every ``start``/``end`` is an offset into ``text`` of the article."""
    article = reading.article
    return {
        "schema": SCHEMA,
        "version": version,
        "id": article.id,
        "title": article.title,
        "author": article.author,
        "publisher": article.publisher,
        "published": article.published.isoformat() if article.published else None,
        "published_text": article.published_text,
        "text_sha256": sha256(article),
        "extractor": reading.extractor,
        "model": reading.model,
        "statements": [_statement(s) for s in reading.statements],
        "author_claims": [_claim(c) for c in reading.author_claims],
        "actors": [_actor(a) for a in reading.actors],
        "events": [_event(e) for e in reading.events],
        "sentences_not_placed": [
            {"text": u.text, "reason": u.reason, "start": u.start, "end": u.end} for u in reading.not_placed
        ],
        "notes": [*article.notes, *reading.notes],
    }


def _hedge(hedge: Hedge | None) -> dict[str, Any]:
    if hedge is None:
        return {"hedge": None, "range": None}
    out: dict[str, Any] = {"hedge": hedge.passage.text, "range": None}
    if hedge.range is not None:
        r = hedge.range
        out["range"] = {
            "low": round(r.low, 4),
            "median": round(r.median, 4),
            "high": round(r.high, 4),
            "basis": r.basis,
            "source": r.source,
            "phrase": r.phrase,
        }
    if hedge.direction is not None:
        d = hedge.direction
        out["direction"] = {
            "sign": d.sign,
            "what": d.what.text if d.what else None,
            "because_of": d.because_of.text if d.because_of else None,
        }
    return out


def _links(conditional: Link | None, causal: Link | None) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if conditional is not None:
        out["condition"] = conditional.first.text
        out["consequence"] = conditional.second.text
        if conditional.alternatives:
            out["other_conditions"] = [p.text for p in conditional.alternatives]
        if conditional.negated:
            out["condition_negated"] = True
    if causal is not None:
        out["cause"] = causal.first.text
        out["effect"] = causal.second.text
        out["sign"] = causal.sign
    return out


def _statement(s: ArticleStatement) -> dict[str, Any]:
    out: dict[str, Any] = {
        "speaker": s.speaker,
        "role": s.role,
        "quote_text": s.passage.text,
        "start": s.passage.start,
        "end": s.passage.end,
        "type": s.type,
        "kind": s.kind,
        "kind_also": list(s.kind_also),
        "cue": s.cue,
        **_hedge(s.hedge),
        **_links(s.conditional, s.causal),
    }
    if s.propositions:
        out["propositions"] = [_proposition(p) for p in s.propositions]
    return out


def _proposition(p: Proposition) -> dict[str, Any]:
    place = {"text": p.passage.text, "start": p.passage.start, "end": p.passage.end}
    return {
        **place,
        "kind": p.kind,
        "kind_also": list(p.kind_also),
        **_hedge(p.hedge),
        **_links(p.conditional, p.causal),
    }


def _claim(c: AuthorClaim) -> dict[str, Any]:
    place = {"text": c.passage.text, "start": c.passage.start, "end": c.passage.end}
    return {
        **place,
        "kind": c.kind,
        "kind_also": list(c.kind_also),
        **_hedge(c.hedge),
        **_links(c.conditional, c.causal),
    }


def _actor(a: ArticleActor) -> dict[str, Any]:
    return {
        "name": a.name,
        "aliases": list(a.aliases),
        "type": a.type,
        "country": a.country,
        "role": a.role,
        "mentions": a.mentions,
        "start": a.first.start,
        "end": a.first.end,
    }


def _event(e: Event) -> dict[str, Any]:
    return {
        "trigger": e.trigger.text,
        "start": e.trigger.start,
        "end": e.trigger.end,
        "actor": e.actor,
        "target": e.target,
        "plover": e.plover,
        "mode": e.mode,
        "date": e.on.isoformat() if e.on else None,
        "date_text": e.date_text,
        "date_precision": e.precision,
        "place": e.place,
        "attributed_to": e.attributed_to,
    }
