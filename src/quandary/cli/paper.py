"""Where tables and styled text for people go: standard output or error, with all that is foreign made visible."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO, cast

from quandary.base.characters import visible
from quandary.cli.streams import NARROWEST, Styled, TextStream

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment


def paper(*, err: bool = False) -> Console:
    """Return a console on standard output or error that takes no text for markup, links or escape sequences."""
    from rich.console import Console
    from rich.segment import Segment

    class Paper(Console):
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                shown = segment.text if segment.control else visible(segment.text)
                yield segment if shown == segment.text else Segment(shown, segment.style)

    stream = sys.stderr if err else sys.stdout
    file = cast(TextIO, Styled(stream)) if isinstance(stream, TextStream) else stream
    made = Paper(file=file, highlight=False, markup=False, emoji=False)
    made.width = max(made.width, NARROWEST)
    return made
