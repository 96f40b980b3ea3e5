"""One tree from a case file and the files it includes; places keep pointing into the file they were written in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from quandary.base.files import Unread, UnreadableError, read_bounded
from quandary.base.places import NOWHERE, Place
from quandary.base.problems import Problem
from quandary.case.schema.schema import CaseModel, IncludedModel
from quandary.case.schema.shape import gaps, shape_problems
from quandary.case.yaml.decoding import LARGEST_FILE, too_large
from quandary.case.yaml.located import Listing, Located, Mapping, MappingEntry, Scalar
from quandary.case.yaml.yaml_reading import read_yaml

_MOST_FILES = 100
_OWN_TO_EACH_FILE = frozenset({"include", "status", "note"})


@dataclass
class GatheredFiles:
    """The trees of all files of a case, in reading order, with the faults found and the digest of every byte read."""

    root: Path
    problems: list[Problem] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)


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
        return None, Problem("Q690", fault.told(shown), where, hint)


def _near_file(path: Path) -> str | None:
    try:
        files = [p for p in path.parent.iterdir() if p.suffix in (".yaml", ".yml", ".md")]
        beside = sorted(p.name for p in files if p.name != path.name)[:5]  # a link to nothing has the name itself
    except (OSError, ValueError):
        return None
    return f"beside it are: {', '.join(beside)}" if beside else None


def gather(data: bytes, shown: str, path: Path) -> tuple[Mapping | None, GatheredFiles]:
    """Return the merged tree of the case whose main file holds ``data``; ``None`` when that is no mapping."""
    gathered = GatheredFiles(_resolved(path.parent))
    gathered.files.append(_resolved(path))
    tree = _tree(gathered, data, shown, is_main=True)
    if tree is None:
        return None, gathered
    parts = [*_included(gathered, tree, path, shown), tree]
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


def _tree(gathered: GatheredFiles, data: bytes, shown: str, *, is_main: bool) -> Mapping | None:
    gathered.digest.update(data)
    root, problems = read_yaml(data, shown)
    gathered.problems.extend(problems)
    if root is None:
        return None
    if not isinstance(root, Mapping):
        message = "a case file is a mapping of `key: value` lines"
        gathered.problems.append(Problem("Q113", message, root.place, "begin with: quandary: 1"))
        return None
    found = list(gaps(root))
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
        elif target in gathered.files or len(gathered.files) >= _MOST_FILES:
            message = f'"{name.text}" is included already: a file is read once, and never by itself'
            gathered.problems.append(Problem("Q171", message, name.place, "remove this line"))
        else:
            gathered.files.append(target)
            parts.extend(_one_file(gathered, target, str(Path(shown).parent / name.text), name.place))
    return parts


def _one_file(gathered: GatheredFiles, target: Path, shown: str, place: Place) -> list[Mapping]:
    data, problem = read_bytes(target, shown, place)
    if data is None:
        gathered.problems.extend(() if problem is None else (problem,))
        return []
    tree = _tree(gathered, data, shown, is_main=False)
    return [] if tree is None else [*_included(gathered, tree, target, shown), tree]


def _merged(gathered: GatheredFiles, parts: list[Mapping], place: Place) -> Mapping:
    sections: dict[str, MappingEntry] = {}
    for entry in (entry for part in parts for entry in part if entry.key.text not in _OWN_TO_EACH_FILE):
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
