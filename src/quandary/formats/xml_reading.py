"""XML of networks read safely: no entities, and every complaint with its place in the text."""

from __future__ import annotations

from typing import NoReturn
from xml.etree import ElementTree as Xml
from xml.parsers import expat

import numpy as np

from quandary.game.table import Array
from quandary.places import Place
from quandary.problems import CaseError, Problem

CHARACTERS_AT_MOST = 50_000_000
CELLS_AT_MOST = 5_000_000
SUM_TOLERANCE = 1e-3


class XmlText:
    """A text of XML under its file's name."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file

    def root(self, *, with_type: bool) -> Xml.Element:
        """Return the outermost element. Entities are refused, and so is a document type unless ``with_type``."""
        if len(self.text) > CHARACTERS_AT_MOST:
            self.refuse("Q602", f"the file is longer than {CHARACTERS_AT_MOST} characters.")
        if "<!ENTITY" in self.text or ("<!DOCTYPE" in self.text and not with_type):
            self.refuse("Q603", "a document type or entity stands here; such files are not read.", "<!")
        try:
            return Xml.fromstring(self.text.encode("utf-8", "replace"), Xml.XMLParser(encoding="utf-8"))
        except Xml.ParseError as error:
            line, column = error.position
            message = f"this is no XML: {expat.ErrorString(error.code)}."
            raise CaseError([Problem("Q603", message, Place(self.file, line, column + 1))]) from None

    def numbers(self, written: str | None, count: int, what: str, name: str) -> Array:
        """Return so many finite numbers; ``what`` and ``name`` tell whose they are."""
        if count > CELLS_AT_MOST:
            self.refuse("Q602", f'the table of "{name[:40]}" is too large.', name)
        try:
            values = np.array([float(v) for v in (written or "").split()])
        except ValueError:
            self.refuse("Q603", f'the {what} of "{name[:40]}" hold something that is no number.', name)
        if len(values) != count or not np.isfinite(values).all():
            self.refuse("Q607", f'"{name[:40]}" needs {count} finite {what}, and has {len(values)}.', name)
        return values

    def chances(self, values: Array, name: str) -> Array:
        """Return probabilities whose last axis sums to one, after a check that it nearly does."""
        sums = values.sum(axis=-1, keepdims=True)
        if (values < 0).any() or np.abs(sums - 1).max() > SUM_TOLERANCE:
            self.refuse("Q607", f'the probabilities of "{name[:40]}" do not sum to one.', name)
        return np.asarray(values / sums)

    def refuse(self, code: str, message: str, near: str = "") -> NoReturn:
        """Raise ``CaseError`` at the first place where ``near`` stands, in quotes or as an element's text first."""
        found = next((quoted for quoted in (f'"{near}"', f">{near}<") if near and quoted in self.text), near)
        at = max(0, self.text.find(found))
        line = self.text.count("\n", 0, at) + 1
        column = at - (self.text.rfind("\n", 0, at) + 1) + 1
        raise CaseError([Problem(code, message, Place(self.file, line, column))])
