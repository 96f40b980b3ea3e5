"""Edits of the text of a case: one entry changes, and no other sign of any file."""

from __future__ import annotations

import difflib
import pickle
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.tried import tried

import quandary
from quandary.base import CaseError, Refusal
from quandary.case import CaseText, TextFile, shipped_folder, written_queries
from quandary.compile import read_case_text

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


def text_of(text: str | bytes, **others: str) -> CaseText:
    """Return a case text with other files at hand by name."""
    main = TextFile("case.yaml", text.encode() if isinstance(text, str) else text)
    return CaseText((main, *(TextFile(f"{name}.yaml", other.encode()) for name, other in others.items())))


def now(text: CaseText, name: str = "case.yaml") -> str:
    file = text.file(name)
    assert file is not None
    return file.data.decode()


def changed(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


def test_a_value_is_replaced_and_all_else_stays() -> None:
    after = text_of(TEXT).with_value(("story", 0, "odds", "some"), "20% to 40%")
    assert now(after) == TEXT.replace("some: 20%", "some: 20% to 40%")
    assert read_case_text(after).case is None, "there is a gap left"
    assert read_case_text(after.with_value(("story", 1, "odds", "some"), "5%")).case is not None


def test_a_text_by_itself_is_a_section() -> None:
    case = text_of(TEXT)
    assert case.with_value("title", "U").main.data == case.with_value(("title",), "U").main.data
    with pytest.raises(Refusal) as refused:
        case.with_value("story.rain", "U")
    assert '"story.rain"' in refused.value.problem.message


def test_a_number_gets_its_reason() -> None:
    value = {"value": "20% to 40%", "because": "the bulletin: rain, some"}
    after = now(text_of(TEXT).with_value(("story", 0, "odds", "some"), value))
    written = '{value: 20% to 40%, because: "the bulletin: rain, some"}'
    assert after == TEXT.replace("{some: 20%,", f"{{some: {written},")


def test_an_entry_is_added_and_removed() -> None:
    text = text_of(TEXT)
    after = text.with_entry(("story", 0, "because"), "the bulletin")
    assert changed(TEXT, now(after)) == ["+    because: the bulletin"]
    assert after.without(("story", 0, "because")) == text
    longer = text.with_entry(("story", 2), {"chance": "hail", "states": ["a", "b"], "odds": {"a": "1%", "b": "rest"}})
    assert changed(TEXT, now(longer)) == ["+  - {chance: hail, states: [a, b], odds: {a: 1%, b: rest}}"]
    assert longer.without(("story", 2)) == text
    fewer = longer.without(("story", 1))
    assert changed(now(longer), now(fewer)) == [
        "-  - {chance: wind, states: [none, some], odds: {some: ???, none: rest}}"
    ]


@pytest.mark.parametrize(
    "path", [(), ("tale", 1), ("tale", 0, 3), ("story", 9, "odds"), ("story", "rain"), ("title", 0), ("story", 5)]
)
def test_a_path_that_leads_nowhere_is_refused(path: tuple[str | int, ...]) -> None:
    text = text_of(TEXT)
    for edit in (text.without, lambda at: text.with_value(at, 1), lambda at: text.with_entry(at, 1)):
        with pytest.raises(Refusal) as refused:
            edit(path)
        assert refused.value.problem.code == "Q817"


def test_a_value_is_only_changed_where_one_is_and_added_where_none_is() -> None:
    for path in (("tale",), ("story", 0, "because"), ("story", 2)):
        with pytest.raises(Refusal):
            text_of(TEXT).with_value(path, "x")
        with pytest.raises(Refusal):
            text_of(TEXT).without(path)
    for there in (("title",), ("story", 0, "odds"), ("story", 1), ("story", 0, "odds", "some")):
        with pytest.raises(Refusal):
            text_of(TEXT).with_entry(there, "x")


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ("title: 'T' # c", ("title",), "title: 'it''s' # c"),
        ('title: "T"', ("title",), 'title: "it\'s"'),
        ("title:   T   # c", ("title",), 'title:   "it\'s"   # c'),
        ("title: # c", ("title",), 'title: "it\'s" # c'),
        ("title:", ("title",), 'title: "it\'s"'),
        ("title: ~", ("title",), 'title: "it\'s"'),
        ("title: |  # c\n  several\n\n  lines\n\nas_of: 1", ("title",), 'title: "it\'s"  # c\n\nas_of: 1'),
        ("title: several\n  lines # c", ("title",), 'title: "it\'s" # c'),
        ("a: # c\n  # d\n  b: 1\n  c: 2 # e\nf: 3", ("a",), 'a: "it\'s" # c\n  # d # e\nf: 3'),
        ("a:\n- b\n- c # d\ne: 1", ("a", 1), 'a:\n- b\n- "it\'s" # d\ne: 1'),
        ("a:\n  - - b\n    - c\n  - d", ("a", 0), 'a:\n  - "it\'s"\n  - d'),
        ("a:\n  -\n  - d", ("a", 0), 'a:\n  - "it\'s"\n  - d'),
        ("a: {b, c: 1}", ("a", "b"), 'a: {b: "it\'s", c: 1}'),
        ("a: [ b, c ]", ("a", 1), 'a: [ b, "it\'s" ]'),
        ('"a b" : {c: 1}', ("a b", "c"), '"a b" : {c: "it\'s"}'),
    ],
)
def test_however_a_value_was_written(before: str, path: tuple[str | int, ...], after: str) -> None:
    assert now(text_of(before).with_value(path, "it's")) == after


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ("a:\n  b: 1 # c\n\n# d\ne: 2", ("a", "f"), "a:\n  b: 1 # c\n  f: new\n\n# d\ne: 2"),
        ("a: {b: 1}", ("a", "f"), "a: {b: 1, f: new}"),
        ("a: {}", ("a", "f"), "a: {f: new}"),
        ("a: {\n  b: 1, # c\n}", ("a", "f"), "a: {\n  b: 1, f: new, # c\n}"),
        ("a: # c\nb: 1", ("a", "f"), "a: {f: new} # c\nb: 1"),
        ("a: ~", ("a", "f"), "a: {f: new}"),
        ("a: []", ("a", 0), "a: [new]"),
        ("a: [b]", ("a", 1), "a: [b, new]"),
        ("a:\n- b # c\n# d\ne: 1", ("a", 1), "a:\n- b # c\n- new\n# d\ne: 1"),
        ("a:\n  - b: 1\n    c:\n  - d: 2", ("a", 0, "e"), "a:\n  - b: 1\n    c:\n    e: new\n  - d: 2"),
        ("a: |\n  x\n\nb: |\n  y\n", ("c",), "a: |\n  x\n\nb: |\n  y\nc: new\n"),
        ("a: 1\n# the end", ("f", "war", "resolved"), "a: 1\nf:\n  war:\n    resolved: new\n# the end"),
        ("a: 1", ("f", 0), "a: 1\nf:\n  - new"),
        ("{a: 1}", ("f", "g"), "{a: 1, f: {g: new}}"),
    ],
)
def test_wherever_an_entry_is_added(before: str, path: tuple[str | int, ...], after: str) -> None:
    assert now(text_of(before).with_entry(path, "new")) == after


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ("a: 1 # c\nb: 2\nd: 3", ("b",), "a: 1 # c\nd: 3"),
        ("a: 1 # c\nb: 2\nd: 3", ("d",), "a: 1 # c\nb: 2\n"),
        ("a:\n  # c\n  b: |\n    x\n    y\n  # d\ne: 1", ("a", "b"), "a: {}\n  # c\n  # d\ne: 1"),
        ("a:\n  - b: 1\n    c: 2\n", ("a", 0, "b"), "a:\n  - c: 2\n"),
        ("a:\n  - b: 1\n    c: 2\n", ("a", 0, "c"), "a:\n  - b: 1\n"),
        ("a: {b: 1, c: 2 , d: 3}", ("a", "b"), "a: {c: 2 , d: 3}"),
        ("a: {b: 1, c: 2 , d: 3}", ("a", "d"), "a: {b: 1, c: 2}"),
        ("a: {b: 1}", ("a", "b"), "a: {}"),
        ("a: [b]", ("a", 0), "a: []"),
        ("a:\n  - b\n  # - x\n  - c\n  - d", ("a", 1), "a:\n  - b\n  # - x\n  - d"),
        ("a:\n  - - b\n    - c\n", ("a", 0, 0), "a:\n  - - c\n"),
        ("a:\n  -\n  - c\n", ("a", 0), "a:\n  - c\n"),
    ],
)
def test_wherever_an_entry_is_removed(before: str, path: tuple[str | int, ...], after: str) -> None:
    assert now(text_of(before).without(path)) == after


def test_line_ends_and_the_byte_order_mark_stay() -> None:
    data = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()
    after = text_of(data).with_value(("title",), "Another").with_entry(("words",), "kent")
    after = after.with_entry(("questions", "q"), "P(rain = some)").without(("story", 1))
    expected = TEXT.replace('"T"', '"Another"').replace(TEXT.splitlines()[-1] + "\n", "")
    expected += "words: kent\nquestions:\n  q: P(rain = some)\n"
    assert after.main.data == b"\xef\xbb\xbf" + expected.replace("\n", "\r\n").encode()
    assert read_case_text(after).case is not None


MAIN = """\
quandary: 1
title: T
as_of: 2030-01-01
include: [parts/one.yaml, parts/two.yaml]
actors: {a: {rationality: exact}, b: {rationality: exact}}
story:
  - {chance: late, states: [no, yes], odds: {yes: 30%, no: rest}}
stakes: {a: {x: {worth: 1}}}
"""
ONE = "include: [three.yaml]\nstory:\n  - {chance: first, states: [no, yes], odds: {yes: 10%, no: rest}}  # one\n"
TWO = "assumptions: {cost: 1 to 2}\nstakes:\n  a: {y: {worth: 2}}\n  b: {z: {worth: 3}}\n"
THREE = "story:\n- {chance: zeroth, states: [no, yes], odds: {yes: 5%, no: rest}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    for name, text in (("case", MAIN), ("parts/one", ONE), ("parts/two", TWO), ("parts/three", THREE)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "file", "before", "after"),
    [
        (("story", 0, "odds", "yes"), "parts/three", "yes: 5%", "yes: 50%"),
        (("story", 1, "odds", "yes"), "parts/one", "yes: 10%", "yes: 50%"),
        (("story", 2, "odds", "yes"), "case", "yes: 30%", "yes: 50%"),
        (("stakes", "a", "x", "worth"), "case", "worth: 1", "worth: 50%"),
        (("stakes", "a", "y", "worth"), "parts/two", "worth: 2", "worth: 50%"),
        (("stakes", "b"), "parts/two", "{z: {worth: 3}}", "50%"),
        (("assumptions", "cost"), "parts/two", "1 to 2", "50%"),
        (("title",), "case", "title: T", "title: 50%"),
    ],
)
def test_an_edit_changes_the_file_that_holds_the_entry(
    folder: Path, path: tuple[str | int, ...], file: str, before: str, after: str
) -> None:
    text = quandary.load(folder / "case.yaml").text
    edited = text.with_value(path, "50%")
    for name in ("case", "parts/one", "parts/two", "parts/three"):
        then, to = (now(some, str(folder / f"{name}.yaml")) for some in (text, edited))
        assert to == (then.replace(before, after) if name == file else then)


def test_entries_of_a_case_in_several_files(folder: Path) -> None:
    text = quandary.load(folder / "case.yaml").text
    grown = text.with_entry(
        ("story", 3), {"chance": "last", "states": ["no", "yes"], "odds": {"yes": "1%", "no": "rest"}}
    )
    grown = grown.with_entry(("stakes", "b", "w"), {"worth": 9}).without(("story", 1)).without(("stakes", "a", "y"))
    case = quandary.load(grown).case
    assert [item.id for item in case.story] == ["zeroth", "late", "last"]
    assert [(stake.actor, stake.id) for stake in case.stakes] == [("b", "z"), ("b", "w"), ("a", "x")]
    assert "# one" in now(grown, str(folder / "parts/one.yaml"))
    for shared in (("story",), ("stakes", "a")):
        for edit in (text.without, lambda at: text.with_value(at, {})):
            with pytest.raises(Refusal) as refused:
                edit(shared)
            assert refused.value.problem.code == "Q818"


def test_the_changed_text_gives_the_changed_case_and_reads_no_file_again(folder: Path) -> None:
    loaded = quandary.load(folder / "case.yaml")
    text = pickle.loads(pickle.dumps(loaded.text))
    assert text == loaded.text
    for file in folder.rglob("*.yaml"):
        file.unlink()
    again = quandary.load(text)
    assert again.case == loaded.case
    assert again.case.sha256 == loaded.case.sha256 == text.digest
    changed_text = text.with_value(("assumptions", "cost"), "3")
    assert quandary.load(changed_text).case.sha256 == changed_text.digest != text.digest
    assert loaded.text == text


@pytest.mark.parametrize(
    ("value", "codes"), [("a\x07b", {"Q102"}), ("a\ud800b", {"Q102"}), ("x" * 1_000_000, {"Q103"}), ("<<", {"Q108"})]
)
def test_an_edit_that_would_not_be_read_is_a_fault_and_loses_nothing(value: str, codes: set[str]) -> None:
    text = text_of(TEXT)
    with pytest.raises(CaseError) as fault:
        text.with_entry(("questions",), {value: 1} if value == "<<" else value)
    assert {problem.code for problem in fault.value.problems} == codes
    assert now(text) == TEXT


@pytest.mark.parametrize("broken", ["title: [", "- a", "a: 1\na: 2", "a: &x 1", "\ta: 1", ""])
def test_a_file_that_is_no_case_is_not_edited(broken: str) -> None:
    text = text_of(broken)
    for edit in (text.without, lambda at: text.with_value(at, 1), lambda at: text.with_entry(at, 1)):
        with pytest.raises(CaseError) as fault:
            edit(("a",))
        assert fault.value.problems


def test_what_cannot_be_written_is_an_error() -> None:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    endless: list[object] = []
    endless.append(endless)
    for value in (object(), float("nan"), {"a": float("inf")}, 10**400, 10**5000, b"text", [{1, 2}], deep, endless):
        for edit in (text_of(TEXT).with_value, text_of(TEXT).with_entry):
            with pytest.raises(TypeError, match="a case holds no"):
                edit(("title",) if edit.__name__ == "with_value" else ("other",), value)


@pytest.mark.parametrize("path", ["", (), [["title"]], [{}], [b"title"], [None], [1.0], ["title", "x"], [0]])
def test_an_odd_path_leads_nowhere(path: Any) -> None:
    text = text_of(TEXT)
    for edit in (text.without, lambda at: text.with_value(at, "x"), lambda at: text.with_entry(at, "x")):
        with pytest.raises(Refusal, match="Q817"):
            edit(path)


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(shipped_folder().glob("*/case.yaml")), ids=lambda path: path.parent.name)
def test_an_edit_of_a_shipped_case_changes_one_line(path: Path) -> None:
    before = path.read_text(encoding="utf-8")
    text = quandary.load(path).text
    after = text.with_value(("title",), "Another title")
    assert [line[0] for line in changed(before, now(after, str(path)))] == ["-", "+"]
    assert quandary.load(after).case.title == "Another title"


# Any tree in any style: what another reader of YAML makes of the file is what the edit should have made of it.

KEYS = st.sampled_from(["a", "b b", "true", "'c'", "d: e", "#f", "é"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-999, 999)
    | st.sampled_from(["x", "20%", "it's", "a: b", "- c", " ", "#", "null", "l\nm", '"', "\u2028"])
)
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)
STYLES = st.lists(st.booleans(), min_size=40, max_size=40)


def shown(value: Any, styles: list[bool], indent: int = 0) -> str:
    """Return YAML for a value in block or flow style, as ``styles`` say, with comments."""
    if isinstance(value, dict | list) and value and styles.pop():
        pad = "\n" + " " * indent
        comment = "  # - c: d" if styles.pop() else ""
        if isinstance(value, list):
            lines = [f"{pad}- {shown(item, styles, indent + 2).lstrip()}" for item in value]
        else:
            lines = [f"{pad}{in_flow(key)}: {shown(item, styles, indent + 2)}" for key, item in value.items()]
        return comment.join(lines) + ("\n" + " " * indent + "# f: g" if styles.pop() else "")
    return in_flow(value)


def in_flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{in_flow(key)}: {in_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(in_flow(item) or "~" for item in value) + "]"
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\u2028", "\\L")
        return f'"{quoted}"'
    return {None: "", True: "true", False: "false"}[value] if value is None or isinstance(value, bool) else str(value)


def paths(tree: Any, before: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of every entry."""
    entries: Sequence[tuple[str | int, Any]] = (
        list(tree.items()) if isinstance(tree, dict) else list(enumerate(tree)) if isinstance(tree, list) else []
    )
    return [path for key, item in entries for path in ((*before, key), *paths(item, (*before, key)))]


def at(tree: Any, path: Sequence[str | int]) -> Any:
    for part in path:
        tree = tree[part]
    return tree


def parsed(text: CaseText) -> Any:
    return YAML(typ="safe", pure=True).load(text.main.data.decode())


@pytest.mark.slow
@given(st.dictionaries(KEYS, TREES, min_size=1, max_size=4), STYLES, TREES, st.data())
@settings(max_examples=tried(100), deadline=None)
def test_any_edit_of_any_tree(tree: dict[str, Any], styles: list[bool], value: Any, data: st.DataObject) -> None:
    text = text_of(shown(tree, styles * 4).lstrip("\n") + "\n")
    if parsed(text) != tree:  # the text above is made by hand: what it does not write well is no example
        return
    path = data.draw(st.sampled_from(paths(tree)))
    parent = at(tree, path[:-1])
    kind = data.draw(st.sampled_from(["with_value", "with_entry", "without"]))
    try:
        if kind == "with_value":
            after, parent[path[-1]] = text.with_value(path, value), value
        elif kind == "without":
            after = text.without(path)
            del parent[path[-1]]
        else:
            new = len(parent) if isinstance(parent, list) else "new"
            after = text.with_entry((*path[:-1], new), value)
            parent.append(value) if isinstance(parent, list) else parent.update(new=value)
    except Refusal as refused:
        assert refused.problem.code == "Q818" or len(tree) == 1, now(text)
        return
    assert parsed(after) == tree, (now(text), now(after), path)
    gone = [line for line in changed(now(text), now(after)) if line[0] == "-"]
    comments = sum(len(re.findall("# ", line)) for line in now(text).splitlines())
    assert comments - sum(len(re.findall("# ", line)) for line in now(after).splitlines()) <= len(gone)


def test_what_is_looked_up_was_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsing takes longer than all else that ``check`` does; every query of the case is looked up in its text."""
    parsed: list[str] = []
    plain = YAML.parse

    def noted(yaml: YAML, stream: str) -> Any:
        parsed.append(stream)
        return plain(yaml, stream)

    monkeypatch.setattr(YAML, "parse", noted)
    folder = shutil.copytree(shipped_folder() / "kazakhstan-2022", tmp_path / "case")  # read by nobody before
    loaded = quandary.load(folder)
    queries = written_queries(loaded.case, loaded.text)
    assert len(queries) > 20
    assert len(parsed) == len(set(parsed)) == len(loaded.text.files)
