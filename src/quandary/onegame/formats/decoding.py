"""From the bytes of a game file to its text: in what letters they are written, and lines that all end alike."""

from __future__ import annotations

import codecs
import re

from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Marks with which a text begins that says its encoding, longer ones before those that begin them."""

_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,30})["']""")
_LETTERS_OF_XML = ("utf-8", "ascii", "iso8859-", "cp125", "koi8", "mac-", "big5", "gb", "shift_jis", "euc")


def decoded(content: bytes, file: str = "game", *, strict: bool = False) -> str:
    """Return bytes as text whose lines end in ``\\n``.

    What a mark at the beginning says counts, then what an XML declaration says, then UTF-8. What is no UTF-8 is taken
    for Windows-1252, as old files are, unless ``strict`` (XML and JSON) or part of it is plainly UTF-8. Raises
    ``CaseError`` (Q612) with the place of the first byte that cannot be read; a NUL is no text either.
    """
    mark, encoding = next(((m, name) for m, name in _MARKS if content.startswith(m)), (b"", ""))
    declared = _DECLARED.match(content) if strict and not mark else None
    if declared:
        encoding = _of_xml(declared[1].decode("ascii"), file)
    try:
        text = content[len(mark) :].decode(encoding or "utf-8")
    except UnicodeDecodeError as fault:
        if encoding or strict or _has_letters_of_utf8(content):
            raise _refused(content, len(mark) + fault.start, encoding or "utf-8", file) from None
        text = _of_one_byte(content)
    if "\0" in text:
        raise _refused(text.encode("utf-8", "replace"), text.encode("utf-8", "replace").find(b"\0"), "", file)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def lines_of(content: bytes) -> tuple[str, ...]:
    """Return the lines that places in a game file count, also of one that cannot be read as text."""
    try:
        return tuple(decoded(content).split("\n"))
    except CaseError:
        return tuple(content.decode("latin-1").split("\n"))


def _of_xml(declared: str, file: str) -> str:
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        name = ""
    if not name.startswith(_LETTERS_OF_XML):
        message = f'the file says that it is written in "{declared}", which is not read.'
        raise CaseError([Problem("Q612", message, Place(file, 1, 1), "save it as UTF-8")])
    return name


def _of_one_byte(content: bytes) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _has_letters_of_utf8(content: bytes) -> bool:
    return not content.decode("utf-8", "ignore").isascii()


def _refused(content: bytes, at: int, encoding: str, file: str) -> CaseError:
    line = content.count(b"\n", 0, at) + 1
    place = Place(file, line, at - content.rfind(b"\n", 0, at))
    what = f"a byte that is no {encoding.upper()} stands here" if encoding else "a NUL stands here, which no text holds"
    return CaseError([Problem("Q612", f"{what}, so the file is not read.", place, "save the file as UTF-8 text")])
