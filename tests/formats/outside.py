"""Outside truth: game files beside the repository, and what is known of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest


def folders(config: pytest.Config) -> list[Path]:
    """Return the folders of Gambit's and of textbook games, as the options say."""
    shared = Path(str(config.getoption("--shared")))
    gambit = config.getoption("--gambit") or shared / "gambit"
    textbook = config.getoption("--textbook") or shared / "textbook"
    return [Path(str(gambit)), Path(str(textbook)) / "games"]


def files_of(config: pytest.Config, pattern: str, holds: Callable[[dict[str, Any]], Any] | None = None) -> list[Any]:
    """Return one test parameter per file of which something is known, or one that is skipped with its reason."""
    found = [path for folder in folders(config) for path in sorted(folder.glob(pattern))]
    found = [path for path in found if holds is None or holds(expected_games(path))]
    if not found:
        reason = f"outside truth not at hand: no {pattern} beside the repository"
        return [pytest.param(Path(), marks=pytest.mark.skip(reason=reason))]
    return [pytest.param(path, id=path.name) for path in found]


def at_hand(path: Path) -> Path:
    """Return the path of a file of the default folders, or skip the test: another folder may hold other files."""
    if not path.exists():
        pytest.skip(f"the folder given holds no {path.name}")
    return path


def expected_games(path: Path) -> dict[str, Any]:
    """Return what is known of a game file: its entry in ``expected.json``, or the JSON file of its name."""
    listed: dict[str, Any] = _listed(path.parent)
    beside = path.with_suffix(".json")
    if path.name in listed:
        return dict(listed[path.name])
    return dict(json.loads(beside.read_text(encoding="utf-8"))) if beside.exists() else {}


@cache
def _listed(folder: Path) -> dict[str, Any]:
    expected = folder / "expected.json"
    if not expected.exists():
        return {}
    return {game["file"]: game for game in json.loads(expected.read_text(encoding="utf-8"))["games"]}
