"""Finding a case: a file, a folder with a ``case.yaml``, or the name of a case that ships."""

from __future__ import annotations

import os
from importlib.resources import files
from itertools import islice
from pathlib import Path

from quandary.base.files import path_of
from quandary.base.problems import Problem, Refusal, nearest

TEMPLATE = "_template"
MOST_LOOKED_AT = 1_000
"""Files of a folder among which the one that was meant is looked for."""


def shipped_folder() -> Path:
    """Return the folder of cases inside the package."""
    return Path(str(files("quandary.cases")))


def shipped_names() -> tuple[str, ...]:
    """Return the names of the cases that ship, sorted."""
    folders = shipped_folder().iterdir()
    return tuple(sorted(f.name for f in folders if (f / "case.yaml").is_file() and not f.name.startswith("_")))


def _beside(path: Path) -> list[str]:
    """Return what could have been meant in the folder of a path that is not there, as it would be named."""
    try:
        with os.scandir(path.parent) as entries:
            names = [entry.name for entry in islice(entries, MOST_LOOKED_AT)]
    except OSError:
        return []
    return [str(path.parent / name) for name in sorted(names) if not name.startswith(".")]


def find_case(named: str) -> Path:
    """Return the path of the case file meant by ``named``; a name nobody knows is refused with the nearest one.

    What is no ordinary file (a pipe, a folder, a link to nothing) is refused where it is read.
    """
    path = path_of(named)
    if path.exists() and not path.is_dir():
        return path
    if path.is_dir():
        inside = path / "case.yaml"
        if os.path.lexists(inside):
            return inside
        raise Refusal(Problem("Q804", f'the folder "{named}" has no case.yaml', hint="name the case file itself"))
    shipped = shipped_folder() / named / "case.yaml"
    if named in shipped_names():
        return shipped
    near = nearest(named, (*shipped_names(), *_beside(path)))
    shipped_ones = ", ".join(shipped_names()) or "none"
    hint = near or f"cases that ship: {shipped_ones}; `quandary new NAME` starts one of your own"
    raise Refusal(Problem("Q804", f'there is no case file, folder or shipped case "{named}"', hint=hint))
