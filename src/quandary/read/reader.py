"""The whole way from an article to what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quandary.read.author import author_claims
from quandary.read.grammar import load_model, parse
from quandary.read.names import People
from quandary.read.records import Article, Reading
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
    statements = tuple(statements_of(page, people, without))
    claims = tuple(author_claims(page, statements))
    return Reading(article, statements, claims, model=name)
