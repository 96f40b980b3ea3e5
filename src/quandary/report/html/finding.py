"""What an analysis found, ready for people: it prints as on the command line and shows itself in a notebook."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from quandary.base.characters import visible
from quandary.report.documents.document import ResultDocument, plain
from quandary.report.html.escaping import escaped
from quandary.report.words.columns import TableColumns

Record_co = TypeVar("Record_co", covariant=True)

WIDTH = 120
"""Letters in a line of text."""

LEFT = "text-align:left"


@dataclass(frozen=True, eq=False, repr=False)
class Finding(Generic[Record_co]):
    """``found`` is the record of what was found; ``print`` gives the words and tables of the command of that name."""

    found: Record_co
    printed: Callable[[Console], None]
    document: Callable[[], ResultDocument]

    def to_dict(self) -> dict[str, Any]:
        """Return what the command prints with ``--json``."""
        return dict(plain(self.document()))

    def __str__(self) -> str:
        text = io.StringIO()
        self.printed(Console(file=text, width=WIDTH, color_system=None, highlight=False, markup=False, emoji=False))
        return "\n".join(line.rstrip() for line in visible(text.getvalue()).split("\n")).rstrip("\n")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        shown = _Shown()
        self.printed(shown)
        return f"<div>{''.join(_pieces(shown.printed))}</div>"


class _Shown(Console):
    """A console that keeps what it is asked to print."""

    def __init__(self) -> None:
        super().__init__(file=io.StringIO(), width=WIDTH)
        self.printed: list[Any] = []

    def print(self, *objects: Any, **_options: Any) -> None:  # noqa: ANN401 - whatever a console prints
        self.printed.extend(objects)


def _pieces(printed: Sequence[object]) -> Iterator[str]:
    for one in printed:
        if isinstance(one, TableColumns):
            yield _table(one)
        elif isinstance(one, Padding):
            yield from (f"<div style='margin-left:2em'>{piece}</div>" for piece in _pieces([one.renderable]))
        else:
            text = one if isinstance(one, Text) else Text(str(one))
            if text.plain.strip():
                yield _paragraph(text)


def _paragraph(text: Text) -> str:
    style = str(text.style)
    words = escaped(text.plain.strip())
    if "bold" in style:
        words = f"<b>{words}</b>"
    return f"<p><small>{words}</small></p>" if "dim" in style else f"<p>{words}</p>"


def _table(table: TableColumns) -> str:
    head = "".join(f"<th scope='col' style='{LEFT}'>{escaped(name)}</th>" for name, _ in table.heads)
    rows = (
        f"<tr><th scope='row' style='{LEFT};font-weight:normal'>{escaped(row[0])}</th>"
        + "".join(f"<td style='{LEFT}'>{escaped(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in table.rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
