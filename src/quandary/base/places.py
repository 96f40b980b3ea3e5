"""Where something was written: a file, a line, a column."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file a person wrote; lines and columns count from 1.

    ``end_column`` is the column after the last character on the same line, or ``None`` when only the
    start is known. ``lines`` are those of the file as it was read, the same for all its places: whoever quotes the
    line quotes what was read, whatever the file holds by then. They are no part of what makes two places one.
    ``NOWHERE`` stands for things made in code.
    """

    file: str
    line: int
    column: int
    end_column: int | None = None
    lines: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @property
    def written(self) -> str:
        """Return the line without its indent; empty where its file was not read."""
        return self.lines[self.line - 1].strip() if 0 < self.line <= len(self.lines) else ""

    def shifted(self, offset: int, length: int | None = None) -> Place:
        """Return the place ``offset`` characters further right on the same line, ``length`` wide."""
        column = self.column + offset
        return Place(self.file, self.line, column, None if length is None else column + length, self.lines)

    def in_file(self, path: str) -> Place:
        """Return the same place of a file of the same text under another path."""
        return Place(path, self.line, self.column, self.end_column, self.lines)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


def typed_text(name: str, text: str) -> Place:
    """Return the beginning of a text that stands in no file, such as a question on the command line."""
    return Place(name, 1, 1, lines=tuple(text.splitlines()))


NOWHERE = Place("", 0, 0)
