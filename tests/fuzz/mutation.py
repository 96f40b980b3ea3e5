"""Mutants of a file: bytes, words, lines, numbers and nesting changed a little or much, the same for the same seed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

NASTY = (
    b"\x00", b"\x1b[2J", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xed\xa0\x80",
    b"\r", b"\t", b"\\", b'"', b"'", b"{", b"}", b"[", b"]", b"(", b")", b"<", b">", b"&", b"%", b"|", b"=", b":", b",",
    b"<!--", b"]]>", b"<![CDATA[", b"<!DOCTYPE a>", b"&lt;", b"&a;", b"/*", b"//", b"#", b"---\n", b"- ",
    b"!!python/none ",
)  # fmt: skip
NUMBERS = (
    b"0", b"-0", b"1", b"-1", b"2", b"0.5", b"1e400", b"-1e400", b"1e-400", b"nan", b"inf", b"99999999999999999999",
    b"1000000000", b"2147483648", b"1/0", b"1/3", b"0x10", b"1_000", b"1e19", b"1e9", b"", b"\xd9\xa3",
)  # fmt: skip
WORDS = re.compile(rb"[A-Za-z_][A-Za-z_0-9]*")
FIGURES = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
LARGEST = 200_000
"""A mutant has at most so many bytes."""


def mutants(seeds: Sequence[bytes], count: int, seed: int = 1) -> Iterator[bytes]:
    """Yield so many mutants of the seeds in turn, each changed in one to four places."""
    for number in range(count):
        draw = random.Random(f"{seed}/{number}")
        data = seeds[number % len(seeds)]
        for _ in range(draw.choice((1, 1, 1, 2, 4))):
            data = draw.choice(CHANGES)(data, draw)
        yield data[:LARGEST]


def _place(data: bytes, draw: random.Random) -> int:
    return draw.randrange(len(data) + 1)


def _flip(data: bytes, draw: random.Random) -> bytes:
    if not data:
        return bytes([draw.randrange(256)])
    place = draw.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << draw.randrange(8))]) + data[place + 1 :]


def _insert(data: bytes, draw: random.Random) -> bytes:
    place = _place(data, draw)
    return data[:place] + draw.choice(NASTY) + data[place:]


def _cut(data: bytes, draw: random.Random) -> bytes:
    start = _place(data, draw)
    return data[:start] + data[start + draw.choice((1, 2, 8, 64, 512)) :]


def _truncate(data: bytes, draw: random.Random) -> bytes:
    return data[: _place(data, draw)]


def _repeat(data: bytes, draw: random.Random) -> bytes:
    start = _place(data, draw)
    piece = data[start : start + draw.choice((1, 4, 16, 128))]
    return data[:start] + piece * draw.choice((2, 2, 3, 40, 2_000)) + data[start + len(piece) :]


def _lines(data: bytes, draw: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    if len(lines) < 2:
        return data
    first, second = draw.randrange(len(lines)), draw.randrange(len(lines))
    kind = draw.randrange(4)
    if kind == 0:
        del lines[first]
    elif kind == 1:
        lines.insert(second, lines[first])
    elif kind == 2:
        lines[first], lines[second] = lines[second], lines[first]
    else:
        lines[first] = draw.choice((b" ", b"  ", b"\t", b"- ")) + lines[first]
    return b"".join(lines)


def _word(data: bytes, draw: random.Random) -> bytes:
    found = list(WORDS.finditer(data))
    if len(found) < 2:
        return data
    old, new = draw.choice(found), draw.choice(found)
    with_it = draw.choice((new.group(), new.group(), b"", old.group()[::-1], old.group() * 300))
    return data[: old.start()] + with_it + data[old.end() :]


def _number(data: bytes, draw: random.Random) -> bytes:
    found = list(FIGURES.finditer(data))
    if not found:
        return data
    old = draw.choice(found)
    return data[: old.start()] + draw.choice(NUMBERS) + data[old.end() :]


def _nest(data: bytes, draw: random.Random) -> bytes:
    opening, closing = draw.choice(((b"(", b")"), (b"[", b"]"), (b"{", b"}"), (b"<b>", b"</b>"), (b"not ", b"")))
    times, start = draw.choice((5, 200, 5_000)), _place(data, draw)
    end = min(len(data), start + draw.choice((1, 10, 100)))
    return data[:start] + opening * times + data[start:end] + closing * times + data[end:]


CHANGES = (_flip, _insert, _cut, _truncate, _repeat, _lines, _word, _word, _number, _number, _nest)
