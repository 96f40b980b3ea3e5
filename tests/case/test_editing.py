"""Edits keep comments, the order of keys and quotation marks; only the edited line changes."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from quandary.case.shipped import shipped_folder
from quandary.case.yaml.editing import edited, without
from quandary.compile.loader import read_case_bytes

TEXT = """\
# a case of ours
quandary: 1   # the version
title: "T"
as_of: 2030-01-01

story:
  # first the weather
  - chance: rain
    states: [none, some]
    odds: {some: 20%, none: rest}   # from the bulletin
  - {chance: wind, states: [none, some], odds: {some: ???, none: rest}}
"""


def changed(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


def test_a_value_is_replaced_and_all_else_stays() -> None:
    after = edited(TEXT, ("story", 0, "odds", "some"), "20% to 40%")
    assert changed(TEXT, after) == [
        "-    odds: {some: 20%, none: rest}   # from the bulletin",
        "+    odds: {some: 20% to 40%, none: rest} # from the bulletin",
    ]
    assert read_case_bytes(edited(after, ("story", 1, "odds", "some"), "5%").encode(), "case.yaml").case


def test_a_number_gets_its_reason() -> None:
    value = {"value": "20% to 40%", "because": "the bulletin: rain, some"}
    after = edited(TEXT, ("story", 0, "odds", "some"), value)
    assert '{some: {value: 20% to 40%, because: "the bulletin: rain, some"}, none: rest}' in after
    assert "# first the weather" in after


def test_an_entry_is_added_and_removed() -> None:
    after = edited(TEXT, ("story", 0, "because"), "the bulletin")
    assert changed(TEXT, after) == ["+    because: the bulletin"]
    assert without(after, ("story", 0, "because")) == TEXT
    longer = edited(TEXT, ("story", 2), {"chance": "hail", "states": ["a", "b"], "odds": {"a": "1%", "b": "rest"}})
    assert changed(TEXT, longer) == ["+  - {chance: hail, states: [a, b], odds: {a: 1%, b: rest}}"]


@pytest.mark.parametrize("path", [(), ("tale", 0), ("story", 9, "odds"), ("story", "rain"), ("title", 0), ("story", 5)])
def test_a_path_that_leads_nowhere_is_refused(path: tuple[str | int, ...]) -> None:
    with pytest.raises(KeyError):
        edited(TEXT, path, 1)
    with pytest.raises(KeyError):
        without(TEXT, path)


def test_lists_at_the_indent_of_their_key_stay_there() -> None:
    text = "quandary: 1\nstory:\n- chance: rain\n  states: [none, some]\nquestions:\n  q: P(rain = some)\n"
    assert edited(text, ("questions", "q"), "P(rain = none)") == text.replace("rain = some", "rain = none")


@pytest.mark.parametrize("path", sorted(shipped_folder().glob("*/case.yaml")), ids=lambda path: path.parent.name)
def test_an_edit_of_a_shipped_case_changes_one_line(path: Path) -> None:
    before = path.read_text(encoding="utf-8")
    after = edited(before, ("title",), "Another title")
    assert [line[0] for line in changed(before, after)] == ["-", "+"]
