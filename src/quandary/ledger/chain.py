"""The chain: each entry holds the digest of the one before, so that nothing before a known head can be altered unseen.

The digest is SHA-256 over canonical JSON (RFC 8785).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any

import rfc8785

from quandary.ledger.records import KIND_OF, Record, body, record_of

START = "0" * 64
"""What the first entry holds in the place of a digest before it."""

EXACT = 2**53
"""The whole numbers below it are exact as floats, and what lies between them has no exponent."""
PLAIN_FROM = 1e-4
"""The smallest number that Python writes without an exponent."""
MOST_DIGITS = 17
"""Signs of the longest whole number that is exact."""


@dataclass(frozen=True)
class Entry:
    """One entry: its number from 1, the time it was entered (UTC, ISO), its kind and body, and its place in the chain.

    ``body`` is canonical JSON as text; ``content`` is the digest of kind and body alone, by which what is there
    already is
    known.
    """

    number: int
    entered: str
    kind: str
    body: str
    previous: str
    digest: str

    @property
    def content(self) -> str:
        """Return the digest of kind and body."""
        return content_of(self.kind, self.body)

    @property
    def record(self) -> Record:
        """Return what it says; raises ``ValueError`` where that is no record."""
        return record_of(self.kind, _parsed(self.body))


@dataclass(frozen=True)
class Verification:
    """What became of verifying: entries read, the head's digest, and the first that is broken, with the reason.

    ``held`` says whether a head kept elsewhere was found in the chain (``None``: none was given).
    """

    entries: int
    head: str
    broken: int | None = None
    reason: str = ""
    held: bool | None = None

    @property
    def whole(self) -> bool:
        """Return whether nothing was found broken, and a head that was given is there."""
        return self.broken is None and self.held is not False


def _parsed(text: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return _read(text)
    except RecursionError:
        message = "it is nested too deeply"
        raise ValueError(message) from None


def _whole(digits: str) -> int | float:
    """Return a whole number; one that is larger than JSON's numbers hold exactly was a float when it was written."""
    number = int(digits) if len(digits) <= MOST_DIGITS else EXACT
    return number if abs(number) < EXACT else float(digits)


_read = json.JSONDecoder(parse_int=_whole).decode


def canonical(data: Any) -> str:  # noqa: ANN401 - JSON
    """Return data as canonical JSON (RFC 8785); raises ``ValueError`` where JSON has none."""
    try:
        return _quick(_plain(data))
    except _Odd:
        return rfc8785.dumps(data).decode("utf-8")


_quick = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
"""Writes what is plain as the RFC says, many times quicker than a program that knows all of it."""


class _Odd(Exception):  # noqa: N818 - no fault, but a way round
    """Something whose canonical form is not what Python's own writer gives."""


def _plain(data: Any) -> Any:  # noqa: ANN401 - JSON
    """Return data of which Python's own writer gives the canonical form; raises ``_Odd`` where it does not."""
    kind = type(data)
    if kind is str or kind is bool or data is None:
        return data
    if kind is dict:
        if not all(type(key) is str and key.isascii() for key in data):
            raise _Odd
        return {key: _plain(value) for key, value in data.items()}
    if kind is list:
        return [_plain(value) for value in data]
    if kind is int and abs(data) < EXACT:
        return data
    if kind is float and data.is_integer() and abs(data) < EXACT:
        return int(data)
    if kind is float and PLAIN_FROM <= abs(data) < EXACT:
        return data
    raise _Odd


def is_head(told: str) -> bool:
    """Return whether a text is a digest as it is written."""
    return len(told) == len(START) and set(told) <= set("0123456789abcdef")


def written(record: Record) -> tuple[str, str, str]:
    """Return a record's kind, its body as canonical JSON, and the digest of both."""
    kind, text = KIND_OF[type(record)], canonical(body(record))
    return kind, text, content_of(kind, text)


def content_of(kind: str, text: str) -> str:
    """Return the digest of an entry's kind and body."""
    return sha256(f"{kind}\n{text}".encode()).hexdigest()


def linked(number: int, entered: str, kind: str, text: str, previous: str) -> Entry:
    """Return the entry that follows the one with the digest ``previous``."""
    return Entry(number, entered, kind, text, previous, _digest(number, entered, kind, text, previous))


def verified(entries: Iterable[Entry], head: str | None = None) -> Verification:
    """Return whether the entries, in order, are a chain, up to the first that is not.

    Each body must be canonical and a record, each digest its own, each number the next. With a ``head`` kept
    elsewhere it must be
    among the digests: then nothing up to it was altered or removed.
    """
    previous, number, held = START, 0, head == START if head else None
    for entry in entries:
        if reason := _fault(entry, number, previous):
            return Verification(number, previous, entry.number, reason, held)
        number, previous = number + 1, entry.digest
        held = held or entry.digest == head if head else None
    return Verification(number, previous, held=held)


def _digest(number: int, entered: str, kind: str, text: str, previous: str) -> str:
    # the body is canonical already: a string of it inside is as good as the object, and quicker
    body, at, sort, before = map(encode_basestring, (text, entered, kind, previous))
    whole = f'{{"body":{body},"entered":{at},"kind":{sort},"number":{number},"previous":{before}}}'
    return sha256(whole.encode()).hexdigest()


def _fault(entry: Entry, before: int, previous: str) -> str:
    if entry.number != before + 1:
        return f"entry {before + 1} is missing" if entry.number > before + 1 else "its number stands twice"
    if entry.previous != previous:
        return "it does not follow the entry before it: one of them was altered, or one between was removed"
    if entry.digest != _digest(entry.number, entry.entered, entry.kind, entry.body, entry.previous):
        return "what it says is not what was entered: it was altered"
    try:
        if canonical(_parsed(entry.body)) != entry.body:
            return "its text is not in canonical form"
        _ = entry.record
    except ValueError as fault:
        return f"it is no record: {fault}"
    return ""


def in_batches(entries: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield lists of up to ``size`` in order."""
    batch: list[Any] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
