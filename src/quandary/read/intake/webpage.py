"""A web page without its furniture, and the date that it gives itself; the one place where trafilatura is used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from quandary.base.isolation import Plain
from quandary.base.problems import Problem, Refusal
from quandary.read.words.wording import word_set

_DEEPEST = 400
_LEFT_OUT = re.compile(r"<!--|<(script|style|template|noscript|iframe|object|svg)\b", re.I)
_NESTING = re.compile(r"<(/?)(div|span|b|i|ul|ol|table|section|article|blockquote|font|a|em|strong)\b", re.I)
_ARTICLE = re.compile(r"Article|Posting|Report|Review$", re.I)
_META = word_set("meta_dates")
"""The names of the meta elements by which pages say when they were published."""


def page_text(data: bytes) -> Plain:
    """Return the article of an HTML page (UTF-8) with its title, author, publisher and dates. Runs behind the wall.

    Nothing is fetched. ``dates`` are the page's own words for its date of publication, the most trusted kind only: its
    linked data, its meta elements, its time elements, its address. A date that merely stands in the text is none.
    Raises ``Refusal``: Q701 where no article was found, Q703 for a page that nests as no honest page does.
    """
    import trafilatura

    page = data.decode("utf-8", "replace")
    if _depth(page) > _DEEPEST:
        hint = "save the article's text and read that"
        raise Refusal(Problem("Q703", f"nests more than {_DEEPEST} elements deep", hint=hint))
    document = trafilatura.bare_extraction(
        without_programs(page),
        include_comments=False,
        include_tables=False,
        favor_recall=True,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    text = getattr(document, "text", None) or ""
    if not text.strip():
        raise Refusal(Problem("Q701", "has no article in it", hint="save the article's text and read that"))
    fields = {name: getattr(document, name, None) for name in ("title", "author", "sitename")}
    dates: list[Plain] = list(page_dates(page))
    found: dict[str, Plain] = {name: str(value) if value else None for name, value in fields.items()}
    return found | {"text": str(text), "dates": dates}


def without_programs(page: str) -> str:
    """Return a page without comments, scripts, styles and what is drawn; one that is never closed stays.

    One pass: where an element of a kind is not closed any more, no later one of that kind is looked for.
    """
    kept: list[str] = []
    at = looked = 0
    unclosed: set[str] = set()
    while opening := _LEFT_OUT.search(page, looked):
        kind = (opening.group(1) or "--").lower()
        looked = opening.end()
        if kind in unclosed:
            continue
        closing = re.compile("-->" if kind == "--" else rf"</{kind}\s*>", re.I).search(page, looked)
        if closing is None:
            unclosed.add(kind)
            continue
        kept += [page[at : opening.start()], " "]
        at = looked = closing.end()
    return "".join([*kept, page[at:]])


def page_dates(page: str) -> Iterator[str]:
    """Yield what a page says in fields of its own of when it was published: each value of the most trusted kind."""
    from lxml import html

    tree = html.document_fromstring(page.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8"))
    meta = [
        (m.get("property") or m.get("name") or m.get("itemprop") or "", m.get("content")) for m in tree.iter("meta")
    ]
    times = [(t, t.get("datetime") or "".join(t.itertext())) for t in tree.iter("time")]
    kinds = (
        [day for script in tree.iter("script") for day in _linked(script)],
        [content for name, content in meta if name.lower() in _META],
        [e.get("content") or e.get("datetime") or e.text for e in tree.xpath('//*[@itemprop="datePublished"]')],
        [
            written
            for t, written in times
            if t.get("pubdate") is not None or "publish" in (t.get("class") or "").lower()
        ],
        [written for t, written in times if "updat" not in (t.get("class") or "").lower()],
        [link.get("href") for link in tree.iter("link") if link.get("rel") == "canonical"],
        [content for name, content in meta if name.lower() == "og:url"],
    )
    for written in kinds:
        values = dict.fromkeys(str(value).strip()[:200] for value in written if value and re.search(r"\d", str(value)))
        if values:
            yield from list(values)[:20]
            return


def _linked(script: Any) -> Iterator[str]:  # noqa: ANN401 - an element of lxml
    """Yield the dates of publication of the articles in a script of linked data (JSON-LD)."""
    if "ld+json" not in (script.get("type") or "").lower():
        return
    try:
        waiting = [json.loads("".join(script.itertext()))]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(v for key, v in value.items() if key in ("@graph", "mainEntity", "mainEntityOfPage"))
            if _ARTICLE.search(str(value.get("@type"))) and isinstance(value.get("datePublished"), str):
                yield value["datePublished"]


def _depth(page: str) -> int:
    """Return how deep elements nest that must be closed, roughly; hostile pages nest by the hundred thousand."""
    depth = deepest = 0
    for match in _NESTING.finditer(page):
        depth = max(0, depth - 1) if match.group(1) else depth + 1
        deepest = max(deepest, depth)
    return deepest
