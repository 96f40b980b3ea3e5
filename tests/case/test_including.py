"""Included files: sections joined, places kept, the folder never left, no file twice."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from quandary.compile import Loaded, read_case

MAIN = "quandary: 1\ntitle: T\nas_of: 2030-01-01\ninclude: [parts/first.yaml, parts/second.yaml]\n"
RAIN = "story:\n  - {chance: rain, states: [none, some], odds: {some: 20%, none: rest}}\n"
FLOOD = "story:\n  - {chance: flood, given: [rain], states: [none, some], odds: {some: 20%, none: rest}}\n"


def read(folder: Path, files: dict[str, str]) -> Loaded:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return read_case(folder / "case.yaml")


def test_sections_are_joined_in_the_order_named(tmp_path: Path) -> None:
    files = {
        "case.yaml": MAIN + "assumptions: {c: 3}\n" + FLOOD,
        "parts/first.yaml": RAIN + "actors: {a: {rationality: exact}}\nstakes: {a: {x: {worth: 1}}}\n",
        "parts/second.yaml": "assumptions: {b: 2}\nstakes: {a: {y: {worth: 2}}}\n",
    }
    case = read(tmp_path, files).case
    assert case is not None
    assert [item.id for item in case.story] == ["rain", "flood"]
    assert list(case.assumptions) == ["b", "c"]
    assert [(stake.actor, stake.id) for stake in case.stakes] == [("a", "x"), ("a", "y")]
    assert case.story[0].place.file.endswith("parts/first.yaml")
    assert case.story[1].place.file.endswith("case.yaml")
    whole = "".join(files.values()).encode()
    assert case.sha256 == hashlib.sha256(whole).hexdigest()


def test_a_fault_points_into_the_included_file(tmp_path: Path) -> None:
    files = {"case.yaml": MAIN + FLOOD, "parts/first.yaml": "# one\n" + RAIN.replace("some: 20%", "sum: 20%")}
    files["parts/second.yaml"] = "assumptions: {b: 2}\n"
    loaded = read(tmp_path, files)
    (problem,) = loaded.problems
    assert problem.code == "Q104"
    assert problem.place.file.endswith("parts/first.yaml")
    assert problem.place.line == 3


def test_a_circle_of_includes_ends(tmp_path: Path) -> None:
    files = {"case.yaml": MAIN, "parts/first.yaml": "include: [second.yaml]\n" + RAIN}
    files["parts/second.yaml"] = "include: [first.yaml, ../case.yaml]\n"
    loaded = read(tmp_path, files)
    assert {problem.code for problem in loaded.problems} == {"Q171"}
    assert len(loaded.problems) == 3


@pytest.mark.parametrize("name", ["../other.yaml", "/etc/passwd", "parts/../../other.yaml", "link/other.yaml"])
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "other.yaml").write_text(RAIN, encoding="utf-8")
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)
    loaded = read(folder, {"case.yaml": MAIN.replace("parts/first.yaml, parts/second.yaml", name) + RAIN})
    assert [problem.code for problem in loaded.problems] == ["Q170"]


def test_an_included_file_is_sections_only(tmp_path: Path) -> None:
    files = {"case.yaml": MAIN, "parts/first.yaml": "title: mine\n" + RAIN, "parts/second.yaml": "- a list\n"}
    loaded = read(tmp_path, files)
    assert {problem.code for problem in loaded.problems} == {"Q115", "Q113"}
