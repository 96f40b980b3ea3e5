"""A wall around files: a process that works for others may be kept to some folders, and touches nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from quandary.base.problems import Problem, Refusal

_folders: list[str] | None = None
"""The real paths of the folders in which files may be read and written; ``None``: anywhere."""


def confine(folders: Iterable[Path] | None) -> None:
    """Have this process read and write files in these folders alone from now on; ``None`` takes the wall away."""
    global _folders  # noqa: PLW0603 - a process is kept or it is not
    _folders = None if folders is None else [os.path.realpath(folder) for folder in folders]


def is_outside(path: Path) -> bool:
    """Return whether a path, all links followed, leads out of the folders that this process is kept to."""
    if _folders is None:
        return False
    try:
        real = os.path.realpath(path)
    except (OSError, ValueError):
        return True
    return not any(real == folder or real.startswith(folder.rstrip(os.sep) + os.sep) for folder in _folders)


def refuse_outside(path: Path) -> None:
    """Refuse (Q821) a path that leads out of the folders that this process is kept to."""
    if is_outside(path):
        raise Refusal(outside(str(path)))


def outside(named: str) -> Problem:
    """Return the fault of a path that leads out."""
    message = f'"{named}" is outside of the folder that is served'
    return Problem("Q821", message, hint="name a file inside of it, by its path from there")
