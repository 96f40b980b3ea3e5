"""The shape of the code: short files, short functions, no attic, every room in the import contract."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "quandary"
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST_FILE = 500
LONGEST_FUNCTION = 50

LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}
ATTIC = {"utils", "util", "helpers", "misc", "manager", "common"}


def _name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


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


def test_no_attic() -> None:
    assert not [p for p in SOURCE.rglob("*") if p.stem in ATTIC]


def test_exceptions_are_still_needed() -> None:
    for name in LONG_FILES:
        assert len((SOURCE / name).read_text(encoding="utf-8").splitlines()) > LONGEST_FILE, name


def test_every_room_is_in_the_import_contract() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    named = {n.strip(" ()") for layer in contract["layers"] for n in layer.split("|")}
    rooms = {f"quandary.{p.name}" for p in SOURCE.iterdir() if p.is_dir() and p.name != "__pycache__"}
    modules = {f"quandary.{p.stem}" for p in SOURCE.glob("*.py") if not p.stem.startswith("__")}
    assert rooms <= named
    assert modules <= named
