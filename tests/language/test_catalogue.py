"""Every fault code that the language and the quantities raise is in their catalogue, and the other way round."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from quandary.base import catalogue as entries

SOURCE = Path(str(files("quandary")))


@pytest.mark.parametrize("room", ["language", "quantities"])
def test_the_codes_raised_are_the_codes_explained(room: str) -> None:
    raised = {
        code
        for path in (SOURCE / room).glob("*.py")
        for code in re.findall(r'"(Q\d{3})"', path.read_text(encoding="utf-8"))
    }
    catalogue = tomllib.loads((SOURCE / "base" / "faults" / f"{room}.toml").read_text(encoding="utf-8"))
    shared = raised - set(catalogue)  # wrong usage, whichever room notices it, and what a case and a question share
    assert set(catalogue) <= raised
    assert all(code.startswith("Q8") or (room == "language" and code in entries()) for code in shared)
    for entry in catalogue.values():
        assert entry["title"] and entry["explanation"].strip()
        assert ("example" in entry) == ("fix" in entry)
