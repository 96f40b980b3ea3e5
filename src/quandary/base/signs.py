"""Plain signs for those that a stream's encoding cannot show: registered as the codec error handler ``plain``."""

from __future__ import annotations

import codecs

HANDLER = "plain"

_PLAIN = {
    "─": "-",
    "━": "-",
    "│": "|",
    "┿": "+",
    "·": ".",
    "●": "*",
    "◕": "+",
    "◑": "o",
    "◔": "-",
    "⊗": "x",
    "≡": "~",
    "⊢": ">",
    "◌": "=",
    "⊥": "!",
    "◆": "#",
    "○": "o",
    "▮": "P",
    "✓": "+",
    "→": ">",
    "…": "...",
    "–": "-",
    "—": "-",
    "−": "-",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "×": "x",
    "±": "+/-",
    "≥": ">=",
    "≤": "<=",
    "\N{NO-BREAK SPACE}": " ",
}
"""What stands for each sign of our own; any other is a question mark."""


def register() -> None:
    """Make the handler known to the codecs."""
    codecs.register_error(HANDLER, plain)


def plain(fault: UnicodeError) -> tuple[str, int]:
    """Return what stands for the signs that cannot be encoded, and where to go on."""
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    return "".join(_PLAIN.get(sign, "?") for sign in fault.object[fault.start : fault.end]), fault.end
