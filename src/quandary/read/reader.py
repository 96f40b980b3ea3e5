"""The whole way from an article to what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quandary.read.actors import actors_of
from quandary.read.author import author_claims
from quandary.read.events import events_of
from quandary.read.grammar import load_model, parse
from quandary.read.names import People
from quandary.read.records import Article, Reading
from quandary.read.speakers import Speakers
from quandary.read.statements import statements_of

if TYPE_CHECKING:
    from spacy.language import Language


def read_article(
    article: Article, *, model: tuple[Language, str] | None = None, without: frozenset[str] = frozenset()
) -> Reading:
    """Return what an article says, found by the built-in rules.

    ``model`` is a loaded language model with its name; ``without`` switches rule families off (for ablations).
    Raises ``Refusal`` Q801 where the extra is not installed.
    """
    nlp, name = model or load_model()
    page = parse(article, nlp, name)
    people = People(page)
    speakers = Speakers(page, people, pronouns="pronouns" not in without)
    statements = tuple(statements_of(page, speakers, without))
    claims = tuple(author_claims(page, statements))
    actors = tuple(actors_of(page, people, statements))
    events = tuple(events_of(page, statements, speakers))
    return Reading(article, statements, claims, actors, events, model=name)
