"""Foreign text made fit for a case file: the characters that no text for people holds are shown, not kept."""

from __future__ import annotations

import re

from quandary.case.yaml.decoding import CONTROL

_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = "\ufeff"
_SHOWN = "\ufffd"


def readable(text: str) -> tuple[str, int]:
    """Return the text as a case may quote it, and how many characters had to be replaced.

    Every kind of line break becomes a newline; a byte order mark inside the text goes, as it says nothing; each control
    character, lone surrogate and noncharacter becomes U+FFFD, so that nothing disappears and no words grow together.
    """
    return CONTROL.subn(_SHOWN, _BREAK.sub("\n", text).replace(_INVISIBLE, ""))


def in_one_line(text: str) -> str:
    """Return readable text on one line, each stretch of white space as one space."""
    return re.sub(r"\s+", " ", readable(text)[0]).strip()
