"""A tree that was changed for one number is the tree that YAML gives for the changed file."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from quandary.base import Place
from quandary.case import (
    TREES,
    CaseText,
    Listing,
    Located,
    Mapping,
    Scalar,
    TextFile,
    parsed_yaml,
    read_yaml,
    reread,
    shipped_folder,
    spliced,
)

VALUES = ("5% to 9%", "12.25% to 87.125%", "unknown to us", "-3 to 4", "about even or so")


def places(node: Located) -> Iterator[Place]:
    yield node.place
    if isinstance(node, Scalar):
        yield node.start
    elif isinstance(node, Mapping):
        for entry in node.entries:
            yield from places(entry.key)
            yield from places(entry.value)
    else:
        for item in node.items:
            yield from places(item)


def scalars(node: Located) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Listing):
        for item in node.items:
            yield from scalars(item)
    else:
        for entry in node.entries:
            yield entry.key
            yield from scalars(entry.value)


def held(file: TextFile) -> Located:
    tree, problems = read_yaml(file)
    assert tree is not None
    assert not problems
    return tree


@pytest.mark.parametrize("case", sorted(path.parent.name for path in shipped_folder().glob("*/case.yaml")))
def test_every_number_of_a_shipped_case(case: str) -> None:
    path = shipped_folder() / case / "case.yaml"
    file, chance, made = TextFile(str(path), path.read_bytes()), random.Random(case), 0
    lines = file.data.decode().split("\n")
    numbers = [
        one.place
        for one in scalars(held(file))
        if one.plain and any(spliced(lines[one.place.line - 1], one.place.column, v, "") for v in VALUES)
    ]
    for place in chance.sample(numbers, min(12, len(numbers))):
        held(file)
        text = CaseText((file,)).with_number_at(place, chance.choice(VALUES))
        changed = text.main
        kept = TREES.get(changed)
        if kept is None:
            continue
        made += 1
        fresh, problems = parsed_yaml(changed)
        assert kept == (fresh, problems)
        assert fresh is not None
        assert kept[0] is not None
        assert [one.lines for one in places(kept[0])] == [one.lines for one in places(fresh)]
    assert made >= min(4, len(numbers))


TEXT = """\
a: {p: 40% to 70%, q: "é # 1", r: [x y, 3 to 4], s: {t: 1}}  # one
b: 40% to 70%
c: |
  40% to 70%
d: 'forty to'
"""


@pytest.mark.parametrize("column", [8, 40])
def test_what_follows_on_the_line_is_shifted(column: int) -> None:
    file = TextFile("a.yaml", TEXT.encode())
    tree = held(file)
    at = next(one.place for one in scalars(tree) if one.place.line == 1 and one.place.column >= column)
    changed = CaseText((file,)).with_number_at(at, "1% to 100%").main
    assert TREES.get(changed) == parsed_yaml(changed)
    assert b"1% to 100%" in changed.data


@pytest.mark.parametrize(
    ("text", "line", "column", "old"),
    [
        ("b: 40% to 70%\n  more: 1\n", 1, 4, "40% to 70%"),  # no YAML at all: nothing was read
        ("b: |\n  40% to 70%\n", 2, 3, "40% to 70%"),  # inside a block of text
        ("b: 40% to 70% of all\n", 1, 4, "40% to 70%"),  # a part of what stands there
        ("b: 1\r\nc: 40% to 70%\r\n", 2, 4, "40% to 70%"),  # other ends of lines
        ("b: &n 40% to 70%\n", 1, 7, "40% to 70%"),  # a file with faults
    ],
)
def test_anything_else_is_left_to_be_read(text: str, line: int, column: int, old: str) -> None:
    before, after = TextFile("b.yaml", text.encode()), TextFile("b.yaml", text.replace(old, "5% to 9%").encode())
    read_yaml(before)
    reread(before, after, Place("b.yaml", line, column), old, "5% to 9%")
    assert TREES.get(after) is None
