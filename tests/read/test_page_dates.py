"""The day a web page was published: what its own fields say, and nothing that merely stands in its text."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.read.files import PROSE

from quandary.case import written_draft
from quandary.read import draft_of, read_article, read_bytes

DAY = date(2021, 3, 5)
OLD = '<a href="/2019/01/02/old">Old</a> <p>Since 2020-01-01 farms founded after 2020 may get help.</p>'


def linked(kind: str, day: str) -> str:
    return (
        f'<script type="application/ld+json">{{"@graph": [{{"@type": "{kind}", "datePublished": "{day}"}}]}}</script>'
    )


def meta(name: str, day: str) -> str:
    return f'<meta {name} content="{day}">'


FIELDS: dict[str, tuple[str, str, date | None]] = {
    "nothing": ("", "", None),
    "linked data": (linked("NewsArticle", "2021-03-05T10:00:00+01:00"), "", DAY),
    "linked data of two articles": (linked("NewsArticle", "2021-03-05") + linked("Article", "2021-03-04"), "", None),
    "linked data of a company": (linked("Organization", "2001-03-05"), "", None),
    "torn linked data": ('<script type="application/ld+json">{"@type": "Article", </script>', "", None),
    "a property": (meta('property="article:published_time"', "2021-03-05T10:00:00Z"), "", DAY),
    "a name": (meta('name="DC.date.issued"', "2021-03-05"), "", DAY),
    "words": (meta('name="pubdate"', "Fri, 05 Mar 2021 10:00:00 GMT"), "", DAY),
    "a year only": (meta('name="date"', "2021"), "", None),
    "a day that may be two": (meta('name="date"', "03/05/2021"), "", None),
    "a day of change": (meta('property="article:modified_time"', "2021-03-05"), "", None),
    "an element": ("", '<span itemprop="datePublished" content="2021-03-05">today</span>', DAY),
    "a time": ("", '<time datetime="2021-03-05T10:00">5 March</time>', DAY),
    "the same time twice": ("", '<time datetime="2021-03-05">5 March</time><time>5 March 2021</time>', DAY),
    "several times": ("", '<time datetime="2021-03-05">a</time><time datetime="2021-03-04">b</time>', None),
    "several times, one marked": (
        "",
        '<time class="entry-date published" datetime="2021-03-05">a</time><time datetime="2021-03-04">b</time>',
        DAY,
    ),
    "a time of change": ("", '<time class="updated" datetime="2021-03-05">a</time>', None),
    "the address": ('<link rel="canonical" href="https://news.example/2021/03/05/talks">', "", DAY),
    "the address in the page's head": (meta('property="og:url"', "https://news.example/2021/3/5/talks"), "", DAY),
}


def page(field: str) -> bytes:
    head, body, _ = FIELDS[field]
    article = f"<article><h1>Talks fail</h1>{body}<p>{PROSE}</p>{OLD}<p>{PROSE}</p></article>"
    return f"<html><head><title>Talks fail</title>{head}</head><body>{article}</body></html>".encode()


@pytest.mark.slow
@pytest.mark.parametrize("field", FIELDS)
def test_the_day_of_a_page(field: str) -> None:
    assert read_bytes(page(field), "page.html").published == FIELDS[field][2]


@pytest.mark.slow
def test_the_draft_names_both_days(model: Any) -> None:
    article = read_bytes(page("a day that may be two"), "page.html")
    draft = written_draft(draft_of(read_article(article, model=model)))
    gap = "as_of: ???  # the day the analysis speaks from; the article says 03/05/2021: 5 March 2021 or 3 May 2021"
    assert gap in draft or gap.replace("5 March 2021 or 3 May 2021", "3 May 2021 or 5 March 2021") in draft
    assert "published:" not in draft


def test_the_draft_of_an_event_names_both_days(model: Any) -> None:
    text = "Talks fail\n\n6 May 2021\n\nProtests broke out in Kenya on 03/05/2021, over a fuel price hike."
    draft = written_draft(draft_of(read_article(read_bytes(text.encode(), "a.txt"), model=model)))
    assert "- on: ???  # 03/05/2021: 3 May 2021 or 5 March 2021" in draft
