"""A YAML document as a tree in which every key and every value knows its place.

``case/yaml/yaml_reading.py`` makes it; the schema validates its plain form; the conversion reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from quandary.base.places import Place

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_LONGEST_NUMBER = 400


@dataclass(frozen=True, slots=True)
class Scalar:
    """One word, number or text. ``place`` covers what was written, ``start`` is where its content begins.

    ``plain`` is whether it was written without quotation marks. ``raw`` is the content as it stands in the
    file from ``start`` on, line breaks and indents included, so that a column inside it is a column of the
    file; ``None`` where quotation marks hide that.
    """

    text: str
    place: Place
    start: Place
    plain: bool = True
    raw: str | None = None

    @property
    def value(self) -> bool | int | float | str | None:
        """Return the value by YAML 1.2's core rules: null, truth value, number or text."""
        if not self.plain:
            return self.text
        if self.text in NULLS:
            return None
        if self.text in _TRUE or self.text in _FALSE:
            return self.text in _TRUE
        if len(self.text) > _LONGEST_NUMBER:
            return self.text
        if _INTEGER.fullmatch(self.text):
            return int(self.text)
        return float(self.text) if _FLOAT.fullmatch(self.text) else self.text

    @property
    def is_null(self) -> bool:
        """Return whether nothing was written."""
        return self.plain and self.text in NULLS


@dataclass(frozen=True, slots=True)
class MappingEntry:
    """One ``key: value`` of a mapping."""

    key: Scalar
    value: Located


@dataclass(frozen=True, slots=True)
class Mapping:
    """A YAML mapping, its entries in the order written, each key once."""

    entries: tuple[MappingEntry, ...]
    place: Place
    flow: bool = False
    index: dict[str, MappingEntry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {entry.key.text: entry for entry in self.entries})

    def get(self, key: str) -> Located | None:
        """Return the value under ``key``; ``None`` when the key is absent or nothing stands after it."""
        entry = self.index.get(key)
        if entry is None or (isinstance(entry.value, Scalar) and entry.value.is_null):
            return None
        return entry.value

    def __iter__(self) -> Iterator[MappingEntry]:
        return iter(self.entries)


@dataclass(frozen=True, slots=True)
class Listing:
    """A YAML sequence."""

    items: tuple[Located, ...]
    place: Place
    flow: bool = False

    def __iter__(self) -> Iterator[Located]:
        return iter(self.items)


Located = Scalar | Mapping | Listing


def plain(located: Located) -> Any:  # noqa: ANN401 - plain data has any shape
    """Return the tree as plain dictionaries, lists and values, places left out."""
    if isinstance(located, Scalar):
        return located.value
    if isinstance(located, Mapping):
        return {entry.key.text: plain(entry.value) for entry in located.entries}
    return [plain(item) for item in located.items]


def in_file(located: Located, path: str) -> Located:
    """Return the tree as that of a file of the same text under another path."""
    if isinstance(located, Scalar):
        return _scalar_in_file(located, path)
    if isinstance(located, Listing):
        items = tuple(in_file(item, path) for item in located.items)
        return Listing(items, located.place.in_file(path), located.flow)
    entries = tuple(MappingEntry(_scalar_in_file(e.key, path), in_file(e.value, path)) for e in located.entries)
    return Mapping(entries, located.place.in_file(path), located.flow)


def _scalar_in_file(scalar: Scalar, path: str) -> Scalar:
    place = scalar.place.in_file(path)
    start = place if scalar.start is scalar.place else scalar.start.in_file(path)
    return Scalar(scalar.text, place, start, scalar.plain, scalar.raw)
