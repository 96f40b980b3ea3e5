"""XML of networks read safely: no entities, bounded depth and size, every complaint with the place of its element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from quandary.base.arrays import Array
from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem
from quandary.onegame.formats.network import CELLS_AT_MOST, SUMS, TOO_LARGE, Rows, checked_rows
from quandary.onegame.formats.numbers import decimals, is_meant_as_number
from quandary.onegame.formats.tokens import AROUND, CHARACTERS_AT_MOST, TORN
from quandary.onegame.formats.vocabulary import FormatWord, Treatment, Vocabulary

DEPTH_AT_MOST = 100
ELEMENTS_AT_MOST = 500_000
OF_XML_ITSELF = ("xmlns", "xml:", "xsi:")
"""Attributes that begin so tell of names and schemas; they are ignored everywhere."""


@dataclass
class Element:
    """An element: its name, attributes, elements inside, and its own text in pieces, each from a line and column on."""

    tag: str
    attributes: dict[str, str]
    line: int
    column: int
    children: list[Element] = field(default_factory=list)
    pieces: list[tuple[int, int, list[str]]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return the element's own text, without that of the elements inside."""
        return "".join(part for _, _, parts in self.pieces for part in parts)

    def find(self, tag: str) -> Element | None:
        """Return the first element of that name directly inside."""
        return next(self.every(tag), None)

    def every(self, tag: str) -> Iterator[Element]:
        """Yield the elements of that name directly inside."""
        return (child for child in self.children if child.tag == tag)

    def inside(self, tag: str) -> str:
        """Return the text of the first element of that name directly inside, empty if there is none."""
        found = self.find(tag)
        return "" if found is None else found.text

    def at_word(self, index: int) -> tuple[int, int]:
        """Return line and column of a word of the text, counted from 0."""
        start = next((m.start() for i, m in enumerate(re.finditer(r"\S+", self.text)) if i == index), 0)
        for line, column, parts in self.pieces:
            piece = "".join(parts)
            if start < len(piece):
                above = piece.count("\n", 0, start)
                return line + above, start - piece.rfind("\n", 0, start) if above else column + start
            start -= len(piece)
        return self.line, self.column


class XmlText:
    """A text of XML under its file's name."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.cells = 0
        self.text = text.lstrip()
        self.lines_before = text.count("\n", 0, len(text) - len(self.text))
        if len(text) > CHARACTERS_AT_MOST:
            message = f"the file is longer than {CHARACTERS_AT_MOST:,} characters."
            self.stop("Q602", message, 1, 1, "cut the network down")

    def root(self, *, with_type: bool) -> Element:
        """Return the outermost element. Entities are refused, and so is a document type unless ``with_type``.

        Blank lines before the first are passed over, though XML forbids them before ``<?xml``.
        """
        builder = _XmlBuilder(self, with_type)
        try:
            builder.parser.Parse(self.text.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            message = f"this is no XML: {expat.ErrorString(error.code)}."
            torn = error.code in (expat.errors.codes[name] for name in _TORN)
            self.stop("Q603", message, error.lineno, error.offset + 1, TORN if torn else AROUND)
        assert builder.root is not None
        return builder.root

    def check(self, element: Element, words: Vocabulary) -> None:
        """Refuse every attribute, element and text inside that ``words`` does not hold, by name."""
        waiting = [element]
        while waiting:
            around = waiting.pop()
            for name in around.attributes:
                if not name.startswith(OF_XML_ITSELF):
                    shown = f'the attribute "{name[:40]}" of <{around.tag[:40]}>'
                    self._known(words.find(around.tag, "@" + name), shown, around)
            if around.text.strip():
                shown = f'the text "{around.text.split()[0][:40]}" in <{around.tag[:40]}>'
                line, column = around.at_word(0)
                self._known(words.find(around.tag, "#text"), shown, Element("", {}, line, column))
            for child in reversed(around.children):
                word = words.find(around.tag, child.tag)
                self._known(word, f"<{child.tag[:40]}> in <{around.tag[:40]}>", child)
                if word is not None and word.treatment is Treatment.READ:
                    waiting.append(child)

    def _known(self, word: FormatWord | None, shown: str, at: Element) -> None:
        if word is None:
            hint = "delete it if no number depends on it; otherwise say the same by plain tables"
            self.refuse("Q611", f"{shown} is not understood, so the file is not read.", at, hint)
        if word.treatment is Treatment.REFUSED:
            reason, _, hint = word.note.partition("; ")
            self.refuse("Q611", f"{shown} {reason}.", at, hint)

    def one(self, element: Element, tag: str) -> Element | None:
        """Return the only element of that name inside, ``None`` if there is none; a second one is refused."""
        found = list(element.every(tag))
        if len(found) > 1:
            message = f"<{element.tag}> holds <{tag}> twice."
            self.refuse("Q609", message, found[1], "delete the one that does not count")
        return found[0] if found else None

    def numbers(self, element: Element | None, count: int, what: str, name: str, owner: Element) -> Array:
        """Return so many finite numbers; ``what``, ``name`` and ``owner`` tell whose they are."""
        at = element or owner
        self.room(count, name, at)
        words = element.text.split(None, count) if element is not None else []
        values, bad = decimals(words)
        if bad is not None:
            message = f'the {what} of "{name[:40]}" hold "{words[bad][:40]}", which is no number with a finite value.'
            code = "Q604" if is_meant_as_number(words[bad]) else "Q603"
            self.stop(code, message, *at.at_word(bad), "write a plain number: 3, -0.5 or 1e-3")
        if len(values) != count:
            have = len(values) if len(values) < count else "more"
            message = f'"{name[:40]}" needs {count} finite {what}, and has {have}.'
            self.refuse("Q607", message, at, "give one for every combination of its parents' states (and its own)")
        return values

    def room(self, count: int, name: str, at: Element) -> None:
        """Refuse a table that makes the network too large, before anything is made for it."""
        self.cells += count
        if self.cells > CELLS_AT_MOST:
            message = f'with the table of "{name[:40]}" the network has {self.cells:,} numbers, more than can be held.'
            self.refuse("Q602", message, at, TOO_LARGE)

    def chances(self, values: Array, name: str, at: Element) -> Rows:
        """Return probabilities whose last axis sums to one, after a check that it nearly does (``checked_rows``)."""
        rows = checked_rows(values)
        if isinstance(rows, str):
            self.refuse("Q607", f'the probabilities of "{name[:40]}" do not sum to one: {rows}.', at, SUMS)
        return rows

    def place(self, element: Element) -> Place:
        """Return where an element begins."""
        return Place(self.file, element.line + self.lines_before, element.column)

    def refuse(self, code: str, message: str, at: Element, hint: str) -> NoReturn:
        """Raise ``CaseError`` with one problem at an element, and the next step."""
        self.stop(code, message, at.line, at.column, hint)

    def stop(self, code: str, message: str, line: int, column: int, hint: str) -> NoReturn:
        """Raise ``CaseError`` with one problem at a line and column of the XML."""
        raise CaseError([Problem(code, message, Place(self.file, line + self.lines_before, column), hint)])


_TORN = (expat.errors.XML_ERROR_NO_ELEMENTS, expat.errors.XML_ERROR_UNCLOSED_TOKEN)


class _XmlBuilder:
    """Builds the tree; anything that could grow without bound, or leave something out silently, is refused."""

    def __init__(self, source: XmlText, with_type: bool) -> None:
        self.source = source
        self.root: Element | None = None
        self.open: list[Element] = []
        self.elements = 0
        self.after = (0, 0)
        self.parser = parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = self._entity
        parser.SkippedEntityHandler = self._entity
        if not with_type:
            parser.StartDoctypeDeclHandler = self._entity

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        line, column = self._here()
        self.elements += 1
        if len(self.open) >= DEPTH_AT_MOST or self.elements > ELEMENTS_AT_MOST:
            message = f"more than {DEPTH_AT_MOST} elements stand in each other, or {ELEMENTS_AT_MOST:,} in all."
            self.source.stop("Q602", message, line, column, "no network is written so; look at how the file was made")
        element = Element(tag, attributes, line, column)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)
        self.after = (0, 0)

    def _end(self, _: str) -> None:
        self.open.pop()
        self.after = (0, 0)

    def _text(self, text: str) -> None:
        if not self.open:
            return
        line, column = self._here()
        pieces = self.open[-1].pieces
        if pieces and (line, column) == self.after:
            pieces[-1][2].append(text)
        else:
            pieces.append((line, column, [text]))
        above = text.count("\n")
        self.after = (line + above, len(text) - text.rfind("\n") if above else column + len(text))

    def _entity(self, name: str, *_: object) -> None:
        message = f'a document type or entity ("{name[:40]}") stands here; such files are not read.'
        self.source.stop("Q603", message, *self._here(), "delete the declaration, and write out what it stands for")

    def _here(self) -> tuple[int, int]:
        return self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
