"""One file, one mistake: each broken case gives its code, and a message or hint with the words it names."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from quandary.compile import read_case
from quandary.report import render

FOLDER = Path(__file__).parent.parent / "broken_cases"
BROKEN = sorted(FOLDER.glob("*.yaml"))


def expectation(path: Path) -> tuple[str, list[str]]:
    """Return the code and the words of the first line: ``# expects: Q104 "did you mean"``."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    found = re.fullmatch(r'# expects: (Q[0-9]{3})((?: "[^"]+")+)', first)
    assert found, f"{path.name} does not say what it expects"
    return found.group(1), re.findall(r'"([^"]+)"', found.group(2))


def test_there_are_enough_of_them() -> None:
    assert len(BROKEN) >= 60


def test_every_fault_of_a_case_has_one() -> None:
    """The codes of ``faults/case.toml``; those of bytes that no YAML file can hold are in ``test_loader.py``."""
    codes = tomllib.loads(files("quandary.base.faults").joinpath("case.toml").read_text(encoding="utf-8"))
    assert set(codes) - {"Q102"} <= {expectation(path)[0] for path in BROKEN}


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_mistake_is_told(path: Path) -> None:
    code, words = expectation(path)
    loaded = read_case(path)
    told = [f"{problem.code} {problem.message} | {problem.hint}" for problem in loaded.problems]
    matching = [p for p in loaded.problems if p.code == code]
    assert matching, told
    for word in words:
        assert any(word in f"{p.message} | {p.hint}" for p in matching), (word, told)
    errors = {p.code for p in loaded.problems if p.is_error}
    assert errors <= {code}, told
    assert (loaded.case is None) == bool(errors)
    for problem in loaded.problems:
        assert problem.place.file, told
        assert problem.place.line >= 1, told


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_mistake_is_shown_with_its_line(path: Path) -> None:
    problems = [p for p in read_case(path).problems if p.is_error]
    shown = render(problems)
    for problem in problems:
        source = Path(problem.place.file).read_text(encoding="utf-8").splitlines()
        if problem.place.line <= len(source) and len(source[problem.place.line - 1]) < 90:
            assert source[problem.place.line - 1].replace("\t", " ").strip()[:40] in shown
            assert "^" in shown
