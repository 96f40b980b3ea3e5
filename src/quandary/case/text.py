"""The text of a case as it was read: every file once, with its lines and digest, and edits that keep all else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.case.yaml.decoding import BYTE_ORDER_MARK, TextFile, decoded
from quandary.case.yaml.editing import Edit, Part, added, inserted, removed, renamed, replaced, reworded, spliced
from quandary.case.yaml.located import Listing, Located, Mapping, Scalar, plain
from quandary.case.yaml.rereading import reread
from quandary.case.yaml.yaml_reading import GAP, read_yaml

OWN_TO_EACH_FILE = frozenset({"include", "status", "note"})
"""Sections that say something about their file, and are not joined."""


@dataclass(frozen=True)
class TextEntry:
    """An entry of one ``file`` of a case, named as places name it, by its ``path`` inside that file."""

    file: str
    path: tuple[Part, ...]

    def inside(self, *parts: Part) -> TextEntry:
        """Return an entry inside this one."""
        return TextEntry(self.file, (*self.path, *parts))

    @property
    def around(self) -> TextEntry:
        """Return the entry that holds this one."""
        return TextEntry(self.file, self.path[:-1])


@dataclass(frozen=True)
class TextGap:
    """A ``???`` that stands for a value."""

    entry: TextEntry
    place: Place


@dataclass(frozen=True)
class CaseText:
    """The files of a case: ``files`` are the main one and those it includes, in the order read; they make the case.

    ``beside`` are others at hand, by their paths: the analysis, the article, what an earlier text had. ``article`` is
    the article as it was given: a path, or the text itself.

    An edit returns another text, for ``read_case_text`` or ``quandary.load``. Its ``path`` goes through the case as a
    whole, included files with it: keys of mappings and positions in lists. A section's name alone may stand for a path.
    """

    files: tuple[TextFile, ...]
    beside: tuple[TextFile, ...] = ()
    article: Path | str | None = None

    @property
    def main(self) -> TextFile:
        """The case file itself."""
        return self.files[0]

    @property
    def digest(self) -> str:
        """The SHA-256 of the bytes that make the case, as hexadecimal digits."""
        digest = hashlib.sha256()
        for file in self.files:
            digest.update(file.data)
        return digest.hexdigest()

    def file(self, path: str) -> TextFile | None:
        """Return the file that places call ``path``."""
        return next((file for file in (*self.files, *self.beside) if file.path == path), None)

    def with_file(self, file: TextFile) -> CaseText:
        """Return the text with another content of one of its files."""
        files, beside = (tuple(file if f.path == file.path else f for f in some) for some in (self.files, self.beside))
        return replace(self, files=files, beside=beside)

    def with_value(self, path: Sequence[Part], value: object) -> CaseText:
        """Return the text with another value of an entry; numbers of the case language are given as they are written.

        Text within quotation marks stays within them.
        """
        return self._edited(path, lambda text, at: replaced(text, at, value))

    def with_entry(self, path: Sequence[Part], value: object) -> CaseText:
        """Return the text with a new entry, at the end of its mapping or list; a missing section is begun.

        The last part of ``path`` is the new key, or the number of items that the list has.
        """
        return self._edited(path, lambda text, at: added(text, at, value), is_new=True)

    def without(self, path: Sequence[Part]) -> CaseText:
        """Return the text without an entry, and without the comment behind it."""
        return self._edited(path, removed, is_gone=True)

    def with_words(self, path: Sequence[Part], change: Callable[[str], str]) -> CaseText:
        """Return the text with words changed inside an entry, line breaks and quotation marks kept."""
        return self._edited(path, lambda text, at: reworded(text, at, change))

    def entry_at(self, place: Place) -> TextEntry:
        """Return the entry whose value was written at a place; refuses (Q817) a place of none."""
        file = self.file(place.file)
        path = None if file is None else _path_to(_tree(file), place)
        if path is None:
            raise no_entry((str(place),))
        return TextEntry(place.file, path)

    def with_value_at(self, entry: TextEntry, value: object) -> CaseText:
        """Return the text with another value of an entry of one of its files, as ``with_value`` does."""
        return self._at(entry, lambda text, at: replaced(text, at, value))

    def with_number_at(self, place: Place, value: str) -> CaseText:
        """Return the text with another number at a place, as ``with_value_at`` does; refuses (Q817) a place of none.

        A plain number on a line of its file is written without reading the file again.
        """
        file = self.file(place.file)
        text = None if file is None else decoded(file)[0]
        lines = [] if text is None else text.split("\n")
        if file is not None and 0 < place.line <= len(lines) and BYTE_ORDER_MARK not in file.data:
            below = lines[place.line] if place.line < len(lines) else ""
            line = spliced(lines[place.line - 1], place.column, value, below)
            if line is not None:
                end = len(lines[place.line - 1]) - len(line) + place.column - 1 + len(value)
                old = lines[place.line - 1][place.column - 1 : end]
                lines[place.line - 1] = line
                changed = TextFile(file.path, "\n".join(lines).encode("utf-8", "surrogatepass"))
                reread(file, changed, place, old, value)
                return self.with_file(changed)
        return self.with_value_at(self.entry_at(place), value)

    def with_entry_at(self, entry: TextEntry, value: object) -> CaseText:
        """Return the text with a new entry in one of its files, as ``with_entry`` does."""
        return self._at(entry, lambda text, at: added(text, at, value))

    def with_item_before(self, entry: TextEntry, value: object) -> CaseText:
        """Return the text with a new item in a list, before the one at an entry."""
        return self._at(entry, lambda text, at: inserted(text, at, value))

    def without_at(self, entry: TextEntry) -> CaseText:
        """Return the text without an entry of one of its files, as ``without`` does."""
        return self._at(entry, removed)

    def with_key_at(self, entry: TextEntry, key: str) -> CaseText:
        """Return the text with another key of an entry of one of its files, a plain word; its value stays."""
        return self._at(entry, lambda text, at: renamed(text, at, key))

    def value_at(self, entry: TextEntry) -> Located | None:
        """Return what an entry of one of its files holds, with its places; ``None`` where there is none."""
        file = self.file(entry.file)
        value: Located | None = None if file is None else _tree(file)
        for part in entry.path:
            value = None if value is None else _inside(value, part)
        return value

    def gaps(self) -> Iterator[TextGap]:
        """Yield every ``???`` that stands for a value, in the order of the files."""
        for file in self.files:
            for path, value in _scalars(_tree(file), ()):
                if value.plain and value.text.startswith(GAP):
                    yield TextGap(TextEntry(file.path, path), value.place)

    def _at(self, entry: TextEntry, edit: Callable[[str, Sequence[Part]], Edit]) -> CaseText:
        file = self.file(entry.file)
        if file is None or not entry.path:
            raise no_entry(entry.path)
        return self._edited_at(file, entry.path, edit, entry.path)

    def value(self, path: Sequence[Part]) -> object:
        """Return what an entry holds, as plain data; ``None`` where there is none."""
        try:
            file, at = self._home(path, is_new=False, is_gone=False)
        except Refusal:
            return None
        value: Located | None = _tree(file)
        for part in at:
            value = None if value is None else _inside(value, part)
        return None if value is None else plain(value)

    def _edited(
        self,
        path: Sequence[Part],
        edit: Callable[[str, Sequence[Part]], Edit],
        *,
        is_new: bool = False,
        is_gone: bool = False,
    ) -> CaseText:
        if isinstance(path, str):
            path = (path,) if path else ()
        if not path or not all(isinstance(part, str | int) for part in path):
            raise no_entry(path)
        file, at = self._home(path, is_new=is_new, is_gone=is_gone)
        return self._edited_at(file, at, edit, path)

    def _edited_at(
        self, file: TextFile, at: Sequence[Part], edit: Callable[[str, Sequence[Part]], Edit], path: Sequence[Part]
    ) -> CaseText:
        text, _ = decoded(file)
        assert text is not None
        try:
            made = edit(text, at)
        except LookupError as error:
            raise no_entry(path) from error
        except RecursionError as error:
            raise TypeError("a case holds nothing that is nested so deep") from error
        mark = BYTE_ORDER_MARK if file.data.startswith(BYTE_ORDER_MARK) else b""
        changed = TextFile(file.path, mark + made.text.encode("utf-8", "surrogatepass"))
        if plain(_tree(changed)) != made.data:
            raise _not_alone(path, "the lines around it are written in a way that an edit would change")
        return self.with_file(changed)

    def _home(self, path: Sequence[Part], *, is_new: bool, is_gone: bool) -> tuple[TextFile, Sequence[Part]]:
        """Return the file that holds an entry, or that a new one goes to, and the path inside it."""
        section, rest = path[0], path[1:]
        parts = list(self._parts(self.main, {self.main.path}))
        holders = [(file, value) for file, tree in parts if (value := tree.get(str(section))) is not None]
        if section in OWN_TO_EACH_FILE or not holders:
            return self.main, path
        if len(holders) > 1 and not isinstance(holders[-1][1], Scalar):
            if not rest:
                raise _not_alone(path, "it is written in more than one file")
            return _holder(holders, path, is_new=is_new, is_gone=is_gone)
        return holders[-1][0], path

    def _parts(self, file: TextFile, seen: set[str]) -> Iterator[tuple[TextFile, Mapping]]:
        """Yield the files with their trees in the order in which they are joined: what a file includes comes first."""
        tree = _tree(file)
        names = tree.get("include")
        for name in names if isinstance(names, Listing) else ():
            path = str(Path(file.path).parent / name.text) if isinstance(name, Scalar) else ""
            included = self.file(path)
            if included is not None and path not in seen:
                seen.add(path)
                yield from self._parts(included, seen)
        yield file, tree


def _tree(file: TextFile) -> Mapping:
    tree, problems = read_yaml(file)
    if not isinstance(tree, Mapping) or any(problem.is_error for problem in problems):
        raise CaseError(problems or [Problem("Q113", "a case file is a mapping of `key: value` lines", file.place())])
    return tree


def _holder(
    holders: list[tuple[TextFile, Located]], path: Sequence[Part], *, is_new: bool, is_gone: bool
) -> tuple[TextFile, Sequence[Part]]:
    """Return the file with an entry of a section that several share, and the path inside it."""
    section, key, *rest = path
    if isinstance(holders[-1][1], Listing):
        before = 0
        for file, value in holders:
            count = len(value.items) if isinstance(value, Listing) else 0
            last = file is holders[-1][0]
            if isinstance(key, int) and key - before < count + (last and is_new and not rest):
                return file, (section, key - before, *rest)
            before += count
        raise no_entry(path)
    having = [(file, entry) for file, entries in holders if (entry := _inside(entries, key)) is not None]
    if len(having) > 1 and not rest:
        raise _not_alone(path, "it is written in more than one file")
    exact = [(file, entry) for file, entry in having if not rest or _inside(entry, rest[0]) is not None]
    file, entry = (exact or having or holders)[-1]
    if len(having) > 1 and len(rest) == 1 and is_gone and isinstance(entry, Mapping) and len(entry.entries) == 1:
        return file, path[:-1]  # two files may share what has entries in both, and no longer what is empty in one
    return file, path


def _scalars(value: Located, path: tuple[Part, ...]) -> Iterator[tuple[tuple[Part, ...], Scalar]]:
    """Yield every word, number and text of a tree with its path."""
    if isinstance(value, Scalar):
        yield path, value
    elif isinstance(value, Mapping):
        for entry in value:
            yield from _scalars(entry.value, (*path, entry.key.text))
    else:
        for number, item in enumerate(value):
            yield from _scalars(item, (*path, number))


def _path_to(tree: Located, place: Place) -> tuple[Part, ...] | None:
    """Return the path of the word, number or text that was written at a place."""
    wanted = place.line, place.column
    return next((path for path, one in _scalars(tree, ()) if (one.place.line, one.place.column) == wanted), None)


def _inside(value: Located, key: Part) -> Located | None:
    if isinstance(value, Mapping):
        entry = value.index.get(str(key))
        return None if entry is None else entry.value
    if isinstance(value, Listing) and isinstance(key, int):
        return value.items[key] if 0 <= key < len(value.items) else None
    return None


def no_entry(path: Sequence[Part]) -> Refusal:
    """Return the refusal of an edit whose path leads nowhere, or to what is there already."""
    message = f'there is no place for such a change at "{_dotted(path)}"'
    return Refusal(Problem("Q817", message, hint="a value is changed where one is, an entry added where none is"))


def _not_alone(path: Sequence[Part], why: str) -> Refusal:
    message = f'"{_dotted(path)}" cannot be changed alone: {why}'
    return Refusal(Problem("Q818", message, hint="change the file itself"))


def _dotted(path: Sequence[Part]) -> str:
    return path if isinstance(path, str) else ".".join(str(part) for part in path)
