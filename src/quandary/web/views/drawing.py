"""What the pages have in common: sentences, tables and charts of a result as HTML without a style of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from quandary.report.charts.chart import Chart
from quandary.report.charts.palette import with_variables
from quandary.report.charts.rendering import inlined, svg_of
from quandary.report.sheets import Paragraph, Sheet
from quandary.use.results import Piece
from quandary.version import __version__
from quandary.web.page.drawing import rendered

STYLE = re.compile(r' style="[^"]*"')
"""A style inside of a drawing, which the content policy does not let through."""


@dataclass(frozen=True)
class ViewPart:
    """A paragraph (with its tone) or a table."""

    text: str
    tone: str
    indent: int = 0
    sheet: Sheet | None = None


@dataclass(frozen=True)
class DrawnView:
    """A chart as a page shows it: its title, what it shows in a sentence, the drawing, and the same numbers."""

    title: str
    told: str
    svg: Markup
    sheet: Sheet


def view(template: str, title: str, **values: Any) -> str:  # noqa: ANN401 - whatever a template shows
    """Return a whole page."""
    return rendered(template, head=f"{title}. Quandary", title=title, version=__version__, query=query, **values)


def query(given: Mapping[str, object], **changed: object) -> str:
    """Return a query string of what is given, with some of it changed; what is empty is left out."""
    kept = {name: value for name, value in {**given, **changed}.items() if value not in ("", None)}
    return "?" + urlencode(kept)


def parts_of(pieces: Iterable[Piece]) -> Iterator[ViewPart]:
    """Yield what a result says, empty lines left out; a heading that its table repeats is said once."""
    found = [one for one in map(_part, pieces) if one is not None]
    for one, after in zip(found, [*found[1:], None], strict=True):
        if after is not None and after.sheet is not None and after.sheet.caption == one.text:
            continue
        yield one


def _part(piece: Piece) -> ViewPart | None:
    if isinstance(piece, Sheet):
        return ViewPart("", "table", 0, piece)
    if isinstance(piece, str):
        return ViewPart(piece, "plain") if piece.strip() else None
    if isinstance(piece, Paragraph):
        return ViewPart(piece.text.strip(), piece.tone, piece.indent) if piece.text.strip() else None
    return None


def drawn(chart: Chart) -> DrawnView:
    """Return a chart as it stands in a page, in the page's colours."""
    svg = STYLE.sub("", with_variables(inlined(svg_of(chart.spec), chart.description)))
    return DrawnView(chart.title, chart.description, Markup(svg), chart.sheet)
