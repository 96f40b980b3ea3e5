"""Extractors: ways to get from an article to statements, by name. The built-in rules are the default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from quandary.base.problems import Problem, Refusal, nearest
from quandary.read.records import Article, ArticleReading


class Extractor(Protocol):
    """Anything that reads an article; every span it returns must equal ``article.text[start:end]``."""

    def __call__(self, article: Article) -> ArticleReading:
        """Return what the article says."""
        ...


@dataclass(frozen=True)
class Registered:
    """An extractor with what a user should know of it."""

    name: str
    summary: str
    limits: str
    make: Callable[[str | None, str | None], Extractor]


def _rules(endpoint: str | None, model: str | None) -> Extractor:
    from quandary.read.parsing.grammar import load_model
    from quandary.read.reader import read_article

    if endpoint is not None:
        message = "an endpoint was named, but the built-in rules ask none"
        raise Refusal(Problem("Q806", message, hint="add --extractor openai, or leave --endpoint out"))
    loaded = load_model(model)
    return lambda article: read_article(article, model=loaded)


def _openai(endpoint: str | None, model: str | None) -> Extractor:
    from quandary.read.endpoint.endpoint import EndpointExtractor

    if endpoint is None or model is None:
        message = "the openai extractor needs an address and the name of a model"
        raise Refusal(Problem("Q806", message, hint="for example --endpoint http://localhost:8000/v1 --model NAME"))
    return EndpointExtractor(endpoint, model)


EXTRACTORS = {
    e.name: e
    for e in (
        Registered(
            "rules", "grammar rules over a local parser", "English; quotes without any cue may be missed", _rules
        ),
        Registered(
            "openai",
            "asks any OpenAI-compatible endpoint and checks every span",
            "uses the network; what it cannot place in the text is dropped and named",
            _openai,
        ),
    )
}


def extract(name: str, article: Article, *, endpoint: str | None = None, model: str | None = None) -> ArticleReading:
    """Return what the named extractor finds; an unknown name is refused."""
    if name not in EXTRACTORS:
        hint = nearest(name, EXTRACTORS) or "known: " + ", ".join(EXTRACTORS)
        raise Refusal(Problem("Q806", f'there is no extractor "{name}"', hint=hint))
    return EXTRACTORS[name].make(endpoint, model)(article)
