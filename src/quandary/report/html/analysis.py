"""The analysis as HTML, each claim highlighted where it stands; no HTML of the author's own passes.

Markdown is rendered by markdown-it without raw HTML and without images. The ends of each quote are marked with
private-use letters before rendering, so that the marks survive whatever markup the quote stands in; the renderer of
plain text then turns them into ``<mark>``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from quandary.case.model import Case, Claim
from quandary.case.quotes import find_quote
from quandary.report.html.verdict_marks import VerdictMark

BEGIN, END = "\ue000", "\ue001"
_OWN_SIGNS = re.compile("[\ue000\ue001\ue100-\uf8ff]")
_SIGN = re.compile("([\ue000\ue001])([\ue100-\uf8ff])")
FIRST = 0xE100
SHIFT = 2
"""Headings of the text move down, so that they stand below the section that holds it."""


@dataclass(frozen=True)
class QuoteMark:
    """A quote to highlight: its span in the text, the id of its claim, and the marks of its readings."""

    start: int
    end: int
    claim: str
    marks: tuple[VerdictMark, ...]

    @property
    def style(self) -> str:
        """Return the underline: that of its readings, or of a toss-up where they differ."""
        styles = {mark.style for mark in self.marks}
        return styles.pop() if len(styles) == 1 else "toss-up"


def quote_span(case: Case, claim: Claim) -> tuple[int, int] | None:
    """Return where a claim's quote stands in the case's own prose, or ``None``.

    A claim without a source carries its span already; one from a source may be quoted by the prose word for word.
    """
    if case.text is None:
        return None
    if claim.source is None and claim.span is not None:
        return claim.span
    return find_quote(claim.quote, case.text)


def analysis_html(text: str, marks: Sequence[QuoteMark]) -> str:
    """Return the text as HTML with its marks; where quotes overlap, the later one wins inside."""
    kept = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    markdown = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table").disable("image")
    tokens = markdown.parse(_signed(_OWN_SIGNS.sub(" ", text), kept))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + SHIFT, 6)}"
    return str(markdown.renderer.render(tokens, markdown.options, {"painter": _Painter(kept)}))


def _signed(text: str, marks: Sequence[QuoteMark]) -> str:
    """Return the text with a pair of private-use letters around every quote."""
    places: list[tuple[int, int, str]] = []
    for number, mark in enumerate(marks):
        sign = chr(FIRST + number)
        places += [(mark.start, 1, BEGIN + sign), (mark.end, 0, END + sign)]
    for at, _, letters in sorted(places, reverse=True):
        text = text[:at] + letters + text[at:]
    return text


class _Renderer(RendererHTML):
    """Renders plain text through the painter, and code without its signs."""

    def text(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ANN401 - markdown-it's
        painter: _Painter = env["painter"]
        return painter.painted(tokens[idx].content)

    def code_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ANN401 - as above
        return f"<code>{escape(_SIGN.sub('', tokens[idx].content))}</code>"

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ANN401 - as above
        return f"<pre><code>{escape(_SIGN.sub('', tokens[idx].content))}</code></pre>\n"

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ANN401 - as above
        return self.code_block(tokens, idx, options, env)


class _Painter:
    """Turns signs in plain text into marks; remembers which quotes are open from one piece to the next."""

    def __init__(self, marks: Sequence[QuoteMark]) -> None:
        self.marks = marks
        self.open: list[int] = []
        self.named: set[int] = set()

    def painted(self, content: str) -> str:
        """Return a piece of plain text as HTML, its quotes marked, each closing quote followed by its badge."""
        pieces = _SIGN.split(content)
        found = [self._piece(pieces[0])]
        for sign, letter, piece in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
            number = ord(letter) - FIRST
            if sign == BEGIN:
                self.open.append(number)
            elif number in self.open:
                self.open.remove(number)
                found.append(self._badge(number))
            found.append(self._piece(piece))
        return "".join(found)

    def _piece(self, piece: str) -> str:
        if not piece or not self.open:
            return escape(piece)
        number = self.open[-1]
        mark = self.marks[number]
        name = "" if number in self.named else f' id="text-{escape(mark.claim)}"'
        self.named.add(number)
        return f'<mark class="{mark.style}"{name}>{escape(piece)}</mark>'

    def _badge(self, number: int) -> str:
        mark = self.marks[number]
        signs = "".join(map(_sign, mark.marks))
        return f' <a class="ch" href="#claim-{escape(mark.claim)}">{signs}</a>'


def _sign(mark: VerdictMark) -> str:
    """Return a verdict's sign and word."""
    use = f'<svg class="m" aria-hidden="true" viewBox="0 0 16 16"><use href="#v-{mark.style}"/></svg>'
    return f'<span class="v {mark.style}">{use}<span>{escape(mark.word)}</span></span>'
