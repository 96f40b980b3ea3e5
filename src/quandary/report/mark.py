"""The mark by which Quandary knows a file that it made: only such a file does a new report or picture replace unasked.

HTML carries it as its generator, JSON and CSV in their first line, Markdown as a comment with a digest (so that a
report gone on with by hand is not lost), SVG as a comment, PNG as its software, PDF after its end.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

PROGRAM = "Quandary"

COLUMNS = (
    "kind",
    "id",
    "part",
    "query",
    "set_aside",
    "mean",
    "median",
    "low",
    "high",
    "holds_in",
    "verdict",
    "history",
    "mc_error",
    "worlds",
    "effective_worlds",
    "undefined",
)
"""The first line of a CSV."""

_LARGEST = 100_000_000
_HEAD = 8_192
_GENERATOR = f'<meta name="generator" content="{PROGRAM} '.encode()
_SVG = f"<!-- drawn by {PROGRAM} -->"
_PDF = f"\n%{PROGRAM}\n".encode()
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_HEADER = 33
"""Bytes of a PNG up to the end of its first chunk."""
_SOFTWARE = b"tEXtSoftware\0" + PROGRAM.encode()
_JSON = re.compile(rb'\{\s*"schema": "quandary\.report/')
_SPECIFICATION = re.compile(rb'\{\s*"usermeta": \{\s*"generator": "' + re.escape(PROGRAM.encode()))
_DRAWING = re.compile(rb"<svg[^>]*>" + re.escape(_SVG.encode()))
_COMMENT = re.compile(rb"\n<!-- Quandary report ([0-9a-f]{16}) -->\n\Z")


def marked_markdown(text: str) -> str:
    """Return Markdown with the mark as its last line."""
    return f"{text}\n<!-- {PROGRAM} report {_digest(text.encode())} -->\n"


def marked_svg(svg: str) -> str:
    """Return a drawing with the mark right after its opening tag."""
    end = svg.index(">", svg.index("<svg")) + 1
    return svg[:end] + _SVG + svg[end:]


def marked_pdf(pdf: bytes) -> bytes:
    """Return a PDF with the mark after its end, where readers look for nothing."""
    return pdf.rstrip(b"\r\n") + _PDF


def marked_png(png: bytes) -> bytes:
    """Return a PNG with the mark as its software, in a text chunk after the first."""
    if not png.startswith(_PNG_START):
        raise ValueError("no PNG")
    chunk = struct.pack(">I", len(_SOFTWARE) - 4) + _SOFTWARE + struct.pack(">I", zlib.crc32(_SOFTWARE))
    return png[:_PNG_HEADER] + chunk + png[_PNG_HEADER:]


def is_ours(path: Path) -> bool:
    """Return whether the file at a path carries the mark; one that cannot be read does not."""
    try:
        if path.stat().st_size > _LARGEST:
            return False
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(descriptor, "rb") as stream:
            data = stream.read(_LARGEST)
    except OSError:
        return False
    return any(carries(data) for carries in _MARKS)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _markdown(data: bytes) -> bool:
    found = _COMMENT.search(data)
    return found is not None and found[1].decode() == _digest(data[: found.start()])


_MARKS: tuple[Callable[[bytes], bool], ...] = (
    lambda data: data.lstrip().lower().startswith(b"<!doctype html") and _GENERATOR in data[:_HEAD],
    lambda data: _JSON.match(data) is not None or _SPECIFICATION.match(data) is not None,
    lambda data: data.startswith(",".join(COLUMNS).encode() + b"\n"),
    lambda data: _DRAWING.search(data[:_HEAD]) is not None,
    lambda data: data.startswith(_PNG_START) and data[_PNG_HEADER + 4 :].startswith(_SOFTWARE),
    lambda data: data.startswith(b"%PDF") and data.endswith(_PDF),
    _markdown,
)
