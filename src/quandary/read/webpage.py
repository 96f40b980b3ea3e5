"""A web page without its furniture; the one place where trafilatura is used."""

from __future__ import annotations

import re
from datetime import date

from quandary.problems import Problem, Refusal
from quandary.read.intake import PlainText

_DEEPEST = 400


def from_html(page: str, name: str) -> PlainText:
    """Return the article of an HTML page with its title, author, publisher and date; nothing is fetched.

    Raises ``Refusal`` Q703 for a page that cannot be read and Q801 where trafilatura is missing.
    """
    try:
        import trafilatura
    except ImportError as missing:
        hint = 'install the extra: pip install "quandary[read]"'
        raise Refusal(Problem("Q801", "reading HTML needs trafilatura, which is not installed", hint=hint)) from missing
    if _depth(page) > _DEEPEST:
        raise Refusal(_unreadable(name))
    page = re.sub(r"<(script|style|template|noscript|iframe|object|svg)\b.*?</\1\s*>", " ", page, flags=re.S | re.I)
    try:
        document = trafilatura.bare_extraction(
            page, include_comments=False, include_tables=False, favor_recall=True, with_metadata=True
        )
    except (ValueError, TypeError, RecursionError, MemoryError) as fault:
        raise Refusal(_unreadable(name)) from fault
    text = "" if document is None or isinstance(document, dict) else (document.text or "")
    if not text.strip():
        raise Refusal(
            Problem("Q701", f'no article was found in the page "{name}"', hint="save the article's text and read that")
        )
    assert document is not None and not isinstance(document, dict)
    text = re.sub(r"\n+", "\n\n", text)
    return PlainText(text, "html", document.title, document.author, document.sitename, _day(document.date))


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written[:10]) if written else None
    except ValueError:
        return None


def _depth(page: str) -> int:
    """Return how deep the elements nest, roughly; hostile pages nest by the hundred thousand."""
    depth = deepest = 0
    for match in re.finditer(
        r"<(/?)(div|span|p|b|i|ul|ol|li|table|tr|td|section|article|blockquote|font|a|em|strong)\b", page, re.I
    ):
        depth += -1 if match.group(1) else 1
        deepest = max(deepest, depth)
    return deepest


def _unreadable(name: str) -> Problem:
    return Problem("Q703", f'the page "{name}" is too broken to be read', hint="save the article's text and read that")
