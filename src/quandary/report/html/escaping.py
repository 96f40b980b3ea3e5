"""Text as it may stand in HTML: no sign of it counts as markup, and none is hidden."""

from __future__ import annotations

from html import escape

from quandary.base.characters import visible


def escaped(text: str) -> str:
    """Return the text with HTML's own signs as entities and hidden characters made visible."""
    return escape(visible(text))
