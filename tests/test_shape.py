"""The shape of the code: rooms that can be surveyed, files as long as their idea, names from the subject."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "quandary"
MODULES = sorted(SOURCE.rglob("*.py"))
FOLDERS = sorted({path.parent for path in MODULES} - {SOURCE})
LONGEST_FILE = 500
LONGEST_FUNCTION = 50
MOST_ENTRIES = 14

LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}
FULL_FOLDERS: dict[str, str] = {}
ATTIC = {"utils", "util", "helpers", "misc", "manager", "common"}
NO_NOUNS = {"told", "noting", "roads", "desk", "lots", "carried", "way"}
"""Names that say nothing about the subject; see the glossary in ``docs/design.md``."""


def _name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def _entries(folder: Path) -> list[str]:
    inside = (p for p in folder.iterdir() if p.suffix == ".py" or (p.is_dir() and (p / "__init__.py").exists()))
    return sorted(p.stem for p in inside if not p.stem.startswith("__"))


def _classes(path: Path) -> list[str]:
    return [n.name for n in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(n, ast.ClassDef)]


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_file_is_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE or _name(path) in LONG_FILES, f"{_name(path)} has {lines} lines"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_functions_are_short(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            length = node.end_lineno - node.lineno + 1
            name = f"{_name(path)}:{node.name}"
            assert length <= LONGEST_FUNCTION or name in LONG_FUNCTIONS, f"{name} has {length} lines"


@pytest.mark.parametrize("folder", FOLDERS, ids=_name)
def test_a_folder_can_be_surveyed(folder: Path) -> None:
    entries = _entries(folder)
    assert len(entries) <= MOST_ENTRIES or _name(folder) in FULL_FOLDERS, f"{len(entries)} entries: {entries}"


def test_class_names_are_unique() -> None:
    homes = defaultdict(list)
    for path in MODULES:
        for name in _classes(path):
            homes[name].append(_name(path))
    assert not {name: where for name, where in homes.items() if len(where) > 1}


def test_class_names_say_something_of_the_subject() -> None:
    words = {name: set(re.findall(r"[A-Z][a-z]*", name)) for path in MODULES for name in _classes(path)}
    assert not [name for name, parts in words.items() if {part.lower() for part in parts} & (ATTIC | NO_NOUNS)]


def test_a_word_stands_once_in_the_glossary() -> None:
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8").partition("## Words")[2].partition("\n## ")[0]
    words = [word for row in re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE) for word in row.split(", ")]
    assert len(words) > 30
    assert len(set(words)) == len(words)


def test_no_attic() -> None:
    assert not [p for p in SOURCE.rglob("*") if p.stem in ATTIC | NO_NOUNS]


def test_exceptions_are_still_needed() -> None:
    for name in LONG_FILES:
        assert len((SOURCE / name).read_text(encoding="utf-8").splitlines()) > LONGEST_FILE, name
    for name in FULL_FOLDERS:
        assert len(_entries(SOURCE / name)) > MOST_ENTRIES, name
