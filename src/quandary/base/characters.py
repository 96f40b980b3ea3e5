"""Characters that are not seen, or that change how others are shown: made visible before text reaches a screen.

Text from files may hold escape sequences that clear a terminal, marks that reverse what follows, and letters of no
width that hide words. A sign stands for each: a control picture (``␛``) where there is one, else ``�``.
"""

from __future__ import annotations

import re
import unicodedata

_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_UNSEEN = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Of no width or colour (Unicode: Default_Ignorable_Code_Point), with the two separators and all marks of direction."""

_HIDDEN = re.compile(f"[{_CONTROLS}{_UNSEEN}\ud800-\udfff]")
_BREAKS = re.compile(r"[\t\n]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7e]")
_QUOTED = re.compile(r""""[^"]*"|(?<!\w)'[^']*'(?!\w)""")
LONGEST_NAME = 200
"""Signs of a file's name, or of any word, that a sentence repeats."""
_ENDLESS = re.compile(rf"\S{{{LONGEST_NAME + 20},}}")
_PICTURES, _DELETE, _NO_PICTURE = 0x2400, "\u2421", "\ufffd"
_JOINERS = "\u200c\u200d"
_MONGOLIAN_SELECTORS = "\u180b\u180c\u180d\u180f"


def visible(text: str) -> str:
    """Return the text, as long as it was, with a sign for each hidden character; tabs and line ends stay.

    Joiners and selectors stay where a script or a pictogram needs them: between letters that join, after a symbol.
    """
    if _HIDDEN.search(text) is None:
        return text
    return _HIDDEN.sub(lambda found: found[0] if _is_needed(text, found.start()) else _sign(found[0]), text)


class Excerpt(str):
    """A line of a file with its number, or the caret below it: on a terminal it stays whole, as the caret must fit."""

    __slots__ = ()


def one_line(text: str) -> str:
    """Return the same for text that has no lines, such as a name: line ends are hidden characters too, tabs spaces."""
    return _BREAKS.sub(lambda found: " " if found[0] == "\t" else _sign("\n"), visible(text))


def shortened(text: str, most: int = 400) -> str:
    """Return the text with its middle left out where it is longer than ``most``."""
    return text if len(text) <= most else f"{text[: most // 2]} … {text[-most // 4 :]}"


def repeated(text: str, most: int = 80) -> str:
    """Return a sentence in which what it repeats of somebody's text, between quotes or as one word, is cut short.

    A quoted piece keeps about ``most`` signs; what may be a path, and any word, ``LONGEST_NAME``.
    """
    said = _QUOTED.sub(lambda found: shortened(found[0], LONGEST_NAME if "/" in found[0] else most), text)
    return _ENDLESS.sub(lambda found: shortened(found[0], LONGEST_NAME), said)


def escaped_json(text: str, *, ascii_only: bool = False) -> str:
    r"""Return JSON text, which means the same, with ``\u`` escapes for hidden characters, or for all beyond ASCII.

    Between strings JSON holds none but line ends, which stay. Half a sign is no Unicode, and strict readers refuse it:
    a byte of a file's name that is not UTF-8 is written out, as the text ``\xe9``.
    """
    return (_BEYOND_ASCII if ascii_only else _HIDDEN).sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    if "\ud800" <= found[0] <= "\udfff":
        half = ord(found[0])
        return f"\\\\x{half - 0xDC00:02x}" if 0xDC80 <= half <= 0xDCFF else f"\\\\u{half:04x}"
    units = found[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _sign(hidden: str) -> str:
    if hidden < " ":
        return chr(_PICTURES + ord(hidden))
    return _DELETE if hidden == "\x7f" else _NO_PICTURE


def _is_needed(text: str, at: int) -> bool:
    """Return whether what is hidden at a place shapes the letter or symbol before it, as its script is written."""
    before, hidden, after = text[at - 1 : at], text[at], text[at + 1 : at + 2]
    if not before or _HIDDEN.match(before):
        return hidden in _JOINERS and before == "\ufe0f" and _is_symbol(text[at - 2 : at - 1]) and _is_symbol(after)
    if hidden in _JOINERS:
        return (_joins(before) and after.strip() != "" and not _HIDDEN.match(after)) or (
            _is_symbol(before) and _is_symbol(after)
        )
    if hidden in "\ufe0e\ufe0f":
        return _is_symbol(before) or after == "\u20e3"
    if hidden in _MONGOLIAN_SELECTORS:
        return "\u1800" <= before <= "\u18aa"
    return ("\ufe00" <= hidden <= "\ufe02" or "\U000e0100" <= hidden <= "\U000e01ef") and _is_ideograph(before)


def _joins(letter: str) -> bool:
    """Return whether a letter or mark is of a script (Arabic to Mongolian, and later blocks) in which letters join."""
    block = "\u0600" <= letter < "\u10a0" or "\u1780" <= letter < "\u1d00" or "\ua800" <= letter < "\uabff"
    return block and unicodedata.category(letter)[0] in "LM"


def _is_symbol(sign: str) -> bool:
    return sign != "" and sign > "\x7f" and unicodedata.category(sign) in ("So", "Sk", "Sm")


def _is_ideograph(letter: str) -> bool:
    return letter >= "\u2e80" and unicodedata.category(letter) == "Lo"
