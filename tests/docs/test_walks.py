"""The walks through the code name what is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WALKS = (ROOT / "docs" / "walks.md").read_text(encoding="utf-8")
SOURCE = ROOT / "src" / "quandary"

PATH = r"`([a-z_]+/[a-z_/]*(?:\.py)?)`"
NAMED = re.compile(PATH + r"(?: \((`\w+`(?:, `\w+`)*)\)|: (`\w+`))")


def test_every_path_is_there() -> None:
    paths = re.findall(PATH, WALKS)
    assert len(paths) > 30
    assert not [path for path in paths if not (SOURCE / path).exists()]


def test_every_name_is_defined_where_the_walk_says() -> None:
    named = [(path, name) for path, some, one in NAMED.findall(WALKS) for name in re.findall(r"\w+", some or one)]
    assert len(named) > 30
    for path, name in named:
        text = (SOURCE / path).read_text(encoding="utf-8")
        assert re.search(rf"^(?:\s*def |class )?{name}\b\s*(?:\(|:|=)", text, re.MULTILINE), f"{path}: {name}"


def test_a_walk_is_under_a_page() -> None:
    for walk in WALKS.split("\n## ")[1:]:
        assert len(walk.split()) < 400
