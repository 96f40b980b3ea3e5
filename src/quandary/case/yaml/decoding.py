"""A file as it was read, and its text: UTF-8 only, no control characters, no tabs in the indent, not too long."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from quandary.base.places import Place
from quandary.base.problems import Problem

LARGEST_FILE = 1_000_000
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Characters that no text for people holds."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class TextFile:
    """The bytes of a file as they were read, and the path by which places name it."""

    path: str
    data: bytes

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines that places count, with a sign for each byte that is not UTF-8."""
        return tuple(self.data.removeprefix(BYTE_ORDER_MARK).decode("utf-8", "replace").splitlines())

    def place(self, line: int = 1, column: int = 1, end_column: int | None = None) -> Place:
        """Return a place in the file, with its lines."""
        return Place(self.path, line, column, end_column, self.lines)


def too_large(size: int, place: Place) -> Problem:
    """Return the fault for a file of more bytes than a case may have."""
    message = f"the file has {size / 1e6:.1f} MB; a case may have at most {LARGEST_FILE // 10**6} MB"
    hint = "a case is written by hand; keep data elsewhere or split it with `include`"
    return Problem("Q103", message, place, hint)


def decoded(file: TextFile) -> tuple[str | None, Problem | None]:
    """Return the text of a UTF-8 file (a byte order mark is dropped), or the reason why it is none."""
    data, start = file.data, file.place()
    if len(data) > LARGEST_FILE:
        return None, too_large(len(data), start)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None, Problem("Q102", "the file is UTF-16; a case is UTF-8", start, 'save it again as "UTF-8"')
    try:
        text = data.removeprefix(BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        place = _place_of(before, len(before), file)
        byte = f"byte 0x{data[error.start]:02x} is not UTF-8"
        return None, Problem("Q102", f"{byte}; a case is UTF-8", place, 'save the file again as "UTF-8"')
    control = CONTROL.search(text)
    if control:
        place = _place_of(text, control.start(), file)
        message = f"the control character U+{ord(control.group()):04X} stands in the text"
        return None, Problem("Q102", message, place, "remove it; is this a text file?")
    return text, None


def _place_of(text: str, index: int, file: TextFile) -> Place:
    lines = f"{text[:index]}^".splitlines()
    column = len(lines[-1])
    return file.place(len(lines), column, column + 1)


def tabs_in_indents(text: str, file: TextFile) -> tuple[Problem, ...]:
    """Return a fault for every line whose indent holds a tab."""
    hint = "indent with spaces; most editors have a setting for it"
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        if "\t" in indent and line.strip() and not line.lstrip().startswith("#"):
            at = indent.index("\t") + 1
            found.append(Problem("Q106", "the indent holds a tab", file.place(number, at, at + 1), hint))
    return tuple(found)
