"""The tree of a file after a plain number on one of its lines was put anew, from the tree before: no YAML is read.

Where a plain scalar is exchanged for another of signs that mean nothing in YAML, the events of a parser are the same
but for that scalar and for the columns of what follows on its line. Anything else is left to be read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from quandary.base.places import Place
from quandary.case.yaml.decoding import TextFile
from quandary.case.yaml.located import Listing, Located, Mapping, MappingEntry, Scalar
from quandary.case.yaml.yaml_reading import TREES

_LONGEST_LINE = 1_000
"""Characters of a line up to which YAML takes what stands on it for a key."""

_OTHER_BREAKS = re.compile("[\r\x85\u2028\u2029\v\f\x1c-\x1e]")


def reread(before: TextFile, after: TextFile, place: Place, old: str, value: str) -> None:
    """Keep the tree of ``after``: that of ``before``, if it is kept and faultless, with one scalar put anew.

    ``old`` is the plain text that stands at ``place`` (line and column) and that ``value`` took the place of. Nothing
    is kept where the tree has no such scalar there, or lines are so long or so broken that more might change.
    """
    kept = TREES.get(before)
    if kept is None or kept[0] is None or kept[1]:
        return
    line = after.lines[place.line - 1] if 0 < place.line <= len(after.lines) else ""
    if len(line) >= _LONGEST_LINE or _OTHER_BREAKS.search(after.data.decode("utf-8", "replace")):
        return
    change = _Change(after, place.line, place.column, old, value)
    tree = change.tree(kept[0])
    if change.found == 1:
        TREES.put(after, (tree, ()))


@dataclass
class _Change:
    """One scalar put anew; ``found`` counts how often it was met."""

    file: TextFile
    line: int
    column: int
    old: str
    value: str
    found: int = 0

    def tree(self, node: Located) -> Located:
        """Return a tree with its places in the new file."""
        if isinstance(node, Scalar):
            return self.scalar(node)
        if isinstance(node, Mapping):
            entries = tuple(MappingEntry(self.scalar(one.key), self.tree(one.value)) for one in node.entries)
            return Mapping(entries, self.place(node.place), node.flow)
        return Listing(tuple(self.tree(item) for item in node.items), self.place(node.place), node.flow)

    def scalar(self, scalar: Scalar) -> Scalar:
        at = scalar.place
        moved = (at.line, at.column) == (self.line, self.column) and scalar.plain
        if moved and scalar.text == scalar.raw == self.old:
            self.found += 1
            place = self.file.place(at.line, at.column, at.column + len(self.value))
            return Scalar(self.value, place, place, True, self.value)
        place = self.place(at)
        return Scalar(scalar.text, place, self.place(scalar.start), scalar.plain, scalar.raw)

    def place(self, at: Place) -> Place:
        further = len(self.value) - len(self.old) if at.line == self.line and at.column > self.column else 0
        end = None if at.end_column is None else at.end_column + further
        return Place(at.file, at.line, at.column + further, end, self.file.lines)
