"""The whole way from an article to what it says."""

from __future__ import annotations

import bisect
import re
from typing import TYPE_CHECKING

from quandary.read.assertions.assertions import assertions_of
from quandary.read.events import events_of
from quandary.read.own_voice.claims import author_claims
from quandary.read.parsing.grammar import Page, load_model, parse
from quandary.read.people.actors import actors_of
from quandary.read.people.names import MOST_PERSONS, People
from quandary.read.people.speakers import Speakers
from quandary.read.records import Article, ArticleReading, ArticleStatement, AuthorClaim, Event, Unplaced
from quandary.read.statements.statements import statements_of

if TYPE_CHECKING:
    from spacy.language import Language


def read_article(
    article: Article, *, model: tuple[Language, str] | None = None, without: frozenset[str] = frozenset()
) -> ArticleReading:
    """Return what an article says, found by the built-in rules.

    ``model`` is a loaded language model with its name; ``without`` switches rule families off (for ablations).
    Raises ``Refusal`` Q801 where the extra is not installed.
    """
    nlp, name = model or load_model()
    page = parse(article, nlp, name)
    people = People(page, offices="offices" not in without)
    speakers = Speakers(page, people, pronouns="pronouns" not in without)
    statements = tuple(statements_of(page, speakers, without))
    claims = tuple(author_claims(page, statements))
    actors = tuple(actors_of(page, people, statements))
    events = tuple(events_of(page, statements, speakers))
    breaks = [match.start() for match in re.finditer("\n", article.text)]
    lines = sorted({bisect.bisect(breaks, at) + 1 for at in page.unpaired})
    notes = tuple(f"line {line}: a quotation mark without its partner" for line in lines)
    if people.more:
        notes += (f"more than {MOST_PERSONS} people are named; the others are not told apart",)
    return ArticleReading(
        article,
        statements,
        claims,
        actors,
        events,
        _not_placed(page, statements, claims, events),
        "rules",
        name,
        notes,
        tuple(assertions_of(page, statements, claims, actors)),
    )


def _not_placed(
    page: Page, statements: tuple[ArticleStatement, ...], claims: tuple[AuthorClaim, ...], events: tuple[Event, ...]
) -> tuple[Unplaced, ...]:
    """Return the sentences of the body in which nothing was found."""
    used = [(s.passage.start, s.passage.end) for s in statements]
    used += [(c.passage.start, c.passage.end) for c in claims]
    used += [(e.trigger.start, e.trigger.end) for e in events]
    taken: list[tuple[int, int]] = []  # the same without overlaps
    for low, high in sorted(used):
        if taken and low < taken[-1][1]:
            taken[-1] = (taken[-1][0], max(high, taken[-1][1]))
        else:
            taken.append((low, high))
    found: list[Unplaced] = []
    for frame in page.frames:
        for first, last in frame.sentences:
            start, end = frame.start_of(frame.doc[first]), frame.end_of(frame.doc[last - 1])
            before = bisect.bisect_left(taken, (end, 0)) - 1
            if end - start > 2 and (before < 0 or taken[before][1] <= start):
                found.append(Unplaced(page.article.text[start:end], "no source, claim or event found", start, end))
    return tuple(found)
