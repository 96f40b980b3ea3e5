"""The fronts of rooms: what each says it has is there, is what others use, and is what tests import."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "quandary"
ROOMS = sorted(stub.parent.name for stub in SOURCE.glob("*/__init__.pyi"))
INNER = {"tests": 92, "bench": 5, "docs": 0}
"""How many statements import a module inside a room, by folder: those that look inside, and functions that are called
as their module. May only fall: there were 1202, 75 and 11 before rooms had fronts."""


def _front(folder: Path) -> dict[str, str]:
    tree = ast.parse((folder / "__init__.pyi").read_text(encoding="utf-8"))
    lines = [line for line in tree.body if isinstance(line, ast.ImportFrom)]
    assert len(lines) == len(tree.body)
    assert all(alias.asname == alias.name for line in lines for alias in line.names)
    return {alias.name: str(line.module) for line in lines for alias in line.names}


def _entries(room: str) -> set[str]:
    return {p.stem for p in (SOURCE / room).iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}


@cache
def _imports(folder: str) -> list[tuple[Path, int, str, str]]:
    """Every import of something of ours in a folder: file, line, module, and the name (none if it is the module)."""

    def found() -> Iterator[tuple[Path, int, str, str]]:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("quandary"):
                    yield from ((path, node.lineno, node.module, alias.name) for alias in node.names)
                elif isinstance(node, ast.Import):
                    ours = [alias.name for alias in node.names if alias.name.startswith("quandary")]
                    yield from ((path, node.lineno, name, "") for name in ours)

    return list(found())


def _taken() -> dict[str, dict[str, set[str]]]:
    """What others take from each room: names, each with the modules it was taken from."""
    taken: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for folder in ("src", *INNER):
        for path, _, module, name in _imports(folder):
            room = (*module.split("."), "")[1]
            if room in ROOMS and name and (folder != "src" or path.relative_to(SOURCE).parts[0] != room):
                taken[room][name].add(module)
    return taken


def _is_module(module: str, name: str) -> bool:
    folder = SOURCE.joinpath(*module.split(".")[1:])
    return (folder / f"{name}.py").exists() or (folder / name).is_dir()


@pytest.mark.parametrize("room", ["", *ROOMS], ids=lambda room: room or "quandary")
def test_a_front_has_what_it_says(room: str) -> None:
    front = import_module(f"quandary.{room}".rstrip("."))
    stub = _front(SOURCE / room)
    assert front.__all__ == sorted(stub)
    assert set(stub) <= set(dir(front))
    for name, home in stub.items():
        if ".compiled" in home and find_spec("numba") is None:
            continue
        value = getattr(front, name)
        assert value is getattr(import_module(home), name)
        assert home.startswith(front.__name__)
        if isinstance(value, type) and value.__module__.startswith("quandary"):
            assert value.__module__ == home, f"{name} is at home in {value.__module__}"
    assert not (stub.keys() & _entries(room)), "a module's name says nothing else"
    with pytest.raises(AttributeError, match="has no attribute 'never_heard_of'"):
        _ = front.never_heard_of


@pytest.mark.parametrize("room", ROOMS)
def test_a_front_is_what_others_use(room: str) -> None:
    stub = _front(SOURCE / room)
    taken = _taken()[room]
    missing = [
        f"from {module} import {name} as {name}"
        for name, modules in taken.items()
        for module in modules
        if name not in stub and name not in _entries(room) and len(modules) == 1
        if not name.startswith("_") and not _is_module(module, name)
    ]
    assert not missing, f"add to {room}/__init__.pyi"
    assert not stub.keys() - taken.keys(), f"nobody uses these of {room}/__init__.pyi"


def test_the_package_imports_modules_so_that_it_loads_no_more_than_it_needs() -> None:
    fronts = [f"quandary.{room}" for room in ROOMS]
    assert not [
        f"{path.relative_to(ROOT)}: {name}"
        for path, _, module, name in _imports("src")
        if module in fronts and name and not _is_module(module, name)
    ]


@pytest.mark.parametrize("folder", INNER)
def test_no_more_imports_of_inner_modules(folder: str) -> None:
    inner = {(path.name, line, module) for path, line, module, _ in _imports(folder) if module.count(".") > 1}
    assert len(inner) <= INNER[folder], "import from the room's front"


def test_fronts_and_a_leaf_load_nothing_else() -> None:
    program = (
        f"import sys, {', '.join(f'quandary.{room}' for room in ROOMS)}, quandary.base.places; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    ours = {name for name in done.stdout.split() if name.count(".") > 1 and name.startswith("quandary.")}
    assert ours == {"quandary.base.front", "quandary.base.places"}
