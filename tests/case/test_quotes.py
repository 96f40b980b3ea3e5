"""Quotes against their text: white space and marks folded, nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from quandary.case import find_quote, shipped_folder
from quandary.compile import read_case, read_case_bytes

TEXT = "He said:\n  \u201cThe crisis \u2013 here \u2013\n makes war \u2018less likely\u2019.\u201d And left."


@pytest.mark.parametrize(
    "quote",
    [
        "The crisis - here - makes war 'less likely'.",
        "crisis \u2014 here",
        '  makes   war "less likely"  ',
        'He said: "The crisis',
        '"The crisis - here"',
    ],
)
def test_a_quote_is_found_whatever_its_marks(quote: str) -> None:
    span = find_quote(quote, TEXT)
    assert span is not None
    assert 0 <= span[0] < span[1] <= len(TEXT)


def test_a_span_holds_just_the_quote() -> None:
    span = find_quote("makes war 'less likely'", TEXT)
    assert span is not None
    assert TEXT[span[0] : span[1]] == "makes war \u2018less likely\u2019"


@pytest.mark.parametrize("quote", ["the crisis", "The crisis makes war", "less likely that", "", '""', "  "])
def test_other_words_are_not_found(quote: str) -> None:
    assert find_quote(quote, TEXT) is None


CASE = """
quandary: 1
title: T
as_of: 2030-01-01
sources: {article: {title: A}, paper: {title: P}}
story: [{chance: rain, states: [none, some], odds: {some: 20%, none: rest}}]
claims:
  - {id: a, speaker: S, quote: "it may rain", source: article, kind: event}
  - {id: b, speaker: S, quote: "in other words", source: article, kind: event, paraphrase: true}
  - {id: c, speaker: S, quote: "elsewhere", source: paper, kind: event}
"""


def test_the_article_is_compared_when_its_text_is_given(tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_text("They say that it\nmay rain.", encoding="utf-8")
    by_path = read_case_bytes(CASE.encode(), "case.yaml", article)
    by_text = read_case_bytes(CASE.encode(), "case.yaml", "They say that it\nmay rain.")
    for loaded in (by_path, by_text):
        assert loaded.case is not None
        assert [claim.span for claim in loaded.case.claims] == [(14, 25), None, None]
        assert [(p.code, p.message[:25]) for p in loaded.problems] == [("Q313", '1 quote of source "paper"')]


def test_a_wrong_quote_is_an_error_only_with_the_text() -> None:
    without = read_case_bytes(CASE.encode(), "case.yaml")
    assert without.case is not None
    assert [p.code for p in without.problems] == ["Q313", "Q313"]
    loaded = read_case_bytes(CASE.encode(), "case.yaml", "It never rains.")
    assert loaded.case is None
    assert [p.code for p in loaded.problems if p.is_error] == ["Q174"]
    assert loaded.problems[0].place.line == 8


def test_the_quote_of_a_number_is_compared_too() -> None:
    text = CASE.replace("some: 20%", 'some: {value: 20%, quote: "one day in five", source: article}')
    assert read_case_bytes(text.encode(), "case.yaml", "It may rain, one day in\nfive: it may rain").case is not None
    loaded = read_case_bytes(text.encode(), "case.yaml", "It may rain; in truth it may rain.")
    (problem,) = (p for p in loaded.problems if p.is_error)
    assert (problem.code, problem.place.line) == ("Q174", 6)
    assert "story.rain.odds.some" in problem.message


def test_a_text_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    loaded = read_case_bytes(CASE.encode(), "case.yaml", tmp_path / "none.txt")
    assert [p.code for p in loaded.problems if p.is_error] == ["Q690"]


def test_a_claim_without_a_source_quotes_the_prose(tmp_path: Path) -> None:
    (tmp_path / "analysis.md").write_text("We think that it may rain.", encoding="utf-8")
    text = CASE.replace(", source: article", "").replace("story:", "text: analysis.md\nstory:")
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    case = read_case(tmp_path / "case.yaml").case
    assert case is not None
    assert case.text == "We think that it may rain."
    assert case.claims[0].span == (14, 25)


def test_the_quotes_of_the_flagship_stand_in_the_article(shared: Path) -> None:
    article = shared / "seed" / "article.txt"
    loaded = read_case(shipped_folder() / "kazakhstan-2022" / "case.yaml", article)
    assert loaded.case is not None, loaded.problems
    quoted = [claim for claim in loaded.case.claims if claim.source == "article" and not claim.paraphrase]
    assert quoted
    text = article.read_text(encoding="utf-8")
    for claim in quoted:
        assert claim.span is not None
        assert 0 < claim.span[1] - claim.span[0] <= len(claim.quote) + 4
        assert text[claim.span[0] : claim.span[1]]
