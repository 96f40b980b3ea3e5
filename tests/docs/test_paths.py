"""The documents name files that are there, and list every page on a decision."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE = {path for folder in ("src", "bench", "tests") for path in (ROOT / folder).rglob("*.py")} - {Path(__file__)}

ROOTS = ("", "src", "src/quandary", "tests", "docs")
"""From where a page may name a file, beside from where it stands."""

NAMED = re.compile(r"`+((?:[a-z_]+/)+(?:[a-z_]+\.(?:py|md|toml|yaml)|\*\.toml)?)`+")
ELSEWHERE = {"strait/case.yaml", "draft/case.yaml", "bench/out/"}
"""Made by whoever follows the page."""


def missing(path: Path) -> list[str]:
    """Return the names of files and folders in a text that stand for nothing."""
    places = [path.parent, *(ROOT / root for root in ROOTS), *(ROOT / "src" / "quandary").iterdir()]
    named = set(NAMED.findall(path.read_text(encoding="utf-8"))) - ELSEWHERE
    return sorted(name for name in named if not any(any(place.glob(name)) for place in places if place.is_dir()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_files_that_are_there(page: Path) -> None:
    assert not missing(page)


def test_code_names_files_that_are_there() -> None:
    assert not {str(path.relative_to(ROOT)): names for path in sorted(CODE) if (names := missing(path))}


def test_a_name_of_nothing_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "`ask/heads.py`, ``case/loader.py``, `ask/query/`, `compile/loader.py`, `faults/*.toml`", encoding="utf-8"
    )
    assert missing(page) == ["ask/heads.py", "case/loader.py"]


def test_every_decision_is_on_the_page_on_design() -> None:
    design = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    listed = re.findall(r"^- \[(.+)\]\(decisions/(.+)\)$", design, re.MULTILINE)
    pages = {
        page.name: page.read_text(encoding="utf-8").split("\n")[0] for page in (ROOT / "docs/decisions").glob("*.md")
    }
    assert {name: f"# {title}" for title, name in listed} == pages
