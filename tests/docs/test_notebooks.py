"""The notebooks run from top to bottom, and what they show is of the kind that is stored with them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def _renewed(path: Path) -> dict[str, Any]:
    specification = importlib.util.spec_from_file_location("renew", FOLDER / "renew.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    found: dict[str, Any] = module.renewed(path)
    return found


def _shape(notebook: dict[str, Any]) -> list[list[list[str]]]:
    return [
        [sorted(output.get("data", {output["output_type"]: ""})) for output in cell.get("outputs", [])]
        for cell in notebook["cells"]
    ]


def test_there_is_a_notebook() -> None:
    assert NOTEBOOKS


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs(path: Path) -> None:
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert stored["nbformat"] == 4
    run = _renewed(path)
    assert _shape(run) == _shape(stored), "renew it: python docs/notebooks/renew.py"
    assert any("text/html" in data for cell in _shape(run) for data in cell)
