"""All candidate statements of a page, the ones nested in others left out, in the order of the article."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from quandary.read.parsing.finds import ContentFound
from quandary.read.parsing.grammar import Frame, Page
from quandary.read.statements.according import according_to
from quandary.read.statements.acts import as_said, gerunds, nominal_acts, passives, put_at, ruled_out
from quandary.read.statements.clauses import reported_clauses
from quandary.read.statements.phrases import nominal_warnings, reported_phrases
from quandary.read.statements.points import claim_nouns, further_points, needs, noun_cues, outlooks, put_so, readings
from quandary.read.statements.speech import direct_speech

RULES: dict[str, Callable[[Frame], Iterator[ContentFound]]] = {
    "direct speech": direct_speech,
    "clause": reported_clauses,
    "claim noun": claim_nouns,
    "further point": further_points,
    "outlook": outlooks,
    "put so": put_so,
    "phrase": reported_phrases,
    "nominal warning": nominal_warnings,
    "according to": according_to,
    "as said": as_said,
    "nominal act": nominal_acts,
    "gerund": gerunds,
    "ruled out": ruled_out,
    "put at": put_at,
    "passive": passives,
    "noun cue": noun_cues,
    "need": needs,
    "reading": readings,
}


def candidates(page: Page, without: frozenset[str] = frozenset()) -> list[ContentFound]:
    """Return the statements found by all rule families (less those named in ``without``)."""
    kept: list[ContentFound] = []
    for frame in page.frames:
        found = [f for name, rule in RULES.items() if name not in without for f in rule(frame)]
        kept.extend(_outermost([f for f in found if f.rule not in without]))
    return kept


def _outermost(found: list[ContentFound]) -> list[ContentFound]:
    """Return the candidates that are not inside another; direct speech first, then earlier cues, then longer ones."""
    order = {"direct speech": 0, "clause": 1, "preposed": 1, "claim noun": 2, "phrase": 3, "according to": 4}
    ranked = sorted(found, key=lambda f: (order.get(f.rule, 9), -(f.end - f.start), f.start))
    ranked = [f for f in ranked if not _in_infinitive(f, ranked)]
    kept: list[ContentFound] = []
    for candidate in ranked:
        if not any(_clash(candidate, other) for other in kept):
            kept.append(candidate)
    return sorted(kept, key=lambda f: (f.start, f.end))


def _in_infinitive(found: ContentFound, others: list[ContentFound]) -> bool:
    """Return whether a cue is itself part of what someone urged or vowed: "urged them to demand that he go"."""
    cue = found.verb
    if cue is None or cue.tag_ != "VB":
        return False
    return any(o.frame is found.frame and o is not found and o.tokens[0] <= cue.i < o.tokens[1] for o in others)


def _clash(one: ContentFound, other: ContentFound) -> bool:
    if one.start < other.end and other.start < one.end:
        return True
    cue = one.verb
    if cue is None or other.quote is not None or one.frame is not other.frame:
        return False
    return other.tokens[0] <= cue.i < other.tokens[1]  # a cue inside what someone else said
