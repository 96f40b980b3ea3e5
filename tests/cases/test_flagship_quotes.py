"""The flagship quotes its article to the letter, briefly, and carries nothing more of it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

import quandary

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "src" / "quandary" / "cases" / "kazakhstan-2022"
CASE = FOLDER / "case.yaml"
LONGEST_QUOTE = 25
MARKED = re.compile(r'"([^"]+)"[.,?]?\s+\[(\w+)\]')
QUOTED = re.compile(r'"([^"]+)"')


def folded(text: str) -> str:
    """Return the text with white space and quotation marks made plain."""
    return " ".join(text.translate(str.maketrans("‘’“”", "''\"\"")).replace('"', "'").split())


@pytest.fixture
def article(shared: Path) -> str:
    """Return the article, or skip the test."""
    return (shared / "seed" / "article.txt").read_text(encoding="utf-8")


def test_the_article_is_the_one_named(shared: Path) -> None:
    named = quandary.load(CASE).case.sources["article"]
    assert named.sha256 == hashlib.sha256((shared / "seed" / "article.txt").read_bytes()).hexdigest()


def test_claims_quote_the_article(article: str) -> None:
    text = folded(article)
    for claim in quandary.load(CASE).case.claims:
        assert claim.source == "article"
        assert folded(claim.quote) in text, claim.id
        assert len(claim.quote.split()) <= LONGEST_QUOTE


def test_the_loader_finds_every_verbatim_quote(shared: Path) -> None:
    for claim in quandary.load(CASE, text=shared / "seed" / "article.txt").case.claims:
        assert claim.paraphrase or claim.span is not None, claim.id


def test_the_prose_marks_each_quote(article: str) -> None:
    case = quandary.load(CASE).case
    prose = " ".join((FOLDER / "analysis.md").read_text(encoding="utf-8").split())
    marked = MARKED.findall(prose)
    title = folded(case.sources["article"].title or "")
    unmarked = {q for q in QUOTED.findall(prose) if folded(q) != title} - {quote for quote, _ in marked}
    assert not unmarked
    for quote, source in marked:
        assert len(quote.split()) <= LONGEST_QUOTE
        assert source in case.sources
        assert source != "article" or folded(quote) in folded(article), quote


@pytest.mark.slow
def test_the_article_is_not_shipped(article: str) -> None:
    words = re.findall(r"\w+", folded(article).casefold())
    runs = {tuple(words[i : i + LONGEST_QUOTE + 1]) for i in range(len(words) - LONGEST_QUOTE)}
    for path in [*(ROOT / "src").rglob("*"), *(ROOT / "docs").rglob("*"), ROOT / "README.md"]:
        if path.suffix in {".yaml", ".md", ".py", ".toml", ".txt", ".csv"}:
            found = re.findall(r"\w+", folded(path.read_text(encoding="utf-8")).casefold())
            own = {tuple(found[i : i + LONGEST_QUOTE + 1]) for i in range(len(found) - LONGEST_QUOTE)}
            assert not runs & own, path
