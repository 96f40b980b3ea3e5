"""One tree from a case file and the files it includes; places keep pointing into the file they were written in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from quandary.base.files import Unread, UnreadableError, read_bounded
from quandary.base.places import NOWHERE, Place
from quandary.base.problems import Problem
from quandary.case.schema.schema import CaseModel, IncludedModel
from quandary.case.schema.shape import gaps, nulls, shape_problems
from quandary.case.text import OWN_TO_EACH_FILE, CaseText
from quandary.case.yaml.decoding import LARGEST_FILE, TextFile, decoded, too_large
from quandary.case.yaml.located import Listing, Located, Mapping, MappingEntry, Scalar
from quandary.case.yaml.yaml_reading import read_yaml

_MOST_FILES = 100


@dataclass
class GatheredFiles:
    """The files of a case, in reading order, with the faults found. What ``held`` has is not read again."""

    held: CaseText
    root: Path
    problems: list[Problem] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    files: list[TextFile] = field(default_factory=list)
    beside: list[TextFile] = field(default_factory=list)

    def text(self) -> CaseText:
        """Return what was read; what the text held and no longer names stays beside it."""
        read = {file.path: file for file in self.files}
        beside = {file.path: file for file in (*self.beside, *self.held.files, *self.held.beside)}
        spare = tuple(file for path, file in beside.items() if path not in read)
        return CaseText(tuple(self.files), spare, self.held.article)

    def file(self, path: Path, shown: str, named: str, place: Place) -> tuple[TextFile | None, Problem | None]:
        """Return the file at ``path``, which places call ``shown`` and a fault ``named``, or why it cannot be read."""
        held = self.held.file(shown)
        if held is not None:
            return held, None
        data, problem = read_bytes(path, named, place)
        return (None if data is None else TextFile(shown, data)), problem

    def prose(self, path: Path, shown: str, named: str, place: Place = NOWHERE) -> tuple[str | None, Problem | None]:
        """Return the text of a file that stands beside the case, or why there is none."""
        file, problem = self.file(path, shown, named, place)
        if file is None:
            return None, problem
        self.beside.append(file)
        return decoded(file)


def read_bytes(path: Path, shown: str, place: Place = NOWHERE) -> tuple[bytes | None, Problem | None]:
    """Return the bytes of a file, or the reason why it cannot be read."""
    where = place if place.file else Place(shown, 0, 0)
    try:
        return read_bounded(path, LARGEST_FILE), None
    except UnreadableError as fault:
        if fault.why is Unread.LARGE:
            return None, too_large(fault.size, place if place.file else Place(shown, 1, 1))
        hint = {
            Unread.MISSING: _near_file(path),
            Unread.FOLDER: f"name the file itself, such as {Path(shown) / 'case.yaml'}",
            Unread.SPECIAL: "save its text in a file, and name that",
        }.get(fault.why)
        return None, Problem("Q690", fault.sentence(shown), where, hint)


def _near_file(path: Path) -> str | None:
    try:
        files = [p for p in path.parent.iterdir() if p.suffix in (".yaml", ".yml", ".md")]
        beside = sorted(p.name for p in files if p.name != path.name)[:5]  # a link to nothing has the name itself
    except (OSError, ValueError):
        return None
    return f"beside it are: {', '.join(beside)}" if beside else None


def gather(held: CaseText) -> tuple[Mapping | None, GatheredFiles]:
    """Return the merged tree of a case, and its files; ``None`` when the main one is no mapping."""
    path = Path(held.main.path)
    gathered = GatheredFiles(held, _resolved(path.parent))
    gathered.paths.append(_resolved(path))
    tree = _tree(gathered, held.main, is_main=True)
    if tree is None:
        return None, gathered
    parts = [*_included(gathered, tree, path, held.main.path), tree]
    return _merged(gathered, parts, tree.place), gathered


def inside(root: Path, folder: Path, name: str) -> Path | None:
    """Return the path of ``name`` beside a file in ``folder``, or ``None`` when it leaves the folder tree ``root``."""
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(root) else None
    except (OSError, ValueError, RuntimeError):
        return None


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):
        return path


def _tree(gathered: GatheredFiles, file: TextFile, *, is_main: bool) -> Mapping | None:
    gathered.files.append(file)
    root, problems = read_yaml(file)
    gathered.problems.extend(problems)
    if root is None:
        return None
    if not isinstance(root, Mapping):
        message = "a case file is a mapping of `key: value` lines"
        gathered.problems.append(Problem("Q113", message, root.place, "begin with: quandary: 2"))
        return None
    found = [*gaps(root), *nulls(root)]
    taken = {(gap.place.line, gap.place.column) for gap in found}
    shape = shape_problems(root, CaseModel if is_main else IncludedModel)
    found.extend(problem for problem in shape if (problem.place.line, problem.place.column) not in taken)
    gathered.problems.extend(found)
    return root


def _included(gathered: GatheredFiles, tree: Mapping, path: Path, shown: str) -> list[Mapping]:
    """Return the trees of the files that ``tree`` includes, theirs first, in the order named."""
    names = tree.get("include")
    parts: list[Mapping] = []
    for name in names if isinstance(names, Listing) else ():
        if not isinstance(name, Scalar) or name.is_null:
            continue
        target = inside(gathered.root, path.parent, name.text)
        if target is None:
            message = f'"{name.text[:80]}" lies outside the folder of the case'
            hint = "put the file beside the case, or in a folder below it"
            gathered.problems.append(Problem("Q170", message, name.place, hint))
        elif target in gathered.paths or len(gathered.paths) >= _MOST_FILES:
            message = f'"{name.text}" is included already: a file is read once, and never by itself'
            gathered.problems.append(Problem("Q171", message, name.place, "remove this line"))
        else:
            gathered.paths.append(target)
            parts.extend(_one_file(gathered, target, str(Path(shown).parent / name.text), name.place))
    return parts


def _one_file(gathered: GatheredFiles, target: Path, shown: str, place: Place) -> list[Mapping]:
    file, problem = gathered.file(target, shown, shown, place)
    if file is None:
        gathered.problems.extend(() if problem is None else (problem,))
        return []
    tree = _tree(gathered, file, is_main=False)
    return [] if tree is None else [*_included(gathered, tree, target, shown), tree]


def _merged(gathered: GatheredFiles, parts: list[Mapping], place: Place) -> Mapping:
    sections: dict[str, MappingEntry] = {}
    for entry in (entry for part in parts for entry in part if entry.key.text not in OWN_TO_EACH_FILE):
        before = sections.get(entry.key.text)
        value = entry.value if before is None else _joined(gathered, before.value, entry.value)
        sections[entry.key.text] = MappingEntry(entry.key, value)
    return Mapping(tuple(sections.values()), place)


def _joined(gathered: GatheredFiles, first: Located, second: Located, depth: int = 0) -> Located:
    if isinstance(first, Listing) and isinstance(second, Listing):
        return Listing((*first.items, *second.items), first.place)
    if not (isinstance(first, Mapping) and isinstance(second, Mapping)):
        return first if isinstance(second, Scalar) and second.is_null else second
    joined = dict(first.index)
    for entry in second:
        before = joined.get(entry.key.text)
        if before is None:
            joined[entry.key.text] = entry
        elif depth == 0 and _both_stakes(before.value, entry.value):
            joined[entry.key.text] = MappingEntry(before.key, _joined(gathered, before.value, entry.value, 1))
        else:
            gathered.problems.append(_twice(before, entry))
    return Mapping(tuple(joined.values()), first.place)


def _both_stakes(first: Located, second: Located) -> bool:
    """Return whether both are an actor's stakes (mappings of mappings), which files may share."""
    both: Iterable[Located] = (first, second)
    return all(isinstance(v, Mapping) and v.entries and all(isinstance(e.value, Mapping) for e in v) for v in both)


def _twice(before: MappingEntry, entry: MappingEntry) -> Problem:
    message = f'"{entry.key.text}" is written in two files; the other is {before.key.place}'
    return Problem("Q107", message, entry.key.place, "rename or remove one of them")
