"""Edits of the text of one file, which change the signs of one entry and leave every other sign as it is.

The parser says where each entry begins and ends; the entry alone is written anew, on one line. What the file should
then hold comes with the text, so that whoever reads it again sees whether the edit did what it should.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

from quandary.case.yaml.decoding import TextFile
from quandary.case.yaml.located import NULLS, plain
from quandary.case.yaml.yaml_reading import GAP, GAP_MARK, read_yaml
from quandary.case.yaml.yaml_writing import UNSAFE_PLAIN

Part = str | int
"""A key of a mapping, or a position in a list."""

_PLAIN = re.compile(r"(?:[+-](?=[0-9])|(?=[0-9A-Za-z]))[0-9A-Za-z.%+-]+(?: [0-9A-Za-z.%+-]+)*")
"""Words and numbers of the case language that YAML reads as they stand, wherever they stand."""

_COLON = re.compile(r"\s*:")
_COMMENT = re.compile(r"\s+#.*")
_NOT_PRINTED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")
_SIGNS_OF_LINES = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


@dataclass(frozen=True)
class Edit:
    """The text of a file after an edit, and the plain data that it should hold."""

    text: str
    data: Any


def replaced(text: str, path: Sequence[Part], value: object) -> Edit:
    """Return the edit that puts a value in the place of the one at ``path``; raises ``LookupError`` for none."""
    document = _Document(text)
    parent, at = document.entry(path)
    written = _written(value, document.value(parent, at))
    data = _data(text)
    _at(data, path[:-1])[path[-1]] = _read(written)
    return Edit(document.replaced(parent, at, written), data)


def spliced(line: str, column: int, value: str, below: str) -> str | None:
    """Return a line with another plain number or words in the place of those that begin at a column, from 1.

    ``None`` where that may be more than it seems: signs that mean something in YAML, or a value that the line ``below``
    may go on with. What is put there is no number, truth or nothing by itself, so that it is read as the text it is.
    """
    old = _PLAIN.match(line, column - 1)
    if old is None or not _PLAIN.fullmatch(value) or " " not in value or " " not in old.group():
        return None
    rest = line[old.end() :].lstrip()
    if rest[:1] not in (",", "}", "]"):
        under = below.strip()
        if rest[:1] not in ("", "#") or not (under[:1] in ("", "#") or ":" in under):
            return None
    return line[: column - 1] + value + line[old.end() :]


def added(text: str, path: Sequence[Part], value: object) -> Edit:
    """Return the edit that adds an entry at the end of the mapping or list at ``path[:-1]``, which may be missing.

    Raises ``LookupError`` where the entry is there already, or its parent is neither.
    """
    document = _Document(text)
    data = _data(text)
    depth = 0
    inner = document.root
    while depth < len(path) - 1 and (child := document.child(inner, path[depth])) is not None:
        if _is_nothing(child):
            break
        inner, depth = child, depth + 1
    rest = path[depth:]
    begun = document.child(inner, rest[0]) is not None
    if not isinstance(inner, CollectionNode) or (begun and len(rest) == 1):
        raise LookupError(path)
    _insert(_at(data, path[:depth]), rest, _read(_written(value)))
    if begun:
        parent, at = document.entry(path[: depth + 1])
        return Edit(document.replaced(parent, at, _written(_nested(rest[1:], value))), data)
    return Edit(document.added(inner, rest, value), data)


def inserted(text: str, path: Sequence[Part], value: object) -> Edit:
    """Return the edit that puts a new item before the one at ``path`` in its list, and before that one's comments.

    Raises ``LookupError`` where no item is there, or it does not begin a line.
    """
    document = _Document(text)
    parent, at = document.entry(path)
    data = _data(text)
    if isinstance(parent, MappingNode):
        raise LookupError(path)
    _at(data, path[:-1]).insert(at, _read(_written(value)))
    return Edit(document.inserted(parent, at, _written(value)), data)


def removed(text: str, path: Sequence[Part]) -> Edit:
    """Return the edit that takes an entry away; raises ``LookupError`` where there is none."""
    document = _Document(text)
    parent, at = document.entry(path)
    data = _data(text)
    del _at(data, path[:-1])[path[-1]]
    if len(parent.value) > 1:
        return Edit(document.removed(parent, at), data)
    outer, place = document.entry(path[:-1])
    return Edit(document.replaced(outer, place, "{}" if isinstance(parent, MappingNode) else "[]"), data)


def renamed(text: str, path: Sequence[Part], key: str) -> Edit:
    """Return the edit that puts another key, a plain word, in the place of an entry's; ``LookupError`` for none."""
    document = _Document(text)
    parent, at = document.entry(path)
    data = _data(text)
    held = _at(data, path[:-1])
    if not isinstance(parent, MappingNode) or key in held or not key.isidentifier():
        raise LookupError(path)
    renewed = {key if name == path[-1] else name: value for name, value in held.items()}
    held.clear()
    held.update(renewed)
    own = parent.value[at][0]
    return Edit(text[: own.start_mark.index] + key + text[own.end_mark.index :], data)


def reworded(text: str, path: Sequence[Part], change: Callable[[str], str]) -> Edit:
    """Return the edit that changes words inside the text at ``path``; line breaks and quotation marks stay.

    Raises ``LookupError`` where there is no text.
    """
    document = _Document(text)
    parent, at = document.entry(path)
    data = _data(text)
    held = _at(data, path[:-1])
    if not isinstance(held[path[-1]], str):
        raise LookupError(path)
    held[path[-1]] = change(held[path[-1]])
    return Edit(document.reworded(parent, at, change), data)


def _data(text: str) -> Any:  # noqa: ANN401 - plain data has any shape
    tree, _ = read_yaml(TextFile("", text.encode("utf-8", "surrogatepass")))
    return None if tree is None else plain(tree)


def _at(data: Any, path: Sequence[Part]) -> Any:  # noqa: ANN401 - plain data has any shape
    for part in path:
        data = data[part]
    return data


def _read(written: str) -> Any:  # noqa: ANN401 - plain data has any shape
    data = _data(f"value: {written}")
    return None if data is None else data["value"]


def _nested(keys: Sequence[Part], value: Any) -> Any:  # noqa: ANN401 - plain data has any shape
    """Return the value inside new mappings and lists, one for each key."""
    for key in reversed(keys):
        if isinstance(key, int) and key != 0:
            raise LookupError(keys)
        value = [value] if isinstance(key, int) else {key: value}
    return value


def _insert(data: Any, path: Sequence[Part], value: Any) -> None:  # noqa: ANN401 - plain data has any shape
    nested = _nested(path[1:], value)
    if isinstance(data, list) and path[0] == len(data) and path[0] is not False:
        data.append(nested)
    elif isinstance(data, dict) and isinstance(path[0], str):
        data[path[0]] = nested
    else:
        raise LookupError(path)


class _Document:
    """The text of a file with the spans of its entries."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.root: Node = YAML(typ="safe", pure=True).compose(text.replace(GAP, GAP_MARK))

    def child(self, node: Node, part: Part) -> Node | None:
        """Return the value under a key or at a position; ``None`` where there is none."""
        at = self._position(node, part)
        return self.value(node, at) if isinstance(node, CollectionNode) and at is not None else None

    def entry(self, path: Sequence[Part]) -> tuple[CollectionNode, int]:
        """Return the mapping or list that holds an entry, and the number of the entry in it."""
        node = self.root
        for part in path[:-1]:
            inner = self.child(node, part)
            if inner is None:
                raise LookupError(part)
            node = inner
        at = self._position(node, path[-1]) if path else None
        if at is None or not isinstance(node, CollectionNode):
            raise LookupError(path)
        return node, at

    @staticmethod
    def _position(node: Node, part: Part) -> int | None:
        if isinstance(node, MappingNode):
            keys = [key.value.replace(GAP_MARK, GAP) for key, _ in node.value]
            return keys.index(part) if isinstance(part, str) and part in keys else None
        if isinstance(node, CollectionNode) and type(part) is int and 0 <= part < len(node.value):
            return part
        return None

    @staticmethod
    def value(parent: CollectionNode, at: int) -> Node:
        """Return the value of an entry."""
        value: Node = parent.value[at][1] if isinstance(parent, MappingNode) else parent.value[at]
        return value

    def replaced(self, parent: CollectionNode, at: int, written: str) -> str:
        """Return the text with another value of an entry."""
        value = self.value(parent, at)
        start, end = value.start_mark.index, self._end(parent, at)
        if _is_empty(value):
            colon = ":" if isinstance(parent, MappingNode) and self._colon(parent, at) is None else ""
            return f"{self.text[:end]}{colon} {written}{self.text[end:]}"
        kept = ""
        if isinstance(parent, MappingNode) and isinstance(value, CollectionNode) and not value.flow_style:
            colon_end = self._colon(parent, at)
            assert colon_end is not None
            start, kept = colon_end, self.text[colon_end:start].rstrip()
            written = f" {written}"
        elif isinstance(value, ScalarNode) and value.style in ("|", ">"):
            comment = _COMMENT.search(self.text[start:end].splitlines()[0])
            kept = comment[0] if comment else ""
        return self.text[:start] + written + kept + self.text[end:]

    def reworded(self, parent: CollectionNode, at: int, change: Callable[[str], str]) -> str:
        """Return the text with words changed inside an entry, as it is written."""
        value = self.value(parent, at)
        start, end = int(value.start_mark.index), self._end(parent, at)
        style = value.style if isinstance(value, ScalarNode) else None
        if style in ("|", ">"):
            start = self.text.index("\n", start) + 1  # behind the sign, which a comment may follow
        elif style:
            start, end = start + 1, end - 1
        return self.text[:start] + change(self.text[start:end]) + self.text[end:]

    def added(self, parent: CollectionNode, path: Sequence[Part], value: object) -> str:
        """Return the text with a new entry at the end of ``parent``."""
        last = len(parent.value) - 1
        end = self._end(parent, last) if parent.value else parent.start_mark.index + 1
        if parent.flow_style:
            nested = _written(_nested(path[1:], value))
            entry = f"{_written(path[0])}: {nested}" if isinstance(parent, MappingNode) else nested
            return f"{self.text[:end]}{', ' if parent.value else ''}{entry}{self.text[end:]}"
        broken = self.text.find("\n", end)
        end = len(self.text) if broken < 0 else broken
        if self.text[:end].endswith("\r"):
            end -= 1
        lines = [f"{' ' * parent.start_mark.column}{line}" for line in _lines(path, value)]
        return self.text[:end] + "".join(self.newline + line for line in lines) + self.text[end:]

    def inserted(self, parent: CollectionNode, at: int, written: str) -> str:
        """Return the text with a new item before one of a list."""
        text, start = self.text, self._start(parent, at)
        if parent.flow_style:
            return f"{text[:start]}{written}, {text[start:]}"
        line = text.rfind("\n", 0, start) + 1
        if text[line:start].strip(" "):
            raise LookupError(at)
        while (above := text.rfind("\n", 0, max(line - 1, 0)) + 1) < line and text[above:line].lstrip().startswith("#"):
            line = above
        return f"{text[:line]}{' ' * parent.start_mark.column}- {written}{self.newline}{text[line:]}"

    def removed(self, parent: CollectionNode, at: int) -> str:
        """Return the text without an entry, which is not the only one."""
        text, start, end = self.text, self._start(parent, at), self._end(parent, at)
        is_last = at == len(parent.value) - 1
        if parent.flow_style:
            if is_last:
                return text[: self._end(parent, at - 1)] + text[end:]
            return text[:start] + text[self._start(parent, at + 1) :]
        line = text.rfind("\n", 0, start) + 1
        if text[line:start].strip(" "):
            return text[:start] + text[self._start(parent, at + 1) :]
        broken = text.find("\n", end)
        return text[:line] + ("" if broken < 0 else text[broken + 1 :])

    def _colon(self, parent: MappingNode, at: int) -> int | None:
        """Return where the colon behind a key ends."""
        colon = _COLON.match(self.text, parent.value[at][0].end_mark.index)
        return None if colon is None else colon.end()

    def _start(self, parent: CollectionNode, at: int) -> int:
        """Return where an entry begins: its key, or the dash of an item."""
        if isinstance(parent, MappingNode):
            return int(parent.value[at][0].start_mark.index)
        if parent.flow_style:
            return int(parent.value[at].start_mark.index)
        if at == 0:
            return int(parent.start_mark.index)
        indent = int(parent.start_mark.column)
        dash = re.compile(rf"^ {{{indent}}}-(?=\s|$)", re.MULTILINE).search(self.text, self._end(parent, at - 1))
        return int(parent.value[at].start_mark.index) if dash is None else dash.end() - 1

    def _end(self, parent: CollectionNode, at: int) -> int:
        """Return where an entry ends, comments behind it left out."""
        value = self.value(parent, at)
        if _is_empty(value):
            if not isinstance(parent, MappingNode):
                return int(value.start_mark.index) if parent.flow_style else self._start(parent, at) + 1
            colon = self._colon(parent, at)
            return int(parent.value[at][0].end_mark.index) if colon is None else colon
        start, end = int(value.start_mark.index), int(value.end_mark.index)
        if isinstance(value, ScalarNode):
            return start + len(self.text[start:end].rstrip()) if value.style in ("|", ">") else end
        if isinstance(value, CollectionNode) and not value.flow_style:
            return self._end(value, len(value.value) - 1)
        return end


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.style is None and node.value == ""


def _is_nothing(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.style is None and node.value in NULLS


def _lines(path: Sequence[Part], value: object) -> list[str]:
    """Return the lines of a new entry, inside new mappings and lists where ``path`` has more than one part."""
    key = "-" if isinstance(path[0], int) else f"{_written(path[0])}:"
    if len(path) == 1:
        return [f"{key} {_written(value)}"]
    return [key, *(f"  {line}" for line in _lines(path[1:], value))]


def _written(value: object, before: Node | None = None) -> str:
    """Return a value on one line, valid within braces and without; text keeps the quotation marks it had before."""
    if isinstance(value, str):
        style = before.style if isinstance(before, ScalarNode) else None
        return _text(value, style)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, date) or (isinstance(value, int | float) and abs(value) <= sys.float_info.max):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(str(key))}: {_written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return "[" + ", ".join(_written(item) for item in value) + "]"
    raise TypeError(f"a case holds no {type(value).__name__} that is no finite number, text, list or mapping")


def _text(text: str, style: str | None = None) -> str:
    if text == GAP:
        return text
    if style == "'" and not _SIGNS_OF_LINES.search(text):
        return "'" + text.replace("'", "''") + "'"
    if style == '"' or UNSAFE_PLAIN.search(text) or _SIGNS_OF_LINES.search(text):
        quoted = json.dumps(text, ensure_ascii=False)
        return _NOT_PRINTED.sub(lambda sign: f"\\u{ord(sign[0]):04x}", quoted)
    return text
