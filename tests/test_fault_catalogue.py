"""Every code that the source raises has a catalogue entry, and every entry is raised somewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from quandary.base import catalogue

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "quandary"
CODE = re.compile(r"""["'](Q[1-9][0-9]{2})["']""")


def raised() -> dict[str, str]:
    """Return each code that stands in the source as a whole string, with a file it stands in."""
    found: dict[str, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for code in CODE.findall(path.read_text(encoding="utf-8")):
            found.setdefault(code, path.relative_to(SOURCE).as_posix())
    return found


def test_every_code_is_explained() -> None:
    missing = {code: where for code, where in raised().items() if code not in catalogue()}
    assert not missing


def test_every_explanation_is_needed() -> None:
    assert not sorted(set(catalogue()) - set(raised()))


def test_no_code_stands_in_two_catalogue_files() -> None:
    first: dict[str, str] = {}
    for path in sorted((SOURCE / "base" / "faults").glob("*.toml")):
        for code in tomllib.loads(path.read_text(encoding="utf-8")):
            assert code not in first, f"{code} stands in {first.get(code)} and {path.name}"
            first[code] = path.name


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_an_entry_says_something(code: str) -> None:
    entry = catalogue()[code]
    assert re.fullmatch(r"Q[1-9][0-9]{2}", code)
    assert 5 <= len(entry.title) <= 80
    assert not entry.title.endswith(".")
    assert len(entry.explanation.strip()) >= 40
    assert bool(entry.fix) <= bool(entry.example), "a mend needs its broken example"
    for line in entry.text().splitlines():
        assert len(line) <= 140, line
